//! What the service and its dependencies say to each other, and how requests end.

use crate::kits::graph;
use crate::lab::End;
use crate::sim::{Asked, Never, Told};
use std::fmt;
use std::str::FromStr;

/// The dependencies' names, in the order of the cast.
pub const NAMES: [&str; 3] = ["cache", "database", "analytics"];

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        Call "call" Request "A call to a dependency." { request: u32, attempt: u16, shard: u8, bad: bool },
        Answer "answer" Response "Its answer." { request: u32, attempt: u16, reply: Reply },
    }
}

impl fmt::Display for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Msg::Call { request, shard, .. } => write!(f, "call for {}, shard {shard}", Numbered(*request)),
            Msg::Answer { request, reply, .. } => write!(f, "{}: {reply}", Numbered(*request)),
        }
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

/// A request by the number of its caller, which counts anew after each boot ([`Ctx::first_number`](crate::sim::Ctx::first_number)).
#[derive(Clone, Copy, Debug)]
pub struct Numbered(pub u32);

impl fmt::Display for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (boots, number) = (self.0 >> 24 | (self.0 >> 22 & 3) << 8, self.0 & 0x3f_ffff);
        match boots {
            0 => write!(f, "request {number}"),
            1 => write!(f, "request {number} after the restart"),
            boots => write!(f, "request {number} after restart {boots}"),
        }
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

/// How an attempt at a call ended; the places of results in facts and charts, where the last has none: it is no call.
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
    /// It was not made: no time was left for it.
    NoTime,
}

impl Ending {
    /// All of them, in the order of their numbers.
    pub const ALL: [Ending; 7] = [
        Ending::Done,
        Ending::Failed,
        Ending::TimedOut,
        Ending::ShortCircuited,
        Ending::Rejected,
        Ending::Bad,
        Ending::NoTime,
    ];

    /// The same, as the ledger has it.
    pub fn told(self) -> graph::Ending {
        match self {
            Ending::Done => graph::Ending::Done,
            Ending::Failed => graph::Ending::Failed,
            Ending::TimedOut => graph::Ending::TimedOut,
            Ending::ShortCircuited => graph::Ending::ShortCircuited,
            Ending::Rejected => graph::Ending::Rejected,
            Ending::Bad => graph::Ending::Bad,
            Ending::NoTime => graph::Ending::NoTime,
        }
    }

    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Done => "done",
            Ending::Failed => "failed",
            Ending::TimedOut => "timed out",
            Ending::ShortCircuited => "short-circuited",
            Ending::Rejected => "rejected",
            Ending::Bad => "400",
            Ending::NoTime => "no time left",
        }
    }
}

/// Results are numbered by dependency · 8 + how the attempt ended.
pub const RESULTS: u16 = 8;

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
            Response::Late | Response::Failed(Ending::TimedOut | Ending::NoTime) => End::Unknown,
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
            Response::Failed(Ending::NoTime) => "no time was left for a call",
            Response::Failed(_) => "a call failed",
        })
    }
}

crate::declare::speech!(Never, crate::kits::graph::Mark);

/// The timers of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next request is due.
    Arrive,
    /// The call of this request has waited long enough.
    Timeout(u32),
    /// The delay before a retry for this request is over.
    Retry(u32),
    /// A worker is through with this call.
    Finish(u64),
    /// The dependency goes bad.
    Worse,
    /// It may be well again.
    Better,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timer::Arrive => write!(f, "next request"),
            Timer::Timeout(request) => write!(f, "the call of {} timed out", Numbered(*request)),
            Timer::Retry(request) => write!(f, "retry for {}", Numbered(*request)),
            Timer::Finish(_) => write!(f, "work done"),
            Timer::Worse => write!(f, "goes bad"),
            Timer::Better => write!(f, "may be well again"),
        }
    }
}

