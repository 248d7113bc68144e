//! A try that a server works at, and what its handlers are given.

use super::call::{Call, Outcome};
use super::message::{Msg, Speech};
use super::params::{CrashAt, Params};
use super::protocol::Config;
use crate::cast::NodeId;
use crate::sim::dice::{Purpose, happens};
use crate::sim::{Ctx, Out};

/// A try that a server works at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Job {
    /// What is asked.
    pub call: Call,
    /// By whom.
    pub from: NodeId,
    /// What it waits for.
    pub stage: Stage,
    /// The money has been taken, as a row says.
    pub charged: bool,
    /// Another has begun this, and was not heard of.
    pub taken_over: bool,
    /// How often it has found its key in progress.
    pub polls: u32,
}

/// What a try waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// What the key is.
    Key,
    /// The end of the work.
    Work,
    /// The provider.
    Provider,
    /// A row that says that the money is taken.
    Point,
    /// The effect.
    Effect,
    /// A row that says what this is answered.
    Record(Outcome),
    /// What x is.
    Read,
}

/// What a handler is given.
pub struct At<'a> {
    /// What every node knows.
    pub config: &'a Config,
    /// Who and when.
    pub ctx: &'a Ctx,
    /// Where what it asks for goes.
    pub out: &'a mut Out<Speech>,
}

impl At<'_> {
    /// The reader's settings.
    pub fn params(&self) -> &Params {
        &self.config.params
    }

    /// Tells the database.
    pub fn tell(&mut self, msg: Msg) {
        let database = self.config.database();
        self.out.send(database, msg);
    }

    /// Whether the process dies here, in this try.
    pub fn dies(&self, here: CrashAt, call: &Call) -> bool {
        let params = self.params();
        params.crashat == here && happens(self.die(Purpose::Fault, call), u64::from(params.crashes))
    }

    /// A die of this try.
    pub fn die(&self, purpose: Purpose, call: &Call) -> u64 {
        self.ctx.die(purpose, u64::from(call.order) << 16 | u64::from(call.attempt))
    }
}
