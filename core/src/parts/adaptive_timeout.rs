//! A timeout that follows the latency: a multiple of a percentile of the last calls (the `p95x2` and `p95x3` rules).

use std::collections::VecDeque;

/// What the timeout is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// Which quantile, in thousandths: 950 is the 95th percentile.
    pub quantile_permille: u32,
    /// How many times that quantile, in thousandths.
    pub factor_permille: u32,
    /// How many of the last latencies it is taken from.
    pub window: u32,
    /// The timeout until `window` latencies have been seen.
    pub first_us: u64,
}

impl Policy {
    /// Twice the 95th percentile of the last 1,000 calls.
    pub const P95X2: Self =
        Self { quantile_permille: 950, factor_permille: 2_000, window: 1_000, first_us: 1_000_000 };
}

/// The exact quantile over a sliding window, by nearest rank: the ⌈q·n⌉-th smallest. An insertion costs one move of at most
/// `window` numbers.
///
/// A call that timed out has a latency of at least its timeout: record that, or the tracker forgets the slow calls that it
/// cut off and grows ever more impatient.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AdaptiveTimeout {
    policy: Policy,
    /// In the order seen.
    recent: VecDeque<u64>,
    /// The same, ascending.
    sorted: Vec<u64>,
}

impl AdaptiveTimeout {
    /// Without any latency seen.
    ///
    /// # Panics
    /// Unless the window is at least 1 and the quantile between 1 and 1,000 thousandths.
    pub fn new(policy: Policy) -> Self {
        assert!(policy.window > 0 && (1..=1_000).contains(&policy.quantile_permille), "{policy:?}");
        Self { policy, recent: VecDeque::new(), sorted: Vec::new() }
    }

    /// A call took this long.
    pub fn record(&mut self, latency_us: u64) {
        if self.recent.len() as u64 == u64::from(self.policy.window) {
            let gone_us = self.recent.pop_front().expect("a window of at least 1");
            let at = self.sorted.binary_search(&gone_us).expect("both hold the same latencies");
            self.sorted.remove(at);
        }
        self.recent.push_back(latency_us);
        let at = self.sorted.partition_point(|x| *x < latency_us);
        self.sorted.insert(at, latency_us);
    }

    /// The quantile of the latencies in the window; none without any.
    pub fn quantile_us(&self) -> Option<u64> {
        let rank = (self.sorted.len() as u64 * u64::from(self.policy.quantile_permille)).div_ceil(1_000);
        self.sorted.get((rank as usize).checked_sub(1)?).copied()
    }

    /// The timeout for a call made now.
    pub fn timeout_us(&self) -> u64 {
        match self.quantile_us() {
            Some(us) if self.recent.len() as u64 == u64::from(self.policy.window) => {
                let timeout_us = u128::from(us) * u128::from(self.policy.factor_permille) / 1_000;
                u64::try_from(timeout_us).unwrap_or(u64::MAX)
            }
            _ => self.policy.first_us,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The share of calls over k times the 95th percentile, on the distribution's own quantiles.
    fn false_timeouts(inverse_survival: impl Fn(f64) -> f64, factor_permille: u32) -> f64 {
        let n = 1_000u32;
        let latency_us = |survival: f64| (inverse_survival(survival) * 1e6) as u64;
        let mut tracker = AdaptiveTimeout::new(Policy { factor_permille, window: n, ..Policy::P95X2 });
        (0..n).for_each(|i| tracker.record(latency_us((f64::from(i) + 0.5) / f64::from(n))));
        let timeout_us = tracker.timeout_us();
        // Bisection for the survival at the timeout.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if latency_us(middle) > timeout_us { low = middle } else { high = middle }
        }
        low
    }

    #[test]
    fn a_heavy_tail_times_out_far_more_often() {
        let exponential = |s: f64| -libm::log(s);
        let pareto = |s: f64| libm::pow(s, -1.0 / 1.51);
        for (share, expected) in [
            (false_timeouts(exponential, 2_000), 0.0025),
            (false_timeouts(exponential, 3_000), 0.000125),
            (false_timeouts(pareto, 2_000), 0.0176),
            (false_timeouts(pareto, 3_000), 0.0095),
        ] {
            // The grid's own 95th percentile is half a step off: 1 % of the tail's share, up to 3 % at the third power.
            assert!((share / expected - 1.0).abs() < 0.05, "{share} is not {expected}");
        }
    }

    proptest! {
        #[test]
        fn the_quantile_is_that_of_the_window(
            latencies in proptest::collection::vec(0u64..50, 1..60), window in 1u32..20, quantile_permille in 1u32..=1_000,
        ) {
            let mut tracker = AdaptiveTimeout::new(Policy { window, quantile_permille, ..Policy::P95X2 });
            for (i, latency) in latencies.iter().enumerate() {
                tracker.record(*latency);
                let mut last = latencies[(i + 1).saturating_sub(window as usize)..=i].to_vec();
                last.sort_unstable();
                let at_most = |x: u64| last.iter().filter(|y| **y <= x).count() as u64 * 1_000;
                let q = tracker.quantile_us().unwrap();
                prop_assert!(at_most(q) >= last.len() as u64 * u64::from(quantile_permille));
                prop_assert!(q == 0 || at_most(q - 1) < last.len() as u64 * u64::from(quantile_permille));
            }
        }
    }
}
