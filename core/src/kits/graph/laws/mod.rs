//! Promises that labs of services make: each is a small state machine that a meter feeds, with a light of its own.

mod once;
mod overload;
mod recovery;

pub use once::Once;
pub use overload::Overload;
pub use recovery::{Recovery, Usual};
