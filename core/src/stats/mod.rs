//! Figures of a run: tallies, series, exact quantiles.

/// Values over time: what a chart draws.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Series {
    /// Its name.
    pub name: &'static str,
    /// The unit of the values: `us`, or what is counted.
    pub unit: &'static str,
    /// Time in µs, and the value then.
    pub points: Vec<(u64, i64)>,
}
