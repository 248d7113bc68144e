//! Herds: how many requests come within a span of time at the most, wherever the span begins.

use std::collections::VecDeque;

/// How long a herd's span is.
const SPAN_US: u64 = 10_000;

/// The most requests that came within [`SPAN_US`] of each other.
#[derive(Clone, Debug)]
pub struct Gathering {
    /// When the requests of the last span came.
    recent: VecDeque<u64>,
    most: u64,
}

impl Gathering {
    /// Nothing has come.
    pub const fn new() -> Gathering {
        Gathering { recent: VecDeque::new(), most: 0 }
    }

    /// One more request comes; times never go back.
    pub fn add(&mut self, at_us: u64) {
        while self.recent.front().is_some_and(|first_us| first_us + SPAN_US <= at_us) {
            self.recent.pop_front();
        }
        self.recent.push_back(at_us);
        self.most = self.most.max(self.recent.len() as u64);
    }

    /// The most that came within a span.
    pub fn most(&self) -> u64 {
        self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_herd_is_one_wherever_its_span_begins() {
        let mut herd = Gathering::new();
        [7_000, 8_000, 12_000, 16_999, 17_000].iter().for_each(|at_us| herd.add(*at_us));
        assert_eq!(herd.most(), 4, "from 7 ms to just before 17 ms");
    }

    proptest! {
        #[test]
        fn it_is_the_most_of_all_spans(mut times in proptest::collection::vec(0u64..100_000, 0..60)) {
            times.sort_unstable();
            let mut herd = Gathering::new();
            times.iter().for_each(|at_us| herd.add(*at_us));
            let within = |from: &u64| times.iter().filter(|at_us| (*from..from + SPAN_US).contains(at_us)).count() as u64;
            prop_assert_eq!(herd.most(), times.iter().map(within).max().unwrap_or(0));
        }
    }
}
