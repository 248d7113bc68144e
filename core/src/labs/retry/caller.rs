//! A caller: makes calls, waits for each attempt, and decides after every failure whether to try again.
//!
//! It is the same for a client and for a service in the middle of a chain.

use super::meta::fact;
use super::message::{GaveUp, Msg, Reply, Speech, Timer, Try};
use super::params::{BudgetOf, RetryAfter, Switch};
use super::config::{Config, dice};
use super::serials::Serials;
use crate::cast::NodeId;
use crate::kits::graph::{Ending, HopId, Mark, Stop};
use crate::parts::adaptive_timeout::AdaptiveTimeout;
use crate::parts::backoff::Backoff;
use crate::parts::retry_budget::{Budget, Throttle};
use crate::sim::dice::Range;
use crate::sim::{Ctx, OpId, Out};
use crate::trace::Fact;

/// One open call.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Call {
    op: OpId,
    bad: bool,
    /// The attempt that is waited for or slept before, from 0.
    attempt: u32,
    /// The number that the first attempt's messages carry: 0, but in a chain.
    first: u16,
    waiting: bool,
    /// An attempt went unanswered.
    doubt: bool,
    started_us: i64,
    sent_us: i64,
    /// The same by a clock that nobody sets, for what is told of it.
    called_us: i64,
    tried_us: i64,
    backoff: Backoff,
}

impl Call {
    /// The attempt's number, which decides its messages' luck.
    fn number(&self) -> u16 {
        self.first.wrapping_add(self.attempt as u16)
    }

    /// The attempt, as its messages name it; `serial` is the call's number.
    fn of(&self, serial: u32) -> Try {
        Try { serial, attempt: self.attempt as u16, number: self.number() }
    }
}

/// What limits the retries of a caller.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Limiter {
    Off,
    Ratio(Box<Budget>),
    Throttle(Throttle),
}

impl Limiter {
    fn on_call(&mut self, now_us: u64) {
        if let Limiter::Ratio(budget) = self {
            budget.on_call(now_us);
        }
    }

    fn on_success(&mut self, now_us: u64) {
        match self {
            Limiter::Off => {}
            Limiter::Ratio(budget) => budget.on_success(now_us),
            Limiter::Throttle(throttle) => throttle.on_success(),
        }
    }

    fn on_failure(&mut self) {
        if let Limiter::Throttle(throttle) = self {
            throttle.on_failure();
        }
    }

    fn try_retry(&mut self, now_us: u64) -> bool {
        match self {
            Limiter::Off => true,
            Limiter::Ratio(budget) => budget.try_retry(now_us),
            Limiter::Throttle(throttle) => throttle.may_retry(),
        }
    }

    fn milli(&mut self, now_us: u64) -> Option<i64> {
        match self {
            Limiter::Off => None,
            Limiter::Ratio(budget) => Some(budget.balance_milli(now_us) as i64),
            Limiter::Throttle(throttle) => Some(i64::from(throttle.milli())),
        }
    }
}

/// How a call of a caller ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    /// The caller's number for it.
    pub serial: u32,
    /// The operation that it served.
    pub op: OpId,
    /// Why it was given up; none if it succeeded.
    pub gave_up: Option<GaveUp>,
    /// Whether an attempt went unanswered.
    pub doubt: bool,
}

/// What there is to tell of a call that is over: how its last attempt ended, and why there is no other.
type Over = (Ending, Option<GaveUp>);

/// Makes calls to one server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Caller {
    to: NodeId,
    hop: HopId,
    attempts: u32,
    calls: Serials<Call>,
    /// How many of them wait for an answer; the others sleep.
    waiting: usize,
    limiter: Limiter,
    patience: Option<Box<AdaptiveTimeout>>,
    /// Answers that came when nobody waited for them any more.
    late: u32,
}

/// A node's surroundings while it handles an input.
pub struct At<'a> {
    /// What all nodes know.
    pub config: &'a Config,
    /// What this node may look at.
    pub ctx: &'a Ctx,
    /// Where it puts what it asks.
    pub out: &'a mut Out<Speech>,
}

impl At<'_> {
    /// The node's clock as the unsigned time that the parts take; it never runs below 0.
    pub fn now_us(&self) -> u64 {
        u64::try_from(self.ctx.clock_us).unwrap_or(0)
    }

    /// How long it is since a moment of the clock that nobody sets.
    fn since_us(&self, from_us: i64) -> u64 {
        u64::try_from(self.ctx.monotonic_us.saturating_sub(from_us)).unwrap_or(0)
    }
}

impl Caller {
    /// What its open calls take, in bytes.
    pub fn weight(&self) -> u64 {
        self.calls.weight()
    }

    /// A caller of `to`, which is the `place`-th in a chain (0 is the client).
    pub fn new(config: &Config, to: NodeId, place: u32) -> Caller {
        let params = &config.params;
        let limiter = match (params.budget, params.budget_policy()) {
            (BudgetOf::Grpc, _) => Limiter::Throttle(Throttle::new(params.tokens, params.ratio / 1_000)),
            (_, Some(policy)) => Limiter::Ratio(Box::new(Budget::new(policy))),
            (_, None) => Limiter::Off,
        };
        Caller {
            to,
            hop: HopId(place as u8),
            attempts: params.attempts_at(place),
            calls: Serials::new(),
            waiting: 0,
            limiter,
            patience: params.timeout_policy().map(|policy| Box::new(AdaptiveTimeout::new(policy))),
            late: 0,
        }
    }

    /// How many calls it has begun.
    pub fn made(&self) -> u32 {
        self.calls.next()
    }

    /// How many calls are open.
    pub fn open(&self) -> usize {
        self.calls.len()
    }

    /// Whether it waits for an answer, or only sleeps before retries; none without an open call.
    pub fn is_waiting(&self) -> Option<bool> {
        (self.calls.len() > 0).then_some(self.waiting > 0)
    }

    /// Begins a call that serves an operation; gives the caller's number for it. `first` numbers its first attempt.
    pub fn call(&mut self, op: OpId, bad: bool, first: u16, at: &mut At<'_>) -> u32 {
        self.limiter.on_call(at.now_us());
        let serial = self.calls.put(Call {
            op,
            bad,
            attempt: 0,
            first,
            waiting: true,
            doubt: false,
            started_us: at.ctx.clock_us,
            sent_us: at.ctx.clock_us,
            called_us: at.ctx.monotonic_us,
            tried_us: at.ctx.monotonic_us,
            backoff: Backoff::new(at.config.backoff),
        });
        self.waiting += 1;
        self.send(serial, at);
        serial
    }

    /// An answer arrives; the call's end, if this ends it.
    pub fn answer(&mut self, of: Try, reply: Reply, at: &mut At<'_>) -> Option<Ended> {
        let wanted = |call: &&Call| call.waiting && call.number() == of.number;
        let Some(call) = self.calls.get(of.serial).filter(wanted) else {
            if reply.is_work() {
                self.late += 1;
                at.out.mark(Mark::Late { hop: self.hop, path: of.number.into() });
                at.out.fact(fact::LATE, 0, Fact::Int(i64::from(self.late)));
            }
            return None;
        };
        let how = ending(reply);
        at.out.mark(Mark::TryOver { hop: self.hop, how, took_us: at.since_us(call.tried_us) });
        at.out.cancel(Timer::Timeout(of.serial));
        let took_us = at.ctx.clock_us.saturating_sub(call.sent_us);
        if let Some(patience) = &mut self.patience {
            patience.record(u64::try_from(took_us).unwrap_or(0));
        }
        if reply.is_ok() {
            self.limiter.on_success(at.now_us());
            self.tell_budget(at);
            return self.end(of.serial, (how, None), at);
        }
        let after_us = match reply {
            Reply::Refused { after_us } => after_us,
            _ => 0,
        };
        self.failed(of.serial, how, after_us, at)
    }

    /// An attempt has waited long enough; the call's end, if this ends it.
    pub fn timeout(&mut self, serial: u32, at: &mut At<'_>) -> Option<Ended> {
        let call = self.calls.get_mut(serial)?;
        call.doubt = true;
        at.out.mark(Mark::TryOver { hop: self.hop, how: Ending::TimedOut, took_us: at.since_us(call.tried_us) });
        let waited_us = at.ctx.clock_us.saturating_sub(call.sent_us);
        if at.config.params.cancel == Switch::On {
            at.out.send(self.to, Msg::Cancel { of: call.of(serial) });
        }
        if let Some(patience) = &mut self.patience {
            patience.record(u64::try_from(waited_us).unwrap_or(0));
        }
        self.failed(serial, Ending::TimedOut, 0, at)
    }

    /// The delay before a retry is over.
    pub fn retry(&mut self, serial: u32, at: &mut At<'_>) {
        if let Some(call) = self.calls.get_mut(serial) {
            call.attempt += 1;
            self.waiting += usize::from(!call.waiting);
            call.waiting = true;
            (call.sent_us, call.tried_us) = (at.ctx.clock_us, at.ctx.monotonic_us);
            self.send(serial, at);
        }
    }

    /// Nobody wants the answer to the call that serves this attempt of `op` any more: it is dropped.
    pub fn abandon(&mut self, serial: u32, at: &mut At<'_>) {
        let Some(call) = self.calls.take(serial) else { return };
        if call.waiting {
            at.out.mark(Mark::TryOver { hop: self.hop, how: Ending::Cancelled, took_us: at.since_us(call.tried_us) });
        }
        self.tell(&call, (Ending::Cancelled, None), at);
        if call.waiting {
            self.waiting -= 1;
            at.out.cancel(Timer::Timeout(serial));
            at.out.send(self.to, Msg::Cancel { of: call.of(serial) });
        } else {
            at.out.cancel(Timer::Retry(serial));
        }
    }

    fn send(&mut self, serial: u32, at: &mut At<'_>) {
        let Some(call) = self.calls.get(serial) else { return };
        let of = call.of(serial);
        let timeout_us = match &self.patience {
            Some(patience) => patience.timeout_us(),
            None => at.config.params.timeout,
        };
        let deadline_us = at.now_us().saturating_add(timeout_us);
        at.out.serve(call.op, of.number);
        at.out.mark(Mark::Tried { hop: self.hop, again: of.attempt > 0 });
        at.out.send(self.to, Msg::Call { of, bad: call.bad, deadline_us });
        at.out.set_timer(Timer::Timeout(serial), Range::exactly(timeout_us));
    }

    /// The flowchart of a retry: is the error transient, are attempts left, is time left, does the budget allow it?
    fn failed(&mut self, serial: u32, how: Ending, after_us: u64, at: &mut At<'_>) -> Option<Ended> {
        let (params, permanent) = (&at.config.params, how == Ending::Bad);
        if !permanent {
            self.limiter.on_failure();
        }
        let call = self.calls.get_mut(serial)?;
        if permanent && params.transient_only == Switch::On {
            return self.end(serial, (how, Some(GaveUp::Permanent)), at);
        }
        if call.attempt + 1 >= self.attempts {
            return self.end(serial, (how, Some(GaveUp::Attempts)), at);
        }
        let luck = u64::from(serial) << 16 | u64::from(call.number());
        let delay_us = if after_us > 0 {
            // What the server says stands in place of the backoff, which begins anew after it (gRPC proposal A6, pushback).
            call.backoff.reset();
            match params.retry_after {
                RetryAfter::Jittered => {
                    Range::new(after_us, after_us.saturating_mul(2)).pick(at.ctx.die(dice::AFTER, luck))
                }
                RetryAfter::On | RetryAfter::Off => after_us,
            }
        } else {
            call.backoff.next_us(at.ctx.die(dice::BACKOFF, luck))
        };
        let spent_us = u64::try_from(at.ctx.clock_us.saturating_sub(call.started_us)).unwrap_or(0);
        if params.total > 0 && spent_us.saturating_add(delay_us) > params.total {
            return self.end(serial, (how, Some(GaveUp::Time)), at);
        }
        let allowed = self.limiter.try_retry(at.now_us());
        self.tell_budget(at);
        if !allowed {
            return self.end(serial, (how, Some(GaveUp::Budget)), at);
        }
        let call = self.calls.get_mut(serial)?;
        self.waiting -= usize::from(call.waiting);
        call.waiting = false;
        let retry = call.attempt + 1;
        at.out.note(|| format!("retry {retry} of call {serial} in {}", crate::time::DurationUs(delay_us)));
        at.out.set_timer(Timer::Retry(serial), Range::exactly(delay_us));
        None
    }

    fn end(&mut self, serial: u32, over: Over, at: &mut At<'_>) -> Option<Ended> {
        let call = self.calls.take(serial)?;
        self.waiting -= usize::from(call.waiting);
        self.tell(&call, over, at);
        Some(Ended { serial, op: call.op, gave_up: over.1, doubt: call.doubt })
    }

    /// Tells that a call is over.
    fn tell(&self, call: &Call, (how, gave_up): Over, at: &mut At<'_>) {
        let stop = match gave_up {
            None => Stop::Over,
            Some(GaveUp::Permanent) => Stop::Permanent,
            Some(GaveUp::Attempts) => Stop::Attempts,
            Some(GaveUp::Time) => Stop::Time,
            Some(GaveUp::Budget) => Stop::Budget,
        };
        let (hop, tries, took_us) = (self.hop, (call.attempt as u16).saturating_add(1), at.since_us(call.called_us));
        at.out.mark(Mark::CallOver { hop, how, stop, tries, took_us });
    }

    fn tell_budget(&mut self, at: &mut At<'_>) {
        if let Some(milli) = self.limiter.milli(at.now_us()) {
            let empty = milli <= at.config.params.budget_floor_milli();
            at.out.mark(Mark::Budget { hop: self.hop, milli, empty });
            at.out.fact(fact::BUDGET, 0, Fact::Int(milli));
        }
    }
}

/// How an attempt ended that was answered so.
fn ending(reply: Reply) -> Ending {
    match reply {
        Reply::Done => Ending::Done,
        Reply::Known => Ending::Known,
        Reply::Error => Ending::Failed,
        Reply::Bad => Ending::Bad,
        Reply::Refused { .. } => Ending::Refused,
    }
}
