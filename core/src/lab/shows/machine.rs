//! State machines that nodes run: a circuit breaker's, a member's, a role's.

use super::FactId;
use crate::cast::Sort;

/// A state machine, which some nodes run, each perhaps several of them.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The title of its picture.
    pub title: &'static str,
    /// What runs it, in a word: `instance`.
    pub one: &'static str,
    /// What several machines are called: `breakers`.
    pub many: &'static str,
    /// The states; it begins in the first, where a node does not report another.
    pub states: Vec<MachineState>,
    /// The ways from state to state; where none is declared, those are drawn that the run takes.
    pub ways: Vec<Way>,
    /// The nodes that run it are of this sort, and report its state.
    pub sort: Sort,
    /// The word of the state.
    pub state: FactId,
    /// Until when it waits in a state.
    pub deadline: Option<Deadline>,
    /// Why it went where it is, as text; what stands before the last `: ` is left out.
    pub cause: Option<FactId>,
    /// What each of a node's machines is, by the index of its facts: `breaker before the cache`. One for each that there may be.
    pub places: Vec<String>,
}

impl Machine {
    /// The place among the states of one that is reported by its word.
    pub fn place(&self, word: &str) -> Option<usize> {
        self.states.iter().position(|state| state.word == word)
    }
}

/// A state of a [`Machine`].
#[derive(Clone, Copy, Debug)]
pub struct MachineState {
    /// As nodes report it.
    pub word: &'static str,
    /// What it is to be in it, in a few words.
    pub about: &'static str,
    /// How it looks.
    pub tone: Tone,
    /// Where its middle and its upper edge lie on a paper of 344 by 268 units; none of them where the view is to find places by itself.
    pub at: Option<(f64, f64)>,
}

impl MachineState {
    /// A state for which the view finds a place.
    pub fn new(word: &'static str, about: &'static str, tone: Tone) -> MachineState {
        MachineState { word, about, tone, at: None }
    }
}

/// How a state looks, live.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// As usual.
    Well,
    /// In charge.
    Leads,
    /// On the way, or on trial.
    Between,
    /// Out of use.
    Out,
}

/// A way from state to state.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The places of both among the states.
    pub from: usize,
    /// See there.
    pub to: usize,
    /// Why it is gone, in general; may be empty.
    pub why: &'static str,
    /// Where it lies, where its states have places.
    pub arm: Option<Arm>,
}

impl Way {
    /// A way that lies where its states are.
    pub fn new(from: usize, to: usize, why: &'static str) -> Way {
        Way { from, to, why, arm: None }
    }
}

/// Where a way lies: its ends, and where its count stands.
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    /// Its beginning.
    pub start: (f64, f64),
    /// Its end.
    pub end: (f64, f64),
    /// Where its count stands.
    pub count: (f64, f64),
    /// To which side of there the count goes: -1 left, 0 both, 1 right.
    pub side: i8,
}

/// Until when a machine waits.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// A time on the node's clock.
    pub fact: FactId,
    /// The place of the state in which it is counted down.
    pub state: usize,
    /// What it waits for then.
    pub then: &'static str,
}
