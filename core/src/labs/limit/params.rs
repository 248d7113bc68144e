//! What a reader may set in the lab limit, and the policies of parts that it amounts to.

use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::{backoff, concurrency, limiter};
use crate::sim::dice::MILLION;
use crate::sim::dist::Dist;

crate::choice! {
    /// When requests come.
    pub enum Load {
        Steady = "steady" "at random, at a rate",
        Regular = "regular" "evenly, at a rate",
        Edge = "edge" "twice the limit, around a window's end",
        Flood = "flood" "a crowd, all at once, at 1 s",
    }
}
crate::choice! {
    /// Which limiter decides.
    pub enum Which {
        None = "none" "nobody is refused",
        Fixed = "fixed" "fixed window",
        Log = "log" "sliding log",
        Counter = "counter" "sliding window counter",
        Bucket = "bucket" "token bucket",
        Leaky = "leaky" "leaky bucket, a queue",
        Gcra = "gcra" "GCRA",
    }
}
crate::choice! {
    /// For whom the limit is.
    pub enum By { All = "all" "all tenants together", Tenant = "tenant" "each tenant, a part of it" }
}
crate::choice! {
    /// Where the counters live.
    pub enum Counters {
        Local = "local" "in each gateway, the whole limit",
        Split = "split" "in each gateway, a part of it",
        Shared = "shared" "in one store that all ask",
        Sync = "sync" "in each gateway, which tell each other",
    }
}
crate::choice! {
    /// What a gateway does when the store does not answer.
    pub enum StoreDown {
        Open = "open" "lets everybody in",
        Closed = "closed" "lets nobody in",
        Local = "local" "limits by itself, to its part",
    }
}
crate::choice! {
    /// Whether a refusal says when to come back.
    pub enum RetryAfter {
        Off = "off" "not told",
        On = "on" "told, and clients obey",
        Jittered = "jittered" "told, and clients spread themselves",
    }
}
crate::choice! {
    /// How the delay before a retry is chosen.
    pub enum Delay {
        None = "none" "no delay",
        Fixed = "fixed" "the same each time",
        Exponential = "exponential" "exponential, ± 20 %",
        Full = "full" "full jitter: 0 to the exponential",
    }
}
crate::choice! {
    /// What limits those that are under way at once.
    pub enum Concurrent { Off = "off" "nothing", Fixed = "fixed" "a fixed number", Aimd = "aimd" "AIMD: it finds the number" }
}
crate::choice! {
    /// Times that vary, or not.
    pub enum Varies { Constant = "constant" "always the same", Exponential = "exponential" "exponential" }
}
crate::choice! {
    /// What goes wrong with the service.
    pub enum Trouble { None = "none" "nothing", Slowness = "slowness" "it works slower for a while" }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Requests" {
            load: Load = choice(Load::WORDS, 0), "Load", "When requests come. Edge is an adversary: of every two windows' end, as many as fit before it and after it.", moves_luck;
            rate: u32 = decimal(10_000, 4_000_000_000, 240_000_000, "per second"), "Rate", "Steady and regular: requests of all tenants together in a second.";
            starts: u64 = duration(0, 3_600_000_000, 0), "Begin at", "Regular: when the first comes.";
            crowd: u32 = int(1, 5_000, 1_000, "requests"), "Crowd", "Flood: how many come at once.";
            tenants: u32 = int(1, 50, 5, "tenants"), "Tenants", "How many share the service.";
            greedy: u32 = int(1, 1_000, 20, "times"), "The greedy one asks", "How many times as much as each of the others the first tenant asks for.";
        }
        "Limiter" {
            limiter: Which = choice(Which::WORDS, 4), "Limiter", "Which limiter decides who comes in.";
            limit: u32 = int(1, 10_000, 100, "requests"), "Limit", "How many may come in, in each window.";
            window: u64 = duration(10_000, 3_600_000_000, 1_000_000), "Window", "In what time; buckets and GCRA make a rate of it.";
            burst: u32 = int(1, 10_000, 100, "requests"), "Burst", "Bucket and GCRA: how many at once. Leaky: how many may wait.";
            by: By = choice(By::WORDS, 0), "For", "Whether all share the limit, or each tenant has an equal part of it.";
            retry_after: RetryAfter = choice(RetryAfter::WORDS, 0), "Retry-After", "Whether a refusal (429) says when the limiter will let one in, in place of the backoff.";
        }
        "Gateways" {
            gateways: u32 = int(1, 20, 1, "gateways"), "Gateways", "How many instances there are, each with its limiter.";
            spread: u32 = decimal(0, 4_000_000, 0, ""), "Unevenness", "The n-th gateway gets 1/n^s as many as the first, with this s; 0 is evenly.";
            counters: Counters = choice(Counters::WORDS, 0), "Counters", "Where what has come in is counted.";
            sync: u64 = duration(10_000, 3_600_000_000, 1_000_000), "Tell each other every", "Sync: how often gateways tell each other what they let in.";
            store_latency: Dist = dist("2ms"), "Store takes", "Shared: what the store takes to decide, beside the network.";
            store_timeout: u64 = duration(1_000, 60_000_000, 50_000), "Store timeout", "Shared: how long a gateway waits for it.";
            store_down: StoreDown = choice(StoreDown::WORDS, 1), "Store is down", "Shared: what a gateway does without an answer.";
        }
        "At once" {
            concurrency: Concurrent = choice(Concurrent::WORDS, 0), "Limit on those under way", "What limits how many a gateway has under way.";
            concurrency_limit: u32 = int(1, 10_000, 20, "requests"), "Under way", "How many; AIMD: at first.";
            aimd_timeout: u64 = duration(1_000, 3_600_000_000, 5_000_000), "AIMD: too long", "What takes longer makes the limit shrink, as an error does.";
        }
        "Clients" {
            attempts: u32 = int(1, 1_000, 1, "attempts"), "Attempts", "How often a request is made in all.";
            backoff: Delay = choice(Delay::WORDS, 2), "Backoff", "How the delay before a retry is chosen, where no refusal says it.";
            initial: u64 = duration(0, 3_600_000_000, 100_000), "Initial delay", "The delay before the first retry.";
            cap: u64 = duration(0, 3_600_000_000, 30_000_000), "Cap", "No delay is longer before jitter.";
            timeout: u64 = duration(1_000, 3_600_000_000, 1_000_000), "Timeout", "How long an attempt waits for its answer.";
        }
        "Service" {
            capacity: u32 = decimal(100_000, 4_000_000_000, 120_000_000, "per second"), "Capacity", "Requests that the service can finish in a second, all workers together.";
            workers: u32 = int(1, 1_000, 1, "workers"), "Workers", "How many requests it works on at once.";
            service: Varies = choice(Varies::WORDS, 0), "Service times", "Whether requests differ in the work that they need.";
            queue_limit: u32 = int(0, 100_000, 10_000, "requests"), "Queue limit", "How many requests may wait; more are refused.";
            latency: Dist = dist("1ms"), "Network", "What a message takes, one way.";
            trouble: Trouble = choice(Trouble::WORDS, 0), "Trouble", "What goes wrong with the service.";
            trouble_at: u64 = duration(0, 3_600_000_000, 2_000_000), "Begins at", "When the trouble begins.";
            trouble_for: u64 = duration(0, 3_600_000_000, 4_000_000), "Lasts", "How long it lasts.";
            slowdown: u32 = int(1, 1_000, 2, "times"), "Slowdown", "How many times longer the work takes.";
        }
        "Promises" {
            overload_limit: u32 = decimal(0, 1_000_000_000, 1_500_000, "times capacity"), "Overload limit", "How much of its capacity the service may be offered, while it can finish 30 requests.";
            herd_limit: u32 = int(1, 100_000, 100, "retries"), "Herd limit", "How many retries may come within 10 ms.";
            from: u64 = duration(0, 3_600_000_000, 0), "Count from", "Figures of rates and shares are of what happens from then on.";
        }
    }
}

impl Params {
    /// The limiter of everything that comes, wherever it is; none where nobody is refused.
    pub fn policy(&self) -> Option<limiter::Policy> {
        let kind = match self.limiter {
            Which::None => return None,
            Which::Fixed => limiter::Kind::Fixed,
            Which::Log => limiter::Kind::Log,
            Which::Counter => limiter::Kind::Counter,
            Which::Bucket => limiter::Kind::Bucket,
            Which::Leaky => limiter::Kind::Leaky,
            Which::Gcra => limiter::Kind::Gcra,
        };
        let whole = limiter::Policy { kind, limit: self.limit, window_us: self.window, burst: self.burst };
        Some(if self.by == By::Tenant { whole.part(self.tenants) } else { whole })
    }

    /// What there is in each gateway.
    pub fn policy_of_a_gateway(&self) -> Option<limiter::Policy> {
        let policy = self.policy()?;
        Some(match self.counters {
            Counters::Local | Counters::Sync => policy,
            Counters::Split | Counters::Shared => policy.part(self.gateways),
        })
    }

    /// How much each tenant asks for beside the others; empty if there is but one.
    pub fn weights(&self) -> Vec<u32> {
        match self.tenants {
            1 => Vec::new(),
            tenants => std::iter::once(self.greedy).chain((1..tenants).map(|_| 1)).collect(),
        }
    }

    /// The time between two requests.
    pub fn gap_dist(&self) -> Dist {
        let mean_ns = 1_000_000_000 * MILLION / u64::from(self.rate);
        match self.load {
            Load::Steady => Dist::Exponential { mean_ns },
            _ => Dist::Constant { ns: mean_ns },
        }
    }

    /// How long a worker is busy with a request.
    pub fn work_dist(&self) -> Dist {
        let mean_ns = u64::from(self.workers) * 1_000_000_000 * MILLION / u64::from(self.capacity);
        match self.service {
            Varies::Constant => Dist::Constant { ns: mean_ns },
            Varies::Exponential => Dist::Exponential { mean_ns },
        }
    }

    /// The delays of clients.
    pub fn backoff_policy(&self) -> backoff::Policy {
        let kind = match self.backoff {
            Delay::None => backoff::Kind::None,
            Delay::Fixed => backoff::Kind::Fixed,
            Delay::Exponential => backoff::Kind::Exponential,
            Delay::Full => backoff::Kind::Full,
        };
        let jitter_permille = if self.backoff == Delay::Exponential { 200 } else { 0 };
        backoff::Policy {
            kind,
            initial_us: self.initial,
            cap_us: self.cap,
            jitter_permille,
            ..backoff::Policy::BOOK
        }
    }

    /// A limit on those under way that adapts.
    pub fn aimd(&self) -> Option<concurrency::Policy> {
        (self.concurrency == Concurrent::Aimd).then_some(concurrency::Policy::Aimd {
            initial: self.concurrency_limit,
            backoff_permille: 900,
            timeout_us: self.aimd_timeout,
            most: 10_000,
        })
    }
}
