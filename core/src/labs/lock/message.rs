//! What clients, lock servers and the resource say to each other.

use crate::kits::lease::{Holder, Token};
use crate::kits::object::{ClientTimer, Drawn};
use crate::lab::{Effect, End};
use crate::parts::fence::Refusal;
use crate::sim::{Asked, Ctx, OpId, Told};
use std::fmt;
use std::str::FromStr;

crate::declare::messages! {
    /// A message. `hold` is the client's number for what it asks for, `round` how often it has asked for it before.
    #[derive(Copy)]
    pub enum Msg {
        Acquire "acquire" Request "Asks for the lock." { hold: u32, round: u16 } => "acquire",
        Granted "granted" Response "You have it, for one lease from your asking." { hold: u32, round: u16, token: Token } => "granted{token}",
        Wait "wait" Response "Another has it." { hold: u32, round: u16 } => "wait",
        Renew "renew" Background "Asks for the lease anew, for the `round`-th time." { hold: u32, round: u32 } => "renew",
        Renewed "renewed" Ack "You have it for another lease from your asking." { hold: u32, round: u32 } => "renewed",
        Over "over" Response "You do not have it any more." { hold: u32, round: u32 } => "over",
        Release "release" Background "Lets the lock go." { hold: u32 } => "release",
        Read "read" Read "Reads the resource." { number: u32, token: Token } => "read{token}",
        Value "value" Ack "What the resource holds, and its version." { number: u32, value: u32, version: u32 } => "value {value}, version {version}",
        Write "write" Write "Writes the resource." { number: u32, token: Token, value: u32, read: Option<u32> } => "write {value}{token}",
        Taken "taken" Ack "The write was taken." { number: u32 } => "taken",
        Refused "refused" Response "The guard refuses it." { number: u32, why: Refusal } => "refused: {why}",
        Copy "copy" Background "What the primary had granted a while ago: to whom, for how long yet, and the last number." { reign: u32, holder: Option<Holder>, left_us: u64, token: u32 } => "copy: last token {token}",
    }
}

crate::declare::words! {
    /// The timers of all nodes.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// One of the client's calls.
        Client(timer: ClientTimer) => "{timer}",
        /// The client asks for the lock again.
        Retry => "asks for the lock again",
        /// The client asks for its lease anew.
        Renew => "renews",
        /// The work is done.
        Work => "work is done",
        /// What comes after the look at the clock.
        Write => "writes",
        /// A lease or a session may be over.
        Expire => "a lease ends",
        /// A master that has come up answers again.
        Answer => "answers again",
        /// A primary has something to copy.
        Copy => "copies its grants",
        /// A primary says that it is up.
        Beat => "says that it is up",
        /// A replica has heard nothing of its primary.
        TakeOver => "hears no primary",
    }
}

impl From<ClientTimer> for Timer {
    fn from(timer: ClientTimer) -> Timer {
        Timer::Client(timer)
    }
}

/// The one request that there is, as scripts write it: `ask:c1:update`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request;

impl Asked for Request {
    fn effect(&self) -> Option<Effect> {
        Some(Effect { key: 0, writes: true })
    }
}

impl Drawn for Request {
    type Mix = ();

    fn draw((): &(), _: &Ctx, _: u64) -> Request {
        Request
    }

    fn named(self, _: OpId) -> Request {
        self
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("update")
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        if text == "update" {
            Ok(Request)
        } else {
            Err(format!("‘{text}’ is not a request here: the only one is update"))
        }
    }
}

crate::declare::words! {
    /// What becomes of an update, as its client sees it.
    #[derive(Copy)]
    pub enum Response {
        /// The resource took it.
        Done => "done",
        /// The resource refused it, or its reading.
        Refused => "refused by the resource",
        /// The client saw in time that its lease was over.
        Lapsed => "not written: the lease was over",
        /// The service said that the lock was lost.
        Lost => "not written: the lock was lost",
        /// The client gave up.
        TimedOut => "gave up",
    }
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Done => End::Ok,
            Response::Refused | Response::Lapsed | Response::Lost => End::Failed,
            Response::TimedOut => End::Unknown,
        }
    }
}

crate::declare::speech!(super::protocol::Kept {});
