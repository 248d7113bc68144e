//! A lab written as data and functions of its parameters, which are read from the scenario in one place.

use super::{Challenge, Claim, Course, Detail, Export, Fidelity, Lab, Meta, Preset, Shows};
use crate::acts::Act;
use crate::cast::{Cast, Sort};
use crate::params::{Param, Settings};
use crate::scenario::{MAX_HORIZON_US, Problem, Scenario};
use std::str::FromStr;

/// A lab whose reader sets a `P`. What it has not, [`Spec::new`] leaves empty.
#[derive(Debug)]
pub struct Spec<P> {
    /// As [`Lab::meta`].
    pub meta: &'static Meta,
    /// As [`Lab::longest_us`].
    pub longest_us: u64,
    /// As [`Lab::telling`].
    pub telling: &'static [&'static str],
    /// As [`Lab::presets`].
    pub presets: &'static [Preset],
    /// As [`Lab::claims`].
    pub claims: &'static [Claim],
    /// As [`Lab::challenges`].
    pub challenges: &'static [Challenge],
    /// As [`Lab::fidelity`].
    pub fidelity: &'static [Fidelity],
    /// As [`Lab::cast`].
    pub cast: fn(&P, &Scenario) -> Cast,
    /// As [`Lab::problems`].
    pub problems: fn(&P, &Scenario) -> Vec<Problem>,
    /// As [`Lab::act_problem`].
    pub act_problem: fn(&P, &Act) -> Option<String>,
    /// As [`Lab::sentences`].
    pub sentences: fn(&P, &Scenario) -> Vec<String>,
    /// As [`Lab::shows`].
    pub shows: fn(&P, &Scenario) -> Shows,
    /// As [`Lab::exports`].
    pub exports: fn(&P) -> Vec<Export>,
    /// As [`Lab::begin`].
    pub begin: fn(P, &Scenario, Detail) -> Box<dyn Course>,
}

impl<P> Spec<P> {
    /// A lab with what none can do without: its data, who takes part, how a run begins. Nobody in it can be asked for anything.
    pub const fn new(
        meta: &'static Meta,
        cast: fn(&P, &Scenario) -> Cast,
        begin: fn(P, &Scenario, Detail) -> Box<dyn Course>,
    ) -> Spec<P> {
        Spec {
            meta,
            longest_us: MAX_HORIZON_US,
            telling: &[],
            presets: &[],
            claims: &[],
            challenges: &[],
            fidelity: &[],
            cast,
            problems: |_, _| Vec::new(),
            act_problem: |_, act| match act {
                Act::Ask { .. } => Some("nobody can be asked for anything here".into()),
                _ => None,
            },
            sentences: |_, _| Vec::new(),
            shows: |_, _| Shows::default(),
            exports: |_| Vec::new(),
            begin,
        }
    }
}

impl<P: Settings> Lab for Spec<P> {
    fn meta(&self) -> &'static Meta {
        self.meta
    }

    fn longest_us(&self) -> u64 {
        self.longest_us
    }

    fn params(&self) -> &'static [Param] {
        P::TABLE
    }

    fn cast(&self, scenario: &Scenario) -> Cast {
        (self.cast)(&P::of(&scenario.values), scenario)
    }

    fn problems(&self, scenario: &Scenario) -> Vec<Problem> {
        (self.problems)(&P::of(&scenario.values), scenario)
    }

    fn act_problem(&self, scenario: &Scenario, act: &Act) -> Option<String> {
        (self.act_problem)(&P::of(&scenario.values), act)
    }

    fn sentences(&self, scenario: &Scenario) -> Vec<String> {
        (self.sentences)(&P::of(&scenario.values), scenario)
    }

    fn telling(&self) -> &'static [&'static str] {
        self.telling
    }

    fn shows(&self, scenario: &Scenario) -> Shows {
        (self.shows)(&P::of(&scenario.values), scenario)
    }

    fn exports(&self, scenario: &Scenario) -> Vec<Export> {
        (self.exports)(&P::of(&scenario.values))
    }

    fn presets(&self) -> &'static [Preset] {
        self.presets
    }

    fn claims(&self) -> &'static [Claim] {
        self.claims
    }

    fn challenges(&self) -> &'static [Challenge] {
        self.challenges
    }

    fn fidelity(&self) -> &'static [Fidelity] {
        self.fidelity
    }

    fn begin(&self, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
        (self.begin)(P::of(&scenario.values), scenario, detail)
    }
}

/// What is wrong with asking for an `R`, where only nodes of one sort can be asked: `only` says so, with an example.
pub(crate) fn ask_problem<R: FromStr<Err = String>>(act: &Act, sort: Sort, only: &str) -> Option<String> {
    let Act::Ask { node, request } = act else { return None };
    if node.0.iter().all(|part| part.sort() == sort) {
        request.0.parse::<R>().err()
    } else {
        Some(only.into())
    }
}
