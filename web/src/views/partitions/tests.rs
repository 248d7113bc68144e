//! Every preset of the lab draws, at every width and moment, within the limit of a picture.

use crate::scene::{Mark, Shape};
use crate::views::{Look, find};
use splitbrain::lab::Detail;
use splitbrain::trace::Cursor;

/// The most marks: each is an element, and has a title at the most.
const MAX_MARKS: usize = 750;

fn count(marks: &[Mark]) -> usize {
    let one = |mark: &Mark| match &mark.shape {
        Shape::Group(marks) => 1 + count(marks),
        _ => 1,
    };
    marks.iter().map(one).sum()
}

#[test]
fn presets_draw_within_the_limit() {
    let lab = splitbrain::labs::find("ring").unwrap();
    for preset in lab.presets() {
        let link = splitbrain::link::parse(preset.link, &[lab]).link.unwrap();
        let outcome = lab.run(&link.scenario, Detail::Full);
        for (width, at_us) in [(360, 0), (720, 1_500_000), (1_200, outcome.ended_us)] {
            let cursor = Cursor::at(&outcome.trace, at_us);
            let look = Look::plain(lab, &link.scenario, &outcome, cursor, width);
            for view in ["ring", "load"] {
                let scene = (find(view).unwrap().draw)(&look).scene.unwrap();
                assert!(count(&scene.marks) <= MAX_MARKS, "{} {view}: {} marks", preset.id, count(&scene.marks));
                assert!(scene.description.ends_with('.') && scene.height > 100.0, "{} {view}", preset.id);
            }
        }
    }
}
