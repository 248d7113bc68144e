//! What every node knows, and what nodes report.

use super::params::{DEPENDENCIES, Params};
use crate::cast::Cast;
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
}
