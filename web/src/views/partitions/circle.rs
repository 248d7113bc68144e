//! The key space as a circle: inside who owned what before, outside who owns it after, full only where it moves; rows as dots between.

use super::Part;
use super::placing::Placing;
use crate::scene::{Anchor, Emphasis, Mark, Role, Shape, mark};
use splitbrain::counted::{count, percent};
use splitbrain::sorted::Map;

/// With more stretches than this on a circle, it is drawn in so many equal cells instead: a picture has 1,500 elements at the most.
const MAX_ARCS: usize = 128;
/// With more than this, stretches are too narrow to point at: those of one owner and one fate are one element.
const MAX_TITLED: usize = 60;
/// Up to so many stretches are named beside the circle.
const MAX_NAMED: usize = 26;

/// A circle's measures.
struct Ring {
    centre: (f64, f64),
    inner: (f64, f64),
    dots: f64,
    outer: (f64, f64),
}

/// Draws it in a square.
pub fn draw(placing: &Placing, side: f64) -> Part {
    let size = side.min(460.0);
    let radius = size / 2.0 - 26.0;
    let thick = (radius * 0.15).max(16.0);
    let ring = Ring {
        centre: (side / 2.0, size / 2.0 - 2.0),
        outer: (radius - thick, radius),
        dots: radius - thick - 9.0,
        inner: (radius - 2.0 * thick - 18.0, radius - thick - 18.0),
    };
    let mut marks = Vec::new();
    let changes = placing.changes();
    let cells = cells(placing);
    marks.extend(arcs(placing, &ring, pieces(&cells, false), false));
    if changes {
        marks.extend(arcs(placing, &ring, pieces(&cells, true), true));
    }
    marks.extend(rows(placing, &ring, changes));
    marks.extend(names(placing, &ring, pieces(&cells, changes), changes));
    marks.extend(middle(placing, &ring));
    Part { marks, height: size }
}

/// A stretch with the members who own it: before, after.
struct Arc {
    from: f64,
    to: f64,
    owner: usize,
    moves: bool,
}

/// A part of the circle that nothing divides, in 65,536ths, and who owns it before and after.
struct Cell {
    from: u32,
    to: u32,
    was: usize,
    is: usize,
}

/// The circle in cells.
fn cells(placing: &Placing) -> Vec<Cell> {
    // There may be thousands of edges, which a table puts in order in no time.
    let (mut is_edge, mut count) = (vec![false; 65_536], 1);
    is_edge[0] = true;
    for (first, _) in placing.members.iter().flat_map(|member| member.before.iter().chain(member.after.iter())) {
        count += usize::from(!std::mem::replace(&mut is_edge[usize::from(*first)], true));
    }
    let step = if count > MAX_ARCS { 65_536 / MAX_ARCS } else { 1 };
    let (mut spans, mut middles, mut from) = (Vec::new(), Vec::new(), 0);
    for to in (step..=65_536).step_by(step) {
        if step > 1 || is_edge.get(to) != Some(&false) {
            spans.push((from as u32, to as u32));
            // The middle decides: at an edge, rounding to 65,536ths may have two owners.
            middles.push(((from + to) / 2).min(65_535) as u16);
            from = to;
        }
    }
    let mut cells = Vec::new();
    for ((from, to), owners) in spans.into_iter().zip(placing.owners(&middles)) {
        if let [Some(was), Some(is)] = owners {
            cells.push(Cell { from, to, was, is });
        }
    }
    cells
}

/// The circle's stretches, as shares of a turn; those of one owner and one fate are joined.
fn pieces(cells: &[Cell], after: bool) -> Vec<Arc> {
    let mut arcs: Vec<Arc> = Vec::new();
    for cell in cells {
        let (owner, moves) = (if after { cell.is } else { cell.was }, cell.was != cell.is);
        let (from, to) = (f64::from(cell.from) / 65_536.0, f64::from(cell.to) / 65_536.0);
        match arcs.last_mut() {
            Some(last) if last.owner == owner && last.moves == moves => last.to = to,
            _ => arcs.push(Arc { from, to, owner, moves }),
        }
    }
    arcs
}

fn arcs(placing: &Placing, ring: &Ring, pieces: Vec<Arc>, after: bool) -> Vec<Mark> {
    let (radii, when) = if after { (ring.outer, "after") } else { (ring.inner, "before") };
    let mut stretches: Map<(usize, usize, bool), Vec<Arc>> = Map::new();
    let titled = pieces.len() <= MAX_TITLED;
    for (place, arc) in pieces.into_iter().enumerate() {
        stretches.entry((if titled { place } else { 0 }, arc.owner, arc.moves)).or_default().push(arc);
    }
    let drawn = |((_, owner, moves), arcs): ((usize, usize, bool), Vec<Arc>)| {
        let member = &placing.members[owner];
        let share = arcs.iter().map(|arc| arc.to - arc.from).sum::<f64>() * 100.0;
        let many = if arcs.len() > 1 { format!(" in {} stretches", arcs.len()) } else { String::new() };
        let fate = if moves && after { ", moves here" } else { "" };
        // Known by its place: where a node joins, most of the circle stays as it is.
        let known = if titled { (arcs[0].from * 65_536.0) as usize } else { owner };
        let key = format!("{when}-{known}-{moves}");
        let outlines = arcs.iter().map(|arc| sector(ring.centre, radii, arc.from, arc.to)).collect();
        mark(key, member.role(), Shape::Areas(outlines))
            .emphasis(if after && !moves { Emphasis::Dim } else { Emphasis::Plain })
            .title(format!("{when}: {}, {share:.1} % of the circle{many}{fate}", member.name))
    };
    stretches.into_iter().map(drawn).collect()
}

/// The outline of a part of a ring, from and to in turns clockwise from the top.
fn sector(centre: (f64, f64), (inner, outer): (f64, f64), from: f64, to: f64) -> Vec<(f64, f64)> {
    let steps = ((to - from) * 120.0).ceil().max(1.0) as usize;
    let turn = |step: usize| from + (to - from) * step as f64 / steps as f64;
    let outside = (0..=steps).map(|step| place(centre, outer, turn(step)));
    let inside = (0..=steps).rev().map(|step| place(centre, inner, turn(step)));
    outside.chain(inside).collect()
}

fn place((x, y): (f64, f64), radius: f64, turn: f64) -> (f64, f64) {
    let angle = turn * std::f64::consts::TAU;
    (x + radius * libm::sin(angle), y - radius * libm::cos(angle))
}

/// Some rows, where they lie: those that move stand out.
fn rows(placing: &Placing, ring: &Ring, changes: bool) -> Vec<Mark> {
    let mut places = placing.sample.clone();
    splitbrain::sorted::sort(&mut places);
    let owners = placing.owners(&places);
    let moves = |at: &u16| changes && places.binary_search(at).is_ok_and(|i| owners[i][0] != owners[i][1]);
    let points = |moving: bool| -> Vec<(f64, f64)> {
        let some = placing.sample.iter().filter(|at| moves(at) == moving);
        some.map(|at| place(ring.centre, ring.dots, f64::from(*at) / 65_536.0)).collect()
    };
    let crowd = |key: &str, role, points: Vec<(f64, f64)>, r, title: &str| {
        (!points.is_empty()).then(|| mark(key, role, Shape::Dots { points, r }).title(title))
    };
    [
        crowd("rows", Role::InkSoft, points(false), 1.75, "some of the rows, where they lie"),
        crowd("rows-moving", Role::Accent, points(true), 3.0, "some of the rows that move"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Names beside the stretches, while they are few.
fn names(placing: &Placing, ring: &Ring, pieces: Vec<Arc>, changes: bool) -> Vec<Mark> {
    let mut arcs: Vec<Arc> = Vec::new();
    for arc in pieces {
        match arcs.last_mut() {
            Some(last) if last.owner == arc.owner => last.to = arc.to,
            _ => arcs.push(arc),
        }
    }
    // The circle begins within a stretch: its last piece and its first are one.
    if let [first, .., last] = &arcs[..]
        && first.owner == last.owner
    {
        let from = last.from - 1.0;
        arcs.pop();
        arcs[0].from = from;
    }
    if arcs.len() > MAX_NAMED {
        return Vec::new();
    }
    let radius = if changes { ring.outer.1 } else { ring.inner.1 };
    let name = |(i, arc): (usize, &Arc)| {
        let (x, y) = place(ring.centre, radius + 13.0, (arc.from + arc.to) / 2.0);
        let shape = Shape::text(x, y + 4.0, placing.members[arc.owner].name.as_str(), Anchor::Middle).bold();
        mark(format!("name-{i}"), Role::Ink, shape)
    };
    arcs.iter().enumerate().filter(|(_, arc)| arc.to - arc.from > 0.012).map(name).collect()
}

/// What the circle comes to, in its middle.
fn middle(placing: &Placing, ring: &Ring) -> Vec<Mark> {
    let (before, after) = placing.sizes();
    let (x, y) = ring.centre;
    let lines = if placing.changes() {
        [
            (format!("{before} → {after}"), 22.0, true),
            (percent(placing.moving(), placing.rows), 16.0, true),
            (placing.progress(), 12.0, false),
        ]
    } else {
        [(before.to_string(), 22.0, true), ("nodes".into(), 12.0, false), (format!("{} rows", count(placing.rows)), 12.0, false)]
    };
    let line = |(i, (text, size, bold)): (usize, (String, f64, bool))| {
        let shape = Shape::text(x, y - 12.0 + 22.0 * i as f64, text, Anchor::Middle).sized(size);
        mark(format!("middle-{i}"), Role::Ink, if bold { shape.bold() } else { shape })
    };
    let mut marks: Vec<Mark> = lines.into_iter().enumerate().map(line).collect();
    if placing.changes() {
        for (i, words) in ["inside before,", "outside after"].into_iter().enumerate() {
            let shape = Shape::text(x, y + 48.0 + 14.0 * i as f64, words, Anchor::Middle);
            marks.push(mark(format!("key-{i}"), Role::InkSoft, shape));
        }
    }
    marks
}
