//! A run told: in words, by what stood at a moment, by causes, and beside another.

mod conditions;
mod difference;
mod standing;
mod text;
mod why;

pub use conditions::{Conditions, Points, Span, SpanKind, spans};
pub use difference::{Difference, first_difference};
pub use standing::Standing;
pub use text::{Line, Transcript};
pub use why::{Step, argument, why};
