//! The stage: the cluster at the cursor. Who holds what, who is down, what is cut, and which messages are under way.

pub(crate) mod layout;
mod links;
mod messages;
mod node;
mod route;
#[cfg(test)]
mod tests;

use super::{Look, Picture, badge::Badge, kinds};
use crate::scene::{Anchor, Mark, Role, Scene, Shape, mark};
use crate::text_width::{fit_bold_text, fit_text, text_width, wrap_at_most};
use layout::Layout;
use node::Face;
use splitbrain::cast::{NodeId, Sort};
use splitbrain::lab::{MessageSpec, Operation};
use splitbrain::tell::{Conditions, Points, Transcript};
use splitbrain::trace::RecordKind;

pub use super::any_run as needs;

/// The panel's title.
pub const TITLE: &str = "Stage";

/// How far back a client's last operation is looked for among the records at it.
const LOOK_BACK: usize = 200;

/// Draws the cluster at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let (transcript, mut conditions, layout) = (look.transcript(), look.conditions(), Layout::of(look));
    let flights = messages::under_way(look);
    // Where what is pointed at is not under way, its link is.
    if let Points::Messages(from, to, _) = &conditions.points
        && !flights.iter().any(|flight| messages::is_pointed(look, &conditions.points, flight))
    {
        conditions.points = Points::Link(*from, *to);
    }
    let kinds_height = legend_height(look);
    let height = layout.height + kinds_height + 8.0;
    let mut scene = Scene::new(format!("{}-stage", look.id), f64::from(look.width), height, TITLE);
    now(look).into_iter().for_each(|mark| scene.push(mark));
    links::draw(look, &layout, &conditions).into_iter().for_each(|mark| scene.push(mark));
    let mut states = Vec::new();
    for node in look.outcome.cast.nodes() {
        let Some(place) = layout.place(node) else { continue };
        let rows = if look.outcome.cast.sort(node).0 == Sort::Server { layout.rows } else { 0 };
        let face = Face::of(look, &transcript, &conditions, node, place, rows);
        if matches!(&conditions.points, Points::Nodes(nodes) if nodes.contains(&node)) {
            scene.push(pointer(look, node, place, face.radius()));
        }
        scene.push(face.draw());
        states.extend(face.state_words().filter(|_| look.sees(node)).map(|word| format!("{} is {word}", look.name(node))));
        if look.outcome.cast.sort(node).0 == Sort::Client && look.sees(node) {
            operation(look, node).into_iter().for_each(|operation| scene.push(bubble(look, &transcript, operation, place)));
        }
    }
    let under_way = flights.len();
    let messages = messages::draw(look, &layout, &transcript, &conditions.points, flights);
    messages.into_iter().for_each(|mark| scene.push(mark));
    legend(look, layout.height + 4.0).into_iter().for_each(|mark| scene.push(mark));
    if layout.hidden > 0 {
        let words = format!("and {} more nodes", layout.hidden);
        let shape = Shape::text(f64::from(look.width) - 8.0, layout.height - 4.0, words, Anchor::End);
        scene.push(mark("hidden", Role::InkSoft, shape));
    }
    let sentence = describe(look, &conditions, states, under_way);
    scene.describe(sentence).into()
}

/// What happens now, in words, above everything: two lines, for a loss is told with its reason.
fn now(look: &Look<'_>) -> Vec<Mark> {
    let words = match look.eyes {
        Some(eyes) if look.cursor.record(&look.outcome.trace).is_none_or(|record| !look.knows(record)) => {
            format!("as {} sees it", look.name(eyes))
        }
        _ => look.now(),
    };
    let lines = wrap_at_most(&words, 13.0, f64::from(look.width) - 16.0, 2).into_iter().enumerate();
    let line = |(i, line)| {
        mark(format!("now{i}"), Role::InkSoft, Shape::text(8.0, 16.0 + 17.0 * i as f64, line, Anchor::Start).sized(13.0))
    };
    lines.map(line).collect()
}

fn describe(look: &Look<'_>, conditions: &Conditions, states: Vec<String>, under_way: usize) -> String {
    let mut parts = vec![look.now()];
    if let Some(eyes) = look.eyes {
        return format!("What {} can know. Last, {}.", look.name(eyes), parts.remove(0));
    }
    match under_way {
        0 => parts.push("no message is under way".into()),
        1 => parts.push("1 message is under way".into()),
        n => parts.push(format!("{n} messages are under way")),
    }
    parts.extend(states);
    let cast = look.outcome.cast;
    let both = conditions.world.ways(&cast).filter(|(a, b)| a < b || !conditions.is_cut(*b, *a));
    let cuts: Vec<String> = both.take(6).map(|(a, b)| format!("{}–{}", look.name(a), look.name(b))).collect();
    if !cuts.is_empty() {
        parts.push(format!("cut: {}", cuts.join(", ")));
    }
    parts.extend(conditions.says.iter().map(|says| format!("“{says}”")));
    parts.join("; ") + "."
}

/// The operation that a client has open, or the last one that it had.
fn operation<'a>(look: &Look<'a>, client: NodeId) -> Option<&'a Operation> {
    let (trace, outcome) = (&look.outcome.trace, look.outcome);
    let lane = trace.lane(client);
    let upto = lane.partition_point(|place| *place < look.cursor.index);
    let records = lane[..upto].iter().rev().take(LOOK_BACK).map(|place| &trace.records()[*place as usize]);
    let last = records.into_iter().find(|record| {
        matches!(record.kind, RecordKind::Invoke | RecordKind::Return | RecordKind::Abandon)
    })?;
    let found = outcome.operations.binary_search_by_key(&last.op, |o| o.number).ok()?;
    Some(&outcome.operations[found])
}

/// What a client asks and what it was told, under it.
fn bubble(look: &Look<'_>, transcript: &Transcript<'_>, operation: &Operation, place: &layout::Place) -> Mark {
    let answered = operation.returned.filter(|returned| returned.at_us <= look.cursor.at_us);
    let answer = answered.and(look.outcome.told(operation)).unwrap_or_default();
    let (role, told) = match (Badge::of(look, operation), answered) {
        (Some(badge), _) => (badge.role, badge.words),
        (None, None) => (Role::InkSoft, "… waits".to_owned()),
        (None, Some(_)) => (Role::Kept, format!("✓ {answer}")),
    };
    let asked = look.asked(operation);
    // Neighbours leave each other room, and nobody writes beyond the edge.
    let aside = place.x.min(f64::from(look.width) - place.x);
    let width = (2.0 * aside - 2.0).min(f64::from(look.width) / 3.05).min(118.0);
    let y = if look.width < 600 { -place.half_height - 41.0 } else { place.half_height };
    let (asked, told) = (fit_bold_text(&asked, 12.0, width), fit_text(&told, 12.0, width));
    let parts = vec![
        mark("asks", Role::Ink, Shape::text(0.0, y + 16.0, asked, Anchor::Middle).bold().halo()),
        mark("told", role, Shape::text(0.0, y + 32.0, told, Anchor::Middle).halo()),
    ];
    let record = answered.map_or(operation.invoked.record, |returned| returned.record);
    let title = transcript.outcome().trace.get(record).map(|record| transcript.sentence(record));
    mark(format!("op-{}", look.name(operation.client)), Role::Client, Shape::Group(parts))
        .at(place.x, place.y)
        .title(title.unwrap_or_default())
        .on_click(format!("focus op {}", operation.number))
}

/// A ring and a pointing triangle.
fn pointer(look: &Look<'_>, node: NodeId, place: &layout::Place, radius: f64) -> Mark {
    let mut parts = node::ring(Role::Accent, place.half_width, place.half_height, radius);
    parts.push(links::arrowhead(0.0, -place.half_height - 6.0));
    mark(format!("point-{}", look.name(node)), Role::Accent, Shape::Group(parts)).at(place.x, place.y)
}

const LEGEND_ROW: f64 = 20.0;

/// The kinds of message that this run sends, in the lab's order.
fn kinds_sent(look: &Look<'_>) -> Vec<&'static MessageSpec> {
    let mut sent = look.outcome.trace.kinds().to_vec();
    splitbrain::sorted::sort(&mut sent);
    sent.into_iter().filter_map(|kind| look.lab.meta().kinds.get(usize::from(kind))).collect()
}

/// How many keys stand in a row, and how wide each is: columns, so that the eye finds a kind again.
fn legend_columns(look: &Look<'_>, kinds: &[&MessageSpec]) -> (usize, f64) {
    let widest = kinds.iter().map(|kind| text_width(kind.word, 12.0)).fold(0.0, f64::max) + 34.0;
    let room = f64::from(look.width) - 16.0;
    (((room / widest) as usize).max(1), widest)
}

fn legend_height(look: &Look<'_>) -> f64 {
    let kinds = kinds_sent(look);
    let (columns, _) = legend_columns(look, &kinds);
    kinds.len().div_ceil(columns) as f64 * LEGEND_ROW
}

/// The key to the kinds of message.
fn legend(look: &Look<'_>, top: f64) -> Vec<Mark> {
    let kinds = kinds_sent(look);
    let (columns, width) = legend_columns(look, &kinds);
    let key = |(i, kind): (usize, &&'static MessageSpec)| {
        let mut parts = kinds::marks(look, kind, 5.0);
        parts.push(mark("word", Role::InkSoft, Shape::text(12.0, 4.0, kind.word, Anchor::Start)));
        mark(format!("kind{i}"), kinds::role(kind), Shape::Group(parts))
            .at(16.0 + width * (i % columns) as f64, top + (i / columns) as f64 * LEGEND_ROW + 8.0)
            .title(kind.about)
    };
    kinds.iter().enumerate().map(key).collect()
}
