//! Events of processes, and what clocks of several kinds stamp on them: what could have caused what, and what each clock says of it.

use super::FactId;
use crate::cast::{NodeId, Sort};
use crate::outcome::Outcome;
use crate::parts::interval::Interval;
use crate::parts::vector_clock;
use crate::parts::version_vector::Causality;
use crate::trace::{Fact, RecordKind};

/// Events and their stamps.
#[derive(Clone, Debug)]
pub struct Stamps {
    /// The nodes at which events happen.
    pub sort: Sort,
    /// What an event is, by a word; reported once for each, after its stamps. Only these are events, and only messages that one of them sends and
    /// whose receipt is another bind them together.
    pub event: FactId,
    /// The clocks.
    pub clocks: Vec<StampClock>,
}

/// A clock that stamps events.
#[derive(Clone, Copy, Debug)]
pub struct StampClock {
    /// Its name, in a word.
    pub name: &'static str,
    /// The numbers of a stamp, by index from 0. Two clocks of one fact read the same stamps differently.
    pub fact: FactId,
    /// How many numbers a stamp has.
    pub numbers: u16,
    /// Whether the numbers, but for counts, are µs of the process's clock.
    pub in_us: bool,
    /// What stamps say of the order of their events.
    pub order: Order,
}

/// What stamps say of the order of their events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// The smaller number is earlier.
    Number,
    /// The smaller number is earlier, and of equal ones that of the first process: a total order.
    NumberThenProcess,
    /// A number, and a count that decides between equal ones.
    NumberThenCount,
    /// Earlier is at most the other in all entries, and less in one.
    Vector,
    /// Earlier is less in all entries.
    StrictVector,
    /// From the least to the greatest that the true time may be: those that do not overlap are ordered.
    Interval,
}

impl Order {
    /// What two stamps, of events of these processes, say of their order.
    pub fn compare(self, (one, a): (NodeId, &[i64]), (other, b): (NodeId, &[i64])) -> Causality {
        let of = |le: bool, ge: bool| Causality::from_le(le, ge);
        match self {
            Order::Number | Order::NumberThenCount => of(a <= b, a >= b),
            Order::NumberThenProcess => of((a, one) <= (b, other), (a, one) >= (b, other)),
            Order::Vector => vector_clock::compare(a, b),
            Order::StrictVector => vector_clock::compare_strictly(a, b),
            Order::Interval => {
                let interval = |stamp: &[i64]| Interval { earliest_us: stamp[0], latest_us: stamp[1] };
                interval(a).compare(interval(b))
            }
        }
    }
}

/// Pairs of events, by what is true of them and what a clock says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pairs {
    /// One could have caused the other, and the clock says so.
    pub right: u64,
    /// It says that the other came first.
    pub reversed: u64,
    /// It says nothing, or that neither did.
    pub missed: u64,
    /// Neither could know of the other, and the clock gives them no order.
    pub open: u64,
    /// Neither could, and it gives them one.
    pub ordered: u64,
}

impl Pairs {
    /// Counts a pair: whether the first could have caused the second, and what the clock says of them.
    pub fn count(&mut self, caused: bool, claim: Causality) {
        let place = match (caused, claim) {
            (true, Causality::Before) => &mut self.right,
            (true, Causality::After) => &mut self.reversed,
            (true, Causality::Equal | Causality::Concurrent) => &mut self.missed,
            (false, Causality::Equal | Causality::Concurrent) => &mut self.open,
            (false, Causality::Before | Causality::After) => &mut self.ordered,
        };
        *place += 1;
    }
}

/// An event with its stamps.
#[derive(Clone, Debug)]
pub struct Stamped {
    /// During which record.
    pub record: u32,
    /// When, in µs.
    pub at_us: u64,
    /// Where.
    pub process: NodeId,
    /// What it is.
    pub word: &'static str,
    /// Of which event it receives the message, by its place in the list.
    pub from: Option<usize>,
    /// The stamp of each clock.
    pub stamps: Vec<Vec<i64>>,
    /// By process: how many of its events could have caused this one, itself included.
    past: Vec<u32>,
    /// Its number at its process, from 1.
    number: u32,
}

impl Stamped {
    /// Whether this event could have caused that one.
    pub fn happened_before(&self, other: &Stamped) -> bool {
        let known = other.past.get(self.process.index()).copied().unwrap_or(0);
        known >= self.number && (self.process, self.number) != (other.process, other.number)
    }
}

impl Stamps {
    /// The events of a run, in order, as far as their records were kept.
    pub fn events(&self, outcome: &Outcome) -> Vec<Stamped> {
        let trace = &outcome.trace;
        let mut events: Vec<Stamped> = Vec::new();
        let mut last: Vec<Option<usize>> = vec![None; outcome.cast.len()];
        for change in trace.changes().iter().filter(|change| change.key == self.event.key()) {
            let Fact::Word(word) = change.value else { continue };
            let record = trace.get(change.record);
            let sent = record
                .filter(|record| record.kind == RecordKind::Deliver)
                .and_then(|record| trace.get(record.cause));
            let from = sent.and_then(|sent| place(&events, sent.cause, sent.node));
            let before = last[change.node.index()];
            let mut past = vec![0; outcome.cast.len()];
            for earlier in before.into_iter().chain(from) {
                past.iter_mut().zip(&events[earlier].past).for_each(|(own, past)| *own = (*own).max(*past));
            }
            let number = before.map_or(1, |before| events[before].number + 1);
            past[change.node.index()] = number;
            let stamp = |clock: &StampClock| {
                let number = |index| match trace.fact_at(change.node, clock.fact.at(index), change.record) {
                    Some(Fact::Int(number) | Fact::Time(number)) => *number,
                    _ => 0,
                };
                (0..clock.numbers).map(number).collect()
            };
            last[change.node.index()] = Some(events.len());
            events.push(Stamped {
                record: change.record,
                at_us: record.map_or(0, |record| record.at_us),
                process: change.node,
                word,
                from,
                stamps: self.clocks.iter().map(stamp).collect(),
                past,
                number,
            });
        }
        events
    }
}

/// The event of a process during a record.
fn place(events: &[Stamped], record: u32, process: NodeId) -> Option<usize> {
    let from = events.partition_point(|event| event.record < record);
    let same = events[from..].iter().take_while(|event| event.record == record);
    same.zip(from..).find(|(event, _)| event.process == process).map(|(_, place)| place)
}
