//! The lab's own tests, beside those that hold of every lab.

use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::{presets as runs, scenario as opens};

fn run(link: &str) -> Outcome {
    LAB.run(&opens(link), Detail::Full)
}

fn broken(outcome: &Outcome) -> Vec<&'static str> {
    let broken = outcome.verdicts.iter().filter(|verdict| verdict.last().state == State::Broken);
    broken.map(|verdict| verdict.promise).collect()
}

#[test]
fn presets_break_just_what_they_say() {
    let expected: &[(&str, &[&str])] = &[
        ("k1", &[]),
        ("nokey", &["once", "answered"]),
        ("newkey", &["once", "answered"]),
        ("memory", &["once", "answered"]),
        ("forgotten", &["once", "answered"]),
        ("between", &["once", "answered"]),
        ("atomic", &[]),
        ("before", &["real"]),
        ("race", &["once"]),
        ("refused", &[]),
        ("payload", &[]),
        ("uncompared", &["real", "mine"]),
        ("pruned", &["once", "answered"]),
        ("outside", &["once"]),
        ("keyed", &[]),
        ("lookup", &[]),
        ("phases", &[]),
        ("stock", &["lost"]),
        ("ifmatch", &[]),
        ("late", &["old"]),
        ("own-412", &["answered"]),
        ("delete", &["answered"]),
        ("stuck", &["progress"]),
        ("short-lease", &["once"]),
        ("saved-500", &[]),
    ];
    let found: Vec<(&str, Vec<&str>)> =
        runs(&LAB).iter().map(|(id, scenario)| (*id, broken(&LAB.run(scenario, Detail::Totals)))).collect();
    let expected: Vec<(&str, Vec<&str>)> =
        expected.iter().map(|(id, breaks)| (*id, breaks.to_vec())).collect();
    for (found, expected) in found.iter().zip(&expected) {
        println!("{found:?}{}", if found == expected { "" } else { "  <- not as expected" });
    }
    assert_eq!(found, expected);
}

#[test]
fn what_breaks_a_promise_says_why() {
    for (link, promise, words) in [
        (presets::NO_KEY, "once", "c1's POST is executed a second time: the database does it again"),
        (presets::NO_KEY, "answered", "was executed, with 201, no. 1, and its client is told 201, no. 2"),
        (presets::OUTSIDE, "once", "the provider takes the money again"),
        (presets::BEFORE, "real", "is told that it is done, and it has not been executed"),
        (presets::UNCOMPARED, "mine", "c1's POST no. 2 is told 201, no. 1, which is what c1's POST did"),
        (presets::STOCK, "lost", "has not seen what c"),
        (presets::LATE, "old", "A copy of c1's PUT comes late"),
        (presets::OWN_412, "answered", "is told 412"),
        (presets::DELETE, "answered", "with 204, no. 1, and its client is told 404"),
        (presets::STUCK, "progress", "has found its key in progress to the end"),
    ] {
        let outcome = run(link);
        let change = outcome.verdict(promise).and_then(|verdict| verdict.break_());
        let why = change.map(|change| change.why.clone()).unwrap_or_default();
        assert!(why.contains(words), "{link}: {why}");
    }
}

#[test]
fn a_saved_failure_is_told_again() {
    let outcome = run(presets::SAVED_500);
    assert_eq!((outcome.tally("executions"), outcome.tally("replayed")), (Some(0), Some(2)));
    let again = run(&presets::SAVED_500.replace("fails", "save=success&fails"));
    assert_eq!((again.tally("executions"), again.tally("replayed")), (Some(1), Some(0)));
}

/// Wherever a server dies, whatever becomes of a second request meanwhile: with one table and one transaction an operation is executed once, and its
/// client is told so or nothing.
#[test]
fn one_transaction_is_enough_without_a_call_outside() {
    for crashat in ["before-effect", "between", "after-record"] {
        for inflight in ["refuse", "wait", "ignore"] {
            for seed in 0..20 {
                let link = format!(
                    "idempotency?load=double-click&clients=3&window=200ms&gap=exp-100ms&inflight={inflight}&crashat={crashat}&crashes=0.4&attempts=30&lostreq=0.1&lostrep=0.2&seed={seed}&for=2m"
                );
                let outcome = LAB.run(&opens(&link), Detail::Totals);
                assert_eq!(outcome.tally("executions"), Some(3), "{link}");
                assert_eq!(outcome.tally("told_not_done"), Some(0), "{link}");
                let broken = broken(&outcome);
                assert!(
                    !["once", "answered", "real", "mine"].iter().any(|p| broken.contains(p)),
                    "{link}: {broken:?}"
                );
            }
        }
    }
}

/// With a provider that is given the key it is enough, too; with one that is not, it is not.
#[test]
fn a_call_outside_needs_a_key_of_its_own() {
    let twice = |outside: &str, record: &str| {
        let of = |seed: u32| {
            let link = format!(
                "idempotency?record={record}&outside={outside}&crashat=between&crashes=0.4&attempts=30&seed={seed}&for=2m"
            );
            LAB.run(&opens(&link), Detail::Totals).tally("twice").unwrap_or(-1)
        };
        (0..60).map(of).sum::<i64>()
    };
    for record in ["atomic", "phases"] {
        assert!(twice("plain", record) > 10, "{record}");
        assert_eq!((twice("keyed", record), twice("lookup", record)), (0, 0), "{record}");
    }
}

#[test]
fn what_cannot_be_asked_is_said() {
    for (link, words) in [
        ("idempotency?do=1s:ask:c1:sing", "is not a request here"),
        ("idempotency?do=1s:ask:c1:send.-1", "is not a number from 0"),
        ("idempotency?do=1s:ask:k1:send.10", "only clients ask"),
        ("idempotency?do=1s:ask:c1:take", "reads and writes"),
        ("idempotency?load=stock", "a stock is read and written"),
        ("idempotency?load=late&method=delete", "two write x here"),
        ("idempotency?method=put&outside=plain", "only a POST charges"),
    ] {
        let opened = crate::link::parse(link, crate::labs::LABS);
        let problems: Vec<String> = opened.problems.iter().map(|problem| format!("{problem:?}")).collect();
        assert!(problems.iter().any(|problem| problem.contains(words)), "{link}: {problems:?}");
    }
}
