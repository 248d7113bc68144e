//! A request's way: to its server, through the queue and the work, and back, as far as it went.

use super::super::Look;
use super::follow::{Part, Phase, asks};
use splitbrain::lab::shows::{FactId, Line};
use splitbrain::tell::{SpanKind, spans};
use splitbrain::trace::{Fact, Record, RecordKind};

/// A server's answer to this call.
pub struct Answer {
    /// The record that brought it about, and that record's cause.
    cause: u32,
    set: u32,
    /// When work began and ended.
    began_us: u64,
    sent_us: u64,
    /// When it came or was lost.
    stops_us: Option<u64>,
    /// When it came.
    pub came_us: Option<u64>,
    /// The record of its coming.
    pub came_by: Option<u32>,
    attempt: u8,
    /// What it says.
    pub words: String,
    /// Whether that is good.
    pub ok: bool,
}

impl Answer {
    /// All answers that a server sends to a call, from the arrival of this request on; those that did what was asked begin with `good`.
    pub fn all(look: &Look<'_>, first: &Record, good: &str) -> Vec<Answer> {
        let trace = &look.outcome.trace;
        let lane = trace.lane(first.peer);
        let record = |place: &u32| &trace.records()[*place as usize];
        let from = lane.partition_point(|place| record(place).id <= first.id);
        let answers = lane[from..].iter().filter(|place| {
            let record = record(place);
            record.op == first.op && record.kind == RecordKind::Send && record.peer == first.node
        });
        answers.map(|place| Answer::read(look, *place as usize, good)).collect()
    }

    fn read(look: &Look<'_>, place: usize, good: &str) -> Answer {
        let trace = &look.outcome.trace;
        let sent = &trace.records()[place];
        let cause = trace.get(sent.cause);
        // Work ends with a timer, which was set when it began.
        let set = cause.filter(|cause| cause.kind == RecordKind::Timer).and_then(|timer| trace.get(timer.cause));
        let words = trace.words(sent);
        let words = words.rsplit_once(": ").map_or(words.clone(), |(_, answer)| answer.to_owned());
        let came = trace.end_of(place).filter(|end| end.kind == RecordKind::Deliver);
        Answer {
            cause: sent.cause,
            set: set.map_or(u32::MAX, |set| set.id),
            began_us: set.map_or(sent.at_us, |set| set.at_us),
            sent_us: sent.at_us,
            stops_us: trace.end_of(place).map(|end| end.at_us),
            came_us: came.map(|end| end.at_us),
            came_by: came.map(|end| end.id),
            attempt: sent.attempt,
            ok: words.starts_with(good),
            words,
        }
    }

    /// The answer to one attempt: that which its arrival brought about at once, or else the first to an attempt of that number that no other
    /// request has taken.
    pub fn to(look: &Look<'_>, send: &Record, answers: &mut Vec<Answer>) -> Option<Answer> {
        let trace = &look.outcome.trace;
        let arrival = trace.end_of(trace.index_of(send.id)?)?;
        if arrival.kind != RecordKind::Deliver {
            return None;
        }
        let own = answers.iter().position(|answer| answer.cause == arrival.id || answer.set == arrival.id);
        let later = || answers.iter().position(|answer| answer.attempt == send.attempt && answer.began_us >= arrival.at_us);
        own.or_else(later).map(|place| answers.remove(place))
    }
}

/// The way of a request and of its answer, cut where the caller stops waiting. Where the server's queue is first come, first served, its facts
/// tell what it did with a request that it did not answer.
pub fn way(look: &Look<'_>, send: &Record, answer: Option<&Answer>, ended_us: u64, line: Option<Line>) -> Vec<Part> {
    let trace = &look.outcome.trace;
    let arrival = trace.index_of(send.id).and_then(|place| trace.end_of(place));
    let mut stretches = Vec::new();
    match (arrival, answer) {
        (Some(arrival), Some(answer)) if arrival.kind == RecordKind::Deliver => {
            stretches.push((Phase::OnTheWay, send.at_us, arrival.at_us));
            match passed_on_us(look, arrival) {
                Some(passed_us) => {
                    stretches.push((Phase::Queued, arrival.at_us, passed_us));
                    stretches.push((Phase::Elsewhere, passed_us, answer.sent_us));
                }
                None => {
                    stretches.push((Phase::Queued, arrival.at_us, answer.began_us));
                    stretches.push((Phase::AtWork, answer.began_us, answer.sent_us));
                }
            }
            let stops_us = answer.stops_us.unwrap_or(look.outcome.ended_us);
            stretches.push((Phase::OnTheWay, answer.sent_us, stops_us));
            if answer.came_us.is_none() {
                stretches.push((Phase::NoAnswer, stops_us, ended_us));
            }
        }
        (Some(arrival), None) if arrival.kind == RecordKind::Deliver => {
            stretches.push((Phase::OnTheWay, send.at_us, arrival.at_us));
            match (passed_on_us(look, arrival), line) {
                (Some(passed_us), _) => {
                    stretches.push((Phase::Queued, arrival.at_us, passed_us));
                    stretches.push((Phase::Elsewhere, passed_us, ended_us.max(passed_us)));
                }
                (None, Some(line)) => stretches.extend(unanswered(look, arrival, line)),
                // Thrown away, or still there at the end.
                (None, None) => stretches.push((Phase::Queued, arrival.at_us, ended_us)),
            }
            let there_us = stretches.last().map_or(arrival.at_us, |(_, _, to_us)| *to_us);
            stretches.push((Phase::NoAnswer, there_us, ended_us));
        }
        (Some(end), _) => {
            stretches.push((Phase::OnTheWay, send.at_us, end.at_us));
            stretches.push((Phase::NoAnswer, end.at_us, ended_us));
        }
        (None, _) => stretches.push((Phase::OnTheWay, send.at_us, look.outcome.ended_us)),
    }
    let mut parts = Vec::new();
    for (phase, from_us, to_us) in stretches {
        let waited_us = to_us.min(ended_us);
        if from_us < waited_us {
            parts.push(Part { phase, from_us, to_us: waited_us, in_vain: false });
        }
        if from_us.max(ended_us) < to_us {
            parts.push(Part { phase, from_us: from_us.max(ended_us), to_us, in_vain: true });
        }
    }
    parts
}

/// When a server asked another for what a request asks of it, where it did: it does so as the request arrives.
fn passed_on_us(look: &Look<'_>, arrival: &Record) -> Option<u64> {
    let trace = &look.outcome.trace;
    let lane = trace.lane(arrival.node);
    let record = |place: &u32| &trace.records()[*place as usize];
    let from = lane.partition_point(|place| record(place).id <= arrival.id);
    let mut then = lane[from..].iter().map(record).take_while(|record| record.at_us == arrival.at_us);
    then.find(|record| record.cause == arrival.id && record.peer != arrival.peer && asks(look, record)).map(|record| record.at_us)
}

/// Where a request was that arrived and was not answered within the run: in line, at work, or nowhere, if the server took no notice of it.
fn unanswered(look: &Look<'_>, arrival: &Record, line: Line) -> Vec<(Phase, u64, u64)> {
    let (trace, node) = (&look.outcome.trace, line.node);
    let down = spans(look.scenario, look.outcome).into_iter().filter(|span| span.kind == SpanKind::Down(node));
    let stops = down.map(|span| span.from_us).filter(|from_us| *from_us >= arrival.at_us).min();
    let stops_us = stops.unwrap_or(look.outcome.ended_us);
    let brought = |fact: FactId| trace.changes_of(arrival.id).iter().find(|c| c.node == node && c.key == fact.key());
    if brought(line.busy).is_some() {
        return vec![(Phase::AtWork, arrival.at_us, stops_us)];
    }
    let Some(Fact::Int(place)) = brought(line.queue).map(|change| &change.value) else { return Vec::new() };
    // Each time that the line grows shorter its head is taken to work.
    let (mut ahead, mut waiting) = (*place, *place);
    for change in trace.history(node, line.queue.key()).filter(|change| change.record > arrival.id) {
        let (Fact::Int(now), Some(record)) = (&change.value, trace.get(change.record)) else { continue };
        if record.at_us >= stops_us {
            break;
        }
        ahead -= (waiting - now).max(0);
        waiting = *now;
        if ahead == 0 {
            return vec![(Phase::Queued, arrival.at_us, record.at_us), (Phase::AtWork, record.at_us, stops_us)];
        }
    }
    vec![(Phase::Queued, arrival.at_us, stops_us)]
}
