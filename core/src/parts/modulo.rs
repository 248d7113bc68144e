//! Hash modulo N: even shares, and almost everything moves when N changes.

use super::placement::Placement;

/// The nodes, in the order of their remainders.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Modulo {
    nodes: Vec<u32>,
}

impl Modulo {
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

    /// A node leaves and those after it move up; false if it is not there, or is the only one.
    pub fn remove(&mut self, node: u32) -> bool {
        let found = self.nodes.iter().position(|n| *n == node).filter(|_| self.nodes.len() > 1);
        found.is_some_and(|at| {
            self.nodes.remove(at);
            true
        })
    }
}

impl Placement for Modulo {
    fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    fn owner(&self, key: u64) -> u32 {
        self.nodes[(key % self.nodes.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::placement::testing::*;
    use super::*;

    #[test]
    fn a_change_of_n_moves_nearly_everything() {
        // Exactly 1 − min(n, m) / lcm(n, m) of whole cycles of consecutive integers, and that share of hashed keys.
        for (n, m, lcm, share) in [(3, 4, 12, 0.75), (9, 10, 90, 0.9), (10, 20, 20, 0.5), (4, 3, 12, 0.75)] {
            let (before, after) = (Modulo::of(n), Modulo::of(m));
            let moved_exactly = (0..lcm).filter(|k| before.owner(*k) != after.owner(*k)).count() as u64;
            assert_eq!(moved_exactly, lcm - u64::from(n.min(m)));
            assert_share(moved(&before, &after, 20_000, None), 20_000, share);
        }
    }

    #[test]
    fn replicas_are_the_next_nodes() {
        assert_replicas(&Modulo::of(5));
        assert_eq!(Modulo::of(5).replicas(13, 3), [3, 4, 0]);
        let mut four = Modulo::of(5);
        assert!(four.remove(1));
        assert_eq!(four.owner(1), 2);
    }
}
