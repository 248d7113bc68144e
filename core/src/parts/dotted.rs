//! Dotted version vector sets: the siblings of one key, exact with one entry for each server and none for each client
//! (Preguiça, Baquero, Almeida, Fonte, Gonçalves: "Dotted version vectors", 2010/2012; the set form: Almeida et al.,
//! "Scalable and accurate causality tracking for eventually consistent stores", DAIS 2014, §5; as in Riak).

use super::version_vector::VersionVector;
use crate::sorted::Map;

/// What one server has issued for the key: updates 1 to `counter`, of which the latest `values.len()` are still
/// siblings, newest first. The value at place i carries the dot (server, counter − i): the dot is the place.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Entry<V> {
    counter: u64,
    values: Vec<V>,
}

/// The concurrent versions of one key with their causal past.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DottedSet<A: Ord, V> {
    entries: Map<A, Entry<V>>,
}

impl<A: Ord, V> Default for DottedSet<A, V> {
    fn default() -> Self {
        Self { entries: Map::new() }
    }
}

impl<A: Ord + Clone, V: Clone> DottedSet<A, V> {
    /// How many servers have stamped any.
    pub fn actors(&self) -> usize {
        self.entries.len()
    }

    /// The siblings, by server, newest first.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.values().flat_map(|e| &e.values)
    }

    /// The siblings with their dots (server, number).
    pub fn dotted(&self) -> impl Iterator<Item = (&A, u64, &V)> {
        self.entries
            .iter()
            .flat_map(|(a, e)| e.values.iter().zip(0u64..).map(move |(v, i)| (a, e.counter - i, v)))
    }

    /// What a reader of all the siblings has seen ("join" in the paper): hand it in with the next write.
    pub fn context(&self) -> VersionVector<A> {
        self.entries.iter().map(|(a, e)| (a.clone(), e.counter)).collect()
    }

    /// Writes `value` at `server` over the siblings that `context` has seen ("update"): those go, the others stay as
    /// siblings. Gives the number of the new dot (server, number).
    pub fn update(&mut self, context: &VersionVector<A>, server: A, value: V) -> u64 {
        self.discard(context);
        let entry = self.entries.entry(server).or_insert(Entry { counter: 0, values: Vec::new() });
        entry.counter = entry.counter.checked_add(1).expect("fewer than 2^64 updates");
        entry.values.insert(0, value);
        entry.counter
    }

    /// Drops the siblings that `context` has seen, and remembers that they were seen: a delete without a tombstone.
    pub fn discard(&mut self, context: &VersionVector<A>) {
        for (server, seen) in context.iter() {
            let entry =
                self.entries.entry(server.clone()).or_insert(Entry { counter: 0, values: Vec::new() });
            // The newest counter − seen values are later than the context.
            entry.values.truncate(usize::try_from(entry.counter.saturating_sub(seen)).unwrap_or(usize::MAX));
            entry.counter = entry.counter.max(seen);
        }
    }

    /// Takes in another replica's set ("sync"): keeps what neither side has seen superseded.
    pub fn merge(&mut self, other: &Self) {
        for (server, theirs) in &other.entries {
            match self.entries.get_mut(server) {
                None => {
                    self.entries.insert(server.clone(), theirs.clone());
                }
                Some(mine) => mine.merge(theirs),
            }
        }
    }
}

impl<V: Clone> Entry<V> {
    fn merge(&mut self, other: &Self) {
        // A value stands if it is later than everything superseded on either side: numbers above the higher of the two
        // floors. The side with the higher counter holds all of those.
        let floor = (self.counter - self.values.len() as u64).max(other.counter - other.values.len() as u64);
        if other.counter > self.counter {
            self.clone_from(other);
        }
        self.values.truncate(usize::try_from(self.counter.saturating_sub(floor)).unwrap_or(usize::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::super::siblings::Siblings;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    type Past = BTreeSet<u32>;

    /// The definition: each version with the set of all the writes that it has seen, itself included.
    #[derive(Clone, Default)]
    struct Histories(Vec<(u32, Past)>);

    impl Histories {
        fn keep_maximal(&mut self) {
            let all = self.0.clone();
            self.0
                .retain(|(write, _)| !all.iter().any(|(other, past)| other != write && past.contains(write)));
            self.0.sort();
            self.0.dedup();
        }

        fn put(&mut self, seen: &Past, write: u32) {
            let mut past = seen.clone();
            past.insert(write);
            self.0.push((write, past));
            self.keep_maximal();
        }

        fn merge(&mut self, other: &Self) {
            self.0.extend(other.0.iter().cloned());
            self.keep_maximal();
        }

        fn context(&self) -> Past {
            self.0.iter().flat_map(|(_, past)| past.iter().copied()).collect()
        }

        fn values(&self) -> Vec<u32> {
            self.0.iter().map(|(write, _)| *write).collect()
        }
    }

    /// One key on a replica, told three ways.
    #[derive(Clone, Default)]
    struct Replica {
        truth: Histories,
        dotted: DottedSet<u8, u32>,
        by_client: Siblings<u8, u32>,
    }

    /// What one client has seen, told three ways.
    #[derive(Clone, Default)]
    struct Seen {
        truth: Past,
        dotted: VersionVector<u8>,
        by_client: VersionVector<u8>,
    }

    #[derive(Clone, Debug)]
    enum Act {
        Put { client: u8, server: u8 },
        Get { client: u8, server: u8 },
        Sync { from: u8, to: u8 },
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (0u8..3, 0u8..3).prop_map(|(client, server)| Act::Put { client, server }),
            (0u8..3, 0u8..3).prop_map(|(client, server)| Act::Get { client, server }),
            (0u8..3, 0u8..3).prop_map(|(from, to)| Act::Sync { from, to }),
        ]
    }

    fn sorted(values: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut v: Vec<u32> = values.collect();
        v.sort_unstable();
        v
    }

    proptest! {
        /// On any schedule dotted sets, and version vectors with an entry for each client, keep exactly the causally
        /// maximal writes.
        #[test]
        fn siblings_are_the_causally_maximal_writes(acts in proptest::collection::vec(act(), 0..40)) {
            let mut replicas = [Replica::default(), Replica::default(), Replica::default()];
            let mut clients = [Seen::default(), Seen::default(), Seen::default()];
            for (write, act) in (0u32..).zip(acts) {
                match act {
                    Act::Put { client, server } => {
                        let (seen, replica) = (&mut clients[client as usize], &mut replicas[server as usize]);
                        // The writer learns of its own write only by reading again: a dotted context cannot hold a lone
                        // dot. By client, each write counts as a client of its own.
                        replica.truth.put(&seen.truth, write);
                        replica.dotted.update(&seen.dotted, server, write);
                        replica.by_client.put(&seen.by_client, 10 + write as u8, write);
                    }
                    Act::Get { client, server } => {
                        let (seen, replica) = (&mut clients[client as usize], &replicas[server as usize]);
                        seen.truth.extend(replica.truth.context());
                        seen.dotted.merge(&replica.dotted.context());
                        seen.by_client.merge(&replica.by_client.context());
                    }
                    Act::Sync { from, to } => {
                        let source = replicas[from as usize].clone();
                        let target = &mut replicas[to as usize];
                        target.truth.merge(&source.truth);
                        target.dotted.merge(&source.dotted);
                        target.by_client.merge(&source.by_client);
                    }
                }
                for replica in &replicas {
                    prop_assert_eq!(sorted(replica.dotted.values().copied()), replica.truth.values());
                    prop_assert_eq!(sorted(replica.by_client.versions().iter().map(|(_, v)| *v)), replica.truth.values());
                }
            }
        }
    }

    #[test]
    fn dots_count_down_from_the_newest() {
        let mut set = DottedSet::default();
        let nothing = VersionVector::new();
        set.update(&nothing, "s", 'x');
        let after_x = set.context();
        set.update(&nothing, "s", 'y');
        set.update(&after_x, "s", 'z');
        assert_eq!(set.dotted().collect::<Vec<_>>(), [(&"s", 3, &'z'), (&"s", 2, &'y')]);
    }

    #[test]
    fn a_discarded_value_does_not_come_back() {
        let mut here = DottedSet::default();
        here.update(&VersionVector::new(), "s", 1);
        let mut there = here.clone();
        here.discard(&here.context());
        there.merge(&here);
        assert_eq!(there.values().count(), 0);
        here.merge(&there);
        assert_eq!(here, there);
    }
}
