//! The nodes of the lab: instances of a service, and the cache, the database and analytics that it calls.

use super::config::Config;
use super::caller::Caller;
use super::dependency::Dependency;
use super::message::Speech;
use crate::cast::Sort;
use crate::sim::{Ctx, Input, Never, Out, Protocol};

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
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Node {
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

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match self {
            Node::Caller(caller) => caller.step(config, input, ctx, out),
            Node::Dependency(dependency) => dependency.step(config, input, ctx, out),
        }
    }
}
