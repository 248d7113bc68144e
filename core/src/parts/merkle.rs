//! A Merkle tree over a hashed key space: two replicas find out which keys differ by exchanging few hashes
//! (Merkle, CRYPTO 1987; anti-entropy in Dynamo §4.7 and Cassandra's repair).

use crate::sim::dice::remix;
use crate::sorted::Map;

/// Deepest tree: 65,536 leaves.
pub const MAX_DEPTH: u32 = 16;

/// A complete binary tree of the given depth. The first `depth` bits of a key's hash choose its leaf; a leaf's hash is
/// that of the set of its keys with their versions, an inner node's that of its two children. Hashes are 64 bits of
/// [`remix`]: enough against chance, none against malice.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MerkleTree {
    depth: u32,
    /// Version hash by key hash.
    keys: Map<u64, u64>,
    /// Heap order: the root is node 1, the children of i are 2i and 2i + 1, leaf l is node 2^depth + l; 0 is unused.
    nodes: Vec<u64>,
}

impl MerkleTree {
    /// A tree without keys.
    ///
    /// # Panics
    /// If `depth` is above [`MAX_DEPTH`].
    pub fn new(depth: u32) -> Self {
        assert!(depth <= MAX_DEPTH, "a tree of depth {depth} has more than 2^{MAX_DEPTH} leaves");
        let leaves = 1usize << depth;
        let mut nodes = vec![0; 2 * leaves];
        for i in (1..leaves).rev() {
            nodes[i] = inner(nodes[2 * i], nodes[2 * i + 1]);
        }
        Self { depth, keys: Map::new(), nodes }
    }

    /// Levels below the root.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// The hash of everything.
    pub fn root(&self) -> u64 {
        self.nodes[1]
    }

    /// The key stands at this version from now on; both are hashes. Costs `depth` hashes.
    pub fn set(&mut self, key_hash: u64, version_hash: u64) {
        let old = self.keys.insert(key_hash, version_hash);
        let change = item(key_hash, version_hash).wrapping_sub(old.map_or(0, |v| item(key_hash, v)));
        self.change(key_hash, change);
    }

    /// The key is not held any more.
    pub fn remove(&mut self, key_hash: u64) {
        if let Some(old) = self.keys.remove(&key_hash) {
            self.change(key_hash, item(key_hash, old).wrapping_neg());
        }
    }

    /// The leaf that a key belongs to.
    pub fn leaf_of(&self, key_hash: u64) -> u32 {
        key_hash.checked_shr(64 - self.depth).unwrap_or(0) as u32
    }

    /// The keys of a leaf with their versions (both as hashes), in order.
    pub fn leaf(&self, leaf: u32) -> impl Iterator<Item = (u64, u64)> {
        assert!(u64::from(leaf) < 1 << self.depth, "leaf {leaf} of a tree of depth {}", self.depth);
        let first = u64::from(leaf).checked_shl(64 - self.depth).unwrap_or(0);
        let last = first | u64::MAX.checked_shr(self.depth).unwrap_or(0);
        self.keys.range(first..=last).map(|(k, v)| (*k, *v))
    }

    /// Opens an exchange: the root's hash.
    pub fn open(&self) -> Offer {
        Offer { level: 0, hashes: vec![(0, self.root())] }
    }

    /// Compares a peer's hashes with one's own. Each side keeps nothing but its tree: the exchange is in the messages.
    ///
    /// # Panics
    /// If the offer comes from a tree of another depth and goes below this one's leaves.
    pub fn answer(&self, offer: &Offer) -> Answer {
        assert!(offer.level <= self.depth, "peers compare trees of one depth");
        let first = 1u32 << offer.level;
        let node = |place: u32| self.nodes[(first + place) as usize];
        let differ =
            || offer.hashes.iter().filter(|(place, hash)| node(*place) != *hash).map(|(place, _)| *place);
        if differ().next().is_none() {
            Answer::Same
        } else if offer.level == self.depth {
            Answer::Leaves(differ().collect())
        } else {
            let child = |c: u32| (c, self.nodes[(2 * first + c) as usize]);
            let hashes = differ().flat_map(|place| [child(2 * place), child(2 * place + 1)]).collect();
            Answer::Deeper(Offer { level: offer.level + 1, hashes })
        }
    }

    /// The sum of a leaf's items changes by `change`; its ancestors follow. A sum does not depend on the order of
    /// updates and can be taken back.
    fn change(&mut self, key_hash: u64, change: u64) {
        let mut i = (1usize << self.depth) + self.leaf_of(key_hash) as usize;
        self.nodes[i] = self.nodes[i].wrapping_add(change);
        while i > 1 {
            i /= 2;
            self.nodes[i] = inner(self.nodes[2 * i], self.nodes[2 * i + 1]);
        }
    }
}

/// A message of the exchange: the hashes of some nodes of one level, by their place in it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Offer {
    /// 0 is the root.
    pub level: u32,
    /// Place in the level and hash.
    pub hashes: Vec<(u32, u64)>,
}

/// What comes back on an [`Offer`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// Nothing differs: the exchange is over.
    Same,
    /// The children of the nodes that differ: now the peer answers.
    Deeper(Offer),
    /// These leaves differ: their keys are to be exchanged.
    Leaves(Vec<u32>),
}

/// What a whole exchange found and cost.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Exchange {
    /// The leaves that differ.
    pub leaves: Vec<u32>,
    /// Hashes sent, both ways: 1 + 2·depth for one differing key.
    pub hashes: u64,
    /// Messages that carried hashes.
    pub messages: u64,
}

/// Plays the exchange between two trees of one depth, `a` beginning.
pub fn exchange(a: &MerkleTree, b: &MerkleTree) -> Exchange {
    let (mut offer, mut answering, mut waiting) = (a.open(), b, a);
    let (mut hashes, mut messages) = (0, 0);
    loop {
        hashes += offer.hashes.len() as u64;
        messages += 1;
        match answering.answer(&offer) {
            Answer::Same => return Exchange { leaves: Vec::new(), hashes, messages },
            Answer::Leaves(leaves) => return Exchange { leaves, hashes, messages },
            Answer::Deeper(deeper) => offer = deeper,
        }
        std::mem::swap(&mut answering, &mut waiting);
    }
}

/// One key at one version, as a summand of its leaf.
fn item(key_hash: u64, version_hash: u64) -> u64 {
    remix(remix(key_hash, 0), version_hash)
}

/// Two children, in their order.
fn inner(left: u64, right: u64) -> u64 {
    remix(remix(left, 1), right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn tree(depth: u32, keys: &[(u64, u64)]) -> MerkleTree {
        let mut tree = MerkleTree::new(depth);
        keys.iter().for_each(|(k, v)| tree.set(remix(*k, 0), *v));
        tree
    }

    #[test]
    fn one_differing_key_costs_one_and_twice_the_depth() {
        for depth in [0, 1, 4, 10, MAX_DEPTH] {
            let keys: Vec<_> = (0..500).map(|k| (k, 1)).collect();
            let a = tree(depth, &keys);
            let mut b = a.clone();
            b.set(remix(123, 0), 2);
            let found = exchange(&a, &b);
            assert_eq!(found.leaves, [a.leaf_of(remix(123, 0))]);
            assert_eq!(found.hashes, u64::from(1 + 2 * depth));
            assert_eq!(found.messages, u64::from(1 + depth));
            b.set(remix(123, 0), 1);
            assert_eq!(exchange(&a, &b), Exchange { leaves: vec![], hashes: 1, messages: 1 });
        }
    }

    proptest! {
        #[test]
        fn exchange_finds_exactly_the_differing_leaves(
            depth in 0u32..7,
            a in proptest::collection::vec((0u64..60, 0u64..3), 0..40),
            b in proptest::collection::vec((0u64..60, 0u64..3), 0..40),
        ) {
            let (a, b) = (tree(depth, &a), tree(depth, &b));
            let differing: BTreeSet<u32> = (0..60).map(|k| remix(k, 0)).filter(|k| a.keys.get(k) != b.keys.get(k)).map(|k| a.leaf_of(k)).collect();
            let found = exchange(&a, &b);
            prop_assert_eq!(&found.leaves, &differing.iter().copied().collect::<Vec<_>>());
            // Theory: the root, and two hashes for each differing inner node.
            let mut inner_nodes = 0;
            for level in 0..depth {
                inner_nodes += differing.iter().map(|leaf| leaf >> (depth - level)).collect::<BTreeSet<_>>().len() as u64;
            }
            prop_assert_eq!(found.hashes, 1 + 2 * inner_nodes);
            for leaf in found.leaves {
                prop_assert!(!a.leaf(leaf).eq(b.leaf(leaf)));
            }
        }

        #[test]
        fn the_tree_depends_on_its_keys_only(keys in proptest::collection::vec((0u64..20, 0u64..3), 0..40), gone in 0u64..20) {
            let mut a = tree(4, &keys);
            let last: Map<u64, u64> = keys.iter().copied().filter(|(k, _)| *k != gone).collect();
            a.remove(remix(gone, 0));
            let b = tree(4, &last.into_iter().rev().collect::<Vec<_>>());
            prop_assert_eq!(a, b);
        }
    }
}
