//! What must come out whatever happens: nothing is lost on the books, and levels are what came and went.

use super::super::mark::{Ending, HopId, Level, Stop, Swept, TierId};
use super::{Count, Ledger};

impl Ledger {
    /// The laws of conservation, which hold at any moment. A tier: what came has been turned away, swept from the line or begun, or waits; what
    /// was begun has left or is in work; and where it tells its levels, these are what waits and what is in work. A hop: each call has ended or is
    /// open, each try belongs to a call, and each call that ended has a reason.
    ///
    /// # Errors
    /// Says which does not.
    pub(in crate::kits::graph) fn balance(&self) -> Result<(), String> {
        (0..self.shape.tiers).map(TierId).try_for_each(|tier| self.tier(tier))?;
        (0..self.shape.hops).map(HopId).try_for_each(|hop| self.hop(hop))
    }

    fn tier(&self, tier: TierId) -> Result<(), String> {
        let at = || self.instances.iter().filter(|instance| instance.tier == tier);
        let level = |what: Level| at().map(|instance| u64::from(instance.levels[what as usize])).sum::<u64>();
        let came = self.whole_sum([Count::First(tier), Count::Again(tier)]);
        let turned =
            self.whole(Count::Turned(tier)) + self.whole_sum(Swept::ALL.map(|why| Count::Swept(tier, why)));
        let began = self.whole(Count::Began(tier));
        let left = self.whole_sum(Ending::ALL.map(|how| Count::Left(tier, how)));
        let line: u64 = at().map(|instance| u64::from(instance.line)).sum();
        let work: u64 = at().map(|instance| u64::from(instance.work)).sum();
        equal("came", came, turned + began + line)?;
        equal("begun", began, left + work)?;
        if self.peak_so_far(tier, Level::Busy) > 0 {
            equal("waiting", line, level(Level::Queue))?;
        }
        let begun = self.begun(tier);
        if self.peak_so_far(tier, begun) > 0 {
            equal("in work", work, level(begun))?;
        }
        Ok(())
    }

    fn hop(&self, hop: HopId) -> Result<(), String> {
        let at = || self.calls.iter().skip(usize::from(hop.0)).step_by(usize::from(self.shape.hops));
        let open: u64 = at().map(|calls| u64::from(calls.open)).sum();
        let waiting: u64 = at().map(|calls| u64::from(calls.waiting)).sum();
        let (called, tried) = (self.whole(Count::Called(hop)), self.whole(Count::Tried(hop)));
        let over = self.whole_sum(Ending::ALL.map(|how| Count::CallOver(hop, how)));
        let tries_over = self.whole_sum(Ending::ALL.map(|how| Count::TryOver(hop, how)));
        equal("called", called, over + open)?;
        equal("tried", tried, tries_over + waiting)?;
        if tried > 0 {
            let more = self.whole(Count::Retried(hop)) + self.whole(Count::Hedged(hop));
            equal("first tries", called, tried - more)?;
        }
        let reasons = [Stop::Over, Stop::Permanent, Stop::Attempts, Stop::Time, Stop::Budget];
        let stopped = self.whole_sum(reasons.map(|why| Count::Stopped(hop, why)));
        equal("stopped", stopped, over - self.whole(Count::CallOver(hop, Ending::Lost)))
    }

    /// How many there were in the whole run.
    fn whole(&self, count: Count) -> u64 {
        self.bins.total(count)
    }

    fn whole_sum(&self, counts: impl IntoIterator<Item = Count>) -> u64 {
        counts.into_iter().map(|count| self.whole(count)).sum()
    }

    /// The level of what is begun at a tier.
    fn begun(&self, tier: TierId) -> Level {
        if self.peak_so_far(tier, Level::Inside) > 0 { Level::Inside } else { Level::Busy }
    }

    fn peak_so_far(&self, tier: TierId, what: Level) -> i64 {
        self.peak(super::LevelOf::Tier(tier, what))
    }
}

fn equal(what: &str, one: u64, other: u64) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{what}: {one}, not {other}")) }
}

#[cfg(test)]
impl Ledger {
    /// How many hops and tiers there are.
    pub fn shape(&self) -> super::Shape {
        self.shape
    }

    /// Little's law at a tier where all that came has been begun and has left: how long all of them waited is what the line comes to over time,
    /// and how long they were held is what those that are begun come to. Says how many there were.
    pub fn little(&self, tier: TierId) -> Option<u64> {
        use super::{LevelOf, Span};
        let (came, began) =
            (self.whole_sum([Count::First(tier), Count::Again(tier)]), self.whole(Count::Began(tier)));
        let left = self.whole_sum(Ending::ALL.map(|how| Count::Left(tier, how)));
        if came != began + self.whole(Count::Turned(tier)) || began != left {
            return None;
        }
        let times = |span| (0..self.bins.len()).map(|bin| self.bins.times(bin, span).sum_us()).sum::<u64>();
        let level = |what| {
            (0..self.bins.len())
                .map(|bin| self.levels.integral_us(bin, LevelOf::Tier(tier, what)))
                .sum::<u64>()
        };
        assert_eq!(times(Span::Waited(tier)), level(Level::Queue), "the line");
        assert_eq!(times(Span::Held(tier)), level(self.begun(tier)), "those that are begun");
        Some(came)
    }
}
