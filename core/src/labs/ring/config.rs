//! What every node knows, and what nodes report.

use super::params::Params;
use super::plan::Plan;
use crate::cast::{Cast, NodeId};
use crate::kits::graph::{HopId, Shape, TierId};
use std::sync::Arc;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is known before the first request.
    pub plan: Arc<Plan>,
    /// Who takes part.
    pub cast: Cast,
}

/// The most nodes that are watched one by one.
pub const NODES: usize = 8;

impl Config {
    /// Each of the first nodes is a tier, and the others are one; all of them are behind one hop.
    pub const SHAPE: Shape = Shape { hops: 1, tiers: NODES as u8 + 1, tenants: 0 };
    /// From the client to whoever has the rows.
    pub const HOP: HopId = HopId(0);

    /// The tier of a node, by its number.
    pub fn tier(number: u16) -> TierId {
        TierId(number.min(NODES as u16) as u8)
    }

    /// The client.
    pub fn client(&self) -> NodeId {
        self.cast.client(0)
    }

    /// The router.
    pub fn router(&self) -> NodeId {
        self.cast.coordinator(0)
    }
}

/// Requests offered in a second, in millionths: the utilisation of the first nodes' capacity.
pub fn offered(params: &Params) -> u64 {
    let weights = params.nodes + params.big.min(params.nodes) * (params.weight - 1);
    u64::from(params.capacity) * u64::from(weights) * u64::from(params.utilisation)
}
