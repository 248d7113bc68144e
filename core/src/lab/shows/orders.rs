//! In which order each process delivers, applies or sees the same things.

use super::FactId;
use crate::cast::Sort;

/// Things that several processes take in, each in an order of its own.
#[derive(Clone, Debug)]
pub struct Orders {
    /// What its picture is about: `deliveries`.
    pub title: &'static str,
    /// Who takes them in.
    pub sort: Sort,
    /// The thing that a process takes in at a place, in words by which it is known everywhere; the fact's index is the place, from 0.
    pub taken: FactId,
    /// What it made of it, beside it and only here; by the same index.
    pub made: Option<FactId>,
    /// What it does with them, as a verb: `delivers`.
    pub takes: &'static str,
}
