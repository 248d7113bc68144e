//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "zipf-lru",
        "A tenth of the keys, more than half of the reads",
        "1,000 keys by Zipf's law, room for 100 of them: LRU hits .577 of the reads.",
        "cache?rate=300&writes=0&from=5s&for=30s",
    ),
    preset(
        "zipf-sieve",
        "The same with SIEVE",
        "Who has been used keeps its place, and newcomers that are not go first: .671 of the same reads.",
        "cache?rate=300&writes=0&evict=sieve&from=5s&for=30s",
    ),
    preset(
        "few-slots",
        "Eight slots",
        "A cache small enough to watch: hits, victims and the hand.",
        "cache?rate=20&writes=0&keys=30&evict=sieve&size=8",
    ),
    preset(
        "loop",
        "101 keys in a loop, 100 slots",
        "LRU throws out just what will be asked for next: not one hit. Beside it, chance.",
        "cache?load=loop&clients=1&rate=50&writes=0&keys=101&from=5s&for=20s&b.evict=random",
    ),
    preset(
        "belady",
        "More memory, more misses",
        "Belady's string in a FIFO cache: nine misses with three slots, ten with four.",
        "cache?rate=0&keys=6&evict=fifo&size=3&for=1.5s&do=100ms:ask:c1:get.y,200ms:ask:c1:get.z,300ms:ask:c1:get.u,400ms:ask:c1:get.v,500ms:ask:c1:get.y,600ms:ask:c1:get.z,700ms:ask:c1:get.w,800ms:ask:c1:get.y,900ms:ask:c1:get.z,1s:ask:c1:get.u,1.1s:ask:c1:get.v,1.2s:ask:c1:get.w&b.size=4",
    ),
    preset(
        "shift",
        "What was popular once",
        "After ten seconds the last keys become the first: LFU keeps the old ones for ever. Beside it, SIEVE.",
        "cache?load=shift&rate=200&writes=0&shift_at=10s&evict=lfu&for=30s&b.evict=sieve",
    ),
    preset(
        "race-delete-before",
        "Delete, then write",
        "A read comes between the deletion and the write, and puts the old value back: it stays there for ever.",
        "cache?clients=2&rate=0&keys=2&invalidate=delete-before&for=2s&do=10ms:ask:c1:get.x,11ms:ask:c2:put.x,500ms:ask:c1:get.x",
    ),
    preset(
        "race-lease",
        "The same with leases",
        "The deletion takes the reader's token back, and its stale set is refused.",
        "cache?clients=2&rate=0&keys=2&invalidate=delete-before&herd=lease&for=2s&do=10ms:ask:c1:get.x,11ms:ask:c2:put.x,500ms:ask:c1:get.x",
    ),
    preset(
        "two-writers",
        "Two writers who set the cache",
        "Their writes reach the store in one order and the cache in the other.",
        "cache?clients=2&rate=0&keys=2&invalidate=set&apps=2&latency=exp-5ms&seed=3&for=2s&do=10ms:ask:c1:put.x,10ms:ask:c2:put.x,500ms:ask:c1:get.x",
    ),
    preset(
        "write-through",
        "Writes through the cache",
        "One place orders the writes, so copy and store agree; each write waits for both.",
        "cache?writes=0.3&strategy=write-through",
    ),
    preset(
        "write-around",
        "Writes around the cache",
        "Nobody tells the cache: a copy is as old as its time to live allows.",
        "cache?writes=0.3&strategy=write-around&ttl=2s",
    ),
    preset(
        "write-behind-crash",
        "Write-behind, and a crash",
        "Writes are acknowledged by the cache and written a second later; it goes down in between.",
        "cache?writes=0.5&keys=20&strategy=write-behind&do=5s:crash:n1,5.5s:start:n1",
    ),
    preset(
        "herd",
        "A hot key expires",
        "A hundred reads a second for one key, which takes 100 ms to fetch: each time its copy goes, eleven fetch it.",
        "cache?writes=0&keys=1&ttl=1s&recompute=100ms&latency=0ms",
    ),
    preset(
        "herd-coalesce",
        "One fetches for all",
        "The same in single flight: those who come meanwhile wait for the first one's answer.",
        "cache?writes=0&keys=1&ttl=1s&herd=coalesce&recompute=100ms&latency=0ms",
    ),
    preset(
        "memcached",
        "Leases, as in memcached's meta commands",
        "Who misses first wins the right to fetch; others look again, and a deletion takes that right back.",
        "cache?writes=0.05&keys=5&ttl=1s&herd=lease&recompute=100ms",
    ),
    preset(
        "same-ttl",
        "Loaded together, expired together",
        "1,000 keys came into the cache at once, and five seconds later all of them go. Beside it, ± 50 %.",
        "cache?rate=500&writes=0&zipf=0&size=1000&ttl=8s&warm=1000&for=16s&b.ttl_jitter=50",
    ),
    preset(
        "flush-stuck",
        "Flushed, and down for good",
        "The store can bear the misses of every day. It cannot bear those of an empty cache, and works on for clients who have gone.",
        "cache?clients=1&rate=200&writes=0&keys=2000&size=400&warm=400&store_rate=66&recompute=0ms&late_fill=off&for=40s&do=5s:ask:n1:flush",
    ),
    preset(
        "flush-back",
        "Flushed, and back",
        "The same, but what the store brings too late still fills the cache.",
        "cache?clients=1&rate=200&writes=0&keys=2000&size=400&warm=400&store_rate=66&recompute=0ms&return_limit=20s&for=40s&do=5s:ask:n1:flush",
    ),
    preset(
        "poison",
        "A wrong value",
        "Somebody sets a wrong value once; whoever reads it is given it until the copy goes.",
        "cache?rate=20&writes=0&keys=5&ttl=5s&do=2s:ask:n1:poison.x",
    ),
    preset(
        "redis",
        "Redis as a cache",
        "allkeys-lru, or allkeys-lfu; the panel prints the configuration.",
        "cache?evict=lfu&ttl=5s&ttl_jitter=10",
    ),
];
