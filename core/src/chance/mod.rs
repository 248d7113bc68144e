//! Chance: dice, each a pure function of the seed, and the distributions that they are thrown for.

pub mod dice;
pub mod dist;
