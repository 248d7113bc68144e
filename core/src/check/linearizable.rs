//! Linearizability of registers (Herlihy and Wing 1990), key by key, since it is a local property; resumable, so that a page can give it slices of time.

mod making;
mod real_time;

use super::judgement::{Broken, Judgement, Undecided, Why};
use super::search::{Found, Furthest, NONE, Search, Step, Values};
use crate::history::{Effect, History, INITIAL, Op};
use crate::trace::Mark;
use making::Making;
use real_time::RealTime;

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
///
/// What it needs of a history is put in order in stretches, too: it is taken event by event ([`Checker::invoked`], [`Checker::returned`]), and what a
/// search is made of is made item by item.
pub struct Checker {
    keys: Vec<Register>,
    /// The place of each operation among the items of its key.
    places: Vec<u32>,
    at_key: usize,
    phase: Phase,
    orders: Vec<Vec<usize>>,
    broken: Option<(Mark, Broken)>,
    spent: u64,
}

/// The operations on one key, those with an answer first, in the order of their returns; the others in that of their invocations.
#[derive(Default)]
struct Register {
    key: u32,
    items: Vec<Item>,
    settled: usize,
    /// Invocations and returns in order, each by its operation.
    events: Vec<(u32, bool)>,
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
    /// The search that comes next is being made.
    Making {
        making: Box<Making>,
        then: Then,
    },
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

/// What a prefix is searched for.
enum Then {
    Whole,
    Halve { kept: usize, order: Vec<usize>, holds: u64, broken: usize, stride: usize },
}

/// The search of a prefix, and which operation each of its steps is.
struct Prefix {
    search: Search<RealTime>,
    ops: Vec<usize>,
    values: Vec<Option<u64>>,
}

/// So many items or events are put in order in the time that a step of search takes.
const MADE_IN_A_STEP: u64 = 16;

impl Checker {
    /// Begins with a whole history; nothing is searched yet.
    pub fn new(history: &History) -> Checker {
        let ops = history.ops();
        let mut events: Vec<(Mark, bool, Mark, usize)> = Vec::with_capacity(ops.len() * 2);
        for (place, op) in ops.iter().enumerate() {
            events.push((op.invoked, false, op.invoked, place));
            events.extend(op.settled().map(|returned| (returned, true, op.invoked, place)));
        }
        // At equal marks invocations come first: what touches overlaps.
        crate::sorted::sort(&mut events);
        let mut checker = Checker::empty();
        for (_, is_return, _, place) in events {
            match is_return {
                false => checker.invoked(place, &ops[place]),
                true => checker.returned(place, &ops[place]),
            }
        }
        for (place, op) in history.in_order().into_iter().map(|place| (place, &ops[place])) {
            checker.left_open(place, op);
        }
        checker
    }

    /// Begins with nothing: what happened is then told in order, and what was left open at the end.
    pub fn empty() -> Checker {
        let (keys, places, orders) = (Vec::new(), Vec::new(), Vec::new());
        Checker { keys, places, at_key: 0, phase: Phase::Start, orders, broken: None, spent: 0 }
    }

    /// An operation is invoked.
    pub fn invoked(&mut self, place: usize, op: &Op) {
        if op.effect().is_some() {
            self.register(op.key).events.push((place as u32, false));
        }
    }

    /// An operation returns.
    pub fn returned(&mut self, place: usize, op: &Op) {
        if op.effect().is_some() {
            let register = self.register(op.key);
            register.events.push((place as u32, true));
            register.settled += 1;
            self.item(place, op);
        }
    }

    /// An operation that is told of last, after all that has returned: if it has not, its outcome is unknown.
    pub fn left_open(&mut self, place: usize, op: &Op) {
        if op.settled().is_none() {
            self.item(place, op);
        }
    }

    fn item(&mut self, place: usize, op: &Op) {
        let Some(effect) = op.effect() else { return };
        let item = Item { op: place, effect, invoked: op.invoked, returned: op.settled() };
        let register = self.register(op.key);
        register.items.push(item);
        let among = register.items.len() as u32 - 1;
        if self.places.len() <= place {
            self.places.resize(place + 1, NONE);
        }
        self.places[place] = among;
    }

    fn register(&mut self, key: u32) -> &mut Register {
        let at = self.keys.partition_point(|register| register.key < key);
        if self.keys.get(at).is_none_or(|register| register.key != key) {
            self.keys.insert(at, Register { key, ..Register::default() });
        }
        &mut self.keys[at]
    }

    /// Goes on for about `budget` steps of search, some 3 million of which fit in a second; `None` when that did not decide it.
    pub fn step(&mut self, budget: u64) -> Option<Judgement> {
        self.go_on(budget, &mut u64::MAX.clone())
    }

    /// Goes on likewise, and makes what is to be searched of so many items at the most.
    fn go_on(&mut self, budget: u64, items: &mut u64) -> Option<Judgement> {
        let until = self.spent.saturating_add(budget);
        while self.at_key < self.keys.len() {
            let before = self.spent;
            self.phase = match std::mem::replace(&mut self.phase, Phase::Start) {
                Phase::Start => self.start(),
                Phase::Making { mut making, then } => {
                    if !making.advance(&self.keys[self.at_key], &self.places, items) {
                        self.phase = Phase::Making { making, then };
                        return None;
                    }
                    self.phase = then.begin(*making);
                    continue;
                }
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
            if (self.spent >= until || self.is_full()) && self.at_key < self.keys.len() {
                return None;
            }
        }
        Some(self.verdict())
    }

    /// Goes on for about `steps`, and gives up once `budget` have been spent in all: the same judgement, however the steps are cut.
    pub fn step_within(&mut self, steps: u64, budget: u64) -> Option<Judgement> {
        let left = budget.saturating_sub(self.spent);
        let mut items = steps.saturating_mul(MADE_IN_A_STEP);
        let judged = self.go_on(steps.min(left), &mut items);
        judged.or_else(|| (self.spent >= budget || self.is_full()).then(|| self.give_up()))
    }

    /// Whether the search remembers as much as it may: then it is given up as if its budget had been spent.
    fn is_full(&self) -> bool {
        match &self.phase {
            Phase::Whole { prefix, .. } | Phase::Halve { prefix, .. } => prefix.search.is_full(),
            Phase::Start | Phase::Making { .. } => false,
        }
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
        Phase::Making { making: Making::new(returns), then: Then::Whole }
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
            let then = Then::Halve { kept, order, holds, broken, stride };
            return Phase::Making { making: Making::new(returns), then };
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

impl Then {
    /// What follows, once the prefix is made.
    fn begin(self, making: Making) -> Phase {
        let returns = making.returns;
        let prefix = making.prefix();
        match self {
            Then::Whole => Phase::Whole { returns, prefix },
            Then::Halve { kept, order, holds, broken, stride } => {
                Phase::Halve { kept, order, holds, broken, stride, prefix, returns }
            }
        }
    }
}

impl Register {
    fn settled_items(&self) -> &[Item] {
        &self.items[..self.settled]
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
