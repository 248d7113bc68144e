//! The part of a chart that plotters draws: grid, axes, ticks and series.

use super::backend::{ENLARGED, SceneBackend, filled, style};
use super::data::{self, Point};
use super::scale::Scale;
use super::{Chart, ChartSeries, Draw, Plot};
use crate::scene::{Dash, Mark, Role};
use plotters::prelude::{
    Cartesian2d, ChartBuilder, ChartContext, FontFamily, IntoDrawingArea, IntoFont, LineSeries, Polygon,
    TextStyle,
};
use plotters::style::TRANSPARENT;

type Area<'a, 'b> = ChartContext<'a, SceneBackend<'b>, Cartesian2d<Scale, Scale>>;

/// Draws what lies between the edges of the plot, and the ticks beside it.
pub fn draw_plot(chart: &Chart, plot: &Plot, (width, height): (f64, f64), marks: &mut Vec<Mark>) {
    let root = SceneBackend::new(width, height, marks).into_drawing_area();
    let enlarged = |length: f64| (length * ENLARGED) as i32;
    let mut area = ChartBuilder::on(&root)
        .margin_top(enlarged(plot.top))
        .margin_right(enlarged(width - plot.left - plot.width))
        .margin_bottom(enlarged(height - plot.top - plot.height - 20.0))
        .x_label_area_size(enlarged(20.0))
        .y_label_area_size(enlarged(plot.left))
        .build_cartesian_2d(plot.x.clone(), plot.y.clone())
        .expect("drawing on a list can't fail");
    let label = TextStyle::from((FontFamily::SansSerif, 12.0 * ENLARGED).into_font());
    area.configure_mesh()
        .disable_x_mesh()
        .bold_line_style(style(Role::Grid, Dash::Solid))
        .light_line_style(TRANSPARENT)
        .axis_style(style(Role::Axis, Dash::Solid))
        .label_style(label.color(&style(Role::InkSoft, Dash::Solid).color))
        .set_all_tick_mark_size(40)
        .x_label_formatter(&|x| plot.x.label(*x))
        .draw()
        .expect("drawing on a list can't fail");
    let layers = chart.layers();
    for (index, series) in chart.series.iter().enumerate() {
        draw_series(&mut area, plot, series, layers[index].as_deref());
    }
}

fn draw_series(area: &mut Area, plot: &Plot, series: &ChartSeries, layer: Option<&[(f64, f64, f64)]>) {
    let column = |x: f64| (plot.x.share(x) * plot.width) as usize;
    let line = |points: &[Point]| {
        let points = data::thin(points, plot.width as usize, column);
        LineSeries::new(points, style(series.role, Dash::nth(series.place)))
    };
    let drawn = match series.draw {
        Draw::Line => area.draw_series(line(&series.points)).map(|_| ()),
        Draw::Step => area.draw_series(line(&data::steps(&series.points))).map(|_| ()),
        Draw::Stacked => {
            let layer = layer.expect("stacked series have layers");
            let tops: Vec<Point> = layer.iter().map(|(x, _, top)| (*x, *top)).collect();
            let bottoms: Vec<Point> = layer.iter().map(|(x, bottom, _)| (*x, *bottom)).collect();
            let mut outline = data::thin(&tops, plot.width as usize, column);
            outline.extend(data::thin(&bottoms, plot.width as usize, column).into_iter().rev());
            area.draw_series(std::iter::once(Polygon::new(outline, filled(series.role)))).map(|_| ())
        }
    };
    drawn.expect("drawing on a list can't fail");
}
