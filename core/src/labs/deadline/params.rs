//! What a reader may set in the lab deadline.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::sim::dice::MILLION;
use crate::sim::dist::Dist;

crate::choice! {
    /// Who calls whom.
    pub enum Shape {
        Nested = "nested" "each calls the next",
        Sequence = "sequence" "the first calls the others, one by one",
        Parallel = "parallel" "the first calls the others at once",
    }
}
crate::choice! {
    /// How calls come at their rate.
    pub enum Arrivals { Open = "open" "by chance", Regular = "regular" "evenly spaced" }
}
crate::choice! {
    /// Times that vary, or not.
    pub enum Varies { Constant = "constant" "always the same", Exponential = "exponential" "exponential" }
}
crate::choice! {
    /// How long a caller waits.
    pub enum Rule {
        Own = "own" "its own timeout",
        HalfLeft = "half-left" "half of what is left",
        HalfEach = "half-each" "half of the whole, for each call",
        Deadline = "deadline" "until the deadline",
    }
}
crate::choice! {
    /// How the deadline travels.
    pub enum Carry {
        Off = "off" "it does not",
        Duration = "duration" "as the time that is left",
        Clock = "clock" "as a time of the clock",
    }
}
crate::choice! {
    /// What becomes of requests whose deadline has passed.
    pub enum Expired {
        Serve = "serve" "they are served",
        Drop = "drop" "thrown away at their turn",
        Predict = "predict" "refused if they cannot be done in time",
    }
}
crate::choice! {
    /// Who tries again.
    pub enum RetryAt {
        Every = "every" "every caller",
        Top = "top" "only the people",
        Bottom = "bottom" "only who calls the last service",
    }
}
crate::choice! {
    /// Which copy of the last service is called.
    pub enum Pick {
        Random = "random" "any",
        Turn = "turn" "one after the other",
        Least = "least" "the one that owes the fewest answers",
        Two = "two" "of two, the one that owes fewer",
    }
}
crate::choice! {
    /// When a call of the last service is tried at another copy as well.
    pub enum Hedge {
        Off = "off" "never",
        After = "after" "after a time",
        P95 = "p95" "when 95 of 100 would be back",
    }
}
crate::choice! {
    /// Which of the other tries are called back once an answer is there.
    pub enum HedgeCancel {
        Off = "off" "none",
        Waiting = "waiting" "those that still wait",
        AtOnce = "at-once" "all",
    }
}
crate::choice! {
    /// What is wrong with a service.
    pub enum Trouble {
        None = "none" "nothing",
        Hang = "hang" "it takes requests, and does nothing",
        Slow = "slow" "its work takes longer",
        Errors = "errors" "it fails at once",
    }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Services" {
            hops: u32 = int(1, 6, 3, "services"), "Services", "How many services there are, from the first, which people call, to the last.", moves_luck;
            shape: Shape = choice(Shape::WORDS, 0), "Shape", "Who calls whom, each after its own work.", moves_luck;
            rate: u32 = decimal(10_000, 4_000_000_000, 40_000_000, "per second"), "Rate", "Calls of people in a second.";
            arrivals: Arrivals = choice(Arrivals::WORDS, 0), "Arrivals", "How calls come at that rate.";
            capacity: u32 = decimal(100_000, 4_000_000_000, 100_000_000, "per second"), "Capacity", "Requests that each instance of a service can finish in a second.";
            service: Varies = choice(Varies::WORDS, 1), "Service times", "Whether requests differ in the work that they need.";
            narrow: u32 = int(0, 6, 0, "service"), "Narrow service", "The one with the capacity below; 0: none.";
            narrow_capacity: u32 = decimal(100_000, 4_000_000_000, 90_000_000, "per second"), "Its capacity", "Requests that the narrow service can finish in a second.";
            threads: u32 = int(1, 10_000, 50, "threads"), "Threads", "Of each instance: a request holds one from its beginning to its end, also while others are called for it.";
            bystanders: u32 = decimal(0, 1_000_000, 0, "of calls"), "Bystanders", "How many calls need the first service alone.", moves_luck;
            latency: Dist = dist("100us"), "Network", "What a message takes, one way.";
        }
        "Time" {
            rule: Rule = choice(Rule::WORDS, 0), "Timeout is", "How long a caller waits for an answer. With halves people wait for whatever the first service answers, which has the time below.";
            timeout: u64 = duration(1_000, 3_600_000_000, 30_000_000), "Own timeout", "Rule own, or where no deadline has come.";
            total: u64 = duration(1_000, 3_600_000_000, 30_000_000), "Time for a call", "Within which people are to know: the deadline, and what the promise is about.";
            carry: Carry = choice(Carry::WORDS, 0), "Deadline travels", "Whether services are told until when somebody waits.";
            expired: Expired = choice(Expired::WORDS, 0), "Expired requests", "What a service does with requests for which nobody waits any more, as far as it knows.";
            cancel: Switch = choice(Switch::WORDS, 0), "Cancel", "Whether a caller that gives up tells the service.";
        }
        "Retries" {
            attempts: u32 = int(1, 10, 1, "attempts"), "Attempts", "How often a call is tried in all, without a delay.";
            retry_at: RetryAt = choice(RetryAt::WORDS, 0), "Who retries", "Which of the callers make more than one attempt.";
            tokens: u32 = int(0, 1_000, 0, "tokens"), "Throttle tokens", "gRPC's maxTokens, with tokenRatio 0.1: a failure takes one, retries and hedges need more than half; 0 is off.";
        }
        "Hedging" {
            copies: u32 = int(1, 10, 1, "instances"), "Copies", "How many instances the last service has.", moves_luck;
            pick: Pick = choice(Pick::WORDS, 0), "Which copy", "Which of them is called first.";
            hedge: Hedge = choice(Hedge::WORDS, 0), "Hedge", "When a call of the last service is tried at another copy as well.";
            hedge_after: u64 = duration(100, 3_600_000_000, 30_000), "Hedge after", "How long a try has been out by then; where it follows the latency, at first.";
            hedges: u32 = int(1, 3, 1, "tries"), "Hedges", "How many tries go out besides the first.";
            hedge_cancel: HedgeCancel = choice(HedgeCancel::WORDS, 2), "Call back", "Which of the other tries are called back once an answer is there.";
        }
        "Trouble" {
            trouble: Trouble = choice(Trouble::WORDS, 0), "Trouble", "What is wrong with a service for a while.";
            bad_tier: u32 = int(0, 6, 0, "service"), "At service", "Which one; 0: the last.";
            slowdown: u32 = int(1, 100_000, 200, "times"), "Slowdown", "How many times longer its work takes.";
            trouble_at: u64 = duration(0, 3_600_000_000, 2_000_000), "Begins at", "When the trouble begins.";
            trouble_for: u64 = duration(0, 3_600_000_000, 4_000_000), "Lasts", "How long it lasts.";
        }
        "Promises" {
            waste_limit: u32 = decimal(0, 1_000_000, 50_000, "of work"), "Waste limit", "How much of all work may be done when nobody waits for it any more.";
            healthy_limit: u64 = duration(1_000, 3_600_000_000, 1_000_000), "Healthy within", "Within which bystanders are to have their answer.";
            from: u64 = duration(0, 3_600_000_000, 0), "Count from", "Figures of rates and times are of what happens from then on.";
        }
    }
}

impl Params {
    /// Which services there are whose capacity is another, from 0: the last, and the one in trouble.
    pub fn last(&self) -> u32 {
        self.hops - 1
    }

    /// The service in trouble, from 0; none without trouble.
    pub fn bad(&self) -> Option<u32> {
        let which = if self.bad_tier == 0 { self.last() } else { self.bad_tier.min(self.hops) - 1 };
        (self.trouble != Trouble::None).then_some(which)
    }

    /// What an instance of a service can finish a second, in millionths.
    pub fn capacity_of(&self, service: u32) -> u32 {
        if self.narrow == service + 1 { self.narrow_capacity } else { self.capacity }
    }

    /// The work of a request at a service.
    pub fn work(&self, service: u32) -> Dist {
        let mean_ns = 1_000_000_000 * MILLION / u64::from(self.capacity_of(service));
        match self.service {
            Varies::Constant => Dist::Constant { ns: mean_ns },
            Varies::Exponential => Dist::Exponential { mean_ns },
        }
    }

    /// The time between two calls of those who make such a share of them, in millionths.
    pub fn gap(&self, share: u32) -> Dist {
        let mean_ns = u128::from(1_000_000_000 * MILLION) * u128::from(MILLION)
            / (u128::from(self.rate) * u128::from(share.max(1)));
        let mean_ns = u64::try_from(mean_ns).unwrap_or(u64::MAX).min(3_600_000_000_000_000);
        match self.arrivals {
            Arrivals::Regular => Dist::Constant { ns: mean_ns },
            Arrivals::Open => Dist::Exponential { mean_ns },
        }
    }

    /// Whether the calls of the last service are hedged.
    pub fn hedges(&self) -> bool {
        self.hedge != Hedge::Off
    }

    /// How many callers stand one above the other; the people are the first.
    pub fn depth(&self) -> u32 {
        if self.shape == Shape::Nested { self.hops } else { self.hops.min(2) }
    }

    /// How many attempts the caller at a depth makes, from 0 for the people.
    pub fn attempts_at(&self, depth: u32) -> u32 {
        let retries = match self.retry_at {
            RetryAt::Every => true,
            RetryAt::Top => depth == 0,
            RetryAt::Bottom => depth + 1 == self.depth(),
        };
        if retries { self.attempts } else { 1 }
    }
}
