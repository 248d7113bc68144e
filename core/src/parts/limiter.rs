//! Rate limiters, behind one face: what they let pass, when, and when one that is refused may come again.

use super::gcra::Gcra;
use super::leaky_bucket::LeakyBucket;
use super::token_bucket::TokenBucket;
use super::window_limits::{FixedWindow, SlidingCounter, SlidingLog};

/// Which limiter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// So many in each window of the clock.
    Fixed,
    /// So many in any window.
    Log,
    /// A guess at the log from two counters.
    Counter,
    /// A token bucket.
    Bucket,
    /// A leaky bucket as a queue: it delays.
    Leaky,
    /// The generic cell rate algorithm.
    Gcra,
}

/// A limiter's settings.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// Which.
    pub kind: Kind,
    /// How many in a window.
    pub limit: u32,
    /// How long that is, in µs.
    pub window_us: u64,
    /// Bucket and GCRA: how many at once. Leaky: how many may wait. Windows: of no meaning.
    pub burst: u32,
}

impl Policy {
    /// The same for one of so many that share it evenly: a part of the limit, one at the least. What goes by a rate gets that part exactly.
    pub fn part(self, of: u32) -> Policy {
        let of = of.max(1);
        let burst = (self.burst / of).max(1);
        match self.kind {
            Kind::Fixed | Kind::Log | Kind::Counter => {
                Policy { limit: (self.limit / of).max(1), burst, ..self }
            }
            Kind::Bucket | Kind::Leaky | Kind::Gcra => {
                Policy { window_us: self.window_us.saturating_mul(of.into()), burst, ..self }
            }
        }
    }
}

/// What a limiter says to a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// It may pass, in so many µs.
    Pass {
        /// 0 but for a leaky bucket.
        in_us: u64,
    },
    /// It may not; if nothing else comes, one may in so many µs.
    Refuse {
        /// At least 1.
        after_us: u64,
    },
}

/// A limiter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Limiter {
    /// By windows of the clock.
    Fixed(FixedWindow),
    /// By a log.
    Log(SlidingLog),
    /// By two counters.
    Counter(SlidingCounter),
    /// By tokens.
    Bucket(TokenBucket),
    /// By a queue.
    Leaky(LeakyBucket),
    /// By an expected time.
    Gcra(Gcra),
}

impl Limiter {
    /// Nothing has come.
    pub fn new(policy: Policy, now_us: u64) -> Limiter {
        let Policy { kind, limit, window_us, burst } = policy;
        match kind {
            Kind::Fixed => Limiter::Fixed(FixedWindow::new(limit, window_us)),
            Kind::Log => Limiter::Log(SlidingLog::new(limit, window_us)),
            Kind::Counter => Limiter::Counter(SlidingCounter::new(limit, window_us)),
            Kind::Bucket => Limiter::Bucket(TokenBucket::per(limit, window_us, burst, now_us)),
            Kind::Leaky => Limiter::Leaky(LeakyBucket::new(limit, window_us, burst)),
            Kind::Gcra => Limiter::Gcra(Gcra::new(limit, window_us, burst)),
        }
    }

    /// A request asks.
    pub fn ask(&mut self, now_us: u64) -> Answer {
        let passes = match self {
            Limiter::Fixed(fixed) => fixed.try_take(now_us),
            Limiter::Log(log) => log.try_take(now_us),
            Limiter::Counter(counter) => counter.try_take(now_us),
            Limiter::Bucket(bucket) => bucket.try_take(1, now_us),
            Limiter::Gcra(gcra) => gcra.try_take(now_us),
            Limiter::Leaky(leaky) => {
                return match leaky.try_take(now_us) {
                    Some(in_us) => Answer::Pass { in_us },
                    None => Answer::Refuse { after_us: leaky.wait_us(now_us).max(1) },
                };
            }
        };
        if passes {
            Answer::Pass { in_us: 0 }
        } else {
            Answer::Refuse { after_us: self.wait_us(now_us).max(1) }
        }
    }

    /// So many have passed elsewhere, at about a time, of which this hears now. A leaky bucket has no ear for it: it is where its queue is.
    pub fn charge(&mut self, count: u32, at_us: u64, now_us: u64) {
        match self {
            Limiter::Fixed(fixed) => fixed.charge(count, at_us, now_us),
            Limiter::Log(log) => log.charge(count, at_us, now_us),
            Limiter::Counter(counter) => counter.charge(count, at_us, now_us),
            Limiter::Bucket(bucket) => bucket.charge(count, now_us),
            Limiter::Gcra(gcra) => gcra.charge(count, now_us),
            Limiter::Leaky(_) => {}
        }
    }

    /// How long until a request would be let pass, or into the queue, in µs.
    pub fn wait_us(&mut self, now_us: u64) -> u64 {
        match self {
            Limiter::Fixed(fixed) => fixed.wait_us(now_us),
            Limiter::Log(log) => log.wait_us(now_us),
            Limiter::Counter(counter) => counter.wait_us(now_us),
            Limiter::Bucket(bucket) => bucket.wait_us(1, now_us).unwrap_or(u64::MAX),
            Limiter::Gcra(gcra) => gcra.wait_us(now_us),
            Limiter::Leaky(leaky) => leaky.wait_us(now_us),
        }
    }

    /// How many would be let pass at once. A leaky bucket never lets more than one.
    pub fn room(&mut self, now_us: u64) -> u32 {
        match self {
            Limiter::Fixed(fixed) => fixed.room(now_us),
            Limiter::Log(log) => log.room(now_us),
            Limiter::Counter(counter) => counter.room(now_us),
            Limiter::Bucket(bucket) => bucket.tokens(now_us),
            Limiter::Gcra(gcra) => gcra.room(now_us),
            Limiter::Leaky(leaky) => u32::from(leaky.waiting(now_us) == 0 && leaky.wait_us(now_us) == 0),
        }
    }

    /// What it keeps beside itself, in bytes.
    pub fn weight(&self) -> u64 {
        if let Limiter::Log(log) = self { 8 * log.len() as u64 } else { 0 }
    }
}

/// All that an adversary gets through who asks without end, for so many µs from the last one of a window on, after a whole window without a request.
pub fn worst(policy: Policy, span_us: u64) -> u32 {
    let (mut limiter, mut count) = (Limiter::new(policy, 0), 0);
    let from_us = (2 * policy.window_us).saturating_sub(1);
    for now_us in from_us..from_us.saturating_add(span_us) {
        while let Answer::Pass { in_us: 0 } = limiter.ask(now_us) {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u32 = 100;
    const WINDOW_US: u64 = 1_000;

    fn limiter(kind: Kind, burst: u32) -> Limiter {
        Limiter::new(Policy { kind, limit: LIMIT, window_us: WINDOW_US, burst }, 0)
    }

    /// The worst cases, exactly, of a limit of 100 in 1,000 ticks.
    #[test]
    fn worst_cases_are_known() {
        for (ticks, fixed, log, counter, bucket, small) in [
            (1, 100, 100, 100, 100, 10),
            (2, 200, 100, 100, 100, 10),
            (100, 200, 100, 109, 109, 19),
            (500, 200, 100, 149, 149, 59),
            (1_000, 200, 100, 199, 199, 109),
        ] {
            let most = |kind, burst| worst(Policy { kind, limit: LIMIT, window_us: WINDOW_US, burst }, ticks);
            assert_eq!(most(Kind::Fixed, 1), fixed, "fixed in {ticks}: 2L in an instant");
            assert_eq!(most(Kind::Log, 1), log, "log in {ticks}: L");
            assert_eq!(most(Kind::Counter, 1), counter, "counter in {ticks}: L (1 + s/w)");
            for kind in [Kind::Bucket, Kind::Gcra] {
                assert_eq!(most(kind, 100), bucket, "{kind:?} in {ticks}: b + ⌊rt⌋");
                assert_eq!(most(kind, 10), small, "{kind:?} in {ticks}: b + ⌊rt⌋");
            }
        }
    }

    /// Whatever the settings, one passes at first, a refusal says a time that comes true, and a part lets its part pass.
    #[test]
    fn refusals_say_when() {
        for kind in [Kind::Fixed, Kind::Log, Kind::Counter, Kind::Bucket, Kind::Leaky, Kind::Gcra] {
            let mut one = limiter(kind, 7);
            assert_eq!(one.ask(5), Answer::Pass { in_us: 0 }, "{kind:?}");
            let after_us = loop {
                if let Answer::Refuse { after_us } = one.ask(5) {
                    break after_us;
                }
            };
            assert!(matches!(one.clone().ask(5 + after_us - 1), Answer::Refuse { .. }), "{kind:?}");
            assert!(matches!(one.ask(5 + after_us), Answer::Pass { .. }), "{kind:?}");
            let part = Policy { kind, limit: LIMIT, window_us: WINDOW_US, burst: 8 }.part(4);
            let mut part = Limiter::new(part, 0);
            let passed =
                (0..100 * WINDOW_US).filter(|us| matches!(part.ask(*us), Answer::Pass { .. })).count();
            // The counter under pressure lets one less than its limit pass: its guess is never quite a whole window.
            assert!((2_400..=2_503).contains(&passed), "{kind:?}: {passed}");
        }
        assert_eq!(Policy { kind: Kind::Log, limit: 3, window_us: 1, burst: 1 }.part(20).limit, 1);
    }

    #[test]
    fn what_others_let_pass_counts() {
        for kind in [Kind::Fixed, Kind::Log, Kind::Counter, Kind::Bucket, Kind::Gcra] {
            let mut one = limiter(kind, LIMIT);
            one.charge(60, 10, 10);
            assert_eq!(one.room(10), if kind == Kind::Fixed { 40 } else { one.clone().room(10) });
            let passed = (0..LIMIT).filter(|_| one.ask(10) == Answer::Pass { in_us: 0 }).count();
            assert!((40..=41).contains(&passed), "{kind:?}: {passed}");
            one.charge(1_000, 10, 10);
            assert!(matches!(one.ask(11), Answer::Refuse { .. }), "{kind:?}");
        }
    }
}
