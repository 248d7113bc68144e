//! How requests end, as their clients are told.

use super::mark::{Ending, Stop};
use super::roles::version;
use crate::outcome::End;
use crate::sim::Told;
use std::fmt;
use std::hash::{Hash, Hasher};

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Response {
    /// Well.
    Done,
    /// Something older or simpler stood in for an answer.
    Degraded,
    /// Well, but its time was over.
    Late,
    /// The request of a service itself has failed.
    Unserved {
        /// How the call ended for want of which it has.
        how: Ending,
        /// Whether a call went unanswered.
        doubt: bool,
    },
    /// Well: this is the version that was read, or that the write has.
    Got {
        /// See there.
        version: u32,
    },
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
            Response::Got { version } => {
                state.write_u64(2);
                state.write_u64(version.into());
            }
            Response::Failed { why, doubt, .. } => {
                state.write_u64(1);
                state.write_u64((why as u64).wrapping_sub(1));
                doubt.hash(state);
            }
            Response::Degraded => state.write_u64(2),
            Response::Late => state.write_u64(3),
            Response::Unserved { how, doubt } => {
                state.write_u64(4);
                state.write_u64(how as u64);
                doubt.hash(state);
            }
        }
    }
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Done | Response::Degraded | Response::Got { .. } => End::Ok,
            Response::Late => End::Unknown,
            Response::Failed { doubt: true, .. } | Response::Unserved { doubt: true, .. } => End::Unknown,
            Response::Failed { doubt: false, .. } | Response::Unserved { doubt: false, .. } => End::Failed,
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Response::Got { version: held } => return f.write_str(&version(*held)),
            Response::Done => "done",
            Response::Degraded => "done by a fallback",
            Response::Late => "too late",
            Response::Unserved { how: Ending::TimedOut, .. } => "a call timed out",
            Response::Unserved { how: Ending::ShortCircuited, .. } => "short-circuited by the breaker",
            Response::Unserved { how: Ending::Rejected, .. } => "rejected: no thread is free",
            Response::Unserved { how: Ending::Bad, .. } => "bad request",
            Response::Unserved { how: Ending::NoTime, .. } => "no time was left",
            Response::Unserved { how: Ending::Refused, .. } => "refused",
            Response::Unserved { .. } => "a call failed",
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
