//! CoDel, controlled delay: a line is too long when even the least that anybody has waited for a while is too much (Nichols, Jacobson, CACM 2012).
//!
//! For packets (RFC 8289) more and more are dropped until that ends. For a server's requests folly has a variant (`folly/executors/Codel.cpp`): while
//! the line is too long, whoever waited more than twice the target is shed. It is asked when work on a request would begin.

/// The settings; a reader need not tune them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// The wait that is good enough, in µs.
    pub target_us: u64,
    /// For how long the least wait must be more than that, in µs.
    pub interval_us: u64,
}

impl Policy {
    /// folly's defaults: 5 ms and 100 ms.
    pub const FOLLY: Policy = Policy { target_us: 5_000, interval_us: 100_000 };
}

/// folly's variant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Codel {
    policy: Policy,
    /// When the present interval ends.
    until_us: u64,
    /// The least wait of it so far.
    least_us: u64,
    /// The next one asked about begins an interval.
    begins: bool,
    overloaded: bool,
}

impl Codel {
    /// Nobody has waited yet.
    pub fn new(policy: Policy, now_us: u64) -> Codel {
        Codel { policy, until_us: now_us, least_us: 0, begins: true, overloaded: false }
    }

    /// Work on a request would begin that has waited so long: whether it is shed instead.
    pub fn sheds(&mut self, waited_us: u64, now_us: u64) -> bool {
        // A target above the interval makes no sense; folly takes the interval then.
        let target_us = self.policy.target_us.min(self.policy.interval_us);
        if now_us > self.until_us && !self.begins {
            self.until_us = now_us.saturating_add(self.policy.interval_us);
            self.overloaded = self.least_us > target_us;
            self.begins = true;
        }
        // One request alone tells nothing: the first of an interval is never shed.
        if std::mem::take(&mut self.begins) {
            self.least_us = waited_us;
            return false;
        }
        self.least_us = self.least_us.min(waited_us);
        self.overloaded && waited_us > target_us.saturating_mul(2)
    }
}

/// When RFC 8289 drops after its first drop, in µs, if the line stays too long: each time sooner, by the square root of how many there were. The
/// first is 0.
pub fn drop_times_us(interval_us: u64, count: usize) -> Vec<u64> {
    let mut at = 0.0;
    let mut times = vec![0];
    for dropped in 1..count {
        at += interval_us as f64 / libm::sqrt(dropped as f64);
        times.push(libm::round(at) as u64);
    }
    times.truncate(count);
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 8289, section 4.4: after the first drop 100, 170.7, 228.4, 278.4 ms.
    #[test]
    fn packets_are_dropped_more_and_more_often() {
        assert_eq!(drop_times_us(100_000, 5), [0, 100_000, 170_711, 228_446, 278_446]);
        assert_eq!((drop_times_us(100_000, 1), drop_times_us(100_000, 0)), (vec![0], vec![]));
    }

    /// (when, waited, shed?), in ms.
    #[test]
    fn shed_is_what_waited_twice_the_target_while_the_least_wait_was_over_it() {
        let mut codel = Codel::new(Policy::FOLLY, 0);
        for (at_ms, waited_ms, shed) in [
            (0, 50, false),  // the first of all
            (10, 30, false), // its interval is over as it begins, and was too long; the first of the next is never shed
            (11, 6, false),  // less than twice the target, and the least of this interval
            (50, 40, true),
            (120, 40, false), // the least was over the target, but this is the first of another
            (121, 10, false), // just twice the target
            (122, 11, true),
            (130, 4, false), // the least of this interval
            (200, 90, true),
            (221, 90, false),
            (222, 90, false), // the least was within the target: no overload any more
        ] {
            assert_eq!(codel.sheds(waited_ms * 1_000, at_ms * 1_000), shed, "at {at_ms} ms");
        }
    }

    proptest! {
        /// Who waited no more than twice the target is never shed, and nobody is while some wait of each interval is within it.
        #[test]
        fn never_more_than_needed(steps in proptest::collection::vec((0u64..60_000, 0u64..40_000), 1..200)) {
            let (mut some, mut calm, mut now_us) = (Codel::new(Policy::FOLLY, 0), Codel::new(Policy::FOLLY, 0), 0);
            calm.sheds(0, 0);
            for (step_us, waited_us) in steps {
                now_us += step_us;
                prop_assert!(!some.sheds(waited_us, now_us) || waited_us > 10_000);
                prop_assert!(!calm.sheds(waited_us, now_us));
                prop_assert!(!calm.sheds(5_000, now_us));
            }
        }
    }
}
