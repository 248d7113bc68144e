//! Splitbrain's models.
pub mod check;
pub mod parts;
pub mod sim;
pub mod stats;
pub mod time;
