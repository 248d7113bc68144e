//! Total order: how processes come to deliver all messages in one order. The classes are those of Défago, Schiper and Urbán, "Total order broadcast and
//! multicast algorithms: taxonomy and survey", ACM Computing Surveys 36, 2004: a fixed sequencer, agreement of the destinations ([`Skeen`]),
//! communication history ([`History`]), and the privilege of a token, which gives numbers as a sequencer does.

mod history;
mod numbers;
mod skeen;

pub use history::History;
pub use numbers::{Numbered, Sequencer};
pub use skeen::{Skeen, Stamp};

/// A message, by its sender and the sender's number for it, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Id {
    /// Whose it is.
    pub sender: u16,
    /// The sender's number for it.
    pub number: u32,
}

/// The sender's letter and its number: `a1`, `b1`, `a2`.
impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let letter = char::from(b'a' + (self.sender % 26) as u8);
        write!(f, "{letter}{}", self.number)
    }
}

#[test]
fn messages_are_called_by_their_senders() {
    let id = |sender, number| Id { sender, number }.to_string();
    assert_eq!([id(0, 1), id(1, 1), id(0, 12), id(25, 3)], ["a1", "b1", "a12", "z3"]);
}
