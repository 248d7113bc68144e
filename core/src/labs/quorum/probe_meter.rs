//! What a probe measures: whether its read was fresh, and from when on it would have been (PBS, Bailis et al., VLDB 2012).

use super::message::{Msg, Speech};
use super::config::Config;
use crate::cast::NodeId;
use crate::sim::Seen;
use crate::trace::Mark;

/// Follows the last write and the read to each replica.
#[derive(Clone, Debug)]
pub struct ProbeMeter {
    writes: u32,
    t_us: u64,
    reader: NodeId,
    /// When the last write came to each server.
    write_came_us: Vec<Option<u64>>,
    /// How many servers it was sent to and has not come to yet.
    under_way: u32,
    /// When the read came to each server.
    read_came_us: Vec<Option<u64>>,
    answered: Option<Vec<NodeId>>,
    /// Which write was read, from 1; 0 is none.
    read: u32,
    ended: bool,
}

impl ProbeMeter {
    /// A meter for a run with this configuration.
    pub fn new(config: &Config) -> ProbeMeter {
        let servers = usize::from(config.cast.servers);
        ProbeMeter {
            writes: config.params.writes,
            t_us: config.params.t,
            reader: config.cast.coordinator(1),
            write_came_us: vec![None; servers],
            under_way: 0,
            read_came_us: vec![None; servers],
            answered: None,
            read: 0,
            ended: false,
        }
    }

    /// The read has returned the write of this number (from 1), or nothing.
    pub fn read(&mut self, answered: &[NodeId], write: u32) {
        self.answered = Some(answered.to_vec());
        self.read = write;
    }

    /// Whether a message carries the last write to one of its owners.
    fn is_last(&self, msg: &Msg) -> bool {
        let Msg::Write { object, owner: None, .. } = msg else { return false };
        object.versions().iter().any(|version| version.write.number + 1 == self.writes)
    }

    /// Something happened.
    pub fn see(&mut self, mark: Mark, seen: &Seen<'_, Speech>) {
        match seen {
            Seen::Send { msg, .. } if self.is_last(msg) => self.under_way += 1,
            Seen::Lose { msg, .. } if self.is_last(msg) => self.under_way = self.under_way.saturating_sub(1),
            Seen::Deliver { to, msg, .. } => match msg {
                Msg::Read { .. } => self.read_came_us[to.index()] = Some(mark.at_us),
                msg if self.is_last(msg) => {
                    self.write_came_us[to.index()].get_or_insert(mark.at_us);
                    self.under_way = self.under_way.saturating_sub(1);
                }
                _ => {}
            },
            Seen::Return { key, .. } if key.client == self.reader => self.ended = true,
            _ => {}
        }
    }

    /// Whether everything is known: the read is over, and the write has come to all those who answered it.
    pub fn is_done(&self) -> bool {
        let came = |node: &NodeId| self.write_came_us[node.index()].is_some();
        self.ended && (self.under_way == 0 || self.answered.as_ref().is_none_or(|answered| answered.iter().all(came)))
    }

    /// 1 when the read returned the last write.
    pub fn fresh(&self) -> Option<i64> {
        self.behind().map(|behind| i64::from(behind == 0))
    }

    /// By how many versions the read was behind; all of them when it found none.
    pub fn behind(&self) -> Option<i64> {
        self.answered.is_some().then(|| i64::from(self.writes) - i64::from(self.read))
    }

    /// 1 when the read returned one of the last `writes` versions: with k writes, k-staleness.
    pub fn within(&self) -> Option<i64> {
        self.behind().map(|behind| i64::from(behind < i64::from(self.writes)))
    }

    /// The least t from which on the read would have been fresh with the same dice, in µs: with every leg the same, a read that begins later
    /// comes later to every replica alike, so that the replicas that answer first are the same.
    pub fn visible_us(&self) -> Option<i64> {
        let missed = |node: &NodeId| {
            let written = self.write_came_us[node.index()]? as i64;
            let read = self.read_came_us[node.index()]? as i64;
            Some(written - (read - self.t_us as i64))
        };
        let least = self.answered.as_ref()?.iter().filter_map(missed).min()?;
        Some(least.max(0))
    }
}
