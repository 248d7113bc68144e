//! The settings as the configuration of Redis. What it cannot say is said beside it.

use super::params::{Evict, Herd, Params, Strategy};
use crate::lab::{Export, Lines};

/// What an entry takes here, in bytes: Redis counts memory and not entries.
const ENTRY: u64 = 1_024;

/// Redis, as a cache.
pub fn exports(params: &Params) -> Vec<Export> {
    let mut lines = Lines::of(&[], "");
    lines.say(format!("maxmemory {}", u64::from(params.size) * ENTRY));
    let policy = match params.evict {
        Evict::Lru | Evict::Fifo | Evict::Clock | Evict::Sieve => "allkeys-lru",
        Evict::Lfu | Evict::WTinyLfu => "allkeys-lfu",
        Evict::Random => "allkeys-random",
    };
    lines.say(format!("maxmemory-policy {policy}"));
    if params.evict != Evict::Random {
        lines.say("maxmemory-samples 10");
    }
    lines.note(true, "without maxmemory-policy Redis evicts nothing: noeviction, its default, refuses writes when memory is full");
    lines.note(true, "memory is counted, not entries: 1,024 bytes stand for one");
    lines.note(
        params.evict == Evict::Lru,
        "its LRU is of so many keys drawn by chance; 5 is the default, 10 comes close to all of them",
    );
    let other = matches!(params.evict, Evict::Fifo | Evict::Clock | Evict::Sieve | Evict::WTinyLfu);
    lines.note(other, "this policy cannot be said; the nearest stands here");
    lines.note(
        params.evict == Evict::Lfu,
        "its LFU counts roughly and forgets: lfu-log-factor, lfu-decay-time",
    );
    lines.note(
        params.ttl > 0,
        "a time to live is set with each entry: SET key value EX seconds; its jitter is the application's",
    );
    let takes = matches!(params.herd, Herd::Lock | Herd::Lease);
    lines.note(takes, "a lock is an entry of its own: SET lock token NX PX milliseconds");
    lines.note(params.herd == Herd::Lease, "a stale set is refused by a script that compares the token; memcached has it: mg with N, ms with the token it gave");
    let through = params.strategy != Strategy::Aside && params.strategy != Strategy::WriteAround;
    lines.note(
        through,
        "Redis asks no store and writes to none: what reads or writes through it is another program",
    );
    vec![Export { id: "redis", tool: "Redis", file: "redis.conf", text: lines.text, notes: Vec::new() }]
}
