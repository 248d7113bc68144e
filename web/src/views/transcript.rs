//! The transcript: the run as text, in step with the cursor.

use super::{Look, Picture};
use crate::markup::{Element, el};
use splitbrain::lab::State;
use splitbrain::tell::Line;

pub use super::any_run as needs;

/// The panel's title.
pub const TITLE: &str = "Transcript";

/// The most records whose lines are shown.
const MAX_RECORDS: usize = 160;

/// The lines around the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let transcript = look.transcript();
    let count = look.outcome.trace.records().len();
    let (from, to) = transcript.around(look.cursor, MAX_RECORDS);
    let now = look.cursor.record_id(&look.outcome.trace);
    let records = &look.outcome.trace.records()[from..to];
    let visible = records.iter().enumerate().filter(|(_, record)| look.knows(record));
    let lines = visible.flat_map(|(i, _)| transcript.lines(from + i, from + i + 1).collect::<Vec<_>>());
    let items = lines.filter(|line| look.eyes.is_none() || (line.verdict.is_none() && !line.is_act));
    let list = el("ol").class("sb-transcript").attr("aria-label", "What happened, in order").children(
        items.map(|line| item(look, &line, now == Some(line.record))),
    );
    let more = |count: usize, where_: &'static str| {
        (count > 0).then(|| el("p").key(where_).class("sb-more").child(format!("… {count} {where_} lines")))
    };
    let whole = el("div")
        .child_if(more(from, "earlier"))
        .child(list.key("lines"))
        .child_if(more(count - to, "later"));
    whole.into()
}

fn item(look: &Look<'_>, line: &Line, is_now: bool) -> Element {
    let kind = match (line.verdict, line.is_act) {
        (Some(State::Broken), _) => "sb-line-broken",
        (Some(State::Kept), _) => "sb-line-kept",
        (Some(State::Unknown), _) => "sb-line-unknown",
        (None, true) => "sb-line-act",
        (None, false) => "",
    };
    let record = line.record;
    let key = match line.verdict {
        Some(_) => format!("v{record}-{}", line.words.len()),
        None => format!("r{record}"),
    };
    let changed = (!line.changed.is_empty())
        .then(|| el("span").class("sb-changed").child(" · ").child(line.changed.as_str()));
    let mark = match (line.verdict, line.is_act) {
        (Some(_), _) => "══ ",
        (None, true) => "── ",
        _ => "",
    };
    let button = el("button")
        .attr("type", "button")
        .class("sb-line")
        // Keys go along the transcript with the timeline: the line at the cursor stands for all.
        .attr_if("tabindex", (!is_now).then_some("-1"))
        .on("click", format!("goto record {record}"))
        .child(el("span").class("sb-time").child(line.time.trim_start()))
        .child(" ")
        .child(el("span").class("sb-who").child(line.who.trim_end()))
        .child(" ")
        .child(el("span").class("sb-what").child(mark).child(line.words.as_str()))
        .child_if(changed);
    let lit = look.lit.contains(&record);
    el("li")
        .key(key)
        .class(kind)
        .class_if(lit, "lit")
        .class_if(!look.lit.is_empty() && !lit, "dim")
        .attr_if("aria-current", (is_now && line.verdict.is_none()).then_some("step"))
        .child(button)
}
