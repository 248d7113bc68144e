//! Making a trace of what a run recorded: its indexes, in stretches.

use super::{BLOCK, Change, NOBODY, NONE, Record, RecordKind, Trace, Words};
use crate::sorted::Map;
use std::sync::{Arc, OnceLock};

/// A trace whose indexes are being made.
pub struct Indexing {
    trace: Trace,
    /// How many changes and records have been indexed.
    changes: usize,
    records: usize,
    /// By kind of message: whether one was sent.
    sent: [bool; 256],
}

impl Indexing {
    /// Begins; nothing is indexed yet. `complete` says whether every record was kept.
    pub fn new(
        nodes: usize,
        records: Vec<Record>,
        changes: Vec<Change>,
        words: Arc<dyn Words>,
        complete: bool,
    ) -> Indexing {
        let trace = Trace {
            by_fact: vec![Map::new(); nodes],
            by_node: vec![Vec::new(); nodes],
            ends: vec![NONE; records.len()],
            acts: Vec::new(),
            turns: Vec::new(),
            kinds: Vec::new(),
            endless: Vec::new(),
            earliest: vec![NONE; records.len().div_ceil(BLOCK)],
            causality: OnceLock::new(),
            records,
            changes,
            words,
            complete,
        };
        Indexing { trace, changes: 0, records: 0, sent: [false; 256] }
    }

    /// Goes on with up to so many changes and records; says how many it has taken.
    pub fn advance(&mut self, count: usize) -> usize {
        let changes = self.changes + count.min(self.trace.changes.len() - self.changes);
        let taken = changes - self.changes;
        let records = self.records + (count - taken).min(self.trace.records.len() - self.records);
        (self.changes..changes).for_each(|i| self.change(i));
        (self.records..records).for_each(|i| self.record(i));
        let taken = taken + records - self.records;
        (self.changes, self.records) = (changes, records);
        taken
    }

    fn change(&mut self, i: usize) {
        let Change { node, key, .. } = self.trace.changes[i];
        self.trace.by_fact[node.index()].entry(key).or_default().push(i as u32);
    }

    fn record(&mut self, i: usize) {
        let (trace, place) = (&mut self.trace, i as u32);
        let record = trace.records[i];
        if record.node != NOBODY {
            trace.by_node[record.node.index()].push(place);
        }
        match record.kind {
            RecordKind::Act => {
                trace.acts.push(place);
                trace.turns.push(place);
            }
            RecordKind::Crash => trace.turns.push(place),
            RecordKind::Send => self.sent[usize::from(record.message)] = true,
            RecordKind::Deliver | RecordKind::Lose if record.cause != NONE => {
                if let Some(send) = trace.index_of(record.cause) {
                    if trace.ends[send] == NONE {
                        trace.ends[send] = place;
                    }
                    let earliest = &mut trace.earliest[i / BLOCK];
                    *earliest = (send as u32).min(*earliest);
                }
            }
            _ => {}
        }
    }

    /// The trace, with whatever had not been indexed yet.
    pub fn trace(mut self) -> Trace {
        self.advance(usize::MAX);
        let mut trace = self.trace;
        let endless = |i: &usize| trace.records[*i].kind == RecordKind::Send && trace.ends[*i] == NONE;
        trace.endless = (0..trace.records.len()).filter(endless).map(|i| i as u32).collect();
        trace.kinds = (0..=u8::MAX).filter(|kind| self.sent[usize::from(*kind)]).collect();
        trace
    }
}
