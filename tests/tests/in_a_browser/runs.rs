//! Runs in wasm: the same as natively, whatever the link says, and a picture that comes back when the reader goes back.

use serde_json::{Value, json};
use splitbrain::lab::Detail;
use splitbrain::labs::LABS;
use splitbrain::link::{self, Link};
use splitbrain_site::browser::{Browser, Look};
use splitbrain_tests::published::scenarios;
use splitbrain_tests::{site_address, visit};

/// Waits until the page's first widget is awake.
pub fn awake(browser: &Browser) {
    browser.wait_until("document.querySelector('splitbrain-lab')?.drawn").expect("the widget wakes up");
}

/// Opens a page and waits until its first widget is awake.
pub fn visit_lab(path: &str, look: &Look) -> Browser {
    let browser = visit(path, look);
    awake(&browser);
    browser
}

/// Nothing moves by itself: what a test sees is what it did.
pub const STILL: Look = Look { width: 1200, height: 900, dark: false, reduced_motion: true };

/// Runs the body of an asynchronous function in the page.
pub fn await_in(browser: &Browser, body: &str) -> Value {
    browser.execute(&format!("return (async () => {{ {body} }})()"), vec![]).unwrap()
}

/// Some 250,000 records: no machine has run them by the time the next line is read.
pub const LARGE: &str = "retry?rate=280&capacity=300&trouble_for=5s&attempts=2&for=1m";

const DIGEST: &str = "const lab = document.querySelector('splitbrain-lab');
    lab.link = arguments[0];
    return lab.outcome().then((outcome) => outcome.digest);";

#[test]
fn every_run_is_the_same_as_natively() {
    let browser = visit_lab("/embed/#ping", &STILL);
    for published in LABS.iter().flat_map(|lab| scenarios(*lab)) {
        let (first, second) = (published.link.scenario, published.link.second);
        for scenario in std::iter::once(first).chain(second) {
            let native = published.lab.run(&scenario, Detail::Totals).digest_word();
            let text = link::print(&Link::to(scenario), LABS);
            let digest = browser.execute(DIGEST, vec![json!(text)]).expect("the run comes to an end");
            assert_eq!(digest, native, "{text} differs in wasm");
        }
    }
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

/// Ten thousand cues, which is more than a script may have.
fn long_script() -> String {
    let cues: Vec<String> = (0..10_000).map(|i| format!("{i}us:heal")).collect();
    format!("quorum?do={}", cues.join(","))
}

#[test]
fn whatever_the_link_says_the_page_opens_with_a_sentence_and_works() {
    let browser = Browser::open(&STILL).unwrap();
    let links = [
        "quorum?n=&%zz&w=1=2&=&do=1s:cut:n1-".to_string(),
        "nolab?n=3&w=1".to_string(),
        "quorum?n=1e99".to_string(),
        long_script(),
        "quorum?v=9&w=1&somewhere=new".to_string(),
        "quorum?w=3&n=2".to_string(),
        "quorum?at=r99999999&view=nowhere".to_string(),
        "quorum?z=AAAA".to_string(),
    ];
    for link in links {
        let shown: String = link.chars().take(60).collect();
        // A change of the fragment alone would not load the page anew.
        browser.goto("about:blank").unwrap();
        browser.goto(&format!("{}/embed/#{link}", site_address())).unwrap();
        awake(&browser);
        if !link.contains("at=r") {
            let said = browser.text("splitbrain-lab >>> .sb-notice").unwrap();
            assert!(said.split_whitespace().count() >= 4, "{shown}: says only {said:?}");
        }
        let place = "splitbrain-lab >>> .sb-event";
        browser.click("splitbrain-lab >>> button[data-on-click='start'], splitbrain-lab").ok();
        let before = browser.text(place).unwrap();
        let step = if before.starts_with('0') || before.contains("0 /") { "step 1" } else { "step -1" };
        browser
            .execute(
                "document.querySelector('splitbrain-lab').widget.message(arguments[0], '')",
                vec![json!(step)],
            )
            .unwrap();
        assert_ne!(browser.text(place).unwrap(), before, "{shown}: the page goes on working");
        assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new(), "{shown}");
    }
}

/// Steps forward, keeping each picture, then back, and names the first that differs.
const THERE_AND_BACK: &str = "const lab = document.querySelector('splitbrain-lab');
    const [link, from_us, count] = arguments;
    lab.link = link;
    await lab.outcome();
    const picture = () => Array.from(lab.shadowRoot.querySelectorAll('svg.sb-picture'), (svg) => svg.outerHTML).join('\\n');
    const pictures = [];
    // From a moment between two events to the first event after it: from there on, steps are between events.
    lab.widget.message(`at ${from_us}us`, '');
    lab.widget.message('step 1', '');
    for (let i = 0; i < count; i++) {
        pictures.push(picture());
        lab.widget.message('step 1', '');
    }
    const differing = new Set(pictures).size;
    for (let i = count; i-- > 0;) {
        lab.widget.message('step -1', '');
        const now = picture();
        if (now !== pictures[i]) {
            const at = [...now].findIndex((letter, place) => letter !== pictures[i][place]);
            return `step ${i}: was …${pictures[i].slice(at - 60, at + 60)}… is …${now.slice(at - 60, at + 60)}…`;
        }
    }
    return differing;";

#[test]
fn n_steps_forward_and_n_back_give_the_same_pictures() {
    let browser = visit_lab("/embed/#ping", &STILL);
    let body = format!("return (async function () {{ {THERE_AND_BACK} }}).apply(null, arguments)");
    for lab in LABS {
        // The default and two presets of each lab: what differs between presets is what is drawn, not how it comes back.
        for (place, published) in scenarios(*lab).iter().take(3).enumerate() {
            let link = published.text;
            // From a third of the run on, and not to its end.
            let outcome = lab.run(&published.link.scenario, Detail::Full);
            let records = outcome.trace.records();
            let (from, count) = (records.len() / 3, (records.len() / 2).min(30));
            let asked = vec![json!(link), json!(records[from].at_us + 1), json!(count - 1)];
            let found = browser.execute(&body, asked).unwrap();
            let Value::Number(pictures) = &found else { panic!("{link}: {found}") };
            // What a preset opens with may draw calls that have ended alone, and none ends in so few steps.
            let least = if place == 0 { 2 } else { 1 };
            assert!(pictures.as_u64() >= Some(least), "{link}: nothing changes in {count} steps");
        }
    }
}
