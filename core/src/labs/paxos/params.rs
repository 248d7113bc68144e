//! What a reader may set in the lab paxos, and the rules that it amounts to.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::paxos::{self, Quorums, Rules};
use crate::parts::vr;
use crate::sim::dist::Dist;

crate::choice! {
    /// What is run.
    pub enum Protocol {
        Single = "single" "Paxos: one value",
        Multi = "multi" "Multi-Paxos: a log",
        Vr = "vr" "Viewstamped Replication: a log",
    }
}
crate::choice! {
    /// By what a proposer notices that it has been overtaken.
    pub enum Notice {
        Hear = "hear" "its own acceptor promises a higher ballot",
        Nack = "nack" "an acceptor says that it refuses",
    }
}
crate::choice! {
    /// How long a proposer waits that has been overtaken.
    pub enum Backoff {
        Random = "random" "a random time",
        Fixed = "fixed" "a fixed time",
        None = "none" "no time",
    }
}
crate::choice! {
    /// What a proposer proposes.
    pub enum Pick {
        Highest = "highest" "what is reported from the highest ballot",
        Any = "any" "whatever is reported first",
        Own = "own" "its own, whatever is reported",
    }
}
crate::choice! {
    /// What a crash takes from an acceptor.
    pub enum Forget {
        None = "none" "nothing",
        Promise = "promise" "its promise",
        Vote = "vote" "its votes",
        All = "all" "promise and votes",
    }
}

// Links of a log keep the order of messages, so what moves when they are sent moves how long they wait for those before: it moves their luck.
crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Servers" {
            protocol: Protocol = choice(Protocol::WORDS, 0), "Protocol", "One value, or one for each slot of a log that clients write to.", moves_luck;
            n: u32 = int(3, 9, 3, "servers"), "Servers", "How many there are; each is proposer, acceptor and learner.", moves_luck;
            q1: u32 = int(0, 9, 0, "servers"), "Promises needed", "How many promises a proposer waits for, or logs a new primary; 0 is a majority.", moves_luck;
            q2: u32 = int(0, 9, 0, "servers"), "Votes needed", "How many votes choose a value, or replicas must have an operation; 0 is a majority.", moves_luck;
        }
        "One value" {
            proposers: u32 = int(1, 3, 2, "servers"), "Proposers", "How many of the servers propose a value of their own: v1, v2, v3.", moves_luck;
            leader: Switch = choice(Switch::WORDS, 0), "Leader", "The first proposer begins, and another only once it has heard nobody for an election timeout.", moves_luck;
            notice: Notice = choice(Notice::WORDS, 0), "Gives up when", "By what a proposer notices that a higher ballot has begun.", moves_luck;
            backoff: Backoff = choice(Backoff::WORDS, 0), "Then it waits", "How long a proposer that gave up waits before it begins a higher ballot.", moves_luck;
            wait: u64 = duration(1_000, 10_000_000, 40_000), "Wait", "How long that is; of a random time, the most.", moves_luck;
            patience: u64 = duration(1_000, 60_000_000, 200_000), "Patience", "How long a proposer waits for promises and votes in all before it begins a higher ballot.", moves_luck;
        }
        "A log" {
            timeout: Dist = dist("uniform-150ms-300ms"), "Election timeout", "How long a server waits for word from a leader before it begins a ballot, or a view change; drawn anew each time.", moves_luck;
            heartbeat: u64 = duration(1_000, 10_000_000, 50_000), "Heartbeat", "How often a leader says that it is there, and asks again for votes that it lacks.", moves_luck;
            clients: u32 = int(1, 9, 2, "clients"), "Clients", "How many clients there are; each does one thing at a time.", moves_luck;
            keys: u32 = int(1, 8, 1, "keys"), "Keys", "How many keys the clients touch: x, y, z, …";
            rate: u32 = decimal(0, 1_000_000_000, 5_000_000, "per second"), "Rate", "Requests of each client in a second; with 0 clients ask only what the script has them ask.", moves_luck;
            reads: u32 = decimal(0, 1_000_000, 500_000, "of requests"), "Share of reads", "How many of the requests are reads; they take a slot as writes do.", moves_luck;
            retry: u64 = duration(0, 60_000_000, 200_000), "Retry after", "How long a client waits before it asks another server; 0 is never.", moves_luck;
            give_up: u64 = duration(1_000, 60_000_000, 2_000_000), "Give up after", "How long a client waits for an answer in all.";
        }
        "Safety" {
            pick: Pick = choice(Pick::WORDS, 0), "Proposes", "What a proposer proposes once it has its promises; likewise whose log a new primary takes. Only the first is safe.", moves_luck;
            accept_lower: Switch = choice(Switch::WORDS, 0), "Votes below its promise", "Whether an acceptor votes in a lower ballot than it has promised, or a replica takes operations of a view that it has left.", moves_luck;
            forget: Forget = choice(Forget::WORDS, 0), "A crash takes", "What an acceptor has no longer on its disk when it restarts. Replicas of Viewstamped Replication have no disk: with none they stay out, else they come back empty.", moves_luck;
            fsync_time: u64 = duration(0, 10_000_000, 0), "Writing takes", "How long an acceptor's disk takes to keep a promise or a vote; it answers after that.", moves_luck;
        }
        "Network" {
            delay: Dist = dist("uniform-5ms-15ms"), "Between servers", "How long a message between two servers takes.";
            cleg: Dist = dist("uniform-2ms-8ms"), "Client", "How long a message between a client and a server takes.";
            loss: u32 = decimal(0, 1_000_000, 0, "of messages"), "Loss", "How many messages the network loses.", moves_luck;
        }
        "Promises" {
            choose_limit: u64 = duration(10_000, 60_000_000, 1_000_000), "Choose within", "How long nothing may be chosen, or nobody answered, while enough servers are connected.";
        }
    }
}

impl Params {
    /// How many promises and votes are enough.
    pub fn quorums(&self) -> Quorums {
        let majorities = Quorums::majorities(self.n);
        let or = |set: u32, majority: u32| if set == 0 { majority } else { set };
        Quorums { n: self.n, q1: or(self.q1, majorities.q1), q2: or(self.q2, majorities.q2) }
    }

    /// What servers go by.
    pub fn rules(&self) -> Rules {
        Rules {
            quorums: self.quorums(),
            pick: match self.pick {
                Pick::Highest => paxos::Pick::Highest,
                Pick::Any => paxos::Pick::Any,
                Pick::Own => paxos::Pick::Own,
            },
            accept_lower: self.accept_lower == Switch::On,
            notice: match self.notice {
                Notice::Hear => paxos::Notice::Hear,
                Notice::Nack => paxos::Notice::Nack,
            },
        }
    }

    /// What replicas of Viewstamped Replication go by: promises stand for logs that are given to a new primary, votes for replicas that have an
    /// operation.
    pub fn vr_rules(&self) -> vr::Rules {
        let Quorums { q1, q2, .. } = self.quorums();
        let pick = match self.pick {
            Pick::Highest => vr::Pick::Latest,
            Pick::Any => vr::Pick::First,
            Pick::Own => vr::Pick::Own,
        };
        vr::Rules { change: q1, commit: q2, pick, accept_lower: self.accept_lower == Switch::On }
    }

    /// What a crash takes.
    pub fn forgets(&self) -> paxos::Forgets {
        match self.forget {
            Forget::None => paxos::Forgets::Nothing,
            Forget::Promise => paxos::Forgets::Promise,
            Forget::Vote => paxos::Forgets::Votes,
            Forget::All => paxos::Forgets::All,
        }
    }

    /// Whether all follows the published protocol.
    pub fn is_whole(&self) -> bool {
        let kept = self.pick == Pick::Highest && self.forget == Forget::None;
        kept && self.accept_lower == Switch::Off && self.quorums().meet()
    }
}
