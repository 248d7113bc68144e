//! Goals to reach by editing a scenario.

use super::params::{Load, Params, Rule, Sync, Timestamps};
use super::presets;
use crate::acts::Act;
use crate::lab::{Challenge, Outcome, State};
use crate::link;
use crate::scenario::Scenario;

fn state(outcome: &Outcome, promise: &str) -> Option<State> {
    outcome.verdict(promise).map(|verdict| verdict.judged().state)
}

/// The cues of a link of the lab.
fn cues(text: &str) -> Vec<crate::scenario::Cue> {
    link::own(&super::LAB, text).cues
}

/// The goals.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "later-wins",
        view: "panels=stamps,verdicts&knobs=lww,wait&law=last",
        figures: &["lost", "lost_seen"],
        prompt: "n1’s clock is 300 ms fast, and what n2 and n3 write after it is lost. Lose nothing, without touching any clock or the script.",
        guess: Some(("Which clocks can do it?", &["those that count what was heard", "only right ones", "any, with a longer wait"])),
        start: "clocks?load=script&offset=0ms&for=600ms&do=0ms:clock:n1:300ms,100ms:ask:n1:write.1,200ms:ask:n2:write.2,300ms:ask:n3:write.3,450ms:ask:n2:write.4",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            scenario.cues == cues(presets::FAST)
                && params.sync == Sync::Off
                && outcome.tally("writes") == Some(4)
                && outcome.tally("lost") == Some(0)
                && outcome.tally("lost_seen") == Some(0)
        },
        hint: "Each later writer has received the write before it. Which stamps know that?",
        solution: "clocks?load=script&offset=0ms&lww=lamport&for=600ms&do=0ms:clock:n1:300ms,100ms:ask:n1:write.1,200ms:ask:n2:write.2,300ms:ask:n3:write.3,450ms:ask:n2:write.4",
        learn: "Lamport and hybrid stamps follow cause and effect whatever the clocks show: who has seen a write wins over it. Of writes that did not see each other one is still lost.",
    },
    Challenge {
        id: "outwait",
        view: "panels=stamps,verdicts&knobs=wait,eps&law=external",
        figures: &["inverted", "write_ms"],
        prompt: "Clocks are up to 40 ms off, and the later of two writes has the earlier timestamp. Keep the order of real time without touching the clocks, and let no write take more than 100 ms.",
        guess: None,
        start: "clocks?load=pair&gap=5ms&eps=1s&for=3s",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            params.load == Load::Pair
                && params.offset >= 40_000
                && params.eps >= params.offset
                && params.sync == Sync::Off
                && scenario.cues.is_empty()
                && outcome.tally("writes") == Some(2)
                && state(outcome, "external") == Some(State::Kept)
                && outcome.tally("write_ms").is_some_and(|us| us <= 100_000)
        },
        hint: "How long must a writer wait, if nobody’s clock is more than ε off? Then ask which ε is still true.",
        solution: "clocks?load=pair&gap=5ms&wait=on&for=3s",
        learn: "Commit wait takes twice ε: what better clocks buy is a shorter wait, not a right order. An ε below the truth buys neither.",
    },
    Challenge {
        id: "invent",
        view: "panels=stamps,verdicts&knobs=entries,n&law=vector",
        figures: &["vector_missed"],
        prompt: "Make vectors take a cause for a conflict although they are merged and compared by the right rules, and no disk is wiped.",
        guess: None,
        start: "clocks?load=script&offset=0ms&for=400ms&do=100ms:ask:n1:send.n2,200ms:ask:n2:send.n3",
        goal: |scenario, outcome| {
            let wiped = scenario.cues.iter().any(|cue| matches!(cue.act, Act::Wipe { .. }));
            Params::of(&scenario.values).rule == Rule::Right && !wiped && state(outcome, "vector") == Some(State::Broken)
        },
        hint: "What would a store with thousands of writers like to save?",
        solution: presets::PRUNED,
        learn: "A vector with fewer entries than processes forgets, and what it has forgotten looks concurrent.",
    },
    Challenge {
        id: "no-time-travel",
        view: "panels=stamps,verdicts&knobs=measure,sync,slew_rate,step_at&law=forward",
        figures: &["shortest_ms"],
        prompt: "n1’s clock is 200 ms fast and is corrected: a duration is negative. Keep correcting it, by at least 20 ms within the half second, and let no duration be negative, still measured by the physical clock.",
        guess: None,
        start: "clocks?load=script&offset=0ms&sync=step&sync_every=250ms&for=500ms&do=0ms:clock:n1:200ms,100ms:ask:n1:tick,200ms:ask:n1:tick,300ms:ask:n1:tick,400ms:ask:n1:tick",
        goal: |scenario, outcome| corrected_forward(scenario, outcome),
        hint: "ntpd slews at 500 ppm, and steps when 128 ms are missing. How much must a clock run slower to lose 20 ms in the 150 ms that are left?",
        solution: "clocks?load=script&offset=0ms&sync=slew&sync_every=250ms&slew_rate=400000&step_at=1s&for=500ms&do=0ms:clock:n1:200ms,100ms:ask:n1:tick,200ms:ask:n1:tick,300ms:ask:n1:tick,400ms:ask:n1:tick",
        learn: "A clock that is slewed never goes back; it is wrong for longer. Measure durations with a clock that nobody sets.",
    },
];

/// Whether n1's clock has been brought at least 20 ms nearer to the true time by its last event, with no negative duration on it.
fn corrected_forward(scenario: &Scenario, outcome: &Outcome) -> bool {
    let params = Params::of(&scenario.values);
    let off = outcome.series("n1’s clock").and_then(|series| series.points.last());
    scenario.cues == cues(presets::BACKWARDS)
        && params.sync != Sync::Off
        && params.measure == super::params::Measure::Wall
        && matches!(params.lww, Timestamps::Wall)
        && off.is_some_and(|(_, off_ms)| off_ms.abs() <= 180)
        && state(outcome, "forward") == Some(State::Kept)
}
