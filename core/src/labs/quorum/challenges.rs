//! stub
use crate::lab::Challenge;
/// stub
pub const CHALLENGES: &[Challenge] = &[];
