//! What the calls of a hop took that went well, those that began from a time on.

use super::super::mark::{Ending, HopId, Mark};
use crate::stats::Sample;

/// What calls took.
#[derive(Clone, Debug)]
pub struct Took {
    hop: HopId,
    from_us: u64,
    sample: Sample,
}

impl Took {
    /// Of the calls of a hop that begin then or later, in µs.
    pub fn new(hop: HopId, from_us: u64) -> Took {
        Took { hop, from_us, sample: Sample::default() }
    }

    /// A node tells what it does.
    #[inline]
    pub fn mark(&mut self, at_us: u64, mark: Mark) {
        if let Mark::CallOver { hop, how, took_us, .. } = mark
            && hop == self.hop
            && matches!(how, Ending::Done | Ending::Known | Ending::Degraded)
            && at_us.saturating_sub(took_us) >= self.from_us
        {
            self.sample.add(took_us as i64);
        }
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.sample.count()
    }

    /// Their mean, in µs.
    pub fn mean_us(&self) -> Option<i64> {
        let count = i128::from(self.sample.count());
        (count > 0).then(|| ((self.sample.sum() + count / 2) / count) as i64)
    }

    /// What so many millionths of them took at the most, in µs.
    pub fn quantile_us(&self, millionths: u64) -> Option<i64> {
        self.sample.quantile(millionths)
    }
}
