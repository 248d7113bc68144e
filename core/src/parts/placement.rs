//! What all partitioning schemes answer: which node has a key, and which others hold its copies.

/// A way to place keys on nodes. Keys come as 64-bit hashes, or as places in an ordered key space for
/// [`super::range::RangeTable`]; nodes as numbers.
pub trait Placement {
    /// The nodes, in the scheme's own order; at least one.
    fn nodes(&self) -> &[u32];

    /// The node that has this key.
    fn owner(&self, key: u64) -> u32;

    /// The nodes of `count` copies: the owner first, all distinct; all nodes if there are no more. Unless a scheme has an
    /// order of its own, the owner's successors in [`Placement::nodes`].
    fn replicas(&self, key: u64, count: u32) -> Vec<u32> {
        let (nodes, owner) = (self.nodes(), self.owner(key));
        let at = nodes.iter().position(|n| *n == owner).expect("an owner is a node");
        nodes.iter().cycle().skip(at).take(nodes.len().min(count as usize)).copied().collect()
    }
}

/// A tally of keys by node, in the order of [`Placement::nodes`].
pub fn loads(placement: &impl Placement, keys: impl Iterator<Item = u64>) -> Vec<u64> {
    let nodes = placement.nodes();
    // Nodes are few and numbered from near 0: a table by number is faster than a search for each of a million keys.
    let mut by_number = vec![0u64; nodes.iter().max().map_or(0, |n| *n as usize + 1)];
    keys.for_each(|key| by_number[placement.owner(key) as usize] += 1);
    nodes.iter().map(|n| by_number[*n as usize]).collect()
}

#[cfg(test)]
pub(super) mod testing {
    //! What every scheme must keep.
    use super::*;
    use crate::sim::dice::remix;

    /// Hashed keys.
    pub fn keys(count: u64) -> impl Iterator<Item = u64> {
        (0..count).map(|k| remix(k, 7))
    }

    /// How many of the keys have another owner after; checks that all of these went to `to`, where one is given.
    pub fn moved(before: &impl Placement, after: &impl Placement, count: u64, to: Option<u32>) -> u64 {
        keys(count)
            .filter(|key| {
                let (was, is) = (before.owner(*key), after.owner(*key));
                assert!(was == is || to.is_none_or(|node| is == node), "a key moved from {was} to {is}");
                was != is
            })
            .count() as u64
    }

    /// Replicas are distinct nodes, led by the owner.
    pub fn assert_replicas(placement: &impl Placement) {
        for (key, count) in keys(200).zip((1..=placement.nodes().len() as u32 + 2).cycle()) {
            let replicas = placement.replicas(key, count);
            assert_eq!(replicas[0], placement.owner(key));
            assert_eq!(replicas.len(), placement.nodes().len().min(count as usize));
            let mut distinct = replicas.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), replicas.len());
            assert!(replicas.iter().all(|r| placement.nodes().contains(r)));
        }
    }

    /// A share of n independent keys is p within four standard errors.
    pub fn assert_share(count: u64, n: u64, p: f64) {
        let share = count as f64 / n as f64;
        assert!((share - p).abs() <= 4.0 * (p * (1.0 - p) / n as f64).sqrt(), "{share} is not {p}");
    }
}
