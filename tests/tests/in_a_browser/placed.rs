//! Widgets wherever a page puts them: in a shadow, made by scripts, moved, taken out; beside another copy of the script; where wasm is not allowed.

use serde_json::{Value, json};
use splitbrain_site::browser::Browser;
use splitbrain_tests::visit;

use super::runs::{LARGE, STILL, await_in, awake, visit_lab};

/// Goes to a page of ours that has no widget, and has it take the script in.
fn bare() -> Browser {
    let browser = visit("/404.html", &STILL);
    await_in(
        &browser,
        "await import('/splitbrain.js'); document.querySelector('main').replaceChildren(); return null;",
    );
    browser
}

fn no_complaint(browser: &Browser) {
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn a_lab_shows_itself_in_a_shadow_from_text_as_a_copy_and_moved_while_it_runs() {
    let browser = bare();
    let body = "const main = document.querySelector('main');
        const lab = async (element) => [(await element.outcome()).link.split(/[?&]at=/)[0], element.widget.lab()];
        const host = main.appendChild(document.createElement('div'));
        const shadow = host.attachShadow({ mode: 'open' });
        shadow.innerHTML = '<splitbrain-lab src=\"retry?rate=20\"></splitbrain-lab>';
        const shaded = await lab(shadow.firstChild);
        const box = main.appendChild(document.createElement('div'));
        box.innerHTML = '<splitbrain-lab src=\"ping?every=100ms\"></splitbrain-lab>';
        const made = await lab(box.firstChild);
        const copy = main.appendChild(box.firstChild.cloneNode(true));
        const copied = await lab(copy);
        const moved = document.createElement('splitbrain-lab');
        moved.setAttribute('src', large);
        main.append(moved);
        await moved.wake();
        host.shadowRoot.append(moved);
        await new Promise((done) => setTimeout(done, 20));
        box.append(moved);
        const ran = await lab(moved);
        // Another link while its module is on its way.
        const late = document.createElement('splitbrain-lab');
        late.setAttribute('src', 'cap');
        main.append(late);
        late.wake();
        late.setAttribute('src', 'ring?nodes=4');
        return [shaded, made, copied, ran, await lab(late)];";
    let body = format!("return (async (large) => {{ {body} }})(arguments[0])");
    let found = browser.execute(&body, vec![json!(LARGE)]).unwrap();
    let expected = json!([
        ["retry?rate=20", "retry"],
        ["ping?every=100ms", "ping"],
        ["ping?every=100ms", "ping"],
        [LARGE, "retry"],
        ["ring?nodes=4", "ring"],
    ]);
    assert_eq!(found, expected);
    no_complaint(&browser);
}

/// How many nodes, listeners and bytes the page's own thread holds, once what nobody holds is gone.
fn held(browser: &Browser) -> [u64; 3] {
    for _ in 0..3 {
        browser.devtools("HeapProfiler.collectGarbage", json!({})).unwrap();
    }
    let counted = browser.devtools("Memory.getDOMCounters", json!({})).unwrap();
    let heap = browser.devtools("Runtime.getHeapUsage", json!({})).unwrap();
    let number = |value: &Value| value.as_f64().unwrap_or_default() as u64;
    [number(&counted["nodes"]), number(&counted["jsEventListeners"]), number(&heap["usedSize"])]
}

#[test]
fn a_hundred_widgets_taken_out_are_freed_and_one_that_comes_back_is_made_anew() {
    let browser = bare();
    // Ten seconds pass at once for who waits for just so long.
    let soon = "const wait = globalThis.setTimeout;
        globalThis.setTimeout = (call, ms, ...more) => wait(call, ms === 10000 ? 20 : ms, ...more);
        return null;";
    browser.execute(soon, vec![]).unwrap();
    let round = |count: u32| {
        let body = format!(
            "const main = document.querySelector('main');
            for (let i = 0; i < {count}; i++) {{
                main.innerHTML = '<splitbrain-lab src=\"quorum?w=1&r=1\"></splitbrain-lab>';
                await main.firstChild.outcome();
                main.firstChild.dispatchEvent(new Event('pointerenter'));
                main.replaceChildren();
            }}
            await new Promise((done) => wait(done, 300));
            return null;"
        );
        await_in(&browser, &body.replace("wait(", "setTimeout("));
    };
    round(5);
    let before = held(&browser);
    round(100);
    let after = held(&browser);
    println!("nodes, listeners, bytes: {before:?} before a hundred widgets, {after:?} after");
    assert!(after[0] < before[0] + 2_000, "nodes of one at the most: {before:?}, {after:?}");
    assert!(after[1] < before[1] + 60, "listeners: {before:?}, {after:?}");
    assert!(after[2] < before[2] + 4_000_000, "bytes: {before:?}, {after:?}");
    let body = "const main = document.querySelector('main');
        main.innerHTML = '<splitbrain-lab src=\"quorum?w=1&r=1\"></splitbrain-lab>';
        const lab = main.firstChild;
        await lab.outcome();
        lab.send('set w', '3');
        lab.remove();
        await new Promise((done) => setTimeout(done, 200));
        const gone = [lab.widget === undefined, lab.shadowRoot.childNodes.length, lab.link.split('&at=')[0]];
        main.append(lab);
        const back = (await lab.outcome()).link.split('&at=')[0];
        lab.send('set r', '3');
        return [gone, back, lab.link.split('&at=')[0]];";
    let found = await_in(&browser, body);
    assert_eq!(found, json!([[true, 0, "quorum?w=3&r=1"], "quorum?w=3&r=1", "quorum?w=3&r=3"]));
    no_complaint(&browser);
}

#[test]
fn a_second_copy_of_the_script_leaves_the_first_alone() {
    let browser = visit_lab("/embed/#ping", &STILL);
    let body = "const names = ['splitbrainPanicked', 'splitbrainRest'];
        const before = names.map((name) => globalThis[name]);
        const error = await import('/splitbrain.js?another').then(() => undefined, String);
        const same = names.every((name, i) => globalThis[name] === before[i]);
        const lab = document.querySelector('splitbrain-lab');
        lab.link = 'ping?every=100ms';
        return [error ?? null, same, (await lab.outcome()).link];";
    assert_eq!(await_in(&browser, body), json!([null, true, "ping?every=100ms"]));
    no_complaint(&browser);
}

#[test]
fn a_page_that_forbids_wasm_tells_its_reader() {
    let browser = visit("/404.html", &STILL);
    let body = "const policy = \"<meta http-equiv='Content-Security-Policy' content=\\\"script-src 'self' 'unsafe-inline'\\\">\";
        const frame = document.createElement('iframe');
        frame.srcdoc = policy + \"<script type=module src=/splitbrain.js></\" + \"script><splitbrain-lab src='ping'>as it was</splitbrain-lab>\";
        document.body.append(frame);
        await new Promise((done) => (frame.onload = done));
        const lab = frame.contentDocument.querySelector('splitbrain-lab');
        lab.wake();
        while (!lab.hasAttribute('data-failed')) await new Promise((done) => setTimeout(done, 20));
        const said = lab.shadowRoot.querySelector('[role=alert]');
        return [said.textContent, lab.shadowRoot.querySelector('slot').assignedNodes()[0].textContent, lab.getAttribute('aria-busy')];";
    let found = await_in(&browser, body);
    assert!(
        found[0]
            .as_str()
            .is_some_and(|said| said.contains("security policy") && said.contains("wasm-unsafe-eval")),
        "{found}"
    );
    assert_eq!((&found[1], &found[2]), (&json!("as it was"), &json!(null)), "the picture stays");
}

#[test]
fn a_module_that_stops_without_a_panic_is_told_of_and_made_anew() {
    let browser = visit_lab("/embed/#retry", &STILL);
    awake(&browser);
    let body = "const lab = document.querySelector('splitbrain-lab');
        // As when memory has run out: the first call of a stretch traps.
        lab.link = large;
        lab.widget.advance = () => { throw new WebAssembly.RuntimeError('unreachable'); };
        while (!lab.shadowRoot.querySelector('.sb-sorry')) await new Promise((done) => setTimeout(done, 10));
        const busy = [lab.getAttribute('aria-busy'), lab.shadowRoot.querySelector('[aria-busy]')];
        lab.shadowRoot.querySelector('.sb-sorry button').click();
        const digest = (await lab.outcome()).digest.length;
        // Nor does the first run of a link compute for ever.
        lab.draw(large);
        const was = lab.getAttribute('aria-busy');
        lab.widget.advance = () => { throw new WebAssembly.RuntimeError('memory access out of bounds'); };
        while (lab.hasAttribute('aria-busy')) await new Promise((done) => setTimeout(done, 10));
        while (!lab.shadowRoot.querySelector('.sb-sorry')) await new Promise((done) => setTimeout(done, 10));
        return [busy, digest, was, lab.shadowRoot.querySelector('.sb-sorry input').value.length > 10];";
    let body = format!("return (async (large) => {{ {body} }})(arguments[0])");
    let found = browser.execute(&body, vec![json!(LARGE)]).unwrap();
    assert_eq!(found, json!([[null, null], 8, "true", true]));
}

#[test]
fn the_first_run_of_a_link_can_be_stopped_and_taken_up() {
    let browser = visit_lab("/embed/#ping", &STILL);
    let body = "document.body.innerHTML = '';
        const lab = document.createElement('splitbrain-lab');
        lab.setAttribute('src', large);
        document.body.append(lab);
        lab.wake();
        while (!lab.shadowRoot?.querySelector('button')) await new Promise((done) => setTimeout(done));
        const words = () => lab.shadowRoot.querySelector('[role=status]').textContent;
        const coming = words();
        lab.shadowRoot.querySelector('button').click();
        await new Promise((done) => setTimeout(done, 50));
        const stopped = [words(), lab.getAttribute('aria-busy'), lab.link === large];
        lab.shadowRoot.querySelector('button').click();
        return [coming, stopped, (await lab.outcome()).link === large];";
    let body = format!("return (async (large) => {{ {body} }})(arguments[0])");
    let found = browser.execute(&body, vec![json!(LARGE)]).unwrap();
    let stopped = json!(["Stopped before the run had ended. Run it", null, true]);
    assert_eq!(found, json!(["computingstop", stopped, true]));
    no_complaint(&browser);
}

/// Within all limits: whatever is written in it, the page's memory has a bound. How long its thread is held up is printed: no timed test
/// decides a build.
const LARGEST: [&str; 2] = [
    "quorum?n=1&w=1&r=1&clients=20&rate=1000&for=60m",
    "quorum?n=9&w=1&r=1&clients=20&rate=1000&handoff=sloppy&spare=6&suspect=1ms&for=60m&do=0us:crash:n1.n2.n3.n4.n5.n6.n7.n8",
];

#[test]
fn the_largest_runs_end_within_their_memory() {
    let browser = visit_lab("/embed/#ping", &STILL);
    for link in LARGEST {
        let body = "const lab = document.querySelector('splitbrain-lab');
            let [longest, last] = [0, performance.now()];
            const channel = new MessageChannel();
            let on = true;
            channel.port1.onmessage = () => {
                const now = performance.now();
                [longest, last] = [Math.max(longest, now - last), now];
                if (on) channel.port2.postMessage(0);
            };
            channel.port2.postMessage(0);
            lab.link = link;
            const { limits } = await lab.outcome();
            on = false;
            const { memory } = lab.glue.initSync();
            return [longest, memory.buffer.byteLength / 2 ** 20, limits];";
        let body = format!("return (async (link) => {{ {body} }})(arguments[0])");
        let found = browser.execute(&body, vec![json!(link)]).unwrap();
        println!("{link}: held up for {} ms at the most, {} MB of wasm", found[0], found[1]);
        assert!(found[1].as_f64() < Some(512.0), "{link}: {found}");
        assert!(found[2].to_string().contains("takes more than 128 MB"), "{link}: {found}");
    }
    no_complaint(&browser);
}

#[test]
fn what_storage_refuses_or_loses_is_told() {
    let browser = visit_lab("/labs/quorum/full/#panels=stage,saved", &STILL);
    let body = "const lab = document.querySelector('splitbrain-lab');
        const said = () => lab.shadowRoot.querySelector('.sb-saved-body').textContent;
        const until = async (reached) => { while (!reached()) await new Promise((done) => setTimeout(done, 20)); };
        lab.send('save-run');
        await until(() => localStorage.getItem('splitbrain-saved'));
        const saved = /1 of at most/.test(said());
        // Another page of ours clears all storage.
        const frame = Object.assign(document.createElement('iframe'), { src: '/404.html' });
        document.body.append(frame);
        await new Promise((done) => (frame.onload = done));
        frame.contentWindow.localStorage.clear();
        await until(() => /0 of at most/.test(said()));
        const set = Storage.prototype.setItem;
        Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
        lab.send('save-run');
        await until(() => /Not kept/.test(said()));
        const full = [/Saved: /.test(said()), /keeps nothing/.test(said())];
        Storage.prototype.setItem = set;
        lab.send('save-run');
        await until(() => /They stay/.test(said()));
        return [saved, full];";
    assert_eq!(await_in(&browser, body), json!([true, [false, true]]));
    no_complaint(&browser);
}
