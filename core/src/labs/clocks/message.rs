//! What processes say, wait for, are asked and answer.

use crate::cast::{Name, NodeId, Sort};
use crate::lab::{Effect, End};
use crate::parts::hlc::Hlc;
use crate::parts::lww::Lww;
use crate::parts::version_vector::DatedVector;
use crate::sim::{Asked, Told};
use std::fmt;
use std::str::FromStr;

/// The stamps of an event that a message carries on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sent {
    /// The event's number at its process, by which an observer knows it again: no clock reads it.
    pub event: u32,
    /// Its Lamport stamp.
    pub lamport: u64,
    /// Its vector.
    pub vector: DatedVector<NodeId>,
    /// Its hybrid stamp.
    pub hlc: Hlc,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stamped {}", self.lamport)
    }
}

/// A timestamp of a write: a time or a number, a count, and the writer, which decides between equal ones.
pub type Timestamp = (i64, u64, NodeId);

/// What a write leaves in the register.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Version(pub Lww<NodeId, u32, Timestamp>);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.value().copied().unwrap_or_default())
    }
}

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        Note "note" Request "Anything: it carries the stamps of the event that sent it." (sent: Sent) => "note, {sent}",
        Update "update" Write "A write of the register, for all others, with the stamps of the event that sent it." { sent: Sent, version: Version } => "write of {version}, {sent}",
        Ask "ask" Background "What time is it?" { asked_us: i64 } => "what time is it?",
        Time "time" Background "The time server's clock, and when it was asked." { asked_us: i64, server_us: i64 } => "it is {server_us}µs",
    }
}

crate::declare::words! {
    /// What processes wait for.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// Something is due to be done.
        Next => "next thing to do",
        /// The time server is to be asked.
        Sync => "time to ask for the time",
        /// A write's timestamp may be past.
        Commit(number: u32) => "commit wait of write {number}",
    }
}

/// What a script may ask of a process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// Something happens that concerns nobody else: `tick`.
    Tick,
    /// A note to another process: `send.n2`.
    Send(Name),
    /// A write of the register: `write.7`.
    Write(u32),
}

impl Asked for Request {
    fn effect(&self) -> Option<Effect> {
        matches!(self, Request::Write(_)).then_some(Effect { key: 0, writes: true })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::Tick => f.write_str("tick"),
            Request::Send(to) => write!(f, "send.{to}"),
            Request::Write(value) => write!(f, "write.{value}"),
        }
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        let wrong = || format!("‘{text}’ is not a request here: ask for tick, send.n2 or write.7");
        match text.split_once('.') {
            None if text == "tick" => Ok(Request::Tick),
            Some(("send", to)) => {
                let to: Name = to.parse()?;
                if to.sort == Sort::Server { Ok(Request::Send(to)) } else { Err("notes go to processes, n1, n2 and so on".into()) }
            }
            Some(("write", value)) if value.len() <= 6 && value.bytes().all(|b| b.is_ascii_digit()) => {
                value.parse().map(Request::Write).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }
}

crate::declare::words! {
    /// What a writer is told.
    #[derive(Copy)]
    pub enum Response {
        /// The write has ended, and goes to all others.
        Done => "done",
    }
}

impl Told for Response {
    fn end(&self) -> End {
        End::Ok
    }
}

crate::declare::speech!(super::process::Disk {
    // Which of the network's delays a message takes.
    fn class(msg: &Msg) -> u8 {
        match msg {
            Msg::Note(_) | Msg::Update { .. } => 0,
            Msg::Ask { .. } => 1,
            Msg::Time { .. } => 2,
        }
    }
});
