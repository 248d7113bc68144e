//! What clients, servers, the database and the provider say to each other.

use super::call::{Call, Key, Outcome};
use crate::lab::End;
use crate::parts::dedup::Check;
use crate::sim::{Asked, Told};
use std::fmt;
use std::str::FromStr;

/// How a server asks for a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Claim {
    /// It only looks.
    Look,
    /// It is to be in progress from now on.
    Begin,
    /// It is to be done from now on, whatever comes.
    Settle,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Claim::Look => "look up",
            Claim::Begin => "begin",
            Claim::Settle => "write as done",
        })
    }
}

/// What a key is found to be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Found(pub Check<Outcome>);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Check::Missing => f.write_str("no key"),
            Check::New => f.write_str("new"),
            Check::TakenOver(None) => f.write_str("yours now"),
            Check::TakenOver(Some(point)) => write!(f, "yours now, charged {point}"),
            Check::InProgress => f.write_str("in progress"),
            Check::OtherPayload => f.write_str("another payload"),
            Check::Done(outcome) => write!(f, "done: {outcome}"),
        }
    }
}

/// A value that may not be there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Maybe<T>(pub Option<T>);

impl<T: fmt::Display> fmt::Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("nothing"),
        }
    }
}

crate::declare::messages! {
    /// A message on the wire. `id` is the server's number for the try that it works at.
    pub enum Msg {
        Request "request" Request "A client asks a server." { call: Call, late: bool } => "{call}",
        Answer "answer" Response "The server answers." { serial: u32, outcome: Outcome } => "{outcome}",
        Content "content" Response "The server answers a GET." { serial: u32, value: Maybe<i32>, etag: u32 } => "200, x = {value}, v{etag}",
        Claim "claim" Read "The server asks the database for a key." { id: u32, call: Call, how: Claim } => "{how} {call}",
        Found "found" Ack "What the key is." { id: u32, found: Found } => "{found}",
        Effect "effect" Write "The server has the database do it." { id: u32, call: Call } => "{call}",
        Commit "commit" Write "The same, with the key's row in one transaction." { id: u32, call: Call } => "{call}, and its row",
        Applied "applied" Ack "It is done, or refused, or was done before." { id: u32, outcome: Outcome, again: bool } => "{outcome}",
        Record "record" Write "The server has a row say how far its request is." { id: u32, call: Call, outcome: Outcome, ends: bool } => "{call}: {outcome}",
        Recorded "recorded" Ack "The row says so." { id: u32 } => "recorded",
        Release "release" Background "The row goes: nothing is saved." { call: Call } => "forget {call}",
        Get "get" Read "The server reads." { id: u32 } => "read x",
        Got "got" Response "What there is." { id: u32, value: Maybe<i32>, etag: u32 } => "x = {value}, v{etag}",
        Find "find" Read "Has the provider taken the money for this?" { id: u32, order: u32 } => "charged order {order}?",
        Told "told" Response "Whether it has." { id: u32, receipt: Maybe<u32> } => "{receipt}",
        Charge "charge" Write "The provider is to take the money." { id: u32, order: u32, amount: i32, key: Maybe<Key> } => "charge {amount} for order {order}",
        Charged "charged" Ack "It has." { id: u32, receipt: u32 } => "charged, no. {receipt}",
    }
}

crate::declare::words! {
    /// The timers of all nodes.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// A client's workload begins.
        Begin => "begins",
        /// The second click.
        Click(serial: u32) => "clicks again",
        /// No answer has come.
        Timeout(serial: u32) => "no answer",
        /// The next try is due.
        Again(serial: u32) => "tries again",
        /// The work is done.
        Work(id: u32) => "work is done",
        /// A request that waits asks for its key again.
        Poll(id: u32) => "asks for the key again",
        /// The process is up again.
        Restart => "is up again",
        /// A row is too old.
        Prune => "prunes",
    }
}

/// What a script may ask of a client.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// A request by the lab's method, of so much.
    Send(i32),
    /// Another one under the key of the client's last.
    Reuse(i32),
    /// One without a key.
    Bare(i32),
    /// Read x, and take one from it.
    Take,
}

/// The most that a request may be about.
const MOST: i32 = 1_000_000;

impl Asked for Request {}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::Send(value) => write!(f, "send.{value}"),
            Request::Reuse(value) => write!(f, "reuse.{value}"),
            Request::Bare(value) => write!(f, "bare.{value}"),
            Request::Take => f.write_str("take"),
        }
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        let value = |text: &str| match text.parse::<i32>() {
            Ok(value @ 0..=MOST) => Ok(value),
            _ => Err(format!("‘{text}’ is not a number from 0 to {MOST}")),
        };
        match text.split_once('.') {
            Some(("send", text)) => value(text).map(Request::Send),
            Some(("reuse", text)) => value(text).map(Request::Reuse),
            Some(("bare", text)) => value(text).map(Request::Bare),
            None if text == "take" => Ok(Request::Take),
            _ => Err(format!(
                "‘{text}’ is not a request here: clients are asked for send.10, reuse.20, bare.10 or take"
            )),
        }
    }
}

crate::declare::words! {
    /// What an operation came to.
    #[derive(Copy)]
    pub enum Response {
        /// The server's answer.
        Answered(outcome: Outcome) => "{outcome}",
        /// The client has read, and found that it had been done.
        Seen => "412, and x is what it wrote",
        /// No answer to any try.
        NoWord => "gave up: no answer",
    }
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Answered(outcome) if outcome.is_success() => End::Ok,
            Response::Answered(_) => End::Failed,
            Response::Seen => End::Ok,
            Response::NoWord => End::Unknown,
        }
    }
}

/// What nodes tell the meter, by the operation that they serve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    /// What a client writes rests on what it has read: that version.
    Rests(u32),
    /// The database has done it.
    Done {
        /// What it answers.
        outcome: Outcome,
        /// The version of x before.
        was: u32,
    },
    /// The provider has taken the money.
    Charged,
    /// A server answers so; from its table, if it is a replay.
    Answers(Outcome, bool),
    /// A request finds its key in progress.
    Blocked,
    /// A request is worked at.
    Works,
    /// A table holds so many keys.
    Stores(u32),
    /// A server's process dies.
    Dies,
}

crate::declare::speech!(super::protocol::Kept, Deed {
    fn class(msg: &Msg) -> u8 {
        match msg {
            Msg::Request { late: true, .. } => super::protocol::LATE,
            Msg::Request { .. } => super::protocol::REQUEST,
            Msg::Answer { .. } | Msg::Content { .. } => super::protocol::ANSWER,
            _ => 0,
        }
    }

    fn disk_weight(disk: &super::protocol::Kept) -> u64 {
        disk.weight()
    }
});
