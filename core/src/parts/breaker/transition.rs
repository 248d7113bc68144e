//! The states of a breaker and why it went from one to another.

use super::window::Counts;
use crate::counted::counted;
use std::fmt;

/// What a breaker does with a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// Calls pass.
    Closed,
    /// Calls are refused at once.
    Open,
    /// A few trial calls pass.
    HalfOpen,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        })
    }
}

/// Why a breaker changed its state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cause {
    /// The share of failures reached its threshold.
    FailureRate(Counts),
    /// The share of slow calls reached its threshold.
    SlowRate(Counts),
    /// So many failures are in the window.
    Failures(Counts),
    /// So many calls failed in a row.
    FailuresInARow(u32),
    /// The wait in the open state is over and a call asks.
    WaitOver,
    /// The trial calls were good enough.
    TrialsPassed(Counts),
    /// A trial call failed.
    TrialFailed,
    /// The trial calls did not decide in time.
    TrialsTooSlow,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FailureRate(c) => write!(f, "{} of {} failed", c.failed, counted(c.calls, "call")),
            Self::SlowRate(c) => {
                let were = if c.slow == 1 { "was" } else { "were" };
                write!(f, "{} of {} {were} slow", c.slow, counted(c.calls, "call"))
            }
            Self::Failures(c) => write!(f, "{} in the window", counted(c.failed, "failure")),
            Self::FailuresInARow(n) => write!(f, "{} in a row", counted(*n, "failure")),
            Self::WaitOver => f.write_str("the wait is over and a call asks"),
            Self::TrialsPassed(c) if c.failed == 0 => match c.calls {
                1 => f.write_str("the trial call passed"),
                2 => f.write_str("both trial calls passed"),
                calls => write!(f, "all {calls} trial calls passed"),
            },
            Self::TrialsPassed(c) => {
                write!(f, "only {} of {} failed", c.failed, counted(c.calls, "trial call"))
            }
            Self::TrialFailed => f.write_str("a trial call failed"),
            Self::TrialsTooSlow => f.write_str("the trial calls did not decide in time"),
        }
    }
}

/// One change of state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Transition {
    /// When.
    pub at_us: u64,
    /// The state left.
    pub from: State,
    /// The state entered.
    pub to: State,
    /// Why.
    pub cause: Cause,
}

impl Transition {
    /// Every transition that a breaker may make.
    pub const LEGAL: [(State, State); 4] = [
        (State::Closed, State::Open),
        (State::Open, State::HalfOpen),
        (State::HalfOpen, State::Open),
        (State::HalfOpen, State::Closed),
    ];

    /// It is one of those.
    pub fn is_legal(&self) -> bool {
        Self::LEGAL.contains(&(self.from, self.to))
    }
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}: {}", self.from, self.to, self.cause)
    }
}
