//! The promise that it recovers: no metastable failure (Bronson et al., HotOS 2021), a state of little goodput that outlasts what brought it
//! about.
//!
//! So it is measured against the share of attempts that succeeded before. What has a cause of its own that goes on, an error share or more calls
//! than the server can ever finish, is no such failure: an error that comes by that share is an answer like any other here.

use crate::check::disturbances::{Disturbances, Words};
use crate::check::light::{Light, evidence};
use crate::counted::counted;
use crate::lab::{Evidence, State, Verdict};
use crate::time::{Decimal, DurationUs};
use crate::trace::Mark;

/// How finely attempts are counted.
const STEP_US: u64 = 100_000;
/// A span of so many steps is good if nine tenths of the usual share of attempts succeed in it.
const SPAN: usize = 10;
/// So many attempts before the first disturbance tell what is usual.
const ENOUGH: u64 = 20;

/// What is usual while nothing disturbs the server, as the settings have it.
#[derive(Clone, Debug)]
pub struct Usual {
    /// Of a thousand attempts, how many succeed.
    pub permille: u64,
    /// What those attempts do.
    pub verb: &'static str,
    /// Why it would fail in any case, if it would.
    pub hopeless: Option<String>,
}

/// Recovers within a limit of the end of what disturbed it, and does not fail for as long again.
#[derive(Clone, Debug)]
pub struct Recovery {
    light: Light,
    limit_us: u64,
    usual: Usual,
    /// Attempts that succeeded and failed before the first disturbance.
    before: (u64, u64),
    struck: bool,
    /// What there is to say when it is over, until that has been said.
    over: Option<&'static str>,
    /// When the disturbance ended or will end.
    end_us: Option<u64>,
    /// The record at which it ended, and the last attempt that failed after it.
    ended: Option<Mark>,
    failed: Option<(Mark, &'static str)>,
    /// Attempts that succeeded and failed, by step after the end.
    steps: Vec<(u32, u32)>,
    /// The next start of a span to be judged.
    next: usize,
    /// How long after the end the last stretch of good spans began, or of bad ones: that which still lasts.
    good_since_us: Option<u64>,
    bad_since_us: Option<u64>,
}

impl Recovery {
    /// Nothing has disturbed it yet.
    pub fn new(limit_us: u64, usual: Usual) -> Recovery {
        Recovery {
            light: Light::new("recovers", State::Kept, "Nothing has disturbed the server."),
            limit_us,
            usual,
            before: (0, 0),
            struck: false,
            end_us: None,
            ended: None,
            over: None,
            failed: None,
            steps: Vec::new(),
            next: 0,
            good_since_us: None,
            bad_since_us: None,
        }
    }

    /// Something disturbs the server. What disturbs it in all lasts until a time, if that is known; and what there is to say then.
    pub fn strike(&mut self, at: Mark, until_us: Option<u64>, (what, over): Words) {
        self.say(at, what, vec![evidence(at.record, what)]);
        self.struck = true;
        self.over = Some(over);
        self.ended = None;
        self.count_from(until_us);
    }

    /// Something that disturbed it is over; what goes on still, if anything, lasts until a time, if that is known.
    pub fn over(&mut self, at: Mark, over: &'static str, rest: Option<(Words, Option<u64>)>) {
        if !self.struck {
            return;
        }
        if let Some(((what, over), until_us)) = rest {
            if self.light.state() == State::Unknown {
                self.say(at, what, Vec::new());
            }
            self.over = Some(over);
            if self.end_us != until_us {
                self.count_from(until_us);
            }
            return;
        }
        self.over = None;
        if self.light.state() == State::Unknown {
            self.say(at, over, vec![evidence(at.record, over)]);
        }
        if self.end_us != Some(at.at_us) {
            self.count_from(Some(at.at_us));
        }
        self.ended = Some(at);
    }

    /// Says what has just begun or ended, and that the server has not recovered, or why it cannot.
    fn say(&mut self, at: Mark, what: &str, steps: Vec<Evidence>) {
        let why = match &self.usual.hopeless {
            None => format!("{what}: the service has not recovered yet."),
            Some(why) => format!("{what}. {why}"),
        };
        self.light.say_with(at, State::Unknown, &why, steps);
    }

    /// Attempts are counted anew, from the end of the disturbance on.
    fn count_from(&mut self, end_us: Option<u64>) {
        self.end_us = end_us;
        (self.failed, self.good_since_us, self.bad_since_us) = (None, None, None);
        (self.steps, self.next) = (Vec::new(), 0);
    }

    /// An attempt succeeded, or failed as said.
    pub fn attempt(&mut self, at: Mark, failure: Option<&'static str>, by: &Disturbances) {
        if !self.struck {
            self.before.0 += u64::from(failure.is_none());
            self.before.1 += u64::from(failure.is_some());
        }
        self.pass(at, by);
        let Some(end_us) = self.end_us.filter(|end_us| at.at_us >= *end_us) else { return };
        let step = ((at.at_us - end_us) / STEP_US) as usize;
        if self.steps.len() <= step {
            self.steps.resize(step + 1, (0, 0));
        }
        match failure {
            None => self.steps[step].0 += 1,
            Some(how) => {
                self.steps[step].1 += 1;
                self.failed = Some((at, how));
            }
        }
    }

    /// Judges the spans that have passed by now.
    pub fn pass(&mut self, at: Mark, by: &Disturbances) {
        let Some(end_us) = self.end_us else { return };
        // A pause ends without an event.
        if at.at_us > end_us
            && let Some(over) = self.over.take()
            && self.light.state() == State::Unknown
        {
            self.say(at, over, Vec::new());
        }
        let passed = (at.at_us.saturating_sub(end_us) / STEP_US) as usize;
        while self.next + SPAN <= passed {
            let span = self.steps.iter().skip(self.next).take(SPAN);
            let (ok, bad) =
                span.fold((0, 0), |(ok, bad), step| (ok + u64::from(step.0), bad + u64::from(step.1)));
            let after_us = self.next as u64 * STEP_US;
            // A span without any attempt tells nothing: things stay as they were.
            if ok + bad > 0 {
                let good = ok * 10_000 >= 9 * self.usual_permille() * (ok + bad);
                self.good_since_us = good.then(|| self.good_since_us.unwrap_or(after_us));
                self.bad_since_us = (!good).then(|| self.bad_since_us.unwrap_or(after_us));
            }
            self.judge(at, after_us, by);
            self.next += 1;
        }
    }

    /// Of a thousand attempts, how many succeed usually: as before the first disturbance, where that has been seen.
    fn usual_permille(&self) -> u64 {
        let (ok, bad) = self.before;
        let seen = if ok + bad >= ENOUGH { ok * 1_000 / (ok + bad) } else { 1_000 };
        seen.min(self.usual.permille)
    }

    /// Why nobody can tell whether what fails now would have succeeded before the first disturbance, if so.
    fn too_few(&self) -> Option<String> {
        let seen = self.before.0 + self.before.1;
        (seen < ENOUGH).then(|| {
            let attempts = counted(seen, "attempt");
            format!("Attempts fail, but what is usual is not known: before the trouble {attempts} had ended, and it takes {ENOUGH} to tell.")
        })
    }

    fn judge(&mut self, at: Mark, after_us: u64, by: &Disturbances) {
        if self.usual.hopeless.is_some() {
            return;
        }
        let (state, usual, verb) = (self.light.state(), self.usual_permille(), self.usual.verb);
        let most = match usual {
            1_000 => format!("nine of ten attempts {verb}"),
            _ => format!("nine tenths of the usual {} % of attempts {verb}", Decimal(usual, 10)),
        };
        match self.good_since_us {
            Some(since_us) if state == State::Unknown => {
                let since = match since_us {
                    0 => "Since the trouble ended".to_owned(),
                    us => format!("From {} after the trouble", DurationUs(us)),
                };
                self.light.turn(at, State::Kept, || (format!("{since}, {most}."), Vec::new()));
            }
            None if state == State::Kept && self.bad_since_us.is_some() => {
                self.light.turn(at, State::Unknown, || ("Attempts fail again.".into(), Vec::new()));
            }
            _ => {}
        }
        let Some(since_us) =
            self.bad_since_us.filter(|since_us| after_us >= since_us.saturating_add(self.limit_us))
        else {
            return;
        };
        // The settings tell that it would have been better before, but not that it was.
        if let Some(why) = self.too_few() {
            return self.light.say(at, State::Unknown, &why);
        }
        let (limit, ended, failed, end_us) =
            (DurationUs(self.limit_us), self.ended, self.failed, self.end_us);
        self.light.break_(at, || {
            let mut steps = by.until(end_us.unwrap_or_default());
            steps.extend(ended.map(|mark| evidence(mark.record, "what disturbed it is over")));
            steps.extend(failed.map(|(mark, how)| evidence(mark.record, how)));
            let when = match since_us {
                0 => format!("{limit} after the trouble was over"),
                us => format!("For {limit}, from {} after the trouble on", DurationUs(us)),
            };
            (format!("{when}, fewer than {most}: the failures outlast what caused them."), steps)
        });
    }

    /// How long after the end of the disturbance it had recovered for good.
    pub fn recovered_us(&self) -> Option<u64> {
        self.good_since_us
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

    fn none() -> Disturbances {
        Disturbances::new(Cast { servers: 1, coordinators: 0, clients: 1 })
    }

    /// A recovery with a limit of 5 s whose trouble lasts from 10 to 11 s; `ok` of `of` attempts succeed in each second before it and after it.
    fn runs(before: (u64, u64), after: &[(u64, u64)]) -> Recovery {
        let mut recovery =
            Recovery::new(5_000_000, Usual { permille: 1_000, verb: "succeed", hopeless: None });
        let by = none();
        let second = |recovery: &mut Recovery, second: u64, (ok, of): (u64, u64)| {
            for i in 0..of {
                let at_us = second * 1_000_000 + i * 1_000_000 / of;
                recovery.attempt(
                    Mark { at_us, record: 0 },
                    (i * ok / of == (i + 1) * ok / of).then_some("it fails"),
                    &by,
                );
            }
        };
        (0..10).for_each(|s| second(&mut recovery, s, before));
        recovery.strike(
            Mark { at_us: 10_000_000, record: 0 },
            Some(11_000_000),
            ("Trouble", "The trouble is over"),
        );
        recovery.over(Mark { at_us: 11_000_000, record: 0 }, "The trouble is over", None);
        after.iter().enumerate().for_each(|(s, share)| second(&mut recovery, 11 + s as u64, *share));
        recovery.pass(Mark { at_us: (11 + after.len() as u64) * 1_000_000, record: 0 }, &by);
        recovery
    }

    fn state(before: (u64, u64), after: &[(u64, u64)]) -> State {
        runs(before, after).light.state()
    }

    #[test]
    fn it_is_measured_against_the_time_before() {
        assert_eq!(state((10, 10), &[(0, 10); 8]), State::Broken);
        assert_eq!(state((10, 10), &[(8, 10); 8]), State::Broken, "eight of ten, where all succeeded");
        assert_eq!(state((8, 10), &[(8, 10); 8]), State::Kept, "eight of ten, as before");
        assert_eq!(state((8, 10), &[(3, 10); 8]), State::Broken);
        assert_eq!(state((0, 10), &[(0, 10); 8]), State::Kept, "it was no better before");
        let why = runs((8, 10), &[(3, 10); 8]).verdict().last().why.clone();
        assert!(why.contains("fewer than nine tenths of the usual 80 % of attempts succeed"), "{why}");
    }

    #[test]
    fn few_attempts_before_tell_not_what_is_usual() {
        let few = |ok| runs((ok, 1), &[(0, 10); 8]).verdict().last().clone();
        assert_eq!(few(1).state, State::Unknown);
        assert!(
            few(0).why.contains("before the trouble 10 attempts had ended, and it takes 20 to tell"),
            "{}",
            few(0).why
        );
        assert_eq!(state((2, 2), &[(0, 10); 8]), State::Broken, "twenty are enough");
        assert_eq!(state((1, 1), &[(10, 10); 8]), State::Kept, "whatever was usual, this is no failure");
    }

    #[test]
    fn a_bad_second_is_no_failure_that_lasts() {
        let mut seconds = [(10, 10); 12];
        seconds[7] = (5, 10);
        let recovery = runs((10, 10), &seconds);
        assert_eq!(recovery.light.state(), State::Kept);
        assert_eq!(recovery.recovered_us(), Some(7_700_000), "for good from then on");
        seconds[3..].fill((0, 10));
        let why = runs((10, 10), &seconds).verdict().last().why.clone();
        assert!(why.starts_with("For 5s, from 2.2s after the trouble on, fewer than nine of ten"), "{why}");
        assert_eq!(state((10, 10), &[(0, 0); 8]), State::Unknown, "nobody tries: nothing is known");
    }

    #[test]
    fn what_is_over_is_not_said_to_last() {
        let whys = |after: &[(u64, u64)]| -> Vec<String> {
            runs((10, 10), after).verdict().changes.into_iter().map(|change| change.why).collect()
        };
        let told = [
            "Trouble: the service has not recovered yet.",
            "The trouble is over: the service has not recovered yet.",
        ];
        assert_eq!(whys(&[(0, 10); 2])[1..], told);
        // A pause ends without an event.
        let mut recovery =
            Recovery::new(5_000_000, Usual { permille: 1_000, verb: "succeed", hopeless: None });
        recovery.strike(
            Mark { at_us: 1_000_000, record: 1 },
            Some(1_300_000),
            ("A node is paused", "The pause is over"),
        );
        recovery.attempt(Mark { at_us: 1_400_000, record: 2 }, Some("it fails"), &none());
        assert_eq!(recovery.verdict().last().why, "The pause is over: the service has not recovered yet.");
    }
}
