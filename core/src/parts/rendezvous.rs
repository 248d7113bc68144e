//! Rendezvous hashing, or highest random weight: each key scores every node and takes the best (Thaler & Ravishankar,
//! IEEE/ACM ToN 1998; weights by logarithms: Schindelhauer & Schomaker, SPAA 2005).

use super::placement::Placement;
use crate::sim::dice::{remix, unit};

/// The most nodes that [`Rendezvous::best`] finds for a key.
pub const MAX_BEST: usize = 16;

/// The nodes with their weights. A look-up asks every node; there is nothing to store.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Rendezvous {
    /// Ascending.
    nodes: Vec<u32>,
    weights: Vec<u32>,
    /// Some weight differs from another: scores need logarithms; otherwise hashes compare as their scores do.
    uneven: bool,
}

impl Rendezvous {
    /// Without any node.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nodes 0 to `nodes` − 1, all of weight 1.
    pub fn of(nodes: u32) -> Self {
        Self { nodes: (0..nodes).collect(), weights: vec![1; nodes as usize], uneven: false }
    }

    /// A node joins; its share is proportional to its weight.
    ///
    /// # Panics
    /// If it is there already, or its weight is 0.
    pub fn add(&mut self, node: u32, weight: u32) {
        assert!(weight > 0, "node {node} has weight 0");
        let at = self.nodes.binary_search(&node).expect_err("a node joins once");
        self.nodes.insert(at, node);
        self.weights.insert(at, weight);
        self.compare_weights();
    }

    /// A node leaves; false if it was not there.
    pub fn remove(&mut self, node: u32) -> bool {
        let Ok(at) = self.nodes.binary_search(&node) else { return false };
        self.nodes.remove(at);
        self.weights.remove(at);
        self.compare_weights();
        true
    }

    fn compare_weights(&mut self) {
        self.uneven = self.weights.iter().any(|weight| *weight != self.weights[0]);
    }

    /// The nodes with the best scores for a key, the best first, into a list that is used again: one pass, nothing allocated.
    ///
    /// # Panics
    /// If more than [`MAX_BEST`] are wanted.
    pub fn best(&self, key: u64, count: usize, into: &mut Vec<u32>) {
        let wanted = count.min(self.nodes.len());
        assert!(wanted <= MAX_BEST, "{wanted} copies of a key; {MAX_BEST} are the most");
        let mut ranks = [u64::MAX; MAX_BEST];
        into.clear();
        // The last of equals wins, so it comes first.
        for at in (0..self.nodes.len()).rev() {
            // No score is above 0, and floats from 0 up are in the order of their bits.
            let rank = match self.uneven {
                false => !remix(key, u64::from(self.nodes[at])),
                true => (0.0 - self.score(key, at)).to_bits(),
            };
            if into.len() == wanted && ranks[wanted - 1] <= rank {
                continue;
            }
            let place = ranks[..into.len()].iter().position(|other| *other > rank).unwrap_or(into.len());
            if into.len() == wanted {
                into.pop();
            }
            into.insert(place, self.nodes[at]);
            ranks.copy_within(place..wanted - 1, place + 1);
            ranks[place] = rank;
        }
    }

    /// What chance gives this node for this key, between 0 and 1.
    fn draw(&self, key: u64, at: usize) -> f64 {
        unit(remix(key, u64::from(self.nodes[at])))
    }

    /// ln(u) / weight, below 0: the highest of independent scores is a node's with chance weight / total.
    fn score(&self, key: u64, at: usize) -> f64 {
        libm::log(self.draw(key, at)) / f64::from(self.weights[at])
    }
}

impl Placement for Rendezvous {
    fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    fn owner(&self, key: u64) -> u32 {
        if !self.uneven {
            // The last of equals wins, here as below.
            return *self
                .nodes
                .iter()
                .max_by_key(|node| remix(key, u64::from(**node)))
                .expect("at least one node");
        }
        let mut best = (f64::NEG_INFINITY, 0);
        for at in 0..self.nodes.len() {
            // ln u ≤ u − 1: most nodes are out of the question without a logarithm.
            let at_most = (self.draw(key, at) - 1.0) / f64::from(self.weights[at]);
            if at_most >= best.0 {
                let score = self.score(key, at);
                if score >= best.0 {
                    best = (score, at);
                }
            }
        }
        self.nodes[best.1]
    }

    /// The next best scores.
    fn replicas(&self, key: u64, count: u32) -> Vec<u32> {
        let mut best = Vec::with_capacity(count as usize);
        self.best(key, count as usize, &mut best);
        best
    }
}

#[cfg(test)]
mod tests {
    use super::super::placement::{loads, testing::*};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_follow_weights() {
        let mut nodes = Rendezvous::of(3);
        nodes.add(7, 2);
        let n = 20_000;
        for (load, share) in loads(&nodes, keys(n)).into_iter().zip([0.2, 0.2, 0.2, 0.4]) {
            assert_share(load, n, share);
        }
        for load in loads(&Rendezvous::of(10), keys(n)) {
            assert_share(load, n, 0.1);
        }
    }

    #[test]
    fn a_join_moves_its_share() {
        let before = Rendezvous::of(9);
        let mut after = before.clone();
        after.add(9, 1);
        assert_share(moved(&before, &after, 20_000, Some(9)), 20_000, 0.1);
    }

    proptest! {
        #[test]
        fn a_node_takes_keys_only_to_itself(weights in proptest::collection::vec(1u32..4, 1..6), joining in 1u32..4) {
            let mut before = Rendezvous::new();
            (0u32..).zip(&weights).for_each(|(node, w)| before.add(node, *w));
            let mut after = before.clone();
            after.add(9, joining);
            moved(&before, &after, 200, Some(9));
            assert_replicas(&after);
            prop_assert!(after.remove(9) && !after.remove(9));
            prop_assert_eq!(after, before);
        }
    }
}
