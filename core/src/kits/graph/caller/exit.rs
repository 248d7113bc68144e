//! What a caller keeps of its hops: budgets, latencies, what each instance owes, gates, and pools of threads.

use super::super::config::{Config, HopPlan};
use super::super::declared::{Budget, Hop, Pick, PoolId};
use super::super::mark::{Ending, HopId, Level, Mark};
use super::super::message::fact;
use super::{At, Caller, Stage, hop};
use crate::cast::NodeId;
use crate::parts::adaptive_timeout::AdaptiveTimeout;
use crate::parts::breaker::{Breaker, Outcome};
use crate::parts::bulkhead::Pool;
use crate::parts::retry_budget::{self, Throttle};
use crate::parts::throttle;
use crate::sim::dice::{Purpose, below, remix};
use crate::trace::Fact;

/// Which instance is called.
const PICK: Purpose = Purpose::Protocol(2);
/// How an open gate's wait is spread.
const OPEN_WAIT: Purpose = Purpose::Protocol(3);
/// Whether the throttle keeps a try back.
const THROTTLE: Purpose = Purpose::Protocol(7);

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
    /// How many answers each instance owes.
    owes: Vec<u32>,
    /// The instances that are ready, where not all always are.
    here: Vec<u16>,
    /// Whose turn it is.
    turn: u32,
}

/// What is kept of all of a node's hops.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Kept {
    exits: Vec<Exit>,
    gates: Vec<Breaker>,
    /// By their numbers in the graph.
    pools: Vec<(PoolId, Pool<u32>)>,
    /// Threads held and calls that wait for one, as last told.
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
                owes: vec![0; usize::from(plan.instances)],
                here: ready_at_first(config, hop),
                turn: turn % u32::from(plan.instances),
            });
            if let Some(gate) = hop.gate {
                let many = if gate.by_instance { plan.instances } else { 1 };
                for _ in 0..many {
                    let gate = Breaker::new(gate.policy);
                    at.out.mark(Mark::Gate { index: kept.gates.len() as u16, to: gate.state() });
                    kept.gates.push(gate);
                }
            }
            if let Some(pool) = hop.pool.filter(|id| kept.pools.iter().all(|(other, _)| other != id)) {
                let threads = config.graph.pools[usize::from(pool.0)];
                kept.pools.push((pool, Pool::new(threads.threads, threads.queue_limit)));
            }
        }
        Some(kept)
    }

    fn pool(&mut self, id: PoolId) -> Option<&mut Pool<u32>> {
        self.pools.iter_mut().find(|(other, _)| *other == id).map(|(_, pool)| pool)
    }

    /// Tells how many threads are held, and how many calls wait for one.
    fn report(&mut self, at: &mut At<'_>) {
        let now =
            self.pools.iter().fold((0, 0), |sum, (_, pool)| (sum.0 + pool.busy(), sum.1 + pool.queued()));
        let tier = at.config.tier_of(at.ctx.me);
        for (what, before, now) in [(Level::Held, self.told.0, now.0), (Level::Pending, self.told.1, now.1)] {
            if now != before {
                at.out.mark(Mark::Level { tier, what, now });
            }
        }
        self.told = now;
    }
}

impl Exit {
    /// The instance that is called next.
    fn pick(&mut self, pick: Pick, die: impl FnOnce() -> u64) -> u16 {
        let many = if self.here.is_empty() { self.owes.len() } else { self.here.len() };
        let owes = |place: usize| self.owes[self.here.get(place).map_or(place, |one| usize::from(*one))];
        let place = match pick {
            _ if many == 1 => 0,
            Pick::Random => below(die(), many as u64) as usize,
            Pick::RoundRobin => {
                let place = self.turn as usize % many;
                self.turn = (place as u32 + 1) % many as u32;
                place
            }
            Pick::LeastOutstanding => {
                // Of those that owe alike, the next in turn.
                let from = |step: usize| (self.turn as usize + step) % many;
                let place = (0..many).map(from).min_by_key(|place| owes(*place)).unwrap_or(0);
                self.turn = (place as u32 + 1) % many as u32;
                place
            }
            Pick::TwoChoices => {
                let die = die();
                let one = below(die, many as u64) as usize;
                let other = below(remix(die, 0), many as u64 - 1) as usize;
                let other = other + usize::from(other >= one);
                if owes(other) < owes(one) { other } else { one }
            }
        };
        self.here.get(place).map_or(place as u16, |one| *one)
    }
}

/// The instances that are ready at the start, where a controller says which are; else none, which is all.
fn ready_at_first(config: &Config, hop: &Hop) -> Vec<u16> {
    let scaled = config.graph.scales.iter().find(|scale| scale.of == hop.to);
    scaled.map_or(Vec::new(), |scale| (0..scale.least).collect())
}

impl Caller {
    pub(super) fn exit(&self, id: HopId, at: &At<'_>) -> Option<&Exit> {
        self.kept.as_ref()?.exits.get(usize::from(hop(at.config, id).1.place))
    }

    fn exit_mut(&mut self, id: HopId, config: &Config) -> Option<&mut Exit> {
        self.kept.as_mut()?.exits.get_mut(usize::from(hop(config, id).1.place))
    }

    pub(super) fn limiter(&mut self, id: HopId, at: &At<'_>) -> Option<&mut Limiter> {
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

    /// Chooses the instance that a try goes to.
    pub(super) fn choose(&mut self, serial: u32, at: &At<'_>) {
        let Some(call) = self.calls.get_mut(serial) else { return };
        let (id, luck, path) = (call.wanted.hop, call.wanted.luck, call.path());
        let (hop, plan) = hop(at.config, id);
        let die = || at.die(PICK, luck, path);
        let instance = match self.kept.as_mut().and_then(|kept| kept.exits.get_mut(usize::from(plan.place))) {
            _ if plan.instances == 1 => 0,
            Some(exit) => exit.pick(hop.pick, die),
            None => below(die(), u64::from(plan.instances)) as u16,
        };
        call.to = NodeId(plan.to.0 + instance);
    }

    /// An instance says whether it takes calls.
    pub fn heard_of(&mut self, from: NodeId, ready: bool, at: &At<'_>) {
        let (tier, instance) = (at.config.tier_of(from), at.config.instance(from));
        let hops = &at.config.tiers[usize::from(at.config.tier_of(at.ctx.me).0)].hops;
        for id in hops.iter().filter(|id| hop(at.config, **id).0.to == tier) {
            let Some(exit) = self.exit_mut(*id, at.config) else { continue };
            exit.here.retain(|one| *one != instance);
            if ready {
                exit.here.push(instance);
                exit.here.sort_unstable();
            }
        }
    }

    /// How many instances of a hop's callee are ready.
    pub fn ready(&self, id: HopId, at: &At<'_>) -> u32 {
        let here = self.exit(id, at).map(|exit| exit.here.len() as u32).filter(|many| *many > 0);
        here.unwrap_or(hop(at.config, id).1.instances.into())
    }

    /// Whether the throttle keeps a try back.
    pub(super) fn keeps_back(&mut self, serial: u32, at: &At<'_>) -> bool {
        let Some(call) = self.calls.get(serial) else { return false };
        let (id, luck, path) = (call.wanted.hop, call.wanted.luck, call.path());
        let throttle = self.exit_mut(id, at.config).and_then(|exit| exit.throttle.as_mut());
        throttle.is_some_and(|throttle| !throttle.may_go(at.now_us(), at.die(THROTTLE, luck, path)))
    }

    /// Something has gone out to an instance, or come back from it.
    pub(super) fn owes(&mut self, id: HopId, to: NodeId, by: i32, at: &At<'_>) {
        let first = hop(at.config, id).1.to.0;
        let Some(exit) = self.exit_mut(id, at.config) else { return };
        if let Some(owes) = exit.owes.get_mut(usize::from(to.0 - first)) {
            *owes = owes.saturating_add_signed(by);
        }
    }

    /// Asks the gate; without one everything passes.
    pub(super) fn admit(&mut self, serial: u32, at: &mut At<'_>) -> bool {
        let Some(call) = self.calls.get_mut(serial) else { return false };
        let Some(index) = gate_of(call.to, hop(at.config, call.wanted.hop)) else { return true };
        let Some(gate) = self.kept.as_mut().and_then(|kept| kept.gates.get_mut(usize::from(index))) else {
            return true;
        };
        let die = at.ctx.die(OPEN_WAIT, u64::from(index) << 32 | u64::from(gate.transitions()));
        call.permit = gate.try_acquire(at.now_us(), die);
        tell(gate, index, at);
        call.permit.is_some()
    }

    /// Hands the permit back with what the gate is to think of it.
    pub(super) fn judge(&mut self, serial: u32, how: Ending, at: &mut At<'_>) {
        let Some(call) = self.calls.get_mut(serial) else { return };
        let (hop, plan) = hop(at.config, call.wanted.hop);
        // Without a permit no instance need have been chosen.
        let Some(permit) = call.permit.take() else { return };
        let Some(index) = gate_of(call.to, (hop, plan)) else { return };
        let outcome = match how {
            _ if !call.left => Outcome::Ignored,
            Ending::Done | Ending::Known => Outcome::Success,
            // Without time left for another try those before it decide.
            Ending::Failed | Ending::TimedOut | Ending::Refused | Ending::NoTime => Outcome::Failure,
            _ => Outcome::Ignored,
        };
        let outside = hop.gate.is_some_and(|gate| gate.outside);
        let from_us = if outside { call.called_us } else { call.tried_us };
        let Some(gate) = self.kept.as_mut().and_then(|kept| kept.gates.get_mut(usize::from(index))) else {
            return;
        };
        let die = at.ctx.die(OPEN_WAIT, u64::from(index) << 32 | u64::from(gate.transitions()));
        let now_us = at.now_us();
        gate.record(permit, outcome, now_us.saturating_sub(from_us), now_us, die);
        tell(gate, index, at);
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
        let (id, to, (op, path)) = (call.wanted.hop, call.to, (call.wanted.op, call.path()));
        let hop = hop(at.config, id).0;
        if matches!(stage, Stage::Out | Stage::Holding(_)) {
            self.owes(id, to, -1, at);
            let mut exit = self.exit_mut(id, at.config);
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
        self.report(at);
    }
}

/// The gate before an instance, by its place at the caller.
fn gate_of(to: NodeId, (hop, plan): (&Hop, &HopPlan)) -> Option<u16> {
    let by_instance = hop.gate?.by_instance;
    Some(plan.gate? + if by_instance { to.0 - plan.to.0 } else { 0 })
}

/// Tells what states a gate has come to.
fn tell(gate: &mut Breaker, index: u16, at: &mut At<'_>) {
    for transition in gate.take_transitions() {
        at.out.mark(Mark::Gate { index, to: transition.to });
        at.out.note(|| format!("breaker {}: {transition}", index + 1));
    }
}
