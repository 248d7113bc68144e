//! axe finds nothing, in light and dark, wide and narrow; what axe leaves open, the contrast of text in pictures, `web/` tests by arithmetic.

use serde_json::Value;
use splitbrain_site::axe;
use splitbrain_site::browser::{Browser, Look};
use splitbrain_tests::site_address;

/// Rule, where, and what is wrong: one line for each place.
const RUN: &str = "return axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(' >>> ')}: ${failureSummary}`)));";

#[test]
fn axe_finds_nothing() {
    // Without npm the setup stage of `cargo dev test` has said that axe does not run, and why.
    let Ok(script) = axe::script() else { return };
    let browser = Browser::open(&Look::default()).unwrap();
    let mut found = Vec::new();
    for page in ["/", "/labs/quorum/", "/labs/quorum/full/", "/claims/", "/book/"] {
        for (width, dark) in [(1200, false), (1200, true), (390, false), (390, true)] {
            let look = Look { width, height: 900, dark, reduced_motion: true };
            browser.look(&look).unwrap();
            browser.goto(&format!("{}{page}", site_address())).unwrap();
            // Widgets that are near the window wake up; the others are pictures, which axe reads as well.
            browser.wait_until("!document.querySelector('splitbrain-lab') || document.querySelector('splitbrain-lab').drawn").unwrap();
            let violations = browser.execute(&format!("{script};\n{RUN}"), vec![]).unwrap();
            let lines = violations.as_array().into_iter().flatten().filter_map(Value::as_str);
            found.extend(
                lines.map(|line| format!("{page} at {width}{}: {line}", if dark { ", dark" } else { "" })),
            );
        }
    }
    assert!(found.is_empty(), "axe found:\n{}", found.join("\n"));
}
