//! How each sort of holding looks, in as many lines as it takes.

use super::around::hatch;
use crate::scene::{Anchor, Mark, Role, Shape, mark};
use crate::text_width::{text_width, wrap_text};
use splitbrain::lab::shows::{Holding, Tenure};

/// What was given to somebody.
pub const GIVEN: Role = Role::NodeUp;

/// The legend, and where what comes below begins.
pub fn draw(tenure: &Tenure, width: f64) -> (Vec<Mark>, f64) {
    let (mut x, mut y, mut marks) = (8.0, 8.0, Vec::new());
    for (i, (sign, about)) in entries(tenure).into_iter().enumerate() {
        let lines = wrap_text(&about, 12.0, width - 40.0);
        let wide = lines.iter().map(|line| text_width(line, 12.0)).fold(0.0, f64::max) + 34.0;
        if x > 8.0 && x + wide > width {
            (x, y) = (8.0, y + 18.0);
        }
        marks.push(match sign {
            Sign::Box(role) => mark(format!("key{i}"), role, Shape::rect(x, y, 14.0, 12.0, 2.0)),
            Sign::Hatch => {
                mark(format!("key{i}"), Role::Broken, Shape::Lines(hatch(x, x + 14.0, y, y + 12.0)))
            }
            Sign::Good => {
                mark(format!("key{i}"), Role::OpOk, Shape::Diamond { x: x + 7.0, y: y + 6.0, r: 5.0 })
            }
            Sign::Bad => {
                mark(format!("key{i}"), Role::MessageLost, Shape::Cross { x: x + 7.0, y: y + 6.0, r: 5.0 })
            }
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

/// What stands before an entry.
enum Sign {
    Box(Role),
    Hatch,
    Good,
    Bad,
}

fn entries(tenure: &Tenure) -> Vec<(Sign, String)> {
    let given = tenure.granted.map(|grants| (Sign::Box(GIVEN), grants.about.to_owned()));
    let held = tenure
        .held
        .iter()
        .map(|Holding { about, tone, .. }| (Sign::Box((*tone).into()), (*about).to_owned()));
    let still = tenure.still.map(|_| (Sign::Box(Role::NodePaused), "paused".to_owned()));
    let both = tenure.exclusive.then(|| (Sign::Hatch, "two at once".to_owned()));
    let deeds = tenure
        .deeds
        .into_iter()
        .flat_map(|deed| [(Sign::Good, deed.good.to_owned()), (Sign::Bad, deed.bad.to_owned())]);
    given.into_iter().chain(held).chain(still).chain(both).chain(deeds).collect()
}
