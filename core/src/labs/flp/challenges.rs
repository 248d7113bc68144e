//! Goals to reach by editing a scenario.

use super::params::{Decide, Params, Scheduler};
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

/// Nothing is done to processes or messages.
fn untouched(scenario: &Scenario) -> bool {
    scenario.cues.iter().all(|cue| cue.act.is_narration())
}

/// Nobody decides in fifty phases, though nobody crashes and nothing is lost.
fn undecided(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let three = p.n == 3 && p.limit >= 50;
    three
        && untouched(scenario)
        && outcome.stands("decides", State::Broken)
        && outcome.tally("first_phase").is_none()
}

/// It ends in time under the same scheduler, from the same inputs.
fn ended(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same =
        p.scheduler == Scheduler::Split && (p.n, p.t, p.ones) == (3, 1, 1) && p.decide == Decide::Enough;
    same && p.limit <= 50 && untouched(scenario) && outcome.stands("decides", State::Kept)
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "forever",
        view: "panels=rounds,verdicts&knobs=coin,scheduler,ones&law=decides&at=2s",
        figures: &["first_phase", "phases"],
        prompt: "Keep three processes from deciding for fifty phases. Nobody may crash, and every message must arrive.",
        guess: Some(("Will the scheduler alone be enough?", &["no, the coins must go, too", "yes"])),
        start: "flp",
        goal: undecided,
        hint: "As long as there are two values, a scheduler can show everybody both. What could make the values alike by itself?",
        solution: "flp?coin=keep&scheduler=split",
        learn: "A scheduler that sees everything can keep a deterministic protocol undecided, by delays alone: no crash, no loss.",
    },
    Challenge {
        id: "end",
        view: "panels=rounds,verdicts&knobs=coin,t,decide&law=decides&at=2s",
        figures: &["first_phase", "phases"],
        prompt: "This run never decides. Make it decide in time, with the same scheduler, inputs and three processes that bear a crash.",
        guess: Some(("What will do it?", &["a coin", "deciding on a single proposal", "bearing no crash"])),
        start: "flp?coin=keep&scheduler=split",
        goal: ended,
        hint: "The scheduler sees all that is said. What can it not know before?",
        solution: "flp?scheduler=split",
        learn: "What the scheduler cannot foresee it cannot prevent for ever: a coin each ends it in five phases on average, one in common in two.",
    },
    Challenge {
        id: "differ",
        view: "panels=rounds,verdicts&knobs=decide,coin,scheduler&law=same&at=2s",
        figures: &["first_phase", "phases"],
        prompt: "Make two processes decide differently.",
        guess: Some(("Can a scheduler do it, without touching what decides?", &["no", "yes"])),
        start: "flp?scheduler=sample&seed=87",
        goal: |_, outcome| outcome.stands("same", State::Broken),
        hint: "t + 1 proposals are so many that everybody hears at least one of them. And fewer? Try some seeds.",
        solution: "flp?decide=one&scheduler=sample&seed=87",
        learn: "Safety rests on how many proposals decide, never on delays: no scheduler can break agreement, and one proposal too few does.",
    },
];
