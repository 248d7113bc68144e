//! The nodes of the lab: clients, the services between, the server, and a row that all want to write.

use super::config::Config;
use super::client::Client;
use super::contention::{Contender, Row};
use super::layer::Layer;
use super::message::Speech;
use super::params::Load;
use super::server::Server;
use crate::cast::Sort;
use crate::sim::{Ctx, Input, Never, Out, Protocol};

/// A node of the lab.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// Calls.
    Client(Client),
    /// Serves by calling the next.
    Layer(Layer),
    /// Serves.
    Server(Box<Server>),
    /// Contention: wants to write the row.
    Contender(Contender),
    /// Contention: the row.
    Row(Row),
}

impl Protocol for Node {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Node {
        let (sort, number) = config.cast.sort(ctx.me);
        let contention = config.params.load == Load::Contention;
        match sort {
            Sort::Client if contention => Node::Contender(Contender::boot(config, ctx, out)),
            Sort::Client => Node::Client(Client::boot(config, ctx, out)),
            _ if contention => Node::Row(Row::boot(out)),
            _ if ctx.me != config.last() => Node::Layer(Layer::boot(config, number, out)),
            _ => Node::Server(Box::new(Server::boot(config, ctx, out))),
        }
    }

    fn weight(&self) -> u64 {
        match self {
            Node::Client(client) => client.weight(),
            Node::Layer(layer) => layer.weight(),
            Node::Server(server) => server.weight(),
            Node::Contender(_) | Node::Row(_) => 0,
        }
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match self {
            Node::Client(client) => client.step(config, input, ctx, out),
            Node::Layer(layer) => layer.step(config, input, ctx, out),
            Node::Server(server) => server.step(config, input, ctx, out),
            Node::Contender(contender) => contender.step(config, input, ctx, out),
            Node::Row(row) => row.step(input, out),
        }
    }
}
