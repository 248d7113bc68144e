//! The search that checkers share: placing operations one after another until all stand in an order that registers allow.
//!
//! It is Wing and Gong's search (1993) with Lowe's memory of configurations (2017): which operations are placed, and what the registers hold. Four
//! rules cut it short; none loses an answer:
//! 1. An operation that only looks, and likes what it sees, is placed at once: it changes nothing, so that placing it sooner never hurts.
//! 2. A write that nobody looks for, over a value that nobody looks for any more, is placed at once: no other operation can tell.
//! 3. A value is not overwritten while somebody must still see it and nobody can write it again.
//! 4. When the operation that is due next needs a value that no open operation can bring about, there is no way on.

use super::memory::Memory;
use crate::history::Effect;
use crate::sorted::Map;

/// “No value” among value numbers, “no step” among steps.
pub(super) const NONE: u32 = u32::MAX;

/// An operation, with its values as numbers that [`Values`] gave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub register: u32,
    pub needs: u32,
    pub avoids: u32,
    pub makes: u32,
}

/// Numbers values, each of one register, so that tables can be indexed by them.
#[derive(Default)]
pub(super) struct Values {
    numbers: Map<(u32, Option<u64>), u32>,
    /// For each number, the value; `None` is the one that no register holds.
    pub values: Vec<Option<u64>>,
}

impl Values {
    pub fn number(&mut self, register: u32, value: Option<u64>) -> u32 {
        *self.numbers.entry((register, value)).or_insert_with(|| {
            self.values.push(value);
            self.values.len() as u32 - 1
        })
    }
}

/// Leaves out operations of unknown outcome (those from place `required` on) that no other one could tell: nobody needs their value, and nobody needs
/// another value's absence. `look` gives an operation's key and effect.
pub(super) fn drop_idle<T>(items: &mut Vec<T>, required: usize, look: impl Fn(&T) -> (u32, Effect)) {
    if items.len() == required {
        return;
    }
    let mut avoiding: Vec<u32> =
        items.iter().map(&look).filter(|(_, effect)| effect.avoids.is_some()).map(|(key, _)| key).collect();
    crate::sorted::sort(&mut avoiding);
    loop {
        // Those of unknown outcome are few: what they make is looked for among what all need, not the other way round.
        let made = |item: &T| {
            let (key, effect) = look(item);
            effect.makes.map(|value| (key, value))
        };
        let mut makes: Vec<(u32, u64)> = items[required..].iter().filter_map(made).collect();
        crate::sorted::sort(&mut makes);
        let needs = |item: &T| {
            let (key, effect) = look(item);
            let need = (key, effect.needs.flatten()?);
            makes.binary_search(&need).is_ok().then_some(need)
        };
        let mut needed: Vec<(u32, u64)> = items.iter().filter_map(needs).collect();
        crate::sorted::sort(&mut needed);
        let before = items.len();
        let mut place = 0;
        items.retain(|item| {
            place += 1;
            let (key, effect) = look(item);
            place <= required
                || avoiding.binary_search(&key).is_ok()
                || effect.makes.is_some_and(|value| needed.binary_search(&(key, value)).is_ok())
        });
        if items.len() == before {
            return;
        }
    }
}

/// Which steps may come next: real time, or the order of each client.
pub(super) trait Order {
    /// Appends the steps that may be placed next, those due first in front; returns the one that must be placed before any step that is not yet open, if the
    /// order knows one.
    fn open(&self, open: &mut Vec<u32>) -> Option<u32>;
    fn place(&mut self, step: u32);
    /// Undoes the last `place`, of this step.
    fn unplace(&mut self, step: u32);
}

/// How a search ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// [`Search::placed`] is an order of all required steps.
    Order,
    /// There is none.
    Nothing,
}

/// A search under way. Steps below `required` must be placed, the others may be.
pub(super) struct Search<O> {
    steps: Vec<Step>,
    required: u32,
    order: O,
    registers: Vec<u32>,
    /// By value number, counting unplaced steps: those that need it, those among them that are required, those that make it.
    wanted: Vec<u32>,
    demanded: Vec<u32>,
    supplied: Vec<u32>,
    /// By register: unplaced steps that look for the absence of a value.
    avoiding: Vec<u32>,
    left: u32,
    bits: Vec<u64>,
    optional_bits: Vec<u64>,
    frames: Vec<Frame>,
    choices: Vec<u32>,
    open: Vec<u32>,
    memory: Memory,
    scratch: Vec<u64>,
    started: bool,
    /// Steps of work so far.
    pub spent: u64,
    /// The configuration that came furthest: its first unplaced required step, how many required steps it lacks, and its order.
    pub furthest: Option<Furthest>,
}

/// Where a search came furthest.
#[derive(Clone, Debug)]
pub(super) struct Furthest {
    pub first_missing: u32,
    pub left: u32,
    pub order: Vec<u32>,
    /// What the registers held.
    pub registers: Vec<u32>,
}

/// A step that was placed, and the other choices at that moment: `choices[next..end]`.
#[derive(Clone, Copy)]
struct Frame {
    step: u32,
    before: u32,
    next: u32,
    end: u32,
}

impl<O: Order> Search<O> {
    /// A search over steps of which the first `required` must be placed, from these register values; `values` is how many value numbers there are.
    pub fn new(steps: Vec<Step>, required: usize, order: O, registers: Vec<u32>, values: usize) -> Search<O> {
        let mut search = Search {
            required: required as u32,
            order,
            wanted: vec![0; values],
            demanded: vec![0; values],
            supplied: vec![0; values],
            avoiding: vec![0; registers.len()],
            registers,
            left: required as u32,
            bits: vec![0; required.div_ceil(64)],
            optional_bits: vec![0; (steps.len() - required).div_ceil(64)],
            frames: Vec::new(),
            choices: Vec::new(),
            open: Vec::new(),
            memory: Memory::default(),
            scratch: Vec::new(),
            started: false,
            spent: 0,
            furthest: None,
            steps,
        };
        (0..search.steps.len() as u32).for_each(|step| search.count(step, 1));
        search
    }

    /// Goes on for about `budget` steps of work; `None` when that did not decide it.
    pub fn run(&mut self, budget: u64) -> Option<Found> {
        let until = self.spent.saturating_add(budget);
        if !self.started {
            self.started = true;
            if !self.all_demands_can_be_met() {
                self.note_furthest();
                return Some(Found::Nothing);
            }
        }
        loop {
            if self.left == 0 {
                return Some(Found::Order);
            }
            if self.spent >= until || self.is_full() {
                return None;
            }
            if !self.advance() {
                self.note_furthest();
                if !self.retreat() {
                    return Some(Found::Nothing);
                }
            }
        }
    }

    /// The steps that are placed, in order.
    pub fn placed(&self) -> Vec<u32> {
        self.frames.iter().map(|frame| frame.step).collect()
    }

    /// What the registers hold, as value numbers.
    pub fn registers(&self) -> &[u32] {
        &self.registers
    }

    /// Whether as many configurations are remembered as may be.
    pub fn is_full(&self) -> bool {
        self.memory.is_full()
    }

    fn all_demands_can_be_met(&self) -> bool {
        (0..self.demanded.len()).all(|value| {
            self.demanded[value] == 0 || self.supplied[value] > 0 || self.registers.contains(&(value as u32))
        })
    }

    /// Places a next step; false when there is none, or this configuration was seen before.
    fn advance(&mut self) -> bool {
        self.open.clear();
        let due = self.order.open(&mut self.open);
        self.spent += 1 + self.open.len() as u64 / 4;
        if let Some(&step) = self.open.iter().find(|&&step| self.is_free(step)) {
            let at = self.choices.len() as u32;
            self.place(step, at, at);
            return true;
        }
        if due.is_some_and(|due| self.is_hopeless(due)) {
            return false;
        }
        let start = self.choices.len();
        for i in 0..self.open.len() {
            let step = self.open[i];
            if self.is_legal(step) && !self.dooms(step) {
                self.choices.push(step);
            }
        }
        let end = self.choices.len();
        if start == end || (end - start > 1 && !self.is_new()) {
            self.choices.truncate(start);
            return false;
        }
        self.place(self.choices[start], start as u32 + 1, end as u32);
        true
    }

    /// Takes back steps until another choice can be placed; false when there is none.
    fn retreat(&mut self) -> bool {
        while let Some(frame) = self.frames.pop() {
            self.unplace(frame);
            self.choices.truncate(frame.end as usize);
            if frame.next < frame.end {
                self.place(self.choices[frame.next as usize], frame.next + 1, frame.end);
                return true;
            }
        }
        false
    }

    fn is_legal(&self, step: u32) -> bool {
        let Step { register, needs, avoids, .. } = self.steps[step as usize];
        let holds = self.registers[register as usize];
        (needs == NONE || needs == holds) && avoids != holds
    }

    /// Rules 1 and 2.
    fn is_free(&self, step: u32) -> bool {
        if step >= self.required || !self.is_legal(step) {
            return false;
        }
        let Step { register, needs, makes, .. } = self.steps[step as usize];
        if makes == NONE {
            return true;
        }
        let holds = self.registers[register as usize];
        needs == NONE
            && self.wanted[makes as usize] == 0
            && self.wanted[holds as usize] == 0
            && self.avoiding[register as usize] == 0
    }

    /// Rule 3.
    fn dooms(&self, step: u32) -> bool {
        let Step { register, needs, makes, .. } = self.steps[step as usize];
        let holds = self.registers[register as usize];
        if makes == NONE || makes == holds || self.supplied[holds as usize] > 0 {
            return false;
        }
        let own = u32::from(step < self.required && needs == holds);
        self.demanded[holds as usize] > own
    }

    /// Rule 4.
    fn is_hopeless(&self, due: u32) -> bool {
        let Step { register, needs, .. } = self.steps[due as usize];
        needs != NONE
            && needs != self.registers[register as usize]
            && !self.open.iter().any(|&step| step != due && self.steps[step as usize].makes == needs)
    }

    fn place(&mut self, step: u32, next: u32, end: u32) {
        let Step { register, makes, .. } = self.steps[step as usize];
        let register = &mut self.registers[register as usize];
        self.frames.push(Frame { step, before: *register, next, end });
        if makes != NONE {
            *register = makes;
        }
        self.order.place(step);
        self.flip(step);
        self.count(step, u32::MAX);
        self.left -= u32::from(step < self.required);
    }

    fn unplace(&mut self, frame: Frame) {
        let step = frame.step;
        self.left += u32::from(step < self.required);
        self.count(step, 1);
        self.flip(step);
        self.order.unplace(step);
        self.registers[self.steps[step as usize].register as usize] = frame.before;
    }

    /// Counts an unplaced step in (`by` is 1) or out (`by` is -1, wrapped).
    fn count(&mut self, step: u32, by: u32) {
        let Step { register, needs, avoids, makes } = self.steps[step as usize];
        let change = |count: &mut u32| *count = count.wrapping_add(by);
        if needs != NONE {
            change(&mut self.wanted[needs as usize]);
            if step < self.required {
                change(&mut self.demanded[needs as usize]);
            }
        }
        if makes != NONE {
            change(&mut self.supplied[makes as usize]);
        }
        if avoids != NONE {
            change(&mut self.avoiding[register as usize]);
        }
    }

    fn flip(&mut self, step: u32) {
        let (bits, place) = match step.checked_sub(self.required) {
            None => (&mut self.bits, step),
            Some(optional) => (&mut self.optional_bits, optional),
        };
        bits[(place / 64) as usize] ^= 1 << (place % 64);
    }

    /// Remembers the configuration; false when it was known.
    fn is_new(&mut self) -> bool {
        let from = self.bits.iter().position(|&word| word != u64::MAX).unwrap_or(self.bits.len());
        let to = self.bits.iter().rposition(|&word| word != 0).map_or(from, |last| (last + 1).max(from));
        self.scratch.clear();
        self.scratch.push((from as u64) << 32 | to as u64);
        self.scratch.extend_from_slice(&self.bits[from..to]);
        self.scratch.extend_from_slice(&self.optional_bits);
        self.scratch.extend(
            self.registers
                .chunks(2)
                .map(|pair| u64::from(pair[0]) << 32 | pair.get(1).map_or(0, |&second| u64::from(second))),
        );
        self.memory.insert(&self.scratch)
    }

    fn note_furthest(&mut self) {
        let full = self.bits.iter().position(|&word| word != u64::MAX).unwrap_or(0);
        let first_missing = full as u32 * 64 + self.bits.get(full).map_or(0, |word| word.trailing_ones());
        let further = self
            .furthest
            .as_ref()
            .is_none_or(|best| (first_missing, best.left) > (best.first_missing, self.left));
        if further {
            self.furthest = Some(Furthest {
                first_missing,
                left: self.left,
                order: self.placed(),
                registers: self.registers.clone(),
            });
        }
    }
}
