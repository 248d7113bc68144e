//! Which of the instances of a tier a call may go to at all.

use super::believed::{Beliefs, Pick};
use super::declared::{Graph, Hop};

/// Which instances a call may go to. Where these are not all, any of them is taken by chance, of those that have had no try of the call if there are such.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reach {
    /// All of them.
    #[default]
    All,
    /// They are in so many groups of the same size, one after the other: a request for key k goes to group k, counted round and round.
    Groups(u16),
    /// The one of the caller's own number: its sidecar.
    Own,
}

impl Reach {
    /// The first instance that a call for a key may go to, from the caller of a number, and how many they are.
    pub fn of(self, key: u32, caller: u16, instances: u16) -> (u16, u16) {
        match self {
            Reach::All => (0, instances),
            Reach::Groups(groups) => {
                let (groups, each) = (groups.max(1), instances / groups.max(1));
                ((key % u32::from(groups)) as u16 * each, each.max(1))
            }
            Reach::Own => (caller, 1),
        }
    }
}

/// Whether the instances are there, and nothing else is said of how they are chosen.
pub fn fits(graph: &Graph, hop: &Hop) -> bool {
    let instances =
        |tier: super::mark::TierId| graph.tiers.get(usize::from(tier.0)).map_or(0, |tier| tier.instances);
    let (from, to) = (instances(hop.from), instances(hop.to));
    let there = match hop.reach {
        Reach::All => return true,
        Reach::Groups(groups) => groups > 0 && to >= groups && to.is_multiple_of(groups),
        Reach::Own => from == to,
    };
    let scaled = graph.scales.iter().any(|scale| scale.of == hop.to);
    there && hop.pick == Pick::Random && hop.beliefs == Beliefs::OWN && hop.uneven == 0 && !scaled
}
