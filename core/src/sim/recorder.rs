//! Writes the records: numbers them, hashes them into the digest, and keeps those that the level of detail asks for.

use super::limits::MAX_TRACE_BYTES;
use crate::outcome::Detail;
use crate::trace::{Change, NONE, Record, RecordKind, Trace};
use std::cell::Cell;
use std::hash::{Hash, Hasher};

/// The most records that a run keeps.
pub const MAX_RECORDS: usize = 250_000;
/// The most fact changes that a run keeps.
pub const MAX_CHANGES: usize = 500_000;

/// The most records that a run reserves room for.
const MAX_RESERVED: usize = 32_768;

thread_local! {
    /// How many records the run before kept. Who moves a slider gets a run much like it: to let its vectors grow step by step again would
    /// be a tenth of the run.
    static KEPT_BEFORE: Cell<usize> = const { Cell::new(0) };
}

/// For how many records a run that keeps all of them may reserve room.
pub(crate) fn expected(detail: Detail) -> usize {
    let before = KEPT_BEFORE.get();
    if detail == Detail::Full { (before + before / 8).min(MAX_RESERVED) } else { 0 }
}

/// The running hash of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Digest {
        Digest(0x243f_6a88_85a3_08d3)
    }
}

impl Digest {
    /// Takes in a word: rotate, xor and multiply, after FxHash with a second multiplication against weak low bits.
    #[inline]
    pub fn add(&mut self, word: u64) {
        let mixed = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    /// Takes in a value.
    pub fn take_in(&mut self, value: &impl Hash) {
        let mut steady = Steady(*self);
        value.hash(&mut steady);
        *self = steady.0;
    }

    /// The hash.
    pub fn value(self) -> u64 {
        self.0
    }
}

/// A hash that is the same on every machine: every number is widened to 64 bits first.
struct Steady(Digest);

impl Hasher for Steady {
    fn finish(&self) -> u64 {
        self.0.value()
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.0.add(u64::from(*b)));
    }
    fn write_u32(&mut self, n: u32) {
        self.0.add(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.0.add(n);
    }
    fn write_usize(&mut self, n: usize) {
        self.0.add(n as u64);
    }
    fn write_isize(&mut self, n: isize) {
        self.0.add(n as u64);
    }
}

/// The recorder.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) detail: Detail,
    pub(crate) digest: Digest,
    pub(crate) records: Vec<Record>,
    pub(crate) changes: Vec<Change>,
    pub(crate) full: bool,
    /// What the words of what is kept take, in bytes.
    pub(crate) bytes: u64,
    next: u32,
}

impl Recorder {
    pub(crate) fn new(detail: Detail) -> Recorder {
        Recorder {
            detail,
            digest: Digest::default(),
            records: Vec::with_capacity(expected(detail)),
            changes: Vec::new(),
            full: false,
            bytes: 0,
            next: 0,
        }
    }

    /// Whether one more record can be kept; that none can is said at the end.
    #[inline]
    pub(crate) fn has_room(&mut self) -> bool {
        self.full |= self.records.len() >= MAX_RECORDS || self.bytes >= MAX_TRACE_BYTES;
        !self.full
    }

    /// Numbers and hashes a record, and keeps it if asked to. Returns its number.
    #[inline]
    pub(crate) fn write(&mut self, mut record: Record, keep: bool) -> u32 {
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        // One step of the chain for a record: its parts are spread by odd constants first, side by side.
        let who = u64::from(record.cause) << 32 | u64::from(record.node.0) << 16 | u64::from(record.peer.0);
        let what =
            u64::from(record.kind as u8) << 16 | u64::from(record.message) << 8 | u64::from(record.loss);
        let word = (record.at_us.wrapping_mul(0xd6e8_feb8_6659_fd93))
            .wrapping_add(who.wrapping_mul(0xa076_1d64_78bd_642f))
            .wrapping_add(what.wrapping_mul(0xe703_7ed1_a0b4_28db));
        self.digest.add(word);
        if keep {
            record.id = id;
            self.records.push(record);
        }
        id
    }

    pub(crate) fn change(&mut self, change: Change) {
        if self.changes.len() < MAX_CHANGES && self.bytes < MAX_TRACE_BYTES {
            self.bytes += change.value.weight();
            self.changes.push(change);
        } else {
            self.full = true;
        }
    }

    /// What is to be told of a trace that is not the whole run's.
    pub(crate) fn told_full(&self, trace: &Trace) -> Option<String> {
        let records = trace.records().len();
        let why = match (records >= MAX_RECORDS, self.bytes >= MAX_TRACE_BYTES) {
            (true, _) => String::new(),
            (_, true) => {
                format!(" They say so much that they take {} MB, the most for a run.", MAX_TRACE_BYTES >> 20)
            }
            (_, false) => format!(" In them nodes report {MAX_CHANGES} times, the most for a run."),
        };
        self.full.then(|| format!("Only the first {records} records of the run are kept; figures and verdicts count all of it.{why}"))
    }

    /// Takes out what has been recorded.
    pub(crate) fn take(&mut self) -> (Vec<Record>, Vec<Change>) {
        KEPT_BEFORE.set(self.records.len());
        (std::mem::take(&mut self.records), std::mem::take(&mut self.changes))
    }

    /// How many records the run has had, kept or not.
    pub(crate) fn count(&self) -> u32 {
        self.next
    }

    /// Whether the record of that number, one of the latest, was kept.
    pub(crate) fn kept(&self, id: u32) -> bool {
        self.records.iter().rev().take_while(|r| r.id >= id).any(|r| r.id == id)
    }
}

/// An attempt as a record keeps it.
#[inline]
pub(crate) fn attempt_byte(attempt: u16) -> u8 {
    attempt.min(u16::from(u8::MAX)) as u8
}

/// A record of a kind with nothing else in it yet.
#[inline]
pub(crate) fn record(kind: RecordKind, at_us: u64, cause: u32) -> Record {
    Record {
        at_us,
        id: 0,
        cause,
        op: NONE,
        payload: NONE,
        node: crate::trace::NOBODY,
        peer: crate::trace::NOBODY,
        kind,
        message: 0,
        loss: 0,
        attempt: 0,
    }
}
