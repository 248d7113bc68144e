//! What processes say, wait for, and may be asked.

use crate::counted::counted;
use crate::parts::paxos;
use crate::parts::reach::Label;
use crate::parts::total::{Id, Stamp};
use crate::sim::{Asked, Never};
use std::fmt;
use std::str::FromStr;

/// What is broadcast: a command for all replicas.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Message {
    /// Which.
    pub id: Id,
    /// By process, how many of its messages the sender had delivered; empty where nobody asks.
    pub knew: Vec<u32>,
    /// What its sender has rolled for it, where the sender does.
    pub roll: Option<u8>,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.roll {
            None => write!(f, "{}", self.id),
            Some(roll) => write!(f, "{}, rolled {roll}", self.id),
        }
    }
}

crate::declare::words! {
    /// What is said to all.
    pub enum Body {
        /// A message; where stamps decide, with its Lamport stamp.
        Data(message: Message, stamp: u64) => "{message}",
        /// A message with its number.
        Order(number: u32, message: Message) => "{message} is number {number}",
        /// The number of a message.
        Number(number: u32, id: Id) => "{id} is number {number}",
        /// The stamp of a message, which all have agreed on.
        Final(id: Id, count: u64, by: u16) => "{id} gets {count}",
        /// A later stamp.
        Ack(stamp: u64) => "acknowledged at {stamp}",
    }
}

/// What is said to all, and by whom it was said first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Packet {
    /// Who said it first, and its number there.
    pub label: Label,
    /// What is said.
    pub body: Body,
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.body.fmt(f)
    }
}

/// What is said for consensus.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Agreement(pub paxos::Msg<Option<Message>>);

/// A command, or none.
fn held(value: &Option<Message>) -> String {
    value.as_ref().map_or("nothing".to_owned(), Message::to_string)
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use paxos::Msg::{Accept, Accepted, Chosen, Heard, Heartbeat, Prepare, Promise, Refused};
        match &self.0 {
            Prepare { ballot, .. } => write!(f, "wants to lead, ballot {ballot}"),
            Promise { ballot, votes } => {
                write!(f, "promises ballot {ballot}, has voted on {}", counted(votes.len() as u64, "place"))
            }
            Accept { slot, value, .. } => write!(f, "{} for place {slot}?", held(value)),
            Accepted { slot, .. } => write!(f, "votes for it in place {slot}"),
            Refused { promised, .. } => write!(f, "has promised ballot {promised}"),
            Chosen { from, values } => {
                let values: Vec<String> = values.iter().map(held).collect();
                write!(f, "chosen from place {from} on: {}", values.join(", "))
            }
            Heartbeat { chosen, .. } => write!(f, "leads, {chosen} are chosen"),
            Heard { chosen, .. } => write!(f, "knows {chosen}"),
        }
    }
}

crate::declare::messages! {
    /// A message on the wire.
    pub enum Msg {
        Data "data" Write "A message that is broadcast, from its sender." (packet: Packet) => "{packet}",
        Relay "relay" Repair "What somebody else has said, passed on." (packet: Packet) => "passes on: {packet}",
        Submit "submit" Request "A message for the sequencer, or the leader." (message: Message) => "{message}, to be given a place",
        Order "order" Write "A message with its number." (packet: Packet) => "{packet}",
        Number "number" Response "The number of a message." (packet: Packet) => "{packet}",
        Proposal "proposal" Ack "A stamp that is proposed for a message." { id: Id, count: u64, by: u16 } => "proposes {count} for {id}",
        Final "final" Response "The greatest stamp that was proposed for a message." (packet: Packet) => "{packet}",
        Ack "ack" Ack "A later stamp than that of a message." (packet: Packet) => "{packet}",
        Token "token" Background "Who has it may give numbers." { next: u32 } => "the token; next is number {next}",
        Accept "accept" Write "The leader asks for votes: this message, in this place." (says: Agreement) => "{says}",
        Accepted "accepted" Ack "A vote for it." (says: Agreement) => "{says}",
        Chosen "chosen" Response "What was chosen." (says: Agreement) => "{says}",
        Prepare "prepare" Read "Somebody wants to lead, and asks what was voted on." (says: Agreement) => "{says}",
        Promise "promise" Ack "The answer to that." (says: Agreement) => "{says}",
        Beat "beat" Background "The leader is there; or an answer to that, or a refusal." (says: Agreement) => "{says}",
    }
}

impl Msg {
    /// What is said first-hand.
    pub fn of(packet: Packet) -> Msg {
        match packet.body {
            Body::Data(..) => Msg::Data(packet),
            Body::Order(..) => Msg::Order(packet),
            Body::Number(..) => Msg::Number(packet),
            Body::Final(..) => Msg::Final(packet),
            Body::Ack(..) => Msg::Ack(packet),
        }
    }

    /// Something for consensus.
    pub fn agreement(says: paxos::Msg<Option<Message>>) -> Msg {
        use paxos::Msg::{Accept, Accepted, Chosen, Heard, Heartbeat, Prepare, Promise, Refused};
        let kind = match says {
            Accept { .. } => Msg::Accept,
            Accepted { .. } => Msg::Accepted,
            Chosen { .. } => Msg::Chosen,
            Prepare { .. } => Msg::Prepare,
            Promise { .. } => Msg::Promise,
            Heartbeat { .. } | Heard { .. } | Refused { .. } => Msg::Beat,
        };
        kind(Agreement(says))
    }

    /// Whether it comes and goes for ever, or settles who leads: no broadcast needs it more than another.
    pub fn is_background(&self) -> bool {
        matches!(self, Msg::Token { .. } | Msg::Prepare(_) | Msg::Promise(_) | Msg::Beat(_))
    }

    /// A proposal for a message.
    pub fn proposal(id: Id, (count, by): Stamp) -> Msg {
        Msg::Proposal { id, count, by }
    }
}

crate::declare::words! {
    /// Timers.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// Something is due to be broadcast.
        Say => "something to say",
        /// The token comes into being here.
        Token => "the token's first holder",
        /// No sign of a leader.
        Election => "no sign of a leader",
        /// The leader gives a sign.
        Beat => "time for a sign",
        /// What it has to say has not been delivered.
        Again => "what it said has not come back",
    }
}

/// What a script may ask of a process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// A broadcast: `say`.
    Say,
}

impl Asked for Request {}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("say")
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        if text == "say" {
            Ok(Request::Say)
        } else {
            Err(format!("‘{text}’ is not a request here: ask for say"))
        }
    }
}

/// Nobody is told anything.
type Response = Never;

crate::declare::speech!(() {
    // The token has a way of its own.
    fn class(msg: &Msg) -> u8 {
        u8::from(matches!(msg, Msg::Token { .. }))
    }
});
