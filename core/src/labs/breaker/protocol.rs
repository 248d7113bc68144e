//! The nodes of the lab: instances of a service, and the cache, the database and analytics that it calls.

use super::caller::Caller;
use super::dependency::Dependency;
use super::message::{Msg, Numbered, Request, Response};
use super::params::{DEPENDENCIES, Params};
use crate::cast::{Cast, Sort};
use crate::parts::breaker;
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

/// The timers of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next request is due.
    Arrive,
    /// The call of this request has waited long enough.
    Timeout(u32),
    /// The delay before a retry for this request is over.
    Retry(u32),
    /// A worker is through with this call.
    Finish(u64),
    /// The dependency goes bad.
    Worse,
    /// It may be well again.
    Better,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timer::Arrive => write!(f, "next request"),
            Timer::Timeout(request) => write!(f, "the call of {} timed out", Numbered(*request)),
            Timer::Retry(request) => write!(f, "retry for {}", Numbered(*request)),
            Timer::Finish(_) => write!(f, "work done"),
            Timer::Worse => write!(f, "goes bad"),
            Timer::Better => write!(f, "may be well again"),
        }
    }
}

/// A node of the lab.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// An instance of the service.
    Caller(Box<Caller>),
    /// What it calls.
    Dependency(Box<Dependency>),
}

impl Protocol for Node {
    type Config = Config;
    type Msg = Msg;
    type Timer = Timer;
    type Request = Request;
    type Response = Response;
    type Disk = Never;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Node>) -> Node {
        match config.cast.sort(ctx.me) {
            (Sort::Server, number) => {
                let now_us = u64::try_from(ctx.clock_us).unwrap_or(0);
                Node::Dependency(Box::new(Dependency::boot(config, usize::from(number), now_us, out)))
            }
            _ => Node::Caller(Box::new(Caller::boot(config, ctx, out))),
        }
    }

    fn weight(&self) -> u64 {
        match self {
            Node::Caller(caller) => caller.weight(),
            Node::Dependency(dependency) => dependency.weight(),
        }
    }

    fn step(&mut self, config: &Config, input: Input<Node>, ctx: &Ctx, out: &mut Out<Node>) {
        match self {
            Node::Caller(caller) => caller.step(config, input, ctx, out),
            Node::Dependency(dependency) => dependency.step(config, input, ctx, out),
        }
    }
}
