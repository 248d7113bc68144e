//! What nodes hold, or are in, for a time: a lock, a lease, an office, doubt.

use super::{FactId, Tone};
use crate::cast::Sort;

/// What each node of a sort holds from when to when, told by a fact whose words come and go.
#[derive(Clone, Debug)]
pub struct Tenure {
    /// The title of its picture.
    pub title: &'static str,
    /// The nodes that may hold it.
    pub sort: Sort,
    /// The word that says what a node holds; every other word than those of `held` is that it holds nothing.
    pub state: FactId,
    /// What it is that is held, by the index of the fact: `order 3`. One for each that there may be.
    pub places: Vec<String>,
    /// The words that are a holding.
    pub held: Vec<Holding>,
}

/// A way to hold something.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// As nodes report it.
    pub word: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// How it looks.
    pub tone: Tone,
}
