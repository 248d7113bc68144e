//! Charts read at a moment that the reader points at: which moments there are, which is under the pointer, and what the series say there.

use super::{HEIGHT, chart, chart_beside, groups, seconds};
use crate::chart::scale::short_number;
use crate::views::Look;
use splitbrain::lab::Outcome;

/// The moments at which anything was measured, in µs, in order.
pub fn moments(outcome: &Outcome) -> Vec<u64> {
    let shown = outcome.series.iter().filter(|series| !series.is_gauge());
    let points = shown.flat_map(|series| series.points.iter().map(|(at_us, _)| *at_us));
    let mut moments: Vec<u64> = points.collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// The moment under a place of the picture, in µs.
pub fn moment_at(look: &Look<'_>, (x, y): (f64, f64)) -> Option<u64> {
    let groups = groups(look);
    let place = (y / (HEIGHT + super::GAP)).max(0.0) as usize;
    let (unit, group) = groups.get(place)?;
    let plot = chart_beside(look, place, unit, group).draw(f64::from(look.width), HEIGHT).plot;
    plot.value_at(x).map(|seconds| (seconds * 1e6) as u64)
}

/// What every series says at a moment, in words.
pub fn words(look: &Look<'_>, at_us: u64) -> String {
    let mut parts = Vec::new();
    for (place, (unit, group)) in groups(look).iter().enumerate() {
        let chart = chart(look, place, unit, group);
        let unit = if *unit == "us" { "ms" } else { unit };
        parts.extend(chart.series.iter().map(|series| match series.value_at(seconds(at_us)) {
            Some(value) => format!("{} {} {unit}", series.name, short_number(value)),
            None => format!("{}: nothing yet", series.name),
        }));
    }
    format!("{}: {}", look.moment(at_us), parts.join("; "))
}
