//! What clients, services and the server say to each other, what is asked of clients, and how calls end.

use crate::lab::{Effect, End};
use crate::sim::{Asked, Never, Told};
use crate::time::DurationUs;
use std::fmt;
use std::str::FromStr;

/// Which attempt at which call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Try {
    /// The caller's number for the call.
    pub serial: u32,
    /// Which attempt of the caller's own at it, from 0: more than 0 for a retry.
    pub attempt: u16,
    /// The attempt's number for luck: the same, but in a chain, where attempts are numbered through all callers, so that each has luck of its
    /// own; there it also tells which attempts of the callers above it serves.
    pub number: u16,
}

impl fmt::Display for Try {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {}", self.serial)?;
        match self.attempt {
            0 => Ok(()),
            attempt => write!(f, ", attempt {}", u32::from(attempt) + 1),
        }
    }
}

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        /// The client's own mistake (`bad`) can never succeed; the deadline is when the caller gives up, on a clock that all share here.
        Call "call" Request "An attempt at a call." { of: Try, bad: bool, deadline_us: u64 },
        Answer "answer" Response "The answer to an attempt." { of: Try, reply: Reply },
        Cancel "cancel" Background "The caller does not wait any more." { of: Try },
        Read "read" Read "Contention: asks for the row's version.",
        Version "version" Ack "Contention: the row's version." (version: u32),
        Write "write" Write "Contention: writes the row, if its version is the one read." (version: u32),
        Wrote "wrote" Response "Contention: whether it was." (written: bool),
    }
}

/// How a server answers an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// Done now.
    Done,
    /// It had been done before: an idempotency key was recognised.
    Known,
    /// The work failed; another attempt may succeed.
    Error,
    /// The request can never succeed.
    Bad,
    /// Not even tried; after so long (0: the server does not say) it is worth another attempt.
    Refused {
        /// In µs.
        after_us: u64,
    },
}

impl Reply {
    /// Whether the call has succeeded.
    pub fn is_ok(self) -> bool {
        matches!(self, Reply::Done | Reply::Known)
    }

    /// Whether the server has spent work on it.
    pub fn is_work(self) -> bool {
        !matches!(self, Reply::Refused { .. } | Reply::Known)
    }
}

impl fmt::Display for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Msg::Call { of, .. } => write!(f, "{of}"),
            Msg::Answer { of, reply } => write!(f, "{of}: {reply}"),
            Msg::Cancel { of } => write!(f, "cancel {of}"),
            Msg::Read => write!(f, "read"),
            Msg::Version(n) => write!(f, "version {n}"),
            Msg::Write(n) => write!(f, "write if version {n}"),
            Msg::Wrote(true) => write!(f, "written"),
            Msg::Wrote(false) => write!(f, "conflict"),
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Done => write!(f, "done"),
            Reply::Known => write!(f, "done before"),
            Reply::Error => write!(f, "failed"),
            Reply::Bad => write!(f, "bad request"),
            Reply::Refused { after_us: 0 } => write!(f, "refused"),
            Reply::Refused { after_us } => write!(f, "refused, retry after {}", DurationUs(*after_us)),
        }
    }
}

/// What a client is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// One more call.
    Call,
    /// Contention: update the row.
    Update,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Request::Call => "call",
            Request::Update => "update",
        })
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        match text {
            "call" => Ok(Request::Call),
            _ => Err(format!("‘{text}’ cannot be asked here; a client can be asked for a call: ask:c1:call")),
        }
    }
}

impl Asked for Request {
    fn effect(&self) -> Option<Effect> {
        None
    }
}

/// Why a call was given up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum GaveUp {
    /// The error was permanent.
    Permanent,
    /// All attempts were used.
    Attempts,
    /// No time was left for another attempt.
    Time,
    /// The budget had no retry left.
    Budget,
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Response {
    /// Well.
    Done,
    /// Its client gave up.
    Failed {
        /// Why.
        why: GaveUp,
        /// Whether an attempt went unanswered, so that it may yet be executed.
        doubt: bool,
    },
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Done => End::Ok,
            Response::Failed { doubt: true, .. } => End::Unknown,
            Response::Failed { doubt: false, .. } => End::Failed,
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Response::Done => "done",
            Response::Failed { why: GaveUp::Permanent, .. } => "gave up: the error is permanent",
            Response::Failed { why: GaveUp::Attempts, .. } => "gave up: all attempts are used",
            Response::Failed { why: GaveUp::Time, .. } => "gave up: no time is left",
            Response::Failed { why: GaveUp::Budget, .. } => "gave up: the retry budget is empty",
        })
    }
}

crate::declare::speech!(Never, crate::kits::graph::Mark);

crate::declare::words! {
    /// The timers of a node.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// A client's next call is due.
        Arrive => "next call",
        /// An attempt at this call has waited long enough.
        Timeout(serial: u32) => "call {serial} timed out",
        /// The delay before a retry of this call is over.
        Retry(serial: u32) => "retry call {serial}",
        /// A worker is through with this request.
        Finish(number: u64) => "work done",
        /// The server gets into trouble.
        TroubleBegins => "trouble begins",
        /// It is well again.
        TroubleEnds => "trouble ends",
        /// Contention: the delay after a conflict is over.
        Again => "try again",
    }
}

