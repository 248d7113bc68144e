//! How a call is followed through its attempts: what tells that one began, and that it ended.

use super::FactId;
use crate::outcome::Ending;

/// How a call is followed.
#[derive(Clone, Debug)]
pub struct Spans {
    /// What tells of its attempts.
    pub attempts: Attempts,
    /// How the words of an answer begin that did what was asked.
    pub good: &'static str,
}

/// What tells of a call's attempts.
#[derive(Clone, Debug)]
pub enum Attempts {
    /// The messages: each request that leaves the caller is one, but for a write that follows on what was read for it.
    Sent {
        /// How the words of a timer end whose firing ends the attempt that it was set for: by the operation and the attempt that both serve.
        limit: Option<&'static str>,
    },
    /// The caller reports them, those included of which nothing was sent.
    Told {
        /// One has begun, at the call of the station of that index; its value is the time that it was given, in µs.
        begun: FactId,
        /// One has ended: the index is that of its station times `stride`, and the place of how it ended.
        ended: FactId,
        /// See there.
        stride: u16,
        /// How one may end.
        endings: Vec<Ending>,
        /// The places among [`super::Shows::stations`] of those that are called.
        stations: Vec<usize>,
    },
    /// The run keeps its spans ([`crate::outcome::Outcome::spans`]).
    Kept {
        /// What is called by each hop, by its number.
        names: Vec<&'static str>,
        /// How long an operation may take, in µs; none without limit.
        deadline_us: Option<u64>,
    },
}
