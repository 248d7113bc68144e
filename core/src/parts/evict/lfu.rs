//! Least frequently used, of those that are in.

use std::collections::{BTreeMap, BTreeSet};

/// Keys by how often they were used since they came in, and when last.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Lfu {
    ranks: BTreeSet<(u32, u64, u32)>,
    of: BTreeMap<u32, (u32, u64)>,
    uses: u64,
}

impl Lfu {
    pub fn len(&self) -> u32 {
        self.of.len() as u32
    }

    pub fn contains(&self, key: u32) -> bool {
        self.of.contains_key(&key)
    }

    pub fn touch(&mut self, key: u32) -> bool {
        let Some((count, last)) = self.of.get(&key).copied() else { return false };
        self.ranks.remove(&(count, last, key));
        self.put(key, count.saturating_add(1));
        true
    }

    pub fn push(&mut self, key: u32) {
        self.put(key, 1);
    }

    fn put(&mut self, key: u32, count: u32) {
        self.uses += 1;
        self.of.insert(key, (count, self.uses));
        self.ranks.insert((count, self.uses, key));
    }

    pub fn pop(&mut self) -> Option<u32> {
        let (_, _, key) = self.ranks.pop_first()?;
        self.of.remove(&key);
        Some(key)
    }

    pub fn remove(&mut self, key: u32) -> bool {
        let Some((count, last)) = self.of.remove(&key) else { return false };
        self.ranks.remove(&(count, last, key))
    }

    pub fn keys(&self) -> impl Iterator<Item = u32> + '_ {
        self.ranks.iter().map(|(_, _, key)| *key)
    }
}
