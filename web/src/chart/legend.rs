//! Names of series above the plot, each with a sample of its form and its value at the cursor.

use super::scale::short_number;
use super::{Chart, ChartSeries, Draw};
use crate::scene::{Anchor, Dash, Mark, Role, Shape, mark};
use crate::text_width::{bold_text_width, text_width};

/// A legend laid out.
pub struct Legend {
    /// Its marks, below the heading.
    pub marks: Vec<Mark>,
    /// How much room its rows take.
    pub height: f64,
}

/// Between a name and its value.
const GAP: f64 = 6.0;

/// Lays the names out in as many rows as they need. One series without a cursor is named by the chart's title.
pub fn rows(chart: &Chart, width: f64) -> Legend {
    let (mut x, mut y) = (0.0, 34.0);
    let mut marks = Vec::new();
    if chart.series.len() < 2 && chart.cursor.is_none() || chart.series.is_empty() {
        return Legend { marks, height: 0.0 };
    }
    for (index, series) in chart.series.iter().enumerate() {
        let name = text_width(&series.name, 12.0);
        // Room for the widest value, so that nothing moves while the cursor does.
        let room = if chart.cursor.is_some() { widest_value(series) + GAP } else { 0.0 };
        let whole = 26.0 + name + room;
        if x > 0.0 && x + whole > width {
            (x, y) = (0.0, y + 18.0);
        }
        marks.push(mark(format!("sample-{index}"), series.role, sample(series, x, y)));
        marks.push(mark(
            format!("name-{index}"),
            Role::Ink,
            Shape::text(x + 26.0, y + 4.0, series.name.as_str(), Anchor::Start),
        ));
        if let Some(value) = chart.cursor.and_then(|cursor| series.told.or(series.value_at(cursor))) {
            let shape =
                Shape::text(x + 26.0 + name + GAP, y + 4.0, short_number(value), Anchor::Start).bold();
            marks.push(mark(format!("value-{index}"), Role::Ink, shape));
        }
        x += whole + 18.0;
    }
    Legend { marks, height: y - 34.0 + 22.0 }
}

fn widest_value(series: &ChartSeries) -> f64 {
    let (low, high) = series.extent;
    // Three digits and a point are the longest that a smaller number takes.
    [short_number(low), short_number(high), "0.888".to_owned()]
        .iter()
        .map(|text| bold_text_width(text, 12.0))
        .fold(0.0, f64::max)
}

fn sample(series: &ChartSeries, x: f64, y: f64) -> Shape {
    match series.draw {
        Draw::Line | Draw::Step => Shape::dashed((x, y), (x + 20.0, y), Dash::nth(series.place)),
        Draw::Stacked => Shape::Band { x: x + 4.0, y: y - 6.0, width: 12.0, height: 12.0 },
    }
}
