//! What nodes take each other for: the leader, the holder of a lock, alive, suspected or dead; and what is true.

use super::{FactId, Tone};
use crate::cast::Sort;

/// What each observer takes each subject for, and what is true.
#[derive(Clone, Debug)]
pub struct Beliefs {
    /// The title of its picture.
    pub title: &'static str,
    /// Those who take others for something, or themselves.
    pub observers: Vec<Observers>,
    /// Those of whom they think so.
    pub subjects: Sort,
    /// What is true.
    pub truth: Truth,
    /// Of whom it is true, in a few words: `leads, under the greatest number`.
    pub about: &'static str,
}

/// The nodes of a sort that all tell alike what they think.
#[derive(Clone, Copy, Debug)]
pub struct Observers {
    /// Which.
    pub sort: Sort,
    /// How they tell.
    pub tells: Tells,
}

/// How a node tells what it takes others for.
#[derive(Clone, Copy, Debug)]
pub enum Tells {
    /// By a fact that is the one node of which it thinks so; a word where it is nobody.
    One(FactId, &'static str),
    /// By a word of a fact, of itself alone; every other word is that it does not think so.
    Itself(FactId, &'static str, &'static str),
    /// By a fact for each subject, with its number in its sort as the index, in one of these words.
    Each(FactId, &'static [Taken]),
}

/// What a subject may be taken for.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// As nodes report it.
    pub word: &'static str,
    /// What that is, in a few words.
    pub about: &'static str,
    /// How it looks.
    pub tone: Tone,
}

/// What is true of subjects, whatever others think.
#[derive(Clone, Copy, Debug)]
pub enum Truth {
    /// One has it from those who grant it: whom so many of them have as holder, by this fact, of several the one who came last.
    Granted {
        /// Those who grant it. Who is down grants nothing.
        by: Sort,
        /// The node that has it from them; a word where nobody has.
        holder: FactId,
        /// How many of them it takes.
        enough: usize,
    },
    /// One that is up and says so of itself: it came last of all that ever said so, or has the greatest number of all.
    Latest {
        /// What a subject says of itself.
        fact: FactId,
        /// The word.
        word: &'static str,
        /// The number under which it does, told before it.
        number: Option<FactId>,
    },
    /// Whether a subject is up: of one that is these words are true, of one that is not all others.
    Up(&'static [&'static str]),
}

impl Tells {
    /// The fact.
    pub fn fact(self) -> FactId {
        match self {
            Tells::One(fact, _) | Tells::Itself(fact, ..) | Tells::Each(fact, _) => fact,
        }
    }
}

impl Truth {
    /// The facts that it goes by, in the order in which they are told at one moment.
    pub fn facts(self) -> Vec<FactId> {
        match self {
            Truth::Granted { holder, .. } => vec![holder],
            Truth::Latest { fact, number, .. } => number.into_iter().chain([fact]).collect(),
            Truth::Up(_) => Vec::new(),
        }
    }
}
