//! What a run leaves behind: records with their causes, fact changes, and indexes to look things up.

mod causes;
mod indexing;
mod loss;
mod record;
mod world;

pub use causes::{Causality, past};
pub use indexing::Indexing;
pub use loss::Loss;
pub use record::{Change, Fact, FactKey, Mark, NOBODY, NONE, Record, RecordKind, Splice, Stretches};
pub use world::{Paused, Slow, World};

use crate::cast::NodeId;
use crate::sorted::Map;
use std::sync::{Arc, OnceLock};

/// Makes words of payloads, when somebody reads them.
pub trait Words: Send + Sync {
    /// The payload in words.
    fn text(&self, payload: u32) -> String;
}

/// No words: for runs that keep none.
#[derive(Debug)]
pub struct Silent;

impl Words for Silent {
    fn text(&self, _: u32) -> String {
        String::new()
    }
}

/// The records of a run and the indexes into them.
#[derive(Clone)]
pub struct Trace {
    records: Vec<Record>,
    changes: Vec<Change>,
    /// Places in `changes`, by node and fact.
    by_fact: Vec<Map<FactKey, Vec<u32>>>,
    /// Places in `records`, by node.
    by_node: Vec<Vec<u32>>,
    /// For each kept record, the place of the delivery or loss that a send came to, or [`NONE`].
    ends: Vec<u32>,
    /// Places in `records` of the acts.
    acts: Vec<u32>,
    /// Places in `records` of the acts and of the crashes that they led to later.
    turns: Vec<u32>,
    /// The kinds of message that were sent, in order.
    kinds: Vec<u8>,
    /// Places of the sends that came to nothing within the run.
    endless: Vec<u32>,
    /// For each block of [`BLOCK`] records, the place of the earliest send that one of them ends.
    earliest: Vec<u32>,
    causality: OnceLock<Causality>,
    words: Arc<dyn Words>,
    complete: bool,
}

/// How many records share an entry of the index that finds messages in flight.
const BLOCK: usize = 64;

/// A message that has been sent and has not yet arrived or died: places among the kept records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flight {
    /// Its send.
    pub send: usize,
    /// The delivery or loss that it will come to; none when the run ends before.
    pub end: Option<usize>,
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trace of {} records", self.records.len())
    }
}

impl Trace {
    /// Those of its records and changes that are asked for, as of a sample of the run.
    pub fn only(self, keeps: impl Fn(&Record) -> bool, tells: impl Fn(&Change) -> bool) -> Trace {
        let records: Vec<Record> = self.records.into_iter().filter(|record| keeps(record)).collect();
        let there = |id: u32| records.binary_search_by_key(&id, |record| record.id).is_ok();
        let changes =
            self.changes.into_iter().filter(|change| tells(change) && there(change.record)).collect();
        Indexing::new(self.by_node.len(), records, changes, self.words, false).trace()
    }

    /// The records in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Whether every record of the run is here (detail `Full`), not a sample.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The place of the record of that number, if it was kept.
    pub fn index_of(&self, id: u32) -> Option<usize> {
        match self.records.get(id as usize) {
            Some(record) if record.id == id => Some(id as usize),
            _ => self.records.binary_search_by_key(&id, |r| r.id).ok(),
        }
    }

    /// The record of that number, if it was kept.
    pub fn get(&self, id: u32) -> Option<&Record> {
        self.index_of(id).map(|i| &self.records[i])
    }

    /// What the script has done, as places among the kept records, in order: its acts, and the crashes that they led to later.
    pub fn turns(&self) -> &[u32] {
        &self.turns
    }

    /// How many kept records come at or before a time.
    pub fn count_until(&self, at_us: u64) -> usize {
        self.records.partition_point(|r| r.at_us <= at_us)
    }

    /// The records at a node, as places among the kept ones, in order; none where the run has no such node, as one of two beside each other
    /// may not.
    pub fn lane(&self, node: NodeId) -> &[u32] {
        self.by_node.get(node.index()).map_or(&[], |lane| lane.as_slice())
    }

    /// The delivery or loss that the send at that place came to, if it did within the run.
    pub fn end_of(&self, send: usize) -> Option<&Record> {
        self.records.get(*self.ends.get(send)? as usize)
    }

    /// The acts of the script, as places among the kept records, in order; a record's `payload` is the cue's index.
    pub fn acts(&self) -> &[u32] {
        &self.acts
    }

    /// The kinds of message that were sent, as indexes into the lab's `kinds`, in order.
    pub fn kinds(&self) -> &[u8] {
        &self.kinds
    }

    /// The messages under way after the first `index` kept records, in order of their ends; a doubled one counts twice.
    pub fn in_flight(&self, index: usize) -> Vec<Flight> {
        let mut flights = Vec::new();
        for block in index / BLOCK..self.earliest.len() {
            if self.earliest[block] == NONE || self.earliest[block] as usize >= index {
                continue;
            }
            for end in (block * BLOCK).max(index)..((block + 1) * BLOCK).min(self.records.len()) {
                let record = &self.records[end];
                if matches!(record.kind, RecordKind::Deliver | RecordKind::Lose)
                    && let Some(send) = self.index_of(record.cause).filter(|send| *send < index)
                {
                    flights.push(Flight { send, end: Some(end) });
                }
            }
        }
        let endless = self.endless.iter().map(|i| *i as usize).take_while(|i| *i < index);
        flights.extend(endless.map(|send| Flight { send, end: None }));
        flights
    }

    /// Who knew what when: clocks and happened-before, worked out when first asked for.
    pub fn causality(&self) -> &Causality {
        self.causality.get_or_init(|| Causality::of(self, self.by_node.len()))
    }

    /// All fact changes in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The changes that one record brought.
    pub fn changes_of(&self, id: u32) -> &[Change] {
        let from = self.changes.partition_point(|c| c.record < id);
        let to = self.changes.partition_point(|c| c.record <= id);
        &self.changes[from..to]
    }

    /// The history of one fact.
    pub fn history(&self, node: NodeId, key: FactKey) -> impl Iterator<Item = &Change> {
        self.facts_of(node)
            .and_then(|facts| facts.get(&key))
            .into_iter()
            .flatten()
            .map(|i| &self.changes[*i as usize])
    }

    /// The facts that a node ever had, in order of their keys.
    pub fn fact_keys(&self, node: NodeId) -> impl Iterator<Item = FactKey> + '_ {
        self.facts_of(node).into_iter().flat_map(|facts| facts.keys().copied())
    }

    fn facts_of(&self, node: NodeId) -> Option<&Map<FactKey, Vec<u32>>> {
        self.by_fact.get(node.index())
    }

    /// The last change of a fact at or before the record of number `id`.
    pub fn change_at(&self, node: NodeId, key: FactKey, id: u32) -> Option<&Change> {
        let changes = self.facts_of(node)?.get(&key)?;
        let count = changes.partition_point(|i| self.changes[*i as usize].record <= id);
        count.checked_sub(1).map(|i| &self.changes[changes[i] as usize])
    }

    /// A fact's value after the record of number `id`.
    pub fn fact_at(&self, node: NodeId, key: FactKey, id: u32) -> Option<&Fact> {
        self.change_at(node, key, id).map(|change| &change.value)
    }

    /// A list's items after the record of number `id`, put together from its changes.
    pub fn list_at(&self, node: NodeId, key: FactKey, id: u32) -> Vec<Arc<str>> {
        let mut items: Vec<Arc<str>> = Vec::new();
        for change in self.history(node, key).take_while(|c| c.record <= id) {
            if let Fact::List(Splice { at, remove, insert }) = &change.value {
                let from = (*at as usize).min(items.len());
                let to = (from + *remove as usize).min(items.len());
                items.splice(from..to, insert.iter().cloned());
            }
        }
        items
    }

    /// A record's payload in words: a message, a timer, a request, an answer, a note; empty where it has none.
    pub fn words(&self, record: &Record) -> String {
        if record.kind == RecordKind::Act { String::new() } else { self.payload_words(record.payload) }
    }

    pub(crate) fn payload_words(&self, payload: u32) -> String {
        if payload == NONE { String::new() } else { self.words.text(payload) }
    }
}

/// A place in a run to look at: after the first `index` kept records, at a time that only places things in motion.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Cursor {
    /// How many of the kept records have happened.
    pub index: u32,
    /// The time, in µs.
    pub at_us: u64,
}

impl Cursor {
    /// After everything up to a time.
    pub fn at(trace: &Trace, at_us: u64) -> Cursor {
        Cursor { index: trace.count_until(at_us) as u32, at_us }
    }

    /// Just after a record, by its place among the kept ones.
    pub fn after(trace: &Trace, index: usize) -> Cursor {
        Cursor { index: index as u32 + 1, at_us: trace.records()[index].at_us }
    }

    /// The last record that has happened.
    pub fn record<'a>(&self, trace: &'a Trace) -> Option<&'a Record> {
        (self.index as usize).checked_sub(1).and_then(|i| trace.records().get(i))
    }

    /// The number of the last record that has happened; facts are looked up at it.
    pub fn record_id(&self, trace: &Trace) -> Option<u32> {
        self.record(trace).map(|r| r.id)
    }
}
