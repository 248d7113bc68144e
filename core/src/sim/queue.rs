//! What is to come: events in order of time, those of one time in the order of asking.

use crate::cast::NodeId;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Something that is to come. Slots point into the tables of letters and timers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    /// A letter arrives.
    Arrive(u32),
    /// A timer is due.
    Due(u32),
    /// A cue of the script, by its place.
    Cue(u32),
    /// The script asks a node for something, by its place among all that was asked.
    Asked(NodeId, u32),
    /// The node's pause of that number ends.
    Resume(NodeId, u32),
    /// The node has done its work on an input; the number tells whether it has crashed since.
    Worked(NodeId, u32),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Entry {
    at_us: u64,
    /// The order of asking; a run has fewer events than this can count.
    number: u32,
    event: Event,
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> Ordering {
        (self.at_us, self.number).cmp(&(other.at_us, other.number))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The queue of events.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<Entry>>,
    asked: u32,
}

impl Queue {
    /// Adds an event.
    pub(crate) fn push(&mut self, at_us: u64, event: Event) {
        self.heap.push(Reverse(Entry { at_us, number: self.asked, event }));
        self.asked += 1;
    }

    /// Takes the next event that comes by `until_us`.
    pub(crate) fn pop(&mut self, until_us: u64) -> Option<(u64, Event)> {
        if self.heap.peek()?.0.at_us > until_us {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| (entry.at_us, entry.event))
    }

    /// How many events wait.
    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }
}
