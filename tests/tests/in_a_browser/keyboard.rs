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

/// Presses an arrow until the mark of a picture that says this has the keyboard.
fn arrow_to(browser: &Browser, message: &str) {
    let body = format!("{DEEPEST} return at.dataset.onClick === arguments[0];");
    for _ in 0..60 {
        if browser.execute(&body, vec![json!(message)]).unwrap() == true {
            return;
        }
        browser.press("ArrowRight").unwrap();
    }
    panic!("60 times an arrow, and never at {message}");
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
    tab_to(&browser, "at.matches('.sb-stage [data-stop]')");
    arrow_to(&browser, "focus node n1");
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
    tab_to(&browser, &named("Show where “regular register” breaks"));
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

#[test]
fn a_picture_is_one_stop_and_the_keys_of_a_widget_that_is_the_page_work_from_all_of_it() {
    let browser = visit_lab("/labs/quorum/full/", &STILL);
    let event = "Number(root.querySelector('.sb-event').textContent.split('/')[0])";
    // Nothing has the keyboard yet.
    browser.press("ArrowRight").unwrap();
    assert_eq!(ask(&browser, event), 1, "an arrow steps");
    browser.press("End").unwrap();
    assert_ne!(ask(&browser, event), 1);
    assert_eq!(ask(&browser, "scrollY"), 0, "and the page stays where it is");
    browser.press("?").unwrap();
    let keys = text(&browser, "root.querySelector('.sb-keys').innerText");
    assert!(keys.contains("fill the screen"), "the list of keys: {keys}");
    browser.press("Escape").unwrap();
    assert!(ask(&browser, "root.querySelector('.sb-keys')").is_null());
    // Each picture takes one press of Tab.
    let mut stops: Vec<String> = Vec::new();
    let at =
        format!("{DEEPEST} return at.closest?.('.sb-picture')?.querySelector('title')?.id ?? at.className;");
    for _ in 0..40 {
        browser.press("Tab").unwrap();
        let stop = browser.execute(&at, vec![]).unwrap().as_str().unwrap_or_default().to_string();
        let is_play = stop.contains("sb-play");
        stops.push(stop);
        if is_play {
            break;
        }
    }
    assert!(stops.last().is_some_and(|stop| stop.contains("sb-play")), "Play within 40 stops: {stops:?}");
    assert!(stops.len() <= 26, "Play after {} stops: {stops:?}", stops.len());
    let in_stage = stops.iter().filter(|stop| stop.contains("stage-title")).count();
    assert_eq!(in_stage, 1, "{stops:?}");
    // Arrows reach every node and every link in it.
    ask(&browser, "root.querySelector('.sb-stage [data-stop][tabindex=\"0\"]').focus()");
    let count = ask(&browser, "root.querySelectorAll('.sb-stage [data-stop]').length").as_u64().unwrap();
    let mark = format!("{DEEPEST} return at.dataset.onClick;");
    let mut reached: Vec<String> = Vec::new();
    for _ in 0..count {
        reached.push(browser.execute(&mark, vec![]).unwrap().as_str().unwrap().to_string());
        browser.press("ArrowDown").unwrap();
    }
    assert!(reached[0].starts_with("focus node"), "{reached:?}");
    let moved = ask(&browser, event);
    reached.sort();
    reached.dedup();
    assert_eq!(reached.len() as u64, count, "{reached:?}");
    browser.press("Home").unwrap();
    assert_eq!(ask(&browser, event), moved, "arrows in the picture are not the timeline's");
}

#[test]
fn what_healing_and_the_end_came_to_is_said() {
    let browser = visit_lab("/", &STILL);
    let press = |name: &str| {
        let body = "const way = [...document.querySelectorAll('a[data-open]')].find((way) => way.textContent === arguments[0]);
            way.click();
            return document.querySelector('splitbrain-lab').outcome();";
        browser.execute(body, vec![json!(name)]).unwrap();
    };
    press("Heal the cut");
    let healed = said(&browser);
    assert!(healed.contains("No longer broken") && healed.contains("regular register"), "{healed}");
    assert!(healed.contains("Every promise is kept"), "{healed}");
    press("Cut again");
    let cut = said(&browser);
    assert!(cut.contains("Now broken") && cut.contains("regular register"), "{cut}");
    ask(&browser, "lab.send('start')");
    ask(&browser, "lab.send('end')");
    let end = said(&browser);
    assert!(end.contains("Broken on the way") && end.contains("regular register"), "{end}");
    // A control that mends it says so, too, and one that changes no light does not.
    ask(&browser, "lab.send('set w', '3')");
    assert!(said(&browser).contains("No longer broken"), "{}", said(&browser));
}

#[test]
fn picture_and_sentence_fill_the_screen_for_a_projector() {
    let look = splitbrain_site::browser::Look { width: 1920, height: 1080, ..STILL };
    let browser = visit_lab("/labs/quorum/full/#w=1&r=1&do=1s:cut:n1-n2.n3&at=1.435s", &look);
    browser.press("f").unwrap();
    browser
        .wait_until("document.querySelector('splitbrain-lab').shadowRoot.querySelector('.sb-projected')")
        .unwrap();
    let boxes = "['.sb-projected', '.sb-stage .sb-picture', '.sb-spoken', '.sb-play'].map((name) => { const { top, left, width, height, bottom } = root.querySelector(name).getBoundingClientRect(); return { top, left, width, height, bottom }; })";
    let boxes = ask(&browser, boxes);
    let px = |place: usize, name: &str| boxes[place][name].as_f64().unwrap();
    let room = ask(&browser, "[innerWidth, innerHeight]");
    let (wide, high) = (room[0].as_f64().unwrap(), room[1].as_f64().unwrap());
    assert_eq!(
        (px(0, "left"), px(0, "top"), px(0, "width"), px(0, "height")),
        (0.0, 0.0, wide, high),
        "{boxes}"
    );
    assert!(px(1, "height") > 0.6 * high, "the picture: {boxes}");
    assert!(px(3, "bottom") <= high, "and what plays it: {boxes}");
    let size = ask(&browser, "parseFloat(getComputedStyle(root.querySelector('.sb-spoken')).fontSize)");
    assert!(size.as_f64() > Some(24.0), "read from the last row: {size}");
    let sentence = text(&browser, "root.querySelector('.sb-spoken').innerText");
    assert!(sentence.contains("1.43"), "{sentence}");
    browser.press("ArrowRight").unwrap();
    assert_ne!(text(&browser, "root.querySelector('.sb-spoken').innerText"), sentence);
    browser.press("Escape").unwrap();
    browser
        .wait_until("!document.querySelector('splitbrain-lab').shadowRoot.querySelector('.sb-projected')")
        .unwrap();
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}
