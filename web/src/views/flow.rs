//! The retry flowchart: every attempt's way through the questions that decide whether it is made again, with live counts on the branches.

use splitbrain::counted::count;
use super::{Look, Picture, grid};
use crate::markup::{Element, el};
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Scene, Shape, mark};
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{Flow, SeriesKey};
use splitbrain::time::DurationUs;

/// The panel's title.
pub const TITLE: &str = "Retry flowchart";

/// Questions that decide on a retry.
pub fn needs(shows: &Shows) -> bool {
    shows.flow.is_some()
}

/// Where things stand across.
struct Across {
    /// The middle of the main column, and half the width of its boxes.
    middle: f64,
    half: f64,
    /// The left edge of the exits, and how wide they are.
    exit: f64,
    way_out: f64,
    /// The way back to the top.
    rail: f64,
}
const ROOMY: Across = Across { middle: 128.0, half: 84.0, exit: 232.0, way_out: 126.0, rail: 22.0 };
const TIGHT: Across = Across { middle: 86.0, half: 72.0, exit: 163.0, way_out: 116.0, rail: 8.0 };
/// Rows: where the boxes' middles are.
const ATTEMPTS: f64 = 88.0;
const ANSWERED: f64 = 148.0;
const FIRST_QUESTION: f64 = 216.0;
const STEP: f64 = 54.0;

/// What the branches have counted up to the cursor.
struct Counts {
    flow: Flow,
    calls: i64,
    attempts: i64,
    succeeded: i64,
    retries: i64,
    /// Attempts that failed, by how.
    failed: Vec<i64>,
    /// Calls given up, by question.
    given_up: Vec<i64>,
    sleeping: i64,
    /// Attempts of the whole run: the widest branch.
    scale: f64,
}

impl Counts {
    fn of(look: &Look<'_>) -> Option<Counts> {
        let Shows { flow, crowd, .. } = look.shows();
        let flow = flow?;
        let at = |key: SeriesKey| look.series(key).and_then(|series| series.value_at(look.cursor.at_us)).unwrap_or(0);
        let attempts = look.series(flow.attempts)?;
        Some(Counts {
            calls: at(flow.calls),
            attempts: at(flow.attempts),
            succeeded: at(flow.succeeded),
            retries: at(flow.retries),
            failed: flow.failed.iter().map(|(_, key)| at(*key)).collect(),
            given_up: flow.questions.iter().map(|question| at(question.gave_up)).collect(),
            sleeping: crowd.map_or(0, |crowd| at(crowd.sleeping)),
            scale: attempts.points.last().map_or(1.0, |point| point.1 as f64).max(1.0),
            flow,
        })
    }

    /// Attempts that failed and reached the n-th question; behind the last are those that go on to sleep.
    fn reached(&self, question: usize) -> i64 {
        self.retries + self.sleeping + self.given_up[question..].iter().sum::<i64>()
    }

    /// The middle of the row in which calls sleep.
    fn sleep(&self) -> f64 {
        FIRST_QUESTION + STEP * self.given_up.len() as f64
    }

    /// How thick a branch is drawn.
    fn thickness(&self, count: i64) -> f64 {
        if count == 0 { 0.0 } else { 2.0 + 14.0 * (count as f64 / self.scale).min(1.0) }
    }
}

/// Draws the chart at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let Some(counts) = Counts::of(look) else {
        return grid::only_words(look, "flow", TITLE, "No call is retried by these questions in this run.");
    };
    let width = f64::from(look.width);
    let ladder = &counts.flow.ladder;
    let high = counts.sleep() + 34.0;
    let wide = width >= 600.0 && !ladder.is_empty();
    let left = if wide || width < 400.0 { 0.0 } else { (width - 360.0) / 2.0 };
    let below = if ladder.is_empty() || wide { 0.0 } else { 52.0 + 20.0 * ladder.len() as f64 };
    let mut scene = Scene::new(format!("{}-flow", look.id), width, high + below, TITLE).describe(describe(&counts));
    scene.push(mark("chart", Role::Ink, Shape::Group(chart(&counts, if width < 360.0 { &TIGHT } else { &ROOMY }))).at(left, 0.0));
    if !ladder.is_empty() {
        let (place, room) = if wide { ((400.0, 0.0), width - 416.0) } else { ((8.0, high + 8.0), width - 16.0) };
        scene.push(mark("ladder", Role::Ink, Shape::Group(steps(ladder, room.min(560.0)))).at(place.0, place.1));
    }
    Picture { scene: Some(scene), text: Some(table(&counts)) }
}

fn chart(counts: &Counts, across: &Across) -> Vec<Mark> {
    let Counts { calls, attempts, retries, succeeded: ok, .. } = *counts;
    let sleep = counts.sleep();
    let mut marks = vec![
        branch(counts, "begin", calls, vec![(across.middle, 44.0), (across.middle, ATTEMPTS - 18.0)], Role::Series0),
        branch(counts, "sent", attempts, vec![(across.middle, ATTEMPTS + 18.0), (across.middle, ANSWERED - 18.0)], Role::Series0),
        branch(counts, "good", ok, vec![(across.middle + across.half, ANSWERED), (across.exit, ANSWERED)], Role::OpOk),
    ];
    let back = vec![(across.middle - across.half, sleep), (across.rail, sleep), (across.rail, ATTEMPTS), (across.middle - across.half, ATTEMPTS)];
    marks.push(branch(counts, "again", retries, back, Role::Series1));
    let mut y = ANSWERED;
    for (i, question) in counts.flow.questions.iter().enumerate() {
        let (next, out) = (FIRST_QUESTION + STEP * i as f64, counts.given_up[i]);
        let reached = counts.reached(i);
        marks.push(branch(counts, &format!("to{i}"), reached, vec![(across.middle, y + 18.0), (across.middle, next - 18.0)], Role::Series1));
        marks.push(figure(&format!("reach{i}"), across.middle + 14.0, next - 22.0, &format!("{} failed", count(reached)), i == 0));
        marks.push(branch(counts, &format!("out{i}"), out, vec![(across.middle + across.half, next), (across.exit, next)], Role::OpFailed));
        marks.push(decision(across, &format!("ask{i}"), next, question.asks));
        marks.push(end(across, &format!("end{i}"), next, question.no, out, Role::OpFailed));
        y = next;
    }
    let sleeps = retries + counts.sleeping;
    marks.push(branch(counts, "sleeps", sleeps, vec![(across.middle, y + 18.0), (across.middle, sleep - 18.0)], Role::Series1));
    marks.push(station(across, "calls", 28.0, "calls", calls));
    marks.push(station(across, "attempts", ATTEMPTS, "attempts", attempts));
    marks.push(decision(across, "answered", ANSWERED, "answered in time?"));
    marks.push(end(across, "ok", ANSWERED, "succeeded", ok, Role::OpOk));
    marks.push(station(across, "sleep", sleep, "back off: asleep", counts.sleeping));
    marks.push(figure("retries", across.exit, sleep + 5.0, &format!("{} retries", count(retries)), true));
    for (i, ((how, _), failed)) in counts.flow.failed.iter().zip(&counts.failed).enumerate() {
        let words = format!("{how} {}", count(*failed));
        marks.push(figure(&format!("how{i}"), across.exit, 34.0 + 16.0 * i as f64, &words, true));
    }
    marks
}

/// A way from box to box, as thick as the share of all attempts that took it; dotted where none has.
fn branch(counts: &Counts, key: &str, taken: i64, points: Vec<(f64, f64)>, role: Role) -> Mark {
    let thick = counts.thickness(taken);
    let title = format!("{} took this way", count(taken));
    if thick == 0.0 {
        let shape = Shape::Path { points, curve: Curve::Straight, dash: Dash::Dotted, closed: false };
        return mark(key, Role::Axis, shape).title(title);
    }
    let half = thick / 2.0;
    let parts = points.windows(2).enumerate().map(|(i, pair)| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let (left, right, top, bottom) = (x0.min(x1), x0.max(x1), y0.min(y1), y0.max(y1));
        // Corners overlap by half the thickness, so that the way has no gaps.
        let shape = if x0 == x1 {
            Shape::rect(x0 - half, top - if points.len() > 2 { half } else { 0.0 }, thick, bottom - top + if points.len() > 2 { thick } else { 0.0 }, 0.0)
        } else {
            Shape::rect(left, y0 - half, right - left, thick, 0.0)
        };
        mark(format!("{i}"), role, shape)
    });
    mark(key, role, Shape::Group(parts.collect())).title(title)
}

/// A box with its count.
fn station(across: &Across, key: &str, y: f64, words: &str, counted: i64) -> Mark {
    let parts = vec![
        mark("box", Role::Client, Shape::rect(across.middle - across.half, y - 16.0, 2.0 * across.half, 32.0, 6.0)),
        mark("words", Role::Ink, Shape::text(across.middle - across.half + 10.0, y + 4.5, words, Anchor::Start)),
        mark("count", Role::Ink, Shape::text(across.middle + across.half - 10.0, y + 4.5, count(counted), Anchor::End).sized(13.0).bold()),
    ];
    mark(key, Role::Client, Shape::Group(parts)).title(format!("{words}: {}", count(counted)))
}

/// A question: a box with pointed ends.
fn decision(across: &Across, key: &str, y: f64, question: &str) -> Mark {
    let (left, right) = (across.middle - across.half, across.middle + across.half);
    let points = vec![(left, y), (left + 12.0, y - 17.0), (right - 12.0, y - 17.0), (right, y), (right - 12.0, y + 17.0), (left + 12.0, y + 17.0)];
    let shape = Shape::Path { points, curve: Curve::Straight, dash: Dash::Solid, closed: true };
    let parts = vec![
        mark("box", Role::NodeLead, shape),
        mark("words", Role::Ink, Shape::text(across.middle, y + 4.5, question, Anchor::Middle)),
    ];
    mark(key, Role::NodeLead, Shape::Group(parts))
}

/// Where a call ends.
fn end(across: &Across, key: &str, y: f64, words: &str, counted: i64, role: Role) -> Mark {
    let good = role == Role::OpOk;
    let parts = vec![
        mark("box", role, Shape::rect(across.exit, y - 19.0, across.way_out, 38.0, 4.0)),
        mark("words", Role::Ink, Shape::text(across.exit + 6.0, y - 4.0, words, Anchor::Start)),
        mark("count", Role::Ink, Shape::text(across.exit + 6.0, y + 12.0, count(counted), Anchor::Start).sized(13.0).bold()),
        mark("sign", Role::Ink, Shape::text(across.exit + across.way_out - 10.0, y + 12.0, if good { "✓" } else { "✕" }, Anchor::End)),
    ];
    mark(key, role, Shape::Group(parts)).title(format!("{words}: {}", count(counted)))
}

fn figure(key: &str, x: f64, y: f64, words: &str, shown: bool) -> Mark {
    let words = if shown { words.to_owned() } else { words.trim_end_matches(" failed").to_owned() };
    mark(key, Role::InkSoft, Shape::text(x, y, words, Anchor::Start).halo())
}

/// The ladder of delays: for each retry the shortest and the longest wait before it.
fn steps(ladder: &[(u64, u64)], width: f64) -> Vec<Mark> {
    let most = ladder.iter().map(|step| step.1).max().unwrap_or(1).max(1) as f64;
    let (left, right) = (58.0, width - 132.0);
    let x = |us: u64| left + (right - left) * us as f64 / most;
    let heading = Shape::text(0.0, 16.0, "The wait before each retry", Anchor::Start).sized(13.0).bold();
    let mut marks = vec![mark("heading", Role::Ink, heading)];
    for (i, (least, longest)) in ladder.iter().enumerate() {
        let y = 34.0 + 20.0 * i as f64;
        let words = if least == longest {
            DurationUs(*least).to_string()
        } else {
            format!("{} to {}", rounded(*least), rounded(*longest))
        };
        marks.push(mark(format!("retry{i}"), Role::Ink, Shape::text(0.0, y + 9.0, format!("retry {}", i + 1), Anchor::Start)));
        marks.push(mark(format!("line{i}"), Role::Grid, Shape::line((left, y + 5.0), (right, y + 5.0))));
        let bar = Shape::rect(x(*least), y, (x(*longest) - x(*least)).max(3.0), 10.0, 2.0);
        marks.push(mark(format!("bar{i}"), Role::Series1, bar).title(words.clone()));
        marks.push(mark(format!("words{i}"), Role::InkSoft, Shape::text(right + 8.0, y + 9.0, words, Anchor::Start)));
    }
    marks
}

/// To three digits or so: the ends of a range need no more.
fn rounded(us: u64) -> DurationUs {
    let unit = [1_000_000, 1_000].into_iter().find(|unit| us >= 100 * unit).map_or(1, |unit| unit / 10);
    DurationUs((us + unit / 2) / unit * unit)
}

fn describe(counts: &Counts) -> String {
    let ends = counts.flow.questions.iter().zip(&counts.given_up).filter(|(_, given_up)| **given_up > 0);
    let ends: Vec<String> = ends.map(|(question, given_up)| format!("{} {}", question.no, count(*given_up))).collect();
    let given_up = if ends.is_empty() { "none was given up".into() } else { format!("given up: {}", ends.join(", ")) };
    format!(
        "Up to the cursor {} calls made {} attempts, {} of them retries; {} calls succeeded, {given_up}; {} sleep before a retry.",
        count(counts.calls),
        count(counts.attempts),
        count(counts.retries),
        count(counts.succeeded),
        count(counts.sleeping)
    )
}

fn table(counts: &Counts) -> Element {
    let begun = [("calls", counts.calls), ("attempts", counts.attempts), ("succeeded", counts.succeeded)];
    let failed = counts.flow.failed.iter().zip(&counts.failed).map(|((how, _), failed)| (*how, *failed));
    let given_up = counts.flow.questions.iter().zip(&counts.given_up).map(|(question, given_up)| (question.no, *given_up));
    let rows = begun.into_iter().chain(failed).chain([("retries", counts.retries)]).chain(given_up);
    let rows = rows.map(|(name, taken)| {
        el("tr").child(el("th").attr("scope", "row").child(name)).child(el("td").class("sb-number").child(count(taken)))
    });
    let table = el("table").class("sb-table").child(el("tbody").children(rows));
    el("details").child(el("summary").child("The branches' counts as a table")).child(table)
}
