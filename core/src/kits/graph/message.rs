//! What callers and services say to each other, what sources ask for, and how that ends.

pub use super::about::About;
use super::config::Config;
use super::control::Does;
use super::declared::Class;
use super::mark::{Ending, HopId, Mark};
use super::observe::{Batch, Report};
pub use super::response::Response;
use super::roles::{GET, NO_VERSION, PUT, name, version};
use crate::outcome::Effect;
use crate::sim::{Asked, Never};
use crate::time::DurationUs;
use crate::words::MessageSpec;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

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

/// What an answer brings beside how it went.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Brought {
    /// The version of what it is about, where it has one.
    pub version: u32,
    /// How much work is in it, in µs.
    pub worked_us: u64,
}

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        /// It may bring a version of what it is about.
        Call "call" Request "An attempt at a call." { of: Try, about: About, deadline: Deadline, version: u32 },
        Answer "answer" Response "The answer to an attempt." { of: Try, reply: Reply, brought: Brought },
        /// It may be meant for the case that the request still waits.
        Cancel "cancel" Background "The caller does not wait any more." { of: Try, if_waiting: bool },
        Probe "probe" Read "A health check." { hop: HopId, number: u32 },
        Probed "probed" Ack "The answer to a health check." { hop: HopId, number: u32, well: bool },
        Load "load" Background "A server tells how many requests it has." { hop: HopId, load: u32 },
        /// For the tenant of that number, or for all; the last came at that time.
        Count "count" Repair "What an instance has let in since it told the others last." { key: u8, count: u32, at_us: u64 },
        Look "look" Read "A controller asks what an instance does.",
        Does "does" Ack "What an instance does, and has done since it was asked last." { does: Does },
        Order "order" Write "A controller has an instance start, or stop." { on: bool },
        Ready "ready" Background "An instance takes calls, or none any more." { on: bool },
        Push "push" Background "Spans and lines of an instance's log, for those who watch." { batch: Arc<Batch> },
        Scrape "scrape" Read "Those who watch ask for an instance's metrics." { round: u32 },
        Scraped "scraped" Ack "The metrics of an instance." { report: Arc<Report> },
    }
}

impl fmt::Display for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Msg::Call { of, about, version: held, .. } => {
                write!(f, "{of}")?;
                if about.key > 0 {
                    write!(f, ", key {}", about.key)?;
                }
                if *held != NO_VERSION { write!(f, ": {}", version(*held)) } else { Ok(()) }
            }
            Msg::Answer { of, reply, brought: Brought { version: NO_VERSION, .. } } => {
                write!(f, "{of}: {reply}")
            }
            Msg::Answer { of, reply, brought } => write!(f, "{of}: {reply}, {}", version(brought.version)),
            Msg::Cancel { of, if_waiting: false } => write!(f, "cancel {of}"),
            Msg::Cancel { of, if_waiting: true } => write!(f, "cancel {of} if it waits"),
            Msg::Probe { number, .. } => write!(f, "check {number}"),
            Msg::Probed { number, well: true, .. } => write!(f, "check {number}: well"),
            Msg::Probed { number, well: false, .. } => write!(f, "check {number}: unwell"),
            Msg::Load { load, .. } => write!(f, "load {load}"),
            Msg::Count { count, .. } => write!(f, "{count} let in"),
            Msg::Look => f.write_str("what do you do?"),
            Msg::Does { does } => write!(f, "{does}"),
            Msg::Order { on } => f.write_str(if *on { "start" } else { "stop" }),
            Msg::Push { batch } => write!(f, "{batch}"),
            Msg::Scrape { .. } => f.write_str("metrics?"),
            Msg::Scraped { report } => write!(f, "{report}"),
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
    /// Something older or simpler stands in its place.
    Degraded,
    /// The work failed; another try may succeed.
    Error,
    /// The request can never succeed.
    Bad,
    /// Not even begun; after so long (0: the service does not say) it is worth another try.
    Refused {
        /// In µs.
        after_us: u64,
    },
    /// What it asked for is not there.
    Miss,
}

impl Reply {
    /// How that ends what it answers.
    #[inline]
    pub fn ending(self) -> Ending {
        match self {
            Reply::Done => Ending::Done,
            Reply::Known => Ending::Known,
            Reply::Degraded => Ending::Degraded,
            Reply::Error => Ending::Failed,
            Reply::Bad => Ending::Bad,
            Reply::Refused { .. } => Ending::Refused,
            Reply::Miss => Ending::Missed,
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
            Reply::Degraded => write!(f, "done by a fallback"),
            Reply::Error => write!(f, "failed"),
            Reply::Bad => write!(f, "bad request"),
            Reply::Refused { after_us: 0 } => write!(f, "refused"),
            Reply::Refused { after_us } => write!(f, "refused, retry after {}", DurationUs(*after_us)),
            Reply::Miss => write!(f, "miss"),
        }
    }
}

/// What is asked of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// A call of a client, of a class.
    Call(Class),
    /// What a service has to do of itself, of a class.
    Own(Class),
    /// A read of a key: of the class [`GET`].
    Get(u32),
    /// A write of a key: of the class [`PUT`].
    Put(u32),
    /// A cache loses all it has.
    Flush,
    /// A cache loses a key.
    Evict(u32),
    /// A cache gets a wrong value for a key.
    Poison(u32),
}

impl Request {
    /// A request of a source, which is a service's own or a client's.
    pub fn of(about: About, is_own: bool, config: &Config) -> Request {
        match about.class {
            GET if config.has_data => Request::Get(about.key),
            PUT if config.has_data => Request::Put(about.key),
            class if is_own => Request::Own(class),
            class => Request::Call(class),
        }
    }

    /// The class and the key that are asked for; none if it is something else.
    pub fn wanted(self) -> Option<(Class, Option<u32>)> {
        match self {
            Request::Call(class) | Request::Own(class) => Some((class, None)),
            Request::Get(key) => Some((GET, Some(key))),
            Request::Put(key) => Some((PUT, Some(key))),
            Request::Flush | Request::Evict(_) | Request::Poison(_) => None,
        }
    }
}

impl Hash for Request {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match *self {
            Request::Call(class) | Request::Own(class) => state.write_u64(class.into()),
            Request::Get(key) => state.write_u64(1 << 32 | u64::from(key)),
            Request::Put(key) => state.write_u64(2 << 32 | u64::from(key)),
            Request::Flush => state.write_u64(3 << 32),
            Request::Evict(key) => state.write_u64(4 << 32 | u64::from(key)),
            Request::Poison(key) => state.write_u64(5 << 32 | u64::from(key)),
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::Call(0) => f.write_str("call"),
            Request::Call(class) => write!(f, "call-{}", u32::from(*class) + 1),
            Request::Own(0) => f.write_str("request"),
            Request::Own(class) => write!(f, "request-{}", u32::from(*class) + 1),
            Request::Get(key) => write!(f, "get.{}", name(*key)),
            Request::Put(key) => write!(f, "put.{}", name(*key)),
            Request::Flush => f.write_str("flush"),
            Request::Evict(key) => write!(f, "evict.{}", name(*key)),
            Request::Poison(key) => write!(f, "poison.{}", name(*key)),
        }
    }
}

/// The key of a name.
fn key(text: &str) -> Option<u32> {
    let first = (0..8).find(|key| name(*key) == text);
    let numbered = || text.strip_prefix('k')?.parse().ok();
    first.or_else(numbered).filter(|key| name(*key) == text)
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        let of_service = text.starts_with("request");
        let class = match text.strip_prefix(if of_service { "request" } else { "call" }) {
            Some("") => Some(0),
            Some(class) => {
                class.strip_prefix('-').and_then(|class| class.parse::<Class>().ok()?.checked_sub(1))
            }
            None => None,
        };
        let of_data = || match text.split_once('.') {
            Some(("get", of)) => key(of).map(Request::Get),
            Some(("put", of)) => key(of).map(Request::Put),
            Some(("evict", of)) => key(of).map(Request::Evict),
            Some(("poison", of)) => key(of).map(Request::Poison),
            _ => (text == "flush").then_some(Request::Flush),
        };
        let request = class.map(if of_service { Request::Own } else { Request::Call });
        request.filter(|request| request.to_string() == text).or_else(of_data).ok_or_else(|| {
            format!(
                "‘{text}’ cannot be asked here; a client can be asked for a call: ask:c1:call, and a service for a request: ask:k1:request"
            )
        })
    }
}

impl Asked for Request {
    fn effect(&self) -> Option<Effect> {
        let (class, key) = self.wanted()?;
        Some(Effect { key: u16::try_from(key?).ok()?, writes: class == PUT })
    }
}

pub use super::facts::{FACTS, RESULTS, fact};

/// The kinds of message of graphs in which there are only calls.
pub const CALLS: &[MessageSpec] = KINDS.split_at(3).0;
/// Those of graphs whose callers check on instances and hear of their loads besides.
pub const CHECKED: &[MessageSpec] = KINDS.split_at(6).0;
/// Those of graphs whose instances tell each other what they let in.
pub const COUNTED: &[MessageSpec] = KINDS.split_at(7).0;
/// Those of graphs whose instances are started and stopped besides.
pub const SCALED: &[MessageSpec] = KINDS.split_at(11).0;

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
        /// An answer to this call should have come: it is tried elsewhere as well.
        Hedge(serial: u32) => "hedge call {serial}",
        /// A limiter lets this request pass that it had wait.
        Pass(serial: u32) => "its turn comes",
        /// Instances tell each other what they have let in.
        Sync => "tell the others",
        /// Trouble begins.
        TroubleBegins => "trouble begins",
        /// It is over.
        TroubleEnds => "trouble ends",
        /// A key is to be written behind.
        Flush(key: u32) => "write of key {key} is due",
        /// Health checks are due on a hop.
        Check(hop: HopId) => "health checks",
        /// They had time enough.
        Checked(hop: HopId) => "health checks are over",
        /// An instance was ejected for long enough.
        Return(hop: HopId, place: u16) => "an ejected instance returns",
        /// A server's load is to be told to those who call on this hop.
        Tell(hop: HopId) => "tell the load",
        /// An instance that was told to start is ready.
        Started => "started",
        /// A controller looks again, and decides although somebody has not answered.
        Look => "look",
        /// See there.
        Decide => "decide",
        /// Spans and lines are to be handed over.
        Push => "hand over",
        /// All instances are to be asked for their metrics.
        Scrape => "scrape",
        /// It is to be decided on traces.
        Judge => "decide on traces",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_small() {
        assert!(size_of::<Msg>() <= 48, "{}", size_of::<Msg>());
    }

    #[test]
    fn requests_are_read_as_they_are_written() {
        for class in [0, 1, 254] {
            for request in [Request::Call(class), Request::Own(class)] {
                assert_eq!(request.to_string().parse(), Ok(request));
            }
        }
        for text in ["get.x", "put.k17", "evict.q", "poison.y", "flush", "get.k70000"] {
            assert_eq!(text.parse::<Request>().map(|request| request.to_string()), Ok(text.to_owned()));
        }
        for wrong in [
            "",
            "call-",
            "call-0",
            "call-1",
            "call-01",
            "call-256",
            "calls",
            "request-1",
            "read",
            "get",
            "get.k1",
            "put.k01",
            "flush.x",
        ] {
            assert!(wrong.parse::<Request>().is_err(), "{wrong}");
        }
    }
}
