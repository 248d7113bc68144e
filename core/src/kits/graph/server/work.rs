//! The work on a request: who does it, how long it takes, what it is worth.

use super::*;

impl Server {
    /// A request needs a worker.
    pub(super) fn join(&mut self, serial: u32, at: &mut At<'_>) {
        let workers = self.tier(at).0.workers;
        if workers == 0 || self.busy < workers {
            return self.work(serial, at);
        }
        let deadline_us = self.frames.get(serial).map(|frame| frame.deadline_us).filter(|us| *us < u64::MAX);
        let Ok(ticket) = self.bench.push(serial, deadline_us, at.now_us()) else { return };
        if let Some(frame) = self.frames.get_mut(serial) {
            frame.stage = Stage::Bench(ticket);
        }
    }

    /// The work on a request begins.
    pub(super) fn work(&mut self, serial: u32, at: &mut At<'_>) {
        let (tier, plan) = self.tier(at);
        let spell = self.frames.get(serial).and_then(|frame| self.spell_of(frame, at));
        let Some(frame) = self.frames.get_mut(serial) else { return };
        let Some(Some(program)) = plan.programs.get(usize::from(frame.about.class)) else { return };
        let Some(Op::Work(share)) = program.ops.get(usize::from(frame.pc) - 1) else { return };
        frame.stage = Stage::Work;
        let work_us = tier.work.sample_us(frame.die(Purpose::Service, at));
        let work_us = paced(work_us, tier, self.started_us, at);
        let work_us = if u64::from(*share) == MILLION { work_us } else { scaled(work_us, *share) };
        self.busy += u32::from(tier.workers > 0);
        let (now_us, of) = (at.now_us(), frame.of);
        (frame.since_us, frame.work_us) = (now_us, work_us);
        at.follow(of.hop, of.path, Passing::Works);
        let done_us = match spell {
            Some(spell) => spell.done_us(now_us, work_us),
            None => now_us.saturating_add(work_us),
        };
        frame.due_us = done_us;
        at.out.set_timer(Timer::Finish(serial), Range::exactly(done_us - now_us));
        if done_us - now_us > work_us {
            self.tell_struck(at);
        }
    }

    /// The work on a request is done.
    pub(super) fn worked(&mut self, serial: u32, at: &mut At<'_>) {
        let tier = self.tier(at).0;
        let Some(frame) = self.frames.get_mut(serial).filter(|frame| frame.stage == Stage::Work) else {
            return;
        };
        frame.stage = Stage::Out;
        frame.worked_us = frame.worked_us.saturating_add(frame.work_us);
        at.out.mark(Mark::Worked { tier: self.tier, worked_us: frame.work_us });
        at.follow(frame.of.hop, frame.of.path, Passing::Worked);
        self.busy -= u32::from(tier.workers > 0);
        if frame.about.bad && tier.desk.mistakes == Mistakes::AfterWork {
            frame.over = Some((Ending::Bad, Stop::Permanent));
        } else if self.executed.contains(&frame.op.0) {
            frame.over = Some((Ending::Known, Stop::Over));
        } else if tier.fails > 0 && happens(frame.die(Purpose::Fault, at), u64::from(tier.fails)) {
            frame.over = Some((Ending::Failed, Stop::Over));
        }
        self.advance(serial, at);
    }

    /// Work on a request is broken off: it was worth no more than the time that has passed.
    pub(super) fn broken_off(&mut self, frame: &Frame, at: &mut At<'_>) {
        let worked_us = at.now_us().saturating_sub(frame.since_us).min(frame.work_us);
        at.out.mark(Mark::Worked { tier: self.tier, worked_us });
        at.follow(frame.of.hop, frame.of.path, Passing::Worked);
        self.busy -= u32::from(self.tier(at).0.workers > 0);
    }

    /// Whether a request waits: for a thread or for a worker.
    pub(super) fn waits(&self, serial: u32) -> bool {
        let stage = self.frames.get(serial).map(|frame| frame.stage);
        matches!(stage, Some(Stage::Line(_) | Stage::Bench(_)))
    }

    /// A worker would turn to a request when nobody waits for it any more: it is given up.
    pub(super) fn too_late(&mut self, serial: u32, at: &mut At<'_>) {
        if let Some(frame) = self.frames.get(serial) {
            at.out.serve(frame.op, frame.of.path as u16);
        }
        self.expired += 1;
        at.out.fact(fact::EXPIRED, 0, Fact::Int(i64::from(self.expired)));
        if let Some(mut frame) = self.take_away(serial, Ending::NoTime, at)
            && frame.from.is_none()
            && !frame.replied
        {
            frame.over = Some((Ending::NoTime, Stop::Time));
            self.answer(&frame, Reply::Error, at);
        }
    }
}

fn scaled(us: u64, share: u32) -> u64 {
    u64::try_from(u128::from(us) * u128::from(share) / u128::from(MILLION)).unwrap_or(u64::MAX)
}
