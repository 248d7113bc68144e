//! Things with serial numbers, each one more than the last: put in, found and taken out at once, however many there are.

use std::collections::VecDeque;

/// The place of what has been taken out.
const GONE: u32 = u32::MAX;

/// Things by serial number. A chain whose server cannot keep up has a hundred thousand open calls.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Serials<T> {
    /// Close together, with their numbers; what is taken out leaves its place to the last.
    things: Vec<(u32, T)>,
    /// The place of each number from the lowest that is still here.
    places: VecDeque<u32>,
    next: u32,
}

impl<T> Serials<T> {
    /// None yet; numbers begin with 0.
    pub fn new() -> Serials<T> {
        Serials { things: Vec::new(), places: VecDeque::new(), next: 0 }
    }

    /// The number that comes next: how many there have been.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// How many are here.
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// What all of them take, in bytes and roughly: things of some hundred each, and a place for each number from the lowest on.
    pub fn weight(&self) -> u64 {
        160 * self.things.len() as u64 + 4 * self.places.len() as u64
    }

    /// Puts a thing in; gives its number.
    pub fn put(&mut self, thing: T) -> u32 {
        let serial = self.next;
        self.places.push_back(self.things.len() as u32);
        self.things.push((serial, thing));
        self.next += 1;
        serial
    }

    fn place(&self, serial: u32) -> Option<usize> {
        let first = self.next - self.places.len() as u32;
        let place = self.places.get(serial.checked_sub(first)? as usize)?;
        (*place != GONE).then_some(*place as usize)
    }

    /// The thing of that number, if it is here.
    pub fn get(&self, serial: u32) -> Option<&T> {
        self.place(serial).map(|place| &self.things[place].1)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, serial: u32) -> Option<&mut T> {
        self.place(serial).map(|place| &mut self.things[place].1)
    }

    /// Takes a thing out.
    pub fn take(&mut self, serial: u32) -> Option<T> {
        let place = self.place(serial)?;
        let first = self.next - self.places.len() as u32;
        let (_, thing) = self.things.swap_remove(place);
        if let Some((moved, _)) = self.things.get(place) {
            self.places[(moved - first) as usize] = place as u32;
        }
        self.places[(serial - first) as usize] = GONE;
        while self.places.front() == Some(&GONE) {
            self.places.pop_front();
        }
        Some(thing)
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
        fn they_do_what_a_list_does(steps in proptest::collection::vec((0u8..3, 0u32..40), 0..120)) {
            let (mut serials, mut list) = (Serials::new(), Vec::new());
            for (what, which) in steps {
                if what == 0 {
                    let serial = serials.next();
                    prop_assert_eq!(serials.put(serial * 3), serial);
                    list.push(serial);
                } else {
                    let at = list.iter().position(|serial| *serial == which);
                    prop_assert_eq!(serials.get(which).copied(), at.map(|_| which * 3));
                    prop_assert_eq!(serials.take(which), at.map(|at| list.swap_remove(at) * 3));
                }
                prop_assert_eq!(serials.iter().map(|(serial, _)| serial).collect::<Vec<_>>(), list.clone());
                prop_assert_eq!(serials.len(), list.len());
            }
        }
    }
}
