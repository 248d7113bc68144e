//! The lab's own tests, beside those that hold of every lab.

use super::challenges::CHALLENGES;
use super::fidelity::outcome;
use super::valence::valence;
use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::scenario as opens;
use crate::trace::{Fact, FactKey, RecordKind};

fn run(link: &str) -> Outcome {
    LAB.run(&opens(link), Detail::Full)
}

/// How a promise broke.
fn broke(outcome: &Outcome, promise: &str) -> String {
    outcome
        .verdict(promise)
        .and_then(|verdict| verdict.break_())
        .map(|change| change.why.clone())
        .unwrap_or_default()
}

#[test]
fn a_scheduler_loses_nothing_and_lets_everybody_go_on() {
    for scheduler in ["fair", "sample", "split", "sync"] {
        let outcome = run(&format!("flp?coin=keep&scheduler={scheduler}&for=1s"));
        let records = outcome.trace.records();
        assert!(records.iter().all(|record| record.kind != RecordKind::Lose), "{scheduler}");
        // What was sent so long before the end has come, and late ones are among it.
        let sent = records.iter().enumerate().filter(|(_, record)| record.kind == RecordKind::Send);
        let mut waits = Vec::new();
        for (place, send) in sent {
            match outcome.trace.end_of(place) {
                Some(end) => waits.push(end.at_us - send.at_us),
                None => {
                    assert!(send.at_us + 200_000 > outcome.ended_us, "{scheduler}: {send:?} never arrives")
                }
            }
        }
        let late = waits.iter().filter(|wait| **wait == 25_000).count();
        assert_eq!(late > 0, ["sample", "split"].contains(&scheduler), "{scheduler}");
    }
    let endless = run("flp?coin=keep&scheduler=split&for=1s");
    for node in endless.cast.nodes() {
        let phases = endless.trace.history(node, FactKey { name: meta::fact::PHASE, index: 0 }).count();
        assert_eq!(phases, 51, "all go on in step");
    }
}

#[test]
fn a_scheduler_that_is_not_fair_gives_each_half_to_everybody_in_time() {
    // Of five of which two may crash, two of the other four are in time.
    let outcome = run("flp?n=5&t=2&ones=2&scheduler=sample&seed=3&for=19ms");
    let delivered = |node| {
        let arrived = outcome
            .trace
            .records()
            .iter()
            .filter(|record| record.kind == RecordKind::Deliver && record.node == node);
        arrived.count()
    };
    assert_eq!(outcome.cast.nodes().map(delivered).collect::<Vec<_>>(), [2; 5]);
}

/// On a network that keeps time the protocol without a coin decides at once, whoever is down; only a tie goes on for ever.
#[test]
fn who_hears_everybody_decides_in_the_first_phase() {
    let phases = |link: &str| outcome(link, 0, Detail::Totals).tally("phases");
    for (n, t) in [(3, 1), (5, 2), (7, 3)] {
        for ones in 0..=n {
            let link = format!("flp?n={n}&t={t}&ones={ones}&coin=keep&scheduler=sync");
            assert_eq!(phases(&link), Some(1), "{link}");
        }
    }
    // n5 begins with a 0: of the four that are up three do.
    assert_eq!(phases("flp?n=5&t=2&ones=1&coin=keep&scheduler=sync&do=0ms:crash:n5"), Some(1));
    assert_eq!(phases("flp?n=4&ones=2&coin=keep&scheduler=sync&for=1s"), None, "two against two");
    assert_eq!(phases("flp?n=4&ones=2&coin=common&scheduler=sync"), Some(2));
}

#[test]
fn half_of_all_may_not_be_missing() {
    let opened = crate::link::parse("flp?n=4&t=2", &[&LAB]);
    assert!(
        opened
            .problems
            .iter()
            .any(|problem| format!("{problem:?}").contains("t must be less than half of n")),
        "{:?}",
        opened.problems
    );
}

#[test]
fn what_breaks_a_promise_says_why() {
    let endless = run("flp?coin=keep&scheduler=split&for=1.2s");
    let why = broke(&endless, "decides");
    assert_eq!(
        why,
        "n1 has not decided in 50 phases. Nobody has crashed, no message was lost: delays alone have done it."
    );
    let stuck = run("flp?do=0ms:crash:n2,0ms:crash:n3");
    let why = broke(&stuck, "decides");
    assert!(
        why.starts_with("n1 waits in phase 1 until it has heard 2 of the 3")
            && why.contains("2 processes have crashed"),
        "{why}"
    );
    let lost = run("flp?do=0ms:drop:n2-n1:any,0ms:drop:n3-n1:any");
    let why = broke(&lost, "decides");
    assert!(why.contains("2 messages were lost"), "{why}");
}

#[test]
fn only_deciding_on_one_proposal_makes_processes_differ() {
    let hasty = run(presets::PRESETS.iter().find(|preset| preset.id == "hasty").unwrap().link);
    assert!(broke(&hasty, "same").ends_with("they may go by a coin."), "{}", broke(&hasty, "same"));
    let undone = run(presets::PRESETS.iter().find(|preset| preset.id == "undone").unwrap().link);
    assert!(!broke(&undone, "unharmed").is_empty());
    for preset in presets::PRESETS {
        let broken = broke(&run(preset.link), "same");
        assert_eq!(broken.is_empty(), !preset.link.contains("decide=one"), "{}: {broken}", preset.id);
    }
}

#[test]
fn the_run_ends_when_nothing_can_happen_any_more() {
    let outcome = run("flp");
    assert!(outcome.ended_us < 500_000, "{}", outcome.ended_us);
    let count = |kind| outcome.trace.records().iter().filter(|record| record.kind == kind).count();
    assert_eq!(count(RecordKind::Send), count(RecordKind::Deliver));
    // A narration to come keeps it going.
    assert_eq!(run("flp?do=1500ms:say:done").ended_us, 1_500_000);
}

#[test]
fn who_is_started_again_is_out_and_a_pause_is_only_slow() {
    let outcome = run("flp?do=1ms:crash:n3,5ms:start:n3");
    let state = FactKey { name: meta::fact::STATE, index: 0 };
    let last = |outcome: &Outcome, n| {
        outcome.trace.history(outcome.cast.server(n), state).last().map(|change| change.value.clone())
    };
    assert_eq!(last(&outcome, 2), Some(Fact::Word("out")));
    let paused = run("flp?scheduler=sample&do=1ms:pause:n3:60ms");
    let decided = [0, 1, 2].map(|n| last(&paused, n));
    assert!(
        decided.iter().all(|state| *state == decided[0]) && decided[0] != Some(Fact::Word("undecided")),
        "{decided:?}"
    );
}

#[test]
fn what_can_be_decided_is_what_some_schedule_decides() {
    let of = |link: &str| valence(&Params::of(&opens(link).values));
    // Bits: n1's value is the lowest.
    assert_eq!(of("flp"), Some([1, 3, 3, 3, 3, 3, 3, 2]));
    assert_eq!(of("flp?coin=common"), of("flp"));
    // Who never changes its own accord can only lose the rarer value.
    assert_eq!(of("flp?coin=keep"), Some([1, 1, 1, 2, 1, 2, 2, 2]));
    assert_eq!(of("flp?n=5&t=2"), None);
    // All hear all: the more frequent value, at once.
    assert_eq!(of("flp?coin=keep&scheduler=sync"), Some([1, 1, 1, 2, 1, 2, 2, 2]));
    // From n2's 1 alone: with a coin either value, without one only 0.
    for link in ["flp", "flp?coin=keep"] {
        let mut seen = 0;
        for seed in 0..60 {
            let run = outcome(link, seed, Detail::Full);
            for node in run.cast.nodes() {
                let state = FactKey { name: meta::fact::STATE, index: 0 };
                match run.trace.history(node, state).last().map(|change| &change.value) {
                    Some(Fact::Word("decided 0")) => seen |= 1,
                    Some(Fact::Word("decided 1")) => seen |= 2,
                    _ => {}
                }
            }
        }
        assert_eq!(seen, of(link).unwrap()[0b010], "{link}");
    }
}

/// Answers that are none: they look like what is asked for and are not.
const HOSTILE: &[(&str, &[&str])] = &[
    (
        "forever",
        &[
            "flp?scheduler=split&coin=keep&limit=3&for=1s",
            "flp?do=0ms:crash:n2,0ms:crash:n3",
            "flp?scheduler=split&coin=keep&do=0ms:cut:n1-n2.n3",
            "flp?n=4&coin=keep&scheduler=split&ones=2",
            "flp?scheduler=split&coin=keep&for=400ms",
        ],
    ),
    (
        "end",
        &[
            "flp?coin=keep&scheduler=fair",
            "flp?coin=keep&scheduler=split&ones=0",
            "flp?coin=keep&scheduler=split&t=0",
            "flp?coin=keep&scheduler=split&decide=one",
            "flp?coin=keep&scheduler=split&do=0ms:crash:n2",
        ],
    ),
    ("differ", &["flp?decide=one&ones=0", "flp?coin=keep&scheduler=split"]),
];

#[test]
fn challenges_are_reached_by_what_they_ask_for_and_by_nothing_else() {
    for (id, links) in HOSTILE {
        let challenge = CHALLENGES.iter().find(|challenge| challenge.id == *id).unwrap();
        for link in *links {
            let scenario = opens(link);
            assert!(!(challenge.goal)(&scenario, &LAB.run(&scenario, Detail::Totals)), "{id}: {link}");
        }
    }
    let end = CHALLENGES.iter().find(|challenge| challenge.id == "end").unwrap();
    let common = opens("flp?coin=common&scheduler=split");
    assert!((end.goal)(&common, &LAB.run(&common, Detail::Totals)));
    assert_eq!(LAB.run(&common, Detail::Totals).verdict("decides").unwrap().last().state, State::Kept);
}
