//! Words stay within their picture and out of each other, at every width for which one is laid out.

use super::{Look, VIEWS, Window};
use crate::scene::{Anchor, Mark, Scene, Shape};
use crate::text_width::{bold_text_width, text_width};
use splitbrain::lab::Detail;
use splitbrain::trace::Cursor;

/// A text and its box: left, right, top, bottom.
type Words = ([f64; 4], String);

/// All words of marks, but for those on the way: they pass over others.
fn boxes(marks: &[Mark], (dx, dy): (f64, f64), all: &mut Vec<Words>) {
    for mark in marks.iter().filter(|mark| mark.motion.is_none()) {
        let (dx, dy) = (dx + mark.at.0, dy + mark.at.1);
        match &mark.shape {
            Shape::Group(marks) => boxes(marks, (dx, dy), all),
            Shape::Text { x, y, text, anchor, size, bold, .. } => {
                let wide = if *bold { bold_text_width(text, *size) } else { text_width(text, *size) };
                let left = match anchor {
                    Anchor::Start => dx + x,
                    Anchor::Middle => dx + x - wide / 2.0,
                    Anchor::End => dx + x - wide,
                };
                all.push(([left, left + wide, dy + y - size * 0.7, dy + y], text.clone()));
            }
            _ => {}
        }
    }
}

/// What is wrong with a picture's words.
fn faults(scene: &Scene) -> Vec<String> {
    let mut all = Vec::new();
    boxes(&scene.marks, (0.0, 0.0), &mut all);
    let beyond = |([left, right, ..], text): &Words| {
        (*left < -1.0 || *right > scene.width + 1.0)
            .then(|| format!("`{text}` goes from {left:.0} to {right:.0}"))
    };
    let mut faults: Vec<String> = all.iter().filter_map(beyond).collect();
    for (i, (a, one)) in all.iter().enumerate() {
        let meets =
            |b: &[f64; 4]| a[0] + 1.0 < b[1] && b[0] + 1.0 < a[1] && a[2] + 1.0 < b[3] && b[2] + 1.0 < a[3];
        faults.extend(
            all[i + 1..]
                .iter()
                .filter(|(b, _)| meets(b))
                .map(|(_, other)| format!("`{one}` meets `{other}`")),
        );
    }
    faults
}

#[test]
fn words_stay_within_their_picture_and_out_of_each_other() {
    for lab in splitbrain::labs::LABS.iter().copied() {
        for preset in lab.presets() {
            let link = splitbrain::link::parse(preset.link, &[lab]).link.unwrap();
            let scenario = &link.scenario;
            let outcome = &lab.run(scenario, Detail::of_pictures(&lab.cast(scenario)));
            for (width, at) in [280, 360, 720].into_iter().flat_map(|width| [0, 1, 2].map(|at| (width, at))) {
                let cursor = Cursor::at(&outcome.trace, outcome.ended_us * at / 2);
                let window = Window { from_us: 0, to_us: outcome.ended_us.min(400_000), warped: true };
                let look = Look { window, ..Look::plain(lab, scenario, outcome, cursor, width) };
                for view in VIEWS.iter().filter(|view| lab.meta().views.contains(&view.id)) {
                    let Some(scene) = (view.draw)(&look).scene else { continue };
                    assert_eq!(
                        faults(&scene),
                        [""; 0],
                        "{} {} at {width}, {}",
                        lab.meta().id,
                        view.id,
                        preset.id
                    );
                }
            }
        }
    }
}
