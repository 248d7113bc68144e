//! Scenarios worth opening, in an order in which they tell the story.

use crate::lab::Preset;

const fn preset(id: &'static str, title: &'static str, sentence: &'static str, link: &'static str) -> Preset {
    Preset { id, title, sentence, link }
}

/// The presets.
pub const PRESETS: &[Preset] = &[
    preset("majority", "Three replicas, quorums of two", "Every read meets every finished write: W + R > N.", "quorum"),
    preset(
        "stale",
        "One is enough for both, and a cut",
        "W = R = 1: while n1 is cut off, a client on the other side reads what it has long replaced.",
        "quorum?w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal",
    ),
    preset(
        "refused",
        "A majority under a cut",
        "W = R = 2: the side without a majority refuses, the other goes on, and no read is stale.",
        "quorum?do=1s:cut:n1-n2.n3,2s:heal",
    ),
];
