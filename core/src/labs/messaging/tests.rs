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
        ("competing", &["order"]),
        ("fifo", &[]),
        ("call", &["caller"]),
        ("queued", &[]),
        ("fanout", &["kept"]),
        ("twice", &["once"]),
        ("keyed", &[]),
        ("before", &["kept"]),
        ("visibility", &["once"]),
        ("poison", &[]),
        ("stuck", &["moving", "lag"]),
        ("acks1", &["kept", "caller"]),
        ("acks-all", &["caller"]),
        ("unclean", &["kept", "caller"]),
        ("clean", &["caller"]),
        ("not-enough", &["caller"]),
        ("swap", &["order"]),
        ("sequence", &[]),
        ("stored-twice", &["once"]),
        ("zombie", &["once"]),
        ("rebalance", &[]),
        ("more-partitions", &["order"]),
        ("drain", &["lag"]),
        ("overload", &["lag"]),
        ("drops", &["kept"]),
        ("blocks", &["order", "caller"]),
        ("replay", &["once"]),
        ("rebuild", &[]),
        ("kafka", &["once", "lag"]),
        ("sqs", &["order"]),
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
        (
            presets::BEFORE,
            "kept",
            "deleted from the queue before it was processed, and who had it in hand went down",
        ),
        (presets::FANOUT, "kept", "x1 was accepted, and is lost for k3"),
        (presets::ACKS_1, "kept", "the log of the new leader does not have it"),
        (presets::DROPS, "kept", "the queue was full"),
        (presets::SWAP, "order", "x2 takes effect after x3"),
        (presets::POISON_LOG, "moving", "waits behind x1!"),
        (presets::TWICE, "once", "x1 takes effect a second time"),
        (presets::CALL, "caller", "x1's producer does not know after 1s"),
        (presets::OVERLOAD, "lag", "was accepted more than 3s ago"),
    ] {
        let outcome = run(link);
        let change = outcome.verdict(promise).and_then(|verdict| verdict.break_());
        let why = change.map(|change| change.why.clone()).unwrap_or_default();
        assert!(why.contains(words), "{link}: {why}");
    }
}

/// What was accepted is processed, lost, a dead letter, or still to come, in every preset and under chance.
#[test]
fn every_accepted_message_is_accounted_for() {
    for channel in ["request", "queue", "pubsub", "log"] {
        for seed in 0..6 {
            let link = format!(
                "messaging?channel={channel}&rate=6&keys=3&producers=2&consumers=2&fails=0.1&visibility=1s&session=1s&loss=0.02&seed={seed}&for=10s&do=3s:crash:k1,5s:start:k1"
            );
            let outcome = run(&link);
            let tally = |name: &str| outcome.tally(name).unwrap_or(0);
            assert!(tally("accepted") > 30, "{link}: {} accepted", tally("accepted"));
            assert!(tally("processed") > 20, "{link}: {} processed", tally("processed"));
            if matches!(channel, "queue" | "log") {
                assert_eq!(tally("lost"), 0, "{link}");
            }
        }
    }
}

#[test]
fn what_cannot_be_asked_is_said() {
    for (link, words) in [
        ("messaging?do=1s:ask:c1:sing", "is not a request here"),
        ("messaging?do=1s:ask:k1:seek.0", "only consumers of a log"),
        ("messaging?channel=log&do=1s:ask:k3:seek.0", "only consumers of a log"),
        ("messaging?do=1s:ask:n1:partitions.4", "only a log's brokers"),
        ("messaging?channel=log&do=1s:ask:n1:partitions.99", "1 to 24 partitions"),
        ("messaging?channel=log&do=1s:ask:n1:redrive", "only a queue has dead letters"),
        ("messaging?do=1s:ask:c1:send.q", "there are 2 keys"),
        ("messaging?producers=2&do=1s:ask:c1:send.y", "that of y is c2"),
        ("messaging?producers=3", "as many at the least"),
        ("messaging?commit=interval", "a queue has no offsets"),
    ] {
        let opened = crate::link::parse(link, crate::labs::LABS);
        let problems: Vec<String> = opened.problems.iter().map(|problem| format!("{problem:?}")).collect();
        assert!(problems.iter().any(|problem| problem.contains(words)), "{link}: {problems:?}");
    }
}

/// A queue's dead letters go back to where they came from.
#[test]
fn dead_letters_can_be_sent_back() {
    let link = "messaging?load=probe&consumers=1&work=100ms&fails=1&visibility=500ms&receives=2&for=5s";
    assert_eq!(run(link).tally("dead"), Some(1));
    let back = "messaging?rate=0&consumers=1&work=100ms&fails=1&visibility=500ms&receives=2&for=5s&do=100ms:ask:c1:send.x,2s:ask:n1:redrive";
    assert_eq!((run(back).tally("dead"), run(back).tally("deliveries")), (Some(2), Some(4)));
}

/// Who was away is not given what it had asked for before it went.
#[test]
fn what_waits_is_processed_once_the_consumer_is_back() {
    assert_eq!(run(presets::QUEUED).tally("processed"), Some(1));
    let drained_us = run(presets::DRAIN).tally("drain_ms").unwrap_or(0);
    assert!((9_000_000..15_000_000).contains(&drained_us), "{drained_us}");
}

/// A log that has lost what it accepted refuses the next of that producer, which then begins another epoch (KIP-360).
#[test]
fn sequence_numbers_find_what_a_log_has_lost() {
    let outcome = run(presets::UNCLEAN);
    let tallies = ["accepted", "processed", "lost"].map(|name| outcome.tally(name));
    assert_eq!(tallies, [Some(3), Some(2), Some(1)]);
}

/// A member that joins once more while its group is being given out does not have it given out again.
#[test]
fn a_group_rebalances_once() {
    let (_, kafka) = runs(&LAB).into_iter().find(|(id, _)| *id == "kafka").expect("there is such a preset");
    let stopped_us = LAB.run(&kafka, Detail::Totals).tally("stopped_ms").unwrap_or(0);
    assert!((40_000_000..46_000_000).contains(&stopped_us), "{stopped_us}");
}

/// Who takes itself for the leader because it was away loses nothing that the leader of a later epoch has.
#[test]
fn a_leader_of_the_past_loses_nothing() {
    for rest in [
        "929676&for=8s&do=89ms:crash:n1.k1.k4,1.114s:pause:n2:1.934s,1.613s:pause:n3.k1.k2.c1:65ms,1.626s:start:n1.k1.k4",
        // One that led for a moment did not have what the next one has.
        "484640&for=8s&do=120ms:pause:n2.k2.k4:575ms",
    ] {
        let link =
            format!("messaging?channel=log&rate=6&effect=keyed&lag=1s&detect=500ms&session=1s&seed={rest}");
        assert_eq!(run(&link).tally("lost"), Some(0), "{link}");
    }
}
