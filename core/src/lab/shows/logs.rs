//! Logs that servers keep alike: entries with terms, and how far they are decided.

use super::FactId;
use crate::cast::Sort;

/// Replicated logs.
#[derive(Clone, Copy, Debug)]
pub struct Logs {
    /// The nodes that keep one.
    pub sort: Sort,
    /// The entries, as a list of words: an entry's term, which begins with a number, a colon and what it holds, and perhaps, after a bar, what tells it from others alike.
    pub entries: FactId,
    /// How many entries came before those in the list, and are kept as a snapshot, where there are such.
    pub base: Option<FactId>,
    /// What an entry's age is called: `term`.
    pub age: &'static str,
    /// The term in which a node is: a number, or words that begin with one.
    pub term: FactId,
    /// The highest entry that a node knows to be decided; all up to there have been applied.
    pub commit: FactId,
    /// What a node is, by a word.
    pub role: FactId,
    /// The word of a node that leads.
    pub leads: &'static str,
    /// For who leads, by another node's number: the next entry that it sends there.
    pub next: Option<FactId>,
    /// Likewise: the highest entry that it knows to be there.
    pub matched: Option<FactId>,
}
