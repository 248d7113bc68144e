//! Backoff: how long a client waits before it tries again, and how it spreads that wait (Brooker, "Exponential Backoff
//! And Jitter", AWS Architecture Blog, 2015; *Understanding Distributed Systems*, chapter on downstream resiliency).

use crate::sim::dice::Range;

/// How the delays grow and are spread. `expo(n)` = min(cap, initial · multiplier^(n−1)) is the nominal delay before the
/// n-th retry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// No delay at all.
    None,
    /// The initial delay, every time.
    Fixed,
    /// expo(n), spread by the jitter share around it.
    Exponential,
    /// Uniform between 0 and expo(n).
    Full,
    /// Half of expo(n), and uniform between 0 and the other half.
    Equal,
    /// min(cap, uniform between the initial delay and three times the last one); the first "last one" is the initial delay.
    Decorrelated,
}

/// The settings of a backoff.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// How the delays grow and are spread.
    pub kind: Kind,
    /// The delay before the first retry (and the least of [`Kind::Decorrelated`]).
    pub initial_us: u64,
    /// By how much each delay exceeds the one before, in thousandths: 2,000 doubles.
    pub multiplier_permille: u32,
    /// No delay is longer before jitter.
    pub cap_us: u64,
    /// For fixed and exponential delays: the delay is uniform within ± this share of the nominal one.
    pub jitter_permille: u32,
    /// Retries before this one (1 is the first) are not spread at all, whatever the kind.
    pub jitter_from: u32,
}

impl Policy {
    /// The book's numbers: 100 ms, doubled up to 30 s, ± 20 %.
    pub const BOOK: Self = Self {
        kind: Kind::Exponential,
        initial_us: 100_000,
        multiplier_permille: 2_000,
        cap_us: 30_000_000,
        jitter_permille: 200,
        jitter_from: 1,
    };

    /// The AWS article's simulator: base 5 ms, cap 2 s. Its expo(n) is base · 2ⁿ with n = 1 on the first failure, so
    /// the first nominal delay is twice the base; decorrelated jitter begins at the base itself.
    pub const fn aws(kind: Kind) -> Self {
        let initial_us = if matches!(kind, Kind::Decorrelated) { 5_000 } else { 10_000 };
        Self {
            kind,
            initial_us,
            multiplier_permille: 2_000,
            cap_us: 2_000_000,
            jitter_permille: 0,
            jitter_from: 1,
        }
    }

    /// expo(retry): the nominal delay before a retry (1 is the first), in µs; saturates at the cap.
    pub fn nominal_us(&self, retry: u32) -> u64 {
        match self.kind {
            Kind::None => 0,
            Kind::Fixed => self.initial_us.min(self.cap_us),
            _ => {
                let mut delay_us = self.initial_us;
                // Ends early: at the cap, or where a multiplier of at most 1 cannot grow any more.
                for _ in 1..retry {
                    let next_us = scale(delay_us, self.multiplier_permille);
                    if delay_us >= self.cap_us || next_us == delay_us {
                        break;
                    }
                    delay_us = next_us;
                }
                delay_us.min(self.cap_us)
            }
        }
    }

    /// The retry (1 is the first) whose nominal delay first meets the cap; none if the delays never grow to it.
    pub fn first_at_cap(&self) -> Option<u32> {
        let mut retry = 1;
        loop {
            let delay_us = self.nominal_us(retry);
            if delay_us >= self.cap_us {
                return Some(retry);
            }
            if self.nominal_us(retry + 1) <= delay_us {
                return None;
            }
            retry += 1;
        }
    }

    /// The nominal delays before `retries` retries, added up: what a call waits at most besides its attempts' own time.
    pub fn total_us(&self, retries: u32) -> u64 {
        (1..=retries).fold(0, |sum: u64, n| sum.saturating_add(self.nominal_us(n)))
    }
}

/// The backoff of one call: counts its delays, and keeps the last one, which decorrelated jitter needs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Backoff {
    policy: Policy,
    retries: u32,
    last_us: u64,
}

impl Backoff {
    /// Before any failure.
    pub fn new(policy: Policy) -> Self {
        Self { policy, retries: 0, last_us: policy.initial_us }
    }

    /// How many delays have been asked for.
    pub fn retries(&self) -> u32 {
        self.retries
    }

    /// The call has failed: the delay before its next retry, in µs.
    pub fn next_us(&mut self, die: u64) -> u64 {
        self.retries = self.retries.saturating_add(1);
        let nominal_us = self.policy.nominal_us(self.retries);
        let spread = self.retries >= self.policy.jitter_from;
        let delay_us = match self.policy.kind {
            _ if !spread => nominal_us,
            Kind::None => 0,
            Kind::Fixed | Kind::Exponential => around(nominal_us, self.policy.jitter_permille, die),
            Kind::Full => Range::new(0, nominal_us).pick(die),
            Kind::Equal => Range::new(nominal_us / 2, nominal_us).pick(die),
            Kind::Decorrelated => Range::new(self.policy.initial_us, self.last_us.saturating_mul(3))
                .pick(die)
                .min(self.policy.cap_us),
        };
        self.last_us = delay_us;
        delay_us
    }

    /// The next failure is a first one again: the last one came with a time that the server told, in place of a delay (gRPC proposal A6).
    pub fn reset(&mut self) {
        *self = Self::new(self.policy);
    }
}

/// `value` times `permille` thousandths, rounded down; saturates.
fn scale(value: u64, permille: u32) -> u64 {
    u64::try_from(u128::from(value) * u128::from(permille) / 1_000).unwrap_or(u64::MAX)
}

/// Uniform within ± `share_permille` of `nominal_us`; never below 0.
fn around(nominal_us: u64, share_permille: u32, die: u64) -> u64 {
    let reach_us = scale(nominal_us, share_permille);
    Range::new(nominal_us.saturating_sub(reach_us), nominal_us.saturating_add(reach_us)).pick(die)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EXACT: Policy = Policy { jitter_permille: 0, ..Policy::BOOK };

    #[test]
    fn the_books_ladder() {
        let delays: Vec<u64> = (1..=10).map(|n| EXACT.nominal_us(n) / 1_000).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000]);
        assert_eq!(EXACT.total_us(4), 1_500_000, "0, 100, 200, 400, 800 ms add up to 1.5 s");
        assert_eq!(EXACT.first_at_cap(), Some(10));
        assert_eq!(Policy { kind: Kind::Fixed, ..EXACT }.first_at_cap(), None);
        assert_eq!(Policy { multiplier_permille: 1_000, ..EXACT }.first_at_cap(), None);
    }

    #[test]
    fn the_aws_articles_ladder() {
        let policy = Policy::aws(Kind::Exponential);
        // min(cap, base · 2ⁿ), n = 1 on the first failure.
        for n in 1..40u32 {
            assert_eq!(policy.nominal_us(n), (5_000u64 << n.min(30)).min(2_000_000));
        }
        assert_eq!(policy.nominal_us(u32::MAX), 2_000_000);
    }

    #[test]
    fn decorrelated_delays_grow_from_the_last() {
        let mut backoff = Backoff::new(Policy::aws(Kind::Decorrelated));
        let delays: Vec<u64> = (0..8).map(|_| backoff.next_us(u64::MAX)).collect();
        assert_eq!(delays, [15_000, 45_000, 135_000, 405_000, 1_215_000, 2_000_000, 2_000_000, 2_000_000]);
        assert_eq!(backoff.next_us(0), 5_000);
        assert_eq!(backoff.next_us(u64::MAX), 15_000, "three times the last delay");
    }

    #[test]
    fn jitter_may_start_late() {
        let mut backoff = Backoff::new(Policy { kind: Kind::Full, jitter_from: 3, ..EXACT });
        assert_eq!([0; 4].map(|die| backoff.next_us(die)), [100_000, 200_000, 0, 0]);
        backoff.reset();
        assert_eq!(backoff.next_us(0), 100_000);
    }

    proptest! {
        #[test]
        fn every_delay_is_within_its_kinds_bounds(
            initial_us in 0u64..1_000_000, multiplier_permille in 0u32..5_000, cap_us in 0u64..100_000_000,
            jitter_permille in 0u32..=1_000, dice in proptest::collection::vec(any::<u64>(), 1..30),
        ) {
            let policy = |kind| Policy { kind, initial_us, multiplier_permille, cap_us, jitter_permille, jitter_from: 1 };
            for kind in [Kind::None, Kind::Fixed, Kind::Exponential, Kind::Full, Kind::Equal, Kind::Decorrelated] {
                let mut backoff = Backoff::new(policy(kind));
                let mut last_us = initial_us;
                for (n, die) in (1..).zip(&dice) {
                    let nominal_us = policy(kind).nominal_us(n);
                    prop_assert!(nominal_us <= cap_us);
                    let reach_us = nominal_us * u64::from(jitter_permille) / 1_000;
                    let (least, most) = match kind {
                        Kind::None => (0, 0),
                        Kind::Fixed | Kind::Exponential => (nominal_us - reach_us, nominal_us + reach_us),
                        Kind::Full => (0, nominal_us),
                        Kind::Equal => (nominal_us / 2, nominal_us),
                        Kind::Decorrelated => (initial_us.min(cap_us).min(3 * last_us), cap_us.min(initial_us.max(3 * last_us))),
                    };
                    let delay_us = backoff.next_us(*die);
                    prop_assert!((least..=most).contains(&delay_us), "{kind:?} {delay_us} not in {least}..={most}");
                    last_us = delay_us;
                }
            }
        }
    }
}
