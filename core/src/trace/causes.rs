//! Who could know what: happened-before, Lamport and vector clocks of every run, and the argument for a broken promise.
//!
//! Events are ordered by Lamport's relation (Time, Clocks, and the Ordering of Events, 1978): the order at each node, and
//! from a record to what it brought about. An act of the script comes from outside, so that it follows nothing; a loss
//! is an event at no node, so that nothing follows it.

use super::{NOBODY, NONE, Record, RecordKind, Trace};
use crate::cast::NodeId;
use crate::sorted::Set;

/// The most clock entries that are worked out beforehand (32 MB); beyond, a record's past is walked when asked for.
const MAX_ENTRIES: usize = 8_000_000;

/// Happened-before of a run, as far as its records were kept.
#[derive(Clone, Debug, Default)]
pub struct Causality {
    nodes: usize,
    /// By place: how many events of its node came up to this one; 0 where it is an event at no node.
    positions: Vec<u32>,
    lamport: Vec<u32>,
    /// By place and node: how many of the node's events are in the record's past, itself included. Empty when it would be too large.
    vectors: Vec<u32>,
    /// By place: where its effects begin in `effects`; one more entry than there are records.
    effects_from: Vec<u32>,
    effects: Vec<u32>,
}

/// The node at which a record is an event: a loss and an act are events at none.
fn process(record: &Record) -> Option<NodeId> {
    let inside = !matches!(record.kind, RecordKind::Act | RecordKind::Lose) && record.node != NOBODY;
    inside.then_some(record.node)
}

impl Causality {
    /// Works out the clocks of a run, in one pass over its records.
    pub fn of(trace: &Trace, nodes: usize) -> Causality {
        let records = trace.records();
        let keeps = records.len().saturating_mul(nodes) <= MAX_ENTRIES;
        let mut causality = Causality {
            nodes,
            positions: vec![0; records.len()],
            lamport: vec![0; records.len()],
            vectors: if keeps { vec![0; records.len() * nodes] } else { Vec::new() },
            ..Causality::default()
        };
        causality.index_effects(trace);
        let mut last: Vec<Option<usize>> = vec![None; nodes];
        for (place, record) in records.iter().enumerate() {
            let process = process(record);
            let before = process.and_then(|node| last[node.index()]);
            let cause = (record.cause != NONE).then(|| trace.index_of(record.cause)).flatten();
            for earlier in before.into_iter().chain(cause) {
                causality.lamport[place] = causality.lamport[place].max(causality.lamport[earlier]);
                if keeps {
                    let (past, own) = causality.vectors.split_at_mut(place * nodes);
                    let past = &past[earlier * nodes..(earlier + 1) * nodes];
                    own.iter_mut().zip(past).for_each(|(own, past)| *own = (*past).max(*own));
                }
            }
            causality.lamport[place] += 1;
            if let Some(node) = process {
                causality.positions[place] = before.map_or(1, |before| causality.positions[before] + 1);
                last[node.index()] = Some(place);
                if keeps {
                    causality.vectors[place * nodes + node.index()] = causality.positions[place];
                }
            }
        }
        causality
    }

    fn index_effects(&mut self, trace: &Trace) {
        let records = trace.records();
        let cause = |record: &Record| (record.cause != NONE).then(|| trace.index_of(record.cause)).flatten();
        self.effects_from = vec![0; records.len() + 1];
        for cause in records.iter().filter_map(cause) {
            self.effects_from[cause + 1] += 1;
        }
        for place in 0..records.len() {
            self.effects_from[place + 1] += self.effects_from[place];
        }
        self.effects = vec![0; self.effects_from[records.len()] as usize];
        let mut next = self.effects_from.clone();
        for (place, record) in records.iter().enumerate() {
            if let Some(cause) = cause(record) {
                self.effects[next[cause] as usize] = place as u32;
                next[cause] += 1;
            }
        }
    }

    /// What the record at that place brought about itself, as places in order.
    pub fn effects(&self, place: usize) -> &[u32] {
        &self.effects[self.effects_from[place] as usize..self.effects_from[place + 1] as usize]
    }

    /// The Lamport clock of the record at that place: 1 + the largest of those right before it.
    pub fn lamport(&self, place: usize) -> u32 {
        self.lamport[place]
    }

    /// The vector clock of the record at that place: of each node, how many of its events could be known there.
    pub fn vector(&self, trace: &Trace, place: usize) -> Vec<u32> {
        if !self.vectors.is_empty() {
            return self.vectors[place * self.nodes..(place + 1) * self.nodes].to_vec();
        }
        let mut vector = vec![0; self.nodes];
        for earlier in past(trace, place).into_iter().chain([place]) {
            if let Some(node) = process(&trace.records()[earlier]) {
                vector[node.index()] = vector[node.index()].max(self.positions[earlier]);
            }
        }
        vector
    }

    /// Whether the record at place `a` happened before that at `b`, so that `b` could know of it.
    pub fn happened_before(&self, trace: &Trace, a: usize, b: usize) -> bool {
        if a >= b {
            return false;
        }
        match process(&trace.records()[a]) {
            Some(_) if self.vectors.is_empty() => past(trace, b).contains(&a),
            Some(node) => self.vectors[b * self.nodes + node.index()] >= self.positions[a],
            // Nothing follows a loss; an act is followed by what it brought about.
            None => self.effects(a).iter().any(|effect| {
                let effect = *effect as usize;
                effect == b || self.happened_before(trace, effect, b)
            }),
        }
    }

    /// The number of the record's event at its node, from 1; 0 where it is an event at no node.
    pub fn position(&self, place: usize) -> u32 {
        self.positions[place]
    }
}

/// Everything that happened before the record at a place: its causal past, in order.
pub fn past(trace: &Trace, place: usize) -> Set<usize> {
    let records = trace.records();
    let mut found = Set::new();
    let mut todo = vec![place];
    while let Some(place) = todo.pop() {
        let record = &records[place];
        let cause = (record.cause != NONE).then(|| trace.index_of(record.cause)).flatten();
        let before = process(record).and_then(|node| {
            let lane = trace.lane(node);
            let own = lane.partition_point(|i| (*i as usize) < place);
            lane[..own].iter().rev().map(|i| *i as usize).find(|i| process(&records[*i]).is_some())
        });
        todo.extend(cause.into_iter().chain(before).filter(|earlier| found.insert(*earlier)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Indexing, Silent};
    use proptest::prelude::*;
    use std::sync::Arc;

    /// A history of three nodes: each step is a local event, a send, or the end of an open message.
    fn history(steps: &[(u8, u8, u8)]) -> Trace {
        let mut records: Vec<Record> = Vec::new();
        let mut open: Vec<u32> = Vec::new();
        for (i, (what, node, other)) in steps.iter().enumerate() {
            let id = i as u32;
            let mut record = crate::sim::bare_record(RecordKind::Timer, u64::from(id), NONE);
            (record.id, record.node) = (id, NodeId(u16::from(node % 3)));
            let before = records.iter().rev().find(|r| process(r) == Some(record.node)).map(|r| r.id);
            match what % 4 {
                0 => record.cause = before.unwrap_or(NONE),
                1 => {
                    (record.kind, record.peer) = (RecordKind::Send, NodeId(u16::from(other % 3)));
                    record.cause = before.unwrap_or(NONE);
                    open.push(id);
                }
                2 if !open.is_empty() => {
                    let sent = records[open.remove(usize::from(*other) % open.len()) as usize];
                    record.kind = if node % 5 == 0 { RecordKind::Lose } else { RecordKind::Deliver };
                    (record.node, record.peer, record.cause) = (sent.peer, sent.node, sent.id);
                }
                _ => record.kind = if node % 7 == 0 { RecordKind::Act } else { RecordKind::Boot },
            }
            records.push(record);
        }
        Indexing::new(3, records, Vec::new(), Arc::new(Silent), true).trace()
    }

    proptest! {
        #[test]
        fn clocks_tell_what_the_graph_tells(steps in proptest::collection::vec(any::<(u8, u8, u8)>(), 1..60)) {
            let trace = history(&steps);
            let causality = Causality::of(&trace, 3);
            let walked = Causality { vectors: Vec::new(), ..causality.clone() };
            for b in 0..steps.len() {
                let past = past(&trace, b);
                prop_assert_eq!(causality.vector(&trace, b), walked.vector(&trace, b));
                for a in 0..steps.len() {
                    let reached = past.contains(&a);
                    prop_assert_eq!(causality.happened_before(&trace, a, b), reached, "{} before {}", a, b);
                    // Lamport's clock condition.
                    prop_assert!(!reached || causality.lamport(a) < causality.lamport(b));
                }
            }
        }

        #[test]
        fn messages_under_way_are_those_sent_and_not_ended(steps in proptest::collection::vec(any::<(u8, u8, u8)>(), 1..200)) {
            let trace = history(&steps);
            for index in 0..=steps.len() {
                let sent = (0..index).filter(|i| trace.records()[*i].kind == RecordKind::Send);
                let open: Vec<usize> = sent
                    .filter(|i| !(0..index).any(|end| {
                        let record = &trace.records()[end];
                        record.cause == *i as u32 && matches!(record.kind, RecordKind::Deliver | RecordKind::Lose)
                    }))
                    .collect();
                let mut found: Vec<usize> = trace.in_flight(index).iter().map(|flight| flight.send).collect();
                found.sort_unstable();
                prop_assert_eq!(found, open);
            }
        }
    }
}
