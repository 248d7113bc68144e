//! What a broker knows of a partition's idempotent producers (KIP-98; `ProducerStateManager`): each has an id, an epoch and a sequence that rises by one.

use crate::sorted::Map;
use std::collections::VecDeque;

/// So many of a producer's last records are known one by one: why no more than five may be in flight.
pub const REMEMBERED: usize = 5;

/// What stands in a record for its producer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Stamp {
    /// The producer's id; another each time one comes up.
    pub producer: u32,
    /// Its epoch: a producer that cannot tell what became of a record raises it, and begins again with sequence 0.
    pub epoch: u16,
    /// The record's number in that epoch and partition, from 0.
    pub sequence: u32,
}

/// What is to be done with a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Judged {
    /// It is the next.
    Next,
    /// It stands in the log at this offset: say so, and do not append it again.
    Duplicate(u32),
    /// One before it is missing, or it is older than what is known.
    OutOfOrder,
    /// Its producer has a later epoch.
    Fenced,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Known {
    epoch: u16,
    /// Sequences and offsets, the oldest first.
    last: VecDeque<(u32, u32)>,
}

/// The producers that a partition knows.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Sequences(Map<u32, Known>);

impl Sequences {
    /// Those whose records are in a log, with their offsets from 0.
    pub fn of(stamps: impl Iterator<Item = Option<Stamp>>) -> Sequences {
        let mut sequences = Sequences::default();
        for (offset, stamp) in stamps.enumerate() {
            if let Some(stamp) = stamp {
                sequences.appended(stamp, offset as u32);
            }
        }
        sequences
    }

    /// What to do with a record that comes. Of a producer that is not known any sequence is taken.
    pub fn judge(&self, stamp: Stamp) -> Judged {
        let Some(known) = self.0.get(&stamp.producer) else { return Judged::Next };
        if stamp.epoch < known.epoch {
            return Judged::Fenced;
        }
        if stamp.epoch > known.epoch {
            return if stamp.sequence == 0 { Judged::Next } else { Judged::OutOfOrder };
        }
        if let Some((_, offset)) = known.last.iter().find(|(sequence, _)| *sequence == stamp.sequence) {
            return Judged::Duplicate(*offset);
        }
        match known.last.back() {
            Some((last, _)) if last.checked_add(1) == Some(stamp.sequence) => Judged::Next,
            _ => Judged::OutOfOrder,
        }
    }

    /// A record stands in the log.
    pub fn appended(&mut self, stamp: Stamp, offset: u32) {
        let fresh = || Known { epoch: stamp.epoch, last: VecDeque::new() };
        let known = self.0.entry(stamp.producer).or_insert_with(fresh);
        if known.epoch != stamp.epoch {
            *known = fresh();
        }
        known.last.push_back((stamp.sequence, offset));
        if known.last.len() > REMEMBERED {
            known.last.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What has come, and what is to be done with what comes then.
    #[test]
    fn records_are_taken_once_and_in_order() {
        let stamp = |epoch, sequence| Stamp { producer: 7, epoch, sequence };
        let log = |upto: u32| Sequences::of((0..upto).map(|sequence| Some(stamp(3, sequence))));
        for (upto, epoch, sequence, judged) in [
            (0, 3, 5, Judged::Next),
            (3, 3, 3, Judged::Next),
            (3, 3, 2, Judged::Duplicate(2)),
            (3, 3, 0, Judged::Duplicate(0)),
            (3, 3, 4, Judged::OutOfOrder),
            (6, 3, 1, Judged::Duplicate(1)),
            (6, 3, 0, Judged::OutOfOrder),
            (3, 2, 3, Judged::Fenced),
            (3, 4, 0, Judged::Next),
            (3, 4, 1, Judged::OutOfOrder),
        ] {
            assert_eq!(log(upto).judge(stamp(epoch, sequence)), judged, "after {upto}: {epoch}, {sequence}");
        }
    }

    #[test]
    fn producers_do_not_know_of_each_other_and_an_epoch_begins_anew() {
        let of = |producer, epoch, sequence| Stamp { producer, epoch, sequence };
        let mut known =
            Sequences::of([Some(of(1, 0, 0)), None, Some(of(2, 0, 0)), Some(of(1, 0, 1))].into_iter());
        assert_eq!(known.judge(of(1, 0, 1)), Judged::Duplicate(3));
        assert_eq!(known.judge(of(2, 0, 1)), Judged::Next);
        known.appended(of(1, 1, 0), 4);
        assert_eq!(known.judge(of(1, 0, 2)), Judged::Fenced);
        assert_eq!(known.judge(of(1, 1, 0)), Judged::Duplicate(4));
        assert_eq!(known.judge(of(1, 1, 1)), Judged::Next);
    }
}
