//! A circuit breaker: stops calling a dependency that fails, and tries it again with a few calls (Nygard, *Release It!*,
//! 2007). With [`Trip::Rate`] and [`HalfOpen::Rate`] it behaves as resilience4j 2.x does; the other rules are the book's.

mod transition;
mod window;

pub use transition::{Cause, State, Transition};
pub use window::Window;
use window::{Calls, Counts};

use crate::sim::dice::Range;
use crate::time::MAX_US;

/// When a closed breaker opens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Trip {
    /// When the share of failures, or of slow calls, in the window reaches a threshold, in thousandths.
    Rate {
        /// `failureRateThreshold`.
        failure_permille: u32,
        /// `slowCallRateThreshold`.
        slow_permille: u32,
    },
    /// When the window holds this many failures.
    Count(u32),
    /// When this many calls have failed in a row.
    Consecutive(u32),
}

/// What the trial calls of a half-open breaker decide by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HalfOpen {
    /// Exactly `permits` calls are admitted, and their rates decide by the thresholds of [`Trip::Rate`] (half of them
    /// failed, where the trip has none). If fewer calls make a minimum, the minimum decides.
    Rate,
    /// This many successes in a row close it and any failure opens it; at most `permits` trial calls are under way at once.
    Consecutive(u32),
}

/// The settings of a breaker. The names in quotes are resilience4j's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// When it opens.
    pub trip: Trip,
    /// What the rates and counts are taken over: `slidingWindowType`, `slidingWindowSize`.
    pub window: Window,
    /// No rate is judged on fewer calls: `minimumNumberOfCalls`; a window by count lowers it to its own size.
    pub minimum_calls: u32,
    /// A call that takes longer is slow: `slowCallDurationThreshold`.
    pub slow_us: u64,
    /// How long it stays open: `waitDurationInOpenState`.
    pub open_us: u64,
    /// The wait is uniform within ± this share of it, in thousandths: `IntervalFunction.ofRandomized`.
    pub open_jitter_permille: u32,
    /// Each time that it opens again without having been closed, the wait is this many millionths of the one before:
    /// `exponentialBackoffMultiplier`, as in `IntervalFunction.ofExponentialBackoff`.
    pub open_growth_millionths: u32,
    /// No wait is longer, jitter included; 0 is without limit: `exponentialMaxWaitDurationInOpenState`.
    pub open_most_us: u64,
    /// How many trial calls a half-open breaker admits: `permittedNumberOfCallsInHalfOpenState`.
    pub permits: u32,
    /// What they decide by.
    pub half_open: HalfOpen,
    /// The longest that it is half-open; 0 is without limit: `maxWaitDurationInHalfOpenState`.
    pub half_open_limit_us: u64,
    /// Whether it then closes, rather than open again: `transitionToStateAfterWaitDuration`.
    pub half_open_limit_closes: bool,
}

impl Policy {
    /// resilience4j's defaults.
    pub const RESILIENCE4J: Self = Self {
        trip: Trip::Rate { failure_permille: 500, slow_permille: 1_000 },
        window: Window::Calls(100),
        minimum_calls: 100,
        slow_us: 60_000_000,
        open_us: 60_000_000,
        open_jitter_permille: 0,
        open_growth_millionths: 1_000_000,
        open_most_us: 0,
        permits: 10,
        half_open: HalfOpen::Rate,
        half_open_limit_us: 0,
        half_open_limit_closes: false,
    };

    fn thresholds(&self) -> (u32, u32) {
        match self.trip {
            Trip::Rate { failure_permille, slow_permille } => (failure_permille, slow_permille),
            _ => (500, u32::MAX),
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// It worked.
    Success,
    /// It failed in a way that says the dependency is bad.
    Failure,
    /// It says nothing about the dependency, such as a client's own 400: it counts nowhere and gives its permit back.
    Ignored,
}

/// The right to make one call; hand it back with the result.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Permit {
    /// How many transitions the breaker had made when it admitted the call.
    period: u32,
}

/// One breaker, for one dependency of one caller. Each method first lets pass what time has brought; from open to
/// half-open it goes when a call asks, as resilience4j does by default.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Breaker {
    policy: Policy,
    state: State,
    period: u32,
    /// Calls since the last transition, in the closed or half-open state.
    calls: Calls,
    /// Failures in a row when closed, successes in a row when half-open.
    in_a_row: u32,
    /// Half-open: calls admitted, less those given back.
    admitted: u32,
    /// When the open wait, or the limit of half-open, is over; `u64::MAX` for never.
    until_us: u64,
    /// The next open wait before jitter: it grows until the breaker closes.
    wait_us: u64,
    rejected: u64,
    news: Vec<Transition>,
}

impl Breaker {
    /// A closed breaker.
    ///
    /// # Panics
    /// If it admits no trial call, or any of its rules asks for none.
    pub fn new(policy: Policy) -> Self {
        assert!(policy.permits > 0 && policy.minimum_calls > 0, "at least one call decides: {policy:?}");
        assert!(!matches!(policy.trip, Trip::Count(0) | Trip::Consecutive(0)), "{policy:?}");
        assert!(!matches!(policy.half_open, HalfOpen::Consecutive(0)), "{policy:?}");
        let calls = Calls::new(policy.window);
        Self {
            policy,
            state: State::Closed,
            period: 0,
            calls,
            in_a_row: 0,
            admitted: 0,
            until_us: u64::MAX,
            wait_us: policy.open_us,
            rejected: 0,
            news: Vec::new(),
        }
    }

    /// The state it was last seen in: an open breaker whose wait is over stays open until a call asks.
    pub fn state(&self) -> State {
        self.state
    }

    /// After which moment an open breaker will admit a trial call, or when a half-open one goes on by itself; none if neither is set.
    pub fn until_us(&self) -> Option<u64> {
        (self.until_us < u64::MAX).then_some(self.until_us)
    }

    /// The calls that it judges by now.
    pub fn counts(&self) -> Counts {
        self.calls.counts()
    }

    /// How many calls it has refused.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// How many transitions it has made.
    pub fn transitions(&self) -> u32 {
        self.period
    }

    /// The transitions since this was last asked, in order.
    pub fn take_transitions(&mut self) -> Vec<Transition> {
        std::mem::take(&mut self.news)
    }

    /// May a call be made? A permit, or none: short-circuited, and counted nowhere but in [`Breaker::rejected`]. `die`
    /// is the jitter of the next open wait, should the half-open limit bring one.
    pub fn try_acquire(&mut self, now_us: u64, die: u64) -> Option<Permit> {
        self.pass(now_us, die);
        // After the wait, not at its end: `clock.instant().isAfter(retryAfterWaitDuration)`.
        if self.state == State::Open && now_us > self.until_us {
            self.enter(State::HalfOpen, Cause::WaitOver, now_us, die);
        }
        let admitted = match self.state {
            State::Closed => true,
            State::Open => false,
            State::HalfOpen => self.admitted < self.policy.permits,
        };
        if !admitted {
            self.rejected += 1;
            return None;
        }
        self.admitted += u32::from(self.state == State::HalfOpen);
        Some(Permit { period: self.period })
    }

    /// A call has ended after `duration_us`. The result of a call that was admitted before the last transition is
    /// dropped: it tells about a time that has been judged already. (resilience4j lets such a straggler vote among the
    /// trial calls; then fewer than the permitted calls would decide.) `die` is the jitter of the wait, should it open.
    pub fn record(&mut self, permit: Permit, outcome: Outcome, duration_us: u64, now_us: u64, die: u64) {
        self.pass(now_us, die);
        if permit.period != self.period {
            return;
        }
        if outcome == Outcome::Ignored {
            self.admitted = self.admitted.saturating_sub(1);
            return;
        }
        let failed = outcome == Outcome::Failure;
        self.calls.record(failed, duration_us > self.policy.slow_us, now_us);
        if self.state == State::HalfOpen {
            self.judge_trials(failed, now_us, die);
        } else if let Some(cause) = self.trips(failed) {
            self.enter(State::Open, cause, now_us, die);
        }
    }

    /// Why a closed breaker opens after this result, if it does.
    fn trips(&mut self, failed: bool) -> Option<Cause> {
        self.in_a_row = if failed { self.in_a_row.saturating_add(1) } else { 0 };
        let counts = self.calls.counts();
        match self.policy.trip {
            Trip::Consecutive(limit) => {
                (self.in_a_row >= limit).then_some(Cause::FailuresInARow(self.in_a_row))
            }
            Trip::Count(limit) => (counts.failed >= limit).then_some(Cause::Failures(counts)),
            Trip::Rate { .. } => {
                let minimum = match self.policy.window {
                    Window::Calls(size) => self.policy.minimum_calls.min(size),
                    Window::Seconds(_) => self.policy.minimum_calls,
                };
                self.rate_cause(counts, minimum)
            }
        }
    }

    /// Which threshold the counts reach, if they are enough to tell.
    fn rate_cause(&self, counts: Counts, minimum: u32) -> Option<Cause> {
        let reaches = |part: u32, permille: u32| {
            u64::from(part) * 1_000 >= u64::from(permille) * u64::from(counts.calls)
        };
        let (failure_permille, slow_permille) = self.policy.thresholds();
        match counts.calls >= minimum {
            true if reaches(counts.failed, failure_permille) => Some(Cause::FailureRate(counts)),
            true if reaches(counts.slow, slow_permille) => Some(Cause::SlowRate(counts)),
            _ => None,
        }
    }

    fn judge_trials(&mut self, failed: bool, now_us: u64, die: u64) {
        let counts = self.calls.counts();
        match self.policy.half_open {
            HalfOpen::Rate => {
                let minimum = self.policy.minimum_calls.min(self.policy.permits);
                if counts.calls < minimum {
                    return;
                }
                match self.rate_cause(counts, minimum) {
                    Some(cause) => self.enter(State::Open, cause, now_us, die),
                    None => self.enter(State::Closed, Cause::TrialsPassed(counts), now_us, die),
                }
            }
            HalfOpen::Consecutive(_) if failed => self.enter(State::Open, Cause::TrialFailed, now_us, die),
            HalfOpen::Consecutive(needed) => {
                self.in_a_row += 1;
                self.admitted = self.admitted.saturating_sub(1);
                if self.in_a_row >= needed {
                    self.enter(State::Closed, Cause::TrialsPassed(counts), now_us, die);
                }
            }
        }
    }

    /// Lets the limit of half-open, and the window, come up to now.
    fn pass(&mut self, now_us: u64, die: u64) {
        if self.state == State::HalfOpen && now_us >= self.until_us {
            let to = if self.policy.half_open_limit_closes { State::Closed } else { State::Open };
            self.enter(to, Cause::TrialsTooSlow, self.until_us, die);
        }
        self.calls.pass(now_us);
    }

    fn enter(&mut self, to: State, cause: Cause, now_us: u64, die: u64) {
        self.news.push(Transition { at_us: now_us, from: self.state, to, cause });
        self.state = to;
        self.period = self.period.checked_add(1).expect("fewer than 2^32 transitions");
        self.in_a_row = 0;
        self.admitted = 0;
        // Trial calls are judged by their own number, whatever the window of the closed state.
        self.calls = Calls::new(match to {
            State::HalfOpen => Window::Calls(u32::MAX),
            State::Closed | State::Open => self.policy.window,
        });
        self.until_us = match to {
            State::Closed => {
                self.wait_us = self.policy.open_us;
                u64::MAX
            }
            State::Open => now_us.saturating_add(self.next_wait_us(die)),
            State::HalfOpen if self.policy.half_open_limit_us == 0 => u64::MAX,
            State::HalfOpen => now_us.saturating_add(self.policy.half_open_limit_us),
        };
    }

    /// How long it stays open this time; the next time it is longer, if it has not been closed in between.
    fn next_wait_us(&mut self, die: u64) -> u64 {
        let wait_us = self.wait_us;
        let most_us = if self.policy.open_most_us == 0 { MAX_US } else { self.policy.open_most_us };
        self.wait_us = part(wait_us, self.policy.open_growth_millionths, 1_000_000).min(MAX_US);
        let reach_us = part(wait_us, self.policy.open_jitter_permille, 1_000);
        Range::new(wait_us.saturating_sub(reach_us), wait_us.saturating_add(reach_us)).pick(die).min(most_us)
    }
}

/// So many parts of a span, out of so many that make the whole.
fn part(us: u64, parts: u32, whole: u32) -> u64 {
    u64::try_from(u128::from(us) * u128::from(parts) / u128::from(whole)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
