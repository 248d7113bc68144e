//! How a caller asks its gates, what it tells them, and what they tell of themselves.

use super::super::declared::Hop;
use super::super::mark::{Ending, Mark};
use super::super::message::fact;
use super::{At, Call, Caller, hop};
use crate::parts::breaker::{Breaker, Outcome, Policy, State};
use crate::sim::dice::Purpose;
use crate::trace::Fact;

/// How an open gate's wait is spread.
const OPEN_WAIT: Purpose = Purpose::Protocol(3);

/// A gate as its node boots.
pub fn closed(index: u16, policy: Policy, at: &mut At<'_>) -> Breaker {
    let gate = Breaker::new(policy);
    at.out.mark(Mark::Gate { index, from: None, to: gate.state() });
    at.out.show(fact::STATE, index, || Fact::Word(word(gate.state())));
    gate
}

impl Caller {
    fn gate(&mut self, index: u16) -> Option<&mut Breaker> {
        self.kept.as_mut()?.gates.get_mut(usize::from(index))
    }

    /// Asks the gate; without one everything passes.
    pub(super) fn admit(&mut self, serial: u32, at: &mut At<'_>) -> bool {
        let Some(call) = self.calls.get(serial) else { return false };
        let Some(index) = place(call, at) else { return true };
        let Some(gate) = self.gate(index) else { return true };
        let permit = gate.try_acquire(at.now_us(), open_die(gate, index, at));
        tell(gate, index, at);
        if let Some(call) = self.calls.get_mut(serial) {
            call.permit = permit;
        }
        permit.is_some()
    }

    /// Hands the permit back with what the gate is to think of it.
    pub(super) fn judge(&mut self, serial: u32, how: Ending, at: &mut At<'_>) {
        let Some(call) = self.calls.get_mut(serial) else { return };
        // Without a permit no instance need have been chosen.
        let Some(permit) = call.permit.take() else { return };
        let Some(index) = place(call, at) else { return };
        let hop = hop(at.config, call.wanted.hop).0;
        let outcome = if call.left { counted(hop, how) } else { Outcome::Ignored };
        let outside = hop.gate.is_some_and(|gate| gate.outside);
        let from_us = if outside { call.called_us } else { call.tried_us };
        let Some(gate) = self.gate(index) else { return };
        let (now_us, die) = (at.now_us(), open_die(gate, index, at));
        gate.record(permit, outcome, now_us.saturating_sub(from_us), now_us, die);
        tell(gate, index, at);
    }
}

/// What a gate takes the end of a call for. What it refused itself, and what found no room in a pool, tells nothing.
fn counted(hop: &Hop, how: Ending) -> Outcome {
    let Some(gate) = hop.gate else { return Outcome::Ignored };
    match how {
        Ending::Done | Ending::Known | Ending::Degraded => Outcome::Success,
        // Without time left for another try those before it decide.
        Ending::TimedOut | Ending::NoTime => Outcome::Failure,
        Ending::Failed | Ending::Refused => gate.errors,
        Ending::Bad => gate.mistakes,
        _ => Outcome::Ignored,
    }
}

/// The gate that a call passes, by its place at the caller.
fn place(call: &Call, at: &At<'_>) -> Option<u16> {
    let id = call.wanted.hop;
    let first = hop(at.config, id).1.to.0;
    at.config.gate(id, call.to.0.saturating_sub(first), call.wanted.about.key)
}

/// The jitter of a gate's next open wait.
fn open_die(gate: &Breaker, index: u16, at: &At<'_>) -> u64 {
    at.ctx.die(OPEN_WAIT, u64::from(index) << 32 | u64::from(gate.transitions()))
}

/// Tells what states a gate has come to.
fn tell(gate: &mut Breaker, index: u16, at: &mut At<'_>) {
    for transition in gate.take_transitions() {
        let (from, to) = (Some(transition.from), transition.to);
        at.out.mark(Mark::Gate { index, from, to });
        at.out.show(fact::STATE, index, || Fact::Word(word(to)));
        at.out.show(fact::UNTIL, index, || Fact::Time(gate.until_us().map_or(0, |us| us as i64)));
        at.out.show(fact::CAUSE, index, || Fact::Text(transition.to_string().into()));
        at.out.note(|| format!("breaker {}: {transition}", index + 1));
    }
}

/// A gate's state, as facts have it.
pub fn word(state: State) -> &'static str {
    match state {
        State::Closed => "closed",
        State::Open => "open",
        State::HalfOpen => "half-open",
    }
}
