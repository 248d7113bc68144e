//! The heart of it all, as a reader does it: lower the quorums, cut, see the light break and why, send the link, and the friend sees the very run.

use serde_json::json;
use splitbrain_site::browser::Browser;
use splitbrain_tests::visit;

use super::runs::{STILL, awake, visit_lab};

const LAB: &str = "splitbrain-lab >>> ";

/// Puts the keyboard on something in the widget.
fn focus(browser: &Browser, selector: &str) {
    let found = browser.execute(
        "const found = document.querySelector('splitbrain-lab').shadowRoot.querySelector(arguments[0]);
         found?.scrollIntoView({ block: 'center' });
         found?.focus();
         return !!found;",
        vec![json!(selector)],
    );
    assert_eq!(found.unwrap(), true, "{selector} is there");
}

/// A point of a link, in CSS pixels of the viewport, at which nothing lies over it: others may cross it.
fn on_the_link(browser: &Browser, selector: &str) -> (i32, i32) {
    let body = "const root = document.querySelector('splitbrain-lab').shadowRoot;
        const link = root.querySelector(arguments[0]);
        link.scrollIntoView({ block: 'center' });
        const path = link.querySelector('.m-touch');
        const toScreen = path.getScreenCTM();
        for (let share = 0.1; share < 0.9; share += 0.02) {
            const point = path.getPointAtLength(share * path.getTotalLength()).matrixTransform(toScreen);
            if (link.contains(root.elementFromPoint(point.x, point.y))) return [point.x, point.y];
        }
        return null;";
    let point = browser.execute(body, vec![json!(selector)]).unwrap();
    let axis = |i: usize| {
        point.get(i).and_then(serde_json::Value::as_f64).expect("a point of the link is free") as i32
    };
    (axis(0), axis(1))
}

fn message(browser: &Browser, text: &str) {
    browser
        .execute(
            "document.querySelector('splitbrain-lab').widget.message(arguments[0], '')",
            vec![json!(text)],
        )
        .unwrap();
}

fn link(browser: &Browser) -> String {
    let link = browser.execute("return document.querySelector('splitbrain-lab').link", vec![]).unwrap();
    link.as_str().expect("a link is text").to_string()
}

#[test]
fn a_stale_read_is_made_understood_and_sent_to_a_friend() {
    let browser = visit_lab("/labs/quorum/full/", &STILL);
    for key in ["w", "r"] {
        focus(&browser, &format!("input[data-on-input='slide {key}']"));
        browser.press("ArrowLeft").unwrap();
    }
    assert!(link(&browser).contains("w=1&r=1"), "the sliders set W and R: {}", link(&browser));
    // One link by mouse, the other by key.
    message(&browser, "at 1s");
    let menu = format!("{LAB}.sb-menu");
    let point = on_the_link(&browser, "[data-on-click='focus link n1-n2']");
    browser.drag(point, point).unwrap();
    browser.wait_for(&menu).unwrap();
    browser.click(&format!("{LAB}[data-on-click='do cut:n1-n2']")).unwrap();
    focus(&browser, "[data-on-click='focus link n1-n3']");
    browser.press("Enter").unwrap();
    browser.wait_for(&menu).unwrap();
    focus(&browser, "[data-on-click='do cut:n1-n3']");
    browser.press("Enter").unwrap();
    let made = link(&browser);
    assert!(made.contains("cut:n1-n2") && made.contains("cut:n1-n3"), "two cuts at 1 s: {made}");
    // From change to change of a light, until the one about the latest write is broken.
    let light =
        "return [...document.querySelector('splitbrain-lab').shadowRoot.querySelectorAll('.sb-light')]
        .find((light) => light.textContent.includes('regular register'))?.innerText ?? '';";
    let mut said = String::new();
    focus(&browser, ".sb-timeline button:not([disabled])");
    for _ in 0..60 {
        said = browser.execute(light, vec![]).unwrap().as_str().unwrap_or_default().to_string();
        if said.contains("Broken") {
            break;
        }
        browser.press("]").unwrap();
    }
    assert!(said.contains("Broken") && said.contains("acknowledged"), "the light says why: {said:?}");
    // The link that the share menu offers, in a friend's window.
    browser.click(&format!("{LAB}button[data-on-click='share']")).unwrap();
    browser.wait_for(&format!("{LAB}.sb-share-row input")).unwrap();
    let field = "return document.querySelector('splitbrain-lab').shadowRoot.querySelector('.sb-share-row input').value";
    let shared = browser.execute(field, vec![]).unwrap().as_str().expect("an address").to_string();
    let path = &shared[shared.find("/labs/").expect("the address of the lab's page")..];
    let friend = visit(path, &STILL);
    awake(&friend);
    let status = friend.text(&format!("{LAB}.sb-status")).unwrap();
    assert!(status.contains("the very run"), "the friend is told: {status}");
    let there = friend.execute(light, vec![]).unwrap();
    assert!(
        there.as_str().is_some_and(|text| text.contains("Broken")),
        "and sees it at the same place: {there}"
    );
    let digest =
        "return document.querySelector('splitbrain-lab').outcome().then((outcome) => outcome.digest)";
    assert_eq!(browser.execute(digest, vec![]).unwrap(), friend.execute(digest, vec![]).unwrap());
    for browser in [&browser, &friend] {
        assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn undo_takes_back_what_a_key_did() {
    let browser = visit_lab("/labs/quorum/full/", &STILL);
    let before = link(&browser);
    focus(&browser, "input[data-on-input='slide w']");
    browser.press("ArrowLeft").unwrap();
    assert_ne!(link(&browser), before);
    browser.press("Control+z").unwrap();
    assert_eq!(link(&browser), before);
}
