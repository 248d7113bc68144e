//! The kernel: a discrete-event simulator whose every choice is a pure function of the seed.
//!
//! A lab describes who takes part and what the network is like ([`Setup`]); [`run`] boots every node and handles
//! event after event until the horizon. Nodes only ask ([`Out`]); the kernel carries out, and records each thing with
//! the record that brought it about.

pub mod bench;
mod carry;
mod limits;
mod net;
mod node;
mod observe;
mod operations;
mod protocol;
mod queue;
pub mod queueing;
mod recorder;
mod run;
mod script;
mod slab;
#[cfg(test)]
mod tests;

pub use crate::chance::dice::{self, Range};
pub use crate::chance::dist;
pub use limits::{MAX_KEPT_BYTES, MAX_PENDING, MAX_TRACE_BYTES, MAX_WORK};
pub use net::Network;
pub use observe::{Blind, Observer, Seen};
pub use protocol::{
    Asked, Ctx, Disk, Input, Kinded, Never, OpId, OpKey, Out, Protocol, Sent, Speech, Told, Value,
};
#[cfg(test)]
pub(crate) use recorder::record as bare_record;
pub use recorder::{Digest, MAX_CHANGES, MAX_RECORDS};

use crate::cast::{Cast, NodeId};
use crate::lab::Course;
use crate::outcome::{Detail, Operation, Outcome, Tally, Verdict};
use crate::scenario::Scenario;
use crate::stats::Series;
use crate::trace::{Indexing, Trace, Words};
use crate::words::MessageSpec;
use run::Sim;
use std::hash::Hash;
use std::sync::Arc;

/// What a run is made of.
pub struct Setup<'a, P: Protocol> {
    /// What every node knows.
    pub config: P::Config,
    /// Who takes part.
    pub cast: Cast,
    /// What lies between them.
    pub network: Network,
    /// What each input costs a node, in µs, in the order of the cast; nodes beyond its end work for nothing.
    pub work_us: Vec<u64>,
    /// The lab's kinds of message, for acts that name one.
    pub kinds: &'static [MessageSpec],
    /// Seed, script and horizon.
    pub scenario: &'a Scenario,
}

/// What a run came to, before the lab adds its figures.
#[derive(Debug)]
pub struct Run {
    /// Who took part.
    pub cast: Cast,
    /// What happened, as far as it was recorded.
    pub trace: Trace,
    /// The operations of clients, as far as they were recorded.
    pub operations: Vec<Operation>,
    /// The hash of everything that happened.
    pub digest: Digest,
    /// Limits that were met, the end of the run by late cues among them, as sentences.
    pub limits: Vec<String>,
    /// When it ended, in µs.
    pub ended_us: u64,
    /// How many records it had, kept or not.
    pub records: u32,
}

impl Run {
    /// The outcome: the run with the lab's figures and lights, which go into the digest too: what a light showed when, not its words.
    pub fn outcome(mut self, tallies: Vec<Tally>, series: Vec<Series>, verdicts: Vec<Verdict>) -> Outcome {
        for tally in &tallies {
            self.digest.add(tally.value.map_or(u64::MAX, |v| v as u64));
        }
        for change in verdicts.iter().flat_map(|verdict| &verdict.changes) {
            self.digest.take_in(&(change.at, change.state));
        }
        Outcome {
            cast: self.cast,
            trace: self.trace,
            operations: self.operations,
            tallies,
            series,
            verdicts,
            remarks: Vec::new(),
            spans: Vec::new(),
            heats: Vec::new(),
            digest: self.digest.value(),
            limits: self.limits,
            ended_us: self.ended_us,
        }
    }
}

/// Runs a scenario to its end: boots every node, handles every event, and tells the observer what happens.
pub fn run<P: Protocol, O: Observer<P::Speech>>(
    setup: Setup<'_, P>,
    observer: &mut O,
    detail: Detail,
) -> Run {
    let mut begun = Begun { sim: Sim::new(setup, observer, detail), detail, indexing: None, judged: false };
    while !begun.advance(u64::MAX) {}
    begun.end().0
}

/// Begins a run that is gone on with in stretches; `sum_up` makes the outcome of what was recorded and observed.
pub fn begin<P: Protocol, O: Observer<P::Speech> + 'static>(
    setup: Setup<'_, P>,
    observer: O,
    detail: Detail,
    sum_up: impl FnOnce(Run, O) -> Outcome + 'static,
) -> Box<dyn Course> {
    let begun = Begun { sim: Sim::new(setup, observer, detail), detail, indexing: None, judged: false };
    Box::new(Summed { begun, sum_up })
}

/// So many records are indexed in the time that an event takes.
const INDEXED: u64 = 4;
/// So many steps of judging fit into it.
const JUDGED: u64 = 2;

/// A run under way: first events are handled, then what was recorded is indexed, then what is left is judged.
struct Begun<P: Protocol, O: Observer<P::Speech>> {
    sim: Sim<P, O>,
    detail: Detail,
    indexing: Option<Indexing>,
    judged: bool,
}

impl<P: Protocol, O: Observer<P::Speech>> Begun<P, O> {
    /// Goes on for up to so many events, or as much else as takes their time; says whether only summing up is left.
    fn advance(&mut self, events: u64) -> bool {
        let until = self.sim.worked().saturating_add(events);
        if !self.sim.advance(events) {
            return false;
        }
        let left = until.saturating_sub(self.sim.worked());
        let indexing = self.indexing.get_or_insert_with(|| indexing(&mut self.sim, self.detail));
        let indexed = indexing.advance(usize::try_from(left.saturating_mul(INDEXED)).unwrap_or(usize::MAX));
        let left = left - (indexed as u64).div_ceil(INDEXED);
        self.judged = left > 0 && self.sim.observer.judge(left.saturating_mul(JUDGED));
        self.judged
    }

    /// What the run has recorded, and who watched it.
    fn end(self) -> (Run, O) {
        assert!(self.judged, "a run is summed up at its end");
        let trace = self.indexing.expect("what is judged has been indexed").trace();
        recorded(self.sim, trace)
    }
}

/// A run under way, and what its lab makes of it.
struct Summed<P: Protocol, O: Observer<P::Speech>, F> {
    begun: Begun<P, O>,
    sum_up: F,
}

impl<P: Protocol, O: Observer<P::Speech>, F: FnOnce(Run, O) -> Outcome> Course for Summed<P, O, F> {
    fn advance(&mut self, events: u64) -> bool {
        self.begun.advance(events)
    }

    fn outcome(self: Box<Self>) -> Outcome {
        let (run, observer) = self.begun.end();
        (self.sum_up)(run, observer)
    }
}

/// Takes out what an ended run has recorded, to be indexed.
fn indexing<P: Protocol, O: Observer<P::Speech>>(sim: &mut Sim<P, O>, detail: Detail) -> Indexing {
    let complete = detail == Detail::Full && !sim.recorder.full;
    let words = Arc::new(Lexicon::<P::Speech>(std::mem::take(&mut sim.payloads)));
    let (records, changes) = sim.recorder.take();
    Indexing::new(sim.cast.len(), records, changes, words, complete)
}

fn recorded<P: Protocol, O: Observer<P::Speech>>(mut sim: Sim<P, O>, trace: Trace) -> (Run, O) {
    let operations = sim.log.take();
    let Sim { cast, recorder, now_us, mut limits, observer, .. } = sim;
    limits.extend(recorder.told_full(&trace));
    let (digest, records) = (recorder.digest, recorder.count());
    (Run { cast, trace, operations, digest, limits, ended_us: now_us, records }, observer)
}

/// A payload that somebody may read.
enum Payload<S: Speech> {
    Msg(S::Msg),
    Timer(S::Timer),
    Request(S::Request),
    Response(S::Response),
}

impl<S: Speech> Payload<S> {
    /// What it refers to, in bytes.
    fn weight(&self) -> u64 {
        match self {
            Payload::Msg(msg) => S::weight(msg),
            Payload::Response(response) => response.weight(),
            Payload::Timer(_) | Payload::Request(_) => 0,
        }
    }
}

struct Lexicon<S: Speech>(Vec<Payload<S>>);

impl<S: Speech> Words for Lexicon<S> {
    fn text(&self, payload: u32) -> String {
        match &self.0[payload as usize] {
            Payload::Msg(msg) => msg.to_string(),
            Payload::Timer(name) => name.to_string(),
            Payload::Request(request) => request.to_string(),
            Payload::Response(response) => response.to_string(),
        }
    }
}

/// The reader's finger on the next message of a link.
#[derive(Clone, Copy, Debug)]
struct Finger {
    from: NodeId,
    to: NodeId,
    kind: Option<u8>,
    twice: bool,
}

impl Finger {
    fn touches(&self, from: NodeId, to: NodeId, kind: u8) -> bool {
        self.from == from && self.to == to && self.kind.is_none_or(|k| k == kind)
    }
}

/// What the script has laid at a node: it goes down with so many more of its messages.
#[derive(Clone, Copy, Debug)]
struct Fuse {
    node: NodeId,
    kind: Option<u8>,
    left: u32,
    /// The record of the cue.
    cue: u32,
}

/// Hashes a value alike on every machine.
pub(crate) fn hash_of(value: &impl Hash) -> u64 {
    let mut digest = Digest::default();
    digest.take_in(value);
    digest.value()
}
