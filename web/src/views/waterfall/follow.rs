//! A call followed through the records: its attempts, and where the time of each went.

use super::super::Look;
use super::answer::{Answer, way};
use super::tree::by_spans;
use splitbrain::lab::shows::{Attempts, Ending, FactId, Spans, Station};
use splitbrain::lab::{End, MessageRole, Operation, Shows};
use splitbrain::trace::{Fact, Record, RecordKind};

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
    /// The server waits for what it has asked of another.
    Elsewhere,
    /// The server works on it.
    AtWork,
    /// Something goes on where nobody tells of it.
    Untold,
    /// Nothing is under way any more that could bring an answer: it was lost, or the server takes no notice.
    NoAnswer,
}

impl Phase {
    /// All of them.
    pub const ALL: [Phase; 8] = [
        Phase::Asleep,
        Phase::NoThread,
        Phase::OnTheWay,
        Phase::Queued,
        Phase::Elsewhere,
        Phase::AtWork,
        Phase::Untold,
        Phase::NoAnswer,
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Phase::Asleep => "asleep before a retry",
            Phase::NoThread => "waits for a thread",
            Phase::OnTheWay => "on the way",
            Phase::Queued => "in the queue",
            Phase::Elsewhere => "waits for the next service",
            Phase::AtWork => "at work",
            Phase::Untold => "not traced",
            Phase::NoAnswer => "no answer comes",
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
    /// Whether well; none if it has not ended.
    pub ok: Option<bool>,
    /// When its time would have been up, and how much it was given, where that was recorded.
    pub limit: Option<(u64, u64)>,
    /// Its first record.
    pub record: u32,
    /// How many others it is made for, one for another.
    pub depth: u8,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// When it was made.
    pub from_us: u64,
    /// When it ended.
    pub to_us: u64,
    /// When the last of what is done for it ends, whether or not anybody waits for it.
    pub until_us: u64,
    /// When it had to be over.
    pub deadline_us: Option<u64>,
    /// Its attempts are those of all who have a part in it, each below what it is made for.
    pub is_tree: bool,
    /// Its attempts, in order.
    pub attempts: Vec<Attempt>,
    /// What it is: a call, or a request that makes calls.
    pub kind: &'static str,
    /// What it made: "3 attempts", "5 attempts at 3 calls".
    pub made: String,
}

/// Follows a call.
pub fn follow(look: &Look<'_>, shows: &Shows, operation: &Operation) -> Call {
    let from_us = operation.invoked.at_us;
    let own = own_records(look, operation);
    let abandoned = own.iter().find(|record| record.kind == RecordKind::Abandon).map(|record| record.at_us);
    let to_us = operation.returned.map(|end| end.at_us).or(abandoned).unwrap_or(look.outcome.ended_us);
    let cut_short = match (operation.returned, abandoned) {
        (Some(_), _) => "not recorded",
        (None, Some(_)) => "its caller crashed",
        (None, None) => "not over yet",
    };
    if let Some(Spans { attempts: Attempts::Kept { names, deadline_us }, .. }) = &shows.spans {
        return by_spans(look, operation, names, *deadline_us, to_us);
    }
    let calls_apart = matches!(shows.spans, Some(Spans { attempts: Attempts::Told { .. }, .. }));
    let attempts = match &shows.spans {
        None | Some(Spans { attempts: Attempts::Kept { .. }, .. }) => Vec::new(),
        Some(Spans { attempts: Attempts::Sent { limit }, good }) => by_messages(look, operation, &own, to_us, *limit, good),
        Some(Spans { attempts: Attempts::Told { begun, ended, stride, endings, stations }, good }) => {
            let stations = stations.iter().filter_map(|place| shows.stations.get(*place)).collect();
            let telling = Telling { begun: *begun, ended: *ended, stride: *stride, endings, stations, good };
            by_results(look, operation, &own, &telling, (to_us, cut_short))
        }
    };
    let made = made(&attempts, calls_apart);
    let kind = if calls_apart { "Request" } else { "Call" };
    Call { from_us, to_us, until_us: to_us, deadline_us: None, is_tree: false, attempts, kind, made }
}

/// How many attempts, and where calls of several servers are told apart, at how many calls: attempts at one call follow each other.
pub fn made(attempts: &[Attempt], calls_apart: bool) -> String {
    let number = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let calls = attempts.chunk_by(|one, next| one.name == next.name).count();
    match attempts.len() {
        n if !calls_apart => number(n, "attempt"),
        n if n == calls => number(n, "call"),
        n => format!("{} at {}", number(n, "attempt"), number(calls, "call")),
    }
}

/// The call's records at its own client.
fn own_records<'a>(look: &Look<'a>, operation: &Operation) -> Vec<&'a Record> {
    let trace = &look.outcome.trace;
    let lane = trace.lane(operation.client);
    let record = |place: &u32| &trace.records()[*place as usize];
    let from = lane.partition_point(|place| record(place).id < operation.invoked.record);
    let until = operation.returned.map_or(u32::MAX, |end| end.record);
    let open = lane[from..].iter().map(record).take_while(|record| record.id <= until);
    open.filter(|record| record.op == operation.number).collect()
}

/// Whether a message asks its receiver for something.
pub fn asks(look: &Look<'_>, record: &Record) -> bool {
    [MessageRole::Request, MessageRole::Write, MessageRole::Read].into_iter().any(|role| asks_by(look, record, role))
}

/// Whether a message asks for something in that way.
fn asks_by(look: &Look<'_>, record: &Record, role: MessageRole) -> bool {
    let kind = look.lab.meta().kinds.get(usize::from(record.message));
    record.kind == RecordKind::Send && kind.is_some_and(|kind| kind.role == role)
}

/// Attempts as the messages tell them: each request that leaves the client is one, but for a write that follows on what was read for it.
fn by_messages(
    look: &Look<'_>,
    operation: &Operation,
    own: &[&Record],
    call_end_us: u64,
    limit: Option<&str>,
    good_words: &str,
) -> Vec<Attempt> {
    let sends: Vec<&Record> = own.iter().copied().filter(|record| asks(look, record)).collect();
    let mut answers = sends.first().map_or(Vec::new(), |send| Answer::all(look, send, good_words));
    // What comes after its caller crashed is nobody's answer any more.
    let came = |answer: &Answer| answer.came_us.filter(|us| *us <= call_end_us);
    // The answer that brought the call to its good end.
    let good = operation.returned.filter(|_| operation.end == End::Ok);
    let good = good.and_then(|end| look.outcome.trace.get(end.record)).map(|end| end.cause);
    let mut before_us = None;
    let mut attempts: Vec<Attempt> = Vec::new();
    // Whether the last request read, and was answered: what is written then belongs to it.
    let mut has_read = false;
    for send in &sends {
        let answer = Answer::to(look, send, &mut answers);
        // Of the timers that were set when this was sent, the one that limits it: it serves the same attempt.
        let serves = |record: &&&Record| record.kind == RecordKind::Timer && record.attempt == send.attempt && record.cause == send.cause;
        let limits = |timer: &&&Record| limit.is_some_and(|words| look.outcome.trace.words(timer).ends_with(words));
        let timeout = own.iter().filter(serves).find(limits);
        let reads = asks_by(look, send, MessageRole::Read);
        let (end, ok) = match (&timeout, &answer) {
            (Some(_), _) => ("timed out".to_owned(), Some(false)),
            (None, Some(answer)) if came(answer).is_some() => {
                let ended = answer.ok || answer.came_by.is_some() && answer.came_by == good;
                (answer.words.clone(), if reads { None } else { Some(ended) })
            }
            _ => ("no answer yet".to_owned(), None),
        };
        let came_us = answer.as_ref().and_then(came);
        let ended_us = timeout.map(|timer| timer.at_us).or(came_us).unwrap_or(call_end_us);
        let limit = timeout.map(|timer| (timer.at_us, timer.at_us - send.at_us));
        let parts = way(look, send, answer.as_ref(), ended_us, None);
        let goes_on = has_read && asks_by(look, send, MessageRole::Write);
        has_read = reads && timeout.is_none() && came_us.is_some();
        let slept = before_us.filter(|before_us| *before_us < send.at_us);
        let slept = slept.map(|from_us| Part { phase: Phase::Asleep, from_us, to_us: send.at_us, in_vain: false });
        before_us = Some(ended_us);
        if let Some(last) = attempts.last_mut().filter(|_| goes_on) {
            last.parts.extend(parts);
            (last.ended_us, last.end, last.ok, last.limit) = (ended_us, end, ok, limit);
            continue;
        }
        let (name, parts) = (format!("attempt {}", attempts.len() + 1), slept.into_iter().chain(parts).collect());
        attempts.push(Attempt { name, parts, ended_us, end, ok, limit, record: send.id, depth: 0 });
    }
    attempts
}

/// Whether an attempt went well; none if it was not made.
pub fn went_well(end: Ending) -> Option<bool> {
    match end {
        Ending::Good(_) => Some(true),
        Ending::Bad(_) | Ending::Limit(_) => Some(false),
        Ending::Unmade(_) => None,
    }
}

/// What a caller tells of its attempts, as the lab says.
struct Telling<'a> {
    begun: FactId,
    ended: FactId,
    stride: u16,
    endings: &'a [Ending],
    stations: Vec<&'a Station>,
    good: &'a str,
}

/// What the caller tells of an attempt.
enum Told {
    /// It has begun, at the call of the station of that place, and been given so long.
    Begun { station: usize, timeout_us: u64 },
    /// It has ended in this way.
    Ended { station: usize, end: Option<Ending> },
}

impl Telling<'_> {
    /// What is told of this operation's attempts, in order, each with its record and time: while the caller handles what serves the operation, or
    /// what brought the operation about.
    fn told(&self, look: &Look<'_>, operation: &Operation, own: &[&Record]) -> Vec<(Told, u32, u64)> {
        let trace = &look.outcome.trace;
        let first = trace.get(operation.invoked.record).and_then(|invoked| trace.get(invoked.cause));
        let records = first.into_iter().chain(own.iter().copied());
        let read = |record: &Record| {
            let mine = trace.changes_of(record.id).iter().filter(|c| c.op == operation.number && c.node == operation.client);
            let (id, at_us) = (record.id, record.at_us);
            mine.filter_map(move |change| match change.value {
                Fact::Int(us) if change.key.name == self.begun.0 => {
                    Some((Told::Begun { station: usize::from(change.key.index), timeout_us: us as u64 }, id, at_us))
                }
                _ if change.key.name == self.ended.0 => {
                    let (station, end) = (change.key.index / self.stride, change.key.index % self.stride);
                    let end = self.endings.get(usize::from(end)).copied();
                    Some((Told::Ended { station: usize::from(station), end }, id, at_us))
                }
                _ => None,
            })
        };
        records.flat_map(read).collect()
    }
}

/// Attempts as the caller's facts tell them, those that were refused before anything was sent included. An attempt that is told to begin waits
/// for a thread, and then for its answer; one that is refused ends as it begins.
fn by_results(
    look: &Look<'_>,
    operation: &Operation,
    own: &[&Record],
    telling: &Telling<'_>,
    (call_end_us, cut_short): (u64, &str),
) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut begun: Option<(usize, u64, u32, u64)> = None;
    let mut last_us = operation.invoked.at_us;
    // The answers of one server: attempts at a call of it follow each other.
    let mut answers: (usize, Vec<Answer>) = (usize::MAX, Vec::new());
    let mut attempt = |(place, timeout_us, from, from_us): (usize, u64, u32, u64), until: u32, end: Ending, ended_us: u64| {
        let mut parts = Vec::new();
        if from_us > last_us {
            parts.push(Part { phase: Phase::Asleep, from_us: last_us, to_us: from_us, in_vain: false });
        }
        let station = telling.stations.get(place);
        let line = station.and_then(|station| station.line);
        let mine = |r: &&&Record| asks(look, r) && line.is_some_and(|line| line.node == r.peer) && (from..=until).contains(&r.id);
        let send = own.iter().find(mine);
        let thread_us = send.map_or(ended_us, |send| send.at_us);
        if thread_us > from_us {
            parts.push(Part { phase: Phase::NoThread, from_us, to_us: thread_us, in_vain: false });
        }
        if let Some(send) = send {
            if answers.0 != place {
                answers = (place, Answer::all(look, send, telling.good));
            }
            let answer = Answer::to(look, send, &mut answers.1);
            parts.extend(way(look, send, answer.as_ref(), ended_us, line));
        }
        last_us = ended_us;
        Attempt {
            name: station.map_or("call", |station| station.name).to_owned(),
            parts,
            ended_us,
            end: end.words().to_owned(),
            ok: went_well(end),
            limit: matches!(end, Ending::Limit(_)).then_some((from_us + timeout_us, timeout_us)),
            record: send.map_or(from, |send| send.id),
            depth: 0,
        }
    };
    for (told, record, at_us) in telling.told(look, operation, own) {
        match told {
            Told::Begun { station, timeout_us } => begun = Some((station, timeout_us, record, at_us)),
            Told::Ended { station, end } => {
                let from = begun.take().unwrap_or((station, 0, record, at_us));
                attempts.push(attempt(from, record, end.unwrap_or(Ending::Bad("?")), at_us));
            }
        }
    }
    // What the run's end, or the caller's crash, cut short.
    if let Some(from) = begun {
        let cut = attempt(from, u32::MAX, Ending::Bad(""), call_end_us);
        attempts.push(Attempt { end: cut_short.to_owned(), ok: None, ..cut });
    } else if operation.returned.is_none() && last_us < call_end_us {
        let parts = vec![Part { phase: Phase::Asleep, from_us: last_us, to_us: call_end_us, in_vain: false }];
        let record = own.last().map_or(operation.invoked.record, |record| record.id);
        let (name, end) = ("a retry".to_owned(), cut_short.to_owned());
        attempts.push(Attempt { name, parts, ended_us: call_end_us, end, ok: None, limit: None, record, depth: 0 });
    }
    attempts
}
