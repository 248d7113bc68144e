//! How many instances there should be: the arithmetic of Kubernetes' Horizontal Pod Autoscaler, n · metric ÷ target rounded up.
//!
//! Little is left alone: within a tenth of the target nothing changes. Up goes at once; down only to the most that was asked for within the
//! stabilisation window (Kubernetes' documentation, "Horizontal Pod Autoscaling"; its limits on how fast it scales up are off here).

use std::collections::VecDeque;

/// The settings.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// So far off the target, in thousandths, nothing changes: 100.
    pub tolerance_permille: u32,
    /// For how long the greatest number that was asked for stands, in µs: five minutes.
    pub down_after_us: u64,
    /// The fewest and the most instances.
    pub least: u32,
    /// See there.
    pub most: u32,
}

/// ⌈n · metric ÷ target⌉, or n where they are within the tolerance; metric and target in the same unit, whatever that is. A target of 0 is 1.
pub fn desired(now: u32, metric: u64, target: u64, tolerance_permille: u32) -> u32 {
    let (now, metric, target) = (u128::from(now), u128::from(metric), u128::from(target.max(1)));
    let off = (metric * 1_000).abs_diff(target * 1_000);
    if off <= target * u128::from(tolerance_permille) {
        return now as u32;
    }
    u32::try_from((now * metric).div_ceil(target)).unwrap_or(u32::MAX)
}

/// What was asked for of late.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Scaler {
    policy: Policy,
    /// When, and how many; only those that are less than all before.
    asked: VecDeque<(u64, u32)>,
}

impl Scaler {
    /// Nothing has been asked for yet.
    pub fn new(policy: Policy) -> Scaler {
        Scaler { policy, asked: VecDeque::new() }
    }

    /// So many are ready, so many there are with those that start, and this is measured of those that are ready: how many there should be.
    pub fn look(&mut self, ready: u32, now: u32, metric: u64, target: u64, now_us: u64) -> u32 {
        let Policy { tolerance_permille, least, most, down_after_us } = self.policy;
        let wanted = desired(ready, metric, target, tolerance_permille).max(least).min(most);
        while self.asked.front().is_some_and(|(at_us, _)| at_us.saturating_add(down_after_us) < now_us) {
            self.asked.pop_front();
        }
        while self.asked.back().is_some_and(|(_, asked)| *asked <= wanted) {
            self.asked.pop_back();
        }
        self.asked.push_back((now_us, wanted));
        let stands = self.asked.front().map_or(wanted, |(_, asked)| *asked);
        // What was asked for before holds back from scaling down, and makes nobody scale up.
        if wanted < now { stands.min(now) } else { wanted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_arithmetic() {
        // (instances, metric, target, desired): Kubernetes' examples, its tolerance, and the lab's staircase at full use against a target of 60 %.
        for (now, metric, target, wanted) in [
            (1, 200, 100, 2),
            (2, 50, 100, 1),
            (10, 109, 100, 10),
            (10, 110, 100, 10),
            (10, 111, 100, 12),
            (10, 90, 100, 10),
            (10, 89, 100, 9),
            (4, 100, 60, 7),
            (7, 100, 60, 12),
            (12, 100, 60, 20),
            (20, 100, 60, 34),
            (20, 77, 60, 26),
            (4, 240_000 / 4, 15_000, 16),
            (3, 0, 60, 0),
            (u32::MAX, u64::MAX, 1, u32::MAX),
        ] {
            assert_eq!(desired(now, metric, target, 100), wanted, "{now} at {metric} of {target}");
        }
    }

    #[test]
    fn up_at_once_and_down_after_a_while() {
        let policy = Policy { tolerance_permille: 100, down_after_us: 300, least: 2, most: 10 };
        let mut scaler = Scaler::new(policy);
        let mut now = 4;
        for (at_us, use_percent, wanted) in [
            (0, 60, 4),
            (100, 150, 10),
            (200, 30, 10),
            (300, 12, 10),
            (400, 12, 10),
            (401, 12, 5),
            (601, 12, 2),
            (700, 0, 2),
        ] {
            now = scaler.look(now, now, use_percent, 60, at_us);
            assert_eq!(now, wanted, "at {at_us}");
        }
    }
}
