//! Scenarios worth opening, in an order in which they tell the story.

use crate::lab::{Preset, preset};

/// Two consumers of one queue.
pub const COMPETING: &str = "messaging";
/// A queue whose messages of a key are received one after the other.
pub const FIFO: &str = "messaging?fifo=on";
/// A consumer goes down between what it did and saying so.
pub const TWICE: &str =
    "messaging?load=few&consumers=1&work=500ms&visibility=2s&for=6s&do=0ms:fail:k1:effect:1,1s:start:k1";
/// The same, and the store knows what it has taken.
pub const KEYED: &str = "messaging?load=few&consumers=1&work=500ms&effect=keyed&visibility=2s&for=6s&do=0ms:fail:k1:effect:1,1s:start:k1";
/// A message is deleted before the work.
pub const BEFORE: &str =
    "messaging?load=few&consumers=1&work=500ms&commit=before&for=5s&do=300ms:crash:k1,1s:start:k1";
/// The work takes longer than messages are hidden.
pub const SHORT: &str = "messaging?load=probe&consumers=3&work=2.5s&visibility=1s";
/// A message that nobody can process, in a queue.
pub const POISON_QUEUE: &str = "messaging?rate=0&consumers=1&work=200ms&visibility=1s&receives=3&late=5s&do=100ms:ask:c1:bad.x,200ms:ask:c1:send.x,300ms:ask:c1:send.y";
/// The same in a log.
pub const POISON_LOG: &str = "messaging?channel=log&rate=0&consumers=1&work=200ms&partitions=1&late=5s&do=1s:ask:c1:bad.x,1.1s:ask:c1:send.x,1.2s:ask:c1:send.y";
/// A call to somebody who is down.
pub const CALL: &str =
    "messaging?channel=request&rate=0&consumers=1&for=5s&do=0ms:crash:k1,1.5s:ask:c1:send.x,3s:start:k1";
/// The same through a queue.
pub const QUEUED: &str = "messaging?rate=0&consumers=1&for=5s&do=0ms:crash:k1,1.5s:ask:c1:send.x,3s:start:k1";
/// A subscriber comes late.
pub const FANOUT: &str = "messaging?channel=pubsub&rate=0&consumers=3&for=4s&do=0ms:crash:k3,500ms:ask:c1:send.x,1.5s:start:k3,2.5s:ask:c1:send.x";
/// The leader answers, and goes down before anybody else has what it answered for.
pub const ACKS_1: &str = "messaging?channel=log&rate=0&consumers=1&acks=1&partitions=1&detect=1s&do=1s:ask:c1:send.x,1.5s:fail:n1:accepted:1,2s:ask:c1:send.x,5s:ask:c1:send.x,6s:start:n1";
/// The same, and all in sync must have it.
pub const ACKS_ALL: &str = "messaging?channel=log&rate=0&consumers=1&partitions=1&detect=1s&do=1s:ask:c1:send.x,1.5s:fail:n1:accepted:1,2s:ask:c1:send.x,5s:ask:c1:send.x,6s:start:n1";
/// Alone in sync, the leader goes down, and one leads that was not in sync.
pub const UNCLEAN: &str = "messaging?channel=log&rate=0&consumers=1&partitions=1&minisr=1&unclean=on&lag=1s&detect=1s&session=2s&for=12s&do=1s:ask:c1:send.x,1.5s:crash:n2.n3,3.5s:crash:k1,4s:ask:c1:send.x,5s:crash:n1,5.5s:start:n2,8s:start:k1,9s:ask:c1:send.x,11s:ask:c1:send.x";
/// The same, and who was not in sync may not lead.
pub const CLEAN: &str = "messaging?channel=log&rate=0&consumers=1&partitions=1&minisr=1&lag=1s&detect=1s&session=2s&for=12s&do=1s:ask:c1:send.x,1.5s:crash:n2.n3,3.5s:crash:k1,4s:ask:c1:send.x,5s:crash:n1,5.5s:start:n2,8s:start:k1,9s:ask:c1:send.x,11s:ask:c1:send.x";
/// Two replicas must be in sync, and one is.
pub const NOT_ENOUGH: &str = "messaging?channel=log&rate=0&consumers=1&partitions=1&lag=1s&detect=1s&for=8s&do=1s:ask:c1:send.x,1.5s:crash:n2.n3,4s:ask:c1:send.x,6s:start:n2";
/// The first of two is lost on its way, and sent again after the second.
pub const SWAP: &str = "messaging?channel=log&rate=0&consumers=1&work=50ms&acks=1&retry=300ms&partitions=1&for=3s&do=500ms:ask:c1:send.x,1s:drop:c1-n1:send,1.1s:ask:c1:send.x,1.11s:ask:c1:send.x";
/// The same with sequence numbers.
pub const IN_SEQUENCE: &str = "messaging?channel=log&rate=0&consumers=1&work=50ms&retry=300ms&partitions=1&for=3s&do=500ms:ask:c1:send.x,1s:drop:c1-n1:send,1.1s:ask:c1:send.x,1.11s:ask:c1:send.x";
/// An answer is lost, and the message sent again.
pub const STORED_TWICE: &str = "messaging?channel=log&rate=0&consumers=1&work=50ms&acks=1&retry=300ms&partitions=1&for=3s&do=500ms:drop:n1-c1:accepted,600ms:ask:c1:send.x";
/// A consumer is paused in its work, and its partition becomes another's.
pub const ZOMBIE: &str = "messaging?channel=log&rate=0&work=1s&partitions=1&session=2s&for=12s&do=1s:ask:c1:send.x,1.5s:pause:k1:6s";
/// A consumer of two goes down and comes back.
pub const REBALANCE: &str =
    "messaging?channel=log&rate=8&work=100ms&partitions=4&session=2s&do=2s:crash:k2,6s:start:k2";
/// A key's messages go to another partition than before.
pub const MORE_PARTITIONS: &str = "messaging?channel=log&rate=0&work=1s&records=1&session=1s&for=12s&do=1s:ask:c1:send.x,1.01s:ask:c1:send.x,1.02s:ask:c1:send.x,1.03s:ask:c1:send.x,1.04s:ask:c1:send.x,1.05s:ask:c1:send.x,1.2s:ask:n1:partitions.4,2.5s:ask:c1:send.x";
/// Consumers are away for a while.
pub const DRAIN: &str =
    "messaging?rate=10&consumers=1&work=46ms&visibility=2s&late=3s&for=30s&do=5s:crash:k1,11s:start:k1";
/// More to do than can be done.
pub const OVERLOAD: &str = "messaging?rate=12&consumers=1&work=80ms&late=3s&for=30s";
/// A full queue drops its oldest.
pub const DROPS: &str = "messaging?rate=12&consumers=1&work=80ms&limit=10&full=drop&for=20s";
/// A full queue has its producers wait.
pub const BLOCKS: &str = "messaging?rate=12&consumers=1&work=80ms&limit=10&for=20s";
/// A consumer goes back to the beginning.
pub const REPLAY: &str =
    "messaging?channel=log&rate=5&consumers=1&work=20ms&partitions=1&for=8s&do=4s:ask:k1:seek.0";
/// The store has lost its disk, and is made anew from the log.
pub const REBUILD: &str = "messaging?channel=log&rate=5&consumers=1&work=20ms&effect=keyed&partitions=1&for=12s&do=4s:wipe:k2,4.5s:start:k2,5s:ask:k1:seek.0";

/// The presets.
pub static PRESETS: &[Preset] = &[
    preset(
        "competing",
        "Two share the work",
        "One queue, two consumers: each message is worked at by one of them, and in any order.",
        COMPETING,
    ),
    preset(
        "fifo",
        "One of a key at a time",
        "A FIFO queue: of a key nobody receives a second message while somebody has the first.",
        FIFO,
    ),
    preset("call", "A call", "The consumer is down: who calls it waits.", CALL),
    preset(
        "queued",
        "The same through a queue",
        "The consumer is down, and the producer does not notice.",
        QUEUED,
    ),
    preset(
        "fanout",
        "A subscriber comes late",
        "Each subscriber has its own copy; k3 was not there for the first.",
        FANOUT,
    ),
    preset(
        "twice",
        "Between effect and delete",
        "The consumer has written what it did, and goes down before it says so: the message comes again.",
        TWICE,
    ),
    preset("keyed", "An idempotent consumer", "The same; the store knows by name what it has taken.", KEYED),
    preset(
        "before",
        "Deleted first",
        "The consumer deletes the message, begins to work, and goes down.",
        BEFORE,
    ),
    preset(
        "visibility",
        "A short visibility timeout",
        "The work takes 2.5 s, and after 1 s the message shows again: a good message ends as a dead letter.",
        SHORT,
    ),
    preset(
        "poison",
        "A bad message in a queue",
        "It is received three times, and put aside; the others go on.",
        POISON_QUEUE,
    ),
    preset(
        "stuck",
        "A bad message in a log",
        "A partition is read in order: what comes after it waits.",
        POISON_LOG,
    ),
    preset(
        "acks1",
        "The leader had it",
        "acks=1: n1 answers and goes down before anybody else has x2.",
        ACKS_1,
    ),
    preset("acks-all", "All in sync had it", "acks=all: n1 answers only when n2 and n3 have it.", ACKS_ALL),
    preset(
        "unclean",
        "An unclean election",
        "n1 alone is in sync when it goes down; n2 leads, and has not what n1 had accepted.",
        UNCLEAN,
    ),
    preset(
        "clean",
        "A clean election",
        "The same: nobody leads until n1 is back, and producers wait.",
        CLEAN,
    ),
    preset(
        "not-enough",
        "Too few in sync",
        "min.insync.replicas=2 and one broker left: it refuses rather than accept alone.",
        NOT_ENOUGH,
    ),
    preset(
        "swap",
        "Sent again after the second",
        "x2 is lost on its way; x3 is stored before it comes again.",
        SWAP,
    ),
    preset(
        "sequence",
        "Sequence numbers",
        "The same with an idempotent producer: x3 is refused until x2 is there.",
        IN_SEQUENCE,
    ),
    preset(
        "stored-twice",
        "A lost answer",
        "The producer does not know that its message is stored, and sends it again.",
        STORED_TWICE,
    ),
    preset(
        "zombie",
        "A zombie",
        "k1 stands still in its work; k2 has its partition and does the work; k1 wakes up and does it, too.",
        ZOMBIE,
    ),
    preset(
        "rebalance",
        "A rebalance",
        "k2 goes down, and its partitions wait until its session is over.",
        REBALANCE,
    ),
    preset(
        "more-partitions",
        "More partitions",
        "The log grows from two partitions to four, and x goes to another than before.",
        MORE_PARTITIONS,
    ),
    preset(
        "drain",
        "Away for six seconds",
        "The consumer is away, and it takes twice as long until it has caught up.",
        DRAIN,
    ),
    preset(
        "overload",
        "Too much to do",
        "1.2 times what the consumer can do: what waits grows for ever.",
        OVERLOAD,
    ),
    preset("drops", "Full, and it drops", "A queue with room for ten drops its oldest.", DROPS),
    preset(
        "blocks",
        "Full, and it blocks",
        "The same has its producers wait instead; those that wait come in any order.",
        BLOCKS,
    ),
    preset(
        "replay",
        "Read again",
        "The consumer goes back to the beginning, and everything takes effect a second time.",
        REPLAY,
    ),
    preset(
        "rebuild",
        "A state made anew",
        "The store has lost its disk; read from the beginning, the log makes it what it was.",
        REBUILD,
    ),
    preset(
        "kafka",
        "Kafka's defaults",
        "acks=all, an idempotent producer with five in flight, offsets committed every 5 s, sessions of 45 s, for which a consumer that crashes is not missed; min.insync.replicas is 1.",
        "messaging?channel=log&retry=30s&patience=2m&partitions=1&minisr=1&lag=30s&detect=9s&commit=interval&session=45s&for=80s&do=8.2s:crash:k1,9s:start:k1",
    ),
    preset(
        "sqs",
        "SQS's defaults",
        "A standard queue: hidden for 30 s, a receipt for each receive, ten receives (maxReceiveCount) before a message is put aside.",
        "messaging?rate=0.1&work=exp-12s&receives=10&late=2m&for=3m",
    ),
];
