//! Goals to reach by editing a scenario, judged on its run.

use super::params::{Acks, Channel, Commit, Params};
use super::presets;
use crate::acts::Act;
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

fn at_least(outcome: &Outcome, tally: &str, least: i64) -> bool {
    outcome.tally(tally).is_some_and(|n| n >= least)
}

fn kept(outcome: &Outcome, promises: &[&str]) -> bool {
    promises.iter().all(|promise| outcome.stands(promise, State::Kept))
}

fn does(scenario: &Scenario, what: impl Fn(&Act) -> bool) -> bool {
    scenario.cues.iter().any(|cue| what(&cue.act))
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "once",
        view: "panels=orders,verdicts&knobs=commit,effect,visibility&law=once",
        figures: &["effects_twice", "lost"],
        prompt: "k1 goes down right after it has written what it did. Lose no message, and apply none twice; k1 still goes down so, and both messages are processed.",
        guess: Some((
            "Which side can prevent the second effect?",
            &["whoever takes the effect", "the queue", "the producer"],
        )),
        start: presets::TWICE,
        goal: |scenario, outcome| {
            does(scenario, |act| matches!(act, Act::Fail { .. }))
                && kept(outcome, &["kept", "once"])
                && at_least(outcome, "processed", 2)
                && at_least(outcome, "processed_twice", 1)
        },
        hint: "Before the work a crash loses the message, after it a crash repeats it. Who could know that x1 has been there?",
        solution: presets::KEYED,
        learn: "No order of two steps at two places survives a crash between them; what survives is an effect that knows its message's name.",
    },
    Challenge {
        id: "eight",
        view: "panels=orders,verdicts&knobs=fifo,consumers,keys&law=order",
        figures: &["out_of_order", "lag_ms"],
        prompt: "A queue, eight consumers, messages of two keys: process each key in order, and none later than 10 s.",
        guess: None,
        start: "messaging?rate=8&consumers=8",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            params.channel == Channel::Queue
                && params.consumers >= 8
                && params.keys >= 2
                && kept(outcome, &["order", "lag", "kept"])
                && at_least(outcome, "processed", 40)
        },
        hint: "Nobody may receive x2 while somebody works at x1.",
        solution: "messaging?rate=8&consumers=8&fifo=on",
        learn: "Order means one at a time: of eight consumers as many work as there are keys with something to do.",
    },
    Challenge {
        id: "aside",
        view: "panels=orders,verdicts&knobs=channel,receives,visibility,late&law=moving",
        figures: &["dead", "lag_ms"],
        prompt: "x1 cannot be processed. The others must be within a second, and x1 must not be lost: it is to be found somewhere.",
        guess: None,
        start: presets::POISON_LOG,
        goal: |scenario, outcome| {
            let quick = outcome.tally("lag_ms").is_some_and(|us| us <= 1_000_000);
            does(scenario, |act| matches!(act, Act::Ask { request, .. } if request.0.starts_with("bad.")))
                && kept(outcome, &["kept", "moving"])
                && quick
                && at_least(outcome, "dead", 1)
                && at_least(outcome, "processed", 2)
        },
        hint: "A log has no place for it. A queue counts receives.",
        solution: "messaging?rate=0&consumers=1&work=200ms&visibility=1s&receives=3&late=5s&do=1s:ask:c1:bad.x,1.1s:ask:c1:send.x,1.2s:ask:c1:send.y",
        learn: "Somebody must decide that a message is bad. A queue does after so many receives; in a log the consumer has to, and to write it elsewhere itself.",
    },
    Challenge {
        id: "all",
        view: "",
        figures: &["lost"],
        prompt: "Lose a message that was accepted with acks=all, without wiping a disk and without a consumer's fault: offsets are committed after the work.",
        guess: Some((
            "What does all mean in acks=all?",
            &["all that are in sync just now", "all three", "more than half"],
        )),
        start: presets::CLEAN,
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            params.channel == Channel::Log
                && params.acks == Acks::All
                && params.commit == Commit::After
                && !does(scenario, |act| matches!(act, Act::Wipe { .. }))
                && outcome.stands("kept", State::Broken)
        },
        hint: "n1 is the only one in sync when it accepts x2. Who may lead after it?",
        solution: presets::UNCLEAN,
        learn: "With one replica in sync all is one. min.insync.replicas=2 refuses then; unclean.leader.election.enable=false waits for who has it.",
    },
];
