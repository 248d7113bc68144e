//! What is done with a scenario that reads well and cannot run (`w` greater than `n`, a crash of a node that is not there).

use super::parse::Reading;
use crate::lab::Lab;
use crate::scenario::{Place, Problem, Scenario};
use crate::time::DurationUs;

/// Changes what is wrong back to `base`, which is valid, and says so; what comes back may run.
pub(super) fn repair(
    lab: &dyn Lab,
    mut scenario: Scenario,
    base: &Scenario,
    prefix: &str,
    reading: &mut Reading,
) -> Scenario {
    // Settings first: which nodes there are, and so which cues are right, depends on them.
    let (settings, _) = wrong(lab, &scenario);
    if let Some(first) = settings.first() {
        let opened = back_to_base(lab, &mut scenario, base, prefix, &settings);
        for problem in &settings {
            let sentence = match problem {
                problem if problem == first => format!("{}; opened with {opened}", problem.sentence),
                problem => problem.sentence.clone(),
            };
            reading.problem(Problem { place: prefixed(&problem.place, prefix), sentence });
        }
    }
    // Leaving a cue out may, in a lab that wants pairs of them, make another wrong: so again, but not for ever.
    for _ in 0..8 {
        let (_, cues) = wrong(lab, &scenario);
        let mut bad: Vec<usize> = Vec::new();
        for (i, sentence) in cues {
            let cue = &scenario.cues[i];
            let text = format!("{}:{}", DurationUs(cue.at_us), cue.act);
            let key = format!("{prefix}do");
            reading.problem(Problem::key(&key, format!("{text}: {sentence}; left out")));
            bad.push(i);
        }
        if bad.is_empty() {
            break;
        }
        let mut place = 0;
        scenario.cues.retain(|_| {
            place += 1;
            !bad.contains(&(place - 1))
        });
    }
    if scenario.problems(lab).is_empty() { scenario } else { base.clone() }
}

/// What is wrong with the settings, and with single cues.
fn wrong(lab: &dyn Lab, scenario: &Scenario) -> (Vec<Problem>, Vec<(usize, String)>) {
    let (mut settings, mut cues) = (Vec::new(), Vec::new());
    for problem in scenario.problems(lab) {
        match problem.place {
            Place::Cue(i) if i < scenario.cues.len() => cues.push((i, problem.sentence)),
            _ => settings.push(problem),
        }
    }
    (settings, cues)
}

/// Puts settings back to `base` until the rest is right, as few as will do, and says which in the words of a link.
fn back_to_base(
    lab: &dyn Lab,
    scenario: &mut Scenario,
    base: &Scenario,
    prefix: &str,
    settings: &[Problem],
) -> String {
    let named = |key: &str| settings.iter().any(|p| p.place == Place::Key(key.into()));
    if named("for") {
        scenario.horizon_us = base.horizon_us;
    }
    if named("do") {
        scenario.cues = base.cues.clone();
    }
    let params = lab.params();
    let right = |scenario: &Scenario| wrong(lab, scenario).0.is_empty();
    let print = |i: usize| format!("{prefix}{}={}", params[i].key, params[i].print(&base.values[i]));
    let mut said = Vec::new();
    if named("for") {
        said.push(format!("{prefix}for={}", DurationUs(base.horizon_us)));
    }
    if named("do") {
        said.push("the script that it had".into());
    }
    let changed: Vec<usize> = (0..params.len()).filter(|i| scenario.values[*i] != base.values[*i]).collect();
    // First those that the problems name, then any single one, then all.
    for i in changed.iter().copied().filter(|i| named(params[*i].key)) {
        scenario.values[i] = base.values[i].clone();
        said.push(print(i));
    }
    if right(scenario) {
        return said.join(", ");
    }
    for i in changed.iter().copied() {
        let mut trial = scenario.clone();
        trial.values[i] = base.values[i].clone();
        if right(&trial) {
            *scenario = trial;
            said.push(print(i));
            return said.join(", ");
        }
    }
    scenario.values = base.values.clone();
    if !right(scenario) {
        *scenario = base.clone();
    }
    "all settings at their defaults".into()
}

fn prefixed(place: &Place, prefix: &str) -> Place {
    match place {
        Place::Key(key) => Place::Key(format!("{prefix}{key}")),
        place => place.clone(),
    }
}
