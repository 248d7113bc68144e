//! Maglev hashing: every node lists the places of a table in an order of its own, and all take turns at filling it; a look-up is one
//! remainder (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016, §3.4; weights as Envoy has them).

use super::placement::Placement;
use crate::sim::dice::remix;

/// The order in which a node would have the places of the table: from `offset` on in steps of `skip`. The size is a prime, so that every
/// place comes once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Preference {
    /// The first place.
    pub offset: u32,
    /// From each place to the next; from 1 to the size less 1.
    pub skip: u32,
}

/// The table, with the nodes that fill it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Maglev {
    seed: u64,
    /// Ascending: the order in which they take turns.
    nodes: Vec<u32>,
    weights: Vec<u32>,
    /// The node of each place.
    table: Vec<u16>,
}

impl Maglev {
    /// A table of so many places, filled by these nodes with their weights. Preferences are a function of the seed and the node.
    ///
    /// # Panics
    /// Without a node, with more nodes than places, or with a size that is no prime.
    pub fn new(size: u32, seed: u64, nodes: impl IntoIterator<Item = (u32, u32)>) -> Self {
        assert!(is_prime(size), "{size} is no prime");
        let mut maglev = Self { seed, nodes: Vec::new(), weights: Vec::new(), table: vec![0; size as usize] };
        maglev.add_all(nodes);
        maglev
    }

    /// Nodes join, and the table is filled anew.
    ///
    /// # Panics
    /// If one is there already, or its weight is 0; with more nodes than places.
    pub fn add_all(&mut self, nodes: impl IntoIterator<Item = (u32, u32)>) {
        for (node, weight) in nodes {
            assert!(weight > 0, "node {node} has weight 0");
            let at = self.nodes.binary_search(&node).expect_err("a node joins once");
            self.nodes.insert(at, node);
            self.weights.insert(at, weight);
        }
        self.fill();
    }

    /// Nodes leave, and the table is filled anew; false, and nothing is done, if one is not there or none would be left.
    pub fn remove_all(&mut self, nodes: &[u32]) -> bool {
        let goes = |node: &u32| nodes.contains(node);
        if self.nodes.iter().filter(|node| goes(node)).count() != nodes.len()
            || nodes.len() >= self.nodes.len()
        {
            return false;
        }
        let stay = self.nodes.iter().zip(&self.weights).filter(|(node, _)| !goes(node));
        (self.nodes, self.weights) = stay.map(|(node, weight)| (*node, *weight)).unzip();
        self.fill();
        true
    }

    /// A node gets another weight, and the table is filled anew.
    ///
    /// # Panics
    /// If it is not there, or its weight is 0.
    pub fn reweigh(&mut self, node: u32, weight: u32) {
        assert!(weight > 0, "node {node} has weight 0");
        self.weights[self.nodes.binary_search(&node).expect("a node that is there")] = weight;
        self.fill();
    }

    /// The node of each place.
    pub fn table(&self) -> &[u16] {
        &self.table
    }

    fn fill(&mut self) {
        let size = self.table.len() as u32;
        let preference = |node: &u32| {
            let own = remix(self.seed, u64::from(*node));
            let below = |n: u64, limit: u32| (n % u64::from(limit)) as u32;
            Preference { offset: below(remix(own, 0), size), skip: below(remix(own, 1), size - 1) + 1 }
        };
        let preferences: Vec<Preference> = self.nodes.iter().map(preference).collect();
        for (place, turn) in self.table.iter_mut().zip(fill(size, &preferences, &self.weights)) {
            *place = self.nodes[turn as usize] as u16;
        }
    }
}

/// Fills a table of this size: for each place, who has it among those with these preferences. They take turns, and each takes the first
/// place of its order that is still free. The one of the greatest weight has a turn in every round, one of a third of it in every third.
///
/// # Panics
/// With nobody, or with more than there are places.
pub fn fill(size: u32, preferences: &[Preference], weights: &[u32]) -> Vec<u32> {
    const FREE: u32 = u32::MAX;
    assert!((1..=size as usize).contains(&preferences.len()), "{} share {size} places", preferences.len());
    let most = u64::from(*weights.iter().max().expect("a weight each"));
    let mut table = vec![FREE; size as usize];
    // Where each goes on in its order, and how many turns it has had.
    let mut next: Vec<u32> = preferences.iter().map(|own| own.offset).collect();
    let mut turns = vec![0u64; preferences.len()];
    let mut free = size;
    for round in 1u64.. {
        for (who, own) in preferences.iter().enumerate() {
            if round * u64::from(weights[who]) < turns[who] * most {
                continue;
            }
            turns[who] += 1;
            let mut place = next[who];
            while table[place as usize] != FREE {
                place = after(place, own.skip, size);
            }
            table[place as usize] = who as u32;
            next[who] = after(place, own.skip, size);
            free -= 1;
            if free == 0 {
                return table;
            }
        }
    }
    unreachable!("every round fills a place")
}

/// The place that comes next: (place + skip) mod size.
fn after(place: u32, skip: u32, size: u32) -> u32 {
    let next = place + skip;
    if next < size { next } else { next - size }
}

fn is_prime(n: u32) -> bool {
    n > 1 && (2..).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

impl Placement for Maglev {
    fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    fn owner(&self, key: u64) -> u32 {
        u32::from(self.table[(key % self.table.len() as u64) as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::super::placement::{loads, testing::*};
    use super::*;
    use proptest::prelude::*;

    /// The paper's Table 1: three backends, seven places, and the second one leaves.
    const PAPER: [Preference; 3] = [
        Preference { offset: 3, skip: 4 },
        Preference { offset: 0, skip: 2 },
        Preference { offset: 3, skip: 1 },
    ];

    #[test]
    fn the_example_of_the_paper() {
        let order = |own: &Preference| {
            std::iter::successors(Some(own.offset), |place| Some(after(*place, own.skip, 7)))
                .take(7)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            PAPER.each_ref().map(order),
            [[3, 0, 4, 1, 5, 2, 6], [0, 2, 4, 6, 1, 3, 5], [3, 4, 5, 6, 0, 1, 2]]
        );
        assert_eq!(fill(7, &PAPER, &[1; 3]), [1, 0, 1, 0, 2, 2, 0]);
        let without_1 = fill(7, &[PAPER[0], PAPER[2]], &[1; 2]);
        assert_eq!(
            without_1.into_iter().map(|who| [0, 2][who as usize]).collect::<Vec<_>>(),
            [0, 0, 0, 0, 2, 2, 2]
        );
    }

    fn counts(maglev: &Maglev) -> Vec<usize> {
        let count = |node: &u32| maglev.table().iter().filter(|owner| u32::from(**owner) == *node).count();
        maglev.nodes().iter().map(count).collect()
    }

    #[test]
    fn turns_make_places_even_to_one_and_as_weights_are() {
        assert_eq!(
            counts(&Maglev::new(65_537, 1, (0..10).map(|node| (node, 1)))),
            [[6_554; 7].as_slice(), &[6_553; 3]].concat()
        );
        // In the first round everybody has a turn, then in every third the small ones: the table is full in the 33rd.
        assert_eq!(
            counts(&Maglev::new(101, 1, [(0, 3), (1, 3), (2, 1), (3, 1), (4, 1)])),
            [33, 33, 12, 12, 11]
        );
        let nodes = Maglev::new(1_021, 1, (0..4).map(|node| (node, 1)));
        for load in loads(&nodes, keys(20_000)) {
            assert_share(load, 20_000, 0.25);
        }
        assert_replicas(&nodes);
    }

    #[test]
    fn a_size_is_prime() {
        let primes: Vec<u32> = (0..30).filter(|n| is_prime(*n)).collect();
        assert_eq!(primes, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
        assert!([1_021, 65_537].into_iter().all(is_prime));
    }

    proptest! {
        #[test]
        fn leaving_undoes_joining(n in 1u32..8, seed: u64, weight in 1u32..4) {
            let before = Maglev::new(251, seed, (0..n).map(|node| (node, 1)));
            let mut after = before.clone();
            after.add_all([(n, weight)]);
            let mut other = before.clone();
            other.add_all([(n, weight + 1)]);
            other.reweigh(n, weight);
            prop_assert_eq!(&other, &after);
            prop_assert!(after.remove_all(&[n]) && !after.remove_all(&[n]));
            prop_assert_eq!(after, before);
        }
    }
}
