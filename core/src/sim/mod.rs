//! The kernel: a discrete-event simulator whose every choice is a pure function of the seed.

pub mod dice;
pub mod dist;
pub mod observe;
pub mod protocol;
