//! Retry budgets: how a client stops its retries from multiplying the load of a service that is failing anyway.

/// Tokens are counted in thousandths.
const TOKEN: u32 = 1_000;

/// gRPC's retry throttling (proposal A6, "Throttling Retry Attempts and Hedged RPCs"), kept per server name: each failure
/// takes a token, each success gives back a fraction, and retries are made only while more than half of the tokens are
/// left. Under a steady failure share it breaks even at ratio / (1 + ratio): 1/11 for a ratio of 0.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Throttle {
    max_milli: u32,
    ratio_permille: u32,
    milli: u32,
}

impl Throttle {
    /// gRPC allows up to 1,000 tokens.
    pub const MAX_TOKENS: u32 = 1_000;

    /// Full, with `max_tokens` (`maxTokens`); each success gives `ratio_permille` thousandths of a token (`tokenRatio`).
    ///
    /// # Panics
    /// Unless `max_tokens` is 1 to 1,000 and the ratio above 0, as the proposal demands.
    pub fn new(max_tokens: u32, ratio_permille: u32) -> Self {
        assert!((1..=Self::MAX_TOKENS).contains(&max_tokens), "1 to 1,000 tokens, not {max_tokens}");
        assert!(ratio_permille > 0, "a ratio above 0");
        let max_milli = max_tokens * TOKEN;
        Self { max_milli, ratio_permille, milli: max_milli }
    }

    /// The tokens left, in thousandths.
    pub fn milli(&self) -> u32 {
        self.milli
    }

    /// An attempt has succeeded.
    pub fn on_success(&mut self) {
        self.milli = self.milli.saturating_add(self.ratio_permille).min(self.max_milli);
    }

    /// An attempt has failed in a way that would be retried, first attempts and retries alike.
    pub fn on_failure(&mut self) {
        self.milli = self.milli.saturating_sub(TOKEN);
    }

    /// A retry may be made now: more than half of the tokens are left. The retry itself takes none.
    pub fn may_retry(&self) -> bool {
        self.milli > self.max_milli / 2
    }
}

/// What pays into a [`Budget`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PaidOn {
    /// Every first attempt, whatever becomes of it (Finagle): while nothing works, the budget still feeds `ratio` retries a call.
    Call,
    /// Every success: while nothing works, the budget runs dry.
    Success,
}

/// The settings of a [`Budget`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// What pays into it.
    pub paid_on: PaidOn,
    /// How many retries each payment buys, in thousandths.
    pub ratio_permille: u32,
    /// How long a payment, and a withdrawal, counts.
    pub ttl_us: u64,
    /// Retries allowed in every `ttl_us` without any payment, so that a quiet client can retry too.
    pub reserve: u32,
}

impl Policy {
    /// Finagle's defaults: 20 % of the calls of the last 10 s, and 10 a second besides.
    pub const FINAGLE: Self =
        Self { paid_on: PaidOn::Call, ratio_permille: 200, ttl_us: 10_000_000, reserve: 100 };
}

/// A ratio budget after Finagle's `RetryBudget`: payments less withdrawals of the last `ttl_us`, plus a reserve. As there,
/// the window moves in ten slices: what is paid counts for nine to ten tenths of `ttl_us`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Budget {
    policy: Policy,
    /// Payments less withdrawals of each slice, in thousandths of a retry; slice k of time is at k mod 10.
    slices: [i64; SLICES as usize],
    /// The latest slice of time that has been written.
    latest: u64,
}

const SLICES: u64 = 10;

impl Budget {
    /// Empty but for the reserve.
    pub fn new(policy: Policy) -> Self {
        Self { policy, slices: [0; SLICES as usize], latest: 0 }
    }

    /// A call has been made: its first attempt, not a retry.
    pub fn on_call(&mut self, now_us: u64) {
        if self.policy.paid_on == PaidOn::Call {
            self.add(i64::from(self.policy.ratio_permille), now_us);
        }
    }

    /// An attempt has succeeded.
    pub fn on_success(&mut self, now_us: u64) {
        if self.policy.paid_on == PaidOn::Success {
            self.add(i64::from(self.policy.ratio_permille), now_us);
        }
    }

    /// What is left, in thousandths of a retry.
    pub fn balance_milli(&mut self, now_us: u64) -> u64 {
        self.turn(now_us);
        let balance = self.slices.iter().sum::<i64>() + i64::from(self.policy.reserve) * i64::from(TOKEN);
        u64::try_from(balance).unwrap_or(0)
    }

    /// Takes one retry out of the budget, if it holds one.
    pub fn try_retry(&mut self, now_us: u64) -> bool {
        let allowed = self.balance_milli(now_us) >= u64::from(TOKEN);
        if allowed {
            self.add(-i64::from(TOKEN), now_us);
        }
        allowed
    }

    fn add(&mut self, milli: i64, now_us: u64) {
        self.turn(now_us);
        let slice = &mut self.slices[(self.latest % SLICES) as usize];
        *slice = slice.saturating_add(milli);
    }

    /// Empties the slices that time has passed since the last call.
    fn turn(&mut self, now_us: u64) {
        let slice = now_us / (self.policy.ttl_us / SLICES).max(1);
        let passed = slice.saturating_sub(self.latest).min(SLICES);
        for k in 0..passed {
            self.slices[((slice - k) % SLICES) as usize] = 0;
        }
        self.latest = self.latest.max(slice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn grpc_allows_exactly_four_retries_when_everything_fails() {
        let mut throttle = Throttle::new(10, 100);
        let mut retries = 0;
        loop {
            throttle.on_failure();
            if !throttle.may_retry() {
                break;
            }
            retries += 1;
        }
        assert_eq!(retries, 4);
        throttle.on_failure();
        assert!(!throttle.may_retry());
    }

    #[test]
    fn grpc_breaks_even_at_one_failure_in_eleven() {
        let after = |successes_per_failure: u32| {
            let mut throttle = Throttle::new(10, 100);
            // Below the cap, so that nothing is lost on it.
            (0..2).for_each(|_| throttle.on_failure());
            for _ in 0..100 {
                throttle.on_failure();
                (0..successes_per_failure).for_each(|_| throttle.on_success());
            }
            throttle.milli()
        };
        assert_eq!(after(10), 8_000, "ten successes pay for one failure");
        assert!(after(9) < 1_000);
        assert_eq!(after(11), 10_000);
    }

    #[test]
    fn payments_and_withdrawals_age_out() {
        let policy = Policy { ratio_permille: 500, reserve: 0, ttl_us: 10_000, paid_on: PaidOn::Call };
        let mut budget = Budget::new(policy);
        (0..4).for_each(|_| budget.on_call(0));
        budget.on_success(0);
        assert_eq!(budget.balance_milli(9_999), 2_000);
        assert!(budget.try_retry(9_999));
        assert_eq!(budget.balance_milli(10_000), 0, "the payment is over, the withdrawal is not");
        budget.on_call(12_000);
        assert!(!budget.try_retry(12_000));
        assert_eq!(budget.balance_milli(1_000_000_000), 0);
    }

    #[test]
    fn a_budget_paid_on_success_runs_dry() {
        let mut budget = Budget::new(Policy { paid_on: PaidOn::Success, reserve: 0, ..Policy::FINAGLE });
        (0..5).for_each(|_| budget.on_success(0));
        assert!(budget.try_retry(1));
        for _ in 0..100 {
            budget.on_call(2);
            assert!(!budget.try_retry(2));
        }
    }

    proptest! {
        /// Within any ttl no more retries than the ratio buys in the last two, and the reserve.
        #[test]
        fn retries_are_bounded_by_the_ratio(steps in proptest::collection::vec(0u64..300, 1..200), ratio_permille in 0u32..1_000) {
            let policy = Policy { ratio_permille, reserve: 3, ttl_us: 1_000, paid_on: PaidOn::Call };
            let mut budget = Budget::new(policy);
            let (mut now_us, mut calls, mut retries) = (0, Vec::new(), Vec::new());
            for step in steps {
                now_us += step;
                budget.on_call(now_us);
                calls.push(now_us);
                while budget.try_retry(now_us) {
                    retries.push(now_us);
                }
                let recent = |times: &[u64], span| times.iter().filter(|t| **t + span > now_us).count() as u64;
                prop_assert!(
                    recent(&retries, 900) * 1_000 <= recent(&calls, 2_000) * u64::from(ratio_permille) + 2 * 3_000
                );
            }
        }
    }
}
