//! Which version of a key was the latest when, as whoever puts writes in order has told.

use crate::trace::Mark;
use std::collections::BTreeMap;

/// The versions of all keys that were written, each with when it came to be.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    of: BTreeMap<u32, Vec<(u32, Mark)>>,
    count: u64,
}

impl Versions {
    /// A version of a key has come to be; nothing happens if there is a later one.
    pub fn write(&mut self, key: u32, version: u32, at: Mark) {
        let all = self.of.entry(key).or_default();
        if all.last().is_none_or(|(last, _)| *last < version) {
            all.push((version, at));
            self.count += 1;
        }
    }

    /// What overwrote a version of a key, and when; none while it is the latest.
    pub fn after(&self, key: u32, version: u32) -> Option<(u32, Mark)> {
        let all = self.of.get(&key)?;
        all.get(all.partition_point(|(other, _)| *other <= version)).copied()
    }

    /// What it takes, in bytes.
    pub fn weight(&self) -> u64 {
        24 * self.count + 64 * self.of.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_overwritten_by_the_next() {
        let mut versions = Versions::default();
        let at = |at_us| Mark { at_us, record: 0 };
        versions.write(7, 3, at(10));
        versions.write(7, 5, at(20));
        versions.write(7, 4, at(30));
        let after = |version| versions.after(7, version).map(|(version, at)| (version, at.at_us));
        assert_eq!([0, 3, 4, 5].map(after), [Some((3, 10)), Some((5, 20)), Some((5, 20)), None]);
    }
}
