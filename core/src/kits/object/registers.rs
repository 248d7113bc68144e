//! The store behind a replicated log: the values of the keys; and how a log is told of in words.

use super::{KEYS, Request};
use crate::parts::raft::Store;
use crate::sorted::Map;
use std::sync::Arc;

/// What an entry has the store do, and how it is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Command {
    /// What.
    pub request: Request,
    /// The entry as the log is told of, with what tells it from others alike.
    pub words: Arc<str>,
}

/// What the store says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Taken {
    /// It is written.
    Written,
    /// The key's value; nothing where it has none.
    Found(Option<u32>),
    /// The key holds something else, so nothing was written.
    Differs,
}

/// The values of the keys.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Registers(Map<u16, u32>);

impl Registers {
    /// A key's value.
    pub fn get(&self, key: u16) -> Option<u32> {
        self.0.get(&key).copied()
    }
}

impl Store for Registers {
    type Command = Command;
    type Answer = Taken;

    fn apply(&mut self, command: &Command) -> Taken {
        match command.request {
            Request::Get { key } => Taken::Found(self.get(key)),
            Request::Put { key, value } => {
                self.0.insert(key, value);
                Taken::Written
            }
            Request::Delete { key } => {
                self.0.remove(&key);
                Taken::Written
            }
            Request::Cas { key, from, to } if self.get(key) == from => {
                self.0.insert(key, to);
                Taken::Written
            }
            Request::Cas { .. } => Taken::Differs,
        }
    }
}

/// A client's command in the words of a log: `x=3|c1.7`, what it does and, after a bar, whose it is.
pub fn command_words(request: Request, client: u16, number: u32) -> String {
    let key = KEYS[usize::from(request.key())];
    let client = client + 1;
    match request {
        Request::Put { value, .. } => format!("{key}={value}|c{client}.{number}"),
        Request::Get { .. } => format!("read {key}|c{client}.{number}"),
        Request::Delete { .. } => format!("del {key}|c{client}.{number}"),
        Request::Cas { to, .. } => format!("{key}→{to}|c{client}.{number}"),
    }
}

/// Whose command it is, by the client's number from 0 and that client's own number for it; none for what no client asked for.
pub fn asked_by(words: &str) -> Option<(u16, u32)> {
    let (client, number) = words.split_once("|c")?.1.split_once('.')?;
    Some((client.parse::<u16>().ok()?.checked_sub(1)?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_tell_whose_they_are() {
        let words = command_words(Request::Put { key: 0, value: 3 }, 1, 100_007);
        assert_eq!((&*words, asked_by(&words)), ("x=3|c2.100007", Some((1, 100_007))));
        assert_eq!(asked_by("no-op"), None);
    }

    #[test]
    fn a_swap_is_done_where_it_finds_what_it_expects() {
        let mut store = Registers::default();
        let mut apply = |request| store.apply(&Command { request, words: "".into() });
        assert_eq!(apply(Request::Cas { key: 0, from: None, to: 4 }), Taken::Written);
        assert_eq!(apply(Request::Cas { key: 0, from: Some(3), to: 5 }), Taken::Differs);
        assert_eq!(apply(Request::Get { key: 0 }), Taken::Found(Some(4)));
        assert_eq!(apply(Request::Delete { key: 0 }), Taken::Written);
        assert_eq!(apply(Request::Get { key: 0 }), Taken::Found(None));
    }
}
