//! What stands until it changes: lines and busy workers, open gates, calls that wait or sleep, budgets, trouble.

use super::super::mark::{HopId, Level, TierId};
use super::bins::Shape;
use crate::stats;

/// A level that is charted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LevelOf {
    /// Of all instances of a tier.
    Tier(TierId, Level),
    /// Gates that are open, all over.
    OpenGates,
}

/// What the callers of a hop are at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Calls whose try is under way.
    pub waiting: u32,
    /// Calls between two tries.
    pub between: u32,
    /// What is left of the retry budgets of all that have told of one, in thousandths.
    pub budget_milli: i64,
    /// How many have.
    pub budgets: u32,
    /// How many of them may not retry.
    pub budgets_empty: u32,
}

/// All of a run, by bins.
#[derive(Clone, Debug)]
pub struct Levels {
    bin_us: u64,
    tiers: Vec<stats::Level>,
    open_gates: stats::Level,
    /// By bin and hop, as it is when the bin ends; that of the last one changes still.
    standing: Vec<Standing>,
    hops: usize,
    end_us: u64,
    /// Whether there was trouble when each bin began, and whether there is now. Trouble that flaps turns millions of times.
    troubled: Vec<bool>,
    trouble: bool,
}

impl Levels {
    /// Nothing stands yet.
    pub fn new(shape: Shape, bin_us: u64) -> Levels {
        let hops = usize::from(shape.hops);
        Levels {
            bin_us,
            tiers: vec![stats::Level::default(); usize::from(shape.tiers) * Level::COUNT],
            open_gates: stats::Level::default(),
            standing: vec![Standing::default(); hops],
            hops,
            end_us: bin_us,
            troubled: Vec::new(),
            trouble: false,
        }
    }

    /// Where a level stands among all of them.
    pub fn index(&self, level: LevelOf) -> usize {
        match level {
            LevelOf::Tier(tier, what) => Self::place(tier, what),
            LevelOf::OpenGates => self.tiers.len(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &stats::Level> {
        self.tiers.iter().chain([&self.open_gates])
    }

    /// Brings all levels up to a moment.
    pub fn pass_to(&mut self, at_us: u64) {
        let bin_us = self.bin_us;
        self.tiers.iter_mut().chain([&mut self.open_gates]).for_each(|level| level.add(at_us, bin_us, 0));
    }

    /// Each level times the time that it has stood so far, in µs.
    pub fn integrals_us(&self) -> Vec<u64> {
        self.all().map(integral_us).collect()
    }

    /// A level times the time that it stood, in µs.
    pub fn all_us(&self, level: LevelOf) -> u64 {
        integral_us(self.level(level))
    }

    fn place(tier: TierId, what: Level) -> usize {
        usize::from(tier.0) * Level::COUNT + what as usize
    }

    /// A level changes by so much.
    #[inline]
    pub fn add(&mut self, at_us: u64, level: LevelOf, by: i64) {
        let bin_us = self.bin_us;
        match level {
            LevelOf::Tier(tier, what) => self.tiers[Self::place(tier, what)].add(at_us, bin_us, by),
            LevelOf::OpenGates => self.open_gates.add(at_us, bin_us, by),
        }
    }

    /// What a level is now, over all tiers.
    pub fn now(&self, what: Level) -> i64 {
        self.tiers.iter().skip(what as usize).step_by(Level::COUNT).map(stats::Level::now).sum()
    }

    /// What callers of a hop are at changes.
    #[inline]
    pub fn standing(&mut self, at_us: u64, hop: HopId) -> &mut Standing {
        if at_us >= self.end_us {
            self.pass(at_us);
        }
        let from = self.standing.len() - self.hops;
        &mut self.standing[from + usize::from(hop.0)]
    }

    /// Has bins up to this moment.
    #[inline(never)]
    fn pass(&mut self, at_us: u64) {
        let bins = (at_us / self.bin_us) as usize + 1;
        self.end_us = (bins as u64).saturating_mul(self.bin_us);
        while self.standing.len() < bins * self.hops {
            let from = self.standing.len() - self.hops;
            self.standing.extend_from_within(from..);
        }
    }

    /// Trouble begins or ends.
    pub fn turn(&mut self, at_us: u64, trouble: bool) {
        self.troubled.resize(at_us.div_ceil(self.bin_us) as usize, self.trouble);
        self.trouble = trouble;
    }

    /// The run is over; it has so many bins.
    pub fn end(&mut self, ended_us: u64, bins: usize) {
        self.pass_to(ended_us);
        self.tiers.iter_mut().chain([&mut self.open_gates]).for_each(|level| level.grow(bins - 1));
        self.pass((bins as u64 - 1).saturating_mul(self.bin_us));
    }

    fn level(&self, level: LevelOf) -> &stats::Level {
        match level {
            LevelOf::Tier(tier, what) => &self.tiers[Self::place(tier, what)],
            LevelOf::OpenGates => &self.open_gates,
        }
    }

    /// The level times the time that it stood in a bin, in µs.
    pub fn integral_us(&self, bin: usize, level: LevelOf) -> u64 {
        self.level(level).sums[bin].max(0) as u64
    }

    /// The highest that it was in a bin.
    pub fn most(&self, bin: usize, level: LevelOf) -> i64 {
        self.level(level).most[bin]
    }

    /// The highest that it ever was.
    pub fn peak(&self, level: LevelOf) -> i64 {
        self.level(level).most.iter().copied().max().unwrap_or(0)
    }

    /// What callers of a hop were at when a bin ended.
    pub fn stood(&self, bin: usize, hop: HopId) -> Standing {
        self.standing[bin * self.hops + usize::from(hop.0)]
    }

    /// What callers of all hops were at then.
    pub fn stood_everywhere(&self, bin: usize) -> Standing {
        let all = &self.standing[bin * self.hops..(bin + 1) * self.hops];
        all.iter().fold(Standing::default(), |sum, at| Standing {
            waiting: sum.waiting + at.waiting,
            between: sum.between + at.between,
            budget_milli: sum.budget_milli + at.budget_milli,
            budgets: sum.budgets + at.budgets,
            budgets_empty: sum.budgets_empty + at.budgets_empty,
        })
    }

    /// Whether there was trouble when a bin began.
    pub fn was_trouble(&self, bin: usize) -> bool {
        self.troubled.get(bin).copied().unwrap_or(self.trouble)
    }
}

fn integral_us(level: &stats::Level) -> u64 {
    level.sums.iter().map(|sum| (*sum).max(0) as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { hops: 2, tiers: 1, tenants: 0 };

    /// What flaps every microsecond turns 50 million times within the limits of a run: that leaves a word for each bin.
    #[test]
    fn turns_are_kept_by_bins() {
        let mut levels = Levels::new(SHAPE, 100_000);
        (0..1_000_000).for_each(|at_us| levels.turn(at_us, at_us / 150_000 % 2 == 1));
        assert_eq!(levels.troubled.len(), 10);
        let was: Vec<bool> = (0..10).map(|bin| levels.was_trouble(bin)).collect();
        assert_eq!(was, [false, false, true, false, false, true, false, false, true, false]);
    }

    #[test]
    fn a_level_is_shared_among_the_bins_that_it_stands_in() {
        let (mut levels, busy) = (Levels::new(SHAPE, 10), LevelOf::Tier(TierId(0), Level::Busy));
        levels.add(5, busy, 2);
        levels.add(25, busy, -2);
        levels.end(40, 4);
        let bins = |of: &dyn Fn(usize) -> i64| (0..4).map(of).collect::<Vec<_>>();
        assert_eq!(bins(&|bin| levels.integral_us(bin, busy) as i64), [10, 20, 10, 0]);
        assert_eq!((bins(&|bin| levels.most(bin, busy)), levels.peak(busy)), (vec![2, 2, 2, 0], 2));
    }

    #[test]
    fn what_stands_is_as_it_is_when_a_bin_ends() {
        let mut levels = Levels::new(SHAPE, 10);
        levels.standing(3, HopId(1)).waiting = 1;
        levels.standing(4, HopId(1)).waiting = 2;
        levels.standing(25, HopId(0)).waiting = 7;
        levels.end(40, 4);
        let waiting = |hop: u8| (0..4).map(|bin| levels.stood(bin, HopId(hop)).waiting).collect::<Vec<_>>();
        assert_eq!((waiting(0), waiting(1)), (vec![0, 0, 7, 7], vec![2, 2, 2, 2]));
        assert_eq!(levels.stood_everywhere(3).waiting, 9);
    }
}
