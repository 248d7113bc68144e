//! The ground under the arrows: lanes with what befell their nodes, partitions as bands, the axis of time.

use super::super::Look;
use super::super::labels::Labels;
use super::super::stretch::{tick, tick_step_us};
use super::frame::{Frame, Scale};
use crate::scene::{Anchor, Dash, Mark, Role, Shape, mark};
use crate::text_width::{fit_text, text_width};
use splitbrain::cast::NodeId;
use splitbrain::tell::{Span, SpanKind, spans};

/// Half the thickness of a stretch on a lane.
const HALF: f64 = 8.0;

/// Bands of cuts, then lanes with their stretches, then names.
pub fn draw(look: &Look<'_>, frame: &Frame, labels: &mut Labels) -> Vec<Mark> {
    let spans: Vec<Span> = match look.eyes {
        None => spans(look.scenario, look.outcome),
        Some(_) => Vec::new(),
    };
    let (from_us, to_us) = frame.window_us;
    let visible: Vec<&Span> = spans.iter().filter(|s| s.from_us < to_us && s.to_us > from_us).take(40).collect();
    let mut marks = Vec::new();
    for (i, span) in visible.iter().enumerate() {
        if let SpanKind::Cut { words, one_way } = &span.kind {
            let verb = if *one_way { "cut the way" } else { "cut" };
            marks.push(band(frame, span, i, format!("{verb} {words}"), labels));
        }
    }
    for node in &frame.lanes {
        marks.extend(lane(look, frame, *node, &visible, labels));
    }
    marks
}

fn band(frame: &Frame, span: &Span, i: usize, words: String, labels: &mut Labels) -> Mark {
    let (start, end) = (frame.along(span.from_us), frame.along(span.to_us));
    let (near, far) = (frame.across.0 - 6.0, frame.across.1);
    let (x, y) = frame.point(start, near);
    let (width, height) = frame.point(end - start, far - near);
    let mut parts = vec![mark("band", Role::Band, Shape::Band { x, y, width, height })];
    for (key, at_us, along) in [("from", span.from_us, start), ("to", span.to_us, end)] {
        if frame.shows(at_us) {
            let line = Shape::dashed(frame.point(along, near), frame.point(along, far), Dash::Dashed);
            parts.push(mark(key, Role::LinkCut, line));
        }
    }
    let (room, x, y) = match frame.down {
        true => (frame.width - 70.0, frame.across.0 + 2.0, start + 12.0),
        false => ((end - start - 8.0).max(0.0), start + 5.0, far - 4.0),
    };
    let shown = fit_text(&words, 12.0, room);
    if shown.chars().count() > 5 && labels.take(x, y - 11.0, text_width(&shown, 12.0), 13.0) {
        parts.push(mark("words", Role::LinkCut, Shape::text(x, y, shown, Anchor::Start).halo()));
    }
    let beyond = frame.beyond((span.from_us, span.to_us));
    mark(format!("cut{i}-{}", span.from_us), Role::Band, Shape::Group(parts)).title(format!("{words}{beyond}"))
}

/// A lane: solid while the node is up, dashed while it is down, with boxes and words for what befell it.
fn lane(look: &Look<'_>, frame: &Frame, node: NodeId, spans: &[&Span], labels: &mut Labels) -> Vec<Mark> {
    let across = frame.lane(node).expect("it has a lane");
    let name = look.name(node);
    let mut marks = Vec::new();
    let (start, end) = frame.time;
    let line = |key: String, from: f64, to: f64, dash: Dash| {
        let (from, to) = (frame.point(from, across), frame.point(to, across));
        mark(key, Role::Axis, Shape::Line { from, to, dash, arrow: false })
    };
    if !look.sees(node) {
        marks.push(line(format!("lane-{name}"), start, end, Dash::Dotted));
        marks.push(lane_name(frame, across, &name, Role::InkSoft));
        return marks;
    }
    let mut solid_from = start;
    for span in spans {
        let (from, to) = (frame.along(span.from_us), frame.along(span.to_us));
        let (role, word) = match span.kind {
            SpanKind::Down(down) if down == node => {
                marks.push(line(format!("lane-{name}-{}", span.from_us), solid_from, from, Dash::Solid));
                solid_from = to;
                (Role::NodeDown, "down".to_owned())
            }
            SpanKind::Paused(paused) if paused == node => (Role::NodePaused, "paused".to_owned()),
            SpanKind::Slow(slow, factor) if slow == node => (Role::NodeSlow, format!("slow ×{factor}")),
            _ => continue,
        };
        marks.push(stretch(frame, across, span, role, &word, &name, labels));
    }
    marks.insert(0, line(format!("lane-{name}"), solid_from, end, Dash::Solid));
    marks.push(lane_name(frame, across, &name, Role::Ink));
    marks
}

fn lane_name(frame: &Frame, across: f64, name: &str, role: Role) -> Mark {
    let shape = match frame.down {
        true => Shape::text(across, frame.time.0 - 14.0, name, Anchor::Middle),
        false => Shape::text(frame.time.0 - 14.0, across + 4.5, name, Anchor::End),
    };
    mark(format!("name-{name}"), role, shape.sized(14.0).bold()).on_click(format!("focus node {name}")).title(name)
}

fn stretch(
    frame: &Frame,
    across: f64,
    span: &Span,
    role: Role,
    word: &str,
    name: &str,
    labels: &mut Labels,
) -> Mark {
    let us = (span.from_us, span.to_us);
    let (from, to) = (frame.along(us.0), frame.along(us.1));
    let mut parts = vec![mark("box", role, frame.strip(us, across - HALF, 2.0 * HALF, 2.0))];
    // The cross is the crash itself: none where that lies before the window.
    if role == Role::NodeDown && frame.shows(us.0) {
        parts.push(mark("cross", role, {
            let (x, y) = frame.point(from, across);
            Shape::Cross { x, y, r: 6.0 }
        }));
    }
    let text = text_width(word, 12.0);
    let (x, y, fits) = match frame.down {
        true => (across + HALF + 4.0, (from + to) / 2.0 + 4.0, true),
        false => ((from + to) / 2.0 - text / 2.0, across + 4.5, to - from > text + 18.0),
    };
    if fits && labels.take(x, y - 11.0, text, 14.0) {
        parts.push(mark("word", Role::Ink, Shape::text(x, y, word, Anchor::Start).halo()));
    }
    mark(format!("{word}-{name}-{from:.0}"), role, Shape::Group(parts)).title(format!("{name} is {word}{}", frame.beyond(us)))
}

/// The axis: round moments, or where time is warped the moments themselves, as far as there is room.
pub fn axis(look: &Look<'_>, frame: &Frame, labels: &mut Labels) -> Vec<Mark> {
    let (from_us, to_us) = frame.window_us;
    let moments: Vec<(u64, String)> = match &frame.scale {
        Scale::Warped(moments) if !moments.is_empty() => {
            moments.iter().map(|at_us| (*at_us, look.short_moment(*at_us))).collect()
        }
        _ => {
            let most = if frame.width < 1000.0 { 8 } else { 12 };
            let step = tick_step_us(to_us - from_us, most);
            (from_us.div_ceil(step)..=to_us / step).map(|i| (i * step, tick(i * step, step))).collect()
        }
    };
    let (mut marks, mut lines) = (Vec::new(), Vec::new());
    for (at_us, words) in moments {
        let along = frame.along(at_us);
        let width = text_width(&words, 12.0);
        let (x, y) = match frame.down {
            true => (frame.across.0 - 10.0 - width, along + 4.0),
            false => (along - width / 2.0, frame.across.1 + 18.0),
        };
        if !labels.take(x - 5.0, y - 11.0, width + 10.0, 14.0) {
            continue;
        }
        let near = if frame.down { frame.across.0 - 8.0 } else { frame.across.1 };
        lines.push([frame.point(along, near), frame.point(along, near + 5.0)]);
        marks.push(mark(format!("time{at_us}"), Role::InkSoft, Shape::text(x, y, words, Anchor::Start)));
    }
    marks.push(mark("ticks", Role::Axis, Shape::Lines(lines)));
    marks
}
