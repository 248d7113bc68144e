//! Events and their stamps: a lane for each process, a row for each event with what every clock stamps on it, and below what the clocks say of the
//! order of two events and of all pairs, beside what is true.

mod table;
#[cfg(test)]
mod tests;
mod words;

use super::{Focus, Look, Picture, grid};
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Scene, Shape, joined, mark};
use crate::text_width::{bold_text_width, fit_text, text_width, wrap_at_most};
use splitbrain::cast::NodeId;
use splitbrain::lab::Shows;
use std::cell::RefCell;
use std::rc::Rc;
use splitbrain::lab::shows::{StampClock, Stamped, Stamps};
use splitbrain::parts::version_vector::Causality;
use words::Pair;

/// The panel's title.
pub const TITLE: &str = "Events and stamps";

/// Events that clocks stamp.
pub fn needs(shows: &Shows) -> bool {
    shows.stamps.is_some()
}

/// The most events that have a row, of one line of stamps, and of several: the latest. They go on by so many rows at a time.
const ROWS: usize = 12;
const HIGH_ROWS: usize = 8;
const STEP: usize = 4;
/// So many of the latest events of a run tell how wide its stamps are.
const MEASURED: usize = 400;
/// Runs whose events are kept: those of two beside each other, and those before.
const KEPT: usize = 4;
/// The height of a line of stamps or words.
const LINE: f64 = 15.0;
/// Between two columns of stamps, at the least.
const GAP: f64 = 8.0;
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

/// A column of stamps: what it is called, of which clock it is, where none of the true time, and where it begins.
struct Column {
    head: &'static str,
    clock: Option<usize>,
    x: f64,
    width: f64,
}

/// Which run: the lab, and everything that happened.
type Run = (&'static str, u64);

thread_local! {
    /// The events of the latest runs: they are put together once for a run, not at each redraw.
    static EVENTS: RefCell<Vec<(Run, Rc<Vec<Stamped>>)>> = const { RefCell::new(Vec::new()) };
}

/// The events of a run.
fn all_events(look: &Look<'_>, stamps: &Stamps) -> Rc<Vec<Stamped>> {
    let run = (look.lab.meta().id, look.outcome.digest);
    EVENTS.with_borrow_mut(|kept| {
        if let Some((_, events)) = kept.iter().find(|(known, _)| *known == run) {
            return events.clone();
        }
        let events = Rc::new(stamps.events(look.outcome));
        kept.truncate(KEPT - 1);
        kept.insert(0, (run, events.clone()));
        events
    })
}

/// Draws the events up to the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let Some(stamps) = look.shows().stamps else {
        return grid::only_words(look, "stamps", TITLE, "No events are stamped in this run.");
    };
    let all = all_events(look, &stamps);
    let so_far = look.cursor.record_id(&look.outcome.trace);
    let count = all.partition_point(|event| Some(event.record) <= so_far);
    let events = &all[..count];
    // The run beside this one has the same room for its stamps.
    let beside = look.other().and_then(|other| Some(all_events(&other, &other.shows().stamps?))).unwrap_or_default();
    let plan = Plan::of(look, &stamps, events, [&all, &beside]);
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
    fn of(look: &'a Look<'a>, stamps: &'a Stamps, events: &'a [Stamped], every: [&[Stamped]; 2]) -> Plan<'a> {
        let processes: Vec<NodeId> = look.outcome.cast.of(stamps.sort).collect();
        let wide = look.width >= 600;
        let widest = processes.iter().map(|node| bold_text_width(&look.name(*node), 12.0)).fold(0.0, f64::max);
        let lane = if wide { 40.0 } else { f64::max(widest + 4.0, 24.0 - 2.0 * processes.len() as f64) };
        let left = LEFT + lane * processes.len() as f64 + 2.0;
        let lines = lines(columns(stamps, every), left, f64::from(look.width) - 6.0);
        let most = if lines.len() > 1 { HIGH_ROWS } else { ROWS };
        let first = if events.len() <= most { 0 } else { (events.len() - most).div_ceil(STEP) * STEP };
        let height = LINE * lines.len() as f64;
        Plan { look, stamps, events, processes, first, lane, lines, top: height + 8.0, row: height + 5.0, rows: every.map(<[Stamped]>::len).into_iter().fold(1, usize::max).min(most) }
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
                let band = Shape::rect(2.0, y - self.row / 2.0 + 1.0, width - 4.0, self.row - 2.0, 4.0);
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
                let head = Shape::text(column.x, LINE * (i + 1) as f64 - 3.0, fit_text(column.head, 12.0, column.width), Anchor::Start);
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
            let parts = arrow(start, b, (a.0 - b.0).abs() > 1.5 * self.lane);
            let drawn = joined(format!("message-{}", records[1]), Role::Series0, parts);
            Some(drawn.emphasis(self.look.emphasis(&records)))
        };
        to.filter_map(line).collect()
    }

    /// An event: its mark on its lane, and its stamps.
    fn event(&self, place: usize) -> Mark {
        let event = &self.events[place];
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
                let text = fit_text(&text(self.stamps, event, column.clock), 12.0, column.width);
                parts.push(mark(format!("at-{}", column.head), Role::Ink, Shape::text(column.x, baseline, text, Anchor::Start)));
            }
        }
        mark(format!("event-{}", event.record), Role::Ink, Shape::Group(parts))
            .title(words::event(self.look, self.stamps, event))
            .on_click(format!("focus record {}", event.record))
            .emphasis(self.look.emphasis(&[event.record]))
    }
}

/// The columns of events: the true time, and each clock that stamps otherwise than those before it. They are as wide as any event needs, so that
/// nothing moves as the run goes on.
fn columns(stamps: &Stamps, every: [&[Stamped]; 2]) -> Vec<Column> {
    let clocks = stamps.clocks.iter().enumerate();
    let own = clocks.filter(|(i, clock)| stamps.clocks[..*i].iter().all(|other| other.fact != clock.fact));
    let column = |head: &'static str, clock: Option<usize>| {
        let latest = every.into_iter().flat_map(|events| events.iter().rev().take(MEASURED));
        let widths = latest.map(|event| text_width(&text(stamps, event, clock), 12.0));
        Column { head, clock, x: 0.0, width: widths.fold(text_width(head, 12.0), f64::max).ceil() + 1.0 }
    };
    [column("true ms", None)].into_iter().chain(own.map(|(i, clock)| column(clock.name, Some(i)))).collect()
}

/// What stands in a column.
fn text(stamps: &Stamps, event: &Stamped, clock: Option<usize>) -> String {
    match clock {
        Some(place) => words::stamp(&stamps.clocks[place], &event.stamps[place]),
        None => words::millis(event.at_us as i64),
    }
}

/// Columns in as many lines as they need between two edges.
fn lines(columns: Vec<Column>, left: f64, right: f64) -> Vec<Vec<Column>> {
    let mut lines: Vec<Vec<Column>> = vec![Vec::new()];
    for column in columns {
        let last = lines.last_mut().expect("there is a line");
        let taken: f64 = last.iter().map(|column| column.width + GAP).sum();
        if taken + column.width > right - left && !last.is_empty() {
            lines.push(vec![column]);
        } else {
            last.push(column);
        }
    }
    for line in &mut lines {
        place(line, left, right);
    }
    lines
}

/// Spreads the columns of a line between two edges; one alone that is too wide gives way.
fn place(line: &mut [Column], left: f64, right: f64) {
    let count = line.len() as f64;
    let taken: f64 = line.iter().map(|column| column.width).sum();
    let room = right - left - GAP * (count - 1.0);
    let gap = GAP + ((room - taken) / count).clamp(0.0, 24.0);
    let mut x = left;
    for column in line {
        (column.x, column.width) = (x, column.width.min(right - left));
        x += column.width + gap;
    }
}

/// An arrow to just before the mark at its end. One that passes over lanes is bowed, so that it runs through no mark in between.
fn arrow(from: (f64, f64), to: (f64, f64), bowed: bool) -> Vec<Mark> {
    const BOW: f64 = 8.0;
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = libm::hypot(dx, dy).max(1.0);
    if !bowed {
        let share = (length - 6.0).max(0.0) / length;
        let end = (from.0 + dx * share, from.1 + dy * share);
        return vec![mark("line", Role::Series0, Shape::arrow(from, end))];
    }
    // Upwards, whichever way it goes.
    let side = (if dx > 0.0 { BOW } else { -BOW }) / length;
    let middle = (from.0 + dx / 2.0 + dy * side, from.1 + dy / 2.0 - dx * side);
    let back = libm::hypot(to.0 - middle.0, to.1 - middle.1).max(1.0);
    let before = |by: f64| (to.0 - (to.0 - middle.0) * by / back, to.1 - (to.1 - middle.1) * by / back);
    let points = vec![from, middle, before(12.0)];
    vec![
        mark("line", Role::Series0, Shape::Path { points, curve: Curve::Smooth, dash: Dash::Solid, closed: false }),
        mark("head", Role::Series0, Shape::arrow(before(12.0), before(6.0))),
    ]
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
