//! The waterfall: one call followed through its attempts: on the way, in the queue, at work, waited for in vain, asleep before a retry.

mod answer;
mod follow;
mod tree;
#[cfg(test)]
mod tests;

use super::legend::{self, Sign};
use super::stretch::AxisWords;
use super::{Focus, Look, Picture, gauge, grid};
use crate::markup::{Element, el};
use crate::scene::{Anchor, Mark, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, fit_text, text_width, wrap_at_most};
use follow::{Attempt, Call, Phase, follow};
use splitbrain::lab::{End, Operation, Shows};
use splitbrain::time::DurationUs;

/// The panel's title.
pub const TITLE: &str = "Waterfall of a call";

/// The most attempts that have a row each.
const MAX_ROWS: usize = 14;
/// The most that the table tells of.
const MAX_TOLD: usize = 200;
const ROW: f64 = 30.0;
const TOP: f64 = 74.0;

/// Calls that can be followed.
pub fn needs(shows: &Shows) -> bool {
    shows.spans.is_some()
}

/// Draws the call in focus, or the last one begun before the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let operations = &look.outcome.operations;
    let Some(place) = chosen(look) else {
        return grid::only_words(look, "waterfall", TITLE, "No call has been recorded in this run.");
    };
    let operation = &operations[place];
    let call = follow(look, &look.shows(), operation);
    let width = f64::from(look.width);
    // Of two runs beside each other the longer call has room in both pictures.
    let other = look.other().and_then(|other| Some(follow(&other, &other.shows(), &other.outcome.operations[chosen(&other)?])));
    let calls = || std::iter::once(&call).chain(other.as_ref());
    let rows = calls().map(|call| call.attempts.len().clamp(1, MAX_ROWS)).max().unwrap_or(1) as f64;
    // Below them a line for those that are left out.
    let left_out = |call: &Call| call.attempts.len().saturating_sub(MAX_ROWS);
    let bottom = TOP + ROW * rows + if calls().any(|call| left_out(call) > 0) { 18.0 } else { 0.0 };
    let (legend, below) = legend::draw_from(bottom + 34.0, entries(&calls().collect::<Vec<_>>()), width);
    let mut scene = Scene::new(format!("{}-waterfall", look.id), width, below.max(bottom + 66.0), TITLE);
    scene.marks.extend(choosers(look, place, width));
    let headline = headline(look, operation, &call);
    let shape = match bold_text_width(&headline, 13.0) <= width - 16.0 {
        true => Shape::text(8.0, 50.0, headline.as_str(), Anchor::Start).sized(13.0).bold(),
        false => Shape::text(8.0, 50.0, wrap_at_most(&headline, 12.0, width - 16.0, 1).remove(0), Anchor::Start),
    };
    scene.push(mark("call", Role::Ink, shape));
    let names = calls().flat_map(|call| call.attempts.iter().take(MAX_ROWS)).map(|attempt| indent(attempt) + text_width(&attempt.name, 12.0));
    let left = (names.fold(0.0, f64::max) + 14.0).clamp(78.0, 118.0);
    let lasts_us = calls().map(|call| call.until_us - call.from_us).max().unwrap_or(0).max(1);
    // How a row ended is said beside its bar: where bars end last there is room for it.
    let late = |call: &Call, attempt: &Attempt| 5 * (attempt.ended_us - call.from_us) >= 4 * lasts_us;
    let said = calls().flat_map(|call| call.attempts.iter().take(MAX_ROWS).filter(|attempt| late(call, attempt)));
    let room = said.map(|attempt| bold_text_width(&ending(attempt).0, 12.0)).fold(0.0, f64::max).min(0.2 * width);
    let axis = Axis { from_us: call.from_us, to_us: call.from_us + lasts_us, left, right: width - 10.0 - room };
    scene.marks.extend(axis.draw(bottom));
    for (i, attempt) in call.attempts.iter().take(MAX_ROWS).enumerate() {
        scene.push(row(look, &axis, i, attempt, call.is_tree));
    }
    if left_out(&call) > 0 {
        let words = format!("… and {} more: see the table", left_out(&call));
        let shape = Shape::text(8.0, TOP + ROW * MAX_ROWS as f64 + 10.0, words, Anchor::Start);
        scene.push(mark("left-out", Role::InkSoft, shape));
    }
    scene.marks.extend(call.deadline_us.and_then(|at_us| deadline(&axis, at_us, call.from_us, bottom)));
    let now = look.cursor.at_us;
    if (axis.from_us..=axis.to_us).contains(&now) {
        let x = axis.x(now);
        scene.push(mark("cursor", Role::Accent, Shape::line((x, TOP - 8.0), (x, bottom))));
    }
    scene.marks.extend(legend);
    let spent = spent(&call);
    let more = left_out(&call);
    let more = if more > 0 { format!(" {more} more attempts are not drawn.") } else { String::new() };
    let scene = scene.describe(format!("{headline}. {spent}{more}"));
    Picture { scene: Some(scene), text: Some(table(&call, &spent)) }
}

/// The call in focus; else the last one begun at the cursor, of those kept.
fn chosen(look: &Look<'_>) -> Option<usize> {
    let operations = &look.outcome.operations;
    if let Focus::Operation(number) = look.focus
        && let Ok(place) = operations.binary_search_by_key(&number, |operation| operation.number)
    {
        return Some(place);
    }
    let begun = operations.partition_point(|operation| operation.invoked.at_us <= look.cursor.at_us);
    (!operations.is_empty()).then(|| begun.saturating_sub(1))
}

/// The calls to go to from here: the one before, the next, the next that ended badly, the slowest.
fn choosers(look: &Look<'_>, place: usize, width: f64) -> Vec<Mark> {
    let operations = &look.outcome.operations;
    let bad = |operation: &&Operation| matches!(operation.end, End::Failed | End::Unknown);
    let next_bad = operations[place + 1..].iter().find(bad).or_else(|| operations[..place].iter().find(bad));
    let took = |operation: &&Operation| operation.returned.map_or(0, |end| end.at_us - operation.invoked.at_us);
    let slowest = operations.iter().max_by_key(took);
    let ways = [
        ("previous", "← previous", place.checked_sub(1).map(|place| &operations[place])),
        ("next", "next →", operations.get(place + 1)),
        ("failed", "next failed", next_bad),
        ("slowest", "slowest", slowest),
    ];
    let room = (width - 16.0 + 6.0) / ways.len() as f64 - 6.0;
    let each = ways.into_iter().enumerate().map(|(i, (key, words, to))| {
        let x = 8.0 + i as f64 * (room + 6.0);
        let (box_role, role) = if to.is_some() { (Role::Client, Role::Ink) } else { (Role::Grid, Role::InkSoft) };
        let parts = vec![
            mark("box", box_role, Shape::rect(0.0, 0.0, room, 28.0, 6.0)),
            mark("words", role, Shape::text(room / 2.0, 18.5, words, Anchor::Middle)),
        ];
        let button = mark(key, Role::Client, Shape::Group(parts)).at(x, 2.0);
        match to {
            Some(to) => button.title(format!("Follow the {key} call")).on_click(format!("focus op {}", to.number)),
            None => button,
        }
    });
    each.collect()
}

fn headline(look: &Look<'_>, operation: &Operation, call: &Call) -> String {
    let sample = if look.outcome.trace.is_complete() { "" } else { " (of a sample)" };
    let told = match (look.outcome.told(operation), operation.end) {
        (Some(words), _) => words,
        (None, End::Open) => "still open at the end of the run".to_owned(),
        (None, _) => "outcome unknown".to_owned(),
    };
    let took = took_words(call.to_us - call.from_us);
    format!("{} {} of {}{sample}: {told}, {}, {took}", call.kind, operation.number, look.name(operation.client), call.made)
}

/// Time across the picture, from the call's beginning.
struct Axis {
    from_us: u64,
    to_us: u64,
    left: f64,
    right: f64,
}

impl Axis {
    fn x(&self, at_us: u64) -> f64 {
        let at_us = at_us.clamp(self.from_us, self.to_us);
        let share = (at_us - self.from_us) as f64 / (self.to_us - self.from_us) as f64;
        self.left + (self.right - self.left) * share
    }

    fn draw(&self, bottom: f64) -> Vec<Mark> {
        let most = ((self.right - self.left) / 70.0) as u64;
        let step = super::stretch::tick_step_us(self.to_us - self.from_us, most.max(2));
        let mut marks = Vec::new();
        let mut words = AxisWords::new(bottom + 16.0, self.right);
        let mut after_us = 0;
        while after_us <= self.to_us - self.from_us {
            let x = self.x(self.from_us + after_us);
            marks.push(mark(format!("grid{after_us}"), Role::Grid, Shape::line((x, TOP - 8.0), (x, bottom))));
            marks.extend(words.at(x, format!("time{after_us}"), DurationUs(after_us).to_string()));
            after_us += step;
        }
        marks
    }
}

/// The moment until which the call has time, through all that is done for it.
fn deadline(axis: &Axis, at_us: u64, from_us: u64, bottom: f64) -> Option<Mark> {
    if !(axis.from_us..=axis.to_us).contains(&at_us) {
        return None;
    }
    let x = axis.x(at_us);
    let words = format!("deadline {}", DurationUs(at_us - from_us));
    let wide = text_width(&words, 12.0);
    let (at, anchor) = if x + wide + 6.0 <= axis.right { (x + 4.0, Anchor::Start) } else { (x - 4.0, Anchor::End) };
    let parts = vec![
        mark("line", Role::Broken, Shape::line((x, TOP - 18.0), (x, bottom))),
        mark("words", Role::Broken, Shape::text(at, TOP - 9.0, words, anchor)),
    ];
    Some(mark("deadline", Role::Broken, Shape::Group(parts)))
}

/// How far a row's name stands in.
fn indent(attempt: &Attempt) -> f64 {
    6.0 * f64::from(attempt.depth.min(6))
}

/// A bar of work for nobody.
fn hatched((from, to): (f64, f64), top: f64, height: f64) -> Shape {
    let mut lines = vec![[(from, top), (to, top)], [(from, top + height), (to, top + height)], [(to, top), (to, top + height)]];
    let mut x = from;
    while x < to && lines.len() < 160 {
        let share = ((to - x) / height).min(1.0);
        lines.push([(x, top + height), (x + height * share, top + height * (1.0 - share))]);
        x += 6.0;
    }
    Shape::Lines(lines)
}

fn role(phase: Phase) -> Role {
    match phase {
        Phase::Asleep => Role::Series1,
        Phase::OnTheWay => Role::Series7,
        Phase::Queued => Role::Series2,
        Phase::AtWork => Role::Series0,
        Phase::NoThread => Role::Series3,
        Phase::Elsewhere => Role::Series5,
        Phase::NoAnswer => Role::Series6,
        Phase::Untold => Role::Grid,
    }
}

/// How an attempt ended, with its sign.
fn ending(attempt: &Attempt) -> (String, Role) {
    let (sign, role) = match attempt.ok {
        Some(true) => ("✓", Role::Kept),
        Some(false) => ("✕", Role::Broken),
        None => ("…", Role::InkSoft),
    };
    (format!("{sign} {}", attempt.end), role)
}

/// A row: the attempt's name, its phases as bars of different heights, its end as a sign.
fn row(look: &Look<'_>, axis: &Axis, i: usize, attempt: &Attempt, is_tree: bool) -> Mark {
    let y = TOP + ROW * i as f64;
    let mut parts = vec![mark("name", Role::Ink, Shape::text(8.0 + indent(attempt), y + 14.0, fit_text(&attempt.name, 12.0, axis.left - 12.0 - indent(attempt)), Anchor::Start))];
    for (j, part) in attempt.parts.iter().enumerate().filter(|(_, part)| part.from_us < axis.to_us) {
        let (from, to) = (axis.x(part.from_us), axis.x(part.to_us));
        // What nobody waits for any more is drawn thin, or hatched.
        let (top, height) = match (part.phase, part.in_vain && !is_tree) {
            (_, true) => (y + 14.0, 4.0),
            (Phase::Asleep | Phase::NoAnswer, _) => (y + 8.0, 4.0),
            (Phase::Untold, _) => (y + 6.0, 8.0),
            (Phase::OnTheWay, _) => (y + 6.0, 8.0),
            (Phase::Queued | Phase::NoThread, _) => (y + 3.0, 14.0),
            (Phase::Elsewhere, _) => (y + 5.0, 10.0),
            (Phase::AtWork, _) => (y + 1.0, 18.0),
        };
        let title = format!("{} for {}{}", part.phase.words(), took_words(part.to_us - part.from_us), if part.in_vain { ", in vain" } else { "" });
        let bar = match part.in_vain && is_tree {
            true => hatched((from, to.max(from + 1.0)), top, height),
            false => Shape::rect(from, top, (to - from).max(1.0), height, 1.0),
        };
        parts.push(mark(format!("part{j}"), role(part.phase), bar).title(title));
    }
    if let Some((at_us, allowed_us)) = attempt.limit {
        let x = axis.x(at_us);
        parts.push(mark("limit", Role::Ink, Shape::line((x, y - 1.0), (x, y + 21.0))).title(format!("the time limit of {}", DurationUs(allowed_us))));
    }
    let (words, role) = ending(attempt);
    let wide = bold_text_width(&words, 12.0);
    let x = axis.x(attempt.ended_us);
    // Beside the end of the bar, or before it where there is no room.
    let (x, anchor) = match x {
        x if x + 6.0 + wide <= f64::from(look.width) - 2.0 => (x + 5.0, Anchor::Start),
        x if x - 5.0 - wide >= axis.left => (x - 5.0, Anchor::End),
        _ => (f64::from(look.width) - 2.0, Anchor::End),
    };
    // Words over a bar need a ground of their own.
    let left = if anchor == Anchor::End { x - wide } else { x };
    parts.push(mark("ground", Role::Paper, Shape::rect(left - 2.0, y + 3.0, wide + 4.0, 13.5, 2.0)));
    parts.push(mark("end", role, Shape::text(x, y + 14.0, words.clone(), anchor)));
    let record = attempt.record;
    let lit = look.emphasis(&[record]);
    mark(format!("attempt{i}"), Role::Ink, Shape::Group(parts))
        .title(format!("{}: {}", attempt.name, attempt.end))
        .on_click(format!("goto record {record}"))
        .emphasis(lit)
}

/// The phases that these calls went through.
fn entries(calls: &[&Call]) -> Vec<(Sign, String)> {
    let parts = || calls.iter().flat_map(|call| &call.attempts).flat_map(|attempt| &attempt.parts);
    let phases = Phase::ALL.into_iter().filter(|phase| parts().any(|part| part.phase == *phase));
    let mut entries: Vec<_> = phases
        .map(|phase| {
            let low = matches!(phase, Phase::Asleep | Phase::NoAnswer);
            let sign = if low { Sign::Low(role(phase)) } else { Sign::Box(role(phase)) };
            (sign, phase.words().to_owned())
        })
        .collect();
    if calls.iter().any(|call| call.is_tree) && parts().any(|part| part.in_vain) {
        let sign = |x, y| hatched((x - 7.0, x + 7.0), y - 5.0, 10.0);
        entries.push((Sign::Mark(Role::Ink, sign), "for nobody".to_owned()));
    }
    entries
}

/// How long something took, to three digits: finer is noise in a picture.
fn took_words(us: u64) -> String {
    gauge::words(us as f64, "us")
}

/// Where the time went: sums by phase, while the caller waited.
fn spent(call: &Call) -> String {
    let sum = |phase: Phase| {
        let parts = call.attempts.iter().flat_map(|attempt| &attempt.parts);
        // In a tree what one waits for another does: it is told once.
        let told = |part: &&follow::Part| !(part.in_vain || call.is_tree && part.phase == Phase::Elsewhere);
        parts.filter(|part| part.phase == phase).filter(told).map(|part| part.to_us - part.from_us).sum::<u64>()
    };
    let parts: Vec<String> = Phase::ALL
        .into_iter()
        .filter(|phase| sum(*phase) > 0)
        .map(|phase| format!("{} {}", phase.words(), took_words(sum(phase))))
        .collect();
    if parts.is_empty() { "It took no time.".to_owned() } else { format!("Of its time: {}.", parts.join(", ")) }
}

fn table(call: &Call, spent: &str) -> Element {
    let rows = call.attempts.iter().take(MAX_TOLD).map(|attempt| {
        let parts = attempt.parts.iter().map(|part| {
            let in_vain = if part.in_vain { " in vain" } else { "" };
            format!("{} {}{in_vain}", part.phase.words(), took_words(part.to_us - part.from_us))
        });
        el("tr")
            .child(el("th").attr("scope", "row").child(attempt.name.as_str()))
            .child(el("td").child(parts.collect::<Vec<_>>().join(", ")))
            .child(el("td").child(attempt.end.as_str()))
    });
    let table = el("table").class("sb-table").child(el("caption").child(spent)).child(el("tbody").children(rows));
    el("details").child(el("summary").child("The attempts as a table")).child(table)
}
