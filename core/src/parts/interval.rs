//! Clocks that know how wrong they may be: a reading is an interval that holds the true time, and who waits until a timestamp has passed for
//! everybody orders transactions as they happened (TrueTime: Corbett et al., "Spanner", OSDI 2012, §3 and §4.2.1). Both hold only while the
//! bound that is believed is true.

use super::version_vector::Causality;

/// A reading: the true time lies in it, ends included.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Interval {
    /// The earliest that it may be, in µs.
    pub earliest_us: i64,
    /// The latest.
    pub latest_us: i64,
}

impl Interval {
    /// The reading of a clock that is believed to be within `error_us` of the true time.
    pub fn around(clock_us: i64, error_us: u64) -> Interval {
        Interval {
            earliest_us: clock_us.saturating_sub_unsigned(error_us),
            latest_us: clock_us.saturating_add_unsigned(error_us),
        }
    }

    /// How two readings stand to each other: where they overlap, neither can be said to have been first.
    pub fn compare(self, other: Interval) -> Causality {
        match (self.latest_us < other.earliest_us, other.latest_us < self.earliest_us) {
            (true, _) => Causality::Before,
            (_, true) => Causality::After,
            _ if self == other => Causality::Equal,
            _ => Causality::Concurrent,
        }
    }

    /// Commit wait: for how long, at the least, a timestamp may not have passed everywhere; none when it has.
    pub fn wait_us(self, timestamp_us: i64) -> Option<u64> {
        (self.earliest_us <= timestamp_us).then(|| timestamp_us.abs_diff(self.earliest_us) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn who_waits_is_never_overtaken(
            error_us in 0u64..50, offsets in (-50i64..50, -50i64..50), began_us in 0i64..1_000, later_us in 0i64..100,
        ) {
            let within = |offset: i64| offset.clamp(-(error_us as i64), error_us as i64);
            let read = |now_us: i64, offset: i64| Interval::around(now_us + within(offset), error_us);
            // The first takes the latest as its timestamp, and ends when that has passed.
            let timestamp_us = read(began_us, offsets.0).latest_us;
            let mut now_us = began_us;
            while let Some(wait_us) = read(now_us, offsets.0).wait_us(timestamp_us) {
                now_us += wait_us as i64;
            }
            prop_assert_eq!(now_us - began_us, 2 * error_us as i64 + 1, "twice the error");
            prop_assert!(now_us > timestamp_us, "it has passed in truth");
            prop_assert!(read(now_us + later_us, offsets.1).latest_us > timestamp_us);
        }

        #[test]
        fn what_is_said_to_be_first_was(error_us in 0u64..50, offsets in (-50i64..50, -50i64..50), times in (0i64..300, 0i64..300)) {
            let within = |offset: i64| offset.clamp(-(error_us as i64), error_us as i64);
            let read = |now_us: i64, offset: i64| Interval::around(now_us + within(offset), error_us);
            match read(times.0, offsets.0).compare(read(times.1, offsets.1)) {
                Causality::Before => prop_assert!(times.0 < times.1),
                Causality::After => prop_assert!(times.0 > times.1),
                Causality::Equal | Causality::Concurrent => prop_assert!(times.0.abs_diff(times.1) <= 4 * error_us),
            }
        }
    }
}
