//! The nodes of the lab: processes, and a server that tells them the time.

use super::message::{Msg, Speech};
use super::params::Params;
use super::process::{Disk, Process};
use crate::cast::Sort;
use crate::kits::ensemble;
use crate::sim::{Ctx, Input, Out, Protocol};

/// What every node knows.
pub type Config = ensemble::Config<Params>;

/// Tells what its clock shows; it has nothing to remember.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TimeServer;

impl Protocol for TimeServer {
    type Config = Config;
    type Speech = Speech;

    fn boot(_: &Config, _: Option<&Disk>, _: &Ctx, _: &mut Out<Speech>) -> TimeServer {
        TimeServer
    }

    fn step(&mut self, _: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        if let Input::Deliver { from, msg: Msg::Ask { asked_us } } = input {
            out.send(from, Msg::Time { asked_us, server_us: ctx.clock_us });
        }
    }
}

crate::declare::roles! {
    /// A node of the lab.
    pub enum Node of Config, Speech, for |config, me| {
        /// Has clocks, and events that they stamp.
        Process(Box<Process>) => Sort::Server,
        /// Knows the time.
        TimeServer(TimeServer) => _,
    }
}
