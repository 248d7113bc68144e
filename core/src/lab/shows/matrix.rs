//! Counts in rows and columns: who asked, and what became of it.

use super::{Fate, SeriesKey};

/// A table of counts.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// What it is about.
    pub title: &'static str,
    /// What a row is, in a word: `tenant`.
    pub row: &'static str,
    /// What several are.
    pub rows_are: &'static str,
    /// Its columns.
    pub columns: Vec<MatrixColumn>,
    /// Its rows.
    pub rows: Vec<MatrixRow>,
}

/// A column of [`Matrix`].
#[derive(Clone, Copy, Debug)]
pub struct MatrixColumn {
    /// What stands above it.
    pub name: &'static str,
    /// What became of it; none of what is only counted.
    pub fate: Option<Fate>,
    /// The column of which its counts are shares.
    pub share_of: Option<usize>,
}

/// A row of [`Matrix`].
#[derive(Clone, Debug)]
pub struct MatrixRow {
    /// Whose.
    pub name: String,
    /// A series for each column, which runs up as the run goes on.
    pub counts: Vec<SeriesKey>,
}
