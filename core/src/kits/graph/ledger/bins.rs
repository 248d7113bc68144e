//! What is counted and timed, by equal spans of time: rows of counters that stand close together, one row of all for each bin.

use super::super::mark::{Data, Ending, HopId, Stop, Swept, TierId, Why};
use crate::outcome::Heat;
use crate::stats::LogHistogram;

/// Something that is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Count {
    /// Calls begun.
    Called(HopId),
    /// Tries begun.
    Tried(HopId),
    /// Those that are retries.
    Retried(HopId),
    /// Tries that a gate and a pool let out.
    Sent(HopId),
    /// Answers with work in them that nobody waited for.
    Late(HopId),
    /// Those of them whose work had been done before.
    Repeated(HopId),
    /// Tries that are hedges.
    Hedged(HopId),
    /// Calls by why they were not tried again.
    Stopped(HopId, Stop),
    /// Tries by how they ended.
    TryOver(HopId, Ending),
    /// Calls by how they ended.
    CallOver(HopId, Ending),
    /// Requests that came, of their callers' first tries.
    First(TierId),
    /// Of their retries.
    Again(TierId),
    /// Turned away at the door.
    Turned(TierId),
    /// Begun.
    Began(TierId),
    /// Taken from the line without being begun.
    Swept(TierId, Swept),
    /// Those that left after they were begun, by how.
    Left(TierId, Ending),
    /// What became of data.
    Data(TierId, Data),
    /// Those turned away, by why.
    Refused(TierId, Why),
    /// Tries for a tenant: counted where there are several.
    Asked(HopId, u8),
    /// Those of them that went well.
    Granted(HopId, u8),
    /// Those that were refused.
    Rejected(HopId, u8),
}

const ENDINGS: usize = Ending::ALL.len();
const OF_HOP: usize = 7 + Stop::COUNT + 2 * ENDINGS;
const OF_TIER: usize = 4 + Swept::COUNT + ENDINGS + Data::COUNT + Why::ALL.len();
const OF_TENANT: usize = 3;

const OF_TIER_TIMED: usize = 3;

/// Something that is timed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    /// Tries that were answered, until then.
    Answered(HopId),
    /// Tries that went well.
    Good(HopId),
    /// Calls that went well.
    Calls(HopId),
    /// Requests that were begun, until then.
    Waited(TierId),
    /// Requests from when they were begun until they left.
    Held(TierId),
    /// Pieces of work that were done, or broken off.
    Worked(TierId),
}

/// How many hops and tiers there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Hops, which are numbered from 0.
    pub hops: u8,
    /// Tiers, likewise.
    pub tiers: u8,
    /// Tenants, likewise; 0 where they are not told apart.
    pub tenants: u16,
}

impl Shape {
    fn counts(self) -> usize {
        self.untold() + usize::from(self.hops) * usize::from(self.tenants) * OF_TENANT
    }

    /// The counters that tell no tenants apart.
    #[inline(always)]
    fn untold(self) -> usize {
        usize::from(self.hops) * OF_HOP + usize::from(self.tiers) * OF_TIER
    }

    fn spans(self) -> usize {
        usize::from(self.hops) * 3 + usize::from(self.tiers) * OF_TIER_TIMED
    }

    #[inline(always)]
    pub(super) fn count(self, count: Count) -> usize {
        let hop = |hop: HopId, place: usize| usize::from(hop.0) * OF_HOP + place;
        let tier = |tier: TierId, place: usize| {
            usize::from(self.hops) * OF_HOP + usize::from(tier.0) * OF_TIER + place
        };
        let tenant = |hop: HopId, tenant: u8, place: usize| {
            let of = usize::from(hop.0) * usize::from(self.tenants) + usize::from(tenant);
            self.untold() + of * OF_TENANT + place
        };
        match count {
            Count::Called(at) => hop(at, 0),
            Count::Tried(at) => hop(at, 1),
            Count::Retried(at) => hop(at, 2),
            Count::Sent(at) => hop(at, 3),
            Count::Late(at) => hop(at, 4),
            Count::Repeated(at) => hop(at, 5),
            Count::Hedged(at) => hop(at, 6),
            Count::Stopped(at, why) => hop(at, 7 + why as usize),
            Count::TryOver(at, how) => hop(at, 7 + Stop::COUNT + how as usize),
            Count::CallOver(at, how) => hop(at, 7 + Stop::COUNT + ENDINGS + how as usize),
            Count::First(at) => tier(at, 0),
            Count::Again(at) => tier(at, 1),
            Count::Turned(at) => tier(at, 2),
            Count::Began(at) => tier(at, 3),
            Count::Swept(at, why) => tier(at, 4 + why as usize),
            Count::Left(at, how) => tier(at, 4 + Swept::COUNT + how as usize),
            Count::Data(at, what) => tier(at, 4 + Swept::COUNT + ENDINGS + what as usize),
            Count::Refused(at, why) => tier(at, 4 + Swept::COUNT + ENDINGS + Data::COUNT + why as usize),
            Count::Asked(at, of) => tenant(at, of, 0),
            Count::Granted(at, of) => tenant(at, of, 1),
            Count::Rejected(at, of) => tenant(at, of, 2),
        }
    }

    #[inline(always)]
    fn span(self, span: Span) -> usize {
        let tier = |tier: TierId, place: usize| {
            usize::from(self.hops) * 3 + usize::from(tier.0) * OF_TIER_TIMED + place
        };
        match span {
            Span::Answered(hop) => usize::from(hop.0) * 3,
            Span::Good(hop) => usize::from(hop.0) * 3 + 1,
            Span::Calls(hop) => usize::from(hop.0) * 3 + 2,
            Span::Waited(at) => tier(at, 0),
            Span::Held(at) => tier(at, 1),
            Span::Worked(at) => tier(at, 2),
        }
    }
}

/// How long things took: how many, how long in all, the slowest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    count: u32,
    sum_us: u64,
    slowest_us: u64,
}

impl Times {
    /// Their mean.
    pub fn mean_us(&self) -> Option<i64> {
        self.sum_us.checked_div(u64::from(self.count)).map(|us| us as i64)
    }

    /// The slowest of them.
    pub fn slowest_us(&self) -> Option<i64> {
        (self.count > 0).then_some(self.slowest_us as i64)
    }

    /// All of them together.
    #[cfg(test)]
    pub fn sum_us(&self) -> u64 {
        self.sum_us
    }
}

/// So many bins share a histogram: what one holds is too little for its tail.
pub const WINDOW: usize = 10;

/// The bins.
#[derive(Clone, Debug)]
pub struct Bins {
    shape: Shape,
    bin_us: u64,
    /// The last bin, and when it ends.
    place: usize,
    end_us: u64,
    /// Where the last bin's rows begin, of counters and of times.
    rows: (usize, usize),
    /// A row of all counters for each bin; the same of times.
    counts: Vec<u32>,
    times: Vec<Times>,
    /// By window and hop: what calls took that went well, and that did not.
    calls: Vec<LogHistogram>,
    failed: Vec<LogHistogram>,
}

impl Bins {
    /// The first bin.
    pub fn new(shape: Shape, bin_us: u64) -> Bins {
        let (counts, times) = (vec![0; shape.counts()], vec![Times::default(); shape.spans()]);
        let calls = vec![LogHistogram::new(); shape.hops.into()];
        Bins {
            shape,
            bin_us,
            place: 0,
            end_us: bin_us,
            rows: (0, 0),
            counts,
            times,
            failed: calls.clone(),
            calls,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.place + 1
    }

    /// How long each is.
    pub fn bin_us(&self) -> u64 {
        self.bin_us
    }

    /// Has bins up to this moment.
    #[inline]
    pub fn pass(&mut self, at_us: u64) {
        if at_us >= self.end_us {
            self.grow(at_us);
        }
    }

    #[inline(never)]
    fn grow(&mut self, at_us: u64) {
        self.place = (at_us / self.bin_us) as usize;
        self.end_us = (self.place as u64 + 1).saturating_mul(self.bin_us);
        self.counts.resize(self.len() * self.shape.counts(), 0);
        self.times.resize(self.len() * self.shape.spans(), Times::default());
        self.rows = (self.place * self.shape.counts(), self.place * self.shape.spans());
        let windows = self.len().div_ceil(WINDOW) * usize::from(self.shape.hops);
        self.calls.resize(windows, LogHistogram::new());
        self.failed.resize(windows, LogHistogram::new());
    }

    /// So many more; time never goes back.
    #[inline(always)]
    pub fn add(&mut self, at_us: u64, count: Count, many: u32) {
        self.pass(at_us);
        self.counts[self.rows.0 + self.shape.count(count)] += many;
    }

    /// One more took so long.
    #[inline(always)]
    pub fn time(&mut self, at_us: u64, span: Span, took_us: u64) {
        self.pass(at_us);
        let times = &mut self.times[self.rows.1 + self.shape.span(span)];
        times.count += 1;
        times.sum_us = times.sum_us.saturating_add(took_us);
        times.slowest_us = times.slowest_us.max(took_us);
    }

    /// A call went well that took so long.
    #[inline]
    pub fn call(&mut self, at_us: u64, hop: HopId, took_us: u64) {
        self.time(at_us, Span::Calls(hop), took_us);
        let window = self.place / WINDOW * usize::from(self.shape.hops);
        self.calls[window + usize::from(hop.0)].add(took_us);
    }

    /// A call ended otherwise, which took so long.
    #[inline]
    pub fn failed(&mut self, at_us: u64, hop: HopId, took_us: u64) {
        self.pass(at_us);
        let window = self.place / WINDOW * usize::from(self.shape.hops);
        self.failed[window + usize::from(hop.0)].add(took_us);
    }

    /// What the calls of a hop took, window by window.
    pub fn heat(&self, hop: HopId) -> Heat {
        let of = |all: &[LogHistogram]| {
            all.iter().skip(hop.0.into()).step_by(self.shape.hops.into()).cloned().collect()
        };
        let each_us = self.bin_us.saturating_mul(WINDOW as u64);
        Heat { each_us, good: of(&self.calls), bad: of(&self.failed) }
    }

    /// What calls took that went well in the window of a bin.
    pub fn calls(&self, bin: usize, hop: HopId) -> &LogHistogram {
        &self.calls[bin / WINDOW * usize::from(self.shape.hops) + usize::from(hop.0)]
    }

    /// How many there were in a bin.
    pub fn count(&self, bin: usize, count: Count) -> u64 {
        u64::from(self.counts[bin * self.shape.counts() + self.shape.count(count)])
    }

    /// How many of all these there were in a bin.
    pub fn sum(&self, bin: usize, counts: &[Count]) -> u64 {
        counts.iter().map(|count| self.count(bin, *count)).sum()
    }

    /// How many there were in all.
    pub fn total(&self, count: Count) -> u64 {
        (0..self.len()).map(|bin| self.count(bin, count)).sum()
    }

    /// How many there were in all of everything, in the order of their places.
    pub fn totals(&self) -> Vec<u64> {
        let rows = self.shape.counts();
        (0..rows)
            .map(|place| self.counts.iter().skip(place).step_by(rows).map(|n| u64::from(*n)).sum())
            .collect()
    }

    /// What took how long in a bin.
    pub fn times(&self, bin: usize, span: Span) -> Times {
        self.times[bin * self.shape.spans() + self.shape.span(span)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: [Data; Data::COUNT] = [
        Data::Hit,
        Data::Stale,
        Data::Miss,
        Data::Wait,
        Data::Filled,
        Data::Refused,
        Data::Evicted,
        Data::Dropped,
        Data::Flushed,
        Data::Asked,
        Data::Read,
        Data::Wrote,
    ];

    #[test]
    fn every_counter_has_a_place_of_its_own() {
        let shape = Shape { hops: 2, tiers: 3, tenants: 2 };
        let mut all = Vec::new();
        for hop in (0..2).map(HopId) {
            all.extend([
                Count::Called(hop),
                Count::Tried(hop),
                Count::Retried(hop),
                Count::Sent(hop),
                Count::Late(hop),
                Count::Repeated(hop),
                Count::Hedged(hop),
            ]);
            all.extend(
                [Stop::Over, Stop::Permanent, Stop::Attempts, Stop::Time, Stop::Budget]
                    .map(|why| Count::Stopped(hop, why)),
            );
            all.extend(
                Ending::ALL.iter().flat_map(|how| [Count::TryOver(hop, *how), Count::CallOver(hop, *how)]),
            );
        }
        for (hop, of) in [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(hop, of)| (HopId(hop), of)) {
            all.extend([Count::Asked(hop, of), Count::Granted(hop, of), Count::Rejected(hop, of)]);
        }
        for tier in (0..3).map(TierId) {
            all.extend([Count::First(tier), Count::Again(tier), Count::Turned(tier), Count::Began(tier)]);
            all.extend(Swept::ALL.map(|why| Count::Swept(tier, why)));
            all.extend(Ending::ALL.map(|how| Count::Left(tier, how)));
            all.extend(Why::ALL.map(|why| Count::Refused(tier, why)));
            all.extend(DATA.map(|what| Count::Data(tier, what)));
        }
        let mut places: Vec<usize> = all.iter().map(|count| shape.count(*count)).collect();
        places.sort_unstable();
        assert_eq!(places, (0..shape.counts()).collect::<Vec<_>>());
    }

    #[test]
    fn what_happens_is_counted_in_its_bin() {
        let mut bins = Bins::new(Shape { hops: 1, tiers: 1, tenants: 0 }, 10);
        let (called, held) = (Count::Called(HopId(0)), Span::Held(TierId(0)));
        [3, 9, 10, 31].iter().for_each(|at_us| bins.add(*at_us, called, 1));
        bins.time(35, held, 4);
        bins.time(35, held, 10);
        assert_eq!((0..bins.len()).map(|bin| bins.count(bin, called)).collect::<Vec<_>>(), [2, 1, 0, 1]);
        assert_eq!((bins.times(3, held).mean_us(), bins.times(3, held).slowest_us()), (Some(7), Some(10)));
        assert_eq!((bins.times(0, held).mean_us(), bins.times(0, held).slowest_us()), (None, None));
    }
}
