//! Hinted handoff: writes kept for a replica that could not be reached, until it can (Dynamo §4.6).

use crate::sorted::Map;
use std::collections::VecDeque;

/// A write kept for its owner.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Hint<T> {
    /// Its number in this queue: by it the owner's receipt confirms it.
    pub number: u64,
    /// When it was stored.
    pub stored_us: u64,
    /// The write.
    pub item: T,
}

/// Why a hint was not stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refused {
    /// As many hints are held as may be.
    Full,
    /// The owner has been away for too long: the first hint held for it is older than the window.
    Away,
}

/// How many hints a node holds, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Limits {
    /// How many, for all owners together.
    pub most: u32,
    /// For how long after the first hint for an owner more are stored for it (Cassandra's `max_hint_window`), in µs.
    pub window_us: u64,
    /// How long a hint lives, in µs.
    pub lifetime_us: u64,
}

/// The hints that one node holds, by the owner they are meant for. A hint stays until its owner confirms it (a sent one
/// may be lost) or it has expired; what is not stored, or expires, is left to anti-entropy.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Hints<O: Ord, T> {
    limits: Limits,
    next: u64,
    held: u32,
    owners: Map<O, VecDeque<Hint<T>>>,
}

impl<O: Ord + Clone, T> Hints<O, T> {
    /// None yet, and room within these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limits, next: 0, held: 0, owners: Map::new() }
    }

    /// How many hints are held, expired ones included until [`Hints::expire`].
    pub fn len(&self) -> u32 {
        self.held
    }

    /// No hints are held.
    pub fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// The owners that something is held for.
    pub fn owners(&self) -> impl Iterator<Item = &O> {
        self.owners.keys()
    }

    /// Keeps a write for `owner`; gives its number.
    ///
    /// # Errors
    /// If there is no room, or the owner has been away for longer than the window: who keeps nothing must not acknowledge the write.
    pub fn store(&mut self, owner: O, item: T, now_us: u64) -> Result<u64, Refused> {
        if self.held >= self.limits.most {
            return Err(Refused::Full);
        }
        let first = self.owners.get(&owner).and_then(VecDeque::front);
        if first.is_some_and(|first| now_us.saturating_sub(first.stored_us) > self.limits.window_us) {
            return Err(Refused::Away);
        }
        let number = self.next;
        self.next += 1;
        self.held += 1;
        self.owners.entry(owner).or_default().push_back(Hint { number, stored_us: now_us, item });
        Ok(number)
    }

    /// What to send to `owner`, oldest first; nothing is removed.
    pub fn pending<'a>(&'a self, owner: &O) -> impl Iterator<Item = &'a Hint<T>> + use<'a, O, T> {
        self.owners.get(owner).into_iter().flatten()
    }

    /// The owner has it: it is forgotten. None if it was not held (confirmed before, or expired).
    pub fn confirm(&mut self, owner: &O, number: u64) -> Option<Hint<T>> {
        let queue = self.owners.get_mut(owner)?;
        let place = queue.iter().position(|hint| hint.number == number)?;
        let confirmed = queue.remove(place);
        if queue.is_empty() {
            self.owners.remove(owner);
        }
        self.held -= 1;
        confirmed
    }

    /// Forgets what has lived its life; gives it.
    pub fn expire(&mut self, now_us: u64) -> Vec<Hint<T>> {
        let lifetime_us = self.limits.lifetime_us;
        let mut gone = Vec::new();
        self.owners.retain(|_, queue| {
            let over = |hint: &Hint<T>| now_us.saturating_sub(hint.stored_us) >= lifetime_us;
            let (expired, left) = std::mem::take(queue).into_iter().partition::<VecDeque<_>, _>(over);
            gone.extend(expired);
            *queue = left;
            !queue.is_empty()
        });
        self.held -= gone.len() as u32;
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn room(most: u32, window_us: u64, lifetime_us: u64) -> Hints<&'static str, char> {
        Hints::new(Limits { most, window_us, lifetime_us })
    }

    #[test]
    fn a_hint_is_sent_until_it_is_confirmed() {
        let mut hints = room(8, 1_000, 1_000);
        let first = hints.store("n1", 'a', 0).unwrap();
        hints.store("n1", 'b', 10).unwrap();
        hints.store("n2", 'c', 20).unwrap();
        let sent = |h: &Hints<&'static str, char>| h.pending(&"n1").map(|h| h.item).collect::<String>();
        assert_eq!(sent(&hints), "ab");
        assert_eq!(sent(&hints), "ab");
        assert_eq!(hints.confirm(&"n1", first).map(|hint| hint.item), Some('a'));
        assert_eq!(hints.confirm(&"n1", first), None);
        assert_eq!(sent(&hints), "b");
        assert_eq!(hints.expire(1_009).len(), 0);
        assert_eq!(
            hints.expire(1_010).iter().map(|hint| hint.item).collect::<String>(),
            "b",
            "its life is over"
        );
        assert_eq!(hints.owners().collect::<Vec<_>>(), [&"n2"]);
    }

    #[test]
    fn a_full_queue_refuses() {
        let mut hints = room(1, 1_000, 1_000);
        hints.store("n1", 'a', 0).unwrap();
        assert_eq!(hints.store("n2", 'b', 0), Err(Refused::Full));
        assert_eq!(hints.expire(1_000).len(), 1);
        assert!(hints.store("n2", 'b', 1_000).is_ok());
    }

    #[test]
    fn for_who_is_away_longer_than_the_window_what_is_held_stays_and_nothing_more_is_stored() {
        let mut hints = room(8, 100, 1_000);
        let first = hints.store("n1", 'a', 50).unwrap();
        hints.store("n1", 'b', 150).unwrap();
        assert_eq!(hints.store("n1", 'c', 151), Err(Refused::Away));
        assert!(hints.store("n2", 'd', 151).is_ok(), "each owner has its own window");
        assert_eq!(hints.pending(&"n1").count(), 2);
        hints.confirm(&"n1", first);
        assert!(hints.store("n1", 'e', 250).is_ok(), "it is back: what is left begins at 150");
    }

    proptest! {
        #[test]
        fn the_count_is_that_of_the_queues(acts in proptest::collection::vec((0u8..3, 0u8..3, 0u64..30), 0..60)) {
            let mut hints = Hints::new(Limits { most: 6, window_us: 10, lifetime_us: 20 });
            let mut now_us = 0;
            for (act, owner, number) in acts {
                now_us += number / 4;
                match act {
                    0 => { let _ = hints.store(owner, number, now_us); }
                    1 => { hints.confirm(&owner, number); }
                    _ => { hints.expire(now_us); }
                }
                prop_assert_eq!(hints.len() as usize, hints.owners.values().map(VecDeque::len).sum::<usize>());
                prop_assert!(hints.len() <= 6 && hints.owners.values().all(|q| !q.is_empty()));
            }
        }
    }
}
