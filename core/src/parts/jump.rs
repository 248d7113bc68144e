//! Jump consistent hash: even shares and least moves with no memory at all, for nodes that come and go only at the end of
//! the list (Lamping & Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014).

use super::placement::Placement;

/// The bucket of a key among `buckets`, in about ln(buckets) steps.
///
/// # Panics
/// Without a bucket.
pub fn jump(mut key: u64, buckets: u32) -> u32 {
    assert!(buckets > 0, "at least one bucket");
    let (mut bucket, mut next) = (0u64, 0u64);
    while next < u64::from(buckets) {
        bucket = next;
        // The paper's linear congruential generator, and its division: exact in every browser, only + × ÷ on floats.
        key = key.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        next = ((bucket + 1) as f64 * ((1u64 << 31) as f64 / ((key >> 33) + 1) as f64)) as u64;
    }
    bucket as u32
}

/// Jump hash over a list of nodes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Jump {
    nodes: Vec<u32>,
}

impl Jump {
    /// Nodes 0 to `nodes` − 1.
    ///
    /// # Panics
    /// Without a node.
    pub fn of(nodes: u32) -> Self {
        assert!(nodes > 0, "at least one node");
        Self { nodes: (0..nodes).collect() }
    }

    /// A node joins at the end.
    pub fn add(&mut self, node: u32) {
        assert!(!self.nodes.contains(&node), "a node joins once");
        self.nodes.push(node);
    }

    /// A node leaves; false if it is not there, or is the only one. Only the last one leaves cheaply: in any other's place
    /// the last is put, so that its keys move as well.
    pub fn remove(&mut self, node: u32) -> bool {
        let found = self.nodes.iter().position(|n| *n == node).filter(|_| self.nodes.len() > 1);
        found.is_some_and(|at| {
            self.nodes.swap_remove(at);
            true
        })
    }
}

impl Placement for Jump {
    fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    fn owner(&self, key: u64) -> u32 {
        self.nodes[jump(key, self.nodes.len() as u32) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::placement::{loads, testing::*};
    use super::*;

    #[test]
    fn golden_values() {
        let buckets = |key| (1..=19).map(|n| jump(key, n)).collect::<Vec<_>>();
        assert_eq!(buckets(1), [0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 17, 17]);
        assert_eq!(buckets(0xdead_beef), [0, 1, 2, 3, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 16, 16, 16]);
    }

    #[test]
    fn shares_are_even_and_a_join_moves_only_to_the_new_node() {
        let n = 20_000;
        let before = Jump::of(9);
        let mut after = before.clone();
        after.add(9);
        assert_share(moved(&before, &after, n, Some(9)), n, 0.1);
        loads(&after, keys(n)).into_iter().for_each(|load| assert_share(load, n, 0.1));
        assert_replicas(&after);
        assert!(after.remove(9));
        assert_eq!(after, before);
    }

    #[test]
    fn the_last_node_fills_a_gap() {
        let before = Jump::of(5);
        let mut after = before.clone();
        assert!(after.remove(1) && !after.remove(1));
        // Keys of 1 and of 4 move, and nothing else: 4 gets those of 1, and its own spread over all.
        for key in keys(2_000) {
            let (was, is) = (before.owner(key), after.owner(key));
            assert!(was == is || was == 1 || was == 4);
            assert!(was != 1 || is == 4);
        }
        assert!(!Jump::of(1).remove(0));
    }
}
