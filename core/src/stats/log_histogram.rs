//! A histogram whose buckets grow by a constant factor, 2^(1/8): whatever the size of what is measured, a quantile is off by the same share, and two
//! histograms add up to that of all (as in Prometheus' native histograms of schema 3, and OpenTelemetry's exponential ones of scale 3).

/// Buckets for each doubling.
const PER_DOUBLING: u64 = 8;
/// Where the buckets of a doubling begin, in parts of 2^32 of its start: 2^(i/8).
const STARTS: [u64; PER_DOUBLING as usize] = [
    1 << 32,
    4_683_695_048,
    5_107_605_667,
    5_569_883_475,
    6_074_001_000,
    6_623_745_059,
    7_223_245_206,
    7_877_004_752,
];

/// How many values fell in which bucket; nothing where none has.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct LogHistogram {
    /// Of the values from 1; those of 0 count as 1.
    buckets: Vec<u32>,
    count: u64,
}

impl LogHistogram {
    /// An empty one.
    pub const fn new() -> LogHistogram {
        LogHistogram { buckets: Vec::new(), count: 0 }
    }

    /// The bucket of a value.
    fn bucket(value: u64) -> usize {
        let value = value.max(1);
        let doubling = value.ilog2();
        // The value in parts of 2^32 of the doubling's start.
        let scaled = (u128::from(value) << 32 >> doubling) as u64;
        let place = STARTS.iter().rposition(|start| *start <= scaled).unwrap_or(0);
        doubling as usize * PER_DOUBLING as usize + place
    }

    /// Where a bucket begins, rounded up to the first whole value in it.
    fn start(bucket: usize) -> u128 {
        let (doubling, place) = (bucket / PER_DOUBLING as usize, bucket % PER_DOUBLING as usize);
        ((u128::from(STARTS[place]) << doubling) + ((1 << 32) - 1)) >> 32
    }

    /// One more value.
    pub fn add(&mut self, value: u64) {
        let bucket = Self::bucket(value);
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.count += 1;
    }

    /// All values of another one, too.
    pub fn add_all(&mut self, other: &LogHistogram) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        self.buckets.iter_mut().zip(&other.buckets).for_each(|(own, more)| *own = own.saturating_add(*more));
        self.count = self.count.saturating_add(other.count);
    }

    /// The buckets in which there are any, ascending: their numbers, and how many are in each.
    pub fn buckets(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.buckets.iter().copied().enumerate().filter(|(_, count)| *count > 0)
    }

    /// The bucket into which a value falls: there are eight from each value to twice as much.
    pub fn place(value: u64) -> usize {
        Self::bucket(value)
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// About the value that so many millionths of all do not exceed (the nearest rank): within its bucket what is off by the same share of either
    /// end, 4.3 % at the most, and half of one by rounding. None of nothing.
    pub fn quantile(&self, millionths: u64) -> Option<u64> {
        let rank = (u128::from(self.count) * u128::from(millionths)).div_ceil(1_000_000).max(1) as u64;
        let mut up_to = 0;
        let bucket = self.buckets.iter().position(|count| {
            up_to += u64::from(*count);
            up_to >= rank
        })?;
        let (first, last) = (Self::start(bucket), Self::start(bucket + 1).saturating_sub(1));
        let both = first + last;
        Some(((2 * first * last + both / 2) / both) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_begin_at_eighths_of_doublings() {
        for (place, start) in STARTS.iter().enumerate() {
            let exact = libm::pow(2.0, 32.0 + place as f64 / 8.0);
            assert!((*start as f64 - exact).abs() < 1.0, "{place}: {start}, not {exact}");
        }
        assert_eq!([0, 1, 2, 3, 4, 1_000].map(LogHistogram::bucket), [0, 0, 8, 12, 16, 79]);
        assert_eq!(LogHistogram::new().quantile(500_000), None);
    }

    proptest! {
        /// Of any values, whatever the quantile.
        #[test]
        fn a_quantile_is_near_that_of_the_values(values in proptest::collection::vec(0u64..10_000_000_000, 1..200), of in 1u64..=1_000_000) {
            let mut histogram = LogHistogram::new();
            values.iter().for_each(|value| histogram.add(*value));
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let rank = (sorted.len() as u64 * of).div_ceil(1_000_000).max(1) as usize;
            let (exact, told) = (sorted[rank - 1].max(1), histogram.quantile(of).unwrap());
            prop_assert!(told.abs_diff(exact) * 1_000 <= exact * 44 + 1_000, "{told}, not {exact}");
            prop_assert_eq!(histogram.count(), sorted.len() as u64);
        }

        /// Two add up to that of all.
        #[test]
        fn what_is_added_up_is_what_all_would_be(one in proptest::collection::vec(0u64..10_000_000, 0..50), other in proptest::collection::vec(0u64..10_000_000, 0..50)) {
            let of = |values: &[u64]| {
                let mut histogram = LogHistogram::new();
                values.iter().for_each(|value| histogram.add(*value));
                histogram
            };
            let mut sum = of(&one);
            sum.add_all(&of(&other));
            let all = of(&[&one[..], &other[..]].concat());
            prop_assert_eq!(sum.buckets().collect::<Vec<_>>(), all.buckets().collect::<Vec<_>>());
            prop_assert_eq!(sum.count(), all.count());
        }

        #[test]
        fn a_value_is_in_its_bucket(value in 1u64..u64::MAX / 2) {
            let bucket = LogHistogram::bucket(value);
            prop_assert!((LogHistogram::start(bucket)..LogHistogram::start(bucket + 1)).contains(&u128::from(value)));
        }
    }
}
