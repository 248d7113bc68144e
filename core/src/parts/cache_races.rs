//! Every order in which the legs of a read and a write, or of two writes, may come to a cache and a store that hold one key; and in how many of
//! them both end with different values.
//!
//! The cache is empty at first and the store holds value 0. What is sent is done when it arrives: so a leg is one step, and who sends one leg after
//! the other keeps their order.

use super::cache_lease::{Leases, Miss};

/// A step of a client.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Leg {
    /// Asks the cache; on a hit the rest is not done.
    Get,
    /// Reads the store.
    Read,
    /// Sets the cache to what was read, or to what is written.
    Set,
    /// Writes the store.
    Write,
    /// Deletes the entry.
    Delete,
}

/// A read by cache-aside.
pub const READ: &[Leg] = &[Leg::Get, Leg::Read, Leg::Set];

/// How often they end apart, and of how many orders; the orders that do, by whose leg comes next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Races {
    /// Orders that end with one value in the cache and another in the store.
    pub apart: Vec<Vec<u8>>,
    /// All orders.
    pub all: usize,
}

/// Tries all orders of two clients' legs; with leases, a set after a miss is done only if the lease of that miss stands.
pub fn all(first: &[Leg], second: &[Leg], leases: bool) -> Races {
    let mut races = Races { apart: Vec::new(), all: 0 };
    let clients = [first, second];
    orders(clients.map(<[Leg]>::len), &mut Vec::new(), &mut |order| {
        races.all += 1;
        if ends_apart(clients, order, leases) {
            races.apart.push(order.to_vec());
        }
    });
    races
}

fn orders(left: [usize; 2], order: &mut Vec<u8>, then: &mut impl FnMut(&[u8])) {
    if left == [0, 0] {
        return then(order);
    }
    for who in 0..2 {
        if left[who] > 0 {
            let mut left = left;
            left[who] -= 1;
            order.push(who as u8);
            orders(left, order, then);
            order.pop();
        }
    }
}

fn ends_apart(clients: [&[Leg]; 2], order: &[u8], leased: bool) -> bool {
    let (mut store, mut cache) = (0u32, None::<u32>);
    let mut leases = Leases::new(u64::MAX);
    let mut next = [0usize; 2];
    // What each has read, whether it has no more to do, and whether it missed before.
    let (mut read, mut done, mut missed) = ([None; 2], [false; 2], [false; 2]);
    for who in order.iter().map(|who| usize::from(*who)) {
        let leg = clients[who][next[who]];
        next[who] += 1;
        if done[who] {
            continue;
        }
        let (token, own) = (who as u32 + 1, who as u32 + 1);
        match leg {
            Leg::Get => {
                done[who] = cache.is_some();
                missed[who] = cache.is_none() && leases.miss(0, token, 0) == Miss::Fill;
            }
            Leg::Read => read[who] = Some(store),
            Leg::Write => store = own,
            Leg::Delete => {
                cache = None;
                leases.delete(0);
            }
            Leg::Set => {
                let may = !leased || read[who].is_none() || missed[who] && leases.fill(0, token);
                if may {
                    cache = Some(read[who].unwrap_or(own));
                }
            }
        }
    }
    cache.is_some_and(|cache| cache != store)
}

#[cfg(test)]
mod tests {
    use super::Leg::{Delete, Set, Write};
    use super::*;

    #[test]
    fn how_many_orders_leave_the_old_value() {
        let read = |write: &[Leg], leases| {
            let races = all(READ, write, leases);
            (races.apart.len(), races.all)
        };
        assert_eq!(read(&[Write, Delete], false), (1, 10), "write, then delete");
        assert_eq!(read(&[Delete, Write], false), (6, 10), "delete, then write");
        assert_eq!(read(&[Delete, Write, Delete], false), (3, 20), "delete twice");
        assert_eq!(read(&[Write, Delete], true), (0, 10), "leases");
        assert_eq!(read(&[Delete, Write], true), (2, 10), "leases do not help who deletes first");
        let writers = all(&[Write, Set], &[Write, Set], false);
        assert_eq!((writers.apart.len(), writers.all), (2, 6), "two writers that set the cache");
        assert_eq!(
            all(READ, &[Write, Delete], false).apart,
            [[0, 0, 1, 1, 0]],
            "the read lies around the write"
        );
    }
}
