//! What servers and clients say to each other.

use super::request::{Machine, Request, Response};
use crate::cast::NodeId;
use crate::kits::object::{ClientTimer, Command};
use crate::parts::raft::{self, Asking, Entry, Payload, Persistent, Refusal};
use std::fmt;

/// A message between servers.
pub type Rpc = raft::Rpc<Machine>;

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        /// `number` is the client's own, the same for each try; `serial` counts what the client asks for.
        Ask "ask" Request "A client asks a server." { number: u32, serial: u32, attempt: u16, request: Request },
        Done "done" Response "The leader answers its client." { number: u32, response: Response },
        Redirect "redirect" Response "The server does not lead, and says who does, if it knows." { number: u32, leader: Option<NodeId> },
        RequestVote "vote" Read "RequestVote: a candidate asks for a vote, or whether it would get it." (rpc: Rpc),
        Vote "ballot" Ack "The answer to RequestVote." (rpc: Rpc),
        Append "append" Write "AppendEntries: the leader sends entries." (rpc: Rpc),
        Heartbeat "heartbeat" Background "AppendEntries without entries: the leader is there." (rpc: Rpc),
        Appended "appended" Ack "The follower's log agrees with the leader's." (rpc: Rpc),
        Refused "refused" Repair "The follower's log does not meet the leader's there, or the leader's term is over." (rpc: Rpc),
        Snapshot "snapshot" Repair "InstallSnapshot: the leader sends what stands for entries that are gone." (rpc: Rpc),
    }
}

impl Msg {
    /// The message that carries this.
    pub fn of(rpc: Rpc) -> Msg {
        match &rpc {
            Rpc::RequestVote { .. } => Msg::RequestVote(rpc),
            Rpc::Vote { .. } => Msg::Vote(rpc),
            Rpc::AppendEntries { entries, .. } if entries.is_empty() => Msg::Heartbeat(rpc),
            Rpc::AppendEntries { .. } => Msg::Append(rpc),
            Rpc::Appended { .. } => Msg::Appended(rpc),
            Rpc::Refused { .. } => Msg::Refused(rpc),
            Rpc::InstallSnapshot { .. } => Msg::Snapshot(rpc),
        }
    }
}

impl fmt::Display for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Msg::Ask { request, .. } => write!(f, "{request}"),
            Msg::Done { response, .. } => write!(f, "{response}"),
            Msg::Redirect { leader: Some(leader), .. } => write!(f, "ask n{}", leader.0 + 1),
            Msg::Redirect { leader: None, .. } => f.write_str("no leader known"),
            Msg::RequestVote(rpc) | Msg::Vote(rpc) | Msg::Append(rpc) | Msg::Heartbeat(rpc) => write_rpc(f, rpc),
            Msg::Appended(rpc) | Msg::Refused(rpc) | Msg::Snapshot(rpc) => write_rpc(f, rpc),
        }
    }
}

fn write_rpc(f: &mut fmt::Formatter<'_>, rpc: &Rpc) -> fmt::Result {
    match rpc {
        Rpc::RequestVote { term, last_log_index, last_log_term, pre } => {
            let what = if *pre { "would you vote" } else { "vote" };
            write!(f, "{what} in term {term}? last entry {last_log_index} of term {last_log_term}")
        }
        Rpc::Vote { term, granted: Ok(()), pre } => write!(f, "{} in term {term}", if *pre { "would" } else { "yes" }),
        Rpc::Vote { term, granted: Err(why), .. } => write!(f, "no in term {term}: {}", refusal(*why)),
        Rpc::AppendEntries { term, prev_log_index, entries, leader_commit, .. } if entries.is_empty() => {
            write!(f, "term {term}, log to {prev_log_index}, committed {leader_commit}")
        }
        Rpc::AppendEntries { term, prev_log_index, entries, leader_commit, .. } => {
            let (first, last) = (prev_log_index + 1, prev_log_index + entries.len() as u32);
            write!(f, "term {term}, entry {first}")?;
            if last > first {
                write!(f, " to {last}")?;
            }
            write!(f, ", committed {leader_commit}")
        }
        Rpc::Appended { term, match_index, .. } => write!(f, "term {term}, same up to {match_index}"),
        Rpc::Refused { term, hint: None, .. } => write!(f, "no: term {term} has come"),
        Rpc::Refused { term, prev_log_index, .. } => write!(f, "term {term}, not at {prev_log_index}"),
        Rpc::InstallSnapshot { term, snapshot, .. } => write!(f, "term {term}, state up to {}", snapshot.last_index),
    }
}

/// Why a vote is refused, in words.
pub fn refusal(why: Refusal) -> String {
    match why {
        Refusal::StaleTerm => "its term is later".into(),
        Refusal::VotedFor(other) => format!("it has voted for n{}", other.0 + 1),
        Refusal::LogBehind => "its log is ahead".into(),
        Refusal::HasLeader => "it has a leader".into(),
    }
}

/// Latency classes.
pub mod class {
    /// Between client and server.
    pub const CLIENT: u8 = 0;
    /// From a leader or candidate to another server.
    pub const REQUEST: u8 = 1;
    /// Its answer.
    pub const ANSWER: u8 = 2;
}

crate::declare::words! {
    /// The timers of a node.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// A client's.
        Client(timer: ClientTimer) => "{timer}",
        /// No leader has been heard for long enough.
        Election => "election timeout",
        /// A leader is to send word.
        Heartbeat => "heartbeat is due",
        /// This write of the disk is done.
        Written(number: u32) => "disk is written",
    }
}

impl From<ClientTimer> for Timer {
    fn from(timer: ClientTimer) -> Timer {
        Timer::Client(timer)
    }
}

crate::declare::speech!(Persistent<Machine> {
    fn disk_weight(disk: &Persistent<Machine>) -> u64 {
        disk.log.weight()
    }

    fn class(msg: &Msg) -> u8 {
        match msg {
            Msg::Ask { .. } | Msg::Done { .. } | Msg::Redirect { .. } => class::CLIENT,
            Msg::RequestVote(_) | Msg::Append(_) | Msg::Heartbeat(_) | Msg::Snapshot(_) => class::REQUEST,
            Msg::Vote(_) | Msg::Appended(_) | Msg::Refused(_) => class::ANSWER,
        }
    }

    #[inline]
    fn weight(msg: &Msg) -> u64 {
        match msg {
            Msg::Append(Rpc::AppendEntries { entries, .. }) => (entries.len() * size_of::<Entry<Asking<Command>>>()) as u64,
            _ => 0,
        }
    }
});

/// An entry as the log is told of.
pub fn entry(entry: &Entry<Asking<Command>>) -> std::sync::Arc<str> {
    match &entry.payload {
        Payload::Command(asking) => asking.command.words.clone(),
        Payload::Noop => format!("{}:no-op", entry.term).into(),
        Payload::Members(members) => {
            let names: Vec<String> = members.iter().map(|member| format!("n{}", member.0 + 1)).collect();
            format!("{}:{}", entry.term, names.join(" ")).into()
        }
    }
}

impl Msg {
    /// What it carries, between servers.
    pub fn rpc(self) -> Option<Rpc> {
        match self {
            Msg::RequestVote(rpc) | Msg::Vote(rpc) | Msg::Append(rpc) | Msg::Heartbeat(rpc) => Some(rpc),
            Msg::Appended(rpc) | Msg::Refused(rpc) | Msg::Snapshot(rpc) => Some(rpc),
            Msg::Ask { .. } | Msg::Done { .. } | Msg::Redirect { .. } => None,
        }
    }
}
