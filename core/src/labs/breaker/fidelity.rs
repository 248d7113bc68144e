//! Published numbers that the lab must reproduce (REFERENCES: breaker).

use super::LAB;
use crate::kits::graph::fact;
use crate::lab::{Check, Detail, Fidelity, Lab, Outcome, Statistic, sweep};
use crate::link;
use crate::scenario::Scenario;
use crate::trace::{Fact, FactKey};

/// The outcome of one of the lab's own links under a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

/// A pool of c threads with calls of s passes c/s a second, exactly, when it is saturated and nothing varies.
fn check_pool() -> Result<String, String> {
    let mut words = Vec::new();
    for (pool, work_ms, rate) in [(30, 20, 500), (60, 50, 400), (3, 10, 100), (15, 25, 200)] {
        let link = format!(
            "breaker?callers=1&rate=2000&needs=all&trouble=none&breaker=off&pools=apart&pool={pool}&pool_queue=10000&work={work_ms}ms&latency=0ms&workers=1000&total=10m&for=4s"
        );
        let run = outcome(&link, 1, Detail::Sample { every: 1_000 });
        let series = run.series("cache: goodput").ok_or("no chart of the cache")?;
        // The first half second fills the pool.
        let saturated = series.points.iter().filter(|(at_us, _)| *at_us >= 500_000);
        if let Some((at_us, other)) = saturated.clone().find(|(_, value)| *value != rate) {
            return Err(format!(
                "{} threads, {work_ms} ms: {other} a second at {at_us} µs, not {rate}",
                pool / 3
            ));
        }
        words.push(format!("{} threads, {work_ms} ms: {rate} a second", pool / 3));
    }
    Ok(words.join("; "))
}

/// A half-open breaker admits exactly its permits, however many callers ask at once.
fn check_permits() -> Result<String, String> {
    let mut words = Vec::new();
    for permits in [1u32, 3, 10] {
        let link = format!(
            "breaker?callers=1&rate=1000&needs=all&target=cache&trouble=silence&trip=consecutive&permits={permits}&minimum_calls=100&total=300ms&pool=3000&trouble_at=0ms&trouble_for=30s&for=20s"
        );
        let run = outcome(&link, 1, Detail::Full);
        let state = FactKey { name: fact::STATE, index: 0 };
        let history = run.trace.history(run.cast.coordinator(0), state);
        let trials = history.filter(|change| change.value == Fact::Word("half-open")).count() as i64;
        let admitted = run.tally("bad_calls_while_open").unwrap_or(0);
        if trials < 5 || admitted != trials * i64::from(permits) {
            return Err(format!("{permits} permits, half-open {trials} times: {admitted} calls"));
        }
        words.push(format!("{permits} permits, half-open {trials} times: {admitted} calls"));
    }
    Ok(words.join("; "))
}

const RESILIENCE4J: &str = "resilience4j 2.x, CircuitBreaker";
const ORDER: &str = "arithmetic";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    sweep(
        "retry-outside",
        "Threshold 5, 3 attempts, retry outside: 5 calls pass before it opens",
        ORDER,
        "breaker?callers=1&rate=0.2&needs=all&target=cache&trouble_at=0ms&trouble_for=200s&trip=consecutive&open_for=5m&order=retry-outside&backoff=1ms&for=200s",
        ("bad_calls_before_open", Statistic::Always, 5.0, 0.0),
        (50, 10),
    ),
    sweep(
        "breaker-outside",
        "with the breaker outside: 15",
        ORDER,
        "breaker?callers=1&rate=0.2&needs=all&target=cache&trouble_at=0ms&trouble_for=200s&trip=consecutive&open_for=5m&order=breaker-outside&backoff=1ms&for=200s",
        ("bad_calls_before_open", Statistic::Always, 15.0, 0.0),
        (50, 10),
    ),
    sweep(
        "shard",
        "One of eight shards down, 100 calls a second, 5 failures in 10 s, 5 s open, 3 trials: success about 5 %",
        "an independent simulation",
        "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_at=0ms&trouble_for=5m&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=5m",
        ("success_permille", Statistic::Mean, 50.0, 1.5),
        (50, 5),
    ),
    sweep(
        "shard-off",
        "without a breaker 87.5 %",
        "arithmetic",
        "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_at=0ms&trouble_for=1m&breaker=off&for=1m",
        ("success_permille", Statistic::Mean, 875.0, 0.0),
        (100, 20),
    ),
    sweep(
        "minimum",
        "No rate is judged on fewer than the minimum of 100 calls: all failing, exactly 100 pass",
        RESILIENCE4J,
        "breaker?callers=1&rate=5&needs=all&target=cache&trouble_at=0ms&trouble_for=1m&window_size=100&minimum_calls=100&slow_call=1m&open_for=1m&permits=10&for=1m",
        ("bad_calls_before_open", Statistic::Always, 100.0, 0.0),
        (50, 10),
    ),
    Fidelity {
        id: "permits",
        claim: "Half-open admits exactly its permits and no more, however many callers arrive at once",
        source: RESILIENCE4J,
        check: Check::Exact(check_permits),
    },
    Fidelity {
        id: "pool",
        claim: "A pool of c threads with calls of s passes at most c/s a second, exactly when saturated",
        source: "Little's law",
        check: Check::Exact(check_pool),
    },
];
