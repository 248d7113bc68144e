//! Linearizability of registers (Herlihy and Wing 1990), key by key, since it is a local property; resumable, so that a page can give it slices of time.

use super::history::{Effect, History, INITIAL};
use super::judgement::{Broken, Judgement, Undecided, Why};
use super::search::{Found, Furthest, NONE, Order, Search, Step, Values, drop_idle};
use crate::trace::Mark;

/// How many of the reads before an operation are looked at for the reason why it cannot be placed: each takes passes over all operations.
const MOST_READS: usize = 64;

/// Judges a history within a budget of search steps.
pub fn judge(history: &History, budget: u64) -> Judgement {
    let mut checker = Checker::new(history);
    checker.step(budget).unwrap_or_else(|| checker.give_up())
}

/// A judgement under way.
///
/// For each key it first searches the whole history. Where there is no order it looks for the first return that made the history
/// impossible, by halving over prefixes: a prefix ends with a return, and what is then open has an unknown outcome, unless it will come to nothing. Among keys, the earliest break is told.
pub struct Checker {
    keys: Vec<Register>,
    at_key: usize,
    phase: Phase,
    orders: Vec<Vec<usize>>,
    broken: Option<(Mark, Broken)>,
    spent: u64,
}

/// The operations on one key, those with an answer first, in the order of their returns.
struct Register {
    items: Vec<Item>,
    settled: usize,
}

#[derive(Clone, Copy)]
struct Item {
    op: usize,
    effect: Effect,
    invoked: Mark,
    returned: Option<Mark>,
}

/// What is searched: a prefix with so many returns, of which a smaller one is known to be possible.
enum Phase {
    Start,
    /// The whole history (or as much of it as came before a break on another key).
    Whole {
        returns: usize,
        prefix: Prefix,
    },
    /// Between a possible prefix and an impossible one.
    Halve {
        kept: usize,
        order: Vec<usize>,
        holds: u64,
        broken: usize,
        stride: usize,
        prefix: Prefix,
        returns: usize,
    },
}

/// The search of a prefix, and which operation each of its steps is.
struct Prefix {
    search: Search<RealTime>,
    ops: Vec<usize>,
    values: Vec<Option<u64>>,
}

impl Checker {
    /// Begins; nothing is searched yet.
    pub fn new(history: &History) -> Checker {
        let keys = history.by_key().into_values().map(|places| Register::new(history, &places)).collect();
        Checker { keys, at_key: 0, phase: Phase::Start, orders: Vec::new(), broken: None, spent: 0 }
    }

    /// Goes on for about `budget` steps of search, some 3 million of which fit in a second; `None` when that did not decide it.
    pub fn step(&mut self, budget: u64) -> Option<Judgement> {
        let until = self.spent.saturating_add(budget);
        while self.at_key < self.keys.len() {
            let before = self.spent;
            self.phase = match std::mem::replace(&mut self.phase, Phase::Start) {
                Phase::Start => self.start(),
                Phase::Whole { returns, mut prefix } => match self.search(&mut prefix, until) {
                    None => Phase::Whole { returns, prefix },
                    Some(found) => self.whole_is_searched(found, returns, prefix),
                },
                Phase::Halve { kept, order, holds, broken, stride, mut prefix, returns } => {
                    match self.search(&mut prefix, until) {
                        None => Phase::Halve { kept, order, holds, broken, stride, prefix, returns },
                        Some(Found::Nothing) => self.halve(kept, order, holds, returns, 1),
                        Some(Found::Order) => {
                            let (order, holds) = (prefix.order(), prefix.holds());
                            self.halve(returns, order, holds, broken, stride * 2)
                        }
                    }
                }
            };
            self.spent = self.spent.max(before + 1);
            if self.spent >= until && self.at_key < self.keys.len() {
                return None;
            }
        }
        Some(self.verdict())
    }

    /// Goes on for about `steps`, and gives up once `budget` have been spent in all: the same judgement, however the steps are cut.
    pub fn step_within(&mut self, steps: u64, budget: u64) -> Option<Judgement> {
        let left = budget.saturating_sub(self.spent);
        self.step(steps.min(left)).or_else(|| (self.spent >= budget).then(|| self.give_up()))
    }

    /// Ends it: broken if a break was found on some key, unknown otherwise.
    pub fn give_up(&self) -> Judgement {
        match &self.broken {
            Some((_, broken)) => Judgement::Broken(broken.clone()),
            None => Judgement::Unknown(Undecided::Budget { spent: self.spent }),
        }
    }

    /// Steps of search that were spent so far.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    fn verdict(&self) -> Judgement {
        match &self.broken {
            Some((_, broken)) => Judgement::Broken(broken.clone()),
            None => Judgement::Kept { orders: self.orders.clone() },
        }
    }

    fn start(&mut self) -> Phase {
        let register = &self.keys[self.at_key];
        let returns = match &self.broken {
            None => register.settled,
            Some((mark, _)) => register.settled_items().partition_point(|item| item.returned < Some(*mark)),
        };
        Phase::Whole { returns, prefix: register.prefix(returns) }
    }

    fn search(&mut self, prefix: &mut Prefix, until: u64) -> Option<Found> {
        let before = prefix.search.spent;
        let found = prefix.search.run(until.saturating_sub(self.spent));
        self.spent += prefix.search.spent - before;
        found
    }

    fn whole_is_searched(&mut self, found: Found, returns: usize, prefix: Prefix) -> Phase {
        match found {
            Found::Order => {
                self.orders.push(prefix.order());
                self.at_key += 1;
                Phase::Start
            }
            Found::Nothing => {
                // The order that came furthest shows that the returns before its first missing one are possible.
                let (kept, order, holds) = prefix.furthest();
                self.halve(kept, order, holds, returns, 1)
            }
        }
    }

    /// Looks at the next prefix between a possible and an impossible one, near the possible one first; or tells the break when they are neighbours.
    fn halve(&mut self, kept: usize, order: Vec<usize>, holds: u64, broken: usize, stride: usize) -> Phase {
        let register = &self.keys[self.at_key];
        if broken - kept > 1 {
            let returns = (kept + stride).min((kept + broken) / 2).max(kept + 1);
            let prefix = register.prefix(returns);
            return Phase::Halve { kept, order, holds, broken, stride, prefix, returns };
        }
        let item = register.items[kept];
        let why = register.why(kept, holds);
        let mark = item.returned.unwrap_or(item.invoked);
        self.broken = Some((mark, Broken { op: item.op, order, view: None, why }));
        self.at_key += 1;
        Phase::Start
    }
}

impl Prefix {
    fn named(&self, steps: &[u32]) -> Vec<usize> {
        steps.iter().map(|&step| self.ops[step as usize]).collect()
    }

    fn order(&self) -> Vec<usize> {
        self.named(&self.search.placed())
    }

    fn holds(&self) -> u64 {
        self.value(self.search.registers()[0])
    }

    fn value(&self, number: u32) -> u64 {
        self.values[number as usize].unwrap_or(INITIAL)
    }

    /// How many returns are possible at least, and an order of them.
    fn furthest(&self) -> (usize, Vec<usize>, u64) {
        match &self.search.furthest {
            Some(Furthest { first_missing, order, registers, .. }) => {
                (*first_missing as usize, self.named(order), self.value(registers[0]))
            }
            None => (0, Vec::new(), INITIAL),
        }
    }
}

impl Register {
    fn new(history: &History, places: &[usize]) -> Register {
        let item = |&op: &usize| {
            let it = &history.ops()[op];
            let effect = it.effect()?;
            Some(Item { op, effect, invoked: it.invoked, returned: it.settled() })
        };
        let mut items: Vec<Item> = places.iter().filter_map(item).collect();
        crate::sorted::sort_by_key(&mut items, |item| {
            (item.returned.is_none(), item.returned, item.invoked, item.op)
        });
        let settled = items.iter().filter(|item| item.returned.is_some()).count();
        Register { items, settled }
    }

    fn settled_items(&self) -> &[Item] {
        &self.items[..self.settled]
    }

    /// The search of what had happened just after a number of returns.
    fn prefix(&self, returns: usize) -> Prefix {
        let end = returns.checked_sub(1).and_then(|last| self.items[last].returned);
        let open = self.items[returns..].iter().filter(|item| {
            item.effect.makes.is_some() && (returns == self.settled || Some(item.invoked) <= end)
        });
        let mut items: Vec<Item> = self.items[..returns].to_vec();
        items.extend(open.map(|&item| Item { returned: None, ..item }));
        drop_idle(&mut items, returns, |item| (0, item.effect));
        let mut values = Values::default();
        let registers = vec![values.number(0, Some(INITIAL))];
        let steps = items.iter().map(|item| step(&item.effect, 0, &mut values)).collect();
        let search = Search::new(steps, returns, RealTime::new(&items), registers, values.values.len());
        Prefix { search, ops: items.iter().map(|item| item.op).collect(), values: values.values }
    }

    /// The plainest reason why the operation with the return after `kept` others cannot be placed.
    fn why(&self, kept: usize, holds: u64) -> Why {
        let item = self.items[kept];
        let Some(needs) = item.effect.needs else { return Why::NoOrder { holds } };
        let Some(value) = needs else { return Why::Siblings };
        let writes: Vec<&Item> = self
            .items
            .iter()
            .filter(|other| other.effect.makes == Some(value) && other.op != item.op)
            .collect();
        if writes.is_empty() && value != INITIAL {
            return Why::NeverWritten;
        }
        if value != INITIAL && writes.iter().all(|write| item.returned < Some(write.invoked)) {
            return Why::NotYetWritten { write: writes[0].op };
        }
        // What was certainly written after every write of the value that had begun.
        let is_newer = |other: &&Item| {
            other.effect.makes.is_some_and(|made| made != value)
                && writes.iter().all(|write| write.before(other) || item.returned < Some(write.invoked))
        };
        let newer: Vec<&Item> = self.items.iter().filter(is_newer).collect();
        if let Some(newer) = newer.iter().find(|newer| newer.before(&item)) {
            let write = writes.iter().rev().find(|write| write.before(newer)).map(|write| write.op);
            return Why::Stale { write, newer: newer.op };
        }
        let mut values: Vec<u64> = newer.iter().filter_map(|newer| newer.effect.makes).collect();
        crate::sorted::sort(&mut values);
        let saw_newer = |read: &&Item| {
            let saw = read.effect.needs.flatten();
            read.before(&item) && saw.is_some_and(|saw| values.binary_search(&saw).is_ok())
        };
        let reads = self.settled_items().iter().rev().filter(saw_newer).take(MOST_READS);
        let seen = reads.filter_map(|read| Some((read, self.sources(read)?))).find_map(|(read, sources)| {
            let newer = sources.iter().copied().max_by_key(|source| source.invoked)?;
            sources.iter().all(is_newer).then_some(Why::BackInTime { seen: read.op, newer: newer.op })
        });
        seen.unwrap_or(Why::NoOrder { holds })
    }

    /// The writes that a read may have seen: they had begun before it returned, and nothing had certainly replaced them before it began.
    /// None where it may have seen the register as it was before the first write.
    fn sources(&self, read: &Item) -> Option<Vec<&Item>> {
        let value = read.effect.needs.flatten()?;
        let writes = || self.items.iter().filter(|other| other.effect.makes.is_some() && other.op != read.op);
        if value == INITIAL && !writes().any(|write| write.before(read)) {
            return None;
        }
        let replaced = |write: &Item| writes().any(|other| write.before(other) && other.before(read));
        let of_value = writes().filter(|write| write.effect.makes == Some(value));
        Some(of_value.filter(|write| Some(write.invoked) < read.returned && !replaced(write)).collect())
    }
}

impl Item {
    fn before(&self, other: &Item) -> bool {
        self.returned.is_some_and(|returned| returned < other.invoked)
    }
}

/// An effect as a step on a register.
pub(super) fn step(effect: &Effect, register: u32, values: &mut Values) -> Step {
    Step {
        register,
        needs: effect.needs.map_or(NONE, |value| values.number(register, value)),
        avoids: effect.avoids.map_or(NONE, |value| values.number(register, Some(value))),
        makes: effect.makes.map_or(NONE, |value| values.number(register, Some(value))),
    }
}

/// Real time: an operation may come next when no unplaced one returned before it was invoked. Lowe's list: invocations and returns in order, from which an operation's
/// two entries are lifted when it is placed and put back when it is not.
struct RealTime {
    /// Entry 0 is the head. Entry 1 + i is the i-th event.
    next: Vec<u32>,
    previous: Vec<u32>,
    /// By entry: its step, and whether it is its return.
    events: Vec<(u32, bool)>,
    /// By step: the entries of its invocation and its return (0 where it has none).
    entries: Vec<(u32, u32)>,
}

impl RealTime {
    fn new(items: &[Item]) -> RealTime {
        let mut events: Vec<(Mark, bool, u32)> = Vec::with_capacity(items.len() * 2);
        for (step, item) in items.iter().enumerate() {
            events.push((item.invoked, false, step as u32));
            events.extend(item.returned.map(|returned| (returned, true, step as u32)));
        }
        // At equal marks invocations come first: what touches overlaps.
        crate::sorted::sort(&mut events);
        let len = events.len() as u32 + 1;
        let mut entries = vec![(0, 0); items.len()];
        for (i, &(_, is_return, step)) in events.iter().enumerate() {
            let entry = &mut entries[step as usize];
            *(if is_return { &mut entry.1 } else { &mut entry.0 }) = i as u32 + 1;
        }
        RealTime {
            next: (1..=len).map(|entry| entry % len).collect(),
            previous: (0..len).map(|entry| (entry + len - 1) % len).collect(),
            events: std::iter::once((NONE, false))
                .chain(events.into_iter().map(|(_, is_return, step)| (step, is_return)))
                .collect(),
            entries,
        }
    }

    fn lift(&mut self, entry: u32) {
        let (before, after) = (self.previous[entry as usize], self.next[entry as usize]);
        self.next[before as usize] = after;
        self.previous[after as usize] = before;
    }

    fn put_back(&mut self, entry: u32) {
        let (before, after) = (self.previous[entry as usize], self.next[entry as usize]);
        self.next[before as usize] = entry;
        self.previous[after as usize] = entry;
    }
}

impl Order for RealTime {
    fn open(&self, open: &mut Vec<u32>) -> Option<u32> {
        let mut entry = self.next[0];
        let mut due = None;
        while entry != 0 {
            let (step, is_return) = self.events[entry as usize];
            if is_return {
                due = Some(step);
                break;
            }
            open.push(step);
            entry = self.next[entry as usize];
        }
        // Steps are numbered by their returns, those without one last.
        crate::sorted::sort(open);
        due
    }

    fn place(&mut self, step: u32) {
        let (invoked, returned) = self.entries[step as usize];
        self.lift(invoked);
        if returned != 0 {
            self.lift(returned);
        }
    }

    fn unplace(&mut self, step: u32) {
        let (invoked, returned) = self.entries[step as usize];
        if returned != 0 {
            self.put_back(returned);
        }
        self.put_back(invoked);
    }
}
