//! The promise that a service recovers, with all that disturbs it meanwhile: the trouble of the settings, and what a reader does to nodes and links.

use super::super::trouble::{Kind, Spell};
use super::{Recovery, Usual};
use crate::acts::Act;
use crate::cast::{Cast, NodeId};
use crate::check::disturbances::{Disturbances, TROUBLE_OVER, Turn, Words};
use crate::lab::Verdict;
use crate::trace::Mark;

/// What there is to say when a burst is over.
const BURST_OVER: &str = "The burst is over";

/// What disturbs a run, and whether the service comes back from it.
#[derive(Clone, Debug)]
pub struct Disturbed {
    by: Disturbances,
    recovery: Recovery,
}

impl Disturbed {
    /// Nothing has disturbed it yet.
    pub fn new(cast: Cast, limit_us: u64, usual: Usual) -> Disturbed {
        Disturbed { by: Disturbances::new(cast), recovery: Recovery::new(limit_us, usual) }
    }

    /// All that has disturbed it.
    pub fn by(&self) -> &Disturbances {
        &self.by
    }

    /// The trouble of the settings begins or ends. Such of no length disturbs nothing, but perhaps something else happens at that moment.
    pub fn trouble(&mut self, at: Mark, spell: Spell, on: bool, at_once: Option<Words>) {
        let is_burst = matches!(spell.kind, Kind::Burst(_));
        if !on {
            return self.over(at, if is_burst { BURST_OVER } else { TROUBLE_OVER });
        }
        let what = match at_once {
            _ if spell.from_us < spell.to_us && is_burst => ("Calls come in a burst", BURST_OVER),
            _ if spell.from_us < spell.to_us => ("The server is in trouble", TROUBLE_OVER),
            Some(words) => words,
            None => return,
        };
        self.by.trouble(at, spell.to_us, what);
        self.strike(at, what);
    }

    /// A reader does something.
    pub fn act(&mut self, at: Mark, act: &Act) {
        let turn = self.by.act(at, act);
        self.turn(at, turn);
    }

    /// A node goes down.
    pub fn crashed(&mut self, at: Mark, node: NodeId) {
        let turn = self.by.crashed(at, node);
        self.turn(at, turn);
    }

    /// An attempt succeeded, or failed as said.
    pub fn attempt(&mut self, at: Mark, failure: Option<&'static str>) {
        self.recovery.attempt(at, failure, &self.by);
    }

    /// Judges what has passed by now.
    pub fn pass(&mut self, at: Mark) {
        self.recovery.pass(at, &self.by);
    }

    /// How long after the end of the disturbance it had recovered for good.
    pub fn recovered_us(&self) -> Option<u64> {
        self.recovery.recovered_us()
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        self.by.weight()
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.recovery.verdict()
    }

    fn turn(&mut self, at: Mark, turn: Option<Turn>) {
        match turn {
            Some(Turn::Begins(words)) => self.strike(at, words),
            Some(Turn::Ends(words)) => self.over(at, words),
            None => {}
        }
    }

    /// Something has begun that disturbs the service: how long it does depends on what else goes on.
    fn strike(&mut self, at: Mark, (what, over): Words) {
        let going_on = self.by.going_on(at.at_us);
        let over = going_on.map_or(over, |((_, over), _)| over);
        let until_us = going_on.map_or(Some(at.at_us), |(_, until_us)| until_us);
        self.recovery.strike(at, until_us, (what, over));
    }

    fn over(&mut self, at: Mark, words: &'static str) {
        self.recovery.over(at, words, self.by.going_on(at.at_us));
    }
}
