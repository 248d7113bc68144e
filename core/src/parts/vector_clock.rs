//! Vector clocks: of each process, how many of its events could have been known (Fidge, "Timestamps in message-passing systems that preserve
//! the partial ordering", 1988; Mattern, "Virtual time and global states of distributed systems", 1989). Two wrong rules that stand in books are
//! here, too, and pruning as Dynamo does it.

use super::version_vector::{Causality, DatedVector};

/// What a receiver takes over of the vector that a message carries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Takes {
    /// The greater of both, entry by entry: the published rule.
    All,
    /// The sender's own entry alone: what the sender had heard from others is missed.
    Senders,
}

/// A process's vector, each entry with the date at which it was last raised.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VectorClock<A: Ord> {
    seen: DatedVector<A>,
}

impl<A: Ord> Default for VectorClock<A> {
    fn default() -> Self {
        VectorClock { seen: DatedVector::default() }
    }
}

impl<A: Ord + Clone> VectorClock<A> {
    /// What a message carries: the vector after the last event.
    pub fn stamp(&self) -> &DatedVector<A> {
        &self.seen
    }

    /// How many events of that process could be known.
    pub fn get(&self, process: &A) -> u64 {
        self.seen.vector().get(process)
    }

    /// An event of this process: one more in its own entry.
    pub fn tick(&mut self, me: &A, date: u64) {
        self.seen.increment(me.clone(), date);
    }

    /// The receipt of a message: takes over what it knows, then counts the receipt.
    pub fn receive(&mut self, me: &A, (from, stamp): (&A, &DatedVector<A>), takes: Takes, date: u64) {
        match takes {
            Takes::All => self.seen.merge(stamp),
            Takes::Senders => self.seen.merge_of(from, stamp),
        }
        self.tick(me, date);
    }

    /// Keeps at most so many entries: those that were raised last.
    pub fn keep(&mut self, most: u32) {
        self.seen.prune(most);
    }
}

/// How two vectors stand to each other, given entry by entry: before is at most the other in all and less in one.
pub fn compare(a: &[i64], b: &[i64]) -> Causality {
    let pairs = || a.iter().zip(b);
    Causality::from_le(pairs().all(|(a, b)| a <= b), pairs().all(|(a, b)| a >= b))
}

/// The wrong rule: before is less in every entry.
pub fn compare_strictly(a: &[i64], b: &[i64]) -> Causality {
    let pairs = || a.iter().zip(b);
    match (pairs().all(|(a, b)| a < b), pairs().all(|(a, b)| a > b)) {
        (true, _) => Causality::Before,
        (_, true) => Causality::After,
        _ if a == b => Causality::Equal,
        _ => Causality::Concurrent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::executions::{self, Event, PROCESSES};
    use proptest::prelude::*;

    /// The vectors of an execution, entry by entry.
    fn stamped(events: &[Event], takes: Takes, keep: u32) -> Vec<Vec<i64>> {
        let mut clocks = vec![VectorClock::default(); PROCESSES];
        let mut sent: Vec<DatedVector<usize>> = Vec::new();
        let mut stamps = Vec::new();
        for (date, event) in events.iter().enumerate() {
            let clock: &mut VectorClock<usize> = &mut clocks[event.process];
            match event.from {
                None => clock.tick(&event.process, date as u64),
                Some(from) => {
                    let stamp = (&events[from].process, &sent[from]);
                    clock.receive(&event.process, stamp, takes, date as u64);
                }
            }
            clock.keep(keep);
            stamps.push((0..PROCESSES).map(|process| clock.get(&process) as i64).collect());
            sent.push(clock.stamp().clone());
        }
        stamps
    }

    proptest! {
        #[test]
        fn vectors_are_ordered_just_as_events_are(events in executions::any()) {
            let (before, stamps) = (executions::reached(&events), stamped(&events, Takes::All, u32::MAX));
            for b in 0..events.len() {
                for a in 0..b {
                    let truth = if before[a][b] { Causality::Before } else { Causality::Concurrent };
                    prop_assert_eq!(compare(&stamps[a], &stamps[b]), truth);
                    prop_assert_eq!(compare(&stamps[b], &stamps[a]) == Causality::After, before[a][b]);
                }
            }
        }

        #[test]
        fn wrong_rules_and_pruning_miss_orders_and_invent_none(events in executions::any(), keep in 1u32..4) {
            let before = executions::reached(&events);
            let (right, senders) = (stamped(&events, Takes::All, u32::MAX), stamped(&events, Takes::Senders, u32::MAX));
            let pruned = stamped(&events, Takes::All, keep);
            for b in 0..events.len() {
                for a in 0..b {
                    let claims = [
                        compare(&senders[a], &senders[b]),
                        compare_strictly(&right[a], &right[b]),
                        compare(&pruned[a], &pruned[b]),
                    ];
                    prop_assert!(claims.iter().take(2).all(|claim| *claim != Causality::Before || before[a][b]), "{:?}", claims);
                    // A pruned vector's own entry is always there.
                    prop_assert!(pruned[b][events[b].process] == right[b][events[b].process]);
                    prop_assert!(claims[2] != Causality::After && claims[2] != Causality::Equal, "{:?}", claims);
                }
            }
        }
    }

    #[test]
    fn what_the_sender_had_heard_is_missed_when_only_its_entry_is_taken() {
        // a sends to b, b sends to c: c can know of a.
        let event = |process, from| Event { process, from };
        let chain = [event(0, None), event(1, Some(0)), event(1, None), event(2, Some(2))];
        let (right, senders) = (stamped(&chain, Takes::All, 9), stamped(&chain, Takes::Senders, 9));
        assert_eq!(
            (compare(&right[0], &right[3]), compare(&senders[0], &senders[3])),
            (Causality::Before, Causality::Concurrent)
        );
        assert_eq!(right[3], [1, 2, 1, 0]);
        assert_eq!(compare_strictly(&right[0], &right[3]), Causality::Concurrent);
    }
}
