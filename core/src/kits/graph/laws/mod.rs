//! Promises that labs of services make: each is a small state machine that a meter feeds, with a light of its own.

mod disturbed;
mod once;
mod overload;
mod recovery;
mod useful;
mod within;

pub use disturbed::Disturbed;
pub use once::Once;
pub use overload::Overload;
use recovery::Recovery;
pub use recovery::Usual;
pub use useful::Useful;
pub use within::Within;
