//! What a lab is: its data (meta, parameters, presets, promises, claims, challenges, fidelity) and its one function, `run`.

mod claims;
mod door;
mod export;
pub mod shows;
mod spec;
mod tables;

pub(crate) use crate::outcome::millionths;
pub use crate::outcome::{
    Detail, Effect, End, Evidence, Heat, Operation, Outcome, Remark, Span, State, Tally, Verdict,
    VerdictChange, key_name,
};
pub use crate::words::{FactSpec, MessageRole, MessageSpec, Show, TallySpec, Unit};
pub use claims::{Challenge, Check, Claim, Fidelity, Holds, Proof, Statistic};
pub use export::Export;
pub(crate) use export::{Lines, NO_WAIT, seconds, spring_duration};
pub use shows::Shows;
pub use spec::Spec;
pub(crate) use spec::ask_problem;
pub(crate) use tables::{exact, fact, found, preset, promise, sweep, unbroken};

use crate::acts::Act;
use crate::cast::Cast;
use crate::params::Param;
use crate::scenario::{MAX_HORIZON_US, Problem, Scenario};

/// A lab: data, and one pure function from scenario to outcome.
pub trait Lab: Sync {
    /// What it is called, where it belongs, what it shows.
    fn meta(&self) -> &'static Meta;
    /// Its controls.
    fn params(&self) -> &'static [Param];
    /// Who takes part in a scenario.
    fn cast(&self, scenario: &Scenario) -> Cast;
    /// How long a run may last at the most, in µs of virtual time: an hour, unless what the lab shows takes days. How much work that may be is
    /// limited apart ([`crate::sim::MAX_WORK`]).
    fn longest_us(&self) -> u64 {
        MAX_HORIZON_US
    }
    /// What is wrong between parameters (`w` greater than `n`); single values have been checked.
    fn problems(&self, _scenario: &Scenario) -> Vec<Problem> {
        Vec::new()
    }
    /// What is wrong with an act here: an unknown request or kind of message.
    fn act_problem(&self, scenario: &Scenario, act: &Act) -> Option<String>;
    /// The live sentences under the controls: what these settings amount to.
    fn sentences(&self, _scenario: &Scenario) -> Vec<String> {
        Vec::new()
    }
    /// Series that show by themselves which promises were kept: a worksheet keeps them, and all figures, from its reader.
    fn telling(&self) -> &'static [&'static str] {
        &[]
    }
    /// What there is to draw of a run of this scenario, beside its records.
    fn shows(&self, _scenario: &Scenario) -> Shows {
        Shows::default()
    }
    /// The scenario's settings as the configurations of tools that people run.
    fn exports(&self, _scenario: &Scenario) -> Vec<Export> {
        Vec::new()
    }
    /// Scenarios worth opening.
    fn presets(&self) -> &'static [Preset];
    /// Sentences that the book or common belief makes, each with the run that proves or refutes it.
    fn claims(&self) -> &'static [Claim] {
        &[]
    }
    /// Goals to reach by editing a scenario.
    fn challenges(&self) -> &'static [Challenge] {
        &[]
    }
    /// Published numbers that the model must reproduce.
    fn fidelity(&self) -> &'static [Fidelity] {
        &[]
    }
    /// Begins a run, to be gone on with in stretches. Infallible: the scenario has been validated.
    fn begin(&self, scenario: &Scenario, detail: Detail) -> Box<dyn Course>;
    /// Runs a scenario to its end.
    fn run(&self, scenario: &Scenario, detail: Detail) -> Outcome {
        let mut course = self.begin(scenario, detail);
        while !course.advance(u64::MAX) {}
        course.outcome()
    }
}

/// So much of a run is done at a time where its work is measured.
const STRETCH: u64 = 10_000;

impl dyn Lab + '_ {
    /// Runs a scenario to its end, if that is no more work than so many small events: what it came to, and about how many they were.
    pub fn run_within(&self, scenario: &Scenario, detail: Detail, most: u64) -> Option<(Outcome, u64)> {
        let mut course = self.begin(scenario, detail);
        let mut work = STRETCH;
        while !course.advance(STRETCH) {
            work += STRETCH;
            if work > most {
                return None;
            }
        }
        Some((course.outcome(), work))
    }

    /// The challenge of that id.
    pub fn challenge(&self, id: &str) -> Option<&'static Challenge> {
        self.challenges().iter().find(|challenge| challenge.id == id)
    }
}

/// A run under way: its events are handled, then its records are indexed, then what only the whole can tell is judged. What it comes to does
/// not depend on the stretches in which it was computed.
pub trait Course {
    /// Goes on for up to so many events, or as much of what comes after them as takes that long; says whether the run has ended.
    fn advance(&mut self, events: u64) -> bool;
    /// What it came to: the figures, which take no longer than a stretch.
    ///
    /// # Panics
    /// When it has not ended.
    fn outcome(self: Box<Self>) -> Outcome;
}

/// The parts of the book.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BookPart {
    /// How a lab is added: not of the book.
    Example,
    /// Part I.
    Communication,
    /// Part II.
    Coordination,
    /// Part III.
    Scalability,
    /// Part IV.
    Resiliency,
    /// Part V.
    Maintainability,
}

/// What a lab is called, where it belongs, what it shows.
#[derive(Debug)]
pub struct Meta {
    /// Its id in links: lower-case letters.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// One sentence for cards and previews.
    pub summary: &'static str,
    /// Part of the book.
    pub part: BookPart,
    /// Chapters of the book that it goes with.
    pub chapters: &'static [&'static str],
    /// The views that it offers, by id; the first are open by default.
    pub views: &'static [&'static str],
    /// What its nodes report.
    pub facts: &'static [FactSpec],
    /// The kinds of its messages.
    pub kinds: &'static [MessageSpec],
    /// What it counts and measures.
    pub tallies: &'static [TallySpec],
    /// What it promises.
    pub promises: &'static [Promise],
    /// Requests that a reader may make of a node.
    pub requests: &'static [RequestSpec],
    /// How long its default run is, in µs.
    pub horizon_us: u64,
    /// What is modelled, as published.
    pub modelled: &'static [&'static str],
    /// What is left out.
    pub left_out: &'static [&'static str],
    /// Raised whenever the same link gives another run.
    pub revision: u32,
    /// What each revision changed.
    pub changelog: &'static [&'static str],
}

/// A promise, named twice: as a developer asks it and as the literature calls it.
#[derive(Debug)]
pub struct Promise {
    /// Its id in links, tests and JSON.
    pub id: &'static str,
    /// The developer's question.
    pub question: &'static str,
    /// The field's term.
    pub term: &'static str,
    /// Nothing that the lab offers can break it.
    pub unbreakable: bool,
}

impl Promise {
    /// The same, of which nothing that the lab offers can break it.
    pub(crate) const fn unbreakable(self) -> Promise {
        Promise { unbreakable: true, ..self }
    }
}

/// A request that a reader may make of a node, for menus.
#[derive(Debug)]
pub struct RequestSpec {
    /// As links write it, such as `put.x.3`.
    pub example: &'static str,
    /// In words.
    pub about: &'static str,
}

/// A scenario worth opening.
#[derive(Debug)]
pub struct Preset {
    /// Its id: the static page's name.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// One sentence: what it shows.
    pub sentence: &'static str,
    /// The link.
    pub link: &'static str,
}
