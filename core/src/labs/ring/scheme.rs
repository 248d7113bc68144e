//! One interface to all strategies: who has a key, who has its copies, what a node owns.

use super::params::{Copies, Gap, Params, Strategy};
use super::rows::Target;
use crate::parts::directory::Directory;
use crate::parts::jump::Jump;
use crate::parts::maglev::Maglev;
use crate::parts::modulo::Modulo;
use crate::parts::placement::Placement;
use crate::parts::range::RangeTable;
use crate::parts::rendezvous::Rendezvous;
use crate::parts::ring::Ring;
use crate::sim::dice::{Purpose, die};

/// Slots of a directory: 2 to this power.
pub const SLOT_BITS: u32 = 8;

/// A strategy with its present nodes.
#[derive(Clone, Debug)]
pub enum Scheme {
    /// Hash modulo N.
    Modulo(Modulo),
    /// Consistent hashing.
    Ring(Ring),
    /// Highest random weight.
    Rendezvous(Rendezvous),
    /// Jump hash.
    Jump(Jump),
    /// A ring whose full nodes pass rows on; which, only a look at all rows tells.
    Bounded(Ring),
    /// Ranges of keys.
    Range(RangeTable),
    /// Slots in a table.
    Directory(Directory),
    /// A table that nodes fill by turns.
    Maglev(Maglev),
}

/// The nodes of the copies of all keys, by the point of the ring that they come to.
#[derive(Debug)]
pub struct CopyTable {
    each: usize,
    nodes: Vec<u16>,
}

impl CopyTable {
    /// The nodes of a key's copies, its owner first.
    pub fn of(&self, ring: &Ring, key: u64) -> &[u16] {
        let from = ring.place(key) * self.each;
        &self.nodes[from..from + self.each]
    }
}

impl Scheme {
    /// The first nodes of a scenario. A ring's points, and what nodes prefer in Maglev's table, are other ones for another seed.
    pub fn new(params: &Params, seed: u32) -> Scheme {
        let nodes = params.nodes;
        let own_seed = die(seed, Purpose::Choice, 0, 0);
        let weighted = || (0..nodes).map(|node| (node, params.weight_of(node)));
        let ring = || {
            let mut ring = Ring::new(params.vnodes, own_seed);
            ring.add_all(weighted());
            ring
        };
        match params.strategy {
            Strategy::Modulo => Scheme::Modulo(Modulo::of(nodes)),
            Strategy::Ring => Scheme::Ring(ring()),
            Strategy::Bounded => Scheme::Bounded(ring()),
            Strategy::Jump => Scheme::Jump(Jump::of(nodes)),
            Strategy::Range => Scheme::Range(RangeTable::even(nodes)),
            Strategy::Directory => Scheme::Directory(Directory::of(nodes, SLOT_BITS)),
            Strategy::Rendezvous => {
                let mut rendezvous = Rendezvous::new();
                weighted().for_each(|(node, weight)| rendezvous.add(node, weight));
                Scheme::Rendezvous(rendezvous)
            }
            Strategy::Maglev => Scheme::Maglev(Maglev::new(params.table_size(), own_seed, weighted())),
        }
    }

    /// Nodes join, one after the other, each with the weight that it is given.
    pub fn add_all(&mut self, nodes: &[u32], weight: impl Fn(u32) -> u32) {
        let weighted = nodes.iter().map(|node| (*node, weight(*node)));
        match self {
            Scheme::Ring(ring) | Scheme::Bounded(ring) => return ring.add_all(weighted),
            Scheme::Maglev(maglev) => return maglev.add_all(weighted),
            _ => {}
        }
        for node in nodes.iter().copied() {
            match self {
                Scheme::Modulo(modulo) => modulo.add(node),
                Scheme::Rendezvous(rendezvous) => rendezvous.add(node, weight(node)),
                Scheme::Jump(jump) => jump.add(node),
                Scheme::Range(ranges) => ranges.add(node),
                Scheme::Directory(directory) => {
                    directory.add(node);
                }
                Scheme::Ring(_) | Scheme::Bounded(_) | Scheme::Maglev(_) => unreachable!("they take all at once"),
            }
        }
    }

    /// Nodes leave, one after the other; there are others.
    pub fn remove_all(&mut self, params: &Params, nodes: &[u32]) {
        if let Scheme::Maglev(maglev) = self {
            assert!(maglev.remove_all(nodes), "members leave, not all of them");
            return;
        }
        for node in nodes.iter().copied() {
            let gone = match self {
                Scheme::Modulo(modulo) => modulo.remove(node),
                Scheme::Ring(ring) | Scheme::Bounded(ring) => ring.remove(node),
                Scheme::Rendezvous(rendezvous) => rendezvous.remove(node),
                Scheme::Jump(jump) if params.gap == Gap::Last => jump.replace(node),
                Scheme::Jump(jump) => jump.drop_out(node),
                Scheme::Range(ranges) => ranges.remove(node),
                Scheme::Directory(directory) => directory.remove(node),
                Scheme::Maglev(_) => unreachable!("it lets all go at once"),
            };
            assert!(gone, "a member leaves that is not the last");
        }
    }

    /// A node that is there gets another weight; nothing happens where weights are not known.
    pub fn reweigh(&mut self, node: u32, weight: u32) {
        match self {
            Scheme::Ring(ring) | Scheme::Bounded(ring) => {
                ring.remove(node);
                ring.add(node, weight);
            }
            Scheme::Rendezvous(rendezvous) => {
                rendezvous.remove(node);
                rendezvous.add(node, weight);
            }
            Scheme::Maglev(maglev) => maglev.reweigh(node, weight),
            Scheme::Modulo(_) | Scheme::Jump(_) | Scheme::Range(_) | Scheme::Directory(_) => {}
        }
    }

    /// The nodes, in the strategy's own order.
    pub fn nodes(&self) -> &[u32] {
        match self {
            Scheme::Modulo(modulo) => modulo.nodes(),
            Scheme::Ring(ring) | Scheme::Bounded(ring) => ring.nodes(),
            Scheme::Rendezvous(rendezvous) => rendezvous.nodes(),
            Scheme::Jump(jump) => jump.nodes(),
            Scheme::Range(ranges) => ranges.nodes(),
            Scheme::Directory(directory) => directory.nodes(),
            Scheme::Maglev(maglev) => maglev.nodes(),
        }
    }

    /// The node of a key, as far as the key alone decides.
    pub fn owner(&self, key: u64) -> u32 {
        match self {
            Scheme::Modulo(modulo) => modulo.owner(key),
            Scheme::Ring(ring) | Scheme::Bounded(ring) => ring.owner(key),
            Scheme::Rendezvous(rendezvous) => rendezvous.owner(key),
            Scheme::Jump(jump) => jump.owner(key),
            Scheme::Range(ranges) => ranges.owner(key),
            Scheme::Directory(directory) => directory.owner(key),
            Scheme::Maglev(maglev) => maglev.owner(key),
        }
    }

    /// The nodes of a row's copies, its owner first, into a list that is used again.
    pub fn copies(&self, params: &Params, key: u64, owner: u32, into: &mut Vec<u32>) {
        into.clear();
        into.push(owner);
        let wanted = (params.replicas as usize).min(self.nodes().len());
        if wanted == 1 {
            return;
        }
        match self {
            Scheme::Ring(ring) if params.copies == Copies::Points => {
                into.extend(ring.walk(key).skip(1).take(wanted - 1).map(|point| point.node));
            }
            Scheme::Ring(ring) | Scheme::Bounded(ring) => {
                for point in ring.walk(key) {
                    if into.len() == wanted {
                        break;
                    }
                    if !into.contains(&point.node) {
                        into.push(point.node);
                    }
                }
            }
            Scheme::Rendezvous(rendezvous) => rendezvous.best(key, wanted, into),
            _ => {
                let nodes = self.nodes();
                let at = nodes.iter().position(|node| *node == owner).expect("an owner is a node");
                into.extend(nodes.iter().cycle().skip(at + 1).take(wanted - 1));
            }
        }
    }

    /// The copies of every key at once, where they hang on the next point alone: for a ring whose nodes pass nothing on.
    pub fn copy_table(&self, params: &Params) -> Option<CopyTable> {
        let Scheme::Ring(ring) = self else { return None };
        let (mut copies, mut nodes) = (Vec::new(), Vec::new());
        for point in ring.points() {
            self.copies(params, point.at, point.node, &mut copies);
            nodes.extend(copies.iter().map(|node| *node as u16));
        }
        Some(CopyTable { each: copies.len(), nodes })
    }

    /// The node of something that is asked for: rows of a bounded ring are where they have been put.
    pub fn owner_of(&self, target: &Target, owners: &[u16]) -> u32 {
        match self {
            Scheme::Bounded(_) if !target.piece => u32::from(owners[target.row as usize]),
            _ => self.owner(target.key),
        }
    }

    /// Stretches of the key space with their nodes: first place, last place, node. A stretch whose first place is behind its last goes
    /// across the end. None for strategies that know no places.
    pub fn stretches(&self) -> Vec<(u64, u64, u32)> {
        match self {
            Scheme::Ring(ring) | Scheme::Bounded(ring) => {
                let points = ring.points();
                let before = points.iter().cycle().skip(points.len() - 1);
                points.iter().zip(before).map(|(at, before)| (before.at.wrapping_add(1), at.at, at.node)).collect()
            }
            Scheme::Range(ranges) => ranges.ranges().collect(),
            Scheme::Directory(directory) => {
                let width = 64 - SLOT_BITS;
                let slot = |(slot, node): (usize, &u32)| {
                    let first = (slot as u64) << width;
                    (first, first | ((1 << width) - 1), *node)
                };
                directory.slots().iter().enumerate().map(slot).collect()
            }
            Scheme::Modulo(_) | Scheme::Rendezvous(_) | Scheme::Jump(_) | Scheme::Maglev(_) => Vec::new(),
        }
    }

    /// Whether each stretch ends at a point of a ring.
    pub fn has_points(&self) -> bool {
        matches!(self, Scheme::Ring(_) | Scheme::Bounded(_))
    }

    /// The nodes that keep a stretch of an ordered key space; none where keys are hashed.
    pub fn owners_between(&self, first: u64, last: u64) -> Option<Vec<u32>> {
        match self {
            Scheme::Range(ranges) => Some(ranges.owners_between(first, last)),
            _ => None,
        }
    }
}
