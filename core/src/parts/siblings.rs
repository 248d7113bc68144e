//! Siblings under plain version vectors: the versions of one key that nobody has seen superseded, and the two ways in
//! which stamping them by server goes wrong (Preguiça et al., "Dotted version vectors", 2010/2012, §3; Riak's "sibling explosion").

use super::version_vector::VersionVector;

/// The concurrent versions of one key, each with a version vector of its own. Whose entry a write increments decides
/// whether it works:
///
/// - **the writer's**: right, with one entry for each client that ever wrote. A client must hand in a context that
///   contains its own last write ([`Siblings::put`] gives it back), or it reuses a number.
/// - **the coordinating server's**: two clients that write concurrently through one server get (s, 1) and (s, 2); the
///   second seems to supersede the first, which is silently lost ("false dominance"). [`super::dotted`] mends it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Siblings<A: Ord, V> {
    versions: Vec<(VersionVector<A>, V)>,
}

impl<A: Ord, V> Default for Siblings<A, V> {
    fn default() -> Self {
        Self { versions: Vec::new() }
    }
}

impl<A: Ord + Clone, V: Ord + Clone> Siblings<A, V> {
    /// The values that nobody has seen superseded, with their vectors, in the order of the vectors.
    pub fn versions(&self) -> &[(VersionVector<A>, V)] {
        &self.versions
    }

    /// What a reader of all the siblings has seen: hand it in with the next write.
    pub fn context(&self) -> VersionVector<A> {
        let mut context = VersionVector::new();
        for (vector, _) in &self.versions {
            context.merge(vector);
        }
        context
    }

    /// Writes `value` over what `context` has seen, incrementing `actor`'s entry beyond all that is known here.
    /// Gives the new version's vector, to be merged into the writer's context.
    pub fn put(&mut self, context: &VersionVector<A>, actor: A, value: V) -> VersionVector<A> {
        let mut vector = context.clone();
        vector.raise(actor.clone(), self.context().get(&actor));
        vector.increment(actor);
        self.insert(vector.clone(), value);
        vector
    }

    /// Takes in the versions of another replica; what is superseded on either side goes.
    pub fn merge(&mut self, other: &Self) {
        for (vector, value) in &other.versions {
            self.insert(vector.clone(), value.clone());
        }
    }

    fn insert(&mut self, vector: VersionVector<A>, value: V) {
        let superseded = |(v, x): &(VersionVector<A>, V)| vector.le(v) && (vector != *v || value <= *x);
        if self.versions.iter().any(superseded) {
            return;
        }
        // Equal vectors on different values (a reused number) keep the larger value, so that replicas agree all the same.
        self.versions.retain(|(v, _)| !v.le(&vector));
        let at = self.versions.partition_point(|(v, _)| *v < vector);
        self.versions.insert(at, (vector, value));
    }
}

/// The concurrent versions of one key under one version vector for all of them, stamped by server, as Riak did before
/// 2.0. Nothing is lost, but a write whose context is behind keeps *every* sibling, also those that its writer had
/// seen: with two clients writing in turn their number grows without bound.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Clump<A: Ord, V> {
    vector: VersionVector<A>,
    values: Vec<V>,
}

impl<A: Ord, V> Default for Clump<A, V> {
    fn default() -> Self {
        Self { vector: VersionVector::default(), values: Vec::new() }
    }
}

impl<A: Ord + Clone, V: Ord + Clone> Clump<A, V> {
    /// The siblings, in the order of their values.
    pub fn values(&self) -> &[V] {
        &self.values
    }

    /// What a reader has seen: hand it in with the next write.
    pub fn context(&self) -> &VersionVector<A> {
        &self.vector
    }

    /// Writes `value`: over everything if `context` has seen everything, beside everything if not.
    pub fn put(&mut self, context: &VersionVector<A>, server: A, value: V) {
        if self.vector.le(context) {
            self.values.clear();
        }
        self.vector.merge(context);
        self.vector.increment(server);
        self.add(value);
    }

    /// Takes in another replica's siblings: the newer clump if one has seen the other, else all of both.
    pub fn merge(&mut self, other: &Self) {
        if self.vector.le(&other.vector) && self.vector != other.vector {
            self.clone_from(other);
        } else if !other.vector.le(&self.vector) || self.vector == other.vector {
            other.values.iter().for_each(|value| self.add(value.clone()));
            self.vector.merge(&other.vector);
        }
    }

    fn add(&mut self, value: V) {
        if let Err(at) = self.values.binary_search(&value) {
            self.values.insert(at, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dotted::DottedSet;
    use super::*;

    fn values(siblings: &Siblings<&str, u32>) -> Vec<u32> {
        siblings.versions().iter().map(|(_, v)| *v).collect()
    }

    /// Two clients that have seen nothing write through one coordinator.
    #[test]
    fn through_one_coordinator_server_entries_lose_a_write_and_dots_keep_it() {
        let nothing = VersionVector::new();

        let mut by_server = Siblings::default();
        by_server.put(&nothing, "s", 1);
        by_server.put(&nothing, "s", 2);
        assert_eq!(values(&by_server), [2], "(s,2) seems to supersede (s,1)");

        let mut by_client = Siblings::default();
        by_client.put(&nothing, "a", 1);
        by_client.put(&nothing, "b", 2);
        assert_eq!(values(&by_client), [1, 2]);

        let mut dotted = DottedSet::default();
        dotted.update(&nothing, "s", 1);
        dotted.update(&nothing, "s", 2);
        assert_eq!(dotted.values().copied().collect::<Vec<_>>(), [2, 1]);
    }

    /// Two clients write in turn, each over what it last got back: with dots one sibling each, clumped one for each write.
    #[test]
    fn interleaved_writers_explode_a_clump_and_not_a_dotted_set() {
        let (mut clump, mut dotted) = (Clump::default(), DottedSet::default());
        let mut seen =
            [(VersionVector::new(), VersionVector::new()), (VersionVector::new(), VersionVector::new())];
        for write in 0..20u32 {
            let (clump_seen, dotted_seen) = &mut seen[write as usize % 2];
            clump.put(clump_seen, "s", write);
            dotted.update(dotted_seen, "s", write);
            // The reply brings the context as it was right after this client's own write.
            (*clump_seen, *dotted_seen) = (clump.context().clone(), dotted.context());
        }
        assert_eq!(clump.values().len(), 20);
        assert_eq!(dotted.values().count(), 2);
    }

    #[test]
    fn a_read_before_the_write_reconciles() {
        let mut at_server = Siblings::default();
        at_server.put(&VersionVector::new(), "a", 1);
        at_server.put(&VersionVector::new(), "b", 2);
        let context = at_server.context();
        at_server.put(&context, "a", 3);
        assert_eq!(values(&at_server), [3]);
    }

    #[test]
    fn clumps_merge_by_history() {
        let mut old = Clump::default();
        old.put(&VersionVector::new(), "s", 1);
        let mut new = old.clone();
        new.put(&old.context().clone(), "s", 2);
        let mut other = old.clone();
        other.put(&old.context().clone(), "t", 3);
        let mut merged = old.clone();
        merged.merge(&new);
        assert_eq!(merged, new);
        merged.merge(&old);
        assert_eq!(merged, new);
        merged.merge(&other);
        assert_eq!(merged.values(), [2, 3]);
    }
}
