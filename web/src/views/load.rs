//! Load by node: rows with the fair share and the bound, requests asked against what a node can do, its queue now, and the rows that move.

use super::partitions::Part;
use super::partitions::columns::{Columns, MAX_ROWS, extremes};
use super::partitions::placing::{Member, Placing};
use super::{Look, Picture, grid};
use crate::scene::{Anchor, Dash, Emphasis, Mark, Role, Scene, Shape, mark};
use crate::text_width::fit_bold_text;
use splitbrain::counted::{count, percent};
pub use super::partitions::needs;
use splitbrain::lab::shows::{Phase, Standing};

/// The panel's title.
pub const TITLE: &str = "Load";

/// The most moves that have a line each.
const MAX_MOVES: usize = 8;
const ROW: f64 = 26.0;
const NAME: f64 = 56.0;
const REQUESTS: &str = "Requests, of what a node can do";
/// The highest column leaves room for a pile of requests that wait.
const MOST_AND_PILES: f64 = 1.4;

/// Draws the nodes' loads at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let width = f64::from(look.width);
    let id = format!("{}-load", look.id);
    let Some(placing) = Placing::of(look) else {
        return grid::only_words(look, "load", TITLE, "No rows are spread over nodes in this run.");
    };
    let wide = width >= 600.0;
    let column = if wide { (width - 24.0) / 2.0 } else { width };
    let parts = [("rows", rows(&placing, column)), ("requests", requests(&placing, column)), ("moves", moves(&placing, width))];
    let (mut marks, mut y, mut beside) = (Vec::new(), 0.0, 0.0_f64);
    for (i, (key, part)) in parts.into_iter().enumerate() {
        let x = if wide && i == 1 { column + 24.0 } else { 0.0 };
        marks.push(mark(key, Role::Ink, Shape::Group(part.marks)).at(x, y));
        match (wide, i) {
            (true, 0) => beside = part.height,
            (true, 1) => y += beside.max(part.height) + 10.0,
            _ => y += part.height + 10.0,
        }
    }
    let mut scene = Scene::new(id, width, y, TITLE).describe(describe(&placing));
    scene.marks = marks;
    scene.into()
}

/// What stands above the bars.
fn heading(words: &str, width: f64) -> Mark {
    let words = fit_bold_text(words, 13.0, width - 12.0);
    mark("heading", Role::Ink, Shape::text(8.0, 16.0, words, Anchor::Start).sized(13.0).bold())
}

/// A node's name and sign beside its bar, and the figure behind it.
fn labels(member: &Member, y: f64, figure: String, width: f64) -> Vec<Mark> {
    vec![
        mark(format!("mark-{}", member.name), member.role(), Shape::nth(member.node.index(), 13.0, y + 9.0, 5.0)),
        mark(format!("name-{}", member.name), Role::Ink, Shape::text(24.0, y + 13.5, member.name.as_str(), Anchor::Start).bold()),
        mark(format!("figure-{}", member.name), Role::Ink, Shape::text(width - 8.0, y + 13.5, figure, Anchor::End)),
    ]
}

/// Rows now, with what each node had before and gets after, its fair share and the bound.
fn rows(placing: &Placing, width: f64) -> Part {
    let bound = |m: &Member| placing.bound(m);
    let most = placing.members.iter().flat_map(|m| [m.rows, m.rows_before, m.rows_after, bound(m) as i64]).max();
    let most = most.unwrap_or(1).max(1) as f64;
    // The bound is that of the members after the change: before they have their rows, nobody has promised anything.
    let over = |m: &Member| !matches!(placing.phase, Phase::Planned | Phase::Moving) && m.fair > 0.0 && m.rows as f64 > bound(m);
    if placing.members.len() > MAX_ROWS {
        return rows_of_many(placing, width, most, &bound, &over);
    }
    let (left, right) = (NAME, width - 108.0);
    let x = |rows: f64| left + (right - left) * rows / most / 1.02;
    let (top, bottom) = (40.0, 40.0 + ROW * placing.members.len() as f64);
    let mut marks = vec![heading("Rows of each node", width)];
    for (i, member) in placing.members.iter().enumerate() {
        let y = top + ROW * i as f64;
        let bar = Shape::rect(left, y + 2.0, (x(member.rows as f64) - left).max(0.5), 15.0, 2.0);
        let title = format!("{}: {} rows, {} before, {} after", member.name, count(member.rows), count(member.rows_before), count(member.rows_after));
        marks.push(mark(format!("bar-{}", member.name), member.role(), bar).title(title));
        if placing.changes() && member.rows_after != member.rows {
            // What it is going to have: an outline that the bar grows or shrinks to.
            let end = x(member.rows_after as f64);
            let goal = Shape::path(vec![(end - 4.0, y), (end, y), (end, y + 19.0), (end - 4.0, y + 19.0)]);
            marks.push(mark(format!("goal-{}", member.name), Role::Accent, goal).title(format!("{} is to have {}", member.name, count(member.rows_after))));
        }
        if over(member) {
            marks.push(mark(format!("over-{}", member.name), Role::Broken, Shape::Cross { x: x(member.rows as f64) + 9.0, y: y + 9.5, r: 4.0 }).title("above the bound"));
        }
        marks.extend(labels(member, y, format!("{} · {}", count(member.rows), percent(member.rows, placing.rows)), width));
    }
    for (key, at, dash) in [("fair", &(|m: &Member| m.fair) as &dyn Fn(&Member) -> f64, Dash::Dashed), ("bound", &bound, Dash::Dotted)] {
        // One line through all the neighbours that share it: nodes of one weight.
        let (mut rest, mut y) = (&placing.members[..], top - 3.0);
        while let Some(first) = rest.first() {
            let many = rest.iter().take_while(|member| at(member) == at(first)).count();
            let (x, end) = (x(at(first)), y + ROW * many as f64);
            if at(first) > 0.0 {
                let line = mark(format!("{key}-{}", first.name), Role::Ink, Shape::dashed((x, y), (x, end), dash));
                marks.push(line.title(format!("{key}: {}", count(at(first) as i64))));
            }
            (rest, y) = (&rest[many..], end);
        }
    }
    if let Some(first) = placing.members.iter().find(|m| m.fair > 0.0) {
        let words = [("fair", "fair share", x(first.fair) + 3.0, Anchor::End), ("bound", "bound", x(bound(first)) - 3.0, Anchor::Start)];
        for (key, words, x, anchor) in words {
            marks.push(mark(format!("{key}-word"), Role::InkSoft, Shape::text(x, top - 8.0, words, anchor)));
        }
    }
    Part { marks, height: bottom + 6.0 }
}

/// The same in columns; a short line is what a node is going to have.
fn rows_of_many(placing: &Placing, width: f64, most: f64, bound: &dyn Fn(&Member) -> f64, over: &dyn Fn(&Member) -> bool) -> Part {
    let columns = Columns::new(placing, width, 44.0, most);
    let words = |m: &Member| format!("{} · {}", count(m.rows), percent(m.rows, placing.rows));
    let mut marks = vec![heading("Rows of each node", width)];
    marks.push(columns.said(extremes(placing, |m| m.rows as f64, words)));
    marks.extend(columns.bars("bar", 0.8, |m| m.rows as f64, |m| format!("{} {}", m.name, words(m))));
    let goal = |m: &Member| (placing.changes() && m.rows_after != m.rows).then_some(m.rows_after as f64);
    marks.extend(columns.ticks("goal", Role::Accent, goal).map(|goals| goals.title("what each is to have")));
    let crowded = columns.pile("over", Role::Broken, |m| m.rows as f64, |m| i64::from(over(m)));
    marks.extend(crowded.map(|over| over.title("above the bound")));
    marks.extend(columns.level("fair", Dash::Dashed, "fair share", false, |m| m.fair));
    marks.extend(columns.level("bound", Dash::Dotted, "bound", true, bound));
    marks.extend(columns.names());
    Part { marks, height: columns.bottom() }
}

/// A line through all bars, named above them.
fn level(key: &str, words: &str, x: f64, (top, bottom): (f64, f64), anchor: Anchor, dash: Dash) -> Vec<Mark> {
    let aside = if anchor == Anchor::End { 3.0 } else { -3.0 };
    vec![
        mark(key, Role::Ink, Shape::dashed((x, top), (x, bottom), dash)).title(words),
        mark(format!("{key}-word"), Role::InkSoft, Shape::text(x + aside, top - 4.0, words, anchor)),
    ]
}

/// What is asked of each node against what it can do, and the requests that wait.
fn requests(placing: &Placing, width: f64) -> Part {
    let most = placing.members.iter().map(|m| m.load).fold(1.0, f64::max);
    if placing.members.len() > MAX_ROWS {
        return requests_of_many(placing, width, most);
    }
    let (left, right) = (NAME, width - 124.0);
    let x = |load: f64| left + (right - left) * load / most / 1.02;
    let (top, bottom) = (40.0, 40.0 + ROW * placing.members.len() as f64);
    let mut marks = vec![heading(REQUESTS, width)];
    for (i, member) in placing.members.iter().enumerate() {
        let y = top + ROW * i as f64;
        let bar = Shape::rect(left, y + 2.0, (x(member.load) - left).max(0.5), 15.0, 2.0);
        let title = format!("{} is asked for {:.0} % of what it can do; {} requests wait", member.name, member.load * 100.0, member.waiting);
        marks.push(mark(format!("bar-{}", member.name), member.role(), bar).title(title));
        let waits = member.waiting.clamp(0, 40) as usize;
        // The queue: a dot for each request that waits, in columns of three behind the bar.
        let dot = |n: usize| (x(member.load) + 8.0 + 5.0 * (n / 3) as f64, y + 4.5 + 5.0 * (n % 3) as f64);
        let room = |point: &(f64, f64)| point.0 < right + 18.0;
        let points: Vec<(f64, f64)> = (0..waits).map(dot).filter(room).collect();
        if !points.is_empty() {
            marks.push(mark(format!("queue-{}", member.name), Role::NodeSlow, Shape::Dots { points, r: 1.9 }).title(format!("{} wait", member.waiting)));
        }
        marks.extend(labels(member, y, format!("{:.0} % · {} wait", member.load * 100.0, member.waiting), width));
    }
    marks.extend(level("full", "all it can do", x(1.0), (top - 4.0, bottom), Anchor::End, Dash::Dashed));
    Part { marks, height: bottom + 6.0 }
}

/// The same in columns, with a point for each request that waits.
fn requests_of_many(placing: &Placing, width: f64, most: f64) -> Part {
    let columns = Columns::new(placing, width, 44.0, most * MOST_AND_PILES);
    let words = |m: &Member| format!("{:.0} % · {} wait", m.load * 100.0, m.waiting);
    let mut marks = vec![heading(REQUESTS, width)];
    marks.push(columns.said(extremes(placing, |m| m.load, words)));
    marks.extend(columns.bars("bar", 0.8, |m| m.load, |m| format!("{} {}", m.name, words(m))));
    let waiting: i64 = placing.members.iter().map(|m| m.waiting).sum();
    let queues = columns.pile("queue", Role::NodeSlow, |m| m.load, |m| m.waiting);
    marks.extend(queues.map(|queues| queues.title(format!("{waiting} wait"))));
    marks.extend(columns.level("full", Dash::Dashed, "all it can do", false, |_| 1.0));
    marks.extend(columns.names());
    Part { marks, height: columns.bottom() }
}

/// Who gives how many rows to whom, and how much of it has come.
fn moves(placing: &Placing, width: f64) -> Part {
    if !placing.changes() {
        return Part { marks: Vec::new(), height: 0.0 };
    }
    let mut moves = placing.moves.clone();
    splitbrain::sorted::sort_by_key(&mut moves, |(from, to, rows)| (-rows, *from, *to));
    let most = moves.first().map_or(1, |m| m.2).max(1) as f64;
    let rows = count(placing.moving());
    let words = match placing.phase {
        Phase::Planned => format!("{rows} rows will move"),
        Phase::Moving => format!("{rows} rows move: {} % have come", placing.moved),
        _ => format!("{rows} rows have moved"),
    };
    let mut marks = vec![heading(&words, width)];
    let (left, right) = (118.0, width - 70.0);
    let member = |node| placing.members.iter().find(|m| m.node == node);
    for (i, (from, to, rows)) in moves.iter().take(MAX_MOVES).enumerate() {
        let (Some(from), Some(to)) = (member(*from), member(*to)) else { continue };
        let y = 28.0 + 22.0 * i as f64;
        let (key, length) = (format!("{}-{}", from.name, to.name), (right - left) * *rows as f64 / most);
        marks.push(mark(format!("from-{key}"), from.role(), Shape::nth(from.node.index(), 13.0, y + 8.0, 4.5)));
        marks.push(mark(format!("to-{key}"), to.role(), Shape::nth(to.node.index(), 104.0, y + 8.0, 4.5)));
        let way = format!("{} → {}", from.name, to.name);
        marks.push(mark(format!("way-{key}"), Role::Ink, Shape::text(24.0, y + 12.0, way, Anchor::Start)));
        let bar = Shape::rect(left, y + 2.0, length.max(1.0), 12.0, 2.0);
        let needless = from.standing != Some(Standing::Leaving)
            && !matches!(to.standing, Some(Standing::Joining | Standing::Out))
            && to.rows_before > 0 && from.rows_after > 0;
        let emphasis = if needless { Emphasis::Dim } else { Emphasis::Plain };
        let why = if needless { ": between old nodes" } else { "" };
        let title = format!("{} gives {} {} rows{why}", from.name, to.name, count(*rows));
        marks.push(mark(format!("bar-{key}"), to.role(), bar).title(title).emphasis(emphasis));
        let figure = if needless { format!("{} old", count(*rows)) } else { count(*rows) };
        marks.push(mark(format!("rows-{key}"), Role::Ink, Shape::text(width - 8.0, y + 12.0, figure, Anchor::End)));
    }
    let lines = moves.len().min(MAX_MOVES);
    let mut height = 28.0 + 22.0 * lines as f64 + 6.0;
    if moves.len() > lines {
        let rest: i64 = moves[lines..].iter().map(|m| m.2).sum();
        let words = format!("and {} more ways with {} rows", moves.len() - lines, count(rest));
        marks.push(mark("more", Role::InkSoft, Shape::text(24.0, height + 10.0, words, Anchor::Start)));
        height += 18.0;
    }
    Part { marks, height }
}

fn describe(placing: &Placing) -> String {
    let by = |key: fn(&Member) -> f64| placing.members.iter().max_by(|a, b| key(a).total_cmp(&key(b)));
    let fullest = by(|m| m.rows as f64).map(|m| format!("{} has most rows, {}", m.name, count(m.rows)));
    let busiest = by(|m| m.load).map(|m| format!("{} is asked for most, {:.0} % of what it can do", m.name, m.load * 100.0));
    let waiting: i64 = placing.members.iter().map(|m| m.waiting).sum();
    let said: Vec<String> = fullest.into_iter().chain(busiest).collect();
    format!("{}; {waiting} requests wait.", said.join("; "))
}
