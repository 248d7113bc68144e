//! An instance that a controller starts and stops, and what the controller is told of it.

use super::super::control::{Does, Life};
use super::*;

/// What an instance knows of its life, and what it has done since it was asked last.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Member {
    life: Life,
    starts: u32,
    came: u32,
    /// Workers that are busy, and since when that has been counted.
    busy: u32,
    since_us: u64,
    busy_us: u64,
    /// As last told.
    told: Option<Life>,
}

impl Member {
    /// One of a tier that a controller watches; none of other tiers.
    pub fn new(at: &At<'_>) -> Option<Member> {
        let tier = at.config.tier_of(at.ctx.me);
        let plan = &at.config.tiers[usize::from(tier.0)];
        let spare = plan
            .scaled
            .is_some_and(|which| at.config.instance(at.ctx.me) >= at.config.graph.scales[which].least);
        let life = if spare { Life::Off } else { Life::Ready };
        let member =
            Member { life, starts: 0, came: 0, busy: 0, since_us: at.now_us(), busy_us: 0, told: None };
        plan.watched.then_some(member)
    }

    fn pass(&mut self, now_us: u64, busy: u32) {
        let passed_us = now_us.saturating_sub(std::mem::replace(&mut self.since_us, now_us));
        self.busy_us += passed_us * u64::from(self.busy);
        self.busy = busy;
    }
}

impl Server {
    /// Whether it takes requests.
    pub(super) fn is_ready(&self) -> bool {
        self.member.as_ref().is_none_or(|member| member.life == Life::Ready)
    }

    /// A request has come.
    pub(super) fn count_one(&mut self) {
        if let Some(member) = &mut self.member {
            member.came += 1;
        }
    }

    /// The controller asks.
    pub(super) fn looked_at(&mut self, by: NodeId, at: &mut At<'_>) {
        let (now_us, busy, waits) = (at.now_us(), self.busy, self.line.len() + self.bench.len());
        let Some(member) = &mut self.member else { return };
        member.pass(now_us, busy);
        let (busy_us, came) = (std::mem::take(&mut member.busy_us), std::mem::take(&mut member.came));
        at.out.send(by, Msg::Does { does: Does { life: member.life, busy_us, came, waits } });
    }

    /// The controller orders.
    pub(super) fn ordered(&mut self, on: bool, at: &mut At<'_>) {
        let Some(which) = self.tier(at).1.scaled else { return };
        let Some(member) = &mut self.member else { return };
        let number = u64::from(at.ctx.epoch) << 32 | u64::from(member.starts);
        member.life = match (member.life, on) {
            (Life::Off, true) => {
                let start_up_us =
                    at.config.graph.scales[which].start_up.sample_us(at.ctx.die(Purpose::Choice, number));
                at.out.set_timer(Timer::Started, Range::exactly(start_up_us));
                member.starts += 1;
                Life::Starting
            }
            (Life::Draining, true) => Life::Ready,
            (Life::Starting, false) => {
                at.out.cancel(Timer::Started);
                Life::Off
            }
            (Life::Ready, false) => Life::Draining,
            (same, _) => same,
        };
    }

    /// It has started.
    pub(super) fn started(&mut self) {
        if let Some(member) = self.member.as_mut().filter(|member| member.life == Life::Starting) {
            member.life = Life::Ready;
        }
    }

    /// Tells its callers, and whoever watches, what it is up to, if that has changed.
    pub(super) fn report_life(&mut self, at: &mut At<'_>) {
        let (now_us, busy, is_idle) = (at.now_us(), self.busy, self.frames.is_empty());
        let plan = self.tier(at).1;
        let Some(member) = &mut self.member else { return };
        member.pass(now_us, busy);
        if member.life == Life::Draining && is_idle {
            member.life = Life::Off;
        }
        let (before, now) = (member.told.replace(member.life), member.life);
        if before == Some(now) || plan.scaled.is_none() {
            return;
        }
        let is = |life: Option<Life>, what| match what {
            Level::Ready => u32::from(life == Some(Life::Ready)),
            _ => u32::from(life.is_some_and(|life| life != Life::Off)),
        };
        for what in [Level::Ready, Level::On] {
            if is(before, what) != is(Some(now), what) {
                at.out.mark(Mark::Level { tier: self.tier, what, now: is(Some(now), what) });
            }
        }
        at.out.fact(fact::LIFE, 0, Fact::Word(now.word()));
        // At the start of the run everybody knows who is ready.
        let news = is(before, Level::Ready) != is(Some(now), Level::Ready);
        if before.map_or(at.ctx.epoch > 0, |_| news) {
            at.out.serve_none();
            for hop in at.config.graph.hops.iter().filter(|hop| hop.to == self.tier) {
                for node in at.config.nodes(hop.from) {
                    at.out.send(node, Msg::Ready { on: now == Life::Ready });
                }
            }
        }
    }

    /// Tells how many wait, are in work and are begun, where that has changed.
    pub(super) fn report(&mut self, at: &mut At<'_>) {
        self.report_limits(at);
        let now = [self.line.len() + self.delayed(), self.busy, self.inside];
        let level = |what, now| Mark::Level { tier: self.tier, what, now };
        if now[0] != self.told[0] {
            at.out.mark(level(Level::Queue, now[0]));
            at.out.fact(fact::QUEUE, 0, Fact::Int(i64::from(now[0])));
        }
        if now[1] != self.told[1] {
            at.out.mark(level(Level::Busy, now[1]));
            at.out.fact(fact::BUSY, 0, Fact::Int(i64::from(now[1])));
        }
        if now[2] != self.told[2] && self.tier(at).1.is_more {
            at.out.mark(level(Level::Inside, now[2]));
        }
        self.told = now;
        if let Some(Data::Cache(cache)) = &mut self.data {
            cache.report(at);
        }
        self.tell_change(at);
    }
}
