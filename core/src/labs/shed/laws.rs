//! What only this lab promises: that the critical are not lost while others are served, that whoever is not served is told so, and that what a burst
//! left is done soon.

use crate::check::light::{Light, evidence};
use crate::kits::graph::Ending;
use crate::lab::{State, Verdict};
use crate::time::DurationUs;
use crate::trace::Mark;
use std::collections::VecDeque;

/// No critical call is lost while another is begun in the time in which it could still have been answered.
#[derive(Clone, Debug)]
pub struct Critical {
    light: Light,
    /// The last that is not critical and was begun.
    other: Option<Mark>,
    /// Critical calls that failed before their time was up: until when, the record, and how.
    lost: VecDeque<(u64, u32, Ending)>,
}

impl Critical {
    /// Nothing has been lost yet; whether there is anything critical.
    pub fn new(any: bool) -> Critical {
        let light = match any {
            true => {
                Light::new("critical", State::Kept, "No critical call has failed while another was served.")
            }
            false => Light::new("critical", State::Unknown, "No call is critical."),
        };
        Critical { light, other: None, lost: VecDeque::new() }
    }

    /// Work on a request begins that is not critical.
    pub fn begun(&mut self, at: Mark) {
        self.other = Some(at);
        while self.lost.front().is_some_and(|(until_us, ..)| *until_us < at.at_us) {
            self.lost.pop_front();
        }
        if let Some((_, record, how)) = self.lost.pop_front() {
            self.break_(at, record, how, at.record);
        }
    }

    /// A critical call fails that began then and would have been in time until then.
    pub fn failed(&mut self, at: Mark, how: Ending, (from_us, until_us): (u64, u64)) {
        match self.other.filter(|other| other.at_us >= from_us) {
            Some(other) => self.break_(at, at.record, how, other.record),
            None => self.lost.push_back((until_us, at.record, how)),
        }
    }

    fn break_(&mut self, at: Mark, lost: u32, how: Ending, other: u32) {
        let what = match how {
            Ending::Refused => "is refused",
            Ending::ShortCircuited => "is kept back by its caller",
            Ending::TimedOut => "waits in vain",
            _ => "fails",
        };
        self.light.break_(at, || {
            let mut steps = vec![
                evidence(other, "work on a request begins that is not critical"),
                evidence(lost, format!("a critical call {what}")),
            ];
            crate::sorted::sort_by_key(&mut steps, |step| step.record);
            (format!("A critical call {what}, and in the time that it had work on one is begun that is not critical."), steps)
        });
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// Of the calls that end in a span no more than one in so many has waited in vain for all of its caller's patience.
#[derive(Clone, Debug)]
pub struct Bounded {
    light: Light,
    span_us: u64,
    span: u64,
    ended: u32,
    timed_out: u32,
}

impl Bounded {
    /// One in so many may.
    const ONE_IN: u32 = 20;

    /// Nobody has waited yet; by spans of this length.
    pub fn new(span_us: u64) -> Bounded {
        let why = format!("No whole {} has passed yet.", DurationUs(span_us));
        Bounded {
            light: Light::new("bounded", State::Unknown, &why),
            span_us,
            span: 0,
            ended: 0,
            timed_out: 0,
        }
    }

    /// A call ends.
    pub fn ended(&mut self, at: Mark, how: Ending) {
        self.pass(at);
        self.ended += 1;
        self.timed_out += u32::from(how == Ending::TimedOut);
    }

    /// The span may be over.
    pub fn pass(&mut self, at: Mark) {
        let span = at.at_us / self.span_us;
        if span == self.span {
            return;
        }
        let (time, ended, timed_out) = (DurationUs(self.span_us), self.ended, self.timed_out);
        (self.span, self.ended, self.timed_out) = (span, 0, 0);
        if ended < Self::ONE_IN {
            return;
        }
        if timed_out * Self::ONE_IN > ended {
            let why = format!(
                "Of {ended} calls that ended within {time} {timed_out} waited in vain for all of their caller's patience: more than one in {}.",
                Self::ONE_IN
            );
            self.light.break_(at, || (why, vec![evidence(at.record, "the last of them have ended")]));
        } else {
            let why = format!(
                "In no {time} have more than one in {} of the calls waited in vain for all of their caller's patience.",
                Self::ONE_IN
            );
            self.light.say(at, State::Kept, &why);
        }
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// Nobody waits any more within a limit of a burst's end, or of a step's beginning.
#[derive(Clone, Debug)]
pub struct Levelled {
    light: Light,
    limit_us: u64,
    what: &'static str,
    since: Option<Mark>,
    waits: u32,
    /// The most that waited since then, and how long after it nobody did.
    most: u32,
    gone_us: Option<u64>,
}

impl Levelled {
    /// Nothing has happened yet; `what` is.
    pub fn new(limit_us: u64, what: &'static str) -> Levelled {
        let light = Light::new(
            "level",
            State::Unknown,
            "There has been no burst yet whose work would have to be done.",
        );
        Levelled { light, limit_us, what, since: None, waits: 0, most: 0, gone_us: None }
    }

    /// From now on.
    pub fn begin(&mut self, at: Mark) {
        (self.since, self.most) = (Some(at), self.waits);
        self.gone_us = (self.waits == 0).then_some(0);
    }

    /// So many wait now.
    pub fn waits(&mut self, at: Mark, now: u32) {
        self.pass(at);
        self.waits = now;
        let Some(since) = self.since else { return };
        if now > self.most {
            (self.most, self.gone_us) = (now, None);
        } else if now == 0 && self.gone_us.is_none() {
            self.gone_us = Some(at.at_us - since.at_us);
        }
    }

    /// The limit may have passed.
    pub fn pass(&mut self, at: Mark) {
        let Some(since) = self.since.filter(|since| at.at_us >= since.at_us.saturating_add(self.limit_us))
        else {
            return;
        };
        if self.light.state() != State::Unknown {
            return;
        }
        let (limit, waits, what) = (DurationUs(self.limit_us), self.waits, self.what);
        match self.gone_us {
            Some(us) if us <= self.limit_us => {
                let why = format!("Nobody waited any more {} after {what}.", DurationUs(us));
                self.light.say(at, State::Kept, &why);
            }
            _ => self.light.break_(at, || {
                let why = format!("{limit} after {what} {waits} requests still wait.");
                (why, vec![evidence(since.record, what), evidence(at.record, "requests still wait")])
            }),
        }
    }

    /// How long after the most had waited nobody did, from then on.
    pub fn gone_us(&self) -> Option<u64> {
        self.gone_us
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(ms: u64) -> Mark {
        Mark { at_us: ms * 1_000, record: ms as u32 }
    }

    #[test]
    fn the_critical_are_lost_only_where_others_are_served() {
        let state = |begun_ms: &[u64], failed_ms: u64, from_ms: u64| {
            let mut law = Critical::new(true);
            begun_ms.iter().filter(|ms| **ms <= failed_ms).for_each(|ms| law.begun(mark(*ms)));
            law.failed(mark(failed_ms), Ending::Refused, (from_ms * 1_000, (from_ms + 200) * 1_000));
            begun_ms.iter().filter(|ms| **ms > failed_ms).for_each(|ms| law.begun(mark(*ms)));
            law.light.state()
        };
        assert_eq!(state(&[], 10, 9), State::Kept);
        assert_eq!(state(&[8, 210], 10, 9), State::Kept, "before it came, and when it was too late for it");
        assert_eq!(state(&[9], 10, 9), State::Broken);
        assert_eq!(state(&[209], 10, 9), State::Broken);
    }

    #[test]
    fn one_in_twenty_may_wait_in_vain() {
        let state = |ended: u64, timed_out: u64| {
            let mut law = Bounded::new(1_000_000);
            (0..ended).for_each(|n| {
                law.ended(mark(n), if n < timed_out { Ending::TimedOut } else { Ending::Refused })
            });
            law.pass(mark(1_000));
            law.light.state()
        };
        assert_eq!(
            (state(100, 5), state(100, 6), state(19, 19)),
            (State::Kept, State::Broken, State::Unknown)
        );
    }

    #[test]
    fn what_a_burst_left_is_done_or_not() {
        let run = |waits: &[(u64, u32)]| {
            let mut law = Levelled::new(1_000_000, "the burst");
            law.waits(mark(0), 7);
            law.begin(mark(100));
            waits.iter().for_each(|(ms, now)| law.waits(mark(*ms), *now));
            law.pass(mark(1_100));
            (law.light.state(), law.gone_us())
        };
        assert_eq!(run(&[(400, 3), (600, 0)]), (State::Kept, Some(500_000)));
        assert_eq!(
            run(&[(400, 3), (600, 0), (700, 5)]),
            (State::Kept, Some(500_000)),
            "less than before is no matter"
        );
        assert_eq!(run(&[(600, 0), (700, 9), (800, 1)]), (State::Broken, None));
        assert_eq!(run(&[(600, 0), (700, 9), (1_101, 0)]), (State::Broken, Some(1_001_000)));
    }
}
