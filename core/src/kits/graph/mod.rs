//! Services under load: what callers and servers tell of calls and work, and the ledger that counts it.
//!
//! Roles are a lab's own, and say what they do by [`Mark`]s. A lab's meter hands them to a [`Ledger`], which has what charts, pictures and figures
//! are made of; what is peculiar to a lab, its laws above all, it goes on to watch itself.

mod ledger;
mod mark;

pub use ledger::{Charts, Count, Ledger, LevelOf, Shape, Span};
pub use mark::{Ending, HopId, Level, Mark, Stop, Swept, TierId};
