//! Paxos by its published names: Lamport, *The Part-Time Parliament* (1998) and *Paxos Made Simple* (2001); one decree ([`Synod`]) and one
//! for each slot of a log ([`Multi`], as van Renesse and Altınbüken tell it, *Paxos Made Moderately Complex*, 2015). Quorums are flexible
//! (Howard, Malkhi, Spiegelman, *Flexible Paxos*, 2016). Pure steps, from an input to effects.
//!
//! A server is proposer, acceptor and learner at once, and knows no network, no disk and no luck. Whoever runs it carries out the effects in
//! order. What comes after [`Effect::Persist`] may be done only once what is in [`Persistent`] is on disk, but for what a proposer asks
//! acceptors to vote for, which may leave before. A message to oneself is delivered at once, and waits for the disk as any other.

mod acceptor;
mod learner;
mod multi;
mod promises;
mod single;
#[cfg(test)]
mod tests;

use crate::cast::NodeId;
pub use acceptor::{Acceptor, Forgets, Persistent, Vote};
pub use learner::{Chosen, Learner};
pub use multi::{Leading, Multi, Role};
pub use promises::Promises;
pub use single::{Stage, Synod};
use std::fmt;
use std::fmt::Debug;
use std::hash::Hash;

/// Places in the log, from 1; a single decree is about the first.
pub type Slot = u32;

/// What is agreed on.
pub trait Value: Clone + Eq + Hash + Debug {}
impl<T: Clone + Eq + Hash + Debug> Value for T {}

/// A ballot's number: no two proposers have the same, for it holds whose it is. The round counts first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ballot {
    /// Chosen by its proposer, above all that it has seen; from 1.
    pub round: u32,
    /// Whose ballot it is.
    pub proposer: NodeId,
}

/// `2.n1`.
impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.n{}", self.round, self.proposer.0 + 1)
    }
}

/// How many acceptors a proposer waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Quorums {
    /// How many acceptors there are.
    pub n: u32,
    /// How many promises make a ballot begin.
    pub q1: u32,
    /// How many votes choose.
    pub q2: u32,
}

impl Quorums {
    /// Majorities of so many.
    pub fn majorities(n: u32) -> Quorums {
        Quorums { n, q1: n / 2 + 1, q2: n / 2 + 1 }
    }

    /// Whether whoever prepares must meet one who has voted for what was chosen.
    pub fn meet(self) -> bool {
        self.q1 + self.q2 > self.n
    }
}

/// Which value a proposer takes once it has its promises.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pick {
    /// Of those that the promises report that of the highest ballot; its own where they report none. As published.
    Highest,
    /// Whichever is reported first. Wrong.
    Any,
    /// Its own, whatever they report. Wrong.
    Own,
}

/// By what a proposer notices that it has been overtaken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Notice {
    /// The acceptor beside it promises a higher ballot; acceptors are silent about what they refuse.
    Hear,
    /// An acceptor refuses, and says so.
    Nack,
}

/// What servers go by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rules {
    /// How many promises and votes are enough.
    pub quorums: Quorums,
    /// What a proposer proposes.
    pub pick: Pick,
    /// Whether an acceptor votes in a lower ballot than it has promised. Wrong.
    pub accept_lower: bool,
    /// How a proposer of a single decree notices a higher ballot. Leaders of a log do by both.
    pub notice: Notice,
}

impl Rules {
    /// As published, for so many servers.
    pub fn published(n: u32) -> Rules {
        let quorums = Quorums::majorities(n);
        Rules { quorums, pick: Pick::Highest, accept_lower: false, notice: Notice::Nack }
    }
}

/// What servers say to each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg<V> {
    /// Phase 1a: a proposer begins a ballot.
    Prepare {
        /// The ballot.
        ballot: Ballot,
        /// From which slot on it asks for votes.
        from: Slot,
    },
    /// Phase 1b: an acceptor will vote in no lower ballot, and tells of its votes.
    Promise {
        /// The ballot that it promises.
        ballot: Ballot,
        /// Its last vote in each slot from the one asked for.
        votes: Vec<(Slot, Vote<V>)>,
    },
    /// Phase 2a: a proposer asks for votes.
    Accept {
        /// The ballot.
        ballot: Ballot,
        /// For which slot.
        slot: Slot,
        /// The value.
        value: V,
        /// Up to which slot it knows all to be chosen.
        chosen: Slot,
    },
    /// Phase 2b: an acceptor has voted for it.
    Accepted {
        /// The ballot.
        ballot: Ballot,
        /// In which slot.
        slot: Slot,
    },
    /// An acceptor has promised a higher ballot (nack).
    Refused {
        /// What it refuses.
        ballot: Ballot,
        /// What it has promised.
        promised: Ballot,
    },
    /// These values have been chosen.
    Chosen {
        /// The slot of the first.
        from: Slot,
        /// One for each slot from there on.
        values: Vec<V>,
    },
    /// The leader is there.
    Heartbeat {
        /// Its ballot.
        ballot: Ballot,
        /// Up to which slot it knows all to be chosen.
        chosen: Slot,
    },
    /// The answer to that.
    Heard {
        /// The leader's ballot.
        ballot: Ballot,
        /// Up to which slot the follower knows what was chosen.
        chosen: Slot,
        /// Up to which slot the heartbeat told all to be chosen: who knows less lacks something.
        told: Slot,
    },
}

impl<V> Msg<V> {
    /// Whether it may be sent only once what comes before it is on disk: an acceptor's word, or a ballot that has begun. What a proposer asks
    /// acceptors to vote for, that a leader is there, and what has been chosen may leave before.
    pub fn waits_for_disk(&self) -> bool {
        !matches!(self, Msg::Accept { .. } | Msg::Heartbeat { .. } | Msg::Chosen { .. })
    }
}

/// What an acceptor refuses, and a proposer waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Waits {
    /// Promises.
    Promises,
    /// Votes.
    Votes,
}

/// What a server wants done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect<V> {
    /// This message is to be sent; one to itself is to be delivered at once.
    Send(NodeId, Msg<V>),
    /// What is in [`Persistent`] is to be on disk before what comes next is done.
    Persist,
    /// It has begun a ballot, leads, or has ceased to do either.
    Turned,
    /// Its acceptor has promised a ballot and told of so many votes, of which this is that of the highest ballot.
    Promised(Ballot, Option<Vote<V>>),
    /// Its acceptor has voted in a slot.
    Voted(Slot, Vote<V>),
    /// Its acceptor has refused a ballot, having promised a higher one: to promise it, or to vote in it.
    Refused(Ballot, Waits),
    /// Its proposer proposes a value in a slot, which it found in this ballot; its own where that is none.
    Proposed {
        /// The ballot.
        ballot: Ballot,
        /// The slot.
        slot: Slot,
        /// The value.
        value: V,
        /// The ballot of the vote by which it knows it.
        found: Option<Ballot>,
    },
    /// Its proposer gives up its ballot for this higher one.
    GaveUp(Ballot),
    /// It knows what was chosen in a slot, and in all before it.
    Learned(Slot, V),
    /// The election timer is set anew.
    ResetElection,
    /// It leads, so it needs no election timer.
    StopElection,
    /// The heartbeat timer is set anew.
    ResetHeartbeat,
    /// It leads no more.
    StopHeartbeat,
}
