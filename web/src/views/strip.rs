//! Replica by time: which version each server held of each key, and when writes were acknowledged, so that staleness is seen.

use super::stretch::Stretch;
use super::{Look, Picture, values};
use crate::scene::{Anchor, Dash, Emphasis, Mark, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, fit_text};
use splitbrain::cast::{NodeId, Sort};
use splitbrain::lab::{End, key_name};
use splitbrain::tell::{SpanKind, spans};
use splitbrain::trace::{Change, FactKey};

pub use super::any_run as needs;

/// The panel's title.
pub const TITLE: &str = "Replicas over time";

const MAX_SERVERS: usize = 9;
const MAX_KEYS: usize = 3;
/// The most stretches of one version that are drawn in a picture.
const MAX_PIECES: usize = 120;
const ROW: f64 = 36.0;
const TOP: f64 = 42.0;
/// Where a row has its tags and its line.
const TAGS: f64 = 12.0;
const LINE: f64 = 25.0;

/// A server's row for a key.
struct Row<'a> {
    node: NodeId,
    key: u16,
    facts: Vec<FactKey>,
    /// What it came to hold, and when, in µs: looked up once for everything that is drawn of it.
    changes: Vec<(u64, &'a Change)>,
    y: f64,
}

/// Draws the versions over the run, or those around the cursor where there are too many.
pub fn draw(look: &Look<'_>) -> Picture {
    let (rows, keys, hidden, bottom) = rows(look);
    let left = if keys.len() > 1 { 56.0 } else { 36.0 };
    let mut stretch = Stretch::whole(look, left);
    let changes: usize = rows.iter().map(|row| row.changes.len()).sum();
    let windowed = changes > MAX_PIECES;
    if windowed {
        let (from_us, to_us) = around(look, &rows[0]);
        stretch = stretch.part(from_us, to_us);
    }
    let mut scene = Scene::new(format!("{}-strip", look.id), f64::from(look.width), bottom + 26.0, TITLE);
    scene.marks.extend(bands(look, &stretch, &rows, bottom));
    // Under the tags, so that no pole strikes a value through.
    scene.marks.extend(commits(look, &stretch, &rows));
    let mut left_out = 0;
    for row in &rows {
        let (marks, fewer) = pieces(look, &stretch, row, MAX_PIECES / rows.len().max(1) + 4);
        left_out += fewer;
        scene.marks.extend(marks);
        let name = look.name(row.node);
        let name = if keys.len() > 1 { format!("{name} {}", key_name(row.key)) } else { name };
        let shape = Shape::text(left - 8.0, row.y + LINE + 2.0, name, Anchor::End).sized(13.0).bold();
        scene.push(mark(format!("name-{}-{}", row.node.0, row.key), Role::Ink, shape));
    }
    scene.marks.extend(stretch.axis(look, TOP - 8.0, bottom));
    let mut head = "Each stretch is a version; a flag is the moment at which a write was acknowledged.".to_owned();
    if hidden > 0 || left_out > 0 {
        head = format!("{hidden} more rows and {left_out} more versions are not drawn.");
    }
    scene.marks.extend(super::head(&head, f64::from(look.width), 2));
    let sentence = describe(look, &rows, windowed.then_some(&stretch));
    scene.describe(sentence).into()
}

/// The rows: key by key, server by server.
fn rows<'a>(look: &Look<'a>) -> (Vec<Row<'a>>, Vec<u16>, usize, f64) {
    let trace = &look.outcome.trace;
    let at_us = |record: u32| trace.get(record).map_or(0, |record| record.at_us);
    let servers: Vec<NodeId> = look.outcome.cast.of(Sort::Server).collect();
    let mut all: Vec<(u16, NodeId, Vec<FactKey>)> = Vec::new();
    for node in servers.iter().filter(|node| look.sees(**node)) {
        all.extend(values::face_keys(look, *node).into_iter().map(|(key, facts)| (key, *node, facts)));
    }
    splitbrain::sorted::sort_by_key(&mut all, |(key, node, _)| (*key, *node));
    let mut keys: Vec<u16> = all.iter().map(|(key, _, _)| *key).collect();
    keys.dedup();
    let count = all.len();
    keys.truncate(MAX_KEYS);
    let (mut y, mut rows) = (TOP, Vec::new());
    for key in &keys {
        for (_, node, facts) in all.iter().filter(|(k, _, _)| k == key).take(MAX_SERVERS) {
            let mut changes: Vec<(u64, &Change)> = Vec::new();
            for change in trace.history(*node, facts[0]) {
                // Of several at one record the last stands.
                changes.pop_if(|(_, before)| before.record == change.record);
                changes.push((at_us(change.record), change));
            }
            rows.push(Row { node: *node, key: *key, facts: facts.clone(), changes, y });
            y += ROW;
        }
        y += 12.0;
    }
    let hidden = count - rows.len();
    (rows, keys, hidden, y.max(TOP + ROW))
}

/// The time in which as many versions as can be read came to a row, two thirds of them before the cursor.
fn around(look: &Look<'_>, row: &Row<'_>) -> (u64, u64) {
    let most = look.width as usize / 30;
    let middle = row.changes.partition_point(|(at_us, _)| *at_us <= look.cursor.at_us);
    let from = middle.saturating_sub(most * 2 / 3).min(row.changes.len().saturating_sub(most));
    let first_us = if from == 0 { 0 } else { row.changes[from].0 };
    let last_us = row.changes.get(from + most).map_or(look.ended_us(), |(at_us, _)| *at_us);
    (first_us.min(look.cursor.at_us), last_us.max(look.cursor.at_us))
}

/// What parted or stopped them, behind the versions.
fn bands(look: &Look<'_>, stretch: &Stretch, rows: &[Row<'_>], bottom: f64) -> Vec<Mark> {
    if look.eyes.is_some() {
        return Vec::new();
    }
    let mut marks = Vec::new();
    let spans = spans(look.scenario, look.outcome);
    for (i, span) in spans.iter().filter(|s| s.from_us < stretch.to_us && s.to_us > stretch.from_us).take(30).enumerate() {
        let (from, to) = (stretch.x(span.from_us), stretch.x(span.to_us));
        match &span.kind {
            SpanKind::Cut { words, .. } => {
                let band = Shape::Band { x: from, y: TOP - 6.0, width: to - from, height: bottom - TOP + 2.0 };
                let shown = fit_text(&format!("cut {words}"), 12.0, to - from - 6.0);
                let mut parts = vec![mark("band", Role::Band, band)];
                if shown.chars().count() > 5 {
                    let shape = Shape::text(from + 4.0, bottom - 4.0, shown, Anchor::Start).halo();
                    parts.push(mark("words", Role::LinkCut, shape));
                }
                marks.insert(0, mark(format!("cut{i}"), Role::Band, Shape::Group(parts)).title(format!("cut {words}")));
            }
            SpanKind::Down(node) => {
                for row in rows.iter().filter(|row| row.node == *node) {
                    let title = format!("{} is down", look.name(*node));
                    let shape = Shape::rect(from, row.y + 3.0, (to - from).max(2.0), ROW - 6.0, 3.0);
                    marks.push(mark(format!("down{i}-{}", row.key), Role::NodeDown, shape).title(title));
                }
            }
            _ => {}
        }
    }
    marks
}

/// A row's stretches; a version's tag stands where it begins. Also says how many are left out.
fn pieces(look: &Look<'_>, stretch: &Stretch, row: &Row<'_>, most: usize) -> (Vec<Mark>, usize) {
    let transcript = look.transcript();
    let first = row.changes.partition_point(|(at_us, _)| *at_us <= stretch.from_us).saturating_sub(1);
    let last = row.changes.partition_point(|(at_us, _)| *at_us <= stretch.to_us).max(first);
    let shown = &row.changes[first..last];
    let every = shown.len().div_ceil(most.max(1)).max(1);
    let mut marks = Vec::new();
    for (i, (at_us, change)) in shown.iter().enumerate().step_by(every) {
        let end_us = shown.get(i + every).map_or(stretch.to_us, |(at_us, _)| *at_us);
        let ends = (stretch.x(*at_us), stretch.x(end_us));
        let value = transcript.fact_words(&change.value);
        let version = values::held_at(look, &transcript, row.node, &row.facts, change.record);
        let lit = look.emphasis(&[change.record]);
        let held = if values::is_empty(&version) { "is empty".to_owned() } else { format!("holds {value}") };
        let title = format!("{} {held} from {}", look.name(row.node), look.moment(*at_us));
        let piece = Shape::Group(piece(&version, &value, ends, row.y));
        marks.push(
            mark(format!("v{}-{}", change.record, row.key), values::role(&version), piece)
                .title(title)
                .on_click(format!("goto record {}", change.record))
                .emphasis(if lit == Emphasis::Lit { Emphasis::Plain } else { lit }),
        );
    }
    (marks, shown.len() - shown.len().div_ceil(every))
}

/// A stretch of one version: its line, and as much of its tag as there is room for.
fn piece(version: &str, value: &str, (from, to): (f64, f64), top: f64) -> Vec<Mark> {
    let (room, y) = (to - from, top + LINE);
    if values::is_empty(version) {
        let mut parts = vec![mark("line", Role::Axis, Shape::dashed((from, y), (to, y), Dash::Dotted))];
        if room > bold_text_width("empty", 12.0) + 8.0 {
            let shape = Shape::text(from + 4.0, top + TAGS + 4.5, "empty", Anchor::Start);
            parts.push(mark("value", Role::InkSoft, shape));
        }
        return parts;
    }
    let mut parts = vec![mark("line", values::role(version), Shape::rect(from, y - 2.5, room.max(1.0), 5.0, 0.0))];
    let at = (from + 1.0, top + TAGS);
    // A value that does not fit is left to the title: numbers that run into each other are no numbers.
    if values::tag_width(value) + 3.0 <= room {
        parts.extend(values::tag(version, value, at));
    } else if room > values::HEAD + 2.0 {
        parts.extend(values::head(version, at));
    }
    parts
}

/// Acknowledged writes: a line through the key's rows, from which on an older version is stale.
fn commits(look: &Look<'_>, stretch: &Stretch, rows: &[Row<'_>]) -> Vec<Mark> {
    if look.eyes.is_some() {
        return Vec::new();
    }
    let writes = look.outcome.operations.iter().filter(|operation| {
        operation.end == End::Ok && operation.effect.is_some_and(|effect| effect.writes)
    });
    let mut marks = Vec::new();
    for operation in writes.filter(|o| o.returned.is_some_and(|at| stretch.shows(at.at_us))).take(60) {
        let (Some(returned), Some(effect)) = (operation.returned, operation.effect) else { continue };
        let mine: Vec<&Row<'_>> = rows.iter().filter(|row| row.key == effect.key).collect();
        let (Some(first), Some(last)) = (mine.first(), mine.last()) else { continue };
        let x = stretch.x(returned.at_us);
        let asked = look.outcome.asked(operation);
        let value = asked.rsplit('.').next().unwrap_or_default();
        let flag = vec![(x, first.y - 4.0), (x + 7.0, first.y - 0.5), (x, first.y + 3.0)];
        let parts = vec![
            mark("pole", Role::Kept, Shape::dashed((x, first.y - 4.0), (x, last.y + ROW - 3.0), Dash::Dashed)),
            mark(
                "flag",
                Role::Kept,
                Shape::Path { points: flag, curve: crate::scene::Curve::Straight, dash: Dash::Solid, closed: true },
            ),
        ];
        let words = format!("write of {value} acknowledged at {}", look.moment(returned.at_us));
        marks.push(
            mark(format!("commit{}", operation.number), Role::Kept, Shape::Group(parts))
                .title(words)
                .on_click(format!("focus op {}", operation.number))
                .emphasis(look.emphasis(&[returned.record])),
        );
    }
    marks
}

fn describe(look: &Look<'_>, rows: &[Row<'_>], window: Option<&Stretch>) -> String {
    let transcript = look.transcript();
    let record = look.cursor.record_id(&look.outcome.trace);
    let held = rows.iter().map(|row| {
        let value = record.and_then(|id| look.outcome.trace.fact_at(row.node, row.facts[0], id));
        let value = value.map(|value| transcript.fact_words(value)).filter(|value| !values::is_empty(value));
        let value = value.map_or_else(|| "is empty".to_owned(), |value| format!("holds {value}"));
        format!("{} {value} for {}", look.name(row.node), key_name(row.key))
    });
    let part = window.map(|s| format!(" From {} to {}.", look.moment(s.from_us), look.moment(s.to_us))).unwrap_or_default();
    format!("At {}: {}.{part}", look.moment(look.cursor.at_us), held.collect::<Vec<_>>().join("; "))
}
