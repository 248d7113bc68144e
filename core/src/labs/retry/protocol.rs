//! The nodes of the lab: clients, the services between, the server, and a row that all want to write.

use super::client::Client;
use super::config::Config;
use super::contention::{Contender, Row};
use super::layer::Layer;
use super::message::Speech;
use super::server::Server;
use crate::cast::Sort;

crate::declare::roles! {
    /// A node of the lab.
    pub enum Node of Config, Speech, for |config, me| {
        /// Contention: wants to write the row.
        Contender(Contender) => Sort::Client if config.is_contention(),
        /// Calls.
        Client(Client) => Sort::Client,
        /// Contention: the row.
        Row(Row) => _ if config.is_contention(),
        /// Serves by calling the next.
        Layer(Layer) => _ if me != config.last(),
        /// Serves.
        Server(Box<Server>) => _,
    }
}
