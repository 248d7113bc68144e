//! What callers and services say to each other, what sources ask for, and how that ends.

use super::control::Does;
use super::declared::Class;
use super::mark::{Ending, HopId, Mark, Stop};
use crate::outcome::{Effect, End};
use crate::sim::{Asked, Never, Told};
use crate::time::DurationUs;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// Which try at which call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Try {
    /// The caller's number for the call.
    pub serial: u32,
    /// The number of the try among all that serve its operation on this hop, through all who call: it decides the luck of its messages.
    pub path: u32,
    /// Which try of the caller's own at it, from 0: more than 0 for a retry.
    pub attempt: u16,
    /// On which hop.
    pub hop: HopId,
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

/// What a request is about: it travels with every call that is made for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct About {
    /// Which of the graph's classes it is of.
    pub class: Class,
    /// Whose it is, of those who share the graph.
    pub tenant: u8,
    /// Whether it is its client's own mistake, which can never succeed.
    pub bad: bool,
    /// What it asks for.
    pub key: u32,
}

impl About {
    /// The same under another class.
    pub fn under(self, class: Option<Class>) -> About {
        About { class: class.unwrap_or(self.class), ..self }
    }
}

/// The deadline that a call carries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Deadline {
    /// None.
    Never,
    /// So long after it comes, in µs.
    In(u64),
    /// At this time of the clock, in µs.
    At(u64),
}

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        Call "call" Request "An attempt at a call." { of: Try, about: About, deadline: Deadline },
        Answer "answer" Response "The answer to an attempt." { of: Try, reply: Reply },
        Cancel "cancel" Background "The caller does not wait any more." { of: Try },
        Look "look" Background "The controller asks what an instance does.",
        Does "does" Background "What an instance does, and has done since it was asked last." { does: Does },
        Order "order" Background "The controller has an instance start, or stop." { on: bool },
        Ready "ready" Background "An instance takes calls, or none any more." { on: bool },
    }
}

impl fmt::Display for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Msg::Call { of, .. } => write!(f, "{of}"),
            Msg::Answer { of, reply } => write!(f, "{of}: {reply}"),
            Msg::Cancel { of } => write!(f, "cancel {of}"),
            Msg::Look => f.write_str("what do you do?"),
            Msg::Does { does } => {
                let busy = DurationUs(does.busy_us);
                write!(f, "{}: busy {busy}, {} came, {} wait", does.life.word(), does.came, does.waits)
            }
            Msg::Order { on } => f.write_str(if *on { "start" } else { "stop" }),
            Msg::Ready { on } => f.write_str(if *on { "ready" } else { "not ready" }),
        }
    }
}

/// How a service answers a try.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// Done now.
    Done,
    /// It had been done before: an idempotency key was recognised.
    Known,
    /// The work failed; another try may succeed.
    Error,
    /// The request can never succeed.
    Bad,
    /// Not even begun; after so long (0: the service does not say) it is worth another try.
    Refused {
        /// In µs.
        after_us: u64,
    },
}

impl Reply {
    /// How that ends what it answers.
    #[inline]
    pub fn ending(self) -> Ending {
        match self {
            Reply::Done => Ending::Done,
            Reply::Known => Ending::Known,
            Reply::Error => Ending::Failed,
            Reply::Bad => Ending::Bad,
            Reply::Refused { .. } => Ending::Refused,
        }
    }

    /// Whether the service has spent work on it.
    pub fn is_work(self) -> bool {
        !matches!(self, Reply::Refused { .. } | Reply::Known)
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

/// A request of a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request(pub Class);

impl Hash for Request {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.into());
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("call"),
            class => write!(f, "call-{}", u32::from(class) + 1),
        }
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        let class = match text.strip_prefix("call") {
            Some("") => Some(0),
            Some(class) => {
                class.strip_prefix('-').and_then(|class| class.parse::<Class>().ok()?.checked_sub(1))
            }
            None => None,
        };
        let request = class.map(Request).filter(|request| request.to_string() == text);
        request.ok_or_else(|| {
            format!("‘{text}’ cannot be asked here; a client can be asked for a call: ask:c1:call")
        })
    }
}

impl Asked for Request {
    fn effect(&self) -> Option<Effect> {
        None
    }
}

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Response {
    /// Well.
    Done,
    /// It was given up.
    Failed {
        /// How its last try, or what was done for it, ended.
        how: Ending,
        /// Why there was no other try.
        why: Stop,
        /// Whether a try went unanswered, so that it may yet be executed.
        doubt: bool,
    },
}

impl Hash for Response {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match *self {
            Response::Done => state.write_u64(0),
            Response::Failed { why, doubt, .. } => {
                state.write_u64(1);
                state.write_u64((why as u64).wrapping_sub(1));
                doubt.hash(state);
            }
        }
    }
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
            Response::Failed { why: Stop::Permanent, .. } => "gave up: the error is permanent",
            Response::Failed { why: Stop::Attempts, .. } => "gave up: all attempts are used",
            Response::Failed { why: Stop::Time, .. } => "gave up: no time is left",
            Response::Failed { why: Stop::Budget, .. } => "gave up: the retry budget is empty",
            Response::Failed { how: Ending::Refused, .. } => "refused",
            Response::Failed { how: Ending::ShortCircuited, .. } => "kept back",
            Response::Failed { .. } => "failed",
        })
    }
}

crate::declare::speech!(Never, Mark);

crate::declare::words! {
    /// The timers of a node.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// A source's next request is due.
        Arrive => "next call",
        /// A try at this call has waited long enough.
        Timeout(serial: u32) => "call {serial} timed out",
        /// The delay before a retry of this call is over.
        Retry(serial: u32) => "retry call {serial}",
        /// The work on this request is done.
        Finish(serial: u32) => "work done",
        /// Trouble begins.
        TroubleBegins => "trouble begins",
        /// It is over.
        TroubleEnds => "trouble ends",
        /// An instance that was told to start is ready.
        Started => "started",
        /// A controller looks again, and decides although somebody has not answered.
        Look => "look",
        /// See there.
        Decide => "decide",
    }
}

crate::declare::facts! {
    QUEUE "queue" Face "How many requests wait at the server.";
    BUSY "busy" Inspector "How many of its workers are busy.";
    ROLE "role" Role "What it is, or does.";
    BUDGET "budget" Inspector "What is left of its retry budget, in retries or tokens.", in Thousandths;
    LATE "late" Inspector "Answers that came when it did not wait for them any more.";
    EXPIRED "expired" Inspector "Requests that the server threw away because their deadline had passed.";
    LIFE "life" Face "Whether it is off, starting, ready or draining, where a controller says so.";
    WANTED "wanted" Face "How many instances the controller wants.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_small() {
        assert!(size_of::<Msg>() <= 40, "{}", size_of::<Msg>());
    }

    #[test]
    fn requests_are_read_as_they_are_written() {
        for class in [0, 1, 254] {
            assert_eq!(Request(class).to_string().parse(), Ok(Request(class)));
        }
        for wrong in ["", "call-", "call-0", "call-1", "call-01", "call-256", "calls", "read"] {
            assert!(wrong.parse::<Request>().is_err(), "{wrong}");
        }
    }
}
