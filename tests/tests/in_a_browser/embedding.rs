//! A lab in somebody else's page: what its host hears of it, the code that puts it there, and what is said where it cannot work.

use serde_json::{Value, json};
use splitbrain_site::browser::{Browser, Look};
use splitbrain_site::site;
use splitbrain_site::test::BUILT_SITE;
use splitbrain_tests::{site_address, visit};

use super::runs::{STILL, await_in, awake, visit_lab};

#[test]
fn a_host_hears_of_the_first_run_once_and_of_each_after_it() {
    let browser = visit("/404.html", &STILL);
    let body = "await import('/splitbrain.js');
        const heard = [];
        addEventListener('splitbrain-run', ({ detail }) => heard.push(detail.link));
        const main = document.querySelector('main');
        main.innerHTML = '<splitbrain-lab src=\"ping\"></splitbrain-lab>';
        const lab = main.firstChild;
        await lab.outcome();
        const first = [...heard];
        lab.send('set every', '100ms');
        await lab.outcome();
        await new Promise((done) => setTimeout(done));
        return [first, heard];";
    assert_eq!(await_in(&browser, body), json!([["ping"], ["ping", "ping?every=100ms"]]));
}

/// What stands in a field of the share menu.
fn field(browser: &Browser, name: &str) -> String {
    let body = "return document.querySelector('splitbrain-lab').shadowRoot.querySelector(`[id$=-share-${arguments[0]}]`)?.value";
    browser.execute(body, vec![json!(name)]).unwrap().as_str().unwrap_or_default().to_string()
}

#[test]
fn the_code_to_embed_says_what_is_open_and_how_high_that_is() {
    let browser = visit_lab("/labs/quorum/full/#w=1&r=1", &STILL);
    browser.execute("document.querySelector('splitbrain-lab').send('share')", vec![]).unwrap();
    browser.wait_until("!/height=\"640\"/.test(document.querySelector('splitbrain-lab').shadowRoot.querySelector('[id$=-share-embed]').value)").unwrap();
    let (code, listener) = (field(&browser, "embed"), field(&browser, "listener"));
    assert!(code.contains("panels=stage,timeline"), "{code}");
    // In somebody's page of a column's width the frame has the height that it says, and the listener finds the same.
    let host = visit("/404.html", &STILL);
    let body = "const [code, listener] = arguments;
        const box = Object.assign(document.createElement('div'), { innerHTML: code });
        box.style.width = '720px';
        document.body.append(box);
        const script = document.createElement('script');
        const frame = box.firstChild;
        frame.style.border = 0;
        const said = Number(frame.getAttribute('height'));
        const told = [];
        addEventListener('message', ({ data }) => data?.type === 'splitbrain-height' && told.push(data.height));
        new Function(listener.replace(/<.?script>/g, ''))();
        return (async () => {
            while (!told.length || !frame.style.height) await new Promise((done) => setTimeout(done, 50));
            await new Promise((done) => setTimeout(done, 500));
            return [said, frame.offsetHeight, told];
        })();";
    host.devtools("Page.setBypassCSP", json!({"enabled": true})).unwrap();
    host.reload().unwrap();
    let found = host.execute(body, vec![json!(code), json!(listener)]).unwrap();
    let number = |value: &Value| value.as_f64().unwrap();
    assert!(
        (number(&found[0]) - number(&found[1])).abs() <= 2.0,
        "the code says {}, it is {}: {found}",
        found[0],
        found[1]
    );
    assert!(
        found[2].as_array().unwrap().iter().all(|height| number(height) > 100.0),
        "told heights: {found}"
    );
}

#[test]
fn a_frame_says_what_to_do_if_no_file_comes() {
    let browser = visit("/404.html", &STILL);
    let body = "const frame = Object.assign(document.createElement('iframe'), { src: '/embed/#ping', width: 800, height: 700 });
        frame.setAttribute('sandbox', 'allow-scripts allow-same-origin');
        document.querySelector('main').replaceChildren(frame);
        await new Promise((done) => (frame.onload = done));
        const lab = frame.contentDocument.querySelector('splitbrain-lab');
        while (!lab.drawn) await new Promise((done) => setTimeout(done, 20));
        lab.send('share');
        lab.send('save-csv');
        const told = () => lab.shadowRoot.querySelector('.sb-told').textContent;
        while (!told()) await new Promise((done) => setTimeout(done, 20));
        return told();";
    let told = await_in(&browser, body);
    assert!(told.as_str().is_some_and(|told| told.contains("does not allow downloads")), "{told}");
}

#[test]
fn where_scripts_of_ours_are_refused_the_page_says_why_and_shows_a_way() {
    // A host that shares its files with nobody, and a frame without an origin.
    let browser = Browser::open(&Look::default()).unwrap();
    browser.devtools("Network.enable", json!({})).unwrap();
    browser
        .devtools("Network.setBlockedURLs", json!({"urls": ["*splitbrain.js", "*embed.js", "*site.js"]}))
        .unwrap();
    browser.goto(&format!("{}/embed/#quorum?w=1&r=1", site_address())).unwrap();
    browser.wait_until("/could not start/.test(document.querySelector('splitbrain-lab').innerText)").unwrap();
    let way = browser.execute("return document.querySelector('splitbrain-lab a').href", vec![]).unwrap();
    assert!(way.as_str().is_some_and(|way| way.ends_with("/labs/quorum/full/#w=1&r=1")), "{way}");
    browser.goto(&format!("{}/labs/ping/", site_address())).unwrap();
    let said = "Array.from(document.querySelectorAll('splitbrain-lab .why'), (words) => words.innerText)";
    browser.wait_until(&format!("{said}.length === 1")).unwrap();
}

#[test]
fn from_a_disk_a_page_says_why_nothing_moves_and_its_ways_lead_to_pages() {
    site_address(); // which has built it
    let folder = std::env::var_os(BUILT_SITE).map_or_else(site::default_out, std::path::PathBuf::from);
    let browser = Browser::open(&Look::default()).unwrap();
    browser.goto(&format!("file://{}", folder.canonicalize().unwrap().join("index.html").display())).unwrap();
    browser
        .wait_until("/from a disk/.test(document.querySelector('splitbrain-lab .why')?.innerText)")
        .unwrap();
    assert_eq!(
        browser.execute("return document.querySelectorAll('splitbrain-lab svg').length > 0", vec![]).unwrap(),
        true
    );
    browser.click("[data-open]").unwrap();
    browser
        .wait_until(
            "document.querySelector('h1').textContent.length > 0 && /full.index.html/.test(location.href)",
        )
        .unwrap();
}

#[test]
fn a_lab_that_waits_for_a_click_starts_where_its_picture_is_pressed() {
    let browser = visit("/404.html", &STILL);
    let body = "await import('/splitbrain.js');
        const main = document.querySelector('main');
        main.innerHTML = '<splitbrain-lab src=\"ping\" load=\"click\"><svg width=\"400\" height=\"200\"><rect width=\"400\" height=\"200\"/></svg></splitbrain-lab>';
        const lab = main.firstChild;
        await new Promise((done) => setTimeout(done, 400));
        const waits = [!!lab.drawn, lab.shadowRoot.querySelector('button').textContent, getComputedStyle(lab.shadowRoot.querySelector('button')).borderRadius];
        lab.querySelector('rect').dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
        await lab.outcome();
        return [...waits, lab.drawn];";
    assert_eq!(await_in(&browser, body), json!([false, "Start this lab", "7px", true]));
}

#[test]
fn an_embedded_lab_hears_its_keys_from_anywhere_in_its_page() {
    let browser = visit("/embed/#quorum", &STILL);
    awake(&browser);
    let place = "Number(document.querySelector('splitbrain-lab').shadowRoot.querySelector('.sb-event').textContent.split('/')[0])";
    browser.execute("document.activeElement.blur()", vec![]).unwrap();
    browser.press("ArrowRight").unwrap();
    browser.wait_until(&format!("{place} === 1")).unwrap();
    browser.press("End").unwrap();
    browser.wait_until(&format!("{place} > 10 && scrollY === 0")).unwrap();
}
