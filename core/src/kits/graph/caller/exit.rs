//! What a caller keeps of its hops: budgets, latencies, what each instance owes, and pools of threads.

use super::super::config::Config;
use super::super::declared::{Budget, Hop};
use super::super::guards::PoolId;
use super::super::mark::{Ending, HopId, Level, Mark};
use super::super::message::fact;
use super::super::reach::Reach;
use super::fleet::Fleet;
use super::{At, Caller, Stage, gate, hop};
use crate::cast::NodeId;
use crate::parts::adaptive_timeout::AdaptiveTimeout;
use crate::parts::breaker::Breaker;
use crate::parts::bulkhead::Pool;
use crate::parts::retry_budget::{self, Throttle};
use crate::parts::throttle;
use crate::sim::dice::{Purpose, below};
use crate::trace::Fact;

/// Which instance is called.
pub(super) const PICK: Purpose = Purpose::Protocol(2);
/// Whether the throttle keeps a try back.
const THROTTLE: Purpose = Purpose::Protocol(13);

/// What limits the retries of a caller on a hop.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Limiter {
    Ratio(retry_budget::Budget),
    Throttle(Throttle),
}

impl Limiter {
    fn new(budget: Budget) -> Limiter {
        match budget {
            Budget::Ratio(policy) => Limiter::Ratio(retry_budget::Budget::new(policy)),
            Budget::Throttle { tokens, ratio_permille } => {
                Limiter::Throttle(Throttle::new(tokens, ratio_permille))
            }
        }
    }

    pub fn on_call(&mut self, now_us: u64) {
        if let Limiter::Ratio(budget) = self {
            budget.on_call(now_us);
        }
    }

    pub fn on_success(&mut self, now_us: u64) {
        match self {
            Limiter::Ratio(budget) => budget.on_success(now_us),
            Limiter::Throttle(throttle) => throttle.on_success(),
        }
    }

    pub fn on_failure(&mut self) {
        if let Limiter::Throttle(throttle) = self {
            throttle.on_failure();
        }
    }

    pub fn try_retry(&mut self, now_us: u64) -> bool {
        match self {
            Limiter::Ratio(budget) => budget.try_retry(now_us),
            Limiter::Throttle(throttle) => throttle.may_retry(),
        }
    }

    /// Tells what is left, and whether that allows no retry.
    pub fn tell(&mut self, id: HopId, at: &mut At<'_>) {
        let (milli, empty) = match self {
            Limiter::Ratio(budget) => {
                let milli = budget.balance_milli(at.now_us()) as i64;
                (milli, milli < 1_000)
            }
            Limiter::Throttle(throttle) => (i64::from(throttle.milli()), !throttle.may_retry()),
        };
        at.out.mark(Mark::Budget { hop: id, milli, empty });
        let place = at.config.hops[usize::from(id.0)].place;
        at.out.fact(fact::BUDGET, u16::from(place), Fact::Int(milli));
    }
}

/// What is kept of one hop.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Exit {
    limiter: Option<Limiter>,
    pub patience: Option<AdaptiveTimeout>,
    throttle: Option<throttle::Throttle>,
    /// When another try goes out beside those that are, where that follows the latency.
    pub pace: Option<AdaptiveTimeout>,
    /// What it believes of the instances, where it chooses by that.
    pub fleet: Option<Box<Fleet>>,
}

/// What is kept of all of a node's hops.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Kept {
    exits: Vec<Exit>,
    pub gates: Vec<Breaker>,
    /// By their numbers in the graph; threads held and calls that wait for one, as last told of each and of all.
    pools: Vec<(PoolId, Pool<u32>, (u32, u32))>,
    told: (u32, u32),
}

impl Kept {
    /// Nothing has happened yet; none where nothing is kept.
    pub fn new(at: &mut At<'_>) -> Option<Kept> {
        let (config, me) = (at.config, at.ctx.me);
        let hops = &config.tiers[usize::from(config.tier_of(me).0)].hops;
        if !hops.iter().any(|id| hop(config, *id).1.is_kept) {
            return None;
        }
        let turn = u32::from(config.instance(me));
        let mut kept = Kept { exits: Vec::new(), gates: Vec::new(), pools: Vec::new(), told: (0, 0) };
        for id in hops {
            let (hop, plan) = hop(config, *id);
            kept.exits.push(Exit {
                limiter: hop.again.budget.map(Limiter::new),
                patience: hop.time.adaptive.map(AdaptiveTimeout::new),
                throttle: hop.throttle.map(throttle::Throttle::new),
                pace: hop.hedge.and_then(|hedge| hedge.adaptive).map(AdaptiveTimeout::new),
                fleet: plan
                    .chooses
                    .then(|| Box::new(Fleet::new((hop, plan), ready_at_first(config, hop), turn))),
            });
            for (index, gate) in config.gates(*id).zip(hop.gate.iter().cycle()) {
                kept.gates.push(gate::closed(index, gate.policy, at));
            }
            if let Some(pool) = hop.pool.filter(|id| kept.pools.iter().all(|(other, ..)| other != id)) {
                let threads = config.graph.pools[usize::from(pool.0)];
                kept.pools.push((pool, Pool::new(threads.threads, threads.queue_limit), (0, 0)));
            }
        }
        Some(kept)
    }

    /// What it refers to that grows, in bytes.
    pub fn weight(&self) -> u64 {
        self.exits.iter().filter_map(|exit| exit.fleet.as_ref()).map(|fleet| fleet.weight()).sum()
    }

    fn pool(&mut self, id: PoolId) -> Option<&mut Pool<u32>> {
        self.pools.iter_mut().find(|(other, ..)| *other == id).map(|(_, pool, _)| pool)
    }

    /// Tells how many threads are held, and how many calls wait for one.
    fn report(&mut self, at: &mut At<'_>) {
        let of = |(_, pool, _): &(PoolId, Pool<u32>, (u32, u32))| (pool.busy(), pool.queued());
        let now = self.pools.iter().map(of).fold((0, 0), |sum, now| (sum.0 + now.0, sum.1 + now.1));
        if now == self.told && !at.out.words_wanted() {
            return;
        }
        let tier = at.config.tier_of(at.ctx.me);
        for (what, before, now) in [(Level::Held, self.told.0, now.0), (Level::Pending, self.told.1, now.1)] {
            if now != before {
                at.out.mark(Mark::Level { tier, what, now });
            }
        }
        self.told = now;
        if at.out.words_wanted() {
            self.show(at);
        }
    }

    /// Shows the same of each pool.
    fn show(&mut self, at: &mut At<'_>) {
        for (place, (_, pool, told)) in (0..).zip(&mut self.pools) {
            let now = (pool.busy(), pool.queued());
            for (name, before, now) in [(fact::THREADS, told.0, now.0), (fact::WAITING, told.1, now.1)] {
                if now != before {
                    at.out.show(name, place, || Fact::Int(now.into()));
                }
            }
            *told = now;
        }
    }
}

/// Which instances are ready at the start, where a controller says so; else none is named, and all are.
fn ready_at_first(config: &Config, hop: &Hop) -> Vec<bool> {
    let scaled = config.graph.scales.iter().find(|scale| scale.of == hop.to);
    let many = config.graph.tiers[usize::from(hop.to.0)].instances;
    scaled.map_or(Vec::new(), |scale| (0..many).map(|place| place < scale.least).collect())
}

impl Caller {
    pub(super) fn exit(&self, id: HopId, at: &At<'_>) -> Option<&Exit> {
        self.kept.as_ref()?.exits.get(usize::from(hop(at.config, id).1.place))
    }

    pub(super) fn exit_mut(&mut self, id: HopId, config: &Config) -> Option<&mut Exit> {
        self.kept.as_mut()?.exits.get_mut(usize::from(hop(config, id).1.place))
    }

    pub(super) fn limiter(&mut self, id: HopId, at: &At<'_>) -> Option<&mut Limiter> {
        hop(at.config, id).0.again.budget?;
        self.exit_mut(id, at.config)?.limiter.as_mut()
    }

    pub(super) fn pool(&mut self, id: PoolId) -> Option<&mut Pool<u32>> {
        self.kept.as_mut()?.pool(id)
    }

    pub(super) fn report(&mut self, at: &mut At<'_>) {
        if let Some(kept) = &mut self.kept {
            kept.report(at);
        }
    }

    /// Chooses the instance that a try goes to; false where none is usable.
    pub(super) fn choose(&mut self, serial: u32, at: &mut At<'_>) -> bool {
        let Some(call) = self.calls.get_mut(serial) else { return false };
        let (id, luck, path, key) = (call.wanted.hop, call.wanted.luck, call.path(), call.wanted.about.key);
        let (hop, plan) = hop(at.config, id);
        if hop.reach != Reach::All {
            call.to = call.reached(hop, plan, at);
            return true;
        }
        let die = || at.die(PICK, luck, path);
        if let Some(zipf) = &at.config.uneven[usize::from(id.0)] {
            call.to = NodeId(plan.to.0 + zipf.draw(die()) as u16);
            return true;
        }
        let exit = self.kept.as_mut().and_then(|kept| kept.exits.get_mut(usize::from(plan.place)));
        let instance = match exit.and_then(|exit| exit.fleet.as_mut()) {
            Some(fleet) => match fleet.pick(&hop.beliefs, key, at.now_us(), die) {
                Some((place, moved)) => {
                    if moved {
                        at.out.mark(Mark::Moved { hop: id });
                    }
                    place
                }
                None => return false,
            },
            None if plan.instances == 1 => 0,
            None => below(die(), u64::from(plan.instances)) as u16,
        };
        call.to = NodeId(plan.to.0 + instance);
        true
    }

    /// Whether the throttle keeps a try back.
    pub(super) fn keeps_back(&mut self, serial: u32, at: &At<'_>) -> bool {
        let Some(call) = self.calls.get(serial) else { return false };
        let (id, luck, path) = (call.wanted.hop, call.wanted.luck, call.path());
        let throttle = self.exit_mut(id, at.config).and_then(|exit| exit.throttle.as_mut());
        throttle.is_some_and(|throttle| !throttle.may_go(at.now_us(), at.die(THROTTLE, luck, path)))
    }

    /// Something has gone out to an instance.
    pub(super) fn owes(&mut self, id: HopId, to: NodeId, at: &At<'_>) {
        let (hop, plan) = hop(at.config, id);
        let fleet = self.exit_mut(id, at.config).and_then(|exit| exit.fleet.as_mut());
        if let Some(fleet) = fleet {
            fleet.owes(&hop.beliefs, usize::from(to.0 - plan.to.0), 1);
        }
    }

    /// A try is over that had been in this stage: what it held is free, and what it shows is taken in.
    pub(super) fn let_go(
        &mut self,
        serial: u32,
        stage: Stage,
        (how, took_us): (Ending, u64),
        at: &mut At<'_>,
    ) {
        let Some(call) = self.calls.get(serial) else { return };
        let (id, to, key) = (call.wanted.hop, call.to, call.wanted.about.key);
        let (op, path) = (call.wanted.op, call.path());
        let hop = hop(at.config, id).0;
        if matches!(stage, Stage::Out | Stage::Holding(_)) {
            if self.exit(id, at).is_some_and(|exit| exit.fleet.is_some()) {
                self.learn(id, (to, key), how, took_us, at);
            }
            let keeps = hop.time.adaptive.is_some() || hop.throttle.is_some();
            let mut exit = if keeps { self.exit_mut(id, at.config) } else { None };
            let patience = exit.as_mut().and_then(|exit| exit.patience.as_mut());
            if let Some(patience) = patience.filter(|_| how.is_answer() || how == Ending::TimedOut) {
                patience.record(took_us);
            }
            let throttle = exit.and_then(|exit| exit.throttle.as_mut());
            if let Some(throttle) = throttle.filter(|_| how.is_answer() && how != Ending::Refused) {
                throttle.accepted(at.now_us());
            }
        }
        let pool = hop.pool.and_then(|pool| self.pool(pool));
        let next = match (stage, pool) {
            (Stage::Pending(ticket), Some(pool)) => {
                pool.abandon(ticket);
                None
            }
            (Stage::Holding(ticket), Some(pool)) => pool.finish(ticket, at.now_us()).0,
            _ => None,
        };
        if let Some((ticket, next)) = next {
            if let Some(call) = self.calls.get(next) {
                at.out.serve(call.wanted.op, call.path() as u16);
                self.go(next, Stage::Holding(ticket), at);
            }
            at.out.serve(op, path as u16);
        }
        if hop.gate.is_some_and(|gate| !gate.outside) {
            self.judge(serial, how, at);
        }
        if hop.pool.is_some() {
            self.report(at);
        }
    }
}
