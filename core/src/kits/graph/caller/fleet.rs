//! What a caller believes of the instances of a hop, from its own calls, from what they tell, and from its checks; and whom it chooses by that.

use super::super::believed::{Belief, Beliefs, Check, Sees};
use super::super::config::HopPlan;
use super::super::declared::Hop;
use super::super::mark::{Ending, HopId, Mark};
use super::super::message::{Msg, Timer, fact};
use super::{At, Caller, hop};
use crate::cast::NodeId;
use crate::parts::balance::{Balance, Ewma, View};
use crate::parts::outlier::{Outliers, panics};
use crate::sim::dice::{Purpose, Range};
use crate::trace::Fact;
use std::collections::BTreeMap;

/// When the first check is made.
const FIRST_CHECK: Purpose = Purpose::Protocol(8);

/// What checks say of an instance, and when it came back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Health {
    well: bool,
    /// Checks in a row that say otherwise.
    against: u32,
    /// The last round of checks that is decided.
    round: u32,
    /// Since when it is used again; none if it always was.
    back_us: Option<u64>,
}

/// What is believed of the instances of a hop.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fleet {
    balance: Balance,
    /// What is known of each, as it is chosen by.
    views: Vec<View>,
    /// How many answers each owes, and how long answers take.
    owes: Vec<u32>,
    response: Vec<Ewma>,
    health: Vec<Health>,
    /// Whether each takes calls, as it says itself, where a controller starts and stops them.
    ready: Vec<bool>,
    outliers: Option<Outliers>,
    /// Where each key is kept, and since when.
    kept: BTreeMap<u32, (u16, u64)>,
    round: u32,
}

impl Fleet {
    /// Nothing is known of the instances, but perhaps which are ready; whose turn it is.
    pub fn new((hop, plan): (&Hop, &HopPlan), ready: Vec<bool>, turn: u32) -> Fleet {
        let many = usize::from(plan.instances);
        let health = Health { well: true, against: 0, round: 0, back_us: None };
        Fleet {
            balance: Balance::new(hop.pick, many, turn),
            views: vec![View::NEW; many],
            owes: vec![0; many],
            response: vec![Ewma::NEW; many],
            health: vec![health; many],
            ready,
            outliers: hop.beliefs.eject.map(|policy| Outliers::new(policy, many)),
            kept: BTreeMap::new(),
            round: 0,
        }
    }

    fn is_well(&self, place: usize, now_us: u64) -> bool {
        let out = self.outliers.as_ref().is_some_and(|outliers| outliers.is_out(place, now_us));
        self.health[place].well && !out && self.ready.get(place).copied().unwrap_or(true)
    }

    /// Makes what is believed ready to be chosen by.
    fn look(&mut self, beliefs: &Beliefs, now_us: u64) {
        if beliefs.check.is_none() && beliefs.eject.is_none() && self.ready.is_empty() {
            return;
        }
        let many = self.views.len();
        for place in 0..many {
            self.views[place].usable = self.is_well(place, now_us);
            if let (Some(slow), Some(back_us)) = (beliefs.slow_start, self.health[place].back_us) {
                self.views[place].weight = slow.weight(now_us.saturating_sub(back_us));
            }
        }
        let well = self.views.iter().filter(|view| view.usable).count();
        if panics(well, many, beliefs.panic_permille) {
            self.views.iter_mut().for_each(|view| view.usable = true);
        }
    }

    /// The instance that is called next; and whether the key had another, which is gone. None where none is usable.
    pub fn pick(
        &mut self,
        beliefs: &Beliefs,
        key: u32,
        now_us: u64,
        die: impl FnOnce() -> u64,
    ) -> Option<(u16, bool)> {
        self.look(beliefs, now_us);
        let mut moved = false;
        if let Some(life_us) = beliefs.keeps_us
            && let Some((place, since_us)) = self.kept.get(&key).copied()
        {
            let old = life_us > 0 && now_us.saturating_sub(since_us) >= life_us;
            if !old && self.views[usize::from(place)].usable {
                return Some((place, false));
            }
            moved = !old;
            self.leave(beliefs, key);
        }
        let place = self.balance.pick(&self.views, u64::from(key), die)? as u16;
        if beliefs.keeps_us.is_some() {
            self.kept.insert(key, (place, now_us));
            if beliefs.sees == Sees::Own {
                self.views[usize::from(place)].load += 1;
            }
        }
        Some((place, moved))
    }

    /// A key is kept no longer; says whether it was.
    fn leave(&mut self, beliefs: &Beliefs, key: u32) -> bool {
        let Some((place, _)) = self.kept.remove(&key) else { return false };
        if beliefs.sees == Sees::Own {
            let load = &mut self.views[usize::from(place)].load;
            *load = load.saturating_sub(1);
        }
        true
    }

    /// Something has gone out to an instance, or come back from it.
    pub fn owes(&mut self, beliefs: &Beliefs, place: usize, by: i32) {
        let Some(owes) = self.owes.get_mut(place) else { return };
        *owes = owes.saturating_add_signed(by);
        if beliefs.sees == Sees::Own && beliefs.keeps_us.is_none() {
            self.views[place].load = *owes;
        }
    }

    pub fn weight(&self) -> u64 {
        self.kept.len() as u64 * 24
    }
}

impl Caller {
    /// An instance says whether it takes calls.
    pub fn heard_of(&mut self, from: NodeId, ready: bool, at: &At<'_>) {
        let (tier, instance) = (at.config.tier_of(from), usize::from(at.config.instance(from)));
        let hops = &at.config.tiers[usize::from(at.config.tier_of(at.ctx.me).0)].hops;
        for id in hops.iter().filter(|id| hop(at.config, **id).0.to == tier) {
            if let Some(known) = self.fleet(*id, at).and_then(|fleet| fleet.ready.get_mut(instance)) {
                *known = ready;
            }
        }
    }

    /// How many instances of a hop's callee take calls.
    pub fn ready(&self, id: HopId, at: &At<'_>) -> u32 {
        let ready = self.exit(id, at).and_then(|exit| exit.fleet.as_ref()).map(|fleet| &fleet.ready);
        match ready.filter(|ready| !ready.is_empty()) {
            Some(ready) => ready.iter().filter(|ready| **ready).count() as u32,
            None => hop(at.config, id).1.instances.into(),
        }
    }

    fn fleet(&mut self, id: HopId, at: &At<'_>) -> Option<&mut Fleet> {
        self.exit_mut(id, at.config)?.fleet.as_deref_mut()
    }

    /// The node is up: its checks begin.
    pub fn begin_checks(&mut self, at: &mut At<'_>) {
        for id in &at.config.tiers[usize::from(at.config.tier_of(at.ctx.me).0)].hops {
            if let Some(check) = hop(at.config, *id).0.beliefs.check {
                let die = at.ctx.die(FIRST_CHECK, u64::from(id.0));
                let first_us = Range::new(0, check.every_us).pick(die);
                at.out.set_timer(Timer::Check(*id), Range::exactly(first_us));
            }
        }
    }

    /// A round of checks begins.
    pub fn check(&mut self, id: HopId, at: &mut At<'_>) {
        let (hop, plan) = hop(at.config, id);
        let (Some(check), Some(fleet)) = (hop.beliefs.check, self.fleet(id, at)) else { return };
        fleet.round += 1;
        let number = fleet.round;
        at.out.serve_none();
        for place in 0..plan.instances {
            at.out.send(NodeId(plan.to.0 + place), Msg::Probe { hop: id, number });
        }
        at.out.set_timer(Timer::Checked(id), Range::exactly(check.timeout_us.min(check.every_us)));
        at.out.set_timer(Timer::Check(id), Range::exactly(check.every_us.max(1)));
    }

    /// An instance answers a check.
    pub fn probed(&mut self, from: NodeId, (id, number): (HopId, u32), well: bool, at: &mut At<'_>) {
        let place = usize::from(from.0.wrapping_sub(hop(at.config, id).1.to.0));
        if self.fleet(id, at).is_some_and(|fleet| fleet.round == number) {
            self.judge_health(id, place, well, at);
        }
    }

    /// Those that have not answered by now have failed.
    pub fn checked(&mut self, id: HopId, at: &mut At<'_>) {
        at.out.serve_none();
        for place in 0..usize::from(hop(at.config, id).1.instances) {
            self.judge_health(id, place, false, at);
        }
    }

    /// One instance's check of this round is decided, if it was not before.
    fn judge_health(&mut self, id: HopId, place: usize, well: bool, at: &mut At<'_>) {
        let (now_us, beliefs) = (at.now_us(), hop(at.config, id).0.beliefs);
        let (Some(Check { unhealthy, healthy, .. }), Some(fleet)) = (beliefs.check, self.fleet(id, at))
        else {
            return;
        };
        let round = fleet.round;
        let Some(health) = fleet.health.get_mut(place).filter(|health| health.round != round) else { return };
        health.round = round;
        if well == health.well {
            health.against = 0;
            return;
        }
        health.against += 1;
        if health.against < if well { healthy } else { unhealthy } {
            return;
        }
        (health.well, health.against) = (well, 0);
        if well {
            health.back_us = Some(now_us);
        }
        self.tell_belief(id, place, if well { Belief::Well } else { Belief::Unwell }, at);
    }

    /// A call on an instance is over: how long answers take, and whether it is an outlier.
    pub(super) fn learn(
        &mut self,
        id: HopId,
        (to, key): (NodeId, u32),
        how: Ending,
        took_us: u64,
        at: &mut At<'_>,
    ) {
        let ((hop, plan), now_us) = (hop(at.config, id), at.now_us());
        let (place, beliefs) = (usize::from(to.0 - plan.to.0), hop.beliefs);
        let Some(fleet) = self.fleet(id, at) else { return };
        fleet.owes(&beliefs, place, -1);
        if !how.is_answer() && how != Ending::TimedOut {
            return;
        }
        if let (Some(mean), Some(view)) = (fleet.response.get_mut(place), fleet.views.get_mut(place)) {
            mean.add(took_us, beliefs.forgets_permille);
            view.response_us = mean.value();
        }
        // Who got no answer closes the connection.
        let broken = how == Ending::TimedOut && beliefs.keeps_us.is_some() && fleet.leave(&beliefs, key);
        let well = !matches!(how, Ending::Failed | Ending::TimedOut | Ending::Refused);
        let until_us = fleet.outliers.as_mut().and_then(|outliers| outliers.ended(place, well, now_us));
        if broken {
            at.out.mark(Mark::Moved { hop: id });
        }
        if let Some(until_us) = until_us {
            let back = Timer::Return(id, place as u16);
            at.out.set_timer(back, Range::exactly(until_us.saturating_sub(now_us)));
            self.tell_belief(id, place, Belief::Ejected, at);
        }
    }

    /// The time is over for which an instance was ejected.
    pub fn returns(&mut self, id: HopId, place: u16, at: &mut At<'_>) {
        let (now_us, place) = (at.now_us(), usize::from(place));
        let Some(fleet) = self.fleet(id, at) else { return };
        if place < fleet.health.len() && fleet.is_well(place, now_us) {
            fleet.health[place].back_us = Some(now_us);
            self.tell_belief(id, place, Belief::Well, at);
        }
    }

    /// An instance tells how many requests it has.
    pub fn told(&mut self, from: NodeId, id: HopId, load: u32, at: &At<'_>) {
        let (hop, plan) = hop(at.config, id);
        let (place, sees) = (usize::from(from.0.wrapping_sub(plan.to.0)), hop.beliefs.sees);
        let view = self.fleet(id, at).and_then(|fleet| fleet.views.get_mut(place));
        if let Some(view) = view.filter(|_| sees != Sees::Own) {
            view.load = load;
        }
    }

    fn tell_belief(&self, id: HopId, place: usize, what: Belief, at: &mut At<'_>) {
        let (instance, plan) = (place as u16, hop(at.config, id).1);
        at.out.mark(Mark::Believed { hop: id, instance, what });
        at.out.fact(fact::BELIEVED, plan.seat + instance, Fact::Word(what.word()));
    }
}
