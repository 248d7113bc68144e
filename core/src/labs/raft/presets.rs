//! Scenarios worth opening, in an order in which they tell the story.

use crate::lab::{Preset, preset};

/// The presets, the default first.
pub static PRESETS: &[Preset] = &[
    preset("first", "The first election", "Five servers start without a leader; one of them times out first and asks for votes.", "raft"),
];
