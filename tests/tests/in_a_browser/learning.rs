//! What a reader learns by: challenges, scenes, worksheets, saved runs, pasted links; by keyboard, and remembered.

use serde_json::{Value, json};
use splitbrain_site::browser::Browser;

use super::runs::{STILL, visit_lab};

/// Puts the keyboard on something in the widget that `host` selects.
fn focus(browser: &Browser, host: &str, selector: &str) {
    let found = browser.execute(
        "const found = document.querySelector(arguments[0]).shadowRoot.querySelector(arguments[1]);
         found?.scrollIntoView({ block: 'center' });
         found?.focus();
         return !!found;",
        vec![json!(host), json!(selector)],
    );
    assert_eq!(found.unwrap(), true, "{selector} is there");
}

/// The message of the button that the keyboard is on, in whichever widget.
fn focused(browser: &Browser) -> Value {
    let body = "return document.activeElement.shadowRoot?.activeElement?.dataset.onClick ?? null";
    browser.execute(body, vec![]).unwrap()
}

#[test]
fn a_challenge_is_met_where_it_stands_by_keyboard_and_remembered() {
    let browser = visit_lab("/labs/quorum/", &STILL);
    browser.execute("document.querySelector('[data-challenge] .told a').focus()", vec![]).unwrap();
    browser.press("Enter").unwrap();
    let lab = "[data-challenge='quorum/fresh'] splitbrain-lab";
    browser.wait_for(&format!("{lab} >>> [data-on-click='guess 1']")).unwrap();
    let widths = format!(
        "const lab = document.querySelector(\"{lab}\"); return lab.clientWidth / lab.closest('li').clientWidth"
    );
    assert!(browser.execute(&widths, vec![]).unwrap().as_f64() > Some(0.9), "it has its item's whole width");
    // The question comes first, its answers in the order of the alphabet, and the keyboard is on it.
    browser.wait_until("document.activeElement.shadowRoot?.activeElement").unwrap();
    assert_eq!(focused(&browser), "guess 1");
    let judged = format!("{lab} >>> .sb-judged");
    assert!(browser.text(&judged).unwrap().starts_with("Not judged yet"));
    browser.press("Enter").unwrap();
    assert!(browser.text(&judged).unwrap().starts_with("Not reached yet"));
    for key in ["w", "r"] {
        focus(&browser, lab, &format!("input[data-on-input='slide {key}']"));
        browser.press("ArrowRight").unwrap();
    }
    assert!(browser.text(&judged).unwrap().starts_with("Reached."));
    let said = browser.text(&format!("{lab} >>> [role=status]")).unwrap();
    assert!(said.contains("Challenge reached"), "a screen reader is told: {said:?}");
    let mark = "[data-challenge='quorum/fresh'] .reached";
    browser.wait_for(mark).unwrap();
    browser.reload().unwrap();
    browser.wait_for(mark).unwrap();
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn a_scene_is_told_by_one_key() {
    let browser = visit_lab("/labs/quorum/told/", &STILL);
    let caption = "splitbrain-lab >>> .sb-caption";
    // The page is there for the scene: its key works without a click.
    let mut heard = vec![browser.text(caption).unwrap()];
    for _ in 1..7 {
        browser.press("Space").unwrap();
        heard.push(browser.text(caption).unwrap());
        assert_eq!(&browser.text("splitbrain-lab >>> [role=status]").unwrap(), heard.last().unwrap());
    }
    heard.dedup();
    assert_eq!(heard.len(), 7, "{heard:?}");
    assert!(heard[4].contains("reads the old value"), "{heard:?}");
    let size = "const box = document.querySelector('splitbrain-lab').shadowRoot.querySelector('.sb-go.sb-primary').getBoundingClientRect();
        return Math.min(box.width, box.height)";
    assert!(browser.execute(size, vec![]).unwrap().as_f64() >= Some(44.0));
    browser.press("PageUp").unwrap();
    assert_eq!(browser.text(caption).unwrap(), heard[5]);
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

/// The link of the page's first widget.
fn link(browser: &Browser) -> String {
    let link = browser.execute("return document.querySelector('splitbrain-lab').link", vec![]).unwrap();
    link.as_str().expect("a link is text").to_string()
}

/// Pastes a text where the keyboard is.
fn paste(browser: &Browser, text: &str) {
    let body = "const data = new DataTransfer();
        data.setData('text/plain', arguments[0]);
        const inner = document.activeElement.shadowRoot?.activeElement ?? document.activeElement;
        inner.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, composed: true, cancelable: true }));";
    browser.execute(body, vec![json!(text)]).unwrap();
}

#[test]
fn a_run_is_saved_and_found_again_and_a_pasted_link_opens() {
    let browser = visit_lab("/labs/quorum/full/", &STILL);
    let lab = "splitbrain-lab";
    paste(&browser, "https://example.org/somewhere/labs/quorum/#w=1&r=1");
    assert_eq!(link(&browser), "quorum?w=1&r=1");
    paste(&browser, "just some words");
    let told = browser.text(&format!("{lab} >>> .sb-notice")).unwrap();
    assert!(told.contains("What was pasted is no link to a run"), "{told}");
    focus(&browser, lab, "[data-on-click='panel saved']");
    browser.press("Enter").unwrap();
    focus(&browser, lab, ".sb-save input");
    paste(&browser, "cap");
    browser.press("m").unwrap();
    browser.press("Enter").unwrap();
    let saved = format!("{lab} >>> [data-on-click='open-kept saved 0']");
    assert_eq!(browser.text(&saved).unwrap(), "m", "what is pasted into a field stays there");
    // Another day, another page of the same site: it is still there.
    let address = browser.url().unwrap();
    browser.goto("about:blank").unwrap();
    browser.goto(address.split('#').next().expect("an address")).unwrap();
    super::runs::awake(&browser);
    focus(&browser, lab, "[data-on-click='panel saved']");
    browser.press("Enter").unwrap();
    browser.click(&saved).unwrap();
    assert!(link(&browser).starts_with("quorum?w=1&r=1"), "{}", link(&browser));
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn a_run_of_another_lab_opens_on_the_page_of_that_lab() {
    let browser = visit_lab("/labs/quorum/#w=1", &STILL);
    let on = |page: &str, link: &str| {
        let there = format!(
            "location.pathname === '{page}' && document.querySelector('splitbrain-lab').drawn
                && document.querySelector('splitbrain-lab').link.startsWith('{link}')"
        );
        browser.wait_until(&there).unwrap_or_else(|e| panic!("{page} {link}, not {:?}: {e}", browser.url()));
    };
    paste(&browser, "https://example.org/labs/ping/#loss=0.5");
    on("/labs/ping/", "ping?loss=0.5");
    // The way back leads to where it was pasted; an address that names another lab is itself no step.
    browser.execute("history.back()", vec![]).unwrap();
    on("/labs/quorum/", "quorum?w=1");
    browser
        .goto(&format!(
            "{}full/#ping?loss=0.25",
            browser.url().unwrap().split('#').next().expect("an address")
        ))
        .unwrap();
    on("/labs/ping/full/", "ping?loss=0.25");
    browser.execute("history.back()", vec![]).unwrap();
    on("/labs/quorum/", "quorum?w=1");
    browser.execute("location.hash = 'ping?loss=0.125'", vec![]).unwrap();
    on("/labs/ping/", "ping?loss=0.125");
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn a_worksheet_is_answered_by_a_link() {
    let sheet =
        "/labs/quorum/full/#w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal&controls=w,r&hide=lights&challenge=fresh";
    let browser = visit_lab(sheet, &STILL);
    let lab = "splitbrain-lab";
    assert!(browser.text(&format!("{lab} >>> .sb-task")).unwrap().contains("Worksheet"));
    let telling = ".sb-verdicts, .sb-light, .sb-tick-broken, .sb-is-broken, [data-on-click^='why'], [data-on-click^='do ']";
    for key in ["w", "r"] {
        focus(&browser, lab, &format!("input[data-on-input='slide {key}']"));
        browser.press("ArrowRight").unwrap();
        focus(&browser, lab, ".sb-timeline button:not([disabled])");
        browser.press("End").unwrap();
        let body = "return document.querySelector('splitbrain-lab').shadowRoot.querySelectorAll(arguments[0]).length";
        assert_eq!(browser.execute(body, vec![json!(telling)]).unwrap(), 0, "nothing tells");
    }
    let answer = link(&browser);
    assert!(
        answer.contains("hide=lights") && answer.contains("challenge=fresh") && !answer.contains("w=1"),
        "{answer}"
    );
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}
