//! W-TinyLFU: a window before a segmented LRU, and a count of what was asked for lately, which decides who is let from one to the other.

use super::list::List;
use std::collections::BTreeMap;

/// After so many requests for each place all counts are halved.
const SAMPLE: u64 = 10;

/// Window, probation and protected segment (Caffeine's shares: the window 1 %, of the rest 80 % protected).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tiny {
    window: List,
    probation: List,
    protected: List,
    /// Places in the window, in all the rest, and of those protected.
    places: [u32; 3],
    counts: BTreeMap<u32, u32>,
    counted: u64,
    sample: u64,
}

impl Tiny {
    pub fn new(size: u32) -> Tiny {
        let window = (size / 100).max(1);
        let main = size - window;
        let protected = (u64::from(main) * 8 / 10) as u32;
        Tiny {
            window: List::default(),
            probation: List::default(),
            protected: List::default(),
            places: [window, main, protected],
            counts: BTreeMap::new(),
            counted: 0,
            sample: SAMPLE * u64::from(size),
        }
    }

    pub fn len(&self) -> u32 {
        self.window.len() + self.probation.len() + self.protected.len()
    }

    pub fn contains(&self, key: u32) -> bool {
        self.window.contains(key) || self.probation.contains(key) || self.protected.contains(key)
    }

    pub fn touch(&mut self, key: u32) -> bool {
        self.count(key);
        if self.window.renew(key) || self.protected.renew(key) {
            return true;
        }
        if !self.probation.remove(key) {
            return false;
        }
        self.protected.push(key);
        if self.protected.len() > self.places[2]
            && let Some(demoted) = self.protected.pop()
        {
            self.probation.push(demoted);
        }
        true
    }

    fn count(&mut self, key: u32) {
        let count = self.counts.entry(key).or_insert(0);
        *count = count.saturating_add(1);
        self.counted += 1;
        if self.counted >= self.sample {
            self.counted /= 2;
            self.counts.retain(|_, count| {
                *count /= 2;
                *count > 0
            });
        }
    }

    /// The newcomer is in the window; whom it pushes out of there is let in behind it, or goes.
    pub fn push(&mut self, key: u32) -> Option<u32> {
        self.window.push(key);
        if self.window.len() <= self.places[0] {
            return None;
        }
        let candidate = self.window.pop()?;
        if self.probation.len() + self.protected.len() < self.places[1] {
            self.probation.push(candidate);
            return None;
        }
        let from = if self.probation.len() > 0 { &mut self.probation } else { &mut self.protected };
        let Some(victim) = from.oldest() else { return Some(candidate) };
        let asked = |key: u32| self.counts.get(&key).copied().unwrap_or(0);
        if asked(candidate) <= asked(victim) {
            return Some(candidate);
        }
        from.pop();
        self.probation.push(candidate);
        Some(victim)
    }

    pub fn remove(&mut self, key: u32) -> bool {
        self.window.remove(key) || self.probation.remove(key) || self.protected.remove(key)
    }

    /// Probation, protected and window, each from the oldest on.
    pub fn keys(&self) -> impl Iterator<Item = u32> + '_ {
        [&self.probation, &self.protected, &self.window].into_iter().flat_map(List::keys)
    }
}
