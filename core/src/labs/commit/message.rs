//! What nodes say to each other, wait for, write down, and what the client asks and is told.

use super::coordinator::Record;
use super::group;
use super::entry::Entry;
use crate::lab::End;
use crate::parts::paxos::{self, Persistent};
use crate::parts::saga::Saga;
use crate::parts::termination::{Decision, Phase};
use crate::sim::{Asked, OpId, Told};
use crate::sorted::Map;
use std::fmt;
use std::str::FromStr;

crate::declare::words! {
    /// What a participant answers to a command of a saga.
    #[derive(Copy)]
    pub enum Reply {
        /// The step is done.
        Done => "done",
        /// It is refused, for certain.
        Refused => "refused",
        /// It is compensated, or never will be done.
        Undone => "undone",
        /// The compensation has failed.
        Failed => "compensation failed",
    }
}
crate::declare::words! {
    /// Where a choreographed saga goes.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Way {
        /// Forward: what comes before is done.
        On => "go on",
        /// Back: what comes after is undone, or was refused.
        Back => "turn back",
    }
}
crate::declare::words! {
    /// A vote.
    #[derive(Copy)]
    pub enum Ballot {
        /// I can, and I will if told so.
        Yes => "yes",
        /// I cannot, and have aborted.
        No => "no",
    }
}

/// A decision in a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Decided(pub Decision);

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 == Decision::Commit { "commit" } else { "abort" })
    }
}

/// How far a participant has come, in a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Stands(pub Phase);

impl fmt::Display for Stands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Phase::Initial | Phase::Aborted => "aborted",
            Phase::Ready => "in doubt",
            Phase::PreCommitted => "pre-committed",
            Phase::Committed => "committed",
        })
    }
}

/// A message between coordinators.
pub type Rpc = paxos::Msg<group::Value>;

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        Order "order" Request "A client's order." { order: u32, item: u16 } => "order {order}",
        Told "told" Response "What became of an order." { order: u32, ending: Response } => "order {order}: {ending}",
        Prepare "prepare" Read "Can you commit this order? Answer, and keep to it." { order: u32, item: u16 } => "prepare {order}",
        CanCommit "can-commit" Read "Can you commit this order? Answer, and keep to it." { order: u32, item: u16 } => "can-commit {order}",
        Vote "vote" Ack "A participant's vote." { order: u32, ballot: Ballot } => "vote {ballot} on {order}",
        PreCommit "pre-commit" Write "All have voted yes; nobody has committed yet." { order: u32 } => "pre-commit {order}",
        PreAck "pre-ack" Ack "I know that all have voted yes." { order: u32 } => "pre-commit {order} noted",
        Decision "decision" Write "How the order ends." { order: u32, decided: Decided } => "{decided} {order}",
        Ack "ack" Ack "I have it on disk, and need not be told again." { order: u32 } => "ack {order}",
        Inquiry "inquiry" Read "I am in doubt: how does this order end?" { order: u32 } => "how does {order} end?",
        State "state" Response "How far I have come with an order." { order: u32, stands: Stands } => "{order} is {stands} here",
        Do "do" Write "Do your step of this order." { order: u32, tried: u32 } => "do {order}",
        Undo "undo" Repair "Compensate your step of this order." { order: u32, tried: u32 } => "undo {order}",
        Reply "reply" Ack "What became of a step or of its compensation." { order: u32, reply: Reply } => "{order}: {reply}",
        Event "event" Write "A service has done its part of an order; or has undone or refused it." { order: u32, way: Way } => "{order}: {way}",
        Accept "accept" Request "The leader asks the other coordinators to vote for how an order ends." (rpc: Rpc) => "{rpc}",
        Accepted "accepted" Response "A coordinator has voted for it." (rpc: Rpc) => "{rpc}",
        Lead "lead" Background "Who leads the coordinators, and what is known to be decided." (rpc: Rpc) => "{rpc}",
    }
}

impl Msg {
    /// The message that carries this.
    pub fn of(rpc: Rpc) -> Msg {
        match rpc {
            Rpc::Accept { .. } => Msg::Accept(rpc),
            Rpc::Accepted { .. } => Msg::Accepted(rpc),
            rpc => Msg::Lead(rpc),
        }
    }

    /// Whether it is about an order, and not between the client and those who take its orders.
    pub fn counts(&self) -> bool {
        !matches!(self, Msg::Order { .. } | Msg::Told { .. } | Msg::Lead(_))
    }
}

impl fmt::Display for group::Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decided, self.order)
    }
}

impl fmt::Display for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rpc::Prepare { ballot, .. } => write!(f, "prepare {}", ballot.round),
            Rpc::Promise { ballot, .. } => write!(f, "promise {}", ballot.round),
            Rpc::Accept { ballot, value: Some(entry), .. } => write!(f, "accept {entry} in {}", ballot.round),
            Rpc::Accept { ballot, value: None, .. } => write!(f, "accept nothing in {}", ballot.round),
            Rpc::Accepted { ballot, slot } => write!(f, "accepted in {}, slot {slot}", ballot.round),
            Rpc::Refused { ballot, promised } => write!(f, "no to {}: has promised {}", ballot.round, promised.round),
            Rpc::Chosen { from, values } => write!(f, "decided: slots {from} to {}", *from as usize + values.len().saturating_sub(1)),
            Rpc::Heartbeat { ballot, chosen } => write!(f, "leads in {}, decided up to {chosen}", ballot.round),
            Rpc::Heard { chosen, .. } => write!(f, "knows up to {chosen}"),
        }
    }
}

crate::declare::words! {
    /// The timers of all nodes. Setting a timer of the same name replaces it.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// The client's next order is due.
        Next => "next order",
        /// The client has waited long enough.
        Patience(order: u32) => "no word of order {order}",
        /// A record of this order is written, and on disk where it is forced.
        Forced(order: u32) => "record of order {order} written",
        /// Answers about this order are due.
        Due(order: u32) => "answers on order {order} are due",
        /// Nothing has been heard of this order.
        Doubt(order: u32) => "in doubt of order {order}",
        /// A backup coordinator has waited for the others.
        Collected(order: u32) => "states of order {order} are collected",
        /// Events of this order are sent again where nobody has acknowledged them.
        Relay(order: u32) => "events of order {order} again",
        /// No leader of the coordinators has been heard for long enough.
        Election => "no leader heard",
        /// The leader of the coordinators is to send word.
        Heartbeat => "heartbeat is due",
        /// This write of a coordinator's votes is done.
        Written(number: u32) => "votes are written",
        /// A compensation is tried again.
        Again(order: u32) => "compensation of order {order} again",
    }
}

/// The one request that there is, as scripts write it: `ask:c1:order`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request;

impl Asked for Request {}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("order")
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        if text == "order" {
            Ok(Request)
        } else {
            Err(format!("{} is not a request here: the only one is order", crate::params::shown(text)))
        }
    }
}

crate::declare::words! {
    /// What the client is told of an order.
    #[derive(Copy)]
    pub enum Response {
        /// All of it happened.
        Confirmed => "confirmed",
        /// None of it did.
        Cancelled => "cancelled",
        /// Nobody says.
        NoWord => "no word",
    }
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Confirmed => End::Ok,
            Response::Cancelled => End::Failed,
            Response::NoWord => End::Unknown,
        }
    }
}

/// What a crash leaves: of a participant its orders, of a coordinator its log; and events that are still to be acknowledged.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    /// A participant's orders.
    pub orders: Map<u32, Entry>,
    /// A coordinator's log.
    pub log: Map<u32, Record>,
    /// The votes of one of several coordinators.
    pub decisions: Persistent<group::Value>,
    /// The state of sagas that one orchestrates, and the operation of each.
    pub sagas: Map<u32, (OpId, Saga)>,
    /// Events to be sent until they are acknowledged.
    pub outbox: super::outbox::Outbox,
}

crate::declare::speech!(Disk {
    fn disk_weight(disk: &Disk) -> u64 {
        (32 * (disk.orders.len() + disk.log.len() + disk.sagas.len()) + 64 * disk.decisions.acceptor.len() + disk.outbox.weight()) as u64
    }
});
