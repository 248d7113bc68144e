//! Published and derived numbers that the lab must reproduce.

use super::LAB;
use crate::chance::dice::{Purpose, die};
use crate::lab::{Detail, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::parts::cache_races::{Leg, READ, all};
use crate::parts::evict::{self, Policy, misses, opt_misses};
use crate::parts::zipf::Zipf;
use crate::scenario::Scenario;

/// The outcome of one of the lab's own links under a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

/// A tally of a run; none is a fault of the claim.
pub fn tally(link: &str, name: &str) -> i64 {
    outcome(link, 1, Detail::Totals).tally(name).unwrap_or(-1)
}

/// A share, as the mean of eight runs.
pub fn mean_share(link: &str, name: &str) -> f64 {
    let of = |seed| outcome(link, seed, Detail::Totals).tally(name).unwrap_or(-1) as f64 / 8e6;
    (0..8).map(of).sum()
}

/// A share of a run.
pub fn share(link: &str, name: &str) -> f64 {
    tally(link, name) as f64 / 1e6
}

fn close(what: &str, is: f64, expected: f64, tolerance: f64) -> Result<String, String> {
    let words = format!("{what} {is:.5}");
    if (is - expected).abs() <= tolerance {
        Ok(words)
    } else {
        Err(format!("{words}, expected {expected} ± {tolerance}"))
    }
}

fn zipf(keys: u32, exponent_millionths: u32) -> Zipf {
    Zipf::new(keys, exponent_millionths)
}

fn drawn(keys: u32, exponent_millionths: u32, requests: u64, seed: u32) -> Vec<u32> {
    let zipf = zipf(keys, exponent_millionths);
    (0..requests).map(|at| zipf.draw(die(seed, Purpose::Key, 0, at))).collect()
}

fn check_forms() -> Result<String, String> {
    let of = |keys: u32, size, form: fn(&[f64], usize) -> f64| {
        form(&evict::popularity(&zipf(keys, 1_000_000), keys), size)
    };
    let words = [
        close("Che, 100 of 1,000", of(1_000, 100, evict::che), 0.57652, 5e-6)?,
        close("1,000 of 10,000", of(10_000, 1_000, evict::che), 0.67560, 5e-6)?,
        close("FIFO and RANDOM", of(1_000, 100, evict::fifo), 0.52025, 5e-6)?,
        close("at most", of(1_000, 100, evict::top), 0.69299, 5e-6)?,
        close("LRU, 2 of 4", of(4, 2, evict::exact_lru), 0.603845, 5e-7)?,
        close("FIFO", of(4, 2, evict::exact_fifo), 0.588571, 5e-7)?,
        close("LRU, 3 of 5", of(5, 3, evict::exact_lru), 0.715588, 5e-7)?,
        close("FIFO", of(5, 3, evict::exact_fifo), 0.690854, 5e-7)?,
    ];
    Ok(words.join("; "))
}

/// A million requests of one stream; of LFU, whose runs differ, the mean of six streams.
fn check_policies() -> Result<String, String> {
    let mut words = Vec::new();
    for (exponent, table, lfu) in [
        (1_000_000, [0.5765, 0.5895, 0.6707, 0.6641], 0.6574),
        (800_000, [f64::NAN, 0.3914, 0.4961, 0.4909], 0.4749),
    ] {
        let requests = drawn(1_000, exponent, 1_000_000, 3);
        let policies = [Policy::Lru, Policy::Clock, Policy::Sieve, Policy::WTinyLfu];
        for (policy, expected) in policies.into_iter().zip(table).filter(|(_, expected)| !expected.is_nan()) {
            let hits = 1.0 - misses(policy, 100, requests.iter().copied()) as f64 / 1e6;
            let tolerance = if policy == Policy::WTinyLfu { 0.01 } else { 0.004 };
            words.push(close(&format!("{policy:?}"), hits, expected, tolerance)?);
        }
        let run = |seed| misses(Policy::Lfu, 100, drawn(1_000, exponent, 1_000_000, seed)) as f64;
        words.push(close("Lfu", 1.0 - (1..=6).map(run).sum::<f64>() / 6e6, lfu, 0.004)?);
        if exponent == 1_000_000 {
            words.push(close("OPT", 1.0 - opt_misses(&requests, 100) as f64 / 1e6, 0.756, 0.004)?);
        }
    }
    Ok(words.join("; "))
}

fn check_loops() -> Result<String, String> {
    let mut words = Vec::new();
    for (keys, random, tiny, opt) in
        [(101u32, 0.981, 0.89, 0.99), (110, 0.822, 0.79, 0.9083), (200, 0.202, 0.42, 0.4975)]
    {
        let requests: Vec<u32> = (0..200_000u32).map(|at| at % keys).collect();
        let hits = |policy| 1.0 - misses(policy, 100, requests.iter().copied()) as f64 / 2e5;
        for policy in [Policy::Lru, Policy::Fifo, Policy::Clock, Policy::Sieve, Policy::Lfu] {
            if hits(policy) != 0.0 {
                return Err(format!("{policy:?} hits {} of a loop over {keys} keys", hits(policy)));
            }
        }
        words.push(close(&format!("{keys} keys: RANDOM"), hits(Policy::Random), random, 0.01)?);
        words.push(close("W-TinyLFU", hits(Policy::WTinyLfu), tiny, 0.02)?);
        words.push(close("OPT", 1.0 - opt_misses(&requests, 100) as f64 / 2e5, opt, 0.001)?);
    }
    Ok(format!("LRU, FIFO, CLOCK, SIEVE, LFU 0; {}", words.join("; ")))
}

fn check_belady() -> Result<String, String> {
    const STRING: [u32; 12] = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
    let of = |policy| [3, 4].map(|size| misses(policy, size, STRING));
    let all = [
        of(Policy::Fifo),
        of(Policy::Lru),
        of(Policy::Clock),
        of(Policy::Sieve),
        [3, 4].map(|size| opt_misses(&STRING, size)),
    ];
    let words = format!("misses with three and four slots: FIFO, LRU, CLOCK, SIEVE, OPT {all:?}");
    if all == [[9, 10], [10, 8], [10, 8], [10, 8], [7, 6]] { Ok(words) } else { Err(words) }
}

fn check_shift() -> Result<String, String> {
    let mut requests = drawn(1_000, 1_000_000, 200_000, 5);
    requests[100_000..].iter_mut().for_each(|key| *key = 999 - *key);
    let late = |policy| {
        let before = misses(policy, 100, requests[..180_000].iter().copied());
        1.0 - (misses(policy, 100, requests.iter().copied()) - before) as f64 / 2e4
    };
    let words = [
        close("LFU", late(Policy::Lfu), 0.047, 0.015)?,
        close("LRU", late(Policy::Lru), 0.58, 0.015)?,
        close("SIEVE", late(Policy::Sieve), 0.67, 0.015)?,
        close("W-TinyLFU", late(Policy::WTinyLfu), 0.667, 0.015)?,
    ];
    Ok(words.join("; "))
}

fn check_races() -> Result<String, String> {
    use Leg::{Delete, Set, Write};
    let of = |first: &[Leg], second: &[Leg], leases| {
        let races = all(first, second, leases);
        (races.apart.len(), races.all)
    };
    let counts = [
        of(READ, &[Write, Delete], false),
        of(READ, &[Delete, Write], false),
        of(READ, &[Delete, Write, Delete], false),
        of(&[Write, Set], &[Write, Set], false),
        of(READ, &[Write, Delete], true),
        of(READ, &[Delete, Write], true),
    ];
    let words = format!(
        "write-delete, delete-write, double delete, two writers that set, write-delete and delete-write with leases: {counts:?}"
    );
    let expected = [(1, 10), (6, 10), (3, 20), (2, 6), (0, 10), (2, 10)];
    if counts == expected { Ok(words) } else { Err(words) }
}

/// The full size: 10,000 keys, 2,000 slots, 1,000 reads a second, a store of 300; flushed after 10 s, looked at 89 s later.
fn check_flush() -> Result<String, String> {
    let run = |more: &str| {
        let link = format!(
            "cache?clients=1&rate=1000&writes=0&keys=10000&size=2000&warm=2000{more}&return_limit=1m&for=100s&do=10s:ask:n1:flush"
        );
        let run = outcome(&link, 1, Detail::Totals);
        (
            run.tally("good_end_share").unwrap_or(0) as f64 / 1e6,
            run.tally("return_ms").map(|us| us / 1_000_000),
        )
    };
    let (stuck, never) = run("&recompute=0ms&late_fill=off");
    let (one, nor) = run("&herd=coalesce&recompute=0ms&late_fill=off");
    let (back, soon) = run("&recompute=0ms");
    let (short, sooner) = run("&recompute=0ms&store_queue=250&late_fill=off");
    let words = format!(
        "good at the end, and back after s: late fills off {stuck:.3} {never:?}, with coalescing {one:.3} {nor:?}; on {back:.3} {soon:?}; a queue of 250 {short:.3} {sooner:?}"
    );
    let down =
        never.is_none() && nor.is_none() && (0.54..=0.59).contains(&stuck) && (0.64..=0.69).contains(&one);
    let up = soon.is_some_and(|s| (8..=20).contains(&s))
        && sooner.is_some_and(|s| s <= 5)
        && back > 0.99
        && short > 0.99;
    if down && up { Ok(words) } else { Err(words) }
}

const DERIVED: &str = "derived, and simulated by a program of its own";

/// The published numbers.
pub static FIDELITY: &[Fidelity] = &[
    exact(
        "forms",
        "hit ratios by Che's approximation, exact ones of small caches, the bound",
        "Che, Tung, Wang 2002; King 1971; Gelenbe 1973",
        check_forms,
    ),
    exact("policies", "a million requests by Zipf's law, 100 slots for 1,000 keys", DERIVED, check_policies),
    exact("loops", "loops over 101, 110 and 200 keys in 100 slots", DERIVED, check_loops),
    exact(
        "belady",
        "Belady's string: FIFO 9 and 10, LRU, CLOCK and SIEVE 10 and 8, OPT 7 and 6",
        "Belady, Nelson, Shedler 1969",
        check_belady,
    ),
    exact("shift", "ranks turned round after 100,000 requests", DERIVED, check_shift),
    exact("races", "all orders of the legs of a read and a write", DERIVED, check_races),
    exact(
        "flush",
        "flushed: late fills bring it back in 10 to 20 s, without them 55 to 58 % are good for ever; a queue shorter than timeout × rate brings it back in 5 s",
        DERIVED,
        check_flush,
    ),
    sweep(
        "hits-lru",
        "the same ratio in runs of the whole system: .5765",
        "Che, Tung, Wang 2002",
        "cache?writes=0&from=10s&for=1m",
        ("hit_share", Statistic::Mean, 0.57652, 0.004),
        (100, 10),
    ),
    sweep(
        "ttl",
        "a copy that lives for T from its fill, asked for λ times a second: λT/(1 + λT) = .9",
        "Jung, Berger, Balakrishnan 2003",
        "cache?clients=1&rate=9&writes=0&keys=1&ttl=1s&herd=coalesce&recompute=0ms&store_rate=4000&latency=0ms&for=200s",
        ("hit_share", Statistic::Mean, 0.9, 0.0005),
        (100, 20),
    ),
    sweep(
        "stampede",
        "a key that takes d to fetch, asked for λ times a second: 1 + λd = 11 fetch it",
        DERIVED,
        "cache?writes=0&keys=1&ttl=1s&recompute=100ms&latency=0ms&for=60s",
        ("herd_mean", Statistic::Mean, 11.0, 0.05),
        (100, 10),
    ),
    sweep(
        "saved",
        "write-behind, w = .5 writes a second for a key, written after f = 10 s: wf/(1 + wf) = .8333 of the writes are spared",
        DERIVED,
        "cache?rate=50&writes=1&keys=100&zipf=0&strategy=write-behind&size=1000&flush_every=10s&from=50s&for=250s",
        ("writes_saved_share", Statistic::Mean, 0.833333, 0.0015),
        (20, 4),
    ),
    sweep(
        "lost",
        "and a crash loses wf(1 + wf/2)/(1 + wf) = 2.9167 of them for a key: 291.67 for 100",
        DERIVED,
        "cache?rate=50&writes=1&keys=100&zipf=0&strategy=write-behind&size=1000&flush_every=10s&for=101s&do=100s:crash:n1",
        ("writes_lost", Statistic::Mean, 291.67, 1.0),
        (400, 40),
    ),
    sweep(
        "leases",
        "with leases, and deletions after writes, no copy differs for good, whichever way a read and a write meet",
        "Nishtala et al. 2013",
        "cache?clients=2&rate=0&keys=2&apps=2&herd=lease&latency=exp-5ms&for=2s&do=10ms:ask:c1:get.x,10ms:ask:c2:put.x",
        ("disagree", Statistic::Always, 0.0, 0.0),
        (10_000, 1_000),
    ),
];
