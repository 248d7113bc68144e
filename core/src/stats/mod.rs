//! Figures of a run and of many: series, exact moments and quantiles.

mod level;
mod log_histogram;
mod name;
mod points;
mod sample;
mod series;

pub use level::Level;
pub use log_histogram::LogHistogram;
pub use name::Name;
pub use points::Points;
pub use sample::{EXACT_VALUES, Sample, Summary};
pub use series::{Series, SeriesRecorder, rounded};
