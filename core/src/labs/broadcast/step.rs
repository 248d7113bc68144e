//! What a process has at hand while it handles an input.

use super::message::Speech;
use super::process::Config;
use crate::sim::dice::{Purpose, below};
use crate::sim::{Ctx, Out};

/// What a process works with in a step.
pub struct Step<'a> {
    /// What all know.
    pub config: &'a Config,
    /// Who it is, and its dice.
    pub ctx: &'a Ctx,
    /// What it asks for.
    pub out: &'a mut Out<Speech>,
}

impl Step<'_> {
    /// Its place among the processes.
    pub fn me(&self) -> u16 {
        self.ctx.me.0
    }

    /// A die that it rolls: 1 to 6.
    pub fn rolled(&self, purpose: Purpose, number: u32) -> u8 {
        below(self.ctx.die(purpose, u64::from(number)), 6) as u8 + 1
    }
}
