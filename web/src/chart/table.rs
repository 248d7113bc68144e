//! A chart's numbers as an HTML table: for readers who cannot see the picture, and for copying.

use super::scale::short_number;
use super::{Chart, ChartSeries};
use crate::markup::{Element, el};

/// More rows than this are not read, and every cell costs the page an element: every k-th is shown, and the caption says so.
const ROWS: usize = 24;

/// The table of a chart: a row for each x, a column for each series.
pub fn table(chart: &Chart) -> Element {
    let points = chart.series.iter().flat_map(|series| series.points.iter().map(|point| point.0));
    let mut places: Vec<f64> = points.collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let every = places.len().div_ceil(ROWS).max(1);
    let caption = match every {
        1 => chart.title.clone(),
        _ => format!("{} ({} rows: one of every {every} is shown)", chart.title, places.len()),
    };
    let head = el("tr").child(el("th").attr("scope", "col").child(chart.x.caption())).children(
        chart.series.iter().map(|series| el("th").attr("scope", "col").child(series_caption(chart, series))),
    );
    let rows = places.iter().step_by(every).map(|x| row(chart, *x));
    el("table")
        .class("sb-numbers")
        .child(el("caption").child(caption))
        .child(el("thead").child(head))
        .child(el("tbody").children(rows))
}

fn series_caption(chart: &Chart, series: &ChartSeries) -> String {
    if chart.y.unit.is_empty() { series.name.clone() } else { format!("{} ({})", series.name, chart.y.unit) }
}

fn row(chart: &Chart, x: f64) -> Element {
    let values = chart.series.iter().map(|series| series.value_at(x));
    let cells = values.map(|value| el("td").child(value.map_or(String::new(), short_number)));
    el("tr").child(el("th").attr("scope", "row").child(short_number(x))).children(cells)
}
