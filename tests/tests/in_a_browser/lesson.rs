//! A lesson as it is read: no longer than it may be, and nothing in it moves when its widgets wake.

use super::runs::STILL;
use splitbrain::labs::IDS;
use splitbrain_site::browser::{Browser, Look};
use splitbrain_tests::visit;

/// The widths at which a lesson is read, and how high it may be, in CSS pixels.
const SIZES: [(u32, u32, f64); 2] = [(1280, 800, 16_000.0), (390, 844, 20_000.0)];

/// The heights of a page's widgets and, last, of the page.
fn heights(browser: &Browser) -> Vec<f64> {
    let all = "return [...document.querySelectorAll('splitbrain-lab'), document.documentElement].map((box) => box.getBoundingClientRect().height)";
    serde_json::from_value(browser.execute(all, vec![]).unwrap()).unwrap()
}

/// Reads a page to its end, widget by widget, each of which wakes and runs.
fn read(browser: &Browser, widgets: usize) {
    let wake = r"return (async () => {
            const lab = document.querySelectorAll('splitbrain-lab')[arguments[0]];
            lab.scrollIntoView({ block: 'center' });
            await lab.wake();
            await lab.computing;
            await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
        })();";
    for widget in 0..widgets {
        browser.execute(wake, vec![widget.into()]).unwrap();
    }
}

#[test]
fn a_lesson_is_no_longer_than_it_may_be_and_nothing_in_it_moves() {
    for (width, height, most) in SIZES {
        for lab in IDS {
            let browser = visit(&format!("/labs/{lab}/"), &Look { width, height, ..STILL });
            let before = heights(&browser);
            read(&browser, before.len() - 1);
            let after = heights(&browser);
            // Heights of fractions of a pixel may be rounded apart.
            let moved = before.iter().zip(&after).any(|(before, after)| (before - after).abs() > 1.0);
            assert!(!moved, "{lab} at {width}, widgets in order, then the page: {before:?} {after:?}");
            assert!(*after.last().unwrap() <= most, "{lab} at {width}: {after:?}");
        }
    }
}
