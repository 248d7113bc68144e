//! A legend: signs and what each is, side by side in as many lines as it takes; and the strokes that mark what is wrong.

use crate::scene::{Anchor, Dash, Mark, Role, Shape, mark};
use crate::text_width::{text_width, wrap_text};

/// What stands before an entry.
pub enum Sign {
    /// A box of that role.
    Box(Role),
    /// A low box of that role.
    Low(Role),
    /// A line of that role.
    Line(Role, Dash),
    /// Strokes.
    Hatch,
    /// What went well.
    Good,
    /// What did not.
    Bad,
    /// A mark of that role, drawn around a place.
    Mark(Role, fn(f64, f64) -> Shape),
    /// Marks of its own, drawn from its upper left corner.
    Own(Vec<Mark>),
    /// Nothing.
    None,
}

/// The legend at the top, and where what comes below begins.
pub fn draw(entries: Vec<(Sign, String)>, width: f64) -> (Vec<Mark>, f64) {
    draw_from(8.0, entries, width)
}

/// The legend from a height on, and where what comes below begins.
pub fn draw_from(
    top: f64,
    entries: impl IntoIterator<Item = (Sign, String)>,
    width: f64,
) -> (Vec<Mark>, f64) {
    let (mut x, mut y, mut marks) = (8.0, top, Vec::new());
    for (i, (sign, about)) in entries.into_iter().enumerate() {
        let lines = wrap_text(&about, 12.0, width - 40.0);
        let wide = lines.iter().map(|line| text_width(line, 12.0)).fold(0.0, f64::max) + 34.0;
        if x > 8.0 && x + wide > width {
            (x, y) = (8.0, y + 18.0);
        }
        let key = format!("key{i}");
        marks.extend(match sign {
            Sign::Own(own) => Some(mark(key, Role::InkSoft, Shape::Group(own)).at(x, y)),
            sign => plain(&sign, (x, y)).map(|(role, shape)| mark(key, role, shape)),
        });
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

/// A sign of one mark.
fn plain(sign: &Sign, (x, y): (f64, f64)) -> Option<(Role, Shape)> {
    let (middle, high) = (x + 7.0, y + 6.0);
    Some(match sign {
        Sign::Box(role) => (*role, Shape::rect(x, y, 14.0, 12.0, 2.0)),
        Sign::Low(role) => (*role, Shape::rect(x, y + 4.0, 14.0, 4.0, 1.0)),
        Sign::Line(role, dash) => (*role, Shape::dashed((x, high), (x + 15.0, high), *dash)),
        Sign::Hatch => (Role::Broken, Shape::Lines(hatch(x, x + 14.0, y, y + 12.0))),
        Sign::Good => (Role::OpOk, Shape::Diamond { x: middle, y: high, r: 5.0 }),
        Sign::Bad => (Role::MessageLost, Shape::Cross { x: middle, y: high, r: 5.0 }),
        Sign::Mark(role, shape) => (*role, shape(middle, high)),
        Sign::Own(_) | Sign::None => return None,
    })
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
