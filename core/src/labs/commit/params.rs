//! What a reader may set in the lab commit.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::sim::dist::Dist;

crate::choice! {
    /// How an order is made to happen everywhere or nowhere.
    pub enum Protocol {
        TwoPhase = "2pc" "two-phase commit",
        ThreePhase = "3pc" "three-phase commit",
        Orchestrated = "orchestrated" "a saga, orchestrated",
        Choreographed = "choreographed" "a saga, choreographed",
    }
}

impl Protocol {
    /// Whether participants vote, and lock what they have voted for.
    pub fn votes(self) -> bool {
        matches!(self, Protocol::TwoPhase | Protocol::ThreePhase)
    }
}

crate::choice! {
    /// What a participant of two-phase commit does that has voted yes and hears nothing.
    pub enum Doubt {
        Wait = "wait" "asks the coordinator, and waits",
        AskPeers = "ask_peers" "asks the other participants, too",
        Impatient = "impatient" "aborts alone",
    }
}

crate::params! {
    /// What a reader may set.
    pub struct Params {
        "Orders" {
            protocol: Protocol = choice(Protocol::WORDS, 0), "Protocol", "How an order is made to happen everywhere or nowhere.";
            n: u32 = int(2, 5, 3, "participants"), "Participants", "How many services an order concerns: inventory, payment, shipping, invoice, loyalty.";
            orders: u32 = int(0, 200, 8, "orders"), "Orders", "How many orders the client sends.";
            every: u64 = duration(1_000, 10_000_000, 300_000), "Every", "How long after an order the next one comes.";
            items: u32 = int(1, 1_000, 100, "items"), "Items", "How many items there are to order; each order takes one of them. With one, all orders want the same.";
            no: u32 = decimal(0, 1_000_000, 0, "of answers"), "Refusals", "The chance that a participant refuses an order.";
            refuse: u32 = int(0, 5, 0, ""), "Always refuses", "This participant refuses every order; 0 for none.";
        }
        "Time" {
            latency: Dist = dist("uniform-5ms-15ms"), "Latency", "How long a message is under way.", moves_luck;
            fsync: u64 = duration(0, 1_000_000, 5_000), "Forced write", "How long it takes until a record of the log is on disk.";
            timeout: u64 = duration(10_000, 10_000_000, 100_000), "Timeout", "After how long without an answer somebody does something about it.";
            block_limit: u64 = duration(10_000, 60_000_000, 1_000_000), "Longest doubt", "The promise: no participant is in doubt for longer.";
            end_limit: u64 = duration(10_000, 60_000_000, 2_000_000), "Longest order", "The promise: every order has ended after so long. So long the client waits, too.";
        }
        "Commit protocols" {
            doubt: Doubt = choice(Doubt::WORDS, 0), "In doubt", "What a participant of two-phase commit does that has voted yes and hears nothing.";
            coordinators: u32 = int(1, 5, 1, "coordinators"), "Coordinators", "How many keep the decisions of two-phase commit, by Multi-Paxos: what a majority of them has is decided, and another takes over.";
            force: Switch = choice(Switch::WORDS, 1), "Forced log", "Whether a vote or a decision is on disk before it is sent.";
        }
        "Sagas" {
            pivot: u32 = int(1, 5, 3, ""), "Pivot", "The step after which an orchestrated saga only goes forward.";
            tries: u32 = int(1, 10, 3, "tries"), "Tries", "How often a step before the pivot is tried without an answer until an orchestrated saga turns back.";
            undo_fails: u32 = int(0, 1_000, 0, "times"), "Compensation fails", "How often a compensation fails before it works.";
            tombstones: Switch = choice(Switch::WORDS, 1), "Tombstones", "Whether a compensation that finds nothing to undo bars the step from coming later.";
            idempotent: Switch = choice(Switch::WORDS, 1), "Idempotent steps", "Whether a step that is asked for twice is done once (choreographed: an inbox).";
            semantic_lock: Switch = choice(Switch::WORDS, 0), "Semantic lock", "Whether what an orchestrated saga has done is marked as pending until it has ended.";
            outbox: Switch = choice(Switch::WORDS, 1), "Outbox", "Whether a choreographed step writes its event with its data, and sends it until it is acknowledged.";
        }
    }
}
