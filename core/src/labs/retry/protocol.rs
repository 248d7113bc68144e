//! The nodes of the lab: clients, the services between, the server, and a row that all want to write.

use super::client::Client;
use super::contention::{Contender, Row};
use super::layer::Layer;
use super::message::{Msg, Request, Response};
use super::params::{Load, Params};
use super::server::Server;
use super::trouble::Span;
use crate::cast::{Cast, NodeId, Sort};
use crate::parts::backoff;
use crate::sim::dist::Dist;
use crate::sim::{Ctx, Input, Never, Out, Protocol};
use std::fmt;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// Who takes part.
    pub cast: Cast,
    /// The backoff of every call.
    pub backoff: backoff::Policy,
    /// How long a worker is busy with a request.
    pub service: Dist,
    /// The time between two calls of a client, under open arrivals.
    pub gap: Dist,
    /// When the server is in trouble.
    pub trouble: Option<Span>,
}

impl Config {
    /// What follows from the reader's settings.
    pub fn new(params: Params) -> Config {
        let servers = if params.load == Load::Chain { params.layers as u16 } else { 1 };
        Config {
            cast: Cast { servers, coordinators: 0, clients: params.clients as u16 },
            backoff: params.backoff_policy(),
            service: params.service_dist(),
            gap: params.gap_dist(),
            trouble: Span::of(&params),
            params,
        }
    }

    /// The server at the end of every call.
    pub fn last(&self) -> NodeId {
        self.cast.server(self.cast.servers - 1)
    }
}

/// What nodes report, by the places of the lab's facts.
pub mod fact {
    /// How many requests wait at the server.
    pub const QUEUE: u8 = 0;
    /// How many workers are busy.
    pub const BUSY: u8 = 1;
    /// What a node is, or does.
    pub const ROLE: u8 = 2;
    /// What is left of a caller's retry budget, in thousandths of a retry or token.
    pub const BUDGET: u8 = 3;
    /// How many answers came to a caller that did not wait for them any more.
    pub const LATE: u8 = 4;
    /// How many requests the server has thrown away unserved.
    pub const EXPIRED: u8 = 5;
}

/// The dice of this lab's own.
pub mod dice {
    use crate::sim::dice::Purpose;
    /// The delay before a retry.
    pub const BACKOFF: Purpose = Purpose::Protocol(0);
    /// How clients spread themselves after a refusal that says when to come back.
    pub const AFTER: Purpose = Purpose::Protocol(1);
}

/// The timers of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A client's next call is due.
    Arrive,
    /// An attempt at this call has waited long enough.
    Timeout(u32),
    /// The delay before a retry of this call is over.
    Retry(u32),
    /// A worker is through with this request.
    Finish(u64),
    /// The server gets into trouble.
    TroubleBegins,
    /// It is well again.
    TroubleEnds,
    /// Contention: the delay after a conflict is over.
    Again,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timer::Arrive => write!(f, "next call"),
            Timer::Timeout(serial) => write!(f, "call {serial} timed out"),
            Timer::Retry(serial) => write!(f, "retry call {serial}"),
            Timer::Finish(_) => write!(f, "work done"),
            Timer::TroubleBegins => write!(f, "trouble begins"),
            Timer::TroubleEnds => write!(f, "trouble ends"),
            Timer::Again => write!(f, "try again"),
        }
    }
}

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
    type Msg = Msg;
    type Timer = Timer;
    type Request = Request;
    type Response = Response;
    type Disk = Never;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Node>) -> Node {
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

    fn step(&mut self, config: &Config, input: Input<Node>, ctx: &Ctx, out: &mut Out<Node>) {
        match self {
            Node::Client(client) => client.step(config, input, ctx, out),
            Node::Layer(layer) => layer.step(config, input, ctx, out),
            Node::Server(server) => server.step(config, input, ctx, out),
            Node::Contender(contender) => contender.step(config, input, ctx, out),
            Node::Row(row) => row.step(input, out),
        }
    }
}
