//! What the book and common belief say about retries, each with the run that proves or refutes it.

use super::fidelity::outcome;
use crate::lab::{Claim, Detail, Holds, Proof, State};

const DEPLOY: &str =
    "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&for=4s";

/// A tally of a run; none is a fault of the claim.
fn tally(link: &str, name: &str) -> i64 {
    outcome(link, 1, Detail::Totals).tally(name).unwrap_or(-1)
}

fn said(kept: bool, words: String) -> Result<String, String> {
    if kept { Ok(words) } else { Err(words) }
}

fn jitter_thins() -> Result<String, String> {
    let herd = |more: &str| tally(&format!("{DEPLOY}{more}"), "herd_1");
    let (none, some, full) = (herd("&jitter=0"), herd("&jitter=20"), herd("&backoff=full"));
    let words = format!("first retries within 10 ms: {none} without jitter, {some} with ± 20 %, {full} with full jitter");
    said(none == 1_000 && (250..=300).contains(&some) && (110..=140).contains(&full), words)
}

fn backoff_moves() -> Result<String, String> {
    let steady = "retry?load=steady&clients=100&rate=100&capacity=4000&error=0.5&for=30s";
    let open = |more: &str| tally(&format!("{steady}{more}"), "attempts");
    let (open_none, open_slow) = (open("&backoff=none"), open("&backoff=fixed&initial=500ms"));
    let closed = |more: &str| open(&format!("&arrivals=closed&think=exp-10ms{more}"));
    let (closed_none, closed_slow) = (closed("&backoff=none"), closed("&backoff=fixed&initial=500ms"));
    let words = format!(
        "attempts in 30 s without backoff and with 500 ms: open arrivals {open_none} and {open_slow}, closed clients {closed_none} and {closed_slow}"
    );
    said(open_slow * 100 > open_none * 95 && closed_slow * 5 < closed_none, words)
}

fn ladder_takes_longer() -> Result<String, String> {
    let link = "retry?clients=1&rate=1&calls_each=1&trouble_at=0ms&trouble_for=1m&attempts=5&jitter=0&for=1m";
    let run = outcome(link, 1, Detail::Full);
    let operation = run.operations.first().ok_or("no call was made")?;
    let returned = operation.returned.ok_or("the call is still open")?;
    let took_us = returned.at_us - operation.invoked.at_us;
    let words = format!("delays of 1.5 s and five timeouts of 1 s: the caller waits {took_us} µs");
    said(took_us == 6_500_000, words)
}

fn courtesy_gathers() -> Result<String, String> {
    let herd = |more: &str| tally(&format!("{DEPLOY}{more}"), "herd_1");
    let (off, on, jittered) = (herd(""), herd("&retry_after=on"), herd("&retry_after=jittered"));
    let words = format!("first retries within 10 ms: {off} without Retry-After, {on} with it, {jittered} with jitter on top");
    said(on == 1_000 && off < on && jittered < on / 10, words)
}

fn layers_multiply() -> Result<String, String> {
    let link = "retry?load=chain&clients=1&calls_each=1&capacity=1000&error=1&timeout=1m&attempts=3&backoff=none&for=3s";
    let requests = tally(link, "requests");
    said(requests == 243, format!("one call, five callers with three attempts each: {requests} requests at the end"))
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "outage",
        sentence: "A 200 ms blip can become an outage of hours.",
        holds: Holds::If("retries can offer more than the capacity, the queue outlasts the timeout, and nobody cancels"),
        link: "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&for=1m",
        promise: "recovers",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "jitter-cures",
        sentence: "With full jitter a service recovers from a blip.",
        holds: Holds::No("jitter spreads retries; it does not make them fewer"),
        link: "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&backoff=full&for=1m",
        promise: "recovers",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "budget",
        sentence: "A retry budget brings a stuck service back.",
        holds: Holds::If("b(1 + ratio) is below the capacity"),
        link: "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&budget=call&for=1m",
        promise: "recovers",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "jitter",
        sentence: "10 to 20 % jitter prevents the thundering herd.",
        holds: Holds::No("it thins it to little more than a quarter; full jitter to an eighth"),
        link: "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&for=4s",
        promise: "overload",
        proof: Proof::Shown(jitter_thins),
    },
    Claim {
        id: "backoff",
        sentence: "Backoff reduces the load on a struggling server.",
        holds: Holds::If("clients wait for their calls to end; calls that come at a rate are only moved"),
        link: "retry?load=steady&clients=100&rate=100&capacity=4000&error=0.5&backoff=none&for=30s&b.backoff=fixed",
        promise: "overload",
        proof: Proof::Shown(backoff_moves),
    },
    Claim {
        id: "ladder",
        sentence: "Delays of 0, 100, 200, 400 and 800 ms: the caller knows after 1.5 s.",
        holds: Holds::No("each attempt takes up to its timeout besides"),
        link: "retry?clients=1&rate=1&calls_each=1&trouble_at=0ms&trouble_for=1m&attempts=5&jitter=0&for=1m",
        promise: "recovers",
        proof: Proof::Shown(ladder_takes_longer),
    },
    Claim {
        id: "retry-after",
        sentence: "Retry-After spares the server.",
        holds: Holds::If("clients add jitter of their own; obeyed to the letter it gathers them all at one instant"),
        link: "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&retry_after=on&for=4s",
        promise: "overload",
        proof: Proof::Shown(courtesy_gathers),
    },
    Claim {
        id: "layers",
        sentence: "Three attempts at each of five layers are fifteen requests.",
        holds: Holds::No("attempts multiply: 3 to the fifth, 243"),
        link: "retry?load=chain&clients=1&calls_each=1&capacity=1000&error=1&timeout=1m&attempts=3&backoff=none&for=3s",
        promise: "overload",
        proof: Proof::Shown(layers_multiply),
    },
    Claim {
        id: "timeout-means-no",
        sentence: "A request that timed out was not executed, so it can be sent again.",
        holds: Holds::No("the answer was late, or lost; only an idempotency key makes the retry safe"),
        link: "retry?clients=3&rate=6&capacity=10&trouble=slowness&trouble_for=1s&slowdown=20&timeout=300ms&for=8s",
        promise: "once",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "keys",
        sentence: "With idempotency keys nothing is done twice, however often it is retried.",
        holds: Holds::If("the server keeps the keys for as long as anybody may retry"),
        link: "retry?clients=3&rate=6&capacity=10&trouble=slowness&trouble_for=1s&slowdown=20&timeout=300ms&keys=on&for=8s",
        promise: "once",
        proof: Proof::Run(State::Kept),
    },
];
