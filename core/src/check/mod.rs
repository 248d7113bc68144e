//! Verdicts: laws over what a run shows, and checkers over histories of operations.
//!
//! A checker takes a [`History`] and gives a [`Judgement`]. Strict models imply loose ones: linearizable ⇒ sequential ⇒ causal ⇒ PRAM ⇒ read your writes,
//! monotonic reads and monotonic writes; causal ⇒ writes follow reads; sequential ⇒ cache coherent. Causal does not imply coherent.

pub mod causal;
mod deeds;
pub(crate) mod disturbances;
pub mod fate;
mod judgement;
pub mod light;
pub mod linearizable;
mod memory;
pub mod register;
pub mod replicas;
mod search;
pub mod sequential;
pub mod session;
mod view;

pub use crate::history::{Answer, Call, History, INITIAL, Op};
pub use judgement::{Broken, Judgement, Names, Undecided, Why};

/// A consistency model that a history can be judged by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Model {
    /// One order of all operations that agrees with real time (Herlihy and Wing 1990).
    Linearizable,
    /// One order that agrees with each client's own (Lamport 1979).
    Sequential,
    /// For each client an order of its operations and all writes that agrees with cause and effect (Ahamad et al. 1995).
    Causal,
    /// For each client an order of its operations and all writes that agrees with each client's own (Lipton and Sandberg 1988).
    Pram,
    /// Sequential for each key by itself (Goodman 1989).
    Cache,
    /// A client reads its own writes, or what replaced them (Terry et al. 1994, as the next three).
    ReadYourWrites,
    /// A client's reads do not go back in time.
    MonotonicReads,
    /// A client's writes are seen in the order in which it made them.
    MonotonicWrites,
    /// A write is not seen before what its client had read.
    WritesFollowReads,
}

impl Model {
    /// All of them, from strict to loose.
    pub const ALL: [Model; 9] = [
        Model::Linearizable,
        Model::Sequential,
        Model::Causal,
        Model::Pram,
        Model::Cache,
        Model::ReadYourWrites,
        Model::MonotonicReads,
        Model::MonotonicWrites,
        Model::WritesFollowReads,
    ];

    /// Its name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Model::Linearizable => "linearizable",
            Model::Sequential => "sequential",
            Model::Causal => "causal",
            Model::Pram => "pram",
            Model::Cache => "cache",
            Model::ReadYourWrites => "read-your-writes",
            Model::MonotonicReads => "monotonic-reads",
            Model::MonotonicWrites => "monotonic-writes",
            Model::WritesFollowReads => "writes-follow-reads",
        }
    }

    /// Judges a history. The budget bounds the searches (linearizable, sequential, cache), some 3 million steps of which fit in a second; the others are polynomial.
    pub fn judge(self, history: &History, budget: u64) -> Judgement {
        match self {
            Model::Linearizable => linearizable::judge(history, budget),
            Model::Sequential => sequential::judge(history, budget),
            Model::Cache => sequential::judge_cache(history, budget),
            Model::Causal => causal::judge(history),
            Model::Pram => causal::judge_pram(history),
            Model::ReadYourWrites => session::read_your_writes(history),
            Model::MonotonicReads => session::monotonic_reads(history),
            Model::MonotonicWrites => session::monotonic_writes(history),
            Model::WritesFollowReads => session::writes_follow_reads(history),
        }
    }
}

impl std::str::FromStr for Model {
    type Err = String;

    fn from_str(text: &str) -> Result<Model, String> {
        Model::ALL.into_iter().find(|model| model.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Model::ALL.iter().map(|model| model.name()).collect();
            format!("“{text}” is not a level; levels are {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests;
