//! How a call is followed through its attempts: what tells that one began, and that it ended.

use super::FactId;

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
