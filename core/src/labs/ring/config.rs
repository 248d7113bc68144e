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
