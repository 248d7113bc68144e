//! What must have happened in a run before a challenge counts as reached: cuts that parted replicas, and requests that came to them meanwhile.

use crate::cast::NodeId;
use crate::outcome::{End, Operation, Outcome};
use crate::scenario::Scenario;
use crate::trace::{Mark, NONE, RecordKind, World};
use crate::words::{MessageRole, MessageSpec};

/// A stretch of time in which nothing is done to links, and who is cut off from whom in it.
struct Weather {
    from_us: u64,
    to_us: u64,
    now: World,
}

/// The run by what is cut.
pub struct Cuts(Vec<Weather>);

impl Cuts {
    /// Of a scenario, to the end of its run.
    pub fn of(scenario: &Scenario, outcome: &Outcome) -> Cuts {
        let mut now = World::default();
        let mut stretches = vec![Weather { from_us: 0, to_us: u64::MAX, now: now.clone() }];
        for cue in scenario.cues.iter().filter(|cue| cue.at_us < outcome.ended_us) {
            now.apply(&cue.act, &outcome.cast, Mark { at_us: cue.at_us, record: NONE });
            if let Some(last) = stretches.last_mut() {
                last.to_us = cue.at_us;
            }
            stretches.push(Weather { from_us: cue.at_us, to_us: u64::MAX, now: now.clone() });
        }
        Cuts(stretches)
    }

    /// Whether the two cannot talk, either way, from one time to another.
    pub fn part(&self, a: NodeId, b: NodeId, (from_us, to_us): (u64, u64)) -> bool {
        let mut meanwhile =
            self.0.iter().filter(|weather| weather.from_us < to_us && weather.to_us > from_us);
        meanwhile.all(|weather| weather.now.is_cut(a, b) && weather.now.is_cut(b, a))
    }

    /// The longest time for which the two could not talk, either way: from when to when. Ends with the run.
    pub fn longest(&self, a: NodeId, b: NodeId, ended_us: u64) -> Option<(u64, u64)> {
        let mut spans: Vec<(u64, u64)> = Vec::new();
        for weather in self.0.iter().filter(|weather| weather.now.is_cut(a, b) && weather.now.is_cut(b, a)) {
            let to_us = weather.to_us.min(ended_us);
            match spans.last_mut().filter(|span| span.1 == weather.from_us) {
                Some(span) => span.1 = to_us,
                None => spans.push((weather.from_us, to_us)),
            }
        }
        spans.into_iter().max_by_key(|(from_us, to_us)| to_us - from_us)
    }
}

/// A client's request that came to a server or coordinator.
pub struct Came<'a> {
    /// What was asked, and what came of it.
    pub op: &'a Operation,
    /// To whom it came.
    pub to: NodeId,
    /// When, in µs.
    pub at_us: u64,
}

impl Came<'_> {
    /// Whether it writes.
    pub fn writes(&self) -> bool {
        self.op.effect.is_some_and(|effect| effect.writes)
    }

    /// When it was served, if it was, in µs.
    pub fn served_us(&self) -> Option<u64> {
        self.op.returned.filter(|_| self.op.end == End::Ok).map(|returned| returned.at_us)
    }

    /// Whether it came within a stretch of time.
    pub fn within(&self, (from_us, to_us): (u64, u64)) -> bool {
        (from_us..to_us).contains(&self.at_us)
    }
}

/// The requests that came to somebody, in order: messages that ask, of the lab's kinds.
pub fn came<'a>(outcome: &'a Outcome, kinds: &[MessageSpec]) -> Vec<Came<'a>> {
    let asks = |kind: u8| kinds[usize::from(kind)].role == MessageRole::Request;
    let records = outcome.trace.records().iter();
    let delivered = records.filter(|record| record.kind == RecordKind::Deliver && asks(record.message));
    let request = |record: &crate::trace::Record| {
        let place = outcome.operations.binary_search_by_key(&record.op, |op| op.number).ok()?;
        Some(Came { op: &outcome.operations[place], to: record.node, at_us: record.at_us })
    };
    delivered.filter_map(request).collect()
}

/// Whether a write came to one of two nodes while they could not talk, and, once it had ended, a read to the other, while they still could not:
/// what a cut makes hard.
pub fn shared_across(requests: &[Came<'_>], (a, b): (NodeId, NodeId), cut: (u64, u64)) -> bool {
    let meanwhile = || requests.iter().filter(|request| request.within(cut));
    meanwhile().filter(|write| write.writes() && (write.to == a || write.to == b)).any(|write| {
        let other = if write.to == a { b } else { a };
        let later = |read: &&Came<'_>| write.op.returned.is_some_and(|ended| read.op.invoked > ended);
        meanwhile().filter(later).any(|read| !read.writes() && read.to == other)
    })
}
