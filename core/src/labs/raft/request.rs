//! What clients ask for: keys' values, and other members; and how entries are told of.

use crate::check::{Answer, Call, INITIAL};
use crate::kits::object::{self, Drawn, Mix, Registers, Taken, command_words};
use crate::lab::{Effect, End};
use crate::parts::raft::{Sessions, Unchanged};
use crate::sim::{Asked, Ctx, OpId, Told};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What a client asks for; as links write it: `put.x.3`, `get.x`, `del.x`, `cas.x.3.4`, and `add.n6`, `remove.n1`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// Something of a key.
    Data(object::Request),
    /// A server is to become a member, by its number from 0.
    Add(u16),
    /// A server is to be one no longer.
    Remove(u16),
}

impl Asked for Request {
    fn effect(&self) -> Option<Effect> {
        match self {
            Request::Data(request) => request.effect(),
            Request::Add(_) | Request::Remove(_) => None,
        }
    }

    fn call(&self) -> Option<Call> {
        match self {
            Request::Data(request) => request.call(),
            Request::Add(_) | Request::Remove(_) => None,
        }
    }
}

impl Drawn for Request {
    type Mix = Mix;

    fn draw(mix: &Mix, ctx: &Ctx, number: u64) -> Request {
        Request::Data(object::Request::draw(mix, ctx, number))
    }

    fn named(self, op: OpId) -> Request {
        match self {
            Request::Data(request) => Request::Data(request.named(op)),
            other => other,
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::Data(request) => write!(f, "{request}"),
            Request::Add(server) => write!(f, "add.n{}", server + 1),
            Request::Remove(server) => write!(f, "remove.n{}", server + 1),
        }
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        let server = |name: &str| name.strip_prefix('n')?.parse::<u16>().ok()?.checked_sub(1);
        let change = |verb: &str| text.strip_prefix(verb).map(|name| server(name).ok_or_else(|| wrong(text)));
        if let Some(added) = change("add.") {
            return added.map(Request::Add);
        }
        if let Some(removed) = change("remove.") {
            return removed.map(Request::Remove);
        }
        text.parse().map(Request::Data).map_err(|_| wrong(text))
    }
}

fn wrong(text: &str) -> String {
    let keys = object::KEYS.join(", ");
    format!("‘{text}’ is not a request here: write put.x.3, get.x, del.x, cas.x.3.4, add.n6 or remove.n1; keys are {keys}")
}

/// The machine behind the log.
pub type Machine = Sessions<Registers>;

/// What a client is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Response {
    /// The write is committed.
    Written,
    /// The key's value; nothing where it has none.
    Found(Option<u32>),
    /// The key holds something else, so nothing was written.
    Differs,
    /// The members have changed.
    Changed,
    /// The members have not, and why.
    Unchanged(Unchanged),
    /// The client gave up: what it asked for may yet be done.
    TimedOut,
}

impl From<Taken> for Response {
    fn from(taken: Taken) -> Response {
        match taken {
            Taken::Written => Response::Written,
            Taken::Found(value) => Response::Found(value),
            Taken::Differs => Response::Differs,
        }
    }
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Written | Response::Found(_) | Response::Differs | Response::Changed => End::Ok,
            Response::Unchanged(_) => End::Failed,
            Response::TimedOut => End::Unknown,
        }
    }

    fn answer(&self) -> Option<Answer> {
        match self {
            Response::Written => Some(Answer::Done),
            Response::Found(value) => Some(Answer::Value(value.map_or(INITIAL, u64::from))),
            Response::Differs => Some(Answer::CasFailed),
            Response::Changed | Response::Unchanged(_) | Response::TimedOut => None,
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Response::Written | Response::Changed => f.write_str("ok"),
            Response::Found(Some(value)) => write!(f, "{value}"),
            Response::Found(None) => f.write_str("nothing"),
            Response::Differs => f.write_str("it holds something else"),
            Response::Unchanged(Unchanged::NotLeader) => f.write_str("refused: not the leader"),
            Response::Unchanged(Unchanged::NotOne) => f.write_str("refused: one server at a time"),
            Response::Unchanged(Unchanged::Pending) => f.write_str("refused: the last change is not committed"),
            Response::Unchanged(Unchanged::NoEntryOfItsTerm) => {
                f.write_str("refused: nothing of the leader's term is committed")
            }
            Response::TimedOut => f.write_str("no answer"),
        }
    }
}

/// A command of a client as an entry of a term is told of: `2:x=3|c1.7`.
pub fn entry_words(term: u32, request: object::Request, client: u16, number: u32) -> Arc<str> {
    format!("{term}:{}", command_words(request, client, number)).into()
}

/// The term of an entry as it is told of.
pub fn term_of(words: &str) -> u32 {
    words.split_once(':').and_then(|(term, _)| term.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kits::object::asked_by;

    #[test]
    fn requests_print_as_they_are_read() {
        for text in ["put.x.3", "get.q", "cas.x.-.4", "add.n6", "remove.n1"] {
            assert_eq!(text.parse::<Request>().map(|request| request.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "add", "add.6", "add.n0", "remove.c1", "put.x"] {
            assert!(text.parse::<Request>().is_err(), "{text}");
        }
    }

    #[test]
    fn entries_tell_their_term_and_whose_they_are() {
        let words = entry_words(12, object::Request::Put { key: 0, value: 3 }, 1, 100_007);
        assert_eq!((&*words, term_of(&words), asked_by(&words)), ("12:x=3|c2.100007", 12, Some((1, 100_007))));
        assert_eq!((term_of("3:no-op"), asked_by("3:no-op")), (3, None));
    }
}
