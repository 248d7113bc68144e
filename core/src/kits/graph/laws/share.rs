//! The promise that 99 of 100 calls end well in time.

use crate::check::light::{Light, evidence};
use crate::counted::counted;
use crate::lab::{State, Verdict};
use crate::time::DurationUs;
use crate::trace::Mark;

/// 99 of 100 calls end well in time: judged for so many at once, one lot after the other.
#[derive(Clone, Debug)]
pub struct Share {
    light: Light,
    /// What is judged, in a word or two: `call`.
    one: &'static str,
    calls: u32,
    limit_us: u64,
    all: u32,
    slow: u32,
    judged: bool,
}

impl Share {
    /// Nothing is judged yet: what, how many at once, and how long each may take.
    pub fn new(promise: &'static str, one: &'static str, calls: u32, limit_us: u64) -> Share {
        let why = format!("{} have not ended yet.", counted(u64::from(calls), one));
        let light = Light::new(promise, State::Unknown, &why);
        Share { light, one, calls, limit_us, all: 0, slow: 0, judged: false }
    }

    /// A call has ended, well or not.
    pub fn ended(&mut self, at: Mark, well: bool, took_us: u64) {
        (self.all, self.slow) = (self.all + 1, self.slow + u32::from(!well || took_us > self.limit_us));
        let (all, limit, most, one) = (self.all, DurationUs(self.limit_us), self.calls / 100, self.one);
        if self.slow > most {
            self.light.break_(at, || {
                let why = format!("More than {most} of {all} {one}s failed or took more than {limit}.");
                (why, vec![evidence(at.record, "one too many")])
            });
        }
        if self.all >= self.calls {
            (self.all, self.slow, self.judged) = (0, 0, true);
        }
    }

    /// The run is over.
    pub fn end(&mut self, at: Mark) {
        if self.judged || self.all >= self.calls / 5 {
            let (calls, one, limit) = (self.calls, self.one, DurationUs(self.limit_us));
            let why = format!(
                "Of each {calls} {one}s, one lot after the other, 99 of 100 ended well within {limit}."
            );
            self.light.say(at, State::Kept, &why);
        }
    }

    /// The light.
    pub fn light(&self) -> &Light {
        &self.light
    }

    /// What it shows.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_hundred_may_be_slow_and_no_more() {
        let state = |slow: u32, all: u32| {
            let mut law = Share::new("quick", "call", 200, 100);
            for n in 0..all {
                let at = Mark { at_us: u64::from(n), record: n };
                law.ended(at, n % 2 == 0 || n >= slow, if n < slow { 101 } else { 100 });
            }
            law.end(Mark { at_us: 1_000, record: all });
            law.verdict().last().state
        };
        assert_eq!(state(0, 39), State::Unknown, "too few");
        assert_eq!(state(0, 40), State::Kept);
        assert_eq!(state(2, 200), State::Kept);
        assert_eq!(state(3, 200), State::Broken);
    }
}
