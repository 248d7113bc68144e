//! What a run came to: figures, operations, and a light with its history for each promise.

mod spans;

pub use spans::{Ending, Heat, MAX_SPANS, Span};

use crate::cast::{Cast, NodeId};
use crate::history::{Answer, Call, History, Op};
use crate::stats::{Name, Series};
use crate::trace::{Mark, Trace};
use crate::words::Unit;

/// How much of a run is recorded. Digest, tallies and verdicts are the same at every level.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Detail {
    /// Every record.
    Full,
    /// Records of one operation in k over all clients, of one client in k where they serve none, of all other nodes, and of the script.
    Sample {
        /// The k.
        every: u32,
    },
    /// No records.
    Totals,
}

/// More nodes than this are a crowd, of which a sample is recorded.
const CROWD: usize = 2_000;
/// One of so many calls of a crowd is recorded: 5,000 clients for a minute come to some 10,000 records.
const CROWD_EVERY: u32 = 75;

impl Detail {
    /// How much pictures need of a run with this cast.
    pub fn of_pictures(cast: &Cast) -> Detail {
        if cast.len() > CROWD { Detail::Sample { every: CROWD_EVERY } } else { Detail::Full }
    }

    /// Whether the operation of a client is recorded, by the client's own number.
    pub(crate) fn keeps(self, client: NodeId, number: u32) -> bool {
        match self {
            Detail::Totals => false,
            Detail::Full => true,
            Detail::Sample { every } => (u32::from(client.0) + number).is_multiple_of(every.max(1)),
        }
    }
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Who took part.
    pub cast: Cast,
    /// What happened, as far as it was recorded.
    pub trace: Trace,
    /// The operations of clients, in order of invocation; empty in `Totals`.
    pub operations: Vec<Operation>,
    /// Figures, in the order of the lab's tallies.
    pub tallies: Vec<Tally>,
    /// Values over time, for charts.
    pub series: Vec<Series>,
    /// One for each promise, in the lab's order.
    pub verdicts: Vec<Verdict>,
    /// What is wrong with the answers of single operations, in order of their numbers.
    pub remarks: Vec<Remark>,
    /// What was done for its operations, where its nodes tell that: by operation, and each after what it is made for.
    pub spans: Vec<Span>,
    /// How long calls took over time, where that is kept.
    pub heats: Vec<Heat>,
    /// A hash of everything that happened: the same everywhere.
    pub digest: u64,
    /// Limits that the run met, as sentences: its end among them, where cues come too late for it.
    pub limits: Vec<String>,
    /// When it ended, in µs.
    pub ended_us: u64,
}

/// What is wrong with the answer of an operation that seems to have gone well.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// The operation's number in the run.
    pub operation: u32,
    /// In a few words: "stale: 0, not 37".
    pub says: String,
}

/// A figure of a run; `None` where there was nothing to measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tally {
    /// Its name among the lab's tallies.
    pub name: &'static str,
    /// What its value counts.
    pub unit: Unit,
    /// The value.
    pub value: Option<i64>,
}

/// A part of a whole in millionths, rounded; none of nothing.
pub(crate) fn millionths(part: u64, whole: u64) -> Option<i64> {
    let whole = u128::from(whole);
    (u128::from(part) * 1_000_000 + whole / 2).checked_div(whole).map(|ratio| ratio as i64)
}

/// An operation of a client, for pictures and checkers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Its number in the run, which its records carry.
    pub number: u32,
    /// Who asked.
    pub client: NodeId,
    /// What: a payload of the trace, words for which are made when somebody reads them ([`Outcome::asked`]).
    pub request: u32,
    /// The answer, likewise ([`Outcome::told`]); none while it is open or when it was abandoned.
    pub response: Option<u32>,
    /// How it ended.
    pub end: End,
    /// When it was invoked.
    pub invoked: Mark,
    /// When it returned.
    pub returned: Option<Mark>,
    /// Its effect on data, for pictures: read or write of a key; none for other requests.
    pub effect: Option<Effect>,
    /// What it asked of a register, for checkers; none where it is no matter of registers.
    pub call: Option<Call>,
    /// What it was told, for checkers.
    pub answer: Option<Answer>,
}

impl Operation {
    /// The history of the register operations among these, and the place of each among them.
    pub fn history(operations: &[Operation]) -> (History, Vec<usize>) {
        let register = operations.iter().enumerate().filter_map(|(place, operation)| {
            let op = Op {
                client: u32::from(operation.client.0),
                key: operation.effect.map_or(0, |effect| u32::from(effect.key)),
                call: operation.call?,
                answer: operation.answer.clone(),
                invoked: operation.invoked,
                returned: operation.returned.filter(|_| operation.answer.is_some()),
            };
            Some((op, place))
        });
        let (ops, places) = register.unzip();
        (History::new(ops).expect("answers fit their calls, and follow them"), places)
    }
}

/// What an operation does to data.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Effect {
    /// Which key.
    pub key: u16,
    /// Whether it writes.
    pub writes: bool,
}

/// The name of a data key in pictures and requests, by its number: x, y, z, u, v, w, p, q, then k8, k9, …
pub fn key_name(key: u16) -> String {
    const FIRST: [&str; 8] = ["x", "y", "z", "u", "v", "w", "p", "q"];
    FIRST.get(usize::from(key)).map_or_else(|| format!("k{key}"), |name| (*name).to_owned())
}

/// How an operation ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum End {
    /// Not yet.
    Open,
    /// Well.
    Ok,
    /// With an error that its client saw.
    Failed,
    /// Its client gave up or went down: it may or may not have taken effect.
    Unknown,
}

/// What a promise's light shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// Not decided (yet).
    Unknown,
    /// Kept so far.
    Kept,
    /// Broken.
    Broken,
}

impl State {
    /// The state as JSON and links write it.
    pub fn word(self) -> &'static str {
        match self {
            State::Unknown => "unknown",
            State::Kept => "kept",
            State::Broken => "broken",
        }
    }
}

/// A light and its history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The promise's id.
    pub promise: &'static str,
    /// Every change of the light, in order; the first is its state at the start.
    pub changes: Vec<VerdictChange>,
}

/// A change of a light.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerdictChange {
    /// When, and at which record.
    pub at: Mark,
    /// What the light shows from then on.
    pub state: State,
    /// Why, in a sentence.
    pub why: String,
    /// The steps of the argument: each a record and what it contributes.
    pub evidence: Vec<Evidence>,
}

/// One step of an argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// The record.
    pub record: u32,
    /// What it contributes, in a sentence.
    pub says: String,
}

impl Verdict {
    /// The state after everything up to record `id`, at a time: a deadline passes when nothing happens.
    pub fn at(&self, id: Option<u32>, at_us: u64) -> &VerdictChange {
        let passed = |change: &VerdictChange| Some(change.at.record) <= id && change.at.at_us <= at_us;
        let count = self.changes.partition_point(passed).max(1);
        &self.changes[count - 1]
    }

    /// The last state.
    pub fn last(&self) -> &VerdictChange {
        self.changes.last().expect("a light shows something from the start")
    }

    /// What is said of the promise once the run is over: a promise that was broken once was not kept, whatever its light shows at the end.
    pub fn judged(&self) -> &VerdictChange {
        self.break_().unwrap_or(self.last())
    }

    /// The first change to broken.
    pub fn break_(&self) -> Option<&VerdictChange> {
        self.changes.iter().find(|c| c.state == State::Broken)
    }
}

impl Outcome {
    /// What a client asked for, as scripts write it: `put.x.7`.
    pub fn asked(&self, operation: &Operation) -> String {
        self.trace.payload_words(operation.request)
    }

    /// What it was told; none while the operation is open or when it was abandoned.
    pub fn told(&self, operation: &Operation) -> Option<String> {
        operation.response.map(|payload| self.trace.payload_words(payload))
    }

    /// A tally by name; `None` when there is none or it measured nothing.
    pub fn tally(&self, name: &str) -> Option<i64> {
        self.tallies.iter().find(|t| t.name == name).and_then(|t| t.value)
    }

    /// A series by name; `None` when the run did not measure it.
    pub fn series(&self, name: impl Into<Name>) -> Option<&Series> {
        let name = name.into();
        self.series.iter().find(|series| series.name == name)
    }

    /// The spans of an operation, and the place of the first among all.
    pub fn spans_of(&self, operation: u32) -> (usize, &[Span]) {
        let from = self.spans.partition_point(|span| span.op < operation);
        let to = self.spans.partition_point(|span| span.op <= operation);
        (from, &self.spans[from..to])
    }

    /// What is wrong with the answer of an operation; none where nothing is known to be.
    pub fn remark(&self, operation: u32) -> Option<&str> {
        let place = self.remarks.binary_search_by_key(&operation, |remark| remark.operation).ok()?;
        Some(&self.remarks[place].says)
    }

    /// A verdict by promise.
    pub fn verdict(&self, promise: &str) -> Option<&Verdict> {
        self.verdicts.iter().find(|v| v.promise == promise)
    }

    /// Whether a promise stands so at the end.
    pub fn stands(&self, promise: &str, state: State) -> bool {
        self.verdict(promise).is_some_and(|verdict| verdict.last().state == state)
    }

    /// The first eight hexadecimal digits of the digest, as shared links carry them.
    pub fn digest_word(&self) -> String {
        format!("{:016x}", self.digest)[..8].to_string()
    }
}
