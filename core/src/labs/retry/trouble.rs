//! The trouble: a span of time in which the server is silent, refuses or works slower, or is called more often.

use super::params::{Params, Trouble};

/// A span of trouble.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// When it begins, in µs.
    pub from_us: u64,
    /// When it is over, in µs.
    pub to_us: u64,
    /// What the server does meanwhile, or that it is called more often.
    pub kind: Trouble,
    /// Slowness: how many times longer work takes.
    pub slowdown: u32,
    /// A burst: how many times as often calls come.
    pub burst: u32,
}

impl Span {
    /// The trouble that the reader's settings bring, if they bring any.
    pub fn of(params: &Params) -> Option<Span> {
        let (from_us, to_us) = params.trouble_span()?;
        Some(Span { from_us, to_us, kind: params.trouble, slowdown: params.slowdown, burst: params.burst })
    }

    /// Whether it lasts at this time.
    pub fn holds(&self, now_us: u64) -> bool {
        (self.from_us..self.to_us).contains(&now_us)
    }

    /// When work that begins at `start_us` is done: within the span it stands still, or goes on slower.
    pub fn done_us(&self, start_us: u64, work_us: u64) -> u64 {
        let before_us = self.from_us.saturating_sub(start_us);
        let works_on = matches!(self.kind, Trouble::Refusal | Trouble::Burst);
        if work_us <= before_us || start_us >= self.to_us || works_on {
            return start_us.saturating_add(work_us);
        }
        let left_us = work_us - before_us;
        let began_us = start_us.max(self.from_us);
        let span_us = self.to_us - began_us;
        match self.kind {
            Trouble::Slowness => {
                let slowed_us = left_us.saturating_mul(u64::from(self.slowdown));
                if slowed_us <= span_us {
                    return began_us + slowed_us;
                }
                let gained_us = span_us / u64::from(self.slowdown);
                self.to_us.saturating_add(left_us - gained_us)
            }
            Trouble::Silence | Trouble::Refusal | Trouble::Burst => self.to_us.saturating_add(left_us),
        }
    }

    /// How long it is until a client's next call which is `gap_us` away by its own measure: in a burst that passes so many times as fast.
    pub fn gap_us(&self, now_us: u64, gap_us: u64) -> u64 {
        let before_us = self.from_us.saturating_sub(now_us);
        if self.kind != Trouble::Burst || gap_us <= before_us || now_us >= self.to_us {
            return gap_us;
        }
        let (left_us, burst) = (gap_us - before_us, u64::from(self.burst));
        let span_us = self.to_us - now_us.max(self.from_us);
        match left_us.checked_sub(span_us.saturating_mul(burst)) {
            Some(after_us) => before_us + span_us + after_us,
            None => before_us + left_us / burst,
        }
    }

    /// The share of its capacity that the server has at a time, in thousandths.
    pub fn capacity_permille(&self, now_us: u64) -> i64 {
        match self.kind {
            _ if !self.holds(now_us) => 1_000,
            Trouble::Burst => 1_000,
            Trouble::Slowness => 1_000 / i64::from(self.slowdown),
            Trouble::Silence | Trouble::Refusal => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_stands_still_or_goes_on_slower_in_the_span() {
        let span = |kind| Span { from_us: 100, to_us: 200, kind, slowdown: 10, burst: 4 };
        let silent = span(Trouble::Silence);
        assert_eq!(silent.done_us(50, 50), 100);
        assert_eq!(silent.done_us(50, 60), 210);
        assert_eq!(silent.done_us(150, 60), 260);
        assert_eq!(silent.done_us(200, 60), 260);
        let slow = span(Trouble::Slowness);
        assert_eq!(slow.done_us(90, 15), 150);
        assert_eq!(slow.done_us(90, 30), 210);
        assert_eq!(slow.done_us(150, 60), 255);
        assert_eq!(span(Trouble::Refusal).done_us(90, 30), 120);
        assert_eq!(span(Trouble::Burst).done_us(90, 30), 120);
    }

    #[test]
    fn calls_come_so_many_times_as_often_in_a_burst() {
        let span = |kind| Span { from_us: 100, to_us: 200, kind, slowdown: 10, burst: 4 };
        let burst = span(Trouble::Burst);
        assert_eq!(burst.gap_us(50, 50), 50);
        assert_eq!(burst.gap_us(50, 90), 60, "50 before the burst, and 40 that pass in 10");
        assert_eq!(burst.gap_us(150, 40), 10);
        assert_eq!(burst.gap_us(150, 230), 80, "200 pass in the 50 that are left, and 30 after it");
        assert_eq!(burst.gap_us(200, 40), 40);
        assert_eq!(span(Trouble::Silence).gap_us(150, 40), 40);
    }
}
