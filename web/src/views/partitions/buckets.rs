//! Strategies without places: each node a bucket of rows before the change, parted by where the rows go.

use super::Part;
use super::placing::Placing;
use crate::scene::{Anchor, Dash, Emphasis, Mark, Role, Shape, mark};
use splitbrain::counted::{count, percent};

/// The most nodes that have a row each.
const MAX_ROWS: usize = 24;
const ROW: f64 = 40.0;

/// Draws them across the width.
pub fn draw(placing: &Placing, width: f64) -> Part {
    let shown = &placing.members[..placing.members.len().min(MAX_ROWS)];
    let most = placing.members.iter().map(|m| m.rows_before.max(m.rows_after).max(m.fair as i64)).max().unwrap_or(1).max(1);
    let (left, right) = (56.0, width - 120.0);
    let x = |rows: i64| left + (right - left) * rows as f64 / most as f64;
    let head = if placing.changes() { "above: before, by who gets it; below: after" } else { "rows of each node" };
    let mut marks = vec![mark("head", Role::InkSoft, Shape::text(8.0, 12.0, head, Anchor::Start))];
    for (i, member) in shown.iter().enumerate() {
        let y = 24.0 + ROW * i as f64;
        marks.push(mark(format!("mark-{}", member.name), member.role(), Shape::nth(member.node.index(), 14.0, y + 14.0, 5.0)));
        marks.push(mark(format!("name-{}", member.name), Role::Ink, Shape::text(26.0, y + 18.0, member.name.as_str(), Anchor::Start).bold()));
        let fair = x(member.fair as i64);
        let tick = Shape::dashed((fair, y - 4.0), (fair, y + ROW - 4.0), Dash::Dashed);
        let mut at = 0;
        let mut piece = |to: &str, role: Role, rows: i64, stays: bool, marks: &mut Vec<Mark>| {
            let (from, until) = (x(at), x((at + rows).min(member.rows_before)));
            at += rows;
            if until - from > 0.4 {
                let shape = Shape::rect(from, y, (until - from - 1.0).max(0.5), 14.0, 1.5);
                let title = if stays { format!("{} keeps {} rows", member.name, count(rows)) } else { format!("{} rows: {} → {to}", count(rows), member.name) };
                let emphasis = if stays { Emphasis::Dim } else { Emphasis::Plain };
                marks.push(mark(format!("piece-{}-{to}", member.name), role, shape).title(title).emphasis(emphasis));
            }
        };
        let given: i64 = placing.moves.iter().filter(|m| m.0 == member.node).map(|m| m.2).sum();
        piece(&member.name, member.role(), (member.rows_before - given).max(0), placing.changes(), &mut marks);
        for (_, to, rows) in placing.moves.iter().filter(|m| m.0 == member.node) {
            if let Some(taker) = placing.members.iter().find(|m| m.node == *to) {
                piece(&taker.name, taker.role(), *rows, false, &mut marks);
            }
        }
        let words = if placing.changes() {
            let shape = Shape::rect(left, y + 17.0, (x(member.rows_after) - left).max(0.5), 8.0, 1.5);
            marks.push(mark(format!("after-{}", member.name), member.role(), shape).title(format!("{}: {} rows after", member.name, count(member.rows_after))));
            format!("{} → {}", percent(member.rows_before, placing.rows), percent(member.rows_after, placing.rows))
        } else {
            percent(member.rows_before, placing.rows)
        };
        marks.push(mark(format!("fair-{}", member.name), Role::Ink, tick).title("its fair share after"));
        marks.push(mark(format!("share-{}", member.name), Role::Ink, Shape::text(width - 8.0, y + 18.0, words, Anchor::End)));
    }
    let bottom = 24.0 + ROW * shown.len() as f64;
    // One that leaves has no fair share any more.
    let fair = x(shown.iter().map(|m| m.fair as i64).max().unwrap_or(0));
    marks.push(mark("fair-word", Role::InkSoft, Shape::text(fair, bottom + 8.0, "fair share", Anchor::Middle)));
    let hidden = placing.members.len() - shown.len();
    if hidden > 0 {
        marks.push(mark("more", Role::InkSoft, Shape::text(left, bottom + 26.0, format!("and {hidden} more nodes"), Anchor::Start)));
    }
    Part { marks, height: bottom + if hidden > 0 { 34.0 } else { 16.0 } }
}
