//! Charts: numbers as lines, steps and stacks, drawn by plotters into a scene, with the same numbers as a table.

mod backend;
pub mod data;
mod legend;
mod plotting;
pub mod scale;
mod table;

use crate::markup::Element;
use crate::scene::{Anchor, Dash, Mark, Role, Scene, Shape, mark};
use crate::text_width::text_width;
use data::Point;
use plotting::draw_plot;
use scale::{Scale, short_number};

/// A chart as data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// Unique on the page.
    pub id: String,
    /// What it shows: a heading in the picture.
    pub title: String,
    /// Across.
    pub x: Axis,
    /// Up.
    pub y: Axis,
    /// What is drawn, in order; stacked series lie on the stacked series before them.
    pub series: Vec<ChartSeries>,
    /// Moments to compare with: the time of a cue, where a pointer reads.
    pub rules: Vec<Rule>,
    /// Stretches of x that are shaded: an outage, a partition.
    pub bands: Vec<ShadedRange>,
    /// Where the run stands: a line, and each series' value there beside its name.
    pub cursor: Option<f64>,
}

/// An axis of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What it measures.
    pub label: String,
    /// In what unit; empty for counts.
    pub unit: String,
    /// Its ends; where there are none it holds all values, and y begins at 0.
    pub range: Option<(f64, f64)>,
}

/// One series.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSeries {
    /// Its name in the legend and the table.
    pub name: String,
    /// What it is: mostly `Role::series(n)`; verdicts have their own.
    pub role: Role,
    /// Its form.
    pub draw: Draw,
    /// Its points, by x in rising order.
    pub points: Vec<Point>,
    /// Its place among the series that might be there: its stroke and its sign follow from it, whichever others are.
    pub place: usize,
    /// The least and the greatest value for which its legend keeps room.
    pub extent: (f64, f64),
    /// What its legend says at the cursor, where the line is cut off below its true value.
    pub told: Option<f64>,
}

/// The form of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// Straight from point to point.
    Line,
    /// Level until the next point: what holds until it changes.
    Step,
    /// A filled layer on the stacked series before it. Stacked series have points at the same places.
    Stacked,
}

/// A moment to compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Where it is, on x.
    pub value: f64,
    /// Said beside it.
    pub label: String,
    /// What it is.
    pub role: Role,
}

/// A shaded stretch of x.
#[derive(Clone, Debug, PartialEq)]
pub struct ShadedRange {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Said on hover.
    pub label: String,
}

/// A chart drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartPicture {
    /// The picture.
    pub scene: Scene,
    /// Where in the picture which values are.
    pub plot: Plot,
    /// The same numbers as an HTML table.
    pub table: Element,
}

/// The part of a chart in which values are places.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Left edge, in the picture's units.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Across.
    pub x: Scale,
    /// Up.
    pub y: Scale,
}

/// Values at the axis have room for "1,000": charts below each other have one left edge, so that equal moments are below each other.
const LEAST_LABELS: f64 = 36.0;

impl Axis {
    /// A linear axis that holds all values.
    pub fn new(label: impl Into<String>, unit: impl Into<String>) -> Axis {
        Axis { label: label.into(), unit: unit.into(), range: None }
    }

    /// The same with fixed ends, so that it doesn't move while values change.
    pub fn range(self, low: f64, high: f64) -> Axis {
        Axis { range: Some((low, high)), ..self }
    }

    fn caption(&self) -> String {
        if self.unit.is_empty() { self.label.clone() } else { format!("{} ({})", self.label, self.unit) }
    }
}

impl ChartSeries {
    /// A series with the role of its place among the others.
    pub fn new(index: usize, name: impl Into<String>, draw: Draw, points: Vec<Point>) -> ChartSeries {
        let values = points.iter().map(|point| point.1);
        let extent = (values.clone().fold(0.0, f64::min), values.fold(0.0, f64::max));
        ChartSeries {
            name: name.into(),
            role: Role::series(index),
            draw,
            points,
            place: index,
            extent,
            told: None,
        }
    }

    /// The same as something else than the n-th series.
    pub fn role(self, role: Role) -> ChartSeries {
        ChartSeries { role, ..self }
    }

    /// Its value at an x: that of the last point at or before it for steps, between its neighbours for lines and stacks. `None` outside.
    pub fn value_at(&self, x: f64) -> Option<f64> {
        let after = self.points.partition_point(|point| point.0 <= x);
        let before = self.points.get(after.checked_sub(1)?)?;
        match self.draw {
            Draw::Step => Some(before.1),
            Draw::Line | Draw::Stacked => match self.points.get(after) {
                Some(next) => Some(before.1 + (next.1 - before.1) * (x - before.0) / (next.0 - before.0)),
                None => Some(before.1).filter(|_| before.0 == x),
            },
        }
    }
}

impl Plot {
    /// The x value under a place of the picture, or `None` beside the plot.
    pub fn value_at(&self, x: f64) -> Option<f64> {
        let share = (x - self.left) / self.width;
        (0.0..=1.0).contains(&share).then(|| self.x.value(share))
    }

    /// Where a value stands in the picture.
    pub fn place(&self, (x, y): Point) -> (f64, f64) {
        (self.left + self.width * self.x.share(x), self.top + self.height * (1.0 - self.y.share(y)))
    }
}

impl Chart {
    /// A chart without series.
    pub fn new(id: impl Into<String>, title: impl Into<String>, x: Axis, y: Axis) -> Chart {
        Chart { id: id.into(), title: title.into(), x, y, ..Chart::default() }
    }

    /// Adds a series.
    pub fn series(mut self, series: ChartSeries) -> Chart {
        self.series.push(series);
        self
    }

    /// Reaches as high and as far as another chart of the same kind, which stands beside it, and keeps as much room for its legend: then equal
    /// places are equal values.
    pub fn on_one_scale_with(mut self, other: &Chart) -> Chart {
        for series in &mut self.series {
            if let Some(same) = other.series.iter().find(|other| other.name == series.name) {
                series.extent = (series.extent.0.min(same.extent.0), series.extent.1.max(same.extent.1));
            }
        }
        if self.y.range.is_none() {
            self.y.range = Some((0.0, self.top().max(other.top())));
        }
        if let (Some(own), Some(others)) = (self.x.range, other.x.range) {
            self.x.range = Some((own.0.min(others.0), own.1.max(others.1)));
        }
        self
    }

    /// Draws it, `width` by `height` units: the same bytes wherever it runs.
    pub fn draw(&self, width: f64, height: f64) -> ChartPicture {
        let legend = legend::rows(self, width);
        let top = 24.0 + legend.height + 22.0;
        let (y, x) = (self.y_scale((height - top) / 40.0), self.x_scale(width / 90.0));
        let widest = y.ticks.iter().map(|tick| text_width(&y.label(*tick), 12.0)).fold(0.0, f64::max);
        let left = widest.ceil().max(LEAST_LABELS) + 14.0;
        let bottom = height - 44.0;
        assert!(
            bottom - top > 40.0 && width - left > 80.0,
            "a chart of {width} by {height} has no room for its plot"
        );
        let plot = Plot { left, top, width: width - left - 16.0, height: bottom - top, x, y };

        let mut scene =
            Scene::new(self.id.clone(), width, height, self.title.clone()).describe(self.sentence());
        let heading = Shape::text(0.0, 14.0, self.title.as_str(), Anchor::Start).sized(14.0).bold();
        scene.push(mark("heading", Role::Ink, heading));
        scene.marks.extend(legend.marks);
        scene.push(words("y-label", Shape::text(0.0, top - 10.0, self.y.caption(), Anchor::Start)));
        scene.push(words("x-label", Shape::text(width - 16.0, height - 6.0, self.x.caption(), Anchor::End)));
        for (index, band) in self.bands.iter().enumerate() {
            let (from, to) = (plot.place((band.from, plot.y.low)).0, plot.place((band.to, plot.y.low)).0);
            let shape = Shape::Band { x: from, y: top, width: (to - from).max(1.0), height: plot.height };
            scene.push(mark(format!("band-{index}"), Role::Band, shape).title(band.label.clone()));
        }
        draw_plot(self, &plot, (width, height), &mut scene.marks);
        // One value alone makes no line.
        for (index, series) in self.series.iter().enumerate().filter(|(_, s)| s.draw != Draw::Stacked) {
            if let [only] = series.points.as_slice() {
                let (x, y) = plot.place(*only);
                let shape = Shape::nth(series.place, x, y, 4.0);
                scene.push(mark(format!("only-{index}"), series.role, shape).title(series.name.clone()));
            }
        }
        self.draw_rules(&plot, &mut scene.marks);
        ChartPicture { scene, plot, table: table::table(self) }
    }

    fn x_scale(&self, count: f64) -> Scale {
        let places = self.series.iter().flat_map(|series| series.points.iter().map(|point| point.0));
        let (low, high) = self.x.range.unwrap_or_else(|| extent(places));
        Scale::linear(low, high, count as usize, false)
    }

    fn y_scale(&self, count: f64) -> Scale {
        let (low, high) = self.y.range.unwrap_or_else(|| {
            let (low, high) = extent(self.heights());
            (low.min(0.0), high)
        });
        Scale::linear(low, high, (count as usize).max(2), true)
    }

    /// Every height that is drawn: of lines, and of layers on those below them.
    fn heights(&self) -> impl Iterator<Item = f64> {
        let tops = self.layers().into_iter().flatten().flatten().map(|(_, _, top)| top);
        self.series.iter().flat_map(|series| series.points.iter().map(|point| point.1)).chain(tops)
    }

    /// The greatest height that is drawn.
    pub fn top(&self) -> f64 {
        self.heights().fold(0.0, f64::max)
    }

    /// For each stacked series its (x, bottom, top); `None` for the others.
    fn layers(&self) -> Vec<Option<Vec<(f64, f64, f64)>>> {
        let mut sums: Vec<f64> = Vec::new();
        self.series
            .iter()
            .map(|series| {
                if series.draw != Draw::Stacked {
                    return None;
                }
                sums.resize(series.points.len().max(sums.len()), 0.0);
                let layer = series.points.iter().zip(&mut sums).map(|((x, y), sum)| {
                    let bottom = *sum;
                    *sum += y;
                    (*x, bottom, *sum)
                });
                Some(layer.collect())
            })
            .collect()
    }

    fn draw_rules(&self, plot: &Plot, marks: &mut Vec<Mark>) {
        let bottom = plot.top + plot.height;
        for (index, rule) in self.rules.iter().enumerate() {
            let at = plot.place((rule.value, plot.y.low));
            let line = Shape::dashed((at.0, plot.top), (at.0, bottom), Dash::Dashed);
            marks.push(mark(format!("rule-{index}"), rule.role, line));
            let anchor = if at.0 > plot.left + plot.width / 2.0 { Anchor::End } else { Anchor::Start };
            let aside = if anchor == Anchor::End { -5.0 } else { 5.0 };
            let label = Shape::text(at.0 + aside, plot.top + 11.0, rule.label.as_str(), anchor);
            marks.push(mark(format!("rule-label-{index}"), rule.role, label.halo()));
        }
        let Some(cursor) = self.cursor else { return };
        let x = plot.place((cursor, plot.y.low)).0;
        marks.push(mark("cursor", Role::Accent, Shape::line((x, plot.top), (x, bottom))));
        for (index, series) in self.series.iter().enumerate() {
            let value = series.value_at(cursor).filter(|_| matches!(series.draw, Draw::Line | Draw::Step));
            if let Some(value) = value {
                let (x, y) = plot.place((cursor, value));
                marks.push(mark(format!("cursor-{index}"), series.role, Shape::nth(series.place, x, y, 4.0)));
            }
        }
    }

    /// What the picture shows now, in words: for each of the first series its last value and its peak.
    fn sentence(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for series in self.series.iter().take(4) {
            let Some((_, last)) = series.points.last() else {
                parts.push(format!("{}: nothing", series.name));
                continue;
            };
            let peak =
                short_number(series.points.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max));
            parts.push(format!("{}: {} at the end, highest {peak}", series.name, short_number(*last)));
        }
        let more = self.series.len().saturating_sub(4);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        format!("{} over {}. {}{more}.", self.y.caption(), self.x.caption(), parts.join("; "))
    }
}

/// Words beside the plot, of lesser weight.
fn words(key: &str, shape: Shape) -> Mark {
    mark(key, Role::InkSoft, shape)
}

fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let ends = values.filter(|value| value.is_finite()).fold(None, |ends: Option<(f64, f64)>, value| {
        Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
    });
    ends.unwrap_or((0.0, 1.0))
}

#[cfg(test)]
mod tests;
