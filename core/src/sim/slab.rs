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

    #[inline]
    pub(crate) fn get(&self, place: u32) -> &T {
        self.places[place as usize].as_ref().expect("the place is in use")
    }

    pub(crate) fn get_mut(&mut self, place: u32) -> &mut T {
        self.places[place as usize].as_mut().expect("the place is in use")
    }
}

/// The timers of one node that are set: their places by name. A sorted list, which for the few timers that a node has
/// is faster than a tree, and less code for each protocol.
#[derive(Clone, Debug)]
pub(crate) struct Timers<T>(Vec<(T, u32)>);

impl<T: Ord> Timers<T> {
    pub(crate) fn new() -> Timers<T> {
        Timers(Vec::new())
    }

    /// Sets a timer; returns the place of the one of that name that it replaces.
    #[inline]
    pub(crate) fn set(&mut self, name: T, place: u32) -> Option<u32> {
        match self.find(&name) {
            Ok(i) => Some(std::mem::replace(&mut self.0[i].1, place)),
            Err(i) => {
                // Moved one by one: a node has few timers, and in wasm every copy of memory is a call.
                let mut at = self.0.len();
                self.0.push((name, place));
                while at > i {
                    self.0.swap(at - 1, at);
                    at -= 1;
                }
                None
            }
        }
    }

    /// Takes a timer out; returns its place.
    #[inline]
    pub(crate) fn unset(&mut self, name: &T) -> Option<u32> {
        let mut at = self.find(name).ok()?;
        while at + 1 < self.0.len() {
            self.0.swap(at, at + 1);
            at += 1;
        }
        self.0.pop().map(|(_, place)| place)
    }

    /// Takes all out; returns their places.
    pub(crate) fn clear(&mut self) -> Vec<u32> {
        self.0.drain(..).map(|(_, place)| place).collect()
    }

    #[inline]
    fn find(&self, name: &T) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(name))
    }
}
