//! Making a search, item by item: a long history takes longer than a page may be held up.

use super::real_time::RealTime;
use super::{Item, Prefix, Register, step};
use crate::check::search::{NONE, Search, Step, Values, drop_idle};
use crate::history::INITIAL;

/// The search of what had happened just after a number of returns, as it is made: its items, what they do, and the order of real time.
pub(super) struct Making {
    pub(super) returns: usize,
    items: Vec<Item>,
    /// How many of the register's items have been looked at.
    taken: usize,
    /// Whether those that no other could tell have been left out.
    dropped: bool,
    values: Values,
    steps: Vec<Step>,
    /// By place beyond the returns: the step of an open item.
    open: Vec<u32>,
    time: RealTime,
    /// How many of the register's events have been looked at.
    told: usize,
}

impl Making {
    pub(super) fn new(returns: usize) -> Box<Making> {
        let mut values = Values::default();
        values.number(0, Some(INITIAL));
        Box::new(Making {
            returns,
            items: Vec::new(),
            taken: 0,
            dropped: false,
            values,
            steps: Vec::new(),
            open: Vec::new(),
            time: RealTime::empty(),
            told: 0,
        })
    }

    /// Goes on with so many items and events at the most, of which it takes away those that it has taken; says whether all is made.
    pub(super) fn advance(&mut self, register: &Register, places: &[u32], items: &mut u64) -> bool {
        let all = &register.items;
        let end = self.returns.checked_sub(1).and_then(|last| all[last].returned);
        let mut may = || {
            let may = *items > 0;
            *items = items.saturating_sub(1);
            may
        };
        while self.taken < all.len() {
            if !may() {
                return false;
            }
            let item = all[self.taken];
            let is_open = self.taken >= self.returns;
            let began = self.returns == register.settled || Some(item.invoked) <= end;
            if !is_open {
                self.items.push(item);
            } else if item.effect.makes.is_some() && began {
                self.items.push(Item { returned: None, ..item });
            }
            self.taken += 1;
        }
        if !self.dropped {
            drop_idle(&mut self.items, self.returns, |item| (0, item.effect));
            self.open = vec![NONE; all.len() - self.returns];
            for (step, item) in self.items.iter().enumerate().skip(self.returns) {
                self.open[places[item.op] as usize - self.returns] = step as u32;
            }
            self.time.entries = vec![(0, 0); self.items.len()];
            self.dropped = true;
        }
        while self.steps.len() < self.items.len() {
            if !may() {
                return false;
            }
            let made = step(&self.items[self.steps.len()].effect, 0, &mut self.values);
            self.steps.push(made);
        }
        while let Some(&(op, is_return)) = register.events.get(self.told) {
            if !may() {
                return false;
            }
            self.told += 1;
            let place = places[op as usize] as usize;
            let step = place.checked_sub(self.returns).map_or(place as u32, |open| self.open[open]);
            if step != NONE && (!is_return || place < self.returns) {
                self.time.push(step, is_return);
            }
        }
        true
    }

    /// The search, once all is made.
    pub(super) fn prefix(mut self) -> Prefix {
        self.time.join();
        let registers = vec![self.values.number(0, Some(INITIAL))];
        let search = Search::new(self.steps, self.returns, self.time, registers, self.values.values.len());
        Prefix { search, ops: self.items.iter().map(|item| item.op).collect(), values: self.values.values }
    }
}
