//! The ledger of a run: what its marks come to, in counts, times and levels, by hop and by tier.

mod balance;
mod bins;
mod charts;
mod levels;
mod spans;
mod took;

pub use bins::{Count, Shape, Span};
pub use charts::Charts;
pub use levels::LevelOf;
pub use spans::Spans;
pub use took::Took;

use super::mark::{Ending, HopId, Level, Mark, Swept, TierId};
use crate::cast::NodeId;
use crate::outcome::{Detail, Heat, millionths};
use crate::parts::breaker::State;
use bins::Bins;
use levels::Levels;

/// What a caller is at, on one of its hops.
#[derive(Clone, Copy, Debug, Default)]
struct Calls {
    /// Its calls that are not over.
    open: u32,
    /// Those whose try is under way, and those between two tries.
    waiting: u32,
    between: u32,
}

/// What a caller has told of a retry budget: thousandths, and whether they allow no retry.
type Budget = Option<(i64, bool)>;

/// What an instance of a tier is at.
#[derive(Clone, Debug)]
struct Instance {
    tier: TierId,
    /// Requests that have come and are neither begun nor turned away, and those that are begun.
    line: u32,
    work: u32,
    /// Its levels, as last told.
    levels: [u32; Level::COUNT],
    /// The states of its gates, as far as it has told of any.
    gates: Vec<Option<State>>,
}

/// What the marks of a run come to.
#[derive(Clone, Debug)]
pub struct Ledger {
    shape: Shape,
    bins: Bins,
    levels: Levels,
    /// By node and hop. What is touched with every call stands close together: there are crowds of callers.
    calls: Vec<Calls>,
    budgets: Vec<Budget>,
    instances: Vec<Instance>,
    /// When figures begin to count, as long as that lies ahead; and what there was by then.
    from_us: u64,
    before: Option<Box<Before>>,
    ended_us: u64,
}

/// What there was before figures began to count.
#[derive(Clone, Debug)]
struct Before {
    at_us: u64,
    counts: Vec<u64>,
    integrals_us: Vec<u64>,
}

impl Ledger {
    /// An empty one, for so many nodes; charts have bins of that length. Where a run is only counted, all of it is one bin, unless a figure is of
    /// a part of the run.
    pub fn new(shape: Shape, nodes: usize, bin_us: u64) -> Ledger {
        let instance =
            Instance { tier: TierId(0), line: 0, work: 0, levels: [0; Level::COUNT], gates: Vec::new() };
        Ledger {
            shape,
            bins: Bins::new(shape, bin_us),
            levels: Levels::new(shape, bin_us),
            calls: vec![Calls::default(); nodes * usize::from(shape.hops)],
            budgets: vec![None; nodes * usize::from(shape.hops)],
            instances: vec![instance; nodes],
            from_us: u64::MAX,
            before: None,
            ended_us: 0,
        }
    }

    /// Figures count from then on: a service that starts empty is better for a while than it will be. Levels' peaks and the balance are of the whole
    /// run.
    pub fn from(self, from_us: u64) -> Ledger {
        if from_us > 0 { Ledger { from_us, ..self } } else { self }
    }

    /// The length of bins for charts of a run: a thousand or so, 3,600 at the most.
    pub fn charted_us(horizon_us: u64) -> u64 {
        match horizon_us {
            0..=10_000_000 => 10_000,
            10_000_001..=120_000_000 => 100_000,
            120_000_001..=3_600_000_000 => 1_000_000,
            _ => horizon_us / 3_600,
        }
    }

    /// From now on figures count.
    #[inline(never)]
    fn begin_to_count(&mut self, at_us: u64) {
        self.from_us = u64::MAX;
        self.levels.pass_to(at_us);
        let before = Before { at_us, counts: self.bins.totals(), integrals_us: self.levels.integrals_us() };
        self.before = Some(Box::new(before));
    }

    /// The length of bins of a run of which no figure is of a part: so long for charts, else that of any run.
    pub fn bin_us(detail: Detail, of_charts_us: u64) -> u64 {
        if detail == Detail::Totals { Ledger::WHOLE_US } else { of_charts_us }
    }

    /// Whether there are bins to make charts of.
    pub fn is_charted(&self) -> bool {
        self.bins.bin_us() < Ledger::WHOLE_US
    }

    /// A bin that no run is longer than.
    const WHOLE_US: u64 = u64::MAX;

    #[inline]
    fn calls(&mut self, node: NodeId, hop: HopId) -> &mut Calls {
        &mut self.calls[node.index() * usize::from(self.shape.hops) + usize::from(hop.0)]
    }

    fn told(&mut self, node: NodeId, hop: HopId) -> &mut Budget {
        &mut self.budgets[node.index() * usize::from(self.shape.hops) + usize::from(hop.0)]
    }

    #[inline]
    fn instance(&mut self, node: NodeId, tier: TierId) -> &mut Instance {
        let instance = &mut self.instances[node.index()];
        instance.tier = tier;
        instance
    }

    /// A node tells what it does.
    #[inline]
    pub fn mark(&mut self, at_us: u64, node: NodeId, mark: Mark) {
        if at_us >= self.from_us {
            self.begin_to_count(self.from_us);
        }
        match mark {
            Mark::Called { hop } => self.called(at_us, node, hop),
            Mark::Tried { hop, again } => {
                if again {
                    self.bins.add(at_us, Count::Retried(hop), 1);
                } else {
                    self.called(at_us, node, hop);
                }
                self.bins.add(at_us, Count::Tried(hop), 1);
                self.stand(at_us, (node, hop), 1, -i32::from(again));
            }
            Mark::Sent { hop, .. } => self.bins.add(at_us, Count::Sent(hop), 1),
            Mark::TryOver { hop, how, took_us } => {
                self.bins.add(at_us, Count::TryOver(hop, how), 1);
                if how.is_answer() {
                    self.bins.time(at_us, Span::Answered(hop), took_us);
                }
                if how == Ending::Done {
                    self.bins.time(at_us, Span::Good(hop), took_us);
                }
                self.stand(at_us, (node, hop), -1, 1);
            }
            Mark::CallOver { hop, how, stop, tries, took_us } => {
                self.bins.add(at_us, Count::CallOver(hop, how), 1);
                self.bins.add(at_us, Count::Stopped(hop, stop), 1);
                if matches!(how, Ending::Done | Ending::Known) {
                    self.bins.call(at_us, hop, took_us);
                } else {
                    self.bins.failed(at_us, hop, took_us);
                }
                let calls = self.calls(node, hop);
                calls.open = calls.open.saturating_sub(1);
                if tries > 0 {
                    self.stand(at_us, (node, hop), 0, -1);
                }
            }
            Mark::Tenant { hop, tenant, how, .. } => match how {
                None => self.bins.add(at_us, Count::Asked(hop, tenant), 1),
                Some(Ending::Done | Ending::Known) => self.bins.add(at_us, Count::Granted(hop, tenant), 1),
                Some(Ending::Refused) => self.bins.add(at_us, Count::Rejected(hop, tenant), 1),
                Some(_) => {}
            },
            Mark::Late { hop, .. } => self.bins.add(at_us, Count::Late(hop), 1),
            Mark::Budget { hop, milli, empty } => self.budget(at_us, (node, hop), (milli, empty)),
            // Of interest to those who choose by it: no figure of all graphs.
            Mark::Believed { .. } | Mark::Moved { .. } => {}
            Mark::Gate { index, to, .. } => self.gate(at_us, node, index, to),
            Mark::Came { tier, attempt } => {
                let count = if attempt > 0 { Count::Again(tier) } else { Count::First(tier) };
                self.bins.add(at_us, count, 1);
                self.instance(node, tier).line += 1;
            }
            Mark::Turned { tier, why } => {
                self.bins.add(at_us, Count::Turned(tier), 1);
                self.bins.add(at_us, Count::Refused(tier, why), 1);
                self.leave_line(node, tier, 1);
            }
            Mark::Began { tier, waited_us } => {
                self.bins.add(at_us, Count::Began(tier), 1);
                self.bins.time(at_us, Span::Waited(tier), waited_us);
                self.leave_line(node, tier, 1);
                self.instance(node, tier).work += 1;
            }
            Mark::Left { tier, how, held_us, .. } => {
                self.bins.add(at_us, Count::Left(tier, how), 1);
                self.bins.time(at_us, Span::Held(tier), held_us);
                let instance = self.instance(node, tier);
                instance.work = instance.work.saturating_sub(1);
            }
            Mark::Swept { tier, why, count } => {
                self.bins.add(at_us, Count::Swept(tier, why), count);
                self.leave_line(node, tier, count);
            }
            Mark::Level { tier, what, now } => {
                let before = std::mem::replace(&mut self.instance(node, tier).levels[what as usize], now);
                self.levels.add(at_us, LevelOf::Tier(tier, what), i64::from(now) - i64::from(before));
            }
            Mark::Data { tier, what, .. } => self.bins.add(at_us, Count::Data(tier, what), 1),
            Mark::Hedged { hop, alone } => {
                self.bins.add(at_us, Count::Hedged(hop), 1);
                self.bins.add(at_us, Count::Tried(hop), 1);
                self.stand(at_us, (node, hop), 1, -i32::from(alone));
            }
            Mark::StillOut { hop } => self.stand(at_us, (node, hop), 0, -1),
            Mark::Worked { tier, worked_us } => self.bins.time(at_us, Span::Worked(tier), worked_us),
            Mark::Useful { .. } | Mark::Followed { .. } => {}
            // Of interest to those who watch those who watch.
            Mark::Watched(_) => {}
            Mark::Trouble { on } => self.levels.turn(at_us, on),
        }
    }

    #[inline]
    fn called(&mut self, at_us: u64, node: NodeId, hop: HopId) {
        self.bins.add(at_us, Count::Called(hop), 1);
        self.calls(node, hop).open += 1;
    }

    #[inline]
    fn leave_line(&mut self, node: NodeId, tier: TierId, count: u32) {
        let instance = self.instance(node, tier);
        instance.line = instance.line.saturating_sub(count);
    }

    /// So many more of a caller's calls wait, or are between two tries.
    #[inline]
    fn stand(&mut self, at_us: u64, (node, hop): (NodeId, HopId), waiting: i32, between: i32) {
        let calls = self.calls(node, hop);
        calls.waiting = calls.waiting.saturating_add_signed(waiting);
        calls.between = calls.between.saturating_add_signed(between);
        let standing = self.levels.standing(at_us, hop);
        standing.waiting = standing.waiting.saturating_add_signed(waiting);
        standing.between = standing.between.saturating_add_signed(between);
    }

    fn budget(&mut self, at_us: u64, (node, hop): (NodeId, HopId), now: (i64, bool)) {
        let before = self.told(node, hop).replace(now);
        let standing = self.levels.standing(at_us, hop);
        standing.budget_milli += now.0 - before.map_or(0, |before| before.0);
        standing.budgets += u32::from(before.is_none());
        standing.budgets_empty += u32::from(now.1);
        standing.budgets_empty -= u32::from(before.is_some_and(|before| before.1));
    }

    fn gate(&mut self, at_us: u64, node: NodeId, index: u16, to: State) {
        let gates = &mut self.instances[node.index()].gates;
        let index = usize::from(index);
        if gates.len() <= index {
            gates.resize(index + 1, None);
        }
        let before = gates[index].replace(to);
        let by = i64::from(to == State::Open) - i64::from(before == Some(State::Open));
        self.levels.add(at_us, LevelOf::OpenGates, by);
    }

    /// The state of a node's gate; none before it has told of it.
    pub fn gate_of(&self, node: NodeId, index: u16) -> Option<State> {
        self.instances[node.index()].gates.get(usize::from(index)).copied().flatten()
    }

    /// The gates of a node that has told of any, with their places.
    pub fn gates_of(&self, node: NodeId) -> impl Iterator<Item = (u16, State)> {
        let gates = self.instances[node.index()].gates.iter().zip(0..);
        gates.filter_map(|(state, index)| Some((index, (*state)?)))
    }

    /// The lab knows that the work of an answer that came late had been done before.
    pub fn repeated(&mut self, at_us: u64, hop: HopId) {
        self.bins.add(at_us, Count::Repeated(hop), 1);
    }

    /// A node went down, and can tell nothing of what that ended: its calls and what it held are lost, its gates are gone, and its levels are 0.
    /// What it told of its budget stands until it tells anew.
    pub fn crashed(&mut self, at_us: u64, node: NodeId) {
        for hop in (0..self.shape.hops).map(HopId) {
            let Calls { open, waiting, between } = *self.calls(node, hop);
            self.bins.add(at_us, Count::TryOver(hop, Ending::Lost), waiting);
            self.bins.add(at_us, Count::CallOver(hop, Ending::Lost), open);
            self.calls(node, hop).open = 0;
            self.stand(at_us, (node, hop), -(waiting as i32), -(between as i32));
        }
        let Instance { tier, line, work, levels, gates } = &mut self.instances[node.index()];
        let (tier, line, work) = (*tier, std::mem::take(line), std::mem::take(work));
        let (levels, gates) = (std::mem::take(levels), std::mem::take(gates));
        if line + work > 0 {
            self.bins.add(at_us, Count::Swept(tier, Swept::Lost), line);
            self.bins.add(at_us, Count::Left(tier, Ending::Lost), work);
        }
        for (what, told) in Level::ALL.into_iter().zip(levels) {
            if told > 0 {
                self.levels.add(at_us, LevelOf::Tier(tier, what), -i64::from(told));
            }
        }
        let open = gates.iter().filter(|state| **state == Some(State::Open)).count();
        if open > 0 {
            self.levels.add(at_us, LevelOf::OpenGates, -(open as i64));
        }
    }

    /// The run has ended: from now on all can be read.
    pub fn end(&mut self, ended_us: u64) {
        if self.from_us < u64::MAX {
            // Nothing has happened since; and nothing counts where figures would have begun to later.
            self.begin_to_count(self.from_us.min(ended_us));
        }
        self.ended_us = ended_us;
        self.bins.pass(ended_us.saturating_sub(1));
        self.levels.end(ended_us, self.bins.len());
        debug_assert_eq!(self.balance(), Ok(()));
    }

    /// How many there were, from when figures count.
    pub fn total(&self, count: Count) -> u64 {
        let before = self.before.as_ref().map_or(0, |before| before.counts[self.shape.count(count)]);
        self.bins.total(count) - before
    }

    /// How long figures counted, once the run has ended, in µs; 0 if they never began to.
    pub fn counted_us(&self) -> u64 {
        self.ended_us - self.before.as_ref().map_or(0, |before| before.at_us)
    }

    /// How many of all these there were a second, in millionths; once the run has ended.
    pub fn per_second(&self, counts: impl IntoIterator<Item = Count>) -> Option<i64> {
        millionths(self.sum(counts) * 1_000_000, self.counted_us())
    }

    /// What a level was on average, in millionths; once the run has ended.
    pub fn mean_level(&self, level: LevelOf) -> Option<i64> {
        let before = self.before.as_ref().map_or(0, |before| before.integrals_us[self.levels.index(level)]);
        millionths(self.levels.all_us(level) - before, self.counted_us())
    }

    /// How many of all these there were.
    pub fn sum(&self, counts: impl IntoIterator<Item = Count>) -> u64 {
        counts.into_iter().map(|count| self.total(count)).sum()
    }

    /// What the calls of each hop took, over time.
    pub fn heats(&self) -> Vec<Heat> {
        (0..self.shape.hops).map(|hop| self.bins.heat(HopId(hop))).collect()
    }

    /// What a level is now, over all tiers.
    pub fn now(&self, what: Level) -> i64 {
        self.levels.now(what)
    }

    /// The highest that a level was; once the run has ended.
    pub fn peak(&self, level: LevelOf) -> i64 {
        self.levels.peak(level)
    }

    /// How many of all these there were a second, in millionths, in the last quarter of a run that ended then: in the bins that lie in it whole.
    /// None where there is no such bin.
    pub fn at_the_end(&self, ended_us: u64, counts: &[Count]) -> Option<i64> {
        let (from_us, bin_us) = (ended_us - ended_us / 4, self.bins.bin_us());
        let whole = from_us.div_ceil(bin_us) as usize..(ended_us / bin_us) as usize;
        let length_us = whole.len() as u64 * bin_us;
        let there = whole.end.min(self.bins.len());
        let sum: u64 = (whole.start..there).map(|bin| self.bins.sum(bin, counts)).sum();
        millionths(sum * 1_000_000, length_us)
    }
}

#[cfg(test)]
mod tests;
