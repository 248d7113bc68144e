//! What hands do: cues dragged along the timeline, the diagram in time pulled and pinched, numbers in sentences scrubbed; by mouse, finger and keys.

use serde_json::{Value, json};
use splitbrain_site::browser::{Browser, Look};

use super::runs::{STILL, visit_lab};

const RUN: &str = "/labs/quorum/full/#w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal&at=1.3s";

/// What a function of the widget's shadow root says.
fn ask(browser: &Browser, body: &str) -> Value {
    let body = format!("const lab = document.querySelector('splitbrain-lab'), root = lab.shadowRoot; {body}");
    browser.execute(&body, vec![]).unwrap()
}

fn link(browser: &Browser) -> String {
    ask(browser, "return lab.link").as_str().expect("a link is text").to_string()
}

/// Where the thumb of a slider of the widget is, in CSS pixels of the viewport.
fn thumb(browser: &Browser, selector: &str) -> Place {
    let place = ask(
        browser,
        &format!(
            "const slider = root.querySelector(\"{selector}\");
             slider.scrollIntoView({{ block: 'center' }});
             const box = slider.getBoundingClientRect(), hand = parseFloat(getComputedStyle(slider).getPropertyValue('--hand'));
             return [box.left + hand / 2 + (box.width - hand) * slider.value / slider.max, box.top + box.height / 2];"
        ),
    );
    (place[0].as_f64().unwrap() as i32, place[1].as_f64().unwrap() as i32)
}

/// A place, in CSS pixels of the viewport.
type Place = (i32, i32);

/// Fingers go down at the first places of their ways, along them in eight steps, and up.
fn fingers(browser: &Browser, ways: &[(Place, Place)]) {
    let touch = |kind: &str, points: Vec<Value>| {
        browser.devtools("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points})).unwrap();
    };
    let at = |step: i32| {
        let between = |from: i32, to: i32| from + (to - from) * step / 8;
        let points = ways.iter().enumerate();
        points
            .map(|(id, (from, to))| json!({"id": id, "x": between(from.0, to.0), "y": between(from.1, to.1)}))
            .collect()
    };
    touch("touchStart", at(0));
    (1..=8).for_each(|step| touch("touchMove", at(step)));
    touch("touchEnd", vec![]);
}

fn with_fingers(path: &str, look: &Look) -> Browser {
    let browser = visit_lab(path, look);
    browser
        .devtools("Emulation.setTouchEmulationEnabled", json!({"enabled": true, "maxTouchPoints": 2}))
        .unwrap();
    browser
}

const FIRST_CUE: &str = "[data-on-input='cue drag 0']";

#[test]
fn a_cue_is_dragged_and_that_is_one_step_of_undo() {
    let browser = visit_lab(RUN, &STILL);
    let before = link(&browser);
    let from = thumb(&browser, FIRST_CUE);
    browser.drag(from, (from.0 + 120, from.1)).unwrap();
    let after = link(&browser);
    assert!(
        !after.contains("do=1s:cut") && after.contains(":cut:n1-n2.n3,2s:heal"),
        "later, before the heal: {after}"
    );
    assert!(thumb(&browser, FIRST_CUE).0 > from.0 + 40, "the handle is where the cue is");
    browser.press("Control+z").unwrap();
    assert_eq!(link(&browser), before);
}

#[test]
fn a_finger_drags_a_cue_and_scrolls_past_it() {
    let look = Look { width: 390, height: 844, ..STILL };
    let browser = with_fingers(RUN, &look);
    let from = thumb(&browser, FIRST_CUE);
    fingers(&browser, &[(from, (from.0 + 60, from.1))]);
    let after = link(&browser);
    assert!(!after.contains("do=1s:cut"), "{after}");
    let scrolled = ask(&browser, "return scrollY").as_f64().unwrap();
    let from = thumb(&browser, FIRST_CUE);
    fingers(&browser, &[(from, (from.0, from.1 - 200))]);
    browser.wait_until(&format!("scrollY > {scrolled} + 50")).unwrap();
    assert_eq!(link(&browser), after, "a finger that moves up scrolls");
}

#[test]
fn keys_move_a_cue_by_an_event_or_by_ten() {
    let browser = visit_lab(RUN, &STILL);
    let before = link(&browser);
    ask(&browser, &format!("root.querySelector(\"{FIRST_CUE}\").focus()"));
    let value = || ask(&browser, "return root.activeElement.getAttribute('aria-valuetext')");
    let at = value();
    browser.press("ArrowRight").unwrap();
    let one = link(&browser);
    browser.press("Shift+ArrowRight").unwrap();
    let eleven = link(&browser);
    assert!(before != one && one != eleven, "{before} {one} {eleven}");
    assert_ne!(value(), at, "the slider says where the cue is");
    browser.press("Control+z").unwrap();
    assert_eq!(link(&browser), before, "keys in a row are one step");
    // Past the other cue: the keyboard stays with the one that moves.
    for _ in 0..60 {
        browser.press("Shift+ArrowRight").unwrap();
    }
    let past = link(&browser);
    assert!(past.find("heal").unwrap() < past.find("cut").unwrap(), "{past}");
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

/// The times at the ends of the diagram's axis.
fn shown(browser: &Browser) -> String {
    let body = "return root.querySelector('.sb-spacetime desc').textContent.split(',')[0]";
    ask(browser, body).as_str().unwrap().to_string()
}

fn middle_of_diagram(browser: &Browser) -> Place {
    let body = "const picture = root.querySelector('.sb-spacetime svg');
        picture.scrollIntoView({ block: 'center' });
        const box = picture.getBoundingClientRect();
        return [box.left + box.width * 0.53, box.top + box.height / 2 - 20];";
    let place = ask(browser, body);
    (place[0].as_f64().unwrap() as i32, place[1].as_f64().unwrap() as i32)
}

fn wheel(browser: &Browser, (x, y): Place, (dx, dy): (i32, i32), modifiers: u32) {
    // Bits of `modifiers` (DevTools protocol, Input.dispatchMouseEvent): 2 is Control, 8 is Shift.
    let turn =
        json!({"type": "mouseWheel", "x": x, "y": y, "deltaX": dx, "deltaY": dy, "modifiers": modifiers});
    browser.devtools("Input.dispatchMouseEvent", turn).unwrap();
}

#[test]
fn the_diagram_in_time_is_pulled_and_the_wheel_alone_scrolls() {
    let browser = visit_lab(RUN, &STILL);
    let place = middle_of_diagram(&browser);
    let whole = shown(&browser);
    browser.drag(place, (place.0 + 150, place.1)).unwrap();
    let earlier = shown(&browser);
    assert_ne!(whole, earlier, "it is pulled");
    browser.drag(place, (place.0 - 150, place.1)).unwrap();
    assert_eq!(shown(&browser), whole, "and back");
    wheel(&browser, place, (0, 240), 2);
    browser.wait_until(&format!("document.querySelector('splitbrain-lab').shadowRoot.querySelector('.sb-spacetime desc').textContent.split(',')[0] !== {whole:?}")).unwrap();
    let scrolled = ask(&browser, "return scrollY").as_f64().unwrap();
    let still = shown(&browser);
    wheel(&browser, place, (0, 120), 0);
    browser.wait_until(&format!("scrollY > {scrolled}")).unwrap();
    assert_eq!(shown(&browser), still, "the wheel alone is the page's");
    for (key, says) in
        [("-", "further"), ("Shift+ArrowRight", "later"), ("+", "closer"), ("0", "the whole or the part")]
    {
        let before = shown(&browser);
        ask(&browser, "root.querySelector('.sb-play').focus()");
        browser.press(key).unwrap();
        assert_ne!(shown(&browser), before, "{key}: {says}");
    }
}

#[test]
fn two_fingers_pinch_and_one_scrolls_where_time_runs_down() {
    let look = Look { width: 390, height: 844, ..STILL };
    let browser =
        with_fingers(&RUN.replace("&at=", "&panels=stage,timeline,spacetime&view=spacetime&at="), &look);
    let place = middle_of_diagram(&browser);
    let whole = shown(&browser);
    let near = |by: i32| (place.0 + by, place.1 + by);
    fingers(&browser, &[(near(-20), near(-90)), (near(20), near(90))]);
    assert_ne!(shown(&browser), whole, "fingers apart: closer");
    let closer = shown(&browser);
    let scrolled = ask(&browser, "return scrollY").as_f64().unwrap();
    fingers(&browser, &[(place, (place.0, place.1 + 200))]);
    browser.wait_until(&format!("scrollY !== {scrolled}")).unwrap();
    assert_eq!(shown(&browser), closer, "one finger is the page's");
}

#[test]
fn a_number_in_a_sentence_sets_the_widget_below_and_follows_it() {
    let browser = visit_lab("/labs/quorum/", &STILL);
    let number = "document.querySelector('.scrub[data-control=w]')";
    let below = "[...document.querySelectorAll('splitbrain-lab')][1]";
    browser.wait_until(&format!("{number}.getAttribute('role') === 'slider'")).unwrap();
    browser
        .execute(&format!("{number}.scrollIntoView({{ block: 'center' }}); {number}.focus()"), vec![])
        .unwrap();
    browser.wait_until(&format!("{below}.drawn")).unwrap();
    browser.press("ArrowRight").unwrap();
    browser
        .wait_until(&format!("{number}.textContent === '2' && /w=2|^quorum\\?r=1/.test({below}.link)"))
        .unwrap();
    assert_eq!(
        browser.execute(&format!("return {number}.getAttribute('aria-valuetext')"), vec![]).unwrap(),
        "2"
    );
    let place = browser.execute(&format!("const box = {number}.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]"), vec![]).unwrap();
    let place = (place[0].as_f64().unwrap() as i32, place[1].as_f64().unwrap() as i32);
    browser.drag(place, (place.0 + 40, place.1)).unwrap();
    browser.wait_until(&format!("{number}.textContent === '3' && /w=3/.test({below}.link)")).unwrap();
    // And back: what the widget's own control says, the sentence says.
    browser.execute(&format!("{below}.widget.message('set w 1', '')"), vec![]).unwrap();
    browser.wait_until(&format!("{number}.textContent === '1'")).unwrap();
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}
