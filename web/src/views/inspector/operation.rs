//! An operation in words: what was asked and told, and its waterfall: every message that served it, by when and how long.

use super::super::Look;
use super::{jump, section};
use crate::markup::{Element, el};
use splitbrain::lab::{End, Operation};
use splitbrain::trace::{Record, RecordKind};

/// The most records after its invocation that are looked through.
const MAX_RECORDS: usize = 5_000;
/// The most messages that are listed.
const MAX_MESSAGES: usize = 40;

/// Describes an operation.
pub fn draw(look: &Look<'_>, operation: &Operation) -> Element {
    let transcript = look.transcript();
    let asked = look.asked(operation);
    let client = look.name(operation.client);
    let begun = transcript.moment(operation.invoked.at_us);
    let took = operation.returned.map(|returned| milliseconds(returned.at_us - operation.invoked.at_us));
    let told = look.outcome.told(operation).unwrap_or_else(|| "nothing".into());
    let end = match (operation.end, took) {
        (End::Ok, Some(took)) => format!("After {took} it was told: {told}."),
        (End::Failed, Some(took)) => format!("After {took} it failed: {told}. Its client saw the error."),
        (End::Open, _) => "It is still open at the end of the run.".into(),
        (_, took) => {
            let after = took.map(|took| format!("After {took} its client gave up. ")).unwrap_or_default();
            format!("{after}Whether it took effect, its client cannot know.")
        }
    };
    let last = operation.returned.map_or(operation.invoked.record, |returned| returned.record);
    let actions = el("p")
        .key("actions")
        .class("sb-actions")
        .child(jump(format!("why record {last}"), "why?").key("why"))
        .child(jump(format!("goto record {}", operation.invoked.record), "to its start").key("start"))
        .child_if(operation.returned.map(|returned| jump(format!("goto record {}", returned.record), "to its end").key("end")));
    let what = el("p").key("what").child(format!("{client} asked {asked} at {begun}. {end}"));
    section(format!("Operation {}", operation.number), vec![what, actions, waterfall(look, operation)])
}

/// Every message of it: when it left, how long it took, and what became of it.
fn waterfall(look: &Look<'_>, operation: &Operation) -> Element {
    let (trace, transcript) = (&look.outcome.trace, look.transcript());
    let Some(from) = trace.index_of(operation.invoked.record) else {
        return el("p").key("waterfall").child("Its records were not kept.");
    };
    let mine = |record: &&Record| record.op == operation.number && look.sees(record.node);
    let records = trace.records()[from..].iter().take(MAX_RECORDS);
    let sends: Vec<&Record> = records.filter(mine).filter(|record| record.kind == RecordKind::Send).collect();
    let end_of = |send: &Record| trace.index_of(send.id).and_then(|place| trace.end_of(place)).filter(|_| look.eyes.is_none());
    let last_us = sends.iter().filter_map(|send| end_of(send)).map(|end| end.at_us).max();
    let start_us = operation.invoked.at_us;
    let span_us = (last_us.unwrap_or(start_us).max(operation.returned.map_or(0, |r| r.at_us)) - start_us).max(1);
    let rows = sends.iter().take(MAX_MESSAGES).map(|send| {
        let end = end_of(send);
        let (left, took_us) = (send.at_us - start_us, end.map_or(0, |end| end.at_us - send.at_us));
        let fate = match end {
            _ if look.eyes.is_some() => "sent".to_owned(),
            None => "still under way".to_owned(),
            Some(end) if end.kind == RecordKind::Lose => format!("✕ {}", transcript.lost_because(end)),
            Some(_) => milliseconds(took_us),
        };
        let percent = |us: u64| crate::number::number(us as f64 * 100.0 / span_us as f64);
        let bar = el("rect").class("m r-accent").attr("x", percent(left)).attr("y", "3").attr("width", percent(took_us.max(span_us / 100))).attr("height", "6");
        let svg = el("svg")
            .class("sb-bar")
            .attr("viewBox", "0 0 100 12")
            .attr("preserveAspectRatio", "none")
            .attr("aria-hidden", "true")
            .child(bar);
        let link = format!("{} → {}", look.name(send.node), look.name(send.peer));
        el("tr")
            .key(format!("m{}", send.id))
            .child(el("td").child(milliseconds(left)))
            .child(el("th").attr("scope", "row").child(jump(format!("focus record {}", send.id), format!("{link} {}", transcript.message_words(send)))))
            .child(el("td").child(svg))
            .child(el("td").child(fate))
    });
    let left_out = sends.len().saturating_sub(MAX_MESSAGES);
    let caption = match left_out {
        0 => "Its messages: when they left after the start, and how long they took".to_owned(),
        n => format!("Its first {MAX_MESSAGES} messages; {n} more are not listed"),
    };
    el("table")
        .key("waterfall")
        .class("sb-table sb-waterfall")
        .child(el("caption").child(caption))
        .child(el("tbody").children(rows))
}

fn milliseconds(us: u64) -> String {
    let text = format!("{}.{:03}", us / 1000, us % 1000);
    format!("{} ms", text.trim_end_matches('0').trim_end_matches('.'))
}
