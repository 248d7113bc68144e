//! How an instance asks its breakers, what it tells them, and what they tell of themselves.

use super::super::meta::fact;
use super::super::message::Ending;
use super::super::params::{CountedAs, Order, Params};
use super::{At, Caller, word};
use crate::kits::graph::Mark;
use crate::parts::breaker::{Breaker, Outcome};
use crate::sim::Ctx;
use crate::sim::dice::Purpose;
use crate::trace::Fact;

/// The die of an open breaker's jitter.
const OPEN_WAIT: Purpose = Purpose::Protocol(0);

impl Caller {
    /// Asks the breaker; without one everything passes.
    pub(super) fn admit(&mut self, place: usize, at: &mut At<'_>) -> bool {
        let open = &mut self.open[place];
        let index = at.config.params.breaker_of(open.dependency, open.shard);
        let Some(breaker) = self.breakers.get_mut(index) else { return true };
        let die = open_die(breaker, index, at.ctx);
        open.permit = breaker.try_acquire(at.now_us(), die);
        let admitted = open.permit.is_some();
        self.tell_breaker(index, at);
        admitted
    }

    /// Hands the permit back with how an attempt ended, where the breaker counts attempts.
    pub(super) fn give_back_attempt(&mut self, place: usize, how: Ending, at: &mut At<'_>) {
        if at.config.params.order != Order::BreakerOutside {
            self.give_back(place, how, at);
        }
    }

    /// Hands the permit back with what the call came to.
    pub(super) fn give_back(&mut self, place: usize, how: Ending, at: &mut At<'_>) {
        let open = &mut self.open[place];
        let Some(permit) = open.permit.take() else { return };
        let params = &at.config.params;
        let outcome = if open.left { counted(params, how) } else { Outcome::Ignored };
        let index = params.breaker_of(open.dependency, open.shard);
        let from_us = if params.order == Order::BreakerOutside { open.call_us } else { open.began_us };
        let breaker = &mut self.breakers[index];
        let die = open_die(breaker, index, at.ctx);
        let now_us = at.now_us();
        breaker.record(permit, outcome, now_us.saturating_sub(from_us), now_us, die);
        self.tell_breaker(index, at);
    }

    /// Reports the transitions that the breaker has made.
    fn tell_breaker(&mut self, index: usize, at: &mut At<'_>) {
        let breaker = &mut self.breakers[index];
        let name = index as u16;
        for transition in breaker.take_transitions() {
            at.out.mark(Mark::Gate { index: name, from: Some(transition.from), to: transition.to });
            at.out.fact(fact::STATE, name, Fact::Word(word(transition.to)));
            let until_us = breaker.until_us().map_or(0, |us| us as i64);
            at.out.fact(fact::UNTIL, name, Fact::Time(until_us));
            at.out.show(fact::CAUSE, name, || Fact::Text(transition.to_string().into()));
            at.out.note(|| format!("breaker {}: {transition}", index + 1));
        }
    }
}

/// What the breaker takes the end of a call for. What it refused itself, and what found no room in a pool,
/// tells nothing.
fn counted(params: &Params, how: Ending) -> Outcome {
    let counted = match how {
        Ending::Done => CountedAs::Success,
        // Without time left for another attempt those before it decide.
        Ending::TimedOut | Ending::NoTime => CountedAs::Failure,
        Ending::Failed => params.count_errors,
        Ending::Bad => params.count_bad,
        Ending::ShortCircuited | Ending::Rejected => CountedAs::Nothing,
    };
    match counted {
        CountedAs::Nothing => Outcome::Ignored,
        CountedAs::Failure => Outcome::Failure,
        CountedAs::Success => Outcome::Success,
    }
}

/// The jitter of the breaker's next open wait.
fn open_die(breaker: &Breaker, index: usize, ctx: &Ctx) -> u64 {
    ctx.die(OPEN_WAIT, (index as u64) << 32 | u64::from(breaker.transitions()))
}
