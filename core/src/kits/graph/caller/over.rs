//! How tries and calls end, and whether there is another try.

use super::super::declared::Hop;
use super::super::mark::{Ending, Mark, Passing, Stop};
use super::super::message::{RESULTS, Timer, fact};
use super::{At, Caller, Ended, Stage, Wanted, hop, tell_tenant};
use crate::sim::dice::{Purpose, Range};
use crate::time::DurationUs;
use crate::trace::Fact;

/// The delay before a retry.
const BACKOFF: Purpose = Purpose::Protocol(0);
/// How callers spread themselves after a refusal that says when to come back.
const AFTER: Purpose = Purpose::Protocol(1);

impl Caller {
    /// A try is over, and what it held is free.
    pub(super) fn leave(&mut self, serial: u32, how: Ending, at: &mut At<'_>) {
        let now_us = at.now_us();
        let Some(call) = self.calls.get_mut(serial) else { return };
        let (id, took_us) = (call.wanted.hop, now_us.saturating_sub(call.tried_us));
        let plan = hop(at.config, id).1;
        let stage = std::mem::replace(&mut call.stage, Stage::Sleeping);
        self.waiting -= u32::from(stage != Stage::Sleeping);
        let path = call.path();
        let wanted = call.wanted;
        at.out.mark(Mark::TryOver { hop: id, how, took_us });
        tell_tenant(&wanted, Some(how), took_us, at);
        if plan.is_guarded {
            let result = u16::from(plan.place) * RESULTS + how as u16;
            at.out.show(fact::RESULT, result, || Fact::Int(took_us as i64));
        }
        at.follow(id, path, Passing::Ends(how));
        if plan.is_kept {
            self.let_go(serial, stage, (how, took_us), at);
        }
    }

    /// A try is over; the call's end, if that ends it.
    pub(super) fn over(&mut self, serial: u32, how: Ending, after_us: u64, at: &mut At<'_>) -> Option<Ended> {
        self.leave(serial, how, at);
        self.go_on(serial, how, after_us, at)
    }

    /// The flowchart of a retry: can another help, are attempts left, is time left, does the budget allow it?
    pub(super) fn go_on(
        &mut self,
        serial: u32,
        how: Ending,
        after_us: u64,
        at: &mut At<'_>,
    ) -> Option<Ended> {
        let now_us = at.now_us();
        let call = self.calls.get_mut(serial)?;
        call.after_us = after_us;
        let id = call.wanted.hop;
        let Hop { again, time, gate, .. } = hop(at.config, id).0;
        let mut limiter = self.limiter(id, at);
        match how {
            Ending::Done | Ending::Known | Ending::Degraded => {
                if let Some(limiter) = &mut limiter {
                    limiter.on_success(now_us);
                    limiter.tell(id, at);
                }
                return self.end(serial, how, Stop::Over, at);
            }
            // Another try would not find it either.
            Ending::Missed => return self.end(serial, how, Stop::Over, at),
            Ending::Failed | Ending::Refused | Ending::TimedOut => {
                if let Some(limiter) = &mut limiter {
                    limiter.on_failure();
                }
            }
            _ => {}
        }
        let call = self.calls.get_mut(serial)?;
        if how == Ending::Bad && !again.mistakes {
            return self.end(serial, how, Stop::Permanent, at);
        }
        let refused = how == Ending::ShortCircuited && gate.is_some_and(|gate| gate.outside);
        if refused || call.tries >= again.attempts {
            return self.end(serial, how, Stop::Attempts, at);
        }
        let (luck, path) = (call.wanted.luck, call.path());
        let delay_us = if after_us > 0 {
            // What the callee says stands in place of the backoff, which begins anew after it (gRPC proposal A6, pushback).
            call.backoff.reset();
            match again.spread_after {
                true => Range::new(after_us, after_us.saturating_mul(2)).pick(at.die(AFTER, luck, path)),
                false => after_us,
            }
        } else {
            call.backoff.next_us(at.die(BACKOFF, luck, path))
        };
        let then_us = now_us.saturating_add(delay_us);
        let too_long = again.total_us > 0 && then_us.saturating_sub(call.called_us) > again.total_us;
        if too_long || time.share.is_some() && then_us >= call.wanted.deadline_us {
            return self.end(serial, how, Stop::Time, at);
        }
        let retry = call.tries;
        if let Some(limiter) = self.limiter(id, at) {
            let allowed = limiter.try_retry(now_us);
            limiter.tell(id, at);
            if !allowed {
                return self.end(serial, how, Stop::Budget, at);
            }
        }
        at.out.note(|| format!("retry {retry} of call {serial} in {}", DurationUs(delay_us)));
        at.out.set_timer(Timer::Retry(serial), Range::exactly(delay_us));
        None
    }

    pub(super) fn end(&mut self, serial: u32, how: Ending, stop: Stop, at: &mut At<'_>) -> Option<Ended> {
        let call = self.calls.get_mut(serial)?;
        if call.permit.is_some() {
            self.judge(serial, how, at);
        }
        let call = self.calls.get(serial)?;
        let stands_in = !how.is_good() && !matches!(how, Ending::Bad | Ending::Missed | Ending::Cancelled);
        let falls_back = stands_in && hop(at.config, call.wanted.hop).0.fallback;
        let how = if falls_back { Ending::Degraded } else { how };
        let tries = u16::try_from(call.tries).unwrap_or(u16::MAX);
        let took_us = at.now_us().saturating_sub(call.called_us);
        at.out.mark(Mark::CallOver { hop: call.wanted.hop, how, stop, tries, took_us });
        let (Wanted { op, owner, hop, version, deadline_us, about, .. }, doubt) = (call.wanted, call.doubt);
        let after_us = call.after_us;
        let (is_late, worked_us) = (at.now_us() > deadline_us, call.worked_us);
        self.calls.remove(serial);
        Some(Ended {
            op,
            owner,
            hop,
            tries,
            took_us,
            how,
            stop,
            doubt,
            is_late,
            version,
            worked_us,
            after_us,
            key: about.key,
        })
    }
}
