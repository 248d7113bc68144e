//! What somebody who watches sees of metrics: of what instances answered when they were asked, and as often. Between two askings nobody knows.

use super::super::config::Config;
use super::super::mark::{HopId, TierId};
use super::super::message::{Msg, Speech};
use super::{Counted, Label, Labels, Report, SERIES_EACH};
use crate::cast::NodeId;
use crate::lab::shows::SeriesKey;
use crate::outcome::Heat;
use crate::sim::Seen;
use crate::stats::{LogHistogram, Name, Points, Series, rounded};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Of what something is charted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Of {
    /// Of requests at a tier, as its instances count them.
    Tier(TierId),
    /// Of calls on a hop, as its callers count them.
    Hop(HopId),
    /// Of all calls that a tier makes.
    Calls(TierId),
    /// Of requests at an instance.
    Node(NodeId),
    /// Of requests at a tier that are of a class.
    Class(TierId, u8),
    /// Of those that are a tenant's, or for a key, where labels tell.
    Label(TierId, u32),
}

/// What is charted of it. What is counted runs up from the start of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    /// How many there were in a second.
    Rate,
    /// How many of them ended badly.
    Errors,
    /// How many ended well.
    Good,
    /// What they took on average, in µs.
    Mean,
    /// What they have taken on average so far, in ms.
    MeanMs,
    /// What the slowest request at a tier took, about, in µs.
    Slowest,
    /// Of calls, the tries in a second.
    Tries,
    /// Of a tier's workers, so many for each instance, how many in 100 were busy.
    Busy(u32),
    /// How many requests waited at a tier, when it was asked.
    Waiting,
    /// How many there have been.
    Count,
    /// How many of them ended badly.
    CountErrors,
    /// How many tries there have been, of calls; of requests, those that were retries.
    CountTries,
}

/// What has come in one asking.
#[derive(Clone, Debug, Default)]
struct Round {
    came: BTreeMap<Of, Counted>,
    busy_us: BTreeMap<TierId, u64>,
    waiting: BTreeMap<TierId, u32>,
    good: BTreeMap<TierId, LogHistogram>,
    bad: BTreeMap<TierId, LogHistogram>,
}

/// What somebody who watches knows of metrics.
#[derive(Clone, Debug)]
pub struct Dashboard {
    watcher: Option<NodeId>,
    every_us: u64,
    rounds: Vec<Round>,
    /// What each has answered last.
    last: BTreeMap<NodeId, Report>,
    cells: BTreeMap<(NodeId, Label), Counted>,
    /// Sets of labels: by instance where labels tell, else by tier.
    sets: BTreeSet<(NodeId, Label)>,
    samples: u64,
    charts: Vec<(Name, &'static str, Of, Measure)>,
}

impl Dashboard {
    /// Nobody has been asked yet.
    pub fn new(config: &Config) -> Dashboard {
        Dashboard {
            watcher: config.watcher,
            every_us: config.graph.observed.as_ref().map_or(u64::MAX, |observed| observed.scrape_us.max(1)),
            rounds: Vec::new(),
            last: BTreeMap::new(),
            cells: BTreeMap::new(),
            sets: BTreeSet::new(),
            samples: 0,
            charts: Vec::new(),
        }
    }

    /// Something happens in a run.
    pub fn see(&mut self, config: &Config, seen: &Seen<'_, Speech>) {
        if let Seen::Deliver { from, to, msg: Msg::Scraped { report }, .. } = seen
            && Some(*to) == self.watcher
        {
            self.report(config, *from, report);
        }
    }

    fn report(&mut self, config: &Config, node: NodeId, report: &Report) {
        let (tier, place) = (config.tier_of(node), report.round.saturating_sub(1) as usize);
        // What comes very late, by a link that is slow, is of no asking that anybody draws.
        if place > self.rounds.len() + 1_000_000 {
            return;
        }
        if self.rounds.len() <= place {
            self.rounds.resize(place + 1, Round::default());
        }
        let before = self.last.get(&node).cloned().unwrap_or_default();
        let round = &mut self.rounds[place];
        let mut add = |of: Of, came: Counted| round.came.entry(of).or_default().add(came);
        let own = report.own.since(before.own);
        add(Of::Tier(tier), own);
        add(Of::Node(node), own);
        let hops = &config.tiers[usize::from(tier.0)].hops;
        for (place, (hop, calls)) in hops.iter().zip(&report.hops).enumerate() {
            let came = calls.since(before.hops.get(place).copied().unwrap_or_default());
            add(Of::Hop(*hop), came);
            add(Of::Calls(tier), came);
        }
        for (label, counted) in &report.cells {
            let came = counted.since(self.cells.insert((node, *label), *counted).unwrap_or_default());
            add(Of::Class(tier, label.0), came);
            add(Of::Label(tier, label.1), came);
        }
        let labels = config.graph.observed.as_ref().map(|observed| observed.labels);
        let whose =
            if labels == Some(Labels::Route) { config.tiers[usize::from(tier.0)].first } else { node };
        self.sets.extend(report.cells.iter().map(|(label, _)| (whose, *label)));
        self.samples += SERIES_EACH * u64::from(report.labels);
        let busy_us = report.busy_us.checked_sub(before.busy_us).unwrap_or(report.busy_us);
        *round.busy_us.entry(tier).or_default() += busy_us;
        *round.waiting.entry(tier).or_default() += report.waiting;
        round.good.entry(tier).or_default().add_all(&report.good);
        round.bad.entry(tier).or_default().add_all(&report.bad);
        self.last.insert(node, report.clone());
    }

    /// How many series there are.
    pub fn series_held(&self) -> u64 {
        SERIES_EACH * self.sets.len() as u64
    }

    /// How many samples have come.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// What has been counted of something so far.
    pub fn total(&self, of: Of) -> Counted {
        let mut total = Counted::default();
        self.rounds.iter().filter_map(|round| round.came.get(&of)).for_each(|came| total.add(*came));
        total
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        let rounds: usize = self.rounds.iter().map(|round| round.came.len() + 4 * round.busy_us.len()).sum();
        64 * rounds as u64 + 56 * (self.cells.len() + self.sets.len()) as u64
    }

    /// Something is charted.
    pub fn chart(&mut self, name: impl Into<Name>, of: Of, what: Measure) -> SeriesKey {
        let name = name.into();
        let unit = match what {
            Measure::Rate | Measure::Errors | Measure::Good | Measure::Tries => "a second",
            Measure::Mean | Measure::Slowest => "us",
            Measure::MeanMs => "ms",
            Measure::Busy(_) => "%",
            Measure::Waiting => "requests",
            Measure::Count | Measure::CountErrors | Measure::CountTries => "count",
        };
        self.charts.push((name, unit, of, what));
        SeriesKey(name)
    }

    /// How long requests took at each tier, by its number: a column for each asking.
    pub fn heats(&self, config: &Config) -> Vec<Heat> {
        let column = |of: Option<&LogHistogram>| of.cloned().unwrap_or_default();
        let heat = |tier: TierId| Heat {
            each_us: self.every_us,
            good: self.rounds.iter().map(|round| column(round.good.get(&tier))).collect(),
            bad: self.rounds.iter().map(|round| column(round.bad.get(&tier))).collect(),
        };
        (0..config.tiers.len() as u8).map(TierId).map(heat).collect()
    }

    /// The series that are charted, as they are known: from the asking on that brought them.
    pub fn series(self) -> Vec<Series> {
        let Dashboard { rounds, every_us, charts, .. } = self;
        let rounds = Arc::new(rounds);
        let made = charts.into_iter().map(|(name, unit, of, what)| {
            let rounds = rounds.clone();
            Series { name, unit, points: Points::later(move || points(&rounds, every_us, of, what)) }
        });
        made.collect()
    }
}

fn points(rounds: &[Round], every_us: u64, of: Of, what: Measure) -> Vec<(u64, i64)> {
    let mut total = Counted::default();
    let value = |(place, round): (usize, &Round)| {
        let came = round.came.get(&of).copied().unwrap_or_default();
        total.add(came);
        let rate = |count: u32| Some(rounded(u64::from(count) * 1_000_000, every_us));
        let tier = if let Of::Tier(tier) = of { Some(tier) } else { None };
        let value = match what {
            Measure::Rate => rate(came.all),
            Measure::Errors => rate(came.errors),
            Measure::Good => rate(came.all - came.errors.min(came.all)),
            Measure::Tries => rate(came.tries),
            Measure::Mean => came.sum_us.checked_div(came.all.into()).map(|us| us as i64),
            Measure::MeanMs => total.sum_us.checked_div(total.all.into()).map(|us| (us + 500) as i64 / 1_000),
            Measure::Slowest => {
                let mut all = round.good.get(&tier?).cloned().unwrap_or_default();
                all.add_all(&round.bad.get(&tier?).cloned().unwrap_or_default());
                all.quantile(1_000_000).map(|us| us as i64)
            }
            Measure::Busy(workers) => {
                let busy_us = round.busy_us.get(&tier?).copied().unwrap_or(0);
                Some(rounded(busy_us * 100, every_us * u64::from(workers.max(1))))
            }
            Measure::Waiting => Some(round.waiting.get(&tier?).copied().unwrap_or(0).into()),
            Measure::Count => Some(total.all.into()),
            Measure::CountErrors => Some(total.errors.into()),
            Measure::CountTries => Some(total.tries.into()),
        };
        Some(((place as u64 + 1) * every_us, value?))
    };
    rounds.iter().enumerate().filter_map(value).collect()
}
