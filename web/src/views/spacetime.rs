//! Space and time: a lane for each node, messages as arrows between them, and what happened to nodes and links.
//!
//! Only what the window holds is looked at, found by binary search: panning over a run of 100,000 records costs what it shows.

mod arrows;
mod events;
mod flags;
mod frame;
mod lanes;
#[cfg(test)]
mod tests;

use super::labels::Labels;
use super::{Look, Picture, Window};
use crate::scene::{Anchor, Mark, Role, Scene, Shape, mark};
use crate::text_width::fit_text;
use frame::Frame;
use splitbrain::lab::Outcome;
use splitbrain::trace::Cursor;

pub use super::any_run as needs;

/// The panel's title.
pub const TITLE: &str = "Space and time";

/// The most words that are written on arrows and lanes.
const MAX_WORDS: usize = 70;

/// Draws the part of the run that the window shows.
pub fn draw(look: &Look<'_>) -> Picture {
    let trace = &look.outcome.trace;
    let places = places(look);
    let (runs, skip) = events::fold(trace, look.outcome.cast.len(), places.clone());
    let frame = Frame::of(look, places.clone(), &skip);
    let transcript = look.transcript();
    let mut labels = Labels::new(MAX_WORDS, frame.width, frame.height).apart(3.0);
    let mut scene = Scene::new(format!("{}-spacetime", look.id), frame.width, frame.height, TITLE);
    let cursor = flags::cursor(look, &frame, &mut labels);
    let difference = flags::difference(look, &frame, &mut labels);
    let here = events::here(look, &frame, &mut labels);
    // Words that matter most find their room first; what lies lowest is drawn first.
    let flags = flags::cues(look, &frame, &mut labels);
    let breaks = flags::breaks(look, &frame, &mut labels);
    let mut ground = lanes::draw(look, &frame, &mut labels);
    let ground_words = lift_words(&mut ground);
    let (bars, bar_words, fewer_bars) = events::operations(look, &frame, &transcript, places.clone(), &mut labels);
    let messages = arrows::draw(look, &frame, &transcript, places.clone(), &mut labels);
    let points = events::points(look, &frame, &transcript, &runs, places.clone());
    let axis = lanes::axis(look, &frame, &mut labels);
    scene.marks.extend([ground, axis, bars, flags, messages.arrows, points, breaks].into_iter().flatten());
    scene.marks.extend(ground_words.into_iter().chain(bar_words).chain(messages.words).chain(difference).chain(cursor));
    scene.marks.extend(here);
    scene.marks.extend(left_out(&frame, messages.left_out, fewer_bars, messages.crowded));
    let sample = frame.sample(look);
    scene.marks.extend(sample.as_ref().map(|words| {
        let shape = Shape::text(4.0, frame.height - 20.0, fit_text(words, 12.0, frame.width - 8.0), Anchor::Start).halo();
        mark("sample", Role::InkSoft, shape)
    }));
    let records = trace.records()[places].iter().filter(|record| look.knows(record)).count();
    let sentence = describe(look, &frame, records, messages.left_out);
    scene.describe(sentence).into()
}

/// The records that the window holds, as places among the kept ones.
fn places(look: &Look<'_>) -> std::ops::Range<usize> {
    let trace = &look.outcome.trace;
    let from = trace.records().partition_point(|record| record.at_us < look.window.from_us);
    from..trace.count_until(look.window.to_us).max(from)
}

/// Whether time runs downwards on this picture, and where it begins and ends.
pub fn time_axis(scene: &Scene) -> (bool, (f64, f64)) {
    frame::time_axis(scene.width)
}

/// Takes the words out of marks that lie on the ground: they stand above every line.
fn lift_words(marks: &mut [Mark]) -> Vec<Mark> {
    let mut words = Vec::new();
    for group in marks {
        if let Shape::Group(parts) = &mut group.shape {
            let own = parts.extract_if(.., |part| matches!(part.shape, Shape::Text { .. }));
            words.extend(own.map(|part| Mark { key: format!("{}-words", group.key), ..part }));
        }
    }
    words
}

/// What is not drawn, in words.
fn left_out(frame: &Frame, arrows: usize, bars: usize, crowded: bool) -> Option<Mark> {
    let parts = [(arrows, "message"), (bars, "operation")];
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}{}", plural(*count))).collect();
    let words = match (parts.is_empty(), crowded) {
        (true, false) => return None,
        (true, true) => "Zoom in for words.".to_owned(),
        (false, _) => format!("Zoom in for {}.", parts.join(", ")),
    };
    let words = fit_text(&words, 12.0, frame.width - 8.0);
    let shape = Shape::text(frame.width - 4.0, frame.height - 4.0, words, Anchor::End).halo();
    Some(mark("left-out", Role::InkSoft, shape))
}

fn describe(look: &Look<'_>, frame: &Frame, records: usize, left_out: usize) -> String {
    let [from, to] = [frame.window_us.0, frame.window_us.1].map(|at_us| look.moment(at_us));
    let scale = if look.window.warped { "each moment with the same room" } else { "in true time" };
    let thinned = if left_out > 0 { format!(" {left_out} messages are left out.") } else { String::new() };
    let sample = frame.sample(look).map(|words| format!(" {words}.")).unwrap_or_default();
    let eyes = look.eyes.map(|eyes| format!(" Only what {} can know.", look.name(eyes))).unwrap_or_default();
    format!("From {from} to {to}, {scale}: {records} events. Now, {}.{thinned}{sample}{eyes}", look.now())
}

/// A window that shows the cursor with as many events around it as can be read at this width.
pub fn window_around(outcome: &Outcome, cursor: Cursor, width: u32, warped: bool) -> Window {
    let records = outcome.trace.records();
    let wanted = match width {
        0..600 => 24,
        600..1000 => 34,
        _ => 60,
    };
    // Two thirds of the window are what led to the cursor.
    let middle = cursor.index as usize;
    let from = middle.saturating_sub(wanted * 2 / 3).min(records.len().saturating_sub(wanted));
    let to = (from + wanted).min(records.len());
    let from_us = records.get(from).map_or(0, |record| record.at_us);
    let to_us = records[..to].last().map_or(outcome.ended_us, |record| record.at_us);
    let margin_us = (to_us.saturating_sub(from_us) / 40).max(1);
    Window { from_us: from_us.saturating_sub(margin_us), to_us: to_us.saturating_add(margin_us), warped }
}
