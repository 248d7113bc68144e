//! A leaky bucket as a queue (Turner 1986): what comes waits its turn and leaves at a steady rate; what the queue has no room for is refused.

/// Since what has been let in leaves on time, the time at which the next would leave says all.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LeakyBucket {
    limit: u64,
    /// Times the limit, as all times here: the gap between two that leave is a whole number then.
    gap: u64,
    size: u64,
    next: u64,
}

impl LeakyBucket {
    /// Lets `limit` leave in each `window_us`, evenly; so many may wait.
    pub fn new(limit: u32, window_us: u64, size: u32) -> LeakyBucket {
        LeakyBucket { limit: u64::from(limit.max(1)), gap: window_us, size: size.into(), next: 0 }
    }

    /// How long a request waits for its turn, in µs; none if it is refused.
    pub fn try_take(&mut self, now_us: u64) -> Option<u64> {
        let now = now_us.saturating_mul(self.limit);
        let wait = self.next.saturating_sub(now);
        // Whoever waits for as long as the gap, or a part of it, is the first in line.
        if wait.div_ceil(self.gap.max(1)) > self.size {
            return None;
        }
        self.next = self.next.max(now).saturating_add(self.gap);
        Some(wait.div_ceil(self.limit))
    }

    /// How many wait.
    pub fn waiting(&self, now_us: u64) -> u32 {
        let wait = self.next.saturating_sub(now_us.saturating_mul(self.limit));
        u32::try_from(wait.div_ceil(self.gap.max(1)).saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// How long until a request would be let in, in µs.
    pub fn wait_us(&self, now_us: u64) -> u64 {
        let most = self.size.saturating_mul(self.gap);
        self.next.saturating_sub(now_us.saturating_mul(self.limit)).saturating_sub(most).div_ceil(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_leaves_at_a_steady_rate() {
        let mut bucket = LeakyBucket::new(10, 1_000_000, 2);
        let waits: Vec<Option<u64>> = (0..4).map(|_| bucket.try_take(0)).collect();
        assert_eq!(waits, [Some(0), Some(100_000), Some(200_000), None], "one leaves at once, two wait");
        assert_eq!((bucket.waiting(0), bucket.wait_us(0)), (2, 100_000));
        assert_eq!(bucket.try_take(99_999), None);
        assert_eq!(bucket.try_take(100_000), Some(200_000));
        assert_eq!(bucket.waiting(10_000_000), 0);
        assert_eq!(LeakyBucket::new(10, 1_000_000, 0).try_take(5), Some(0), "without a queue it only spaces");
    }
}
