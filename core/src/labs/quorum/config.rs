//! What every node knows, and what nodes report.

use super::params::{Coordination, Params, Switch};
use crate::cast::{Cast, NodeId};
use crate::kits::object::{Mix, Workload};
use crate::sim::Ctx;
use crate::sim::dice::{Purpose, below};

/// What is added to clocks in timestamps, in µs.
pub const DAY_US: i64 = 86_400_000_000;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// Who takes part.
    pub cast: Cast,
    /// What clients ask for.
    pub work: Workload<Mix>,
    /// Whether any node can lose its memory in this run; if none can, writing disks is left out.
    pub keeps_disk: bool,
}

impl Config {
    /// The N nodes that keep a key: neighbours on the ring of all servers.
    pub fn owners(&self, key: u16) -> Vec<NodeId> {
        (0..self.params.n as u16).map(|i| self.cast.server((key + i) % self.cast.servers)).collect()
    }

    /// The servers that do not keep a key, in the order in which they stand in for its owners.
    pub fn spares(&self, key: u16) -> Vec<NodeId> {
        let n = self.params.n as u16;
        (n..self.cast.servers).map(|i| self.cast.server((key + i) % self.cast.servers)).collect()
    }

    /// The zone of a node.
    pub fn zone(&self, node: NodeId) -> u16 {
        self.cast.sort(node).1 % self.params.zones as u16
    }

    /// The coordinators that a client may ask: those of its zone, if there are any.
    fn coordinators(&self, client: NodeId) -> Vec<NodeId> {
        let all: Vec<NodeId> = match self.params.coordinator {
            Coordination::Replica => (0..self.params.n as u16).map(|i| self.cast.server(i)).collect(),
            Coordination::Apart => (0..self.cast.coordinators).map(|i| self.cast.coordinator(i)).collect(),
        };
        let near: Vec<NodeId> = all.iter().copied().filter(|k| self.zone(*k) == self.zone(client)).collect();
        if near.is_empty() { all } else { near }
    }

    /// Whom a client asks: a sticky one its home, any other anybody in its zone.
    pub fn asks(&self, client: NodeId) -> Vec<NodeId> {
        let choices = self.coordinators(client);
        match self.params.sticky {
            Switch::On => {
                let place = usize::from(self.cast.sort(client).1 / self.params.zones as u16) % choices.len();
                vec![choices[place]]
            }
            Switch::Off => choices,
        }
    }

    /// The time by which a coordinator stamps its writes, and a node tells how old tombstones and hints are, in µs: its own clock, off by its
    /// skew. A day is added so that clocks set back stay above zero.
    pub fn now_us(&self, ctx: &Ctx) -> u64 {
        let skew = self.params.skew;
        let off = below(ctx.die(Purpose::Protocol(0), 0), 2 * skew + 1) as i64 - skew as i64;
        u64::try_from(ctx.clock_us.saturating_add(off).saturating_add(DAY_US)).unwrap_or(0)
    }
}
