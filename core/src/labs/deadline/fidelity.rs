//! Published numbers that the lab must reproduce.

use super::LAB;
use crate::lab::{Detail, End, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::parts::deadline::{Rule, TimeBudget};
use crate::scenario::Scenario;

/// The outcome of one of the lab's own links under a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

/// What calls took that went well and began after so long, in µs.
fn took_us(run: &Outcome, from_us: u64) -> Vec<u64> {
    let calls = run.operations.iter().filter(|call| call.end == End::Ok && call.invoked.at_us >= from_us);
    calls.filter_map(|call| Some(call.returned?.at_us - call.invoked.at_us)).collect()
}

/// Three M/M/1 in a row: sojourns are Erlang(3, μ - λ). The share above a time, over runs, whose spread is the error's measure.
fn check_erlang() -> Result<String, String> {
    let mut words = Vec::new();
    for (rate, above_us, expected) in [(40, 140_100, 0.01), (40, 187_100, 0.001), (80, 300_000, 0.06197)] {
        let link = format!("deadline?rate={rate}&threads=10000&latency=0ms&timeout=1m&total=1m&for=50s");
        let shares: Vec<f64> = (0..RUNS)
            .map(|seed| {
                let took = took_us(&outcome(&link, seed, Detail::Full), 10_000_000);
                took.iter().filter(|us| **us > above_us).count() as f64 / took.len() as f64
            })
            .collect();
        let n = f64::from(RUNS);
        let mean = shares.iter().sum::<f64>() / n;
        let variance = shares.iter().map(|share| (share - mean) * (share - mean)).sum::<f64>() / (n - 1.0);
        let error = libm::sqrt(variance / n);
        if (mean - expected).abs() > 4.0 * error {
            return Err(format!(
                "λ = {rate}: {mean:.5} above {above_us} µs, not {expected} (error {error:.5})"
            ));
        }
        words.push(format!("λ = {rate}: {mean:.5} ± {error:.5} above {} ms", above_us as f64 / 1e3));
    }
    Ok(words.join("; "))
}

const RUNS: u32 = 12;

/// Requests that come every 25 ms, each 10 ms at each of three services: from the first that does not get its answer on, 50 threads last 1.22 s.
fn check_full() -> Result<String, String> {
    let link = "deadline?arrivals=regular&service=constant&latency=0ms&trouble=hang&trouble_at=2005ms&for=5s";
    let full = outcome(link, 1, Detail::Totals).tally("threads_full_ms");
    let words = format!("full after {full:?} µs; (50 - 40 × .03) / 40 = 1.22 s");
    if full == Some(1_220_000) { Ok(words) } else { Err(words) }
}

/// The rules, on the part and in a run of services without much work of their own.
fn check_halves() -> Result<String, String> {
    let sum = |rule: Rule| {
        let budget = TimeBudget::new(rule, 10_000_000, 0);
        (0..3).fold(0, |now_us, _| now_us + budget.timeout_us(now_us))
    };
    let sums = [Rule::HalfEach, Rule::HalfLeft, Rule::Deadline].map(sum);
    if sums != [15_000_000, 8_750_000, 10_000_000] {
        return Err(format!("three calls that all time out: {sums:?} of 10 s"));
    }
    let mut budget = TimeBudget::new(Rule::HalfLeft, 10_000_000, 0);
    let mut nested = Vec::new();
    for _ in 0..5 {
        nested.push(budget.timeout_us(0));
        budget = budget.propagate(0, 0);
    }
    if nested != [5_000_000, 2_500_000, 1_250_000, 625_000, 312_500] {
        return Err(format!("five nested halves of 10 s: {nested:?}"));
    }
    let link = "deadline?hops=6&rate=0.2&capacity=4000&service=constant&latency=0ms&rule=half-left&total=10s&carry=duration&trouble=hang&trouble_at=0ms&trouble_for=60m&for=20s";
    let run = outcome(link, 1, Detail::Full);
    let given: Vec<u64> = run.spans_of(0).1.iter().skip(1).map(|span| span.given_us).collect();
    // Each has worked .25 ms by then.
    let near = given.len() == 5 && given.iter().zip(&nested).all(|(given, exact)| exact - given <= 300);
    let words = format!(
        "sums 1.5, .875, 1.0; five nested halves of 10 s: 5, 2.5, 1.25, .625, .3125 s; in a run {given:?} µs"
    );
    if near { Ok(words) } else { Err(words) }
}

const QUEUES: &str = "closed form: tandem of M/M/1 (Jackson), sojourns Erlang";
const SIMULATED: &str = "an independent simulation";
const HEDGED: &str = "closed form: the lesser of an exponential time and one that begins later";

macro_rules! narrow {
    ($expired:literal) => {
        concat!(
            "deadline?rate=100&capacity=200&service=constant&narrow=3&threads=10000&latency=0ms&rule=deadline&timeout=500ms&total=500ms&carry=duration&expired=",
            $expired,
            "&from=30s&for=2m"
        )
    };
}

macro_rules! alone {
    ($after:literal) => {
        concat!("deadline?hops=1&rate=1&latency=0ms&copies=10&hedge=after&hedge_after=", $after, "&for=1h")
    };
}

macro_rules! queued {
    ($rate:literal, $hedge:literal) => {
        concat!("deadline?hops=1&rate=", $rate, "&latency=0ms&copies=10", $hedge, "&from=10s&for=1m")
    };
}

/// A figure of one of the published sorts: a mean over seeds.
const fn mean(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    (tally, expected, error): (&'static str, f64, f64),
    seeds: (u32, u32),
) -> Fidelity {
    sweep(id, claim, source, link, (tally, Statistic::Mean, expected, error), seeds)
}

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    mean(
        "fifty",
        "Three hops, λ = 40, μ = 100: 50 ms on average",
        QUEUES,
        "deadline?threads=10000&latency=0ms&timeout=1m&total=1m&from=10s&for=1m",
        ("call_mean_ms", 50.0, 0.0),
        (200, 12),
    ),
    mean(
        "fifty-p99",
        "and 140.1 ms for 99 of 100",
        QUEUES,
        "deadline?threads=10000&latency=0ms&timeout=1m&total=1m&from=10s&for=1m",
        ("call_p99_ms", 140.1, 0.0),
        (200, 12),
    ),
    mean(
        "busy",
        "λ = 80: 150 ms on average",
        QUEUES,
        "deadline?rate=80&threads=10000&latency=0ms&timeout=1m&total=1m&from=10s&for=1m",
        ("call_mean_ms", 150.0, 0.0),
        (200, 12),
    ),
    exact(
        "erlang",
        "Shares above: 140.1 ms .01, 187.1 ms .001 at λ = 40; 300 ms .06197 at λ = 80",
        QUEUES,
        check_erlang,
    ),
    mean(
        "full",
        "The pool is full (c - λW)/λ after the last service hangs: 1.200 s on average with W = 50 ms",
        "Little's law",
        "deadline?latency=0ms&trouble=hang&for=5s",
        ("threads_full_ms", 1_200.0, 0.0),
        (400, 60),
    ),
    exact("full-exact", "1.220 s with regular arrivals and W = 30 ms", "Little's law", check_full),
    exact(
        "halves",
        "Three calls that time out take 1.5, .875, 1.0 of the time; five nested halves of 10 s leave 312.5 ms",
        "arithmetic",
        check_halves,
    ),
    sweep(
        "narrow-serve",
        "90/s asked for 100/s with 500 ms: goodput 0",
        SIMULATED,
        narrow!("serve"),
        ("goodput_per_s", Statistic::Always, 0.0, 0.0),
        (10, 2),
    ),
    mean(
        "narrow-drop",
        "if what has expired is dropped at its turn 73.5",
        SIMULATED,
        narrow!("drop"),
        ("goodput_per_s", 73.5, 0.37),
        (20, 3),
    ),
    mean(
        "narrow-predict",
        "if what cannot be done in time is refused 90.0",
        SIMULATED,
        narrow!("predict"),
        ("goodput_per_s", 90.0, 0.37),
        (20, 3),
    ),
    mean(
        "p50-load",
        "Exp(1), hedge after the median: load + .5",
        HEDGED,
        alone!("6931us"),
        ("hedges_times", 0.5, 0.0),
        (60, 20),
    ),
    mean("p50-mean", "mean .75", HEDGED, alone!("6931us"), ("call_mean_ms", 7.5, 0.0), (60, 20)),
    mean("p50-p99", "p99 2.6492", HEDGED, alone!("6931us"), ("call_p99_ms", 26.492, 0.0), (60, 20)),
    mean(
        "p95-load",
        "after the 95th percentile: load + .05",
        HEDGED,
        alone!("29957us"),
        ("hedges_times", 0.05, 0.0),
        (60, 20),
    ),
    mean("p95-mean", "mean .975", HEDGED, alone!("29957us"), ("call_mean_ms", 9.75, 0.0), (60, 20)),
    mean("p95-p99", "p99 3.8005", HEDGED, alone!("29957us"), ("call_p99_ms", 38.005, 0.0), (60, 20)),
    mean(
        "queue-none",
        "10 × M/M/1 at random, ρ = .5: p99 9.21 times the mean work",
        "closed form: ln 100 / (μ - λ)",
        queued!("500", ""),
        ("call_p99_ms", 92.1, 0.0),
        (20, 3),
    ),
    mean(
        "queue-half",
        "hedged after 3 means, called back at once: 5.15",
        SIMULATED,
        queued!("500", "&hedge=after"),
        ("call_p99_ms", 51.5, 0.386),
        (20, 3),
    ),
    mean(
        "queue-half-load",
        "for .177 more requests",
        SIMULATED,
        queued!("500", "&hedge=after"),
        ("hedges_times", 0.177, 0.001_33),
        (20, 3),
    ),
    mean(
        "queue-half-use",
        "and no more work: .50",
        "closed form: times without memory",
        queued!("500", "&hedge=after"),
        ("use_share", 0.5, 0.0),
        (20, 3),
    ),
    mean(
        "queue-busy",
        "at ρ = .8: 7.08",
        SIMULATED,
        queued!("800", "&hedge=after"),
        ("call_p99_ms", 70.8, 0.531),
        (20, 3),
    ),
    mean(
        "queue-busy-load",
        "for .413 more requests",
        SIMULATED,
        queued!("800", "&hedge=after"),
        ("hedges_times", 0.413, 0.003_1),
        (20, 3),
    ),
    mean(
        "queue-waiting",
        "called back only while they wait, at ρ = .5: 5.9",
        SIMULATED,
        queued!("500", "&hedge=after&hedge_cancel=waiting"),
        ("call_p99_ms", 59.0, 0.443),
        (20, 3),
    ),
    sweep(
        "queue-never",
        "never called back: worse than without (14 in the reference; it has no steady state far above)",
        SIMULATED,
        queued!("500", "&hedge=after&hedge_cancel=off"),
        ("call_p99_ms", Statistic::AtLeast, 92.1, 0.0),
        (20, 3),
    ),
];
