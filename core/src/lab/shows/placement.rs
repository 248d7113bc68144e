//! Where data lies: sets of replicas, and rows that are spread over nodes.

use super::FactId;
use crate::cast::{NodeId, Sort};

/// Sets of nodes of which a write and a read have to reach so many.
#[derive(Clone, Copy, Debug)]
pub struct Sets {
    /// All that there are.
    pub all: Set,
    /// Those that a write waits for.
    pub writes: Set,
    /// Those that a read waits for.
    pub reads: Set,
}

/// How many a set has.
#[derive(Clone, Copy, Debug)]
pub struct Set {
    /// As formulas call its size: `W`.
    pub letter: &'static str,
    /// Its size.
    pub size: u32,
}

/// Rows that are spread over nodes, and what becomes of them when nodes come and go.
#[derive(Clone, Debug)]
pub struct Partition {
    /// What rows are placed in.
    pub space: Space,
    /// How a row finds its node, in a few words.
    pub by: &'static str,
    /// How many rows there are.
    pub rows: u32,
    /// No node is to hold more than this share above what is fair, in millionths: ε.
    pub slack_millionths: u32,
    /// Nodes that weigh more than 1, where they do not report what they weigh.
    pub heavy: Heavy,
    /// The sort of nodes that have rows.
    pub sort: Sort,
    /// What they report.
    pub held: Held,
    /// What their words for where they stand mean.
    pub standings: &'static [(&'static str, Standing)],
    /// Who knows where rows are: it reports how far a change is.
    pub router: NodeId,
    /// How far, by a word.
    pub phase: FactId,
    /// What its words mean.
    pub phases: &'static [(&'static str, Phase)],
    /// What the change moves: `n1-n4:812`, giver, taker and rows, parted by spaces.
    pub moves: FactId,
    /// How much of that has come, in hundredths.
    pub moved: FactId,
    /// Places of some rows, in four hexadecimal digits, parted by spaces.
    pub sample: FactId,
}

/// What rows are placed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Space {
    /// A circle of 65,536 places.
    Circle,
    /// A line of as many, in the order of keys.
    Line,
    /// 256 slots.
    Slots,
    /// No space: only what a node has.
    Buckets,
}

/// The first nodes, so many, and what each weighs.
#[derive(Clone, Copy, Debug)]
pub struct Heavy {
    /// How many.
    pub nodes: u32,
    /// What each weighs.
    pub weight: u32,
}

/// What a node reports of its rows.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Where it stands, by a word.
    pub standing: FactId,
    /// Rows that it has now.
    pub now: FactId,
    /// Before the change.
    pub before: FactId,
    /// After the change.
    pub after: FactId,
    /// Its stretches of the space before the change.
    pub stretches_before: FactId,
    /// After the change.
    pub stretches_after: FactId,
    /// What is asked of it, as a share of what it can do, in millionths.
    pub load: FactId,
    /// Requests that wait at it.
    pub waiting: FactId,
    /// What it weighs.
    pub weight: FactId,
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It has rows, or may have.
    In,
    /// It is not a member.
    Out,
    /// It is given rows to become one.
    Joining,
    /// It gives its rows away.
    Leaving,
}

/// How far a change is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// There is none.
    Steady,
    /// It is to come.
    Planned,
    /// Rows move.
    Moving,
    /// It is over.
    Moved,
}
