//! The configurations that a search has seen: exact keys, so that an answer never rests on a hash.

/// A set of configurations: open addressing over keys that lie one after another.
#[derive(Default)]
pub(super) struct Memory {
    /// One more than an index into `keys`; 0 is free. The length is a power of two.
    slots: Vec<u32>,
    keys: Vec<Key>,
    words: Vec<u64>,
}

#[derive(Clone, Copy)]
struct Key {
    hash: u64,
    start: usize,
    len: u32,
}

/// The most that keys may take, in words: 64 MB.
const MAX_WORDS: usize = 8 << 20;

impl Memory {
    /// Whether no more is to be remembered. Keys of a long history with many unknown outcomes take kilobytes each.
    pub fn is_full(&self) -> bool {
        self.words.len() >= MAX_WORDS
    }

    /// False when the key was there already.
    pub fn insert(&mut self, key: &[u64]) -> bool {
        if self.slots.len() <= self.keys.len() * 2 {
            self.grow();
        }
        let hash = key.iter().fold(0x9E37_79B9_7F4A_7C15u64, |hash, &word| {
            let mixed = (hash ^ word).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed ^ (mixed >> 29)
        });
        let mut slot = self.slot_of(hash);
        while let Some(found) = self.slots[slot].checked_sub(1) {
            let Key { hash: other, start, len } = self.keys[found as usize];
            if other == hash && &self.words[start..start + len as usize] == key {
                return false;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.keys.push(Key { hash, start: self.words.len(), len: key.len() as u32 });
        self.words.extend_from_slice(key);
        self.slots[slot] = self.keys.len() as u32;
        true
    }

    fn slot_of(&self, hash: u64) -> usize {
        ((hash ^ (hash >> 32)) as usize) & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(64)];
        for (i, key) in self.keys.iter().enumerate() {
            let mut slot = self.slot_of(key.hash);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = i as u32 + 1;
        }
    }
}
