//! The inspector: the node, link, record or operation in focus, in words. What is true of it at the cursor, what brought it about, and what it brought about.

mod operation;
mod record;

use super::{Focus, Look, Picture, values};
use crate::markup::{Element, el};
use splitbrain::cast::{Name, NodeId};
use splitbrain::tell::Standing;

pub use super::any_run as needs;

/// The panel's title.
pub const TITLE: &str = "Inspector";

/// The most nodes that are named which another is cut off from.
const MAX_CUTS: usize = 20;
/// The most facts that are listed of one node.
const MAX_FACTS: usize = 40;

/// Describes what is in focus; without focus, the record at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let cast = &look.outcome.cast;
    let found = match look.focus {
        Focus::Node(name) => Some(cast.find(name).map_or_else(|| absent(name), |node| of_node(look, node))),
        Focus::Link(a, b) => Some(match (cast.find(a), cast.find(b)) {
            (Some(a), Some(b)) => of_link(look, a, b),
            (None, _) => absent(a),
            (_, None) => absent(b),
        }),
        Focus::Record(id) => look.outcome.trace.index_of(id).map(|place| record::draw(look, place)),
        Focus::Operation(number) => look.transcript().find_operation(number).map(|o| operation::draw(look, o)),
        Focus::None => (look.cursor.index as usize).checked_sub(1).map(|place| record::draw(look, place)),
    };
    let nothing = || el("p").child("Nothing has happened yet. Choose a node, a message or an operation in a picture.");
    el("div").class("sb-inspector").child(found.unwrap_or_else(nothing)).into()
}

/// A heading, and what follows.
fn section(title: impl Into<String>, body: Vec<Element>) -> Element {
    el("section").child(el("h4").key("title").child(title.into())).children(body)
}

/// Something that is said when a button is pressed.
fn jump(message: String, words: impl Into<String>) -> Element {
    el("button").attr("type", "button").class("sb-jump").on("click", message).child(words.into())
}

/// Of two runs, the other has this node.
fn absent(name: Name) -> Element {
    section(name.to_string(), vec![el("p").child(format!("{name} takes no part in this run."))])
}

fn of_node(look: &Look<'_>, node: NodeId) -> Element {
    let name = look.name(node);
    if !look.sees(node) {
        let eyes = look.eyes.map(|eyes| look.name(eyes)).unwrap_or_default();
        return section(name.clone(), vec![el("p").child(format!("{eyes} cannot know what is true at {name}."))]);
    }
    let conditions = look.conditions();
    // Nobody taking part can tell a cut from slowness.
    let most_cuts = if look.eyes.is_none() { MAX_CUTS } else { 0 };
    let state = look.transcript().state(node, &conditions.world, most_cuts);
    let body = vec![el("p").key("state").child(format!("{name} is {state}.")), facts(look, node), clock(look, node)];
    section(name, body)
}

/// The node's facts at the cursor; those that the last record changed are marked.
fn facts(look: &Look<'_>, node: NodeId) -> Element {
    let (trace, transcript) = (&look.outcome.trace, look.transcript());
    let Some(now) = look.cursor.record_id(trace) else {
        return el("p").key("facts").child("It has told nothing yet.");
    };
    let mut rows = Vec::new();
    for Standing { key, name, value, since: record } in transcript.facts(node, look.cursor).take(MAX_FACTS) {
        let value = values::said(value);
        let about = look.lab.meta().facts.get(usize::from(key.name)).map(|spec| spec.about);
        let since = trace.get(record).map_or(0, |record| record.at_us);
        let fresh = record == now;
        rows.push(
            el("tr")
                .key(format!("f{}-{}", key.name, key.index))
                .class_if(fresh, "sb-changed")
                .child(el("th").attr("scope", "row").attr_if("title", about).child(name))
                .child(el("td").child(value).child_if(fresh.then(|| el("span").class("sb-note").child(" changed"))))
                .child(el("td").child(jump(format!("goto record {record}"), format!("since {}", transcript.moment(since))))),
        );
    }
    let left_out = trace.fact_keys(node).count().saturating_sub(MAX_FACTS);
    let more = (left_out > 0).then(|| el("caption").child(format!("and {left_out} more")));
    el("table").key("facts").class("sb-table").child_if(more).child(el("tbody").children(rows))
}

/// The node's clocks: those of its last event.
fn clock(look: &Look<'_>, node: NodeId) -> Element {
    let lane = look.outcome.trace.lane(node);
    let upto = lane.partition_point(|place| *place < look.cursor.index);
    let causality = look.outcome.trace.causality();
    let last = lane[..upto].iter().rev().map(|place| *place as usize).take(50).find(|place| causality.position(*place) > 0);
    match last {
        Some(place) => record::clocks(look, place),
        None => el("p").key("clocks").child("No event has happened at it yet."),
    }
}

fn of_link(look: &Look<'_>, a: NodeId, b: NodeId) -> Element {
    let (conditions, trace) = (look.conditions(), &look.outcome.trace);
    let (name_a, name_b) = (look.name(a), look.name(b));
    let state = match (conditions.is_cut(a, b), conditions.is_cut(b, a)) {
        _ if look.eyes.is_some() => "nobody taking part can tell whether it is cut or slow".to_owned(),
        (false, false) => "whole".to_owned(),
        (true, true) => "cut both ways".to_owned(),
        (true, false) => format!("cut from {name_a} to {name_b}"),
        (false, true) => format!("cut from {name_b} to {name_a}"),
    };
    let between = |from, to| (from, to) == (a, b) || (from, to) == (b, a);
    let flights = trace.in_flight(look.cursor.index as usize);
    let mine = flights.iter().map(|flight| &trace.records()[flight.send]).filter(|r| between(r.node, r.peer) && look.sees(r.node));
    let transcript = look.transcript();
    let items = mine.take(20).map(|record| {
        el("li").key(format!("m{}", record.id)).child(jump(format!("focus record {}", record.id), transcript.sentence(record)))
    });
    let items: Vec<Element> = items.collect();
    let list = match items.is_empty() {
        true => el("p").child("No message is under way on it."),
        false => el("ul").attr("aria-label", "Messages under way").children(items),
    };
    section(format!("{name_a} – {name_b}"), vec![el("p").key("state").child(format!("The link is {state}.")), list.key("flights")])
}
