//! Runs that take longer than a frame: what was shown stays, greyed, the page goes on, and a newer change cancels an older one.

use serde_json::json;
use splitbrain::lab::Detail;
use splitbrain::labs::LABS;
use splitbrain::link;
use splitbrain_site::browser::Browser;

use super::runs::{LARGE, STILL, visit_lab};

fn digest(text: &str) -> String {
    let link = link::parse(text, LABS).link.expect("a link of a lab");
    let lab = link::find_lab(LABS, link.scenario.lab).expect("a lab");
    lab.run(&link.scenario, Detail::Totals).digest_word()
}

fn shown_digest(browser: &Browser) -> String {
    let body = "return document.querySelector('splitbrain-lab').outcome().then((outcome) => outcome.digest)";
    browser.execute(body, vec![]).unwrap().as_str().expect("a digest").to_string()
}

#[test]
fn a_large_scenario_greys_the_picture_and_then_shows() {
    let browser = visit_lab("/embed/#retry", &STILL);
    let body = "const lab = document.querySelector('splitbrain-lab');
        const widget = () => lab.shadowRoot.querySelector('.sb');
        const before = lab.shadowRoot.querySelector('svg.sb-picture').outerHTML;
        lab.widget.message('set for', '5s');
        lab.widget.message('set rate', '280');
        lab.link = link;
        await new Promise((done) => setTimeout(done));
        const busy = widget().getAttribute('aria-busy');
        const same = lab.shadowRoot.querySelector('svg.sb-picture') !== null;
        const grey = Number(getComputedStyle(lab.shadowRoot.querySelector('svg.sb-picture')).opacity);
        let [beats, longest, last] = [0, 0, performance.now()];
        const beat = setInterval(() => {
            const now = performance.now();
            [beats, longest, last] = [beats + 1, Math.max(longest, now - last), now];
        }, 1);
        return lab.outcome().then(() => {
            clearInterval(beat);
            return [busy, same && before.length > 0, grey < 1, beats, widget().getAttribute('aria-busy'), lab.link === link, longest];
        });";
    let body = format!("return (async (link) => {{ {body} }})(arguments[0])");
    let found = browser.execute(&body, vec![json!(LARGE)]).unwrap();
    let found = found.as_array().expect("a list");
    assert_eq!(
        found[..3],
        [json!("true"), json!(true), json!(true)],
        "busy, and the picture before is there and grey"
    );
    assert!(found[3].as_u64() > Some(5), "the page goes on while the run is computed: {found:?}");
    assert_eq!(found[4..6], [json!(null), json!(true)], "then it is done");
    println!("the page was held up for {} ms at the most", found[6]);
    assert_eq!(shown_digest(&browser), digest(LARGE));
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn a_newer_change_cancels_the_older() {
    let browser = visit_lab(&format!("/embed/#{LARGE}"), &STILL);
    let body = "const lab = document.querySelector('splitbrain-lab');
        let ran = 0;
        lab.addEventListener('splitbrain-run', () => ran++);
        lab.widget.message('set capacity', '310');
        await new Promise((done) => setTimeout(done, 30));
        lab.widget.message('set capacity', '320');
        await lab.outcome();
        await new Promise((done) => setTimeout(done, 500));
        return [ran, lab.link];";
    let found = browser.execute(&format!("return (async () => {{ {body} }})()"), vec![]).unwrap();
    assert_eq!(found[0], 1, "only the last is shown: {found}");
    let link = found[1].as_str().expect("a link");
    assert!(link.contains("capacity=320"), "{link}");
    assert_eq!(shown_digest(&browser), digest(link));
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}
