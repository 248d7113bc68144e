//! The nodes of the lab: servers, and clients.

use super::client::Client;
use super::config::Config;
use super::message::Speech;
use super::server::Server;
use crate::cast::Sort;

crate::declare::roles! {
    /// A node.
    pub enum Node of Config, Speech, for |config, me| {
        /// Keeps the log.
        Server(Box<Server>) => Sort::Server,
        /// Asks.
        Client(Client) => _,
    }
}
