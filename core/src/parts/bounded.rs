//! Consistent hashing with bounded loads: a full node passes keys on to the next on the ring, so that none has more than
//! (1 + ε) times the average (Mirrokni, Thorup, Zadimoghaddam, SODA 2018), or than what its weight makes of it (as HAProxy's
//! `hash-balance-factor` and Envoy's `hash_balance_factor` do).

use super::placement::Placement;
use super::ring::Ring;
use crate::sim::dice::MILLION;
use std::collections::{BTreeMap, BTreeSet};

/// ⌈(1 + ε) · keys · weight / weights⌉: what a node of this weight may hold at most, beside all those that have keys; with equal weights
/// ⌈(1 + ε) · keys / nodes⌉. ε is in millionths.
pub fn capacity(keys: u64, weight: u32, weights: u64, epsilon: u32) -> u64 {
    let scaled = u128::from(keys) * u128::from(weight) * u128::from(MILLION + u64::from(epsilon));
    u64::try_from(scaled.div_ceil(u128::from(MILLION) * u128::from(weights)))
        .expect("less than twice the keys, or ε is absurd")
}

/// The sum of a ring's weights.
fn total(ring: &Ring) -> u64 {
    ring.weights().iter().copied().map(u64::from).sum()
}

/// Where the keys of a whole set are.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Assignment {
    /// The node of each key, in the order given.
    pub owners: Vec<u32>,
    /// How many are not where the ring alone would put them.
    pub forwarded: u64,
}

/// Places a whole set of keys, in the order given, each on the first node clockwise that has room. For many keys at once:
/// a million take as long as their look-ups.
pub fn assign(ring: &Ring, epsilon: u32, keys: &[u64]) -> Assignment {
    let mut assigner = Assigner::new(ring, epsilon, keys.len() as u64);
    let owners = keys.iter().map(|key| assigner.place(ring, *key)).collect();
    Assignment { owners, forwarded: assigner.forwarded }
}

/// Does the same key by key, for who cannot wait for all.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Assigner {
    /// How many more keys each node has room for.
    room: Vec<u64>,
    forwarded: u64,
}

impl Assigner {
    /// For so many keys on the nodes of a ring, with ε in millionths.
    pub fn new(ring: &Ring, epsilon: u32, keys: u64) -> Assigner {
        let weights = total(ring);
        let mut room = vec![0u64; ring.nodes().iter().max().map_or(0, |n| *n as usize + 1)];
        for (node, weight) in ring.nodes().iter().zip(ring.weights()) {
            room[*node as usize] = capacity(keys, *weight, weights, epsilon);
        }
        Assigner { room, forwarded: 0 }
    }

    /// Gives the next key its node.
    pub fn place(&mut self, ring: &Ring, key: u64) -> u32 {
        let mut points = ring.walk(key);
        let first = points.next().expect("a ring with a node").node;
        let has_room = |node: u32| self.room[node as usize] > 0;
        let owner = if has_room(first) {
            first
        } else {
            points.map(|p| p.node).find(|n| has_room(*n)).expect("not all are full")
        };
        self.forwarded += u64::from(owner != first);
        self.room[owner as usize] -= 1;
        owner
    }

    /// How many so far are not where the ring alone would put them.
    pub fn forwarded(&self) -> u64 {
        self.forwarded
    }
}

/// A key that changed its node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Move {
    /// The key's hash.
    pub key: u64,
    /// Where it was.
    pub from: u32,
    /// Where it is.
    pub to: u32,
}

/// A set of keys that changes, on nodes that change. After every change no node holds more than [`capacity`]; where that
/// has shrunk, full nodes pass keys on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Bounded {
    ring: Ring,
    epsilon: u32,
    count: u64,
    held: BTreeMap<u32, BTreeSet<u64>>,
}

impl Bounded {
    /// No keys yet, on the nodes of a ring, with ε in millionths.
    ///
    /// # Panics
    /// Without a node.
    pub fn new(ring: Ring, epsilon: u32) -> Self {
        assert!(!ring.nodes().is_empty(), "at least one node");
        let held = ring.nodes().iter().map(|n| (*n, BTreeSet::new())).collect();
        Self { ring, epsilon, count: 0, held }
    }

    /// What each node may hold now.
    pub fn capacities(&self) -> BTreeMap<u32, u64> {
        let weights = total(&self.ring);
        let nodes = self.ring.nodes().iter().zip(self.ring.weights());
        nodes.map(|(node, weight)| (*node, capacity(self.count, *weight, weights, self.epsilon))).collect()
    }

    /// How many keys each node has.
    pub fn loads(&self) -> impl Iterator<Item = (u32, u64)> {
        self.held.iter().map(|(node, keys)| (*node, keys.len() as u64))
    }

    /// The node of a key: found by walking from its place, as a client would.
    pub fn owner(&self, key: u64) -> Option<u32> {
        self.ring.walk(key).map(|p| p.node).find(|node| self.held[node].contains(&key))
    }

    /// A key arrives; gives its node. One that is there already stays.
    pub fn insert(&mut self, key: u64) -> u32 {
        if let Some(owner) = self.owner(key) {
            return owner;
        }
        self.count += 1;
        self.place(key)
    }

    /// A key leaves; gives what had to move because the capacity shrank.
    pub fn remove(&mut self, key: u64) -> Vec<Move> {
        let Some(owner) = self.owner(key) else { return Vec::new() };
        self.held.get_mut(&owner).expect("an owner is a node").remove(&key);
        self.count -= 1;
        self.settle()
    }

    /// A node joins: it takes the keys that the ring gives it, as far as it has room, and those that others must pass on.
    pub fn add_node(&mut self, node: u32, weight: u32) -> Vec<Move> {
        self.ring.add(node, weight);
        self.held.insert(node, BTreeSet::new());
        let room = usize::try_from(self.capacities()[&node]).unwrap_or(usize::MAX);
        let all = self.held.iter().flat_map(|(from, keys)| keys.iter().map(|key| (*key, *from)));
        let mut due: Vec<(u64, u32)> = all.filter(|(key, _)| self.ring.owner(*key) == node).collect();
        due.sort_unstable();
        due.truncate(room);
        let mut moves: Vec<Move> = due.into_iter().map(|(key, from)| Move { key, from, to: node }).collect();
        for Move { key, from, to } in &moves {
            self.held.get_mut(from).expect("a node").remove(key);
            self.held.get_mut(to).expect("a node").insert(*key);
        }
        moves.extend(self.settle());
        moves
    }

    /// A node leaves: its keys go to the next that have room. Nothing else moves. None if it is not there, or is the only one.
    pub fn remove_node(&mut self, node: u32) -> Option<Vec<Move>> {
        if self.held.len() == 1 || !self.ring.remove(node) {
            return None;
        }
        let orphans = self.held.remove(&node).expect("a node of the ring");
        Some(orphans.into_iter().map(|key| Move { key, from: node, to: self.place(key) }).collect())
    }

    fn place(&mut self, key: u64) -> u32 {
        let capacities = self.capacities();
        let mut clockwise = self.ring.walk(key).map(|p| p.node);
        let has_room = |node: &u32| (self.held[node].len() as u64) < capacities[node];
        let owner = clockwise.find(has_room).expect("not all are full");
        self.held.get_mut(&owner).expect("a node").insert(key);
        owner
    }

    /// Full nodes pass their last keys on until none holds too much.
    fn settle(&mut self) -> Vec<Move> {
        let mut moves = Vec::new();
        for (node, capacity) in self.capacities() {
            while self.held[&node].len() as u64 > capacity {
                let key =
                    self.held.get_mut(&node).expect("a node").pop_last().expect("more than its capacity");
                moves.push(Move { key, from: node, to: self.place(key) });
            }
        }
        moves
    }
}

#[cfg(test)]
mod tests {
    use super::super::placement::testing::keys;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_whole_set_is_within_the_bound_and_few_are_forwarded() {
        let (ring, keys) = (Ring::of(10, 100, 1), keys(20_000).collect::<Vec<_>>());
        for (epsilon, capacity_expected) in [(0, 2_000), (100_000, 2_200), (250_000, 2_500)] {
            let assignment = assign(&ring, epsilon, &keys);
            assert_eq!(capacity(20_000, 1, 10, epsilon), capacity_expected);
            for node in 0..10 {
                let load = assignment.owners.iter().filter(|o| **o == node).count() as u64;
                assert!(load <= capacity_expected);
            }
            let away =
                keys.iter().zip(&assignment.owners).filter(|(k, o)| ring.owner(**k) != **o).count() as u64;
            assert_eq!(assignment.forwarded, away);
        }
        assert_eq!(
            assign(&ring, 1_000_000, &keys).forwarded,
            0,
            "twice the average holds every share of this ring"
        );
    }

    #[test]
    fn capacity_rounds_up() {
        assert_eq!(
            [
                capacity(0, 1, 3, 250_000),
                capacity(1, 1, 3, 250_000),
                capacity(8, 1, 4, 0),
                capacity(9, 1, 4, 0)
            ],
            [0, 1, 2, 3]
        );
        assert_eq!(capacity(10_000, 1, 4, 10_500), 2_527, "ε to its last digit: 2,526.25");
    }

    #[test]
    fn a_node_may_hold_what_its_weight_makes_fair() {
        let keys: Vec<u64> = keys(9_000).collect();
        let mut ring = Ring::new(32, 1);
        ring.add_all([(0, 3), (1, 3), (2, 1), (3, 1), (4, 1)]);
        let owners = assign(&ring, 0, &keys).owners;
        let load = |node: u32| owners.iter().filter(|owner| **owner == node).count();
        assert_eq!([0, 1, 2, 3, 4].map(load), [3_000, 3_000, 1_000, 1_000, 1_000], "with ε = 0 all are full");
        let mut bounded = Bounded::new(ring, 100_000);
        keys.iter().for_each(|key| {
            bounded.insert(*key);
        });
        assert_eq!(
            bounded.capacities().into_values().collect::<Vec<_>>(),
            [3_300, 3_300, 1_100, 1_100, 1_100]
        );
        bounded.add_node(5, 3);
        assert_eq!(bounded.capacities()[&5], 2_475);
        assert!(bounded.loads().all(|(node, load)| load <= bounded.capacities()[&node]));
    }

    proptest! {
        #[test]
        fn never_above_the_bound(
            seed: u64, vnodes in 1u32..8, epsilon in 0u32..600_000, weight in 1u32..4,
            acts in proptest::collection::vec((0u8..8, 0u64..40), 0..120),
        ) {
            let mut bounded = Bounded::new(Ring::of(3, vnodes, seed), epsilon);
            let mut there = BTreeSet::new();
            for (act, x) in acts {
                let key = x.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let node = (x % 6) as u32;
                let before: BTreeMap<u64, u32> = there.iter().map(|k| (*k, bounded.owner(*k).unwrap())).collect();
                let moves = match act {
                    0..=3 => { bounded.insert(key); there.insert(key); vec![] }
                    4 | 5 => { there.remove(&key); bounded.remove(key) }
                    6 if !bounded.held.contains_key(&node) => bounded.add_node(node, weight),
                    _ => bounded.remove_node(node).unwrap_or_default(),
                };
                let capacities = bounded.capacities();
                prop_assert!(bounded.loads().all(|(node, load)| load <= capacities[&node]));
                prop_assert_eq!(bounded.loads().map(|(_, load)| load).sum::<u64>(), there.len() as u64);
                // What did not move is where it was; what moved is where the last move says.
                let mut expected = before;
                moves.iter().for_each(|m| { expected.insert(m.key, m.to); });
                for (key, node) in expected.into_iter().filter(|(k, _)| there.contains(k)) {
                    prop_assert_eq!(bounded.owner(key), Some(node));
                }
            }
        }
    }
}
