//! What a reader may set in the lab observe.

use crate::chance::dice::{MILLION, Purpose, below, die};
use crate::kits::graph::{self, Whose};
use crate::params::{Switch, choice, decimal, dist, duration, int};
use crate::parts::sampler::{self, TailPolicy};
use crate::sim::dist::Dist;

crate::choice! {
    /// Which services write spans, if not all do.
    pub enum Stand {
        Entry = "entry" "those that every request passes, then others",
        Random = "random" "by chance",
        Leaves = "leaves" "the last ones on the way",
    }
}
crate::choice! {
    /// Who decides at the head.
    pub enum Decide {
        Parent = "parent" "the first service; others obey its flag",
        Consistent = "consistent" "each, by the trace's random bits",
        Each = "each" "each, by a die of its own",
    }
}
crate::choice! {
    /// What is kept at the tail.
    pub enum Tail {
        Off = "off" "whatever has come",
        Errors = "errors" "traces with an error",
        Slow = "slow" "slow traces",
        Both = "both" "slow traces, and those with an error",
    }
}
crate::choice! {
    /// What has a line in a log.
    pub enum Log {
        Off = "off" "nothing",
        Errors = "errors" "requests that end badly",
        All = "all" "all requests",
    }
}
crate::choice! {
    /// By what metrics tell requests apart.
    pub enum Labels {
        Route = "route" "service and class",
        Instance = "instance" "instance, too",
        Tenant = "tenant" "instance and tenant, too",
        User = "user" "instance and user, too",
    }
}
crate::choice! {
    /// What goes wrong. Where, and for whom, the seed decides.
    pub enum Fault {
        None = "none" "nothing",
        Slow = "slow" "something is slow",
        Errors = "errors" "something fails",
        Tenant = "tenant" "something is wrong for one tenant",
        Storm = "storm" "somebody retries without a pause",
        Spike = "spike" "for 2 s ten times as much is asked",
    }
}
crate::choice! {
    /// Whom the fault strikes.
    pub enum Struck {
        Open = "open" "no answer yet",
        All = "all" "all of the service",
        Instance = "instance" "an instance of it",
        Class = "class" "a class of requests",
        Tenant = "tenant" "a tenant",
    }
}

/// The classes of requests.
pub const CLASSES: &[&str] = &["call", "call-2", "call-3"];

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Services" {
            services: u32 = int(4, 40, 12, "services"), "Services", "s1 is the gateway and the last one the store; a request passes one of the others between them.", moves_luck;
            instances: u32 = int(1, 4, 2, "instances"), "Instances", "How many each service has.", moves_luck;
            rate: u32 = decimal(1_000_000, 1_000_000_000, 60_000_000, "per second"), "Rate", "Requests in a second, of three classes.", moves_luck;
            tenants: u32 = int(1, 8, 6, "tenants"), "Tenants", "Who asks: each is a client, and asks as often.", moves_luck;
            users: u32 = int(1, 100_000, 10_000, "users"), "Users", "For whom: the n-th as often as 1/n.", moves_luck;
            latency: Dist = dist("1ms"), "Network", "What a message takes, one way.";
        }
        "Traces" {
            instrumented: u32 = int(1, 40, 40, "services"), "Instrumented", "How many services write spans; more than there are is all.";
            stand: Stand = choice(Stand::WORDS, 0), "Which", "Which services these are.";
            propagate: Switch = choice(Switch::WORDS, 1), "Propagation", "Whether the context of a request travels with its calls, through services that write nothing, too.";
            decide: Decide = choice(Decide::WORDS, 0), "Who decides", "Whose decision it is at the head whether spans are written.";
            head: u32 = decimal(1_000, 1_000_000, 100_000, "of traces"), "Head sampling", "How many traces are kept from their beginning.";
            tail: Tail = choice(Tail::WORDS, 0), "Tail sampling", "What of that is kept once a trace is together.";
            slow_at: u64 = duration(1_000, 60_000_000, 150_000), "Slow is", "A trace is slow from this length on.";
            tail_rest: u32 = decimal(0, 1_000_000, 10_000, "of traces"), "Of the rest", "How many of the other traces are kept at the tail.";
            decision_wait: u64 = duration(1_000, 60_000_000, 3_000_000), "Decision wait", "How long after its first span a trace is decided on (decision_wait).";
            num_traces: u32 = int(1, 100_000, 5_000, "traces"), "Memory", "How many traces are in memory at the most (num_traces).";
        }
        "Metrics" {
            scrape: u64 = duration(100_000, 60_000_000, 1_000_000), "Scrape interval", "How often instances are asked for their metrics. Prometheus asks every minute if nobody says otherwise; 15 s are common.";
            labels: Labels = choice(Labels::WORDS, 0), "Labels", "By what metrics tell requests apart.";
            look: u32 = int(0, 40, 0, "service"), "Table of", "Which service the table of counts is about; 0: a row for each hop.";
        }
        "Logs" {
            log: Log = choice(Log::WORDS, 1), "Lines", "What has a line in a log.";
            correlation: Switch = choice(Switch::WORDS, 1), "Correlation", "Whether lines name the trace that they belong to.";
        }
        "Fault" {
            fault: Fault = choice(Fault::WORDS, 2), "Fault", "What goes wrong. Where, and for whom, follows from the seed and is told nowhere.";
            share: u32 = decimal(0, 1_000_000, 600_000, "of requests"), "Failing share", "How many requests fail where something fails.";
            fault_at: u64 = duration(0, 3_600_000_000, 4_000_000), "Begins at", "When it begins.";
            fault_for: u64 = duration(0, 3_600_000_000, 10_000_000), "Lasts", "How long it lasts.";
        }
        "Your answer" {
            answer_tier: u32 = int(0, 40, 0, "service"), "The service is", "At which service the fault is, or which one retries; 0: no answer yet.";
            answer_whose: Struck = choice(Struck::WORDS, 0), "It strikes", "Whose requests.";
            answer_which: u32 = int(0, 8, 0, "number"), "Number", "Which instance of the service, class or tenant, from 1.";
        }
        "Promises" {
            found_within: u64 = duration(1_000, 3_600_000_000, 5_000_000), "Found within", "How long after the first faulty request a trace of one is to be there.";
            series_limit: u32 = int(100, 100_000_000, 10_000, "series"), "Series limit", "How many series there may be.";
            bytes_limit: u32 = int(1, 1_000_000, 5_000, "bytes"), "Bytes for a request", "What all signals together may weigh for each request.";
            weights: Switch = choice(Switch::WORDS, 1), "Weights", "Whether figures from traces count each by one over the probability with which it is kept.";
        }
    }
}

/// The hidden fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hidden {
    /// The service where it is, from 1; of a storm, the one that retries.
    pub service: u32,
    /// Whom it strikes, and which of them, from 1; 0 for all.
    pub whose: (Struck, u32),
    /// Whether it makes requests slow; else they fail.
    pub is_slow: bool,
}

impl Params {
    /// Where the fault is and whom it strikes: by the seed.
    pub fn hidden(&self, seed: u32) -> Option<Hidden> {
        let draw = |number: u64, many: u32| {
            below(die(seed, Purpose::Fault, u64::MAX, number), u64::from(many.max(1))) as u32
        };
        // Among those between gateway and store, or the store.
        let service = 2 + draw(0, self.services - 1);
        let between = 2 + draw(0, self.services - 2);
        let tenant = (Struck::Tenant, 1 + draw(1, self.tenants));
        let whose = match draw(2, 4) {
            0 if self.instances > 1 => (Struck::Instance, 1 + draw(3, self.instances)),
            1 => (Struck::Class, 1 + draw(4, CLASSES.len() as u32)),
            2 if self.tenants > 1 => tenant,
            _ => (Struck::All, 0),
        };
        match self.fault {
            Fault::None | Fault::Spike => None,
            Fault::Slow => Some(Hidden { service, whose, is_slow: true }),
            Fault::Errors => Some(Hidden { service, whose, is_slow: false }),
            Fault::Tenant => Some(Hidden { service, whose: tenant, is_slow: draw(5, 2) == 0 }),
            Fault::Storm => Some(Hidden { service: between, whose: (Struck::All, 0), is_slow: false }),
        }
    }

    /// Whether the reader has named the fault.
    pub fn is_answer(&self, seed: u32) -> bool {
        self.hidden(seed).is_some_and(|hidden| {
            let which = if hidden.whose.0 == Struck::All { 0 } else { self.answer_which };
            self.answer_tier == hidden.service && (self.answer_whose, which) == hidden.whose
        })
    }

    /// The services that write spans, from 0.
    pub fn writers(&self, seed: u32) -> Vec<u32> {
        let n = self.services;
        let mut all: Vec<u32> = match self.stand {
            Stand::Entry => [0, n - 1].into_iter().chain(1..n - 1).collect(),
            Stand::Leaves => (0..n).rev().collect(),
            Stand::Random => {
                let mut all: Vec<u32> = (0..n).collect();
                let key = |which: &u32| die(seed, Purpose::Choice, u64::MAX, u64::from(*which));
                crate::sorted::sort_by_key(&mut all, key);
                all
            }
        };
        all.truncate(self.instrumented as usize);
        all
    }

    /// The time between two requests of a tenant.
    pub fn gap(&self) -> Dist {
        let mean_ns = 1_000_000_000 * MILLION * u64::from(self.tenants) / u64::from(self.rate);
        Dist::Exponential { mean_ns }
    }

    /// Who decides at the head.
    pub fn decides(&self) -> sampler::Decide {
        match self.decide {
            Decide::Parent => sampler::Decide::Parent,
            Decide::Consistent => sampler::Decide::Consistent,
            Decide::Each => sampler::Decide::Each,
        }
    }

    /// What is kept at the tail.
    pub fn tail(&self) -> Option<TailPolicy> {
        let errors = matches!(self.tail, Tail::Errors | Tail::Both);
        let slow = matches!(self.tail, Tail::Slow | Tail::Both);
        (self.tail != Tail::Off).then_some(TailPolicy {
            wait_us: self.decision_wait,
            most: self.num_traces,
            errors,
            slow_us: slow.then_some(self.slow_at),
            rest: self.tail_rest,
        })
    }

    /// By what metrics tell requests apart, as the graph has it.
    pub fn told_by(&self) -> graph::Labels {
        match self.labels {
            Labels::Route => graph::Labels::Route,
            Labels::Instance => graph::Labels::Instance,
            Labels::Tenant => graph::Labels::Tenant,
            Labels::User => graph::Labels::Key,
        }
    }

    /// How many series there may come to be.
    pub fn series_possible(&self) -> u64 {
        let routes = u64::from(self.services) * CLASSES.len() as u64 * graph::SERIES_EACH;
        let each = u64::from(self.instances);
        match self.labels {
            Labels::Route => routes,
            Labels::Instance => routes * each,
            Labels::Tenant => routes * each * u64::from(self.tenants),
            Labels::User => routes * each * u64::from(self.users),
        }
    }
}

impl Hidden {
    /// Whose requests it strikes, as the graph has it; and at which instance, if at one.
    pub fn strikes(&self) -> (Whose, Option<u16>) {
        let which = self.whose.1.saturating_sub(1);
        match self.whose.0 {
            Struck::Class => (Whose::Class(which as u8), None),
            Struck::Tenant => (Whose::Tenant(which as u8), None),
            Struck::Instance => (Whose::All, Some(which as u16)),
            Struck::Open | Struck::All => (Whose::All, None),
        }
    }
}
