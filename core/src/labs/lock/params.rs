//! What a reader may set in the lab lock.

use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::fence::Guard;
use crate::sim::dist::Dist;

crate::choice! {
    /// Who wants the lock when.
    pub enum Load {
        Steady = "steady" "clients want the lock all the time",
        Probe = "probe" "one client, one write",
    }
}
crate::choice! {
    /// Who grants the lock.
    pub enum Service {
        Single = "single" "one server that numbers its grants",
        Redlock = "redlock" "a majority of masters (Redlock)",
        Consensus = "consensus" "sessions and a queue (ZooKeeper, etcd)",
        Replica = "replica" "a primary that is copied a while later",
    }
}
crate::choice! {
    /// What a client does to the resource.
    pub enum Op {
        Rmw = "rmw" "read it, add one, write it",
        Blind = "blind" "write it without reading",
    }
}
crate::choice! {
    /// What a client looks at before it writes.
    pub enum Look { Off = "off" "nothing", Before = "before" "whether its lease is over" }
}
crate::choice! {
    /// How a client lets the lock go.
    pub enum Release { Token = "token" "only if it is still its own", Blind = "blind" "whoever holds it" }
}
crate::choice! {
    /// By which of its clocks a node counts leases.
    pub enum Clock { Wall = "wall" "the wall clock, which can be set", Monotonic = "monotonic" "the monotonic clock" }
}
crate::choice! {
    /// On or off.
    pub enum Switch { On = "on" "on", Off = "off" "off" }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Workload" {
            load: Load = choice(Load::WORDS, 0), "Workload", "Clients that want the lock again and again, or one that writes once.", moves_luck;
            clients: u32 = int(1, 10, 2, "clients"), "Clients", "How many want the lock.";
            rate: u32 = decimal(0, 10_000_000, 100_000, "per second"), "Updates", "How often each client wants to update the resource; with 0 only the script asks.", moves_luck;
            op: Op = choice(Op::WORDS, 0), "An update", "What a client does while it holds the lock.";
            work: u64 = duration(0, 600_000_000, 2_000_000), "Work", "How long a client works before it writes.";
            patience: u64 = duration(100_000, 3_600_000_000, 30_000_000), "Patience", "After how long a client gives up an update.";
        }
        "Lock service" {
            service: Service = choice(Service::WORDS, 0), "Service", "Who grants the lock.";
            masters: u32 = int(1, 7, 5, "masters"), "Masters", "How many independent masters Redlock asks.";
            ttl: u64 = duration(100_000, 600_000_000, 10_000_000), "Lease", "How long a grant lasts, or a session that is not heard of.";
            poll: u64 = duration(10_000, 60_000_000, 1_000_000), "Asks again after", "How long a client waits before it asks for the lock again.";
            timer: Clock = choice(Clock::WORDS, 0), "Leases go by", "By which of its clocks each node counts leases.";
            fsync: Switch = choice(Switch::WORDS, 0), "Grants are on disk", "Whether a master still knows its grants when it comes up again. Sessions always are.";
            lag: u64 = duration(0, 600_000_000, 100_000), "Copied after", "How long after a grant the primary tells it to its replica.";
            failover: u64 = duration(100_000, 600_000_000, 1_000_000), "Takes over after", "After how long a replica that hears nothing of its primary takes its place.";
            restart_delay: u64 = duration(0, 600_000_000, 0), "Silent after a restart", "For how long a master that comes up answers nobody.";
        }
        "Client" {
            check: Look = choice(Look::WORDS, 0), "Before it writes it looks at", "Whether a client looks at its clock before it writes.";
            renew: Switch = choice(Switch::WORDS, 1), "Renews", "Whether a client asks for its lease anew when a third of it has passed.";
            release: Release = choice(Release::WORDS, 0), "Lets go", "Whether a server lets the lock be let go only by its holder; Redlock's masters and sessions always do.";
            pause: Dist = dist("exp-2s"), "Pause", "How long a client stands still between its look and its write.";
            pause_share: u32 = decimal(0, 1_000_000, 0, "of updates"), "Pauses", "How many updates such a pause meets.";
        }
        "Resource" {
            guard: Guard = choice(Guard::WORDS, 0), "The resource looks at", "What the resource looks at before it takes a write.";
            free_limit: u64 = duration(100_000, 600_000_000, 15_000_000), "Free within", "How long a dead client's lock may stay taken.";
        }
        "Network" {
            delay: Dist = dist("5ms"), "Delay", "How long a message takes; those of one link arrive in order.";
        }
    }
}

impl Params {
    /// How many lock servers there are.
    pub fn servers(&self) -> u32 {
        match self.service {
            Service::Redlock => self.masters,
            Service::Single | Service::Consensus => 1,
            Service::Replica => 2,
        }
    }

    /// How many of them a client asks: of a pair one.
    pub fn asked(&self) -> u32 {
        if self.service == Service::Replica { 1 } else { self.servers() }
    }

    /// How many of them must grant the lock.
    pub fn majority(&self) -> u32 {
        self.asked() / 2 + 1
    }
}
