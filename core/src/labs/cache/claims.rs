//! What the book and common belief say about caches, each with the run that proves or refutes it.

use super::fidelity::{mean_share, share, tally};
use crate::lab::{Claim, Holds, Proof, State};
use crate::parts::cache_races::{Leg, READ, all};

fn said(kept: bool, words: String) -> Result<String, String> {
    if kept { Ok(words) } else { Err(words) }
}

fn delete_first() -> Result<String, String> {
    let of = |write: &[Leg], leases| all(READ, write, leases).apart.len();
    let (first, last) = (of(&[Leg::Delete, Leg::Write], false), of(&[Leg::Write, Leg::Delete], false));
    let leased = of(&[Leg::Write, Leg::Delete], true);
    let words = format!(
        "of 10 orders of a read and a write the old value stays in {first}; write, then delete: {last}; with leases: {leased}"
    );
    said((first, last, leased) == (6, 1, 0), words)
}

fn lru_is_not_best() -> Result<String, String> {
    let hits = |evict: &str| mean_share(&format!("cache?writes=0&evict={evict}&from=5s&for=1m"), "hit_share");
    let (lru, sieve, lfu) = (hits("lru"), hits("sieve"), hits("lfu"));
    said(
        lru + 0.06 < sieve && lru + 0.04 < lfu,
        format!("hits: LRU {lru:.3}, SIEVE {sieve:.3}, LFU {lfu:.3}"),
    )
}

fn twice_as_large() -> Result<String, String> {
    let hits = |size: u32| mean_share(&format!("cache?writes=0&size={size}&from=5s&for=1m"), "hit_share");
    let (small, large) = (hits(100), hits(200));
    let words = format!("hits with 100 and 200 of 1,000 keys: {small:.3} and {large:.3}");
    said((small - 0.577).abs() < 0.02 && large < 1.25 * small, words)
}

fn loop_by_one() -> Result<String, String> {
    let hits = |size: u32| {
        share(
            &format!("cache?load=loop&clients=1&rate=50&writes=0&keys=101&size={size}&from=5s&for=20s"),
            "hit_share",
        )
    };
    let (without, with) = (hits(100), hits(101));
    said(
        without == 0.0 && with == 1.0,
        format!("a loop over 101 keys: {without} of the reads hit with 100 slots, {with} with 101"),
    )
}

fn chance_beats() -> Result<String, String> {
    let hits = |evict: &str| {
        share(
            &format!("cache?load=loop&clients=1&rate=50&writes=0&keys=101&evict={evict}&from=5s&for=30s"),
            "hit_share",
        )
    };
    let (lru, random) = (hits("lru"), hits("random"));
    said(
        lru == 0.0 && random > 0.95,
        format!("a loop over 101 keys in 100 slots: LRU {lru}, RANDOM {random:.3}"),
    )
}

fn more_misses() -> Result<String, String> {
    let link =
        super::presets::PRESETS.iter().find(|preset| preset.id == "belady").map_or("", |preset| preset.link);
    let (three, _) = link.split_once("&b.").unwrap_or((link, ""));
    let four = three.replace("size=3", "size=4");
    let misses = [three, &four].map(|link| tally(link, "fetches"));
    said(misses == [9, 10], format!("misses with three and four slots: {misses:?}"))
}

fn popular_once() -> Result<String, String> {
    let hits = |evict: &str| {
        share(
            &format!("cache?load=shift&rate=200&writes=0&shift_at=30s&evict={evict}&from=40s&for=1m"),
            "hit_share",
        )
    };
    let (lfu, lru) = (hits("lfu"), hits("lru"));
    said(
        lfu < 0.35 && lru > 0.5,
        format!("hits once the first keys are the last: LFU {lfu:.3}, LRU {lru:.3}"),
    )
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "only-faster",
        sentence: "A cache only makes things faster.",
        holds: Holds::No(
            "a store that is small because there is a cache cannot bear the day on which it is empty",
        ),
        link: "cache?clients=1&rate=200&writes=0&keys=2000&size=400&warm=400&store_rate=66&recompute=0ms&late_fill=off&for=40s&do=5s:ask:n1:flush",
        promise: "returns",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "late-fill",
        sentence: "An answer that comes after its client has gone is of no use.",
        holds: Holds::No("it fills the cache, and so brings the service back"),
        link: "cache?clients=1&rate=200&writes=0&keys=2000&size=400&warm=400&store_rate=66&recompute=0ms&return_limit=20s&for=1m&do=5s:ask:n1:flush",
        promise: "returns",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "database",
        sentence: "A cache can be used as a database.",
        holds: Holds::No("what it has acknowledged and not yet written goes with it"),
        link: "cache?writes=0.5&keys=20&strategy=write-behind&do=5s:crash:n1,5.5s:start:n1",
        promise: "durable",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "delete-first",
        sentence: "Delete the entry, then write the store.",
        holds: Holds::No(
            "a read in between puts the old value back: in six of ten orders; the other way round in one",
        ),
        link: "cache?clients=2&rate=0&keys=2&invalidate=delete-before&for=2s&do=10ms:ask:c1:get.x,11ms:ask:c2:put.x,500ms:ask:c1:get.x",
        promise: "settled",
        proof: Proof::Shown(delete_first),
    },
    Claim {
        id: "delete-after",
        sentence: "Write the store, then delete the entry: then cache and store agree.",
        holds: Holds::No("a read that lies around both puts the old value back: in one of ten orders"),
        link: "cache?clients=2&rate=0&keys=2&apps=2&latency=exp-5ms&for=2s&do=10ms:ask:c1:get.x,10ms:ask:c2:put.x",
        promise: "settled",
        proof: Proof::SomeOf { seeds: 200, at_least: 5 },
    },
    Claim {
        id: "leases",
        sentence: "Leases keep stale values out of a cache.",
        holds: Holds::If("everybody who writes deletes the entry afterwards"),
        link: "cache?clients=2&rate=0&keys=2&apps=2&herd=lease&latency=exp-5ms&for=2s&do=10ms:ask:c1:get.x,10ms:ask:c2:put.x",
        promise: "settled",
        proof: Proof::NoneOf { seeds: 1_000 },
    },
    Claim {
        id: "set-on-write",
        sentence: "Whoever writes the store should set the cache as well.",
        holds: Holds::No(
            "of two writers the later at the store may be the earlier at the cache: in two of six orders",
        ),
        link: "cache?clients=2&rate=0&keys=2&invalidate=set&apps=2&latency=exp-5ms&for=2s&do=10ms:ask:c1:put.x,10ms:ask:c2:put.x",
        promise: "settled",
        proof: Proof::SomeOf { seeds: 100, at_least: 10 },
    },
    Claim {
        id: "write-through",
        sentence: "Write-through keeps cache and store alike.",
        holds: Holds::If("one place orders the writes"),
        link: "cache?clients=2&rate=0&keys=2&strategy=write-through&apps=2&latency=exp-5ms&for=2s&do=10ms:ask:c1:put.x,10ms:ask:c2:put.x",
        promise: "settled",
        proof: Proof::NoneOf { seeds: 400 },
    },
    Claim {
        id: "ttl",
        sentence: "A time to live bounds how old a value is.",
        holds: Holds::Yes,
        link: "cache?writes=0.3&strategy=write-around&ttl=2s&old_limit=2.1s",
        promise: "fresh",
        proof: Proof::NoneOf { seeds: 40 },
    },
    Claim {
        id: "around",
        sentence: "Writes that go around the cache do it no harm.",
        holds: Holds::No("its copies are the old values, until they go"),
        link: "cache?writes=0.3&strategy=write-around&ttl=2s",
        promise: "own",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "lru",
        sentence: "LRU is best where some keys are read more than others.",
        holds: Holds::No(".577 of the reads; SIEVE .671, LFU .657 of the same"),
        link: "cache?writes=0&from=5s&for=1m&b.evict=sieve",
        promise: "spared",
        proof: Proof::Shown(lru_is_not_best),
    },
    Claim {
        id: "twice-as-large",
        sentence: "A cache twice as large hits twice as often.",
        holds: Holds::No("what comes in addition is asked for less: .577 becomes .68"),
        link: "cache?writes=0&from=5s&for=1m&b.size=200",
        promise: "spared",
        proof: Proof::Shown(twice_as_large),
    },
    Claim {
        id: "one-more",
        sentence: "One slot more or less makes no difference.",
        holds: Holds::No("a loop over 101 keys misses always with 100 slots and never with 101"),
        link: "cache?load=loop&clients=1&rate=50&writes=0&keys=101&from=5s&for=20s&b.size=101",
        promise: "spared",
        proof: Proof::Shown(loop_by_one),
    },
    Claim {
        id: "more-memory",
        sentence: "More memory never hurts.",
        holds: Holds::No("a FIFO cache misses nine of Belady's twelve with three slots, ten with four"),
        link: "cache?rate=0&keys=6&evict=fifo&size=3&for=1.5s&do=100ms:ask:c1:get.y,200ms:ask:c1:get.z,300ms:ask:c1:get.u,400ms:ask:c1:get.v,500ms:ask:c1:get.y,600ms:ask:c1:get.z,700ms:ask:c1:get.w,800ms:ask:c1:get.y,900ms:ask:c1:get.z,1s:ask:c1:get.u,1.1s:ask:c1:get.v,1.2s:ask:c1:get.w&b.size=4",
        promise: "one",
        proof: Proof::Shown(more_misses),
    },
    Claim {
        id: "random",
        sentence: "Throwing out any entry is the worst policy.",
        holds: Holds::No("on a loop LRU hits nothing and chance nearly all"),
        link: "cache?load=loop&clients=1&rate=50&writes=0&keys=101&from=5s&for=30s&b.evict=random",
        promise: "spared",
        proof: Proof::Shown(chance_beats),
    },
    Claim {
        id: "lfu",
        sentence: "LFU keeps what is popular.",
        holds: Holds::No("it keeps what was; what has become popular since is thrown out again and again"),
        link: "cache?load=shift&rate=200&writes=0&shift_at=10s&evict=lfu&for=30s&b.evict=lru",
        promise: "spared",
        proof: Proof::Shown(popular_once),
    },
    Claim {
        id: "expiry-spreads",
        sentence: "Entries expire at different times by themselves.",
        holds: Holds::No("what was loaded together expires together"),
        link: "cache?rate=500&writes=0&zipf=0&size=1000&ttl=8s&warm=1000&for=16s",
        promise: "spared",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "jitter",
        sentence: "Jitter on the time to live spares the store.",
        holds: Holds::If("the span over which it spreads is long enough for the store to fetch all of them"),
        link: "cache?rate=500&writes=0&zipf=0&size=1000&ttl=8s&ttl_jitter=50&warm=1000&for=16s",
        promise: "spared",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "coalesce",
        sentence: "Single flight ends stampedes.",
        holds: Holds::If("all requests pass one process; each process has flights of its own"),
        link: "cache?writes=0&keys=1&ttl=1s&herd=coalesce&recompute=100ms&latency=0ms",
        promise: "one",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "poison",
        sentence: "A poisoned entry cures itself.",
        holds: Holds::If("it has a time to live; for that long everybody is given the wrong value"),
        link: "cache?rate=20&writes=0&keys=5&ttl=5s&do=2s:ask:n1:poison.x",
        promise: "clean",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "delete-poison",
        sentence: "Deleting a poisoned entry cures it.",
        holds: Holds::If("the store is clean"),
        link: "cache?rate=20&writes=0&keys=5&ttl=5s&do=2s:ask:n1:poison.x,2.5s:ask:n1:evict.x",
        promise: "clean",
        proof: Proof::Run(State::Kept),
    },
];
