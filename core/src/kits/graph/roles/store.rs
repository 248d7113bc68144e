//! A store: the version of each key. It keeps what it has whatever happens to its node.

use std::collections::BTreeMap;

/// The data.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Store {
    versions: BTreeMap<u32, u32>,
    last: u32,
}

impl Store {
    /// The version of a key.
    pub fn read(&self, key: u32) -> u32 {
        self.versions.get(&key).copied().unwrap_or(0)
    }

    /// A write: with the next version, or with one that somebody before has given it, unless there is a later one. Gives the version of the key.
    pub fn write(&mut self, key: u32, given: Option<u32>) -> u32 {
        let version = given.unwrap_or(self.last.saturating_add(1));
        self.last = self.last.max(version);
        let held = self.versions.entry(key).or_insert(0);
        *held = version.max(*held);
        *held
    }

    /// What it takes, in bytes.
    pub fn weight(&self) -> u64 {
        24 * self.versions.len() as u64
    }
}
