//! Rounds that processes go through, each at its own pace: phases, ballots, terms.

use super::FactId;
use crate::cast::Sort;

/// Rounds, and what each process does in each: its facts of a round have the round's number as their index.
#[derive(Clone, Debug)]
pub struct Rounds {
    /// What a round is called: `phase`.
    pub one: &'static str,
    /// The number of the first.
    pub first: u16,
    /// What a round of a number is called, where they are not begun one after the other, so that some may be left out; else they go by their
    /// numbers.
    pub name: Option<fn(u16) -> String>,
    /// Who goes through them.
    pub sort: Sort,
    /// What a cell holds, from top to bottom; where rounds are begun one after the other, the first is there from the round's beginning.
    pub lines: Vec<RoundLine>,
    /// A process that reports this of a round decides in it.
    pub decides: Option<FactId>,
    /// A round is decided as a whole once so many processes have reported this of it.
    pub enough: Option<(FactId, usize)>,
    /// What stands where in a cell, in a sentence or two.
    pub legend: &'static str,
    /// What is said of a whole round: `can still be decided`.
    pub outlook_of: &'static str,
    /// What that is, by what the processes begin with; may be empty.
    pub outlook: Vec<Outlook>,
}

/// A line of a cell.
#[derive(Clone, Copy, Debug)]
pub struct RoundLine {
    /// What it follows from.
    pub from: Option<FactId>,
    /// What it is.
    pub fact: FactId,
}

/// What is said of a round which all processes begin so.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The words of the first line, process by process.
    pub begins: Vec<&'static str>,
    /// What is said.
    pub says: &'static str,
}
