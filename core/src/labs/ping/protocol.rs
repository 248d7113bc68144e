//! What the two nodes do: the client pings and waits, the server answers.

use super::{Params, fact};
use crate::cast::NodeId;
use crate::lab::{Effect, End};
use crate::sim::{Asked, Ctx, Input, Kinded, OpId, Out, Protocol, Range, Told};
use crate::trace::Fact;
use crate::sorted::Map;
use std::fmt;
use std::str::FromStr;

/// What both nodes know.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the reader has set.
    pub params: Params,
    /// Whom the client pings.
    pub server: NodeId,
}

crate::declare::messages! {
    /// A message: which ping it is about.
    #[derive(Copy)]
    pub enum Msg {
        Ping "ping" Request "Are you there?" (number: u32) => "ping {number}",
        Pong "pong" Response "I was when I sent this." (number: u32) => "pong {number}",
    }
}

crate::declare::words! {
    /// The client's timers. Setting a timer of the same name replaces it.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// The next ping is due.
        Next => "next ping",
        /// This ping has not been answered in time.
        GiveUp(number: u32) => "timeout of ping {number}",
    }
}

/// The one request that there is, as scripts write it: `ask:c1:ping`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request;

impl Asked for Request {
    fn effect(&self) -> Option<Effect> {
        None
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ping")
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Request, String> {
        if text == "ping" { Ok(Request) } else { Err(format!("‘{text}’ is not a request here: the only one is ping")) }
    }
}

crate::declare::words! {
    /// What becomes of a ping, as its client sees it.
    #[derive(Copy)]
    pub enum Response {
        /// It was answered in time.
        Pong => "pong",
        /// It was not; whether the server got it nobody here can tell.
        NoAnswer => "no answer",
    }
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Pong => End::Ok,
            Response::NoAnswer => End::Unknown,
        }
    }
}

// What the two say: the vocabulary apart from its speakers, so that neither role has to know the other.
// What a crash leaves: here nothing is written down.
crate::declare::speech!(() {
    // Which of the network's delays a message takes.
    fn class(msg: &Msg) -> u8 {
        msg.kind()
    }
});

/// A node: one enum for all sorts, without floats or hashed collections, so that states can be compared and explored.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// Answers.
    Server {
        /// How many pings it has answered.
        answered: i64,
    },
    /// Asks.
    Client {
        /// The next ping's number.
        next: u32,
        /// The pings that are open, and the operation of each.
        open: Map<u32, OpId>,
    },
}

impl Protocol for Node {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&()>, ctx: &Ctx, out: &mut Out<Speech>) -> Node {
        if ctx.me == config.server {
            out.fact(fact::PINGS, 0, Fact::Int(0));
            out.fact(fact::ROLE, 0, Fact::Word("server"));
            return Node::Server { answered: 0 };
        }
        out.fact(fact::ROLE, 0, Fact::Word("client"));
        out.set_timer(Timer::Next, Range::exactly(config.params.every));
        // The client's own numbers decide its luck: after a crash it must not use the old ones again.
        // The most frequent pings of the longest run are more than a million: then each time has four.
        let bits = if config.params.every < 4_000 { 22 } else { 20 };
        Node::Client { next: ctx.epoch << bits, open: Map::new() }
    }

    fn weight(&self) -> u64 {
        match self {
            Node::Client { open, .. } => 8 * open.len() as u64,
            Node::Server { .. } => 0,
        }
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        match (self, input) {
            // The reply serves the operation whose message is being handled: nothing has to be said about that.
            (Node::Server { answered }, Input::Deliver { from, msg: Msg::Ping(number) }) => {
                *answered += 1;
                out.fact(fact::PINGS, 0, Fact::Int(*answered));
                out.send(from, Msg::Pong(number));
            }
            (Node::Client { next, open }, input @ (Input::Timer(Timer::Next) | Input::Ask(_))) => {
                if let Input::Timer(_) = input {
                    out.set_timer(Timer::Next, Range::exactly(config.params.every));
                }
                // What follows `invoke` serves the new operation.
                let op = out.invoke(*next, Request);
                out.send(config.server, Msg::Ping(*next));
                out.set_timer(Timer::GiveUp(*next), Range::exactly(config.params.timeout));
                open.insert(*next, op);
                *next += 1;
            }
            (Node::Client { open, .. }, Input::Deliver { msg: Msg::Pong(number), .. }) => {
                out.cancel(Timer::GiveUp(number));
                match open.remove(&number) {
                    Some(op) => out.complete(op, Response::Pong),
                    None => out.note(|| format!("pong {number} comes too late")),
                }
            }
            (Node::Client { open, .. }, Input::Timer(Timer::GiveUp(number))) => {
                if let Some(op) = open.remove(&number) {
                    out.complete(op, Response::NoAnswer);
                }
            }
            _ => {}
        }
    }
}
