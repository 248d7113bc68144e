//! A record in words: when, why, what it changed, what came of it, and its clocks.

use super::super::{Look, values};
use super::{jump, section};
use crate::markup::{Element, el};
use splitbrain::trace::{NONE, Record, RecordKind};

/// The most effects that are listed.
const MAX_EFFECTS: usize = 12;
/// The most entries of a vector clock that are written out.
const MAX_ENTRIES: usize = 12;

/// Describes the record at a place.
pub fn draw(look: &Look<'_>, place: usize) -> Element {
    let (trace, transcript) = (&look.outcome.trace, look.transcript());
    let record = &trace.records()[place];
    if !look.sees(record.node) {
        return el("p").child("That happened where it cannot be seen from here.");
    }
    let sentence = format!("At {}, {}.", transcript.moment(record.at_us), transcript.sentence(record));
    let mut body = vec![el("p").key("what").child(sentence), actions(record)];
    let changes = trace.changes_of(record.id);
    if !changes.is_empty() {
        let items = changes.iter().take(20).enumerate().map(|(i, change)| {
            let (name, value) = (transcript.fact_name(change.node, change.key), values::said(transcript.fact_value(change.key, &change.value)));
            el("li").key(format!("c{i}")).child(format!("{name}: {value}"))
        });
        body.push(el("p").key("changed-title").class("sb-label").child("It changed"));
        body.push(el("ul").key("changed").children(items));
    }
    if look.eyes.is_none() {
        body.push(causes(look, record));
        body.push(effects(look, place));
        body.push(clocks(look, place));
    }
    section(format!("Record {}", record.id), body)
}

fn actions(record: &Record) -> Element {
    let operation = (record.op != NONE)
        .then(|| jump(format!("focus op {}", record.op), format!("operation {}", record.op)).key("op"));
    el("p")
        .key("actions")
        .class("sb-actions")
        .child(jump(format!("why record {}", record.id), "why?").key("why"))
        .child(jump(format!("goto record {}", record.id), "go there").key("go"))
        .child_if(operation)
}

fn causes(look: &Look<'_>, record: &Record) -> Element {
    let cause = look.outcome.trace.get(record.cause).filter(|_| record.cause != NONE);
    let words = match (cause, record.kind) {
        (Some(cause), _) => return listed(look, "causes", "Brought about by", &[cause.id]),
        (None, RecordKind::Act) => "It comes from the script: nothing within the system brought it about.",
        (None, _) if record.cause == NONE => "Nothing brought it about: it is where the run begins.",
        (None, _) => "What brought it about was not kept.",
    };
    el("p").key("causes").child(words)
}

fn effects(look: &Look<'_>, place: usize) -> Element {
    let trace = &look.outcome.trace;
    let effects = trace.causality().effects(place);
    let ids: Vec<u32> = effects.iter().take(MAX_EFFECTS).map(|place| trace.records()[*place as usize].id).collect();
    match ids.is_empty() {
        true => el("p").key("effects").child("Nothing came of it."),
        false => listed(look, "effects", "Brought about", &ids).child_if(
            (effects.len() > MAX_EFFECTS).then(|| el("p").child(format!("and {} more", effects.len() - MAX_EFFECTS))),
        ),
    }
}

/// Records as jumps under a label.
fn listed(look: &Look<'_>, key: &'static str, label: &'static str, ids: &[u32]) -> Element {
    let transcript = look.transcript();
    let items = ids.iter().filter_map(|id| look.outcome.trace.get(*id)).map(|record| {
        let words = format!("{}: {}", transcript.moment(record.at_us), transcript.sentence(record));
        el("li").key(format!("r{}", record.id)).child(jump(format!("focus record {}", record.id), words))
    });
    el("div").key(key).child(el("p").class("sb-label").child(label)).child(el("ul").children(items))
}

/// Lamport and vector clock of the record at a place.
pub fn clocks(look: &Look<'_>, place: usize) -> Element {
    let trace = &look.outcome.trace;
    let causality = trace.causality();
    let vector = causality.vector(trace, place);
    let entries = look.outcome.cast.nodes().zip(&vector).filter(|(_, count)| **count > 0);
    let mut words: Vec<String> = entries.map(|(node, count)| format!("{}:{count}", look.name(node))).collect();
    let more = words.len().saturating_sub(MAX_ENTRIES);
    words.truncate(MAX_ENTRIES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    el("dl")
        .key("clocks")
        .class("sb-clocks")
        .child(el("dt").child("Lamport clock"))
        .child(el("dd").child(causality.lamport(place).to_string()))
        .child(el("dt").child("Vector clock"))
        .child(el("dd").child(format!("{}{more}", words.join(" "))))
}
