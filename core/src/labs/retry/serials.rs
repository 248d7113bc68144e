//! Things with serial numbers, each one more than the last: put in, found and taken out at once, however many there are.

/// Things by serial number. A chain whose server cannot keep up has a hundred thousand open calls; most callers have one or two.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Serials<T> {
    /// In the order of their numbers. What has been taken out leaves its place empty until half of them are.
    things: Vec<(u32, Option<T>)>,
    gone: usize,
    next: u32,
}

impl<T> Serials<T> {
    /// None yet; numbers begin with 0.
    pub fn new() -> Serials<T> {
        Serials { things: Vec::new(), gone: 0, next: 0 }
    }

    /// The number that comes next: how many there have been.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// How many are here.
    pub fn len(&self) -> usize {
        self.things.len() - self.gone
    }

    /// Puts a thing in; gives its number.
    pub fn put(&mut self, thing: T) -> u32 {
        self.things.push((self.next, Some(thing)));
        self.next += 1;
        self.next - 1
    }

    fn place(&self, serial: u32) -> Option<usize> {
        self.things.binary_search_by(|(other, _)| other.cmp(&serial)).ok()
    }

    /// The thing of that number, if it is here.
    pub fn get(&self, serial: u32) -> Option<&T> {
        self.things[self.place(serial)?].1.as_ref()
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, serial: u32) -> Option<&mut T> {
        let place = self.place(serial)?;
        self.things[place].1.as_mut()
    }

    /// Takes a thing out.
    pub fn take(&mut self, serial: u32) -> Option<T> {
        let place = self.place(serial)?;
        let thing = self.things[place].1.take()?;
        self.gone += 1;
        if 2 * self.gone > self.things.len() {
            self.things.retain(|(_, thing)| thing.is_some());
            self.gone = 0;
        }
        Some(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn they_do_what_a_map_does(steps in proptest::collection::vec((0u8..3, 0u32..40), 0..120)) {
            let (mut serials, mut map) = (Serials::new(), BTreeMap::new());
            for (what, which) in steps {
                if what == 0 {
                    let serial = serials.next();
                    prop_assert_eq!(serials.put(serial * 3), serial);
                    map.insert(serial, serial * 3);
                } else {
                    prop_assert_eq!(serials.get(which), map.get(&which));
                    prop_assert_eq!(serials.take(which), map.remove(&which));
                }
                prop_assert_eq!(serials.len(), map.len());
                prop_assert!(serials.things.len() <= 2 * map.len() + 1, "empty places");
            }
        }
    }
}
