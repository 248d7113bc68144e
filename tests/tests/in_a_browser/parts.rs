//! A module comes in two parts: what a page fetches at once is enough to open it; the rest is there when it is called for.

use serde_json::{Value, json};
use splitbrain_site::browser::{Browser, Look};

use super::runs::{STILL, visit_lab};

/// How the rests of modules have been fetched so far.
const FETCHED: &str = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('_rest.wasm')).map((entry) => entry.initiatorType)";

fn await_in(browser: &Browser, body: &str) -> Value {
    browser.execute(&format!("return (async () => {{ {body} }})()"), vec![]).unwrap()
}

fn rests(browser: &Browser) -> Value {
    browser.execute(&format!("return {FETCHED}"), vec![]).unwrap()
}

#[test]
fn a_page_opens_with_the_first_part_alone() {
    if std::env::var_os("SPLITBRAIN_FAST").is_some() {
        return; // modules are in one piece then
    }
    for page in ["/", "/labs/ping/", "/labs/quorum/", "/labs/retry/", "/labs/breaker/", "/labs/ring/"] {
        let browser = visit_lab(page, &Look::default());
        let body = "const lab = document.querySelector('splitbrain-lab');
            await new Promise((done) => setTimeout(done, 300));
            return lab.drawn;";
        assert_eq!(await_in(&browser, body), json!(true), "{page}");
        assert_eq!(rests(&browser), json!([]), "{page}: see web/src/rehearsal.rs");
        assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new(), "{page}");
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
            lab.send('panel inspector');
            lab.send('panel saved');
            const titles = Array.from(lab.shadowRoot.querySelectorAll('.sb-panel-title'), (title) => title.textContent);
            return [{FETCHED}, titles.includes('Saved runs')];"
        )
    };
    let touch = "lab.dispatchEvent(new Event('x')); lab.touch(); while (!performance.getEntriesByType('resource').some(({ name }) => name.endsWith('_rest.wasm'))) await new Promise((done) => setTimeout(done, 20));
            await (await import('/modules.js')).loadRest(lab.module);";
    let browser = visit_lab("/labs/quorum/", &STILL);
    assert_eq!(await_in(&browser, &body(touch)), json!([["fetch"], true]));
    // Nobody has touched anything: the page has to wait for it.
    let browser = visit_lab("/labs/quorum/", &STILL);
    assert_eq!(await_in(&browser, &body("")), json!([["xmlhttprequest"], true]));
}

#[test]
fn where_the_rest_cannot_be_had_the_widget_says_so_and_comes_back() {
    if std::env::var_os("SPLITBRAIN_FAST").is_some() {
        return;
    }
    let browser = visit_lab("/labs/quorum/", &STILL);
    let body = "const lab = document.querySelector('splitbrain-lab');
        const { send } = XMLHttpRequest.prototype;
        XMLHttpRequest.prototype.send = () => { throw new Error('no connection'); };
        lab.send('set w', '3');
        await lab.computing;
        try { lab.send('panel saved'); } catch {}
        await new Promise((done) => setTimeout(done, 300));
        const sorry = lab.shadowRoot.querySelector('.sb-sorry');
        const said = [sorry?.querySelector('p').textContent.split(':')[0], sorry?.querySelector('input').value];
        XMLHttpRequest.prototype.send = send;
        sorry?.querySelector('button').click();
        lab.send('panel saved');
        return [...said, lab.drawn, (await lab.outcome()).digest.length];";
    let expected = json!(["A part of this page could not be fetched", "quorum?w=3", true, 16]);
    assert_eq!(await_in(&browser, body), expected);
}

#[test]
fn a_saved_picture_has_the_colours_of_the_page() {
    let browser = visit_lab("/labs/quorum/", &STILL);
    let body = "const lab = document.querySelector('splitbrain-lab');
        let blob;
        URL.createObjectURL = (made) => { blob = made; return '#'; };
        lab.send('save-svg stage');
        const text = await blob.text();
        const file = new DOMParser().parseFromString(text, 'image/svg+xml');
        return [file.querySelector('parsererror')?.textContent ?? '', file.documentElement.tagName, text.includes('--sb-ink'), text.includes('@splitbrain')];";
    assert_eq!(await_in(&browser, body), json!(["", "svg", true, false]));
}
