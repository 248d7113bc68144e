//! What a reader may set in the lab cache, and the policies of parts that it amounts to.

use crate::kits::graph::Herd as Keepers;
pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::{evict, ttl};
use crate::sim::dice::MILLION;
use crate::sim::dist::Dist;

crate::choice! {
    /// Which keys are asked for.
    pub enum Load {
        Steady = "steady" "some more than others, by Zipf's law",
        Loop = "loop" "one after the other, evenly, round and round",
        Shift = "shift" "by Zipf's law, until the last become the first",
    }
}
crate::choice! {
    /// Who fills the cache, and what a write does.
    pub enum Strategy {
        Aside = "aside" "the application asks the cache, then the store, and fills the cache",
        ReadThrough = "read-through" "the cache asks the store; writes go to the store",
        WriteThrough = "write-through" "the cache asks the store, and writes go through it",
        WriteAround = "write-around" "as aside; writes go to the store alone",
        WriteBehind = "write-behind" "writes go to the cache, which writes later",
    }
}
crate::choice! {
    /// What a write does to the copy, where it goes to the store.
    pub enum Invalidate {
        DeleteAfter = "delete-after" "write, then delete the copy",
        DeleteBefore = "delete-before" "delete the copy, then write",
        DeleteTwice = "delete-twice" "delete, write, delete",
        Set = "set" "write, then set the copy",
    }
}
crate::choice! {
    /// Who is thrown out.
    pub enum Evict {
        Lru = "lru" "the least recently used",
        Fifo = "fifo" "the oldest",
        Random = "random" "any",
        Clock = "clock" "the oldest, if not used lately",
        Lfu = "lfu" "the least often used",
        Sieve = "sieve" "not used since the hand passed",
        WTinyLfu = "w-tinylfu" "whoever was asked for less often, newcomer or not",
    }
}
crate::choice! {
    /// What becomes of those who miss the same key at the same time.
    pub enum Herd {
        None = "none" "each fetches it",
        Lock = "lock" "one fetches it, others look again",
        Coalesce = "coalesce" "one fetches it in each process, others wait",
        Lease = "lease" "as lock; stale sets are refused",
        Stale = "stale" "one fetches it, others are given the old copy",
    }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Workload" {
            load: Load = choice(Load::WORDS, 0), "Workload", "Which keys are asked for.", moves_luck;
            clients: u32 = int(1, 20, 4, "clients"), "Clients", "How many clients there are.";
            rate: u32 = decimal(0, 4_000_000_000, 100_000_000, "per second"), "Rate", "Reads and writes of all clients together in a second; at 0 nobody asks but the script.";
            writes: u32 = decimal(0, 1_000_000, 100_000, "of requests"), "Writes", "How many requests write.";
            keys: u32 = int(1, 100_000, 1_000, "keys"), "Keys", "How many keys there are.";
            zipf: u32 = decimal(0, 2_000_000, 1_000_000, ""), "Skew", "Zipf's exponent: the n-th key is asked for as often as 1/n to that power; 0: all alike.";
            shift_at: u64 = duration(0, 3_600_000_000, 5_000_000), "Turns at", "Shift: when the keys that were asked for least become those that are asked for most.";
        }
        "Cache" {
            strategy: Strategy = choice(Strategy::WORDS, 0), "Strategy", "Who fills the cache, and which way writes go.";
            invalidate: Invalidate = choice(Invalidate::WORDS, 0), "Invalidation", "Aside and read-through: what a write does to the copy.";
            apps: u32 = int(1, 5, 1, "processes"), "Applications", "Processes of the application; each request goes to any of them.";
            evict: Evict = choice(Evict::WORDS, 0), "Eviction", "Who goes when the cache is full.";
            size: u32 = int(1, 100_000, 100, "entries"), "Size", "How many entries the cache has room for.";
            ttl: u64 = duration(0, 86_400_000_000, 0), "Time to live", "How long a copy is used; 0 is for ever.";
            ttl_jitter: u32 = int(0, 50, 0, "%"), "Jitter", "Each copy's time to live lies within ± this share.";
            herd: Herd = choice(Herd::WORDS, 0), "Stampede", "What becomes of those who miss the same key at the same time. Where writes set the copy, a lease is only a lock.";
            stale_for: u64 = duration(0, 3_600_000_000, 10_000_000), "Stale for", "Stale: for how long a copy whose time is over may still be given.";
            lease: u64 = duration(1_000, 3_600_000_000, 10_000_000), "Lease", "Lock, lease and stale: after this time another may fetch (Facebook: 10 s).";
            flush_every: u64 = duration(1_000, 3_600_000_000, 1_000_000), "Write after", "Write-behind: how long after its first change a copy is written.";
            warm: u32 = int(0, 100_000, 0, "keys"), "Warm", "How many keys, the most wanted first, the cache holds at the start.";
        }
        "Store" {
            store_rate: u32 = decimal(1_000_000, 4_000_000_000, 300_000_000, "per second"), "Store rate", "Reads and writes that the store can do in a second.";
            recompute: u64 = duration(0, 60_000_000, 10_000), "Recompute", "How long one takes; as many are done at once as the rate allows, and at least one.";
            store_queue: u32 = int(0, 100_000, 10_000, "requests"), "Store queue", "How many may wait at the store; more are refused.";
            timeout: u64 = duration(1_000, 60_000_000, 1_000_000), "Timeout", "How long a client waits.";
            late_fill: Switch = choice(Switch::WORDS, 1), "Late fill", "Whether an answer of the store still fills the cache when its client has given up.";
            latency: Dist = dist("1ms"), "Network", "What a message takes, one way.";
        }
        "Promises" {
            from: u64 = duration(0, 3_600_000_000, 0), "Figures from", "Counts and shares are of what happens from then on.";
            old_limit: u64 = duration(0, 3_600_000_000, 100_000), "Old at most", "How long a value may have been overwritten when somebody begins to read it.";
            overload_limit: u32 = decimal(0, 1_000_000_000, 1_000_000, "times its rate"), "Store load", "How much of its rate the store may be asked for.";
            return_limit: u64 = duration(0, 3_600_000_000, 5_000_000), "Time to return", "How long after a flush or a crash requests may go on failing.";
            poison_limit: u64 = duration(0, 3_600_000_000, 1_000_000), "Time of poison", "How long a wrong value may be given.";
        }
    }
}

impl Params {
    /// Who goes.
    pub fn evict_policy(&self) -> evict::Policy {
        match self.evict {
            Evict::Lru => evict::Policy::Lru,
            Evict::Fifo => evict::Policy::Fifo,
            Evict::Random => evict::Policy::Random,
            Evict::Clock => evict::Policy::Clock,
            Evict::Lfu => evict::Policy::Lfu,
            Evict::Sieve => evict::Policy::Sieve,
            Evict::WTinyLfu => evict::Policy::WTinyLfu,
        }
    }

    /// How long copies live.
    pub fn ttl_policy(&self) -> ttl::Policy {
        let stale_us = if self.herd == Herd::Stale { self.stale_for } else { 0 };
        ttl::Policy { life_us: self.ttl, jitter: self.ttl_jitter * 10_000, stale_us }
    }

    /// Whether writes set the copy, rather than delete it or leave it.
    pub fn writes_set(&self) -> bool {
        match self.strategy {
            Strategy::Aside | Strategy::ReadThrough => self.invalidate == Invalidate::Set,
            Strategy::WriteThrough | Strategy::WriteBehind => true,
            Strategy::WriteAround => false,
        }
    }

    /// What the cache does when several miss the same.
    pub fn keepers(&self) -> Keepers {
        match self.herd {
            Herd::None | Herd::Coalesce => Keepers::None,
            Herd::Lease if !self.writes_set() => Keepers::Lease,
            Herd::Lock | Herd::Lease => Keepers::Lock,
            Herd::Stale => Keepers::Stale,
        }
    }

    /// Whether the cache itself asks the store.
    pub fn reads_through(&self) -> bool {
        matches!(self.strategy, Strategy::ReadThrough | Strategy::WriteThrough | Strategy::WriteBehind)
    }

    /// How many requests the store works on at once, and how long each takes, in µs.
    pub fn store(&self) -> (u32, u64) {
        let rate = u64::from(self.store_rate);
        let workers = (rate.saturating_mul(self.recompute) / (MILLION * MILLION)).max(1);
        let workers = u32::try_from(workers).unwrap_or(u32::MAX);
        (workers, u64::from(workers) * MILLION * MILLION / rate)
    }

    /// The gap between two requests of a client; none where they make none by themselves.
    pub fn gap(&self) -> Option<Dist> {
        let of_all = u64::from(self.clients) * 1_000_000_000 * MILLION;
        let mean_ns = of_all.checked_div(u64::from(self.rate))?;
        Some(if self.load == Load::Loop {
            Dist::Constant { ns: mean_ns }
        } else {
            Dist::Exponential { mean_ns }
        })
    }

    /// How much each key is asked for, the most wanted first; they add up to 1.
    pub fn popularity(&self) -> Vec<f64> {
        match self.load {
            Load::Loop => vec![1.0 / f64::from(self.keys); self.keys as usize],
            _ => evict::popularity(&crate::parts::zipf::Zipf::new(self.keys, self.zipf), self.keys),
        }
    }
}
