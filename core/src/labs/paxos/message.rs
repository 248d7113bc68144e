//! What servers and clients say to each other.

use super::request::{Decree, Request, Response, Value, said, words};
use crate::cast::NodeId;
use crate::kits::object::ClientTimer;
use crate::parts::paxos::{self, Persistent, Vote};
use crate::parts::vr;
use std::fmt;

/// A message between servers.
pub type Rpc = paxos::Msg<Value>;
/// A message between replicas of Viewstamped Replication.
pub type Vr = vr::Msg<Decree>;

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        /// `number` is the client's own, the same for each try; `serial` counts what the client asks for.
        Ask "ask" Request "A client asks a server." { number: u32, serial: u32, attempt: u16, request: Request },
        Done "done" Response "The leader answers its client." { number: u32, response: Response },
        Redirect "redirect" Response "The server does not lead, and says who does, if it knows." { number: u32, leader: Option<NodeId> },
        Prepare "prepare" Read "Phase 1a: a proposer begins a ballot and asks for promises." (rpc: Rpc),
        Promise "promise" Ack "Phase 1b: an acceptor will vote in no lower ballot, and tells how it has voted." (rpc: Rpc),
        Accept "accept" Write "Phase 2a: a proposer asks for votes." (rpc: Rpc),
        Accepted "accepted" Ack "Phase 2b: an acceptor has voted." (rpc: Rpc),
        Refused "refused" Repair "An acceptor has promised a higher ballot." (rpc: Rpc),
        Chosen "chosen" Repair "These values have been chosen." (rpc: Rpc),
        Heartbeat "heartbeat" Background "The leader is there, and tells up to where all is chosen." (rpc: Rpc),
        Heard "heard" Background "The answer to a heartbeat: up to where the server knows what was chosen." (rpc: Rpc),
        Op "op" Write "Prepare of Viewstamped Replication: the primary has an operation for its backups." (vr: Vr),
        OpOk "op-ok" Ack "PrepareOK: a backup has the operation and all before." (vr: Vr),
        Commit "commit" Background "Commit: the primary is there, and tells up to where all is committed." (vr: Vr),
        StartViewChange "start-view-change" Read "StartViewChange: a replica wants another view." (vr: Vr),
        DoViewChange "do-view-change" Ack "DoViewChange: a replica gives its log to the primary of the new view." (vr: Vr),
        StartView "start-view" Write "StartView: the new view begins with this log." (vr: Vr),
        GetState "get-state" Repair "GetState: a replica lacks operations." (vr: Vr),
        NewState "new-state" Repair "NewState: here they are." (vr: Vr),
    }
}

impl Msg {
    /// The message that carries this.
    pub fn of(rpc: Rpc) -> Msg {
        match &rpc {
            Rpc::Prepare { .. } => Msg::Prepare(rpc),
            Rpc::Promise { .. } => Msg::Promise(rpc),
            Rpc::Accept { .. } => Msg::Accept(rpc),
            Rpc::Accepted { .. } => Msg::Accepted(rpc),
            Rpc::Refused { .. } => Msg::Refused(rpc),
            Rpc::Chosen { .. } => Msg::Chosen(rpc),
            Rpc::Heartbeat { .. } => Msg::Heartbeat(rpc),
            Rpc::Heard { .. } => Msg::Heard(rpc),
        }
    }

    /// What it carries, between servers.
    pub fn rpc(self) -> Option<Rpc> {
        match self {
            Msg::Prepare(rpc) | Msg::Promise(rpc) | Msg::Accept(rpc) | Msg::Accepted(rpc) => Some(rpc),
            Msg::Refused(rpc) | Msg::Chosen(rpc) | Msg::Heartbeat(rpc) | Msg::Heard(rpc) => Some(rpc),
            _ => None,
        }
    }

    /// The message that carries this.
    pub fn of_vr(vr: Vr) -> Msg {
        match &vr {
            Vr::Prepare { .. } => Msg::Op(vr),
            Vr::PrepareOk { .. } => Msg::OpOk(vr),
            Vr::Commit { .. } => Msg::Commit(vr),
            Vr::StartViewChange { .. } => Msg::StartViewChange(vr),
            Vr::DoViewChange { .. } => Msg::DoViewChange(vr),
            Vr::StartView { .. } => Msg::StartView(vr),
            Vr::GetState { .. } => Msg::GetState(vr),
            Vr::NewState { .. } => Msg::NewState(vr),
        }
    }

    /// What it carries, between replicas.
    pub fn vr(self) -> Option<Vr> {
        match self {
            Msg::Op(vr) | Msg::OpOk(vr) | Msg::Commit(vr) | Msg::StartViewChange(vr) => Some(vr),
            Msg::DoViewChange(vr) | Msg::StartView(vr) | Msg::GetState(vr) | Msg::NewState(vr) => Some(vr),
            _ => None,
        }
    }

    /// Whether it belongs to the protocol itself: it is between servers, and says more than that somebody is there.
    pub fn counts(&self) -> bool {
        !matches!(
            self,
            Msg::Ask { .. }
                | Msg::Done { .. }
                | Msg::Redirect { .. }
                | Msg::Heartbeat(_)
                | Msg::Heard(_)
                | Msg::Commit(_)
        )
    }
}

impl fmt::Display for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Msg::Ask { request, .. } => write!(f, "{request}"),
            Msg::Done { response, .. } => write!(f, "{response}"),
            Msg::Redirect { leader: Some(leader), .. } => write!(f, "ask n{}", leader.0 + 1),
            Msg::Redirect { leader: None, .. } => f.write_str("no leader known"),
            Msg::Prepare(rpc) | Msg::Promise(rpc) | Msg::Accept(rpc) | Msg::Accepted(rpc) => {
                write_rpc(f, rpc)
            }
            Msg::Refused(rpc) | Msg::Chosen(rpc) | Msg::Heartbeat(rpc) | Msg::Heard(rpc) => write_rpc(f, rpc),
            Msg::Op(vr) | Msg::OpOk(vr) | Msg::Commit(vr) | Msg::StartViewChange(vr) => write_vr(f, vr),
            Msg::DoViewChange(vr) | Msg::StartView(vr) | Msg::GetState(vr) | Msg::NewState(vr) => {
                write_vr(f, vr)
            }
        }
    }
}

/// In a log slots are named; there is but one where proposers propose values of their own.
fn slot_words(slot: u32, value: &Value) -> String {
    match value {
        Some(super::request::Decree::Own(_)) => String::new(),
        _ => format!(", slot {slot}"),
    }
}

fn write_rpc(f: &mut fmt::Formatter<'_>, rpc: &Rpc) -> fmt::Result {
    match rpc {
        Rpc::Prepare { ballot, .. } => write!(f, "prepare {ballot}"),
        Rpc::Promise { ballot, votes } => match votes.as_slice() {
            [] => write!(f, "promise {ballot}, has voted for nothing"),
            [(slot, Vote { ballot: voted, value })] => {
                write!(
                    f,
                    "promise {ballot}, has voted for {} in {voted}{}",
                    said(&words(value)),
                    slot_words(*slot, value)
                )
            }
            votes => write!(f, "promise {ballot}, has voted in {} slots", votes.len()),
        },
        Rpc::Accept { ballot, slot, value, .. } => {
            write!(f, "accept {} in {ballot}{}", said(&words(value)), slot_words(*slot, value))
        }
        Rpc::Accepted { ballot, slot: 0 | 1 } => write!(f, "accepted in {ballot}"),
        Rpc::Accepted { ballot, slot } => write!(f, "accepted in {ballot}, slot {slot}"),
        Rpc::Refused { ballot, promised } => write!(f, "no to {ballot}: has promised {promised}"),
        Rpc::Chosen { from, values } => match values.as_slice() {
            [value] => write!(f, "chosen: {}{}", said(&words(value)), slot_words(*from, value)),
            values => {
                write!(f, "chosen: slots {from} to {}", *from as usize + values.len().saturating_sub(1))
            }
        },
        Rpc::Heartbeat { ballot, chosen } => write!(f, "ballot {ballot}, chosen up to {chosen}"),
        Rpc::Heard { chosen, .. } => write!(f, "knows up to {chosen}"),
    }
}

fn write_vr(f: &mut fmt::Formatter<'_>, vr: &Vr) -> fmt::Result {
    match vr {
        Vr::Prepare { view, op, value, .. } => {
            write!(f, "view {view}, op {op}: {}", said(&words(&Some(value.clone()))))
        }
        Vr::PrepareOk { view, op } => write!(f, "view {view}, has all up to {op}"),
        Vr::Commit { view, commit } => write!(f, "view {view}, committed up to {commit}"),
        Vr::StartViewChange { view } => write!(f, "wants view {view}"),
        Vr::DoViewChange { view, log, last_normal, .. } => {
            write!(f, "for view {view}: {} ops of view {last_normal}", log.len())
        }
        Vr::StartView { view, log, .. } => write!(f, "view {view} begins with {} ops", log.len()),
        Vr::GetState { view, op } => write!(f, "view {view}: what comes after {op}?"),
        Vr::NewState { view, op, log, .. } => write!(f, "view {view}: {} ops after {op}", log.len()),
    }
}

/// Latency classes.
pub mod class {
    /// Between client and server.
    pub const CLIENT: u8 = 0;
    /// From a proposer to an acceptor.
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
        /// A proposer begins a ballot.
        Begin => "begins a ballot",
        /// A proposer has waited long enough in one.
        Patience => "patience ends",
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

/// What a vote keeps, in bytes and roughly.
const VOTE: u64 = 64;

crate::declare::speech!(Persistent<Value> {
    fn disk_weight(disk: &Persistent<Value>) -> u64 {
        VOTE * disk.acceptor.len() as u64
    }

    fn class(msg: &Msg) -> u8 {
        match msg {
            Msg::Ask { .. } | Msg::Done { .. } | Msg::Redirect { .. } => class::CLIENT,
            Msg::Promise(_) | Msg::Accepted(_) | Msg::Refused(_) | Msg::Heard(_) => class::ANSWER,
            Msg::OpOk(_) | Msg::DoViewChange(_) | Msg::NewState(_) => class::ANSWER,
            _ => class::REQUEST,
        }
    }

    #[inline]
    fn weight(msg: &Msg) -> u64 {
        match msg {
            Msg::Promise(Rpc::Promise { votes, .. }) => VOTE * votes.len() as u64,
            Msg::Chosen(Rpc::Chosen { values, .. }) => VOTE * values.len() as u64,
            Msg::DoViewChange(Vr::DoViewChange { log, .. }) | Msg::StartView(Vr::StartView { log, .. }) => VOTE * log.len() as u64,
            Msg::NewState(Vr::NewState { log, .. }) => VOTE * log.len() as u64,
            _ => 0,
        }
    }
});
