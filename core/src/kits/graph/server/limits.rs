//! The limits of a desk at one instance: its rate limiters, what instances tell each other of them, those whom a limiter has wait, and how many may be
//! here at once.

use super::super::declared::Desk;
use super::super::limit::Limit;
use super::*;
use crate::parts::concurrency::Concurrency;
use crate::parts::limiter::{Answer, Kind as Which, Limiter};

/// The limits of an instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Limits {
    /// One for all, or one for each tenant, as they come.
    limiters: Vec<Limiter>,
    /// What each has let in since the others were told, and when the last of it came.
    untold: Vec<(u32, u64)>,
    /// How many may be here at once, where that adapts.
    concurrency: Option<Concurrency>,
    /// Those whom a limiter has wait.
    delayed: u32,
    /// What would be let in at once, and how many may be here, as last told.
    told: [u32; 2],
}

impl Limits {
    /// Nothing has come; none where nothing is limited by more than a fixed number.
    pub fn new(desk: &Desk) -> Option<Box<Limits>> {
        let concurrency = desk.adaptive.map(Concurrency::new);
        let (limiters, untold) = (Vec::new(), Vec::new());
        let limited = desk.limit.is_some() || concurrency.is_some();
        limited.then(|| Box::new(Limits { limiters, untold, concurrency, delayed: 0, told: [u32::MAX, 0] }))
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        self.limiters.iter().map(|limiter| 96 + limiter.weight()).sum()
    }

    /// The place of the limiter that a tenant asks.
    fn place(&mut self, limit: &Limit, tenant: u8, now_us: u64) -> usize {
        let place = if limit.by_tenant { usize::from(tenant) } else { 0 };
        while self.limiters.len() <= place {
            self.limiters.push(Limiter::new(limit.policy, now_us));
            self.untold.push((0, 0));
        }
        place
    }

    fn ask(&mut self, limit: &Limit, tenant: u8, now_us: u64) -> Answer {
        let place = self.place(limit, tenant, now_us);
        let answer = self.limiters[place].ask(now_us);
        if limit.sync_us > 0 && matches!(answer, Answer::Pass { .. }) {
            let (count, last_us) = self.untold[place];
            let window = |us: u64| us / limit.policy.window_us.max(1);
            // What came in a window that is over counts no more for a limiter that begins each anew.
            let stale = limit.policy.kind == Which::Fixed && window(last_us) != window(now_us);
            self.untold[place] = (if stale { 1 } else { count + 1 }, now_us);
        }
        answer
    }
}

impl Server {
    /// Asks the limiter; what none limits passes.
    pub(super) fn limited(&mut self, about: About, at: &At<'_>) -> Answer {
        let limit = self.tier(at).0.desk.limit.as_ref();
        let (Some(limit), Some(limits)) = (limit, self.limits.as_mut()) else {
            return Answer::Pass { in_us: 0 };
        };
        limits.ask(limit, about.tenant, at.now_us())
    }

    /// The route of a request asks the limiter; says whether it goes on at once.
    pub(super) fn limit(&mut self, serial: u32, at: &mut At<'_>) -> bool {
        let Some(about) = self.frames.get(serial).map(|frame| frame.about) else { return false };
        match self.limited(about, at) {
            Answer::Pass { in_us: 0 } => {}
            Answer::Pass { in_us } => {
                at.out.set_timer(Timer::Pass(serial), Range::exactly(in_us));
                return false;
            }
            Answer::Refuse { after_us } => {
                let after_us = if self.tier(at).0.desk.tells_after { after_us } else { 0 };
                if let Some(frame) = self.frames.get_mut(serial) {
                    frame.refuse(after_us);
                }
            }
        }
        true
    }

    /// How many may be here at once; 0 is without limit.
    pub(super) fn most(&self, at: &At<'_>) -> u32 {
        let adapted = self.limits.as_ref().and_then(|limits| limits.concurrency);
        adapted.map_or(self.tier(at).0.desk.concurrency, |concurrency| concurrency.limit())
    }

    /// One that had been let in has been answered: what that says of how many may be here.
    pub(super) fn adapt(&mut self, frame: &Frame, reply: Reply, at: &At<'_>) {
        let (inflight, took_us) = (self.frames.len() as u32 + 1, at.now_us().saturating_sub(frame.came_us));
        if let Some(concurrency) = self.limits.as_mut().and_then(|limits| limits.concurrency.as_mut())
            && !matches!(reply, Reply::Refused { .. })
        {
            concurrency.over(inflight, took_us, reply == Reply::Error);
        }
    }

    /// A limiter has a request wait that is not begun.
    pub(super) fn hold_back(&mut self, serial: u32, in_us: u64, at: &mut At<'_>) {
        if let (Some(frame), Some(limits)) = (self.frames.get_mut(serial), self.limits.as_mut()) {
            frame.stage = Stage::Delayed;
            limits.delayed += 1;
            at.out.set_timer(Timer::Pass(serial), Range::exactly(in_us));
        }
    }

    /// Such a request does not wait any more.
    pub(super) fn undelay(&mut self) {
        if let Some(limits) = &mut self.limits {
            limits.delayed = limits.delayed.saturating_sub(1);
        }
    }

    /// How many wait for a limiter.
    pub(super) fn delayed(&self) -> u32 {
        self.limits.as_ref().map_or(0, |limits| limits.delayed)
    }

    /// A limiter lets a request pass that it had wait: it is begun, or on its way through its route.
    pub(super) fn pass(&mut self, serial: u32, at: &mut At<'_>) {
        let Some(frame) = self.frames.get(serial) else { return };
        let (stage, since_us, deadline_us) = (frame.stage, frame.came_us, frame.deadline_us);
        if stage == Stage::Out {
            return self.advance(serial, at);
        }
        if stage != Stage::Delayed {
            return;
        }
        if self.starts(frame, at) {
            self.undelay();
            return self.begin(serial, at.now_us().saturating_sub(since_us), at);
        }
        match self.line.push(serial, Some(deadline_us).filter(|us| *us < u64::MAX), at.now_us()) {
            Ok(ticket) => {
                self.undelay();
                if let Some(frame) = self.frames.get_mut(serial) {
                    frame.stage = Stage::Line(ticket);
                }
            }
            Err(_) => {
                if let Some(frame) = self.take_away(serial, Ending::Refused, at) {
                    self.answer(&frame, Reply::Refused { after_us: 0 }, at);
                }
            }
        }
    }

    /// Instances tell each other at the same times.
    pub(super) fn set_sync(at: &mut At<'_>) {
        let tier = &at.config.graph.tiers[usize::from(at.config.tier_of(at.ctx.me).0)];
        if let Some(limit) = tier.desk.limit.filter(|limit| limit.sync_us > 0 && tier.instances > 1) {
            let wait_us = limit.sync_us - at.now_us() % limit.sync_us;
            at.out.set_timer(Timer::Sync, Range::exactly(wait_us));
        }
    }

    /// Tells the others what has been let in here since it told them last.
    pub(super) fn sync(&mut self, at: &mut At<'_>) {
        Self::set_sync(at);
        let Some(limits) = &mut self.limits else { return };
        for (key, (count, at_us)) in (0..).zip(&mut limits.untold) {
            if *count == 0 {
                continue;
            }
            for other in at.config.nodes(self.tier).filter(|other| *other != at.ctx.me) {
                at.out.send(other, Msg::Count { key, count: *count, at_us: *at_us });
            }
            *count = 0;
        }
    }

    /// Another instance tells what it has let in.
    pub(super) fn hear(&mut self, key: u8, count: u32, at_us: u64, at: &At<'_>) {
        let (limit, now_us) = (self.tier(at).0.desk.limit.as_ref(), at.now_us());
        if let (Some(limit), Some(limits)) = (limit, self.limits.as_mut()) {
            let place = limits.place(limit, key, now_us);
            limits.limiters[place].charge(count, at_us, now_us);
        }
    }

    /// Tells what would be let in at once, and how many may be here where that adapts, if they have changed.
    pub(super) fn report_limits(&mut self, at: &mut At<'_>) {
        let (tier, now_us) = (self.tier, at.now_us());
        let Some(limits) = &mut self.limits else { return };
        let room =
            limits.limiters.iter_mut().fold(0u32, |sum, limiter| sum.saturating_add(limiter.room(now_us)));
        let most = limits.concurrency.map_or(0, |concurrency| concurrency.limit());
        let levels = [(Level::Room, room, !limits.limiters.is_empty()), (Level::Limit, most, true)];
        for ((what, now, is), told) in levels.into_iter().zip(&mut limits.told) {
            if is && now != *told {
                *told = now;
                at.out.mark(Mark::Level { tier, what, now });
            }
        }
    }
}
