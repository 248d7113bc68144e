//! A node as the kernel sees it: up or down, paused, slow, busy, and with a clock of its own.

use super::queue::Event;
use std::collections::VecDeque;

/// A clock that jumps and drifts: local time is an offset plus true time at a rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Clock {
    offset_us: i64,
    /// How much of the offset comes from its having been set.
    set_us: i64,
    drift_ppm: i32,
    /// True time since when the drift has been what it is.
    since_us: u64,
}

const MILLION: i128 = 1_000_000;

impl Clock {
    /// The local time at a true time, in µs.
    #[inline]
    pub(crate) fn read(&self, now_us: u64) -> i64 {
        if self.drift_ppm == 0 {
            return now_us.wrapping_add_signed(self.offset_us) as i64;
        }
        let gained = i128::from(now_us - self.since_us) * i128::from(self.drift_ppm) / MILLION;
        (i128::from(now_us) + i128::from(self.offset_us) + gained) as i64
    }

    /// The same as if it had never been set: it goes at the clock's rate, and never back.
    #[inline]
    pub(crate) fn monotonic(&self, now_us: u64) -> i64 {
        self.read(now_us).saturating_sub(self.set_us)
    }

    /// Sets it forward or back.
    pub(crate) fn jump(&mut self, by_us: i64) {
        self.offset_us = self.offset_us.saturating_add(by_us);
        self.set_us = self.set_us.saturating_add(by_us);
    }

    /// Changes its rate from now on.
    pub(crate) fn drift(&mut self, now_us: u64, ppm: i32) {
        self.offset_us = self.read(now_us).saturating_sub(now_us as i64);
        self.drift_ppm = ppm;
        self.since_us = now_us;
    }

    /// How much true time passes while this clock measures a span.
    #[inline]
    pub(crate) fn true_span_us(&self, local_us: u64) -> u64 {
        if self.drift_ppm == 0 {
            return local_us;
        }
        (i128::from(local_us) * MILLION / (MILLION + i128::from(self.drift_ppm))) as u64
    }
}

/// One node's condition.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) up: bool,
    /// How often it has booted, less one.
    pub(crate) epoch: u32,
    pub(crate) clock: Clock,
    /// Multiplies its work, or the delay of its messages where it has none.
    pub(crate) slow: u32,
    /// What each input takes, in µs of true time.
    pub(crate) work_us: u64,
    /// Until when it is paused, and the pause's number.
    pub(crate) paused_until_us: Option<u64>,
    pub(crate) pauses: u32,
    /// The input that it works on.
    pub(crate) working: Option<Event>,
    /// Whether the work was done during a pause, so that its effects wait for the end.
    pub(crate) finished_in_pause: bool,
    /// Inputs that wait for the pause or the work to end.
    pub(crate) waiting: VecDeque<Event>,
    /// Its open operations, by their numbers in the run, and as many again that have ended, at the most.
    pub(crate) open: Vec<u32>,
    /// How many of them have ended.
    pub(crate) ended: usize,
}

impl Node {
    pub(crate) fn new(work_us: u64) -> Node {
        Node {
            up: false,
            epoch: 0,
            clock: Clock::default(),
            slow: 1,
            work_us,
            paused_until_us: None,
            pauses: 0,
            working: None,
            finished_in_pause: false,
            waiting: VecDeque::new(),
            open: Vec::new(),
            ended: 0,
        }
    }

    /// What the delays of its messages are multiplied by.
    #[inline]
    pub(crate) fn message_factor(&self) -> u32 {
        if self.work_us == 0 { self.slow } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_jumps_and_drifts() {
        let mut clock = Clock::default();
        assert_eq!(clock.read(5_000_000), 5_000_000);
        clock.jump(-250_000);
        assert_eq!(clock.read(5_000_000), 4_750_000);
        clock.drift(5_000_000, 200);
        assert_eq!(clock.read(5_000_000), 4_750_000);
        assert_eq!((clock.read(15_000_000), clock.monotonic(15_000_000)), (14_752_000, 15_002_000));
        clock.drift(15_000_000, 0);
        assert_eq!(clock.read(25_000_000), 24_752_000);
        clock.drift(25_000_000, 100_000);
        assert_eq!(clock.true_span_us(1_100_000), 1_000_000);
    }
}
