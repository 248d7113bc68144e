//! The inspector: the node, link, record or operation in focus, in words. What is true of it at the cursor, what brought it about, and what it brought about.

mod operation;
mod record;

use super::{Focus, Look, Picture, values};
use crate::markup::{Element, el};
use splitbrain::cast::{Name, NodeId};
use splitbrain::trace::{Fact, FactKey};

/// The panel's title.
pub const TITLE: &str = "Inspector";

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
    let mut state = Vec::new();
    if !conditions.world.is_up(node) {
        state.push("down".to_owned());
    }
    if let Some(paused) = conditions.world.paused.get(&node) {
        state.push(format!("paused until {}", look.transcript().moment(paused.until_us)));
    }
    state.extend(conditions.world.slow.get(&node).map(|slow| format!("{} times as slow as usual", slow.factor)));
    let cut: Vec<String> = look
        .outcome
        .cast
        .nodes()
        .filter(|other| conditions.is_cut(node, *other) || conditions.is_cut(*other, node))
        .take(20)
        .map(|other| look.name(other))
        .collect();
    if !cut.is_empty() && look.eyes.is_none() {
        state.push(format!("cut off from {}", cut.join(", ")));
    }
    if state.is_empty() {
        state.push("up".into());
    }
    let body = vec![el("p").key("state").child(format!("{name} is {}.", state.join(", "))), facts(look, node), clock(look, node)];
    section(name, body)
}

/// The node's facts at the cursor; those that the last record changed are marked.
fn facts(look: &Look<'_>, node: NodeId) -> Element {
    let (trace, transcript) = (&look.outcome.trace, look.transcript());
    let Some(now) = look.cursor.record_id(trace) else {
        return el("p").key("facts").child("It has told nothing yet.");
    };
    let mut rows = Vec::new();
    for key in trace.fact_keys(node).take(MAX_FACTS) {
        let Some(change) = trace.change_at(node, key, now) else { continue };
        let value = match &change.value {
            Fact::List(_) => trace.list_at(node, key, now).join(", "),
            value => values::said(transcript.fact_value(key, value)),
        };
        let name = if key == FactKey::NOTE { "says".to_owned() } else { transcript.fact_name(node, key) };
        let about = look.lab.meta().facts.get(usize::from(key.name)).map(|spec| spec.about);
        let since = trace.get(change.record).map_or(0, |record| record.at_us);
        let fresh = change.record == now;
        rows.push(
            el("tr")
                .key(format!("f{}-{}", key.name, key.index))
                .class_if(fresh, "sb-changed")
                .child(el("th").attr("scope", "row").attr_if("title", about).child(name))
                .child(el("td").child(value).child_if(fresh.then(|| el("span").class("sb-note").child(" changed"))))
                .child(el("td").child(jump(format!("goto record {}", change.record), format!("since {}", transcript.moment(since))))),
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
