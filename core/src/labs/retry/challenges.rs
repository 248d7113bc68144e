//! Goals to reach by editing a scenario.

use super::params::{Arrivals, Load, Params, Patience, Trouble};
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

/// A tally; 0 where it measured nothing.
fn count(outcome: &Outcome, tally: &str) -> u64 {
    outcome.tally(tally).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
}

/// Whether the trouble comes, lasts at least so long, and is over so long before the run's end.
fn strikes(scenario: &Scenario, p: &Params, least_us: u64, rest_us: u64) -> bool {
    let over = |(from_us, to_us): (u64, u64)| to_us - from_us >= least_us && to_us.saturating_add(rest_us) <= scenario.horizon_us;
    p.trouble_span().is_some_and(over)
}

/// The silence must have been felt, and the calls must have come: 200 a second, but for chance.
fn ends_the_outage(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Blip && p.trouble == Trouble::Silence && strikes(scenario, &p, 200_000, 6_000_000);
    let load = p.rate >= 200_000_000 && p.arrivals != Arrivals::Closed && count(outcome, "calls") >= scenario.horizon_us / 1_000_000 * 180;
    let server = p.capacity <= 300_000_000 && p.attempts >= 4;
    let patience = p.timeout <= 120_000 && p.patience == Patience::Fixed && p.bad == 0;
    let felt = count(outcome, "timed_out") >= 20 && count(outcome, "retries") > 0;
    let recovered = outcome.tally("recovery_ms").is_some_and(|us| us <= 5_000_000);
    same && load && server && patience && felt && recovered && outcome.stands("recovers", State::Kept)
}

/// All clients must have been refused, again and again, and have retried twice.
fn calms_the_herd(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Deploy && p.trouble == Trouble::Refusal && strikes(scenario, &p, 1_000_000, 0);
    let clients = p.clients >= 1_000 && p.initial <= 100_000 && p.attempts >= 4 && p.latency.mean_us().is_some_and(|us| us <= 1_000.0);
    let tried = count(outcome, "retries") >= 2 * u64::from(p.clients);
    let small = |herd| outcome.tally(herd).is_some_and(|n| (1..=140).contains(&n));
    same && clients && tried && small("herd_1") && small("herd_2")
}

/// Each call must have come to its end, by more attempts than one.
fn tames_the_chain(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Chain && p.layers >= 5 && p.attempts >= 3 && p.error >= 1_000_000;
    let calls = count(outcome, "calls");
    let ended = calls >= 1 && count(outcome, "failed") == calls;
    same && ended && (2 * calls..=3 * calls).contains(&count(outcome, "requests"))
}

/// The slowness must have been felt: attempts timed out, were made again, and late answers came.
fn does_it_once(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Blip && p.trouble == Trouble::Slowness && strikes(scenario, &p, 1_000_000, 0);
    let same = same && p.slowdown >= 20 && p.timeout <= 300_000;
    let tried = count(outcome, "retries") >= 3 && count(outcome, "timed_out") >= 3 && count(outcome, "wasted") > 0;
    same && tried && count(outcome, "ok") > 0 && outcome.stands("once", State::Kept)
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "end-the-outage",
        view: "panels=traffic,verdicts&knobs=backoff,budget&law=recovers",
        figures: &["recovery_ms"],
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
        view: "panels=traffic&knobs=backoff,jitter",
        figures: &["herd_1", "herd_2"],
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
        view: "panels=waterfall&knobs=attempts,retry_at",
        figures: &["requests"],
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
        view: "panels=traffic,verdicts&knobs=attempts,keys&law=once",
        figures: &["duplicates"],
        prompt: "The server is slow for a second, calls time out and are retried. Let nothing be done twice, with the same timeout and at least three retries.",
        guess: None,
        start: "retry?clients=3&rate=6&capacity=10&trouble=slowness&trouble_for=1s&slowdown=20&timeout=300ms&for=8s",
        goal: does_it_once,
        hint: "A late answer and a lost one look alike to the caller. Who can tell that the work has been done?",
        solution: "retry?clients=3&rate=6&capacity=10&trouble=slowness&trouble_for=1s&slowdown=20&timeout=300ms&keys=on&for=8s",
        learn: "Only the server can tell a retry from a new call, and only if the call carries a key.",
    },
];
