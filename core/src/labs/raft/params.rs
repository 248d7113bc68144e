//! What a reader may set in the lab raft, and the protocol's rules that it amounts to.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::raft::{Reading, Rules};
use crate::sim::dist::Dist;

crate::choice! {
    /// Who asks for what.
    pub enum Load {
        Clients = "clients" "clients read and write",
        Election = "election" "one election, and the run ends",
    }
}
crate::choice! {
    /// How servers' election timers stand at the start.
    pub enum Timers {
        Fresh = "fresh" "all set at the start",
        Beat = "beat" "set by a last heartbeat, up to one interval ago",
    }
}
crate::choice! {
    /// How a leader answers a read.
    pub enum Read {
        Index = "index" "once a majority confirms that it leads",
        Lease = "lease" "at once, while its lease lasts",
        Log = "log" "through the log, as a write",
        Plain = "plain" "at once",
    }
}
crate::choice! {
    /// When a server's disk is written.
    pub enum Fsync {
        Before = "before" "before it answers",
        After = "after" "after it has answered",
        Never = "never" "never",
    }
}
crate::choice! {
    /// Where a leader goes on when a follower refuses entries.
    pub enum Catchup { Hint = "hint" "where the follower says", One = "one" "one entry earlier" }
}
crate::choice! {
    /// On or off, on at first.
    pub enum Rule { On = "on" "on", Off = "off" "off" }
}

// Links keep the order of messages, so what moves when they are sent moves how long they wait for those before: it moves their luck.
crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Cluster" {
            load: Load = choice(Load::WORDS, 0), "Workload", "Clients that read and write all the time, or a single election among fresh servers.", moves_luck;
            n: u32 = int(1, 9, 5, "servers"), "Servers", "How many servers are members at the start.", moves_luck;
            spare: u32 = int(0, 2, 0, "servers"), "Spare servers", "Servers that are not members, until a leader is asked to add them.", moves_luck;
            failed: u32 = int(0, 8, 0, "servers"), "Down from the start", "So many of the servers, the last ones, never come up.", moves_luck;
        }
        "Timers" {
            timeout: Dist = dist("uniform-150ms-300ms"), "Election timeout", "How long a server waits for word from a leader before it stands for election; drawn anew each time.", moves_luck;
            heartbeat: u64 = duration(1_000, 10_000_000, 50_000), "Heartbeat", "How often a leader sends word when there is nothing to replicate.", moves_luck;
            timers: Timers = choice(Timers::WORDS, 0), "Timers at the start", "In an election: whether all timers were set at its start, or by a heartbeat before it.";
        }
        "Requests" {
            clients: u32 = int(1, 9, 2, "clients"), "Clients", "How many clients there are; each does one thing at a time.", moves_luck;
            keys: u32 = int(1, 8, 1, "keys"), "Keys", "How many keys the clients touch: x, y, z, …";
            rate: u32 = decimal(0, 1_000_000_000, 5_000_000, "per second"), "Rate", "Requests of each client in a second; with 0 clients ask only what the script has them ask.", moves_luck;
            reads: u32 = decimal(0, 1_000_000, 500_000, "of requests"), "Share of reads", "How many of the requests are reads.", moves_luck;
            retry: u64 = duration(0, 60_000_000, 200_000), "Retry after", "How long a client waits before it asks another server; 0 is never.", moves_luck;
            patience: u64 = duration(1_000, 60_000_000, 2_000_000), "Give up after", "How long a client waits for an answer in all.";
            sessions: Rule = choice(Rule::WORDS, 0), "Client sessions", "Servers remember each client's last command, so that one that is retried is applied once (thesis §6.3).";
        }
        "Reads" {
            read: Read = choice(Read::WORDS, 0), "Reads are answered", "What a leader does before it answers a read (thesis §6.4).", moves_luck;
            bound: u32 = decimal(1_000_000, 2_000_000, 1_100_000, "times"), "Clock drift bound", "A lease lasts for the least election timeout divided by this.";
        }
        "Elections" {
            prevote: Switch = choice(Switch::WORDS, 0), "Pre-vote", "A server asks whether it would win before it begins a term (thesis §9.6).", moves_luck;
            sticky: Switch = choice(Switch::WORDS, 0), "Sticky leader", "Who has heard from a leader within the least election timeout ignores requests for votes (thesis §4.2.3).";
            check_quorum: Switch = choice(Switch::WORDS, 0), "Check quorum", "A leader that does not hear from a majority for the least election timeout steps down (thesis §6.2).";
            noop: Rule = choice(Rule::WORDS, 0), "No-op", "A new leader appends an entry of its own, and answers no read before that is committed (paper §8).", moves_luck;
        }
        "Log" {
            compact: u32 = int(0, 10_000, 0, "entries"), "Snapshot after", "A server takes a snapshot once it has applied so many entries since the last; 0 is never.";
            snapshot_sessions: Rule = choice(Rule::WORDS, 0), "Sessions in snapshots", "Whether a snapshot holds the client sessions.";
            catchup: Catchup = choice(Catchup::WORDS, 0), "Catching up", "Where the leader tries next when a follower refuses entries.";
        }
        "Safety" {
            up_to_date: Rule = choice(Rule::WORDS, 0), "Up-to-date check", "A voter refuses a candidate whose log is behind its own (paper §5.4.1). Without it, committed entries are lost.";
            own_term: Rule = choice(Rule::WORDS, 0), "Own term only", "A leader counts replicas only for entries of its own term (paper §5.4.2). Without it, committed entries may be overwritten.";
            votes: Rule = choice(Rule::WORDS, 0), "Votes on disk", "Whether a vote outlives a restart. Where it does not, a server may vote twice in a term.";
            change_rule: Rule = choice(Rule::WORDS, 0), "Own entry before a change", "A leader changes the members only once it has committed an entry of its own term; the rule that the first publication lacked.";
            fsync: Fsync = choice(Fsync::WORDS, 0), "Disk is written", "Whether what a server says is on its disk by then.";
            fsync_time: u64 = duration(0, 10_000_000, 0), "Writing takes", "How long a disk takes for a write.", moves_luck;
        }
        "Network" {
            delay: Dist = dist("uniform-5ms-15ms"), "Between servers", "How long a message between two servers takes.";
            cleg: Dist = dist("uniform-2ms-8ms"), "Client", "How long a message between a client and a server takes.";
            loss: u32 = decimal(0, 1_000_000, 0, "of messages"), "Loss", "How many messages the network loses.", moves_luck;
        }
        "Promises" {
            progress: u64 = duration(10_000, 60_000_000, 2_000_000), "Answer within", "How long nobody may be answered while a majority of servers is connected.";
        }
    }
}

/// The chance of what is as good as the least value.
const LEAST: f64 = 1e-9;

impl Params {
    /// The least election timeout, in µs.
    pub fn election_min_us(&self) -> u64 {
        self.timeout.quantile_us(LEAST) as u64
    }

    /// The rules that servers follow.
    pub fn rules(&self) -> Rules {
        let election_min_us = self.election_min_us();
        Rules {
            prevote: self.prevote == Switch::On,
            sticky: self.sticky == Switch::On,
            check_quorum: self.check_quorum == Switch::On,
            noop: self.noop == Rule::On,
            up_to_date: self.up_to_date == Rule::On,
            own_term: self.own_term == Rule::On,
            change_rule: self.change_rule == Rule::On,
            hints: self.catchup == Catchup::Hint,
            compact_at: self.compact,
            election_min_us,
            lease_us: election_min_us * 1_000_000 / u64::from(self.bound),
        }
    }

    /// How a read that takes no entry is answered; none where it takes one.
    pub fn reading(&self) -> Option<Reading> {
        match self.read {
            Read::Index => Some(Reading::Index),
            Read::Lease => Some(Reading::Lease),
            Read::Plain => Some(Reading::Plain),
            Read::Log => None,
        }
    }
}
