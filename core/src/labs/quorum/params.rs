//! What a reader may set in the lab quorum.

use crate::params::{choice, decimal, dist, duration, int};
use crate::sim::dist::Dist;

crate::choice! {
    /// Who asks for what.
    pub enum Load {
        Mixed = "mixed" "clients read and write",
        Probe = "probe" "one write, then one read (PBS)",
    }
}
crate::choice! {
    /// Which replicas a read is sent to.
    pub enum Fanout { All = "all" "all N, take the first R", Need = "need" "only as many as needed" }
}
crate::choice! {
    /// Which replicas a write is sent to.
    pub enum Spread { All = "all" "all N, wait for W", Quorum = "quorum" "only W of them" }
}
crate::choice! {
    /// What a read does about replicas that answered with something older.
    pub enum Repair {
        None = "none" "nothing",
        Async = "async" "repair them after the answer",
        Blocking = "blocking" "repair W replicas before the answer",
    }
}
crate::choice! {
    /// Where a write gets its version from.
    pub enum Write { Clock = "clock" "the coordinator's clock", Ask = "ask" "ask R replicas, go one higher" }
}
crate::choice! {
    /// How versions are told apart.
    pub enum Versions {
        Lww = "lww" "last write wins, by timestamp",
        Vv = "vv" "version vectors, with siblings",
        Dvv = "dvv" "dotted version vectors",
    }
}
crate::choice! {
    /// Who coordinates.
    pub enum Coordination {
        Replica = "replica" "a replica",
        Apart = "apart" "k1 and k2, which keep no data",
    }
}
crate::choice! {
    /// What is done for a replica that does not answer a write.
    pub enum Handoff {
        Off = "off" "nothing",
        Hints = "hints" "the coordinator keeps a hint",
        Sloppy = "sloppy" "a spare node takes it, and counts",
    }
}
crate::choice! {
    /// On or off.
    pub enum Switch { On = "on" "on", Off = "off" "off" }
}
crate::choice! {
    /// How long messages between coordinator and replicas take.
    pub enum LegsOf {
        Own = "own" "as set below",
        Exp = "exp" "exponential",
        Ssd = "ssd" "LinkedIn, solid-state disks",
        Disk = "disk" "LinkedIn, spinning disks",
        Ymmr = "ymmr" "Yammer",
        Wan = "wan" "one replica near, the others 75 ms away",
    }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Workload" {
            load: Load = choice(Load::WORDS, 0), "Workload", "Clients that read and write all the time, or a single write followed by a single read.", moves_luck;
        }
        "Quorum" {
            n: u32 = int(1, 9, 3, "replicas"), "N: replicas", "How many nodes keep each key.";
            w: u32 = int(1, 9, 2, "acknowledgements"), "W: write quorum", "How many replicas must acknowledge a write before its client is told.";
            r: u32 = int(1, 9, 2, "answers"), "R: read quorum", "How many replicas must answer a read; the newest version among them is returned.";
        }
        "Protocol" {
            repair: Repair = choice(Repair::WORDS, 0), "Read repair", "What a read does about replicas that answered with something older.";
            write: Write = choice(Write::WORDS, 0), "Versions come from", "The coordinator's clock, or one more than the highest that R replicas know.";
            versions: Versions = choice(Versions::WORDS, 0), "Versions are", "Timestamps keep one winner; vectors keep concurrent writes side by side.";
            fanout: Fanout = choice(Fanout::WORDS, 0), "Reads go to", "All replicas, or only as many as must answer.";
            spread: Spread = choice(Spread::WORDS, 0), "Writes go to", "All replicas, or only as many as must acknowledge.";
            coordinator: Coordination = choice(Coordination::WORDS, 0), "Coordinator", "Who gathers the quorums for a client.";
            sticky: Switch = choice(Switch::WORDS, 0), "Sticky clients", "Whether a client always asks the same coordinator, or any.";
            timeout: u64 = duration(1_000, 60_000_000, 400_000), "Timeout", "How long a coordinator waits for its quorum; a client waits twice as long.";
        }
        "Requests" {
            clients: u32 = int(1, 20, 3, "clients"), "Clients", "How many clients there are; each does one thing at a time.";
            keys: u32 = int(1, 8, 1, "keys"), "Keys", "How many keys the clients touch: x, y, z, …";
            rate: u32 = decimal(0, 1_000_000_000, 5_000_000, "per second"), "Rate", "Requests of each client in a second; with 0 clients ask only what the script has them ask.";
            reads: u32 = decimal(0, 1_000_000, 600_000, "of requests"), "Share of reads", "How many of the requests are reads.";
            deletes: u32 = decimal(0, 1_000_000, 0, "of writes"), "Share of deletes", "How many of the writes delete.";
            rest: u64 = duration(0, 60_000_000, 0), "Rest at the end", "How long before the end of the run clients stop asking, so that replicas can settle.";
        }
        "Failures" {
            handoff: Handoff = choice(Handoff::WORDS, 0), "Hinted handoff", "What is done for a replica that does not answer a write.";
            spare: u32 = int(0, 6, 0, "nodes"), "Spare nodes", "Nodes beyond the N owners of a key, which take writes for them when quorums are sloppy.";
            suspect: u64 = duration(1_000, 60_000_000, 100_000), "Suspect after", "How long a coordinator waits for an owner before it hands off; hints are delivered at the same pace.";
            hint_window: u64 = duration(1_000, 10_800_000_000, 10_800_000_000), "Hint window", "For how long after the first hint for an unreachable node more are kept for it: Cassandra's max_hint_window, of 3 hours.";
            hint_life: u64 = duration(1_000, 3_600_000_000, 3_600_000_000), "Hint lifetime", "How long a hint is kept. Where that is longer than the tombstone lifetime, a late hint brings back what has been deleted.";
            sync: u64 = duration(0, 60_000_000, 0), "Anti-entropy every", "How often a replica compares its Merkle tree with another's; 0 is never.";
            depth: u32 = int(0, 10, 4, "levels"), "Merkle depth", "Levels of the tree below its root.";
            grace: u64 = duration(1_000, 3_600_000_000, 600_000_000), "Tombstone lifetime", "How long a replica remembers that a key was deleted.";
            loss: u32 = decimal(0, 1_000_000, 0, "of messages"), "Loss", "How many messages the network loses.", moves_luck;
            skew: u64 = duration(0, 60_000_000, 0), "Clock skew", "Clocks of coordinators are off by up to this, either way.";
        }
        "Latency" {
            legs: LegsOf = choice(LegsOf::WORDS, 0), "Legs", "Delays between coordinator and replicas: your own, or as measured in production.", moves_luck;
            wleg: Dist = dist("shift-5ms-exp-60ms"), "W: write", "Own: a write on its way to a replica.";
            aleg: Dist = dist("uniform-5ms-20ms"), "A: acknowledgement", "Own: its acknowledgement on the way back.";
            rleg: Dist = dist("uniform-5ms-20ms"), "R: read", "Own: a read on its way to a replica.";
            sleg: Dist = dist("uniform-5ms-20ms"), "S: answer", "Own: the answer on its way back.";
            cleg: Dist = dist("uniform-4ms-12ms"), "Client", "A message between a client and its coordinator.";
            wmean: u64 = duration(1, 60_000_000, 10_000), "Mean of W", "Exponential: mean of a write's way.", moves_luck;
            arsmean: u64 = duration(1, 60_000_000, 10_000), "Mean of A, R, S", "Exponential: mean of the other three ways.", moves_luck;
            zones: u32 = int(1, 3, 1, "zones"), "Zones", "Data centres: n1, k1, c1 in the first, n2, k2, c2 in the second, and round again.", moves_luck;
            far: u64 = duration(0, 10_000_000, 40_000), "Between zones", "What each message between two zones takes longer.", moves_luck;
        }
        "Promises" {
            staleness: u64 = duration(0, 60_000_000, 100_000), "Staleness bound", "A value may be read for this long after a newer one was acknowledged.";
            settle: u64 = duration(1_000, 60_000_000, 1_000_000), "Time to converge", "How long replicas have to agree once nothing separates them.";
        }
        "Probe" {
            t: u64 = duration(0, 60_000_000, 0), "Read after", "The read begins so long after the last write was acknowledged.";
            writes: u32 = int(1, 20, 1, "writes"), "Writes before it", "How many writes there are, one after the other.";
            down: u32 = decimal(0, 1_000_000, 0, "chance"), "Down", "The chance of each replica to be down, apart from the others.";
        }
    }
}
