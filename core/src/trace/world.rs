//! What the script has done to nodes and links, as it stands: who is down, paused or slow, and which ways are cut, each with the act that did it.
//! The kernel keeps one and shows it to observers; pictures replay another from a trace's acts.

use super::Mark;
use crate::acts::Act;
use crate::cast::{Cast, Group, NodeId};
use crate::sorted::Map;

/// What stands of the script at a moment. An act is named by the number of its record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct World {
    /// The nodes that are down, and by which act, or by which crash that one led to.
    pub down: Map<NodeId, u32>,
    /// The nodes that are paused.
    pub paused: Map<NodeId, Paused>,
    /// The nodes that are slow.
    pub slow: Map<NodeId, Slow>,
    cuts: Vec<Cut>,
}

/// A pause of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paused {
    /// Until when, in µs.
    pub until_us: u64,
    /// By which act.
    pub act: u32,
}

/// By how much a node is slow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slow {
    /// How many times.
    pub factor: u32,
    /// By which act.
    pub act: u32,
}

/// Two groups that are parted. Ways one by one would be millions where thousands are cut off from thousands.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Cut {
    a: Vec<bool>,
    b: Vec<bool>,
    both_ways: bool,
    act: u32,
}

impl Cut {
    fn parts(&self, from: NodeId, to: NodeId) -> bool {
        (self.a[from.index()] && self.b[to.index()])
            || (self.both_ways && self.b[from.index()] && self.a[to.index()])
    }
}

impl World {
    /// Whether a node is up, as far as the script goes.
    pub fn is_up(&self, node: NodeId) -> bool {
        !self.down.contains_key(&node)
    }

    /// Whether anything is cut.
    pub fn is_any_cut(&self) -> bool {
        !self.cuts.is_empty()
    }

    /// Whether messages from one node to another die now.
    #[inline]
    pub fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        !self.cuts.is_empty() && self.cut_by(from, to).is_some()
    }

    /// The act by which messages from one node to another die now: the latest.
    pub fn cut_by(&self, from: NodeId, to: NodeId) -> Option<u32> {
        self.cuts.iter().rev().find(|cut| cut.parts(from, to)).map(|cut| cut.act)
    }

    /// Whether anything is left of what this act has cut.
    pub fn cuts_still(&self, act: u32) -> bool {
        self.cuts.iter().any(|cut| cut.act == act)
    }

    /// The ways that are cut, each from one node to another, in order.
    pub fn ways(&self, cast: &Cast) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let (from, cast) = (cast.nodes(), *cast);
        let parted = from.flat_map(move |a| cast.nodes().map(move |b| (a, b)));
        parted.filter(|_| !self.cuts.is_empty()).filter(|(a, b)| a != b && self.is_cut(*a, *b))
    }

    /// Takes in what an act does at its record.
    pub fn apply(&mut self, act: &Act, cast: &Cast, at: Mark) {
        let members = |group: &Group| cast.members(group).unwrap_or_default();
        match act {
            Act::Cut { a, b } => self.cut(cast.len(), (&members(a), &members(b)), true, at.record),
            Act::CutOneWay { a, b } => self.cut(cast.len(), (&members(a), &members(b)), false, at.record),
            Act::Heal { which } => match &which.0 {
                None => self.cuts.clear(),
                Some((a, b)) => self.heal(cast.len(), &members(a), &members(b)),
            },
            Act::Crash { node } | Act::Wipe { node } => {
                members(node).into_iter().for_each(|node| self.go_down(node, at.record));
            }
            Act::Start { node } => {
                for node in members(node) {
                    self.down.remove(&node);
                }
            }
            Act::Pause { node, time } => {
                let until_us = at.at_us.saturating_add(time.0);
                for node in members(node).into_iter().filter(|node| !self.down.contains_key(node)) {
                    if self.paused.get(&node).is_none_or(|paused| paused.until_us < until_us) {
                        self.paused.insert(node, Paused { until_us, act: at.record });
                    }
                }
            }
            Act::Slow { node, factor } => {
                for node in members(node) {
                    match factor.0 {
                        1 => self.slow.remove(&node),
                        factor => self.slow.insert(node, Slow { factor, act: at.record }),
                    };
                }
            }
            // These bite once, or in a node's own clock: nothing of them stands here.
            Act::Fail { .. } | Act::Drop { .. } | Act::Dup { .. } | Act::Clock { .. } | Act::Drift { .. } => {
            }
            Act::Ask { .. } | Act::Reseed { .. } | Act::Say { .. } | Act::Point { .. } | Act::Stop {} => {}
        }
    }

    /// A node goes down: with an act, or at a crash that one has led to.
    pub(crate) fn go_down(&mut self, node: NodeId, record: u32) {
        self.down.entry(node).or_insert(record);
        self.paused.remove(&node);
    }

    /// Pauses that are over by now are.
    pub fn resume(&mut self, now_us: u64) {
        self.paused.retain(|_, paused| paused.until_us > now_us);
    }

    fn cut(&mut self, nodes: usize, (a, b): (&[NodeId], &[NodeId]), both_ways: bool, act: u32) {
        self.cuts.push(Cut { a: bits(nodes, a), b: bits(nodes, b), both_ways, act });
    }

    /// Ends what parts these two groups; a cut that parts others too goes on for them.
    fn heal(&mut self, nodes: usize, a: &[NodeId], b: &[NodeId]) {
        let (a, b) = (bits(nodes, a), bits(nodes, b));
        let meets = |m: &[bool], n: &[bool]| m.iter().zip(n).any(|(m, n)| *m && *n);
        let mut left = std::mem::take(&mut self.cuts);
        for (x, y) in [(&a, &b), (&b, &a)] {
            let mut rest = Vec::new();
            for cut in left {
                // One healed against the other way round parts both from each other, too: that is the second turn.
                if !meets(&cut.a, x) || !meets(&cut.b, y) {
                    rest.push(cut);
                    continue;
                }
                // What stays of a cut A|B when x|y is taken out: (A-x)|B and (A and x)|(B-y).
                let of = |m: &[bool], n: &[bool], keep: bool| -> Vec<bool> {
                    m.iter().zip(n).map(|(m, n)| *m && *n == keep).collect()
                };
                rest.push(Cut { a: of(&cut.a, x, false), ..cut.clone() });
                rest.push(Cut { a: of(&cut.a, x, true), b: of(&cut.b, y, false), ..cut });
            }
            rest.retain(|cut| cut.a.contains(&true) && cut.b.contains(&true));
            left = rest;
        }
        self.cuts = left;
    }
}

fn bits(nodes: usize, group: &[NodeId]) -> Vec<bool> {
    let mut bits = vec![false; nodes];
    for node in group {
        bits[node.index()] = true;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn acts(texts: &[&str], cast: &Cast) -> World {
        let mut world = World::default();
        for (i, text) in texts.iter().enumerate() {
            world.apply(&text.parse().unwrap(), cast, Mark { at_us: i as u64, record: i as u32 });
        }
        world
    }

    #[test]
    fn healing_one_link_leaves_the_rest_of_the_cut() {
        let cast = Cast { servers: 4, ..Cast::default() };
        let n: Vec<NodeId> = cast.nodes().collect();
        let world = acts(&["cut:n1.n2-n3.n4"], &cast);
        assert!(world.is_cut(n[0], n[2]) && world.is_cut(n[3], n[1]) && !world.is_cut(n[0], n[1]));
        let world = acts(&["cut:n1.n2-n3.n4", "heal:n3-n1"], &cast);
        assert!(!world.is_cut(n[0], n[2]) && !world.is_cut(n[2], n[0]));
        assert!(world.is_cut(n[0], n[3]) && world.is_cut(n[1], n[2]) && world.is_cut(n[1], n[3]));
        assert_eq!(world.cut_by(n[0], n[3]), Some(0));
        let world = acts(&["cut:n1.n2-n3.n4", "cut1:n1-n2"], &cast);
        assert!(world.is_cut(n[0], n[1]) && !world.is_cut(n[1], n[0]));
        assert_eq!(world.cut_by(n[0], n[1]), Some(1));
        assert!(!acts(&["cut:n1.n2-n3.n4", "cut1:n1-n2", "heal"], &cast).is_any_cut());
    }

    proptest! {
        /// Cuts and heals of groups are cuts and heals of their ways.
        #[test]
        fn groups_are_their_ways(script in proptest::collection::vec((0u8..3, 1u8..15, 1u8..15), 1..12)) {
            let cast = Cast { servers: 4, ..Cast::default() };
            let group = |mask: u8| (0..4).filter(|i| mask >> i & 1 == 1).map(|i| format!("n{}", i + 1)).collect::<Vec<_>>().join(".");
            let (mut world, mut ways) = (World::default(), std::collections::BTreeSet::new());
            for (i, (what, a, b)) in script.iter().enumerate() {
                let b = b & !a;
                if b == 0 { continue; }
                let text = format!("{}:{}-{}", ["cut", "cut1", "heal"][usize::from(*what)], group(*a), group(b));
                world.apply(&text.parse().unwrap(), &cast, Mark { at_us: 0, record: i as u32 });
                for x in (0..4u16).filter(|x| a >> x & 1 == 1) {
                    for y in (0..4u16).filter(|y| b >> y & 1 == 1) {
                        match what {
                            0 => { ways.insert((x, y)); ways.insert((y, x)); }
                            1 => { ways.insert((x, y)); }
                            _ => { ways.remove(&(x, y)); ways.remove(&(y, x)); }
                        }
                    }
                }
                let told: Vec<_> = world.ways(&cast).map(|(a, b)| (a.0, b.0)).collect();
                prop_assert_eq!(told, ways.iter().copied().collect::<Vec<_>>());
            }
        }
    }
}
