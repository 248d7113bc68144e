//! Runs of the lab: its own data holds what it says, and the laws of moving hold whatever the settings.

use super::*;
use crate::lab::State;
use crate::labs::tests::scenario as open;
use proptest::prelude::*;

#[test]
fn presets_show_what_they_say() {
    let state = |id: &str, promise: &str| {
        let preset = LAB.presets().iter().find(|preset| preset.id == id).unwrap();
        let outcome = outcome_of(preset.link);
        let verdict = outcome.verdict(promise).unwrap();
        verdict.judged().state
    };
    for (id, promise, expected) in [
        ("modulo", "minimal", State::Broken),
        ("ring", "minimal", State::Kept),
        ("router", "one_shard", State::Kept),
        ("two-50", "p99", State::Kept),
        ("two-90", "p99", State::Broken),
        ("sixteen-50", "p99", State::Kept),
        ("sixteen-90", "p99", State::Broken),
        ("together", "one_shard", State::Kept),
        ("apart", "one_shard", State::Broken),
        ("leave", "p99", State::Broken),
        ("hot", "balanced", State::Broken),
        ("split", "balanced", State::Kept),
        ("bounded", "bound", State::Kept),
        ("big", "bound", State::Kept),
    ] {
        assert_eq!(state(id, promise), expected, "{id}: {promise}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_in_words() {
    for (link, says) in [
        ("ring?nodes=3&add=-3", "at least one stays"),
        ("ring?nodes=2&replicas=3", "do not fit"),
        ("ring?do=1s:ask:k1:grow", "join and leave.n3"),
        ("ring?do=1s:ask:n1:join", "only the router"),
        ("ring?do=1s:crash:k1", "does not crash here"),
    ] {
        let problems = crate::link::parse(link, &[&LAB]).problems;
        let sentence = problems.first().map(|problem| problem.sentence.clone());
        assert!(sentence.as_ref().is_some_and(|sentence| sentence.contains(says)), "{link}: {sentence:?}");
    }
}

#[test]
fn a_second_change_waits_for_the_first_and_a_void_one_is_passed_over() {
    let outcome = outcome_of("ring?add=0&for=9s&do=1s:ask:k1:join,1.1s:ask:k1:leave.n9,1.2s:ask:k1:leave.n1");
    let moved = outcome.series.iter().find(|series| series.name == "rows moved").unwrap();
    let mut done: Vec<u64> = moved.points.iter().filter(|point| point.1 == 100).map(|point| point.0).collect();
    done.dedup();
    assert_eq!(done.len(), 2);
    assert_eq!(outcome.verdict("minimal").unwrap().last().state, State::Kept);
}

/// Placing a million rows takes seconds: what begins a run does none of it, and each part of it looks up as many rows as its events allow.
#[test]
fn rows_are_placed_in_parts_and_come_to_the_same() {
    for strategy in params::Strategy::WORDS {
        for settings in ["replicas=3", "query=range", "replicas=2&copies=points&popularity=zipf"] {
            let link = format!("ring?strategy={}&{settings}&keys=2000&do=2s:ask:k1:join,2.5s:ask:k1:leave.n9", strategy.word);
            let scenario = open(&link);
            let mut course = LAB.begin(&scenario, Detail::Totals);
            let mut parts = 1;
            while !course.advance(50) {
                parts += 1;
            }
            let (whole, outcome) = (outcome_of(&link), course.outcome());
            assert_eq!((outcome.digest, outcome.verdicts, outcome.series), (whole.digest, whole.verdicts, whole.series), "{link}");
            assert!(parts > 5 * 2_000 / 8 / 50, "{link}: {parts} parts");
        }
    }
}

#[test]
fn a_part_of_a_plan_is_as_small_as_it_is_asked_to_be() {
    let scenario = open("ring?strategy=rendezvous&nodes=128&keys=1000000&replicas=7&add=128");
    let mut planning = Planning::new(Params::of(&scenario.values), &scenario);
    assert_eq!((planning.advance(100), planning.advance(100)), (None, None));
    assert!(planning.placed() < 1_000 && planning.placed() > 0, "{}", planning.placed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Rows are neither lost nor doubled; every copy that has to move is counted once; only bounded loads and modulo move rows between old nodes.
    #[test]
    fn moves_add_up(strategy in 0usize..7, nodes in 1u32..9, add in -8i64..9, replicas in 1u32..4, seed: u32) {
        prop_assume!(nodes as i64 + add >= 1 && replicas <= nodes);
        let word = params::Strategy::WORDS[strategy].word;
        let link = format!("ring?strategy={word}&nodes={nodes}&add={add}&replicas={replicas}&keys=300&seed={seed}");
        let scenario = open(&link);
        let plan = Plan::new(Params::of(&scenario.values), &scenario);
        for topology in &plan.topologies {
            prop_assert_eq!(topology.keys.iter().sum::<u64>(), 300);
            prop_assert_eq!(topology.doubled, 0);
            let members = topology.members();
            prop_assert!(topology.owners.iter().all(|owner| members.contains(&u32::from(*owner))));
        }
        if let Some(change) = plan.first_change() {
            let copies: u64 = change.pairs.values().sum();
            if replicas == 1 {
                prop_assert_eq!(copies, change.moved);
            }
            if !["modulo", "bounded"].contains(&word) {
                prop_assert_eq!(change.between_old, 0);
            }
        }
    }
}
