//! A token bucket: a rate limit that allows bursts (Turner 1986; the meter of RFC 2697 and of most API gateways).

/// Levels are counted in billionths of a token: thousandths of a token a second, times microseconds.
const TOKEN: u64 = 1_000_000_000;

/// Fills at a steady rate up to `burst`; what is allowed takes tokens. Exact: no time is lost to rounding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TokenBucket {
    rate_milli_per_s: u64,
    burst: u32,
    level: u64,
    filled_us: u64,
}

impl TokenBucket {
    /// A full bucket of `burst` tokens that gains `rate_milli_per_s` thousandths of a token each second.
    pub fn new(rate_milli_per_s: u64, burst: u32, now_us: u64) -> Self {
        Self { rate_milli_per_s, burst, level: u64::from(burst) * TOKEN, filled_us: now_us }
    }

    /// Takes `tokens` if so many are there; else takes none.
    pub fn try_take(&mut self, tokens: u32, now_us: u64) -> bool {
        self.fill(now_us);
        let cost = u64::from(tokens) * TOKEN;
        let allowed = cost <= self.level;
        if allowed {
            self.level -= cost;
        }
        allowed
    }

    /// Whole tokens there now.
    pub fn tokens(&mut self, now_us: u64) -> u32 {
        self.fill(now_us);
        (self.level / TOKEN) as u32
    }

    /// How long until `tokens` will be there if none are taken, in µs (what Retry-After should say); none if never:
    /// they exceed the burst, or the rate is 0.
    pub fn wait_us(&mut self, tokens: u32, now_us: u64) -> Option<u64> {
        self.fill(now_us);
        let missing = (u64::from(tokens) * TOKEN).saturating_sub(self.level);
        match missing {
            0 => Some(0),
            _ if tokens > self.burst || self.rate_milli_per_s == 0 => None,
            _ => Some(missing.div_ceil(self.rate_milli_per_s)),
        }
    }

    fn fill(&mut self, now_us: u64) {
        let gained = now_us.saturating_sub(self.filled_us).saturating_mul(self.rate_milli_per_s);
        self.level = self.level.saturating_add(gained).min(u64::from(self.burst) * TOKEN);
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
                    prop_assert!(sum * TOKEN <= u64::from(burst) * TOKEN + (now_us - since_us) * rate);
                }
            }
        }
    }
}
