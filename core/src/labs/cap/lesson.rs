//! Scenarios worth opening, and goals to reach.

use super::{Choose, Params};
use crate::acts::Act;
use crate::lab::{Challenge, Outcome, Preset, State};
use crate::scenario::Scenario;

/// The cut that most of the lesson is about: one replica and its client against two.
pub const BOTH: &str = "cap?for=4s&do=1s:cut:n1.c1-n2.n3.c2.c3,3s:heal&b.choose=ap";

/// The presets: most of them two runs side by side.
pub static PRESETS: &[Preset] = &[
    Preset {
        id: "both",
        title: "One cut, two choices",
        sentence: "Left, the smaller side refuses; right, both sides go on and disagree.",
        link: BOTH,
    },
    Preset {
        id: "calm",
        title: "No cut: latency or consistency",
        sentence: "With nothing cut both are available; the left waits for a majority, the right for nobody (PACELC).",
        link: "cap?b.choose=ap",
    },
    Preset {
        id: "five",
        title: "Five replicas, two cut off",
        sentence: "The three that are left are a majority and lose nothing; the two refuse.",
        link: "cap?n=5&clients=5&do=1s:cut:n1.n2.c1.c2-n3.n4.n5.c3.c4.c5,2s:heal&b.choose=ap",
    },
    Preset {
        id: "half",
        title: "Four replicas, cut in half",
        sentence: "Neither half is a majority: both refuse. Four replicas bear no more than three do.",
        link: "cap?n=4&clients=4&do=1s:cut:n1.n2.c1.c2-n3.n4.c3.c4,2s:heal&b.choose=ap",
    },
    Preset {
        id: "link",
        title: "One link is not a partition",
        sentence: "n1 and n2 cannot talk, but n3 can with both: everybody still finds a majority.",
        link: "cap?do=1s:cut:n1-n2,2s:heal&b.choose=ap",
    },
    Preset {
        id: "crash",
        title: "A crash is not a cut",
        sentence: "n1 is down: requests to it do not count, and the majority serves everybody else.",
        link: "cap?do=1s:crash:n1,2s:start:n1&b.choose=ap",
    },
];

fn is(outcome: &Outcome, promise: &str, state: State) -> bool {
    outcome.verdict(promise).is_some_and(|verdict| verdict.last().state == state)
}

fn cuts(scenario: &Scenario) -> bool {
    scenario.cues.iter().any(|cue| matches!(cue.act, Act::Cut { .. }))
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "serve-all",
        prompt: "Choose consistency, keep a cut in the script, and serve every request all the same.",
        guess: Some(("Does that contradict the theorem?", &["no: not every cut is a partition", "yes"])),
        start: "cap?for=4s&do=1s:cut:n1.c1-n2.n3.c2.c3,3s:heal",
        goal: |scenario, outcome| {
            let consistent = Params::of(&scenario.values).choose == Choose::Cp && is(outcome, "linearizable", State::Kept);
            consistent && cuts(scenario) && is(outcome, "available", State::Kept)
        },
        hint: "Which replicas must each of them reach? How many links can go before one of them cannot?",
        solution: "cap?do=1s:cut:n1-n2,2s:heal",
        learn: "A replica that still reaches a majority serves: what counts is not that links fail, but that somebody is parted from the majority.",
    },
    Challenge {
        id: "odd",
        prompt: "Four replicas are cut in half and everybody is refused. Add a replica to one side so that half of the clients are served.",
        guess: None,
        start: "cap?n=4&clients=4&for=2s&do=1s:cut:n1.n2.c1.c2-n3.n4.c3.c4",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let served = outcome.operations.iter().any(|op| {
                op.invoked.at_us > 1_000_000 && op.end == crate::lab::End::Ok
            });
            params.choose == Choose::Cp && params.n == 5 && cuts(scenario) && served && is(outcome, "available", State::Broken)
        },
        hint: "Set the number of replicas to five, and give n5 a side in the script.",
        solution: "cap?n=5&clients=4&for=2s&do=1s:cut:n1.n2.c1.c2-n3.n4.n5.c3.c4",
        learn: "An even number of replicas bears no more failures than the odd number below it.",
    },
    Challenge {
        id: "quiet",
        prompt: "Choose availability, keep the cut as it is, and yet let no read be stale.",
        guess: Some(("Which clients cause the staleness?", &["those that write on one side while others read on the other", "those that read"])),
        start: "cap?choose=ap&for=4s&do=1s:cut:n1.c1-n2.n3.c2.c3,3s:heal",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let work = outcome.tally("read_ok").is_some_and(|reads| reads > 0) && outcome.tally("write_ok").is_some_and(|writes| writes > 0);
            params.choose == Choose::Ap && cuts(scenario) && work && is(outcome, "latest", State::Kept)
        },
        hint: "Nothing is stale where only one client reads and writes.",
        solution: "cap?choose=ap&clients=1&do=1s:cut:n1.c1-n2.n3,2s:heal",
        learn: "Where nobody shares data across the cut, there is nothing to choose: the theorem is about those who do.",
    },
];
