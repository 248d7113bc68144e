//! An acceptor: what it has promised, and what it has voted for.

use super::{Ballot, Slot, Value};
use crate::sorted::Map;

/// A vote.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Vote<V> {
    /// In which ballot.
    pub ballot: Ballot,
    /// For what.
    pub value: V,
}

/// What an acceptor must remember.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Acceptor<V> {
    /// It votes in no ballot below this.
    pub promised: Option<Ballot>,
    /// Its last vote in each slot.
    votes: Map<Slot, Vote<V>>,
}

impl<V> Default for Acceptor<V> {
    fn default() -> Self {
        Acceptor { promised: None, votes: Map::new() }
    }
}

impl<V: Value> Acceptor<V> {
    /// Asked to promise a ballot: its votes from a slot on.
    ///
    /// # Errors
    /// The higher ballot that it has promised.
    pub fn prepare(&mut self, ballot: Ballot, from: Slot) -> Result<Vec<(Slot, Vote<V>)>, Ballot> {
        match self.promised {
            Some(promised) if promised > ballot => Err(promised),
            _ => {
                self.promised = Some(ballot);
                Ok(self.votes.range(from..).map(|(slot, vote)| (*slot, vote.clone())).collect())
            }
        }
    }

    /// Asked to vote in a slot: it does, and so has promised the ballot, too.
    ///
    /// # Errors
    /// The higher ballot that it has promised, where it keeps to that.
    pub fn accept(&mut self, accept_lower: bool, slot: Slot, vote: Vote<V>) -> Result<(), Ballot> {
        match self.promised {
            Some(promised) if promised > vote.ballot && !accept_lower => return Err(promised),
            promised => self.promised = promised.max(Some(vote.ballot)),
        }
        self.votes.insert(slot, vote);
        Ok(())
    }

    /// Its last vote in a slot.
    pub fn vote(&self, slot: Slot) -> Option<&Vote<V>> {
        self.votes.get(&slot)
    }

    /// Its votes, in order of their slots.
    pub fn votes(&self) -> impl DoubleEndedIterator<Item = (Slot, &Vote<V>)> {
        self.votes.iter().map(|(slot, vote)| (*slot, vote))
    }

    /// How many slots it has voted in.
    pub fn len(&self) -> usize {
        self.votes.len()
    }

    /// Whether it has voted in none.
    pub fn is_empty(&self) -> bool {
        self.votes.is_empty()
    }
}

/// What a server must have on stable storage before it answers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Persistent<V> {
    /// Its acceptor.
    pub acceptor: Acceptor<V>,
    /// The highest round in which its proposer has begun a ballot: it begins none twice.
    pub tried: u32,
}

impl<V> Default for Persistent<V> {
    fn default() -> Self {
        Persistent { acceptor: Acceptor::default(), tried: 0 }
    }
}

/// What a crash takes from an acceptor's disk.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Forgets {
    /// Nothing. As published.
    Nothing,
    /// What it has promised beyond its last vote. Wrong.
    Promise,
    /// What it has voted for. Wrong.
    Votes,
    /// Both. Wrong.
    All,
}

impl<V: Value> Persistent<V> {
    /// What a crash leaves of it.
    pub fn after_crash(mut self, forgets: Forgets) -> Persistent<V> {
        let acceptor = &mut self.acceptor;
        match forgets {
            Forgets::Nothing => {}
            Forgets::Promise => acceptor.promised = acceptor.votes.values().map(|vote| vote.ballot).max(),
            Forgets::Votes => acceptor.votes = Map::new(),
            Forgets::All => *acceptor = Acceptor::default(),
        }
        self
    }

    /// The highest round that it knows of.
    pub(super) fn last_round(&self) -> u32 {
        self.tried.max(self.acceptor.promised.map_or(0, |promised| promised.round))
    }
}
