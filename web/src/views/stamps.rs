//! Events and their stamps: a lane for each process, a row for each event with what every clock stamps on it, and below what the clocks say of the
//! order of two events and of all pairs, beside what is true.

mod table;
mod words;

use super::{Focus, Look, Picture, grid};
use crate::scene::{Anchor, Dash, Mark, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, fit_text, text_width, wrap_at_most};
use splitbrain::cast::NodeId;
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{Order, StampClock, Stamped, Stamps};
use splitbrain::parts::version_vector::Causality;
use words::Pair;

/// The panel's title.
pub const TITLE: &str = "Events and stamps";

/// Events that clocks stamp.
pub fn needs(shows: &Shows) -> bool {
    shows.stamps.is_some()
}

/// The most events that have a row: the latest. It goes on by so many rows at a time.
const ROWS: usize = 12;
const STEP: usize = 4;
/// The heights of a line of stamps, and of the words above the rows.
const LINE: f64 = 15.0;
/// Where the first lane begins: before it stands which of the two events a row is.
const LEFT: f64 = 26.0;

/// Where everything stands.
struct Plan<'a> {
    look: &'a Look<'a>,
    stamps: &'a Stamps,
    events: &'a [Stamped],
    processes: Vec<NodeId>,
    /// The first event that has a row.
    first: usize,
    /// Between two lanes.
    lane: f64,
    /// Lines of stamps in a row, and each line's columns.
    lines: Vec<Vec<Column>>,
    top: f64,
    row: f64,
    rows: usize,
}

/// A column of stamps: what it is called, its texts by row, and where it begins.
#[derive(Clone)]
struct Column {
    head: String,
    texts: Vec<String>,
    x: f64,
    width: f64,
}

/// Draws the events up to the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let Some(stamps) = look.shows().stamps else {
        return grid::only_words(look, "stamps", TITLE, "No events are stamped in this run.");
    };
    let all = stamps.events(look.outcome, Some(u32::MAX));
    let so_far = look.cursor.record_id(&look.outcome.trace);
    let count = all.partition_point(|event| Some(event.record) <= so_far);
    let events = &all[..count];
    let plan = Plan::of(look, &stamps, events, all.len());
    let pair = Pair::of(look, events);
    let width = f64::from(look.width);
    let below = plan.top + plan.row * plan.rows as f64 + 6.0;
    let (table, height) = match look.eyes {
        None => table::draw(look, &stamps, events, pair, below),
        Some(_) => (Vec::new(), below),
    };
    let mut scene = Scene::new(format!("{}-stamps", look.id), width, height, TITLE);
    scene.marks.extend(plan.ground(pair));
    scene.marks.extend(plan.messages());
    scene.marks.extend((plan.first..count).filter(|i| look.sees(events[*i].process)).map(|i| plan.event(i)));
    scene.marks.extend(table);
    let scene = scene.describe(words::description(look, &stamps, events, pair));
    Picture { scene: Some(scene), text: Some(words::list(look, &stamps, events, plan.first)) }
}

impl<'a> Plan<'a> {
    fn of(look: &'a Look<'a>, stamps: &'a Stamps, events: &'a [Stamped], all: usize) -> Plan<'a> {
        let processes: Vec<NodeId> = look.outcome.cast.of(stamps.sort).collect();
        let wide = look.width >= 600;
        let first = if events.len() <= ROWS { 0 } else { (events.len() - ROWS).div_ceil(STEP) * STEP };
        let widest = processes.iter().map(|node| bold_text_width(&look.name(*node), 12.0)).fold(0.0, f64::max);
        let lane = if wide { 40.0 } else { f64::max(widest + 4.0, 24.0 - 2.0 * processes.len() as f64) };
        let shown = &events[first..];
        let mut lines: Vec<Vec<Column>> = vec![Vec::new(); if wide { 1 } else { 2 }];
        let moment = |event: &Stamped| words::millis(event.at_us as i64);
        lines[0].push(column("true ms", shown.iter().map(moment).collect()));
        for (i, clock) in stamps.clocks.iter().enumerate() {
            // Two clocks of one fact stamp alike.
            if stamps.clocks[..i].iter().any(|other| other.fact == clock.fact) {
                continue;
            }
            let texts = shown.iter().map(|event| words::stamp(clock, &event.stamps[i])).collect();
            let times = clock.in_us && clock.order != Order::NumberThenCount;
            let line = if times { 0 } else { lines.len() - 1 };
            lines[line].push(column(clock.name, texts));
        }
        let left = LEFT + lane * processes.len() as f64 + 2.0;
        for line in &mut lines {
            place(line, left, f64::from(look.width) - 6.0);
        }
        let height = LINE * lines.len() as f64;
        Plan { look, stamps, events, processes, first, lane, lines, top: height + 8.0, row: height + 5.0, rows: all.clamp(1, ROWS) }
    }

    fn x(&self, process: NodeId) -> f64 {
        let place = self.processes.iter().position(|node| *node == process).unwrap_or(0);
        LEFT + self.lane * (place as f64 + 0.5)
    }

    /// The middle of an event's row; those before the first shown lie above.
    fn y(&self, event: usize) -> f64 {
        self.top + self.row * (event as f64 - self.first as f64 + 0.5)
    }

    fn bottom(&self) -> f64 {
        self.top + self.row * self.rows as f64
    }

    /// Lanes, heads, and the rows of the two events.
    fn ground(&self, pair: Option<Pair>) -> Vec<Mark> {
        let width = f64::from(self.look.width);
        let mut marks = Vec::new();
        for (letter, place) in pair.iter().flat_map(|pair| [("e", pair.first), ("f", pair.second)]) {
            if place >= self.first && self.look.eyes.is_none() {
                let y = self.y(place);
                let band = Shape::rect(2.0, y - self.row / 2.0 + 0.5, width - 4.0, self.row - 1.0, 4.0);
                marks.push(mark(format!("band-{letter}"), Role::Band, band));
                marks.push(mark(format!("letter-{letter}"), Role::Ink, Shape::text(8.0, y + 4.0, letter, Anchor::Start).bold()));
            }
        }
        for node in &self.processes {
            let (x, name) = (self.x(*node), self.look.name(*node));
            let lane = Shape::line((x, self.top - 4.0), (x, self.bottom()));
            marks.push(mark(format!("lane-{name}"), if self.look.sees(*node) { Role::Axis } else { Role::Grid }, lane));
            let shape = Shape::text(x, self.top - 9.0, name.clone(), Anchor::Middle).bold();
            marks.push(mark(format!("name-{name}"), Role::Ink, shape).on_click(format!("focus node {name}")).title(name));
        }
        for (i, line) in self.lines.iter().enumerate() {
            for column in line {
                let head = Shape::text(column.x, LINE * (i + 1) as f64 - 3.0, fit_text(&column.head, 12.0, column.width), Anchor::Start);
                marks.push(mark(format!("head-{}", column.head), Role::InkSoft, head));
            }
        }
        if self.events.is_empty() {
            let left = LEFT + self.lane * self.processes.len() as f64 + 2.0;
            let words = fit_text("No event yet.", 12.0, width - left - 6.0);
            marks.push(mark("none", Role::InkSoft, Shape::text(left, self.top + 14.0, words, Anchor::Start)));
        }
        marks
    }

    /// What was received, as lines from the events that sent it.
    fn messages(&self) -> Vec<Mark> {
        let to = (self.first..self.events.len()).filter(|_| self.look.eyes.is_none());
        let line = |to: usize| {
            let from = self.events[to].from?;
            let (a, b) = ((self.x(self.events[from].process), self.y(from)), (self.x(self.events[to].process), self.y(to)));
            // What was sent above the first row comes in at the upper edge.
            let edge = self.top - 4.0;
            let share = if a.1 < edge { (edge - a.1) / (b.1 - a.1) } else { 0.0 };
            let start = (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
            let records = [self.events[from].record, self.events[to].record];
            let shape = Shape::Line { from: start, to: short_of(start, b), dash: Dash::Solid, arrow: true };
            Some(mark(format!("message-{}", records[1]), Role::Series0, shape).emphasis(self.look.emphasis(&records)))
        };
        to.filter_map(line).collect()
    }

    /// An event: its mark on its lane, and its stamps.
    fn event(&self, place: usize) -> Mark {
        let (event, row) = (&self.events[place], place - self.first);
        let (x, y) = (self.x(event.process), self.y(place));
        let role = if event.from.is_some() { Role::Series0 } else { Role::Ink };
        let mut parts = Vec::new();
        if self.look.focus == Focus::Record(event.record) {
            parts.push(mark("focus", Role::Focus, Shape::circle(x, y, 8.0)));
            parts.push(mark("rim", Role::Paper, Shape::circle(x, y, 6.0)));
        }
        // What comes in is round; what happens of itself is square.
        let dot = if event.from.is_some() { Shape::circle(x, y, 4.5) } else { Shape::Square { x, y, r: 4.0 } };
        parts.push(mark("dot", role, dot));
        for (i, line) in self.lines.iter().enumerate() {
            let baseline = y - self.row / 2.0 + LINE * (i + 1) as f64 - 1.0;
            for column in line {
                let text = fit_text(&column.texts[row], 12.0, column.width);
                parts.push(mark(format!("at-{}", column.head), Role::Ink, Shape::text(column.x, baseline, text, Anchor::Start)));
            }
        }
        mark(format!("event-{}", event.record), Role::Ink, Shape::Group(parts))
            .title(words::event(self.look, self.stamps, event))
            .on_click(format!("focus record {}", event.record))
            .emphasis(self.look.emphasis(&[event.record]))
    }
}

fn column(head: impl Into<String>, texts: Vec<String>) -> Column {
    let head = head.into();
    let widths = texts.iter().chain([&head]).map(|text| text_width(text, 12.0));
    let width = widths.fold(0.0, f64::max).ceil() + 1.0;
    Column { head, texts, x: 0.0, width }
}

/// Spreads the columns of a line between two edges; where they are too wide, all give way alike.
fn place(line: &mut [Column], left: f64, right: f64) {
    const GAP: f64 = 8.0;
    let count = line.len() as f64;
    let taken: f64 = line.iter().map(|column| column.width).sum();
    let room = right - left - GAP * (count - 1.0);
    let share = (room / taken).min(1.0);
    let gap = GAP + ((room - taken) / count).clamp(0.0, 24.0);
    let mut x = left;
    for column in line {
        (column.x, column.width) = (x, column.width * share);
        x += column.width + gap;
    }
}

/// The end of an arrow short of the mark that it points at.
fn short_of(from: (f64, f64), to: (f64, f64)) -> (f64, f64) {
    let length = libm::hypot(to.0 - from.0, to.1 - from.1).max(1.0);
    let share = (length - 6.0).max(0.0) / length;
    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
}

/// Words in lines below each other from a height; gives the height below them.
fn paragraph(marks: &mut Vec<Mark>, key: &str, words: &str, width: f64, top: f64, most: usize) -> f64 {
    let lines = wrap_at_most(words, 12.0, width - 16.0, most);
    for (i, line) in lines.into_iter().enumerate() {
        let shape = Shape::text(8.0, top + 12.0 + LINE * i as f64, line, Anchor::Start);
        marks.push(mark(format!("{key}{i}"), Role::Ink, shape));
    }
    top + LINE * most as f64
}

/// What the clock at a place among all says of two events.
fn claims(clock: &StampClock, one: &Stamped, other: &Stamped, place: usize) -> Causality {
    clock.order.compare((one.process, &one.stamps[place]), (other.process, &other.stamps[place]))
}
