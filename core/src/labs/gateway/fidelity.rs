//! Published numbers that the lab must reproduce.

use super::LAB;
use crate::lab::{Detail, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::parts::fanout;
use crate::scenario::Scenario;

/// The outcome of one of the lab's own links under a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

/// A figure of a run, in its smallest unit.
pub fn tally(text: &str, seed: u32, name: &str) -> Result<i64, String> {
    let value = outcome(text, seed, Detail::Totals).tally(name);
    value.ok_or_else(|| format!("{name} measured nothing: {text}"))
}

/// Times alone, without anything beside the leaves' 10 ms.
macro_rules! drawn {
    ($more:literal, $end:literal) => {
        concat!("gateway?", $more, "&latency=0ms&auth=0ms&", $end)
    };
}
/// Servers of one part, likewise.
macro_rules! queued {
    ($r:literal, $n:literal, $more:literal, $end:literal) => {
        concat!(
            "gateway?fan=1&deadline=1h&utilisation=",
            $r,
            "&replicas=",
            $n,
            "&latency=0ms",
            $more,
            "&auth=0ms&",
            $end
        )
    };
}

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

fn check_forms() -> Result<String, String> {
    let table = [
        ("p50 of the slowest of 100", fanout::kth_quantile(100, 100, 0.5), 4.975_15, 1e-5),
        ("its p99", fanout::kth_quantile(100, 100, 0.99), 9.205_37, 1e-5),
        ("p99 of the slowest of 10", fanout::kth_quantile(10, 10, 0.99), 6.903_24, 1e-5),
        ("mean of the 95th of 100", fanout::kth_mean(100, 95), 2.904_04, 1e-5),
        ("its p99", fanout::kth_quantile(100, 95, 0.99), 4.009_2, 1e-4),
        ("p99 of the 19th of 20", fanout::kth_quantile(20, 19, 0.99), 4.880_7, 1e-4),
        ("1 slow in 100, of 100", fanout::any_slow(0.01, 100), 0.633_968, 1e-6),
        ("1 in 10,000, of 2,000", fanout::any_slow(1e-4, 2_000), 0.181_277, 1e-6),
        ("hedged after ln 20: extra", fanout::hedged(libm::log(20.0)).0, 0.05, 1e-9),
        ("mean", fanout::hedged(libm::log(20.0)).1, 0.975, 1e-9),
        ("p99", fanout::hedged(libm::log(20.0)).2, 3.800_5, 1e-4),
        ("two copies meet one at", fanout::copies_help_below(2), 1.0 / 3.0, 1e-9),
        ("redundancy-2, n = 20, r = .4", fanout::redundancy_d(20, 2, 0.4), 0.700_08, 1e-5),
        ("r = .8", fanout::redundancy_d(20, 2, 0.8), 1.331_75, 1e-5),
        ("n = 5, r = .8", fanout::redundancy_d(5, 2, 0.8), 1.604_17, 1e-5),
        ("ten of ten at .999", fanout::enough(0.999, 10, 10), 0.990_045, 1e-6),
        ("mean of the slowest of 5", fanout::kth_mean(5, 5), 2.283_3, 1e-4),
    ];
    for (name, value, expected, error) in table {
        if (value - expected).abs() > error {
            return Err(format!("{name}: {value}, expected {expected}"));
        }
    }
    Ok(format!("{} numbers to their last digit", table.len()))
}

const ORDER: &str = "closed form: order statistics of exponential times";
const SCALE: &str = "Dean and Barroso, The Tail at Scale (CACM 2013)";
const HEDGED: &str = "closed form: the lesser of an exponential time and one that begins later";
const SIMULATED: &str = "an independent simulation";
const COPIES: &str = "Vulimiri et al., Low Latency via Redundancy (CoNEXT 2013): 1/(2(1 - 2r)) for many servers; an independent simulation of 20";
const REDUNDANCY: &str = "Gardner et al., Redundancy-d (Oper. Res. 2017), exact";
const TWICE: &str = "Two copies at two of twenty servers, none called back: the mean";
const BACK: &str = "Two copies, the other called back when one is done: the mean";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact(
        "forms",
        "Order statistics, hedges, copies and redundancy in closed form",
        "Dean and Barroso 2013; Vulimiri et al. 2013; Gardner et al. 2017; arithmetic",
        check_forms,
    ),
    mean(
        "all-100-p50",
        "Exp(1), the slowest of 100: median 4.97515",
        ORDER,
        drawn!("fan=100&rate=100&queues=off", "for=20s"),
        ("page_p50_ms", 49.751_5, 0.0),
        (60, 8),
    ),
    mean(
        "all-100",
        "and p99 9.20537",
        ORDER,
        drawn!("fan=100&rate=100&queues=off", "for=100s"),
        ("page_p99_ms", 92.053_7, 0.0),
        (30, 4),
    ),
    mean(
        "all-10",
        "of 10: p99 6.90324",
        ORDER,
        drawn!("rate=100&queues=off", "for=200s"),
        ("page_p99_ms", 69.032_4, 0.0),
        (60, 8),
    ),
    mean(
        "enough-100-mean",
        "95 of 100: mean 2.90404",
        ORDER,
        drawn!("fan=100&need=k&k=95&rate=100&queues=off", "for=10s"),
        ("mean_ms", 29.040_4, 0.0),
        (60, 8),
    ),
    mean(
        "enough-100",
        "and p99 4.0092",
        ORDER,
        drawn!("fan=100&need=k&k=95&rate=100&queues=off", "for=50s"),
        ("page_p99_ms", 40.092, 0.0),
        (60, 6),
    ),
    mean(
        "enough-20",
        "19 of 20: p99 4.8807",
        ORDER,
        drawn!("fan=20&need=k&k=19&rate=100&queues=off", "for=100s"),
        ("page_p99_ms", 48.807, 0.0),
        (60, 8),
    ),
    mean(
        "slow-100",
        "1 slow leaf in 100, 100 leaves: .633968 of pages are slow",
        SCALE,
        drawn!("fan=100&rate=100&queues=off&leaf=10ms&slow_share=0.01", "page_limit=500ms&for=20s"),
        ("slow_pages_share", 0.633_968, 0.0),
        (40, 8),
    ),
    mean(
        "slow-2000",
        "1 in 10,000, 2,000 leaves: .181277, \"almost one in five\"",
        SCALE,
        drawn!(
            "fan=2000&rate=40&queues=off&replicas=1&leaf=10ms&slow_share=0.0001",
            "page_limit=500ms&for=10s"
        ),
        ("slow_pages_share", 0.181_277, 0.0),
        (40, 8),
    ),
    mean(
        "hedge-extra",
        "Exp(1), hedged after ln 20, without lines: .05 more requests",
        HEDGED,
        drawn!("fan=1&rate=100&queues=off&hedge=after&hedge_after=29957us", "for=200s"),
        ("extra_times", 0.05, 0.0),
        (60, 12),
    ),
    mean(
        "hedge-mean",
        "mean .975",
        HEDGED,
        drawn!("fan=1&rate=100&queues=off&hedge=after&hedge_after=29957us", "for=200s"),
        ("mean_ms", 9.75, 0.0),
        (60, 12),
    ),
    mean(
        "hedge-p99",
        "p99 3.8005",
        HEDGED,
        drawn!("fan=1&rate=100&queues=off&hedge=after&hedge_after=29957us", "for=200s"),
        ("page_p99_ms", 38.005, 0.0),
        (60, 12),
    ),
    mean(
        "copies-20",
        TWICE,
        COPIES,
        queued!("0.2", "20", "&copies=2", "from=1s&for=21s"),
        ("mean_ms", 8.38, 0.062),
        (40, 6),
    ),
    mean(
        "copies-30",
        TWICE,
        COPIES,
        queued!("0.3", "20", "&copies=2", "from=1s&for=21s"),
        ("mean_ms", 12.71, 0.095),
        (40, 6),
    ),
    mean(
        "copies-40",
        TWICE,
        COPIES,
        queued!("0.4", "20", "&copies=2", "from=2s&for=32s"),
        ("mean_ms", 25.16, 0.19),
        (40, 6),
    ),
    mean(
        "one-copy",
        "One request for each call at a load of .4: 1/(1 - r)",
        "closed form: M/M/1",
        queued!("0.4", "20", "", "from=1s&for=21s"),
        ("mean_ms", 16.666_7, 0.0),
        (40, 6),
    ),
    mean(
        "back-40",
        BACK,
        REDUNDANCY,
        queued!("0.4", "20", "&copies=2&cancel=done", "from=1s&for=21s"),
        ("mean_ms", 7.000_8, 0.0),
        (40, 8),
    ),
    mean(
        "back-80",
        BACK,
        REDUNDANCY,
        queued!("0.8", "20", "&copies=2&cancel=done", "from=2s&for=32s"),
        ("mean_ms", 13.317_5, 0.0),
        (40, 8),
    ),
    mean(
        "back-80-5",
        BACK,
        REDUNDANCY,
        queued!("0.8", "5", "&copies=2&cancel=done", "from=2s&for=62s"),
        ("mean_ms", 16.041_7, 0.0),
        (40, 8),
    ),
    mean(
        "hedge-50",
        "Twenty servers, hedged at the p95 of that load, none called back: at .5 a mean of 2.02 to 2.07, more than without (1.98)",
        SIMULATED,
        queued!("0.5", "20", "&hedge=after&hedge_after=59915us", "for=30s"),
        ("mean_ms", 20.45, 0.1),
        (20, 5),
    ),
    sweep(
        "hedge-70",
        "at .7 it collapses: servers are busy for more than .8 of the time in every run",
        SIMULATED,
        queued!("0.7", "20", "&hedge=after&hedge_after=99858us", "for=30s"),
        ("used_share", Statistic::AtLeast, 0.8, 0.0),
        (20, 5),
    ),
    mean(
        "hedge-70-back",
        "called back: busy for .7",
        "closed form: times without memory",
        queued!("0.7", "20", "&hedge=after&hedge_after=99858us&cancel=done", "from=1s&for=31s"),
        ("used_share", 0.7, 0.0),
        (20, 5),
    ),
    mean(
        "hedge-80-back",
        "called back at .8: mean 4.25 to 4.73",
        SIMULATED,
        queued!("0.8", "20", "&hedge=after&hedge_after=149787us&cancel=done", "for=30s"),
        ("mean_ms", 44.9, 0.6),
        (20, 5),
    ),
    mean(
        "hedge-80-budget",
        "a budget of 5 % at .8: mean 5.6 to 6.3",
        SIMULATED,
        queued!("0.8", "20", "&hedge=after&hedge_after=149787us&hedge_budget=0.05", "for=30s"),
        ("mean_ms", 59.5, 0.9),
        (20, 5),
    ),
    mean(
        "sequence",
        "Five parts one after the other: 5 means",
        "arithmetic",
        drawn!("fan=5&shape=sequence&rate=100&queues=off", "for=50s"),
        ("mean_ms", 50.0, 0.0),
        (40, 8),
    ),
    mean(
        "parallel",
        "at once: H_5 = 2.2833",
        ORDER,
        drawn!("fan=5&rate=100&queues=off", "for=50s"),
        ("mean_ms", 22.833_3, 0.0),
        (40, 8),
    ),
    mean(
        "whole",
        "Ten services at .999: .990045 of pages are whole",
        "arithmetic",
        drawn!("rate=100&queues=off&availability=0.999", "for=50s"),
        ("whole_share", 0.990_045, 0.0),
        (40, 8),
    ),
    sweep(
        "mesh",
        "3 × 3 attempts over two hops, all of which fail: 81 requests",
        "arithmetic",
        "gateway?fan=1&utilisation=0.02&store=on&latency=0ms&mesh=on&proxy=0ms&app_attempts=3&mesh_attempts=3&auth=0ms&trouble=store&trouble_at=0ms&trouble_for=1m&for=30s",
        ("amplification_times", Statistic::Always, 81.0, 0.0),
        (10, 3),
    ),
];
