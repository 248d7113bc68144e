//! What a proposer has been promised, and what it must therefore propose.

use super::{Ballot, Pick, Slot, Value, Vote};
use crate::cast::NodeId;
use crate::parts::raft::Members;
use crate::sorted::Map;

/// The promises that a proposer has gathered for its ballot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Promises<V> {
    /// Its ballot.
    pub ballot: Ballot,
    /// Who has promised it.
    pub by: Members,
    /// For each slot that anybody has voted in, the vote that it goes by.
    found: Map<Slot, Vote<V>>,
}

impl<V: Value> Promises<V> {
    /// None yet.
    pub fn new(ballot: Ballot) -> Promises<V> {
        Promises { ballot, by: Members::default(), found: Map::new() }
    }

    /// An acceptor promises, and tells of its votes.
    pub fn add(&mut self, pick: Pick, from: NodeId, votes: Vec<(Slot, Vote<V>)>) {
        self.by = self.by.with(from);
        for (slot, vote) in votes {
            let better = match (pick, self.found.get(&slot)) {
                (Pick::Own, _) | (Pick::Any, Some(_)) => false,
                (Pick::Highest, Some(found)) => vote.ballot > found.ballot,
                (Pick::Highest | Pick::Any, None) => true,
            };
            if better {
                self.found.insert(slot, vote);
            }
        }
    }

    /// The vote whose value it must propose in a slot; it is free where there is none.
    pub fn found(&self, slot: Slot) -> Option<&Vote<V>> {
        self.found.get(&slot)
    }

    /// The last slot in which anybody is known to have voted; 0 where nobody is.
    pub fn last(&self) -> Slot {
        self.found.keys().next_back().copied().unwrap_or(0)
    }
}
