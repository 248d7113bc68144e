//! The key space as a line, in order: the router's table before and after, and where rows lie.

use super::Part;
use super::placing::{Member, Placing};
use crate::scene::{Anchor, Emphasis, Mark, Role, Shape, mark};
use crate::text_width::bold_text_width;

const BAR: f64 = 34.0;

/// Draws it across the width.
pub fn draw(placing: &Placing, width: f64) -> Part {
    let (left, right) = (12.0, width - 12.0);
    let x = |place: f64| left + (right - left) * place / 65_536.0;
    let mut marks = Vec::new();
    let mut y = 4.0;
    let lanes: &[bool] = if placing.changes() { &[false, true] } else { &[false] };
    for after in lanes {
        let words = match (placing.changes(), after) {
            (false, _) => "the router’s table",
            (true, false) => "the router’s table before",
            (true, true) => "after: what moves is full",
        };
        marks.push(mark(format!("lane-{after}"), Role::InkSoft, Shape::text(left, y + 11.0, words, Anchor::Start)));
        marks.extend(ranges(placing, *after, y + 18.0, &x));
        y += 18.0 + BAR + 26.0;
    }
    marks.extend(rows(placing, y, &x));
    Part { marks, height: y + 44.0 }
}

fn ranges(placing: &Placing, after: bool, y: f64, x: &dyn Fn(f64) -> f64) -> Vec<Mark> {
    let mut ranges: Vec<(u16, u16, &Member)> = Vec::new();
    for member in &placing.members {
        ranges.extend((if after { &member.after } else { &member.before }).iter().map(|s| (s.0, s.1, member)));
    }
    splitbrain::sorted::sort_by_key(&mut ranges, |range| range.0);
    // While every range begins at a multiple of a sixteenth, one digit says it.
    let digits = if ranges.iter().all(|range| range.0 % 4_096 == 0) { 1 } else if ranges.iter().all(|range| range.0 % 256 == 0) { 2 } else { 4 };
    let hex = |place: u16| format!("{place:04X}")[..digits].to_owned();
    let mut marks = Vec::new();
    for (i, (first, last, member)) in ranges.into_iter().enumerate() {
        let (from, to) = (x(f64::from(first)), x(f64::from(last) + 1.0));
        let owner = (u32::from(first) + u32::from(last)) / 2;
        let stays = placing.owners(&[owner as u16]).iter().all(|[was, is]| was == is);
        let emphasis = if after && stays { Emphasis::Dim } else { Emphasis::Plain };
        let words = format!("{}–{}", hex(first), hex(last));
        let title = format!("{words}: {}", member.name);
        let shape = Shape::rect(from + 1.0, y, (to - from - 2.0).max(1.0), BAR, 3.0);
        marks.push(mark(format!("range-{after}-{i}"), member.role(), shape).title(title).emphasis(emphasis));
        let middle = (from + to) / 2.0;
        if to - from > bold_text_width(&member.name, 13.0) + 14.0 {
            let plate = Shape::rect(middle - 16.0, y + 8.0, 32.0, 18.0, 9.0);
            marks.push(mark(format!("plate-{after}-{i}"), Role::Paper, plate));
            let name = Shape::text(middle, y + 21.5, member.name.as_str(), Anchor::Middle).sized(13.0).bold();
            marks.push(mark(format!("name-{after}-{i}"), Role::Ink, name));
        }
        if to - from > bold_text_width(&words, 12.0) + 6.0 {
            marks.push(mark(format!("keys-{after}-{i}"), Role::InkSoft, Shape::text(middle, y + BAR + 15.0, words, Anchor::Middle)));
        }
    }
    marks
}

/// Some rows where they lie, stacked where many share a place.
fn rows(placing: &Placing, y: f64, x: &dyn Fn(f64) -> f64) -> Vec<Mark> {
    let mut sorted = placing.sample.clone();
    splitbrain::sorted::sort(&mut sorted);
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut depth = 0usize;
    for place in sorted {
        let at = x(f64::from(place));
        depth = if points.last().is_some_and(|last| at - last.0 < 4.5) { depth + 1 } else { 0 };
        let column = if depth > 0 { points[points.len() - 1].0 } else { at };
        points.push((column, y + 24.0 - 4.5 * depth.min(5) as f64));
    }
    if points.is_empty() {
        return Vec::new();
    }
    let words = "some of the rows, in the order of their keys";
    vec![
        mark("rows", Role::InkSoft, Shape::Dots { points, r: 2.0 }).title(words),
        mark("rows-word", Role::InkSoft, Shape::text(12.0, y + 42.0, words, Anchor::Start)),
    ]
}
