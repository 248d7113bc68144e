//! The promise that everybody knows in time: each call of somebody's is over, or has gone well, within a limit.

use crate::check::disturbances::Disturbances;
use crate::check::light::{Light, evidence};
use crate::lab::{State, Verdict};
use crate::sim::OpId;
use crate::time::DurationUs;
use crate::trace::Mark;
use std::collections::VecDeque;

/// A call that is open.
#[derive(Clone, Copy, Debug)]
struct Open {
    op: OpId,
    since: Mark,
    is_over: bool,
}

/// Calls are over within a limit; perhaps they must have gone well.
#[derive(Clone, Debug)]
pub struct Within {
    light: Light,
    /// Whose calls, in a word or two: `call`, `bystander's call`.
    whose: &'static str,
    limit_us: u64,
    well: bool,
    open: VecDeque<Open>,
    any: bool,
}

impl Within {
    /// No call yet. If `well`, calls must have gone well by then.
    pub fn new(promise: &'static str, whose: &'static str, limit_us: u64, well: bool) -> Within {
        let why = format!("No {whose} has been made yet.");
        Within {
            light: Light::new(promise, State::Unknown, &why),
            whose,
            limit_us,
            well,
            open: VecDeque::new(),
            any: false,
        }
    }

    /// A call begins.
    pub fn invoked(&mut self, at: Mark, op: OpId) {
        self.open.push_back(Open { op, since: at, is_over: false });
        if !self.any {
            self.any = true;
            let (whose, limit) = (self.whose, DurationUs(self.limit_us));
            let how = if self.well { "gone badly, or taken longer than" } else { "taken longer than" };
            self.light.say(at, State::Kept, &format!("No {whose} has {how} {limit}."));
        }
    }

    /// A call is over.
    pub fn returned(&mut self, at: Mark, op: OpId, well: bool, by: &Disturbances) {
        self.pass(at, by);
        let Ok(place) = self.open.binary_search_by_key(&op, |open| open.op) else { return };
        self.open[place].is_over = true;
        let since = self.open[place].since;
        while self.open.front().is_some_and(|open| open.is_over) {
            self.open.pop_front();
        }
        if self.well && !well {
            let (whose, took) = (self.whose, DurationUs(at.at_us.saturating_sub(since.at_us)));
            self.break_(at, since, by, format!("A {whose} goes badly, after {took}."), "it goes badly");
        }
    }

    /// Time has passed: who has waited for too long by now?
    pub fn pass(&mut self, at: Mark, by: &Disturbances) {
        if self.light.state() == State::Broken {
            return;
        }
        let late = |open: &&Open| at.at_us.saturating_sub(open.since.at_us) > self.limit_us;
        let Some(open) = self.open.iter().take_while(late).find(|open| !open.is_over).copied() else {
            return;
        };
        let (whose, limit) = (self.whose, DurationUs(self.limit_us));
        let why = format!("A {whose} has no end after {limit}.");
        self.break_(at, open.since, by, why, "by now it should be over");
    }

    fn break_(&mut self, at: Mark, since: Mark, by: &Disturbances, why: String, says: &str) {
        let whose = self.whose;
        self.light.break_(at, || {
            let made = evidence(since.record, format!("the {whose} is made"));
            (why, by.leading_to(at, [made, evidence(at.record, says)]))
        });
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        32 * self.open.len() as u64
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

    fn at(at_us: u64) -> Mark {
        Mark { at_us, record: at_us as u32 }
    }

    #[test]
    fn calls_are_over_in_time_or_the_light_breaks() {
        let by = Disturbances::new(Cast { servers: 1, coordinators: 0, clients: 1 });
        let run = |well: bool, ends: &[(u64, u32, bool)]| {
            let mut law = Within::new("bounded", "call", 100, well);
            assert_eq!(law.verdict().last().state, State::Unknown);
            [0, 10, 20].into_iter().zip(0..).for_each(|(us, op)| law.invoked(at(us), OpId(op)));
            ends.iter().for_each(|(us, op, well)| law.returned(at(*us), OpId(*op), *well, &by));
            law.pass(at(500), &by);
            law.verdict().break_().map(|change| (change.at.at_us, change.why.clone()))
        };
        assert_eq!(run(false, &[(100, 0, true), (50, 1, false), (120, 2, true)]), None, "just in time");
        let (broke_us, why) = run(false, &[(50, 0, true), (50, 2, true)]).expect("one has no end");
        assert_eq!((broke_us, why.as_str()), (500, "A call has no end after 100us."));
        assert_eq!(run(false, &[(111, 1, true)]).expect("too late").0, 111);
        let (broke_us, why) = run(true, &[(50, 1, false)]).expect("it went badly");
        assert_eq!((broke_us, why.as_str()), (50, "A call goes badly, after 40us."));
    }
}
