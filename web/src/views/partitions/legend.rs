//! Every node with its share of the rows, before and after, as a bar and in figures.

use super::Part;
use super::columns::{Columns, MAX_ROWS, extremes};
use super::placing::{Member, Placing};
use crate::scene::{Anchor, Dash, Emphasis, Mark, Role, Shape, mark};
use splitbrain::counted::{count, percent};

const ROW: f64 = 24.0;

/// Draws it at this width.
pub fn draw(placing: &Placing, width: f64) -> Part {
    let most = placing.members.iter().map(|m| m.rows_before.max(m.rows_after)).max().unwrap_or(1) as f64;
    let most = placing.members.iter().map(|m| m.fair).fold(most, f64::max).max(1.0);
    if placing.members.len() > MAX_ROWS {
        return many(placing, width, most);
    }
    let figures = if placing.changes() { 112.0 } else { 76.0 };
    let (left, right) = (56.0, width - figures - 8.0);
    let x = |rows: f64| left + (right - left) * rows / most;
    let mut marks = Vec::new();
    let head = if placing.changes() { "share before → after" } else { "share of the rows" };
    marks.push(mark("head", Role::InkSoft, Shape::text(width - 8.0, 14.0, head, Anchor::End)));
    for (i, member) in placing.members.iter().enumerate() {
        marks.extend(row(placing, member, 24.0 + ROW * i as f64, (left, &x), width));
    }
    let bottom = 24.0 + ROW * placing.members.len() as f64;
    // One that leaves has no fair share any more.
    let fair = x(placing.members.iter().map(|m| m.fair).fold(0.0, f64::max));
    marks.push(mark("fair-word", Role::InkSoft, Shape::text(fair, bottom + 13.0, "fair share", Anchor::Middle)));
    Part { marks, height: bottom + 18.0 }
}

/// The same in columns: pale and broad before, full and narrow after.
fn many(placing: &Placing, width: f64, most: f64) -> Part {
    let columns = Columns::new(placing, width, 42.0, most);
    let share = |rows: i64| percent(rows, placing.rows);
    let changes = placing.changes();
    let head = if changes { "Share of the rows, before (pale) and after" } else { "Share of the rows" };
    let after = |m: &Member| if changes { m.rows_after } else { m.rows };
    let said = extremes(placing, |m| after(m) as f64, |m| share(after(m)));
    let mut marks = vec![
        mark("head", Role::Ink, Shape::text(8.0, 14.0, head, Anchor::Start)),
        columns.said(said),
    ];
    let words = |m: &Member| if changes { format!("{} {} → {}", m.name, share(m.rows_before), share(m.rows_after)) } else { format!("{} {}", m.name, share(m.rows)) };
    if changes {
        let before = columns.bars("before", 0.9, |m| m.rows_before as f64, words);
        marks.extend(before.into_iter().map(|bars| bars.emphasis(Emphasis::Dim)));
    }
    marks.extend(columns.bars("after", if changes { 0.5 } else { 0.8 }, |m| after(m) as f64, words));
    marks.extend(columns.level("fair", Dash::Dashed, "fair share", true, |m| m.fair));
    marks.extend(columns.names());
    Part { marks, height: columns.bottom() + 6.0 }
}

fn row(placing: &Placing, member: &Member, y: f64, (left, x): (f64, &dyn Fn(f64) -> f64), width: f64) -> Vec<Mark> {
    let (before, after) = (member.rows_before, member.rows_after);
    let key = |what: &str| format!("{what}-{}", member.name);
    let bar = |rows: i64, top: f64, height: f64| Shape::rect(left, y + top, (x(rows as f64) - left).max(0.5), height, 1.5);
    let mut marks = vec![
        mark(key("mark"), member.role(), Shape::nth(member.node.index(), 14.0, y + 10.0, 5.0)),
        mark(key("name"), Role::Ink, Shape::text(26.0, y + 14.0, member.name.as_str(), Anchor::Start).bold()),
    ];
    let title = format!("{}: {} rows before, {} after, {} now", member.name, count(before), count(after), count(member.rows));
    let words = if placing.changes() {
        marks.push(mark(key("before"), member.role(), bar(before, 3.0, 6.0)).emphasis(Emphasis::Dim));
        marks.push(mark(key("after"), member.role(), bar(after, 10.0, 8.0)).title(title));
        format!("{} → {}", percent(before, placing.rows), percent(after, placing.rows))
    } else {
        marks.push(mark(key("after"), member.role(), bar(member.rows, 4.0, 12.0)).title(title));
        percent(member.rows, placing.rows)
    };
    let fair = x(member.fair);
    marks.push(mark(key("fair"), Role::Ink, Shape::dashed((fair, y), (fair, y + ROW), Dash::Dashed)).title("its fair share"));
    marks.push(mark(key("share"), Role::Ink, Shape::text(width - 8.0, y + 14.0, words, Anchor::End)));
    marks
}
