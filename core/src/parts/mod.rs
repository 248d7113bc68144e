//! The vocabulary of distributed systems: one technique a file, pure state machines that labs compose.
//!
//! A part has no kernel, clock or luck of its own: it is told the time (`now_us`, virtual microseconds) and, where
//! chance is needed, given a die (`die`, 64 uniform bits).

pub mod dotted;
pub mod hints;
pub mod lww;
pub mod merkle;
pub mod pbs;
pub mod quorum;
pub mod siblings;
pub mod version_vector;
