//! A lesson as it is read: no longer than it may be, and nothing in it moves when its widgets wake.

use super::runs::STILL;
use splitbrain::labs::IDS;
use splitbrain_site::browser::{Browser, Look};
use splitbrain_tests::visit;

/// The widths at which a lesson is read, and how high it may be, in CSS pixels.
const SIZES: [(u32, u32, f64); 2] = [(1280, 800, 16_000.0), (390, 844, 20_000.0)];

/// Reads a page to its end and gives the height of each of its widgets and, last, of the page: before anything wakes, and after.
fn heights(browser: &Browser) -> (Vec<f64>, Vec<f64>) {
    let read = r"
        const heights = () => [...document.querySelectorAll('splitbrain-lab'), document.documentElement].map((box) => box.getBoundingClientRect().height);
        const before = heights();
        return (async () => {
            for (const lab of document.querySelectorAll('splitbrain-lab')) {
                lab.scrollIntoView({ block: 'center' });
                await lab.wake();
                await lab.computing;
                await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
            }
            return [before, heights()];
        })();";
    let both = browser.execute(read, vec![]).unwrap();
    serde_json::from_value(both).unwrap()
}

#[test]
fn a_lesson_is_no_longer_than_it_may_be_and_nothing_in_it_moves() {
    for (width, height, most) in SIZES {
        for lab in IDS {
            let browser = visit(&format!("/labs/{lab}/"), &Look { width, height, ..STILL });
            let (before, after) = heights(&browser);
            // Heights of fractions of a pixel may be rounded apart.
            let moved = before.iter().zip(&after).any(|(before, after)| (before - after).abs() > 1.0);
            assert!(!moved, "{lab} at {width}, widgets in order, then the page: {before:?} {after:?}");
            assert!(*after.last().unwrap() <= most, "{lab} at {width}: {after:?}");
        }
    }
}
