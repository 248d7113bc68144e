//! Figures of a run: tallies, series, exact quantiles.
