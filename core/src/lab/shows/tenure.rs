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
    /// The number that a holding bears, such as a token, where it bears one: told before the holding begins.
    pub number: Option<FactId>,
    /// Who it was given to, by those who give it.
    pub granted: Option<Grants>,
    /// What holders do with it.
    pub deeds: Option<Deed>,
    /// The fact and the word by which a node says that it stands still by itself, and not because the script pauses it.
    pub still: Option<(FactId, &'static str)>,
    /// It is meant for one at a time: where two hold it that is marked.
    pub exclusive: bool,
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

/// What is given to whom, by those who give it.
#[derive(Clone, Copy, Debug)]
pub struct Grants {
    /// Those who give it.
    pub sort: Sort,
    /// The node that has it from them; a word where nobody has.
    pub holder: FactId,
    /// The number of what they gave, told before it.
    pub number: Option<FactId>,
    /// What that is, in a few words.
    pub about: &'static str,
}

/// What holders do with what they hold: told by others, for each holder by its number in its sort.
#[derive(Clone, Copy, Debug)]
pub struct Deed {
    /// Those who tell.
    pub by: Sort,
    /// How it went, in a word.
    pub fact: FactId,
    /// The word for well.
    pub good: &'static str,
    /// The word for badly.
    pub bad: &'static str,
}
