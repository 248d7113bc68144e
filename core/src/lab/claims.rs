//! What a lab claims, what it asks its readers for, and how its model is checked.

use super::{Outcome, State};
use crate::scenario::Scenario;

/// A sentence that is often said, with its verdict and its proof.
#[derive(Debug)]
pub struct Claim {
    /// Its id.
    pub id: &'static str,
    /// The sentence, in at most twenty words.
    pub sentence: &'static str,
    /// Whether it is so.
    pub holds: Holds,
    /// The run that proves it.
    pub link: &'static str,
    /// The promise that decides it.
    pub promise: &'static str,
    /// How it is proved.
    pub proof: Proof,
}

/// Whether a claim is so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// It is.
    Yes,
    /// It is under a condition.
    If(&'static str),
    /// It is not.
    No(&'static str),
}

/// How a claim is proved by runs.
#[derive(Clone, Copy, Debug)]
pub enum Proof {
    /// The link's run ends with the promise in this state.
    Run(State),
    /// Among this many seeds none breaks the promise.
    NoneOf {
        /// Number of seeds.
        seeds: u32,
    },
    /// Among this many seeds, so many at least break it.
    SomeOf {
        /// Number of seeds.
        seeds: u32,
        /// How many break it at the least.
        at_least: u32,
    },
    /// A function of the lab's own shows it, and says what it measured.
    Shown(fn() -> Result<String, String>),
}

/// A goal to reach by editing a scenario.
#[derive(Debug)]
pub struct Challenge {
    /// Its id.
    pub id: &'static str,
    /// How its widget looks in a lesson, as the end of a link: its panels and the knobs at hand. Empty for the whole bench, where the script is
    /// to be changed.
    pub view: &'static str,
    /// The figures that tell how far the goal is.
    pub figures: &'static [&'static str],
    /// What to reach.
    pub prompt: &'static str,
    /// A guess to make first: the question and the answers to choose from, the right one first.
    pub guess: Option<(&'static str, &'static [&'static str])>,
    /// Where to start.
    pub start: &'static str,
    /// Whether it is reached.
    pub goal: fn(&Scenario, &Outcome) -> bool,
    /// A hint.
    pub hint: &'static str,
    /// A link that reaches it: tests run it.
    pub solution: &'static str,
    /// What was to be learnt.
    pub learn: &'static str,
}

/// A published number, theorem or table that the model must reproduce.
#[derive(Debug)]
pub struct Fidelity {
    /// Its id.
    pub id: &'static str,
    /// What is claimed.
    pub claim: &'static str,
    /// Where it is published.
    pub source: &'static str,
    /// How it is checked.
    pub check: Check,
}

/// How a published number is checked.
#[derive(Debug)]
pub enum Check {
    /// A statistic of a tally over seeds 0 to n-1 of a link, within four standard errors.
    Sweep {
        /// The scenario.
        link: &'static str,
        /// The tally.
        tally: &'static str,
        /// Which statistic of it.
        statistic: Statistic,
        /// The published value, in the tally's printed unit.
        expected: f64,
        /// The published value's own standard error; 0 for closed forms.
        error: f64,
        /// How many seeds.
        seeds: u32,
        /// How many in the quick run of tests and of the page.
        quick: u32,
    },
    /// For each of several links, how many of seeds 0 to n-1 break a promise.
    Breaks {
        /// Each link, and what it is called in what was measured.
        cases: &'static [(&'static str, &'static str)],
        /// The promise.
        promise: &'static str,
        /// How many seeds for each link.
        seeds: u32,
        /// How many in the quick run of the page.
        quick: u32,
        /// What the counts should be, in words.
        expected: &'static str,
        /// Whether they are, in the order of the links.
        kept: fn(&[u32]) -> bool,
    },
    /// A search, under other luck and random scripts of what can be done in the lab, for a run that breaks a promise.
    Search {
        /// The scenario that is varied.
        link: &'static str,
        /// The promises any of which is to break, or none.
        promises: &'static [&'static str],
        /// What is not done: acts that the protocol does not claim to bear.
        without: &'static [&'static str],
        /// Whether a run that breaks one is found among these, or none is.
        found: bool,
        /// How many runs are tried.
        runs: u32,
        /// How many in the quick run of tests and of the page.
        quick: u32,
    },
    /// Exact: returns what was measured, or what differs.
    Exact(fn() -> Result<String, String>),
}

/// A statistic over runs, and where its standard error comes from (REFERENCES: within 4 SE).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Statistic {
    /// A mean; its error is the sample's sd / sqrt n.
    Mean,
    /// A proportion p; its error is sqrt(p(1-p)/n).
    Proportion,
    /// The quantile at `per_mille` / 1000, whose standard error over n seeds is `spread` / sqrt n.
    Quantile {
        /// Which, in thousandths.
        per_mille: u32,
        /// Its standard error times sqrt n: sqrt(p(1-p)) / density there.
        spread: f64,
    },
    /// Never more than this.
    AtMost,
    /// At least this.
    AtLeast,
    /// Just this in every run.
    Always,
}
