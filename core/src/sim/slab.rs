//! Tables of what is under way: places that are used again, and the timers of a node by name.

/// Values by place.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    places: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    pub(crate) fn new() -> Slab<T> {
        Slab { places: Vec::new(), free: Vec::new() }
    }

    /// Puts a value somewhere and says where.
    #[inline]
    pub(crate) fn put(&mut self, value: T) -> u32 {
        match self.free.pop() {
            Some(place) => {
                self.places[place as usize] = Some(value);
                place
            }
            None => {
                self.places.push(Some(value));
                (self.places.len() - 1) as u32
            }
        }
    }

    /// Takes the value from its place.
    ///
    /// # Panics
    /// When the place is empty: the kernel's mistake.
    #[inline]
    pub(crate) fn take(&mut self, place: u32) -> T {
        let value = self.places[place as usize].take().expect("a place is taken once");
        self.free.push(place);
        value
    }

    /// How many places there are, in use or not.
    pub(crate) fn places(&self) -> usize {
        self.places.len()
    }

    #[inline]
    pub(crate) fn get(&self, place: u32) -> &T {
        self.places[place as usize].as_ref().expect("the place is in use")
    }

    pub(crate) fn get_mut(&mut self, place: u32) -> &mut T {
        self.places[place as usize].as_mut().expect("the place is in use")
    }
}

/// The most timers of a page.
const PAGE: usize = 128;

/// The timers of one node that are set: their places by name, in sorted pages. For the few timers that most nodes have, on one page, that is
/// faster than a tree and less code for each protocol; and who sets a hundred thousand moves no more than a page for each.
#[derive(Clone, Debug)]
pub(crate) struct Timers<T> {
    /// Most nodes have no other page: it is at hand without another look into memory.
    first: Vec<(T, u32)>,
    /// The pages after it; none is empty.
    more: Vec<Vec<(T, u32)>>,
}

impl<T: Ord> Timers<T> {
    pub(crate) fn new() -> Timers<T> {
        Timers { first: Vec::new(), more: Vec::new() }
    }

    /// Sets a timer; returns the place of the one of that name that it replaces.
    #[inline]
    pub(crate) fn set(&mut self, name: T, place: u32) -> Option<u32> {
        let number = self.number(&name);
        let timers = self.page(number);
        match timers.binary_search_by(|(other, _)| other.cmp(&name)) {
            Ok(i) => Some(std::mem::replace(&mut timers[i].1, place)),
            Err(i) => {
                // Moved one by one: a page is short, and in wasm every copy of memory is a call.
                let mut at = timers.len();
                timers.push((name, place));
                while at > i {
                    timers.swap(at - 1, at);
                    at -= 1;
                }
                if timers.len() > PAGE {
                    self.split(number);
                }
                None
            }
        }
    }

    /// Takes a timer out; returns its place.
    #[inline]
    pub(crate) fn unset(&mut self, name: &T) -> Option<u32> {
        let number = self.number(name);
        let timers = self.page(number);
        let mut at = timers.binary_search_by(|(other, _)| other.cmp(name)).ok()?;
        while at + 1 < timers.len() {
            timers.swap(at, at + 1);
            at += 1;
        }
        let place = timers.pop().map(|(_, place)| place);
        if !self.more.is_empty() {
            self.join(number);
        }
        place
    }

    /// Takes all out; returns their places.
    pub(crate) fn clear(&mut self) -> Vec<u32> {
        let all = std::mem::replace(self, Timers::new());
        all.first.into_iter().chain(all.more.into_iter().flatten()).map(|(_, place)| place).collect()
    }

    /// The number of the page of a name.
    #[inline]
    fn number(&self, name: &T) -> usize {
        if self.more.is_empty() { 0 } else { self.more.partition_point(|timers| timers[0].0 <= *name) }
    }

    #[inline]
    fn page(&mut self, number: usize) -> &mut Vec<(T, u32)> {
        if number == 0 { &mut self.first } else { &mut self.more[number - 1] }
    }

    /// Makes two pages of one.
    #[inline(never)]
    fn split(&mut self, number: usize) {
        let rest = self.page(number).split_off(PAGE / 2);
        self.more.insert(number, rest);
    }

    /// Makes one page of two that are half a page together; none is left empty.
    #[inline(never)]
    fn join(&mut self, number: usize) {
        for number in [Some(number), number.checked_sub(1)].into_iter().flatten() {
            let (one, Some(other)) = (self.page(number).len(), self.more.get(number).map(Vec::len)) else {
                continue;
            };
            if one + other <= PAGE / 2 || one == 0 || other == 0 {
                let rest = self.more.remove(number);
                self.page(number).extend(rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn timers_do_what_a_map_does(steps in proptest::collection::vec((0u8..5, 0u16..1_000, 1u16..300), 0..40)) {
            let (mut timers, mut map) = (Timers::new(), BTreeMap::new());
            for (what, from, count) in steps {
                for name in from..from + count {
                    if what < 3 {
                        prop_assert_eq!(timers.set(name, u32::from(name) + u32::from(what)), map.insert(name, u32::from(name) + u32::from(what)));
                    } else {
                        prop_assert_eq!(timers.unset(&name), map.remove(&name));
                    }
                }
                let pages: Vec<_> = std::iter::once(&timers.first).chain(&timers.more).collect();
                prop_assert!(pages.len() == 1 || pages.iter().all(|page| !page.is_empty() && page.len() <= PAGE));
                prop_assert!(pages.windows(2).all(|pair| pair[0].len() + pair[1].len() > PAGE / 4), "pages that are nearly empty");
            }
            prop_assert_eq!(timers.clear(), map.into_values().collect::<Vec<_>>());
        }
    }
}
