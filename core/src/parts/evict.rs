//! What a full cache throws out: the policies by their published names, behind one type.
//!
//! A key that is in is touched by each request for it, one that is not is put in once it has been fetched: so a miss that nobody can fill, or one
//! whose filler is refused, puts nothing in. Times are O(log n) in the number of entries.

mod forms;
mod lfu;
mod list;
#[cfg(test)]
mod tests;
mod tiny;

pub use forms::{che, exact_fifo, exact_lru, fifo, misses, opt_misses, popularity, top};

use crate::chance::dice::below;
use lfu::Lfu;
use list::List;
use std::collections::BTreeMap;
use tiny::Tiny;

/// Who goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Policy {
    /// The one that was used least recently.
    Lru,
    /// The one that came first.
    Fifo,
    /// Any.
    Random,
    /// The one that came first and has not been used since the hand last passed: who has, comes to the end of the queue (Corbató 1968; also
    /// called second chance, and FIFO-reinsertion).
    Clock,
    /// The one that was used least often since it came in; of several, the least recently. What is thrown out is forgotten.
    Lfu,
    /// As CLOCK, but who has been used keeps its place, and the hand goes on from there towards the newest (Zhang et al., NSDI 2024).
    Sieve,
    /// A small LRU window, and behind it a segmented LRU into which a newcomer is let for a victim that was asked for less often (Einziger,
    /// Friedman, Manes 2017). Frequencies are counted exactly here, and halved after ten requests for each place; published ones are sketches.
    WTinyLfu,
}

/// The content of a cache: which keys are in, and in which order they go.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cache {
    policy: Policy,
    size: u32,
    body: Body,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Body {
    /// LRU, FIFO, CLOCK and SIEVE; the last has a hand that stays where it is.
    List(List),
    /// Keys, and the place of each.
    Random(Vec<u32>, BTreeMap<u32, u32>),
    Lfu(Lfu),
    Tiny(Box<Tiny>),
}

impl Cache {
    /// An empty cache for so many entries, at least one.
    pub fn new(policy: Policy, size: u32) -> Cache {
        let size = size.max(1);
        let body = match policy {
            Policy::Lru | Policy::Fifo | Policy::Clock | Policy::Sieve => Body::List(List::default()),
            Policy::Random => Body::Random(Vec::new(), BTreeMap::new()),
            Policy::Lfu => Body::Lfu(Lfu::default()),
            Policy::WTinyLfu => Body::Tiny(Box::new(Tiny::new(size))),
        };
        Cache { policy, size, body }
    }

    /// How many entries there are room for.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// How many are in.
    pub fn len(&self) -> u32 {
        match &self.body {
            Body::List(list) => list.len(),
            Body::Random(keys, _) => keys.len() as u32,
            Body::Lfu(lfu) => lfu.len(),
            Body::Tiny(tiny) => tiny.len(),
        }
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a key is in; it is not used by that.
    pub fn contains(&self, key: u32) -> bool {
        match &self.body {
            Body::List(list) => list.contains(key),
            Body::Random(_, places) => places.contains_key(&key),
            Body::Lfu(lfu) => lfu.contains(key),
            Body::Tiny(tiny) => tiny.contains(key),
        }
    }

    /// A request for a key; says whether it is in.
    pub fn touch(&mut self, key: u32) -> bool {
        match &mut self.body {
            Body::List(list) => match self.policy {
                Policy::Lru => list.renew(key),
                Policy::Fifo => list.contains(key),
                _ => list.see(key),
            },
            Body::Random(_, places) => places.contains_key(&key),
            Body::Lfu(lfu) => lfu.touch(key),
            Body::Tiny(tiny) => tiny.touch(key),
        }
    }

    /// Puts in a key that is not; gives who had to go for it, which may be the key itself where a policy does not let everybody in. The die
    /// decides where chance does.
    pub fn insert(&mut self, key: u32, die: u64) -> Option<u32> {
        if self.contains(key) {
            return None;
        }
        let full = self.len() >= self.size;
        match &mut self.body {
            Body::List(list) => {
                let victim = if full { victim(self.policy, list) } else { None };
                list.push(key);
                victim
            }
            Body::Random(keys, places) => {
                let victim =
                    if full { take(keys, places, below(die, keys.len() as u64) as usize) } else { None };
                places.insert(key, keys.len() as u32);
                keys.push(key);
                victim
            }
            Body::Lfu(lfu) => {
                let victim = if full { lfu.pop() } else { None };
                lfu.push(key);
                victim
            }
            Body::Tiny(tiny) => tiny.push(key),
        }
    }

    /// Takes a key out; says whether it was in.
    pub fn remove(&mut self, key: u32) -> bool {
        match &mut self.body {
            Body::List(list) => list.remove(key),
            Body::Random(keys, places) => match places.get(&key).copied() {
                Some(place) => take(keys, places, place as usize).is_some(),
                None => false,
            },
            Body::Lfu(lfu) => lfu.remove(key),
            Body::Tiny(tiny) => tiny.remove(key),
        }
    }

    /// The keys in the order in which the policy looks at them, the next victim first where it is the first that it looks at: the oldest first, of
    /// LFU the least used. Where chance decides, in the order of their places.
    pub fn order(&self) -> Vec<u32> {
        self.first(usize::MAX)
    }

    /// So many of them at the most.
    pub fn first(&self, most: usize) -> Vec<u32> {
        match &self.body {
            Body::List(list) => list.keys().take(most).collect(),
            Body::Random(keys, _) => keys.iter().copied().take(most).collect(),
            Body::Lfu(lfu) => lfu.keys().take(most).collect(),
            Body::Tiny(tiny) => tiny.keys().take(most).collect(),
        }
    }

    /// The keys that were used since the hand last passed, for CLOCK and SIEVE.
    pub fn is_seen(&self, key: u32) -> bool {
        matches!(&self.body, Body::List(list) if list.is_seen(key))
    }

    /// Where the hand of SIEVE stands: at the key that it looks at next; none at the oldest.
    pub fn hand(&self) -> Option<u32> {
        match &self.body {
            Body::List(list) => list.hand(),
            _ => None,
        }
    }

    /// What it takes, in bytes.
    pub fn weight(&self) -> u64 {
        64 * u64::from(self.len())
    }
}

/// Who goes from a list that is full.
fn victim(policy: Policy, list: &mut List) -> Option<u32> {
    match policy {
        Policy::Sieve => list.sieve(),
        Policy::Clock => list.clock(),
        _ => list.pop(),
    }
}

fn take(keys: &mut Vec<u32>, places: &mut BTreeMap<u32, u32>, place: usize) -> Option<u32> {
    if place >= keys.len() {
        return None;
    }
    let key = keys.swap_remove(place);
    places.remove(&key);
    if let Some(moved) = keys.get(place) {
        places.insert(*moved, place as u32);
    }
    Some(key)
}
