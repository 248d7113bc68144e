//! Time to live: for how long a copy is used without asking, and for how long after that it may still be served while somebody asks. One rule for
//! all who keep copies; durations are by the keeper's own clock, from when the copy came.

use crate::chance::dice::{MILLION, Range};

/// For how long copies are kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Policy {
    /// For how long, in µs; 0: for ever.
    pub life_us: u64,
    /// Each life is drawn from this share of it on either side, in millionths.
    pub jitter: u32,
    /// For how long after that a copy may be served while it is renewed, in µs.
    pub stale_us: u64,
}

/// How a copy stands at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It is used.
    Fresh,
    /// It is used while somebody renews it.
    Stale,
    /// It is gone.
    Gone,
}

impl Policy {
    /// Until when a copy that comes now is fresh; it may be for ever.
    pub fn until_us(&self, now_us: u64, die: u64) -> u64 {
        if self.life_us == 0 {
            return u64::MAX;
        }
        let by_us =
            u128::from(self.life_us) * u128::from(self.jitter.min(MILLION as u32)) / u128::from(MILLION);
        let by_us = u64::try_from(by_us).unwrap_or(self.life_us);
        let range = Range::new(self.life_us - by_us, self.life_us.saturating_add(by_us));
        now_us.saturating_add(if by_us == 0 { self.life_us } else { range.pick(die) })
    }

    /// How a copy stands that is fresh until then.
    pub fn standing(&self, until_us: u64, now_us: u64) -> Standing {
        match now_us {
            now_us if now_us < until_us => Standing::Fresh,
            now_us if now_us < until_us.saturating_add(self.stale_us) => Standing::Stale,
            _ => Standing::Gone,
        }
    }
}

/// The hit ratio of a key that is asked for at random times, `asked` times in a life on average, where a life counts from the fill.
pub fn hits_from_fill(asked: f64) -> f64 {
    asked / (1.0 + asked)
}

/// Likewise where every hit renews the life.
pub fn hits_renewed(asked: f64) -> f64 {
    1.0 - libm::exp(-asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::dice::{Purpose, die, unit};

    #[test]
    fn a_copy_is_fresh_then_stale_then_gone() {
        let policy = Policy { life_us: 100, jitter: 0, stale_us: 50 };
        let until_us = policy.until_us(1_000, 77);
        let at = [1_000, 1_099, 1_100, 1_149, 1_150].map(|now_us| policy.standing(until_us, now_us));
        assert_eq!(at, [Standing::Fresh, Standing::Fresh, Standing::Stale, Standing::Stale, Standing::Gone]);
        assert_eq!(Policy::default().until_us(5, 0), u64::MAX);
    }

    /// A thousand copies that came together: how many of them go in the first hundredth of a life in which any goes.
    #[test]
    fn jitter_spreads_what_expires_together() {
        for (jitter, expected, by) in [(0, 1_000, 0), (100_000, 50, 25), (200_000, 25, 18)] {
            let policy = Policy { life_us: 1_000_000, jitter, stale_us: 0 };
            let ends: Vec<u64> =
                (0..1_000).map(|key| policy.until_us(0, die(1, Purpose::Protocol(2), 0, key))).collect();
            let first = 1_000_000 - u64::from(jitter);
            let count = ends.iter().filter(|end| (first..first + 10_000).contains(*end)).count();
            assert!(count.abs_diff(expected) <= by, "± {jitter}: {count}");
            assert!(ends.iter().all(|end| end.abs_diff(1_000_000) <= u64::from(jitter)));
        }
    }

    /// Both closed forms, against a key that is asked for at random times.
    #[test]
    fn hits_are_what_the_closed_forms_say() {
        for asked in [0.2, 1.0, 5.0] {
            let (mut now, mut hits, mut filled, mut renewed, mut hits_of_renewed) = (0.0, 0, -1e9, -1e9, 0);
            for number in 0..200_000 {
                now -= libm::log(1.0 - unit(die(3, Purpose::Arrival, 0, number))) / asked;
                if now - filled < 1.0 {
                    hits += 1
                } else {
                    filled = now
                }
                hits_of_renewed += u32::from(now - renewed < 1.0);
                renewed = now;
            }
            let share = |hits: u32| f64::from(hits) / 200_000.0;
            assert!((share(hits) - hits_from_fill(asked)).abs() < 0.005, "{asked}");
            assert!((share(hits_of_renewed) - hits_renewed(asked)).abs() < 0.005, "{asked}");
        }
    }
}
