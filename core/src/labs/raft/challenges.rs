//! Goals to reach by editing a scenario, judged on its run.

use super::params::{Params, Read};
use super::presets;
use crate::acts::Act;
use crate::lab::{Challenge, State};
use crate::link;
use crate::scenario::Scenario;

fn cuts(scenario: &Scenario) -> usize {
    scenario.cues.iter().filter(|cue| matches!(cue.act, Act::Cut { .. } | Act::CutOneWay { .. })).count()
}

fn heals(scenario: &Scenario) -> bool {
    scenario.cues.iter().any(|cue| matches!(cue.act, Act::Heal { .. } | Act::Crash { .. } | Act::Wipe { .. }))
}

/// Links that are slow for the timeouts.
const SLOW: &str = "raft?delay=uniform-100ms-140ms&for=10s";

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "unstuck",
        view: "panels=stage,verdicts&knobs=prevote,check_quorum,sticky&law=progress",
        figures: &["write_ok"],
        prompt: "n2 can talk to everybody, and yet nobody is answered. Keep the promise without touching the script.",
        guess: Some(("Who keeps n2 from being elected?", &["the old leader, whom n2 still hears", "n5, which hears nobody"])),
        start: presets::STUCK,
        goal: |scenario, outcome| cuts(scenario) == 3 && !heals(scenario) && outcome.stands("progress", State::Kept),
        hint: "n4 leads, and n2 is the only one that hears it. Which of the two could know that something is wrong?",
        solution: presets::UNSTUCK,
        learn: "Pre-vote alone may stop a cluster for good: a leader that reaches no majority has to step down by itself.",
    },
    Challenge {
        id: "current",
        view: "panels=spacetime,verdicts&knobs=read,bound,sticky&law=linearizable",
        figures: &["read_ok"],
        prompt: "n1 was deposed and answers c1 from the past. Keep the promise, with reads that take no entry in the log.",
        guess: None,
        start: presets::STALE,
        goal: |scenario, outcome| {
            let through_the_log = Params::of(&scenario.values).read == Read::Log;
            cuts(scenario) > 0 && !through_the_log && outcome.stands("linearizable", State::Kept) && outcome.tally("writes").is_some_and(|writes| writes >= 2)
                && outcome.tally("reads").is_some_and(|reads| reads >= 1)
        },
        hint: "Before it answers, a leader may ask the others whether it still leads.",
        solution: presets::CURRENT,
        learn: "A leader that is cut off cannot confirm that it leads, so it does not answer: the client is told nothing, rather than something old.",
    },
    Challenge {
        id: "slow",
        view: "panels=charts,verdicts&knobs=timeout,heartbeat,prevote&law=progress",
        figures: &["leaders", "write_ok"],
        prompt: "Messages take 100 to 140 ms here, and leaders come and go. Have one leader for the whole run.",
        guess: None,
        start: SLOW,
        goal: |scenario, outcome| {
            let slow = Params::of(&scenario.values).delay == Params::of(&link::own(&super::LAB, SLOW).values).delay;
            slow && scenario.horizon_us >= 10_000_000 && outcome.tally("leaders") == Some(1) && outcome.tally("write_ok").is_some_and(|ok| ok >= 10)
        },
        hint: "A follower has to hear a heartbeat before it loses patience, and a candidate needs a round trip to be elected.",
        solution: "raft?timeout=uniform-1s-2s&delay=uniform-100ms-140ms&for=10s",
        learn: "Broadcast time ≪ election timeout: the timeout has to be some ten times a round trip, which is what it costs when a leader does crash.",
    },
];
