//! The heart of a lock service with sessions: entries that go with the session that made them, in the order of their making (ZooKeeper's ephemeral
//! sequential nodes, Hunt and others, USENIX ATC 2010, §2; etcd's keys with a lease and a revision). What replicates it is left out: here it never forgets.

use crate::sorted::Map;

/// An entry of a session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry<S> {
    /// Whose.
    pub session: S,
    /// The store's revision when it was made, greater than those of all before it.
    pub revision: u32,
}

/// Sessions, and what they have made.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sessions<S> {
    revision: u32,
    /// When each ends, in µs of the store's clock, unless it is heard of.
    until_us: Map<S, i64>,
    /// In order of their revisions.
    entries: Vec<Entry<S>>,
}

impl<S: Copy + Ord> Sessions<S> {
    /// Without sessions, at a revision.
    pub fn new(revision: u32) -> Sessions<S> {
        Sessions { revision, until_us: Map::new(), entries: Vec::new() }
    }

    /// A session begins, or is heard of: it lasts for so long from now on.
    pub fn keep(&mut self, now_us: i64, session: S, ttl_us: u64) {
        self.until_us.insert(session, now_us.saturating_add_unsigned(ttl_us));
    }

    /// Whether there is such a session.
    pub fn has(&self, session: &S) -> bool {
        self.until_us.contains_key(session)
    }

    /// A session makes an entry, if it has none.
    pub fn create(&mut self, session: S) {
        if !self.entries.iter().any(|entry| entry.session == session) {
            self.revision += 1;
            self.entries.push(Entry { session, revision: self.revision });
        }
    }

    /// A session ends, and its entry with it.
    pub fn close(&mut self, session: &S) {
        self.until_us.remove(session);
        self.entries.retain(|entry| entry.session != *session);
    }

    /// The sessions end that nobody has heard of for too long.
    pub fn expire(&mut self, now_us: i64) {
        let over: Vec<S> =
            self.until_us.iter().filter(|(_, until)| **until <= now_us).map(|(s, _)| *s).collect();
        for session in over {
            self.close(&session);
        }
    }

    /// When the next session ends, in µs of the store's clock, if nobody is heard of.
    pub fn next_end_us(&self) -> Option<i64> {
        self.until_us.values().copied().min()
    }

    /// The oldest entry: whoever made it holds the lock.
    pub fn first(&self) -> Option<Entry<S>> {
        self.entries.first().copied()
    }

    /// The place of a session's entry, from 0, the entry, and the one before it.
    pub fn place(&self, session: &S) -> Option<(usize, Entry<S>, Option<Entry<S>>)> {
        let place = self.entries.iter().position(|entry| entry.session == *session)?;
        let before = place.checked_sub(1).map(|before| self.entries[before]);
        Some((place, self.entries[place], before))
    }

    /// How many sessions there are.
    pub fn len(&self) -> usize {
        self.until_us.len()
    }

    /// Whether there is no session.
    pub fn is_empty(&self) -> bool {
        self.until_us.is_empty()
    }

    /// The store comes up again: as nobody could be heard of meanwhile, every session begins anew.
    pub fn restart(&mut self, now_us: i64, ttl_us: u64) {
        for (_, until) in self.until_us.iter_mut() {
            *until = now_us.saturating_add_unsigned(ttl_us);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_in_the_order_of_their_making_and_go_with_their_sessions() {
        let mut store = Sessions::new(32);
        for (now_us, session) in [(0, 'b'), (10, 'a'), (20, 'c')] {
            store.keep(now_us, session, 100);
            store.create(session);
            store.create(session);
        }
        let first = |store: &Sessions<char>| store.first().map(|entry| (entry.session, entry.revision));
        assert_eq!(first(&store), Some(('b', 33)));
        assert_eq!(store.next_end_us(), Some(100));
        let before = |store: &Sessions<char>, session| {
            store.place(&session).map(|(place, _, before)| (place, before.map(|before| before.session)))
        };
        assert_eq!(before(&store, 'c'), Some((2, Some('a'))));
        assert_eq!((before(&store, 'b'), before(&store, 'd')), (Some((0, None)), None));
        store.expire(99);
        store.keep(99, 'a', 100);
        store.expire(100);
        assert_eq!(first(&store), Some(('a', 34)), "b was not heard of for 100");
        store.close(&'a');
        assert_eq!((first(&store), store.len()), (Some(('c', 35)), 1));
        store.keep(130, 'b', 100);
        store.create('b');
        store.close(&'c');
        assert_eq!(
            first(&store),
            Some(('b', 36)),
            "a session that comes back is at the end, and has a new number"
        );
    }
}
