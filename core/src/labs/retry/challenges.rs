//! Goals to reach by editing a scenario.

use super::params::{Load, Params, Trouble};
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

fn keeps(outcome: &Outcome, promise: &str) -> bool {
    outcome.verdict(promise).is_some_and(|verdict| verdict.last().state == State::Kept)
}

fn ends_the_outage(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Blip && p.trouble == Trouble::Silence && p.trouble_for >= 200_000;
    let load = p.rate >= 200_000_000 && p.capacity <= 300_000_000 && p.timeout <= 120_000 && p.attempts >= 4;
    same && load && keeps(outcome, "recovers") && scenario.horizon_us >= 10_000_000
}

fn calms_the_herd(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Deploy && p.clients >= 1_000 && p.initial <= 100_000 && p.attempts >= 4;
    let small = |herd| outcome.tally(herd).is_some_and(|n| (1..=140).contains(&n));
    same && small("herd_1") && small("herd_2")
}

fn tames_the_chain(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Chain && p.layers >= 5 && p.attempts >= 3 && p.error >= 1_000_000;
    same && outcome.tally("requests").is_some_and(|n| (2..=3).contains(&n))
}

fn does_it_once(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.trouble == Trouble::Slowness && p.slowdown >= 20 && p.timeout <= 300_000;
    let tried = outcome.tally("retries").is_some_and(|n| n >= 3) && outcome.tally("wasted").is_some_and(|n| n > 0);
    same && tried && keeps(outcome, "once")
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "end-the-outage",
        prompt: "The blip is over, the outage is not. Bring the service back within five seconds, without a longer timeout, fewer attempts, less load or more capacity.",
        guess: Some((
            "Which of these alone does it?",
            &["A retry budget of 10 %", "Full jitter", "A cap of one minute on the delays", "Waiting"],
        )),
        start: "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms",
        goal: ends_the_outage,
        hint: "The live sentence compares b(1 + r) with the capacity. What makes r smaller, or lets the server skip what nobody waits for?",
        solution: "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&budget=call",
        learn: "A collapse feeds on retries. Bound their share, cancel them, drop what has expired, or serve the newest first; spreading them is not enough.",
    },
    Challenge {
        id: "calm-the-herd",
        prompt: "A deploy makes 1,000 clients fail at once. See to it that no more than 140 first or second retries arrive within 10 ms, with the same initial delay and attempts.",
        guess: None,
        start: "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&for=4s",
        goal: calms_the_herd,
        hint: "Over which span do the first retries lie? ± 20 % of 100 ms are 40 ms.",
        solution: "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&backoff=full&for=4s",
        learn: "The herd is as dense as the span that it is spread over is short: full jitter uses all of it.",
    },
    Challenge {
        id: "tame-the-chain",
        prompt: "Five callers in a row, three attempts: make it no more than three requests at the failing end, without giving up retries.",
        guess: Some(("How many requests reach the end now, for one call?", &["243", "15", "125", "18"])),
        start: "retry?load=chain&clients=1&calls_each=1&capacity=1000&error=1&timeout=1m&attempts=3&backoff=none&for=3s",
        goal: tames_the_chain,
        hint: "Who should retry?",
        solution: "retry?load=chain&clients=1&calls_each=1&capacity=1000&error=1&timeout=1m&attempts=3&backoff=none&retry_at=bottom&for=3s",
        learn: "Retry at one level of a chain, and let the others pass the error on.",
    },
    Challenge {
        id: "once",
        prompt: "The server is slow for a second, calls time out and are retried. Let nothing be done twice, with the same timeout and at least three retries.",
        guess: None,
        start: "retry?clients=3&rate=6&capacity=10&trouble=slowness&trouble_for=1s&slowdown=20&timeout=300ms&for=8s",
        goal: does_it_once,
        hint: "A late answer and a lost one look alike to the caller. Who can tell that the work has been done?",
        solution: "retry?clients=3&rate=6&capacity=10&trouble=slowness&trouble_for=1s&slowdown=20&timeout=300ms&keys=on&for=8s",
        learn: "Only the server can tell a retry from a new call, and only if the call carries a key.",
    },
];
