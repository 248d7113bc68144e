//! Pieces of graphs that several labs put together: who takes calls in front, and the sidecars of a mesh.

use super::declared::{Again, Desk, Graph, Hop, Tier, Time};
use super::limit::Limit;
use super::mark::HopId;
use super::reach::Reach;
use super::step::Step;
use crate::cast::Sort;
use crate::parts::limiter;
use crate::sim::dist::Dist;

/// A gateway: it lets clients in as far as a limit allows, checks who they are, and then does what its route says.
#[derive(Clone, PartialEq, Debug)]
pub struct Front {
    /// What its nodes are, in a word.
    pub name: &'static str,
    /// How many there are, and how many workers each has for the check; 0: each request does its own, which then is a delay.
    pub instances: u16,
    /// See there.
    pub workers: u32,
    /// The check of a token.
    pub auth: Dist,
    /// How often clients are let in at each instance.
    pub limit: Option<Limit>,
}

impl Front {
    /// A token bucket of so many requests a second, in millionths, a quarter of a second's worth at once: for each tenant of the source, or for all together.
    pub fn bucket(rate_millionths: u32, by_tenant: bool) -> Limit {
        let rate = u64::from(rate_millionths.max(1));
        let (limit, window_us) = (1_000, 1_000 * 1_000_000_000_000 / rate);
        let burst = (rate / 4_000_000).max(1) as u32;
        let policy = limiter::Policy { kind: limiter::Kind::Bucket, limit, window_us, burst };
        Limit { by_tenant, ..Limit::new(policy) }
    }

    /// Its tier.
    pub fn tier(self) -> Tier {
        let desk = Desk { limit: self.limit, ..Desk::default() };
        let tier = Tier::new(self.name, Sort::Coordinator, self.instances);
        Tier { desk, workers: self.workers, work: self.auth, ..tier }
    }

    /// What it does with a request: the check, and then these.
    pub fn steps(&self, then: Vec<Step>) -> Vec<Step> {
        let checks = self.auth != Dist::constant_us(0);
        checks.then_some(Step::WORK).into_iter().chain(then).collect()
    }
}

/// A proxy beside each instance of a caller, through which its calls go: it takes some time, and has tries of its own.
#[derive(Clone, Debug)]
pub struct Sidecar {
    /// What its nodes are, in a word.
    pub name: &'static str,
    /// What it takes to pass a request on.
    pub proxy: Dist,
    /// How long each of its tries may take, and what the callee is told of it.
    pub time: Time,
    /// When it tries again, beside what the application does.
    pub again: Again,
}

impl Graph {
    /// Puts sidecars before a hop, which then leads to them: each caller has one. What chooses instances and hedges moves to the hop behind them, whose
    /// number this gives; what the caller does itself stays: its time, its retries, its gate, pool, throttle and fallback.
    pub fn sidecar(&mut self, hop: HopId, sidecar: Sidecar) -> HopId {
        let place = usize::from(hop.0);
        let caller = self.hops[place].clone();
        let instances = self.tiers[usize::from(caller.from.0)].instances;
        let own = Tier::new(sidecar.name, Sort::Coordinator, instances);
        let own = self.tier(Tier { work: sidecar.proxy.clone(), ..own });
        let plain = Hop::new(caller.from, own, caller.time.timeout_us);
        let Hop { pick, uneven, beliefs, hedge, .. } = plain;
        self.hops[place] = Hop { to: own, reach: Reach::Own, pick, uneven, beliefs, hedge, ..caller };
        let Hop { gate, pool, throttle, fallback, .. } = plain;
        let (time, again) = (sidecar.time, sidecar.again);
        let behind = self.hop(Hop { from: own, time, again, gate, pool, throttle, fallback, ..caller });
        let passes = sidecar.proxy != Dist::constant_us(0);
        let steps = passes.then_some(Step::WORK).into_iter().chain([Step::Call(behind)]).collect();
        self.route(own, steps);
        behind
    }
}
