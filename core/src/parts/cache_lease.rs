//! Leases of a cache (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, §3.2.1): who misses is handed a token and may fill the entry; a
//! deletion takes the token back, so that a fill that read the store before it is refused (a stale set); and while a token is out nobody else gets
//! one, so that one fills for all (a thundering herd).

use std::collections::BTreeMap;

/// The paper's time between two tokens for a key, in µs.
pub const PUBLISHED_US: u64 = 10_000_000;

/// What who misses is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Miss {
    /// It may fill the entry, by its token.
    Fill,
    /// Another does; it is worth looking again in a while.
    Wait,
}

/// Tokens that are out.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Leases {
    life_us: u64,
    /// By key: the token, and from when on another is given.
    out: BTreeMap<u32, (u32, u64)>,
}

impl Leases {
    /// No token is out; a key has one at a time, and a new one after so long.
    pub fn new(life_us: u64) -> Leases {
        Leases { life_us, out: BTreeMap::new() }
    }

    /// Somebody misses a key, and will use this token if it may.
    pub fn miss(&mut self, key: u32, token: u32, now_us: u64) -> Miss {
        match self.out.get(&key) {
            Some((other, until_us)) if *other != token && now_us < *until_us => Miss::Wait,
            _ => {
                self.out.insert(key, (token, now_us.saturating_add(self.life_us)));
                Miss::Fill
            }
        }
    }

    /// Somebody brings what the token was for; says whether it may be kept. A token serves once.
    pub fn fill(&mut self, key: u32, token: u32) -> bool {
        match self.out.get(&key) {
            Some((out, _)) if *out == token => self.out.remove(&key).is_some(),
            _ => false,
        }
    }

    /// The key is deleted: what was read before is stale.
    pub fn delete(&mut self, key: u32) {
        self.out.remove(&key);
    }

    /// What it takes, in bytes.
    pub fn weight(&self) -> u64 {
        32 * self.out.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_set_is_refused() {
        let mut leases = Leases::new(PUBLISHED_US);
        assert_eq!(leases.miss(1, 70, 0), Miss::Fill);
        leases.delete(1);
        assert!(!leases.fill(1, 70), "it read the store before the deletion, perhaps");
        assert_eq!(leases.miss(1, 71, 5), Miss::Fill, "who comes after the deletion may");
        assert!(leases.fill(1, 71) && !leases.fill(1, 71), "once");
    }

    #[test]
    fn one_fills_and_others_wait() {
        let mut leases = Leases::new(1_000);
        assert_eq!([70, 71, 70].map(|token| leases.miss(1, token, 0)), [Miss::Fill, Miss::Wait, Miss::Fill]);
        assert_eq!(leases.miss(2, 72, 0), Miss::Fill);
        assert_eq!(leases.miss(1, 73, 1_000), Miss::Fill, "the first may have died");
        assert!(!leases.fill(1, 70) && leases.fill(1, 73));
    }
}
