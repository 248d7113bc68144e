//! The directory: a square of slots, each in the colour of its node; those that move show both.

use super::Part;
use super::placing::Placing;
use crate::scene::{Anchor, Mark, Role, Shape, mark};

/// Slots in a row and in a column.
const SIDE: usize = 16;

/// Draws it in a square.
pub fn draw(placing: &Placing, side: f64) -> Part {
    let size = (side - 24.0).min(400.0);
    let left = (side - size) / 2.0;
    let step = size / SIDE as f64;
    let mut marks: Vec<Mark> = Vec::new();
    let middles: Vec<u16> = (0..SIDE * SIDE).map(|slot| (slot * 65_536 / (SIDE * SIDE) + 128) as u16).collect();
    for (slot, owners) in placing.owners(&middles).into_iter().enumerate() {
        let [Some(was), Some(is)] = owners else { continue };
        let (was, is) = (&placing.members[was], &placing.members[is]);
        let (x, y) = (left + step * (slot % SIDE) as f64, 8.0 + step * (slot / SIDE) as f64);
        let moves = placing.changes() && was.node != is.node;
        let title = if moves { format!("slot {slot}: {} → {}", was.name, is.name) } else { format!("slot {slot}: {}", was.name) };
        let cell = Shape::rect(x + 1.0, y + 1.0, step - 2.0, step - 2.0, 2.0);
        marks.push(mark(format!("slot-{slot}"), was.role(), cell).title(title.clone()));
        if moves {
            let rim = Shape::rect(x + step * 0.2, y + step * 0.2, step * 0.6, step * 0.6, 2.0);
            marks.push(mark(format!("rim-{slot}"), Role::Paper, rim));
            let heart = Shape::rect(x + step * 0.3, y + step * 0.3, step * 0.4, step * 0.4, 1.0);
            marks.push(mark(format!("to-{slot}"), is.role(), heart).title(title));
        }
    }
    let words = if placing.changes() { "256 slots; the heart of a slot that moves is its new node’s" } else { "256 slots, by the first bits of the hash" };
    marks.push(mark("key", Role::InkSoft, Shape::text(left, size + 26.0, words, Anchor::Start)));
    Part { marks, height: size + 36.0 }
}
