//! A sample of whole numbers: exact moments, exact quantiles up to a million values, and merging that does not depend on the order.

use crate::sorted::Map;

/// Up to so many values every one is kept, and quantiles are exact.
pub const EXACT_VALUES: u64 = 1_000_000;

/// The values of one tally over many runs. Two samples of the same values are equal, in whatever order and parts the values came.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    count: u64,
    sum: i128,
    /// Saturating, which keeps the order of adding out of it.
    sum_of_squares: u128,
    /// Every value, while they are few; then nothing.
    values: Vec<i64>,
    /// From then on: how many values share their first 11 significant bits, by the least of them. These are HdrHistogram's buckets at three
    /// significant digits (Tene): a quantile is off by less than one part in 1,024.
    buckets: Map<i64, u64>,
}

/// The figures of a sample. A quantile p is the nearest rank: the least value that is not exceeded by a share p of all.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Summary {
    /// How many values; where it is 0 all else is 0 and means nothing.
    pub count: u64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation of the sample (dividing by n - 1).
    pub sd: f64,
    /// The least value.
    pub least: i64,
    /// The median.
    pub p50: i64,
    /// 95 % of the values are at most this.
    pub p95: i64,
    /// 99 % are.
    pub p99: i64,
    /// 99.9 % are.
    pub p999: i64,
    /// The greatest value.
    pub greatest: i64,
}

impl Summary {
    /// The standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sd / libm::sqrt(self.count as f64) }
    }
}

impl Sample {
    /// Adds a value.
    pub fn add(&mut self, value: i64) {
        self.count += 1;
        self.sum += i128::from(value);
        self.sum_of_squares = self.sum_of_squares.saturating_add(square(value));
        if self.count <= EXACT_VALUES {
            self.values.push(value);
        } else {
            self.coarsen();
            *self.buckets.entry(bucket(value)).or_default() += 1;
        }
    }

    /// Adds all values of another sample.
    pub fn merge(&mut self, other: &Sample) {
        self.count += other.count;
        self.sum += other.sum;
        self.sum_of_squares = self.sum_of_squares.saturating_add(other.sum_of_squares);
        self.values.extend_from_slice(&other.values);
        for (&value, &count) in &other.buckets {
            *self.buckets.entry(value).or_default() += count;
        }
        if self.count > EXACT_VALUES {
            self.coarsen();
        }
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The exact sum.
    pub fn sum(&self) -> i128 {
        self.sum
    }

    /// The figures; an empty sample has none, and says so by its count.
    pub fn summary(&self) -> Summary {
        let ranked = self.ranked();
        let (Some(&(least, _)), Some(&(greatest, _))) = (ranked.first(), ranked.last()) else {
            return Summary::default();
        };
        let at = |millionths| nearest_rank(&ranked, self.count, millionths);
        Summary {
            count: self.count,
            mean: self.sum as f64 / self.count as f64,
            sd: self.sd(),
            least,
            p50: at(500_000),
            p95: at(950_000),
            p99: at(990_000),
            p999: at(999_000),
            greatest,
        }
    }

    /// Any other quantile, in millionths, by nearest rank; none of an empty sample.
    pub fn quantile(&self, millionths: u64) -> Option<i64> {
        let ranked = self.ranked();
        (!ranked.is_empty()).then(|| nearest_rank(&ranked, self.count, millionths))
    }

    /// Values in order, each with how many are at most it.
    fn ranked(&self) -> Vec<(i64, u64)> {
        let mut values = self.values.clone();
        values.sort_unstable();
        let singles = values.into_iter().map(|value| (value, 1));
        let mut up_to = 0;
        singles
            .chain(self.buckets.iter().map(|(&value, &count)| (value, count)))
            .map(|(value, count)| {
                up_to += count;
                (value, up_to)
            })
            .collect()
    }

    fn sd(&self) -> f64 {
        if self.count < 2 {
            return 0.0;
        }
        let n = self.count as f64;
        let exact = || {
            let scaled = self.sum_of_squares.checked_mul(u128::from(self.count))?;
            let sum = self.sum.unsigned_abs();
            Some(scaled.saturating_sub(sum.checked_mul(sum)?) as f64)
        };
        // Beyond 128 bits the figures are so large that a float's 16 digits do.
        let spread = exact().unwrap_or_else(|| {
            let sum = self.sum as f64;
            (n * self.sum_of_squares as f64 - sum * sum).max(0.0)
        });
        libm::sqrt(spread / n / (n - 1.0))
    }

    fn coarsen(&mut self) {
        for value in std::mem::take(&mut self.values) {
            *self.buckets.entry(bucket(value)).or_default() += 1;
        }
    }
}

impl PartialEq for Sample {
    fn eq(&self, other: &Sample) -> bool {
        (self.count, self.sum, self.sum_of_squares) == (other.count, other.sum, other.sum_of_squares)
            && self.ranked() == other.ranked()
    }
}

impl Eq for Sample {}

fn square(value: i64) -> u128 {
    u128::from(value.unsigned_abs()) * u128::from(value.unsigned_abs())
}

/// The value with all but its first 11 significant bits cleared.
fn bucket(value: i64) -> i64 {
    let size = value.unsigned_abs();
    let spare = (64 - size.leading_zeros()).saturating_sub(11);
    let kept = size >> spare << spare;
    if value < 0 { (kept as i64).wrapping_neg() } else { kept as i64 }
}

fn nearest_rank(ranked: &[(i64, u64)], count: u64, millionths: u64) -> i64 {
    let rank = (u128::from(count) * u128::from(millionths)).div_ceil(1_000_000).max(1) as u64;
    let place = ranked.partition_point(|&(_, up_to)| up_to < rank);
    ranked[place.min(ranked.len() - 1)].0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(values: impl IntoIterator<Item = i64>) -> Sample {
        let mut sample = Sample::default();
        values.into_iter().for_each(|value| sample.add(value));
        sample
    }

    #[test]
    fn the_figures_of_one_to_a_thousand() {
        let s = sample((1..=1_000).rev()).summary();
        assert_eq!((s.least, s.p50, s.p95, s.p99, s.p999, s.greatest), (1, 500, 950, 990, 999, 1_000));
        assert_eq!(s.mean, 500.5);
        assert!((s.sd - libm::sqrt(1_000.0 * 1_001.0 / 12.0)).abs() < 1e-9);
        assert_eq!(sample([7]).summary().p999, 7);
        assert_eq!(sample([]).summary(), Summary::default());
        assert_eq!(sample([]).quantile(500_000), None);
    }

    #[test]
    fn a_large_mean_does_not_hide_a_small_spread() {
        let far = 1_000_000_000_000;
        assert_eq!(sample([far, far + 1, far + 2]).summary().sd, 1.0);
        let ends = sample([i64::MIN, i64::MAX, i64::MIN]).summary();
        assert!(ends.sd.is_finite() && ends.least == i64::MIN);
    }

    #[test]
    fn beyond_a_million_quantiles_are_close_and_parts_still_merge_to_the_whole() {
        let n = EXACT_VALUES as i64 + 10;
        let whole = sample(0..n);
        let mut parts = sample(n / 2..n);
        parts.merge(&sample((0..n / 2).rev()));
        assert!(parts == whole);
        let p99 = whole.summary().p99 as f64;
        assert!((p99 / (0.99 * n as f64) - 1.0).abs() < 1.0 / 1024.0);
        assert_eq!(whole.sum(), i128::from(n) * i128::from(n - 1) / 2);
    }

    proptest! {
        #[test]
        fn merging_depends_neither_on_order_nor_on_parts(mut values in proptest::collection::vec(any::<i64>(), 0..40), cut in 0usize..40) {
            let whole = sample(values.iter().copied());
            values.reverse();
            let (a, b) = values.split_at(cut.min(values.len()));
            let mut merged = sample(b.iter().copied());
            merged.merge(&sample(a.iter().copied()));
            prop_assert_eq!(whole.summary(), merged.summary());
            prop_assert!(whole == merged);
        }

        #[test]
        fn a_bucket_is_near_its_values(value in any::<i64>()) {
            let error = (i128::from(value) - i128::from(bucket(value))).unsigned_abs();
            prop_assert!(error * 1_024 <= u128::from(value.unsigned_abs()));
        }
    }
}
