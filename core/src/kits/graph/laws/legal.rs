//! The promise that breakers go from state to state as they may.

use super::super::mark::Mark;
use crate::check::light::{Light, evidence};
use crate::lab::{State, Verdict};
use crate::parts::breaker::Transition;
use crate::trace;

/// Every transition of every breaker is one of the four that there are.
#[derive(Clone, Debug)]
pub struct Legal {
    light: Light,
}

impl Legal {
    /// No transition yet.
    pub fn new() -> Legal {
        let why = "No breaker has made a transition that there is not.";
        Legal { light: Light::new("legal", State::Kept, why) }
    }

    /// A node tells what it does.
    #[inline]
    pub fn mark(&mut self, at: trace::Mark, mark: Mark) {
        let Mark::Gate { from: Some(from), to, .. } = mark else { return };
        if !Transition::LEGAL.contains(&(from, to)) {
            self.light.break_(at, || {
                (format!("A breaker went from {from} to {to}."), vec![evidence(at.record, "the transition")])
            });
        }
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}
