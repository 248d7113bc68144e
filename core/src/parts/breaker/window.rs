//! The calls that a breaker judges by: the last so many, or those of the last so many seconds.

use std::collections::VecDeque;

/// Which calls count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Window {
    /// The last so many: `COUNT_BASED`.
    Calls(u32),
    /// Those of the last so many seconds, the present one included, by the whole second: `TIME_BASED`.
    Seconds(u32),
}

/// How many calls are in the window, and of what sort. A call can be both failed and slow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Counts {
    /// All of them.
    pub calls: u32,
    /// Those that failed.
    pub failed: u32,
    /// Those that took longer than the threshold.
    pub slow: u32,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.slow += other.slow;
    }

    fn remove(&mut self, other: Self) {
        self.calls -= other.calls;
        self.failed -= other.failed;
        self.slow -= other.slow;
    }
}

/// The window with its running total.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Calls {
    window: Window,
    total: Counts,
    /// One entry a call (its second is 0), or one a second that had any.
    slices: VecDeque<(u64, Counts)>,
}

impl Calls {
    pub(super) fn new(window: Window) -> Self {
        Self { window, total: Counts::default(), slices: VecDeque::new() }
    }

    pub(super) fn counts(&self) -> Counts {
        self.total
    }

    pub(super) fn record(&mut self, failed: bool, slow: bool, now_us: u64) {
        self.pass(now_us);
        let one = Counts { calls: 1, failed: u32::from(failed), slow: u32::from(slow) };
        let second = now_us / 1_000_000;
        match (self.window, self.slices.back_mut()) {
            (Window::Seconds(_), Some((s, counts))) if *s == second => counts.add(one),
            (Window::Seconds(_), _) => self.slices.push_back((second, one)),
            (Window::Calls(size), _) => {
                if self.slices.len() as u64 >= u64::from(size) {
                    let (_, gone) = self.slices.pop_front().expect("a window of at least one call");
                    self.total.remove(gone);
                }
                self.slices.push_back((0, one));
            }
        }
        self.total.add(one);
    }

    /// Forgets the seconds that have left the window.
    pub(super) fn pass(&mut self, now_us: u64) {
        let Window::Seconds(size) = self.window else { return };
        let second = now_us / 1_000_000;
        while self.slices.front().is_some_and(|(s, _)| s + u64::from(size) <= second) {
            let (_, gone) = self.slices.pop_front().expect("it has a front");
            self.total.remove(gone);
        }
    }
}
