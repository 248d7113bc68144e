//! What must be so: presets show what they say, and the figures of an execution are those that can be worked out by hand.

use super::{LAB, fidelity, presets, shows};
use crate::lab::{Detail, Lab, Outcome, State};
use crate::labs::tests::presets as runs;
use crate::lab::shows::Stamped;

/// What each promise comes to in a run: broken or kept.
fn broken(outcome: &Outcome) -> Vec<&'static str> {
    let broken = outcome.verdicts.iter().filter(|verdict| verdict.judged().state == State::Broken);
    broken.map(|verdict| verdict.promise).collect()
}

fn events(link: &str) -> Vec<Stamped> {
    let scenario = fidelity::scenario(link, 1);
    let stamps = shows::stamps(&super::Params::of(&scenario.values));
    stamps.events(&LAB.run(&scenario, Detail::Full))
}

#[test]
fn presets_show_what_they_say() {
    // What each run breaks at the least, and what it must not break.
    let expected: &[(&str, &[&str], &[&str])] = &[
        ("skew", &["converse"], &["condition", "tied", "vector", "hybrid", "seen"]),
        ("max", &["converse"], &["condition"]),
        ("concurrent", &["converse"], &["vector"]),
        ("sender-only", &["vector"], &["condition"]),
        ("strict", &["vector"], &["condition"]),
        ("pruned", &["vector"], &["condition"]),
        ("blind", &["converse"], &["hybrid", "last", "seen"]),
        ("backwards", &["forward", "hybrid"], &[]),
        ("backwards", &[], &["forward"]),
        ("fast", &["last", "seen", "external"], &[]),
        ("fast", &["external"], &["last", "seen"]),
        ("no-wait", &["last", "external"], &[]),
        ("no-wait", &[], &["last", "external"]),
        ("believed", &["last", "external"], &[]),
        ("dragged", &["hybrid"], &["condition", "converse"]),
        ("burst", &["hybrid"], &[]),
        ("burst", &[], &["hybrid"]),
        ("slew", &["forward"], &[]),
        ("slew", &[], &["forward"]),
        ("amnesia", &["condition", "tied", "vector"], &["hybrid"]),
    ];
    let runs = runs(&LAB);
    assert_eq!(runs.len(), expected.len());
    for ((id, scenario), (wanted, breaks, keeps)) in runs.into_iter().zip(expected) {
        let broken = broken(&LAB.run(&scenario, Detail::Totals));
        assert_eq!(id, *wanted);
        assert!(breaks.iter().all(|promise| broken.contains(promise)), "{id} breaks {broken:?}, not {breaks:?}");
        assert!(keeps.iter().all(|promise| !broken.contains(promise)), "{id} breaks {broken:?}, and should keep {keeps:?}");
    }
}

#[test]
fn one_more_than_the_greater_of_both() {
    let events = events("clocks?load=script&offset=0ms&for=400ms&do=100ms:ask:n1:tick,150ms:ask:n2:tick,200ms:ask:n1:send.n2");
    let lamport: Vec<(u16, i64)> = events.iter().map(|event| (event.process.0 + 1, event.stamps[shows::LAMPORT][0])).collect();
    assert_eq!(lamport, [(1, 1), (2, 1), (1, 2), (2, 3)]);
    assert_eq!(events[3].from, Some(2));
    assert_eq!(events[3].stamps[shows::VECTOR], [2, 2, 0]);
    assert!(events[0].happened_before(&events[3]) && !events[0].happened_before(&events[1]) && !events[3].happened_before(&events[3]));
}

#[test]
fn questions_for_the_time_are_no_events() {
    let link = "clocks?load=script&offset=0ms&sync=step&sync_every=100ms&for=500ms&do=50ms:ask:n1:tick,450ms:ask:n2:tick";
    let events = events(link);
    assert_eq!(events.len(), 2);
    assert!(!events[0].happened_before(&events[1]), "though n1 has asked the time server and the server has answered n2");
    assert!(fidelity::outcome(link, 1, Detail::Totals).tally("exchanges") >= Some(10));
}

#[test]
fn views_and_figures_count_the_same_pairs() {
    let link = "clocks?n=4&every=exp-60ms&for=1s&rule=sender-only";
    let (scenario, events) = (fidelity::scenario(link, 1), events(link));
    let run = LAB.run(&scenario, Detail::Full);
    let stamps = shows::stamps(&super::Params::of(&scenario.values));
    let mut pairs = vec![crate::lab::shows::Pairs::default(); stamps.clocks.len()];
    for (second, f) in events.iter().enumerate() {
        for e in &events[..second] {
            for (i, clock) in stamps.clocks.iter().enumerate() {
                let claim = clock.order.compare((e.process, &e.stamps[i]), (f.process, &f.stamps[i]));
                pairs[i].count(e.happened_before(f), claim);
            }
        }
    }
    assert!(events.len() > 60 && events.len() <= super::truth::MAX_EVENTS);
    let tally = |name: &str| run.tally(name).map(|count| count as u64);
    assert_eq!(tally("physical_reversed"), Some(pairs[shows::PHYSICAL].reversed));
    assert_eq!(tally("lamport_ordered"), Some(pairs[shows::LAMPORT].ordered));
    assert_eq!(tally("vector_missed"), Some(pairs[shows::VECTOR].missed));
    assert!(pairs[shows::VECTOR].missed > 0 && pairs[shows::PHYSICAL].reversed > 0);
    // A total order leaves no pair without one, and has every cause before its effect.
    let total = pairs[shows::LAMPORT + 1];
    assert_eq!((total.missed, total.open, total.reversed), (0, 0, 0));
}

#[test]
fn a_step_is_missing_from_what_the_wall_clock_measures() {
    let measured = |link: &str| fidelity::outcome(link, 1, Detail::Totals).tally("shortest_ms").unwrap();
    let wall = measured(presets::BACKWARDS.split("&b.").next().unwrap());
    // Ticks are 100 ms apart, and the clock is set back by 200 ms, to the error of an exchange.
    assert!((-110_000..=-90_000).contains(&wall), "{wall}");
    assert_eq!(measured(&presets::BACKWARDS.replace("&b.measure", "&measure")), 100_000);
}

#[test]
fn a_process_that_crashes_keeps_its_clocks_and_loses_its_correction() {
    let link = "clocks?load=script&offset=0ms&for=500ms&do=100ms:ask:n1:tick,150ms:ask:n1:tick,200ms:crash:n1,250ms:start:n1,300ms:ask:n1:tick";
    let lamport: Vec<i64> = events(link).iter().map(|event| event.stamps[shows::LAMPORT][0]).collect();
    assert_eq!(lamport, [1, 2, 3]);
}

#[test]
fn many_events_are_not_said_to_be_compared() {
    let run = fidelity::outcome("clocks?every=exp-1ms&for=1s&writes=0", 1, Detail::Totals);
    assert!(run.tally("events") > Some(1_000));
    let condition = run.verdict("condition").unwrap().last();
    assert_eq!(condition.state, State::Unknown, "{}", condition.why);
}

#[test]
fn only_processes_are_asked_and_of_others() {
    for (text, why) in [
        ("ask:k1:tick", "only processes"),
        ("ask:n1:send.n1", "n1 sends no note to itself"),
        ("ask:n.:send.n2", "n2 sends no note to itself"),
        ("ask:n1:send.n9", "there is no n9"),
        ("ask:n1:send.c1", "notes go to processes"),
        ("ask:n1:put.x.1", "is not a request here"),
    ] {
        let opened = crate::link::parse(&format!("clocks?sync=step&do=1ms:{text}"), &[&LAB]);
        assert!(opened.problems.iter().any(|problem| problem.sentence.contains(why)), "{text}: {:?}", opened.problems);
    }
}
