//! Trouble: a span of time in which a service is silent, refuses, fails or works slower, or is called more often.

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Work stands still, and goes on at the end.
    Silence,
    /// What comes is swallowed, for good.
    Mute,
    /// What comes is refused, and when it begins what is there: it begins with a restart.
    Refusal,
    /// Such a share of what comes, in millionths, fails at once.
    Errors(u32),
    /// Work takes so many times as long.
    Slow(u32),
    /// Nothing is wrong but what a deep health check asks about.
    Alarm,
    /// It is as well as ever; all sources call so many times as often.
    Burst(u32),
}

/// A spell of trouble.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Spell {
    /// When it begins, in µs.
    pub from_us: u64,
    /// When it is over, in µs.
    pub to_us: u64,
    /// What it is.
    pub kind: Kind,
}

impl Spell {
    /// Whether it lasts at this time.
    pub fn holds(&self, now_us: u64) -> bool {
        (self.from_us..self.to_us).contains(&now_us)
    }

    /// When work that begins at `start_us` is done: within the span it stands still, or goes on slower.
    pub fn done_us(&self, start_us: u64, work_us: u64) -> u64 {
        let before_us = self.from_us.saturating_sub(start_us);
        let works_on = !matches!(self.kind, Kind::Silence | Kind::Slow(_));
        if work_us <= before_us || start_us >= self.to_us || works_on {
            return start_us.saturating_add(work_us);
        }
        let left_us = work_us - before_us;
        let span_us = self.to_us - start_us.max(self.from_us);
        match self.kind {
            Kind::Slow(times) => {
                let slowed_us = left_us.saturating_mul(u64::from(times));
                if slowed_us <= span_us {
                    return self.to_us - span_us + slowed_us;
                }
                self.to_us.saturating_add(left_us - span_us / u64::from(times))
            }
            _ => self.to_us.saturating_add(left_us),
        }
    }

    /// How long it is until a source's next request which is `gap_us` away by its own measure: in a burst that passes so many times as fast.
    pub fn gap_us(&self, now_us: u64, gap_us: u64) -> u64 {
        let Kind::Burst(times) = self.kind else { return gap_us };
        let before_us = self.from_us.saturating_sub(now_us);
        if gap_us <= before_us || now_us >= self.to_us {
            return gap_us;
        }
        let (left_us, times) = (gap_us - before_us, u64::from(times));
        let span_us = self.to_us - now_us.max(self.from_us);
        match left_us.checked_sub(span_us.saturating_mul(times)) {
            Some(after_us) => before_us + span_us + after_us,
            None => before_us + left_us / times,
        }
    }

    /// The share of its capacity that the service has at a time, in thousandths.
    pub fn capacity_permille(&self, now_us: u64) -> i64 {
        match self.kind {
            _ if !self.holds(now_us) => 1_000,
            Kind::Burst(_) | Kind::Errors(_) | Kind::Alarm => 1_000,
            Kind::Slow(times) => 1_000 / i64::from(times),
            Kind::Silence | Kind::Mute | Kind::Refusal => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(kind: Kind) -> Spell {
        Spell { from_us: 100, to_us: 200, kind }
    }

    #[test]
    fn work_stands_still_or_goes_on_slower_in_the_span() {
        let silent = spell(Kind::Silence);
        assert_eq!(silent.done_us(50, 50), 100);
        assert_eq!(silent.done_us(50, 60), 210);
        assert_eq!(silent.done_us(150, 60), 260);
        assert_eq!(silent.done_us(200, 60), 260);
        let slow = spell(Kind::Slow(10));
        assert_eq!(slow.done_us(90, 15), 150);
        assert_eq!(slow.done_us(90, 30), 210);
        assert_eq!(slow.done_us(150, 60), 255);
        assert_eq!(spell(Kind::Refusal).done_us(90, 30), 120);
        assert_eq!(spell(Kind::Burst(4)).done_us(90, 30), 120);
    }

    #[test]
    fn calls_come_so_many_times_as_often_in_a_burst() {
        let burst = spell(Kind::Burst(4));
        assert_eq!(burst.gap_us(50, 50), 50);
        assert_eq!(burst.gap_us(50, 90), 60, "50 before the burst, and 40 that pass in 10");
        assert_eq!(burst.gap_us(150, 40), 10);
        assert_eq!(burst.gap_us(150, 230), 80, "200 pass in the 50 that are left, and 30 after it");
        assert_eq!(burst.gap_us(200, 40), 40);
        assert_eq!(spell(Kind::Silence).gap_us(150, 40), 40);
    }
}
