//! A partition that brokers replicate, by Kafka's published rules: logs with leader epochs (KIP-101, and KIP-595 for how a follower hears that it
//! has diverged), in-sync replicas and the high watermark (Kafka documentation, Design §4.7), the election of a leader.

use crate::sorted::Map;

/// A record, and the epoch of the leader that appended it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Record<T> {
    /// That leader's epoch.
    pub epoch: u32,
    /// What it holds.
    pub value: T,
}

/// An epoch, and the offset after its last record in a log.
pub type EpochEnd = (u32, u32);

/// A replica's log. Offsets count from 0.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PartitionLog<T> {
    records: Vec<Record<T>>,
    high_watermark: u32,
}

impl<T: Copy> PartitionLog<T> {
    /// An empty log.
    pub fn new() -> PartitionLog<T> {
        PartitionLog { records: Vec::new(), high_watermark: 0 }
    }

    /// The offset after the last record (LEO).
    pub fn end(&self) -> u32 {
        self.records.len() as u32
    }

    /// The offset below which records are committed, as this replica knows: consumers see no others.
    pub fn high_watermark(&self) -> u32 {
        self.high_watermark
    }

    /// All records.
    pub fn records(&self) -> &[Record<T>] {
        &self.records
    }

    /// The epoch of the last record; 0 before there is one.
    pub fn last_epoch(&self) -> u32 {
        self.records.last().map_or(0, |record| record.epoch)
    }

    /// Appends a record: its offset.
    pub fn append(&mut self, epoch: u32, value: T) -> u32 {
        self.records.push(Record { epoch, value });
        self.end() - 1
    }

    /// Records from an offset up to another, at most so many.
    pub fn read(&self, from: u32, upto: u32, most: u32) -> &[Record<T>] {
        let to = upto.min(self.end()).min(from.saturating_add(most));
        self.records.get(from as usize..to as usize).unwrap_or(&[])
    }

    /// The latest epoch up to this one that the log has, and where it ends (`OffsetsForLeaderEpoch`).
    pub fn end_of(&self, epoch: u32) -> EpochEnd {
        let end = self.records.partition_point(|record| record.epoch <= epoch);
        (end.checked_sub(1).map_or(0, |last| self.records[last].epoch), end as u32)
    }

    /// Whether a follower whose log ends so, with that last epoch, has what this leader does not: up to where they may agree.
    pub fn diverges(&self, end: u32, last_epoch: u32) -> Option<EpochEnd> {
        let mine = self.end_of(last_epoch);
        (mine.0 < last_epoch || mine.1 < end).then_some(mine)
    }

    /// A follower gives up what its leader does not have: from where on, and what that was.
    pub fn truncate(&mut self, leader: EpochEnd) -> (u32, Vec<Record<T>>) {
        let to = self.end_of(leader.0).1.min(leader.1);
        self.high_watermark = self.high_watermark.min(to);
        (to, self.records.split_off(to as usize))
    }

    /// More is committed: whether that is news.
    pub fn commit(&mut self, high_watermark: u32) -> bool {
        let upto = high_watermark.min(self.end());
        let news = upto > self.high_watermark;
        self.high_watermark = self.high_watermark.max(upto);
        news
    }
}

impl<T: Copy> Default for PartitionLog<T> {
    fn default() -> PartitionLog<T> {
        PartitionLog::new()
    }
}

/// A follower as its leader knows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Follower {
    end: u32,
    /// When it last had all that there was, in µs.
    caught_up_us: i64,
    /// When it fetched last, and where the leader's log ended then.
    fetched: (i64, u32),
    /// It has fetched since it was told to be out of sync, or since this leader leads.
    seen: bool,
}

/// The replicas that a leader counts on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InSync<N> {
    me: N,
    isr: Vec<N>,
    /// What it has asked the controller for: until it hears of it, it counts on both.
    asked: Option<Vec<N>>,
    followers: Map<N, Follower>,
    /// Where its log ended when it became leader.
    from: u32,
}

impl<N: Copy + Ord> InSync<N> {
    /// A replica begins to lead, whose log ends there. Others are thought to be in sync until they have had time to fetch.
    pub fn new(me: N, isr: Vec<N>, followers: impl Iterator<Item = N>, end: u32, now_us: i64) -> InSync<N> {
        let fresh = Follower { end: 0, caught_up_us: now_us, fetched: (now_us, end), seen: false };
        let followers = followers.filter(|node| *node != me).map(|node| (node, fresh));
        let mut all = Map::new();
        for (node, follower) in followers {
            all.insert(node, follower);
        }
        InSync { me, isr, asked: None, followers: all, from: end }
    }

    /// The in-sync replicas, as the controller knows them.
    pub fn isr(&self) -> &[N] {
        &self.isr
    }

    /// Where a follower's log ends, as far as is known.
    pub fn end(&self, follower: N) -> u32 {
        self.followers.get(&follower).map_or(0, |follower| follower.end)
    }

    /// The controller says who is in sync.
    pub fn told(&mut self, isr: Vec<N>) {
        for (node, follower) in self.followers.iter_mut() {
            let counted = self.isr.contains(node) || self.asked.iter().flatten().any(|asked| asked == node);
            follower.seen &= !counted || isr.contains(node);
        }
        (self.isr, self.asked) = (isr, None);
    }

    /// A follower fetches from an offset, which tells that it has all before; the leader's log ends at `end`.
    pub fn fetched(&mut self, node: N, from: u32, end: u32, now_us: i64) {
        let Some(follower) = self.followers.get_mut(&node) else { return };
        let (fetched_us, end_then) = follower.fetched;
        if from >= end {
            follower.caught_up_us = now_us;
        } else if from >= end_then {
            follower.caught_up_us = follower.caught_up_us.max(fetched_us);
        }
        (follower.end, follower.fetched, follower.seen) = (from, (now_us, end), true);
    }

    /// What all replicas in sync have, of a log that ends there.
    pub fn high_watermark(&self, end: u32) -> u32 {
        let counted = self.isr.iter().chain(self.asked.iter().flatten()).filter(|node| **node != self.me);
        counted.map(|node| self.end(*node)).min().unwrap_or(end).min(end)
    }

    /// The in-sync replicas there should be, where they are to change (`AlterPartition`): without those that have not had all for `lag_us`
    /// (`replica.lag.time.max.ms`), and with those that have caught up with the high watermark and with this leader's beginning.
    pub fn change(&mut self, high_watermark: u32, now_us: i64, lag_us: u64) -> Option<Vec<N>> {
        if self.asked.is_some() {
            return None;
        }
        let (me, from) = (self.me, self.from);
        let stays = |node: &N, follower: &Follower| {
            let current = follower.caught_up_us.saturating_add_unsigned(lag_us) > now_us;
            let caught_up = follower.end >= high_watermark.max(from);
            if self.isr.contains(node) { current } else { follower.seen && caught_up && current }
        };
        let mut isr: Vec<N> = self
            .followers
            .iter()
            .filter(|(node, follower)| stays(node, follower))
            .map(|(node, _)| *node)
            .collect();
        isr.push(me);
        crate::sorted::sort(&mut isr);
        let mut now = self.isr.clone();
        crate::sorted::sort(&mut now);
        (isr != now).then(|| {
            self.asked = Some(isr.clone());
            isr
        })
    }

    /// What was asked of the controller has come to nothing: it is asked again.
    pub fn ask_again(&mut self) {
        self.asked = None;
    }
}

/// The leader of a partition and its in-sync replicas once some are down: the first of its replicas, in their order, that is in sync and up. If none
/// is, nobody leads and who was in sync last stays so; or, if the election may be unclean, the first that is up leads, alone.
pub fn elect<N: Copy + PartialEq>(
    replicas: &[N],
    isr: &[N],
    up: impl Fn(N) -> bool,
    unclean: bool,
) -> (Option<N>, Vec<N>) {
    let left: Vec<N> = isr.iter().copied().filter(|node| up(*node)).collect();
    match replicas.iter().copied().find(|node| left.contains(node)) {
        Some(leader) => (Some(leader), left),
        None => match replicas.iter().copied().find(|node| unclean && up(*node)) {
            Some(leader) => (Some(leader), vec![leader]),
            None => (None, isr.to_vec()),
        },
    }
}

#[cfg(test)]
mod tests;
