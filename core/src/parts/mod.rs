//! The vocabulary of distributed systems: one technique a file, pure state machines that labs compose.

pub mod pbs;
