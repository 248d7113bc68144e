//! A call followed through the records: its attempts, and where the time of each went.

use super::super::Look;
use splitbrain::lab::{MessageRole, Operation};
use splitbrain::trace::{Change, Fact, FactKey, Record, RecordKind};

/// The most records of a server's lane that are looked through for the answers to one call.
const MAX_LOOK: usize = 30_000;

/// Where time goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Sleeps before a retry.
    Asleep,
    /// Waits for a thread of the caller's pool.
    NoThread,
    /// A message is under way.
    OnTheWay,
    /// Waits in the server's queue.
    Queued,
    /// The server works on it.
    AtWork,
}

impl Phase {
    /// All of them.
    pub const ALL: [Phase; 5] = [Phase::Asleep, Phase::NoThread, Phase::OnTheWay, Phase::Queued, Phase::AtWork];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Phase::Asleep => "asleep before a retry",
            Phase::NoThread => "waits for a thread",
            Phase::OnTheWay => "on the way",
            Phase::Queued => "in the queue",
            Phase::AtWork => "at work",
        }
    }
}

/// A stretch of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// What it was spent on.
    pub phase: Phase,
    /// From.
    pub from_us: u64,
    /// To.
    pub to_us: u64,
    /// Nobody waited for it any more.
    pub in_vain: bool,
}

/// An attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What it is called.
    pub name: String,
    /// Where its time went, the sleep before it included.
    pub parts: Vec<Part>,
    /// When its caller stopped waiting.
    pub ended_us: u64,
    /// How it ended.
    pub end: String,
    /// Whether well.
    pub ok: bool,
    /// When its time would have been up, and how much it was given, where that was recorded.
    pub limit: Option<(u64, u64)>,
    /// Its first record.
    pub record: u32,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// When it was made.
    pub from_us: u64,
    /// When it ended.
    pub to_us: u64,
    /// Its attempts, in order.
    pub attempts: Vec<Attempt>,
}

/// Follows a call.
pub fn follow(look: &Look<'_>, operation: &Operation) -> Call {
    let from_us = operation.invoked.at_us;
    let to_us = operation.returned.map_or(look.outcome.ended_us, |end| end.at_us);
    let own = own_records(look, operation);
    let facts = look.lab.meta().facts;
    let results = facts.iter().position(|fact| fact.name == "result").map(|place| place as u8);
    let attempts = match results {
        Some(name) => by_results(look, operation, &own, name),
        None => by_messages(look, &own, to_us),
    };
    Call { from_us, to_us, attempts }
}

/// The call's records at its own client.
fn own_records<'a>(look: &Look<'a>, operation: &Operation) -> Vec<&'a Record> {
    let trace = &look.outcome.trace;
    let lane = trace.lane(operation.client);
    let record = |place: &u32| &trace.records()[*place as usize];
    let from = lane.partition_point(|place| record(place).id < operation.invoked.record);
    let until = operation.returned.map_or(u32::MAX, |end| end.record);
    let open = lane[from..].iter().map(record).take_while(|record| record.id <= until);
    open.take(MAX_LOOK).filter(|record| record.op == operation.number).collect()
}

fn asks(look: &Look<'_>, record: &Record) -> bool {
    let kind = look.lab.meta().kinds.get(usize::from(record.message));
    let asking = |role| matches!(role, MessageRole::Request | MessageRole::Write | MessageRole::Read);
    record.kind == RecordKind::Send && kind.is_some_and(|kind| asking(kind.role))
}

/// Attempts as the messages tell them: each request that leaves the client is one.
fn by_messages(look: &Look<'_>, own: &[&Record], call_end_us: u64) -> Vec<Attempt> {
    let sends: Vec<&Record> = own.iter().copied().filter(|record| asks(look, record)).collect();
    let mut answers = sends.first().map_or(Vec::new(), |send| Answer::all(look, send));
    let mut before_us = None;
    let mut attempts = Vec::new();
    for (i, send) in sends.iter().enumerate() {
        let answer = Answer::to(look, send, &mut answers);
        // The timer that was set when this was sent, and fired. One for the next call may have been set in the same moment.
        let mut fired = own.iter().filter(|record| record.kind == RecordKind::Timer && record.cause == send.cause);
        let timeout = fired.find(|timer| look.outcome.trace.words(timer).ends_with("timed out"));
        let (end, ok) = match (&timeout, &answer) {
            (Some(_), _) => ("timed out".to_owned(), false),
            (None, Some(answer)) if answer.came_us.is_some() => (answer.words.clone(), answer.ok),
            _ => ("no answer yet".to_owned(), false),
        };
        let came_us = answer.as_ref().and_then(|answer| answer.came_us);
        let ended_us = timeout.map(|timer| timer.at_us).or(came_us).unwrap_or(call_end_us);
        let mut parts = Vec::new();
        if let Some(before_us) = before_us.filter(|before_us| *before_us < send.at_us) {
            parts.push(Part { phase: Phase::Asleep, from_us: before_us, to_us: send.at_us, in_vain: false });
        }
        parts.extend(way(look, send, answer.as_ref(), ended_us));
        let limit = timeout.map(|timer| (timer.at_us, timer.at_us - send.at_us));
        let name = format!("attempt {}", i + 1);
        attempts.push(Attempt { name, parts, ended_us, end, ok, limit, record: send.id });
        before_us = Some(ended_us);
    }
    attempts
}

/// Attempts as the caller's facts tell them, those that a breaker or a pool refused included.
fn by_results(look: &Look<'_>, operation: &Operation, own: &[&Record], name: u8) -> Vec<Attempt> {
    const ENDS: [&str; 6] = ["done", "failed", "timed out", "short-circuited", "rejected", "400"];
    let trace = &look.outcome.trace;
    let stations = look.lab.gauges(look.scenario).stations;
    let station = |dependency: usize| {
        let mut named = stations.iter().filter(|station| station.rank == 1);
        named.nth(dependency).map_or("call", |station| station.name)
    };
    let until = operation.returned.map_or(u32::MAX, |end| end.record);
    let first = trace.changes().partition_point(|change| change.record + 1 < operation.invoked.record);
    let window = trace.changes()[first..].iter().take(MAX_LOOK).take_while(|change| change.record <= until);
    let told: Vec<(&Change, u64, u64)> = window
        .filter(|change| change.node == operation.client && change.key.name == name)
        .filter_map(|change| match change.value {
            Fact::Int(took_us) => {
                let at_us = trace.get(change.record)?.at_us;
                Some((change, at_us.saturating_sub(took_us as u64), at_us))
            }
            _ => None,
        })
        .collect();
    // An attempt begins when the call does, when the one before it ended, or when a timer of this call fires.
    let mut starts: Vec<u64> = own.iter().filter(|r| r.kind == RecordKind::Timer).map(|r| r.at_us).collect();
    starts.push(operation.invoked.at_us);
    let mut attempts: Vec<Attempt> = Vec::new();
    for (change, from_us, at_us) in told {
        let last_us = attempts.last().map_or(operation.invoked.at_us, |attempt| attempt.ended_us);
        if from_us < last_us || !starts.contains(&from_us) {
            continue;
        }
        starts.push(at_us);
        let (dependency, end) = (usize::from(change.key.index / 8), usize::from(change.key.index % 8));
        let mut parts = Vec::new();
        if from_us > last_us {
            parts.push(Part { phase: Phase::Asleep, from_us: last_us, to_us: from_us, in_vain: false });
        }
        let send = own.iter().find(|r| asks(look, r) && r.at_us >= from_us && r.at_us <= at_us && r.peer.index() == dependency);
        let thread_us = send.map_or(at_us, |send| send.at_us);
        if thread_us > from_us {
            parts.push(Part { phase: Phase::NoThread, from_us, to_us: thread_us, in_vain: false });
        }
        if let Some(send) = send {
            let mut answers = Answer::all(look, send);
            let answer = Answer::to(look, send, &mut answers);
            parts.extend(way(look, send, answer.as_ref(), at_us));
        }
        let key = FactKey { name: name + 1, index: dependency as u16 };
        let limit = match trace.change_at(operation.client, key, change.record).map(|change| &change.value) {
            Some(Fact::Int(us)) if end == 2 => Some((from_us + *us as u64, *us as u64)),
            _ => None,
        };
        attempts.push(Attempt {
            name: station(dependency).to_owned(),
            parts,
            ended_us: at_us,
            end: ENDS.get(end).copied().unwrap_or("?").to_owned(),
            ok: end == 0,
            limit,
            record: send.map_or(change.record, |send| send.id),
        });
    }
    attempts
}

/// A server's answer to this call.
struct Answer {
    /// The record that brought it about, and that record's cause.
    cause: u32,
    set: u32,
    /// When work began and ended.
    began_us: u64,
    sent_us: u64,
    came_us: Option<u64>,
    words: String,
    ok: bool,
}

impl Answer {
    /// All answers that a server sends to a call, from the arrival of this request on.
    fn all(look: &Look<'_>, first: &Record) -> Vec<Answer> {
        let trace = &look.outcome.trace;
        let lane = trace.lane(first.peer);
        let record = |place: &u32| &trace.records()[*place as usize];
        let from = lane.partition_point(|place| record(place).id <= first.id);
        let places = lane[from..].iter().take(MAX_LOOK);
        let answers = places.filter(|place| {
            let record = record(place);
            record.op == first.op && record.kind == RecordKind::Send && record.peer == first.node
        });
        answers.map(|place| Answer::read(look, *place as usize)).collect()
    }

    fn read(look: &Look<'_>, place: usize) -> Answer {
        let trace = &look.outcome.trace;
        let sent = &trace.records()[place];
        let cause = trace.get(sent.cause);
        // Work ends with a timer, which was set when it began.
        let set = cause.filter(|cause| cause.kind == RecordKind::Timer).and_then(|timer| trace.get(timer.cause));
        let words = trace.words(sent);
        let words = words.rsplit_once(": ").map_or(words.clone(), |(_, answer)| answer.to_owned());
        Answer {
            cause: sent.cause,
            set: set.map_or(u32::MAX, |set| set.id),
            began_us: set.map_or(sent.at_us, |set| set.at_us),
            sent_us: sent.at_us,
            came_us: trace.end_of(place).filter(|end| end.kind == RecordKind::Deliver).map(|end| end.at_us),
            ok: words.starts_with("done"),
            words,
        }
    }

    /// The answer to one request: that which its arrival brought about at once, or else the first that no other request has taken.
    fn to(look: &Look<'_>, send: &Record, answers: &mut Vec<Answer>) -> Option<Answer> {
        let trace = &look.outcome.trace;
        let arrival = trace.end_of(trace.index_of(send.id)?)?;
        if arrival.kind != RecordKind::Deliver {
            return None;
        }
        let own = answers.iter().position(|answer| answer.cause == arrival.id || answer.set == arrival.id);
        let later = || answers.iter().position(|answer| answer.began_us >= arrival.at_us);
        own.or_else(later).map(|place| answers.remove(place))
    }
}

/// The way of a request and of its answer, cut where the caller stops waiting.
fn way(look: &Look<'_>, send: &Record, answer: Option<&Answer>, ended_us: u64) -> Vec<Part> {
    let trace = &look.outcome.trace;
    let arrival = trace.index_of(send.id).and_then(|place| trace.end_of(place));
    let mut stretches = Vec::new();
    match (arrival, answer) {
        (Some(arrival), Some(answer)) if arrival.kind == RecordKind::Deliver => {
            stretches.push((Phase::OnTheWay, send.at_us, arrival.at_us));
            stretches.push((Phase::Queued, arrival.at_us, answer.began_us));
            stretches.push((Phase::AtWork, answer.began_us, answer.sent_us));
            stretches.push((Phase::OnTheWay, answer.sent_us, answer.came_us.unwrap_or(answer.sent_us)));
        }
        (Some(arrival), None) if arrival.kind == RecordKind::Deliver => {
            stretches.push((Phase::OnTheWay, send.at_us, arrival.at_us));
            // It was never answered: thrown away, or still there at the end.
            stretches.push((Phase::Queued, arrival.at_us, ended_us));
        }
        (Some(end), _) => stretches.push((Phase::OnTheWay, send.at_us, end.at_us)),
        (None, _) => stretches.push((Phase::OnTheWay, send.at_us, ended_us)),
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
