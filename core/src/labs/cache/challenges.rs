//! Goals to reach by editing a scenario.

use super::params::{Evict, Herd, Invalidate, Load, Params, Strategy, Switch};
use crate::acts::Act;
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

/// A tally; 0 where it measured nothing.
fn count(outcome: &Outcome, tally: &str) -> u64 {
    outcome.tally(tally).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
}

/// The cache must have been flushed, warm, with enough of the run to come.
fn survives_flush(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let flush = |act: &Act| matches!(act, Act::Ask { request, .. } if request.0 == "flush");
    let flushed = scenario.cues.iter().any(|cue| {
        flush(&cue.act) && cue.at_us >= 5_000_000 && cue.at_us + 20_000_000 <= scenario.horizon_us
    });
    let only = scenario.cues.iter().all(|cue| flush(&cue.act));
    let same = p.load == Load::Steady
        && p.rate >= 200_000_000
        && p.keys >= 2_000
        && p.zipf <= 1_000_000
        && p.size <= 400;
    let store = p.store_rate <= 66_000_000 && p.timeout <= 1_000_000 && p.late_fill == Switch::Off;
    let well = outcome.tally("return_ms").is_some_and(|us| us <= 20_000_000);
    flushed && only && same && store && well && count(outcome, "good_end_share") >= 950_000
}

/// The read must have come between the deletion and the write, at the same pace of messages and store.
fn is_never_stale(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.strategy == Strategy::Aside && p.invalidate == Invalidate::DeleteBefore && p.ttl == 0;
    let asked: Vec<(u64, &str)> = (scenario.cues.iter())
        .filter_map(|cue| match &cue.act {
            Act::Ask { request, .. } => Some((cue.at_us, request.0.as_str())),
            _ => None,
        })
        .collect();
    let met = asked == [(10_000, "get.x"), (11_000, "put.x"), (500_000, "get.x")] && scenario.cues.len() == 3;
    let pace = p.latency.to_string() == "1ms" && p.recompute == 10_000;
    let came = count(outcome, "reads") >= 2 && count(outcome, "fetches") >= 2;
    same && met && pace && came && outcome.stands("settled", State::Kept)
}

/// The reads must be by the same law, and enough of them.
fn beats_lru(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Steady
        && p.keys >= 1_000
        && p.zipf <= 1_000_000
        && p.size <= 100
        && p.herd == Herd::None;
    let enough = count(outcome, "reads") >= 9_000 && scenario.cues.is_empty();
    same && enough && p.evict != Evict::Lru && count(outcome, "hit_share") >= 640_000
}

/// The key must have expired again and again under as many reads.
fn fetches_once(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.rate >= 100_000_000
        && p.keys == 1
        && p.ttl > 0
        && p.ttl <= 1_000_000
        && p.recompute >= 100_000
        && p.apps >= 3;
    let expired = count(outcome, "fetches") >= 5 && count(outcome, "reads") >= 500;
    same && expired && outcome.stands("one", State::Kept)
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "survive-flush",
        view: "panels=traffic,verdicts&knobs=store_queue,herd,timeout&law=returns",
        figures: &["return_ms", "good_end_share"],
        prompt: "The cache is flushed, and half of all requests fail for good. Bring the service back within 20 s, with the same store, load and timeout, and without late fills.",
        guess: Some((
            "What keeps it down?",
            &[
                "The store works for clients that have gone",
                "The cache is too small",
                "The network",
                "A stampede on one key",
            ],
        )),
        start: "cache?clients=1&rate=200&writes=0&keys=2000&size=400&warm=400&store_rate=66&recompute=0ms&late_fill=off&for=40s&do=5s:ask:n1:flush",
        goal: survives_flush,
        hint: "How long does a request wait in a queue of 10,000 at 66 a second, and how long does its client?",
        solution: "cache?clients=1&rate=200&writes=0&keys=2000&size=400&warm=400&store_rate=66&recompute=0ms&store_queue=40&late_fill=off&for=40s&do=5s:ask:n1:flush",
        learn: "A queue longer than timeout times rate holds only work for nobody. Keep it shorter, and what is done fills the cache.",
    },
    Challenge {
        id: "no-stale",
        view: "panels=spacetime,slots,verdicts&knobs=herd,ttl&law=settled",
        figures: &["disagree"],
        prompt: "A read comes between a deletion and its write, and the old value stays in the cache. Prevent it without changing the order of the two, without a time to live, and without touching the script.",
        guess: None,
        start: "cache?clients=2&rate=0&keys=2&invalidate=delete-before&for=2s&do=10ms:ask:c1:get.x,11ms:ask:c2:put.x,500ms:ask:c1:get.x",
        goal: is_never_stale,
        hint: "Who could know that the reader's value may be old by the time it comes to the cache?",
        solution: "cache?clients=2&rate=0&keys=2&invalidate=delete-before&herd=lease&for=2s&do=10ms:ask:c1:get.x,11ms:ask:c2:put.x,500ms:ask:c1:get.x",
        learn: "The cache sees both: the miss that is to be filled and the deletion after it. A token makes the one refuse the other.",
    },
    Challenge {
        id: "beat-lru",
        view: "panels=slots,traffic&knobs=evict,size",
        figures: &["hit_share"],
        prompt: "With 100 slots for 1,000 keys LRU hits .577 of the reads. Hit .64 with no more slots.",
        guess: Some(("Which policy does it?", &["SIEVE", "FIFO", "CLOCK", "Any entry by chance"])),
        start: "cache?rate=300&writes=0&from=5s&for=40s",
        goal: beats_lru,
        hint: "Most keys are asked for once and not again for long. Which policy lets them go soonest?",
        solution: "cache?rate=300&writes=0&evict=sieve&from=5s&for=40s",
        learn: "LRU lets every newcomer wander through the whole cache; SIEVE throws those out first that nobody asks for again, LFU those that were asked for least.",
    },
    Challenge {
        id: "one-recompute",
        view: "panels=traffic,verdicts&knobs=herd,apps&law=one",
        figures: &["herd_mean", "fetches"],
        prompt: "Three applications share a cache, and a hot key expires every second. See to it that it is never fetched twice at a time.",
        guess: None,
        start: "cache?writes=0&keys=1&apps=3&ttl=1s&herd=coalesce&recompute=100ms",
        goal: fetches_once,
        hint: "Each application knows of its own requests alone. What do all three ask?",
        solution: "cache?writes=0&keys=1&apps=3&ttl=1s&herd=lock&recompute=100ms",
        learn: "Single flight ends at the process. What all of them share is the cache: a lock or a lease there makes it one, and so does an old copy that all are given while one fetches.",
    },
];
