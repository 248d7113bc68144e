//! What is thought, and what is wrong of it.

use super::*;
use splitbrain::lab::Detail;
use splitbrain::lab::shows::{FactId, Observers, Taken};
use splitbrain::labs::LABS;
use splitbrain::trace::Cursor;

/// A run at a moment, seen with its own beliefs or others.
fn look_at(text: &str, at_us: u64, see: impl FnOnce(&Look<'_>, &Beliefs)) {
    let link = splitbrain::link::parse(text, LABS).link.unwrap();
    let lab = splitbrain::labs::find(link.scenario.lab).unwrap();
    let outcome = lab.run(&link.scenario, Detail::Full);
    let cursor = Cursor::at(&outcome.trace, at_us);
    let look = Look::plain(lab, &link.scenario, &outcome, cursor, 720);
    see(&look, &look.shows().beliefs.unwrap());
}

/// The cells at a moment: observer, subject, and a `!` where that is wrong; then of whom it is true.
fn seen(text: &str, at_ms: u64) -> String {
    let mut told = String::new();
    look_at(text, at_ms * 1_000, |look, beliefs| {
        let now = History::of(look, beliefs, MAX_NODES).now;
        let mut cells = Vec::new();
        for row in &now.rows {
            for (cell, subject) in row.cells.iter().zip(&now.subjects) {
                let Some(cell) = cell else { continue };
                let wrong = if cell.wrong { "!" } else { "" };
                cells.push(format!("{}-{}{wrong}", look.name(row.node), look.name(*subject)));
            }
        }
        let one = now.one.map_or("nobody".to_owned(), |one| look.name(now.subjects[one]));
        told = format!("{}, {one}", cells.join(" "));
    });
    told
}

#[test]
fn a_client_that_sleeps_past_its_lease_is_wrong_from_then_on() {
    let link = "lock?op=blind&rate=0&for=20s&do=0ms:ask:c1:update,1s:pause:c1:15s,2.5s:ask:c2:update";
    assert_eq!(seen(link, 0), ", nobody");
    assert_eq!(seen(link, 500), "c1-c1 n1-c1, c1");
    assert_eq!(seen(link, 10_100), "c1-c1!, nobody");
    assert_eq!(seen(link, 11_000), "c1-c1! c2-c2 n1-c2, c2");
    assert_eq!(seen(link, 19_000), ", nobody");
}

/// Of several masters most have to have it so, and one that has another is wrong.
#[test]
fn a_majority_of_those_who_grant_it_says_who_has_it() {
    let link = "lock?service=redlock&masters=3&delay=10ms&rate=0&for=3s&do=0ms:cut:c1-n3,0ms:ask:c1:update,0ms:cut:c2-n1.n2,0ms:ask:c2:update";
    assert_eq!(seen(link, 15), "n1-c1 n2-c1 n3-c2!, c1");
}

/// Who leads is who came last, or has the greatest number, and is up: others do not know it yet.
#[test]
fn who_follows_a_leader_that_is_gone_is_wrong() {
    let link = "leader?for=30s&do=7.2s:crash:n1";
    assert_eq!(seen(link, 7_000), "n1-n1 n2-n1 n3-n1, n1");
    assert_eq!(seen(link, 8_500), "n2-n1! n3-n1!, nobody");
    look_at(link, 8_500_000, |look, beliefs| {
        let history = History::of(look, beliefs, MAX_NODES);
        assert!(history.now.rows[0].is_down && history.most() == 2, "{:?}", history.steps);
    });
    let paused = "leader?tick=20s&catchup=on&for=65s&do=35.5s:pause:n1:17.5s";
    let now = seen(paused, 50_000);
    assert!(now.starts_with("n1-n1!") && now.ends_with("n3"), "{now}");
    let cut = "leader?n=5&mechanism=bully&renew=1s&detect=3s&for=20s&do=5s:cut:n1.n2-n3.n4.n5,14s:heal";
    assert_eq!(seen(cut, 12_000), "n1-n2 n2-n2 n3-n5! n4-n5! n5-n5!, n2");
}

/// What is thought of each: here what the resource made of each client's last write, true of those that are up.
#[test]
fn a_word_for_each_is_true_of_who_is_up_or_of_who_is_not() {
    const WORDS: &[Taken] = &[
        Taken { word: "taken", about: "alive", tone: Tone::Well },
        Taken { word: "refused", about: "dead", tone: Tone::Out },
    ];
    let link = "lock?op=blind&guard=writes&rate=0&for=20s&do=0ms:ask:c1:update,1s:pause:c1:15s,2.5s:ask:c2:update,17s:crash:c1,18s:crash:c2";
    for (at_us, wrong) in [(14_000_000, 0), (16_500_000, 1), (17_500_000, 0), (19_000_000, 1)] {
        look_at(link, at_us, |look, beliefs| {
            let write = splitbrain::labs::find("lock").unwrap().meta().facts;
            let place = write.iter().position(|fact| fact.name == "write").unwrap() as u8;
            let tells = Tells::Each(FactId(place), WORDS);
            let observers = vec![Observers { sort: splitbrain::cast::Sort::Coordinator, tells }];
            let each = Beliefs { observers, truth: Truth::Up(&["taken"]), ..beliefs.clone() };
            let history = History::of(look, &each, MAX_NODES);
            assert_eq!(history.now.wrong(), wrong, "at {at_us}");
        });
    }
}

/// From thirty nodes on a picture has a few marks, however many cells there are.
#[test]
fn all_cells_of_many_are_one_mark() {
    look_at("lock?rate=0&for=1s&do=0ms:ask:c1:update", 500_000, |look, beliefs| {
        let mut now = History::of(look, beliefs, MAX_NODES).now;
        let (row, cell) = (now.rows[0].clone(), now.rows[0].cells[0].unwrap());
        now.subjects = vec![now.subjects[0]; 40];
        now.up = vec![true; 40];
        now.rows = vec![Row { cells: vec![Some(Cell { wrong: true, ..cell }); 40], ..row }; 40];
        let plan = Plan { look, beliefs, now: &now, top: 0.0, wide: 6.0, high: 6.0, many: true };
        let keys: Vec<String> = plan.crowd().into_iter().map(|mark| mark.key.to_string()).collect();
        assert_eq!(keys, ["all-node-lead", "all-wrong"]);
    });
}
