//! What must be so of atomic commitment, whatever is done.

use super::LAB;
use crate::lab::{Detail, Lab, Outcome, State};
use crate::link;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn outcome(text: &str) -> Outcome {
    super::outcome_of(text, Detail::Totals)
}

fn state(outcome: &Outcome, promise: &str) -> State {
    outcome.verdict(promise).expect("promised").last().state
}

#[test]
fn the_same_orders_meet_the_same_votes_under_every_protocol() {
    let told = |protocol: &str| {
        let run = super::outcome_of(&format!("commit?protocol={protocol}&no=0.3&orders=8&pivot=5&n=4&items=1000"), Detail::Full);
        run.operations.iter().map(|order| (order.invoked.at_us, order.end)).collect::<Vec<_>>()
    };
    let two = told("2pc");
    assert!(two.iter().any(|order| order.1 != two[0].1), "some are refused: {two:?}");
    for protocol in ["3pc", "orchestrated", "choreographed"] {
        assert_eq!(told(protocol), two, "{protocol}");
    }
}

#[test]
fn each_preset_shows_what_it_says() {
    let broken: Vec<(&str, Vec<&str>)> = LAB
        .presets()
        .iter()
        .map(|preset| {
            let run = LAB.run(&link::own(&LAB, preset.link), Detail::Totals);
            let broken = run.verdicts.iter().filter(|verdict| verdict.last().state == State::Broken);
            (preset.id, broken.map(|verdict| verdict.promise).collect())
        })
        .collect();
    let expected: Vec<(&str, Vec<&str>)> = vec![
        ("all-yes", vec![]),
        ("one-no", vec![]),
        ("coordinator-dies", vec!["unblocked", "ends"]),
        ("tells-one", vec!["unblocked", "ends"]),
        ("replicated", vec![]),
        ("outlived", vec![]),
        ("cut-after", vec!["unblocked"]),
        ("impatient", vec!["atomic", "isolated"]),
        ("no-force", vec!["atomic", "isolated"]),
        ("hot-item", vec![]),
        ("3pc-crash", vec![]),
        ("3pc-cut", vec!["atomic", "isolated"]),
        ("saga", vec!["isolated"]),
        ("undo-fails", vec!["isolated"]),
        ("overtaken", vec!["atomic", "isolated"]),
        ("twice", vec!["once", "isolated"]),
        ("dual-write", vec!["ends", "isolated"]),
        ("choreographed", vec!["isolated"]),
    ];
    assert_eq!(broken, expected);
}

#[test]
fn what_mends_it_mends_it() {
    for (link, promise) in [
        ("commit?orders=1&doubt=ask_peers&do=250ms:fail:k1:decision:1", "unblocked"),
        ("commit?do=250ms:fail:n2:vote:1,380ms:start:n2", "atomic"),
        ("commit?protocol=orchestrated&no=0.1&semantic_lock=on", "isolated"),
        ("commit?protocol=orchestrated&latency=exp-60ms&timeout=100ms&tries=1", "atomic"),
        ("commit?protocol=orchestrated&do=250ms:drop:n2-k1:reply", "once"),
        ("commit?protocol=choreographed&do=250ms:drop:n2-n1:ack", "once"),
        ("commit?protocol=choreographed&latency=10ms&do=310ms:cut:n1-n2,1s:heal", "ends"),
    ] {
        assert_eq!(state(&outcome(link), promise), State::Kept, "{link}");
    }
}

/// Whoever fails once more after it has come back comes back again.
const UP: &str = ",3s:start:n.,3s:start:k1,4s:start:n.,4s:start:k1,5s:start:n.,5s:start:k1,6s:start:n.,6s:start:k1,7s:start:n.,7s:start:k1";

/// Crashes and cuts, of which all come back, but no wiped disk: what each protocol says that it survives.
fn faults() -> impl Strategy<Value = String> {
    let times = 200..2_500u32;
    let nodes = proptest::sample::select(vec!["n1", "n2", "n3", "k1"]);
    let crash = (times.clone(), nodes.clone(), 1..400u32).prop_map(|(at, node, down)| format!("{at}ms:crash:{node},{}ms:start:{node}", at + down));
    let kinds = proptest::sample::select(vec!["vote", "decision", "prepare", "pre-commit", "do", "reply", "event", "undo", "ack", "any"]);
    let fail = (times.clone(), nodes.clone(), kinds, 1..4u32).prop_map(|(at, node, kind, nth)| format!("{at}ms:fail:{node}:{kind}:{nth},2600ms:start:{node}"));
    let parted = proptest::sample::select(vec!["n1-n2.n3.k1", "n2-n1.n3.k1", "k1-n1.n2.n3", "k1.n1-n2.n3"]);
    let cut = (times, parted, 1..500u32).prop_map(|(at, cut, long)| format!("{at}ms:cut:{cut},{}ms:heal", at + long));
    let fault = prop_oneof![crash, fail, cut];
    proptest::collection::vec(fault, 1..5).prop_map(|faults| faults.join(",") + UP)
}

/// A switch that breaks a promise, and faults that bring it to light, are found soon by chance.
#[test]
fn each_switch_that_breaks_a_promise_is_found_by_random_faults() {
    for (link, promise) in [
        ("doubt=impatient", "atomic"),
        ("force=off", "atomic"),
        ("protocol=3pc", "atomic"),
        ("protocol=orchestrated&tries=1&latency=exp-20ms&tombstones=off", "atomic"),
        ("protocol=orchestrated&idempotent=off", "once"),
        ("protocol=choreographed&idempotent=off", "once"),
        ("protocol=choreographed&outbox=off&end_limit=9s", "ends"),
    ] {
        let mut runner = TestRunner::deterministic();
        let found = (0..500).find(|seed| {
            let script = faults().new_tree(&mut runner).expect("a script").current();
            let run = outcome(&format!("commit?{link}&seed={seed}&for=13s&do={script}"));
            state(&run, promise) == State::Broken
        });
        assert!(found.is_some(), "{link}: {promise} is not broken by any of 500 scripts");
    }
}

#[test]
fn the_sentence_tells_how_many_messages_and_writes_an_order_takes() {
    for protocol in ["2pc", "3pc", "orchestrated", "choreographed", "orchestrated&semantic_lock=on", "choreographed&outbox=off"] {
        for n in 2..=5 {
            let link = format!("commit?orders=1&n={n}&protocol={protocol}");
            let scenario = link::own(&LAB, &link);
            let says = LAB.sentences(&scenario).swap_remove(0);
            let numbers: Vec<i64> = says.split_whitespace().filter_map(|word| word.parse().ok()).collect();
            let run = outcome(&link);
            assert_eq!(Some(numbers[0]), run.tally("messages"), "{link}: {says}");
            if says.contains("forced write") {
                let (before, _) = says.split_once(" forced write").expect("it says so");
                let forced = before.rsplit(' ').next().and_then(|word| word.parse().ok());
                assert_eq!(forced, run.tally("forced"), "{link}: {says}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::anything::cases(300)))]

    #[test]
    fn two_phase_commit_is_atomic_and_isolated_whatever_fails(
        script in faults(), doubt in proptest::sample::select(vec!["wait", "ask_peers"]),
        latency in proptest::sample::select(vec!["uniform-5ms-15ms", "exp-20ms"]), seed: u16
    ) {
        let link = format!("commit?doubt={doubt}&latency={latency}&no=0.1&items=3&seed={seed}&end_limit=9s&for=13s&do={script}");
        let run = outcome(&link);
        for promise in ["atomic", "isolated", "ends"] {
            prop_assert_eq!(state(&run, promise), State::Kept, "{}", link);
        }
        prop_assert_eq!(run.tally("heuristic"), Some(0));
    }

    #[test]
    fn sagas_are_all_or_nothing_in_the_end_whatever_fails(
        script in faults(), protocol in proptest::sample::select(vec!["orchestrated", "choreographed"]),
        lock in proptest::sample::select(vec!["on", "off"]), tries in proptest::sample::select(vec![1, 3]), pivot in 1..4,
        latency in proptest::sample::select(vec!["uniform-5ms-15ms", "exp-20ms"]), fails in 0..2, seed: u16
    ) {
        let link = format!("commit?protocol={protocol}&semantic_lock={lock}&tries={tries}&pivot={pivot}&undo_fails={fails}&latency={latency}&no=0.1&seed={seed}&end_limit=9s&for=13s&do={script}");
        let run = outcome(&link);
        for promise in ["atomic", "ends", "once"] {
            prop_assert_eq!(state(&run, promise), State::Kept, "{}", link);
        }
        if lock == "on" && protocol == "orchestrated" {
            prop_assert_eq!(state(&run, "isolated"), State::Kept, "{}", link);
        }
    }

    #[test]
    fn three_phase_commit_is_atomic_whoever_crashes_and_comes_back_late(
        at in 250..420u32, who in proptest::sample::select(vec!["n1", "n2", "n3", "k1"]), seed: u16
    ) {
        let link = format!("commit?protocol=3pc&no=0.1&seed={seed}&orders=1&for=6s&do={at}ms:crash:{who},3s:start:{who}");
        let run = outcome(&link);
        for promise in ["atomic", "unblocked", "isolated"] {
            prop_assert_eq!(state(&run, promise), State::Kept, "{}", link);
        }
    }
}
