//! Messages on their way along the links, and the crosses of those that died a moment ago.

use super::super::{Look, kinds, labels::Labels};
use super::layout::Layout;
use super::links;
use super::route::Route;
use crate::scene::{Anchor, Emphasis, Mark, Motion, Role, Shape, mark};
use crate::text_width::{text_width, wrap_at_most};
use splitbrain::cast::NodeId;
use splitbrain::lab::MessageSpec;
use splitbrain::tell::{Points, Transcript};
use splitbrain::trace::{Flight, Loss, NONE, Record, RecordKind};

/// The most messages that are drawn.
const MAX_FLIGHTS: usize = 80;
/// The most that bear their words.
const MAX_WORDS: usize = 14;
/// How far from the middle of the link messages travel, to their right.
const LANE: f64 = 6.0;
/// The most records back that a loss is still shown.
const LINGER_RECORDS: usize = 40;

/// What is under way at the cursor, as far as whose eyes look on know of it.
pub fn under_way(look: &Look<'_>) -> Vec<Flight> {
    let trace = &look.outcome.trace;
    let mut flights = trace.in_flight(look.cursor.index as usize);
    flights.retain(|flight| look.eyes.is_none_or(|eyes| trace.records()[flight.send].node == eyes));
    flights
}

/// Whether a narrated run points at a message.
pub fn is_pointed(look: &Look<'_>, points: &Points, flight: &Flight) -> bool {
    let Points::Messages(from, to, kind) = points else { return false };
    let send = &look.outcome.trace.records()[flight.send];
    (send.node, send.peer) == (*from, *to) && kind.as_ref().is_none_or(|kind| kind_of(look, send).word == kind)
}

/// Draws messages under way, and what died a moment ago.
pub fn draw(
    look: &Look<'_>,
    layout: &Layout,
    transcript: &Transcript<'_>,
    points: &Points,
    flights: Vec<Flight>,
) -> Vec<Mark> {
    let mut labels = Labels::new(MAX_WORDS, f64::from(look.width), layout.height);
    for place in layout.places.iter().flatten() {
        let (w, h) = (place.half_width, place.half_height);
        // Cards are drawn below: a rim of air keeps words from their edges.
        labels.block(place.x - w - 4.0, place.y - h - 3.0, 2.0 * w + 8.0, 2.0 * h + 6.0);
    }
    let mut marks = losses(look, layout, transcript, &mut labels);
    for flight in flights.into_iter().take(MAX_FLIGHTS) {
        let pointed = is_pointed(look, points, &flight);
        marks.extend(message(look, layout, transcript, flight, pointed, &mut labels));
    }
    marks
}

fn kind_of(look: &Look<'_>, record: &Record) -> &'static MessageSpec {
    const PLAIN: MessageSpec =
        MessageSpec { word: "message", about: "", role: splitbrain::lab::MessageRole::Background };
    look.lab.meta().kinds.get(usize::from(record.message)).unwrap_or(&PLAIN)
}

/// The way of a message: to the right of the link's middle, so that answers pass questions.
fn way(layout: &Layout, from: NodeId, to: NodeId) -> Option<Route> {
    if from == to {
        // What a node sends to itself waits at the corner of its card.
        let place = layout.place(from)?;
        let corner = (place.x + place.half_width - 12.0, place.y - place.half_height - 8.0);
        return Some(Route::of(vec![corner, corner]));
    }
    layout.route(from, to).map(|route| route.beside(LANE))
}

/// How far a message comes: to the receiver, or to where it dies.
fn reach(end: Option<&Record>) -> f64 {
    end.and_then(Record::loss).map_or(1.0, Loss::way)
}

fn message(
    look: &Look<'_>,
    layout: &Layout,
    transcript: &Transcript<'_>,
    flight: Flight,
    pointed: bool,
    labels: &mut Labels,
) -> Option<Mark> {
    let records = look.outcome.trace.records();
    let (send, end) = (&records[flight.send], flight.end.map(|end| &records[end]));
    let way = way(layout, send.node, send.peer)?;
    let kind = kind_of(look, send);
    // A message that the run does not see arrive has come half-way when the run ends.
    let arrives_us = end.map_or(look.outcome.ended_us + (look.outcome.ended_us - send.at_us), |end| end.at_us);
    let mut motion = Motion { way: way.until(reach(end)).points, start_us: send.at_us, end_us: arrives_us };
    if look.eyes.is_some() {
        // The sender knows that it has sent, and no more.
        let near = way.at(0.2);
        motion.way = vec![near, near];
    }
    let mut parts = if pointed { links::pointer(0.0, 0.0, 12.0).to_vec() } else { Vec::new() };
    parts.extend(kinds::marks(look, kind, 6.5));
    let words = wrap_at_most(&transcript.message_words(send), 12.0, 130.0, 1).remove(0);
    let (width, at) = (text_width(&words, 12.0), motion.place(look.cursor.at_us));
    let (dx, dy) = way.heading(0.5);
    let steep = dy.abs() > dx.abs() * 0.6;
    let beside = if pointed { 16.0 } else { 11.0 };
    let (x, y, anchor, left) = match steep {
        // Beside a steep way, on its outer side.
        true if dy > 0.0 => (-beside, 4.0, Anchor::End, -beside - width),
        true => (beside, 4.0, Anchor::Start, beside),
        false if dx > 0.0 => (0.0, 21.0, Anchor::Middle, -width / 2.0),
        false => (0.0, -11.0, Anchor::Middle, -width / 2.0),
    };
    if send.node != send.peer && labels.take(at.0 + left, at.1 + y - 11.0, width, 14.0) {
        parts.push(mark("words", Role::Ink, Shape::text(x, y, words, anchor).halo()));
    }
    let key = match (end, flight.end) {
        // The second copy of a doubled message has its own identity.
        (Some(end), Some(place)) if look.outcome.trace.end_of(flight.send).is_some_and(|first| first.id != end.id) => {
            format!("m{}-{place}", send.id)
        }
        _ => format!("m{}", send.id),
    };
    let lit = look.emphasis(&[send.id, end.map_or(NONE, |end| end.id)]);
    let moving = mark(key, kinds::role(kind), Shape::Group(parts)).moving(motion, look.cursor.at_us);
    Some(
        moving
            .title(transcript.sentence(send))
            .on_click(format!("focus record {}", send.id))
            .emphasis(if lit == Emphasis::Dim { lit } else { Emphasis::Plain }),
    )
}

/// What died within the last records before the cursor, each a cross with its reason.
fn losses(look: &Look<'_>, layout: &Layout, transcript: &Transcript<'_>, labels: &mut Labels) -> Vec<Mark> {
    if look.eyes.is_some() {
        return Vec::new();
    }
    let records = &look.outcome.trace.records()[..look.cursor.index as usize];
    // A two-hundredth of the run: long enough to be seen, short enough to belong to now.
    let since_us = look.cursor.at_us.saturating_sub(look.outcome.ended_us / 200);
    let recent = records.iter().rev().take(LINGER_RECORDS).take_while(|record| record.at_us >= since_us);
    let mut marks = Vec::new();
    for record in recent.filter(|record| record.kind == RecordKind::Lose).take(8) {
        let Some(way) = way(layout, record.peer, record.node) else { continue };
        let (x, y) = way.at(reach(Some(record)).min(0.96));
        let mut parts = vec![mark("cross", Role::MessageLost, Shape::Cross { x: 0.0, y: 0.0, r: 6.0 })];
        let reason = format!("{}: {}", kind_of(look, record).word, transcript.lost_because(record));
        let width = text_width(&reason, 12.0);
        let room = f64::from(look.width) - 4.0;
        let left = (-width / 2.0).max(4.0 - x).min(room - x - width);
        if let Some(dy) = [22.0, -12.0, 36.0].into_iter().find(|dy| labels.take(x + left, y + dy - 11.0, width, 14.0)) {
            parts.push(mark("why", Role::MessageLost, Shape::text(left, dy, reason, Anchor::Start).halo()));
        }
        marks.push(
            mark(format!("lost{}", record.id), Role::MessageLost, Shape::Group(parts))
                .at(x, y)
                .title(transcript.sentence(record))
                .on_click(format!("why record {}", record.id)),
        );
    }
    marks
}
