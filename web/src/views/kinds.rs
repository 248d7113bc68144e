//! How kinds of message look, everywhere alike: a colour, a form and a stroke for each sort of kind.

use crate::scene::{Dash, Mark, Role, Shape, mark};
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

/// The form of a sort of message.
pub fn shape(kind: &MessageSpec, x: f64, y: f64, r: f64) -> Shape {
    match kind.role {
        MessageRole::Request | MessageRole::Response => Shape::Circle { x, y, r },
        MessageRole::Write => Shape::Square { x, y, r },
        MessageRole::Read => Shape::Triangle { x, y, r },
        MessageRole::Ack | MessageRole::Repair => Shape::Diamond { x, y, r },
        MessageRole::Background => Shape::Circle { x, y, r: r * 0.6 },
    }
}

/// The form with what tells sorts of one form apart: answers have a hole, repairs a bar.
pub fn marks(kind: &MessageSpec, r: f64) -> Vec<Mark> {
    let mut marks = vec![mark("form", role(kind), shape(kind, 0.0, 0.0, r))];
    match kind.role {
        MessageRole::Response => marks.push(mark("hole", Role::Paper, Shape::circle(0.0, 0.0, r * 0.4))),
        MessageRole::Repair => {
            marks.push(mark("bar", Role::Paper, Shape::rect(-r * 0.5, -0.8, r, 1.6, 0.0)));
        }
        _ => {}
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
