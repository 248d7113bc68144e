//! What clients ask of a key: to write, read, delete, or swap its value.

use super::Drawn;
use crate::acts::Act;
use crate::cast::Sort;
use crate::chance::dice::{Purpose, below, happens, remix};
use crate::history::{Call, INITIAL};
use crate::lab::RequestSpec;
use crate::outcome::Effect;
use crate::sim::{Asked, Ctx, OpId};
use std::fmt;
use std::str::FromStr;

/// Names of the keys, by number.
pub const KEYS: [&str; 8] = ["x", "y", "z", "u", "v", "w", "p", "q"];

/// What a client asks for; as links write it: `put.x.3`, `get.x`, `del.x`, `cas.x.3.4`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// Write a value.
    Put {
        /// Where.
        key: u16,
        /// Which.
        value: u32,
    },
    /// Read.
    Get {
        /// What.
        key: u16,
    },
    /// Delete.
    Delete {
        /// What.
        key: u16,
    },
    /// Write a value if the key holds another, or, as `cas.x.-.4` has it, nothing.
    Cas {
        /// Where.
        key: u16,
        /// What it must hold.
        from: Option<u32>,
        /// What it then holds.
        to: u32,
    },
}

impl Request {
    /// The key that it touches.
    pub fn key(self) -> u16 {
        match self {
            Request::Put { key, .. }
            | Request::Get { key }
            | Request::Delete { key }
            | Request::Cas { key, .. } => key,
        }
    }

    /// What it leaves at its key, if it takes effect: a value, or nothing; none for a read.
    pub fn writes(self) -> Option<Option<u32>> {
        match self {
            Request::Put { value, .. } | Request::Cas { to: value, .. } => Some(Some(value)),
            Request::Delete { .. } => Some(None),
            Request::Get { .. } => None,
        }
    }
}

impl Asked for Request {
    fn effect(&self) -> Option<Effect> {
        Some(Effect { key: self.key(), writes: self.writes().is_some() })
    }

    fn call(&self) -> Option<Call> {
        Some(match *self {
            Request::Get { .. } => Call::Read,
            Request::Put { value, .. } => Call::Write(u64::from(value)),
            Request::Delete { .. } => Call::Write(INITIAL),
            Request::Cas { from, to, .. } => {
                Call::Cas { from: from.map_or(INITIAL, u64::from), to: u64::from(to) }
            }
        })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = KEYS[usize::from(self.key())];
        match self {
            Request::Put { value, .. } => write!(f, "put.{name}.{value}"),
            Request::Get { .. } => write!(f, "get.{name}"),
            Request::Delete { .. } => write!(f, "del.{name}"),
            Request::Cas { from: Some(from), to, .. } => write!(f, "cas.{name}.{from}.{to}"),
            Request::Cas { from: None, to, .. } => write!(f, "cas.{name}.-.{to}"),
        }
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        read(text).ok_or_else(|| no_request(text, "put.x.3, get.x, del.x or cas.x.3.4"))
    }
}

fn read(text: &str) -> Option<Request> {
    let mut words = text.split('.');
    let verb = words.next()?;
    let name = words.next()?;
    let key = KEYS.iter().position(|key| *key == name)? as u16;
    let request = match (verb, words.next()) {
        ("get", None) => Request::Get { key },
        ("del", None) => Request::Delete { key },
        ("put", Some(value)) => Request::Put { key, value: value.parse().ok()? },
        ("cas", Some("-")) => Request::Cas { key, from: None, to: words.next()?.parse().ok()? },
        ("cas", Some(from)) => {
            Request::Cas { key, from: Some(from.parse().ok()?), to: words.next()?.parse().ok()? }
        }
        _ => return None,
    };
    words.next().is_none().then_some(request)
}

fn no_request(text: &str, write: &str) -> String {
    format!("‘{text}’ is not a request here: write {write}; keys are {}", KEYS.join(", "))
}

/// What is wrong with asking for something, where clients alone can be asked, for what these examples ask for, of so many keys.
pub fn ask_problem(act: &Act, examples: &[RequestSpec], keys: u32) -> Option<String> {
    let Act::Ask { node, request } = act else { return None };
    if node.0.iter().any(|part| part.sort() != Sort::Client) {
        return Some(format!(
            "only clients can be asked for something, such as ask:c1:{}",
            example(examples)
        ));
    }
    let verb = |text: &str| text.split('.').next().map(str::to_owned);
    let known = examples.iter().any(|known| verb(known.example) == verb(&request.0));
    let Some(asked) = read(&request.0).filter(|_| known) else {
        return Some(no_request(&request.0, &one_of(examples)));
    };
    let key = usize::from(asked.key());
    let names = &KEYS[..keys as usize];
    (key >= names.len())
        .then(|| format!("there is no key {} here; the keys are {}", KEYS[key], names.join(", ")))
}

/// A request that shows how one is written: the shortest.
fn example(examples: &[RequestSpec]) -> &'static str {
    examples.iter().map(|known| known.example).min_by_key(|example| example.len()).unwrap_or("get.x")
}

/// "put.x.3, get.x or del.x".
fn one_of(examples: &[RequestSpec]) -> String {
    let words: Vec<&str> = examples.iter().map(|known| known.example).collect();
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => words.concat(),
    }
}

/// What the requests of a workload are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Mix {
    /// Of how many keys.
    pub keys: u32,
    /// How many are reads, in millionths.
    pub reads: u32,
    /// How many of the others delete, in millionths.
    pub deletes: u32,
    /// How many of those that do not delete swap, in millionths. What they are to find, the lab puts in: it knows what a client has seen.
    pub swaps: u32,
}

impl Drawn for Request {
    type Mix = Mix;

    fn draw(mix: &Mix, ctx: &Ctx, number: u64) -> Request {
        let key = below(ctx.die(Purpose::Key, number), u64::from(mix.keys)) as u16;
        let kind = ctx.die(Purpose::Kind, number);
        if happens(kind, u64::from(mix.reads)) {
            Request::Get { key }
        } else if happens(remix(kind, 0), u64::from(mix.deletes)) {
            Request::Delete { key }
        } else if happens(remix(kind, 1), u64::from(mix.swaps)) {
            Request::Cas { key, from: None, to: 0 }
        } else {
            Request::Put { key, value: 0 }
        }
    }

    /// Values of the workload rise in the order in which all clients ask, so that of two values the greater is the one that was asked for
    /// later; they are the operations' numbers in the run, counted from 1.
    fn named(self, op: OpId) -> Request {
        match self {
            Request::Put { key, .. } => Request::Put { key, value: op.0 + 1 },
            Request::Cas { key, from, .. } => Request::Cas { key, from, to: op.0 + 1 },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_print_as_they_are_read() {
        for text in ["put.x.3", "get.q", "del.y", "cas.x.3.4", "cas.z.-.4"] {
            assert_eq!(text.parse::<Request>().map(|request| request.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "",
            "get",
            "get.a",
            "get.x.1",
            "put.x",
            "put.x.-",
            "cas.x.3",
            "cas.x.3.-",
            "cas.x.3.4.5",
            "eat.x",
        ] {
            assert!(text.parse::<Request>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_lab_is_asked_only_for_what_it_gives_an_example_of() {
        let examples = ["put.x.3", "get.x"].map(|example| RequestSpec { example, about: "" });
        let wrong = |text: &str| ask_problem(&text.parse().unwrap(), &examples, 2).unwrap_or_default();
        assert_eq!(wrong("ask:c1:put.y.9"), "");
        assert_eq!(wrong("ask:n1:get.x"), "only clients can be asked for something, such as ask:c1:get.x");
        assert!(wrong("ask:c1:del.x").contains("write put.x.3 or get.x; keys"));
        assert_eq!(wrong("ask:c1:get.z"), "there is no key z here; the keys are x, y");
    }
}
