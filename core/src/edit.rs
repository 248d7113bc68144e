//! Everything that a reader's hand does to a scenario, as pure functions from the old one to the new; and undo, which is the old one.

use crate::acts::Act;
use crate::lab::Lab;
use crate::link::{Link, read_script, read_seed};
use crate::scenario::{Cue, Place, Problem, Scenario};
use crate::time::{DurationUs, parse_duration_us};
use std::collections::VecDeque;

/// The scenario after an edit, which may run; or why it cannot be: then the old one stands.
pub type Edited = Result<Scenario, Vec<Problem>>;

/// The same, and the place of the cue that was put somewhere.
pub type Placed = Result<(Scenario, usize), Vec<Problem>>;

/// Sets what a key of the link names, a parameter, `seed`, `for` or `do`, to the value that a text says.
pub fn set(lab: &dyn Lab, scenario: &Scenario, key: &str, text: &str) -> Edited {
    let mut new = scenario.clone();
    let text = text.trim();
    let wrong = |why: String| vec![Problem::key(key, why)];
    match key {
        "seed" => new.seed = read_seed(text).map_err(wrong)?,
        "for" => new.horizon_us = parse_duration_us(text).map_err(wrong)?,
        "do" => {
            let script = read_script(text);
            let faults: Vec<String> = script.faults.into_iter().chain(script.too_many).collect();
            if !faults.is_empty() {
                return Err(faults.into_iter().map(|why| Problem::key("do", why)).collect());
            }
            new.cues = script.cues;
        }
        _ => {
            let place = param(lab, key)?;
            new.values[place] = lab.params()[place].parse(text).map_err(wrong)?;
        }
    }
    checked(lab, new)
}

/// Puts what a key names back to its default.
pub fn reset(lab: &dyn Lab, scenario: &Scenario, key: &str) -> Edited {
    let (mut new, default) = (scenario.clone(), Scenario::of(lab));
    match key {
        "seed" => new.seed = default.seed,
        "for" => new.horizon_us = default.horizon_us,
        "do" => new.cues = default.cues,
        _ => {
            let place = param(lab, key)?;
            new.values[place] = default.values[place].clone();
        }
    }
    checked(lab, new)
}

/// Sets the luck.
pub fn set_seed(scenario: &Scenario, seed: u32) -> Scenario {
    Scenario { seed, ..scenario.clone() }
}

/// Sets when the run ends, in µs.
pub fn set_horizon(lab: &dyn Lab, scenario: &Scenario, horizon_us: u64) -> Edited {
    checked(lab, Scenario { horizon_us, ..scenario.clone() })
}

/// Adds a cue, after those of the same moment.
pub fn insert_cue(lab: &dyn Lab, scenario: &Scenario, cue: Cue) -> Placed {
    let mut new = scenario.clone();
    let place = new.insert(cue);
    Ok((checked(lab, new)?, place))
}

/// Adds a cue and leaves out everything that came after its moment: a new present.
pub fn insert_and_drop_after(lab: &dyn Lab, scenario: &Scenario, cue: Cue) -> Placed {
    let kept = Scenario { cues: kept_until(scenario, cue.at_us), ..scenario.clone() };
    insert_cue(lab, &kept, cue)
}

/// Gives a cue another moment, no later than the lab's longest run lasts.
pub fn move_cue(lab: &dyn Lab, scenario: &Scenario, place: usize, at_us: u64) -> Placed {
    let mut new = scenario.clone();
    let cue = take_cue(&mut new, place)?;
    let place = new.insert(Cue { at_us: at_us.min(lab.longest_us()), ..cue });
    Ok((checked(lab, new)?, place))
}

/// Takes a cue out.
pub fn remove_cue(lab: &dyn Lab, scenario: &Scenario, place: usize) -> Edited {
    let mut new = scenario.clone();
    take_cue(&mut new, place)?;
    checked(lab, new)
}

/// Lets a cue do something else at its moment.
pub fn replace_cue(lab: &dyn Lab, scenario: &Scenario, place: usize, act: Act) -> Edited {
    let mut new = scenario.clone();
    match new.cues.get_mut(place) {
        Some(cue) => cue.act = act,
        None => return Err(vec![no_cue(scenario, place)]),
    }
    checked(lab, new)
}

/// Leaves out every cue after a moment, in µs.
pub fn drop_after(lab: &dyn Lab, scenario: &Scenario, at_us: u64) -> Edited {
    checked(lab, Scenario { cues: kept_until(scenario, at_us), ..scenario.clone() })
}

/// The link with another scenario, and without what its author saw in the old one.
pub fn with_scenario(link: &Link, scenario: Scenario) -> Link {
    let mut new = Link { scenario, ..link.clone() };
    if new.scenario != link.scenario {
        (new.envelope.claim, new.envelope.digest, new.envelope.revision) = (None, None, None);
    }
    new
}

/// The link with its scenario pinned beside it as the second run, to compare what is changed from here on.
pub fn pin(link: &Link) -> Link {
    Link { second: Some(link.scenario.clone()), ..link.clone() }
}

/// The link without a second run.
pub fn unpin(link: &Link) -> Link {
    Link { second: None, ..link.clone() }
}

fn checked(lab: &dyn Lab, scenario: Scenario) -> Edited {
    let problems = scenario.problems(lab);
    if problems.is_empty() { Ok(scenario) } else { Err(problems) }
}

fn param(lab: &dyn Lab, key: &str) -> Result<usize, Vec<Problem>> {
    let place = lab.params().iter().position(|param| param.key == key);
    place.ok_or_else(|| {
        let keys: Vec<&str> = lab.params().iter().map(|param| param.key).collect();
        let id = lab.meta().id;
        vec![Problem::key(
            key,
            format!("{id} has no such setting; it has {}, seed, for and do", keys.join(", ")),
        )]
    })
}

fn kept_until(scenario: &Scenario, at_us: u64) -> Vec<Cue> {
    scenario.cues.iter().filter(|cue| cue.at_us <= at_us).cloned().collect()
}

fn take_cue(scenario: &mut Scenario, place: usize) -> Result<Cue, Vec<Problem>> {
    if place >= scenario.cues.len() {
        return Err(vec![no_cue(scenario, place)]);
    }
    Ok(scenario.cues.remove(place))
}

fn no_cue(scenario: &Scenario, place: usize) -> Problem {
    let sentence = match scenario.cues.last() {
        None => "the script is empty".to_string(),
        Some(last) => {
            let (number, count) = (place + 1, scenario.cues.len());
            format!(
                "there is no cue {number}: the script has {count}, the last at {}",
                DurationUs(last.at_us)
            )
        }
    };
    Problem { place: Place::Cue(place), sentence }
}

/// What was, what is, and what was undone; it forgets the oldest beyond its bound.
#[derive(Clone, Debug)]
pub struct History<T> {
    past: VecDeque<T>,
    present: T,
    future: Vec<T>,
    bound: usize,
}

impl<T: PartialEq> History<T> {
    /// A history that begins here and goes back at most `bound` steps.
    pub fn new(present: T, bound: usize) -> History<T> {
        History { past: VecDeque::new(), present, future: Vec::new(), bound }
    }

    /// What is.
    pub fn present(&self) -> &T {
        &self.present
    }

    /// A step forward; what was undone is gone. What is the same as before is no step.
    pub fn push(&mut self, next: T) {
        if next == self.present {
            return;
        }
        self.past.push_back(std::mem::replace(&mut self.present, next));
        if self.past.len() > self.bound {
            self.past.pop_front();
        }
        self.future.clear();
    }

    /// Changes the present without a step: a slider that is still held.
    pub fn amend(&mut self, present: T) {
        if present != self.present {
            self.present = present;
            self.future.clear();
        }
    }

    /// A step back; `false` where there is none.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.past.pop_back() else { return false };
        self.future.push(std::mem::replace(&mut self.present, before));
        true
    }

    /// A step forward again; `false` where there is none.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.future.pop() else { return false };
        self.past.push_back(std::mem::replace(&mut self.present, after));
        true
    }

    /// Whether there is a step back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step forward again.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::tests::toy::TOY;
    use crate::link::{parse, print};
    use proptest::prelude::*;

    fn scenario(link: &str) -> Scenario {
        parse(link, &[&TOY]).link.expect("a link").scenario
    }

    /// The edit gives the scenario of that link, or problems whose sentences contain that text.
    fn check(edited: Edited, expected: &str) {
        match edited {
            Ok(scenario) => assert_eq!(print(&Link::to(scenario), &[&TOY]), expected),
            Err(problems) => {
                assert!(problems.iter().any(|p| p.sentence.contains(expected)), "{expected}: {problems:?}");
            }
        }
    }

    #[test]
    fn settings_are_set_by_text() {
        let old = scenario("toy?w=1&do=1s:crash:n3");
        check(set(&TOY, &old, "n", " 5 "), "toy?n=5&w=1&do=1s:crash:n3");
        check(set(&TOY, &old, "timeout", "0.25s"), "toy?w=1&timeout=250ms&do=1s:crash:n3");
        check(set(&TOY, &old, "seed", "9"), "toy?w=1&seed=9&do=1s:crash:n3");
        check(set(&TOY, &old, "for", "1m"), "toy?w=1&for=1m&do=1s:crash:n3");
        check(set(&TOY, &old, "do", "2s:heal,1s:heal"), "toy?w=1&do=1s:heal,2s:heal");
        check(reset(&TOY, &old, "w"), "toy?do=1s:crash:n3");
        check(reset(&TOY, &old, "do"), "toy?w=1");
        check(set_horizon(&TOY, &old, 20_000_000), "toy?w=1&for=20s&do=1s:crash:n3");
        check(Ok(set_seed(&old, 2)), "toy?w=1&seed=2&do=1s:crash:n3");

        check(set(&TOY, &old, "n", "2"), "there is no n3 here");
        check(set(&TOY, &old, "w", "4"), "w=4 is more than n=3");
        check(set(&TOY, &old, "timeout", "5"), "has no unit");
        check(set(&TOY, &old, "seed", "-1"), "a seed is a whole number");
        check(set(&TOY, &old, "for", "2d"), "toy?w=1&for=2d&do=1s:crash:n3");
        check(set(&TOY, &old, "for", "2000m"), "toy?w=1&for=2000m&do=1s:crash:n3");
        check(set(&TOY, &old, "for", "49h"), "a run of toy lasts from 1us to 2d");
        check(set(&TOY, &old, "do", "49h:heal"), "a cue comes within 2d");
        check(set(&TOY, &old, "do", "1s:heal,2s:dance"), "cue 2");
        check(set(&TOY, &old, "jitter", "1"), "toy has no such setting");
    }

    #[test]
    fn cues_are_put_moved_changed_and_taken() {
        let old = scenario("toy?do=1s:crash:n1,2s:start:n1,3s:heal");
        let heal = |at_us| Cue { at_us, act: "heal".parse().expect("an act") };
        let put = insert_cue(&TOY, &old, heal(2_000_000)).expect("it fits");
        assert_eq!(put.1, 2, "after those of the same moment");
        check(Ok(put.0), "toy?do=1s:crash:n1,2s:start:n1,2s:heal,3s:heal");
        let put = insert_and_drop_after(&TOY, &old, heal(1_500_000)).expect("it fits");
        check(Ok(put.0), "toy?do=1s:crash:n1,1.5s:heal");
        let moved = move_cue(&TOY, &old, 0, 2_500_000).expect("it fits");
        assert_eq!(moved.1, 1);
        check(Ok(moved.0), "toy?do=2s:start:n1,2.5s:crash:n1,3s:heal");
        check(remove_cue(&TOY, &old, 1), "toy?do=1s:crash:n1,3s:heal");
        check(replace_cue(&TOY, &old, 1, heal(0).act), "toy?do=1s:crash:n1,2s:heal,3s:heal");
        check(drop_after(&TOY, &old, 1_000_000), "toy?do=1s:crash:n1");

        check(remove_cue(&TOY, &old, 3), "there is no cue 4: the script has 3, the last at 3s");
        check(remove_cue(&TOY, &scenario("toy"), 0), "the script is empty");
        check(replace_cue(&TOY, &old, 0, "crash:n9".parse().expect("an act")), "there is no n9 here");
    }

    #[test]
    fn a_pinned_run_stays_while_the_first_changes() {
        let link = parse("toy?w=1&claim=fresh:broken&digest=00000001", &[&TOY]).link.expect("a link");
        let pinned = pin(&link);
        let changed = with_scenario(&pinned, set(&TOY, &pinned.scenario, "w", "2").expect("it fits"));
        assert_eq!(print(&changed, &[&TOY]), "toy?b.w=1");
        assert_eq!(print(&with_scenario(&pinned, link.scenario.clone()), &[&TOY]), print(&pinned, &[&TOY]));
        assert_eq!(unpin(&pinned), link);
    }

    proptest! {
        /// A history is a list and a place in it.
        #[test]
        fn undo_and_redo_walk_one_line(steps in proptest::collection::vec(0..6u8, 0..60), bound in 1..8usize) {
            let mut history = History::new(0, bound);
            let (mut line, mut place) = (vec![0], 0usize);
            for (i, step) in (1..).zip(steps) {
                match step {
                    0 | 1 => {
                        prop_assert_eq!(history.undo(), place > 0);
                        place = place.saturating_sub(1);
                    }
                    2 => {
                        prop_assert_eq!(history.redo(), place + 1 < line.len());
                        place = (place + 1).min(line.len() - 1);
                    }
                    3 => {
                        history.amend(i);
                        line.truncate(place);
                        line.push(i);
                    }
                    _ => {
                        history.push(i);
                        line.truncate(place + 1);
                        line.push(i);
                        place += 1;
                        if place > bound {
                            line.remove(0);
                            place -= 1;
                        }
                    }
                }
                prop_assert_eq!(*history.present(), line[place]);
                prop_assert_eq!((history.can_undo(), history.can_redo()), (place > 0, place + 1 < line.len()));
            }
        }
    }
}
