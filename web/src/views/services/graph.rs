//! Tiers in lanes, and between them who calls whom: an edge is as wide as its share of the calls, and says how many end badly.

use super::{Now, agreed, slots, standing, wait};
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Shape, mark};
use crate::text_width::{fit_text, text_width};
use crate::views::Look;
use crate::views::gauge::{Columns, Fold, words};
use splitbrain::counted::count;
use splitbrain::lab::shows::{Edge, FactId, TierBox, Topology};
use splitbrain::trace::Fact;

const HEIGHT: f64 = 78.0;
const GAP: f64 = 40.0;
const BETWEEN: f64 = 10.0;
/// The most instances that are drawn one by one.
const MOST_CELLS: usize = 60;
/// In a graph of more tiers than this neither places nor instances are drawn one by one.
const MOST_DETAILED: usize = 24;
const CELL: f64 = 9.0;
/// How wide the edge is that carries the most.
const WIDEST: f64 = 10.0;

/// A tier's box: where it stands.
struct Place {
    left: f64,
    top: f64,
    width: f64,
}

/// Draws the lanes, from the top; gives their height and what there is to say of the edges.
pub fn draw(
    look: &Look<'_>,
    topology: &Topology,
    now: &[Now<'_>],
    width: f64,
) -> (Vec<Mark>, f64, Vec<String>) {
    let (places, height) = places(&topology.tiers, width);
    let mut marks = Vec::new();
    let mut sentences = Vec::new();
    let rate = |edge: &Edge| {
        // Both in the columns of the calls: of fewer events there would be longer ones, and more of them than there are calls.
        let calls = Columns::of(look, &[edge.calls], 60, Fold::Mean);
        let errors = Columns::by(look, &[edge.errors], calls.each_us, Fold::Mean);
        let at = |columns: &Columns| columns.at(look.cursor.at_us).unwrap_or(0.0);
        (at(&calls), at(&errors))
    };
    let rates: Vec<(f64, f64)> = topology.edges.iter().map(rate).collect();
    let most = rates.iter().map(|(calls, _)| *calls).fold(0.0, f64::max);
    let (mut texts, mut taken) = (Vec::new(), Vec::new());
    for (i, (edge, (calls, errors))) in topology.edges.iter().zip(&rates).enumerate() {
        let ends = [end(topology, &places, i, true), end(topology, &places, i, false)];
        let share = if most > 0.0 { calls / most } else { 0.0 };
        let bad = if *calls > 0.0 { errors / calls } else { 0.0 };
        let role = match bad {
            bad if bad > 0.1 => Role::Broken,
            bad if bad > 0.0 => Role::NodeSlow,
            _ => Role::Link,
        };
        let name = |tier: usize| topology.tiers[tier].name;
        let said = match *errors > 0.0 {
            true => format!("{}, {} badly", words(*calls, "/s"), words(*errors, "/s")),
            false => words(*calls, "/s"),
        };
        let sentence = format!("{} calls {}: {said}", name(edge.from), name(edge.to));
        marks.push(ribbon(i, ends, share, role).title(sentence.clone()));
        sentences.push(sentence);
        let room = places[edge.to].width.min(120.0);
        let said = fit_text(&said, 12.0, room);
        let (aside, wide) = (half(share) + 6.0, text_width(&said, 12.0));
        // Words that have no room on the right stand on the left; those that would meet others, above them.
        let left = match ends[1].0 + aside + wide <= width - 2.0 {
            true => ends[1].0 + aside,
            false => ends[1].0 - aside - wide,
        };
        let mut y = ends[1].1 - 9.0;
        let meets = |y: f64, (from, to, at): &(f64, f64, f64)| *at == y && *from < left + wide + 4.0 && left < to + 4.0;
        while taken.iter().any(|other| meets(y, other)) {
            y -= 14.0;
        }
        // Where the gap between two lanes is full, the edge's own title says it.
        if y < ends[1].1 - GAP + 12.0 {
            continue;
        }
        taken.push((left, left + wide, y));
        let text = Shape::text(left, y, said, Anchor::Start);
        let text = text.halo();
        texts.push(mark(format!("said{i}"), Role::Ink, text));
    }
    for (tier, place) in topology.tiers.iter().zip(&places) {
        marks.push(tier_box(look, topology, tier, now, place).at(place.left, place.top));
    }
    marks.extend(texts);
    (marks, height, sentences)
}

/// Each lane has its tiers side by side, in several rows if they are many.
fn places(tiers: &[TierBox], width: f64) -> (Vec<Place>, f64) {
    let fits = if width >= 600.0 { 5 } else { 3 };
    let mut places: Vec<Place> = Vec::new();
    let mut top = 2.0;
    let mut from = 0;
    while from < tiers.len() {
        let lane = tiers[from..].iter().take_while(|tier| tier.rank == tiers[from].rank).count();
        let columns = lane.min(fits);
        let wide = (width - 16.0 - BETWEEN * (columns as f64 - 1.0)) / columns as f64;
        // A lone box need not be as wide as the page.
        let box_width = wide.min(300.0);
        let left = (width - box_width * columns as f64 - BETWEEN * (columns as f64 - 1.0)) / 2.0;
        for at in 0..lane {
            let (column, row) = ((at % columns) as f64, (at / columns) as f64);
            places.push(Place {
                left: left + column * (box_width + BETWEEN),
                top: top + row * (HEIGHT + GAP),
                width: box_width,
            });
        }
        top += lane.div_ceil(columns) as f64 * (HEIGHT + GAP);
        from += lane;
    }
    (places, top - GAP + 6.0)
}

/// Where an edge leaves its caller, or comes to whom it calls: those of a box share its side, in the order of what is at their other ends.
fn end(topology: &Topology, places: &[Place], which: usize, leaves: bool) -> (f64, f64) {
    let of = |edge: &Edge| if leaves { (edge.from, edge.to) } else { (edge.to, edge.from) };
    let (mine, _) = of(&topology.edges[which]);
    let mut there: Vec<(i64, usize)> = topology
        .edges
        .iter()
        .enumerate()
        .filter(|(_, edge)| of(edge).0 == mine)
        .map(|(at, edge)| ((places[of(edge).1].left + places[of(edge).1].width / 2.0) as i64, at))
        .collect();
    there.sort_unstable();
    let turn = there.iter().position(|(_, at)| *at == which).unwrap_or(0);
    let place = &places[mine];
    let x = place.left + place.width * (turn as f64 + 1.0) / (there.len() as f64 + 1.0);
    (x, if leaves { place.top + HEIGHT } else { place.top - 2.0 })
}

/// An edge: an arrow as wide as its share of the most calls.
fn ribbon(i: usize, [from, to]: [(f64, f64); 2], share: f64, role: Role) -> Mark {
    let (half, head) = (half(share), half(share) + 4.0);
    let neck = to.1 - 8.0;
    let points = vec![
        (from.0 - half, from.1),
        (from.0 + half, from.1),
        (to.0 + half, neck),
        (to.0 + head, neck),
        to,
        (to.0 - head, neck),
        (to.0 - half, neck),
    ];
    mark(format!("edge{i}"), role, Shape::Path { points, curve: Curve::Straight, dash: Dash::Solid, closed: true })
}

fn half(share: f64) -> f64 {
    (WIDEST / 2.0 * share).max(0.6)
}

/// A tier: its name and how many it is, what its places do and what waits, and a cell for each instance.
fn tier_box(look: &Look<'_>, topology: &Topology, tier: &TierBox, now: &[Now<'_>], place: &Place) -> Mark {
    let station = tier.station.and_then(|at| now.get(at));
    let is_detailed = topology.tiers.len() <= MOST_DETAILED;
    let mut parts = Vec::new();
    let full = station.is_some_and(|now| {
        let all = now.station.queue_limit.map(|limit| limit.saturating_mul(tier.nodes.len() as u32));
        all.is_some_and(|limit| limit > 0 && now.waiting >= limit)
    });
    let waiting = station.map_or(0, |now| now.waiting);
    let role = match (full, waiting) {
        _ if station.is_none() => Role::Paper,
        (true, _) => Role::NodeDown,
        (_, 0) => Role::NodeUp,
        _ => Role::NodeSlow,
    };
    parts.push(mark("box", role, Shape::rect(0.0, 0.0, place.width, HEIGHT, 8.0)));
    if station.is_none() {
        let rim = [(0.0, 0.0), (place.width, 0.0), (place.width, HEIGHT), (0.0, HEIGHT), (0.0, 0.0)];
        let rim = Shape::Path { points: rim.into(), curve: Curve::Straight, dash: Dash::Dotted, closed: false };
        parts.push(mark("rim", Role::Axis, rim));
    }
    let many = tier.nodes.len();
    let name = if many > 1 { format!("{} × {}", tier.name, count(many as i64)) } else { tier.name.to_owned() };
    let room = place.width - 16.0;
    let name = Shape::text(8.0, 17.0, fit_text(&name, 13.0, room), Anchor::Start).sized(13.0).bold();
    parts.push(mark("name", Role::Ink, name));
    let mut line = |key: &str, y: f64, what: &str| {
        if what.is_empty() {
            return;
        }
        parts.push(mark(key, Role::Ink, Shape::text(8.0, y, fit_text(what, 12.0, room), Anchor::Start)));
    };
    let sentence = match station {
        None => {
            let said = match tier.crowd.as_ref().map(|crowd| standing(look, crowd)) {
                None if tier.rank == 0 => ["its calls begin here".to_owned(), String::new()],
                None => ["passes calls on".to_owned(), String::new()],
                Some((waiting, sleeping)) => [
                    agreed(waiting, "call waits for an answer", "calls wait for an answer"),
                    agreed(sleeping, "sleeps before a retry", "sleep before a retry"),
                ],
            };
            line("first", 38.0, &said[0]);
            line("second", 56.0, &said[1]);
            format!("{}: {}", tier.name, said.join(" ").trim_end())
        }
        Some(now) => {
            let mut busy = format!("{} of {} busy", now.busy, count(i64::from(now.station.size)));
            if let Some((held, all)) = tier.held {
                let held = look.series(held).and_then(|series| series.value_at(look.cursor.at_us));
                busy.push_str(&format!(", {} of {} threads held", count(held.unwrap_or(0)), count(all.into())));
            }
            line("busy", 34.0, &busy);
            line("waits", 68.0, &format!("{} {}", count(i64::from(now.waiting)), wait(now.waiting)));
            if is_detailed {
                parts.extend(slots(now.busy, now.station.size, place.width, 39.0));
            }
            now.sentence()
        }
    };
    if let Some(now) = station.filter(|_| is_detailed && many > 1 && many <= MOST_CELLS) {
        parts.extend(cells(look, topology, tier, now.station.size, place.width));
    }
    mark(format!("tier-{}", tier.name), role, Shape::Group(parts)).title(sentence)
}

/// A cell for each instance, from the right: free, busy, or with a line before it.
fn cells(look: &Look<'_>, topology: &Topology, tier: &TierBox, size: u32, width: f64) -> Vec<Mark> {
    let trace = &look.outcome.trace;
    let Some(record) = look.cursor.record_id(trace).filter(|_| trace.is_complete()) else { return Vec::new() };
    let fits = (((width - 90.0) / (CELL + 2.0)) as usize).max(1);
    if tier.nodes.len() > fits {
        return Vec::new();
    }
    let each = i64::from(size) / tier.nodes.len() as i64;
    let told = |node, fact: FactId| match trace.fact_at(node, fact.key(), record) {
        Some(Fact::Int(n)) => *n,
        _ => 0,
    };
    let cell = |(at, node)| {
        let (busy, queue) = (told(node, topology.busy), told(node, topology.queue));
        let role = match (busy, queue) {
            (_, 1..) => Role::NodeSlow,
            (1.., _) if busy >= each => Role::Series0,
            _ => Role::Axis,
        };
        let x = width - 10.0 - (tier.nodes.len() - at) as f64 * (CELL + 2.0);
        mark(format!("cell{at}"), role, Shape::rect(x, 59.0, CELL, CELL, 2.0))
    };
    tier.nodes.iter().copied().enumerate().map(cell).collect()
}
