//! What servers say to each other.

use super::log::Entry;
use super::snapshot::Snapshot;
use super::{Index, Machine, Term};
use crate::cast::NodeId;
use std::sync::Arc;

/// A message. The arguments have Figure 2's names; who sends it is known.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Rpc<M: Machine> {
    /// A candidate gathers votes.
    RequestVote {
        /// The candidate's term; where it only asks whether it would win, the next.
        term: Term,
        /// The index of its last entry.
        last_log_index: Index,
        /// The term of its last entry.
        last_log_term: Term,
        /// It only asks whether it would win (thesis §9.6).
        pre: bool,
    },
    /// The answer.
    Vote {
        /// The voter's term.
        term: Term,
        /// It is about a pre-vote.
        pre: bool,
        /// Whether it is granted, and else why not.
        granted: Result<(), Refusal>,
    },
    /// A leader replicates entries; without any it is a heartbeat.
    AppendEntries {
        /// The leader's term.
        term: Term,
        /// The index before the new entries.
        prev_log_index: Index,
        /// Its term.
        prev_log_term: Term,
        /// The entries.
        entries: Arc<[Entry<M::Command>]>,
        /// The leader's commit index.
        leader_commit: Index,
        /// Since which of the leader's rounds it stands: who answers confirms its lead since then.
        round: u32,
    },
    /// A leader gives a follower its snapshot.
    InstallSnapshot {
        /// The leader's term.
        term: Term,
        /// What it stands for, and its state.
        snapshot: Arc<Snapshot<M>>,
        /// See [`Rpc::AppendEntries`].
        round: u32,
    },
    /// The answer to either: the logs agree.
    Appended {
        /// The follower's term.
        term: Term,
        /// Up to here.
        match_index: Index,
        /// The round of what it answers.
        round: u32,
    },
    /// The answer to AppendEntries: the term is over, or the logs do not meet there.
    Refused {
        /// The follower's term.
        term: Term,
        /// The index that was refused.
        prev_log_index: Index,
        /// Where they may meet: an index of the follower's, and its term there. None where the term is over.
        hint: Option<(Index, Term)>,
        /// The round of what it answers.
        round: u32,
    },
}

/// Why a vote is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refusal {
    /// The voter's term is later.
    StaleTerm,
    /// It has voted for another in this term.
    VotedFor(NodeId),
    /// Its log has more than the candidate's.
    LogBehind,
    /// It has heard from a leader within the least election timeout.
    HasLeader,
}
