//! The promise that too much load does no harm: goodput stays near the lesser of what is asked and what can be done.

use crate::check::disturbances::Disturbances;
use crate::check::light::{Light, evidence};
use crate::lab::{State, Verdict};
use crate::time::DurationUs;
use crate::trace::Mark;
use std::collections::VecDeque;

/// Calls that began in a span, and what could be done in it at the least.
#[derive(Clone, Copy, Debug)]
struct Span {
    first: Mark,
    asked: u64,
    good: u64,
    /// In millionths of a request a second.
    able: u64,
}

/// Goodput is at least a share of the lesser of what is asked and what can be done.
///
/// It is counted in spans, one after the other, in each of which [`Floor::REQUESTS`] requests can be done at first, so that chance alone, which makes
/// small counts vary, does not break the promise. A call belongs to the span in which it began, so a span is judged once all of its calls must have
/// ended.
#[derive(Clone, Debug)]
pub struct Floor {
    light: Light,
    span_us: u64,
    /// So much later all calls of a span have ended.
    ends_us: u64,
    percent: u64,
    able: u64,
    /// The first that is not judged yet, and those after it.
    place: u64,
    spans: VecDeque<Span>,
}

impl Floor {
    /// How many requests can be done in a span.
    pub const REQUESTS: u64 = 400;

    /// Nothing asked yet: what can be done a second, in millionths; how long a call takes at the most until it has ended; and the share.
    pub fn new(able: u64, ends_us: u64, percent: u64) -> Floor {
        let span_us = Floor::REQUESTS * 1_000_000_000_000 / able.max(1);
        let why = format!("No whole {} has passed yet whose calls have ended.", DurationUs(span_us));
        let light = Light::new("floor", State::Unknown, &why);
        Floor { light, span_us, ends_us, percent, able, place: 0, spans: VecDeque::new() }
    }

    /// How long a span is.
    pub fn span_us(&self) -> u64 {
        self.span_us
    }

    /// So much can be done a second from now on, in millionths.
    pub fn able(&mut self, at: Mark, able: u64) {
        // The span of this moment has to know of the lesser.
        self.able = self.able.min(able);
        self.span(at, at.at_us);
        self.able = able;
        if let Some(span) = self.spans.back_mut() {
            span.able = span.able.min(able);
        }
    }

    /// A call begins.
    pub fn asked(&mut self, at: Mark) {
        if let Some(span) = self.span(at, at.at_us) {
            span.asked += 1;
        }
    }

    /// A call that began then is answered well.
    pub fn good(&mut self, at: Mark, began_us: u64) {
        if let Some(span) = self.span(at, began_us) {
            span.good += 1;
        }
    }

    fn span(&mut self, at: Mark, of_us: u64) -> Option<&mut Span> {
        let fresh = Span { first: at, asked: 0, good: 0, able: self.able };
        let last = (at.at_us / self.span_us).checked_sub(self.place)? as usize;
        while self.spans.len() <= last {
            self.spans.push_back(fresh);
        }
        let place = (of_us / self.span_us).checked_sub(self.place)?;
        self.spans.get_mut(place as usize)
    }

    /// Judges the spans whose calls have ended by now.
    pub fn pass(&mut self, at: Mark, by: &Disturbances) {
        while (self.place + 1).saturating_mul(self.span_us).saturating_add(self.ends_us) <= at.at_us {
            self.span(at, at.at_us);
            let Some(span) = self.spans.pop_front() else { return };
            self.place += 1;
            self.judge(at, span, by);
        }
    }

    fn judge(&mut self, at: Mark, span: Span, by: &Disturbances) {
        let Span { first, asked, good, able } = span;
        let done = (u128::from(able) * u128::from(self.span_us) / 1_000_000_000_000) as u64;
        let (time, percent) = (DurationUs(self.span_us), self.percent);
        if good * 100 < asked.min(done) * percent {
            self.light.break_(at, || {
                let why = format!("Of {asked} calls that began within {time}, in which {done} could be done, {good} were answered in time: fewer than {percent} % of what was possible.");
                let steps = [evidence(first.record, "the first of them"), evidence(at.record, "all of them have ended")];
                (why, by.leading_to(at, steps))
            });
        } else {
            let why = format!(
                "In each {time} at least {percent} % of what was asked and could be done was answered in time."
            );
            self.light.say(at, State::Kept, &why);
        }
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast::Cast;

    fn mark(at_us: u64) -> Mark {
        Mark { at_us, record: 0 }
    }

    /// A hundred a second can be done, so a span is four seconds; in each so many calls, of which so many are good 100 ms later.
    fn state(spans: &[(u64, u64)], able: Option<(u64, u64)>) -> State {
        let by = Disturbances::new(Cast { servers: 1, coordinators: 0, clients: 1 });
        let mut floor = Floor::new(100_000_000, 200_000, 80);
        let mut events: Vec<(u64, Option<u64>)> = Vec::new();
        for (place, (asked, good)) in (0..).zip(spans) {
            for n in 0..*asked {
                let began_us = place * 4_000_000 + n * 4_000_000 / asked;
                events.push((began_us, None));
                if n < *good {
                    events.push((began_us + 100_000, Some(began_us)));
                }
            }
        }
        events.sort_unstable();
        let mut able = able;
        for (at_us, began_us) in events {
            if let Some((from_us, now)) = able.filter(|(from_us, _)| *from_us <= at_us) {
                floor.able(mark(from_us), now);
                able = None;
            }
            floor.pass(mark(at_us), &by);
            match began_us {
                None => floor.asked(mark(at_us)),
                Some(began_us) => floor.good(mark(at_us), began_us),
            }
        }
        floor.pass(mark(spans.len() as u64 * 4_000_000 + 200_000), &by);
        floor.verdict().last().state
    }

    #[test]
    fn goodput_is_measured_against_what_was_possible() {
        assert_eq!(state(&[], None), State::Unknown);
        assert_eq!(state(&[(600, 400), (600, 320)], None), State::Kept);
        assert_eq!(state(&[(600, 400), (600, 319)], None), State::Broken, "of 400 that could be done");
        assert_eq!(state(&[(100, 80)], None), State::Kept);
        assert_eq!(state(&[(100, 79)], None), State::Broken, "of 100 that were asked");
        assert_eq!(state(&[(0, 0), (0, 0)], None), State::Kept, "nothing was");
        assert_eq!(
            state(&[(600, 160)], Some((3_000_000, 50_000_000))),
            State::Kept,
            "half can be done for a while"
        );
        assert_eq!(state(&[(600, 160)], None), State::Broken);
    }
}
