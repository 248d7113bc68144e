//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

fn partition(index: u16) -> String {
    format!("partition {}", index.saturating_add(1))
}

fn nth(index: u16) -> String {
    format!("place {}", index.saturating_add(1))
}

fn broker(index: u16) -> String {
    format!("n{}", index.saturating_add(1))
}

crate::declare::facts! {
    ROLE "role" Role "What it is, or what it does; of a broker what it is for partition 1.";
    STATE "holds" Face "How much the store has taken, by key.";
    WAITS "waiting" Face "Messages of the queue that nobody works at.";
    HIDDEN "hidden" Face "Messages that somebody has received, and not deleted.";
    DEAD "dead letters" Face "Messages that were received too often.";
    EPOCH "epoch" Face "The leader's epoch of partition 1, as far as the broker knows.";
    COMMITTED "committed" Face "The high watermark of partition 1: records below it are committed.";
    LOG "log" Inspector "The records of partition 1, each with its epoch.";
    IN_SYNC "in sync" Inspector "As leader of partition 1: the replicas in sync.";
    MATCH "fetched" Inspector "As leader of partition 1: how much a follower is known to have." of broker;
    GENERATION "generation" Face "The group's generation.";
    READS "reads" Inspector "Whether the consumer takes it that it reads this partition." of partition;
    OFFSET "committed offset" Inspector "Where the group will read a partition on from." of partition;
    TAKEN "processed" Inspector "What it has processed, or the store has taken: a letter for the key, and the message's number." of nth;
    TRY "at try" Inspector "At which try, where it was not the first." of nth;
}

crate::declare::figures! {
    accepted Things "Messages that producers were told are accepted.";
    processed Things "Messages whose effects the store has taken; each subscriber's apart.";
    lost Things "Accepted messages that nobody has processed or ever will, dead letters apart.";
    dead Things "Messages that became dead letters.";
    processed_twice Things "Messages that were worked at to the end more than once.";
    effects_twice Things "Messages that the store took more than once.";
    out_of_order Things "Whether two messages of a key took effect in the wrong order (0 or 1).";
    deliveries Things "How often consumers began to work.";
    redelivered Things "Messages that somebody began to work at more than once.";
    copies Things "How often a queue, or a leader, stored a message.";
    enqueue_ms Us "Mean time until a producer is told that its message is accepted.";
    wait_ms Us "Mean time from sending to the first work at a message, of those sent in the second half of the run; of few messages, of all.";
    lag_ms Us "The longest time from sending until the effect.";
    lag_messages Things "The most accepted messages that waited for their effect at once.";
    drain_ms Us "From the last time that a consumer came up until nothing waited.";
    stopped_ms Us "For how long a group rebalanced, and nobody was to read.";
    moved_partitions Things "Partitions that had another reader after a rebalance, all rebalances but the first together.";
    idle_consumers Things "Members without a partition, in the last generation.";
    late_acks Things "Deletes that came with a receipt that was no good any more.";
    messages Things "Messages that nodes sent each other.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "messaging",
    title: "Messaging",
    summary: "A call, a queue, publish and subscribe, a partitioned log: what each promises about loss, repetition and order, and which setting decides it.",
    part: BookPart::Communication,
    chapters: &["Messaging"],
    views: &["orders", "stage", "logs", "tenure", "spacetime", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("kept", "Is every message that was accepted processed, or still to come?", "no loss"),
        promise("once", "Is no message's effect applied twice?", "effectively once"),
        promise("order", "Are the messages of one key processed in their order?", "order by key"),
        promise("moving", "Does one bad message leave the others alone?", "no head-of-line blocking"),
        promise("lag", "Is every accepted message processed in time?", "bounded lag"),
        promise("caller", "Does a producer know in time that its message is accepted?", "decoupling in time"),
    ],
    requests: &[
        RequestSpec { example: "send.x", about: "a message of a key, by a producer" },
        RequestSpec { example: "bad.x", about: "one that nobody can process" },
        RequestSpec { example: "seek.0", about: "a log's consumer reads on from an offset" },
        RequestSpec { example: "partitions.6", about: "a broker has the log get more partitions" },
        RequestSpec { example: "redrive", about: "the queue takes its dead letters back" },
    ],
    horizon_us: 10_000_000,
    modelled: &[
        "A log as Kafka documents it (classic consumer protocol): three replicas of each partition, leader epochs and truncation by them (KIP-101, KIP-595), high watermark, acks, min.insync.replicas, in-sync replicas by replica.lag.time.max.ms, clean and unclean elections; producers' ids, epochs and sequences, of which brokers know the last five, and begin to know a producer by whatever comes first; where the log has a gap, what is under way fails, and the producer begins another epoch (KIP-98, KIP-360); keys by murmur2.",
        "A consumer group: generations, heartbeats, sessions, eager rebalancing, range, round-robin and sticky assignment, offsets committed at the coordinator, refused from members of the past. A member that is told to rebalance first ends what it has polled.",
        "A queue as Amazon SQS documents it: visibility timeout, a receipt for each receive, receive counts, a dead-letter queue and its redrive, FIFO queues with message groups and five minutes of deduplication. A standard queue here gives out its oldest message.",
        "A topic that sends a copy to each subscriber, and a call that is answered once the work is done.",
        "Consumers write what comes of a message to one store over the network, so they can go down between effect and commit. A keyed store has the names of what it has taken on the disk that its counts are on.",
        "What is lost is judged by all there is: logs, queues, consumers' hands, what is on its way to the store.",
    ],
    left_out: &[
        "KRaft: the controller, and the group's coordinator with its offsets, are one node whose disk holds everything; it does not fail over. Members wait 0.1 s for the first generation, not 3 s.",
        "Transactions and read_committed, cooperative rebalancing, retention, compaction, batches, tiered storage, max.poll.interval.ms: heartbeats go on during work. Kafka's group leader shares partitions; here its coordinator does.",
        "Exchanges and routing keys, prefetch, priorities, delay queues; SQS's rare second delivery and its sampling of servers; extending a visibility timeout.",
        "Disks that lose what was written but not synced: who crashes keeps its log, wipe takes it.",
    ],
    revision: 1,
    changelog: &["First published."],
};
