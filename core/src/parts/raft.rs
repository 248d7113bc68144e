//! Raft as published (Ongaro, Ousterhout: *In Search of an Understandable Consensus Algorithm*, extended version, Figure 2; Ongaro's thesis
//! *Consensus: Bridging Theory and Practice*, 2014), by its names: one server as pure steps, from an input to effects.
//!
//! A server knows no network, no disk and no luck. Whoever runs it carries out the effects in order: what comes after [`Effect::Persist`] may be
//! done only once what is in [`Persistent`] is on disk, but for entries that a leader sends, which may leave before (thesis §10.2.1).

mod election;
mod leading;
mod log;
mod members;
mod reading;
mod replication;
mod rpc;
mod sessions;
mod snapshot;
#[cfg(test)]
mod tests;

use crate::cast::NodeId;
pub use leading::{Leading, Progress};
pub use log::{Entry, Log, Payload};
pub use members::{Members, Unchanged};
pub use reading::Reading;
pub use rpc::{Refusal, Rpc};
pub use sessions::{Asking, Sessions, Store};
pub use snapshot::Snapshot;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

/// Terms count elections, from 0, in which there is no leader.
pub type Term = u32;
/// Places in the log, from 1; 0 is before the first.
pub type Index = u32;

/// What the log is for: a deterministic state machine.
pub trait Machine: Clone + Eq + Hash + Debug {
    /// What clients ask of it.
    type Command: Clone + Eq + Hash + Debug;
    /// What they are told.
    type Answer: Clone + Eq + Hash + Debug;
    /// Takes a command.
    fn apply(&mut self, command: &Self::Command) -> Self::Answer;
    /// What of it goes into a snapshot.
    fn frozen(&self) -> Self {
        self.clone()
    }
}

/// Which rules servers follow. [`Rules::PAPER`] is the paper's; the rest mends what the paper leaves open, or breaks what it proves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rules {
    /// A server asks whether it would win before it begins a term (thesis §9.6).
    pub prevote: bool,
    /// Who has heard from a leader within the least election timeout ignores requests for votes (thesis §4.2.3).
    pub sticky: bool,
    /// A leader that has not heard from a majority for the least election timeout steps down (thesis §6.2).
    pub check_quorum: bool,
    /// A new leader appends an entry of its own (paper §8), and read-index waits until that is committed (thesis §6.4).
    pub noop: bool,
    /// A voter refuses a candidate whose log is behind its own (paper §5.4.1).
    pub up_to_date: bool,
    /// A leader counts replicas only for entries of its own term (paper §5.4.2).
    pub own_term: bool,
    /// A leader changes the members only once it has committed an entry of its own term (the correction of 2015 to thesis §4.1).
    pub change_rule: bool,
    /// A follower that refuses entries tells where its log may meet the leader's (as etcd does), instead of being tried one index at a time.
    pub hints: bool,
    /// The log is compacted once it has more entries than this that have been applied; 0 is never.
    pub compact_at: u32,
    /// The least election timeout, in µs.
    pub election_min_us: u64,
    /// How long a lease lasts from the start of the round of messages that a majority has answered, in µs (thesis §6.4.1).
    pub lease_us: u64,
}

impl Rules {
    /// The paper's, for timeouts of at least 150 ms.
    pub const PAPER: Rules = Rules {
        prevote: false,
        sticky: false,
        check_quorum: false,
        noop: true,
        up_to_date: true,
        own_term: true,
        change_rule: true,
        hints: false,
        compact_at: 0,
        election_min_us: 150_000,
        lease_us: 100_000,
    };
}

/// What is on stable storage before a server answers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Persistent<M: Machine> {
    /// The latest term that the server has seen.
    pub current_term: Term,
    /// Who has its vote in that term.
    pub voted_for: Option<NodeId>,
    /// The entries.
    pub log: Log<M::Command>,
    /// What stands for those that are no longer in the log.
    pub snapshot: Option<Arc<Snapshot<M>>>,
}

impl<M: Machine> Default for Persistent<M> {
    fn default() -> Self {
        Persistent { current_term: 0, voted_for: None, log: Log::default(), snapshot: None }
    }
}

/// What a restart loses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Volatile {
    /// The highest entry known to be committed.
    pub commit_index: Index,
    /// The highest entry that the machine has taken.
    pub last_applied: Index,
}

/// What a server is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// It answers.
    Follower,
    /// It asks whether it would win.
    PreCandidate {
        /// Who says so.
        granted: Members,
    },
    /// It asks for votes.
    Candidate {
        /// Who has given theirs.
        granted: Members,
    },
    /// It leads.
    Leader(Leading),
}

impl Role {
    /// In a word.
    pub fn word(&self) -> &'static str {
        match self {
            Role::Follower => "follower",
            Role::PreCandidate { .. } => "pre-candidate",
            Role::Candidate { .. } => "candidate",
            Role::Leader(_) => "leader",
        }
    }
}

/// What a server wants done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect<M: Machine> {
    /// This message is to be sent.
    Send(NodeId, Rpc<M>),
    /// What is in [`Persistent`] is to be on disk before what comes next is done.
    Persist,
    /// The server's own log is to be reported as stored up to here ([`Raft::stored`]), once it is.
    Store(Index),
    /// The election timer is set anew.
    ResetElection,
    /// The server needs no election timer: it leads.
    StopElection,
    /// The heartbeat timer is set anew.
    ResetHeartbeat,
    /// The server no longer leads, so it sends no heartbeats.
    StopHeartbeat,
    /// It has another term or role.
    Turned,
    /// From this index on, so many entries went and these came.
    Spliced {
        /// Where.
        at: Index,
        /// How many went.
        removed: u32,
        /// What came.
        added: Vec<Entry<M::Command>>,
    },
    /// The commit index has risen.
    Committed,
    /// The machine has taken the entry at this index, and says this, where it was a command.
    Applied(Index, Option<M::Answer>),
    /// The log was compacted, or a snapshot took its place, up to here.
    Compacted(Index),
    /// The machine's state came with a snapshot.
    Installed(Index),
    /// The read with this number may be answered from the machine.
    ReadReady(u64),
    /// The read with this number cannot be answered: the server no longer leads.
    ReadRefused(u64),
}

/// A server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Raft<M: Machine> {
    /// Who it is.
    pub me: NodeId,
    /// What a crash leaves.
    pub persistent: Persistent<M>,
    /// What a crash takes.
    pub volatile: Volatile,
    /// What it is, with what a leader keeps.
    pub role: Role,
    /// Whom it takes for the leader.
    pub leader: Option<NodeId>,
    first_members: Members,
    /// The latest members in its log.
    pub members: Members,
    /// The index of the entry that made them so; 0 for those at the start, or of a snapshot.
    pub members_index: Index,
    /// The machine.
    pub machine: M,
    /// When it last heard from a leader of its term, on its own clock.
    heard_us: Option<u64>,
}

impl<M: Machine> Raft<M> {
    /// A server comes up with what its disk has. Its election timer is to be set.
    pub fn new(me: NodeId, persistent: Persistent<M>, first_members: Members, fresh: M) -> Raft<M> {
        let (machine, applied) = match &persistent.snapshot {
            Some(snapshot) => (snapshot.machine.clone(), snapshot.last_index),
            None => (fresh, 0),
        };
        let volatile = Volatile { commit_index: applied, last_applied: applied };
        let mut raft = Raft {
            me,
            persistent,
            volatile,
            role: Role::Follower,
            leader: None,
            first_members,
            members: first_members,
            members_index: 0,
            machine,
            heard_us: None,
        };
        raft.find_members();
        raft
    }

    /// The latest term that it has seen.
    pub fn term(&self) -> Term {
        self.persistent.current_term
    }

    /// Its log.
    pub fn log(&self) -> &Log<M::Command> {
        &self.persistent.log
    }

    /// What it keeps as a leader.
    pub fn leading(&self) -> Option<&Leading> {
        match &self.role {
            Role::Leader(leading) => Some(leading),
            _ => None,
        }
    }

    /// Whether it takes itself for the leader.
    pub fn leads(&self) -> bool {
        self.leading().is_some()
    }

    /// Whether it has heard from a leader, or led, within the least election timeout.
    fn is_led(&self, rules: &Rules, now_us: u64) -> bool {
        self.leads() || self.heard_us.is_some_and(|at| now_us.saturating_sub(at) < rules.election_min_us)
    }

    /// A message arrived. Terms come first: who sees a later one follows, who gets an earlier one says so.
    pub fn receive(
        &mut self,
        rules: &Rules,
        now_us: u64,
        (from, rpc): (NodeId, Rpc<M>),
        out: &mut Vec<Effect<M>>,
    ) {
        match rpc {
            Rpc::RequestVote { term, last_log_index, last_log_term, pre } => {
                let granted = self.asked_for_vote(
                    rules,
                    now_us,
                    (from, term, pre),
                    (last_log_term, last_log_index),
                    out,
                );
                // A pre-vote is answered for the term that was asked about.
                let term = if pre && granted.is_ok() { term } else { self.term() };
                out.push(Effect::Send(from, Rpc::Vote { term, pre, granted }));
            }
            Rpc::Vote { term, pre, granted } => self.vote(rules, now_us, (from, term, pre, granted), out),
            Rpc::AppendEntries { term, prev_log_index, prev_log_term, entries, leader_commit, round } => {
                let answer = if term < self.term() {
                    Rpc::Refused { term: self.term(), prev_log_index, hint: None, round }
                } else {
                    self.follow(now_us, from, term, out);
                    self.append(rules, (prev_log_index, prev_log_term), &entries, leader_commit, round, out)
                };
                out.push(Effect::Send(from, answer));
            }
            Rpc::InstallSnapshot { term, snapshot, round } => {
                let mut match_index = 0;
                if term >= self.term() {
                    self.follow(now_us, from, term, out);
                    match_index = snapshot.last_index;
                    self.install(snapshot, out);
                }
                out.push(Effect::Send(from, Rpc::Appended { term: self.term(), match_index, round }));
            }
            Rpc::Appended { term, match_index, round } => {
                if self.answers(term, out) {
                    self.heard_from(rules, now_us, from, round, out);
                    self.appended(rules, now_us, from, match_index, out);
                }
            }
            Rpc::Refused { term, prev_log_index, hint, round } => {
                if self.answers(term, out) {
                    self.heard_from(rules, now_us, from, round, out);
                    if let Some(hint) = hint {
                        self.refused(rules, from, prev_log_index, hint, out);
                    }
                }
            }
        }
    }

    /// Whether an answer of that term is one to this leader; a later term ends its own.
    fn answers(&mut self, term: Term, out: &mut Vec<Effect<M>>) -> bool {
        if term > self.term() {
            self.step_down(term, out);
        }
        term == self.term() && self.leads()
    }

    /// A leader of this term or a later one has spoken.
    fn follow(&mut self, now_us: u64, leader: NodeId, term: Term, out: &mut Vec<Effect<M>>) {
        if term > self.term() || !matches!(self.role, Role::Follower) {
            self.step_down(term, out);
        }
        self.leader = Some(leader);
        self.heard_us = Some(now_us);
        out.push(Effect::ResetElection);
    }

    /// It becomes a follower in a term, which may be a later one. Who led needs an election timer again; the timers of others run on.
    fn step_down(&mut self, term: Term, out: &mut Vec<Effect<M>>) {
        if term > self.term() {
            self.persistent.current_term = term;
            self.persistent.voted_for = None;
            self.leader = None;
            self.heard_us = None;
            out.push(Effect::Persist);
        }
        if let Role::Leader(leading) = std::mem::replace(&mut self.role, Role::Follower) {
            self.leader = None;
            out.extend([Effect::StopHeartbeat, Effect::ResetElection]);
            out.extend(leading.reads().map(Effect::ReadRefused));
        }
        out.push(Effect::Turned);
    }
}
