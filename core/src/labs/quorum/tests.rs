//! What the protocol and its laws do in small, known situations.

use super::claims::scenario;
use super::presets;
use super::protocol::Node;
use crate::lab::{Detail, End, Lab, Outcome, State};
use crate::scenario::Scenario;
use crate::sim::{Observer, OpKey, Seen, Setup};
use crate::trace::Mark;

fn run(text: &str) -> Outcome {
    super::LAB.run(&scenario(text), Detail::Full)
}

fn broken(outcome: &Outcome) -> Vec<&'static str> {
    let broken = outcome.verdicts.iter().filter(|verdict| verdict.last().state == State::Broken);
    broken.map(|verdict| verdict.promise).collect()
}

fn why(outcome: &Outcome, promise: &str) -> String {
    outcome.verdict(promise).and_then(|verdict| verdict.break_()).map(|change| change.why.clone()).unwrap_or_default()
}

#[test]
fn presets_break_just_the_promises_that_they_are_about() {
    for (link, promises) in [
        ("quorum", &[][..]),
        (presets::STALE, &["latest", "bounded", "linearizable"]),
        (presets::COMMENT, &["latest", "own", "linearizable"]),
        (presets::BACK, &["latest", "monotonic", "linearizable"]),
        (presets::DISAGREE, &["linearizable"]),
        (presets::ALL_ONE, &["linearizable"]),
        (presets::ABD, &[]),
        (presets::FAILED, &["failed"]),
        (presets::VV, &["durable"]),
        (presets::DVV, &["linearizable"]),
        (presets::SLOPPY, &["latest", "bounded", "linearizable"]),
        (presets::APART, &["converge"]),
    ] {
        assert_eq!(broken(&run(link)), promises, "{link}");
    }
}

/// n2 and n3 have the later write when they are asked; but the earlier one, by a fast clock, is stamped later.
pub(super) const HAD_IT: &str = "quorum?w=1&r=3&rate=0&for=2s&do=50ms:clock:n1:2s,90ms:cut:n1-n2.n3,100ms:ask:c1:put.x.1,400ms:ask:c2:put.x.2,700ms:heal,800ms:ask:c2:get.x";

#[test]
fn a_broken_promise_says_which_values_replicas_and_messages_made_it_so() {
    for (link, promise, words) in [
        (presets::STALE, "latest", &["c1 read x=12 from n1", "c2's x=15", "died in the cut"][..]),
        (presets::CLOCK, "durable", &["c2's x=2", "c1's x=1", "older, but stamped later"]),
        (presets::RETURNS, "latest", &["deletion of x by c1", "tombstone's lifetime was over"]),
        (presets::FAILED, "failed", &["c2 read c1's x=2", "not undone"]),
        (presets::APART, "converge", &["n3 still lacks c1's x=2", "nothing brought it again"]),
        (presets::VV, "durable", &["without having seen it"]),
        // n1 got the write after it had answered, and before its answer had come.
        (presets::COMMENT, "latest", &["c1 read x=1 from n1", "; n1 had not received it yet: it was on its way."]),
        (HAD_IT, "latest", &["n2 had it", "c1's x=1 won, for it is stamped later"]),
    ] {
        let said = why(&run(link), promise);
        words.iter().for_each(|word| assert!(said.contains(word), "{link}: {said}"));
    }
}

#[test]
fn a_slider_moves_only_its_own_luck() {
    // Requests come at the same moments, whatever quorums, repair or latency are.
    let moments = |text: &str| {
        let outcome = run(text);
        let timers = outcome.trace.records().iter().filter(|record| record.kind == crate::trace::RecordKind::Timer);
        let due = timers.filter(|record| outcome.trace.words(record) == "next request");
        due.map(|record| (record.at_us, record.node)).collect::<Vec<_>>()
    };
    let default = moments("quorum");
    assert!(default.len() > 30);
    for other in ["quorum?w=1", "quorum?r=3&repair=blocking", "quorum?wleg=50ms", "quorum?coordinator=apart"] {
        let same = moments(other).iter().zip(&default).all(|(a, b)| a.0 == b.0);
        assert!(same, "{other}");
    }
}

#[test]
fn couriers_bring_a_replica_what_it_missed() {
    let missed = |settings: &str, script: &str| {
        let text = format!(
            "quorum?rate=0&for=2.5s{settings}&do=100ms:ask:c1:put.x.1,400ms:cut:n3-n1.n2,500ms:ask:c1:put.x.2,1s:heal{script}"
        );
        run(&text).verdict("converge").expect("a promise of the lab").last().state
    };
    assert_eq!(missed("", ""), State::Broken);
    assert_eq!(missed("&handoff=hints", ""), State::Kept);
    assert_eq!(missed("&sync=200ms", ""), State::Kept);
    assert_eq!(missed("&repair=async", ",1.2s:ask:c3:get.x"), State::Kept);
    assert_eq!(missed("&repair=none", ",1.2s:ask:c3:get.x"), State::Broken);
}

#[test]
fn a_crash_keeps_the_disk_and_a_wipe_takes_it() {
    let read_after = |act: &str| {
        let text = format!(
            "quorum?n=1&w=1&r=1&clients=1&rate=0&for=1s&do=100ms:ask:c1:put.x.7,300ms:{act}:n1,400ms:start:n1,600ms:ask:c1:get.x"
        );
        let outcome = run(&text);
        outcome.told(&outcome.operations[1])
    };
    assert_eq!(read_after("crash").as_deref(), Some("7"));
    assert_eq!(read_after("wipe").as_deref(), Some("nothing"));
}

#[test]
fn every_kind_of_operation_ends_as_it_should() {
    let outcome = run("quorum?rate=0&for=3s&do=100ms:ask:c1:put.x.1,300ms:crash:n2.n3,400ms:ask:c1:get.x,900ms:crash:n1,1s:ask:c1:get.x,1.9s:start:n1.n2.n3,2s:ask:c1:get.x");
    let ends: Vec<End> = outcome.operations.iter().map(|op| op.end).collect();
    assert_eq!(ends, [End::Ok, End::Failed, End::Unknown, End::Ok]);
}

#[test]
fn settings_that_contradict_each_other_are_problems() {
    let problems = |text: &str| crate::link::parse(text, &[&super::LAB]).problems;
    assert!(problems("quorum?n=3&w=4")[0].sentence.contains("W=4 is more than the N=3 replicas"));
    assert!(problems("quorum?n=2&w=1&r=3")[0].sentence.contains("lower r or raise n"));
    assert!(problems("quorum?do=1s:ask:n1:get.x")[0].sentence.contains("only clients"));
    assert!(problems("quorum?do=1s:ask:c1:get.y")[0].sentence.contains("there is no key y"));
    assert!(problems("quorum?do=1s:drop:n1-n2:pong")[0].sentence.contains("no message ‘pong’"));
    assert!(problems("quorum?do=1s:ask:c1:eat.x")[0].sentence.contains("put.x.3"));
}

#[test]
fn of_a_cue_that_comes_too_late_it_is_said_that_nothing_comes_of_it() {
    let late = |script: &str| {
        let link = format!("quorum?do={script}");
        assert!(crate::link::parse(&link, &[&super::LAB]).problems.is_empty(), "such links open as ever");
        run(&link).limits
    };
    assert!(late("2.999s:crash:n1,3s:say:The_end,3s:stop").is_empty());
    assert_eq!(late("3s:crash:n1"), ["Nothing comes of “crash n1”: it is due at 3s, and the run ends at 3s."]);
    let told = late("1s:heal,9s:ask:c1:put.x.3,9.5s:heal,10s:stop");
    assert_eq!(told, ["Nothing comes of “ask c1: put x 3”: it is due at 9s, and the run ends at 3s. The same goes for 2 other cues."]);
}

#[test]
fn a_probe_measures_from_when_on_its_read_would_have_been_fresh() {
    // With the same dice, a read at visible_ms is fresh, and one a microsecond before is not.
    let mut late = 0;
    for seed in 0..60 {
        let probe = |t_us: u64| {
            let text = format!("quorum?load=probe&w=1&r=1&legs=disk&t={t_us}us");
            super::LAB.run(&Scenario { seed, ..scenario(&text) }, Detail::Totals)
        };
        let visible_us = probe(0).tally("visible_ms").expect("nothing is lost") as u64;
        assert_eq!(probe(visible_us).tally("fresh"), Some(1), "seed {seed}");
        if visible_us > 0 {
            late += 1;
            assert_eq!(probe(visible_us - 1).tally("fresh"), Some(0), "seed {seed}");
        }
    }
    assert!(late > 10);
}

/// Every operation's client and the client's own number for it.
#[derive(Default)]
struct Numbers(Vec<OpKey>);

impl Observer<Node> for Numbers {
    fn see(&mut self, _: Mark, seen: Seen<'_, Node>) {
        if let Seen::Invoke { key, .. } = seen {
            self.0.push(key);
        }
    }
}

#[test]
fn a_client_that_comes_up_again_numbers_no_request_twice() {
    let link = "quorum?n=1&w=1&r=1&clients=1&rate=1000&cleg=100us&wleg=100us&aleg=100us&rleg=100us&sleg=100us&for=14s";
    let scenario = scenario(&format!("{link}&do=100ms:ask:c1:put.x.1,12s:crash:c1,12.1s:start:c1,13s:ask:c1:get.x"));
    let config = super::configure(super::Params::of(&scenario.values), &scenario);
    let setup = Setup {
        cast: config.cast,
        network: super::network::network(&config, scenario.seed),
        work_us: Vec::new(),
        kinds: super::KINDS,
        scenario: &scenario,
        config,
    };
    let mut numbers = Numbers::default();
    crate::sim::run::<Node, _>(setup, &mut numbers, Detail::Totals);
    let count = numbers.0.len();
    assert!(count > 12_000, "{count}");
    crate::sorted::sort(&mut numbers.0);
    numbers.0.dedup();
    assert_eq!(numbers.0.len(), count);
}

#[test]
fn requests_of_old_links_keep_their_numbers() {
    let numbers = |link: &str| {
        let scenario = scenario(link);
        let config = super::configure(super::Params::of(&scenario.values), &scenario);
        (config.numbers, config.first_asked)
    };
    assert_eq!(numbers("quorum?do=1s:crash:c1,2s:start:c1"), (10_000, 100_000));
    assert_eq!(numbers("quorum?rate=1000&for=60s"), (10_000, 120_001), "nobody comes up again");
    assert_eq!(numbers("quorum?rate=1000&for=10s&do=1s:crash:c1,2s:start:c1"), (20_001, 100_000));
}
