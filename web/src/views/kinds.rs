//! How kinds of message look, everywhere alike: a colour, a form and a stroke for each sort of kind, and cuts that tell a lab's kinds of one sort apart.

use super::Look;
use crate::scene::{Curve, Dash, Mark, Role, Shape, mark};
use splitbrain::lab::{MessageRole, MessageSpec};

/// The colour of a sort of message.
pub fn role(kind: &MessageSpec) -> Role {
    match kind.role {
        MessageRole::Request => Role::Series0,
        MessageRole::Response => Role::Series5,
        MessageRole::Write => Role::Series1,
        MessageRole::Read => Role::Series2,
        MessageRole::Ack => Role::Series4,
        MessageRole::Repair => Role::Series3,
        MessageRole::Background => Role::Series7,
    }
}

/// The form of a sort of message about the origin.
fn form(kind: &MessageSpec, r: f64) -> Shape {
    match kind.role {
        MessageRole::Request => Shape::circle(0.0, 0.0, r),
        // A triangle, point down: what comes back.
        MessageRole::Response => polygon(vec![(-0.87 * r, -0.6 * r), (0.87 * r, -0.6 * r), (0.0, 0.9 * r)]),
        MessageRole::Write => Shape::Square { x: 0.0, y: 0.0, r },
        MessageRole::Read => Shape::Triangle { x: 0.0, y: 0.0, r },
        MessageRole::Ack => Shape::Diamond { x: 0.0, y: 0.0, r: 1.1 * r },
        MessageRole::Repair => plus(r, 0.42 * r),
        MessageRole::Background => Shape::rect(-r, -0.5 * r, 2.0 * r, r, 0.5 * r),
    }
}

fn polygon(points: Vec<(f64, f64)>) -> Shape {
    Shape::Path { points, curve: Curve::Straight, dash: Dash::Solid, closed: true }
}

/// A cross with upright arms, so long and half so thick.
fn plus(r: f64, t: f64) -> Shape {
    let quarter = [
        (-t, -r),
        (t, -r),
        (t, -t),
        (r, -t),
        (r, t),
        (t, t),
        (t, r),
        (-t, r),
        (-t, t),
        (-r, t),
        (-r, -t),
        (-t, -t),
    ];
    polygon(quarter.to_vec())
}

/// How many kinds of the same sort the lab lists before this one.
fn place(look: &Look<'_>, kind: &MessageSpec) -> usize {
    let before = look.lab.meta().kinds.iter().take_while(|other| other.word != kind.word);
    before.filter(|other| other.role == kind.role).count()
}

/// The sign of a kind: the form of its sort; the second of a sort is hollow, the third has a slit, the fourth two.
pub fn marks(look: &Look<'_>, kind: &MessageSpec, r: f64) -> Vec<Mark> {
    let mut marks = vec![mark("form", role(kind), form(kind, r))];
    let slit =
        |key: &'static str, x: f64| mark(key, Role::Paper, Shape::rect(x - 0.8, -1.2 * r, 1.6, 2.4 * r, 0.0));
    match place(look, kind) % 4 {
        0 => {}
        1 => marks.push(mark("hole", Role::Paper, form(kind, r * 0.5))),
        2 => marks.push(slit("slit", 0.0)),
        _ => marks.extend([slit("slit", -0.35 * r), slit("slit2", 0.35 * r)]),
    }
    marks
}

/// The stroke of a sort of message.
pub fn dash(kind: &MessageSpec) -> Dash {
    match kind.role {
        MessageRole::Request | MessageRole::Write => Dash::Solid,
        MessageRole::Response | MessageRole::Read => Dash::Dashed,
        MessageRole::Ack | MessageRole::Repair => Dash::DashDot,
        MessageRole::Background => Dash::Dotted,
    }
}

#[cfg(test)]
mod tests {
    use splitbrain::labs::LABS;

    #[test]
    fn four_signs_are_enough_for_every_sort_of_every_lab() {
        for lab in LABS {
            let kinds = lab.meta().kinds;
            for kind in kinds {
                let alike = kinds.iter().filter(|other| other.role == kind.role).count();
                assert!(alike <= 4, "{} has {alike} kinds that look like {}", lab.meta().id, kind.word);
            }
        }
    }
}
