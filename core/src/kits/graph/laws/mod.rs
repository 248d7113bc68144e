//! Promises that labs of services make: each is a small state machine that a meter feeds, with a light of its own.

mod disturbed;
mod floor;
mod once;
mod overload;
mod recovery;

pub use disturbed::Disturbed;
pub use floor::Floor;
pub use once::Once;
pub use overload::Overload;
use recovery::Recovery;
pub use recovery::Usual;
