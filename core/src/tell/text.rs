//! The transcript: a run as lines of plain words, for readers without the picture, for search, for stories and for copying.

use crate::cast::NodeId;
use crate::lab::{Lab, Meta, Operation, Outcome, Show, State, Unit, key_name};
use crate::params::format_decimal;
use crate::scenario::Scenario;
use crate::time::{DurationUs, moment};
use crate::trace::{Change, Cursor, Fact, FactKey, NOBODY, NONE, Record, RecordKind};
use std::fmt;

/// A run that can be read: every record as a sentence and as a line.
#[derive(Clone, Copy)]
pub struct Transcript<'a> {
    meta: &'static Meta,
    scenario: &'a Scenario,
    outcome: &'a Outcome,
    /// Characters that times take.
    time: usize,
    /// Characters that "n1 → n2" takes.
    who: usize,
}

/// A line of the transcript.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The record that it tells of, or during which the verdict changed.
    pub record: u32,
    /// Whether it tells of a change of a light, and to what.
    pub verdict: Option<State>,
    /// Whether it tells of an act of the script, or of the crash that one led to.
    pub is_act: bool,
    /// When, padded to one width through the run.
    pub time: String,
    /// Who, padded likewise; empty in acts and verdicts.
    pub who: String,
    /// What happened.
    pub words: String,
    /// What it changed, or "".
    pub changed: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.verdict, self.is_act) {
            (Some(_), _) => write!(f, "{}  ══ {}", self.time, self.words),
            (None, true) => write!(f, "{}  ── {}", self.time, self.words),
            (None, false) if self.changed.is_empty() => {
                write!(f, "{}  {}  {}", self.time, self.who, self.words)
            }
            (None, false) => {
                write!(f, "{}  {}  {}  · {}", self.time, self.who, self.words, self.changed)
            }
        }
    }
}

impl<'a> Transcript<'a> {
    /// The transcript of a run.
    pub fn of(lab: &dyn Lab, scenario: &'a Scenario, outcome: &'a Outcome) -> Transcript<'a> {
        let time = moment(outcome.ended_us, outcome.ended_us).len();
        let cast = &outcome.cast;
        let name = [cast.servers, cast.coordinators, cast.clients]
            .iter()
            .max()
            .map_or(2, |most| 1 + most.max(&1).ilog10() as usize + 1);
        Transcript { meta: lab.meta(), scenario, outcome, time, who: 2 * name + 3 }
    }

    /// The whole run, a line for each record and each change of a light.
    pub fn whole(&self) -> String {
        self.lines(0, self.outcome.trace.records().len()).map(|line| format!("{line}\n")).collect()
    }

    /// The lines of some of the kept records, from one place up to another.
    pub fn lines(&self, from: usize, to: usize) -> impl Iterator<Item = Line> + '_ {
        let records = self.outcome.trace.records();
        records[from.min(records.len())..to.min(records.len())].iter().flat_map(|record| {
            let own = std::iter::once(self.line(record));
            own.chain(self.verdict_lines(record.id))
        })
    }

    /// The places of at most `most` kept records around the cursor: from, and up to.
    pub fn around(&self, cursor: Cursor, most: usize) -> (usize, usize) {
        let (count, middle) = (self.outcome.trace.records().len(), cursor.index as usize);
        let from = middle.saturating_sub(most / 2).min(count.saturating_sub(most));
        (from, (from + most).min(count))
    }

    /// The run that it tells of.
    pub fn outcome(&self) -> &'a Outcome {
        self.outcome
    }

    /// The operation of that number, if it was kept.
    pub fn find_operation(&self, number: u32) -> Option<&'a Operation> {
        let operations = &self.outcome.operations;
        operations.binary_search_by_key(&number, |o| o.number).ok().map(|i| &operations[i])
    }

    /// Whether a record is of a cue that only tells of the run.
    pub fn is_narration(&self, record: &Record) -> bool {
        let cue = self.scenario.cues.get(record.payload as usize);
        record.kind == RecordKind::Act && cue.is_some_and(|cue| cue.act.is_narration())
    }

    /// The record that invoked an operation.
    pub fn invocation(&self, number: u32) -> Option<&'a Record> {
        self.find_operation(number).and_then(|operation| self.outcome.trace.get(operation.invoked.record))
    }

    /// A moment as the transcript writes it, without padding.
    pub fn moment(&self, at_us: u64) -> String {
        moment(at_us, self.outcome.ended_us)
    }

    /// What happened, as a sentence without time and full stop: "n1 sends n2: put x=3".
    pub fn sentence(&self, record: &Record) -> String {
        let (node, peer) = (self.name(record.node), self.name(record.peer));
        let words = self.payload(record);
        match record.kind {
            RecordKind::Act => words,
            RecordKind::Boot => format!("{node} boots"),
            RecordKind::Send => format!("{node} sends {peer}: {words}"),
            RecordKind::Deliver => format!("{node} receives from {peer}: {words}"),
            RecordKind::Lose => {
                let why = self.lost_because(record);
                format!("{words} from {peer} never reaches {node}: {why}")
            }
            RecordKind::Timer => format!("timer of {node} fires: {words}"),
            RecordKind::Invoke => format!("{node} asks: {words}"),
            RecordKind::Return => format!("{node} is told: {words}"),
            RecordKind::Crash => format!("{node} crashes, having just sent {peer}: {words}"),
            RecordKind::Abandon => {
                format!("{node} goes down and will never know what became of its operation")
            }
        }
    }

    /// A message's words; its kind where it has none.
    pub fn message_words(&self, record: &Record) -> String {
        self.payload(record)
    }

    /// Why a message died, in words; empty for other records.
    pub fn lost_because(&self, record: &Record) -> &'static str {
        record.loss().map_or("", crate::trace::Loss::because)
    }

    /// A fact's name: the lab's, with the data key where the node has the fact for several.
    pub fn fact_name(&self, node: NodeId, key: FactKey) -> String {
        let spec = self.meta.facts.get(usize::from(key.name));
        let name = spec.map_or("note", |fact| fact.name);
        let many = key.index > 0
            || self.outcome.trace.fact_keys(node).any(|other| other.name == key.name && other.index > 0);
        let place = spec.and_then(|spec| spec.place).unwrap_or(key_name);
        if many { format!("{name} of {}", place(key.index)) } else { name.to_owned() }
    }

    /// A fact's value in words, in the unit that the lab says.
    pub fn fact_value(&self, key: FactKey, value: &Fact) -> String {
        let spec = self.meta.facts.get(usize::from(key.name));
        match (value, spec.map_or(Unit::Things, |spec| spec.unit)) {
            (Fact::Int(us), Unit::Us) => self.fact_words(&Fact::Time(*us)),
            (Fact::Int(n), Unit::Thousandths) => format_decimal(n.saturating_mul(1_000)),
            (Fact::Int(n), Unit::Percent) => format!("{n} %"),
            (Fact::Int(n), Unit::Millionths) => format!("{} %", format_decimal(n / 1_000 * 100_000)),
            _ => self.fact_words(value),
        }
    }

    /// A fact's value in words.
    pub fn fact_words(&self, value: &Fact) -> String {
        match value {
            Fact::Int(n) => n.to_string(),
            Fact::Time(us) if *us < 0 => format!("-{}", DurationUs(us.unsigned_abs())),
            Fact::Time(us) => DurationUs(us.unsigned_abs()).to_string(),
            Fact::Word(word) => (*word).to_owned(),
            Fact::Node(node) => self.name(*node),
            Fact::Write { client, key, value: Some(value), .. } => {
                format!("{}'s {}={value}", self.name(*client), key_name(*key))
            }
            Fact::Write { client, key, value: None, .. } => {
                format!("the deletion of {} by {}", key_name(*key), self.name(*client))
            }
            Fact::Stretches(stretches) => {
                let words = stretches.iter().map(|(first, last)| format!("{first:04x}-{last:04x}"));
                words.collect::<Vec<_>>().join(" ")
            }
            Fact::Text(text) => text.to_string(),
            Fact::List(splice) => {
                let mut parts = Vec::new();
                if splice.remove > 0 {
                    parts.push(format!("{} removed at {}", splice.remove, splice.at));
                }
                if !splice.insert.is_empty() {
                    parts.push(format!("+ {}", splice.insert.join(", ")));
                }
                parts.join(", ")
            }
        }
    }

    /// One record's line.
    pub fn line(&self, record: &Record) -> Line {
        let (node, peer) = (self.name(record.node), self.name(record.peer));
        let words = self.payload(record);
        let (who, words) = match record.kind {
            RecordKind::Act => (String::new(), words),
            RecordKind::Crash => (String::new(), self.sentence(record)),
            RecordKind::Boot => (node, "boots".into()),
            RecordKind::Send => (format!("{node} → {peer}"), words),
            RecordKind::Deliver => (format!("{node} ← {peer}"), words),
            RecordKind::Lose => {
                (format!("{node} ✕ {peer}"), format!("{words}: {}", self.lost_because(record)))
            }
            RecordKind::Timer => (node, format!("timer {words}")),
            RecordKind::Invoke => (node, format!("asks {words}")),
            RecordKind::Return => (node, format!("is told {words}")),
            RecordKind::Abandon => (node, "goes down; the outcome of its operation is unknown".into()),
        };
        Line {
            record: record.id,
            verdict: None,
            is_act: matches!(record.kind, RecordKind::Act | RecordKind::Crash),
            time: self.padded(record.at_us),
            who: format!("{who:<width$}", width = self.who),
            words: words + &self.operation(record),
            changed: self.changed(record.id),
        }
    }

    /// The lines of the lights that changed during a record.
    fn verdict_lines(&self, id: u32) -> impl Iterator<Item = Line> + '_ {
        self.outcome.verdicts.iter().flat_map(move |verdict| {
            let from = verdict.changes.partition_point(|c| c.at.record < id).max(1);
            let to = verdict.changes.partition_point(|c| c.at.record <= id).max(from);
            verdict.changes[from..to].iter().map(move |change| {
                let promise = self.meta.promises.iter().find(|p| p.id == verdict.promise);
                let term = promise.map_or(verdict.promise, |p| p.term);
                Line {
                    record: change.at.record,
                    verdict: Some(change.state),
                    is_act: false,
                    time: self.padded(change.at.at_us),
                    who: String::new(),
                    words: format!("{term}: {}. {}", change.state.word(), change.why),
                    changed: String::new(),
                }
            })
        })
    }

    fn padded(&self, at_us: u64) -> String {
        format!("{:>width$}", self.moment(at_us), width = self.time)
    }

    pub(super) fn name(&self, node: NodeId) -> String {
        if node == NOBODY { String::new() } else { self.outcome.cast.name(node).to_string() }
    }

    pub(super) fn payload(&self, record: &Record) -> String {
        if record.kind == RecordKind::Act {
            let cue = self.scenario.cues.get(record.payload as usize);
            return cue.map(|cue| cue.act.sentence()).unwrap_or_default();
        }
        let mut words = self.outcome.trace.words(record);
        if record.kind == RecordKind::Invoke {
            words = words.replace('.', " ");
        }
        let is_message = matches!(
            record.kind,
            RecordKind::Send | RecordKind::Deliver | RecordKind::Lose | RecordKind::Crash
        );
        if words.is_empty() && is_message {
            let kind = self.meta.kinds.get(usize::from(record.message));
            return kind.map_or("message", |kind| kind.word).to_owned();
        }
        words
    }

    fn operation(&self, record: &Record) -> String {
        if record.op == NONE {
            return String::new();
        }
        match self.find_operation(record.op) {
            Some(operation) if operation.client != record.node => {
                format!(" (op {} of {})", record.op, self.name(operation.client))
            }
            _ => format!(" (op {})", record.op),
        }
    }

    fn changed(&self, id: u32) -> String {
        let told = |change: &&Change| match self.meta.facts.get(usize::from(change.key.name)) {
            Some(spec) => spec.show != Show::Inspector,
            None => change.key == FactKey::NOTE,
        };
        let words = |change: &Change| match change.key == FactKey::NOTE {
            true => self.fact_words(&change.value),
            false => {
                let name = self.fact_name(change.node, change.key);
                format!("{name} {}", self.fact_value(change.key, &change.value))
            }
        };
        let changes = self.outcome.trace.changes_of(id).iter().filter(told);
        changes.map(words).collect::<Vec<_>>().join(", ")
    }
}
