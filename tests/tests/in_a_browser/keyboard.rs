//! The story of the stale read by keyboard alone: a reader who knows the lab, with the texts that stand for its pictures, and one who has read
//! nothing but the home page.

use serde_json::{Value, json};
use splitbrain_site::browser::Browser;

use super::runs::{STILL, visit_lab};

/// What has the keyboard: looked for within shadow roots.
const DEEPEST: &str = "let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;";

/// Presses Tab until what has the keyboard satisfies a condition on `at`.
fn tab_to(browser: &Browser, condition: &str) {
    let body = format!("{DEEPEST} return !!at && !!({condition});");
    for _ in 0..250 {
        if browser.execute(&body, vec![]).unwrap() == true {
            return;
        }
        browser.press("Tab").unwrap();
    }
    panic!("250 times Tab, and never at {condition}");
}

/// The step of an argument that is a cut.
const CUT: &str = "at.matches('.sb-steps .sb-jump') && /cut n1 off/i.test(at.closest('li').textContent)";

/// The name by which a reader knows a control, from its label or its text.
fn named(name: &str) -> String {
    format!(
        "(at.getAttribute('aria-label') ?? (at.labels?.[0] ?? at).textContent).trim().startsWith({name:?})"
    )
}

fn ask(browser: &Browser, expression: &str) -> Value {
    let body = format!(
        "const lab = document.querySelector('splitbrain-lab'), root = lab.shadowRoot; return {expression};"
    );
    browser.execute(&body, vec![]).unwrap()
}

fn text(browser: &Browser, expression: &str) -> String {
    ask(browser, expression).as_str().unwrap_or_default().to_string()
}

fn link(browser: &Browser) -> String {
    text(browser, "lab.link")
}

/// What the live region says.
fn said(browser: &Browser) -> String {
    text(browser, "root.querySelector('[role=status]').textContent")
}

/// Live region, transcript and the stage's description tell of one moment.
fn texts_agree(browser: &Browser) {
    let said = said(browser);
    let time = said.split(": ").next().unwrap().to_string();
    let line = text(browser, "root.querySelector('.sb-transcript [aria-current] .sb-time').textContent");
    let stage = text(browser, "root.querySelector('.sb-stage desc').textContent");
    assert!(time.trim() == line.trim(), "the transcript is at {line}, the live region says {said}");
    let sentence = said.split(": ").nth(1).unwrap().trim_end_matches('.').to_string();
    assert!(stage.contains(time.trim()) && stage.contains(&sentence), "stage: {stage}\nlive region: {said}");
}

#[test]
fn the_quorum_story_by_keyboard_alone() {
    let browser = visit_lab("/labs/quorum/full/#panels=stage,timeline,verdicts,controls,transcript", &STILL);
    for (control, wanted) in [("W: write quorum", "w=1"), ("R: read quorum", "r=1")] {
        tab_to(&browser, &format!("at.type === 'range' && {}", named(control)));
        browser.press("ArrowLeft").unwrap();
        assert!(link(&browser).contains(wanted), "{wanted}: {}", link(&browser));
    }
    // To one second, then the menu of n1.
    tab_to(&browser, &named("Place in the run"));
    browser.press("Home").unwrap();
    while ask(&browser, "Number(root.querySelector('.sb').dataset.now)").as_f64().unwrap() < 1e6 {
        browser.press("ArrowRight").unwrap();
    }
    texts_agree(&browser);
    tab_to(&browser, "at.matches('[data-on-click=\"focus node n1\"]')");
    browser.press("Enter").unwrap();
    tab_to(&browser, &named("Cut off from n2, n3"));
    browser.press("Enter").unwrap();
    assert!(link(&browser).contains(":cut:n1-n2.n3"), "{}", link(&browser));
    assert!(said(&browser).contains("ut n1"), "the live region says what was done: {}", said(&browser));
    let stage = text(&browser, "root.querySelector('.sb-stage desc').textContent");
    assert!(stage.contains("cut: n1–n2"), "the stage's description knows of the cut: {stage}");
    browser.press("Escape").unwrap();
    // From change to change of a light, to the break.
    for _ in 0..60 {
        browser.press("]").unwrap();
        texts_agree(&browser);
        if said(&browser).contains("Broken") {
            break;
        }
    }
    assert!(said(&browser).contains("Broken: "), "{}", said(&browser));
    tab_to(&browser, &named("Why is “regular register” broken?"));
    browser.press("Space").unwrap();
    let why = text(&browser, "root.querySelector('.sb-why').innerText");
    assert!(why.contains("acknowledged"), "the argument stands there: {why}");
    let lit = "root.querySelectorAll('.sb-transcript .lit').length";
    assert!(ask(&browser, lit).as_f64() > Some(1.0), "and is lit in the transcript");
    // Back to the cut, which is a step of it, heal, and look again.
    tab_to(&browser, CUT);
    browser.press("Enter").unwrap();
    tab_to(&browser, &named("Heal all cuts"));
    browser.press("Enter").unwrap();
    let healed = link(&browser);
    assert!(healed.contains(":heal"), "{healed}");
    assert!(said(&browser).to_lowercase().contains("heal"), "{}", said(&browser));
    let stage = text(&browser, "root.querySelector('.sb-stage desc').textContent");
    assert!(!stage.contains("cut: n1"), "{stage}");
    browser.press("Control+z").unwrap();
    assert!(!link(&browser).contains(":heal"), "and undo takes it back");
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn a_reader_of_the_home_page_finds_and_mends_the_stale_read() {
    let browser = visit_lab("/", &STILL);
    // Only Tab, Enter, arrows and Space. The first light says when it breaks, and has a button that goes there.
    tab_to(&browser, &named("Jump to where “regular register” breaks"));
    browser.press("Enter").unwrap();
    assert!(said(&browser).contains("Broken: "), "{}", said(&browser));
    tab_to(&browser, &named("Why is “regular register” broken?"));
    browser.press("Space").unwrap();
    let why = text(&browser, "root.querySelector('.sb-why').innerText");
    assert!(why.contains("acknowledged"), "{why}");
    // The cause: the cut. It is healed by the button above the stage, from the step on that it is.
    tab_to(&browser, CUT);
    browser.press("Enter").unwrap();
    tab_to(&browser, &named("Heal"));
    browser.press("Enter").unwrap();
    assert!(link(&browser).contains(":heal"), "{}", link(&browser));
    let outcome = browser
        .execute("return document.querySelector('splitbrain-lab').outcome()", vec![json!(null)])
        .unwrap();
    let broken = outcome["verdicts"].as_array().unwrap().iter().find(|light| light["id"] == "latest");
    assert!(broken.is_none_or(|light| light["state"] == "kept"), "mended: {broken:?}");
}
