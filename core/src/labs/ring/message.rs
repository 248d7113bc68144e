//! What router, nodes and client say to each other, what is asked for, and what is told.

use super::plan::{Step, parse_step};
use crate::counted::counted;
use crate::lab::{End, MessageRole, MessageSpec};
use crate::sim::{Asked, Kinded, Told};
use std::fmt;
use std::str::FromStr;

/// A message.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// The client's request; what it wants is drawn from the die.
    Want { number: u32, die: u64 },
    /// The router passes it to a node; `parts` nodes are asked in all.
    Serve { number: u32, parts: u32 },
    /// A node's part of the answer; `refused` if its queue was full.
    Answer { number: u32, parts: u32, refused: bool },
    /// The new table: this change begins.
    Assign { change: u16 },
    /// Give a node so many rows.
    Give { change: u16, to: u16, copies: u64 },
    /// A node is going to give so many rows: make room.
    Take { change: u16, from: u16, copies: u64 },
    /// The rows themselves, when the last of them has come.
    Data { change: u16, copies: u64 },
    /// They are here: route to me, says the taker to the router; let go of them, to the giver.
    Taken { change: u16, from: u16 },
    /// The change is over.
    Settled { change: u16 },
}

const fn kind(word: &'static str, about: &'static str, role: MessageRole) -> MessageSpec {
    MessageSpec { word, about, role }
}

/// The kinds of message, in the order of [`Msg`].
pub static KINDS: &[MessageSpec] = &[
    kind("want", "The client asks the router for rows.", MessageRole::Request),
    kind("serve", "The router passes the request to a node that has them.", MessageRole::Read),
    kind("answer", "The node answers the client.", MessageRole::Response),
    kind("assign", "The router tells a node that membership changes.", MessageRole::Background),
    kind("give", "The router has a node give rows away.", MessageRole::Background),
    kind("take", "The router tells a node that rows are coming.", MessageRole::Background),
    kind("data", "Rows go from a node to another.", MessageRole::Repair),
    kind("taken", "The rows have come: from now on requests for them go here, and their giver lets go of them.", MessageRole::Ack),
    kind("settled", "The router tells a node that the change is over.", MessageRole::Background),
];

impl Kinded for Msg {
    fn kind(&self) -> u8 {
        match self {
            Msg::Want { .. } => 0,
            Msg::Serve { .. } => 1,
            Msg::Answer { .. } => 2,
            Msg::Assign { .. } => 3,
            Msg::Give { .. } => 4,
            Msg::Take { .. } => 5,
            Msg::Data { .. } => 6,
            Msg::Taken { .. } => 7,
            Msg::Settled { .. } => 8,
        }
    }
}

impl fmt::Display for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Msg::Want { .. } => f.write_str("request"),
            Msg::Serve { parts: 1, .. } => f.write_str("serve"),
            Msg::Serve { parts, .. } => write!(f, "serve 1 of {parts} parts"),
            Msg::Answer { refused: true, .. } => f.write_str("refused: queue full"),
            Msg::Answer { parts: 1, .. } => f.write_str("answer"),
            Msg::Answer { parts, .. } => write!(f, "answer, 1 of {parts} parts"),
            Msg::Assign { change } => write!(f, "change {} begins", change + 1),
            Msg::Give { to, copies, .. } => write!(f, "give n{} {}", to + 1, counted(*copies, "row")),
            Msg::Take { from, copies, .. } => write!(f, "take {} from n{}", counted(*copies, "row"), from + 1),
            Msg::Data { copies, .. } => f.write_str(&counted(*copies, "row")),
            Msg::Taken { from, .. } => write!(f, "rows of n{} are here", from + 1),
            Msg::Settled { change } => write!(f, "change {} is over", change + 1),
        }
    }
}

/// What is asked for: by the client's workload, or of the router by the script.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// A row by its key.
    Row(u32),
    /// A stretch of keys.
    Stretch,
    /// Rows by another column.
    Second,
    /// A user with all orders.
    Join(u32),
    /// A change of membership, or of a weight.
    Change,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::Row(row) => write!(f, "row.{row}"),
            Request::Stretch => f.write_str("stretch"),
            Request::Second => f.write_str("second"),
            Request::Join(row) => write!(f, "user.{row}"),
            Request::Change => f.write_str("change"),
        }
    }
}

impl FromStr for Request {
    type Err = String;

    /// Only changes of membership and weights can be asked for; which one it is, the plan knows.
    fn from_str(text: &str) -> Result<Request, String> {
        match parse_step(text)? {
            Step::Join | Step::Leave(_) | Step::Weight(..) | Step::Resize(_) => Ok(Request::Change),
        }
    }
}

impl Asked for Request {}

/// What the client is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Response {
    /// All parts have come.
    Served,
    /// A node refused its part.
    Refused,
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Response::Served { "served" } else { "refused" })
    }
}

impl Told for Response {
    fn end(&self) -> End {
        if *self == Response::Served { End::Ok } else { End::Failed }
    }
}

/// The timers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The client's next request is due.
    Arrive,
    /// A node is through with a request.
    Done(u64),
    /// A node has given the last of the rows.
    Given,
    /// The change of the parameters is due.
    Resize,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Timer::Arrive => "next request",
            Timer::Done(_) => "request served",
            Timer::Given => "last row given",
            Timer::Resize => "the number of nodes changes",
        })
    }
}
