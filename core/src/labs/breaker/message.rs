//! What the service and its dependencies say to each other, and how requests end.

use crate::lab::End;
use crate::sim::{Asked, Never, Told};
use std::fmt;
use std::str::FromStr;

/// The dependencies' names, in the order of the cast.
pub const NAMES: [&str; 3] = ["cache", "database", "analytics"];

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        Call "call" Request "A call to a dependency." { request: u32, attempt: u16, shard: u8, bad: bool } => "call for request {request}, shard {shard}",
        Answer "answer" Response "Its answer." { request: u32, attempt: u16, reply: Reply } => "request {request}: {reply}",
    }
}

crate::declare::words! {
    /// How a dependency answers.
    #[derive(Copy)]
    pub enum Reply {
        /// Well.
        Done => "done",
        /// It failed.
        Error => "error",
        /// The request makes no sense: the client's mistake, not the dependency's.
        Bad => "400",
    }
}

/// What the service is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request;

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("request")
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        if text == "request" {
            Ok(Request)
        } else {
            Err(format!("‘{text}’ cannot be asked here; the service can be asked for a request: ask:k1:request"))
        }
    }
}

impl Asked for Request {}

/// How an attempt at a call ended; the places of results in facts and charts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ending {
    /// Well.
    Done,
    /// With an error.
    Failed,
    /// It took too long, in the pool's queue or at the dependency.
    TimedOut,
    /// The breaker did not let it pass.
    ShortCircuited,
    /// The pool was full.
    Rejected,
    /// With a 400.
    Bad,
}

impl Ending {
    /// All of them, in the order of their numbers.
    pub const ALL: [Ending; 6] = [
        Ending::Done,
        Ending::Failed,
        Ending::TimedOut,
        Ending::ShortCircuited,
        Ending::Rejected,
        Ending::Bad,
    ];
}

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Response {
    /// Well.
    Done,
    /// With a fallback in place of an answer.
    Degraded,
    /// Well, but nobody waited any more.
    Late,
    /// For want of this.
    Failed(Ending),
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Done | Response::Degraded => End::Ok,
            Response::Late | Response::Failed(Ending::TimedOut) => End::Unknown,
            Response::Failed(_) => End::Failed,
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Response::Done => "done",
            Response::Degraded => "done by a fallback",
            Response::Late => "too late",
            Response::Failed(Ending::TimedOut) => "a call timed out",
            Response::Failed(Ending::ShortCircuited) => "short-circuited by the breaker",
            Response::Failed(Ending::Rejected) => "rejected: no thread is free",
            Response::Failed(Ending::Bad) => "bad request",
            Response::Failed(_) => "a call failed",
        })
    }
}

/// What the nodes of this lab say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Speech;

impl crate::sim::Speech for Speech {
    type Msg = Msg;
    type Timer = Timer;
    type Request = Request;
    type Response = Response;
    type Disk = Never;
}

crate::declare::words! {
    /// The timers of a node.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// The next request is due.
        Arrive => "next request",
        /// The call of this request has waited long enough.
        Timeout(request: u32) => "the call of request {request} timed out",
        /// The delay before a retry for this request is over.
        Retry(request: u32) => "retry for request {request}",
        /// A worker is through with this call.
        Finish(number: u64) => "work done",
        /// The dependency goes bad.
        Worse => "goes bad",
        /// It may be well again.
        Better => "may be well again",
    }
}

