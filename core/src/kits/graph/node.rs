//! The nodes of a graph.

use super::client::Client;
use super::config::Config;
use super::control::Control;
use super::message::Speech;
use super::observe::Backend;
use super::server::Server;

crate::declare::roles! {
    /// A node of a graph.
    pub enum Node of Config, Speech, for |config, me| {
        /// Starts and stops others.
        Control(Box<Control>) => _ if config.tiers[usize::from(config.tier_of(me).0)].controls.is_some(),
        /// Takes what others tell of themselves.
        Backend(Box<Backend>) => _ if config.watcher == Some(me),
        /// Only calls.
        Client(Client) => _ if config.tiers[usize::from(config.tier_of(me).0)].is_client,
        /// Takes requests, works, and calls others.
        Server(Box<Server>) => _,
    }
}
