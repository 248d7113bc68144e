//! What hosts and readers ask of the element before it has done what was asked before: the last link wins, a run that cannot be waited for says so, a
//! long one can be stopped; and what a browser may refuse.

use serde_json::{Value, json};
use splitbrain_site::browser::Browser;

use super::runs::{self, LARGE, STILL, visit_lab};

/// Runs the body of an asynchronous function in the page, with the first widget as `lab`, and a long run as `large`.
fn await_in(browser: &Browser, body: &str) -> Value {
    let known = format!(
        "const lab = document.querySelector('splitbrain-lab'), root = lab?.shadowRoot, large = '{LARGE}';"
    );
    runs::await_in(browser, &format!("{known} {body}"))
}

#[test]
fn of_links_set_in_quick_succession_the_last_is_opened() {
    for (links, last) in [
        // The page has ping at hand, and what the others take is fetched first.
        ("['quorum?w=1', 'ping?seed=7']", "ping?seed=7"),
        ("['cap', 'ping?seed=7', 'quorum?w=1']", "quorum?w=1"),
        ("['quorum?w=1', 'cap?n=5']", "cap?n=5"),
    ] {
        let browser = visit_lab("/labs/ping/full/", &STILL);
        let body = format!(
            "for (const link of {links}) lab.link = link;
             const {{ link }} = await lab.outcome();
             // Whatever else was fetched has come by now.
             await (await import('/modules.js')).loadRest('quorum', 'cap');
             await new Promise(requestAnimationFrame);
             return [link, (await lab.outcome()).link];"
        );
        assert_eq!(await_in(&browser, &body), json!([last, last]), "{links}");
        assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn the_outcome_of_a_widget_that_is_taken_out_is_refused_in_words() {
    let browser = visit_lab("/embed/#retry", &STILL);
    let body = "const before = await lab.outcome();
        lab.link = large;
        const outcome = lab.outcome().then(() => 'the run before', (error) => error.message);
        const parent = lab.parentElement;
        lab.remove();
        const said = await outcome;
        parent.append(lab);
        const after = await lab.outcome();
        return [said, after.link === large, after.digest !== before.digest];";
    let said = "This lab was taken out of the page before its run had ended.";
    assert_eq!(await_in(&browser, body), json!([said, true, true]));
}

#[test]
fn a_first_run_that_takes_long_says_so() {
    let browser = visit_lab("/embed/#retry", &STILL);
    let body = "const other = document.createElement('splitbrain-lab');
        other.setAttribute('src', large);
        lab.after(other);
        await other.wake();
        const sign = other.shadowRoot.querySelector('.sb-coming [role=status]');
        const seen = [other.drawn, sign.firstChild.textContent, other.getAttribute('aria-busy')];
        // It can be stopped, too (see `placed`). When it has ended nothing is said to be coming.
        const long = await other.outcome();
        return [...seen, long.link === large, other.shadowRoot.querySelector('.sb-coming'), other.getAttribute('aria-busy')];";
    let found = await_in(&browser, body);
    assert_eq!(found, json!([false, "computing", "true", true, null, null]));
    assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
}

#[test]
fn back_to_the_bare_address_is_back_to_the_run_of_the_page() {
    let browser = visit_lab("/labs/quorum/full/", &STILL);
    let opens = |link: &str| {
        let now = format!("document.querySelector('splitbrain-lab').link.split('&panels')[0] === '{link}'");
        browser.wait_until(&now).unwrap();
    };
    let own = await_in(&browser, "return lab.link").as_str().expect("a link").to_string();
    await_in(&browser, "location.hash = 'w=1&r=1'");
    opens("quorum?w=1&r=1");
    await_in(&browser, "history.back()");
    opens(&own);
    browser.wait_until("location.hash === ''").unwrap();
    // A place in the text is no run, and the way back from it is none, either.
    let browser = visit_lab("/labs/quorum/full/", &STILL);
    let body = "let ran = 0;
        lab.addEventListener('splitbrain-run', () => ran++);
        const moved = (move) => new Promise((done) => (addEventListener('hashchange', done, { once: true }), move()));
        await moved(() => (location.hash = 'controls'));
        await moved(() => history.back());
        const none = ran;
        await moved(() => (location.hash = 'w=1'));
        await lab.outcome();
        return [none, ran];";
    assert_eq!(await_in(&browser, body), json!([0, 1]));
}

#[test]
fn a_copy_is_told_when_it_is_done_and_refused_in_words_with_the_text_selected() {
    let browser = visit_lab("/labs/quorum/full/#w=1", &STILL);
    let body = "const said = () => root.querySelector('[aria-live]').textContent;
        const settled = () => new Promise((done) => setTimeout(done));
        let allow, copied;
        navigator.clipboard.writeText = (text) => new Promise((done) => (allow = done, copied = text));
        root.querySelector('[data-on-click=share]').click();
        const copy = root.querySelector('[data-on-click=\"copy link\"]');
        copy.click();
        await settled();
        const [before, sheet] = [said(), () => root.querySelector('.sb-sheet .sb-told').textContent];
        allow();
        await settled();
        const after = [said().trim(), sheet(), copied === root.querySelector('[id$=share-link]').value];
        navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));
        root.querySelector('[data-on-click=\"copy embed\"]').click();
        await settled();
        const field = root.activeElement;
        return [before.includes('Copied'), after, field.id.endsWith('share-embed'), field.selectionEnd - field.selectionStart === field.value.length, sheet()];";
    let refused = "The browser refuses to copy here. The text is selected: copy it with Ctrl+C, or ⌘C.";
    let found = await_in(&browser, body);
    assert_eq!(found, json!([false, ["Copied.", "Copied.", true], true, true, refused]));
}

#[test]
fn a_sheet_takes_the_keyboard_and_escape_gives_it_back() {
    let browser = visit_lab("/labs/quorum/full/", &STILL);
    for sheet in ["share", "help"] {
        await_in(&browser, &format!("root.querySelector('.sb-top [data-on-click={sheet}]').focus()"));
        browser.press("Enter").unwrap();
        let inside = "return !!root.activeElement.closest('.sb-sheet')";
        assert_eq!(await_in(&browser, inside), true, "the keyboard is in {sheet}");
        browser.press("Escape").unwrap();
        let back = "return [root.querySelector('.sb-sheet'), root.activeElement.dataset.onClick]";
        assert_eq!(await_in(&browser, back), json!([null, sheet]));
    }
    // One over the other: each gives back what it took.
    await_in(&browser, "root.querySelector('.sb-top [data-on-click=share]').focus()");
    for (key, within) in [("Enter", "share"), ("?", "help"), ("Escape", "share")] {
        browser.press(key).unwrap();
        let place = await_in(&browser, "return root.activeElement.closest('.sb-sheet').id.split('-').pop()");
        assert_eq!(place, json!(within), "after {key}");
    }
    browser.press("Escape").unwrap();
    assert_eq!(await_in(&browser, "return root.activeElement.dataset.onClick"), json!("share"));
}

#[test]
fn a_slider_stays_under_the_hand_while_the_picture_above_it_grows() {
    let browser = visit_lab("/labs/quorum/full/", &STILL);
    let body = "const slider = () => root.querySelector('[data-on-input=\"slide n\"]');
        const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        slider().scrollIntoView({ block: 'center' });
        await frame();
        const [top, from] = [slider().getBoundingClientRect().top, scrollY];
        let worst = 0;
        for (let more = 0; more < 4; more++) {
            slider().value = Number(slider().value) + 1;
            slider().dispatchEvent(new Event('input', { bubbles: true, composed: true }));
            await lab.computing;
            await frame();
            worst = Math.max(worst, Math.abs(slider().getBoundingClientRect().top - top));
        }
        return [worst < 2, Math.abs(scrollY - from) > 20];";
    assert_eq!(await_in(&browser, body), json!([true, true]), "it stays, and the picture did grow");
}
