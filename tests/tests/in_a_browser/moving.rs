//! What moves by itself: the one run whose picture is in sight, and nothing that a reader has paused.

use serde_json::{Value, json};
use splitbrain_site::browser::{Browser, Look};
use splitbrain_tests::visit;

use super::runs::await_in;

const MOVES: Look = Look { width: 1000, height: 700, dark: false, reduced_motion: false };

/// A page with a widget above, one below, and room around each; `shown(lab, share)` scrolls to where that share of a picture is in sight.
const TWO: &str = "await import('/splitbrain.js');
    document.querySelector('main').innerHTML = links.map((link) => `<div style='height:1200px'></div><splitbrain-lab src='${link}'></splitbrain-lab>`).join('') + '<div style=\"height:1500px\"></div>';
    window.labs = [...document.querySelectorAll('splitbrain-lab')];
    for (const lab of labs) await lab.outcome();
    window.later = (ms = 400) => new Promise((done) => setTimeout(done, ms));
    window.shown = async (lab, share) => {
        const { top, height } = lab.shadowRoot.querySelector('.sb-scene').getBoundingClientRect();
        scrollBy({ top: top + share * height - innerHeight, behavior: 'instant' });
        await later();
    };
    window.playing = () => labs.map((lab) => lab.playing);
    return null;";

fn two(look: &Look, links: [&str; 2]) -> Browser {
    let browser = visit("/404.html", look);
    let body = format!("return (async (links) => {{ {TWO} }})(arguments[0])");
    browser.execute(&body, vec![json!(links)]).unwrap();
    browser
}

fn ask(browser: &Browser, body: &str) -> Value {
    await_in(browser, body)
}

#[test]
fn a_run_plays_once_half_of_its_picture_is_in_sight_and_one_at_a_time() {
    let browser = two(&MOVES, ["quorum", "ping"]);
    assert_eq!(ask(&browser, "await later(); return playing()"), json!([false, false]), "out of sight");
    assert_eq!(
        ask(&browser, "await shown(labs[0], 0.4); return playing()"),
        json!([false, false]),
        "less than half"
    );
    assert_eq!(
        ask(&browser, "await shown(labs[0], 0.7); return playing()"),
        json!([true, false]),
        "most of it"
    );
    assert_eq!(
        ask(&browser, "await shown(labs[1], 0.9); return playing()"),
        json!([false, true]),
        "the next"
    );
    // What had to make room for another goes on when it is its turn again.
    assert_eq!(ask(&browser, "await shown(labs[0], 0.9); return playing()"), json!([true, false]), "back");
}

#[test]
fn what_a_reader_has_paused_never_plays_by_itself_again() {
    let browser = two(&MOVES, ["quorum", "ping"]);
    let body = "await shown(labs[0], 0.9);
        const before = playing();
        const play = labs[0].shadowRoot.querySelector('.sb-play');
        play.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true }));
        play.click();
        const paused = playing();
        await shown(labs[1], 0.9);
        await shown(labs[0], 0.9);
        return [before, paused, playing()];";
    assert_eq!(ask(&browser, body), json!([[true, false], [false, false], [false, false]]));
}

#[test]
fn nothing_plays_with_reduced_motion_or_where_a_link_says_where_to_look() {
    let body = "await shown(labs[0], 0.9); return playing()";
    let browser = two(&Look { reduced_motion: true, ..MOVES }, ["quorum", "ping"]);
    assert_eq!(ask(&browser, body), json!([false, false]));
    let browser = two(&MOVES, ["quorum?at=300ms", "ping"]);
    assert_eq!(ask(&browser, body), json!([false, false]));
}

#[test]
fn the_page_keeps_still_while_a_promise_breaks() {
    let bench = "/embed/#quorum?w=1&r=1&for=1s&do=200ms:cut:n1-n2.n3&panels=stage,timeline,verdicts";
    let sizes = [(1280, 800), (390, 844)];
    for (page, (width, height)) in ["/", bench].into_iter().flat_map(|page| sizes.map(|size| (page, size))) {
        let browser = visit(page, &Look { width, height, dark: false, reduced_motion: true });
        let body = "const lab = document.querySelector('splitbrain-lab');
            await lab.outcome();
            const root = lab.shadowRoot;
            const size = () => [lab.offsetHeight, ...Array.from(root.querySelectorAll('.sb-stage-frame, .sb-timeline, .sb-time-row, .sb-verdicts, .sb-light, .sb-status'), (part) => part.offsetTop)];
            const before = JSON.stringify(size());
            lab.send('play');
            const moved = [];
            for (let i = 0; i < 400 && !root.querySelector('.sb-halt .sb-primary, .sb-halted'); i++) {
                lab.send('arrive');
                if (JSON.stringify(size()) !== before) moved.push([root.querySelector('.sb-time').textContent, before, JSON.stringify(size())]);
            }
            return [!!root.querySelector('.sb-halt .sb-primary, .sb-halted'), moved.slice(0, 3)];";
        assert_eq!(ask(&browser, body), json!([true, []]), "{page} at {width}");
    }
}

#[test]
fn home_on_a_phone_shows_what_it_invites_to_heal() {
    let browser = visit("/", &Look { width: 390, height: 844, dark: false, reduced_motion: true });
    let body = "const lab = document.querySelector('splitbrain-lab');
        await lab.outcome();
        const root = lab.shadowRoot;
        const cut = () => root.querySelector('.sb-stage desc').textContent.includes('cut: n1');
        document.querySelector('[data-open]').scrollIntoView({ block: 'nearest' });
        // What lies at the middle of each node is the node: nothing covers it.
        const seen = ['n1', 'n2', 'n3'].map((name) => {
            const node = root.querySelector(`[data-on-click='focus node ${name}']`);
            const { left, top, width, height } = node.getBoundingClientRect();
            return top > 0 && node.contains(root.elementFromPoint(left + width / 2, top + height / 2));
        });
        // And it stays so when it is healed.
        document.querySelector('[data-open]').click();
        await lab.outcome();
        return [scrollY, seen, cut()];";
    assert_eq!(ask(&browser, body), json!([0, [true, true, true], false]));
}

#[test]
fn the_wheel_is_never_caught_by_a_box() {
    let browser =
        visit("/labs/cap/full/", &Look { width: 1280, height: 800, dark: false, reduced_motion: true });
    browser.wait_until("document.querySelector('splitbrain-lab').drawn").unwrap();
    let body = "const lab = document.querySelector('splitbrain-lab');
        lab.link = 'cap?view=spacetime&panels=stage,spacetime,transcript,inspector,timeline,verdicts';
        await lab.outcome();
        lab.send('pair');
        await lab.outcome();
        // What a wheel could scroll before the page, as it stands when nothing has the keyboard.
        return Array.from(lab.shadowRoot.querySelectorAll('.sb-main *'))
            .filter((box) => /auto|scroll/.test(getComputedStyle(box).overflowY) && box.scrollHeight > box.clientHeight + 1)
            .map((box) => box.className);";
    assert_eq!(ask(&browser, body), json!([]));
}
