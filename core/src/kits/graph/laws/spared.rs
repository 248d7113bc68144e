//! The promise that a service which has gone bad is left alone.

use super::super::config::Config;
use super::super::declared::Hop;
use super::super::mark::{HopId, Mark};
use super::super::trouble::{Kind, Trouble};
use crate::check::light::{Light, evidence};
use crate::counted::counted;
use crate::lab::{State, Verdict};
use crate::trace;

/// From a second after it went bad, the service with the trouble gets few calls in any second.
#[derive(Clone, Debug)]
pub struct Spared {
    light: Light,
    limit: u64,
    /// What goes bad, what that is called, and by each hop whether it leads there, and if so, whether it tells of what leaves apart.
    trouble: Option<Trouble>,
    name: &'static str,
    leads: Vec<Option<bool>>,
    since_us: Option<u64>,
    second: u64,
    count: u64,
    peak: u64,
    first: trace::Mark,
}

/// How long callers have to notice.
const NOTICE_US: u64 = 1_000_000;

impl Spared {
    /// All is well. What goes bad is what the graph's first trouble is at that is no burst of calls.
    pub fn new(limit: u64, config: &Config) -> Spared {
        let graph = &config.graph;
        let trouble = graph.troubles.iter().find(|trouble| !matches!(trouble.kind, Kind::Burst(_))).copied();
        let apart = |hop: &Hop| hop.gate.is_some() || hop.pool.is_some();
        let leads = graph
            .hops
            .iter()
            .map(|hop| Some(apart(hop)).filter(|_| trouble.is_some_and(|at| at.tier == hop.to)));
        let why = format!(
            "Nothing that had been bad for a second got more than {} in any second after it.",
            counted(limit, "call")
        );
        Spared {
            light: Light::new("spared", State::Kept, &why),
            limit,
            trouble,
            name: trouble.map_or("service", |at| graph.tiers[usize::from(at.tier.0)].name),
            leads: leads.collect(),
            since_us: None,
            second: 0,
            count: 0,
            peak: 0,
            first: trace::Mark::default(),
        }
    }

    /// Whether a node tells of a call to what is bad now: at that instance, and for that shard if only one is.
    #[inline]
    pub fn strikes(&self, mark: Mark) -> bool {
        let Some(trouble) = self.trouble.filter(|_| self.since_us.is_some()) else { return false };
        let leads = |hop: HopId| self.leads[usize::from(hop.0)];
        match mark {
            Mark::Sent { hop, instance, key } if leads(hop) == Some(true) => {
                trouble.instance.is_none_or(|which| which == instance) && trouble.kind.strikes(key)
            }
            Mark::Tried { hop, .. } => leads(hop) == Some(false),
            _ => false,
        }
    }

    /// A node tells what it does.
    #[inline]
    pub fn mark(&mut self, at: trace::Mark, mark: Mark) {
        if let Mark::Trouble { on } = mark {
            (self.since_us, self.count) = (on.then_some(at.at_us), 0);
        } else if self.strikes(mark) {
            self.call(at);
        }
    }

    fn call(&mut self, at: trace::Mark) {
        let bad_us = self.since_us.map_or(0, |since_us| at.at_us - since_us);
        if bad_us < NOTICE_US {
            return;
        }
        let second = bad_us / NOTICE_US;
        if second != self.second || self.count == 0 {
            (self.second, self.count, self.first) = (second, 0, at);
        }
        self.count += 1;
        self.peak = self.peak.max(self.count);
        if self.count > self.limit {
            let (name, calls, first) = (self.name, counted(self.limit, "call"), self.first);
            self.light.break_(at, || {
                let why = format!("The {name} gets more than {calls} within a second, although it has been bad for more than one.");
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
