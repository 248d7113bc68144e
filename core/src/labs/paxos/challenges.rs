//! Goals to reach by editing a scenario, judged on its run.

use super::params::{Forget, Params, Pick, Protocol, Switch};
use super::presets;
use crate::acts::Act;
use crate::lab::{Challenge, Detail, End, Lab, Outcome, State};
use crate::link;
use crate::scenario::Scenario;

/// In so many runs something is to be chosen, within this.
const RUNS: u32 = 20;
const SOON_US: i64 = 100_000;

/// Something is chosen soon in every one of some runs of these settings, by proposers that nobody leads.
fn soon(scenario: &Scenario, outcome: &Outcome) -> bool {
    let params = Params::of(&scenario.values);
    let start = Params::of(&link::own(&super::LAB, presets::DUEL).values);
    let fair = params.protocol == Protocol::Single && params.proposers >= 2 && params.leader == Switch::Off;
    let same = params.n == 3
        && params.delay == start.delay
        && params.is_whole()
        && params.fsync_time == 0
        && params.loss == 0;
    let alone = scenario.cues.iter().all(|cue| cue.act.is_narration());
    let chosen = |outcome: &Outcome| outcome.tally("decided_ms").is_some_and(|at_us| at_us <= SOON_US);
    let again = |seed: u32| super::LAB.run(&Scenario { seed, ..scenario.clone() }, Detail::Totals);
    fair && same && alone && chosen(outcome) && (0..RUNS).all(|seed| chosen(&again(seed)))
}

/// Two values are chosen though no acceptor does anything wrong.
fn two_values(scenario: &Scenario, outcome: &Outcome) -> bool {
    let params = Params::of(&scenario.values);
    let honest =
        params.pick == Pick::Highest && params.accept_lower == Switch::Off && params.forget == Forget::None;
    honest && outcome.stands("one_value", State::Broken)
}

/// Three of six are down, and the others still choose; nothing unsafe may happen.
fn three_of_six(scenario: &Scenario, outcome: &Outcome) -> bool {
    let params = Params::of(&scenario.values);
    let crashes = |act: &Act| act.takes_down() && format!("{act}").contains("n4.n5.n6");
    let down_us = scenario.cues.iter().filter(|cue| crashes(&cue.act)).map(|cue| cue.at_us).min();
    let starts = scenario.cues.iter().any(|cue| matches!(cue.act, Act::Start { .. }));
    let Some(down_us) = down_us.filter(|_| !starts) else { return false };
    let served = |op: &crate::lab::Operation| op.end == End::Ok && op.invoked.at_us > down_us;
    let many = outcome.operations.iter().filter(|op| served(op)).count();
    params.protocol == Protocol::Multi && params.n == 6 && params.is_whole() && many >= 3
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "soon",
        view: "panels=rounds,verdicts&knobs=backoff,wait,proposers&law=progress",
        figures: &["decided_ms"],
        prompt: "Two proposers overtake each other for ever. Without a leader, have something chosen within 100 ms, and in 20 other runs, too.",
        guess: Some((
            "Which wait is best?",
            &[
                "a random one, some times longer than a message takes",
                "as short a one as possible",
                "the same for both",
            ],
        )),
        start: presets::DUEL,
        goal: soon,
        hint: "An attempt takes three messages' time until it is chosen. The other must be quiet for long enough, and not both for the same time.",
        solution: "paxos?wait=60ms&delay=10ms&for=1.2s",
        learn: "With a random wait up to B an attempt is overtaken with probability l/B: a longer wait ends the duel in fewer attempts, and costs time where it was not needed.",
    },
    Challenge {
        id: "two",
        view: "panels=rounds,verdicts&knobs=q1,q2&law=one_value",
        figures: &["chosen"],
        prompt: "Two proposers are cut off from each other, each with one more server. Have two values chosen while every acceptor keeps to the rules.",
        guess: None,
        start: "paxos?n=4&do=0ms:cut:n1.n3-n2.n4",
        goal: two_values,
        hint: "What makes whoever prepares meet a vote for what was chosen?",
        solution: presets::MISSES,
        learn: "All safety rests on quorums that meet: promises and votes together must be more than all servers.",
    },
    Challenge {
        id: "six",
        view: "panels=logs,verdicts&knobs=q1,q2",
        figures: &["write_ok"],
        prompt: "Three of six servers crash, and nobody is answered any more. Have the other three go on, and nothing unsafe happen.",
        guess: Some((
            "What does it cost?",
            &["a new leader needs four promises", "writes are slower", "two values may be chosen"],
        )),
        start: presets::SIX,
        goal: three_of_six,
        hint: "Only who prepares needs to meet all that was chosen. How often does that happen?",
        solution: presets::SIX_FLEXIBLE,
        learn: "With four promises and three votes three servers are enough for as long as the leader lives; if it crashes now, nobody can be elected.",
    },
];
