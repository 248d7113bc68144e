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
pub struct Full {
    /// How many hints the queue holds, which is all it may.
    pub limit: u32,
}

/// The hints that one node holds, by the owner they are meant for. A hint stays until its owner confirms it (a sent one
/// may be lost) or it has expired; what is not stored, or expires, is left to anti-entropy.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Hints<O: Ord, T> {
    limit: u32,
    lifetime_us: u64,
    next: u64,
    held: u32,
    owners: Map<O, VecDeque<Hint<T>>>,
}

impl<O: Ord + Clone, T> Hints<O, T> {
    /// Room for `limit` hints of all owners together; each lives `lifetime_us`.
    pub fn new(limit: u32, lifetime_us: u64) -> Self {
        Self { limit, lifetime_us, next: 0, held: 0, owners: Map::new() }
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
    /// If the queue is full: a full node must not acknowledge the write.
    pub fn store(&mut self, owner: O, item: T, now_us: u64) -> Result<u64, Full> {
        if self.held >= self.limit {
            return Err(Full { limit: self.limit });
        }
        let number = self.next;
        self.next += 1;
        self.held += 1;
        self.owners.entry(owner).or_default().push_back(Hint { number, stored_us: now_us, item });
        Ok(number)
    }

    /// What to send to `owner`, oldest first; nothing is removed.
    pub fn pending<'a>(
        &'a self,
        owner: &O,
        now_us: u64,
    ) -> impl Iterator<Item = &'a Hint<T>> + use<'a, O, T> {
        let lifetime_us = self.lifetime_us;
        self.owners
            .get(owner)
            .into_iter()
            .flatten()
            .filter(move |h| now_us.saturating_sub(h.stored_us) < lifetime_us)
    }

    /// The owner has it: forget it. False if it was not held (confirmed before, or expired).
    pub fn confirm(&mut self, owner: &O, number: u64) -> bool {
        let before = self.held;
        self.retain(owner, |h| h.number != number);
        self.held < before
    }

    /// Forgets what has lived its life; gives how many.
    pub fn expire(&mut self, now_us: u64) -> u32 {
        let (before, lifetime_us) = (self.held, self.lifetime_us);
        for owner in self.owners.keys().cloned().collect::<Vec<_>>() {
            self.retain(&owner, |h| now_us.saturating_sub(h.stored_us) < lifetime_us);
        }
        before - self.held
    }

    fn retain(&mut self, owner: &O, keep: impl Fn(&Hint<T>) -> bool) {
        if let Some(queue) = self.owners.get_mut(owner) {
            let before = queue.len();
            queue.retain(keep);
            self.held -= (before - queue.len()) as u32;
            if queue.is_empty() {
                self.owners.remove(owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hint_is_sent_until_it_is_confirmed() {
        let mut hints = Hints::new(8, 1_000);
        let first = hints.store("n1", 'a', 0).unwrap();
        hints.store("n1", 'b', 10).unwrap();
        hints.store("n2", 'c', 20).unwrap();
        let sent =
            |h: &Hints<&'static str, char>, now| h.pending(&"n1", now).map(|h| h.item).collect::<String>();
        assert_eq!(sent(&hints, 100), "ab");
        assert_eq!(sent(&hints, 100), "ab");
        assert!(hints.confirm(&"n1", first));
        assert!(!hints.confirm(&"n1", first));
        assert_eq!(sent(&hints, 100), "b");
        assert_eq!(sent(&hints, 1_010), "", "its life is over");
        assert_eq!(hints.expire(1_010), 1);
        assert_eq!(hints.owners().collect::<Vec<_>>(), [&"n2"]);
    }

    #[test]
    fn a_full_queue_refuses() {
        let mut hints = Hints::new(1, 1_000);
        hints.store("n1", 'a', 0).unwrap();
        assert_eq!(hints.store("n2", 'b', 0), Err(Full { limit: 1 }));
        assert_eq!(hints.expire(1_000), 1);
        assert!(hints.store("n2", 'b', 1_000).is_ok());
    }

    proptest! {
        #[test]
        fn the_count_is_that_of_the_queues(acts in proptest::collection::vec((0u8..3, 0u8..3, 0u64..30), 0..60)) {
            let mut hints = Hints::new(6, 20);
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
