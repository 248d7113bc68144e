//! The lab's own tests, beside those that hold of every lab.

use super::challenges::CHALLENGES;
use super::fidelity::outcome;
use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::{presets as runs, scenario as opens};
use crate::trace::{Fact, FactKey};

fn run(link: &str) -> Outcome {
    LAB.run(&opens(link), Detail::Full)
}

fn broken(outcome: &Outcome) -> Vec<&'static str> {
    let broken = outcome.verdicts.iter().filter(|verdict| verdict.judged().state == State::Broken);
    broken.map(|verdict| verdict.promise).collect()
}

/// How a promise broke.
fn broke(outcome: &Outcome, promise: &str) -> String {
    let change = outcome.verdict(promise).and_then(|verdict| verdict.break_());
    change.map(|change| change.why.clone()).unwrap_or_default()
}

/// What each process delivers, in its order.
fn delivered(outcome: &Outcome) -> Vec<String> {
    let told = |node| {
        let of = |index| {
            let key = FactKey { name: meta::fact::DELIVERS, index };
            match outcome.trace.history(node, key).last().map(|change| &change.value) {
                Some(Fact::Text(words)) => Some(words.to_string()),
                _ => None,
            }
        };
        (0..).map_while(of).collect::<Vec<_>>().join(" ")
    };
    outcome.cast.nodes().map(told).collect()
}

#[test]
fn presets_break_just_what_they_say() {
    let expected: &[(&str, &[&str])] = &[
        ("chat", &["fifo", "cause", "same_order", "same_state"]),
        ("half-sent", &["together", "even_dead"]),
        ("relayed", &[]),
        ("twice", &["once"]),
        ("overtaken", &["fifo", "cause", "same_order", "same_state"]),
        ("fifo", &[]),
        ("triangle", &["cause", "same_order", "same_state"]),
        ("triangle-causal", &[]),
        ("two-senders", &["same_order", "same_state"]),
        ("sequencer", &[]),
        ("total-not-causal", &["fifo", "cause"]),
        ("sequencer-dies-first", &["reaches", "even_dead"]),
        ("uniform", &["reaches"]),
        ("skeen", &[]),
        ("lamport-stalls", &["reaches"]),
        ("token", &[]),
        ("consensus", &[]),
        ("dice", &["same_state"]),
        ("logged", &[]),
    ];
    let runs = runs(&LAB);
    assert_eq!(
        runs.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        expected.iter().map(|(id, _)| *id).collect::<Vec<_>>()
    );
    let found: Vec<(&str, Vec<&str>)> =
        runs.iter().map(|(id, scenario)| (*id, broken(&LAB.run(scenario, Detail::Totals)))).collect();
    let expected: Vec<(&str, Vec<&str>)> =
        expected.iter().map(|(id, breaks)| (*id, breaks.to_vec())).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_run_ends_when_nothing_is_under_way_and_everything_is_judged() {
    for (id, scenario) in runs(&LAB) {
        let outcome = LAB.run(&scenario, Detail::Totals);
        // A copy is not told from what it copies: then it goes on to its horizon, and what all have is known all the same.
        assert!(outcome.ended_us < scenario.horizon_us || id == "twice", "{id} ends at {}", outcome.ended_us);
        assert!(outcome.verdicts.iter().all(|verdict| verdict.last().state != State::Unknown), "{id}");
    }
}

#[test]
fn what_breaks_a_promise_says_why() {
    let told = |link: &str, promise: &str, words: &str| {
        let why = broke(&run(link), promise);
        assert!(why.contains(words), "{link}: {why}");
    };
    told(
        presets::NOT_CAUSAL,
        "fifo",
        "delivers a2 and has not delivered a1, which n1 had broadcast before it.",
    );
    told(
        presets::TRIANGLE,
        "cause",
        "delivers b1 and has not delivered a1, which n2 had delivered before it broadcast b1.",
    );
    told(presets::TWO, "same_order", "before");
    told(
        presets::HALF_SENT,
        "together",
        "n2, which is up, has delivered a1; n3 and n4 will never deliver it. One process has crashed",
    );
    told(
        presets::DIES_FIRST,
        "even_dead",
        "n3, before it crashed, has delivered a1; n1, n2 and n4 will never deliver it.",
    );
    told(presets::DIES_FIRST, "reaches", "Nobody gives numbers any more.");
    told(presets::STALLS, "reaches", "All wait for a later stamp of a process that is down.");
    told(presets::DICE, "same_state", "the same order, and another state.");
    told(presets::TWO, "same_state", "Command 1 is");
}

#[test]
fn one_order_is_one_order() {
    for via in ["sequencer", "numbers", "skeen", "lamport", "token", "consensus"] {
        let delivered = delivered(&run(&format!("broadcast?total=on&via={via}&causal=on")));
        assert!(
            delivered.iter().all(|order| *order == delivered[0] && order.split(' ').count() == 8),
            "{via}: {delivered:?}"
        );
    }
}

#[test]
fn causal_order_waits_and_is_not_one_order() {
    let (mut held, mut disagree) = (0, 0);
    for seed in 0..50 {
        let run = outcome("broadcast?causal=on", seed, Detail::Totals);
        assert!(
            run.stands("cause", State::Kept)
                && run.stands("fifo", State::Kept)
                && run.stands("reaches", State::Kept)
        );
        held += i64::from(run.tally("held_back_share") > Some(0));
        disagree += run.tally("disagree").unwrap();
    }
    assert!(held > 40 && disagree > 40, "{held}, {disagree}");
}

#[test]
fn fifo_and_causal_mend_what_a_total_order_does_not_keep() {
    for via in ["sequencer", "numbers", "skeen"] {
        let wrong = |mend: &str| {
            let link = format!("broadcast?load=pair&gap=0ms&total=on&via={via}{mend}");
            (0..60)
                .filter(|seed| outcome(&link, *seed, Detail::Totals).stands("cause", State::Broken))
                .count()
        };
        let (plain, fifo, causal, links) =
            (wrong(""), wrong("&fifo=on"), wrong("&causal=on"), wrong("&link_fifo=on"));
        assert!(plain > 5, "{via}: {plain}");
        assert_eq!((fifo, causal, links), (0, 0, 0), "{via}");
    }
}

#[test]
fn who_is_started_again_is_out() {
    let outcome = run("broadcast?load=pair&gap=50ms&do=1ms:crash:n3,5ms:start:n3");
    assert_eq!(delivered(&outcome)[2], "");
    assert!(outcome.stands("reaches", State::Kept), "it is not one of those that are to deliver");
}

#[test]
fn a_process_says_more_when_it_is_asked() {
    let outcome = run("broadcast?load=one&n=3&do=100ms:ask:n2:say,200ms:ask:n1:say");
    assert_eq!(delivered(&outcome), ["a1 b1 a2"; 3]);
}

#[test]
fn a_dead_token_is_waited_for_in_vain() {
    let outcome = run("broadcast?total=on&via=token&do=30ms:crash:n2");
    assert!(
        broke(&outcome, "reaches").contains("The token went down with a process."),
        "{}",
        broke(&outcome, "reaches")
    );
}

#[test]
fn what_does_not_go_together_is_said() {
    for (text, words) in [
        ("broadcast?n=2&total=on", "is one of the 2 processes"),
        ("broadcast?n=2&load=triangle", "n is 3 or more"),
        ("broadcast?do=1ms:ask:n1:shout", "is not a request here"),
    ] {
        let opened = crate::link::parse(text, &[&LAB]);
        assert!(
            opened.problems.iter().any(|problem| problem.sentence.contains(words)),
            "{text}: {:?}",
            opened.problems
        );
    }
}

/// Answers that are none: they look like what is asked for and are not.
const HOSTILE: &[(&str, &[&str])] = &[
    (
        "equal",
        &[
            "broadcast?load=two&total=on",
            "broadcast?load=two&total=on&via=skeen&app=dice",
            "broadcast?load=two&total=on&app=dice&loss=1",
            "broadcast?load=one&total=on&app=dice&resolve=sender",
            "broadcast?load=two&total=on&app=dice&do=0ms:crash:n2,0ms:crash:n3,0ms:crash:n4",
            "broadcast?load=two&n=2&app=dice&resolve=sender&gap=10s&for=20s",
        ],
    ),
    (
        "wrong-order",
        &[
            "broadcast?load=pair&gap=5ms&seed=6",
            "broadcast?load=pair&gap=5ms&total=on&fifo=on&seed=6",
            "broadcast?load=pair&gap=5ms&n=2&seed=6",
        ],
    ),
    (
        "alone",
        &[
            "broadcast?load=one&do=0ms:fail:n1:data:1,0ms:drop:n1-n2:data",
            "broadcast?load=one&reach=reliable&loss=1",
            "broadcast?load=one&reach=reliable&do=0ms:cut:n1-n2.n3.n4",
            "broadcast?load=one&reach=reliable&do=0ms:fail:n1:data:1",
        ],
    ),
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
}
