//! What a leader keeps of each follower, and of its own standing.

use super::Index;
use super::members::Members;
use super::reading::Pending;
use crate::cast::NodeId;
use crate::sorted::Map;
use std::collections::VecDeque;

/// A leader's volatile state, new with each election.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Leading {
    /// `nextIndex[]` and `matchIndex[]`, and what belongs to them.
    pub progress: Map<NodeId, Progress>,
    /// Up to where its own log is on disk.
    pub stored_index: Index,
    /// The number of the latest round: messages that were begun together.
    pub(super) round: u32,
    /// When the rounds began that no majority has answered, and the latest that one has.
    pub(super) rounds: VecDeque<(u32, u64)>,
    pub(super) pending: Vec<Pending>,
}

/// How far a follower is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Progress {
    /// The next entry to send: taken to be on its way once it was sent (thesis §10.2.1).
    pub next_index: Index,
    /// The highest entry known to be there.
    pub match_index: Index,
    /// Where the logs meet is not known yet: one message at a time.
    pub probing: bool,
    /// The latest round that it has answered.
    pub(super) round: u32,
    /// When it last answered.
    pub(super) heard_us: u64,
}

impl Leading {
    pub(super) fn new(peers: Members, last_index: Index, now_us: u64) -> Leading {
        let mut leading = Leading {
            progress: Map::new(),
            stored_index: 0,
            round: 0,
            rounds: VecDeque::new(),
            pending: Vec::new(),
        };
        leading.fit(peers, last_index, now_us);
        leading
    }

    /// Follows those that are members, and no others.
    pub(super) fn fit(&mut self, peers: Members, last_index: Index, now_us: u64) {
        self.progress.retain(|peer, _| peers.contains(*peer));
        for peer in peers.iter() {
            let next_index = last_index + 1;
            let new = Progress { next_index, match_index: 0, probing: true, round: 0, heard_us: now_us };
            self.progress.entry(peer).or_insert(new);
        }
    }

    /// Rounds before the one that a majority has answered are of no more use; of others so many are kept as may yet be answered.
    pub(super) fn forget_rounds(&mut self, confirmed: u32) {
        const MOST: usize = 256;
        while self.rounds.len() > MOST || self.rounds.front().is_some_and(|(round, _)| *round < confirmed) {
            self.rounds.pop_front();
        }
    }

    /// The reads that wait, by number.
    pub(super) fn reads(self) -> impl Iterator<Item = u64> {
        self.pending.into_iter().map(|read| read.number)
    }
}
