//! Acts by lot: of a row of the table any act that goes with who takes part. Searches for what breaks a promise draw their scripts so.

use super::{Act, Factor, Form, Healed};
use crate::cast::{Cast, Group, Name, NodeId};
use crate::chance::dice::{below, remix};

/// What arguments are drawn from, and the dice that decide.
#[derive(Debug)]
pub struct Lots<'a> {
    /// Who takes part.
    pub cast: Cast,
    /// The kinds of message, by their words.
    pub kinds: Vec<&'a str>,
    /// Requests, of which numbers and nodes are drawn anew.
    pub requests: Vec<&'a str>,
    /// The longest span of time, in µs.
    pub longest_us: u64,
    die: u64,
    drawn: u64,
    /// Whom the act names already: nobody stands on both sides of a cut.
    named: Vec<NodeId>,
}

impl<'a> Lots<'a> {
    /// Lots that this die decides.
    pub fn new(
        die: u64,
        cast: Cast,
        kinds: Vec<&'a str>,
        requests: Vec<&'a str>,
        longest_us: u64,
    ) -> Lots<'a> {
        Lots { cast, kinds, requests, longest_us, die, drawn: 0, named: Vec::new() }
    }

    /// An act of a row; none where the row has something that is not drawn, or needs more nodes than take part.
    pub fn act(&mut self, form: &Form) -> Option<Act> {
        self.named.clear();
        Act::drawn(form.word, self)
    }

    /// A whole number from 0 to `n - 1`.
    ///
    /// # Panics
    /// When `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        self.drawn += 1;
        below(remix(self.die, self.drawn), n)
    }

    /// A number from 1 to the most, of any order of magnitude: what matters may be small.
    pub fn up_to(&mut self, most: u64) -> u64 {
        let halvings = u64::from(64 - most.leading_zeros());
        let most = most >> self.below(halvings.max(1));
        1 + self.below(most.max(1))
    }

    /// A span of time, in whole ms where that is not nothing.
    pub fn span_us(&mut self) -> u64 {
        const LEAST_US: u64 = 1_000;
        if self.longest_us <= LEAST_US {
            self.up_to(self.longest_us)
        } else {
            LEAST_US * self.up_to(self.longest_us / LEAST_US)
        }
    }

    /// Any node of the sort of one, named or not; that one itself where there is none.
    pub(super) fn like(&mut self, name: Name) -> Name {
        let alike: Vec<NodeId> = self.cast.of(name.sort).collect();
        let place = self.below(alike.len().max(1) as u64) as usize;
        alike.get(place).map_or(name, |node| self.cast.name(*node))
    }

    /// A node that is not named yet.
    pub(super) fn node(&mut self) -> Option<Name> {
        let free = self.free();
        let node = *free.get(self.below(free.len().max(1) as u64) as usize)?;
        self.named.push(node);
        Some(self.cast.name(node))
    }

    /// Nodes that are not named yet: one, any, or, where some are named, all others.
    pub(super) fn nodes(&mut self) -> Option<Group> {
        let mut some = self.free();
        match self.below(3) {
            0 => return self.node().map(|name| Group::of([name])),
            1 if !self.named.is_empty() => {}
            _ => some.retain(|_| self.below(2) == 0),
        }
        self.named.extend(&some);
        let names = some.iter().map(|node| self.cast.name(*node));
        (!some.is_empty()).then(|| Group::of(names))
    }

    fn free(&self) -> Vec<NodeId> {
        self.cast.nodes().filter(|node| !self.named.contains(node)).collect()
    }
}

impl Act {
    /// What mends it, if something does.
    pub fn mended_by(&self) -> Option<Act> {
        match self.clone() {
            Act::Cut { a, b } | Act::CutOneWay { a, b } => Some(Act::Heal { which: Healed(Some((a, b))) }),
            Act::Crash { node } | Act::Wipe { node } => Some(Act::Start { node }),
            Act::Fail { node, .. } => Some(Act::Start { node: Group::of([node]) }),
            Act::Slow { node, .. } => Some(Act::Slow { node, factor: Factor(1) }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::{FORMS, Nature};

    fn lots(die: u64) -> Lots<'static> {
        let cast = Cast { servers: 3, coordinators: 0, clients: 2 };
        Lots::new(die, cast, vec!["ask", "tell"], vec!["put.x.3"], 2_000_000)
    }

    /// Whatever is drawn can be written in a link, names who takes part, and parts nobody from himself; of every row but those that only tell or
    /// change the luck something is.
    #[test]
    fn what_is_drawn_is_an_act_of_its_row() {
        for form in FORMS {
            let drawn: Vec<Act> = (0..300).filter_map(|die| lots(die).act(form)).collect();
            let is_drawn = matches!(form.nature, Nature::Fault | Nature::Request);
            assert_eq!(
                drawn.len() > 150,
                is_drawn || form.fields.is_empty(),
                "{}: {}",
                form.word,
                drawn.len()
            );
            for act in drawn {
                assert_eq!((act.to_string().parse(), act.word()), (Ok(act.clone()), form.word));
                let cast = lots(0).cast;
                assert_eq!((act.stranger(&cast), act.cut_problem(&cast)), (None, None), "{act}");
            }
        }
    }

    /// What is left by an act is gone with what mends it.
    #[test]
    fn what_mends_an_act_ends_what_it_leaves() {
        use crate::trace::{Mark, World};
        for form in FORMS.iter().filter(|form| form.leaves.is_some()) {
            for act in (0..50).filter_map(|die| lots(die).act(form)) {
                let (cast, mut world) = (lots(0).cast, World::default());
                world.apply(&act, &cast, Mark::default());
                if let Act::Fail { node, .. } = &act {
                    world.go_down(cast.find(*node).unwrap(), 0);
                }
                if let Some(mended) = act.mended_by() {
                    world.apply(&mended, &cast, Mark::default());
                }
                world.resume(u64::MAX);
                assert_eq!(world, World::default(), "{act}");
            }
        }
    }
}
