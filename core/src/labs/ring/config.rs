//! What every node knows, and what nodes report.

use super::params::Params;
use super::plan::Plan;
use crate::cast::{Cast, NodeId};
use std::sync::Arc;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is known before the first request.
    pub plan: Arc<Plan>,
    /// Who takes part.
    pub cast: Cast,
}

impl Config {
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

/// Names of the facts: indexes into the lab's list.
pub mod fact {
    /// What a node does, or how far the router's change is.
    pub const ROLE: u8 = 0;
    /// Rows that a node owns.
    pub const KEYS: u8 = 1;
    /// Requests that wait at it.
    pub const QUEUE: u8 = 2;
    /// What is asked of it, as a share of what it can do, in millionths.
    pub const LOAD: u8 = 3;
    /// Rows that it owns before the change that is shown.
    pub const KEYS_BEFORE: u8 = 4;
    /// Rows that it owns after it.
    pub const KEYS_AFTER: u8 = 5;
    /// Its stretches of the key space before.
    pub const BEFORE: u8 = 6;
    /// Its stretches after.
    pub const AFTER: u8 = 7;
    /// What the change moves.
    pub const MOVES: u8 = 8;
    /// How much of that has come, in hundredths.
    pub const MOVED: u8 = 9;
    /// The number of the change, from 1.
    pub const CHANGE: u8 = 10;
    /// Places of some rows in the key space, for pictures.
    pub const SAMPLE: u8 = 11;
    /// What a node weighs, told where a weight changes while the run goes on.
    pub const WEIGHT: u8 = 12;
}
