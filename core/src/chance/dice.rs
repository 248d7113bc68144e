//! The dice: every random choice of a run is a pure function of the seed, a purpose, whose it is, and its number.

/// What a die is for. Dice of different purposes are independent; the codes are part of every run's digest, so they are never renumbered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Purpose {
    /// The latency of a message.
    Delay,
    /// Whether a link loses a message.
    Loss,
    /// Whether a link delivers a message twice.
    Duplicate,
    /// The extra delay of the second copy of a duplicated message.
    DuplicateDelay,
    /// Where in its range a timer falls.
    Timer,
    /// The time between two arrivals of a workload.
    Arrival,
    /// The work that a request needs.
    Service,
    /// The pause of a client between two requests.
    Think,
    /// Which key a request touches.
    Key,
    /// Which kind of request it is: a read or a write, say.
    Kind,
    /// Which node: a coordinator, a target, a replica that is near.
    Choice,
    /// Which fault strikes, and when.
    Fault,
    /// A protocol's own dice, numbered by the protocol.
    Protocol(u8),
}

impl Purpose {
    const fn code(self) -> u64 {
        match self {
            Purpose::Delay => 0,
            Purpose::Loss => 1,
            Purpose::Duplicate => 2,
            Purpose::DuplicateDelay => 3,
            Purpose::Timer => 4,
            Purpose::Arrival => 5,
            Purpose::Service => 6,
            Purpose::Think => 7,
            Purpose::Key => 8,
            Purpose::Kind => 9,
            Purpose::Choice => 10,
            Purpose::Fault => 11,
            Purpose::Protocol(n) => 256 + n as u64,
        }
    }
}

/// The die with this `number` in the stream (`seed`, `purpose`, `who`): 64 uniform bits, the same on every machine.
///
/// It is the output with that number of a SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014) whose
/// start is hashed from seed, purpose and `who` by two rounds of the same finaliser. The seed's round is the
/// same for a whole run; inlined, it leaves a loop, so that a die costs two rounds, about two nanoseconds.
#[inline]
pub fn die(seed: u32, purpose: Purpose, who: u64, number: u64) -> u64 {
    let run = finalise(((purpose.code() << 32) | u64::from(seed)).wrapping_add(GAMMA));
    let stream = finalise(run.wrapping_add(who.wrapping_mul(GAMMA)));
    finalise(stream.wrapping_add(number.wrapping_add(1).wrapping_mul(GAMMA)))
}

/// Another die made from this one: how a single draw that needs several (a mixture: which part, then its value) gets them.
#[inline]
pub fn remix(die: u64, which: u64) -> u64 {
    finalise(die.wrapping_add(which.wrapping_add(1).wrapping_mul(GAMMA)))
}

/// A die as a number strictly between 0 and 1: the middle of one of 2^52 equal parts, so that no logarithm of it is infinite.
#[inline]
pub fn unit(die: u64) -> f64 {
    ((die >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64)
}

/// A die as a whole number from 0 to `n - 1`. The bias is under n / 2^64.
#[inline]
pub fn below(die: u64, n: u64) -> u64 {
    assert!(n > 0, "a die below 0 has no face");
    ((u128::from(die) * u128::from(n)) >> 64) as u64
}

/// Whether something happens that has this chance, in millionths.
#[inline]
pub fn happens(die: u64, chance_millionths: u64) -> bool {
    below(die, MILLION) < chance_millionths
}

/// One whole in millionths, the unit of probabilities and shapes.
pub const MILLION: u64 = 1_000_000;

/// A span from which a die picks: what a timer carries. Both ends are possible.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Range {
    /// The least value, in microseconds.
    pub from_us: u64,
    /// The greatest value, in microseconds.
    pub to_us: u64,
}

impl Range {
    /// The span with these ends, in either order.
    pub fn new(one_us: u64, other_us: u64) -> Range {
        Range { from_us: one_us.min(other_us), to_us: one_us.max(other_us) }
    }

    /// The span that holds one value only; no die is needed for it.
    pub const fn exactly(us: u64) -> Range {
        Range { from_us: us, to_us: us }
    }

    /// The value that this die picks, each being equally likely.
    #[inline]
    pub fn pick(self, die: u64) -> u64 {
        match self.to_us.saturating_sub(self.from_us) {
            0 => self.from_us,
            u64::MAX => die,
            width => self.from_us + below(die, width + 1),
        }
    }
}

/// The golden ratio in 64 bits: SplitMix64's increment.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finaliser of SplitMix64 (David Stafford's variant 13 of MurmurHash3's): a bijection in which each bit of the input moves half of the output.
#[inline]
const fn finalise(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pearson's statistic of counts that should all be equal.
    fn chi_square(counts: &[u64]) -> f64 {
        let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
        counts.iter().map(|&n| (n as f64 - expected) * (n as f64 - expected) / expected).sum()
    }

    /// 255 degrees of freedom have mean 255 and variance 510: within 4 standard errors.
    fn assert_even(counts: &[u64; 256], what: &str) {
        let x = chi_square(counts);
        assert!((x - 255.0).abs() < 4.0 * libm::sqrt(510.0), "{what}: chi-square {x}");
    }

    #[test]
    fn a_die_is_the_splitmix64_output_that_its_number_says() {
        // Vigna's splitmix64.c started at 0 prints these first.
        assert_eq!(finalise(GAMMA), 0xE220_A839_7B1D_CDAF);
        assert_eq!(finalise(GAMMA.wrapping_mul(2)), 0x6E78_9E6A_A1B9_65F4);
        assert_eq!(remix(0, 1), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn every_argument_gives_even_bytes() {
        type Draw = fn(u64) -> u64;
        let draws: [(&str, Draw); 5] = [
            ("number", |i| die(1, Purpose::Delay, 0, i)),
            ("who", |i| die(1, Purpose::Delay, i, 0)),
            ("packed who", |i| die(1, Purpose::Delay, i << 40 | 7 << 8, 3)),
            ("seed", |i| die(i as u32, Purpose::Loss, 2, 9)),
            ("remixed", |i| remix(die(5, Purpose::Key, 0, 0), i)),
        ];
        for (what, draw) in draws {
            for shift in [0, 24, 56] {
                let mut counts = [0u64; 256];
                (0..100_000).for_each(|i| counts[(draw(i) >> shift & 255) as usize] += 1);
                assert_even(&counts, what);
            }
        }
    }

    #[test]
    fn neighbours_are_independent() {
        type Pair = fn(u64) -> (u64, u64);
        let pairs: [(&str, Pair); 6] = [
            ("number", |i| (die(3, Purpose::Timer, 1, i), die(3, Purpose::Timer, 1, i + 1))),
            ("who", |i| (die(3, Purpose::Timer, i, 4), die(3, Purpose::Timer, i + 1, 4))),
            ("seed", |i| (die(i as u32, Purpose::Timer, 1, 0), die(i as u32 + 1, Purpose::Timer, 1, 0))),
            ("purpose", |i| (die(3, Purpose::Delay, 1, i), die(3, Purpose::Loss, 1, i))),
            ("who and number swapped", |i| {
                (die(3, Purpose::Delay, i, i + 1), die(3, Purpose::Delay, i + 1, i))
            }),
            ("remixed", |i| {
                let first = die(3, Purpose::Service, 1, i);
                (first, remix(first, 0))
            }),
        ];
        for (what, pair) in pairs {
            for shift in [0, 60] {
                let mut counts = [0u64; 256];
                for i in 0..100_000 {
                    let (a, b) = pair(i);
                    counts[((a >> shift & 15) << 4 | (b >> shift & 15)) as usize] += 1;
                }
                assert_even(&counts, what);
            }
        }
    }

    #[test]
    fn the_edges_of_unit_below_and_range() {
        assert!(unit(0) > 0.0 && unit(u64::MAX) < 1.0);
        assert_eq!((below(0, 6), below(u64::MAX, 6), below(u64::MAX, 1)), (0, 5, 0));
        assert!(!happens(0, 0) && happens(u64::MAX, MILLION));
        assert_eq!(Range::new(9, 3).pick(0), 3);
        assert_eq!(Range::new(9, 3).pick(u64::MAX), 9);
        assert_eq!(Range::exactly(5).pick(u64::MAX), 5);
        assert_eq!(Range::new(0, u64::MAX).pick(u64::MAX), u64::MAX);
    }
}
