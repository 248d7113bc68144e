//! Rounds that processes go through, as a grid: a row for each phase, ballot or term, a column for each process, and in each cell what it began
//! with, what it heard, and what came of it.

use super::{HEAD_LINE, Look, Picture};
use crate::scene::{Anchor, Dash, Mark, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, fit_bold_text, text_width, wrap_at_most};
use splitbrain::cast::NodeId;
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{FactId, RoundLine, Rounds};
use splitbrain::tell::Transcript;
use splitbrain::trace::Change;

/// The panel's title.
pub const TITLE: &str = "Rounds";

/// Rounds that processes go through.
pub fn needs(shows: &Shows) -> bool {
    shows.rounds.is_some()
}

/// The most rows that are drawn: the last that have begun at the cursor.
const MAX_ROWS: u16 = 6;
/// Where columns begin, the room for what is said of a whole row, and between cells.
const LEFT: f64 = 44.0;
const LEFT_OF_NAMES: f64 = 62.0;
const RIGHT: f64 = 46.0;
const GAP: f64 = 4.0;
/// The height of a cell's first line, and of the others.
const FIRST: f64 = 20.0;
const NEXT: f64 = 15.0;
const BOTTOM: f64 = 5.0;

/// What a process does in a round, as far as the cursor has come.
struct Cell {
    node: NodeId,
    /// For each line, what it follows from and what it is, in words; and the records that told them.
    lines: Vec<Option<(String, String)>>,
    records: Vec<u32>,
    decides: bool,
}

impl Cell {
    fn of(look: &Look<'_>, transcript: &Transcript<'_>, rounds: &Rounds, node: NodeId, round: u16) -> Cell {
        let told = |fact: FactId| told(look, node, fact, round);
        let words = |change: &Change| transcript.fact_words(&change.value);
        let line = |line: &RoundLine| {
            let from = line.from.and_then(told).map(words).unwrap_or_default();
            told(line.fact).map(|change| (from, words(change)))
        };
        let lines = rounds.lines.iter().map(line).collect();
        let records = rounds.lines.iter().filter_map(|line| told(line.fact)).map(|change| change.record).collect();
        Cell { node, lines, records, decides: rounds.decides.and_then(told).is_some() }
    }

    /// Whether the process has told anything of the round.
    fn is_begun(&self) -> bool {
        self.lines.iter().any(Option::is_some)
    }

    /// What it begins with.
    fn begins(&self) -> Option<&str> {
        self.lines.first()?.as_ref().map(|(_, words)| words.as_str())
    }

    /// All of it, as a sentence has it.
    fn words(&self) -> String {
        let line = |(from, words): &(String, String)| match from.as_str() {
            "" => words.clone(),
            from => format!("{from} → {words}"),
        };
        let lines: Vec<String> = self.lines.iter().flatten().map(line).collect();
        lines.join("; ")
    }
}

/// What a process has told of a round by the cursor.
fn told<'a>(look: &Look<'a>, node: NodeId, fact: FactId, round: u16) -> Option<&'a Change> {
    let now = look.cursor.record_id(&look.outcome.trace)?;
    look.outcome.trace.history(node, fact.at(round)).take_while(|change| change.record <= now).last()
}

/// The last round that anybody has begun, up to a record if there is one.
fn last_begun(look: &Look<'_>, rounds: &Rounds, nodes: &[NodeId], upto: Option<u32>) -> u16 {
    let Some(fact) = rounds.lines.first().map(|line| line.fact) else { return rounds.first };
    let begun = |round: u16| {
        nodes.iter().any(|node| {
            let first = look.outcome.trace.history(*node, fact.at(round)).next();
            first.is_some_and(|change| upto.is_none_or(|upto| change.record <= upto))
        })
    };
    // Rounds are begun one after the other.
    let (mut known, mut step) = (rounds.first, 1u16);
    while begun(known.saturating_add(step)) && step < u16::MAX / 2 {
        known = known.saturating_add(step);
        step *= 2;
    }
    while step > 0 {
        if begun(known.saturating_add(step)) {
            known = known.saturating_add(step);
        }
        step /= 2;
    }
    known
}

/// The last rounds that anybody has begun, as many as are drawn, in order; up to a record if there is one.
fn begun(look: &Look<'_>, rounds: &Rounds, nodes: &[NodeId], upto: Option<u32>) -> Vec<u16> {
    if rounds.name.is_none() {
        let last = last_begun(look, rounds, nodes, upto);
        return ((last + 1).saturating_sub(MAX_ROWS).max(rounds.first)..=last).collect();
    }
    let trace = &look.outcome.trace;
    let mut all = Vec::new();
    for node in nodes {
        for key in trace.fact_keys(*node).filter(|key| rounds.lines.iter().any(|line| line.fact.0 == key.name)) {
            let first = trace.history(*node, key).next();
            if first.is_some_and(|change| upto.is_none_or(|upto| change.record <= upto)) {
                all.push(key.index);
            }
        }
    }
    splitbrain::sorted::sort(&mut all);
    all.dedup();
    all.split_off(all.len().saturating_sub(usize::from(MAX_ROWS)))
}

/// Where columns begin: names of rounds take more room than numbers.
fn left(rounds: &Rounds) -> f64 {
    if rounds.name.is_some() { LEFT_OF_NAMES } else { LEFT }
}

/// What a round is called.
fn name(rounds: &Rounds, round: u16) -> String {
    rounds.name.map_or_else(|| round.to_string(), |name| name(round))
}

/// Draws the rounds around the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    let width = f64::from(look.width);
    let Some(rounds) = &shows.rounds else {
        return Scene::new(format!("{}-rounds", look.id), width, 40.0, TITLE).describe("This run has no rounds.").into();
    };
    let transcript = look.transcript();
    let nodes: Vec<NodeId> = look.outcome.cast.of(rounds.sort).collect();
    let record = look.cursor.record_id(&look.outcome.trace);
    // Two runs beside each other have as many rows.
    let rows_of = |look: &Look<'_>| {
        let nodes: Vec<NodeId> = look.outcome.cast.of(rounds.sort).collect();
        begun(look, rounds, &nodes, None).len().max(1)
    };
    let rows = rows_of(look).max(look.other().map_or(0, |other| rows_of(&other)));
    let shown = match record {
        Some(record) => begun(look, rounds, &nodes, Some(record)),
        None if rounds.name.is_none() => vec![rounds.first],
        None => Vec::new(),
    };
    let legend = super::head(rounds.legend, width, 4);
    let top = HEAD_LINE * legend.len() as f64 + 26.0;
    let height = FIRST + NEXT * (rounds.lines.len().saturating_sub(1)) as f64 + BOTTOM;
    let right = if rounds.outlook.is_empty() { 4.0 } else { RIGHT };
    let left = left(rounds);
    let column = (width - left - right) / nodes.len().max(1) as f64;
    let mut scene = Scene::new(format!("{}-rounds", look.id), width, top + rows as f64 * (height + GAP) + 20.0, TITLE);
    scene.marks.extend(legend);
    scene.push(mark("one", Role::InkSoft, Shape::text(left - 8.0, top - 7.0, rounds.one, Anchor::End)));
    for (i, node) in nodes.iter().enumerate() {
        let shape = Shape::text(left + column * (i as f64 + 0.5), top - 7.0, look.name(*node), Anchor::Middle).sized(13.0).bold();
        scene.push(mark(format!("name{}", node.0), Role::Ink, shape));
    }
    let world = look.conditions().world;
    let mut sentences = Vec::new();
    for (i, round) in shown.into_iter().enumerate() {
        let y = top + i as f64 * (height + GAP);
        let called = name(rounds, round);
        let shape = Shape::text(left - 8.0, y + 15.0, fit_bold_text(&called, 13.0, left - 10.0), Anchor::End).sized(13.0).bold();
        scene.push(mark(format!("round{round}"), Role::Ink, shape));
        let cells: Vec<Cell> = nodes.iter().map(|node| Cell::of(look, &transcript, rounds, *node, round)).collect();
        let decided = rounds.enough.is_some_and(|(fact, enough)| {
            nodes.iter().filter(|node| look.sees(**node) && told(look, **node, fact, round).is_some()).count() >= enough
        });
        if decided {
            scene.push(outline(round, (left, y), (width - left - right, height)).title(format!("{} {called} is decided", rounds.one)));
        }
        for (i, cell) in cells.iter().enumerate() {
            let (at, size) = ((left + column * i as f64 + GAP / 2.0, y), (column - GAP, height));
            let is_down = look.eyes.is_none() && !world.is_up(cell.node);
            scene.push(drawn(look, cell, &called, (at, size), is_down));
        }
        let said = outlook(look, rounds, &cells);
        if let Some(says) = said {
            let shape = Shape::text(width - 4.0, y + 15.0, says, Anchor::End).bold();
            scene.push(mark(format!("outlook{round}"), Role::Ink, shape).title(format!("{} from here: {says}", rounds.outlook_of)));
        }
        let known = cells.iter().filter(|cell| look.sees(cell.node) && cell.is_begun());
        let known: Vec<String> = known.map(|cell| format!("{} {}{}", look.name(cell.node), cell.words(), if cell.decides { ", which it decides" } else { "" })).collect();
        let said = said.map_or(String::new(), |says| format!(" {}: {says}.", rounds.outlook_of));
        let decided = if decided { " It is decided." } else { "" };
        sentences.push(format!("{} {called}: {}.{decided}{said}", rounds.one, known.join(". ")));
    }
    if !rounds.outlook.is_empty() {
        let foot = format!("On the right: what {}.", rounds.outlook_of);
        let foot = wrap_at_most(&foot, 12.0, width - 12.0, 1).into_iter().next().unwrap_or_default();
        scene.push(mark("foot", Role::InkSoft, Shape::text(width - 4.0, scene.height - 6.0, foot, Anchor::End)));
    }
    if sentences.is_empty() {
        sentences.push(format!("Nobody has begun a {} yet.", rounds.one));
    }
    scene.describe(sentences.join(" ")).into()
}

/// What is said of a row, where all its processes have begun it.
fn outlook<'a>(look: &Look<'_>, rounds: &'a Rounds, cells: &[Cell]) -> Option<&'a str> {
    let all = look.eyes.is_none();
    let fits = |begins: &[&str]| begins.len() == cells.len() && cells.iter().zip(begins).all(|(cell, word)| cell.begins() == Some(*word));
    rounds.outlook.iter().find(|outlook| all && fits(&outlook.begins)).map(|outlook| outlook.says)
}

/// A rim around a row, seen without colour: it is decided.
fn outline(round: u16, (x, y): (f64, f64), (wide, high): (f64, f64)) -> Mark {
    let (x, y, wide, high) = (x - 1.5, y - 2.0, wide + 3.0, high + 4.0);
    let parts = vec![
        mark("rim", Role::Kept, Shape::rect(x, y, wide, high, 7.0)),
        mark("gap", Role::Paper, Shape::rect(x + 2.5, y + 2.5, wide - 5.0, high - 5.0, 5.0)),
    ];
    mark(format!("decided{round}"), Role::Kept, Shape::Group(parts))
}

/// A cell with its upper left corner at a place.
fn drawn(look: &Look<'_>, cell: &Cell, round: &str, (at, (wide, high)): ((f64, f64), (f64, f64)), is_down: bool) -> Mark {
    let key = format!("cell{round}-{}", cell.node.0);
    let name = look.name(cell.node);
    if !look.sees(cell.node) || !cell.is_begun() {
        let role = if is_down { Role::NodeDown } else { Role::Axis };
        let mut parts = vec![if is_down {
            mark("box", role, Shape::rect(0.0, 0.0, wide, high, 4.0))
        } else {
            mark("box", role, Shape::dashed((6.0, high / 2.0), (wide - 6.0, high / 2.0), Dash::Dotted))
        }];
        if is_down && wide > text_width("down", 12.0) + 4.0 {
            parts.push(mark("down", Role::InkSoft, Shape::text(wide / 2.0, high / 2.0 + 4.0, "down", Anchor::Middle)));
        }
        let why = match (look.sees(cell.node), is_down) {
            (false, _) => "is not seen",
            (true, true) => "is down",
            (true, false) => "has not come so far",
        };
        return mark(key, role, Shape::Group(parts)).at(at.0, at.1).title(format!("{name} {why}"));
    }
    let role = if cell.decides { Role::Kept } else { Role::Link };
    let mut parts = Vec::new();
    if cell.decides {
        // A second rim: what decides is seen without colour.
        parts.push(mark("rim", Role::Kept, Shape::rect(0.0, 0.0, wide, high, 6.0)));
        parts.push(mark("gap", Role::Paper, Shape::rect(2.5, 2.5, wide - 5.0, high - 5.0, 4.0)));
    }
    parts.push(mark("box", Role::Client, Shape::rect(4.0, 2.0, wide - 8.0, high - 4.0, 4.0)));
    for (i, line) in cell.lines.iter().enumerate() {
        let Some((from, words)) = line else { continue };
        let y = if i == 0 { 17.0 } else { FIRST + NEXT * i as f64 - 3.0 };
        let shape = if i == 0 {
            let fitted = fit_bold_text(words, 15.0, wide - 10.0);
            Some(Shape::text(wide / 2.0, y, fitted, Anchor::Middle).sized(15.0).bold())
        } else {
            shortened(from, words, wide - 12.0).map(|words| Shape::text(wide / 2.0, y, words, Anchor::Middle))
        };
        parts.extend(shape.map(|shape| mark(format!("line{i}"), Role::Ink, shape)));
    }
    let title = format!("{name} in {round}: {}{}", cell.words(), if cell.decides { ": it decides" } else { "" });
    let marked = mark(key, role, Shape::Group(parts)).at(at.0, at.1).title(title).emphasis(look.emphasis(&cell.records));
    match cell.records.last() {
        Some(record) => marked.on_click(format!("goto record {record}")),
        None => marked,
    }
}

/// As much of a line as has room; none where nothing has.
fn shortened(from: &str, words: &str, room: f64) -> Option<String> {
    let whole = if from.is_empty() { words.to_owned() } else { format!("{from} → {words}") };
    let short = words.rsplit(' ').next().unwrap_or(words).to_owned();
    let tight = format!("{}→{short}", from.replace(' ', ""));
    [whole, tight, words.to_owned(), short].into_iter().find(|words| bold_text_width(words, 12.0) <= room)
}
