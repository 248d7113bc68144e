//! Messages as arrows from lane to lane, lost ones ending in a cross with the reason.

use super::super::{Look, kinds, labels::Labels};
use super::frame::Frame;
use crate::scene::{Anchor, Curve, Dash, Emphasis, Mark, Role, Shape, joined, mark};
use crate::text_width::{text_width, wrap_at_most};
use splitbrain::lab::MessageRole;
use splitbrain::tell::Transcript;
use splitbrain::trace::{Flight, NONE, Record, RecordKind};
use std::ops::Range;

/// The most arrows that are drawn, and the most that have words: of more, only those that the reader has asked about.
const MAX_ARROWS: usize = 120;
const MAX_NAMED: usize = 60;

/// What is drawn of the messages of a window.
pub struct Arrows {
    /// The arrows.
    pub arrows: Vec<Mark>,
    /// Their words: they stand above every line.
    pub words: Vec<Mark>,
    /// How many messages are not drawn.
    pub left_out: usize,
    /// Whether there are too many for words.
    pub crowded: bool,
}

/// Draws the messages of a window.
pub fn draw(
    look: &Look<'_>,
    frame: &Frame,
    transcript: &Transcript<'_>,
    places: Range<usize>,
    labels: &mut Labels,
) -> Arrows {
    let records = look.outcome.trace.records();
    let shown = |flight: &Flight| {
        let send = &records[flight.send];
        let knows = |eyes| {
            send.node == eyes || flight.end.is_some_and(|end| records[end].kind == RecordKind::Deliver && send.peer == eyes)
        };
        frame.lane(send.node).is_some() && frame.lane(send.peer).is_some() && look.eyes.is_none_or(knows)
    };
    let all: Vec<Flight> = flights(look, places).into_iter().filter(shown).collect();
    // Which ones are left out depends on the send alone, so that none flickers while the window moves.
    let every = all.len().div_ceil(MAX_ARROWS).max(1).next_power_of_two();
    let keep = |flight: &&Flight| {
        let (send, end) = (records[flight.send].id, flight.end.map_or(NONE, |end| records[end].id));
        flight.send.is_multiple_of(every) || look.lit.contains(&send) || look.lit.contains(&end)
    };
    let kept: Vec<&Flight> = all.iter().filter(keep).take(MAX_ARROWS + look.lit.len()).collect();
    let (left_out, crowded) = (all.len() - kept.len(), kept.len() > MAX_NAMED);
    let drawn = kept.into_iter().filter_map(|flight| arrow(look, frame, transcript, flight, crowded, labels));
    let (arrows, words): (Vec<Mark>, Vec<Option<Mark>>) = drawn.unzip();
    Arrows { arrows, words: words.into_iter().flatten().collect(), left_out, crowded }
}

/// The messages of which some part is in the window.
fn flights(look: &Look<'_>, places: Range<usize>) -> Vec<Flight> {
    let trace = &look.outcome.trace;
    let mut flights: Vec<Flight> = Vec::new();
    for place in places.clone() {
        let record = &trace.records()[place];
        match record.kind {
            RecordKind::Deliver | RecordKind::Lose => {
                flights.extend(trace.index_of(record.cause).map(|send| Flight { send, end: Some(place) }));
            }
            _ => {}
        }
    }
    flights.extend(trace.in_flight(places.end).into_iter().filter(|flight| flight.end.is_none_or(|end| end >= places.end)));
    splitbrain::sorted::sort_by_key(&mut flights, |flight| (flight.send, flight.end));
    flights
}

fn arrow(
    look: &Look<'_>,
    frame: &Frame,
    transcript: &Transcript<'_>,
    flight: &Flight,
    crowded: bool,
    labels: &mut Labels,
) -> Option<(Mark, Option<Mark>)> {
    let records = look.outcome.trace.records();
    let (send, end) = (&records[flight.send], flight.end.map(|end| &records[end]));
    let (from, to) = (frame.lane(send.node)?, frame.lane(send.peer)?);
    let kind = look.lab.meta().kinds.get(usize::from(send.message))?;
    let end_us = end.map_or(look.outcome.ended_us + (look.outcome.ended_us - send.at_us).max(1), |end| end.at_us);
    let (mut p, mut q) = clipped(frame, (send.at_us, from), (end_us, to));
    // What dies beyond the window does not die in the picture.
    let loss = end.filter(|end| frame.shows(end.at_us)).and_then(Record::loss);
    let instant = end.is_some_and(|end| end.at_us == send.at_us);
    let lost_at = match loss {
        None => 1.0,
        Some(_) if instant => 0.25,
        // Short of the lane, where others arrive.
        Some(loss) => 0.9 * loss.way(),
    };
    if look.eyes.is_some() {
        // Who receives does not know how long it took; who sends does not know whether it arrives.
        let stub = |a: (f64, f64), b: (f64, f64)| toward(a, b, 0.3);
        match look.sees(send.node) {
            true => q = stub(p, q),
            false => p = stub(q, p),
        }
    } else if loss.is_some() {
        q = toward(p, q, lost_at);
    }
    let us = (send.at_us, end_us);
    let goes_on = end.is_none_or(|end| !frame.shows(end.at_us));
    let own = send.node == send.peer;
    let line = if own { bow(frame, p, q, kinds::dash(kind)) } else { Shape::Line { from: p, to: q, dash: kinds::dash(kind), arrow: loss.is_none() && !goes_on } };
    let emphasis = look.emphasis(&[send.id, end.map_or(NONE, |end| end.id)]);
    let now = look.cursor.record_id(&look.outcome.trace);
    let is_now = now.is_some_and(|now| now == send.id || end.is_some_and(|end| end.id == now));
    let emphasis = if emphasis == Emphasis::Plain && is_now { Emphasis::Lit } else { emphasis };
    let mut parts = vec![mark("line", kinds::role(kind), line)];
    if look.eyes.is_none() {
        let across = |point: (f64, f64)| if frame.down { point.0 } else { point.1 };
        let began = send.at_us < frame.window_us.0;
        parts.extend(began.then(|| mark("before", kinds::role(kind), frame.chevron(across(p), false))));
        parts.extend(goes_on.then(|| mark("after", kinds::role(kind), frame.chevron(across(q), true))));
    }
    let mut written = Vec::new();
    // Beside another run, what goes on in the background of one has no words: it is not what they are compared for.
    let quiet = look.beside.is_some() && kind.role == MessageRole::Background;
    let named = emphasis == Emphasis::Lit || (emphasis == Emphasis::Plain && !crowded && !quiet);
    if let (Some(loss), None) = (loss, look.eyes) {
        parts.push(mark("cross", Role::MessageLost, Shape::Cross { x: q.0, y: q.1, r: 4.5 }));
        let word = loss.word();
        let width = text_width(word, 12.0);
        if named && labels.take(q.0 + 7.0, q.1 - 8.0, width, 14.0) {
            written.push(mark("why", Role::MessageLost, Shape::text(q.0 + 7.0, q.1 + 4.0, word, Anchor::Start).halo()));
        }
    }
    if named && !own {
        written.extend(words(&transcript.message_words(send), p, q, labels));
    }
    let key = format!("m{}-{}", send.id, end.map_or(NONE, |end| end.id));
    let record = end.map_or(send.id, |end| end.id);
    let title = end.map_or_else(|| transcript.sentence(send), |end| transcript.sentence(end));
    let title = format!("{title}{}", frame.beyond(us));
    // Words that are lit keep their width and their rim: the arrow stands out.
    let pale = if emphasis == Emphasis::Dim { Emphasis::Dim } else { Emphasis::Plain };
    let written = (!written.is_empty()).then(|| joined(format!("{key}-words"), Role::Ink, written).emphasis(pale));
    let arrow = joined(key, kinds::role(kind), parts);
    Some((arrow.title(title).on_click(format!("goto record {record}")).emphasis(emphasis), written))
}

/// The ends of an arrow within the window: where it crosses the window's edge it keeps its direction.
fn clipped(frame: &Frame, (send_us, from): (u64, f64), (end_us, to): (u64, f64)) -> ((f64, f64), (f64, f64)) {
    let (from_us, to_us) = frame.window_us;
    let span = (end_us - send_us).max(1) as f64;
    let lane_at = |at_us: u64| from + (to - from) * (at_us.clamp(send_us, end_us) - send_us) as f64 / span;
    let (first, last) = (send_us.max(from_us), end_us.min(to_us));
    // What dies as it is sent takes no time: the whole way is at one moment.
    let last_lane = if end_us == send_us { to } else { lane_at(last) };
    (frame.point(frame.along(first), lane_at(first)), frame.point(frame.along(last), last_lane))
}

/// What a node sends to itself: a bow beside its lane.
fn bow(frame: &Frame, p: (f64, f64), q: (f64, f64), dash: Dash) -> Shape {
    let (dx, dy) = frame.point(0.0, 9.0);
    let middle = ((p.0 + q.0) / 2.0 + dx, (p.1 + q.1) / 2.0 + dy);
    Shape::Path { points: vec![p, middle, q], curve: Curve::Smooth, dash, closed: false }
}

fn toward(p: (f64, f64), q: (f64, f64), share: f64) -> (f64, f64) {
    (p.0 + (q.0 - p.0) * share, p.1 + (q.1 - p.1) * share)
}

/// The message's words beside its arrow, where they fit.
fn words(words: &str, p: (f64, f64), q: (f64, f64), labels: &mut Labels) -> Option<Mark> {
    let length = libm::hypot(q.0 - p.0, q.1 - p.1);
    let words = wrap_at_most(words, 12.0, 130.0, 1).remove(0);
    let width = text_width(&words, 12.0);
    if length < 24.0 || width < 4.0 {
        return None;
    }
    let steep = (q.1 - p.1).abs() * 1.2 > (q.0 - p.0).abs();
    for share in [0.5, 0.36, 0.64, 0.25, 0.75] {
        let (x, y) = toward(p, q, share);
        let (x, y, anchor, left) = match steep {
            true => (x + 6.0, y + 4.0, Anchor::Start, x + 6.0),
            false => (x, y - 5.0, Anchor::Middle, x - width / 2.0),
        };
        if labels.take(left - 2.0, y - 11.0, width + 4.0, 14.0) {
            return Some(mark("words", Role::Ink, Shape::text(x, y, words, anchor).halo()));
        }
    }
    None
}
