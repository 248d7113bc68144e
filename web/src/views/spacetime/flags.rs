//! What stands above and across the lanes: cues as flags, breaks of promises, the cursor.

use super::super::{Look, labels::Labels};
use super::frame::Frame;
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Shape, mark};
use crate::text_width::{bold_text_width, fit_text, text_width, wrap_at_most};
use splitbrain::lab::State;

/// The most flags that are drawn.
const MAX_FLAGS: usize = 40;

/// The cues that took effect in the window.
pub fn cues(look: &Look<'_>, frame: &Frame, labels: &mut Labels) -> Vec<Mark> {
    let trace = &look.outcome.trace;
    let from = trace.acts().partition_point(|place| trace.records()[*place as usize].at_us < frame.window_us.0);
    let inside = trace.acts()[from..].iter().map(|place| &trace.records()[*place as usize]);
    let mut marks = Vec::new();
    for record in inside.take_while(|record| frame.shows(record.at_us)).take(MAX_FLAGS) {
        let Some(cue) = look.scenario.cues.get(record.payload as usize) else { continue };
        if cue.act.is_narration() || look.eyes.is_some() {
            continue;
        }
        let sentence = cue.act.sentence();
        let along = frame.along(record.at_us);
        let mut parts = Vec::new();
        let far = frame.point(along, frame.across.1);
        let near = frame.point(along, frame.across.0 - 20.0);
        parts.push(mark("pole", Role::Axis, Shape::dashed(near, far, Dash::Dotted)));
        let (x, y) = near;
        let flag = vec![(x, y - 11.0), (x + 9.0, y - 6.5), (x, y - 2.0)];
        parts.push(mark("flag", Role::Accent, Shape::Path { points: flag, curve: Curve::Straight, dash: Dash::Solid, closed: true }));
        let words = wrap_at_most(&sentence, 12.0, 290.0, 1).remove(0);
        let width = text_width(&words, 12.0);
        labels.block(x, y - 11.0, 10.0, 10.0);
        let rows: [f64; 2] = if frame.down { [-3.0, 12.0] } else { [-3.0, -17.0] };
        // Words that would leave the paper stand before their flag.
        let start = if x + 16.0 + width > frame.width { x - 4.0 - width } else { x + 12.0 };
        if let Some(dy) = rows.into_iter().find(|dy| labels.take(start, y + dy - 11.0, width, 13.0)) {
            parts.push(mark("words", Role::Ink, Shape::text(start, y + dy, words, Anchor::Start).halo()));
        }
        marks.push(
            mark(format!("cue{}", record.id), Role::Accent, Shape::Group(parts))
                .title(sentence)
                .on_click(format!("goto record {}", record.id)),
        );
    }
    marks
}

/// Where lights went to broken within the window.
pub fn breaks(look: &Look<'_>, frame: &Frame, labels: &mut Labels) -> Vec<Mark> {
    let mut marks = Vec::new();
    if look.eyes.is_some() {
        return marks;
    }
    for verdict in &look.outcome.verdicts {
        let from = verdict.changes.partition_point(|change| change.at.at_us < frame.window_us.0);
        let inside = verdict.changes[from..].iter().take_while(|change| frame.shows(change.at.at_us));
        let broken = inside.filter(|change| change.state == State::Broken);
        for change in broken.take(MAX_FLAGS / 4) {
            let promise = look.lab.meta().promises.iter().find(|promise| promise.id == verdict.promise);
            let term = promise.map_or(verdict.promise, |promise| promise.term);
            let along = frame.along(change.at.at_us);
            let line = Shape::dashed(frame.point(along, frame.across.0 - 6.0), frame.point(along, frame.across.1), Dash::DashDot);
            let mut parts = vec![mark("line", Role::Broken, line)];
            let words = fit_text(&format!("✕ {term}"), 12.0, 200.0);
            let width = bold_text_width(&words, 12.0);
            let (x, rows) = match frame.down {
                true => ((frame.width - width - 4.0).max(2.0), [along - 4.0, along + 12.0]),
                false => {
                    let x = (along - width / 2.0).clamp(4.0, (frame.width - width - 4.0).max(4.0));
                    (x, [frame.across.1 + 34.0, frame.across.1 + 49.0])
                }
            };
            if let Some(y) = rows.into_iter().find(|y| labels.take(x, y - 11.0, width, 14.0)) {
                parts.push(mark("words", Role::Broken, Shape::text(x, y, words, Anchor::Start).bold().halo()));
            }
            marks.push(
                mark(format!("break-{}-{}", verdict.promise, change.at.record), Role::Broken, Shape::Group(parts))
                    .title(format!("{term}: broken. {}", change.why))
                    .on_click(format!("why promise {}", verdict.promise)),
            );
        }
    }
    marks
}

/// Where this run and the one beside it first differ.
pub fn difference(look: &Look<'_>, frame: &Frame, labels: &mut Labels) -> Option<Mark> {
    const WORDS: &str = "first difference";
    let beside = look.beside.filter(|_| look.eyes.is_none())?;
    let parts = beside.parts.filter(|parts| frame.shows(parts.at_us))?;
    let along = frame.along(parts.at_us);
    let line = Shape::dashed(frame.point(along, frame.across.0 - 6.0), frame.point(along, frame.across.1), Dash::Dashed);
    let mut marks = vec![mark("line", Role::Ink, line)];
    let width = bold_text_width(WORDS, 12.0);
    let places = match frame.down {
        true => {
            let (left, right) = (frame.across.0 + 2.0, frame.width - width - 4.0);
            [(right, along - 4.0), (right, along + 12.0), (left, along - 4.0), (left, along + 12.0)]
        }
        false => {
            let x = (along - width / 2.0).clamp(4.0, (frame.width - width - 4.0).max(4.0));
            let below = frame.across.1;
            [(x, below + 34.0), (x, below + 49.0), (along + 4.0, below - 4.0), (along - 4.0 - width, below - 4.0)]
        }
    };
    let free = places.into_iter().find(|(x, y)| labels.take(*x, y - 11.0, width, 14.0)).unwrap_or(places[0]);
    marks.push(mark("words", Role::Ink, Shape::text(free.0, free.1, WORDS, Anchor::Start).bold().halo()));
    let own = parts.records[usize::from(beside.is_first)];
    let record = own.and_then(|own| look.outcome.trace.get(own));
    let title = match record {
        Some(record) => format!("first difference; here, {}: {}", look.moment(record.at_us), look.transcript().sentence(record)),
        None => "first difference; here nothing happens any more".to_owned(),
    };
    let drawn = mark("difference", Role::Ink, Shape::Group(marks)).title(title);
    Some(match record {
        Some(record) => drawn.on_click(format!("goto record {}", record.id)),
        None => drawn,
    })
}

/// The cursor, with its time.
pub fn cursor(look: &Look<'_>, frame: &Frame, labels: &mut Labels) -> Option<Mark> {
    if !frame.shows(look.cursor.at_us) {
        return Some(cursor_beyond(look, frame, labels));
    }
    let along = frame.along(look.cursor.at_us);
    let words = look.short_moment(look.cursor.at_us);
    let width = bold_text_width(&words, 12.0);
    let line = Shape::line(frame.point(along, frame.across.0 - 6.0), frame.point(along, frame.across.1 + 4.0));
    let (x, y) = match frame.down {
        true => ((frame.across.0 - 10.0 - width).max(2.0), along + 4.0),
        false => ((along - width / 2.0).clamp(2.0, frame.width - width - 2.0), frame.across.1 + 18.0),
    };
    labels.block(x - 8.0, y - 12.0, width + 16.0, 16.0);
    let parts = vec![
        mark("line", Role::Accent, line),
        mark("ground", Role::Paper, Shape::rect(x - 4.0, y - 12.0, width + 8.0, 16.0, 3.0)),
        mark("time", Role::Accent, Shape::text(x, y, words, Anchor::Start).bold()),
    ];
    Some(mark("cursor", Role::Accent, Shape::Group(parts)).title("the cursor"))
}

/// Where the cursor is when the window does not hold it: an arrow at that edge, with its time.
fn cursor_beyond(look: &Look<'_>, frame: &Frame, labels: &mut Labels) -> Mark {
    let after = look.cursor.at_us > frame.window_us.1;
    let words = look.short_moment(look.cursor.at_us);
    let width = bold_text_width(&words, 12.0);
    let (along, way) = if after { (frame.time.1, 1.0) } else { (frame.time.0, -1.0) };
    // Across from the first lane, on the side of the flags.
    let aside = frame.across.0 - if frame.down { 14.0 } else { 6.0 };
    let corners = [(along - 9.0 * way, aside - 6.0), (along + 1.0 * way, aside), (along - 9.0 * way, aside + 6.0)];
    let points = corners.map(|(along, across)| frame.point(along, across)).to_vec();
    let (x, y) = match (frame.down, after) {
        (true, _) => (4.0, along - 13.0 * way + 4.0),
        (false, true) => (along - 14.0 - width, aside + 4.0),
        (false, false) => (along + 14.0, aside + 4.0),
    };
    labels.block(x - 4.0, y - 12.0, width + 8.0, 16.0);
    let parts = vec![
        mark("arrow", Role::Accent, Shape::Path { points, curve: Curve::Straight, dash: Dash::Solid, closed: true }),
        mark("time", Role::Accent, Shape::text(x, y, words, Anchor::Start).bold().halo()),
    ];
    let where_it_is = if after { "the cursor is after what is shown" } else { "the cursor is before what is shown" };
    mark("cursor", Role::Accent, Shape::Group(parts)).title(where_it_is)
}
