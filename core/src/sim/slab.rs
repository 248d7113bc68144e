//! A table whose places are used again: letters and timers that are under way.

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
    pub(crate) fn take(&mut self, place: u32) -> T {
        let value = self.places[place as usize].take().expect("a place is taken once");
        self.free.push(place);
        value
    }

    pub(crate) fn get(&self, place: u32) -> &T {
        self.places[place as usize].as_ref().expect("the place is in use")
    }

    pub(crate) fn get_mut(&mut self, place: u32) -> &mut T {
        self.places[place as usize].as_mut().expect("the place is in use")
    }
}
