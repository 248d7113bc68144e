//! The generic cell rate algorithm: a rate limit that keeps one time (ATM Forum, *Traffic Management 4.0*, virtual scheduling). It decides as a
//! token bucket does.

/// Times are in µs, times the limit: so the time between two requests, a window over the limit, is a whole number of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Gcra {
    limit: u64,
    /// The emission interval, T: what one request takes.
    interval: u64,
    /// The tolerance, τ: how much too early a request may come; (burst - 1) T.
    tolerance: u64,
    /// The theoretical arrival time, TAT: when the next request is expected.
    expected: u64,
}

impl Gcra {
    /// Lets `limit` requests pass in each `window_us` in the long run, and `burst` at once.
    pub fn new(limit: u32, window_us: u64, burst: u32) -> Gcra {
        let tolerance = u64::from(burst.saturating_sub(1)).saturating_mul(window_us);
        Gcra { limit: u64::from(limit), interval: window_us, tolerance, expected: 0 }
    }

    fn scaled(&self, now_us: u64) -> u64 {
        now_us.saturating_mul(self.limit)
    }

    /// Whether a request conforms; one that does moves the expected time on.
    pub fn try_take(&mut self, now_us: u64) -> bool {
        let now = self.scaled(now_us);
        let conforms = self.expected <= now.saturating_add(self.tolerance);
        if conforms {
            self.expected = self.expected.max(now).saturating_add(self.interval);
        }
        conforms
    }

    /// So many have passed elsewhere.
    pub fn charge(&mut self, count: u32, now_us: u64) {
        let from = self.expected.max(self.scaled(now_us));
        self.expected = from.saturating_add(u64::from(count).saturating_mul(self.interval));
    }

    /// How long until a request conforms, in µs.
    pub fn wait_us(&self, now_us: u64) -> u64 {
        let early = self.expected.saturating_sub(self.scaled(now_us).saturating_add(self.tolerance));
        early.div_ceil(self.limit.max(1))
    }

    /// How many would conform at once.
    pub fn room(&self, now_us: u64) -> u32 {
        let (now, most) = (self.scaled(now_us), self.tolerance.saturating_add(self.interval));
        let spare = now.saturating_add(most).saturating_sub(self.expected.max(now));
        u32::try_from(spare / self.interval.max(1)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::token_bucket::TokenBucket;
    use proptest::prelude::*;

    /// Figures of a leaky bucket with T = 100 ms and room for three: the fourth at once does not conform.
    #[test]
    fn a_burst_and_then_the_rate() {
        let mut gcra = Gcra::new(10, 1_000_000, 3);
        assert_eq!((0..5).filter(|_| gcra.try_take(0)).count(), 3);
        assert_eq!((gcra.wait_us(0), gcra.room(0)), (100_000, 0));
        assert!(!gcra.try_take(99_999));
        assert!(gcra.try_take(100_000));
        assert_eq!(gcra.room(10_000_000), 3);
    }

    proptest! {
        /// It decides as a token bucket of the same rate and burst, whatever comes; and they tell the same wait.
        #[test]
        fn it_is_a_token_bucket(
            limit in 1u32..500, window_us in 1u64..5_000_000, burst in 1u32..50,
            steps in proptest::collection::vec((0u64..200_000, 0u32..3), 1..300),
        ) {
            let mut gcra = Gcra::new(limit, window_us, burst);
            let mut bucket = TokenBucket::per(limit, window_us, burst, 0);
            let mut now_us = 0;
            for (step, others) in steps {
                now_us += step;
                gcra.charge(others, now_us);
                bucket.charge(others, now_us);
                prop_assert_eq!(Some(gcra.wait_us(now_us)), bucket.wait_us(1, now_us));
                prop_assert_eq!(gcra.room(now_us), bucket.tokens(now_us));
                prop_assert_eq!(gcra.try_take(now_us), bucket.try_take(1, now_us));
            }
        }
    }
}
