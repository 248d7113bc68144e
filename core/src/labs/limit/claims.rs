//! What the book and common belief say about rate limits, each with the run that proves or refutes it.

use super::fidelity::outcome;
use crate::lab::{Claim, Detail, Holds, Proof, State};

const SLOW: &str = "limit?rate=90&tenants=1&trouble=slowness&slowdown=10&for=12s";
const HERD: &str =
    "limit?load=flood&tenants=1&limiter=fixed&retry_after=on&attempts=100&capacity=1000&for=14s";
const DOWN: &str =
    "limit?rate=80&tenants=1&limiter=log&gateways=4&counters=shared&do=3s:crash:n2,6s:start:n2";
const SYNC: &str = "limit?rate=100&tenants=1&limiter=fixed&limit=500&window=9.7s&gateways=10&counters=sync&latency=0ms&for=194s";
const EDGE: &str = "limit?load=edge&tenants=1&capacity=1000&for=4s";
const COUNTER: &str =
    "limit?load=regular&rate=2000&starts=950ms&tenants=1&limiter=counter&capacity=1000&for=3s";

/// A tally of a run; none is a fault of the claim.
fn tally(link: &str, name: &str) -> i64 {
    outcome(link, 1, Detail::Totals).tally(name).unwrap_or(-1)
}

fn said(kept: bool, words: String) -> Result<String, String> {
    if kept { Ok(words) } else { Err(words) }
}

fn counter_lets_twice_pass() -> Result<String, String> {
    let instant = tally(&format!("{EDGE}&limiter=counter"), "most_in_instant");
    let window = tally(COUNTER, "most_in_window");
    let words = format!("of a limit of 100: {instant} in an instant, {window} within a window");
    said(instant == 100 && (190..200).contains(&window), words)
}

fn one_limiter_in_two_words() -> Result<String, String> {
    let run = |limiter: &str| outcome(&format!("limit?tenants=1&limiter={limiter}"), 1, Detail::Full);
    let (bucket, gcra) = (run("bucket"), run("gcra"));
    let ends = |run: &crate::lab::Outcome| {
        run.operations
            .iter()
            .map(|op| (op.invoked.at_us, op.returned.map(|at| at.at_us), op.end))
            .collect::<Vec<_>>()
    };
    let words =
        format!("{} requests, all of which end alike and at the same moment", bucket.operations.len());
    said(bucket.operations.len() > 2_000 && ends(&bucket) == ends(&gcra), words)
}

fn a_burst_of_one_halves() -> Result<String, String> {
    let per_s =
        tally("limit?rate=100&tenants=1&burst=1&capacity=1000&for=1m", "admitted_per_s") as f64 / 1e6;
    // 3,000 renewals of 10 ms and an exponential 10 ms.
    said(
        (per_s - 50.0).abs() < 4.0 * 0.46,
        format!("100 a second against a bucket of 100 a second: {per_s:.2} pass"),
    )
}

fn parts_waste() -> Result<String, String> {
    let per_s = |more: &str| {
        let link = format!("limit?tenants=1&burst=400&gateways=4&counters=split&from=20s&for=80s{more}");
        tally(&link, "admitted_per_s") as f64 / 1e6
    };
    let (even, uneven) = (per_s("&rate=200"), per_s("&rate=100&spread=1"));
    let words =
        format!("even traffic of twice the limit: {even:.1} a second; 100 a second by Zipf 1: {uneven:.1}");
    said((even - 100.0).abs() < 0.5 && (uneven - 77.0).abs() < 4.0, words)
}

fn words_between_gateways_come_late() -> Result<String, String> {
    let mean = tally(SYNC, "overshoot_mean") as f64 / 1e6;
    // Of twenty windows: anything from 0 to 90, sd some 26.
    said(
        (mean - 45.0).abs() < 4.0 * 26.0 / 4.47,
        format!("{mean:.1} beyond the limit on average; λs(N − 1)/(2N) is 45"),
    )
}

fn closed_makes_an_outage() -> Result<String, String> {
    let run = |more: &str| {
        let link = format!("{DOWN}{more}");
        (tally(&link, "goodput_per_s") as f64 / 1e6, tally(&link, "most_in_window"))
    };
    let ((closed, _), (open, most)) = (run("&store_down=closed"), run("&store_down=open"));
    let words = format!(
        "of 80 a second {closed:.1} answered if closed, {open:.1} if open, with {most} in a second at most"
    );
    said(closed < 62.0 && open > 74.0 && most > 60, words)
}

fn a_rate_fills_a_slow_service() -> Result<String, String> {
    let peak = |more: &str| tally(&format!("{SLOW}{more}"), "inflight_peak");
    let (rate, fixed) = (peak(""), peak("&concurrency=fixed"));
    said(
        rate >= 80 && fixed == 20,
        format!("under way at most: {rate} with a limit on the rate, {fixed} with one on those under way"),
    )
}

fn obeyed_literally_it_gathers() -> Result<String, String> {
    let (on, spread) = (tally(HERD, "herd"), tally(&HERD.replace("=on", "=jittered"), "herd"));
    let requests = tally(HERD, "requests");
    let words = format!(
        "1,000 who are let in by hundreds make {requests} requests; retries within 10 ms: {on}, and {spread} if they spread themselves"
    );
    said(requests == 5_500 && on == 900 && spread < 100, words)
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "caps",
        sentence: "Rate limiters cap inbound traffic.",
        holds: Holds::If(
            "the window slides: a fixed one lets twice the limit pass in an instant, a bucket its burst and the rate",
        ),
        link: "limit?load=edge&tenants=1&limiter=log&capacity=1000&for=4s",
        promise: "cap",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "fixed",
        sentence: "A fixed window of 100 a second lets at most 100 pass in a second.",
        holds: Holds::No("in a second of its own clock; around a window's end 200 pass within 10 ms"),
        link: "limit?load=edge&tenants=1&limiter=fixed&capacity=1000&for=4s",
        promise: "cap",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "counter",
        sentence: "The sliding window counter mends the fixed window.",
        holds: Holds::No(
            "it forbids the burst in an instant; within a span s up to L(1 + s/w) pass, so twice the limit in a window",
        ),
        link: COUNTER,
        promise: "cap",
        proof: Proof::Shown(counter_lets_twice_pass),
    },
    Claim {
        id: "gcra",
        sentence: "GCRA is another algorithm than the token bucket.",
        holds: Holds::No(
            "it decides alike on every sequence of requests; it keeps one time where the bucket keeps a level and a time",
        ),
        link: "limit?tenants=1&b.limiter=gcra",
        promise: "cap",
        proof: Proof::Shown(one_limiter_in_two_words),
    },
    Claim {
        id: "burst-1",
        sentence: "A token bucket of burst 1 admits its rate.",
        holds: Holds::No("of requests that come at random at that rate it admits half"),
        link: "limit?rate=100&tenants=1&burst=1&capacity=1000&for=1m",
        promise: "smooth",
        proof: Proof::Shown(a_burst_of_one_halves),
    },
    Claim {
        id: "split",
        sentence: "N gateways with a limit of L/N each admit L.",
        holds: Holds::If("traffic is even; by Zipf 1 over four gateways they admit 77 of 100"),
        link: "limit?rate=100&tenants=1&gateways=4&spread=1&counters=split&from=5s&for=30s",
        promise: "fair",
        proof: Proof::Shown(parts_waste),
    },
    Claim {
        id: "sync",
        sentence: "Counters that gateways tell each other are exact.",
        holds: Holds::No("they let in λs(N − 1)/(2N) too many on average, twice that at the most"),
        link: SYNC,
        promise: "cap",
        proof: Proof::Shown(words_between_gateways_come_late),
    },
    Claim {
        id: "alike",
        sentence: "A limit that all share treats all alike.",
        holds: Holds::No("it goes to who asks most: a greedy one takes what others would have got"),
        link: "limit",
        promise: "fair",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "fail-safe",
        sentence: "The default must be fail-safe, not fail-open.",
        holds: Holds::If(
            "the limiter guards what must not pass; before a healthy service, closed turns a store's outage into yours",
        ),
        link: DOWN,
        promise: "overload",
        proof: Proof::Shown(closed_makes_an_outage),
    },
    Claim {
        id: "protects",
        sentence: "A rate limit protects a slow service.",
        holds: Holds::No(
            "what takes ten times as long is ten times as much under way; a limit on those under way bounds it",
        ),
        link: SLOW,
        promise: "overload",
        proof: Proof::Shown(a_rate_fills_a_slow_service),
    },
    Claim {
        id: "retry-after",
        sentence: "429 with Retry-After spares the server.",
        holds: Holds::No(
            "obeyed to the letter it gathers all who were refused at one moment: 5,500 requests for 1,000",
        ),
        link: HERD,
        promise: "herd",
        proof: Proof::Shown(obeyed_literally_it_gathers),
    },
];
