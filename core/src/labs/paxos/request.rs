//! What is agreed on: values of proposers, or what clients ask for; and what clients are told.

use crate::check::{Answer, INITIAL};
use crate::kits::object::{self, Command, Registers, Taken};
use crate::lab::End;
use crate::parts::raft::{Asking, Sessions};
use crate::sim::Told;
use std::fmt;
use std::sync::Arc;

/// What a client asks for.
pub type Request = object::Request;

/// What is agreed on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Decree {
    /// The own value of a proposer, by its place from 0: `v1`.
    Own(u16),
    /// A client's command.
    Command(Asking<Command>),
}

/// The same, or a no-op.
pub type Value = Option<Decree>;

/// A value as it is told of; a command's words have whose it is after a bar.
pub fn words(value: &Value) -> Arc<str> {
    match value {
        None => "no-op".into(),
        Some(Decree::Own(place)) => format!("v{}", place + 1).into(),
        Some(Decree::Command(asking)) => asking.command.words.clone(),
    }
}

/// A value in a sentence.
pub fn said(words: &str) -> &str {
    words.split('|').next().unwrap_or(words)
}

/// The machine behind a log.
pub type Machine = Sessions<Registers>;

/// What a client is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Response {
    /// What the store says.
    Done(Taken),
    /// The client gave up: what it asked for may yet be done.
    TimedOut,
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Done(_) => End::Ok,
            Response::TimedOut => End::Unknown,
        }
    }

    fn answer(&self) -> Option<Answer> {
        match self {
            Response::Done(Taken::Written) => Some(Answer::Done),
            Response::Done(Taken::Found(value)) => Some(Answer::Value(value.map_or(INITIAL, u64::from))),
            Response::Done(Taken::Differs) => Some(Answer::CasFailed),
            Response::TimedOut => None,
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Response::Done(Taken::Written) => f.write_str("ok"),
            Response::Done(Taken::Found(Some(value))) => write!(f, "{value}"),
            Response::Done(Taken::Found(None)) => f.write_str("nothing"),
            Response::Done(Taken::Differs) => f.write_str("it holds something else"),
            Response::TimedOut => f.write_str("no answer"),
        }
    }
}
