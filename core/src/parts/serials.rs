//! Things with serial numbers, each one more than the last: put in, found and taken out at once, however many there are.

use std::collections::VecDeque;

/// The place of what has been taken out.
const GONE: u32 = u32::MAX;
/// So few are looked through, and need no table of places.
const FEW: usize = 8;

/// Things by serial number. A chain whose server cannot keep up has a hundred thousand open calls; most callers have one or two.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Serials<T> {
    /// Close together, with their numbers; what is taken out leaves its place to the last.
    things: Vec<(u32, T)>,
    /// The place of each number from the lowest that is still here, where there are more than a few.
    places: VecDeque<u32>,
    next: u32,
}

impl<T> Serials<T> {
    /// None yet; numbers begin here.
    pub fn new(first: u32) -> Serials<T> {
        Serials { things: Vec::new(), places: VecDeque::new(), next: first }
    }

    /// The number that comes next.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// How many are here.
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// What all of them take, in bytes: the things, and a place for each number from the lowest on.
    pub fn weight(&self) -> u64 {
        size_of::<(u32, T)>() as u64 * self.things.len() as u64 + 4 * self.places.len() as u64
    }

    /// Puts a thing in; gives its number.
    #[inline]
    pub fn put(&mut self, thing: T) -> u32 {
        let serial = self.next;
        self.next = self.next.wrapping_add(1);
        if !self.places.is_empty() {
            self.places.push_back(self.things.len() as u32);
        }
        self.things.push((serial, thing));
        if self.places.is_empty() && self.things.len() > FEW {
            self.table();
        }
        serial
    }

    /// Notes the place of each.
    #[inline(never)]
    fn table(&mut self) {
        let from = |serial: u32| self.next.wrapping_sub(serial) as usize;
        let span = self.things.iter().map(|(serial, _)| from(*serial)).max().unwrap_or(0);
        let mut places = VecDeque::from(vec![GONE; span]);
        for (place, (serial, _)) in (0..).zip(&self.things) {
            places[span - from(*serial)] = place;
        }
        self.places = places;
    }

    #[inline]
    fn place(&self, serial: u32) -> Option<usize> {
        if self.places.is_empty() {
            return self.things.iter().position(|(of, _)| *of == serial);
        }
        let before = self.next.wrapping_sub(serial) as usize;
        let place = *self.places.get(self.places.len().checked_sub(before)?)?;
        (place != GONE).then_some(place as usize)
    }

    /// The thing of that number, if it is here.
    #[inline]
    pub fn get(&self, serial: u32) -> Option<&T> {
        self.place(serial).map(|place| &self.things[place].1)
    }

    /// The same, to be changed.
    #[inline]
    pub fn get_mut(&mut self, serial: u32) -> Option<&mut T> {
        self.place(serial).map(|place| &mut self.things[place].1)
    }

    /// Takes a thing out.
    pub fn take(&mut self, serial: u32) -> Option<T> {
        let place = self.place(serial)?;
        let (_, thing) = self.things.swap_remove(place);
        self.forget(serial, place);
        Some(thing)
    }

    /// The same, without a look at it.
    pub fn remove(&mut self, serial: u32) {
        if let Some(place) = self.place(serial) {
            let last = self.things.len() - 1;
            if place < last {
                self.things.swap(place, last);
            }
            self.things.truncate(last);
            self.forget(serial, place);
        }
    }

    /// What had this number is gone, and the last thing is in its place.
    fn forget(&mut self, serial: u32, place: usize) {
        if !self.places.is_empty() {
            let (span, next) = (self.places.len(), self.next);
            let at = |serial: u32| span - next.wrapping_sub(serial) as usize;
            if let Some((moved, _)) = self.things.get(place) {
                self.places[at(*moved)] = place as u32;
            }
            self.places[at(serial)] = GONE;
            while self.places.front() == Some(&GONE) {
                self.places.pop_front();
            }
        }
    }

    /// All that are here with their numbers, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.things.iter().map(|(serial, thing)| (*serial, thing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As a list that is looked through, from which what is taken out leaves its place to the last.
        #[test]
        fn they_do_what_a_list_does(first in prop_oneof![Just(0), Just(u32::MAX - 20)], steps in proptest::collection::vec((0u8..4, 0u32..40), 0..160)) {
            let (mut serials, mut list) = (Serials::new(first), Vec::new());
            for (what, which) in steps {
                let which = first.wrapping_add(which);
                if what < 2 && list.len() < 30 {
                    let serial = serials.next();
                    prop_assert_eq!(serials.put(serial.wrapping_mul(3)), serial);
                    list.push(serial);
                } else {
                    let at = list.iter().position(|serial| *serial == which);
                    prop_assert_eq!(serials.get(which).copied(), at.map(|_| which.wrapping_mul(3)));
                    if what == 3 {
                        serials.remove(which);
                        at.map(|at| list.swap_remove(at));
                    } else {
                        prop_assert_eq!(serials.take(which), at.map(|at| list.swap_remove(at).wrapping_mul(3)));
                    }
                }
                prop_assert_eq!(serials.iter().map(|(serial, _)| serial).collect::<Vec<_>>(), list.clone());
                prop_assert_eq!(serials.len(), list.len());
            }
        }
    }
}
