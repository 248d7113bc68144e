//! What a run keeps of single operations and of all calls, for pictures: spans, and how long calls took over time.

use crate::cast::NodeId;
use crate::stats::LogHistogram;

/// The most spans that a run keeps.
pub const MAX_SPANS: usize = 60_000;

/// A span: a try at a call, as who made it and who was called saw it (OpenTelemetry's word). Those of an operation are a tree: the tries that a
/// service makes for a request are below the try that the request came by. Times are the run's own, in µs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The operation that it serves, by its number.
    pub op: u32,
    /// Who calls whom: by its place among the hops.
    pub hop: u8,
    /// Which try it is at the operation, on that hop.
    pub path: u32,
    /// The span that it is made for, by its place among all; none if it is made for the operation itself.
    pub parent: Option<u32>,
    /// The place of the try before it at the same call, or of that beside which it is a hedge; none for the first.
    pub after: Option<u32>,
    /// Who calls.
    pub from: NodeId,
    /// Who is called; none if it came to nobody.
    pub instance: Option<NodeId>,
    /// Whether it was sent beside another try that was still out.
    pub is_hedge: bool,
    /// Whether it is known from who calls alone, and what went on where it came is not.
    pub untold: bool,
    /// When it began.
    pub tried_us: u64,
    /// How long it was given.
    pub given_us: u64,
    /// When it left its caller.
    pub sent_us: Option<u64>,
    /// When it came.
    pub came_us: Option<u64>,
    /// When it was begun there.
    pub began_us: Option<u64>,
    /// When work on it began first, and when it ended last.
    pub work_us: Option<(u64, Option<u64>)>,
    /// When it left there: answered, turned away, thrown away or taken back.
    pub done_us: Option<u64>,
    /// When its caller was through with it.
    pub ended_us: Option<u64>,
    /// How it ended for its caller.
    pub how: Option<Ending>,
    /// The record with which it began.
    pub record: u32,
}

/// How an attempt may end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Well.
    Good(&'static str),
    /// Badly.
    Bad(&'static str),
    /// Badly, for its time was up.
    Limit(&'static str),
    /// It was not made, so it has neither gone well nor failed.
    Unmade(&'static str),
}

impl Ending {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Ending::Good(words) | Ending::Bad(words) | Ending::Limit(words) | Ending::Unmade(words) => words,
        }
    }
}

/// How long calls took, by equal stretches of time from the run's beginning: those that went well, and the others.
#[derive(Clone, Debug)]
pub struct Heat {
    /// How long a stretch is, in µs.
    pub each_us: u64,
    /// What calls took that went well and ended in each, in µs.
    pub good: Vec<LogHistogram>,
    /// The same of those that did not.
    pub bad: Vec<LogHistogram>,
}
