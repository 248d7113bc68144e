//! A token bucket: a rate limit that allows bursts (Turner 1986; the meter of RFC 2697 and of most API gateways).

/// Thousandths of a token a second, times microseconds: a token.
const OF_MILLI: u64 = 1_000_000_000;

/// Fills at a steady rate up to `burst`; what is allowed takes tokens. Exact: no time is lost to rounding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TokenBucket {
    /// What it gains in a µs, and what a token is of that.
    rate: u64,
    token: u64,
    burst: u32,
    /// Below zero it is in debt: others have taken from it without asking.
    level: i64,
    filled_us: u64,
}

impl TokenBucket {
    /// A full bucket of `burst` tokens that gains `rate_milli_per_s` thousandths of a token each second.
    pub fn new(rate_milli_per_s: u64, burst: u32, now_us: u64) -> Self {
        Self::of(rate_milli_per_s, OF_MILLI, burst, now_us)
    }

    /// A full bucket of `burst` tokens that gains `limit` tokens in each `window_us`.
    pub fn per(limit: u32, window_us: u64, burst: u32, now_us: u64) -> Self {
        Self::of(limit.into(), window_us, burst, now_us)
    }

    fn of(rate: u64, token: u64, burst: u32, filled_us: u64) -> Self {
        let full = u64::from(burst).saturating_mul(token);
        Self { rate, token, burst, level: i64::try_from(full).unwrap_or(i64::MAX), filled_us }
    }

    fn worth(&self, tokens: u32) -> i64 {
        i64::try_from(u64::from(tokens).saturating_mul(self.token)).unwrap_or(i64::MAX)
    }

    /// Takes `tokens` if so many are there; else takes none.
    pub fn try_take(&mut self, tokens: u32, now_us: u64) -> bool {
        self.fill(now_us);
        let cost = self.worth(tokens);
        let allowed = cost <= self.level;
        if allowed {
            self.level -= cost;
        }
        allowed
    }

    /// Takes `tokens` whether or not they are there: what others have let pass. It may leave a debt.
    pub fn charge(&mut self, tokens: u32, now_us: u64) {
        self.fill(now_us);
        self.level = self.level.saturating_sub(self.worth(tokens));
    }

    /// Whole tokens there now.
    pub fn tokens(&mut self, now_us: u64) -> u32 {
        self.fill(now_us);
        (self.level.max(0) as u64 / self.token.max(1)) as u32
    }

    /// How long until `tokens` will be there if none are taken, in µs (what Retry-After should say); none if never:
    /// they exceed the burst, or the rate is 0.
    pub fn wait_us(&mut self, tokens: u32, now_us: u64) -> Option<u64> {
        self.fill(now_us);
        let missing = u64::try_from(self.worth(tokens).saturating_sub(self.level)).unwrap_or(0);
        match missing {
            0 => Some(0),
            _ if tokens > self.burst || self.rate == 0 => None,
            _ => Some(missing.div_ceil(self.rate)),
        }
    }

    fn fill(&mut self, now_us: u64) {
        let gained = now_us.saturating_sub(self.filled_us).saturating_mul(self.rate);
        let gained = i64::try_from(gained).unwrap_or(i64::MAX);
        self.level = self.level.saturating_add(gained).min(self.worth(self.burst));
        self.filled_us = self.filled_us.max(now_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_burst_and_then_the_rate() {
        let mut bucket = TokenBucket::new(10_000, 3, 0);
        assert_eq!((0..5).filter(|_| bucket.try_take(1, 0)).count(), 3);
        assert_eq!(bucket.wait_us(1, 0), Some(100_000));
        assert!(!bucket.try_take(1, 99_999));
        assert!(bucket.try_take(1, 100_000));
        assert_eq!(bucket.tokens(10_000_000), 3);
        assert_eq!(bucket.wait_us(4, 10_000_000), None);
    }

    /// Three a second: a third of a second is no whole number of thousandths, and nothing is lost.
    #[test]
    fn a_rate_may_be_any_ratio() {
        let mut bucket = TokenBucket::per(3, 1_000_000, 1, 0);
        let passed = (0..=3_000_000u64).filter(|us| us % 10 == 0 && bucket.try_take(1, *us)).count();
        assert_eq!(passed, 9, "one at 0, and each third of a second, to the next 10 µs");
        let mut owing = TokenBucket::per(10, 1_000_000, 5, 0);
        owing.charge(8, 0);
        assert_eq!((owing.tokens(0), owing.wait_us(1, 0)), (0, Some(400_000)), "three are owed");
    }

    proptest! {
        /// In any span no more passes than the burst and what the rate brings; and waiting as told is enough and needed.
        #[test]
        fn never_more_than_burst_and_rate(
            rate in 1u64..50_000, burst in 1u32..10, steps in proptest::collection::vec((0u64..200_000, 1u32..4), 1..100),
        ) {
            let mut bucket = TokenBucket::new(rate, burst, 0);
            let (mut now_us, mut passed) = (0u64, Vec::new());
            for (step, tokens) in steps {
                now_us += step;
                if let Some(wait_us) = bucket.wait_us(tokens, now_us) {
                    prop_assert_eq!(bucket.clone().try_take(tokens, now_us), wait_us == 0);
                    prop_assert!(bucket.clone().try_take(tokens, now_us + wait_us));
                    prop_assert!(wait_us == 0 || !bucket.clone().try_take(tokens, now_us + wait_us - 1));
                }
                if bucket.try_take(tokens, now_us) {
                    passed.push((now_us, tokens));
                }
                for (i, (since_us, _)) in passed.iter().enumerate() {
                    let sum: u64 = passed[i..].iter().map(|(_, n)| u64::from(*n)).sum();
                    prop_assert!(sum * OF_MILLI <= u64::from(burst) * OF_MILLI + (now_us - since_us) * rate);
                }
            }
        }
    }
}
