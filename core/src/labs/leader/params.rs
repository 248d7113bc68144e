//! What a reader may set in the lab leader.

use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::lease::safe_stop_us;
use crate::sim::dist::Dist;

crate::choice! {
    /// What happens to whom.
    pub enum Load {
        Steady = "steady" "a job, and what the script does",
        Failover = "failover" "the leader dies at a random moment",
        Resign = "resign" "the leader steps down at a random moment",
    }
}
crate::choice! {
    /// How a leader is found.
    pub enum Mechanism {
        Lease = "lease" "a lease in a store",
        Sequence = "sequence" "sessions that stand in line (ZooKeeper)",
        Bully = "bully" "the greatest number that answers (bully)",
        Ring = "ring" "the greatest number on a ring (Chang and Roberts)",
    }
}
crate::choice! {
    /// Whose clock says that a lease is over.
    pub enum Judge {
        Store = "store" "the store's clock",
        Observer = "observer" "the clock of who wants it (Kubernetes)",
    }
}
crate::choice! {
    /// Which entry one who stands in line watches.
    pub enum Watch {
        Before = "before" "the entry before its own (a chain)",
        First = "first" "the first one (a herd)",
    }
}
crate::choice! {
    /// When a leader that cannot renew gives up.
    pub enum Stop {
        OwnClock = "own-clock" "when its lease is over by its own clock",
        Margin = "margin" "earlier, for clocks that differ",
        Deadline = "deadline" "after a deadline for renewing (Kubernetes)",
        Never = "never" "only when it is told so",
    }
}
crate::choice! {
    /// From when on a holder counts its lease.
    pub enum From { Ask = "ask" "when it asked", Answer = "answer" "when it was answered" }
}
crate::choice! {
    /// What the leader does.
    pub enum Job {
        Cron = "cron" "a run at each tick of the clock, by its number",
        Writes = "writes" "a write every so often",
    }
}
crate::choice! {
    /// What a leader looks at before it runs the job.
    pub enum Look { Off = "off" "nothing", Before = "before" "whether its lease is over" }
}
crate::choice! {
    /// On or off.
    pub enum Switch { On = "on" "on", Off = "off" "off" }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Nodes" {
            load: Load = choice(Load::WORDS, 0), "Workload", "What happens: a job that the leader does, or the end of a leader at a moment drawn by dice.", moves_luck;
            n: u32 = int(2, 9, 3, "nodes"), "Nodes", "How many could lead.";
            mechanism: Mechanism = choice(Mechanism::WORDS, 0), "Leads", "How a leader is found.";
        }
        "Lease" {
            lease: u64 = duration(100_000, 600_000_000, 10_000_000), "Lease", "How long a lease lasts, or a session that is not heard of.";
            renew: u64 = duration(10_000, 60_000_000, 3_000_000), "Renews every", "How often a holder asks for its lease or session anew, and a leader by bully or on the ring says that it is up.";
            poll: Dist = dist("1s"), "Looks every", "How long a node that does not lead waits before it asks for the lease again.";
            judge: Judge = choice(Judge::WORDS, 0), "A lease is over by", "Whose clock decides that a lease is over.";
            stop: Stop = choice(Stop::WORDS, 0), "A leader gives up", "When a leader that cannot renew gives up.";
            rate_bound: u32 = int(0, 200_000, 100, "ppm"), "Clocks are off by", "By how many millionths clocks may be fast or slow: what the margin is made for.";
            deadline: u64 = duration(10_000, 600_000_000, 10_000_000), "Deadline", "For how long a leader tries to renew, from when a renewal is due.";
            from: From = choice(From::WORDS, 0), "Counts from", "From when on a holder counts its lease.";
            release: Switch = choice(Switch::WORDS, 0), "Steps down cleanly", "Whether a leader that is asked to step down says so.";
            watch: Watch = choice(Watch::WORDS, 0), "Watches", "Which entry a session that stands in line watches.";
        }
        "Bully and ring" {
            detect: u64 = duration(0, 600_000_000, 7_000_000), "Silence", "After how long a silent leader is taken to be down; with 0 only who is asked to elect does.";
            wait: u64 = duration(1_000, 60_000_000, 100_000), "Waits for answers", "After how long one that does not answer is taken to be down (bully).";
        }
        "Job" {
            job: Job = choice(Job::WORDS, 0), "Job", "What the leader does.";
            tick: u64 = duration(10_000, 600_000_000, 1_000_000), "Every", "How often it does it.";
            check: Look = choice(Look::WORDS, 0), "Before it looks at", "What a leader looks at before it runs the job.";
            catchup: Switch = choice(Switch::WORDS, 1), "Makes up for a tick", "Whether a new leader runs the tick that is due at once, as nobody may have run it.";
            fence: Switch = choice(Switch::WORDS, 1), "Fence", "Whether what the job is done to looks at the leader's number.";
            gap_limit: u64 = duration(10_000, 3_600_000_000, 15_000_000), "A leader within", "For how long there may be no leader.";
        }
        "Network" {
            delay: Dist = dist("5ms"), "Delay", "How long a message takes; those of one link arrive in order.";
            loss: u32 = decimal(0, 1_000_000, 0, "of messages"), "Lost", "How many messages are lost.", moves_luck;
        }
    }
}

impl Params {
    /// Whether there is a store, which numbers leaders.
    pub fn has_store(&self) -> bool {
        matches!(self.mechanism, Mechanism::Lease | Mechanism::Sequence)
    }

    /// Whether the leader has something to do.
    pub fn has_job(&self) -> bool {
        self.load == Load::Steady
    }

    /// For how long a leader goes on without a renewal, by its own clock, in µs; for ever, if it waits to be told.
    pub fn trusted_us(&self) -> Option<u64> {
        match self.stop {
            Stop::OwnClock => Some(self.lease),
            Stop::Margin => Some(safe_stop_us(self.lease, self.rate_bound.into())),
            Stop::Deadline => Some(self.renew.saturating_add(self.deadline)),
            Stop::Never => None,
        }
    }
}
