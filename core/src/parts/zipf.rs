//! Zipf's law: the n-th most wanted of some keys is wanted 1/n^s as often as the first (Zipf 1949; for caches the "independent reference model",
//! Breslau et al., INFOCOM 1999).

use crate::sim::dice::below;

/// What the first key weighs.
const FIRST: u64 = 1 << 40;

/// How much each of some keys is wanted, the most wanted first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Zipf {
    exponent_millionths: u32,
    /// Rising sums of weights.
    sums: Vec<u64>,
}

impl Zipf {
    /// So many keys.
    pub fn new(keys: u32, exponent_millionths: u32) -> Zipf {
        let mut zipf = Zipf::empty(exponent_millionths);
        (0..keys).for_each(|_| zipf.grow());
        zipf
    }

    /// No key yet.
    pub fn empty(exponent_millionths: u32) -> Zipf {
        Zipf { exponent_millionths, sums: Vec::new() }
    }

    /// One more key, the least wanted so far.
    pub fn grow(&mut self) {
        let exponent = f64::from(self.exponent_millionths) / 1e6;
        let share = (libm::pow((self.sums.len() + 1) as f64, -exponent) * FIRST as f64) as u64 + 1;
        self.sums.push(self.total() + share);
    }

    /// What all of them weigh.
    pub fn total(&self) -> u64 {
        self.sums.last().copied().unwrap_or(0)
    }

    /// What a key weighs; 0 is the most wanted.
    pub fn weight(&self, key: u32) -> u64 {
        let sum = |key: u32| self.sums.get(key as usize).copied().unwrap_or(0);
        sum(key).saturating_sub(key.checked_sub(1).map_or(0, sum))
    }

    /// The key that a die asks for; 0 where there are none.
    pub fn draw(&self, die: u64) -> u32 {
        let drawn = below(die, self.total().max(1));
        self.sums.partition_point(|sum| *sum <= drawn).min(self.sums.len().saturating_sub(1)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::dice::remix;

    #[test]
    fn the_nth_key_is_wanted_as_the_law_says() {
        let zipf = Zipf::new(1_000, 1_000_000);
        assert_eq!(zipf.weight(0), FIRST + 1);
        for key in [1, 9, 99, 999] {
            let share = zipf.weight(0) as f64 / zipf.weight(key) as f64;
            assert!((share - f64::from(key + 1)).abs() < 1e-6, "{key}: {share}");
        }
        // Of 1,000 keys the first gets 1/H(1000) of all requests.
        let drawn = (0..100_000).filter(|n| zipf.draw(remix(7, *n)) == 0).count() as f64;
        let expected = 100_000.0 / 7.485_470_86;
        assert!((drawn - expected).abs() < 4.0 * 108.0, "{drawn}, not {expected}");
        let alike = Zipf::new(4, 0);
        assert!((0..4).all(|key| alike.weight(key) == FIRST + 1));
        assert_eq!((Zipf::empty(0).draw(5), Zipf::new(1, 0).draw(u64::MAX)), (0, 0));
        assert!((0..2).all(|key| alike.draw([0, u64::MAX][key]) < 4));
    }
}
