//! What a server tells of itself: its role, what it holds in each slot, and up to where it knows what was chosen.

use super::message::Speech;
use super::meta::fact;
use crate::parts::paxos::{Ballot, Slot};
use crate::sim::Out;
use crate::trace::{Fact, Splice};
use std::fmt::Display;
use std::sync::Arc;

/// In place of a slot that it holds nothing in.
const HOLE: &str = ":–";

/// What it has told last.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Told {
    role: &'static str,
    promised: Option<Ballot>,
    ballot: Option<Ballot>,
    view: Option<u32>,
    log: Vec<Arc<str>>,
    upto: Option<Slot>,
    values: Vec<Option<u32>>,
}

/// An entry of a log, with the ballot or view in which the server took it: `2.n1:x=3|c1.7`.
pub fn entry(age: impl Display, words: &str) -> Arc<str> {
    format!("{age}:{words}").into()
}

/// A view's row among rounds.
pub fn view_row(view: u32) -> u16 {
    u16::try_from(view).unwrap_or(u16::MAX)
}

/// What a view's row is called.
pub fn view_name(row: u16) -> String {
    row.to_string()
}

/// A ballot's row among rounds: all of one round beside each other. There are at most nine proposers.
pub fn row(ballot: Ballot) -> u16 {
    u16::try_from(ballot.round * 16 + u32::from(ballot.proposer.0)).unwrap_or(u16::MAX)
}

/// What a row is called: `2.n1`.
pub fn row_name(row: u16) -> String {
    format!("{}.n{}", row / 16, row % 16 + 1)
}

impl Told {
    /// What it is.
    pub fn role(&mut self, role: &'static str, out: &mut Out<Speech>) {
        if std::mem::replace(&mut self.role, role) != role {
            out.fact(fact::ROLE, 0, Fact::Word(role));
        }
    }

    /// The highest ballot that it has promised.
    pub fn promised(&mut self, promised: Option<Ballot>, out: &mut Out<Speech>) {
        if self.promised != promised {
            self.promised = promised;
            out.fact(
                fact::PROMISED,
                0,
                promised.map_or(Fact::Word("–"), |promised| Fact::Text(promised.to_string().into())),
            );
        }
    }

    /// The ballot that it has begun.
    pub fn ballot(&mut self, ballot: Option<Ballot>, out: &mut Out<Speech>) {
        if let Some(begun) = ballot.filter(|_| self.ballot != ballot) {
            self.ballot = ballot;
            out.fact(fact::BALLOT, 0, Fact::Text(begun.to_string().into()));
        }
    }

    /// The view that it is in, or waits for.
    pub fn view(&mut self, view: u32, out: &mut Out<Speech>) {
        if self.view.replace(view) != Some(view) {
            out.fact(fact::VIEW, 0, Fact::Int(i64::from(view)));
        }
    }

    /// From a slot on, so many entries went and these came.
    pub fn splice(&mut self, at: Slot, remove: u32, insert: Vec<Arc<str>>, out: &mut Out<Speech>) {
        let from = (at as usize - 1).min(self.log.len());
        let to = from.saturating_add(remove as usize).min(self.log.len());
        self.log.splice(from..to, insert.iter().cloned());
        out.fact(fact::LOG, 0, Fact::List(Splice { at: from as u32, remove, insert }));
    }

    /// All that it holds, when it comes up.
    pub fn log(&mut self, entries: impl Iterator<Item = (Slot, Arc<str>)>, out: &mut Out<Speech>) {
        self.log.clear();
        for (slot, words) in entries {
            self.log.resize(slot as usize - 1, HOLE.into());
            self.log.push(words);
        }
        let splice = Splice { at: 0, remove: u32::MAX, insert: self.log.clone() };
        out.fact(fact::LOG, 0, Fact::List(splice));
    }

    /// What it holds in a slot from now on.
    pub fn holds(&mut self, slot: Slot, words: Arc<str>, out: &mut Out<Speech>) {
        let (at, len) = (slot as usize - 1, self.log.len());
        if self.log.get(at) == Some(&words) {
            return;
        }
        let splice = if at < len {
            self.log[at] = words.clone();
            Splice { at: at as u32, remove: 1, insert: vec![words] }
        } else {
            self.log.resize(at, HOLE.into());
            self.log.push(words);
            Splice { at: len as u32, remove: 0, insert: self.log[len..].to_vec() }
        };
        out.fact(fact::LOG, 0, Fact::List(splice));
    }

    /// It knows what was chosen in a slot, which it may hold as a vote already.
    pub fn knows(&mut self, slot: Slot, age: &str, words: &str, out: &mut Out<Speech>) {
        let held = self.log.get(slot as usize - 1).and_then(|held| held.split_once(':'));
        if held.is_none_or(|(_, held)| held != words) {
            self.holds(slot, entry(age, words), out);
        }
        self.upto(slot, out);
    }

    /// Up to where it knows what was chosen.
    pub fn upto(&mut self, upto: Slot, out: &mut Out<Speech>) {
        if self.upto.replace(upto) != Some(upto) {
            out.fact(fact::COMMIT, 0, Fact::Int(i64::from(upto)));
        }
    }

    /// What its machine holds for each key.
    pub fn values(&mut self, keys: u32, value: impl Fn(u16) -> Option<u32>, out: &mut Out<Speech>) {
        self.values.resize(keys as usize, None);
        for (key, told) in (0..).zip(&mut self.values) {
            let now = value(key);
            if std::mem::replace(told, now) != now {
                out.show(fact::VALUE, key, || now.map_or(Fact::Word("–"), |now| Fact::Int(i64::from(now))));
            }
        }
    }

    /// How many slots it has told of.
    pub fn len(&self) -> usize {
        self.log.len()
    }
}
