//! Who is in the cluster, and how that changes: one server at a time (thesis §4.1).

use super::{Effect, Entry, Index, Machine, Payload, Raft, Rules};
use crate::cast::NodeId;

/// A set of servers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Members(u32);

impl Members {
    /// These.
    pub fn of(servers: impl IntoIterator<Item = NodeId>) -> Members {
        servers.into_iter().fold(Members(0), Members::with)
    }

    /// The same and one more.
    pub fn with(self, server: NodeId) -> Members {
        Members(self.0 | 1 << server.0)
    }

    /// The same but one.
    pub fn without(self, server: NodeId) -> Members {
        Members(self.0 & !(1 << server.0))
    }

    /// Whether a server is one of them.
    pub fn contains(self, server: NodeId) -> bool {
        self.0 >> server.0 & 1 == 1
    }

    /// How many they are.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// How many of them are a majority.
    pub fn majority(self) -> u32 {
        self.count() / 2 + 1
    }

    /// Those that are in both.
    pub fn and(self, other: Members) -> Members {
        Members(self.0 & other.0)
    }

    /// Those that are in one of both only.
    fn differ(self, other: Members) -> Members {
        Members(self.0 ^ other.0)
    }

    /// They, in order.
    pub fn iter(self) -> impl Iterator<Item = NodeId> {
        (0..32).map(NodeId).filter(move |server| self.contains(*server))
    }
}

/// Why a leader does not change the members.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unchanged {
    /// It does not lead.
    NotLeader,
    /// More than one server would come or go, or none.
    NotOne,
    /// The change before is not committed.
    Pending,
    /// It has not committed an entry of its own term.
    NoEntryOfItsTerm,
}

impl<M: Machine> Raft<M> {
    /// A leader is asked for other members, by one server. What it does with them holds from the moment that it appends the entry.
    ///
    /// # Errors
    /// Why it does not.
    pub fn change(
        &mut self,
        rules: &Rules,
        now_us: u64,
        members: Members,
        out: &mut Vec<Effect<M>>,
    ) -> Result<Index, Unchanged> {
        if !self.leads() {
            return Err(Unchanged::NotLeader);
        }
        if self.members.differ(members).count() != 1 || members.count() == 0 {
            return Err(Unchanged::NotOne);
        }
        if self.members_index > self.volatile.commit_index {
            return Err(Unchanged::Pending);
        }
        if rules.change_rule && self.log().term(self.volatile.commit_index) != Some(self.term()) {
            return Err(Unchanged::NoEntryOfItsTerm);
        }
        Ok(self.receive_entry(now_us, Payload::Members(members), out))
    }

    /// The members of an entry that was appended hold at once.
    pub(super) fn take_members(&mut self, index: Index, entry: &Entry<M::Command>) {
        if let Payload::Members(members) = entry.payload {
            (self.members, self.members_index) = (members, index);
        }
    }

    /// The latest members that the log, or else the snapshot, or else the start has.
    pub(super) fn find_members(&mut self) {
        let log = &self.persistent.log;
        let of = |index| match log.get(index).map(|entry| &entry.payload) {
            Some(Payload::Members(members)) => Some((*members, index)),
            _ => None,
        };
        let found = (log.base() + 1..=log.last_index()).rev().find_map(of);
        let before = || {
            self.persistent
                .snapshot
                .as_ref()
                .map_or((self.first_members, 0), |snapshot| (snapshot.members, 0))
        };
        (self.members, self.members_index) = found.unwrap_or_else(before);
    }

    /// Whether a set of servers holds a majority of the members.
    pub(super) fn is_majority(&self, of: Members) -> bool {
        self.members.and(of).count() >= self.members.majority()
    }

    /// The others among the members.
    pub(super) fn peers(&self) -> Members {
        self.members.without(self.me)
    }
}
