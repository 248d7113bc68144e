//! One thing that happened, plain and small, and the facts that it changed.

use super::Loss;
use crate::cast::NodeId;
use std::sync::Arc;

/// "None" in the packed fields of a record.
pub const NONE: u32 = u32::MAX;
/// "No node" in the packed fields of a record.
pub const NOBODY: NodeId = NodeId(u16::MAX);

/// When, and which record: the place of something in a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Mark {
    /// Virtual time, in µs.
    pub at_us: u64,
    /// The record's number; records are numbered alike at every level of detail.
    pub record: u32,
}

/// What a record tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum RecordKind {
    /// A cue of the script took effect; `payload` is the cue's index.
    Act,
    /// A node booted.
    Boot,
    /// A message left `node` for `peer`.
    Send,
    /// A message from `peer` arrived at `node` and was handled.
    Deliver,
    /// A message from `peer` to `node` died; `loss` says why.
    Lose,
    /// A timer of `node` fired.
    Timer,
    /// A client invoked an operation.
    Invoke,
    /// An operation returned to its client.
    Return,
    /// A client went down with an operation open: its outcome is unknown.
    Abandon,
    /// A node went down as the script had laid it down earlier, having just sent a message to `peer`.
    Crash,
}

/// One thing that happened. Words are made when somebody reads them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    /// Virtual time, in µs.
    pub at_us: u64,
    /// Its number in the run, whether or not those before it were kept.
    pub id: u32,
    /// The record that brought it about, or [`NONE`].
    pub cause: u32,
    /// The operation that it serves, or [`NONE`].
    pub op: u32,
    /// Its words' place in the payloads, or [`NONE`].
    pub payload: u32,
    /// Where it happened.
    pub node: NodeId,
    /// The other end of a message, of a crash that of the last one sent, or [`NOBODY`].
    pub peer: NodeId,
    /// What it tells.
    pub kind: RecordKind,
    /// The kind of message for sends, deliveries, losses and crashes; else 0.
    pub message: u8,
    /// The [`Loss`] of a [`RecordKind::Lose`]; else 0.
    pub loss: u8,
    /// Which attempt at the operation it serves, as its protocol counts them; 255 for all from that one on.
    pub attempt: u8,
}

impl Record {
    /// Why the message died, for a [`RecordKind::Lose`].
    pub fn loss(&self) -> Option<Loss> {
        (self.kind == RecordKind::Lose).then(|| Loss::ALL[usize::from(self.loss)])
    }

    /// Where and when.
    pub fn mark(&self) -> Mark {
        Mark { at_us: self.at_us, record: self.id }
    }
}

/// Names a fact of a node: which of the lab's facts, and which of many (a data key, a log).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FactKey {
    /// Index into the lab's `facts`.
    pub name: u8,
    /// Which of them; 0 where there is one.
    pub index: u16,
}

impl FactKey {
    /// What a node says that is worth reading: a text, kept only where records are.
    pub const NOTE: FactKey = FactKey { name: u8::MAX, index: 0 };
}

/// Parts of a space of 65,536 places, each by its first and its last place; one whose first is behind its last goes across the end.
pub type Stretches = Arc<[(u16, u16)]>;

/// What a fact may be.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Fact {
    /// A number.
    Int(i64),
    /// A time on the node's own clock, in µs.
    Time(i64),
    /// A word of the protocol: a role, a state.
    Word(&'static str),
    /// Another node.
    Node(NodeId),
    /// A client's write of a data key.
    Write {
        /// Whose.
        client: NodeId,
        /// The client's own number for it.
        number: u32,
        /// Which key.
        key: u16,
        /// The value; none for a deletion.
        value: Option<u32>,
    },
    /// Parts of a space: there may be thousands, for which words are made when somebody reads them.
    Stretches(Stretches),
    /// Anything else, in words.
    Text(Arc<str>),
    /// A change to a list.
    List(Splice),
}

impl Fact {
    /// What it refers to, in bytes and roughly: words, and what counts them.
    pub(crate) fn weight(&self) -> u64 {
        const COUNTS: usize = 16;
        let bytes = match self {
            Fact::Text(words) => words.len() + COUNTS,
            Fact::Stretches(stretches) => stretches.len() * 4 + COUNTS,
            Fact::List(splice) => splice.insert.iter().map(|words| words.len() + 2 * COUNTS).sum(),
            Fact::Int(_) | Fact::Time(_) | Fact::Word(_) | Fact::Node(_) | Fact::Write { .. } => 0,
        };
        bytes as u64
    }
}

/// A change to a list: at a place, some items go and some come.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Splice {
    /// Where.
    pub at: u32,
    /// How many go.
    pub remove: u32,
    /// What comes.
    pub insert: Vec<Arc<str>>,
}

/// A fact that changed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Change {
    /// During which record.
    pub record: u32,
    /// The operation that it serves, or [`NONE`]: one record may bring facts of several.
    pub op: u32,
    /// Whose fact.
    pub node: NodeId,
    /// Which fact.
    pub key: FactKey,
    /// Its new value.
    pub value: Fact,
}
