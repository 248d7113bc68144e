//! axe finds nothing by any of its rules, in light and dark, wide and narrow; what axe leaves open, the contrast of text in pictures, `web/` tests by arithmetic.

use super::runs::awake;
use serde_json::{Value, json};
use splitbrain_site::axe;
use splitbrain_site::browser::{Browser, Look};
use splitbrain_tests::site_address;

/// Rule, where, and what is wrong: one line for each place.
/// What axe leaves out where nobody asks, but what WCAG 2.2 demands or practice advises, is asked for: experimental rules apart.
const RUN: &str = "const rules = Object.fromEntries(axe.getRules().filter(({ tags }) => !tags.some((tag) => /experimental|deprecated|aaa$/.test(tag))).map(({ ruleId }) => [ruleId, { enabled: true }]));
    return axe.run(document, { rules, resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(' >>> ')}: ${failureSummary}`)));";

#[test]
fn axe_finds_nothing() {
    // Without npm the setup stage of `cargo dev test` has said that axe does not run, and why.
    let Ok(script) = axe::script() else { return };
    let browser = Browser::open(&Look::default()).unwrap();
    let mut found = Vec::new();
    for page in ["/", "/labs/quorum/", "/labs/quorum/full/", "/embed/#quorum?w=1&r=1", "/claims/", "/book/"] {
        for (width, dark) in [(1200, false), (1200, true), (390, false), (390, true)] {
            let look = Look { width, height: 900, dark, reduced_motion: true };
            browser.look(&look).unwrap();
            // A page with a fragment is not loaded anew where nothing else of its address changes.
            browser.goto("about:blank").unwrap();
            browser.goto(&format!("{}{page}", site_address())).unwrap();
            // The first widgets of a page are awake; the others are pictures, which axe reads as well.
            let awake = "const labs = [...document.querySelectorAll('splitbrain-lab')].slice(0, 3); return Promise.all(labs.map((lab) => lab.outcome().then(() => 0)))";
            browser.execute(awake, vec![]).unwrap();
            let place = format!("{page} at {width}{}", if dark { ", dark" } else { "" });
            found.extend(violations(&browser, &script, &place));
        }
    }
    assert!(found.is_empty(), "axe found:\n{}", found.join("\n"));
}

fn violations(browser: &Browser, script: &str, place: &str) -> Vec<String> {
    let found = browser.execute(&format!("{script};\n{RUN}"), vec![]).unwrap();
    let lines = found.as_array().into_iter().flatten().filter_map(Value::as_str);
    lines.map(|line| format!("{place}: {line}")).collect()
}

/// Everything in a widget that opens, one after the other.
const OPENING: [&str; 10] = [
    "focus node n1",
    "menu-close",
    "share",
    "help",
    "escape",
    "escape",
    "why promise latest",
    "panel transcript",
    "panel charts",
    "pair",
];

#[test]
fn axe_finds_nothing_in_what_opens() {
    let Ok(script) = axe::script() else { return };
    let browser = Browser::open(&Look::default()).unwrap();
    let mut found = Vec::new();
    for (width, dark) in [(1200, true), (390, false)] {
        browser.look(&Look { width, height: 900, dark, reduced_motion: true }).unwrap();
        browser.goto("about:blank").unwrap();
        let run = "/labs/quorum/full/#w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal&at=1.3s";
        browser.goto(&format!("{}{run}", site_address())).unwrap();
        awake(&browser);
        for message in OPENING {
            let send = "return document.querySelector('splitbrain-lab').send(arguments[0])";
            browser.execute(send, vec![json!(message)]).unwrap();
            found.extend(violations(&browser, &script, &format!("{message} at {width}")));
        }
    }
    assert!(found.is_empty(), "axe found:\n{}", found.join("\n"));
}
