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

/// What nodes report, by the places of the lab's facts.
pub mod fact {
    /// What a node is, or what is wrong with it.
    pub const ROLE: u8 = 0;
    /// The state of a breaker, by the breaker's number.
    pub const STATE: u8 = 1;
    /// After which moment an open breaker will admit a trial call, or when a half-open one goes on by itself, on its node's clock.
    pub const UNTIL: u8 = 2;
    /// Why a breaker made its last transition.
    pub const CAUSE: u8 = 3;
    /// Threads of a pool that are held.
    pub const THREADS: u8 = 4;
    /// Calls that wait for a thread of a pool.
    pub const WAITING: u8 = 5;
    /// The result of an attempt at a call, by dependency · 8 + result: what it took, in µs.
    pub const RESULT: u8 = 6;
    /// The time that a call to a dependency was given, in µs.
    pub const TIMEOUT: u8 = 7;
    /// Whether a dependency is bad.
    pub const BAD: u8 = 8;
    /// How many calls wait at a dependency.
    pub const QUEUE: u8 = 9;
    /// How many workers of a dependency are busy.
    pub const BUSY: u8 = 10;
}
