//! The three promises: healthy calls go on, the bad dependency is spared, breakers make legal transitions only.

use super::message::NAMES;
use crate::acts::{Act, Leaves};
use crate::cast::{Cast, NodeId};
use crate::check::light::{Light, evidence};
use crate::counted::counted;
use crate::kits::graph::Ending;
use crate::lab::{State, Verdict};
use crate::parts::breaker::{self, Transition};
use crate::time::DurationUs;
use crate::trace::Mark;

/// Calls to healthy dependencies are neither refused nor slow.
#[derive(Clone, Debug)]
pub struct Healthy {
    light: Light,
    limit_us: u64,
    /// The record at which a dependency went bad.
    bad: Option<u32>,
    /// What the script has done: the record, in words, and to whom.
    acts: Vec<(u32, String, Vec<NodeId>)>,
    /// Which of it put nodes out: their own calls ended with that, and later ones know nothing of it.
    put_out: Vec<u32>,
}

impl Healthy {
    /// Nothing seen yet.
    pub fn new(limit_us: u64) -> Healthy {
        let light = Light::new("healthy", State::Kept, "No call to a healthy dependency has been refused, failed or late.");
        Healthy { light, limit_us, bad: None, acts: Vec::new(), put_out: Vec::new() }
    }

    /// A dependency has gone bad.
    pub fn trouble(&mut self, at: Mark) {
        self.bad = Some(at.record);
    }

    /// The script does something to nodes that they may suffer from.
    pub fn act(&mut self, at: Mark, act: &Act, cast: &Cast) {
        match act.leaves() {
            None | Some(Leaves::DownLater) => return,
            Some(Leaves::Down) => self.put_out.push(at.record),
            Some(Leaves::Cut | Leaves::Paused | Leaves::Slow) => {}
        }
        self.acts.push((at.record, act.sentence(), act.nodes(cast)));
    }

    /// A node goes down: later than the act that has it, where no act of this moment does.
    pub fn crashed(&mut self, at: Mark, node: NodeId, cast: &Cast) {
        if self.put_out.last() != Some(&at.record) {
            self.put_out.push(at.record);
            self.acts.push((at.record, format!("{} crashes", cast.name(node)), vec![node]));
        }
    }

    /// An attempt of a caller at a call to a dependency that the trouble does not concern has ended. Where the script has done something to
    /// either, that is told.
    pub fn result(&mut self, at: Mark, (caller, dependency): (NodeId, usize), result: Ending, took_us: u64) {
        // A call for which nothing is left suffers from those before it.
        let no_time = result == Ending::NoTime;
        let its = |at: usize| at == dependency || (no_time && at < dependency);
        let touches = |(record, _, nodes): &&(u32, String, Vec<NodeId>)| {
            let of_caller = !self.put_out.contains(record);
            nodes.iter().any(|node| (of_caller && *node == caller) || its(node.index()))
        };
        let done = self.acts.iter().rev().find(touches);
        let name = NAMES[dependency];
        let what = match result {
            Ending::Rejected => format!("A call to the {name} is rejected: no thread is free for it."),
            Ending::ShortCircuited => format!("A call to the {name} is short-circuited."),
            Ending::NoTime => {
                format!("No call to the {name} is made: those before it have taken all the time of the request.")
            }
            Ending::TimedOut => format!("A call to the {name} times out."),
            Ending::Failed => format!("A call to the {name} fails."),
            Ending::Done if took_us > self.limit_us => {
                let (took, limit) = (DurationUs(took_us), DurationUs(self.limit_us));
                format!("A call to the {name} takes {took}, more than {limit}.")
            }
            _ => return,
        };
        let bad = self.bad;
        self.light.break_(at, || {
            let mut steps = Vec::new();
            steps.extend(bad.map(|record| evidence(record, "another dependency goes bad")));
            let Some((act, words, _)) = done else {
                steps.push(evidence(at.record, format!("a call to the {name} suffers")));
                return (what, steps);
            };
            steps.extend([evidence(*act, words), evidence(at.record, "a call suffers")]);
            let whom = if no_time { "one of them or their caller" } else { "it or its caller" };
            (format!("{what} Done to {whom} before: {words}."), steps)
        });
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// From a second after it went bad, the bad dependency gets few calls.
#[derive(Clone, Debug)]
pub struct Spared {
    light: Light,
    limit: u64,
    since_us: Option<u64>,
    second: u64,
    count: u64,
    peak: u64,
    first: Mark,
}

/// How long breakers have to notice.
const NOTICE_US: u64 = 1_000_000;

impl Spared {
    /// All is well.
    pub fn new(limit: u64) -> Spared {
        let calls = counted(limit, "call");
        let why = format!("No dependency that had been bad for a second got more than {calls} in any second after it.");
        let light = Light::new("spared", State::Kept, &why);
        Spared { light, limit, since_us: None, second: 0, count: 0, peak: 0, first: Mark::default() }
    }

    /// The dependency went bad, or is well again.
    pub fn turn(&mut self, at: Mark, bad: bool) {
        self.since_us = bad.then_some(at.at_us);
        self.count = 0;
    }

    /// A call is sent to it.
    pub fn call(&mut self, at: Mark) {
        let Some(bad_us) = self.since_us.map(|since_us| at.at_us - since_us).filter(|us| *us >= NOTICE_US)
        else {
            return;
        };
        let second = bad_us / NOTICE_US;
        if second != self.second || self.count == 0 {
            (self.second, self.count, self.first) = (second, 0, at);
        }
        self.count += 1;
        self.peak = self.peak.max(self.count);
        if self.count > self.limit {
            let (limit, first) = (self.limit, self.first);
            self.light.break_(at, || {
                let why = {
                    let calls = counted(limit, "call");
                    format!("The bad dependency gets more than {calls} within a second, although it has been bad for more than one.")
                };
                (why, vec![evidence(first.record, "the first of them"), evidence(at.record, "one too many")])
            });
        }
    }

    /// The most calls of any second.
    pub fn peak(&self) -> u64 {
        self.peak
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// Every transition of every breaker is one of the four that there are.
#[derive(Clone, Debug)]
pub struct Legal {
    light: Light,
}

impl Legal {
    /// No transition yet.
    pub fn new() -> Legal {
        Legal { light: Light::new("legal", State::Kept, "No breaker has made a transition that there is not.") }
    }

    /// A breaker went from one state to another.
    pub fn transition(&mut self, at: Mark, from: breaker::State, to: breaker::State) {
        let legal = Transition::LEGAL.contains(&(from, to));
        if !legal {
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
