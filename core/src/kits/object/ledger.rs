//! The ledger of a run: what clients asked, what they were told and when, in the order in which it happened.

use super::{KEYS, Linearity};
use crate::cast::{Cast, NodeId};
use crate::check::light::{Light, evidence};
use crate::check::{Call, Op};
use crate::outcome::{End, Evidence, State, Verdict};
use crate::sim::{Asked, OpId, OpKey, Seen, Speech, Told};
use crate::sorted::Map;
use crate::stats::{Sample, Series, SeriesRecorder};
use crate::time::DurationUs;
use crate::trace::Mark;
use std::fmt::Display;

/// Points that a chart of times keeps at the most, a quarter of it.
const SERIES_CAP: usize = 1_000;

/// In place of the key of what touches none.
const NO_KEY: u32 = u32::MAX;

/// Times that were measured, in µs: all of them, and as they came.
#[derive(Clone, Debug)]
pub struct Times {
    all: Sample,
    recorder: SeriesRecorder,
}

impl Default for Times {
    fn default() -> Times {
        Times { all: Sample::default(), recorder: SeriesRecorder::new(SERIES_CAP) }
    }
}

impl Times {
    /// One more.
    pub fn add(&mut self, at_us: u64, took_us: u64) {
        self.all.add(took_us as i64);
        self.recorder.add(at_us, took_us as i64);
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.all.count()
    }

    /// Their mean, rounded.
    pub fn mean_us(&self) -> Option<i64> {
        let count = i128::from(self.all.count());
        (count > 0).then(|| ((self.all.sum() + count / 2) / count) as i64)
    }

    /// The time that so many millionths of them take at the most.
    pub fn quantile_us(&self, millionths: u64) -> Option<i64> {
        self.all.quantile(millionths)
    }

    /// Their chart.
    pub fn series(&self, name: &'static str) -> Series {
        self.recorder.series(name, "us")
    }
}

/// How requests of one sort ended.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// What those took that ended well.
    pub took: Times,
    failed: u64,
}

impl Served {
    /// How many ended.
    pub fn all(&self) -> u64 {
        self.took.count() + self.failed
    }

    /// How many ended well.
    pub fn ok(&self) -> u64 {
        self.took.count()
    }
}

/// What clients asked of keys, and what they were told. What they ask of no key has its place in it, and counts nowhere.
pub struct Ledger {
    cast: Cast,
    /// By their numbers in the run.
    ops: Vec<Op>,
    linearity: Linearity,
    /// How reads ended.
    pub reads: Served,
    /// How all others did.
    pub writes: Served,
    /// When a node came up last.
    booted: Map<NodeId, Mark>,
    available: Light,
    refused: u64,
}

impl Ledger {
    /// An empty one.
    pub fn new(cast: Cast) -> Ledger {
        Ledger {
            cast,
            ops: Vec::new(),
            linearity: Linearity::default(),
            reads: Served::default(),
            writes: Served::default(),
            booted: Map::new(),
            available: Light::new("available", State::Kept, "No request to a live node has gone unserved."),
            refused: 0,
        }
    }

    /// Takes in what happened, before the lab's laws do.
    pub fn see<S: Speech>(&mut self, mark: Mark, seen: &Seen<'_, S>) {
        match seen {
            Seen::Boot(node) => drop(self.booted.insert(*node, mark)),
            Seen::Invoke { op, key, request } => self.invoked(mark, *op, *key, *request),
            Seen::Return { op, response, .. } => self.returned(mark, *op, *response),
            Seen::Abandon { op, .. } => self.abandoned(*op),
            _ => {}
        }
    }

    fn invoked(&mut self, mark: Mark, op: OpId, key: OpKey, request: &impl Asked) {
        assert_eq!(self.ops.len(), op.0 as usize, "operations are numbered as they are invoked");
        let (call, key_of) = match request.call().zip(request.effect()) {
            Some((call, effect)) => (call, u32::from(effect.key)),
            None => (Call::Read, NO_KEY),
        };
        let client = u32::from(key.client.0);
        self.ops.push(Op { client, key: key_of, call, answer: None, invoked: mark, returned: None });
        if key_of != NO_KEY {
            self.linearity.invoked(op.0);
        }
    }

    fn returned(&mut self, mark: Mark, op: OpId, response: &impl Told) {
        let took_us = mark.at_us - self.asked(op).invoked.at_us;
        let Some(served) = self.served(op) else { return };
        match response.end() {
            End::Ok => served.took.add(mark.at_us, took_us),
            _ => served.failed += 1,
        }
        let answer = response.answer();
        self.linearity.returned(op.0, answer.as_ref());
        let entry = &mut self.ops[op.0 as usize];
        entry.returned = answer.is_some().then_some(mark);
        entry.answer = answer;
    }

    fn abandoned(&mut self, op: OpId) {
        if let Some(served) = self.served(op) {
            served.failed += 1;
        }
    }

    fn served(&mut self, op: OpId) -> Option<&mut Served> {
        match self.asked(op) {
            Op { key: NO_KEY, .. } => None,
            Op { call: Call::Read, .. } => Some(&mut self.reads),
            _ => Some(&mut self.writes),
        }
    }

    /// An operation as far as it has come. One of no key seems to be a read that nobody has answered.
    pub fn asked(&self, op: OpId) -> &Op {
        &self.ops[op.0 as usize]
    }

    /// Whether an operation is a read, where it is of a key.
    pub fn reads(&self, op: OpId) -> bool {
        self.asked(op).call == Call::Read
    }

    /// Whether a node, which is up, has been since that operation was asked for.
    pub fn stayed_up(&self, node: NodeId, op: OpId) -> bool {
        self.booted.get(&node).is_none_or(|booted| *booted < self.asked(op).invoked)
    }

    /// An operation was not served, although whoever could be asked was up all the while; `known` tells what stood in its way.
    pub fn refuse(
        &mut self,
        mark: Mark,
        op: OpId,
        told: &impl Display,
        known: impl FnOnce(&Op) -> Vec<Evidence>,
    ) {
        self.refused += 1;
        let asked = &self.ops[op.0 as usize];
        let what = if asked.call == Call::Read { "read" } else { "write" };
        let (client, key) = (self.cast.name(NodeId(asked.client as u16)), KEYS[asked.key as usize]);
        self.available.break_(mark, || {
            let waited = DurationUs(mark.at_us - asked.invoked.at_us);
            let why = format!("{client}'s {what} of {key} was not served: after {waited} it was told “{told}”, although the node that it asked was up.");
            let mut steps = known(asked);
            steps.push(evidence(asked.invoked.record, format!("{client} asks")));
            steps.push(evidence(mark.record, "and is not served"));
            (why, steps)
        });
    }

    /// How many were refused so.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Whether everybody who asked a live node was served: the light `available`.
    pub fn available(&self) -> Verdict {
        self.available.clone().verdict()
    }

    /// What it keeps, in bytes, and what judging it takes.
    pub fn weight(&self) -> u64 {
        self.linearity.weight()
    }

    /// Goes on judging whether all of it fits one order, for about so many steps; says whether that is known.
    pub fn judge(&mut self, steps: u64) -> bool {
        self.linearity.judge(&self.ops, steps)
    }

    /// Whether it does: the light `linearizable`. What the lab's laws know of the return that broke it, by its record, is told with it.
    ///
    /// # Panics
    /// When that is not known yet.
    pub fn linearizable(&mut self, known: impl FnOnce(u32) -> Vec<Evidence>) -> Verdict {
        self.linearity.verdict(std::mem::take(&mut self.ops), self.cast, known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Answer;
    use crate::outcome::Effect;

    struct Asking(Option<Call>);

    impl Asked for Asking {
        fn effect(&self) -> Option<Effect> {
            self.0.map(|call| Effect { key: 0, writes: call != Call::Read })
        }

        fn call(&self) -> Option<Call> {
            self.0
        }
    }

    struct Telling(End, Option<Answer>);

    impl Told for Telling {
        fn end(&self) -> End {
            self.0
        }

        fn answer(&self) -> Option<Answer> {
            self.1.clone()
        }
    }

    #[test]
    fn what_is_asked_of_no_key_has_its_place_and_counts_nowhere() {
        let mut ledger = Ledger::new(Cast { servers: 1, coordinators: 0, clients: 1 });
        let asked = [Some(Call::Write(1)), None, Some(Call::Read), None, Some(Call::Read)];
        let told = [
            Telling(End::Ok, Some(Answer::Done)),
            Telling(End::Ok, None),
            Telling(End::Ok, Some(Answer::Value(1))),
            Telling(End::Failed, None),
            Telling(End::Unknown, None),
        ];
        for (i, (asked, told)) in asked.into_iter().zip(&told).enumerate() {
            let (i, mark) = (i as u32, |record: u32| Mark { at_us: u64::from(10 * record), record });
            let key = OpKey { client: NodeId(1), number: i };
            ledger.invoked(mark(2 * i), OpId(i), key, &Asking(asked));
            ledger.returned(mark(2 * i + 1), OpId(i), told);
        }
        let of = |served: &Served| (served.all(), served.ok(), served.took.mean_us());
        assert_eq!((of(&ledger.writes), of(&ledger.reads)), ((1, 1, Some(10)), (2, 1, Some(10))));
        while !ledger.judge(10) {}
        assert_eq!(ledger.linearizable(|_| Vec::new()).last().state, State::Kept);
    }
}
