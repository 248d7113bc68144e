//! A partition at a broker: its log, who leads it, and who waits for what of it.

use super::item::{At, Entry, Row};
use super::message::{Batch, Msg, Speech};
use crate::cast::NodeId;
use crate::kits::object::Waiting;
use crate::parts::partition_log::{InSync, PartitionLog};
use crate::parts::sequences::Sequences;
use crate::sim::Out;
use crate::sorted::Map;

/// The most records that a fetch brings.
const MOST: u32 = 500;

/// The logs of all partitions, as they are on disk. A process that ends leaves what it has written to the system, so nothing waits for a disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk(pub Vec<PartitionLog<Entry>>);

impl Disk {
    /// What it takes, in bytes.
    pub fn weight(&self) -> u64 {
        self.0.iter().map(|log| 40 * u64::from(log.end())).sum()
    }
}

/// What a broker knows of a partition beside its log.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Place {
    /// The leader's epoch.
    pub epoch: u32,
    /// The latest decision that it has heard of.
    pub version: u32,
    /// Who leads.
    pub leader: Option<NodeId>,
    /// The producers that it knows.
    pub known: Sequences,
    /// Where it leads: who is in sync.
    pub sync: Option<InSync<NodeId>>,
    /// Producers that wait until an offset is committed.
    pub producers: Vec<(u32, Waiting)>,
    /// Followers that have all.
    pub fetches: Map<NodeId, u32>,
    /// Consumers that have all that is committed: their offsets, and the rounds of their asking.
    pub polls: Map<NodeId, (u32, u32)>,
}

impl Place {
    /// Followers that wait are sent what there is; or, where that is news, how much is committed.
    pub fn serve_followers(
        &mut self,
        partition: u16,
        log: &PartitionLog<Entry>,
        committed: bool,
        out: &mut Out<Speech>,
    ) {
        let ready = |(node, end): (&NodeId, &u32)| (committed || *end < log.end()).then_some((*node, *end));
        let ready: Vec<(NodeId, u32)> = self.fetches.iter().filter_map(ready).collect();
        for (node, from) in ready {
            self.fetches.remove(&node);
            let records = Batch(log.read(from, u32::MAX, MOST).to_vec());
            out.send(
                node,
                Msg::Records { partition, epoch: self.epoch, from, records, committed: log.high_watermark() },
            );
        }
    }

    /// Consumers that wait are sent what is committed.
    pub fn serve_consumers(&mut self, partition: u16, log: &PartitionLog<Entry>, out: &mut Out<Speech>) {
        let upto = log.high_watermark();
        let ready = |(node, poll): (&NodeId, &(u32, u32))| (poll.0 < upto).then_some((*node, *poll));
        let ready: Vec<(NodeId, (u32, u32))> = self.polls.iter().filter_map(ready).collect();
        for (node, (offset, round)) in ready {
            self.polls.remove(&node);
            let items = log.read(offset, upto, MOST).iter().map(|record| record.value.item).collect();
            out.send(node, Msg::Polled { at: At { partition, offset }, round, items: Row(items) });
        }
    }
}
