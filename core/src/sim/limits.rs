//! What a run may come to, so that no link takes a machine's memory or an afternoon. Everything is counted, and never asked of a clock or an
//! allocator: a run that meets a limit ends at the same event on every machine, and at every level of detail.
//!
//! What is counted in bytes is what a run keeps for as long as it lasts, each thing with what it takes on a 64-bit machine. A vector that
//! grows takes up to three times of that for a moment, and what is worked out at the end takes about as much again; the limits leave room
//! for both.

use super::observe::Observer;
use super::protocol::{Protocol, Speech};
use super::run::Sim;
use crate::time::DurationUs;

/// The most work of a run, in small events: an event counts as one, and what an event looks through or copies beyond that counts too.
pub const MAX_WORK: u64 = 20_000_000;
/// The most events that may wait at once.
pub const MAX_PENDING: usize = 4_000_000;
/// The most that nodes, network and observers of a run keep, in bytes.
pub const MAX_KEPT_BYTES: u64 = 128 << 20;
/// The most that the records of a run and their words take, in bytes.
pub const MAX_TRACE_BYTES: u64 = 96 << 20;

/// What is kept is summed up once in so many events: nodes and observers have to be asked.
pub(super) const SUMMED_EVERY: u64 = 1 << 12;
/// So many bytes are copied, or looked through, in the time of a small event.
pub(super) const BYTES_IN_AN_EVENT: u64 = 1 << 10;
/// So many bytes of a message are: whoever sends it, gets it and watches the run goes through its parts one by one.
pub(super) const SENT_IN_AN_EVENT: u64 = 1 << 5;

/// What each thing takes, in bytes, without what it refers to ([`super::Kinded::weight`] and its like).
mod bytes {
    pub const OPERATION: u64 = 12;
    pub const LETTER: u64 = 160;
    pub const ALARM: u64 = 64;
    pub const EVENT: u64 = 24;
    pub const WAITING: u64 = 16;
    pub const DRAWN: u64 = 16;
    pub const ASKED: u64 = 40;
}

impl<P: Protocol, O: Observer<P::Speech>> Sim<P, O> {
    /// What the run keeps now, in bytes: the same at every level of detail, for what is recorded has a limit of its own.
    pub(super) fn kept_bytes(&self) -> u64 {
        let count = |n: usize, each: u64| n as u64 * each;
        let nodes = self.states.iter().flatten().map(P::weight).sum::<u64>();
        let disks = self.disks.iter().flatten().map(P::Speech::disk_weight).sum::<u64>();
        let waiting = self.nodes.iter().map(|node| node.waiting.len()).sum();
        let drawn = self.draws.iter().map(crate::sorted::Map::len).sum();
        nodes
            + disks
            + self.observer.weight()
            + self.under_way_bytes
            + count(self.letters.places(), bytes::LETTER)
            + count(self.alarms.places(), bytes::ALARM)
            + count(self.queue.len(), bytes::EVENT)
            + count(self.operations.len(), bytes::OPERATION)
            + count(waiting, bytes::WAITING)
            + count(drawn, bytes::DRAWN)
            + count(self.asked.len(), bytes::ASKED)
    }

    /// The limit that the run has met, as a sentence.
    pub(super) fn limit_met(&self) -> Option<String> {
        let (at, events) = (DurationUs(self.now_us), self.handled());
        let sums_up = events.is_multiple_of(SUMMED_EVERY) || self.under_way_bytes > MAX_KEPT_BYTES;
        if self.worked() >= MAX_WORK {
            Some(match self.work {
                0 => format!("The run stopped at {at}, after {events} events: a run has at most {MAX_WORK}."),
                _ => format!(
                    "The run stopped at {at}, after {events} events: with what they look through and copy they are as much work as {MAX_WORK} small ones, the most that a run may have."
                ),
            })
        } else if self.queue.len() > MAX_PENDING {
            Some(format!("The run stopped at {at}: more than {MAX_PENDING} events were waiting."))
        } else if sums_up && self.kept_bytes() > MAX_KEPT_BYTES {
            let most = MAX_KEPT_BYTES >> 20;
            Some(format!(
                "The run stopped at {at}, after {events} events: what nodes, messages and checks keep of it takes more than {most} MB."
            ))
        } else {
            None
        }
    }
}
