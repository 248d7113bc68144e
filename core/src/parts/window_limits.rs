//! Limits by what a window has seen: the fixed window, the sliding log, and the sliding window counter (Cloudflare 2017, "How we built rate
//! limiting capable of scaling to millions of domains").
//!
//! Windows lie end to end from the beginning of time, as those of a counter whose key is the time divided by the window.

use std::collections::VecDeque;

/// At most so many in each window; which begin anew with nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FixedWindow {
    limit: u32,
    window_us: u64,
    window: u64,
    count: u32,
}

impl FixedWindow {
    /// Nothing has come.
    pub fn new(limit: u32, window_us: u64) -> FixedWindow {
        FixedWindow { limit, window_us: window_us.max(1), window: 0, count: 0 }
    }

    fn pass(&mut self, now_us: u64) {
        let window = now_us / self.window_us;
        if window > self.window {
            (self.window, self.count) = (window, 0);
        }
    }

    /// Counts one if there is room for it.
    pub fn try_take(&mut self, now_us: u64) -> bool {
        self.pass(now_us);
        let room = self.count < self.limit;
        self.count += u32::from(room);
        room
    }

    /// So many have passed elsewhere, at about a time.
    pub fn charge(&mut self, count: u32, at_us: u64, now_us: u64) {
        self.pass(now_us);
        if at_us / self.window_us == self.window {
            self.count = self.count.saturating_add(count);
        }
    }

    /// How many more it would let pass at once.
    pub fn room(&mut self, now_us: u64) -> u32 {
        self.pass(now_us);
        self.limit.saturating_sub(self.count)
    }

    /// How long until there is room, in µs: until the window's end.
    pub fn wait_us(&mut self, now_us: u64) -> u64 {
        if self.room(now_us) > 0 { 0 } else { self.window_us - now_us % self.window_us }
    }
}

/// At most so many in any window, wherever it begins: it keeps the time of each. What came a whole window ago counts no more.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SlidingLog {
    limit: u32,
    window_us: u64,
    log: VecDeque<u64>,
}

impl SlidingLog {
    /// Nothing has come.
    pub fn new(limit: u32, window_us: u64) -> SlidingLog {
        SlidingLog { limit, window_us: window_us.max(1), log: VecDeque::new() }
    }

    fn pass(&mut self, now_us: u64) {
        while self.log.front().is_some_and(|at_us| at_us + self.window_us <= now_us) {
            self.log.pop_front();
        }
    }

    /// Notes one if there is room for it.
    pub fn try_take(&mut self, now_us: u64) -> bool {
        let room = self.room(now_us) > 0;
        if room {
            self.log.push_back(now_us);
        }
        room
    }

    /// So many have passed elsewhere, at about a time. Of more than twice the limit the rest makes no difference, and is not kept.
    pub fn charge(&mut self, count: u32, at_us: u64, now_us: u64) {
        self.pass(now_us);
        let most = 2 * self.limit as usize;
        let place = self.log.partition_point(|other| *other <= at_us);
        for _ in 0..(count as usize).min(most.saturating_sub(self.log.len())) {
            self.log.insert(place, at_us);
        }
        self.pass(now_us);
    }

    /// How many more it would let pass at once.
    pub fn room(&mut self, now_us: u64) -> u32 {
        self.pass(now_us);
        self.limit.saturating_sub(self.log.len() as u32)
    }

    /// How long until there is room, in µs: until enough of those in the window are a window old.
    pub fn wait_us(&mut self, now_us: u64) -> u64 {
        if self.room(now_us) > 0 {
            return 0;
        }
        let last = self.log.len() - self.limit.max(1) as usize;
        self.log.get(last).map_or(self.window_us, |at_us| at_us + self.window_us - now_us)
    }

    /// How many times it keeps.
    pub fn len(&self) -> usize {
        self.log.len()
    }

    /// Whether it keeps none.
    pub fn is_empty(&self) -> bool {
        self.log.is_empty()
    }
}

/// A guess at the log from two counters: this window's, and the last one's by the share of it that a sliding window would still cover, as if
/// they had come evenly. One more passes while the guess with it is within the limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SlidingCounter {
    limit: u32,
    window_us: u64,
    window: u64,
    before: u32,
    count: u32,
}

impl SlidingCounter {
    /// Nothing has come.
    pub fn new(limit: u32, window_us: u64) -> SlidingCounter {
        SlidingCounter { limit, window_us: window_us.max(1), window: 0, before: 0, count: 0 }
    }

    fn pass(&mut self, now_us: u64) {
        let window = now_us / self.window_us;
        if window > self.window {
            self.before = if window == self.window + 1 { self.count } else { 0 };
            (self.window, self.count) = (window, 0);
        }
    }

    /// The guess of what the last window has left, times the window.
    fn left(&self, now_us: u64) -> u128 {
        u128::from(self.before) * u128::from(self.window_us - now_us % self.window_us)
    }

    /// Counts one if there is room for it.
    pub fn try_take(&mut self, now_us: u64) -> bool {
        let room = self.room(now_us) > 0;
        self.count += u32::from(room);
        room
    }

    /// So many have passed elsewhere, at about a time.
    pub fn charge(&mut self, count: u32, at_us: u64, now_us: u64) {
        self.pass(now_us);
        let window = at_us / self.window_us;
        if window == self.window {
            self.count = self.count.saturating_add(count);
        } else if window + 1 == self.window {
            self.before = self.before.saturating_add(count);
        }
    }

    /// How many more it would let pass at once.
    pub fn room(&mut self, now_us: u64) -> u32 {
        self.pass(now_us);
        let free = u128::from(self.limit.saturating_sub(self.count)) * u128::from(self.window_us);
        (free.saturating_sub(self.left(now_us)) / u128::from(self.window_us)) as u32
    }

    /// How long until there is room, in µs, if nothing passes.
    pub fn wait_us(&mut self, now_us: u64) -> u64 {
        if self.room(now_us) > 0 {
            return 0;
        }
        let into_us = now_us % self.window_us;
        // The share of a window that is left when the guess allows for one more: of this window by what came in the last, or of the next.
        let fits = |before: u32, count: u32| {
            let free =
                u128::from(self.limit.checked_sub(count)?.checked_sub(1)?) * u128::from(self.window_us);
            let left_us = free.checked_div(before.into()).unwrap_or(u128::MAX);
            Some(self.window_us - (left_us.min(self.window_us.into()) as u64))
        };
        match fits(self.before, self.count).filter(|at_us| *at_us < self.window_us) {
            Some(at_us) => at_us.saturating_sub(into_us),
            None => self.window_us - into_us + fits(self.count, 0).unwrap_or(self.window_us),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_window_begins_anew_and_a_log_slides() {
        let (mut fixed, mut log) = (FixedWindow::new(2, 1_000), SlidingLog::new(2, 1_000));
        for (now_us, by_fixed, by_log) in [
            (0, true, true),
            (900, true, true),
            (950, false, false),
            (999, false, false),
            (1_000, true, true),
            (1_001, true, false),
            (1_899, false, false),
            (1_900, false, true),
        ] {
            assert_eq!((fixed.try_take(now_us), log.try_take(now_us)), (by_fixed, by_log), "{now_us}");
        }
        assert_eq!((fixed.wait_us(1_900), log.wait_us(1_900)), (100, 100));
    }

    /// The last window counts by what a sliding one would cover of it: 84 · (1 - .25) + 36 = 99 (Cloudflare's example has 42 and 18 for 50).
    #[test]
    fn a_guess_is_made_of_two_counters() {
        let mut counter = SlidingCounter::new(50, 60_000);
        (0..42).for_each(|_| assert!(counter.try_take(30_000)));
        (0..18).for_each(|_| assert!(counter.try_take(75_000)));
        assert_eq!(counter.room(75_000), 0, "42 · .75 + 18 = 49.5");
        assert!(!counter.try_take(75_000));
    }

    #[test]
    fn counts_of_others_belong_to_their_window() {
        let mut fixed = FixedWindow::new(10, 1_000);
        fixed.charge(4, 990, 1_010);
        assert_eq!(fixed.room(1_010), 10, "they came in the last window");
        fixed.charge(4, 1_005, 1_010);
        assert_eq!(fixed.room(1_010), 6);
        let mut counter = SlidingCounter::new(10, 1_000);
        counter.charge(5, 990, 1_000);
        assert_eq!(counter.room(1_500), 7, "half of 5 is guessed to be in the window still");
        let mut log = SlidingLog::new(3, 1_000);
        assert!(log.try_take(500));
        log.charge(5, 400, 600);
        assert_eq!(
            (log.len(), log.room(600), log.wait_us(600)),
            (6, 0, 800),
            "room when four of 400 and that of 500 are gone"
        );
    }

    proptest! {
        /// No window of the log holds more than the limit; and waiting as told is enough and needed, for all three.
        #[test]
        fn waits_are_true(limit in 1u32..8, steps in proptest::collection::vec(0u64..700, 1..200)) {
            let window_us = 1_000;
            let mut fixed = FixedWindow::new(limit, window_us);
            let mut log = SlidingLog::new(limit, window_us);
            let mut counter = SlidingCounter::new(limit, window_us);
            let (mut now_us, mut passed) = (0, Vec::new());
            for step in steps {
                now_us += step;
                let waits = [fixed.wait_us(now_us), log.wait_us(now_us), counter.wait_us(now_us)];
                let takes = |at_us: u64| {
                    [fixed.clone().try_take(at_us), log.clone().try_take(at_us), counter.clone().try_take(at_us)]
                };
                for (which, wait_us) in waits.into_iter().enumerate() {
                    prop_assert!(takes(now_us + wait_us)[which], "{which} at {now_us} after {wait_us}");
                    prop_assert!(wait_us == 0 || !takes(now_us + wait_us - 1)[which], "{which} at {now_us} before {wait_us}");
                }
                if log.try_take(now_us) {
                    passed.push(now_us);
                }
                fixed.try_take(now_us);
                counter.try_take(now_us);
                let since = passed.iter().filter(|at_us| **at_us + window_us > now_us).count();
                prop_assert!(since <= limit as usize);
            }
        }
    }
}
