//! What a reader may set in the lab breaker, and the policies of parts that it amounts to.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::breaker::{self, Window};
use crate::parts::deadline;
use crate::sim::dist::Dist;

crate::choice! {
    /// Which calls a request makes.
    pub enum Needs {
        One = "one" "one of the three, by chance",
        All = "all" "all three, in turn",
        Any = "any" "the next only if one fails",
    }
}
crate::choice! {
    /// The dependencies, in the order in which a request calls them.
    pub enum Target { Cache = "cache" "the cache", Database = "database" "the database", Analytics = "analytics" "analytics" }
}
crate::choice! {
    /// How requests come to an instance.
    pub enum Arrivals { Random = "random" "at random, as from many people", Even = "even" "evenly, the instances by turns" }
}
crate::choice! {
    /// What is wrong with the bad dependency.
    pub enum Trouble {
        Off = "none" "nothing",
        Errors = "errors" "it fails at once",
        Slow = "slow" "it works slower",
        Silence = "silence" "it does not answer",
        Shard = "shard" "one of its shards fails",
    }
}
crate::choice! {
    /// What a breaker takes an answer for.
    pub enum CountedAs {
        Nothing = "off" "nothing (ignoreExceptions)",
        Failure = "on" "a failure (recordExceptions)",
        Success = "success" "a success (in neither list)",
    }
}
crate::choice! {
    /// What a breaker does that has been half-open for too long.
    pub enum AfterLimit { Open = "open" "it opens again", Closed = "closed" "it closes" }
}
crate::choice! {
    /// What one breaker stands before.
    pub enum Scope { Dependency = "dependency" "a whole dependency", Shard = "shard" "each of its shards" }
}
crate::choice! {
    /// When a closed breaker opens.
    pub enum Trip {
        Rate = "rate" "at a share of failures or of slow calls",
        Count = "count" "at a number of failures in the window",
        Consecutive = "consecutive" "at a number of failures in a row",
    }
}
crate::choice! {
    /// What the window holds.
    pub enum WindowOf { Calls = "calls" "the last calls", Seconds = "seconds" "the last seconds" }
}
crate::choice! {
    /// What the trial calls of a half-open breaker decide by.
    pub enum HalfOpen {
        Rate = "rate" "their share of failures",
        Consecutive = "consecutive" "successes in a row",
    }
}
crate::choice! {
    /// How retries and the breaker are nested.
    pub enum Order {
        None = "none" "no retries",
        RetryOutside = "retry-outside" "each attempt passes the breaker",
        BreakerOutside = "breaker-outside" "the breaker sees whole calls",
    }
}
crate::choice! {
    /// Who shares a thread pool.
    pub enum Pools { Shared = "shared" "one pool for all calls", Apart = "apart" "one for each dependency" }
}
crate::choice! {
    /// How a request's time is divided among its calls.
    pub enum Rule {
        Deadline = "deadline" "all that is left",
        HalfLeft = "half-left" "half of what is left",
        HalfEach = "half-each" "half of the whole for each call",
    }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Requests" {
            callers: u32 = int(1, 200, 5, "callers"), "Callers", "Instances of the service, each with breakers and pools of its own.";
            rate: u32 = decimal(10_000, 4_000_000_000, 60_000_000, "per second"), "Rate", "Requests that reach all instances together in a second.";
            arrivals: Arrivals = choice(Arrivals::WORDS, 0), "Requests come", "At random: exponential gaps at each instance. Evenly: always the same gap.";
            burst: u32 = int(1, 1_000, 1, "at once"), "In groups of", "How many requests come to an instance at once; groups come less often by as much.";
            needs: Needs = choice(Needs::WORDS, 0), "A request needs", "Which of the cache, the database and analytics a request calls.";
            bad: u32 = decimal(0, 1_000_000, 0, "of requests"), "Bad requests", "How many requests are the client's own mistake: the database answers 400.";
            fallback: Switch = choice(Switch::WORDS, 0), "Fallback", "Whether a call that fails is answered with something older or simpler.";
        }
        "Dependencies" {
            work: Dist = dist("10ms"), "Work", "How long a worker of a dependency is busy with a call.";
            workers: u32 = int(1, 1_000, 10, "workers"), "Workers", "Calls that a dependency works on at once.";
            queue_limit: u32 = int(0, 100_000, 1_000, "calls"), "Queue limit", "Calls that may wait at a dependency; more fail.";
            latency: Dist = dist("1ms"), "Network", "What a message takes, one way.";
        }
        "Trouble" {
            trouble: Trouble = choice(Trouble::WORDS, 1), "Trouble", "What is wrong with the bad dependency.";
            target: Target = choice(Target::WORDS, 1), "Bad dependency", "Which one.";
            trouble_at: u64 = duration(0, 3_600_000_000, 2_000_000), "Begins at", "When the trouble begins.";
            trouble_for: u64 = duration(0, 3_600_000_000, 4_000_000), "Lasts", "How long it lasts at the least.";
            recover_below: u32 = decimal(0, 4_000_000_000, 0, "per second"), "Recovers below", "After that time it is well once it gets fewer calls than this in a second; 0 is without condition.";
            flap: u64 = duration(0, 3_600_000_000, 0), "Flaps every", "Within the trouble it is bad and well by turns of this length; 0 is bad throughout.";
            error: u32 = decimal(0, 1_000_000, 1_000_000, "of calls"), "Error share", "Errors: how many calls fail.";
            slowdown: u32 = int(1, 1_000, 100, "times"), "Slowdown", "Slow: how many times longer the work takes.";
            shards: u32 = int(1, 64, 8, "shards"), "Shards", "How many shards a dependency has; each call goes to one.";
        }
        "Breaker" {
            breaker: Switch = choice(Switch::WORDS, 1), "Breaker", "Whether calls pass a circuit breaker.";
            scope: Scope = choice(Scope::WORDS, 0), "One breaker for", "What one breaker stands before.";
            trip: Trip = choice(Trip::WORDS, 0), "Opens", "What opens it.";
            failure_rate: u32 = int(1, 100, 50, "%"), "Failure rate", "By rate: the share of failures that opens it (failureRateThreshold).";
            slow_rate: u32 = int(1, 100, 100, "%"), "Slow-call rate", "By rate: the share of slow calls that opens it (slowCallRateThreshold).";
            failures: u32 = int(1, 10_000, 5, "failures"), "Failures", "By count, or in a row: how many open it.";
            window: WindowOf = choice(WindowOf::WORDS, 0), "Window", "What is counted (slidingWindowType).";
            window_size: u32 = int(1, 10_000, 10, "calls or seconds"), "Window size", "How many calls or seconds (slidingWindowSize).";
            minimum_calls: u32 = int(1, 10_000, 5, "calls"), "Minimum calls", "No rate is judged on fewer (minimumNumberOfCalls).";
            slow_call: u64 = duration(1_000, 3_600_000_000, 500_000), "Slow call", "A call that takes longer is slow (slowCallDurationThreshold).";
            open_for: u64 = duration(0, 3_600_000_000, 1_000_000), "Open for", "How long it stays open (waitDurationInOpenState).";
            open_jitter: u32 = int(0, 100, 0, "%"), "Open jitter", "That time lies within ± this share.";
            open_growth: u32 = decimal(1_000_000, 100_000_000, 1_000_000, "times"), "Open wait grows", "By how much that time exceeds the one before, each time that it opens again without having closed (exponentialBackoffMultiplier).";
            open_most: u64 = duration(0, 3_600_000_000, 0), "Open at the most", "That time is never longer; 0 is without limit (exponentialMaxWaitDurationInOpenState).";
            permits: u32 = int(1, 1_000, 3, "calls"), "Trial calls", "How many calls a half-open breaker admits (permittedNumberOfCallsInHalfOpenState).";
            halfopen: HalfOpen = choice(HalfOpen::WORDS, 0), "Closes by", "What the trial calls decide by.";
            successes: u32 = int(1, 1_000, 3, "successes"), "Successes", "In a row: how many close it.";
            trial_limit: u64 = duration(0, 3_600_000_000, 0), "Trial limit", "How long a breaker is half-open at the most; 0 is without limit (maxWaitDurationInHalfOpenState).";
            after_limit: AfterLimit = choice(AfterLimit::WORDS, 0), "After that", "What a breaker does that has been half-open for so long (transitionToStateAfterWaitDuration).";
            count_errors: CountedAs = choice(CountedAs::WORDS, 1), "Errors count as", "What the breaker takes an error of the dependency for: where only some exceptions are listed, all others are successes.";
            count_bad: CountedAs = choice(CountedAs::WORDS, 0), "400s count as", "What it takes an answer to the client's own mistake for.";
        }
        "Retries" {
            order: Order = choice(Order::WORDS, 0), "Order", "Whether calls are retried, inside or outside the breaker.";
            attempts: u32 = int(1, 100, 3, "attempts"), "Attempts", "How often a call is tried in all.";
            backoff: u64 = duration(0, 3_600_000_000, 50_000), "Backoff", "The delay before each retry.";
        }
        "Bulkheads" {
            pools: Pools = choice(Pools::WORDS, 1), "Pools", "Whether the calls to each dependency have threads of their own.";
            pool: u32 = int(1, 10_000, 12, "threads"), "Threads", "Threads of one instance; apart, each dependency has a third of them, at least one.";
            pool_queue: u32 = int(0, 10_000, 12, "calls"), "Pool queue", "Calls that may wait for a thread of a pool; more are rejected.";
        }
        "Time" {
            total: u64 = duration(1_000, 3_600_000_000, 1_000_000), "Time for a request", "After which nobody waits for its answer.";
            rule: Rule = choice(Rule::WORDS, 0), "Time for a call", "How that time is divided among its calls.";
        }
        "Promises" {
            healthy_limit: u64 = duration(1_000, 3_600_000_000, 200_000), "Healthy calls take", "What a call to a healthy dependency may take at the most.";
            open_calls_limit: u32 = int(0, 1_000_000, 18, "calls"), "Calls to the bad one", "How many calls in a second the bad dependency may get, from a second after it became bad.";
        }
    }
}

impl Params {
    /// The policy of every breaker.
    pub fn breaker_policy(&self) -> breaker::Policy {
        let trip = match self.trip {
            Trip::Rate => {
                let (failure_permille, slow_permille) = (self.failure_rate * 10, self.slow_rate * 10);
                breaker::Trip::Rate { failure_permille, slow_permille }
            }
            Trip::Count => breaker::Trip::Count(self.failures),
            Trip::Consecutive => breaker::Trip::Consecutive(self.failures),
        };
        let window = match self.window {
            WindowOf::Calls => Window::Calls(self.window_size),
            WindowOf::Seconds => Window::Seconds(self.window_size),
        };
        let half_open = match self.halfopen {
            HalfOpen::Rate => breaker::HalfOpen::Rate,
            HalfOpen::Consecutive => breaker::HalfOpen::Consecutive(self.successes),
        };
        breaker::Policy {
            trip,
            window,
            minimum_calls: self.minimum_calls,
            slow_us: self.slow_call,
            open_us: self.open_for,
            open_jitter_permille: self.open_jitter * 10,
            open_growth_millionths: self.open_growth,
            open_most_us: self.open_most,
            permits: self.permits,
            half_open,
            half_open_limit_us: self.trial_limit,
            half_open_limit_closes: self.after_limit == AfterLimit::Closed,
        }
    }

    /// How a request's time is divided.
    pub fn time_rule(&self) -> deadline::Rule {
        match self.rule {
            Rule::Deadline => deadline::Rule::Deadline,
            Rule::HalfLeft => deadline::Rule::HalfLeft,
            Rule::HalfEach => deadline::Rule::HalfEach,
        }
    }

    /// Threads of each of an instance's pools.
    pub fn threads(&self) -> u32 {
        match self.pools {
            Pools::Shared => self.pool,
            Pools::Apart => (self.pool / 3).max(1),
        }
    }

    /// How many breakers an instance has.
    pub fn breakers(&self) -> u32 {
        if self.scope == Scope::Shard { 3 * self.shards } else { 3 }
    }
}
