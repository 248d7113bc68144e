//! What stands on lanes: operations as bars with their results, timers and boots as points, runs of local events folded into one.

use super::super::{Look, badge::Badge, labels::Labels};
use super::frame::Frame;
use crate::scene::{Anchor, Emphasis, Mark, Role, Shape, joined, mark};
use crate::text_width::text_width;
use splitbrain::cast::{NodeId, Sort};
use splitbrain::lab::{End, Operation};
use splitbrain::tell::Transcript;
use splitbrain::trace::{NOBODY, RecordKind, Trace};
use std::ops::Range;

/// The most operations, and the most points, that are drawn.
const MAX_OPERATIONS: usize = 40;
const MAX_POINTS: usize = 60;

/// A local event, or a run of them: nothing was sent, asked or answered there.
#[derive(Clone, Debug)]
pub struct Run {
    node: NodeId,
    /// The first, as a place among the kept records.
    first: usize,
    last: usize,
    count: usize,
}

/// The runs of local events in a window, and the places in them that take no room of their own, in order.
pub fn fold(trace: &Trace, nodes: usize, places: Range<usize>) -> (Vec<Run>, Vec<usize>) {
    let records = trace.records();
    let mut open: Vec<Option<Run>> = vec![None; nodes];
    let (mut runs, mut skip) = (Vec::new(), Vec::new());
    for place in places {
        let record = &records[place];
        if record.node == NOBODY || matches!(record.kind, RecordKind::Act | RecordKind::Lose) {
            continue;
        }
        let acts = records.get(place + 1).is_some_and(|next| next.cause == record.id);
        let slot = &mut open[record.node.index()];
        if record.kind != RecordKind::Timer || acts {
            runs.extend(slot.take());
            continue;
        }
        match slot {
            Some(run) => {
                (run.last, run.count) = (place, run.count + 1);
                skip.push(place);
            }
            None => *slot = Some(Run { node: record.node, first: place, last: place, count: 1 }),
        }
    }
    runs.extend(open.into_iter().flatten());
    splitbrain::sorted::sort_by_key(&mut runs, |run| run.first);
    (runs, skip)
}

/// The bars of operations that have some part in the window, their words, which stand above everything, and how many are not drawn.
pub fn operations(
    look: &Look<'_>,
    frame: &Frame,
    transcript: &Transcript<'_>,
    places: Range<usize>,
    labels: &mut Labels,
) -> (Vec<Mark>, Vec<Mark>, usize) {
    let trace = &look.outcome.trace;
    let mut numbers: Vec<u32> = Vec::new();
    for node in frame.lanes.iter().filter(|node| look.outcome.cast.sort(**node).0 == Sort::Client && look.sees(**node)) {
        let lane = trace.lane(*node);
        let (from, to) = (
            lane.partition_point(|place| (*place as usize) < places.start),
            lane.partition_point(|place| (*place as usize) < places.end),
        );
        let is_end = |kind| matches!(kind, RecordKind::Invoke | RecordKind::Return | RecordKind::Abandon);
        let before = lane[..from].iter().rev().take(200).map(|place| &trace.records()[*place as usize]);
        let open = before.into_iter().find(|record| is_end(record.kind)).filter(|r| r.kind == RecordKind::Invoke);
        numbers.extend(open.map(|record| record.op));
        let inside = lane[from..to].iter().map(|place| &trace.records()[*place as usize]);
        numbers.extend(inside.filter(|record| is_end(record.kind)).map(|record| record.op));
    }
    splitbrain::sorted::sort(&mut numbers);
    numbers.dedup();
    let left_out = numbers.len().saturating_sub(MAX_OPERATIONS);
    let drawn = numbers.iter().take(MAX_OPERATIONS).filter_map(|number| transcript.find_operation(*number));
    let (bars, words): (Vec<Mark>, Vec<Option<Mark>>) =
        drawn.filter_map(|operation| bar(look, frame, operation, labels)).unzip();
    (bars, words.into_iter().flatten().collect(), left_out)
}

fn bar(look: &Look<'_>, frame: &Frame, operation: &Operation, labels: &mut Labels) -> Option<(Mark, Option<Mark>)> {
    let across = frame.lane(operation.client)?;
    let us = (operation.invoked.at_us, look.ends_us(operation));
    let (from, to) = (frame.along(us.0), frame.along(us.1));
    // Nothing is told of its end before that has come.
    let badge = Badge::of(look, operation);
    let ended = look.has_ended(operation);
    let (role, sign) = match operation.end {
        _ if !ended => (Role::OpUnknown, ""),
        End::Ok if badge.is_none() => (Role::OpOk, " ✓"),
        End::Ok | End::Failed => (Role::OpFailed, ""),
        End::Unknown | End::Open => (Role::OpUnknown, " ?"),
    };
    let asked = look.asked(operation);
    let answer = look.outcome.told(operation).filter(|_| ended).unwrap_or_default();
    let words = if ended && badge.is_none() { format!("{asked}{sign} {answer}") } else { asked.clone() };
    // The bar stands before the lane, so that arrows begin under it.
    let (thick, off) = if frame.down { (8.0, -10.0) } else { (17.0, -20.0) };
    let (x, y) = frame.point(from, across + off);
    let (width, height) = frame.point((to - from).max(3.0), thick);
    // As much as has room, but no half of anything.
    let shorter = [words.clone(), format!("{asked}{sign}"), sign.trim().to_owned()];
    let place = |text: &str, labels: &mut Labels| {
        let taken = text_width(text, 12.0);
        match frame.down {
            // Rather below the arrow that begins with the operation, if the bar is long enough.
            true => [27.0, 12.0].into_iter().filter(|dy| *dy < 20.0 || from + dy < to).find_map(|dy| {
                let y = (from + dy).min(frame.time.1);
                labels.take(across + 5.0, y - 11.0, taken, 14.0).then_some((across + 5.0, y))
            }),
            // Bars of a client with several calls at a time lie on each other.
            false => {
                let fits = taken + 10.0 <= to - from && labels.take(from + 6.0, y + 2.0, taken, 13.0);
                fits.then_some((from + 6.0, y + 13.0))
            }
        }
    };
    let reason = badge.and_then(|badge| {
        // At the end, where it went wrong: as near to it as there is room.
        let far = frame.time.1;
        let places = match frame.down {
            true => {
                let x = across + 5.0;
                let left = (frame.width - badge.width() - 2.0).min(x);
                [(left, to - 14.0), (left, to + 2.0), (left, to - 30.0), (left, to + 18.0)]
            }
            false => {
                let right = to.min(far - badge.width());
                let (over, under) = (across + off, across + 4.0);
                [(to + 2.0, over), (right, under), ((to - badge.width()).max(frame.time.0), over), (right, under + 17.0)]
            }
        };
        let at = badge.place(&places, labels)?;
        Some(badge.draw("badge", at))
    });
    let said = shorter.into_iter().filter(|text| !text.is_empty()).find_map(|text| place(&text, labels).map(|at| (text, at)));
    labels.block(x, y, width, height);
    let title = format!("{}: {asked}{sign} {answer}{}", look.name(operation.client), frame.beyond(us));
    let lit = look.emphasis(&[operation.invoked.record, operation.returned.map_or(u32::MAX, |r| r.record)]);
    let key = format!("op{}", operation.number);
    let said = said.map(|(text, (x, y))| mark("words", Role::Ink, Shape::text(x, y, text, Anchor::Start).halo()));
    let written: Vec<Mark> = said.into_iter().chain(reason).collect();
    let written = (!written.is_empty()).then(|| joined(format!("{key}-words"), Role::Ink, written).emphasis(lit));
    let bar = mark(key, role, frame.strip(us, across + off, thick, 3.0));
    Some((bar.title(title).on_click(format!("focus op {}", operation.number)).emphasis(lit), written))
}

/// Timers, boots and folded runs.
pub fn points(look: &Look<'_>, frame: &Frame, transcript: &Transcript<'_>, runs: &[Run], places: Range<usize>) -> Vec<Mark> {
    let records = look.outcome.trace.records();
    let mut marks = Vec::new();
    for run in runs.iter().filter(|run| look.sees(run.node)).take(MAX_POINTS) {
        let Some(across) = frame.lane(run.node) else { continue };
        let record = &records[run.first];
        let (x, y) = frame.point(frame.along(record.at_us), across);
        let (shape, title) = match run.count {
            1 => (Shape::Square { x, y, r: 4.0 }, transcript.sentence(record)),
            count => {
                let last = transcript.moment(records[run.last].at_us);
                let parts = vec![
                    mark("disc", Role::Paper, Shape::circle(x, y, 9.0)),
                    mark("ring", Role::Client, Shape::circle(x, y, 8.5)),
                    mark("count", Role::Ink, Shape::text(x, y + 4.5, count.min(99).to_string(), Anchor::Middle)),
                ];
                (Shape::Group(parts), format!("{count} timers of {}, up to {last}", look.name(run.node)))
            }
        };
        let dim = look.emphasis(&[record.id]);
        marks.push(
            mark(format!("p{}", record.id), Role::Axis, shape)
                .title(title)
                .on_click(format!("goto record {}", record.id))
                .emphasis(dim),
        );
    }
    // Boots at the very start are no news.
    let boots = places.map(|place| &records[place]).filter(|r| r.kind == RecordKind::Boot && r.at_us > 0);
    for record in boots.take(20).filter(|record| look.sees(record.node)) {
        let Some(across) = frame.lane(record.node) else { continue };
        let (x, y) = frame.point(frame.along(record.at_us), across);
        marks.push(
            mark(format!("p{}", record.id), Role::NodeUp, Shape::Triangle { x, y, r: 7.0 })
                .title(transcript.sentence(record))
                .on_click(format!("goto record {}", record.id)),
        );
    }
    marks
}

/// The record that the cursor stands on: a ring at its lane.
pub fn here(look: &Look<'_>, frame: &Frame, labels: &mut Labels) -> Option<Mark> {
    let record = look.cursor.record(&look.outcome.trace)?;
    let across = frame.lane(record.node).filter(|_| frame.shows(record.at_us) && look.sees(record.node))?;
    let (x, y) = frame.point(frame.along(record.at_us), across);
    labels.block(x - 6.0, y - 6.0, 12.0, 12.0);
    let parts = vec![
        mark("disc", Role::Paper, Shape::circle(x, y, 6.0)),
        mark("dot", Role::Accent, Shape::circle(x, y, 4.5)),
    ];
    Some(mark("here", Role::Accent, Shape::Group(parts)).emphasis(Emphasis::Plain))
}
