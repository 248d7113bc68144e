//! A learner: finds out what was chosen from votes that it hears of, in whatever order.

use super::{Ballot, Slot, Value, Vote};
use crate::cast::NodeId;
use crate::parts::raft::Members;
use crate::sorted::Map;

/// A value that enough acceptors have voted for in one ballot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Chosen<V> {
    /// In which slot.
    pub slot: Slot,
    /// In which ballot.
    pub ballot: Ballot,
    /// What.
    pub value: V,
    /// By whom.
    pub by: Members,
}

/// Counts votes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Learner<V> {
    votes: Map<(Slot, Ballot), (V, Members)>,
}

impl<V> Default for Learner<V> {
    fn default() -> Self {
        Learner { votes: Map::new() }
    }
}

impl<V: Value> Learner<V> {
    /// An acceptor has voted: what is chosen by that, where so many votes are enough and this is the one that makes them so. A ballot has one
    /// value for each slot.
    pub fn hear(&mut self, enough: u32, from: NodeId, slot: Slot, vote: &Vote<V>) -> Option<Chosen<V>> {
        let entry = self.votes.entry((slot, vote.ballot));
        let (value, by) = entry.or_insert_with(|| (vote.value.clone(), Members::default()));
        let before = by.count();
        *by = by.with(from);
        let chosen = before < enough && by.count() >= enough;
        chosen.then(|| Chosen { slot, ballot: vote.ballot, value: value.clone(), by: *by })
    }

    /// The ballots in which somebody has voted in a slot, in order, and for what.
    pub fn ballots(&self, slot: Slot) -> impl DoubleEndedIterator<Item = (Ballot, &V)> {
        let of = self.votes.iter().filter(move |((of, _), _)| *of == slot);
        of.map(|((_, ballot), (value, _))| (*ballot, value))
    }

    /// How many slots and ballots it has heard of.
    pub fn len(&self) -> usize {
        self.votes.len()
    }

    /// Whether it has heard of none.
    pub fn is_empty(&self) -> bool {
        self.votes.is_empty()
    }
}
