//! What a reader is told, and which writes that may stand for. A reader sees values, not versions: a value may be any write of it, and
//! nothing may be any deletion, a tombstone read or one forgotten, or the time before the first write. The laws of reading judge by
//! this alone, so that runs in which clients are told the same are judged the same.

use super::{WriteId, Written};
use crate::sorted::{Map, Set};
use crate::trace::Mark;

/// A value of a key, or nothing.
pub(super) type Told = Option<u32>;

/// The writes of a key by what a reader is told of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Tellings {
    values: Map<u32, Value>,
    /// Deletions that have not been acknowledged: they may take effect at any moment.
    open: Set<WriteId>,
    /// The acknowledged ones in order.
    deleted: Vec<WriteId>,
}

/// The writes of one value.
#[derive(Clone, Copy, Debug)]
struct Value {
    /// The first of them.
    first: WriteId,
    begun: u32,
    acked: u32,
    /// The last acknowledgement.
    last: Mark,
}

type Writes = Map<WriteId, Written>;

impl Tellings {
    /// A write is asked for.
    pub(super) fn begins(&mut self, write: WriteId, told: Told) {
        match told {
            None => drop(self.open.insert(write)),
            Some(value) => {
                let none = Value { first: write, begun: 0, acked: 0, last: Mark::default() };
                self.values.entry(value).or_insert(none).begun += 1;
            }
        }
    }

    /// A write is acknowledged.
    pub(super) fn acknowledged(&mut self, write: WriteId, told: Told, at: Mark) {
        match told {
            None => {
                self.open.remove(&write);
                self.deleted.push(write);
            }
            Some(value) => {
                if let Some(value) = self.values.get_mut(&value) {
                    value.acked += 1;
                    value.last = at;
                }
            }
        }
    }

    /// When the last of what a reader may have been told of was acknowledged; none while some of it has not been. The time before the first
    /// write was over at the start.
    pub(super) fn over(&self, writes: &Writes, told: Told) -> Option<Mark> {
        match told {
            None => self
                .open
                .is_empty()
                .then(|| self.deleted.last().and_then(|last| writes[last].acked).unwrap_or_default()),
            Some(value) => match self.values.get(&value) {
                Some(value) => (value.begun == value.acked).then_some(value.last),
                None => Some(Mark::default()),
            },
        }
    }

    /// Whether all that a reader may have been told of was over before a moment.
    pub(super) fn is_over(&self, writes: &Writes, told: Told, before: Mark) -> bool {
        self.over(writes, told).is_some_and(|over| over < before)
    }

    /// Whether only one write has made this: to be told so a second time is to be told of the same.
    pub(super) fn is_single(&self, told: Told) -> bool {
        told.and_then(|value| self.values.get(&value)).is_some_and(|value| value.begun == 1)
    }

    /// The earliest moment at which what a reader is told may have begun to be so, for one who has seen what began at `floor`; none where
    /// it may always have been so, or several writes made it.
    pub(super) fn since(&self, writes: &Writes, told: Told, floor: Option<Mark>) -> Option<Mark> {
        match told {
            Some(value) => {
                let value = self.values.get(&value).filter(|value| value.begun == 1)?;
                Some(writes[&value.first].invoked)
            }
            // Before the first write it was earlier than anything that has been seen.
            None => {
                let floor = floor?;
                let later = self.deleted.partition_point(|write| writes[write].acked < Some(floor));
                let may_be = self.open.iter().chain(&self.deleted[later..]);
                may_be.map(|write| writes[write].invoked).min()
            }
        }
    }
}
