//! Single flight: of those that need the same thing at the same time one fetches it, and the others wait for what it brings (Go's `singleflight`,
//! 2013; request collapsing in proxies).

use std::collections::BTreeMap;

/// What is being fetched, and who waits for it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Coalesce {
    flights: BTreeMap<u32, Vec<u32>>,
}

impl Coalesce {
    /// Somebody needs a key; says whether it is to fetch it. Else it waits.
    pub fn join(&mut self, key: u32, who: u32) -> bool {
        match self.flights.get_mut(&key) {
            Some(waiting) => {
                waiting.push(who);
                false
            }
            None => {
                self.flights.insert(key, Vec::new());
                true
            }
        }
    }

    /// The fetch of a key is over, well or not: gives those that waited for it, in the order in which they came.
    pub fn land(&mut self, key: u32) -> Vec<u32> {
        self.flights.remove(&key).unwrap_or_default()
    }

    /// Whether a key is being fetched.
    pub fn is_under_way(&self, key: u32) -> bool {
        self.flights.contains_key(&key)
    }

    /// Somebody does not wait any more.
    pub fn leave(&mut self, key: u32, who: u32) {
        if let Some(waiting) = self.flights.get_mut(&key) {
            waiting.retain(|other| *other != who);
        }
    }

    /// What it takes, in bytes.
    pub fn weight(&self) -> u64 {
        self.flights.values().map(|waiting| 32 + 4 * waiting.len() as u64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fetches_for_all() {
        let mut flights = Coalesce::default();
        assert_eq!([1, 2, 3].map(|who| flights.join(7, who)), [true, false, false]);
        assert!(flights.join(8, 4), "another key is another flight");
        flights.leave(7, 2);
        assert_eq!(flights.land(7), [3]);
        assert!(flights.join(7, 5), "the next needs a fetch of its own");
        assert_eq!((flights.land(7), flights.land(7), flights.land(9)), (vec![], vec![], vec![]));
        assert!(flights.is_under_way(8) && !flights.is_under_way(7));
    }
}
