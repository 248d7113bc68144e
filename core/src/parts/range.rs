//! Range partitioning: each node has intervals of the ordered key space, so that neighbours stay together (Bigtable §5,
//! OSDI 2006; MongoDB's chunks).

use super::placement::Placement;

/// The table of ranges. A key is its place in the order of keys.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RangeTable {
    /// Where each range starts, ascending, the first at 0; it ends before the next.
    starts: Vec<u64>,
    owners: Vec<u32>,
    /// Ascending.
    nodes: Vec<u32>,
}

impl RangeTable {
    /// The key space in equal ranges, one for each of the nodes 0 to `nodes` − 1.
    ///
    /// # Panics
    /// Without a node.
    pub fn even(nodes: u32) -> Self {
        assert!(nodes > 0, "at least one node");
        // The first place of part i: ⌈i · 2^64 / n⌉.
        let start = |i: u32| ((u128::from(i) << 64).div_ceil(u128::from(nodes))) as u64;
        Self {
            starts: (0..nodes).map(start).collect(),
            owners: (0..nodes).collect(),
            nodes: (0..nodes).collect(),
        }
    }

    /// Every range: its first place, its last, its node.
    pub fn ranges(&self) -> impl Iterator<Item = (u64, u64, u32)> {
        let lasts = self.starts.iter().skip(1).map(|s| s - 1).chain(std::iter::once(u64::MAX));
        self.starts.iter().zip(lasts).zip(&self.owners).map(|((first, last), owner)| (*first, last, *owner))
    }

    /// The nodes that a query over places `first` to `last` must ask, each once, in the order of their ranges.
    pub fn owners_between(&self, first: u64, last: u64) -> Vec<u32> {
        let mut asked = Vec::new();
        if first <= last {
            for owner in &self.owners[self.index(first)..=self.index(last)] {
                if !asked.contains(owner) {
                    asked.push(*owner);
                }
            }
        }
        asked
    }

    /// Splits the range around `at`: the part from there on goes to `node`, which joins if it is new. Everything else stays.
    pub fn split(&mut self, at: u64, node: u32) {
        let index = self.index(at);
        if self.starts[index] == at {
            self.owners[index] = node;
        } else {
            self.starts.insert(index + 1, at);
            self.owners.insert(index + 1, node);
        }
        self.settle();
    }

    /// Splits the widest range in its middle and gives the upper half to `node`.
    pub fn add(&mut self, node: u32) {
        // The first of equals, so that joins go through the key space in order.
        let widest = self
            .ranges()
            .map(|(first, last, _)| (last - first, first))
            .max_by_key(|(width, first)| (*width, u64::MAX - first));
        let (width, first) = widest.expect("there is a range");
        self.split(first + width / 2 + 1, node);
    }

    /// A node leaves: each of its ranges joins the one before it, or the one after where there is none before; false if it is not
    /// there, or is the only one.
    pub fn remove(&mut self, node: u32) -> bool {
        if self.nodes == [node] || !self.nodes.contains(&node) {
            return false;
        }
        for index in 0..self.owners.len() {
            if self.owners[index] == node {
                let heir = match index {
                    0 => self.owners.iter().find(|o| **o != node),
                    _ => self.owners.get(index - 1),
                };
                self.owners[index] = *heir.expect("another node has a range");
            }
        }
        self.settle();
        true
    }

    fn index(&self, key: u64) -> usize {
        self.starts.partition_point(|s| *s <= key) - 1
    }

    /// Joins neighbours of one node, and lists the nodes anew.
    fn settle(&mut self) {
        for index in (1..self.owners.len()).rev() {
            if self.owners[index] == self.owners[index - 1] {
                self.owners.remove(index);
                self.starts.remove(index);
            }
        }
        self.nodes.clone_from(&self.owners);
        crate::sorted::sort(&mut self.nodes);
        self.nodes.dedup();
    }
}

impl Placement for RangeTable {
    fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    fn owner(&self, key: u64) -> u32 {
        self.owners[self.index(key)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::placement::testing::*;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_books_router() {
        // First hexadecimal digit 0-3, 4-7, 8-B, C-F.
        let table = RangeTable::even(4);
        let owners: Vec<u32> = (0..16u64).map(|digit| table.owner(digit << 60 | 0xfff)).collect();
        assert_eq!(owners, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
        assert_eq!(table.owners_between(0x3fff << 48, 0x8000 << 48), [0, 1, 2]);
        assert_eq!(table.owners_between(5, 5), [0]);
    }

    #[test]
    fn doubling_moves_one_half() {
        let before = RangeTable::even(4);
        let mut after = before.clone();
        (4..8).for_each(|node| after.add(node));
        assert_eq!(after.nodes().len(), 8);
        let widths: Vec<u64> = after.ranges().map(|(first, last, _)| last - first).collect();
        assert!(widths.iter().all(|w| *w == widths[0]), "{widths:?}");
        assert_share(moved(&before, &after, 20_000, None), 20_000, 0.5);
    }

    proptest! {
        #[test]
        fn a_join_takes_keys_only_to_itself_and_a_leave_gives_them_back(
            n in 1u32..5, splits in proptest::collection::vec((any::<u64>(), 0u32..8), 0..10),
        ) {
            let mut table = RangeTable::even(n);
            splits.iter().for_each(|(at, node)| table.split(*at, *node));
            let ranges: Vec<_> = table.ranges().collect();
            prop_assert_eq!((ranges[0].0, ranges[ranges.len() - 1].1), (0, u64::MAX));
            for pair in ranges.windows(2) {
                prop_assert!(pair[0].0 <= pair[0].1 && pair[0].1 + 1 == pair[1].0 && pair[0].2 != pair[1].2);
            }
            assert_replicas(&table);
            let mut after = table.clone();
            after.add(9);
            moved(&table, &after, 200, Some(9));
            prop_assert!(after.remove(9));
            prop_assert_eq!(after, table);
        }
    }
}
