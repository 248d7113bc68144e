//! A legend: signs and what each is, side by side in as many lines as it takes; and the strokes that mark what is wrong.

use crate::scene::{Anchor, Mark, Role, Shape, mark};
use crate::text_width::{text_width, wrap_text};

/// What stands before an entry.
pub enum Sign {
    /// A box of that role.
    Box(Role),
    /// Strokes.
    Hatch,
    /// What went well.
    Good,
    /// What did not.
    Bad,
    /// A mark of that role, drawn around a place.
    Mark(Role, fn(f64, f64) -> Shape),
}

/// The legend, and where what comes below begins.
pub fn draw(entries: Vec<(Sign, String)>, width: f64) -> (Vec<Mark>, f64) {
    let (mut x, mut y, mut marks) = (8.0, 8.0, Vec::new());
    for (i, (sign, about)) in entries.into_iter().enumerate() {
        let lines = wrap_text(&about, 12.0, width - 40.0);
        let wide = lines.iter().map(|line| text_width(line, 12.0)).fold(0.0, f64::max) + 34.0;
        if x > 8.0 && x + wide > width {
            (x, y) = (8.0, y + 18.0);
        }
        let (middle, high) = (x + 7.0, y + 6.0);
        let (role, shape) = match sign {
            Sign::Box(role) => (role, Shape::rect(x, y, 14.0, 12.0, 2.0)),
            Sign::Hatch => (Role::Broken, Shape::Lines(hatch(x, x + 14.0, y, y + 12.0))),
            Sign::Good => (Role::OpOk, Shape::Diamond { x: middle, y: high, r: 5.0 }),
            Sign::Bad => (Role::MessageLost, Shape::Cross { x: middle, y: high, r: 5.0 }),
            Sign::Mark(role, shape) => (role, shape(middle, high)),
        };
        marks.push(mark(format!("key{i}"), role, shape));
        for (j, line) in lines.into_iter().enumerate() {
            y += if j == 0 { 0.0 } else { 15.0 };
            marks.push(mark(
                format!("about{i}-{j}"),
                Role::InkSoft,
                Shape::text(x + 19.0, y + 10.0, line, Anchor::Start),
            ));
        }
        x += wide;
    }
    (marks, y + 18.0)
}

/// Strokes across a box, from its lower edge up to the right.
pub fn hatch(from: f64, to: f64, top: f64, bottom: f64) -> Vec<[(f64, f64); 2]> {
    let high = bottom - top;
    let count = ((to - from - high) / 6.0).floor().max(0.0) as usize;
    let slanted =
        (0..=count).map(|i| from + 6.0 * i as f64).map(|x| [(x, bottom), ((x + high).min(to), top)]);
    slanted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_stay_within_their_box() {
        for (from, to) in [(10.0, 100.0), (10.0, 12.0), (10.0, 25.0)] {
            let strokes = hatch(from, to, 20.0, 32.0);
            assert!(!strokes.is_empty());
            for (x, y) in strokes.into_iter().flatten() {
                assert!((from..=to).contains(&x) && (20.0..=32.0).contains(&y), "{x}, {y} of {from}..{to}");
            }
        }
    }
}
