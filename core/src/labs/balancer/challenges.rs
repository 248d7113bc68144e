//! stub
use crate::lab::Challenge;
/// stub
pub static CHALLENGES: &[Challenge] = &[];
