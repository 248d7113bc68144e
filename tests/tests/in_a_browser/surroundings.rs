//! The same page on paper, on a phone, on a wall, and for those who read figures by ear.

use serde_json::{Value, json};
use splitbrain_site::browser::{Browser, Look};

use super::runs::{STILL, awake, visit_lab};
use splitbrain_tests::site_address;

fn ask(browser: &Browser, body: &str) -> Value {
    let body =
        format!("const lab = document.querySelector('splitbrain-lab'), root = lab?.shadowRoot; {body}");
    browser.execute(&body, vec![]).unwrap()
}

#[test]
fn no_page_scrolls_sideways_from_a_small_phone_to_a_wall() {
    let browser = Browser::open(&STILL).unwrap();
    let full = splitbrain::labs::IDS.iter().map(|lab| format!("/labs/{lab}/full/")).collect::<Vec<_>>();
    let others = ["/", "/labs/quorum/", "/claims/", "/book/", "/glossary/"].map(String::from);
    for (width, height) in [(320, 640), (3840, 2160)] {
        browser.look(&Look { width, height, ..STILL }).unwrap();
        for page in full.iter().chain(&others) {
            browser.goto(&format!("{}{page}", site_address())).unwrap();
            if page.contains("full") {
                awake(&browser);
            }
            let beyond = ask(&browser, "return document.documentElement.scrollWidth - innerWidth");
            assert_eq!(beyond, 0, "{page} at {width}");
        }
    }
}

#[test]
fn on_paper_there_are_pictures_with_what_was_run_and_nothing_to_press() {
    let browser = visit_lab("/labs/quorum/full/#w=1&r=1&do=1s:cut:n1-n2.n3&at=1.435s", &STILL);
    browser.devtools("Emulation.setEmulatedMedia", json!({"media": "print"})).unwrap();
    let seen = ask(
        &browser,
        "const seen = (element) => element.getClientRects().length > 0;
         return [
             [...root.querySelectorAll('button, select, [type=range]')].filter(seen).map((control) => control.outerHTML.slice(0, 80)),
             [...root.querySelectorAll('svg.sb-picture')].filter(seen).length,
             root.querySelector('.sb-status').innerText,
             document.documentElement.scrollWidth - innerWidth,
         ]",
    );
    assert_eq!(seen[0], json!([]), "controls on paper");
    assert!(seen[1].as_u64() >= Some(2), "the pictures");
    assert!(seen[2].as_str().unwrap().contains("quorum?w=1&r=1&do=1s:cut:n1-n2.n3"), "{}", seen[2]);
    assert_eq!(seen[3], 0);
    // A4 less the usual margins: the pages are written without a complaint.
    let paper = json!({"paperWidth": 8.27, "paperHeight": 11.69});
    let pdf = browser.devtools("Page.printToPDF", paper).unwrap();
    assert!(pdf["data"].as_str().is_some_and(|data| data.len() > 10_000));
}

#[test]
fn with_forced_colours_a_run_keeps_its_shapes() {
    let browser = visit_lab("/labs/quorum/full/#w=1&r=1&do=1s:cut:n1-n2.n3&at=1.435s", &STILL);
    let forced = json!({"features": [{"name": "forced-colors", "value": "active"}]});
    browser.devtools("Emulation.setEmulatedMedia", forced).unwrap();
    browser.wait_until("matchMedia('(forced-colors: active)').matches").unwrap();
    let body = "const node = root.querySelector('[data-on-click=\"focus node n1\"] .m, [data-on-click=\"focus node n1\"].m');
        const style = getComputedStyle(node), paper = getComputedStyle(root.querySelector('.sb')).backgroundColor;
        return style.stroke !== paper && style.stroke !== 'none';";
    assert_eq!(ask(&browser, body), true, "a node is seen against the paper");
}

#[test]
fn a_lesson_on_a_phone_shows_what_its_text_speaks_of_and_unfolds_the_rest() {
    let browser = visit_lab("/labs/quorum/", &Look { width: 390, height: 844, ..STILL });
    // Picture, time and knob share a screen.
    let heights = "const labs = [...document.querySelectorAll('splitbrain-lab')].slice(0, 4);
        const part = (lab) => lab.shadowRoot.querySelector('.sb-knobs') ?? lab.shadowRoot.querySelector('.sb-time-row');
        const height = (lab) => part(lab).getBoundingClientRect().bottom - lab.getBoundingClientRect().top;
        return Promise.all(labs.map((lab) => lab.outcome())).then(() => labs.map(height));";
    let heights = ask(&browser, heights);
    for height in heights.as_array().unwrap() {
        assert!(height.as_f64() < Some(844.0), "{heights}");
    }
    let second = "const second = document.querySelectorAll('splitbrain-lab')[1].shadowRoot;";
    let counts = || {
        let count = |selector: &str| format!("second.querySelectorAll('{selector}').length");
        ask(&browser, &format!("{second} return [{}, {}]", count(".sb-promise"), count(".sb-tab")))
    };
    assert_eq!(counts(), serde_json::json!([1, 0]));
    let press = |message: &str| {
        ask(&browser, &format!("{second} second.querySelector(\"[data-on-click='{message}']\").click()"))
    };
    press("more");
    assert!(counts()[1].as_u64() > Some(2), "tabs of all that is open");
    press("tab script");
    press("less");
    assert_eq!(counts(), serde_json::json!([1, 0]));
}

#[test]
fn charts_are_read_by_key_and_by_pointer() {
    let browser = visit_lab("/labs/retry/full/#panels=charts,timeline", &STILL);
    let words = || {
        ask(&browser, "return root.querySelector(\"[data-on-input='probe']\").getAttribute('aria-valuetext')")
    };
    ask(
        &browser,
        "const slider = root.querySelector(\"[data-on-input='probe']\"); slider.scrollIntoView({ block: 'center' }); slider.focus()",
    );
    browser.press("Home").unwrap();
    let first = words();
    browser.press("ArrowRight").unwrap();
    let next = words();
    assert_ne!(first, next, "each step says what the series say there");
    assert!(next.as_str().unwrap().contains("goodput"), "{next}");
    let place = ask(
        &browser,
        "const picture = root.querySelector('.sb-charts svg');
         picture.scrollIntoView({ block: 'start' });
         const box = picture.getBoundingClientRect();
         return [box.left + box.width * 0.6, box.top + 120];",
    );
    let point = (place[0].as_f64().unwrap() as i32, place[1].as_f64().unwrap() as i32);
    browser.drag((point.0 - 40, point.1), point).unwrap();
    assert_ne!(words(), next, "a pointer reads them, too");
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn a_widget_that_is_taken_out_and_put_back_goes_on() {
    let look = Look { reduced_motion: false, ..STILL };
    let browser = visit_lab("/embed/#quorum?w=1&r=1&at=500ms", &look);
    let body = "lab.send('play');
        const parent = lab.parentElement, digest = (await lab.outcome()).digest;
        lab.remove();
        const gone = lab.playing;
        parent.append(lab);
        const width = () => root.querySelector('.sb').className;
        const before = width();
        parent.style.maxWidth = '400px';
        const until = async (reached) => { while (!reached()) await new Promise(requestAnimationFrame); };
        await until(() => width() !== before);
        const now = root.querySelector('.sb').dataset.now;
        await until(() => lab.visible && root.querySelector('.sb').dataset.now !== now);
        // A run under way is given up with the widget, and taken up again.
        lab.send('pause');
        lab.link = 'retry?rate=280&capacity=300&trouble_for=5s&attempts=2&for=1m';
        lab.remove();
        await new Promise((done) => setTimeout(done, 100));
        parent.append(lab);
        return [gone, (await lab.outcome()).digest !== digest, lab.link.slice(0, 6)];";
    let found = ask(&browser, &format!("return (async () => {{ {body} }})()"));
    assert_eq!(found, json!([false, true, "retry?"]));
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn pages_widgets_and_pictures_have_one_face() {
    let browser = visit_lab("/", &STILL);
    let faces = "const face = (element) => getComputedStyle(element).fontFamily;
        return [document.body, root.querySelector('.sb'), root.querySelector('.sb-button'), root.querySelector('svg text')].map(face);";
    let faces = ask(&browser, faces);
    let faces = faces.as_array().unwrap();
    assert!(faces.iter().all(|face| face == &faces[0]), "{faces:?}");
}

#[test]
fn on_a_phone_the_steps_of_an_argument_are_read_with_the_picture() {
    let browser = visit_lab(
        "/labs/quorum/full/#w=1&r=1&do=1s:cut:n1-n2.n3",
        &Look { width: 390, height: 844, ..STILL },
    );
    ask(&browser, "lab.send('why promise latest')");
    let count = ask(&browser, "return root.querySelectorAll('.sb-steps .sb-jump').length").as_u64().unwrap();
    assert!(count > 3, "{count} steps");
    for step in [0, count - 1] {
        let body = format!(
            "const step = root.querySelectorAll('.sb-steps .sb-jump')[{step}];
             step.scrollIntoView({{ block: 'center' }});
             const before = root.querySelector('.sb-stage desc').textContent;
             step.click();
             const seen = (element) => {{ const {{ top, bottom, left, width }} = element.getBoundingClientRect(); const y = (top + bottom) / 2; return y > 0 && y < innerHeight && element.contains(root.elementFromPoint(left + width / 2, y)); }};
             return [root.querySelector('.sb-stage desc').textContent !== before, seen(root.querySelectorAll('.sb-steps .sb-jump')[{step}]), seen(root.querySelector(\"[data-on-click='focus node n1']\")), step.textContent.split(' ').length > 3];"
        );
        assert_eq!(ask(&browser, &body), json!([true, true, true, true]), "step {step}");
    }
}
