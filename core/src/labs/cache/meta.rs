//! What the lab is called, shows, counts and promises.

use crate::kits::graph::{CALLS, FACTS};
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    reads Things "Reads that began.";
    hit_share Millionths "Of the looks into the cache, how many found a copy; one that is told to look again counts once it is answered.";
    good_end_share Millionths "Of the requests that ended in the last quarter of the run, how many ended well.";
    read_p50_ms Us "Time that half of the reads took at the most.";
    read_p99_ms Us "Time that 99 of 100 reads took at the most.";
    store_share Millionths "Reads that the store was asked for, for every read of a client.";
    store_peak_per_s Millionths "The most requests a second that came to the store, over spans in which it can do 30; none before the first is over.";
    fetches Things "Reads that the store was asked for.";
    recomputes Things "Those of a key that was being read for somebody else.";
    herd_mean Millionths "How many fetches of a key overlap, on average: 1 where each is alone.";
    evictions Things "Copies thrown out for others.";
    stale_reads Things "Reads that gave a value which had been overwritten before they began.";
    oldest_ms Us "How long a value had been overwritten, at the most, when somebody began to read it; none where no value had been.";
    disagree Things "Copies that have differed from the store for a second, or a time to live, at the end of the run.";
    writes_lost Things "Writes that were acknowledged and that the store never had.";
    writes_saved_share Millionths "Of the writes that were acknowledged, how many the store was spared.";
    poisoned_reads Things "Reads that gave a value which nobody had written.";
    return_ms Us "How long after a flush or a crash nine tenths of the requests are answered in time, until the end of the run.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "cache",
    title: "Caching",
    summary: "Copies, who fills them and who throws them out; races, stampedes, poison, and the day on which the cache is empty.",
    part: BookPart::Scalability,
    chapters: &["Caching", "Downstream resiliency"],
    views: &[
        "slots",
        "traffic",
        "services",
        "spacetime",
        "red",
        "usage",
        "waterfall",
        "export",
        "charts",
        "stage",
        "operations",
    ],
    facts: FACTS,
    kinds: CALLS,
    tallies: Figures::SPECS,
    promises: &[
        promise("fresh", "Is no value older than the limit read?", "bounded staleness"),
        promise("settled", "When writes stop, do cache and store agree?", "convergence"),
        promise("durable", "Is no acknowledged write lost?", "durability"),
        promise("own", "Do I read my own write?", "read-your-writes consistency"),
        promise("spared", "Is the store asked for no more than it can do?", "load shedding by a cache"),
        promise("one", "Is a value that many miss fetched once?", "no cache stampede"),
        promise("returns", "Is the service back soon after the cache was emptied?", "no metastable failure"),
        promise("clean", "Is a wrong value gone soon?", "no cache poisoning"),
    ],
    requests: &[
        RequestSpec { example: "get.x", about: "read a key: x, y, z, u, v, w, p, q, k8, k9 and so on" },
        RequestSpec { example: "put.x", about: "write it" },
    ],
    horizon_us: 10_000_000,
    modelled: &[
        "Cache-aside, read-through, write-through, write-around and write-behind; every leg of a read, write, set and delete is a message.",
        "LRU, FIFO, RANDOM, CLOCK, LFU of what is in, SIEVE as in its published code, W-TinyLFU with Caffeine's shares.",
        "A store with a rate and a queue, which works on whether or not somebody still waits.",
        "A miss of many: nothing, a lock, single flight in each application, Facebook's leases (stale sets are refused), old copies while one fetches.",
        "Time to live with jitter; a copy's life begins with its fill.",
        "Whoever puts writes in order numbers them; a value is its version, so that an old one is known by its number.",
        "Where the cache writes through, it keeps no version older than the one that it holds.",
        "A cache that crashes comes back empty. The store keeps what it has.",
    ],
    left_out: &[
        "Sizes of objects and fragments of memory: an entry is an entry.",
        "Several caches, and moving keys between them (the lab ring).",
        "XFetch, negative entries, refreshing ahead of time.",
        "W-TinyLFU's sketch: frequencies are counted exactly.",
        "A crash of the store.",
    ],
    revision: 1,
    changelog: &["First published."],
};
