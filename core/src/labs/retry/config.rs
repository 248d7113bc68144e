//! What every node knows, and what nodes report.

use super::params::{Load, Params};
use super::trouble::Span;
use crate::cast::{Cast, NodeId};
use crate::kits::graph::{HopId, Shape, TierId};
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

    /// Whether clients contend for a row.
    pub fn is_contention(&self) -> bool {
        self.params.load == Load::Contention
    }

    /// The server at the end of every call.
    pub fn last(&self) -> NodeId {
        self.cast.server(self.cast.servers - 1)
    }

    /// Each server is a tier, with a hop to it.
    pub fn shape(&self) -> Shape {
        let servers = self.cast.servers as u8;
        Shape { hops: servers, tiers: servers }
    }

    /// The tier of a server.
    pub fn tier(&self, server: NodeId) -> TierId {
        TierId(self.cast.sort(server).1 as u8)
    }

    /// From clients to the first server.
    pub const FROM_CLIENTS: HopId = HopId(0);
}

/// The dice of this lab's own.
pub mod dice {
    use crate::sim::dice::Purpose;
    /// The delay before a retry.
    pub const BACKOFF: Purpose = Purpose::Protocol(0);
    /// How clients spread themselves after a refusal that says when to come back.
    pub const AFTER: Purpose = Purpose::Protocol(1);
}
