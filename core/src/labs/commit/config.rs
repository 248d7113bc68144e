//! What every node knows from the start.

use super::message::Speech;
use super::meta::fact;
use super::params::{Params, Switch};
use crate::cast::{Cast, NodeId, Sort};
use crate::sim::dice::{Purpose, below, happens};
use crate::sim::{Ctx, Out, Range};
use crate::trace::Fact;

/// What the participants are.
pub const NAMES: [&str; 5] = ["inventory", "payment", "shipping", "invoice", "loyalty"];

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the reader has set.
    pub params: Params,
    /// Who takes part: participants `n1…`, the coordinators or the order service `k1…`, the client `c1`.
    pub cast: Cast,
}

impl Config {
    /// The configuration of these parameters.
    pub fn new(params: Params) -> Config {
        let cast = Cast { servers: params.n as u16, coordinators: params.coordinators as u16, clients: 1 };
        Config { params, cast }
    }

    /// The participants, in the order of a saga's steps.
    pub fn participants(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.cast.of(Sort::Server)
    }

    /// Those who may coordinate, or the one who takes orders.
    pub fn coordinators(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.cast.of(Sort::Coordinator)
    }

    /// The first of them.
    pub fn coordinator(&self) -> NodeId {
        self.cast.coordinator(0)
    }

    /// Whether what matters is on disk before anybody hears of it. The steps of a saga are transactions, which always are.
    pub fn forces(&self) -> bool {
        self.params.force == Switch::On || !self.params.protocol.votes()
    }

    /// How long a record takes until it is on disk; no time where nobody waits for that.
    pub fn forced(&self) -> Range {
        Range::exactly(if self.forces() { self.params.fsync } else { 0 })
    }

    /// Reports what a participant is.
    pub fn report_name(&self, ctx: &Ctx, out: &mut Out<Speech>) {
        out.fact(fact::ROLE, 0, Fact::Word(NAMES[usize::from(self.cast.sort(ctx.me).1)]));
    }

    /// So many timeouts.
    pub fn timeouts(&self, count: u64) -> Range {
        Range::exactly(self.params.timeout * count)
    }

    /// Whether a participant refuses an order when it is asked for the `tried`-th time, from 0; the same under every protocol.
    pub fn refuses(&self, ctx: &Ctx, order: u32, tried: u32) -> bool {
        let always = self.cast.sort(ctx.me).1 + 1 == self.params.refuse as u16;
        let number = u64::from(order) << 32 | u64::from(tried);
        always || happens(ctx.die(Purpose::Fault, number), u64::from(self.params.no))
    }

    /// The item of the client's order.
    pub fn item(&self, ctx: &Ctx, order: u32) -> u16 {
        below(ctx.die(Purpose::Key, u64::from(order)), u64::from(self.params.items)) as u16
    }
}

/// An order's place among the facts of a node: orders count from 1.
pub fn place(order: u32) -> u16 {
    (order - 1) as u16
}
