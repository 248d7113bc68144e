//! Consistent hashing: nodes at many points of a ring, a key belongs to the next point clockwise (Karger et al., STOC 1997;
//! virtual nodes as in Dynamo §4.2).

use super::placement::Placement;
use crate::sim::dice::remix;

/// One virtual node: a place on the ring, which is all of `u64`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Point {
    /// Where it is.
    pub at: u64,
    /// The node that it stands for.
    pub node: u32,
}

/// The ring.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ring {
    vnodes: u32,
    seed: u64,
    /// Ascending.
    nodes: Vec<u32>,
    /// Of each node, in their order.
    weights: Vec<u32>,
    /// Ascending; at equal places the lower node comes first and has the key.
    points: Vec<Point>,
    /// The ring in equal stretches, about two for each point: the first point at or behind the beginning of each. A look-up goes on from
    /// there, a step or two on average.
    starts: Vec<u32>,
}

impl Ring {
    /// An empty ring whose nodes get `vnodes` points for each unit of weight. Where they lie is a function of the seed,
    /// the node and the point's number: other nodes have no influence, and another seed is another ring.
    ///
    /// # Panics
    /// If a node were to have no point.
    pub fn new(vnodes: u32, seed: u64) -> Self {
        assert!(vnodes > 0, "a node has at least one point");
        Self { vnodes, seed, nodes: Vec::new(), weights: Vec::new(), points: Vec::new(), starts: Vec::new() }
    }

    /// The ring of nodes 0 to `nodes` − 1, all of weight 1.
    pub fn of(nodes: u32, vnodes: u32, seed: u64) -> Self {
        let mut ring = Self::new(vnodes, seed);
        ring.add_all((0..nodes).map(|node| (node, 1)));
        ring
    }

    /// A node joins with a whole-numbered weight: its share is proportional to its points.
    ///
    /// # Panics
    /// If it is there already, or its weight is 0.
    pub fn add(&mut self, node: u32, weight: u32) {
        self.add_all([(node, weight)]);
    }

    /// Nodes join with their weights, at once: as one after the other, but the points are put in order only once.
    ///
    /// # Panics
    /// If one is there already, or its weight is 0.
    pub fn add_all(&mut self, nodes: impl IntoIterator<Item = (u32, u32)>) {
        nodes.into_iter().for_each(|(node, weight)| self.join(node, weight));
        self.settle();
    }

    /// A node leaves; false if it was not there.
    pub fn remove(&mut self, node: u32) -> bool {
        let Ok(at) = self.nodes.binary_search(&node) else { return false };
        self.nodes.remove(at);
        self.weights.remove(at);
        self.points.retain(|p| p.node != node);
        self.settle();
        true
    }

    /// The weight of each node, in the order of [`Placement::nodes`].
    pub fn weights(&self) -> &[u32] {
        &self.weights
    }

    /// All points, ascending.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The points from a key on, clockwise, once around.
    pub fn walk(&self, key: u64) -> impl Iterator<Item = Point> {
        let (before, after) = self.points.split_at(self.place(key));
        after.iter().chain(before).copied()
    }

    /// The number of the point that a key comes to: the first at its place or clockwise of it. 0 where there is none.
    pub fn place(&self, key: u64) -> usize {
        let Some(start) = self.starts.get((key >> self.shift()) as usize) else { return 0 };
        let behind = self.points[*start as usize..].iter().position(|point| point.at >= key);
        behind.map_or(0, |steps| *start as usize + steps)
    }

    /// Of a place, the bits that are left off to get its stretch.
    fn shift(&self) -> u32 {
        64 - self.starts.len().trailing_zeros().max(1)
    }

    /// Puts the points in order, and finds the first of each stretch. The points are hashes, and lie evenly: put into their stretches, they
    /// are all but in order.
    fn settle(&mut self) {
        self.starts.clear();
        if self.points.is_empty() {
            return;
        }
        self.starts.resize((self.points.len() * 2).next_power_of_two().max(2), 0);
        let shift = self.shift();
        // How many points each stretch has; then how many all before it have, which is the place of its first.
        for point in &self.points {
            self.starts[(point.at >> shift) as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut self.starts {
            sum += std::mem::replace(start, sum);
        }
        let (mut next, mut points) = (self.starts.clone(), self.points.clone());
        for point in &self.points {
            let place = &mut next[(point.at >> shift) as usize];
            points[*place as usize] = *point;
            *place += 1;
        }
        for at in 1..points.len() {
            let mut at = at;
            while at > 0 && points[at - 1] > points[at] {
                points.swap(at - 1, at);
                at -= 1;
            }
        }
        self.points = points;
    }

    /// The arcs: each point with the length of what lies between it and the point before, of 2^64. The lengths add up to the
    /// ring.
    pub fn arcs(&self) -> impl Iterator<Item = (Point, u128)> {
        let last = self.points.last().map_or(0, |p| p.at);
        let before = std::iter::once(last).chain(self.points.iter().map(|p| p.at));
        let alone = self.points.len() == 1;
        self.points.iter().zip(before).enumerate().map(move |(i, (point, before))| {
            // Going round: the first arc crosses 0, and is the whole ring if it is the only one.
            let length = if alone { 1 << 64 } else { u128::from(point.at.wrapping_sub(before)) };
            debug_assert!(i == 0 || point.at >= before);
            (*point, length)
        })
    }

    /// The share of the ring that each node has, in the order of [`Placement::nodes`].
    pub fn shares(&self) -> Vec<f64> {
        let mut lengths = vec![0u128; self.nodes.len()];
        for (point, length) in self.arcs() {
            lengths[self.nodes.binary_search(&point.node).expect("points belong to nodes")] += length;
        }
        lengths.into_iter().map(|l| l as f64 / (1u128 << 64) as f64).collect()
    }

    fn join(&mut self, node: u32, weight: u32) {
        assert!(weight > 0, "node {node} has weight 0");
        let at = self.nodes.binary_search(&node).expect_err("a node joins once");
        self.nodes.insert(at, node);
        self.weights.insert(at, weight);
        let own = remix(self.seed, u64::from(node));
        let count = u64::from(self.vnodes) * u64::from(weight);
        self.points.extend((0..count).map(|i| Point { at: remix(own, i), node }));
    }
}

impl Placement for Ring {
    fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    fn owner(&self, key: u64) -> u32 {
        self.points[self.place(key)].node
    }

    /// The next points clockwise that stand for other nodes (Dynamo's preference list, §4.3).
    fn replicas(&self, key: u64, count: u32) -> Vec<u32> {
        let wanted = self.nodes.len().min(count as usize);
        let mut replicas = Vec::with_capacity(wanted);
        for point in self.walk(key) {
            if replicas.len() == wanted {
                break;
            }
            if !replicas.contains(&point.node) {
                replicas.push(point.node);
            }
        }
        replicas
    }
}

#[cfg(test)]
mod tests {
    use super::super::placement::{loads, testing::*};
    use super::*;
    use proptest::prelude::*;

    /// Mean and standard error of a statistic over rings of other seeds.
    fn over_rings(rings: u64, statistic: impl Fn(u64) -> f64) -> (f64, f64) {
        let values: Vec<f64> = (0..rings).map(statistic).collect();
        let mean = values.iter().sum::<f64>() / rings as f64;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (rings - 1) as f64;
        (mean, (variance / rings as f64).sqrt())
    }

    fn cv2(shares: &[f64]) -> f64 {
        let n = shares.len() as f64;
        shares.iter().map(|s| (s * n - 1.0) * (s * n - 1.0)).sum::<f64>() / n
    }

    #[test]
    fn shares_vary_as_the_beta_distribution_says() {
        for (n, v) in [(10u32, 1u32), (10, 100), (4, 8)] {
            let (mean, error) = over_rings(2_000, |seed| cv2(&Ring::of(n, v, seed).shares()));
            let expected = f64::from(n - 1) / f64::from(n * v + 1);
            assert!(
                (mean - expected).abs() <= 4.0 * error,
                "n={n} v={v}: {mean} ± {error} is not {expected}"
            );
        }
    }

    #[test]
    fn hashed_keys_add_their_own_noise() {
        let (n, v, m) = (10.0, 100.0, 1_000.0);
        let (mean, error) = over_rings(500, |seed| {
            let ring = Ring::of(10, 100, seed);
            let loads = loads(&ring, (0..1_000).map(|k| remix(seed + 1_000_000, k)));
            cv2(&loads.iter().map(|l| *l as f64 / m).collect::<Vec<_>>())
        });
        let expected = (n - 1.0) / (n * v + 1.0) * (1.0 - 1.0 / m) + (n - 1.0) / m;
        assert!((mean - expected).abs() <= 4.0 * error, "{mean} ± {error} is not {expected}");
    }

    #[test]
    fn the_largest_share_is_as_published() {
        let largest = |v| {
            over_rings(2_000, |seed| 10.0 * Ring::of(10, v, seed).shares().into_iter().fold(0.0, f64::max))
        };
        let (one, error) = largest(1);
        assert!((one - 2.9290).abs() <= 4.0 * error, "H_10: {one} ± {error}");
        let (hundred, error) = largest(100);
        assert!((hundred - 1.159).abs() <= 4.0 * error + 0.0005, "{hundred} ± {error}");
    }

    #[test]
    fn a_join_moves_its_share_and_only_to_the_new_node() {
        for n in [3u32, 9] {
            let (mean, error) = over_rings(200, |seed| {
                let before = Ring::of(n, 20, seed);
                let mut after = before.clone();
                after.add(n, 1);
                moved(&before, &after, 500, Some(n)) as f64 / 500.0
            });
            let expected = 1.0 / f64::from(n + 1);
            assert!((mean - expected).abs() <= 4.0 * error, "{mean} ± {error} is not {expected}");
        }
    }

    #[test]
    fn weight_is_share() {
        let (mean, error) = over_rings(500, |seed| {
            let mut ring = Ring::of(3, 20, seed);
            ring.add(3, 2);
            ring.shares()[3]
        });
        assert!((mean - 0.4).abs() <= 4.0 * error, "{mean} ± {error} is not 2 of 5");
    }

    proptest! {
        #[test]
        fn leaving_undoes_joining(n in 1u32..8, v in 1u32..20, seed: u64, weight in 1u32..4) {
            let before = Ring::of(n, v, seed);
            let mut after = before.clone();
            after.add(n, weight);
            assert_replicas(&after);
            moved(&before, &after, 300, Some(n));
            prop_assert_eq!(after.arcs().map(|a| a.1).sum::<u128>(), 1 << 64);
            prop_assert!(after.remove(n) && !after.remove(n));
            prop_assert_eq!(after, before);
        }

        #[test]
        fn the_owner_is_the_next_point(seed: u64, key: u64) {
            let ring = Ring::of(5, 7, seed);
            let next = ring.points().iter().min_by_key(|p| p.at.wrapping_sub(key)).unwrap();
            prop_assert_eq!(ring.owner(key), next.node);
        }
    }
}
