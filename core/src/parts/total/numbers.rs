//! Order by numbers that one process gives: a sequencer, which is always the same, or whoever has the token (Défago, Schiper and Urbán 2004,
//! §4.1 and 4.3: fixed sequencer and privilege-based).

use super::Id;
use crate::sorted::{Map, Set};

/// Gives numbers, each message one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Sequencer {
    given: Set<Id>,
}

impl Sequencer {
    /// The number of a message, from 1; none if it has got one.
    pub fn number(&mut self, id: Id) -> Option<u32> {
        self.given.insert(id).then_some(self.given.len() as u32)
    }
}

/// Delivers messages in the order of their numbers. A message and its number may come apart, in either order.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Numbered<M> {
    /// The number that comes next.
    next: u32,
    numbers: Map<u32, Id>,
    messages: Map<Id, M>,
    delivered: Set<Id>,
}

impl<M> Default for Numbered<M> {
    fn default() -> Self {
        Numbered { next: 1, numbers: Map::new(), messages: Map::new(), delivered: Set::default() }
    }
}

impl<M> Numbered<M> {
    /// A message has come. What may now be delivered is added to `out`.
    pub fn message(&mut self, id: Id, message: M, out: &mut Vec<M>) {
        if !self.delivered.contains(&id) {
            self.messages.entry(id).or_insert(message);
        }
        self.deliver(out);
    }

    /// The number of a message has come.
    pub fn number(&mut self, number: u32, id: Id, out: &mut Vec<M>) {
        if number >= self.next {
            self.numbers.entry(number).or_insert(id);
        }
        self.deliver(out);
    }

    fn deliver(&mut self, out: &mut Vec<M>) {
        while let Some(id) = self.numbers.get(&self.next).copied() {
            let Some(message) = self.messages.remove(&id) else { return };
            self.numbers.remove(&self.next);
            self.delivered.insert(id);
            self.next += 1;
            out.push(message);
        }
    }

    /// Messages that wait: for their number, or for those before them.
    pub fn waiting(&self) -> impl Iterator<Item = &M> {
        self.messages.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(sender: u16, number: u32) -> Id {
        Id { sender, number }
    }

    #[test]
    fn a_message_gets_one_number() {
        let mut sequencer = Sequencer::default();
        let given = [id(0, 1), id(1, 1), id(0, 1), id(0, 2)].map(|id| sequencer.number(id));
        assert_eq!(given, [Some(1), Some(2), None, Some(3)]);
    }

    #[test]
    fn numbers_are_followed_whatever_comes_first() {
        let mut numbered = Numbered::default();
        let mut out = Vec::new();
        numbered.message(id(1, 1), "b1", &mut out);
        numbered.number(2, id(0, 1), &mut out);
        numbered.message(id(0, 1), "a1", &mut out);
        assert_eq!((out.as_slice(), numbered.waiting().count()), ([].as_slice(), 2));
        numbered.number(1, id(1, 1), &mut out);
        assert_eq!(out, ["b1", "a1"]);
        // What has been delivered is not delivered again.
        numbered.message(id(1, 1), "b1", &mut out);
        numbered.number(1, id(1, 1), &mut out);
        assert_eq!((out.as_slice(), numbered.waiting().count()), (["b1", "a1"].as_slice(), 0));
    }
}
