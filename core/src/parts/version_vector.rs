//! Version vectors: which updates of one replicated object a version has seen (Parker et al., "Detection of mutual
//! inconsistency in distributed systems", IEEE TSE 1983; Dynamo, DeCandia et al. 2007, §4.4).

use crate::sorted::Map;
use std::fmt;

/// How two versions stand to each other in causal order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Causality {
    /// The first is an ancestor of the second: it can be thrown away.
    Before,
    /// The second is an ancestor of the first.
    After,
    /// They have seen the same updates.
    Equal,
    /// Neither has seen the other: a conflict.
    Concurrent,
}

impl Causality {
    /// From "the first is at most the second" and "the second is at most the first".
    pub fn from_le(le: bool, ge: bool) -> Self {
        match (le, ge) {
            (true, true) => Self::Equal,
            (true, false) => Self::Before,
            (false, true) => Self::After,
            (false, false) => Self::Concurrent,
        }
    }
}

/// A counter for each actor that has updated the object; an absent actor stands at 0.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct VersionVector<A: Ord> {
    counters: Map<A, u64>,
}

impl<A: Ord> Default for VersionVector<A> {
    fn default() -> Self {
        Self { counters: Map::new() }
    }
}

impl<A: Ord> FromIterator<(A, u64)> for VersionVector<A> {
    /// Entries of 0 are left out, so that equal vectors are equal values.
    fn from_iter<I: IntoIterator<Item = (A, u64)>>(entries: I) -> Self {
        Self { counters: entries.into_iter().filter(|(_, c)| *c > 0).collect() }
    }
}

impl<A: Ord + Clone> VersionVector<A> {
    /// The vector that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many of this actor's updates have been seen.
    pub fn get(&self, actor: &A) -> u64 {
        self.counters.get(actor).copied().unwrap_or(0)
    }

    /// How many actors have an entry: what the vector costs.
    pub fn len(&self) -> u32 {
        self.counters.len() as u32
    }

    /// Nothing has been seen.
    pub fn is_empty(&self) -> bool {
        self.counters.is_empty()
    }

    /// The entries in the order of their actors.
    pub fn iter(&self) -> impl Iterator<Item = (&A, u64)> {
        self.counters.iter().map(|(a, c)| (a, *c))
    }

    /// One more update by `actor`; gives its number.
    pub fn increment(&mut self, actor: A) -> u64 {
        let counter = self.counters.entry(actor).or_insert(0);
        *counter = counter.checked_add(1).expect("fewer than 2^64 updates");
        *counter
    }

    /// Raises this actor's entry to `counter` if it is lower.
    pub fn raise(&mut self, actor: A, counter: u64) {
        if counter > 0 {
            let entry = self.counters.entry(actor).or_insert(0);
            *entry = (*entry).max(counter);
        }
    }

    /// The least vector that has seen what either has seen: the maximum of each entry.
    pub fn merge(&mut self, other: &Self) {
        for (actor, counter) in other.iter() {
            self.raise(actor.clone(), counter);
        }
    }

    /// At most `other` in every entry: `other` has seen everything that this one has.
    pub fn le(&self, other: &Self) -> bool {
        self.iter().all(|(a, c)| c <= other.get(a))
    }

    /// Before: at most the other in all entries, less in one. Concurrent: each is ahead somewhere.
    pub fn compare(&self, other: &Self) -> Causality {
        Causality::from_le(self.le(other), other.le(self))
    }

    /// Forgets an actor: its updates count as never seen.
    pub fn forget(&mut self, actor: &A) {
        self.counters.remove(actor);
    }
}

impl<A: Ord + fmt::Display> fmt::Display for VersionVector<A> {
    /// `{n1:2 n2:1}`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (actor, counter)) in self.counters.iter().enumerate() {
            write!(f, "{}{actor}:{counter}", if i > 0 { " " } else { "" })?;
        }
        f.write_str("}")
    }
}

/// A version vector that remembers when each entry was last raised, so that it can be pruned as Dynamo does (§4.4):
/// above a limit the entry that has lain longest is removed. Pruning forgets history: it may report a conflict where
/// there was none, and never hides one between versions that were not pruned.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DatedVector<A: Ord> {
    vector: VersionVector<A>,
    touched_us: Map<A, u64>,
}

impl<A: Ord> Default for DatedVector<A> {
    fn default() -> Self {
        Self { vector: VersionVector::default(), touched_us: Map::new() }
    }
}

impl<A: Ord + Clone> DatedVector<A> {
    /// The vector without its dates.
    pub fn vector(&self) -> &VersionVector<A> {
        &self.vector
    }

    /// One more update by `actor` at `now_us` on the coordinator's clock.
    pub fn increment(&mut self, actor: A, now_us: u64) -> u64 {
        self.touched_us.insert(actor.clone(), now_us);
        self.vector.increment(actor)
    }

    /// The maximum of each entry, each with the date of the higher counter (the later one if equal).
    pub fn merge(&mut self, other: &Self) {
        for actor in other.touched_us.keys() {
            self.merge_of(actor, other);
        }
    }

    /// The same of one actor's entry alone.
    pub fn merge_of(&mut self, actor: &A, other: &Self) {
        let Some(theirs_us) = other.touched_us.get(actor).copied() else { return };
        let (counter, mine) = (other.vector.get(actor), self.vector.get(actor));
        if counter >= mine {
            let mine_us = self.touched_us.get(actor).copied().unwrap_or(0);
            let date_us = if counter > mine { theirs_us } else { theirs_us.max(mine_us) };
            self.touched_us.insert(actor.clone(), date_us);
            self.vector.raise(actor.clone(), counter);
        }
    }

    /// Causal order of the vectors; dates play no part in it.
    pub fn compare(&self, other: &Self) -> Causality {
        self.vector.compare(&other.vector)
    }

    /// Removes the entries that have lain longest until at most `limit` are left; gives the actors forgotten,
    /// oldest first. Equal dates fall in the order of their actors.
    pub fn prune(&mut self, limit: u32) -> Vec<A> {
        let mut forgotten = Vec::new();
        while self.vector.len() > limit {
            let oldest =
                self.touched_us.iter().min_by_key(|(_, us)| **us).expect("each entry has a date").0.clone();
            self.touched_us.remove(&oldest);
            self.vector.forget(&oldest);
            forgotten.push(oldest);
        }
        forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn vector() -> impl Strategy<Value = VersionVector<u8>> {
        proptest::collection::vec((0u8..4, 0u64..4), 0..5)
            .prop_map(|v| v.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
    }

    proptest! {
        #[test]
        fn merge_is_the_least_upper_bound(a in vector(), b in vector(), c in vector()) {
            let join = |x: &VersionVector<u8>, y: &VersionVector<u8>| { let mut z = x.clone(); z.merge(y); z };
            let ab = join(&a, &b);
            prop_assert!(a.le(&ab) && b.le(&ab));
            prop_assert_eq!(&ab, &join(&b, &a));
            prop_assert_eq!(join(&ab, &c), join(&a, &join(&b, &c)));
            prop_assert_eq!(&join(&a, &a), &a);
            prop_assert!(!(a.le(&c) && b.le(&c)) || ab.le(&c));
        }

        #[test]
        fn compare_is_the_definition(a in vector(), b in vector()) {
            let le = (0..4).all(|i| a.get(&i) <= b.get(&i));
            let ge = (0..4).all(|i| a.get(&i) >= b.get(&i));
            prop_assert_eq!(a.compare(&b), Causality::from_le(le, ge));
            prop_assert_eq!(a.compare(&b) == Causality::Equal, a == b);
        }

        #[test]
        fn pruning_keeps_the_latest(touches in proptest::collection::vec(0u8..6, 0..20), limit in 0u32..6) {
            let mut dated = DatedVector::default();
            for (now_us, actor) in touches.iter().enumerate() {
                dated.increment(*actor, now_us as u64);
            }
            let full = dated.clone();
            let forgotten = dated.prune(limit);
            prop_assert_eq!(dated.vector().len(), full.vector().len().min(limit));
            prop_assert!(dated.vector().le(full.vector()));
            for kept in dated.vector().iter().map(|(a, _)| a) {
                for gone in &forgotten {
                    prop_assert!(full.touched_us[kept] > full.touched_us[gone]);
                }
            }
        }
    }

    #[test]
    fn dynamos_figure_3() {
        // D1 [Sx,1]; D2 [Sx,2]; D3 [Sx,2 Sy,1] and D4 [Sx,2 Sz,1] conflict; D5 reconciles them at Sx.
        let mut d2 = VersionVector::new();
        d2.increment("Sx");
        let d1 = d2.clone();
        d2.increment("Sx");
        let (mut d3, mut d4) = (d2.clone(), d2.clone());
        d3.increment("Sy");
        d4.increment("Sz");
        assert_eq!(d1.compare(&d2), Causality::Before);
        assert_eq!(d3.compare(&d2), Causality::After);
        assert_eq!(d3.compare(&d4), Causality::Concurrent);
        let mut d5 = d3.clone();
        d5.merge(&d4);
        d5.increment("Sx");
        assert_eq!(d5.to_string(), "{Sx:3 Sy:1 Sz:1}");
        assert_eq!(d4.compare(&d5), Causality::Before);
    }

    #[test]
    fn a_pruned_ancestor_looks_like_a_conflict() {
        let mut old = DatedVector::default();
        old.increment("a", 1);
        let mut new = old.clone();
        new.increment("b", 2);
        new.increment("c", 3);
        assert_eq!(old.compare(&new), Causality::Before);
        assert_eq!(new.prune(2), ["a"]);
        assert_eq!(old.compare(&new), Causality::Concurrent);
    }
}
