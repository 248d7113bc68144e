//! Promises that labs of services make: each is a small state machine that a meter feeds, with a light of its own.

mod disturbed;
mod floor;
mod healthy;
mod herd;
mod legal;
mod once;
mod overload;
mod recovery;
mod share;
mod spared;
mod useful;
mod within;

pub use disturbed::Disturbed;
pub use floor::Floor;
pub use healthy::Healthy;
pub use herd::Gathering;
pub use legal::Legal;
pub use once::Once;
pub use overload::Overload;
use recovery::Recovery;
pub use recovery::Usual;
pub use share::Share;
pub use spared::Spared;
pub use useful::Useful;
pub use within::Within;
