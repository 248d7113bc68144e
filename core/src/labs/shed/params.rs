//! What a reader may set in the lab shed, and what follows from it for the graph.

use crate::kits::graph::{self, Expired, Line};
pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::codel;
use crate::parts::queue::{self, Discipline};
use crate::sim::dice::MILLION;
use crate::sim::dist::Dist;

crate::choice! {
    /// How much is asked in the course of the run.
    pub enum Load {
        Steady = "steady" "always as much",
        Step = "step" "more from a time on",
        Burst = "burst" "more for a while",
    }
}
crate::choice! {
    /// When calls come.
    pub enum Arrivals { Open = "open" "at random", Regular = "regular" "evenly spaced" }
}
crate::choice! {
    /// Times that vary, or not.
    pub enum Varies { Constant = "constant" "always the same", Exponential = "exponential" "exponential" }
}
crate::choice! {
    /// What a caller waits for.
    pub enum Via {
        Call = "call" "until the work is done",
        Queue = "queue" "until it is in the queue",
    }
}
crate::choice! {
    /// Which waiting request is served next.
    pub enum Order {
        Fifo = "fifo" "the oldest first",
        Lifo = "lifo" "the newest first",
        Adaptive = "adaptive" "the newest first once the oldest waits too long",
        Class = "class" "the critical first",
    }
}
crate::choice! {
    /// What becomes of a request for which there is no place, or of another.
    pub enum Full {
        Refuse = "refuse" "it is refused",
        DropOldest = "drop-oldest" "the oldest goes for it",
        DropLowest = "drop-lowest" "a less critical one goes for it",
    }
}
crate::choice! {
    /// What becomes of requests whose caller will have given up.
    pub enum Late {
        Serve = "serve" "they are served",
        Drop = "drop" "thrown away when their turn comes",
        Predict = "predict" "besides, refused if they cannot be done in time",
    }
}
crate::choice! {
    /// Whether requests are shed by how long they waited.
    pub enum Delay { Off = "off" "no", Folly = "folly" "CoDel, as folly has it" }
}
crate::choice! {
    /// By what instances are added and taken away.
    pub enum By {
        Off = "off" "not at all",
        Cpu = "cpu" "how busy they are",
        Rate = "rate" "what comes",
        Backlog = "backlog" "what waits",
    }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Load" {
            load: Load = choice(Load::WORDS, 0), "Load", "Whether more is asked from a time on, or for a while.";
            rate: u32 = decimal(10_000, 4_000_000_000, 150_000_000, "per second"), "Rate", "Calls in a second.";
            arrivals: Arrivals = choice(Arrivals::WORDS, 0), "Arrivals", "Whether they come at random (a Poisson process) or evenly spaced. None waits for another.";
            burst: u32 = int(1, 1_000, 4, "times"), "More", "Step and burst: how many times as often calls come.";
            burst_at: u64 = duration(0, 3_600_000_000, 5_000_000), "From", "Step and burst: when that begins.";
            burst_for: u64 = duration(0, 3_600_000_000, 10_000_000), "For", "Burst: how long it lasts.";
            critical: u32 = decimal(0, 1_000_000, 300_000, "of calls"), "Critical", "How many calls are critical, drawn one by one.";
        }
        "Callers" {
            patience: u64 = duration(1_000, 3_600_000_000, 200_000), "Patience", "How long a caller waits for the answer to an attempt.";
            attempts: u32 = int(1, 100, 1, "attempts"), "Attempts", "How often a call is tried in all, after full jitter of 100 ms, doubled each time.";
            cancel: Switch = choice(Switch::WORDS, 0), "Cancel", "Whether who gives up tells the service.";
            throttle: Switch = choice(Switch::WORDS, 0), "Throttle", "Whether the caller keeps calls back when many have been refused in the last two minutes.";
            throttle_k: u32 = decimal(1_000_000, 100_000_000, 2_000_000, "times"), "K", "Throttle: how many times what is accepted still goes out.";
        }
        "Service" {
            via: Via = choice(Via::WORDS, 0), "Answer", "Whether the caller waits for the work, or is told that it will be done.";
            capacity: u32 = decimal(100_000, 4_000_000_000, 100_000_000, "per second"), "Capacity", "Requests that can be done in a second, by the instances that are there at the start.";
            workers: u32 = int(1, 1_000, 1, "workers"), "Workers", "How many requests an instance works on at once.";
            service: Varies = choice(Varies::WORDS, 1), "Service times", "Whether requests differ in the work that they need.";
            instances: u32 = int(1, 40, 1, "instances"), "Instances", "Several, and any that a queue or a controller stands before, work from one line: each takes the next request when it is free.";
            latency: Dist = dist("1ms"), "Network", "What a message takes, one way.";
        }
        "Line" {
            queue: Order = choice(Order::WORDS, 0), "Queue", "Which waiting request is served next.";
            queue_limit: u32 = int(0, 100_000, 1_000, "requests"), "Queue limit", "How many requests may wait; those in work are not among them.";
            full: Full = choice(Full::WORDS, 0), "When it is full", "What becomes of who comes then, or of another.";
            expired: Late = choice(Late::WORDS, 0), "Expired", "What becomes of requests whose caller will not wait for the end. Of this the service knows by the deadline that they carry.";
            codel: Delay = choice(Delay::WORDS, 0), "CoDel", "Whether requests are shed when their turn comes too late: those that waited twice the target, while the least wait of an interval was over it.";
            target: u64 = duration(1_000, 3_600_000_000, 5_000), "Target", "CoDel: the wait that is good enough.";
            interval: u64 = duration(1_000, 3_600_000_000, 100_000), "Interval", "CoDel: for how long the least wait is looked at.";
            lifo_after: u64 = duration(0, 3_600_000_000, 20_000), "Newest after", "Adaptive: the newest is served first while the oldest has waited longer than this.";
            reserve: u32 = int(0, 100_000, 0, "places"), "Reserve", "Places in line that are kept for critical requests.";
        }
        "Scaling" {
            scale: By = choice(By::WORDS, 0), "Scale by", "By what a controller adds instances, and takes them away.";
            scale_target: u32 = int(1, 100, 60, "%"), "Target use", "How much of what instances can do they are to do.";
            scale_every: u64 = duration(100_000, 3_600_000_000, 15_000_000), "Looks every", "How often the controller looks.";
            start_up: u64 = duration(0, 3_600_000_000, 30_000_000), "Start-up", "How long an instance takes until it is ready.";
            most_instances: u32 = int(1, 200, 40, "instances"), "Most instances", "There are never more than these.";
            scale_down_after: u64 = duration(0, 3_600_000_000, 300_000_000), "Down after", "For how long the most that was asked for keeps instances from being taken away.";
        }
        "Promises" {
            recovery_limit: u64 = duration(0, 3_600_000_000, 5_000_000), "Time to recover", "How long after the end of what disturbed it calls may go on failing.";
            level_limit: u64 = duration(0, 3_600_000_000, 30_000_000), "Time to level", "How long after a burst, or a step's beginning, requests may still wait because of it.";
            from: u64 = duration(0, 3_600_000_000, 0), "Figures from", "Rates, shares and waits are of what happens from then on: a service that starts empty is better for a while.";
        }
    }
}

/// How far off the target a controller leaves things as they are, in thousandths (Kubernetes).
const TOLERANCE_PERMILLE: u32 = 100;
/// Which requests are critical.
pub const CRITICAL: graph::Class = 0;
/// Which are not.
pub const OTHER: graph::Class = 1;

impl Params {
    /// Whether requests wait where they are worked on: one instance that callers call themselves.
    pub fn is_plain(&self) -> bool {
        self.scale == By::Off && self.instances == 1 && self.via == Via::Call
    }

    /// How many instances there may be.
    pub fn most(&self) -> u32 {
        if self.scale == By::Off { self.instances } else { self.most_instances.max(self.instances) }
    }

    /// What an instance can do in a second, in millionths of a request.
    pub fn each(&self) -> u64 {
        u64::from(self.capacity) / u64::from(self.instances)
    }

    /// The work of a request.
    pub fn work(&self) -> Dist {
        let all = u128::from(self.workers) * u128::from(self.instances) * 1_000_000_000 * u128::from(MILLION);
        let mean_ns = u64::try_from(all / u128::from(self.capacity)).unwrap_or(u64::MAX);
        match self.service {
            Varies::Constant => Dist::Constant { ns: mean_ns },
            Varies::Exponential => Dist::Exponential { mean_ns },
        }
    }

    /// The time between two calls.
    pub fn gap(&self) -> Dist {
        let mean_ns = 1_000_000_000 * MILLION / u64::from(self.rate);
        match self.arrivals {
            Arrivals::Open => Dist::Exponential { mean_ns },
            Arrivals::Regular => Dist::Constant { ns: mean_ns },
        }
    }

    /// When calls come more often, and how many times.
    pub fn more(&self) -> Option<(u64, u64, u32)> {
        // Longer than any run.
        const FOR_EVER_US: u64 = 1_000_000_000_000;
        match self.load {
            Load::Steady => None,
            Load::Step => Some((self.burst_at, FOR_EVER_US, self.burst)),
            Load::Burst => Some((self.burst_at, self.burst_for, self.burst)),
        }
    }

    /// Those that wait.
    pub fn line(&self) -> Line {
        let order = match self.queue {
            Order::Fifo => Discipline::Fifo,
            Order::Lifo => Discipline::Lifo,
            Order::Adaptive => Discipline::Adaptive { after_us: self.lifo_after },
            Order::Class => Discipline::ByClass,
        };
        let full = match self.full {
            Full::Refuse => queue::Full::Refuse,
            Full::DropOldest => queue::Full::DropOldest,
            Full::DropLowest => queue::Full::DropLowest,
        };
        let expired = match self.expired {
            Late::Serve => Expired::Serve,
            Late::Drop => Expired::Drop,
            Late::Predict => Expired::Predict,
        };
        let policy = codel::Policy { target_us: self.target, interval_us: self.interval };
        let codel = (self.codel == Delay::Folly).then_some(policy);
        Line { order, limit: self.queue_limit, full, expired, codel }
    }

    /// Who adds instances.
    pub fn scale(&self, tier: graph::TierId, of: graph::TierId, line: graph::TierId) -> Option<graph::Scale> {
        let by = match self.scale {
            By::Off => return None,
            By::Cpu => graph::By::Cpu,
            By::Rate => graph::By::Rate,
            By::Backlog => graph::By::Backlog,
        };
        Some(graph::Scale {
            tier,
            of,
            line: Some(line),
            least: self.instances as u16,
            by,
            target: self.scale_target * 10_000,
            every_us: self.scale_every,
            start_up: Dist::constant_us(self.start_up),
            tolerance_permille: TOLERANCE_PERMILLE,
            down_after_us: self.scale_down_after,
        })
    }
}
