//! Passive ejection of outliers, and the panic threshold, as in Envoy: who fails so many times in a row is left out for a while, the longer the more
//! often; and where too few are left, all are used again.

/// When an instance is ejected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// After so many failures in a row (`consecutive_5xx`); 0 is never.
    pub failures: u32,
    /// For so long, in µs, times how often it has been of late (`base_ejection_time`).
    pub base_us: u64,
    /// At most this share of all instances at once, in thousandths, but one may always be (`max_ejection_percent`).
    pub most_permille: u32,
}

/// The most times that the base is taken: Envoy's `max_ejection_time` of 300 s for its base of 30 s.
const MOST_TIMES: u32 = 10;

/// What is known of one instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Record {
    /// Failures in a row.
    failures: u32,
    /// How often it has been ejected of late.
    times: u32,
    /// Until when it is out; in the past it has been in since.
    until_us: u64,
}

/// Watches so many instances.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Outliers {
    policy: Policy,
    records: Vec<Record>,
}

impl Outliers {
    /// Nobody is out.
    pub fn new(policy: Policy, many: usize) -> Outliers {
        Outliers { policy, records: vec![Record::default(); many] }
    }

    /// Whether an instance is out.
    pub fn is_out(&self, place: usize, now_us: u64) -> bool {
        self.records.get(place).is_some_and(|record| now_us < record.until_us)
    }

    /// A call on an instance has ended well or not. Says until when it is ejected, where that ejects it. What ends while it is out is not counted.
    pub fn ended(&mut self, place: usize, well: bool, now_us: u64) -> Option<u64> {
        if self.policy.failures == 0 || self.is_out(place, now_us) {
            return None;
        }
        let out = self.records.iter().filter(|record| now_us < record.until_us).count() as u64;
        let all = self.records.len() as u64;
        let record = self.records.get_mut(place)?;
        if well {
            record.failures = 0;
            return None;
        }
        record.failures += 1;
        let room = out == 0 || (out + 1) * 1_000 <= all * u64::from(self.policy.most_permille);
        if record.failures < self.policy.failures || !room {
            return None;
        }
        // One time is forgotten for each base that it was in.
        let in_us = now_us - record.until_us;
        let forgotten = in_us / self.policy.base_us.max(1);
        record.times = record.times.saturating_sub(forgotten.min(u64::from(u32::MAX)) as u32);
        record.times = (record.times + 1).min(MOST_TIMES);
        record.failures = 0;
        record.until_us = now_us.saturating_add(self.policy.base_us.saturating_mul(record.times.into()));
        Some(record.until_us)
    }
}

/// Whether so few instances are healthy that all are used, the others too: below a share in thousandths (`healthy_panic_threshold`).
pub fn panics(healthy: usize, all: usize, threshold_permille: u32) -> bool {
    (healthy as u64) * 1_000 < all as u64 * u64::from(threshold_permille)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    fn three() -> Outliers {
        Outliers::new(Policy { failures: 3, base_us: 30 * SECOND, most_permille: 500 }, 4)
    }

    #[test]
    fn failures_in_a_row_eject_and_a_success_forgives() {
        let mut outliers = three();
        for (at, (well, until)) in
            [(false, None), (false, None), (true, None), (false, None), (false, None), (false, Some(35))]
                .iter()
                .enumerate()
        {
            assert_eq!(outliers.ended(1, *well, at as u64 * SECOND), until.map(|s: u64| s * SECOND), "{at}");
        }
        assert!(
            outliers.is_out(1, 34 * SECOND) && !outliers.is_out(1, 35 * SECOND) && !outliers.is_out(0, 0)
        );
        assert_eq!(outliers.ended(1, false, 10 * SECOND), None, "while it is out nothing counts");
    }

    /// (after how many seconds of being in it fails again, for how many it is out then), from the first time.
    #[test]
    fn it_is_out_longer_each_time_and_less_after_good_times() {
        let (mut outliers, mut now_us) = (three(), 0);
        for (well_s, out_s) in [(0, 30), (1, 60), (1, 90), (31, 90), (95, 30)] {
            now_us += well_s * SECOND;
            let until: Vec<_> = (0..3).map(|_| outliers.ended(0, false, now_us)).collect();
            assert_eq!(until, [None, None, Some(now_us + out_s * SECOND)], "{well_s}");
            now_us += out_s * SECOND;
        }
    }

    #[test]
    fn only_some_may_be_out_but_one_always() {
        let mut outliers = three();
        let mut eject = |place| (0..3).any(|_| outliers.ended(place, false, 0).is_some());
        assert_eq!([eject(0), eject(1), eject(2)], [true, true, false], "half of four");
        let mut alone = Outliers::new(Policy { failures: 1, base_us: 1, most_permille: 100 }, 2);
        assert!(alone.ended(0, false, 0).is_some(), "a tenth of two is none, but one may be");
        let mut never = Outliers::new(Policy { failures: 0, base_us: 1, most_permille: 1_000 }, 1);
        assert!((0..100).all(|_| never.ended(0, false, 0).is_none()));
    }

    #[test]
    fn below_the_threshold_all_are_used() {
        let table = [
            (5, 10, 500, false),
            (4, 10, 500, true),
            (0, 10, 0, false),
            (0, 10, 1, true),
            (9, 10, 1_000, true),
        ];
        for (healthy, all, threshold, panic) in table {
            assert_eq!(panics(healthy, all, threshold), panic, "{healthy} of {all}, {threshold}");
        }
    }
}
