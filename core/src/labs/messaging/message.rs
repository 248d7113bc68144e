//! What producers, brokers, consumers, their store and their coordinator say to each other.

use super::item::{At, Entry, Item, Row};
use crate::cast::NodeId;
use crate::lab::{Effect, End};
use crate::parts::consumer_group::Heard;
use crate::parts::partition_log::{EpochEnd, Record};
use crate::parts::visibility::Receipt;
use crate::sim::{Asked, Told};
use std::fmt;
use std::str::FromStr;

/// Why a message is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Why {
    /// Another leads, as far as is known.
    NotLeader(Option<NodeId>),
    /// Too few replicas are in sync.
    NotEnough,
    /// One before it is missing.
    OutOfOrder,
    /// Its producer has a later epoch.
    Fenced,
    /// The queue is full.
    Full,
    /// The work came to nothing.
    Failed,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::NotLeader(_) => "not the leader",
            Why::NotEnough => "not enough replicas",
            Why::OutOfOrder => "out of order sequence number",
            Why::Fenced => "an old epoch",
            Why::Full => "the queue is full",
            Why::Failed => "the work failed",
        })
    }
}

/// Some brokers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Brokers(pub Vec<NodeId>);

impl fmt::Display for Brokers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Row(self.0.iter().map(|node| format!("n{}", node.0 + 1)).collect()).fmt(f)
    }
}

/// Records of a partition, as followers get them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Batch(pub Vec<Record<Entry>>);

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Row(self.0.iter().map(|record| record.value.item).collect()).fmt(f)
    }
}

/// What the controller has decided about a partition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Decided {
    /// Which.
    pub partition: u16,
    /// The leader's epoch.
    pub epoch: u32,
    /// Who leads.
    pub leader: Option<NodeId>,
    /// The replicas in sync.
    pub isr: Vec<NodeId>,
    /// How many decisions there have been.
    pub version: u32,
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (partition, epoch, isr) = (self.partition + 1, self.epoch, self.isr.len());
        match self.leader {
            Some(leader) => {
                write!(f, "partition {partition}: n{} leads in epoch {epoch}, {isr} in sync", leader.0 + 1)
            }
            None => write!(f, "partition {partition}: nobody leads"),
        }
    }
}

crate::declare::messages! {
    /// A message on the wire. `serial` is its sender's number for what it asks, `round` how often it has asked.
    pub enum Msg {
        Send "send" Request "A producer sends a message." { serial: u32, partition: u16, entry: Entry } => "{entry}",
        Accepted "accepted" Response "It is accepted." { serial: u32 } => "accepted",
        Refused "refused" Response "It is not." { serial: u32, why: Why } => "refused: {why}",
        Receive "receive" Read "A consumer waits for a message of the queue." => "receive",
        Message "message" Write "The queue has one for it." { item: Item, receipt: Receipt, receives: u32 } => "{item}, receive no. {receives}",
        Delete "delete" Ack "It is done: the queue may delete it." { item: Item, receipt: Receipt } => "delete {item}",
        Copy "copy" Write "A subscriber's copy." { item: Item } => "{item}",
        Fetch "fetch" Read "A follower asks its leader for what comes after its log." { partition: u16, epoch: u32, end: u32, last: u32 } => "fetch from {end}",
        Records "records" Repair "What the leader has, and how much of it is committed." { partition: u16, epoch: u32, from: u32, records: Batch, committed: u32 } => "{records}; committed {committed}",
        Diverges "diverges" Repair "The follower's log holds what the leader's does not." { partition: u16, epoch: u32, agree: EpochEnd } => "logs diverge",
        Poll "poll" Read "A consumer asks for what is committed." { at: At, round: u32 } => "poll {at}",
        Polled "polled" Write "Records for a consumer." { at: At, round: u32, items: Row<Item> } => "{items}",
        Moved "moved" Response "Another leads this partition." { partition: u16, leader: Option<NodeId> } => "not the leader",
        Reset "reset" Response "There is no such offset: the log ends earlier." { at: At } => "out of range: {at}",
        Join "join" Request "A consumer joins its group." { member: u32 } => "join",
        Given "given" Repair "What a member reads in this generation, and from where on." { member: u32, generation: u32, owns: Row<At> } => "generation {generation}: {owns}",
        Beat "beat" Background "A member is there." { member: u32, generation: u32 } => "heartbeat",
        Heard "heard" Background "How the group stands." { member: u32, generation: u32, heard: Heard } => "{heard}",
        Commit "commit" Ack "A member commits offsets." { member: u32, generation: u32, offsets: Row<At> } => "commit {offsets}",
        Committed "committed" Ack "They are committed, or the member is of the past." { member: u32, generation: u32, heard: Heard } => "{heard}",
        Alive "alive" Background "A broker is there, and knows of so many decisions." { boot: u32, version: u32 } => "alive",
        Lead "lead" Repair "Who leads a partition, and who is in sync." (decided: Decided) => "{decided}",
        Alter "alter" Request "A leader asks for other replicas in sync than those of a decision." { partition: u16, version: u32, isr: Brokers } => "in sync should be {isr}",
        Grow "grow" Request "The topic is to have so many partitions." { partitions: u32 } => "{partitions} partitions",
        Topic "topic" Background "The topic has so many partitions." { partitions: u32 } => "{partitions} partitions",
        Effect "effect" Write "A consumer writes what came of a message." { serial: u32, item: Item } => "{item}",
        Applied "applied" Ack "It is written." { serial: u32 } => "written",
    }
}

crate::declare::words! {
    /// The timers of all nodes.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// The next message is due.
        Arrive => "next message",
        /// A producer sends a message once more.
        Again(serial: u32) => "sends again",
        /// A producer gives a message up.
        GiveUp(serial: u32) => "gives up",
        /// Work at a message ends.
        Work => "work is done",
        /// The store has not answered.
        Write => "writes again",
        /// A consumer asks the queue once more.
        Receive => "asks the queue again",
        /// A hidden message may show.
        Show => "a message shows again",
        /// A follower, or a consumer, asks for a partition once more.
        Fetch(partition: u16) => "asks the leader again",
        /// A leader looks who is in sync.
        Sync => "looks who is in sync",
        /// A broker, or a member, says that it is there.
        Beat => "heartbeat",
        /// A member joins once more.
        Join => "joins",
        /// A broker may have been silent for too long.
        Fence => "looks for silent brokers",
        /// A session may be over, or a rebalance.
        Group => "looks at the group",
    }
}

/// What a script may ask for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// A producer sends a message of a key: `send.x`, or one that nobody can process: `bad.x`.
    Send {
        /// The key.
        key: u16,
        /// Nobody can process it.
        bad: bool,
    },
    /// A consumer of a log goes to an offset of all that it reads: `seek.0`.
    Seek(u32),
    /// A broker is to have the topic grow: `partitions.6`.
    Partitions(u32),
    /// A queue takes its dead letters back: `redrive`.
    Redrive,
}

/// The most partitions that a topic may have.
pub const MOST_PARTITIONS: u32 = 24;
/// Keys by their names.
const KEYS: u16 = 8;

impl Asked for Request {
    fn effect(&self) -> Option<Effect> {
        match self {
            Request::Send { key, .. } => Some(Effect { key: *key, writes: true }),
            _ => None,
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::Send { key, bad } => {
                write!(f, "{}.{}", if *bad { "bad" } else { "send" }, crate::lab::key_name(*key))
            }
            Request::Seek(offset) => write!(f, "seek.{offset}"),
            Request::Partitions(partitions) => write!(f, "partitions.{partitions}"),
            Request::Redrive => f.write_str("redrive"),
        }
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        let key = |name: &str| {
            let found = (0..KEYS).find(|key| crate::lab::key_name(*key) == name);
            found.ok_or_else(|| format!("‘{name}’ is no key: there are x, y, z, u, v, w, p, q"))
        };
        let number = |text: &str| text.parse::<u32>().map_err(|_| format!("‘{text}’ is not a number"));
        match text.split_once('.') {
            Some(("send", name)) => Ok(Request::Send { key: key(name)?, bad: false }),
            Some(("bad", name)) => Ok(Request::Send { key: key(name)?, bad: true }),
            Some(("seek", offset)) => number(offset).map(Request::Seek),
            Some(("partitions", many)) => match number(many)? {
                many @ 1..=MOST_PARTITIONS => Ok(Request::Partitions(many)),
                many => Err(format!("a topic has 1 to {MOST_PARTITIONS} partitions, not {many}")),
            },
            None if text == "redrive" => Ok(Request::Redrive),
            _ => Err(format!(
                "‘{text}’ is not a request here: producers are asked for send.x or bad.x, a log's consumers for seek.0 and its brokers for partitions.6, a queue for redrive"
            )),
        }
    }
}

crate::declare::words! {
    /// What a producer is told.
    #[derive(Copy)]
    pub enum Response {
        /// The message is accepted.
        Accepted => "accepted",
        /// The queue is full.
        Full => "refused: the queue is full",
        /// The work came to nothing.
        Failed => "failed",
        /// One that was accepted before it is not in the log any more.
        Gap => "refused: out of order sequence number",
        /// A later epoch of the producer has been there.
        Fenced => "refused: an old epoch",
        /// The producer gave up.
        TimedOut => "gave up",
    }
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Accepted => End::Ok,
            Response::Full | Response::Failed | Response::Gap | Response::Fenced => End::Failed,
            Response::TimedOut => End::Unknown,
        }
    }
}

/// What nodes tell the meter of what they do with messages, by their operations, and with partitions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    /// A producer has begun to send it.
    Sends(Item),
    /// A queue, or a leader, has stored it; a leader tells where.
    Stored(Item, Option<u16>),
    /// A queue has deleted it.
    Deleted(Item),
    /// A full queue has dropped it.
    Dropped(Item),
    /// It is a dead letter.
    Dead(Item),
    /// It has come back from there.
    Redriven(Item),
    /// A receipt was no good any more.
    Late,
    /// A broker that does not lead has ignored it.
    Ignored(Item),
    /// A follower has it, too.
    Followed(Item, u16),
    /// A broker's log of a partition ends there now.
    Truncated(u16, u32),
    /// A broker begins to lead a partition, in that epoch; who has been away may take itself for the leader late.
    Leads(u16, u32),
    /// A consumer has taken it up.
    Holds(Item),
    /// It begins to work at it.
    Begins(Item),
    /// The work is done.
    Worked(Item),
    /// The consumer has nothing to do with it any more.
    Lets(Item),
    /// The store has taken it in, for that consumer where each is a subscriber.
    Applied(Item, u16),
    /// The store has come up without what it knew.
    Forgot,
    /// A group has committed an offset of a partition.
    Committed(u16, u32),
    /// A group begins to rebalance.
    Rebalances,
    /// A generation begins: so many partitions have moved, so many members have none.
    Generation(u32, u32),
}

crate::declare::speech!(super::protocol::Kept, Deed {
    fn weight(msg: &Msg) -> u64 {
        match msg {
            Msg::Records { records, .. } => 40 * records.0.len() as u64,
            Msg::Polled { items, .. } => 16 * items.0.len() as u64,
            _ => 0,
        }
    }

    fn disk_weight(disk: &super::protocol::Kept) -> u64 {
        disk.weight()
    }
});
