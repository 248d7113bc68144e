//! What a reader may set in the lab messaging.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::assignor::Assignor;
use crate::sim::dist::Dist;

crate::choice! {
    /// What lies between producers and consumers.
    pub enum Channel {
        Request = "request" "nothing: a call that waits",
        Queue = "queue" "a queue",
        Pubsub = "pubsub" "publish and subscribe",
        Log = "log" "a partitioned log",
    }
}
crate::choice! {
    /// Who sends what.
    pub enum Load {
        Steady = "steady" "all producers, all the time",
        Few = "few" "c1, some of one key",
        Probe = "probe" "c1, one message",
    }
}
crate::choice! {
    /// What a consumer does to the world.
    pub enum Effects { Plain = "plain" "whatever comes", Keyed = "keyed" "each message once" }
}
crate::choice! {
    /// When a message counts as accepted.
    pub enum Acks {
        All = "all" "all replicas in sync have it",
        One = "1" "the leader has it",
        None = "0" "it was sent",
    }
}
crate::choice! {
    /// When a consumer says that it is done with a message.
    pub enum Commit {
        After = "after" "after the work",
        Before = "before" "before the work",
        Interval = "interval" "now and then",
    }
}
crate::choice! {
    /// By which rule a group shares partitions.
    pub enum Share { Range = "range" "range", Robin = "roundrobin" "round robin", Sticky = "sticky" "sticky" }
}
crate::choice! {
    /// What a receipt does that is not the latest.
    pub enum LateAck { Refused = "refused" "nothing", Deletes = "deletes" "deletes the message" }
}
crate::choice! {
    /// What a full queue does.
    pub enum Full { Block = "block" "has its producer ask again", Drop = "drop" "drops its oldest", Refuse = "refuse" "refuses" }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Work" {
            channel: Channel = choice(Channel::WORDS, 1), "Channel", "What lies between producers and consumers.", moves_luck;
            load: Load = choice(Load::WORDS, 0), "Load", "Who sends what of itself.", moves_luck;
            producers: u32 = int(1, 4, 1, "producers"), "Producers", "How many send; each has keys of its own.";
            rate: u32 = decimal(0, 1_000_000_000, 4_000_000, "per second"), "Rate", "How many messages each producer sends in a second on average; with 0 only the script sends.", moves_luck;
            count: u32 = int(1, 20, 2, "messages"), "Messages", "Of a few: how many.";
            gap: u64 = duration(0, 60_000_000, 0), "Gap", "Of a few: how long after one the next is sent.";
            keys: u32 = int(1, 8, 2, "keys"), "Keys", "Whom messages are about: those of one key belong in order.";
            consumers: u32 = int(1, 20, 2, "consumers"), "Consumers", "How many share the work; subscribers each have all of it.";
            work: Dist = dist("exp-200ms"), "Work", "How long a consumer works at a message; each works at one at a time.";
            fails: u32 = decimal(0, 1_000_000, 0, "of tries"), "Fails", "How often work at a message comes to nothing.";
            effect: Effects = choice(Effects::WORDS, 0), "The store takes", "Whether the store that consumers write to remembers what it has taken: an idempotent consumer.";
        }
        "Producer" {
            acks: Acks = choice(Acks::WORDS, 0), "Accepted when", "Kafka's acks: when a broker answers a producer.";
            idempotent: Switch = choice(Switch::WORDS, 1), "Idempotent", "Whether messages bear their producer's sequence numbers; it takes acks=all.";
            inflight: u32 = int(1, 5, 5, "messages"), "In flight", "How many messages a producer may have sent to the log without an answer.";
            retry: u64 = duration(10_000, 600_000_000, 1_000_000), "Asks again after", "How long a producer waits for an answer before it sends a message once more.";
            patience: u64 = duration(10_000, 3_600_000_000, 30_000_000), "Gives up after", "How long a producer tries in all.";
        }
        "Log" {
            partitions: u32 = int(1, 12, 2, "partitions"), "Partitions", "How many logs there are; a key's messages go to one of them.", moves_luck;
            minisr: u32 = int(1, 3, 2, "replicas"), "Least in sync", "min.insync.replicas: with fewer, what is to have acks=all is refused.";
            unclean: Switch = choice(Switch::WORDS, 0), "Unclean election", "Whether a replica may lead that was not in sync.";
            lag: u64 = duration(100_000, 600_000_000, 10_000_000), "In sync within", "A replica that has not had all for so long is not in sync (replica.lag.time.max.ms).";
            detect: u64 = duration(100_000, 600_000_000, 2_000_000), "Brokers' session", "For how long a broker may not be heard of before others lead.";
            commit: Commit = choice(Commit::WORDS, 0), "Done", "When a consumer commits its offset, or deletes from a queue.";
            every: u64 = duration(10_000, 600_000_000, 5_000_000), "Commits every", "Where offsets are committed now and then: how often.";
            records: u32 = int(1, 500, 500, "records"), "Records of a poll", "How many records a consumer takes up at once (max.poll.records).";
            assignor: Share = choice(Share::WORDS, 0), "Shares by", "By which rule a group's members get their partitions.";
            session: u64 = duration(100_000, 3_600_000_000, 10_000_000), "Consumers' session", "For how long a consumer may not be heard of before its partitions are others'.";
        }
        "Queue" {
            fifo: Switch = choice(Switch::WORDS, 0), "FIFO queue", "Whether messages of a key are received one after the other, and of what is sent twice one is stored.";
            visibility: u64 = duration(10_000, 43_200_000_000, 30_000_000), "Visibility timeout", "How long a message is hidden once somebody has received it.";
            receives: u32 = int(0, 1_000, 5, "receives"), "Dead after", "A message that was received so often and shows again is a dead letter (maxReceiveCount, in SQS 10 unless set); 0 is never.";
            lateack: LateAck = choice(LateAck::WORDS, 0), "An old receipt", "What a receipt does when another has received the message since.";
            limit: u32 = int(0, 100_000, 0, "messages"), "Room", "How many messages the queue may hold; 0 is as many as come.";
            full: Full = choice(Full::WORDS, 0), "When full", "What a full queue does with what comes.";
        }
        "Limits" {
            answer: u64 = duration(1_000, 600_000_000, 1_000_000), "Answer within", "How long a producer may wait until it knows that its message is accepted.";
            late: u64 = duration(1_000, 3_600_000_000, 10_000_000), "Processed within", "How long an accepted message may wait until it is processed.";
        }
        "Network" {
            delay: Dist = dist("5ms"), "Delay", "How long a message takes; those of one link arrive in order.", moves_luck;
            loss: u32 = decimal(0, 1_000_000, 0, "of messages"), "Loss", "How many messages the network loses.", moves_luck;
        }
    }
}

impl Params {
    /// Whether producers put their stamps on what they send: as in Kafka only where all replicas in sync are waited for.
    pub fn stamps(&self) -> bool {
        self.channel == Channel::Log && self.idempotent == Switch::On && self.acks == Acks::All
    }

    /// The rule by which partitions are shared.
    pub fn assignor(&self) -> Assignor {
        match self.assignor {
            Share::Range => Assignor::Range,
            Share::Robin => Assignor::RoundRobin,
            Share::Sticky => Assignor::Sticky,
        }
    }

    /// When what is accepted counts so: only a log has a choice.
    pub fn acks(&self) -> Acks {
        if self.channel == Channel::Log { self.acks } else { Acks::One }
    }
}
