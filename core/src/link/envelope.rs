//! What goes with a link: the sweep that it proposes, what its author saw, the lab's revision, and the grammar's number.

use super::nearest::nearest;
use super::parse::{Part, Reading};
use crate::lab::{Lab, Outcome, State};
use crate::params::{Kind, Param, Value, shown};
use crate::scenario::Problem;

/// The number of the grammar that is printed; every older one is read.
pub const GRAMMAR: u32 = 1 + MIGRATIONS.len() as u32;

/// `MIGRATIONS[i]` turns the parts of a link of grammar `i + 1` into those of grammar `i + 2`.
const MIGRATIONS: &[Migration] = &[];

/// Rewrites the parts of a link of one grammar as those of the next.
type Migration = fn(Vec<Part>) -> Vec<Part>;

/// The most seeds that a link may propose.
pub const MAX_MANY: u32 = 1_000_000;
/// The most parameters that a sweep may vary.
pub const MAX_OVER: usize = 2;
/// The most values that a sweep may give to one parameter.
pub const MAX_CELLS: usize = 1_000;

/// What goes with a link and decides neither run nor view.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Envelope {
    /// How many seeds a sweep tries; it starts only by the reader's act.
    pub many: Option<u32>,
    /// The parameters that the sweep varies.
    pub over: Vec<Over>,
    /// The promise that a search tries to break.
    pub law: Option<&'static str>,
    /// The challenge that is attempted: it is judged on the run.
    pub challenge: Option<&'static str>,
    /// What the author saw.
    pub claim: Option<Seen>,
    /// The lab's revision when the link was made.
    pub revision: Option<u32>,
    /// The first eight digits of the run's digest when the link was made: see [`fingerprint`].
    pub digest: Option<u32>,
}

/// What the author of a link saw: `claim=linearizable:broken`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Seen {
    /// The promise.
    pub promise: &'static str,
    /// What its light showed at the end.
    pub state: State,
}

/// The part of a run's digest that links carry; it prints as eight hexadecimal digits.
pub fn fingerprint(outcome: &Outcome) -> u32 {
    (outcome.digest >> 32) as u32
}

/// A parameter that a sweep varies: `w:1..3`, or with a step `t:0ms..10ms..2ms`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Over {
    /// Its key.
    pub key: &'static str,
    /// The first value.
    pub from: Value,
    /// The last.
    pub to: Value,
    /// From one to the next, in the value's own unit; without it every whole number or word, and ten steps of times and decimals.
    pub step: Option<i64>,
}

impl Over {
    /// Reads `w:1..3` for a lab.
    pub fn parse(text: &str, lab: &dyn Lab) -> Result<Over, String> {
        let right = "write the parameter and its range, such as over=w:1..3";
        let (key, range) = text.split_once(':').ok_or_else(|| format!("over={}: {right}", shown(text)))?;
        let keys = || lab.params().iter().map(|p| p.key);
        let param = lab.params().iter().find(|p| p.key == key).ok_or_else(|| {
            let meant = nearest(key, keys()).map(|k| format!("; did you mean {k}?")).unwrap_or_default();
            format!("over: {} is not a parameter of {}{meant}", shown(key), lab.meta().id)
        })?;
        let mut ends = range.split("..");
        let (Some(from), Some(to)) = (ends.next(), ends.next()) else {
            return Err(format!("over={}: {right}", shown(text)));
        };
        let over = Over {
            key: param.key,
            from: param.parse(from)?,
            to: param.parse(to)?,
            step: ends.next().map(|step| step_of(param, step)).transpose()?,
        };
        if ends.next().is_some() {
            return Err(format!("over={}: {right}", shown(text)));
        }
        let (Some(first), Some(last)) = (number(&over.from), number(&over.to)) else {
            return Err(format!(
                "over: {key} is a distribution, which has no range; sweep a number or a choice"
            ));
        };
        if first > last {
            return Err(format!(
                "over={}: the range goes upwards, from the lesser to the greater",
                shown(text)
            ));
        }
        if over.span() / over.stride().unsigned_abs() >= MAX_CELLS as u64 {
            return Err(format!("over={}: {MAX_CELLS} values are the most; take larger steps", shown(text)));
        }
        Ok(over)
    }

    /// The values, in order; the last is `to` where the steps lead there.
    pub fn values(&self) -> Vec<Value> {
        let first = number(&self.from).unwrap_or(0);
        let steps = (self.span() / self.stride().unsigned_abs()) as i64;
        (0..=steps).map(|i| with_number(&self.from, first + i * self.stride())).collect()
    }

    fn span(&self) -> u64 {
        number(&self.to).unwrap_or(0).abs_diff(number(&self.from).unwrap_or(0))
    }

    fn stride(&self) -> i64 {
        match (self.step, &self.from) {
            (Some(step), _) => step,
            (None, Value::Duration(_) | Value::Decimal(_)) => (self.span() / 10).max(1) as i64,
            (None, _) => 1,
        }
    }

    /// As links write it.
    pub fn print(&self, lab: &dyn Lab) -> String {
        let param =
            lab.params().iter().find(|p| p.key == self.key).expect("a sweep varies the lab's own parameter");
        let step = self.step.map(|step| with_number(&self.from, step));
        let step = step.map(|step| format!("..{}", print_step(param, &step))).unwrap_or_default();
        format!("{}:{}..{}{step}", self.key, param.print(&self.from), param.print(&self.to))
    }
}

/// A step has the value's unit but not its limits; a choice's step is a number of words.
fn step_of(param: &Param, text: &str) -> Result<i64, String> {
    let step = match param.kind {
        Kind::Duration { .. } => crate::time::parse_duration_us(text)? as i64,
        Kind::Decimal { .. } => crate::params::parse_decimal(text).unwrap_or(0),
        Kind::Choice { .. } => text.parse::<u8>().unwrap_or(0).into(),
        _ => text.parse().unwrap_or(0),
    };
    if step > 0 { Ok(step) } else { Err(format!("over: the step {} is not a number above 0", shown(text))) }
}

fn print_step(param: &Param, step: &Value) -> String {
    match step {
        Value::Choice(words) => words.to_string(),
        step => param.print(step),
    }
}

/// A value as a number on its own scale; distributions have none.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(n) | Value::Decimal(n) => Some(*n),
        Value::Duration(us) => i64::try_from(*us).ok(),
        Value::Choice(word) => Some(i64::from(*word)),
        Value::Dist(_) => None,
    }
}

/// The value of the same kind with that number.
fn with_number(like: &Value, number: i64) -> Value {
    match like {
        Value::Int(_) => Value::Int(number),
        Value::Decimal(_) => Value::Decimal(number),
        Value::Duration(_) => Value::Duration(number.unsigned_abs()),
        Value::Choice(_) => Value::Choice(u8::try_from(number).unwrap_or(u8::MAX)),
        Value::Dist(dist) => Value::Dist(dist.clone()),
    }
}

/// Brings parts of an older grammar up to this one, and says when they are of a newer.
pub(super) fn migrate(reading: &mut Reading) {
    let number = reading.value("v", |text| match text.parse::<u32>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("v={} is not the number of a grammar; leave it out", shown(text))),
    });
    let number = number.unwrap_or(GRAMMAR);
    if number > GRAMMAR {
        let sentence = format!(
            "this link is written in grammar {number}, and this page knows {GRAMMAR}: what it understands is opened; \
             reload the page, it may have been updated"
        );
        reading.problem(Problem::key("v", sentence));
    }
    for migration in MIGRATIONS.iter().skip(number as usize - 1) {
        reading.parts = migration(std::mem::take(&mut reading.parts));
    }
}

/// Takes the envelope's keys.
pub(super) fn read(reading: &mut Reading, lab: &dyn Lab) -> Envelope {
    let promise = |key: &str, id: &str| {
        let ids = || lab.meta().promises.iter().map(|p| p.id);
        ids().find(|known| *known == id).ok_or_else(|| match nearest(id, ids()) {
            Some(meant) => format!("{key}: there is no promise {}; did you mean {meant}?", shown(id)),
            None => format!(
                "{key}: there is no promise {}; there are {}",
                shown(id),
                ids().collect::<Vec<_>>().join(", ")
            ),
        })
    };
    let mut over = reading.list("over", |text| Over::parse(text, lab)).unwrap_or_default();
    if over.len() == 2 && over[0].key == over[1].key {
        let sentence = format!("over: {} stands twice; the first range is taken", over[0].key);
        over.pop();
        reading.problem(Problem::key("over", sentence));
    }
    if over.len() > MAX_OVER {
        over.truncate(MAX_OVER);
        let sentence =
            format!("a sweep varies {MAX_OVER} parameters at the most; the first {MAX_OVER} are taken");
        reading.problem(Problem::key("over", sentence));
    }
    Envelope {
        many: reading.value("many", |text| match text.parse() {
            Ok(n) if (1..=MAX_MANY).contains(&n) => Ok(n),
            _ => Err(format!("many={} is not a whole number from 1 to {MAX_MANY}", shown(text))),
        }),
        over,
        law: reading.value("law", |id| promise("law", id)),
        challenge: reading.value("challenge", |id| challenge(lab, id)),
        claim: reading.value("claim", |text| {
            let (id, word) = text.split_once(':').unwrap_or((text, ""));
            let promise = promise("claim", id)?;
            let states = [State::Kept, State::Broken, State::Unknown];
            let state = states.into_iter().find(|s| s.word() == word);
            let state = state.ok_or_else(|| {
                format!(
                    "claim={}: say what was seen: {promise}:kept, {promise}:broken or {promise}:unknown",
                    shown(text)
                )
            })?;
            Ok(Seen { promise, state })
        }),
        revision: read_revision(reading, lab),
        digest: reading.value("digest", |text| {
            let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
            let number = u32::from_str_radix(text, 16).ok().filter(|_| digits);
            number.ok_or_else(|| format!("digest={} is not eight hexadecimal digits", shown(text)))
        }),
    }
}

/// A challenge of the lab by its id.
fn challenge(lab: &dyn Lab, id: &str) -> Result<&'static str, String> {
    lab.challenge(id).map(|challenge| challenge.id).ok_or_else(|| {
        let ids = || lab.challenges().iter().map(|challenge| challenge.id);
        let end = match (nearest(id, ids()), ids().next()) {
            (Some(meant), _) => format!("; did you mean {meant}?"),
            (None, Some(_)) => format!("; there are {}", ids().collect::<Vec<_>>().join(", ")),
            (None, None) => String::new(),
        };
        format!("{} has no challenge {}{end}", lab.meta().id, shown(id))
    })
}

/// Takes `rev`, and says what has changed in the lab since.
fn read_revision(reading: &mut Reading, lab: &dyn Lab) -> Option<u32> {
    let revision = reading.value("rev", |text| {
        text.parse::<u32>().map_err(|_| format!("rev={} is not the number of a revision", shown(text)))
    })?;
    let meta = lab.meta();
    let now = meta.revision;
    if revision > now {
        let sentence = format!(
            "this link was made with revision {revision} of {}, and this page has {now}: the run may differ; \
             reload the page, it may have been updated",
            meta.id
        );
        reading.problem(Problem::key("rev", sentence));
    } else if revision < now {
        let since = meta.changelog.len().saturating_sub((now - revision) as usize);
        let changes: Vec<&str> =
            meta.changelog[since..].iter().map(|change| change.trim_end_matches('.')).collect();
        let sentence = format!(
            "{} has changed since this link was made (revision {revision}, now {now}): {}",
            meta.id,
            changes.join("; ")
        );
        reading.problem(Problem::key("rev", sentence));
    }
    Some(revision)
}

/// Writes the envelope's keys.
pub(super) fn print(envelope: &Envelope, lab: &dyn Lab, parts: &mut Vec<String>) {
    if let Some(many) = envelope.many {
        parts.push(format!("many={many}"));
    }
    if !envelope.over.is_empty() {
        let over: Vec<String> = envelope.over.iter().map(|over| over.print(lab)).collect();
        parts.push(format!("over={}", over.join(",")));
    }
    if let Some(law) = envelope.law {
        parts.push(format!("law={law}"));
    }
    if let Some(challenge) = envelope.challenge {
        parts.push(format!("challenge={challenge}"));
    }
    if let Some(Seen { promise, state }) = envelope.claim {
        parts.push(format!("claim={promise}:{}", state.word()));
    }
    if let Some(revision) = envelope.revision {
        parts.push(format!("rev={revision}"));
    }
    if let Some(digest) = envelope.digest {
        parts.push(format!("digest={digest:08x}"));
    }
}
