//! Published numbers that the lab must reproduce.

use super::LAB;
use crate::lab::{Detail, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::parts::gcra::Gcra;
use crate::parts::limiter::{Answer, Kind, Limiter, Policy, worst};
use crate::parts::max_min::{jain, max_min};
use crate::parts::token_bucket::TokenBucket;
use crate::parts::zipf::Zipf;
use crate::scenario::Scenario;
use crate::sim::dice::{below, remix};
use crate::sim::dist::Dist;
use crate::stats::Sample;

/// The outcome of one of the lab's own links under a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

fn tally(outcome: &Outcome, name: &str) -> Result<i64, String> {
    outcome.tally(name).ok_or_else(|| format!("{name} measured nothing"))
}

fn policy(kind: Kind, burst: u32) -> Policy {
    Policy { kind, limit: 100, window_us: 1_000, burst }
}

/// What an adversary gets through of a limit of 100 in 1,000 ticks, within so many ticks.
fn check_worst_cases() -> Result<String, String> {
    let rows = [
        ("fixed, an instant", policy(Kind::Fixed, 1), 2, 200),
        ("log, a window", policy(Kind::Log, 1), 1_000, 100),
        ("counter, .1 window", policy(Kind::Counter, 1), 100, 109),
        ("counter, .5 window", policy(Kind::Counter, 1), 500, 149),
        ("counter, a window", policy(Kind::Counter, 1), 1_000, 199),
        ("bucket of 10, a window", policy(Kind::Bucket, 10), 1_001, 110),
        ("GCRA of 10, a window", policy(Kind::Gcra, 10), 1_001, 110),
    ];
    let mut words = Vec::new();
    for (name, policy, ticks, expected) in rows {
        let most = worst(policy, ticks);
        if most != expected {
            return Err(format!("{name}: {most}, not {expected}"));
        }
        words.push(format!("{name}: {most}"));
    }
    Ok(words.join("; "))
}

/// GCRA and the token bucket on 180,000 random requests under eighteen settings.
fn check_gcra() -> Result<String, String> {
    let mut decisions = 0;
    for (which, limit) in (0u64..).zip([1, 2, 3, 7, 50, 100]) {
        for burst in [1, 10, 100] {
            let (mut gcra, mut bucket) =
                (Gcra::new(limit, 1_000_000, burst), TokenBucket::per(limit, 1_000_000, burst, 0));
            let mut now_us = 0;
            for number in 0..10_000u64 {
                let die = remix(which << 32 | u64::from(burst), number);
                now_us += below(die, 2_000_000 / u64::from(limit));
                if gcra.try_take(now_us) != bucket.try_take(1, now_us) {
                    return Err(format!("they differ at {now_us} µs, limit {limit}, burst {burst}"));
                }
                decisions += 1;
            }
        }
    }
    Ok(format!("{decisions} decisions, all alike"))
}

/// What a limiter of 100 a second admits a second of a million requests that come at random at that rate: with the standard error of that.
fn long_run(kind: Kind, burst: u32) -> (f64, f64) {
    const BATCH: u64 = 10_000;
    let gaps = Dist::Exponential { mean_ns: 10_000_000 };
    let mut limiter = Limiter::new(Policy { kind, limit: 100, window_us: 1_000_000, burst }, 0);
    let (mut now_us, mut batches) = (0, Sample::default());
    for batch in 0..100 {
        let (from_us, mut admitted) = (now_us, 0u64);
        for number in 0..BATCH {
            now_us += gaps.sample_us(remix(kind as u64 ^ u64::from(burst) << 8, batch * BATCH + number));
            admitted += u64::from(matches!(limiter.ask(now_us), Answer::Pass { .. }));
        }
        batches.add((admitted * 1_000_000_000_000 / (now_us - from_us)) as i64);
    }
    let figures = batches.summary();
    (figures.mean / 1e6, figures.standard_error() / 1e6)
}

fn check_long_run() -> Result<String, String> {
    let rows = [
        ("fixed", Kind::Fixed, 1, fixed_admits()),
        ("log", Kind::Log, 1, 92.4),
        ("counter", Kind::Counter, 1, 93.4),
        ("bucket 100", Kind::Bucket, 100, 99.5),
        ("bucket 10", Kind::Bucket, 10, 94.9),
        ("GCRA 1", Kind::Gcra, 1, 50.0),
    ];
    let mut words = Vec::new();
    for (name, kind, burst, expected) in rows {
        let (mean, error) = long_run(kind, burst);
        // The reference is rounded to a tenth, and was simulated as long.
        if (mean - expected).abs() > 4.0 * libm::sqrt(2.0) * error + 0.05 {
            return Err(format!("{name}: {mean:.2} ± {error:.2}, not {expected:.2}"));
        }
        words.push(format!("{name} {mean:.2}"));
    }
    Ok(words.join(", "))
}

/// E min(N, 100) of a Poisson N of mean 100.
fn fixed_admits() -> f64 {
    let (mut chance, mut mean) = (libm::exp(-100.0), 0.0);
    for n in 0..1_000 {
        mean += chance * f64::from(n.min(100));
        chance *= 100.0 / f64::from(n + 1);
    }
    mean
}

fn check_fixed() -> Result<String, String> {
    let mean = fixed_admits();
    if (mean - 96.01).abs() < 0.005 { Ok(format!("E min(N, L) = {mean:.4}")) } else { Err(format!("{mean}")) }
}

/// Σ min(L/N, L p) over four gateways.
fn check_skew() -> Result<String, String> {
    let admits = |exponent_millionths| {
        let zipf = Zipf::new(4, exponent_millionths);
        (0..4).map(|key| (100.0 * zipf.weight(key) as f64 / zipf.total() as f64).min(25.0)).sum::<f64>()
    };
    let (half, one) = (admits(500_000), admits(1_000_000));
    let words = format!("of 100: {half:.2} at s = .5, {one:.2} at s = 1");
    if (half - 88.69).abs() < 0.005 && (one - 77.0).abs() < 0.005 { Ok(words) } else { Err(words) }
}

/// [400, 20, 20, 20, 20] at 100: by max-min 20 each; by who asks most 83.3 and 4.17.
fn check_max_min() -> Result<String, String> {
    let demands = [400, 20, 20, 20, 20];
    let fair = max_min(&demands, 100);
    let raced: Vec<u64> = demands.iter().map(|demand| demand * 100_000 / 480).collect();
    let index = jain(&raced).unwrap_or(0);
    let words = format!("max-min {fair:?}; shared {raced:?} thousandths, Jain's index {index} millionths");
    if fair == [20; 5] && raced == [83_333, 4_166, 4_166, 4_166, 4_166] { Ok(words) } else { Err(words) }
}

/// Twenty under way, each for 50 ms or 500: by Little's law at most 400 or 40 a second; of requests that come at random, Erlang's loss less.
fn check_little() -> Result<String, String> {
    let mut words = Vec::new();
    for (capacity, work_s, most) in [(4_000, 0.05, 400.0), (400, 0.5, 40.0)] {
        let link = format!(
            "limit?rate=2000&tenants=1&limiter=none&concurrency=fixed&capacity={capacity}&workers=200&latency=0ms&from=5s&for=45s"
        );
        let run = outcome(&link, 1, Detail::Totals);
        let (per_s, peak) = (tally(&run, "admitted_per_s")? as f64 / 1e6, tally(&run, "inflight_peak")?);
        let load = 2_000.0 * work_s;
        let blocked = (1..=20).fold(1.0, |b, k| load * b / (f64::from(k) + load * b));
        let expected = 2_000.0 * (1.0 - blocked);
        if peak != 20 || per_s > most * 1.002 || (per_s - expected).abs() > expected * 0.01 {
            return Err(format!("{per_s:.2} a second, not {expected:.2}; at most {peak} under way"));
        }
        words.push(format!("{} ms: {per_s:.2} a second (Erlang B {expected:.2})", work_s * 1_000.0));
    }
    Ok(words.join("; "))
}

/// A crowd of 1,000, let in by hundreds, told to the moment: 1,000 + 900 + … + 100.
fn check_herd() -> Result<String, String> {
    let link = "limit?load=flood&tenants=1&limiter=fixed&retry_after=on&attempts=100&capacity=1000&for=14s";
    let run = outcome(link, 1, Detail::Totals);
    let (requests, admitted) = (tally(&run, "requests")?, tally(&run, "admitted")?);
    let words = format!("{requests} requests for {admitted} that are let through");
    if requests == 5_500 && admitted == 1_000 { Ok(words) } else { Err(words) }
}

const CLOSED: &str = "closed form";
const SIMULATED: &str = "an independent simulation";

macro_rules! told {
    ($gateways:literal) => {
        concat!(
            "limit?rate=100&tenants=1&limiter=fixed&limit=500&window=9.7s&gateways=",
            $gateways,
            "&counters=sync&latency=0ms&for=97s"
        )
    };
}

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact(
        "worst-cases",
        "What an adversary gets through: log L, fixed 2L in an instant, counter L(1 + s/w), bucket b + ⌊rt⌋",
        "closed forms; Cloudflare, How we built rate limiting capable of scaling to millions of domains (2017), for the counter",
        check_worst_cases,
    ),
    exact(
        "gcra",
        "GCRA and token bucket decide alike",
        "ATM Forum, Traffic Management 4.0, equivalence of virtual scheduling and leaky bucket",
        check_gcra,
    ),
    exact(
        "fixed",
        "Of requests at random at its rate a fixed window of 100 admits E min(N, 100)",
        CLOSED,
        check_fixed,
    ),
    exact(
        "long-run",
        "What limiters of 100 a second admit of requests at random at that rate",
        SIMULATED,
        check_long_run,
    ),
    sweep(
        "fixed-run",
        "The same in the whole system: requests let through a second",
        CLOSED,
        "limit?rate=100&tenants=1&limiter=fixed&capacity=1000&for=1m",
        ("admitted_per_s", Statistic::Mean, 96.01, 0.0),
        (200, 30),
    ),
    sweep(
        "overshoot-10",
        "Ten gateways that tell each other every second: λs(N − 1)/(2N) too many",
        CLOSED,
        told!("10"),
        ("overshoot_mean", Statistic::Mean, 45.0, 0.0),
        (200, 20),
    ),
    sweep(
        "overshoot-4",
        "Four gateways likewise",
        CLOSED,
        told!("4"),
        ("overshoot_mean", Statistic::Mean, 37.5, 0.0),
        (200, 20),
    ),
    exact("skew", "A limit in four equal parts under uneven traffic: Σ min(L/N, L p)", CLOSED, check_skew),
    sweep(
        "skew-run",
        "The same in the whole system, Zipf 1",
        CLOSED,
        "limit?rate=100&tenants=1&burst=400&gateways=4&spread=1&counters=split&from=20s&for=2m",
        ("admitted_per_s", Statistic::Mean, 77.0, 0.0),
        (100, 10),
    ),
    exact(
        "max-min",
        "Max-min shares of [400, 20, 20, 20, 20] at 100, and those of a limit that all share",
        "Bertsekas and Gallager, Data Networks, §6.5.2; closed form",
        check_max_min,
    ),
    exact(
        "little",
        "A limit of 20 under way is 400 a second at 50 ms and 40 at 500 ms",
        "Little's law; Erlang's loss formula",
        check_little,
    ),
    exact("herd", "1,000 who obey Retry-After are let in by hundreds: 5,500 requests", CLOSED, check_herd),
];
