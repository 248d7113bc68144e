//! What is held for a time: whoever grants it, what it protects, and who believes that it holds it.
//!
//! A lab keeps its messages, its roles and its laws. Its service holds a [`Desk`], its resource a [`Guarded`], its laws [`Beliefs`].

mod beliefs;
mod desk;
mod guarded;

pub use beliefs::{Beliefs, Taken, older_after_newer};
pub use desk::{Book, Desk, DeskFacts, Holder};
pub use guarded::{Guarded, GuardedFacts, STEP_US, Token};
