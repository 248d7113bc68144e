//! What the book and common belief say about load shedding, each with the run that proves or refutes it.

use super::fidelity::outcome;
use crate::lab::{Claim, Detail, Holds, Proof, State};

/// A tally of a run, as it is printed; none is a fault of the claim.
fn tally(link: &str, name: &str) -> f64 {
    let run = outcome(link, 1, Detail::Totals);
    let tally = run.tallies.iter().find(|tally| tally.name == name);
    tally.and_then(|tally| Some(tally.value? as f64 / tally.unit.divisor())).unwrap_or(-1.0)
}

fn said(kept: bool, words: String) -> Result<String, String> {
    if kept { Ok(words) } else { Err(words) }
}

/// Goodput in a minute, from two seconds on.
fn goodput(more: &str) -> f64 {
    tally(&format!("shed?{more}from=2s&for=1m"), "goodput_per_s")
}

fn refusing() -> Result<String, String> {
    let (all, some) = (goodput(""), goodput("queue_limit=9&"));
    said(
        all < 1.0 && some > 96.0,
        format!("in time a second: {all:.1} where all may wait, {some:.1} with nine places"),
    )
}

fn as_many_as_fit() -> Result<String, String> {
    let (twenty, ten) = (goodput("queue_limit=19&"), goodput("queue_limit=9&"));
    said(
        twenty < 75.0 && ten > 96.0,
        format!("in time a second: {twenty:.1} with K = D·μ = 20, {ten:.1} with half as many"),
    )
}

fn newest_first() -> Result<String, String> {
    let (refuse, drop) =
        (goodput("queue=lifo&queue_limit=200&"), goodput("queue=lifo&queue_limit=200&full=drop-oldest&"));
    let words = format!(
        "in time a second: {drop:.1} where the oldest is dropped, {refuse:.1} where the newest is refused"
    );
    said(drop > 96.0 && refuse < drop - 4.0, words)
}

fn expired() -> Result<String, String> {
    let (random, constant) = (goodput("expired=drop&"), goodput("service=constant&expired=drop&"));
    said(
        random < 72.0 && constant < 48.0,
        format!("in time a second: {random:.1}, with constant work {constant:.1}"),
    )
}

fn short_and_oldest() -> Result<String, String> {
    let link = "shed?queue_limit=16&full=drop-oldest&from=2s&for=1m";
    let (oldest, lifo) = (tally(link, "goodput_per_s"), goodput("queue=lifo&full=drop-oldest&"));
    let wait = tally(link, "wait_p99_ms");
    let words =
        format!("in time a second: {oldest:.1}, as LIFO {lifo:.1}; 99 of 100 wait {wait:.0} ms at the most");
    said(oldest > lifo - 1.0 && wait < 200.0, words)
}

fn untuned() -> Result<String, String> {
    let (codel, shorter) = (goodput("codel=folly&"), goodput("rate=300&codel=folly&"));
    said(
        codel > 85.0 && shorter > 80.0,
        format!(
            "in time a second at its defaults: {codel:.1} at 1.5 times the capacity, {shorter:.1} at 3 times"
        ),
    )
}

fn critical_first() -> Result<String, String> {
    let share = |more: &str| {
        tally(&format!("shed?queue=class&queue_limit=10&{more}from=2s&for=1m"), "critical_ok_share")
    };
    let (full, kept) = (share(""), share("reserve=5&"));
    let words = format!(
        "of critical calls {:.0} % are done in time; with places kept for them {:.1} %",
        full * 100.0,
        kept * 100.0
    );
    said(full < 0.75 && kept > 0.98, words)
}

fn queue_absorbs() -> Result<String, String> {
    let burst =
        "shed?load=burst&rate=60&burst=5&via=queue&service=constant&latency=0ms&queue_limit=10000&for=90s";
    let forever = "shed?load=step&rate=60&burst=2&via=queue&latency=0ms&queue_limit=10000&for=90s";
    let (drained, growing) = (tally(burst, "drained_ms"), tally(forever, "backlog_peak"));
    let words = format!(
        "the burst has been done {:.0} s after it; at 1.2 times the capacity {growing} wait and more come",
        drained / 1e3
    );
    said((40_000.0..60_000.0).contains(&drained) && growing > 1_200.0, words)
}

fn hides() -> Result<String, String> {
    let link = "shed?load=step&rate=60&burst=2&via=queue&latency=0ms&queue_limit=10000&for=90s";
    let (good, done, oldest) =
        (tally(link, "goodput_per_s"), tally(link, "throughput_per_s"), tally(link, "oldest_ms"));
    let words = format!(
        "{good:.0} calls a second are answered well, the work of {done:.0} is done, and the oldest waited {:.0} s",
        oldest / 1e3
    );
    said(good > done + 10.0 && oldest > 10_000.0, words)
}

const SCALE: &str = "shed?load=step&rate=6&arrivals=regular&burst_at=15s&via=queue&capacity=10&service=constant&instances=4&latency=0ms&queue_limit=10000&for=4m&scale=";

fn in_time() -> Result<String, String> {
    let waits = |more: &str| tally(&format!("{SCALE}{more}"), "backlog_peak");
    let (slow, quick) = (waits("cpu"), waits("cpu&scale_every=1s&start_up=1s"));
    let words = format!(
        "{slow:.0} wait at the most with 30 s of start-up and a look every 15 s, {quick:.0} with 1 s of each"
    );
    said(slow > 900.0 && quick < 100.0, words)
}

fn by_use() -> Result<String, String> {
    let of = |by: &str| {
        (tally(&format!("{SCALE}{by}"), "backlog_peak"), tally(&format!("{SCALE}{by}"), "instances_peak"))
    };
    let (cpu, rate) = (of("cpu"), of("rate"));
    let words = format!(
        "by use {:.0} wait and {:.0} instances are had in the end, by rate {:.0} and {:.0}",
        cpu.0, cpu.1, rate.0, rate.1
    );
    said(cpu.0 > rate.0 + 200.0 && cpu.1 > rate.1 + 10.0, words)
}

fn at_the_caller() -> Result<String, String> {
    let link = "shed?rate=1000&throttle=on&queue_limit=10&from=1m&for=3m";
    let (sent, good) = (tally(link, "sent_per_s"), tally(link, "goodput_per_s"));
    said(
        (190.0..210.0).contains(&sent),
        format!("of 1,000 calls a second {sent:.0} reach the service, and {good:.0} are done in time"),
    )
}

/// A claim that a function shows.
const fn shown(
    id: &'static str,
    sentence: &'static str,
    holds: Holds,
    link: &'static str,
    shown: fn() -> Result<String, String>,
) -> Claim {
    Claim { id, sentence, holds, link, promise: "floor", proof: Proof::Shown(shown) }
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    shown(
        "refuse",
        "A system that gracefully refuses work is healthier than one that accepts everything.",
        Holds::Yes,
        "shed?queue_limit=9",
        refusing,
    ),
    shown(
        "rule-of-thumb",
        "Let as many wait as can be served in the caller's time.",
        Holds::No("where the work varies a third of it is late; half as many is best"),
        "shed?queue_limit=19",
        as_many_as_fit,
    ),
    shown(
        "lifo",
        "Under overload serve the newest first.",
        Holds::If("a full stack drops its oldest; one that refuses the newest refuses those it would serve"),
        "shed?queue=lifo&queue_limit=200&full=drop-oldest",
        newest_first,
    ),
    shown(
        "expired",
        "Throw away what has expired, and no work is wasted.",
        Holds::No("what is begun just before its end is late too"),
        "shed?expired=drop",
        expired,
    ),
    shown(
        "drop-oldest",
        "Dropping the oldest of a short line is as good as serving the newest first.",
        Holds::Yes,
        "shed?queue_limit=16&full=drop-oldest",
        short_and_oldest,
    ),
    shown("codel", "CoDel needs no tuning.", Holds::Yes, "shed?codel=folly", untuned),
    Claim {
        id: "critical",
        sentence: "Serve critical requests first, and they are safe.",
        holds: Holds::No("a full line refuses them before anybody asks how critical they are"),
        link: "shed?queue=class&queue_limit=10",
        promise: "critical",
        proof: Proof::Run(State::Broken),
    },
    shown(
        "reserve",
        "Places that are kept for critical requests protect them.",
        Holds::Yes,
        "shed?queue=class&queue_limit=10&reserve=5",
        critical_first,
    ),
    shown(
        "queue-absorbs",
        "A queue absorbs the load.",
        Holds::If("it is a burst: above the capacity a queue grows for ever"),
        "shed?load=burst&rate=60&burst=5&via=queue&service=constant&latency=0ms&queue_limit=10000&for=90s",
        queue_absorbs,
    ),
    shown(
        "queue-hides",
        "With a queue in between, the system absorbs backpressure.",
        Holds::No("it hides it: every call is answered well while the oldest gets older"),
        "shed?load=step&rate=60&burst=2&via=queue&latency=0ms&queue_limit=10000&for=90s",
        hides,
    ),
    shown(
        "autoscaling",
        "Autoscaling handles spikes.",
        Holds::If("a look and a start take less time than the spike leaves"),
        "shed?load=step&rate=6&arrivals=regular&burst_at=15s&via=queue&capacity=10&service=constant&instances=4&latency=0ms&queue_limit=10000&scale=cpu&for=4m",
        in_time,
    ),
    shown(
        "utilisation",
        "Scale by how busy the machines are.",
        Holds::If("they are not saturated: use ends at 100 %, however much more comes; what comes does not"),
        "shed?load=step&rate=6&arrivals=regular&burst_at=15s&via=queue&capacity=10&service=constant&instances=4&latency=0ms&queue_limit=10000&scale=cpu&for=4m",
        by_use,
    ),
    shown(
        "throttle",
        "Shedding at the client spares the server.",
        Holds::If("K times what it accepts is little: so much still comes"),
        "shed?rate=1000&throttle=on&queue_limit=10&for=30s",
        at_the_caller,
    ),
];
