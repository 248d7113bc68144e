//! What stands before the calls of a hop: breakers, and pools of threads. What a lab declares of them.

use crate::parts::breaker::{self, Outcome};

/// A pool of threads that callers hold while they wait for answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PoolId(pub u8);

/// A pool of threads, one at each instance of the tier that calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Threads {
    /// How many calls may be under way.
    pub threads: u32,
    /// How many may wait for a thread.
    pub queue_limit: u32,
}

/// A breaker before a hop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gate {
    /// Its settings.
    pub policy: breaker::Policy,
    /// Whether each instance of the callee has one of its own.
    pub by_instance: bool,
    /// Into how many shards keys are dealt, each with one of its own; 1: one for all keys.
    pub shards: u32,
    /// Whether it is asked once for a call, outside the retries; else for each try.
    pub outside: bool,
    /// What it takes an error or a refusal for.
    pub errors: Outcome,
    /// What it takes an answer to the client's own mistake for.
    pub mistakes: Outcome,
}

impl Gate {
    /// One for all instances and keys, asked for each try; it counts errors as failures, and mistakes not at all.
    pub fn new(policy: breaker::Policy) -> Gate {
        let (errors, mistakes) = (Outcome::Failure, Outcome::Ignored);
        Gate { policy, by_instance: false, shards: 1, outside: false, errors, mistakes }
    }
}
