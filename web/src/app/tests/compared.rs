//! Two runs beside each other: one scale, one row for a moment, and where they part.

use super::{open, shown, tell};
use crate::app::App;
use crate::scene::{Mark, Scene, Shape};
use crate::views;

fn drawn(app: &App, side: usize, view: &str, width: u32) -> Scene {
    let view = views::find(view).expect("a view");
    app.draw(view, side, width).scene.expect("a picture")
}

/// The texts of a picture that begin so, each with its place.
fn texts(marks: &[Mark], keys: &str, found: &mut Vec<(String, i64, i64)>) {
    for mark in marks {
        match &mark.shape {
            Shape::Group(parts) => texts(parts, keys, found),
            Shape::Text { x, y, text, .. } if mark.key.starts_with(keys) => {
                found.push((text.clone(), *x as i64, *y as i64));
            }
            _ => {}
        }
    }
}

fn words(scene: &Scene, keys: &str) -> Vec<(String, i64, i64)> {
    let mut found = Vec::new();
    texts(&scene.marks, keys, &mut found);
    found
}

#[test]
fn a_moment_has_one_row_in_both_diagrams_and_the_first_difference_is_marked_in_both() {
    let mut app = open("quorum?do=1s:cut:n1-n2.n3&b.w=1&b.r=1&b.do=1s:cut:n1-n2.n3");
    let parts = app.difference().expect("they differ");
    let place = app.stop_of(parts.side, parts.records[parts.side].unwrap()).unwrap();
    tell(&mut app, &[("seek", &place.to_string())]);
    for width in [360, 720] {
        let [one, other] = [0, 1].map(|side| words(&drawn(&app, side, "spacetime", width), "time"));
        assert!(one.len() > 5, "{one:?}");
        let shared: Vec<_> =
            one.iter().filter(|(words, ..)| other.iter().any(|(said, ..)| said == words)).collect();
        assert!(shared.len() > 3 && shared.iter().all(|word| other.contains(word)), "{one:?}\n{other:?}");
        for side in [0, 1] {
            let scene = drawn(&app, side, "spacetime", width);
            let mark = scene.marks.iter().find(|mark| mark.key == "difference").expect("marked");
            assert!(
                mark.title.as_deref().unwrap().starts_with("first difference; here, "),
                "{:?}",
                mark.title
            );
        }
    }
    assert!(shown(&app).contains(&format!("First difference, at {}.", app.clock(parts.at_us))));
}

#[test]
fn the_same_run_twice_has_no_difference_and_says_so() {
    let app = open("quorum?b.n=3");
    assert_eq!((app.outcomes().len(), app.difference()), (2, None));
    assert!(shown(&app).contains("do not differ in anything that happens"));
}

#[test]
fn layers_and_lines_of_compared_runs_have_one_scale_one_height_and_one_stroke() {
    let app = open("retry?trouble=refusal&for=4s&b.retry_after=on&b.for=6s");
    for view in ["traffic", "charts", "waterfall", "services"] {
        let [one, other] = [0, 1].map(|side| drawn(&app, side, view, 360));
        assert_eq!(one.height, other.height, "{view}");
        assert_eq!(words(&one, "name-"), words(&other, "name-"), "{view}");
    }
    for keys in ["y-", "x-"] {
        let [one, other] = [0, 1].map(|side| words(&drawn(&app, side, "traffic", 360), keys));
        assert!(!one.is_empty() && one == other, "{one:?} {other:?}");
    }
    let strokes = |side: usize| {
        let html = crate::svg::picture(&drawn(&app, side, "traffic", 360)).to_html();
        let samples = html.split("<polyline").filter(|line| line.contains("stroke-dasharray"));
        samples.map(|line| line.split("class=").nth(1).unwrap()[..30].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(strokes(0), strokes(1));
    assert_eq!(
        words(&drawn(&app, 0, "waterfall", 360), "time"),
        words(&drawn(&app, 1, "waterfall", 360), "time")
    );
}
