//! What goes wrong is said, and the page goes on: a panic in the model, in the page and in a worker, and pages without an origin.

use serde_json::json;
use splitbrain::lab::{Detail, Lab};
use splitbrain::labs::{LABS, retry::LAB as RETRY};
use splitbrain::link;
use splitbrain_site::browser::{Browser, Look};
use splitbrain_tests::visit;

use super::runs::{LARGE, STILL, await_in, awake};

#[test]
fn a_panic_leaves_the_page_alive_with_the_link_of_what_ran_and_so_does_the_next() {
    let browser = visit("/labs/retry/", &STILL);
    awake(&browser);
    let body = "const [other, lab] = document.querySelectorAll('splitbrain-lab');
        await Promise.all([other.wake(), lab.wake()]);
        const panicked = [];
        for (const capacity of [310, 320]) {
            lab.link = `retry?rate=20&capacity=${capacity}`;
            await lab.outcome();
            // What its neighbour runs is lost with the instance, too, and begins again.
            other.draw(large);
            // The model is asked for the outcome of a run that has only begun, and panics for good.
            lab.draw(large);
            let trap;
            try { lab.widget.outcome(); } catch (error) { trap = error.name; }
            while (!lab.shadowRoot.querySelector('.sb-sorry')) await new Promise((done) => setTimeout(done, 10));
            const named = lab.shadowRoot.querySelector('.sb-sorry input').value;
            const digest = (await other.outcome()).digest;
            lab.shadowRoot.querySelector('.sb-sorry button').click();
            panicked.push([trap, named === large, digest, other.drawn, (await lab.outcome()).digest.length, lab.link]);
        }
        const still = Array.from(document.querySelectorAll('splitbrain-lab'), (each) => each.shadowRoot?.querySelector(':scope > .sb-coming') && each.drawn);
        return [panicked, still.some(Boolean)];";
    let body = format!("return (async (large) => {{ {body} }})(arguments[0])");
    let found = browser.execute(&body, vec![json!(LARGE)]).unwrap();
    let lab = link::parse(LARGE, LABS).link.expect("a link of a lab");
    let digest = RETRY.run(&lab.scenario, Detail::Totals).digest_word();
    let each = json!(["RuntimeError", true, digest, true, 8, "retry"]);
    assert_eq!(found, json!([[each, each], false]));
}

#[test]
fn a_widget_opens_links_to_labs_that_are_not_at_hand() {
    let browser = visit("/embed/#ring", &STILL);
    awake(&browser);
    let body = "const lab = document.querySelector('splitbrain-lab');
        const fetched = () => performance.getEntriesByType('resource').map(({ name }) => /engine_(ring|quorum)[.]wasm/.exec(name)?.[1]).filter(Boolean);
        const first = fetched();
        lab.link = 'quorum?w=1&r=1';
        const { link } = await lab.outcome();
        lab.link = 'nowhere?w=1';
        await lab.outcome();
        const said = /there is no lab/i.test(lab.shadowRoot.querySelector('.sb').textContent);
        return [first, link, said, fetched()];";
    let found = await_in(&browser, body);
    // A fast build has all labs in one piece.
    let fast = std::env::var_os("SPLITBRAIN_FAST").is_some();
    let [first, fetched] =
        if fast { [json!([]), json!([])] } else { [json!(["ring"]), json!(["ring", "quorum"])] };
    assert_eq!(found, json!([first, "quorum?w=1&r=1", true, fetched]));
}

#[test]
fn a_panic_in_a_worker_names_the_scenario_and_the_next_task_gets_a_fresh_one() {
    let browser = visit("/labs/ring/", &STILL);
    let body = "const workers = await (await import('/pool.js')).pool();
        const values = await workers.ask('check_values', ['ring', 'cv2-1', 0, 3]);
        const error = await workers.ask('check_values', ['ring', 'nothing', 0, 1]).catch((error) => error);
        const again = await workers.ask('check_values', ['ring', 'cv2-1', 0, 3]);
        return [workers.refused, error.message, error.link, values.length === 3 && values.join() === again.join()];";
    let found = await_in(&browser, body);
    assert_eq!(found[0], false);
    assert!(found[1].as_str().is_some_and(|said| said.contains("ring has no check nothing")), "{found}");
    assert!(
        found[2].as_str().is_some_and(|link| link.starts_with("ring?") && link.contains("seed=2")),
        "{found}"
    );
    assert_eq!(found[3], true);
}

/// Puts a page of the site into an iframe whose document has no origin, as many hosts of notes do, and goes into it.
fn sandboxed(path: &str) -> Browser {
    let browser = visit("/404.html", &Look { reduced_motion: true, ..Look::default() });
    let body = "const frame = Object.assign(document.createElement('iframe'), { src: arguments[0], width: 900, height: 700 });
        frame.setAttribute('sandbox', 'allow-scripts');
        document.querySelector('main').replaceChildren(frame);
        return new Promise((done) => (frame.onload = () => done(null)));";
    browser.execute(body, vec![json!(path)]).unwrap();
    browser.enter_frame().unwrap();
    awake(&browser);
    browser
}

#[test]
fn a_lab_and_its_checks_work_where_the_origin_is_opaque() {
    let browser = sandboxed("/labs/ring/");
    assert_eq!(browser.execute("return self.origin", vec![]).unwrap(), "null");
    browser.click("details:has([data-check]) > summary").unwrap();
    browser.execute("document.querySelector('[data-check] [data-seeds=few]').click()", vec![]).unwrap();
    let done = "/measured in/.test(document.querySelector('[data-check] [role=status]').textContent)";
    browser.wait_until(done).unwrap();
    let said = browser.text("[data-check] [role=status]").unwrap();
    // Workers from a Blob are allowed even there.
    assert!(said.starts_with("All") && !said.contains("No workers"), "{said}");
}

#[test]
fn an_embedded_lab_works_where_the_origin_is_opaque() {
    let browser = sandboxed("/embed/#quorum?w=1&r=1");
    let body = "const lab = document.querySelector('splitbrain-lab');
        lab.send('set w', '3');
        return [lab.link.split('&at=')[0], (await lab.outcome()).digest.length];";
    assert_eq!(await_in(&browser, body), json!(["quorum?w=3&r=1", 8]));
}
