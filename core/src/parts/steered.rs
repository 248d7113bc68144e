//! A clock that is corrected: at once (a step), after which it may show an earlier time than before, or by running a little faster or slower
//! until it is right (a slew), as ntpd and adjtime do (Mills, RFC 5905, §11.3; ntpd steps from 128 ms on and slews at 500 ppm).

const MILLION: i128 = 1_000_000;

/// What is added to a clock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Steered {
    corrected_us: i64,
    slew: Option<Slew>,
}

/// A correction that is being made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Slew {
    /// When it began, by the clock's own steady time.
    since_us: i64,
    by_us: i64,
    rate_ppm: u32,
}

impl Slew {
    /// How much of it has been made.
    fn made_us(&self, steady_us: i64) -> i64 {
        let passed = i128::from(steady_us.saturating_sub(self.since_us).max(0));
        let most = i128::from(self.by_us).abs();
        let made = (passed * i128::from(self.rate_ppm) / MILLION).min(most);
        (made * i128::from(self.by_us.signum())) as i64
    }
}

impl Steered {
    /// What is added at a moment of the clock's own steady time, in µs.
    pub fn correction_us(&self, steady_us: i64) -> i64 {
        self.corrected_us.saturating_add(self.slew.map_or(0, |slew| slew.made_us(steady_us)))
    }

    /// Corrects it at once; what was left of a slew is dropped.
    pub fn step(&mut self, by_us: i64, steady_us: i64) {
        *self = Steered { corrected_us: self.correction_us(steady_us).saturating_add(by_us), slew: None };
    }

    /// Corrects it bit by bit from now on; what was left of a slew is dropped.
    pub fn slew(&mut self, by_us: i64, rate_ppm: u32, steady_us: i64) {
        let slew = Some(Slew { since_us: steady_us, by_us, rate_ppm });
        *self = Steered { corrected_us: self.correction_us(steady_us), slew };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_slew_never_goes_back_and_comes_to_what_was_asked(
            by_us in -10_000i64..10_000, rate_ppm in 1u32..1_000_000, moments in proptest::collection::vec(0i64..50_000, 2..20),
        ) {
            let mut moments = moments;
            moments.sort_unstable();
            let mut clock = Steered::default();
            clock.slew(by_us, rate_ppm, 0);
            let readings: Vec<i64> = moments.iter().map(|at| at + clock.correction_us(*at)).collect();
            prop_assert!(readings.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", readings);
            prop_assert_eq!(clock.correction_us(i64::from(u32::MAX) * 1_000_000), by_us);
        }

        #[test]
        fn a_later_correction_begins_where_the_clock_stands(first in -9_000i64..9_000, then in -9_000i64..9_000, at in 0i64..100_000) {
            let mut clock = Steered::default();
            clock.slew(first, 50_000, 0);
            let before = clock.correction_us(at);
            let mut stepped = clock;
            stepped.step(then, at);
            clock.slew(then, 50_000, at);
            prop_assert_eq!((clock.correction_us(at), stepped.correction_us(at)), (before, before + then));
        }
    }

    #[test]
    fn a_hundred_milliseconds_at_500_ppm_take_200_seconds() {
        let mut clock = Steered::default();
        clock.slew(-100_000, 500, 0);
        assert_eq!(
            [0, 100_000_000, 199_999_999, 200_000_000].map(|at| clock.correction_us(at)),
            [0, -50_000, -99_999, -100_000]
        );
    }
}
