//! The module comes in parts: what a page fetches at once is enough to open it; the rest is there when it is called for.

use serde_json::{Value, json};
use splitbrain::labs::LABS;
use splitbrain_site::browser::{Browser, Look};
use splitbrain_tests::site_address;

use super::runs::{STILL, await_in, awake, visit_lab};

/// How what comes later has been fetched so far: the rest of the base and of labs.
const FETCHED: &str = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('_rest.wasm')).map((entry) => entry.initiatorType)";

/// The parts that were called for before they were there.
const MISSED: &str = "performance.getEntriesByType('resource').filter(({ name, initiatorType }) => name.endsWith('.wasm') && initiatorType === 'xmlhttprequest').map(({ name }) => name)";

/// What comes later, as it was fetched, and what was missed.
fn rests(browser: &Browser) -> Value {
    browser.execute(&format!("return [...{FETCHED}, ...{MISSED}]"), vec![]).unwrap()
}

/// Plays the first run of a page to its end, past every broken promise, without a touch; says how far that was, and whether a text was
/// ever drawn that had not been there to read: memory begins as zeroes.
const PLAYED: &str = "const lab = document.querySelector('splitbrain-lab');
    lab.send('speed 8');
    let lacked = false;
    const place = () => {
        const { value, max } = lab.shadowRoot.querySelector('.sb-scrub');
        return [Number(value), Number(max)];
    };
    for (let [now, last] = place(); now < last; [now, last] = place()) {
        lab.send('play');
        for (let i = 0; i < 50; i++) lab.send('arrive');
        lacked ||= lab.shadowRoot.innerHTML.includes('\\0');
        await new Promise((done) => setTimeout(done));
    }
    return [...place(), lacked];";

/// A window that shows a page's first widget alone: the second, where it comes near, asks for the rest.
const FIRST: Look = Look { width: 1200, height: 500, dark: false, reduced_motion: false };

/// Opens a page that is never idle, in which nothing is fetched ahead, on a machine on which everything takes so many times as long.
fn busy(page: &str, look: &Look, slow: u32) -> Browser {
    let browser = Browser::open(look).unwrap();
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": slow })).unwrap();
    let never = json!({"source": "globalThis.requestIdleCallback = () => 0;"});
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", never).unwrap();
    browser.goto(&format!("{}{page}", site_address())).unwrap();
    awake(&browser);
    browser
}

/// Whether what the page opens with is rehearsed; where it is not, it asks for all of its module at once.
fn is_lean(browser: &Browser) -> bool {
    browser.execute("return document.querySelector('splitbrain-lab').hasAttribute('lean')", vec![]).unwrap()
        == true
}

#[test]
fn a_page_opens_and_plays_its_first_run_with_the_first_part_alone() {
    if std::env::var_os("SPLITBRAIN_FAST").is_some() {
        return; // modules are in one piece then
    }
    let labs = LABS.iter().map(|lab| format!("/labs/{}/", lab.meta().id));
    for page in std::iter::once("/".to_string()).chain(labs) {
        let browser = busy(&page, &FIRST, 1);
        if !is_lean(&browser) {
            continue;
        }
        let place = await_in(&browser, PLAYED);
        assert!(place[0].as_u64() > Some(10) && place[0] == place[1], "{page}: {place}");
        assert_eq!(place[2], false, "{page}: see www/src/constants.rs");
        assert_eq!(rests(&browser), json!([]), "{page}: see web/src/rehearsal.rs");
        assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new(), "{page}");
    }
}

/// How many times as long everything takes on a slow machine.
const SLOW: u32 = 6;

#[test]
fn a_page_opens_with_the_first_part_alone_on_a_slow_machine() {
    if std::env::var_os("SPLITBRAIN_FAST").is_some() {
        return;
    }
    for lab in LABS {
        let page = format!("/labs/{}/", lab.meta().id);
        let browser = busy(&page, &FIRST, SLOW);
        if !is_lean(&browser) {
            continue;
        }
        assert_eq!(rests(&browser), json!([]), "{page}: see web/src/rehearsal.rs");
    }
}

#[test]
fn the_rest_comes_with_the_first_touch_and_at_the_latest_when_it_is_called_for() {
    if std::env::var_os("SPLITBRAIN_FAST").is_some() {
        return;
    }
    let body = |touch: &str| {
        format!(
            "const lab = document.querySelector('splitbrain-lab');
            {touch}
            lab.send('more');
            lab.send('panel inspector');
            lab.send('panel saved');
            const titles = Array.from(lab.shadowRoot.querySelectorAll('.sb-panel-title'), (title) => title.textContent);
            return [[...new Set({FETCHED})], titles.includes('Saved runs')];"
        )
    };
    let touch = "lab.touch(); while (!performance.getEntriesByType('resource').some(({ name }) => name.endsWith('_rest.wasm'))) await new Promise((done) => setTimeout(done, 20));
            await (await import('/modules.js')).loadRest(lab.lab);";
    let browser = busy("/labs/quorum/", &STILL, 1);
    assert_eq!(await_in(&browser, &body(touch)), json!([["fetch"], true]));
    // Nobody has touched anything: the page has to wait for it.
    let browser = busy("/labs/quorum/", &STILL, 1);
    assert_eq!(await_in(&browser, &body("")), json!([["xmlhttprequest"], true]));
}

#[test]
fn where_the_rest_cannot_be_had_the_widget_says_so_and_comes_back() {
    if std::env::var_os("SPLITBRAIN_FAST").is_some() {
        return;
    }
    let browser = busy("/labs/quorum/", &STILL, 1);
    let body = "const lab = document.querySelector('splitbrain-lab');
        const { send } = XMLHttpRequest.prototype;
        XMLHttpRequest.prototype.send = () => { throw new Error('no connection'); };
        // As it is rehearsed.
        lab.send('slid w', '0');
        await lab.computing;
        lab.send('more');
        await new Promise((done) => setTimeout(done));
        const before = lab.link;
        try { lab.send('panel saved'); } catch {}
        await new Promise((done) => setTimeout(done, 300));
        const sorry = lab.shadowRoot.querySelector('.sb-sorry');
        const said = [sorry?.querySelector('p').textContent.split(':')[0], sorry?.querySelector('input').value === before];
        XMLHttpRequest.prototype.send = send;
        sorry?.querySelector('button').click();
        // A run that is late is shown when it has ended.
        const { digest } = await lab.outcome();
        lab.send('panel saved');
        return [...said, lab.drawn, digest.length];";
    let expected = json!(["A part of this page could not be fetched", true, true, 8]);
    assert_eq!(await_in(&browser, body), expected);
}

#[test]
fn what_is_saved_is_whole() {
    let browser = visit_lab("/labs/quorum/", &STILL);
    let body = "const lab = document.querySelector('splitbrain-lab');
        const made = [];
        const make = URL.createObjectURL;
        URL.createObjectURL = (file) => (made.push(file), make.call(URL, file));
        HTMLAnchorElement.prototype.click = () => {};
        const saved = async (message, type) => {
            lab.send(message);
            let file;
            while (!(file = made.find((file) => file.type === type))) await new Promise((done) => setTimeout(done, 20));
            return file;
        };
        const text = await (await saved('save-svg stage', 'image/svg+xml')).text();
        const picture = new DOMParser().parseFromString(text, 'image/svg+xml');
        const root = picture.documentElement;
        const dots = await createImageBitmap(await saved('save-png stage', 'image/png'));
        const run = JSON.parse(await (await saved('save-json', 'application/json')).text());
        const rows = (await (await saved('save-csv', 'text/csv')).text()).split('\\r\\n');
        // Where no such picture can be made, that is said.
        HTMLCanvasElement.prototype.toBlob = (done) => done(null);
        lab.send('share');
        lab.send('save-png stage');
        const told = () => lab.shadowRoot.querySelector('.sb-told')?.textContent;
        while (!told()) await new Promise((done) => setTimeout(done, 20));
        return [
            told().split('.')[0], picture.querySelector('parsererror')?.textContent ?? '', root.tagName,
            text.includes('--sb-ink'), text.includes('@splitbrain'),
            dots.width === 2 * root.getAttribute('width'), dots.height === Math.floor(2 * root.getAttribute('height')),
            run.digest.length, rows[0].split(',').length,
        ];";
    let expected = json!(["The file could not be made here", "", "svg", true, false, true, true, 8, 7]);
    assert_eq!(await_in(&browser, body), expected);
}

#[test]
fn a_hand_that_comes_near_warms_a_widget_up_and_nothing_is_seen_of_it() {
    let browser = visit_lab("/labs/quorum/", &STILL);
    let body = "const lab = document.querySelector('splitbrain-lab');
        const shown = () => lab.link + lab.shadowRoot.innerHTML;
        const before = shown();
        let moves = 0;
        lab.widget.warm_up = () => {
            const whole = Object.getPrototypeOf(lab.widget).warm_up.call(lab.widget);
            moves += whole;
            return whole;
        };
        lab.dispatchEvent(new Event('pointerenter'));
        lab.dispatchEvent(new Event('focusin'));
        while (moves < 8) await new Promise((done) => setTimeout(done, 20));
        await new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)));
        return [moves, shown() === before];";
    assert_eq!(await_in(&browser, body), json!([8, true]));
}

/// Waits for what is fetched ahead, and takes the network away.
fn offline(browser: &Browser) {
    browser.wait_until(&format!("({FETCHED}).length === 2 && document.readyState === 'complete'")).unwrap();
    browser
        .wait_until("performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/files.js'))")
        .unwrap();
    // Each part is fetched once: when all that the lab may take has come, so it has for the page.
    await_in(browser, "await (await import('/modules.js')).loadRest('quorum')");
    browser.devtools("Network.enable", json!({})).unwrap();
    let none = json!({"offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0});
    browser.devtools("Network.emulateNetworkConditions", none).unwrap();
}

#[test]
fn a_page_once_open_goes_on_without_a_network() {
    if std::env::var_os("SPLITBRAIN_FAST").is_some() {
        return;
    }
    let browser = visit_lab("/labs/quorum/", &STILL);
    offline(&browser);
    let body = "const labs = [...document.querySelectorAll('splitbrain-lab')];
        const drawn = await Promise.all(labs.map((lab) => lab.outcome().then(({ digest }) => digest.length === 8, String)));
        const [lab] = labs;
        lab.send('more');
        const panels = Array.from(lab.shadowRoot.querySelectorAll('.sb-toggles button'), (button) => button.dataset.onClick);
        for (const panel of panels) if (lab.shadowRoot.querySelector(`.sb-toggles [data-on-click='${panel}']`).getAttribute('aria-pressed') === 'false') lab.send(panel);
        const shut = lab.shadowRoot.querySelectorAll('.sb-toggles [aria-pressed=false]').length;
        lab.send('share');
        lab.send('save-csv');
        const told = () => lab.shadowRoot.querySelector('.sb-sheet .sb-told').textContent;
        while (!told()) await new Promise((done) => setTimeout(done, 20));
        return [labs.length > 5, drawn.every((drawn) => drawn === true), panels.length > 8, shut, told(), !!lab.shadowRoot.querySelector('.sb-sorry')];";
    let expected = json!([true, true, true, 0, "The file is with the browser.", false]);
    assert_eq!(await_in(&browser, body), expected);
}

#[test]
fn where_a_part_could_not_be_fetched_the_widget_says_so_and_tries_again() {
    if std::env::var_os("SPLITBRAIN_FAST").is_some() {
        return;
    }
    let browser = busy("/labs/quorum/", &STILL, 1);
    let none = json!({"offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0});
    browser.devtools("Network.enable", json!({})).unwrap();
    browser.devtools("Network.emulateNetworkConditions", none).unwrap();
    let body = "const lab = document.querySelectorAll('splitbrain-lab')[3];
        await lab.wake();
        while (!lab.hasAttribute('data-failed')) await new Promise((done) => setTimeout(done, 20));
        return lab.shadowRoot.querySelector('[role=alert]').textContent;";
    let said = await_in(&browser, body);
    assert!(said.as_str().is_some_and(|said| said.contains("perhaps there is no connection")), "{said}");
    let back = json!({"offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    browser.devtools("Network.emulateNetworkConditions", back).unwrap();
    let body = "const lab = document.querySelectorAll('splitbrain-lab')[3];
        lab.shadowRoot.querySelector('button').click();
        while (!lab.drawn) await new Promise((done) => setTimeout(done, 20));
        return lab.hasAttribute('data-failed');";
    assert_eq!(await_in(&browser, body), json!(false));
}
