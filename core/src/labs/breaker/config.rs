//! What every node knows, and what nodes report.

use super::params::{DEPENDENCIES, Params};
use crate::cast::Cast;
use crate::kits::graph::{HopId, Shape, TierId};
use crate::parts::breaker;
use crate::sim::dist::Dist;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// Who takes part.
    pub cast: Cast,
    /// The policy of every breaker.
    pub breaker: breaker::Policy,
    /// The time between two groups of requests to one instance.
    pub gap: Dist,
}

impl Config {
    /// What follows from the reader's settings.
    pub fn new(params: Params) -> Config {
        let (servers, coordinators) = (DEPENDENCIES as u16, params.callers as u16);
        let cast = Cast { servers, coordinators, clients: 0 };
        Config { cast, breaker: params.breaker_policy(), gap: params.gap(), params }
    }

    /// Each dependency is a tier, with a hop to it; the service is the last tier.
    pub const SHAPE: Shape = Shape { hops: DEPENDENCIES as u8, tiers: DEPENDENCIES as u8 + 1, tenants: 0 };
    /// The service.
    pub const SERVICE: TierId = TierId(DEPENDENCIES as u8);

    /// The hops, in the order of the dependencies.
    pub fn hops() -> [HopId; DEPENDENCIES] {
        std::array::from_fn(|dependency| HopId(dependency as u8))
    }
}
