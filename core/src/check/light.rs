//! A light: what a promise shows as a run goes on, and why it changed.

use crate::outcome::{Evidence, State, Verdict, VerdictChange};
use crate::trace::Mark;

/// Builds the history of one promise's light.
#[derive(Clone, Debug)]
pub struct Light(Verdict);

impl Light {
    /// A light that shows this from the start.
    pub fn new(promise: &'static str, state: State, why: &str) -> Light {
        let first = VerdictChange { at: Mark::default(), state, why: why.into(), evidence: Vec::new() };
        Light(Verdict { promise, changes: vec![first] })
    }

    /// What it shows now.
    pub fn state(&self) -> State {
        self.0.last().state
    }

    /// Shows something else from here on; nothing happens if it shows that already. The reason is made only then.
    pub fn turn(&mut self, at: Mark, state: State, why: impl FnOnce() -> (String, Vec<Evidence>)) {
        if self.state() != state {
            let (why, evidence) = why();
            self.0.changes.push(VerdictChange { at, state, why, evidence });
        }
    }

    /// Whether it says just this now.
    pub fn says(&self, why: &str) -> bool {
        self.0.last().why == why
    }

    /// Says something else from here on, whether or not it shows something else; nothing happens if it says that already, or is broken.
    pub fn say(&mut self, at: Mark, state: State, why: &str) {
        self.say_with(at, state, why, Vec::new());
    }

    /// The same with the steps of an argument.
    pub fn say_with(&mut self, at: Mark, state: State, why: &str, evidence: Vec<Evidence>) {
        let last = self.0.last();
        if last.state != State::Broken && (last.state != state || last.why != why) {
            self.0.changes.push(VerdictChange { at, state, why: why.to_owned(), evidence });
        }
    }

    /// Breaks, once: a promise that was broken stays broken.
    pub fn break_(&mut self, at: Mark, why: impl FnOnce() -> (String, Vec<Evidence>)) {
        self.turn(at, State::Broken, why);
    }

    /// How it broke, if it did.
    pub fn broke(&self) -> Option<&VerdictChange> {
        self.0.break_()
    }

    /// The light and its history.
    pub fn verdict(self) -> Verdict {
        self.0
    }
}

/// A step of an argument.
pub fn evidence(record: u32, says: impl Into<String>) -> Evidence {
    Evidence { record, says: says.into() }
}
