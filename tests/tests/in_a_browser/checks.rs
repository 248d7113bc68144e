//! The checks of published numbers, run in the page: by any number of workers or by none they measure what the native run does.

use serde_json::{Value, json};
use splitbrain::lab::Lab;
use splitbrain::labs::ring;
use splitbrain::many::judge_check;
use splitbrain_site::browser::Browser;
use splitbrain_tests::visit;

use super::runs::{STILL, awake};

/// What each check of a lab measures natively with few seeds, and whether it is kept, by its id.
fn natively(lab: &'static dyn Lab) -> Vec<(String, String)> {
    let judged = lab.fidelity().iter().map(|fidelity| {
        let judged = judge_check(lab, fidelity, true);
        let mark = if judged.kept { "✓ kept" } else { "✗ not kept" };
        (format!("{}-{}", lab.meta().id, fidelity.id), format!("{mark} {}", judged.measured))
    });
    judged.collect()
}

/// Opens the lab's page with its table of checks unfolded.
fn unfolded(page: &str) -> Browser {
    let browser = visit(page, &STILL);
    browser.click("details:has([data-check]) > summary").unwrap();
    browser
}

/// Presses the button for few seeds and gives what stands in the rows when all is done.
fn in_the_page(browser: &Browser) -> Vec<(String, String)> {
    browser.click("[data-check] [data-seeds=few]").unwrap();
    browser
        .wait_until("/measured in/.test(document.querySelector('[data-check] [role=status]').textContent)")
        .unwrap();
    let rows = browser
        .execute(
            "return [...document.querySelectorAll('[data-measured]')].map((row) => [row.dataset.measured, row.querySelector('.measured').textContent])",
            vec![],
        )
        .unwrap();
    let text = |row: &Value, i: usize| row[i].as_str().unwrap_or_default().to_string();
    rows.as_array().unwrap().iter().map(|row| (text(row, 0), text(row, 1))).collect()
}

fn status(browser: &Browser) -> String {
    browser.text("[data-check] [role=status]").unwrap()
}

#[test]
fn any_number_of_workers_measures_what_the_native_run_does() {
    let native = natively(&ring::LAB);
    for cores in [2, 5] {
        let browser = unfolded("/labs/ring/");
        let pretend = "Object.defineProperty(navigator, 'hardwareConcurrency', { value: arguments[0] })";
        browser.execute(pretend, vec![json!(cores)]).unwrap();
        assert_eq!(in_the_page(&browser), native, "with {cores} cores");
        assert!(!status(&browser).contains("No workers"), "{}", status(&browser));
        assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
    }
    let browser = unfolded("/labs/ring/");
    browser
        .execute("window.Worker = class { constructor() { throw new Error('refused') } }", vec![])
        .unwrap();
    assert_eq!(in_the_page(&browser), native, "on the page's own thread");
    assert!(status(&browser).contains("No workers are allowed"), "{}", status(&browser));
}

#[test]
fn checks_stop_at_once_and_begin_again() {
    let browser = unfolded("/labs/quorum/");
    let stop = "const box = document.querySelector('[data-check]');
        box.querySelector('[data-seeds=all]').click();
        return new Promise((done) => {
            const look = setInterval(() => {
                if (box.querySelector('progress').value === 0) return;
                clearInterval(look);
                const start = performance.now();
                box.querySelector('[data-stop]').click();
                const wait = () => (/^Stopped/.test(box.querySelector('[role=status]').textContent)
                    ? done(performance.now() - start) : setTimeout(wait, 5));
                wait();
            }, 5);
        });";
    let took_ms = browser.execute(stop, vec![]).unwrap();
    assert!(took_ms.as_f64().is_some_and(|ms| ms < 1_000.0), "{took_ms} ms");
    browser.click("[data-check] [data-seeds=few]").unwrap();
    browser.wait_until("document.querySelector('.measured .kept')").unwrap();
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn a_worker_that_takes_too_long_is_replaced_and_its_task_says_so() {
    let browser = visit("/labs/ring/", &STILL);
    awake(&browser);
    let body = "const workers = await (await import('/pool.js')).open(1500);
        const values = () => workers.ask('check_values', ['ring', 'cv2-1', 0, 3]);
        const before = await values();
        const error = await workers.ask('check_values', ['ring', 'max-100', 0, 4000000]).catch((error) => error);
        const after = await values();
        return [workers.refused, error.constructor.name, error.message, before.length, before.join() === after.join()];";
    let found = browser.execute(&format!("return (async () => {{ {body} }})()"), vec![]).unwrap();
    let said = "It took more than 1.5 s and was stopped.";
    assert_eq!(found, json!([false, "TaskError", said, 3, true]));
}

#[test]
fn workers_that_have_nothing_to_do_end_and_the_next_task_gets_another() {
    let browser = visit("/labs/ring/", &STILL);
    awake(&browser);
    let body = "const workers = window.workers = await (await import('/pool.js')).open(60000, 50);
        const values = () => workers.ask('check_values', ['ring', 'cv2-1', 0, 3]);
        const before = await values();
        const between = workers.workers;
        while (workers.workers > 0) await new Promise(requestAnimationFrame);
        const after = await values();
        return [workers.refused, between, before.length, before.join() === after.join()];";
    let found = browser.execute(&format!("return (async () => {{ {body} }})()"), vec![]).unwrap();
    assert_eq!(found, json!([false, 1, 3, true]));
    browser.wait_until("window.workers.workers === 0").unwrap();
}

#[test]
fn a_worker_that_panics_or_is_stopped_is_replaced_and_its_task_says_so() {
    let browser = visit("/labs/ring/", &STILL);
    awake(&browser);
    let body = "const { pool } = await import('/pool.js');
        const workers = await pool();
        const said = await workers.ask('check_values', ['ring', 'nothing', 0, 1]).catch((error) => error.message);
        const values = await workers.ask('check_values', ['ring', 'cv2-1', 0, 3]);
        const stop = new AbortController();
        const long = workers.ask('check_values', ['ring', 'max-100', 0, 4000000], stop.signal).catch((error) => error.name);
        setTimeout(() => stop.abort(), 200);
        const start = performance.now();
        const aborted = await long;
        const again = await workers.ask('check_values', ['ring', 'cv2-1', 0, 3]);
        return [said, aborted, performance.now() - start < 5000, values.join() === again.join() && values.length === 3,
            document.querySelector('splitbrain-lab').drawn];";
    let found = browser.execute(&format!("return (async () => {{ {body} }})()"), vec![]).unwrap();
    assert!(found[0].as_str().is_some_and(|said| said.contains("ring has no check nothing")), "{found}");
    let rest = &found.as_array().expect("a list")[1..];
    assert_eq!(*rest, [json!("AbortError"), json!(true), json!(true), json!(true)]);
}
