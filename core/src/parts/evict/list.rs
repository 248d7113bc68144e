//! A queue of keys of which any can be found, renewed and taken out: LRU, FIFO, CLOCK and SIEVE are ways to walk it.

use std::collections::BTreeMap;

const NONE: u32 = u32::MAX;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Slot {
    key: u32,
    newer: u32,
    older: u32,
    /// It has been used since the hand last passed.
    seen: bool,
}

/// Keys from the oldest to the newest.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct List {
    slots: Vec<Slot>,
    free: Vec<u32>,
    places: BTreeMap<u32, u32>,
    oldest: u32,
    newest: u32,
    hand: u32,
}

impl Default for List {
    fn default() -> List {
        let (slots, free, places) = (Vec::new(), Vec::new(), BTreeMap::new());
        List { slots, free, places, oldest: NONE, newest: NONE, hand: NONE }
    }
}

impl List {
    pub fn len(&self) -> u32 {
        self.places.len() as u32
    }

    pub fn contains(&self, key: u32) -> bool {
        self.places.contains_key(&key)
    }

    pub fn is_seen(&self, key: u32) -> bool {
        self.places.get(&key).is_some_and(|place| self.slots[*place as usize].seen)
    }

    /// It is used, and keeps its place.
    pub fn see(&mut self, key: u32) -> bool {
        let place = self.places.get(&key);
        if let Some(place) = place {
            self.slots[*place as usize].seen = true;
        }
        place.is_some()
    }

    /// It becomes the newest.
    pub fn renew(&mut self, key: u32) -> bool {
        let Some(place) = self.places.get(&key).copied() else { return false };
        self.unlink(place);
        self.link(place);
        true
    }

    pub fn push(&mut self, key: u32) {
        let slot = Slot { key, newer: NONE, older: NONE, seen: false };
        let place = match self.free.pop() {
            Some(place) => {
                self.slots[place as usize] = slot;
                place
            }
            None => {
                self.slots.push(slot);
                self.slots.len() as u32 - 1
            }
        };
        self.places.insert(key, place);
        self.link(place);
    }

    /// The oldest.
    pub fn oldest(&self) -> Option<u32> {
        self.slots.get(self.oldest as usize).map(|slot| slot.key)
    }

    /// Takes the oldest.
    pub fn pop(&mut self) -> Option<u32> {
        self.take(self.oldest)
    }

    /// The oldest goes that was not used; those that were become the newest on the way.
    pub fn clock(&mut self) -> Option<u32> {
        while let Some(slot) = self.slots.get_mut(self.oldest as usize).filter(|slot| slot.seen) {
            slot.seen = false;
            let place = self.oldest;
            self.unlink(place);
            self.link(place);
        }
        self.pop()
    }

    /// The first goes that was not used, from the hand towards the newest, and on from the oldest; the hand stops behind it.
    pub fn sieve(&mut self) -> Option<u32> {
        let mut place = if self.hand == NONE { self.oldest } else { self.hand };
        while let Some(slot) = self.slots.get_mut(place as usize).filter(|slot| slot.seen) {
            slot.seen = false;
            place = if slot.newer == NONE { self.oldest } else { slot.newer };
        }
        self.hand = self.slots.get(place as usize)?.newer;
        self.take(place)
    }

    pub fn remove(&mut self, key: u32) -> bool {
        let Some(place) = self.places.get(&key).copied() else { return false };
        if self.hand == place {
            self.hand = self.slots[place as usize].newer;
        }
        self.take(place).is_some()
    }

    /// From the oldest on.
    pub fn keys(&self) -> impl Iterator<Item = u32> + '_ {
        let mut place = self.oldest;
        let next = move || {
            let slot = self.slots.get(place as usize)?;
            place = slot.newer;
            Some(slot.key)
        };
        std::iter::from_fn(next)
    }

    pub fn hand(&self) -> Option<u32> {
        self.slots.get(self.hand as usize).map(|slot| slot.key)
    }

    fn take(&mut self, place: u32) -> Option<u32> {
        let key = self.slots.get(place as usize)?.key;
        self.unlink(place);
        self.free.push(place);
        self.places.remove(&key);
        Some(key)
    }

    fn unlink(&mut self, place: u32) {
        let Slot { newer, older, .. } = self.slots[place as usize];
        match self.slots.get_mut(newer as usize) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
        match self.slots.get_mut(older as usize) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
    }

    fn link(&mut self, place: u32) {
        let newest = self.newest;
        let slot = &mut self.slots[place as usize];
        (slot.newer, slot.older) = (NONE, newest);
        match self.slots.get_mut(newest as usize) {
            Some(slot) => slot.newer = place,
            None => self.oldest = place,
        }
        self.newest = place;
    }
}
