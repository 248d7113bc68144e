//! What only this lab promises: that pages are whole, that they are shown though a service is bad, that second requests are few, and that lines settle.

use crate::check::disturbances::Disturbances;
use crate::check::light::{Light, evidence};
use crate::lab::State;
use crate::params::format_decimal;
use crate::time::DurationUs;
use crate::trace::Mark;

/// How many calls are judged together: slow moments come in bursts, and one of them is not the load.
const CALLS: u32 = 2_000;

/// Each page that is shown has all its parts.
pub fn whole() -> Light {
    Light::new("whole", State::Unknown, "No page has been shown yet.")
}

/// Pages are shown though something is wrong.
pub fn up() -> Light {
    Light::new("up", State::Unknown, "Nothing has gone wrong yet that a page could suffer from.")
}

/// A page is over that began then.
pub fn page(
    (is_whole, is_up): (&mut Light, &mut Light),
    at: Mark,
    (shown, whole): (bool, bool),
    began_us: u64,
    by: &Disturbances,
) {
    match (shown, whole) {
        (true, true) => is_whole.say(at, State::Kept, "Every page that was shown had all of its parts."),
        (true, false) => is_whole.break_(at, || {
            let goes = evidence(at.record, "it goes out as it is");
            ("A page is shown without some of its parts.".to_owned(), by.leading_to(at, [goes]))
        }),
        (false, _) => is_whole.break_(at, || {
            let told = evidence(at.record, "its client is told so");
            ("A page is not shown at all.".to_owned(), by.leading_to(at, [told]))
        }),
    }
    // What was over before anything went wrong does not suffer from it.
    if by.last(at.at_us).is_empty() {
        return;
    }
    if shown {
        return is_up.say(at, State::Kept, "Pages have been shown although something was wrong.");
    }
    is_up.break_(at, || {
        let took = DurationUs(at.at_us.saturating_sub(began_us));
        let why = format!("Something is wrong, and a page is not shown: it was given up after {took}.");
        (why, by.leading_to(at, [evidence(at.record, "a page is not shown")]))
    });
}

/// Of any so many calls few have a second request.
#[derive(Clone, Debug)]
pub struct Spare {
    pub light: Light,
    limit: u32,
    calls: u32,
    seconds: u32,
    first: Mark,
}

impl Spare {
    /// No call yet; the limit in millionths of the calls. Whether there are second requests at all.
    pub fn new(limit: u32, any: bool) -> Spare {
        let why = match any {
            true => format!("No {CALLS} calls have been made yet."),
            false => "There are no second requests here.".to_owned(),
        };
        Spare {
            light: Light::new("spare", State::Unknown, &why),
            limit,
            calls: 0,
            seconds: 0,
            first: Mark::default(),
        }
    }

    /// A call begins.
    pub fn called(&mut self, at: Mark) {
        if self.calls >= CALLS {
            (self.calls, self.seconds) = (0, 0);
        }
        if self.calls == 0 {
            self.first = at;
        }
        self.calls += 1;
    }

    /// A second request goes out.
    pub fn hedged(&mut self, at: Mark) {
        self.seconds += 1;
        let (seconds, first, limit) = (self.seconds, self.first, format_decimal(i64::from(self.limit) * 100));
        if u64::from(seconds) * 1_000_000 > u64::from(self.limit) * u64::from(CALLS) {
            self.light.break_(at, || {
                let why = format!("{seconds} second requests within {CALLS} calls: more than {limit} %.");
                (
                    why,
                    vec![
                        evidence(first.record, "the first of these calls"),
                        evidence(at.record, "one too many"),
                    ],
                )
            });
        }
    }

    /// The run is over.
    pub fn end(&mut self, at: Mark, calls: u64) {
        if calls >= CALLS.into() && !self.light.says("There are no second requests here.") {
            let limit = format_decimal(i64::from(self.limit) * 100);
            self.light.say(
                at,
                State::Kept,
                &format!("Of no {CALLS} calls more than {limit} % had a second request."),
            );
        }
    }
}

/// Once things should have settled, few wait.
#[derive(Clone, Debug)]
pub struct Stable {
    pub light: Light,
    settle_us: u64,
    limit: u32,
    most: u64,
    waiting: u64,
    /// From when on it is judged.
    from_us: u64,
}

impl Stable {
    /// Nobody waits; so many may for each of the servers. Without lines nothing is judged.
    pub fn new(limit: u32, servers: u32, settle_us: u64, lines: bool) -> Stable {
        let (state, why) = match lines {
            true => (
                State::Kept,
                format!(
                    "Never have more than {limit} for each server waited, once things should have settled."
                ),
            ),
            false => (State::Unknown, "Nobody waits in a line here.".to_owned()),
        };
        let most = if lines { u64::from(limit) * u64::from(servers) } else { u64::MAX };
        Stable { light: Light::new("stable", state, &why), settle_us, limit, most, waiting: 0, from_us: 0 }
    }

    /// Something is disturbed until then.
    pub fn disturbed(&mut self, until_us: u64) {
        self.from_us = self.from_us.max(until_us.saturating_add(self.settle_us));
    }

    /// At a server so many wait now who were so many.
    pub fn waits(&mut self, at: Mark, (before, now): (u32, u32), by: &Disturbances) {
        self.waiting = self.waiting + u64::from(now) - u64::from(before);
        if self.waiting <= self.most || at.at_us < self.from_us {
            return;
        }
        let (waiting, limit) = (self.waiting, self.limit);
        self.light.break_(at, || {
            let why = format!("{waiting} requests wait: more than {limit} for each server, and nothing has been wrong for some time.");
            (why, by.leading_to(at, [evidence(at.record, "one more waits")]))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast::Cast;

    fn at(at_us: u64) -> Mark {
        Mark { at_us, record: at_us as u32 }
    }

    #[test]
    fn second_requests_are_counted_in_lots() {
        let state = |each: u32, calls: u32| {
            let mut law = Spare::new(100_000, true);
            for n in 0..calls {
                law.called(at(n.into()));
                if n % each == 0 {
                    law.hedged(at(n.into()));
                }
            }
            law.end(at(calls.into()), calls.into());
            law.light.state()
        };
        assert_eq!(state(20, 1_999), State::Unknown);
        assert_eq!(state(20, 9_000), State::Kept);
        assert_eq!(state(10, 9_000), State::Kept, "just as many as there may be");
        assert_eq!(state(9, 9_000), State::Broken);
    }

    #[test]
    fn lines_are_judged_once_they_should_have_settled() {
        let by = Disturbances::new(Cast { servers: 2, coordinators: 1, clients: 1 });
        let mut law = Stable::new(2, 2, 100, true);
        law.disturbed(500);
        law.waits(at(550), (0, 9), &by);
        law.waits(at(590), (9, 4), &by);
        law.waits(at(600), (0, 0), &by);
        assert_eq!(law.light.state(), State::Kept, "four may wait, and more did before");
        law.waits(at(601), (4, 5), &by);
        assert_eq!(law.light.state(), State::Broken);
        let mut law = Stable::new(2, 2, 100, false);
        law.waits(at(601), (0, 5_000), &by);
        assert_eq!(law.light.state(), State::Unknown);
    }

    #[test]
    fn pages_are_whole_and_shown_or_lights_break() {
        let by = Disturbances::new(Cast { servers: 2, coordinators: 1, clients: 1 });
        let mut wrong = by.clone();
        wrong.trouble(at(5), 100, ("A service is in trouble", "The trouble is over"));
        let states = |pages: &[(bool, bool, &Disturbances)]| {
            let (mut one, mut two) = (whole(), up());
            for (shown, is_whole, by) in pages {
                page((&mut one, &mut two), at(10), (*shown, *is_whole), 7, by);
            }
            (one.state(), two.state())
        };
        use State::{Broken, Kept, Unknown};
        assert_eq!(states(&[(true, true, &by)]), (Kept, Unknown));
        assert_eq!(states(&[(false, false, &by)]), (Broken, Unknown), "not for something that is wrong");
        assert_eq!(states(&[(true, false, &wrong)]), (Broken, Kept));
        assert_eq!(states(&[(true, true, &wrong), (false, false, &wrong)]), (Broken, Broken));
    }
}
