//! What nodes, the store and the resource say to each other.

use crate::cast::NodeId;
use crate::kits::lease::Token;
use crate::parts::fence::Refusal;
use crate::parts::lease::Record;
use crate::sim::{Asked, Never};
use std::fmt;
use std::str::FromStr;

crate::declare::messages! {
    /// A message. `hold` is the node's number for what it wants, `round` for how often it has asked.
    #[derive(Copy)]
    pub enum Msg {
        Acquire "acquire" Request "Asks for the lease." { hold: u32, round: u32 } => "acquire",
        Granted "granted" Ack "You have it, for one lease." { hold: u32, round: u32, token: u32 } => "granted, token {token}",
        Wait "wait" Response "Another has it." { hold: u32, holder: NodeId } => "wait",
        Renew "renew" Background "Asks for its lease or session anew." { hold: u32, round: u32 } => "renew",
        Renewed "renewed" Ack "You have it for another lease." { hold: u32, round: u32 } => "renewed",
        Over "over" Repair "You do not have it any more." { hold: u32 } => "over",
        Release "release" Background "Lets it go, or leads no more." { hold: u32 } => "release",
        Get "get" Read "Reads the record." { round: u32 } => "get",
        Record "record" Read "The record, as it is." { round: u32, record: Record<NodeId> } => "record",
        Update "update" Write "Writes the record, if it is still of that version." { round: u32, version: u32, holder: Option<NodeId> } => "update version {version}",
        Updated "updated" Ack "It was." { round: u32, record: Record<NodeId> } => "updated",
        Conflict "conflict" Response "It was not: another has written it." { round: u32 } => "conflict",
        Join "join" Request "Begins a session, and stands in line." { hold: u32, round: u32 } => "join",
        List "list" Read "Asks who stands in line." { hold: u32, round: u32 } => "list",
        Placed "place" Read "Your place, and your entry's number." { hold: u32, round: u32, place: u16, token: u32, first: NodeId } => "place {place}, number {token}",
        Gone "gone" Background "The entry that you watch is gone." { hold: u32 } => "gone",
        Election "election" Request "To the greater ones: is any of you up?" => "election",
        Ok "ok" Response "I am: leave it to me." => "ok",
        Coordinator "coordinator" Write "I lead." => "coordinator",
        Candidate "candidate" Request "Around the ring: this one might lead." { number: u16 } => "candidate n{number}",
        Elected "elected" Write "Around the ring: this one leads." { number: u16 } => "elected n{number}",
        Alive "alive" Background "I lead, and am up." => "alive",
        Run "run" Write "Does the job." { job: u32, token: Token } => "run {job}{token}",
        Done "done" Ack "It is done." { job: u32 } => "done",
        Refused "refused" Response "The guard refuses it." { job: u32, why: Refusal } => "refused: {why}",
    }
}

crate::declare::words! {
    /// The timers of all nodes.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// It asks for the lease.
        Poll => "looks whether it may lead",
        /// It renews, or says that it is up.
        Renew => "renews",
        /// A leader gives up.
        Stop => "gives up: its lease may be over",
        /// The job is due.
        Tick => "the job is due",
        /// What comes after the look at the clock.
        Act => "runs the job",
        /// Nobody greater has answered, or announced itself.
        Wait => "has waited for a greater one",
        /// The leader has been silent for too long.
        Detect => "hears no leader",
        /// The end of a leader.
        End => "the moment has come",
        /// A lease or a session may be over.
        Expire => "a lease ends",
    }
}

/// What may be asked of a node, as scripts write it: `ask:n1:elect`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// It holds an election, or asks for the lease at once, and stands for office again.
    Elect,
    /// If it leads it steps down, and stands for office no more.
    StepDown,
}

impl Asked for Request {}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Request::Elect => "elect",
            Request::StepDown => "stepdown",
        })
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        match text {
            "elect" => Ok(Request::Elect),
            "stepdown" => Ok(Request::StepDown),
            _ => Err(format!("‘{text}’ is not a request here: there are elect and stepdown")),
        }
    }
}

/// Nobody is answered.
type Response = Never;

crate::declare::speech!(super::protocol::Kept {});
