//! Contention, as in the simulator of AWS's article: clients that each update one row once, by optimistic concurrency.
//!
//! A client reads the row's version and writes if the version is still the same; after a conflict it sleeps and reads
//! again (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).

use super::config::Config;
use crate::cast::{NodeId, Sort};
use crate::kits::graph::{self, Ending, Mark, Response, Stop, fact};
use crate::parts::backoff::Backoff;
use crate::sim::dice::{Purpose, Range};
use crate::sim::{Asked, Ctx, Input, Kinded, Never, OpId, Out, Protocol};
use crate::trace::Fact;
use crate::words::{MessageRole, MessageSpec};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// The delay after a conflict.
const BACKOFF: Purpose = Purpose::Protocol(0);

/// What clients and the row say to each other; their kinds come after those of the graph's messages.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// Asks for the row's version.
    Read,
    /// The row's version.
    Version(u32),
    /// Writes the row, if its version is the one read.
    Write(u32),
    /// Whether it was.
    Wrote(bool),
}

const fn kind(word: &'static str, role: MessageRole, about: &'static str) -> MessageSpec {
    MessageSpec { word, about, role }
}

/// The kinds of all messages of the lab.
pub static KINDS: &[MessageSpec] = &[
    graph::KINDS[0],
    graph::KINDS[1],
    graph::KINDS[2],
    kind("read", MessageRole::Read, "Contention: asks for the row's version."),
    kind("version", MessageRole::Ack, "Contention: the row's version."),
    kind("write", MessageRole::Write, "Contention: writes the row, if its version is the one read."),
    kind("wrote", MessageRole::Response, "Contention: whether it was."),
];

/// The kind of a write.
pub const WRITE: u8 = 5;

impl Kinded for Msg {
    fn kind(&self) -> u8 {
        match self {
            Msg::Read => 3,
            Msg::Version(_) => 4,
            Msg::Write(_) => WRITE,
            Msg::Wrote(_) => 6,
        }
    }
}

impl fmt::Display for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Msg::Read => write!(f, "read"),
            Msg::Version(n) => write!(f, "version {n}"),
            Msg::Write(n) => write!(f, "write if version {n}"),
            Msg::Wrote(true) => write!(f, "written"),
            Msg::Wrote(false) => write!(f, "conflict"),
        }
    }
}

/// What each client does once: update the row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request;

impl Hash for Request {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // It was the second of two once, and runs stay what they were.
        state.write_u64(1);
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("update")
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(_: &str) -> Result<Request, String> {
        Err("in a contention run each client writes once, and can be asked for nothing".into())
    }
}

impl Asked for Request {}

crate::declare::words! {
    /// The timers of a node.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// The delay after a conflict is over.
        Again => "try again",
    }
}

crate::declare::speech!(Never, Mark);

crate::declare::roles! {
    /// A node of a contention run.
    pub enum Node of Config, Speech, for |config, _me| {
        /// Wants to write the row.
        Contender(Contender) => Sort::Client,
        /// The row.
        Row(Row) => _,
    }
}

/// The row: a version.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Row {
    version: u32,
}

impl Protocol for Row {
    type Config = Config;
    type Speech = Speech;

    fn boot(_: &Config, _: Option<&Never>, _: &Ctx, out: &mut Out<Speech>) -> Row {
        out.fact(fact::ROLE, 0, Fact::Word("row"));
        Row { version: 0 }
    }

    fn step(&mut self, _: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Deliver { from, msg: Msg::Read } => out.send(from, Msg::Version(self.version)),
            Input::Deliver { from, msg: Msg::Write(version) } => {
                let same = version == self.version;
                self.version += u32::from(same);
                out.send(from, Msg::Wrote(same));
            }
            Input::Deliver { .. } | Input::Timer(_) | Input::Ask(_) => {}
        }
    }
}

/// What a client waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Version,
    Wrote,
    Again,
    Nothing,
}

/// A client that wants to write the row.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Contender {
    row: NodeId,
    op: OpId,
    /// Since when it has wanted to, by the clock that nobody sets.
    since_us: i64,
    attempt: u16,
    /// An answer that comes twice, or too late, is not waited for: it changes nothing.
    stage: Stage,
    /// Kept for all of the client's attempts: decorrelated jitter goes on from its last delay.
    backoff: Backoff,
}

impl Protocol for Contender {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Contender {
        out.fact(fact::ROLE, 0, Fact::Word("waiting"));
        let op = out.invoke(ctx.epoch, Request);
        let row = config.last();
        out.mark(Mark::Called { hop: Config::FROM_CLIENTS });
        out.send(row, Msg::Read);
        Contender {
            row,
            op,
            since_us: ctx.monotonic_us,
            attempt: 0,
            stage: Stage::Version,
            backoff: Backoff::new(config.backoff),
        }
    }

    fn step(&mut self, _: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match (input, self.stage) {
            (Input::Deliver { msg: Msg::Version(version), .. }, Stage::Version) => {
                self.stage = Stage::Wrote;
                out.send(self.row, Msg::Write(version));
            }
            (Input::Deliver { msg: Msg::Wrote(true), .. }, Stage::Version | Stage::Wrote | Stage::Again) => {
                // Also when the write came to the row twice, and the conflict of the second was answered first.
                self.stage = Stage::Nothing;
                out.cancel(Timer::Again);
                out.fact(fact::ROLE, 0, Fact::Word("done"));
                out.complete(self.op, Response::Done);
                let (hop, took_us) = (
                    Config::FROM_CLIENTS,
                    u64::try_from(ctx.monotonic_us.saturating_sub(self.since_us)).unwrap_or(0),
                );
                // It makes no attempts that are counted.
                out.mark(Mark::CallOver { hop, how: Ending::Done, stop: Stop::Over, tries: 0, took_us });
            }
            (Input::Deliver { msg: Msg::Wrote(false), .. }, Stage::Wrote) => {
                self.stage = Stage::Again;
                let delay_us = self.backoff.next_us(ctx.die(BACKOFF, u64::from(self.attempt)));
                out.fact(fact::ROLE, 0, Fact::Word("backing off"));
                out.set_timer(Timer::Again, Range::exactly(delay_us));
            }
            (Input::Timer(Timer::Again), Stage::Again) => {
                self.stage = Stage::Version;
                self.attempt = self.attempt.wrapping_add(1);
                out.fact(fact::ROLE, 0, Fact::Word("waiting"));
                out.serve(self.op, self.attempt);
                out.send(self.row, Msg::Read);
            }
            (Input::Deliver { .. } | Input::Timer(_) | Input::Ask(_), _) => {}
        }
    }
}
