//! Splitbrain's models: protocols and their failures, pure and deterministic, with no browser, clock, entropy or file in sight.
//!
//! The path of data: a link is read into a [`scenario::Scenario`], checked at the door, run by its [`lab::Lab`] on the
//! kernel in [`sim`], and comes out as a [`lab::Outcome`]: a [`trace`], figures, and a light for each promise.

pub mod acts;
#[cfg(test)]
mod anything;
pub mod cast;
pub mod chance;
pub mod check;
pub mod counted;
mod declare;
pub mod edit;
pub mod history;
pub mod kits;
pub mod lab;
pub mod labs;
pub mod link;
pub mod many;
pub mod outcome;
pub mod params;
pub mod parts;
pub mod scenario;
pub mod sim;
pub mod sorted;
pub mod stats;
pub mod tell;
pub mod time;
pub mod trace;
mod unseen;
pub mod words;
