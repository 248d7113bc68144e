//! Charts keep what their parts promise: places, words of 12 units and more, the same numbers in the table.

use super::*;

fn goodput() -> Chart {
    let points = |top: f64| (0..=10).map(|n| (f64::from(n), top * f64::from(n))).collect();
    Chart::new("g", "Goodput", Axis::new("Time", "s"), Axis::new("Rate", "requests/s"))
        .series(ChartSeries::new(0, "offered", Draw::Line, points(12.0)))
        .series(ChartSeries::new(1, "served", Draw::Step, points(7.0)))
}

fn all_kinds() -> Vec<Chart> {
    let mut stacked = goodput();
    stacked.series.iter_mut().for_each(|series| series.draw = Draw::Stacked);
    vec![
        goodput(),
        stacked,
        Chart { cursor: Some(4.5), ..goodput() },
        Chart::new("e", "Nothing yet", Axis::new("Time", "s"), Axis::new("Rate", "")),
    ]
}

#[test]
fn every_kind_fits_its_picture_and_can_be_read() {
    for chart in all_kinds() {
        for (width, height) in [(360.0, 240.0), (720.0, 300.0), (1200.0, 400.0)] {
            let picture = chart.draw(width, height);
            assert!(picture.scene.marks.len() < 400, "{}", chart.title);
            for mark in &picture.scene.marks {
                if let Shape::Text { x, y, text, anchor, size, .. } = &mark.shape {
                    let wide = text_width(text, *size);
                    let left = x - wide * [0.0, 0.5, 1.0][*anchor as usize];
                    assert!(
                        *size >= 12.0 && left >= -0.5 && left + wide <= width + 0.5,
                        "{text} in {}",
                        chart.title
                    );
                    assert!((12.0..=height).contains(y), "{text} at {y} in {}", chart.title);
                }
            }
        }
    }
}

#[test]
fn keys_are_unique_within_a_chart() {
    for chart in all_kinds() {
        let marks = chart.draw(720.0, 300.0).scene.marks;
        let mut keys: Vec<&str> = marks.iter().map(|mark| mark.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), marks.len(), "{}", chart.title);
    }
}

#[test]
fn plotters_and_the_plot_agree_on_places() {
    let picture = goodput().draw(720.0, 300.0);
    let line = picture.scene.marks.iter().find(|mark| mark.key == "series-0:1").expect("the first line");
    let Shape::Path { points, .. } = &line.shape else { panic!("a line is a path") };
    for (drawn, n) in points.iter().zip(0..) {
        let (x, y) = picture.plot.place((f64::from(n), 12.0 * f64::from(n)));
        assert!((drawn.0 - x).abs() < 0.3 && (drawn.1 - y).abs() < 0.3, "{drawn:?} and {x}, {y}");
    }
    assert_eq!(picture.plot.value_at(picture.plot.left + picture.plot.width), Some(10.0));
    assert_eq!(picture.plot.value_at(0.0), None);
}

#[test]
fn the_cursor_reads_each_series_in_its_own_way() {
    let chart = goodput();
    assert_eq!(chart.series[0].value_at(4.5), Some(54.0));
    assert_eq!(chart.series[1].value_at(4.5), Some(28.0));
    assert_eq!(chart.series[0].value_at(-1.0), None);
    let html = crate::svg::picture(&Chart { cursor: Some(4.5), ..chart }.draw(720.0, 300.0).scene).to_html();
    assert!(html.contains(">54<") && html.contains(">28<"));
    assert!(html.contains(">150<") && html.contains(">8<"), "ticks of both axes are labelled");
}

#[test]
fn the_table_has_the_numbers() {
    let html = goodput().draw(360.0, 240.0).table.to_html();
    assert!(html.contains("<th scope=\"col\">offered (requests/s)</th>"), "{html}");
    assert!(html.contains("<tr><th scope=\"row\">10</th><td>120</td><td>70</td></tr>"), "{html}");
    let long = (0..1000).map(|n| (f64::from(n), 1.0)).collect();
    let chart = Chart::new("l", "Long", Axis::new("n", ""), Axis::new("v", "")).series(ChartSeries::new(
        0,
        "v",
        Draw::Line,
        long,
    ));
    assert!(chart.draw(360.0, 240.0).table.to_html().contains("one of every 42 is shown"));
}

#[test]
fn a_value_alone_is_seen() {
    let one = ChartSeries::new(2, "one", Draw::Line, vec![(5.0, 7.0)]);
    let none = ChartSeries::new(1, "none", Draw::Line, Vec::new());
    let chart = Chart::new("o", "One", Axis::new("Time", "s").range(0.0, 10.0), Axis::new("v", ""))
        .series(one)
        .series(none);
    let picture = chart.draw(360.0, 220.0);
    let marks: Vec<&Mark> = picture.scene.marks.iter().filter(|mark| mark.key.starts_with("only-")).collect();
    let place = picture.plot.place((5.0, 7.0));
    assert!(
        matches!(marks[..], [Mark { shape: Shape::Triangle { x, y, .. }, .. }] if (*x, *y) == place),
        "{marks:?}"
    );
}
