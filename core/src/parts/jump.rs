//! Jump consistent hash: even shares and least moves with no memory at all, for nodes that come and go only at the end of
//! the list (Lamping & Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014). What becomes of the list when another one
//! leaves is for its user to say: the last takes the gap, or all behind it move up, as in a client that drops a server from its list.

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

    /// A node leaves, and the last one is put in its place, so that its keys move as well; false if it is not there, or is the only
    /// one. Only the last one leaves cheaply.
    pub fn replace(&mut self, node: u32) -> bool {
        self.leave(node, |nodes, at| nodes.swap_remove(at))
    }

    /// A node leaves, and those behind it move up by one place each, so that all their keys move; false if it is not there, or is the
    /// only one.
    pub fn drop_out(&mut self, node: u32) -> bool {
        self.leave(node, |nodes, at| nodes.remove(at))
    }

    fn leave(&mut self, node: u32, take: fn(&mut Vec<u32>, usize) -> u32) -> bool {
        let found = self.nodes.iter().position(|n| *n == node).filter(|_| self.nodes.len() > 1);
        found.is_some_and(|at| take(&mut self.nodes, at) == node)
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
        assert!(after.replace(9));
        assert_eq!(after, before);
    }

    #[test]
    fn the_last_node_fills_a_gap() {
        let before = Jump::of(5);
        let mut after = before.clone();
        assert!(after.replace(1) && !after.replace(1));
        // Keys of 1 and of 4 move, and nothing else: 4 gets those of 1, and its own spread over all.
        for key in keys(2_000) {
            let (was, is) = (before.owner(key), after.owner(key));
            assert!(was == is || was == 1 || was == 4);
            assert!(was != 1 || is == 4);
        }
        assert!(!Jump::of(1).replace(0));
    }

    #[test]
    fn a_node_that_drops_out_moves_the_keys_of_all_behind_it() {
        let before = Jump::of(4);
        let share = |leave: fn(&mut Jump, u32) -> bool, node: u32| {
            let mut after = before.clone();
            assert!(leave(&mut after, node) && !leave(&mut after, node));
            moved(&before, &after, 20_000, None)
        };
        // The keys of the one that leaves, and of the last those that do not come to its new place by chance.
        assert_share(share(Jump::replace, 1), 20_000, 5.0 / 12.0);
        assert_share(share(Jump::drop_out, 1), 20_000, 2.0 / 3.0);
        assert_eq!(share(Jump::replace, 3), share(Jump::drop_out, 3), "the last one leaves no gap");
    }
}
