//! What lies beyond the window is told in the picture.

use crate::scene::{Mark, Scene, Shape};
use crate::views::{Look, Window, spacetime};
use splitbrain::lab::Detail;
use splitbrain::trace::Cursor;

/// A quorum's run in a window that holds neither the run's ends nor the cursor.
fn drawn(width: u32, cursor_us: u64) -> Scene {
    let lab = splitbrain::labs::find("quorum").unwrap();
    let scenario = &splitbrain::link::parse("quorum", &[lab]).link.unwrap().scenario;
    let outcome = &lab.run(scenario, Detail::Full);
    let cursor = Cursor::at(&outcome.trace, cursor_us);
    let window = Window { from_us: 1_000_000, to_us: 1_250_000, warped: false };
    spacetime::draw(&Look { window, ..Look::plain(lab, scenario, outcome, cursor, width) }).scene.unwrap()
}

fn has_part(mark: &Mark, key: &str) -> bool {
    matches!(&mark.shape, Shape::Group(parts) if parts.iter().any(|part| part.key == key))
}

#[test]
fn a_cursor_outside_the_window_is_at_its_edge() {
    for width in [360, 720] {
        for (cursor_us, words) in [(200_000, "before"), (2_000_000, "after")] {
            let scene = drawn(width, cursor_us);
            let cursor = scene.marks.iter().find(|mark| mark.key == "cursor").unwrap();
            assert!(cursor.title.as_deref().unwrap().contains(words) && has_part(cursor, "arrow"), "{width} {words}");
        }
    }
}

#[test]
fn what_goes_on_beyond_the_window_says_so() {
    for width in [360, 720] {
        let scene = drawn(width, 1_100_000);
        let mut torn = 0;
        for mark in &scene.marks {
            let title = mark.title.as_deref().unwrap_or_default();
            for (key, words) in [("before", "began before"), ("after", "goes on after")] {
                if has_part(mark, key) {
                    torn += 1;
                    assert!(title.contains(words), "{title} has a chevron");
                }
            }
        }
        assert!(torn > 0, "some message crosses an edge at {width}");
    }
}
