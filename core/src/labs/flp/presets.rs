//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "own-coin",
        "Ben-Or",
        "Three processes, delays by dice, a coin for each: they agree within a few phases.",
        "flp",
    ),
    preset(
        "forever",
        "For ever",
        "No coin, and a scheduler that shows everybody both values: nobody crashes, everything arrives, and nobody ever decides.",
        "flp?coin=keep&scheduler=split&for=1.2s",
    ),
    preset(
        "coin",
        "A coin ends it",
        "The same scheduler against coins: sooner or later three fall alike, and there is nothing left to mix.",
        "flp?scheduler=split",
    ),
    preset(
        "common",
        "A coin in common",
        "All see one coin: after the first phase everybody has the same value, and in the second all decide.",
        "flp?coin=common&scheduler=split",
    ),
    preset(
        "two-of-three",
        "Two of three",
        "One is down from the start; the other two decide without its vote.",
        "flp?do=0ms:crash:n3",
    ),
    preset(
        "fair",
        "Luck instead of a coin",
        "No coin, but delays by dice: who hears whom first is luck enough to end it.",
        "flp?coin=keep",
    ),
    preset(
        "sync",
        "In time",
        "No coin either, but nothing comes late: all hear the same three reports, and decide at once.",
        "flp?coin=keep&scheduler=sync",
    ),
    preset(
        "unanimous",
        "Of one mind",
        "All begin with 0: one phase, whatever the scheduler does.",
        "flp?ones=0&scheduler=split",
    ),
    preset(
        "paused",
        "As slow as a crash",
        "The others cannot tell a pause from a crash: they decide without n3, which follows when it wakes.",
        "flp?scheduler=sample&do=1ms:pause:n3:60ms",
    ),
    preset(
        "mid-sentence",
        "Two crash in mid-sentence",
        "Of five, n1 crashes having reported to two, n2 having proposed to one: the other three agree all the same.",
        "flp?n=5&t=2&ones=2&scheduler=sample&do=0ms:fail:n1:report:2,0ms:fail:n2:proposal:1",
    ),
    preset(
        "too-many",
        "One crash too many",
        "Two of three are down, and the protocol bears one: n1 waits for ever, rather than decide alone.",
        "flp?do=0ms:crash:n2,0ms:crash:n3",
    ),
    preset(
        "hasty",
        "Too hasty",
        "One proposal decides instead of two: one process decides 0, the other two have not heard it, and their coins say 1.",
        "flp?decide=one&scheduler=sample&seed=87",
    ),
    preset(
        "undone",
        "Decided twice",
        "A process that decided on a single proposal hears of another value a phase later, and decides on that, too.",
        "flp?decide=one&scheduler=sample&seed=98",
    ),
];
