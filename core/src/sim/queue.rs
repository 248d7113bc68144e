//! What is to come: events in order of time, those of one time in the order of asking.

use crate::cast::NodeId;

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
    /// The lab's scheduler says when those messages arrive that were sent at this moment.
    Schedule,
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

impl Entry {
    /// Without branches, of which a processor would guess every other one wrong.
    #[inline]
    fn is_before(&self, other: &Entry) -> bool {
        (self.at_us < other.at_us) | ((self.at_us == other.at_us) & (self.number < other.number))
    }
}

/// The queue of events: a binary heap. Most events bring about another, so what is taken leaves a gap at the top, into which the next
/// that comes is sifted: half the work of filling the gap with the last and then adding one more.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    heap: Vec<Entry>,
    /// Whether the top has been taken.
    gap: bool,
    asked: u32,
}

impl Queue {
    /// Adds an event.
    pub(crate) fn push(&mut self, at_us: u64, event: Event) {
        let entry = Entry { at_us, number: self.asked, event };
        self.asked += 1;
        if std::mem::take(&mut self.gap) {
            self.sift_down(entry);
        } else {
            self.heap.push(entry);
            self.sift_up(entry);
        }
    }

    /// Takes the next event that comes by `until_us`.
    pub(crate) fn pop(&mut self, until_us: u64) -> Option<(u64, Event)> {
        if std::mem::take(&mut self.gap)
            && let Some(last) = self.heap.pop()
            && !self.heap.is_empty()
        {
            self.sift_down(last);
        }
        let first = self.heap.first().filter(|entry| entry.at_us <= until_us)?;
        self.gap = true;
        Some((first.at_us, first.event))
    }

    /// How many events wait.
    pub(crate) fn len(&self) -> usize {
        self.heap.len() - usize::from(self.gap)
    }

    /// Puts an entry where it belongs on the way up from the last place.
    fn sift_up(&mut self, entry: Entry) {
        let heap = &mut self.heap[..];
        let mut at = heap.len() - 1;
        while at > 0 {
            let above = (at - 1) / 2;
            if !entry.is_before(&heap[above]) {
                break;
            }
            heap[at] = heap[above];
            at = above;
        }
        heap[at] = entry;
    }

    /// Puts an entry where it belongs on the way down from the top, which is free.
    fn sift_down(&mut self, entry: Entry) {
        let heap = &mut self.heap[..];
        let mut at = 0;
        loop {
            let mut below = 2 * at + 1;
            if below >= heap.len() {
                break;
            }
            if below + 1 < heap.len() {
                below += usize::from(heap[below + 1].is_before(&heap[below]));
            }
            if !heap[below].is_before(&entry) {
                break;
            }
            heap[at] = heap[below];
            at = below;
        }
        heap[at] = entry;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn events_come_by_time_and_then_by_asking(steps in prop::collection::vec(prop::option::of(0u64..20), 0..200)) {
            let mut queue = Queue::default();
            let mut waiting = Vec::new();
            for (number, step) in (0u32..).zip(steps) {
                match step {
                    Some(at_us) => {
                        queue.push(at_us, Event::Cue(number));
                        waiting.push((at_us, number));
                    }
                    None => {
                        let next = waiting.iter().copied().min().filter(|(at_us, _)| *at_us <= 15);
                        waiting.retain(|event| Some(*event) != next);
                        prop_assert_eq!(queue.pop(15), next.map(|(at_us, number)| (at_us, Event::Cue(number))));
                    }
                }
                prop_assert_eq!(queue.len(), waiting.len());
            }
        }
    }
}
