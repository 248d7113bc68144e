//! Small charts of the series that views of load read: columns over the whole run, the cursor through them, the figure there above.

use super::Look;
use crate::chart::scale::short_number;
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Shape, mark};
use crate::text_width::{bold_text_width, fit_text, text_width};
use splitbrain::lab::Outcome;
use splitbrain::lab::shows::SeriesKey;
use splitbrain::stats::Series;

/// How the points of a column become one value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fold {
    /// Their mean: rates and shares.
    Mean,
    /// The greatest: what waits, what is slowest.
    Most,
}

/// A value over the whole run, in columns of equal time; none where nothing was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// The values.
    pub values: Vec<Option<f64>>,
    /// How long a column is, in µs.
    pub each_us: u64,
    /// The greatest of them and of those of the run beside this one: charts of both reach as high.
    pub reach: f64,
}

impl Columns {
    /// The sum of these series as fine as a small chart shows it.
    pub fn small(look: &Look<'_>, keys: &[SeriesKey], fold: Fold) -> Columns {
        Columns::of(look, keys, if look.width < 600 { 50 } else { 90 }, fold)
    }

    /// The sum of these series in at most `most` columns.
    pub fn of(look: &Look<'_>, keys: &[SeriesKey], most: usize, fold: Fold) -> Columns {
        // Two runs beside each other have the same columns.
        let ended_us = look.ended_us().max(1);
        let outcomes = || std::iter::once(look.outcome).chain(look.beside.map(|beside| beside.outcome));
        let found = |outcome| found(outcome, keys);
        // A column has whole bins, so that rates are not torn: the step of the series decides.
        let steps = outcomes().flat_map(|outcome| found(outcome).into_iter().filter_map(step).min());
        let step_us = steps.min().unwrap_or(ended_us);
        let bins = ended_us.div_ceil(step_us).max(1);
        let narrow = bins.div_ceil(most.max(1) as u64);
        let steady_us = outcomes().map(|outcome| steady_us(&found(outcome), ended_us)).max().unwrap_or(0);
        let steady = steady_us.div_ceil(step_us).min(bins.div_ceil(LEAST_COLUMNS));
        Columns::by(look, keys, step_us * narrow.max(steady).max(1), fold)
    }

    /// The sum of these series in columns of this length.
    pub fn by(look: &Look<'_>, keys: &[SeriesKey], each_us: u64, fold: Fold) -> Columns {
        let ended_us = look.ended_us().max(1);
        let mut values = vec![None; ended_us.div_ceil(each_us) as usize];
        for series in found(look.outcome, keys) {
            fold_into(&mut values, series, each_us, fold);
        }
        let most = values.iter().flatten().copied().fold(0.0, f64::max);
        let reach = look.other().map_or(0.0, |look| Columns::by(&look, keys, each_us, fold).reach);
        Columns { values, each_us, reach: reach.max(most) }
    }

    /// The value of the column that holds a time.
    pub fn at(&self, at_us: u64) -> Option<f64> {
        let place = ((at_us / self.each_us) as usize).min(self.values.len().saturating_sub(1));
        self.values.get(place).copied().flatten()
    }

    /// The greatest.
    pub fn most(&self) -> f64 {
        self.values.iter().flatten().copied().fold(0.0, f64::max)
    }
}

/// Those of these series that the run has.
fn found<'a>(outcome: &'a Outcome, keys: &[SeriesKey]) -> Vec<&'a Series> {
    keys.iter().filter_map(|key| outcome.series(key.0)).collect()
}

/// A column of a rate holds so many events on average, that chance does not make a saw of it; but there are so many columns at the least.
const STEADY_EVENTS: f64 = 8.0;
const LEAST_COLUMNS: u64 = 24;

/// How long it takes for so many events, where these are rates; else nothing.
fn steady_us(series: &[&Series], ended_us: u64) -> u64 {
    let rates = series.iter().filter(|series| series.unit == "a second");
    let mean = |series: &&Series| {
        series.points.iter().map(|point| point.1 as f64).sum::<f64>() / series.points.len().max(1) as f64
    };
    let rate: f64 = rates.map(mean).sum();
    if rate <= 0.0 { 0 } else { ((STEADY_EVENTS * 1e6 / rate) as u64).min(ended_us) }
}

/// The time between points, where they are evenly spaced bins.
fn step(series: &Series) -> Option<u64> {
    let gaps = series.points.windows(2).take(16).map(|pair| pair[1].0 - pair[0].0);
    gaps.filter(|gap| *gap > 0).min()
}

fn fold_into(values: &mut [Option<f64>], series: &Series, each_us: u64, fold: Fold) {
    let mut points = series.points.as_slice();
    for (place, value) in values.iter_mut().enumerate() {
        let end_us = (place as u64 + 1) * each_us;
        let count = points.iter().take_while(|point| point.0 < end_us).count();
        let (own, rest) = points.split_at(count);
        points = rest;
        if own.is_empty() {
            continue;
        }
        let numbers = own.iter().map(|point| point.1 as f64);
        let own = match fold {
            Fold::Mean => numbers.sum::<f64>() / count as f64,
            Fold::Most => numbers.fold(f64::NEG_INFINITY, f64::max),
        };
        *value = Some(value.unwrap_or(0.0) + own);
    }
}

/// A number with its unit as a cell says it: µs as a duration, shares with their sign, rates a second.
pub fn words(value: f64, unit: &str) -> String {
    match unit {
        "us" if value >= 1e6 => format!("{} s", short_number(value / 1e6)),
        "us" => format!("{} ms", short_number(value / 1e3)),
        "%" => format!("{} %", short_number(libm::round(value))),
        "/s" => format!("{}/s", short_number(value)),
        _ => short_number(libm::round(value)),
    }
}

/// A small chart: a heading, the figure at the cursor, one or two lines over the run.
pub struct Cell<'a> {
    /// Its key in the picture.
    pub key: String,
    /// What it shows, in a word or two.
    pub heading: &'a str,
    /// The unit: `us`, `%`, `/s`, or nothing for counts.
    pub unit: &'static str,
    /// The filled line, whose value stands above.
    pub main: Columns,
    /// A second, dashed line over it.
    pub above: Option<Columns>,
    /// What the main line is.
    pub role: Role,
    /// The top of the scale, where it is fixed.
    pub top: Option<f64>,
}

/// How high a cell is.
pub const CELL: f64 = 66.0;

impl Cell<'_> {
    /// Draws it at a place, so wide.
    pub fn draw(&self, look: &Look<'_>, (x, y): (f64, f64), width: f64) -> Mark {
        let at = self.main.at(look.cursor.at_us);
        let most = self.main.most().max(self.above.as_ref().map_or(0.0, Columns::most));
        let reach = self.main.reach.max(self.above.as_ref().map_or(0.0, |above| above.reach));
        let top = self.top.unwrap_or(reach).max(1e-9);
        let (high, low) = (34.0, CELL - 8.0);
        let now = at.map_or("–".to_owned(), |value| words(value, self.unit));
        let heading = fit_text(self.heading, 12.0, width);
        let mut parts = vec![
            mark("heading", Role::InkSoft, Shape::text(0.0, 11.0, heading, Anchor::Start)),
            mark("now", Role::Ink, Shape::text(0.0, 27.0, now.clone(), Anchor::Start).sized(13.0).bold()),
        ];
        let peak = format!("max {}", words(most, self.unit));
        if bold_text_width(&now, 13.0) + text_width(&peak, 12.0) + 8.0 < width {
            parts.push(mark("peak", Role::InkSoft, Shape::text(width, 27.0, peak.clone(), Anchor::End)));
        }
        parts.push(mark("base", Role::Axis, Shape::line((0.0, low), (width, low))));
        // Where nothing was measured the filled line is on the ground, and the other is not drawn.
        let line = |columns: &Columns, ground: bool| {
            let step = width / columns.values.len().max(1) as f64;
            let height = |value: f64| low - (low - high) * (value / top).min(1.0);
            let values = columns.values.iter().map(|value| value.or(ground.then_some(0.0))).enumerate();
            let known = values.filter_map(|(i, value)| Some((i as f64 * step, height(value?))));
            known.flat_map(|(x, y)| [(x, y), (x + step, y)]).collect::<Vec<_>>()
        };
        let mut points = line(&self.main, true);
        points.insert(0, (0.0, low));
        points.push((width, low));
        let shape = Shape::Path { points, curve: Curve::Straight, dash: Dash::Solid, closed: true };
        parts.push(mark("line", self.role, shape));
        if let Some(above) = &self.above {
            let shape = Shape::Path {
                points: line(above, false),
                curve: Curve::Straight,
                dash: Dash::Dashed,
                closed: false,
            };
            parts.push(mark("above", Role::Ink, shape));
        }
        let share = look.cursor.at_us as f64 / look.ended_us().max(1) as f64;
        let cursor = width * share.min(1.0);
        parts.push(mark("cursor", Role::Accent, Shape::line((cursor, high - 3.0), (cursor, low))));
        let title = format!("{}: {now} at the cursor, {peak}", self.heading);
        mark(self.key.clone(), self.role, Shape::Group(parts)).at(x, y).title(title)
    }

    /// Its figure at the cursor, for tables.
    pub fn now(&self, look: &Look<'_>) -> String {
        self.main.at(look.cursor.at_us).map_or("–".to_owned(), |value| words(value, self.unit))
    }

    /// Its greatest figure, for tables.
    pub fn peak(&self) -> String {
        words(self.main.most().max(self.above.as_ref().map_or(0.0, Columns::most)), self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fold_whole_bins() {
        let points: Vec<(u64, i64)> = (0..10).map(|i| (i * 100, i as i64)).collect();
        let series = Series { name: "s".into(), unit: "", points: points.into() };
        let mut values = vec![None; 5];
        fold_into(&mut values, &series, 200, Fold::Most);
        assert_eq!(values, [Some(1.0), Some(3.0), Some(5.0), Some(7.0), Some(9.0)]);
        let mut values = vec![None; 2];
        fold_into(&mut values, &series, 500, Fold::Mean);
        assert_eq!(values, [Some(2.0), Some(7.0)]);
        fold_into(&mut values, &series, 500, Fold::Mean);
        assert_eq!(values, [Some(4.0), Some(14.0)], "several series add up");
    }
}
