//! A directory: a table says where each slot of the key space is, and single keys can be given a place of their own
//! (Redis Cluster's 16,384 slots; tenants pinned to their own shard).

use super::placement::Placement;
use std::collections::BTreeMap;

/// The table. A key's slot is given by the first bits of its hash; anything may be anywhere, and the table must be kept,
/// asked and agreed upon.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Directory {
    bits: u32,
    slots: Vec<u32>,
    pins: BTreeMap<u64, u32>,
    /// Ascending.
    nodes: Vec<u32>,
}

impl Directory {
    /// 2^`bits` slots dealt out in turn to the nodes 0 to `nodes` − 1.
    ///
    /// # Panics
    /// Without a node, with more nodes than slots, or with more than 2^16 slots.
    pub fn of(nodes: u32, bits: u32) -> Self {
        assert!(bits <= 16 && (1..=1 << bits).contains(&nodes), "{nodes} nodes share 2^{bits} slots");
        Self {
            bits,
            slots: (0..1u32 << bits).map(|s| s % nodes).collect(),
            pins: BTreeMap::new(),
            nodes: (0..nodes).collect(),
        }
    }

    /// The node of each slot.
    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// The slot of a key.
    pub fn slot_of(&self, key: u64) -> u32 {
        key.checked_shr(64 - self.bits).unwrap_or(0) as u32
    }

    /// Gives one key a place of its own: a hot key, a large tenant.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn pin(&mut self, key: u64, node: u32) {
        assert!(self.nodes.contains(&node), "no node {node}");
        self.pins.insert(key, node);
    }

    /// Moves one slot by hand.
    ///
    /// # Panics
    /// If there is no such node or slot.
    pub fn assign(&mut self, slot: u32, node: u32) {
        assert!(self.nodes.contains(&node), "no node {node}");
        self.slots[slot as usize] = node;
    }

    /// A node joins and takes its even share of slots, each from the node that has most: no more moves than needed. Gives
    /// the slots moved.
    pub fn add(&mut self, node: u32) -> Vec<u32> {
        let at = self.nodes.binary_search(&node).expect_err("a node joins once");
        self.nodes.insert(at, node);
        let share = self.slots.len() / self.nodes.len();
        let mut moved = Vec::with_capacity(share);
        let mut counts = self.counts();
        for _ in 0..share {
            // The lowest of equals gives; its last slot goes.
            let most = counts.iter().max_by_key(|(n, count)| (**count, u32::MAX - **n)).map(|(n, _)| *n);
            let giver = most.expect("there are nodes");
            let slot =
                self.slots.iter().rposition(|owner| *owner == giver).expect("the giver has most slots");
            *counts.get_mut(&giver).expect("counted") -= 1;
            *counts.get_mut(&node).expect("counted") += 1;
            self.slots[slot] = node;
            moved.push(slot as u32);
        }
        moved
    }

    /// A node leaves; each of its slots goes to the node that has least, and its pinned keys to their slots. False if it is not
    /// there, or is the only one.
    pub fn remove(&mut self, node: u32) -> bool {
        if self.nodes == [node] {
            return false;
        }
        let Ok(at) = self.nodes.binary_search(&node) else { return false };
        self.nodes.remove(at);
        self.pins.retain(|_, n| *n != node);
        let mut counts = self.counts();
        for slot in self.slots.iter_mut().filter(|owner| **owner == node) {
            let least =
                counts.iter().min_by_key(|(_, count)| **count).map(|(n, _)| *n).expect("there are nodes");
            *counts.get_mut(&least).expect("counted") += 1;
            *slot = least;
        }
        true
    }

    /// How many slots each present node has.
    fn counts(&self) -> BTreeMap<u32, u32> {
        let mut counts: BTreeMap<u32, u32> = self.nodes.iter().map(|n| (*n, 0)).collect();
        for owner in &self.slots {
            counts.entry(*owner).and_modify(|c| *c += 1);
        }
        counts
    }
}

impl Placement for Directory {
    fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    fn owner(&self, key: u64) -> u32 {
        match self.pins.get(&key) {
            Some(node) => *node,
            None => self.slots[self.slot_of(key) as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::placement::testing::*;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_to_four_nodes_moves_a_quarter() {
        let before = Directory::of(3, 12);
        let mut after = before.clone();
        assert_eq!(after.add(3).len(), 1_024);
        assert_share(moved(&before, &after, 20_000, Some(3)), 20_000, 0.25);
    }

    #[test]
    fn a_pinned_key_has_its_own_place() {
        let mut table = Directory::of(3, 4);
        let key = 5 << 60;
        assert_eq!(table.owner(key), 2);
        table.pin(key, 0);
        assert_eq!((table.owner(key), table.owner(key + 1)), (0, 2));
        assert!(table.remove(0));
        assert_eq!(table.owner(key), 2);
        assert_eq!(Directory::of(1, 0).owner(u64::MAX), 0);
    }

    proptest! {
        #[test]
        fn slots_stay_even_and_move_only_as_needed(
            n in 1u32..6, bits in 4u32..8, changes in proptest::collection::vec((any::<bool>(), 0u32..12), 0..10),
        ) {
            let mut table = Directory::of(n, bits);
            for (join, node) in changes {
                let before = table.clone();
                let there = table.nodes().contains(&node);
                if join && !there {
                    table.add(node);
                    moved(&before, &table, 100, Some(node));
                } else if !join && table.remove(node) {
                    for key in keys(100) {
                        prop_assert!(before.owner(key) == node || before.owner(key) == table.owner(key));
                    }
                }
                let counts = table.counts();
                prop_assert!(counts.values().max().unwrap() - counts.values().min().unwrap() <= 1);
                prop_assert_eq!(counts.values().sum::<u32>(), 1 << bits);
                assert_replicas(&table);
            }
        }
    }
}
