//! The service graph: who asks, and every pool and server on the way with what it works on, what waits, and what it may hold.

mod graph;

use super::gauge::{Columns, Fold, words};
use splitbrain::counted::count;
use super::{Look, Picture, grid};
use crate::markup::{Element, el};
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Scene, Shape, mark};
use crate::text_width::{fit_text, text_width};
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{Crowd, FactId, Line, Machine, SeriesKey, Station};
use splitbrain::trace::Fact;

/// The panel's title.
pub const TITLE: &str = "Services and queues";

/// The most dots of a queue, of places and of a crowd: a greater number is drawn in dots of several each.
const MAX_DOTS: u32 = 120;
const MAX_CROWD: u32 = 1_000;
/// The most machines before stations whose state is looked up.
const MAX_GATES: usize = 1_000;
const DOT: f64 = 7.0;
const BOX: f64 = 112.0;
const GAP: f64 = 26.0;

/// A station at the cursor.
struct Now<'a> {
    station: &'a Station,
    busy: u32,
    waiting: u32,
    arrivals: f64,
    errors: f64,
    /// What guards it, where it is known of.
    gates: Option<Gates>,
}

/// The machines that calls pass before they come to a station, over all nodes.
struct Gates {
    all: usize,
    /// Those that are not in their first state.
    shut: usize,
    /// What they are called.
    many: &'static str,
    /// Their first state, in which all calls pass.
    passes: &'static str,
}

impl<'a> Now<'a> {
    fn of(look: &Look<'_>, station: &'a Station, machines: &[Machine]) -> Now<'a> {
        let at_us = look.cursor.at_us;
        let value = |key: SeriesKey| look.series(key).and_then(|series| series.value_at(at_us)).unwrap_or(0);
        // Rates of a single bin are noise: a sixtieth of the run steadies them.
        let rate = |keys: &[SeriesKey]| Columns::of(look, keys, 60, Fold::Mean).at(at_us).unwrap_or(0.0);
        let share = value(station.utilisation).max(0) as u64;
        // Facts tell it to the event; series to their bin, at every level of detail.
        let exact = |which: fn(Line) -> FactId| {
            let line = station.line.filter(|_| look.outcome.trace.is_complete())?;
            let record = look.cursor.record_id(&look.outcome.trace)?;
            match look.outcome.trace.fact_at(line.node, which(line).key(), record) {
                Some(Fact::Int(n)) => u32::try_from(*n).ok(),
                _ => Some(0),
            }
        };
        Now {
            station,
            busy: exact(|line| line.busy).unwrap_or(((share * u64::from(station.size) + 50) / 100) as u32),
            waiting: exact(|line| line.queue).unwrap_or(value(station.waiting).max(0) as u32),
            arrivals: rate(&[station.arrivals]),
            errors: rate(&station.errors),
            gates: gates(look, station, machines),
        }
    }

    fn sentence(&self) -> String {
        let limit = self.station.queue_limit.map_or(String::new(), |limit| format!(" of {}", count(i64::from(limit))));
        let gates = self.gates.as_ref().map_or(String::new(), |Gates { all, shut, many, passes }| {
            format!(", {shut} of {all} {many} before it not {passes}")
        });
        format!(
            "{}: {} of {} {} busy, {}{limit} {}, {} come, {} fail or are turned away{gates}",
            self.station.name,
            self.busy,
            count(i64::from(self.station.size)),
            self.station.places,
            count(i64::from(self.waiting)),
            wait(self.waiting),
            words(self.arrivals, "/s"),
            words(self.errors, "/s")
        )
    }
}

/// So many, and what they are or do: one of them does it otherwise.
fn agreed(number: u32, one: &str, more: &str) -> String {
    format!("{} {}", count(i64::from(number)), if number == 1 { one } else { more })
}

fn wait(number: u32) -> &'static str {
    if number == 1 { "waits" } else { "wait" }
}

/// What guards a station: few enough machines are looked up.
fn gates(look: &Look<'_>, station: &Station, machines: &[Machine]) -> Option<Gates> {
    let trace = &look.outcome.trace;
    let guard = station.guard.as_ref()?;
    let (machine, record) = (machines.get(guard.machine)?, look.cursor.record_id(trace)?);
    let passes = machine.states[0].word;
    let nodes = || look.outcome.cast.of(machine.sort);
    if !trace.is_complete() || nodes().count() * machine.places.len() > MAX_GATES {
        return None;
    }
    let (mut all, mut shut) = (0, 0);
    for key in guard.places.clone().map(|place| machine.state.at(place)) {
        for state in nodes().filter_map(|node| trace.fact_at(node, key, record)) {
            all += 1;
            shut += usize::from(*state != Fact::Word(passes));
        }
    }
    (all > 0).then_some(Gates { all, shut, many: machine.many, passes })
}

/// Stations.
pub fn needs(shows: &Shows) -> bool {
    !shows.stations.is_empty()
}

/// Draws the graph at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    if shows.stations.is_empty() {
        return grid::only_words(look, "services", TITLE, "No service and no queue is measured in this run.");
    }
    let width = f64::from(look.width);
    let now: Vec<Now<'_>> = shows.stations.iter().map(|station| Now::of(look, station, &shows.machines)).collect();
    let mut scene = Scene::new(format!("{}-services", look.id), width, 0.0, TITLE);
    if let Some(topology) = &shows.topology {
        let (marks, height, sentences) = graph::draw(look, topology, &now, width);
        scene.marks = marks;
        scene.height = height;
        let scene = scene.describe(format!("At the cursor: {}.", sentences.join("; ")));
        return Picture { scene: Some(scene), text: Some(table(&now)) };
    }
    let mut y = if shows.crowd.is_some() { 8.0 } else { GAP };
    let mut sentences = Vec::new();
    if let Some(crowd) = &shows.crowd {
        let (marks, height, words) = callers(look, crowd, width);
        scene.push(mark("crowd", Role::Client, Shape::Group(marks)).at(0.0, y));
        sentences.push(words);
        y += height;
    }
    let mut ranks: Vec<u8> = now.iter().map(|now| now.station.rank).collect();
    ranks.dedup();
    for rank in ranks {
        let row: Vec<&Now<'_>> = now.iter().filter(|now| now.station.rank == rank).collect();
        let columns = row.len().min(if width >= 600.0 { 4 } else { 1 });
        // One below the other they hang on a rail, so that nobody takes them for a chain.
        let rail = columns == 1 && row.len() > 1;
        let left = if rail { 34.0 } else { 8.0 };
        let wide = (width - left - 8.0 - 12.0 * (columns as f64 - 1.0)) / columns as f64;
        let top = y;
        for chunk in row.chunks(columns) {
            for (j, now) in chunk.iter().enumerate() {
                let x = left + j as f64 * (wide + 12.0);
                scene.push(station(now, wide, rail).at(x, y));
            }
            y += BOX + GAP;
        }
        if rail {
            let line = Shape::line((16.0, top - GAP + 2.0), (16.0, y - GAP - BOX / 2.0));
            scene.push(mark(format!("rail{rank}"), Role::Link, line));
        }
    }
    sentences.extend(now.iter().map(Now::sentence));
    scene.height = y;
    let scene = scene.describe(format!("At the cursor: {}.", sentences.join("; ")));
    Picture { scene: Some(scene), text: Some(table(&now)) }
}

/// How many calls of a crowd wait for an answer, and how many sleep before a retry.
fn standing(look: &Look<'_>, crowd: &Crowd) -> (u32, u32) {
    let value = |key: SeriesKey| {
        let series = look.series(key).and_then(|series| series.value_at(look.cursor.at_us));
        series.unwrap_or(0).max(0) as u32
    };
    (value(crowd.waiting), value(crowd.sleeping))
}

/// The crowd: a dot for each who asks, or for some of them, by what their calls are at.
fn callers(look: &Look<'_>, crowd: &Crowd, width: f64) -> (Vec<Mark>, f64, String) {
    let (waiting, sleeping) = standing(look, crowd);
    let idle = crowd.size.saturating_sub(waiting + sleeping);
    let present = if crowd.one_each { crowd.size } else { 0 };
    let each = present.max(waiting + sleeping).div_ceil(MAX_CROWD).max(1);
    let plural = if crowd.size == 1 { "" } else { "s" };
    let heading = format!("{} {}{plural}", count(i64::from(crowd.size)), crowd.name);
    let legend = if each > 1 { format!("a dot is {each} of them") } else { String::new() };
    let mut marks = vec![
        mark("heading", Role::Ink, Shape::text(8.0, 12.0, heading.clone(), Anchor::Start).sized(13.0).bold()),
    ];
    if !legend.is_empty() {
        marks.push(mark("each", Role::InkSoft, Shape::text(width - 8.0, 12.0, legend, Anchor::End)));
    }
    let groups: &[_] = &[
        ("waiting", agreed(waiting, "call waits for an answer", "calls wait for an answer"), waiting, Role::Series0),
        ("sleeping", agreed(sleeping, "call sleeps before a retry", "calls sleep before a retry"), sleeping, Role::Series1),
        ("idle", agreed(idle, "has no call", "have no call"), idle, Role::Axis),
    ];
    let groups = &groups[..if crowd.one_each { 3 } else { 2 }];
    let per_row = ((width - 16.0) / DOT).floor().max(1.0) as u32;
    let mut y = 30.0;
    for (key, what, _, role) in groups {
        let role = *role;
        // Their words stand whether there are any or not, so that nothing jumps.
        marks.push(mark(format!("{key}-sign"), role, Shape::circle(13.0, y - 4.0, 4.0)));
        marks.push(mark(format!("{key}-words"), Role::Ink, Shape::text(24.0, y, what.clone(), Anchor::Start)));
        y += 17.0;
    }
    let (mut place, mut points) = (0, Vec::new());
    for &(key, _, number, role) in groups {
        points.clear();
        for _ in 0..number.div_ceil(each) {
            let (column, row) = (place % per_row, place / per_row);
            points.push((12.0 + DOT * f64::from(column), y + DOT * f64::from(row)));
            place += 1;
        }
        if !points.is_empty() {
            marks.push(mark(format!("{key}-dots"), role, Shape::Dots { points: points.clone(), r: 2.6 }));
        }
    }
    // Room for all who may be there, now and later.
    let rows = present.div_ceil(each).max(place).div_ceil(per_row);
    let height = y + DOT * f64::from(rows) + 30.0;
    let words = format!("{heading}: {}, {}", groups[0].1, agreed(sleeping, "sleeps before a retry", "sleep before a retry"));
    (marks, height, words)
}

/// A station: its queue, its places, its limit; what comes on the edge above it.
fn station(now: &Now<'_>, width: f64, rail: bool) -> Mark {
    let spec = now.station;
    let mut parts = Vec::new();
    // In a narrow column what comes needs the whole width beside its arrow.
    let middle = if width < 300.0 { 10.0 } else { width / 2.0 };
    let mut comes = format!("{} come", words(now.arrivals, "/s"));
    if let Some(Gates { all, shut, many, passes }) = &now.gates {
        comes.push_str(&format!(", {shut} of {all} {many} not {passes}"));
    }
    let (from, to, at) = match rail {
        true => ((-18.0, BOX / 2.0), (-2.0, BOX / 2.0), 0.0),
        false => ((middle, -GAP + 4.0), (middle, -2.0), middle + 10.0),
    };
    let stroke = if now.gates.as_ref().is_some_and(|gates| gates.shut > 0) { Dash::Dotted } else { Dash::Solid };
    parts.push(mark("edge", Role::Link, Shape::Line { from, to, dash: stroke, arrow: true }));
    let room = width - at;
    parts.push(mark("comes", Role::Ink, Shape::text(at, -8.0, fit_text(&comes, 12.0, room), Anchor::Start).halo()));
    let full = spec.queue_limit.is_some_and(|limit| limit > 0 && now.waiting >= limit);
    let role = if full { Role::NodeDown } else if now.waiting > 0 { Role::NodeSlow } else { Role::NodeUp };
    parts.push(mark("box", role, Shape::rect(0.0, 0.0, width, BOX, 8.0)));
    let name = Shape::text(10.0, 18.0, spec.name, Anchor::Start).sized(14.0).bold();
    parts.push(mark("name", Role::Ink, name));
    let state = if full {
        "queue full"
    } else if now.busy >= spec.size {
        "all busy"
    } else {
        ""
    };
    if !state.is_empty() {
        parts.push(mark("state", Role::Ink, Shape::text(width - 10.0, 18.0, state, Anchor::End)));
    }
    let busy = format!("{} of {} {} busy", now.busy, count(i64::from(spec.size)), spec.places);
    parts.push(mark("busy", Role::Ink, Shape::text(10.0, 36.0, fit_text(&busy, 12.0, width - 20.0), Anchor::Start)));
    parts.extend(slots(now.busy, spec.size, width, 43.0));
    let limit = spec.queue_limit.map_or(String::new(), |limit| format!(" of at most {}", count(i64::from(limit))));
    let mut waits = format!("{}{limit} {}", count(i64::from(now.waiting)), wait(now.waiting));
    if text_width(&waits, 12.0) > width - 20.0 {
        waits = agreed(now.waiting, "waits", "wait");
    }
    let each = now.waiting.div_ceil(MAX_DOTS).max(1);
    if each > 1 && width > 250.0 {
        waits.push_str(&format!("; a dot is {each}"));
    }
    parts.push(mark("waits", Role::Ink, Shape::text(10.0, 72.0, waits, Anchor::Start)));
    let per_row = ((width - 20.0) / DOT).floor().max(1.0) as u32;
    let dots = now.waiting.div_ceil(each).min(per_row * 4);
    if dots > 0 {
        let point = |n: u32| (13.0 + DOT * f64::from(n % per_row), 81.0 + DOT * f64::from(n / per_row));
        let points = (0..dots).map(point).collect();
        parts.push(mark("queue", Role::Ink, Shape::Dots { points, r: 2.4 }));
    }
    mark(format!("station-{}", spec.name), role, Shape::Group(parts)).title(now.sentence())
}

/// The places: filled ones are busy; many are one bar.
fn slots(busy: u32, size: u32, width: f64, y: f64) -> Vec<Mark> {
    let room = width - 20.0;
    let filled = f64::from(busy.min(size)) / f64::from(size.max(1));
    let mut marks = vec![
        mark("places", Role::Paper, Shape::rect(10.0, y, room, 13.0, 2.0)),
        mark("filled", Role::Series0, Shape::rect(10.0, y, (room * filled).max(0.01), 13.0, 2.0)),
        mark("rim", Role::Axis, Shape::Path {
            points: vec![(10.0, y), (10.0 + room, y), (10.0 + room, y + 13.0), (10.0, y + 13.0), (10.0, y)],
            curve: Curve::Straight,
            dash: Dash::Solid,
            closed: false,
        }),
    ];
    // Strokes between places, while they can be told apart.
    if size > 1 && room / f64::from(size) >= 5.0 {
        for n in 1..size {
            let x = 10.0 + room * f64::from(n) / f64::from(size);
            marks.push(mark(format!("stroke{n}"), Role::Axis, Shape::line((x, y), (x, y + 13.0))));
        }
    }
    marks
}

fn table(now: &[Now<'_>]) -> Element {
    let heads = ["", "busy", "places", "waiting", "limit", "come a second", "fail a second"];
    let head = el("tr").children(heads.iter().enumerate().map(|(i, head)| {
        if i == 0 { el("td") } else { el("th").attr("scope", "col").child(*head) }
    }));
    let rows = now.iter().map(|now| {
        let limit = now.station.queue_limit.map_or("none".to_owned(), |limit| count(i64::from(limit)));
        let cells = [
            now.busy.to_string(),
            now.station.size.to_string(),
            now.waiting.to_string(),
            limit,
            words(now.arrivals, ""),
            words(now.errors, ""),
        ];
        let cells = cells.into_iter().map(|cell| el("td").class("sb-number").child(cell));
        el("tr").child(el("th").attr("scope", "row").child(now.station.name)).children(cells)
    });
    let table = el("table").class("sb-table").child(el("thead").child(head)).child(el("tbody").children(rows));
    el("details").child(el("summary").child("The graph at the cursor as a table")).child(table)
}
