//! Replicated logs: a row for each server, a column for each index, entries coloured by their terms; up to where each is decided, and what the
//! leader takes the others to have. Of a long log the entries about the latest decision are drawn.

use super::{Look, Picture, grid};
use crate::scene::{Anchor, Dash, Emphasis, Mark, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, fit_text, text_width};
use splitbrain::cast::NodeId;
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{FactId, Logs};
use splitbrain::trace::Fact;
use std::sync::Arc;

/// The panel's title.
pub const TITLE: &str = "Logs";

/// The most servers that are drawn.
const MAX_SERVERS: usize = 11;
const LEFT: f64 = 52.0;
/// Room for how many entries are not drawn.
const RIGHT: f64 = 30.0;
const TOP: f64 = 58.0;
const ROW: f64 = 52.0;
const CELL: f64 = 34.0;
/// A column is at least so wide, so that a term and a short command can be read.
const COLUMN: f64 = 40.0;

/// Logs that are kept alike.
pub fn needs(shows: &Shows) -> bool {
    shows.logs.is_some()
}

/// A server's log at the cursor.
struct Row {
    node: NodeId,
    base: u32,
    entries: Vec<Arc<str>>,
    commit: u32,
    term: String,
    leads: bool,
    down: bool,
}

impl Row {
    fn last(&self) -> u32 {
        self.base + self.entries.len() as u32
    }
}

/// The columns: the first index and how many, and how wide each is.
#[derive(Clone, Copy)]
struct Columns {
    first: u32,
    count: u32,
    wide: f64,
}

impl Columns {
    fn last(self) -> u32 {
        self.first + self.count - 1
    }

    fn x(self, index: u32) -> f64 {
        LEFT + self.wide * (f64::from(index) - f64::from(self.first))
    }
}

/// Draws the logs at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let Some(logs) = look.shows().logs else {
        return grid::only_words(look, "logs", TITLE, "Nobody keeps a log in this run.");
    };
    let rows = rows(look, &logs);
    let width = f64::from(look.width);
    let columns = columns(&rows, width);
    let height = TOP + ROW * rows.len() as f64 + 8.0;
    let mut scene = Scene::new(format!("{}-logs", look.id), width, height.max(80.0), TITLE);
    let indexes = if logs.next.is_some() { " ▴ is the match index, ▸ the next index." } else { "" };
    let head = format!("Entries with their {}s; those with a bar are committed.{indexes}", logs.age);
    scene.marks.extend(super::head(&head, width, 2));
    for index in columns.first..=columns.last() {
        let at = columns.x(index) + columns.wide / 2.0;
        let shape = Shape::text(at, TOP - 8.0, index.to_string(), Anchor::Middle);
        scene.push(mark(format!("index{index}"), Role::InkSoft, shape));
    }
    for (i, row) in rows.iter().enumerate() {
        let y = TOP + ROW * i as f64;
        scene.push(name(look, &logs, row, y));
        scene.marks.extend(cells(look, &logs, row, columns, y));
        scene.marks.extend(marks_of_leaders(look, &logs, &rows, row, columns, y));
    }
    let sentence = describe(look, &logs, &rows);
    scene.describe(sentence).into()
}

fn rows(look: &Look<'_>, logs: &Logs) -> Vec<Row> {
    let (trace, conditions) = (&look.outcome.trace, look.conditions());
    let record = look.cursor.record_id(trace);
    let fact = |node: NodeId, id: FactId| record.and_then(|record| trace.fact_at(node, id.key(), record));
    let number = |node: NodeId, id: FactId| match fact(node, id) {
        Some(Fact::Int(number)) => *number,
        _ => 0,
    };
    let words = |node: NodeId, id: FactId| match fact(node, id) {
        Some(Fact::Int(number)) => number.to_string(),
        Some(Fact::Word(words)) => (*words).to_owned(),
        Some(Fact::Text(words)) => words.to_string(),
        _ => "0".to_owned(),
    };
    let servers = look.outcome.cast.of(logs.sort).filter(|node| look.sees(*node)).take(MAX_SERVERS);
    let row = |node: NodeId| Row {
        node,
        base: logs.base.map_or(0, |base| number(node, base)) as u32,
        entries: record.map_or(Vec::new(), |record| trace.list_at(node, logs.entries.key(), record)),
        commit: number(node, logs.commit) as u32,
        term: words(node, logs.term),
        leads: matches!(fact(node, logs.role), Some(Fact::Word(word)) if *word == logs.leads),
        down: conditions.world.down.contains_key(&node),
    };
    servers.map(row).collect()
}

/// The number with which a term begins; 0 where it begins with none.
fn number_of(term: &str) -> usize {
    let digits = term.find(|c: char| !c.is_ascii_digit()).unwrap_or(term.len());
    term[..digits].parse().unwrap_or(0)
}

/// As many columns as there is room for, two thirds of them up to the latest decision where the logs are longer.
fn columns(rows: &[Row], width: f64) -> Columns {
    let room = width - LEFT - RIGHT;
    let count = ((room / COLUMN) as u32).max(1);
    let wide = room / f64::from(count);
    let (last, commit) = (rows.iter().map(Row::last).max(), rows.iter().map(|row| row.commit).max());
    // With room for what is sent next.
    let (last, commit) = (last.unwrap_or(0) + 1, commit.unwrap_or(0));
    let first = match last <= count {
        true => 1,
        false => (commit + 1).saturating_sub(count * 2 / 3).clamp(1, last - count + 1),
    };
    Columns { first, count, wide }
}

fn name(look: &Look<'_>, logs: &Logs, row: &Row, y: f64) -> Mark {
    let role = match (row.down, row.leads) {
        (true, _) => Role::NodeDown,
        (false, true) => Role::NodeLead,
        (false, false) => Role::NodeUp,
    };
    let name = look.name(row.node);
    let below = if row.down { "down".to_owned() } else { format!("{} {}", logs.age, row.term) };
    let below = if text_width(&below, 12.0) > LEFT - 10.0 { format!("{} {}", &logs.age[..1], row.term) } else { below };
    let title = match (row.down, row.leads) {
        (true, _) => format!("{name} is down; this is its log as it was"),
        (false, true) => format!("{name} leads in {} {}", logs.age, row.term),
        (false, false) => format!("{name}, in {} {}", logs.age, row.term),
    };
    let parts = vec![
        mark("box", role, Shape::rect(4.0, y + 1.0, 30.0, 17.0, 4.0)),
        mark("name", Role::Ink, Shape::text(19.0, y + 14.0, name, Anchor::Middle).bold()),
        mark("term", Role::InkSoft, Shape::text(4.0, y + 32.0, below, Anchor::Start)),
    ];
    mark(format!("row{}", row.node.0), role, Shape::Group(parts)).title(title)
}

/// A row's entries, its snapshot, and how many there are besides.
fn cells(look: &Look<'_>, logs: &Logs, row: &Row, columns: Columns, y: f64) -> Vec<Mark> {
    let mut marks = Vec::new();
    let emphasis = if row.down { Emphasis::Dim } else { Emphasis::Plain };
    if row.base >= columns.first {
        let upto = row.base.min(columns.last());
        let room = columns.x(upto + 1) - columns.x(columns.first);
        let mut parts = vec![mark("band", Role::Band, Shape::rect(columns.x(columns.first) + 1.0, y + 1.0, room - 2.0, CELL - 2.0, 3.0))];
        let words = fit_text("snapshot", 12.0, room - 8.0);
        parts.push(mark("words", Role::Ink, Shape::text(columns.x(columns.first) + 5.0, y + 21.0, words, Anchor::Start)));
        let title = format!("{}: a snapshot stands for the entries up to {}", look.name(row.node), row.base);
        marks.push(mark(format!("base{}", row.node.0), Role::Band, Shape::Group(parts)).title(title).emphasis(emphasis));
    }
    for index in columns.first.max(row.base + 1)..=columns.last().min(row.last()) {
        let words = &row.entries[(index - row.base - 1) as usize];
        marks.push(cell(look, logs, row, (index, words), columns, y).emphasis(emphasis));
    }
    let more = row.last().saturating_sub(columns.last());
    if more > 0 {
        let (x, words) = (columns.x(columns.last() + 1), format!("+{more}"));
        let words = fit_text(&words, 12.0, RIGHT - 4.0);
        marks.push(mark(format!("more{}", row.node.0), Role::InkSoft, Shape::text(x + 3.0, y + 21.0, words, Anchor::Start)));
    }
    marks
}

/// An entry: term and words, in the colour of its term; solid once it is committed.
fn cell(look: &Look<'_>, logs: &Logs, row: &Row, (index, words): (u32, &str), columns: Columns, y: f64) -> Mark {
    let (term, held) = words.split_once(':').unwrap_or(("", words));
    let held = held.split('|').next().unwrap_or(held);
    let role = Role::series(number_of(term).saturating_sub(1));
    let committed = index <= row.commit;
    let (x, wide) = (columns.x(index) + 1.0, columns.wide - 2.0);
    let corners = vec![(x, y + 1.0), (x + wide, y + 1.0), (x + wide, y + CELL - 1.0), (x, y + CELL - 1.0), (x, y + 1.0)];
    let dash = if committed { Dash::Solid } else { Dash::Dotted };
    let mut parts = vec![
        mark("paper", Role::Paper, Shape::rect(x, y + 1.0, wide, CELL - 2.0, 0.0)),
        mark("rim", role, Shape::Path { points: corners, curve: crate::scene::Curve::Straight, dash, closed: false }),
    ];
    if committed {
        parts.push(mark("bar", role, Shape::Band { x, y: y + CELL - 5.0, width: wide, height: 4.0 }));
    }
    let middle = x + wide / 2.0;
    let shown = fit_text(held, 12.0, wide - 3.0);
    // A word cut to nothing says less than none.
    if !shown.is_empty() && (shown == held || shown.chars().count() > 3) {
        parts.push(mark("held", Role::Ink, Shape::text(middle, y + 27.0, shown, Anchor::Middle)));
    }
    if !term.is_empty() && bold_text_width(term, 12.0) <= wide - 2.0 {
        parts.push(mark("term", Role::Ink, Shape::text(middle, y + 13.0, term, Anchor::Middle).bold()));
    }
    let state = if committed { "committed, as it knows" } else { "not known to be committed" };
    let of = if term.is_empty() { String::new() } else { format!(" of {} {term}", logs.age) };
    let title = format!("{}: entry {index}{of}: {held}; {state}", look.name(row.node));
    mark(format!("e{}-{index}", row.node.0), role, Shape::Group(parts)).title(title)
}

/// What a leader takes this server's log to be: the highest entry that it knows to be there, and the next that it sends. Of two that believe they
/// lead, that of the later term.
fn marks_of_leaders(look: &Look<'_>, logs: &Logs, rows: &[Row], row: &Row, columns: Columns, y: f64) -> Vec<Mark> {
    let leader = rows.iter().filter(|leader| leader.leads && !leader.down).max_by_key(|leader| number_of(&leader.term));
    let Some(leader) = leader.filter(|leader| leader.node != row.node) else { return Vec::new() };
    let trace = &look.outcome.trace;
    let Some(record) = look.cursor.record_id(trace) else { return Vec::new() };
    let number = |id: FactId| match trace.fact_at(leader.node, id.at(row.node.0), record) {
        Some(Fact::Int(number)) => Some(*number as u32),
        _ => None,
    };
    let shows = |index: &u32| (columns.first..=columns.last()).contains(index);
    let (mut marks, names) = (Vec::new(), (look.name(leader.node), look.name(row.node)));
    let at = y + CELL + 5.0;
    if let Some(index) = logs.matched.and_then(number).filter(shows) {
        let x = columns.x(index) + columns.wide - 8.0;
        let points = vec![(x - 5.0, at + 4.0), (x + 5.0, at + 4.0), (x, at - 4.0)];
        let shape = Shape::Path { points, curve: crate::scene::Curve::Straight, dash: Dash::Solid, closed: true };
        let title = format!("{} knows {} to have entries up to {index}: its match index", names.0, names.1);
        marks.push(mark(format!("match{}", row.node.0), Role::Kept, shape).title(title));
    }
    if let Some(index) = logs.next.and_then(number).filter(shows) {
        let x = columns.x(index) + 8.0;
        let points = vec![(x - 4.0, at - 5.0), (x - 4.0, at + 5.0), (x + 4.0, at)];
        let shape = Shape::Path { points, curve: crate::scene::Curve::Straight, dash: Dash::Solid, closed: true };
        let title = format!("{} sends {} entry {index} next: its next index", names.0, names.1);
        marks.push(mark(format!("next{}", row.node.0), Role::Accent, shape).title(title));
    }
    marks
}

fn describe(look: &Look<'_>, logs: &Logs, rows: &[Row]) -> String {
    let told = rows.iter().map(|row| {
        let name = look.name(row.node);
        let what = match (row.down, row.leads) {
            (true, _) => "is down",
            (false, true) => "leads",
            (false, false) => "follows",
        };
        format!("{name} {what} in {} {}, with entries up to {}, of which {} are committed", logs.age, row.term, row.last(), row.commit)
    });
    format!("At {}: {}.", look.moment(look.cursor.at_us), told.collect::<Vec<_>>().join("; "))
}
