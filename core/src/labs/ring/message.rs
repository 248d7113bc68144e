//! What router, nodes and client say to each other, what is asked for, and what is told.

use super::plan::{Step, parse_step};
use crate::counted::counted;
use crate::lab::End;
use crate::sim::{Asked, Told};
use std::fmt;
use std::str::FromStr;

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        Want "want" Request "The client asks the router for rows." { number: u32, die: u64 },
        Serve "serve" Read "The router passes the request to a node that has them." { number: u32, parts: u32 },
        Answer "answer" Response "The node answers the client." { number: u32, parts: u32, refused: bool },
        Assign "assign" Background "The router tells a node that membership changes." { change: u16 },
        Give "give" Background "The router has a node give rows away." { change: u16, to: u16, copies: u64 },
        Take "take" Background "The router tells a node that rows are coming." { change: u16, from: u16, copies: u64 },
        Data "data" Repair "Rows go from a node to another." { change: u16, copies: u64 },
        Taken "taken" Ack "The rows have come: from now on requests for them go here, and their giver lets go of them." { change: u16, from: u16 },
        Settled "settled" Background "The router tells a node that the change is over." { change: u16 },
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

crate::declare::words! {
    /// The timers.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// The client's next request is due.
        Arrive => "next request",
        /// A node is through with a request.
        Done(number: u64) => "request served",
        /// A node has given the last of the rows.
        Given => "last row given",
        /// The change of the parameters is due.
        Resize => "the number of nodes changes",
    }
}

// The topology that a shard knew last.
crate::declare::speech!(u16, crate::kits::graph::Mark);
