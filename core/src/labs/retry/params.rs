//! What a reader may set in the lab retry, and the policies of parts that it amounts to.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::{adaptive_timeout, backoff, retry_budget};
use crate::sim::dice::MILLION;
use crate::sim::dist::Dist;

crate::choice! {
    /// What happens in the run.
    pub enum Load {
        Steady = "steady" "nothing disturbs the server",
        Deploy = "deploy" "everybody calls at once, at the trouble's start",
        Blip = "blip" "the server is in trouble for a while",
        Contention = "contention" "all update one row at once (AWS)",
        Chain = "chain" "services call services, each retries",
    }
}
crate::choice! {
    /// What makes a client call.
    pub enum Arrivals {
        Open = "open" "calls come at a rate",
        Closed = "closed" "each client calls, waits, thinks",
        Regular = "regular" "calls come at a rate, evenly spaced",
    }
}
crate::choice! {
    /// Times that vary, or not.
    pub enum Varies { Constant = "constant" "always the same", Exponential = "exponential" "exponential" }
}
crate::choice! {
    /// Which waiting request is served next.
    pub enum Order { Fifo = "fifo" "the oldest first", Lifo = "lifo" "the newest first" }
}
crate::choice! {
    /// What the trouble is: what the server does meanwhile, or that more is asked of it.
    pub enum Trouble {
        Silence = "silence" "takes requests, answers nothing",
        Refusal = "refusal" "refuses everything at once",
        Slowness = "slowness" "works slower",
        Burst = "burst" "is as well as ever, and is called more often",
    }
}
crate::choice! {
    /// How long an attempt waits for its answer.
    pub enum Patience {
        Fixed = "fixed" "the timeout below",
        P95x2 = "p95x2" "twice the 95th percentile seen",
        P95x3 = "p95x3" "three times the 95th percentile seen",
    }
}
crate::choice! {
    /// How delays between attempts grow and are spread.
    pub enum Kind {
        None = "none" "no delay",
        Fixed = "fixed" "the same each time",
        Exponential = "exponential" "exponential, ± the jitter share",
        Full = "full" "full jitter: 0 to the exponential",
        Equal = "equal" "equal jitter: half to the exponential",
        Decorrelated = "decorrelated" "decorrelated: up to 3 times the last",
    }
}
crate::choice! {
    /// What limits retries besides the number of attempts.
    pub enum BudgetOf {
        Off = "off" "nothing",
        Call = "call" "a share of all calls (Finagle)",
        Success = "success" "a share of all successes",
        Grpc = "grpc" "gRPC's retry throttling",
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
    /// Which services of a chain retry.
    pub enum RetryAt {
        Every = "every" "every caller",
        Top = "top" "only the client",
        Bottom = "bottom" "only the caller of the last service",
    }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Workload" {
            load: Load = choice(Load::WORDS, 2), "Workload", "What happens. A contention run goes on until every client has written.", moves_luck;
            clients: u32 = int(1, 5_000, 10, "clients"), "Clients", "How many clients there are: people, or instances of a service.";
            arrivals: Arrivals = choice(Arrivals::WORDS, 0), "Arrivals", "Open and regular: new calls come whether or not the old ones have ended. Closed: a client waits for its call to end.";
            rate: u32 = decimal(10_000, 4_000_000_000, 10_000_000, "per second"), "Rate", "Open and regular: calls of all clients together in a second.";
            think: Dist = dist("exp-1s"), "Think time", "Closed: the pause between the end of a call and the next call.";
            calls_each: u32 = int(0, 1_000_000, 0, "calls"), "Calls of each client", "A client makes no more calls than this; 0 is without limit.";
            bad: u32 = decimal(0, 1_000_000, 0, "of calls"), "Bad requests", "How many calls are the client's own mistake: the server answers each attempt with a permanent error.";
        }
        "Server" {
            capacity: u32 = decimal(100_000, 4_000_000_000, 15_000_000, "per second"), "Capacity", "Requests that the server can finish in a second, all workers together.";
            workers: u32 = int(1, 1_000, 1, "workers"), "Workers", "How many requests it works on at once.";
            service: Varies = choice(Varies::WORDS, 0), "Service times", "Whether requests differ in the work that they need.";
            queue: Order = choice(Order::WORDS, 0), "Queue", "Which waiting request is served next.";
            queue_limit: u32 = int(0, 100_000, 10_000, "requests"), "Queue limit", "How many requests may wait; more are refused.";
            drop_expired: Switch = choice(Switch::WORDS, 0), "Drop expired", "Whether the server throws away requests whose caller has given up by the deadline that they carry.";
            error: u32 = decimal(0, 1_000_000, 0, "of requests"), "Error share", "How many requests fail after the work has been done, apart from each other.";
            latency: Dist = dist("1ms"), "Network", "What a message takes, one way.";
        }
        "Trouble" {
            trouble: Trouble = choice(Trouble::WORDS, 0), "Trouble", "What the server does while it is in trouble, or that it is called more often (workloads deploy and blip).";
            trouble_at: u64 = duration(0, 3_600_000_000, 2_000_000), "Begins at", "When the trouble begins.";
            trouble_for: u64 = duration(0, 3_600_000_000, 2_000_000), "Lasts", "How long it lasts.";
            slowdown: u32 = int(1, 1_000, 10, "times"), "Slowdown", "Slowness: how many times longer the work takes.";
            burst: u32 = int(1, 1_000, 3, "times"), "Burst", "Burst: how many times as often calls come; closed clients think so much shorter.";
        }
        "Attempts" {
            timeout: u64 = duration(1_000, 3_600_000_000, 1_000_000), "Timeout", "How long an attempt waits for its answer; where the timeout follows the latency, what it is at first.";
            patience: Patience = choice(Patience::WORDS, 0), "Timeout is", "Fixed, or a multiple of what the last calls took.";
            window: u32 = int(10, 1_000, 100, "calls"), "Latencies kept", "From how many of a client's last latencies the percentile is taken.";
            attempts: u32 = int(1, 1_000, 4, "attempts"), "Attempts", "How often a call is tried in all: one more than its retries.";
            total: u64 = duration(0, 3_600_000_000, 0), "Time for a call", "No retry begins later than this after the call; 0 is without limit.";
            transient_only: Switch = choice(Switch::WORDS, 1), "Retry transient errors only", "Off: permanent errors are retried too.";
            cancel: Switch = choice(Switch::WORDS, 0), "Cancel", "Whether a client that gives up on an attempt tells the server.";
            keys: Switch = choice(Switch::WORDS, 0), "Idempotency keys", "Whether the server recognises a call that it has executed, and does not execute it again.";
        }
        "Backoff" {
            backoff: Kind = choice(Kind::WORDS, 2), "Backoff", "How the delay before a retry is chosen.";
            initial: u64 = duration(0, 3_600_000_000, 100_000), "Initial delay", "The delay before the first retry.";
            multiplier: u32 = decimal(1_000_000, 100_000_000, 2_000_000, "times"), "Multiplier", "By how much each delay exceeds the one before.";
            cap: u64 = duration(0, 3_600_000_000, 30_000_000), "Cap", "No delay is longer before jitter.";
            jitter: u32 = int(0, 100, 20, "%"), "Jitter", "Fixed and exponential: the delay lies within ± this share.";
            jitter_from: u32 = int(1, 100, 1, "retry"), "Jitter from retry", "Earlier retries are not spread at all.";
            retry_after: RetryAfter = choice(RetryAfter::WORDS, 0), "Retry-After", "Whether a refusal says when the server expects to be free, in place of the backoff, which begins anew after it.";
        }
        "Retry budget" {
            budget: BudgetOf = choice(BudgetOf::WORDS, 0), "Budget", "What limits a client's retries besides the number of attempts.";
            ratio: u32 = decimal(1_000, 1_000_000, 100_000, "retries"), "Ratio", "How many retries each call, or success, pays for.";
            ttl: u64 = duration(10_000, 3_600_000_000, 10_000_000), "Payments last", "For how long a payment counts (Finagle: 10 s).";
            reserve: u32 = int(0, 10_000, 0, "retries"), "Reserve", "Retries allowed in that time without any payment (Finagle: 100).";
            tokens: u32 = int(1, 1_000, 10, "tokens"), "Tokens", "gRPC: maxTokens; a failure takes one, retries need more than half.";
        }
        "Chain" {
            layers: u32 = int(1, 6, 5, "layers"), "Layers", "How many callers stand in a row: the client, and the services before the last.";
            retry_at: RetryAt = choice(RetryAt::WORDS, 0), "Who retries", "Which of the callers make more than one attempt.";
        }
        "Contention" {
            leg: u64 = duration(0, 10_000_000, 10_000), "Leg", "Mean time of a message.";
            jitter_net: u32 = decimal(0, 1_000_000_000, 2_000_000, "ms"), "Leg varies by", "Standard deviation of that time; 0 is always the same.";
            base: u64 = duration(0, 3_600_000_000, 5_000), "Base", "The delay that is doubled with each failure, from the first on.";
            ceiling: u64 = duration(0, 3_600_000_000, 2_000_000), "Ceiling", "No delay is longer before jitter.";
        }
        "Promises" {
            recovery_limit: u64 = duration(0, 3_600_000_000, 5_000_000), "Time to recover", "How long after the trouble's end calls may go on failing.";
            overload_limit: u32 = decimal(0, 1_000_000_000, 1_500_000, "times capacity"), "Overload limit", "How much of its capacity the server may be offered, while it can finish 30 requests.";
        }
    }
}

impl Params {
    /// The backoff of a call.
    pub fn backoff_policy(&self) -> backoff::Policy {
        let kind = match self.backoff {
            Kind::None => backoff::Kind::None,
            Kind::Fixed => backoff::Kind::Fixed,
            Kind::Exponential => backoff::Kind::Exponential,
            Kind::Full => backoff::Kind::Full,
            Kind::Equal => backoff::Kind::Equal,
            Kind::Decorrelated => backoff::Kind::Decorrelated,
        };
        if self.load == Load::Contention {
            // The article's expo(n) is base · 2^n with n = 1 on the first failure.
            let aws = backoff::Policy::aws(kind);
            let initial_us = if kind == backoff::Kind::Decorrelated { self.base } else { self.base * 2 };
            return backoff::Policy { initial_us, cap_us: self.ceiling, ..aws };
        }
        backoff::Policy {
            kind,
            initial_us: self.initial,
            multiplier_permille: self.multiplier / 1_000,
            cap_us: self.cap,
            jitter_permille: self.jitter * 10,
            jitter_from: self.jitter_from,
        }
    }

    /// The budget that is paid in tokens, if that is chosen.
    pub fn budget_policy(&self) -> Option<retry_budget::Policy> {
        let paid_on = match self.budget {
            BudgetOf::Call => retry_budget::PaidOn::Call,
            BudgetOf::Success => retry_budget::PaidOn::Success,
            BudgetOf::Off | BudgetOf::Grpc => return None,
        };
        let ratio_permille = self.ratio / 1_000;
        Some(retry_budget::Policy { paid_on, ratio_permille, ttl_us: self.ttl, reserve: self.reserve })
    }

    /// The timeout that follows the latency, if that is chosen.
    pub fn timeout_policy(&self) -> Option<adaptive_timeout::Policy> {
        let factor_permille = match self.patience {
            Patience::Fixed => return None,
            Patience::P95x2 => 2_000,
            Patience::P95x3 => 3_000,
        };
        let (window, first_us) = (self.window, self.timeout);
        Some(adaptive_timeout::Policy { quantile_permille: 950, factor_permille, window, first_us })
    }

    /// How long a worker is busy with a request.
    pub fn service_dist(&self) -> Dist {
        let mean_ns = u64::from(self.workers) * 1_000_000_000 * MILLION / u64::from(self.capacity);
        match self.service {
            Varies::Constant => Dist::Constant { ns: mean_ns },
            Varies::Exponential => Dist::Exponential { mean_ns },
        }
    }

    /// The time between two calls of one client where calls come at a rate.
    pub fn gap_dist(&self) -> Dist {
        let mean_ns = u64::from(self.clients) * 1_000_000_000 * MILLION / u64::from(self.rate);
        match self.arrivals {
            Arrivals::Regular => Dist::Constant { ns: mean_ns },
            Arrivals::Open | Arrivals::Closed => Dist::Exponential { mean_ns },
        }
    }

    /// How many requests a second reach the server while nothing disturbs it, in millionths, where calls come at a rate: the calls, and
    /// the retries of those that fail by the error share. With a budget, the calls alone: the least that there can be.
    pub fn undisturbed_load(&self) -> Option<u64> {
        let at_a_rate =
            self.arrivals != Arrivals::Closed && !matches!(self.load, Load::Contention | Load::Chain);
        let retried = if self.budget == BudgetOf::Off { self.attempts } else { 1 };
        let (mut share, mut per_call) = (MILLION, 0);
        for _ in 0..retried {
            per_call += share;
            share = share * u64::from(self.error) / MILLION;
        }
        at_a_rate.then(|| u64::from(self.rate) * per_call / MILLION)
    }

    /// Of a thousand attempts of a client, how many succeed while nothing disturbs the server, or fail by the error share. In a chain that
    /// comes to the client through the layers, each of which hides some of it by retries, and only those count that succeed.
    pub fn undisturbed_permille(&self) -> u64 {
        if self.load != Load::Chain {
            return 1_000;
        }
        let fails = (1..self.layers).rev().fold(u64::from(self.error), |fails, place| {
            (0..self.attempts_at(place)).fold(MILLION, |product, _| product * fails / MILLION)
        });
        1_000 - fails / 1_000
    }

    /// When the trouble begins and ends, in µs of true time; none where there is none.
    pub fn trouble_span(&self) -> Option<(u64, u64)> {
        let struck = matches!(self.load, Load::Deploy | Load::Blip);
        struck.then(|| (self.trouble_at, self.trouble_at.saturating_add(self.trouble_for)))
    }

    /// How many attempts the caller at a place of the chain makes; 0 is the client.
    pub fn attempts_at(&self, place: u32) -> u32 {
        let retries = match (self.load, self.retry_at) {
            (Load::Chain, RetryAt::Top) => place == 0,
            (Load::Chain, RetryAt::Bottom) => place + 1 == self.layers,
            _ => true,
        };
        if retries { self.attempts } else { 1 }
    }
}
