//! The nodes of the lab: instances of a service, and the cache, the database and analytics that it calls.

use super::caller::Caller;
use super::config::Config;
use super::dependency::Dependency;
use super::message::Speech;
use crate::cast::Sort;

crate::declare::roles! {
    /// A node of the lab.
    pub enum Node of Config, Speech, for |config, me| {
        /// What it calls.
        Dependency(Box<Dependency>) => Sort::Server,
        /// An instance of the service.
        Caller(Box<Caller>) => _,
    }
}
