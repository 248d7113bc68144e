//! The charts of a run: a lab says once what is charted and under which name, and gets the key by which pictures find it.
//!
//! Their points are made when somebody reads them: a run may have hundreds of charts, and making all of them would cost more than the run.

use super::super::mark::HopId;
use super::bins::{Count, Span, WINDOW};
use super::levels::{LevelOf, Standing};
use super::{Bins, Ledger, Levels};
use crate::lab::shows::SeriesKey;
use crate::stats::{Name, Points, Series, rounded};
use std::sync::Arc;

/// Makes a value of the start of a bin, in µs, and of whether there was trouble then.
type Given = Arc<dyn Fn(u64, bool) -> i64 + Send + Sync>;

/// What is charted, bin by bin.
#[derive(Clone)]
enum What {
    Rate(Vec<Count>),
    Less(Vec<Count>, Vec<Count>),
    SoFar(Count),
    Mean(Span),
    Slowest(Span),
    Quantile(HopId, u64),
    Share(LevelOf, u32),
    Times(LevelOf, u64),
    Most(LevelOf),
    Standing(Option<HopId>, fn(&Standing) -> Option<i64>),
    Given(Given),
}

impl What {
    /// What it is in a bin; none where there was nothing to measure. What is counted from the start of the run is told by another way.
    fn value(&self, bins: &Bins, levels: &Levels, bin: usize) -> Option<i64> {
        let bin_us = bins.bin_us();
        match self {
            What::Rate(counts) => Some(rounded(bins.sum(bin, counts) * 1_000_000, bin_us)),
            What::Less(all, some) => {
                let rest = bins.sum(bin, all).saturating_sub(bins.sum(bin, some));
                Some(rounded(rest * 1_000_000, bin_us))
            }
            What::SoFar(count) => Some(bins.count(bin, *count) as i64),
            What::Mean(span) => bins.times(bin, *span).mean_us(),
            What::Slowest(span) => bins.times(bin, *span).slowest_us(),
            What::Quantile(..) if !bin.is_multiple_of(WINDOW) => None,
            What::Quantile(hop, of) => bins.calls(bin, *hop).quantile(*of).map(|us| us as i64),
            What::Share(level, of) => {
                Some(rounded(levels.integral_us(bin, *level) * 100, bin_us * u64::from((*of).max(1))))
            }
            What::Times(level, each) => {
                let all = u128::from(levels.integral_us(bin, *level)) * u128::from(*each) / 1_000_000;
                Some(rounded(all as u64, bin_us))
            }
            What::Most(level) => Some(levels.most(bin, *level)),
            What::Standing(Some(hop), read) => read(&levels.stood(bin, *hop)),
            What::Standing(None, read) => read(&levels.stood_everywhere(bin)),
            What::Given(given) => Some(given(bin as u64 * bin_us, levels.was_trouble(bin))),
        }
    }

    fn points(&self, bins: &Bins, levels: &Levels) -> Vec<(u64, i64)> {
        let values = (0..bins.len())
            .filter_map(|bin| Some((bin as u64 * bins.bin_us(), self.value(bins, levels, bin)?)));
        if !matches!(self, What::SoFar(_)) {
            return values.collect();
        }
        let mut sum = 0;
        let summed = values.map(|(at_us, value)| {
            sum += value;
            (at_us + bins.bin_us(), sum)
        });
        summed.collect()
    }
}

/// The charts of a lab, in the order in which they are said.
#[derive(Clone, Default)]
pub struct Charts(Vec<(Name, &'static str, What)>);

impl Charts {
    /// None yet.
    pub fn new() -> Charts {
        Charts::default()
    }

    fn add(&mut self, name: impl Into<Name>, unit: &'static str, what: What) -> SeriesKey {
        let name = name.into();
        self.0.push((name, unit, what));
        SeriesKey(name)
    }

    /// How many of all these there are a second.
    pub fn rate(&mut self, name: impl Into<Name>, counts: impl Into<Vec<Count>>) -> SeriesKey {
        self.add(name, "a second", What::Rate(counts.into()))
    }

    /// How many there are a second of all but these.
    pub fn less(
        &mut self,
        name: impl Into<Name>,
        all: impl Into<Vec<Count>>,
        these: impl Into<Vec<Count>>,
    ) -> SeriesKey {
        self.add(name, "a second", What::Less(all.into(), these.into()))
    }

    /// How many there have been by the end of a bin.
    pub fn so_far(&mut self, name: impl Into<Name>, count: Count) -> SeriesKey {
        self.add(name, "count", What::SoFar(count))
    }

    /// What it takes on average.
    pub fn mean(&mut self, name: impl Into<Name>, span: Span) -> SeriesKey {
        self.add(name, "us", What::Mean(span))
    }

    /// What the slowest takes.
    pub fn slowest(&mut self, name: impl Into<Name>, span: Span) -> SeriesKey {
        self.add(name, "us", What::Slowest(span))
    }

    /// What so many millionths of the calls take at the most that go well: about, and for ten bins together.
    pub fn quantile(&mut self, name: impl Into<Name>, hop: HopId, millionths: u64) -> SeriesKey {
        self.add(name, "us", What::Quantile(hop, millionths))
    }

    /// What a level is over time, as a share of so many places.
    pub fn share(&mut self, name: impl Into<Name>, level: LevelOf, of: u32) -> SeriesKey {
        self.add(name, "%", What::Share(level, of))
    }

    /// What a level is over time, each for so much, in millionths.
    pub fn times(
        &mut self,
        name: impl Into<Name>,
        unit: &'static str,
        level: LevelOf,
        each: u64,
    ) -> SeriesKey {
        self.add(name, unit, What::Times(level, each))
    }

    /// The highest that a level is.
    pub fn most(&mut self, name: impl Into<Name>, unit: &'static str, level: LevelOf) -> SeriesKey {
        self.add(name, unit, What::Most(level))
    }

    /// What callers of a hop, or of all, are at when a bin ends.
    pub fn standing(
        &mut self,
        name: impl Into<Name>,
        unit: &'static str,
        hop: Option<HopId>,
        read: fn(&Standing) -> Option<i64>,
    ) -> SeriesKey {
        self.add(name, unit, What::Standing(hop, read))
    }

    /// What the lab knows of the moment at which a bin begins, and of whether there is trouble then.
    pub fn given(
        &mut self,
        name: impl Into<Name>,
        unit: &'static str,
        given: impl Fn(u64, bool) -> i64 + Send + Sync + 'static,
    ) -> SeriesKey {
        self.add(name, unit, What::Given(Arc::new(given)))
    }

    /// The series of a run that has ended; none of one that was only counted.
    pub fn series(self, ledger: Ledger) -> Vec<Series> {
        if !ledger.is_charted() {
            return Vec::new();
        }
        let books = Arc::new((ledger.bins, ledger.levels));
        let made = self.0.into_iter().map(|(name, unit, what)| {
            let books = books.clone();
            Series { name, unit, points: Points::later(move || what.points(&books.0, &books.1)) }
        });
        made.collect()
    }
}
