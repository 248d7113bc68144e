//! Herds: how many requests come within a span of time at the most, wherever the span begins.

use crate::trace::Mark;
use std::collections::VecDeque;

/// How long a herd's span is.
const HERD_US: u64 = 10_000;

/// The most requests that came within a span of each other.
#[derive(Clone, Debug)]
pub struct Gathering {
    span_us: u64,
    /// The requests of the last span.
    recent: VecDeque<Mark>,
    most: u64,
}

impl Gathering {
    /// A herd: nothing has come within 10 ms.
    pub const fn herd() -> Gathering {
        Gathering::within(HERD_US)
    }

    /// Nothing has come within a span.
    pub const fn within(span_us: u64) -> Gathering {
        Gathering { span_us, recent: VecDeque::new(), most: 0 }
    }

    /// One more request comes, and with it so many within a span from the first of them on; times never go back.
    pub fn add(&mut self, at: Mark) -> (u64, Mark) {
        while self.recent.front().is_some_and(|first| first.at_us + self.span_us <= at.at_us) {
            self.recent.pop_front();
        }
        self.recent.push_back(at);
        let count = self.recent.len() as u64;
        self.most = self.most.max(count);
        (count, self.recent[0])
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        16 * self.recent.len() as u64
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
        let mut herd = Gathering::herd();
        let times = [7_000, 8_000, 12_000, 16_999, 17_000];
        let last = (0..).zip(times).map(|(record, at_us)| herd.add(Mark { at_us, record })).last();
        assert_eq!(herd.most(), 4, "from 7 ms to just before 17 ms");
        assert_eq!(last, Some((4, Mark { at_us: 8_000, record: 1 })));
    }

    proptest! {
        #[test]
        fn it_is_the_most_of_all_spans(mut times in proptest::collection::vec(0u64..100_000, 0..60)) {
            times.sort_unstable();
            let mut herd = Gathering::herd();
            times.iter().for_each(|at_us| { herd.add(Mark { at_us: *at_us, record: 0 }); });
            let within = |from: &u64| times.iter().filter(|at_us| (*from..from + HERD_US).contains(at_us)).count() as u64;
            prop_assert_eq!(herd.most(), times.iter().map(within).max().unwrap_or(0));
        }
    }
}
