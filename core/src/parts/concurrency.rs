//! Limits on how many are under way at once: a fixed number, or one that finds itself by additive increase and multiplicative decrease (Netflix'
//! `concurrency-limits`, `AIMDLimit`; Chiu and Jain 1989).

/// How many may be under way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Policy {
    /// So many.
    Fixed(u32),
    /// One more after each that went well while at least half were used; a share of it, at least one less, after each that failed or took too
    /// long.
    Aimd {
        /// At first.
        initial: u32,
        /// The share, in thousandths.
        backoff_permille: u32,
        /// What takes longer counts as failed, in µs.
        timeout_us: u64,
        /// It grows no further.
        most: u32,
    },
}

impl Policy {
    /// What `AIMDLimit` has by default.
    pub const AIMD: Policy =
        Policy::Aimd { initial: 10, backoff_permille: 900, timeout_us: 5_000_000, most: 10_000 };
}

/// A limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Concurrency {
    policy: Policy,
    limit: u32,
}

impl Concurrency {
    /// As it begins.
    pub fn new(policy: Policy) -> Concurrency {
        let limit = match policy {
            Policy::Fixed(limit) => limit,
            Policy::Aimd { initial, .. } => initial,
        };
        Concurrency { policy, limit: limit.max(1) }
    }

    /// How many may be under way now.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// One of so many that were under way, itself among them, is over: it took so long, and went well or failed.
    pub fn over(&mut self, inflight: u32, took_us: u64, failed: bool) {
        let Policy::Aimd { backoff_permille, timeout_us, most, .. } = self.policy else { return };
        if failed || took_us > timeout_us {
            let share = u64::from(self.limit) * u64::from(backoff_permille) / 1_000;
            self.limit = (share as u32).min(self.limit - 1).max(1);
        } else if u64::from(inflight) * 2 >= u64::from(self.limit) {
            self.limit = (self.limit + 1).min(most.max(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_by_one_and_shrinks_by_a_share() {
        let mut aimd = Concurrency::new(Policy::AIMD);
        for (inflight, took_us, failed, limit) in [
            (4, 1_000, false, 10),
            (5, 1_000, false, 11),
            (6, 5_000_001, false, 9),
            (1, 0, true, 8),
            (1, 0, true, 7),
            (4, 5_000_000, false, 8),
        ] {
            aimd.over(inflight, took_us, failed);
            assert_eq!(aimd.limit(), limit);
        }
        (0..50).for_each(|_| aimd.over(1, 0, true));
        assert_eq!(aimd.limit(), 1, "one at the least");
        let mut fixed = Concurrency::new(Policy::Fixed(20));
        fixed.over(20, 0, true);
        assert_eq!(fixed.limit(), 20);
    }
}
