//! What every node knows, and what nodes report.

use super::params::{Load, Params};
use super::trouble::Span;
use crate::cast::{Cast, NodeId};
use crate::parts::backoff;
use crate::sim::dist::Dist;

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
