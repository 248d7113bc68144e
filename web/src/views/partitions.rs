//! Partitioning: who owns which stretch of the key space, before and after nodes come and go, and what moves.

mod buckets;
mod circle;
pub mod columns;
mod legend;
mod line;
pub mod placing;
mod slots;
#[cfg(test)]
mod tests;

use super::{Look, Picture, grid};
use crate::scene::{Anchor, Mark, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, fit_bold_text};
use placing::Placing;
use splitbrain::counted::{count, percent};
use splitbrain::lab::Shows;
use splitbrain::lab::shows::Space;

/// The panel's title.
pub const TITLE: &str = "Partitions";

/// Rows that are spread over nodes.
pub fn needs(shows: &Shows) -> bool {
    shows.partition.is_some()
}

/// A part of a picture: its marks, drawn from its own origin, and its height.
pub struct Part {
    /// What is drawn.
    pub marks: Vec<Mark>,
    /// Units from top to bottom.
    pub height: f64,
}

/// Draws the key space as the strategy sees it: a circle, a line, slots, or only buckets; beside it every node's share.
pub fn draw(look: &Look<'_>) -> Picture {
    let width = f64::from(look.width);
    let id = format!("{}-ring", look.id);
    let Some(placing) = Placing::of(look) else {
        return grid::only_words(look, "ring", TITLE, "No rows are spread over nodes in this run.");
    };
    let wide = width >= 600.0;
    let side = if wide { (width * 0.5).min(460.0) } else { width };
    let space = match placing.space {
        Space::Circle => Some(circle::draw(&placing, side)),
        Space::Slots => Some(slots::draw(&placing, side)),
        Space::Line => Some(line::draw(&placing, width)),
        Space::Buckets => None,
    };
    let full = headline(&placing, &format!("{} rows", count(placing.rows)));
    let fits = bold_text_width(&full, 13.0) < width - 12.0;
    let words = if fits { full.clone() } else { fit_bold_text(&headline(&placing, "rows"), 13.0, width - 12.0) };
    let head = Shape::text(8.0, 18.0, words, Anchor::Start).sized(13.0).bold();
    let mut marks = vec![mark("head", Role::Ink, head)];
    let top = 30.0;
    let beside = wide && matches!(placing.space, Space::Circle | Space::Slots);
    let height = match space {
        None => {
            let part = buckets::draw(&placing, width);
            marks.push(placed("buckets", part.marks, 0.0, top));
            top + part.height
        }
        Some(space) => {
            marks.push(placed("space", space.marks, 0.0, top));
            let (x, y, room) = if beside { (side + 16.0, top, width - side - 24.0) } else { (0.0, top + space.height, width) };
            let legend = legend::draw(&placing, room);
            marks.push(placed("legend", legend.marks, x, y));
            (top + space.height).max(y + legend.height)
        }
    };
    let mut scene = Scene::new(id, width, height + 8.0, TITLE).describe(describe(&placing, &full));
    scene.marks = marks;
    scene.into()
}

fn placed(key: &str, marks: Vec<Mark>, x: f64, y: f64) -> Mark {
    mark(key, Role::Ink, Shape::Group(marks)).at(x, y)
}

/// The change in a line, with what the rows are called.
fn headline(placing: &Placing, rows: &str) -> String {
    let (before, after) = placing.sizes();
    if placing.changes() {
        let share = percent(placing.moving(), placing.rows);
        format!("{before} → {after} nodes: {share} of {rows} {}", placing.progress())
    } else {
        format!("{before} nodes share {rows}")
    }
}

fn describe(placing: &Placing, headline: &str) -> String {
    let largest = placing.members.iter().max_by_key(|m| m.rows);
    let fullest = largest.map_or(String::new(), |m| {
        format!(" {} has most rows now: {}, {}.", m.name, count(m.rows), percent(m.rows, placing.rows))
    });
    format!("Placed by {}. {headline}.{fullest}", placing.by)
}
