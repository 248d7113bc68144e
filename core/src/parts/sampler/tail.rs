//! Sampling at the tail: traces wait until their spans are together, and are judged by what is in them.

use super::{keeps, threshold};
use std::collections::{BTreeMap, VecDeque};

/// What is kept at the tail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TailPolicy {
    /// How long after its first span a trace is decided on, in µs (`decision_wait`).
    pub wait_us: u64,
    /// How many traces are in memory at the most, decided on or not (`num_traces`).
    pub most: u32,
    /// Whether those are kept that have an error in them (`status_code`).
    pub errors: bool,
    /// Those are kept from whose first beginning to whose last end it is as long as this, in µs (`latency`).
    pub slow_us: Option<u64>,
    /// How many of the others are kept, in millionths (`probabilistic`).
    pub rest: u32,
}

/// A trace in memory.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Held<S> {
    spans: Vec<S>,
    random: u64,
    /// When its first span came.
    since_us: u64,
    from_us: u64,
    to_us: u64,
    has_error: bool,
    /// What was decided.
    kept: Option<bool>,
}

/// Traces that wait to be decided on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tail<S> {
    policy: TailPolicy,
    held: BTreeMap<u64, Held<S>>,
    /// Those in memory, the oldest first; and those that are to be decided on, likewise.
    order: VecDeque<u64>,
    due: VecDeque<(u64, u64)>,
    waiting: u32,
}

/// What becomes of a span that comes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken<S> {
    /// It was decided on its trace before: whether that is kept.
    pub late: Option<(bool, S)>,
    /// Spans of a trace that had to go before it was decided on.
    pub evicted: Vec<S>,
}

/// It has been decided on a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided<S> {
    /// Whether it is kept.
    pub kept: bool,
    /// With what probability a trace like it is kept, in millionths: by its inverse it counts.
    pub probability: u32,
    /// Its spans so far.
    pub spans: Vec<S>,
}

impl<S> Tail<S> {
    /// Nothing is in memory.
    pub fn new(policy: TailPolicy) -> Tail<S> {
        Tail { policy, held: BTreeMap::new(), order: VecDeque::new(), due: VecDeque::new(), waiting: 0 }
    }

    /// How many spans wait.
    pub fn waiting(&self) -> u32 {
        self.waiting
    }

    /// How many traces are in memory.
    pub fn traces(&self) -> usize {
        self.held.len()
    }

    /// A span of a trace comes, with the trace's random bits: from when to when it lasted, and whether it is an error.
    pub fn take(
        &mut self,
        now_us: u64,
        (trace, random): (u64, u64),
        span: S,
        (from_us, to_us): (u64, u64),
        is_error: bool,
    ) -> Taken<S> {
        if let Some(held) = self.held.get_mut(&trace) {
            if let Some(kept) = held.kept {
                return Taken { late: Some((kept, span)), evicted: Vec::new() };
            }
            (held.from_us, held.to_us) = (held.from_us.min(from_us), held.to_us.max(to_us));
            held.has_error |= is_error;
            held.spans.push(span);
            self.waiting += 1;
            return Taken { late: None, evicted: Vec::new() };
        }
        let mut evicted = Vec::new();
        while self.order.len() >= self.policy.most.max(1) as usize {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(gone) = self.held.remove(&oldest) {
                evicted.extend(gone.spans);
            }
        }
        self.waiting = self.waiting + 1 - evicted.len() as u32;
        let (since_us, spans) = (now_us, vec![span]);
        let held = Held { spans, random, since_us, from_us, to_us, has_error: is_error, kept: None };
        self.held.insert(trace, held);
        self.order.push_back(trace);
        self.due.push_back((now_us.saturating_add(self.policy.wait_us), trace));
        Taken { late: None, evicted }
    }

    /// When the next decision is due, in µs.
    pub fn due_us(&self) -> Option<u64> {
        self.due.front().map(|(at_us, _)| *at_us)
    }

    /// Decides on all whose time has come.
    pub fn decide(&mut self, now_us: u64) -> Vec<Decided<S>> {
        let mut decided = Vec::new();
        while let Some((_, trace)) = self.due.front().copied().filter(|(at_us, _)| *at_us <= now_us) {
            self.due.pop_front();
            // One that had to go and came again waits for its second turn.
            let wait_us = self.policy.wait_us;
            let is_due =
                |held: &&mut Held<S>| held.kept.is_none() && held.since_us.saturating_add(wait_us) <= now_us;
            let Some(held) = self.held.get_mut(&trace).filter(is_due) else { continue };
            let lasted_us = held.to_us.saturating_sub(held.from_us);
            let chosen = self.policy.errors && held.has_error
                || self.policy.slow_us.is_some_and(|slow_us| lasted_us >= slow_us);
            let kept = chosen || keeps(held.random, threshold(self.policy.rest));
            held.kept = Some(kept);
            let spans = std::mem::take(&mut held.spans);
            self.waiting -= spans.len() as u32;
            decided.push(Decided {
                kept,
                probability: if chosen { 1_000_000 } else { self.policy.rest },
                spans,
            });
        }
        decided
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: TailPolicy =
        TailPolicy { wait_us: 100, most: 3, errors: true, slow_us: Some(50), rest: 500_000 };
    const LOW: u64 = 0;
    const HIGH: u64 = u64::MAX;

    #[test]
    fn a_trace_is_decided_on_by_what_is_in_it() {
        for (random, spans, kept, probability) in [
            (LOW, vec![(0, 10, false)], false, 500_000),
            (HIGH, vec![(0, 10, false)], true, 500_000),
            (LOW, vec![(0, 10, false), (5, 9, true)], true, 1_000_000),
            (LOW, vec![(0, 10, false), (30, 50, false)], true, 1_000_000),
            (LOW, vec![(0, 10, false), (30, 49, false)], false, 500_000),
        ] {
            let mut tail = Tail::new(POLICY);
            for (at, (from_us, to_us, is_error)) in spans.iter().enumerate() {
                let taken = tail.take(at as u64, (1, random), at, (*from_us, *to_us), *is_error);
                assert_eq!(taken, Taken { late: None, evicted: Vec::new() });
            }
            assert_eq!((tail.due_us(), tail.waiting()), (Some(100), spans.len() as u32));
            assert!(tail.decide(99).is_empty());
            let all = (0..spans.len()).collect();
            assert_eq!(tail.decide(100), [Decided { kept, probability, spans: all }]);
            assert_eq!((tail.due_us(), tail.waiting()), (None, 0));
            let late = tail.take(200, (1, random), 9, (0, 90), true);
            assert_eq!(late.late, Some((kept, 9)), "what comes late goes by what was decided");
        }
    }

    #[test]
    fn the_oldest_goes_when_memory_is_full() {
        let mut tail = Tail::new(POLICY);
        let mut take =
            |now_us, trace, is_error| tail.take(now_us, (trace, LOW), trace, (0, 0), is_error).evicted;
        assert_eq!(take(0, 1, true), []);
        assert_eq!(take(1, 1, true), []);
        assert_eq!(take(2, 2, true), []);
        assert_eq!(take(3, 3, true), []);
        assert_eq!(take(4, 4, true), [1, 1], "an error, and nobody will know");
        assert_eq!(take(5, 1, true), [2], "of a trace that comes again the rest is a new one");
        assert_eq!((tail.waiting(), tail.traces()), (3, 3));
        // The turn of the first is over before its second is due.
        assert_eq!(tail.decide(103).iter().map(|trace| trace.spans[0]).collect::<Vec<_>>(), [3]);
        assert_eq!(tail.decide(105).iter().map(|trace| trace.spans[0]).collect::<Vec<_>>(), [4, 1]);
    }
}
