//! What the protocol and its laws do in small, known situations.

use super::claims::scenario;
use super::object::{Object, Version};
use super::presets;
use super::message::Speech;
use super::protocol::Node;
use crate::cast::NodeId;
use crate::lab::{Detail, End, Lab, Outcome, State};
use crate::scenario::Scenario;
use crate::sim::{Observer, OpKey, Seen, Setup};
use crate::trace::{Fact, FactKey, Mark, World};

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
        (presets::REUSED, &["latest", "bounded", "linearizable", "durable"]),
        (presets::LATE_HINT, &["latest", "bounded", "linearizable", "durable"]),
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
        (presets::REUSED, "durable", &["c4's x=9", "c1's x=3", "used a number twice"]),
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
    assert!(problems("quorum?do=1s:cut:n1-n1,2s:heal")[0].sentence.contains("n1 is on both sides of the cut"));
    assert!(problems("quorum?do=1s:cut:n.-k.")[0].sentence.contains("there is nobody in k. here"));
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

/// When the facts of a node say that its tombstone of x has expired, in µs.
fn expiries(outcome: &Outcome) -> Vec<(u16, u64)> {
    let records = outcome.trace.records().iter();
    let of = |record: &crate::trace::Record| {
        let changes = outcome.trace.changes_of(record.id);
        let expired = |fact: &Fact| matches!(fact, Fact::Text(words) if words.contains("tombstone has expired"));
        let notes = changes.iter().filter(|change| change.key == FactKey::NOTE && expired(&change.value));
        notes.map(|change| (change.node.0 + 1, record.at_us)).collect::<Vec<_>>()
    };
    records.flat_map(of).collect()
}

#[test]
fn a_tombstone_on_disk_grows_old_while_its_node_is_down() {
    let link = |start: &str| format!("quorum?rate=0&grace=300ms&for=5s&do=100ms:ask:c1:put.x.1,400ms:ask:c1:del.x,600ms:crash:n2,{start}:start:n2");
    for (start, within) in [("700ms", 700_000..720_000), ("2s", 2_000_000..2_000_001)] {
        let gone = expiries(&run(&link(start)));
        let nodes: Vec<u16> = gone.iter().map(|(node, _)| *node).collect();
        assert_eq!(nodes.iter().filter(|node| **node == 2).count(), 1, "{gone:?}");
        assert_eq!(nodes.len(), 3, "{gone:?}");
        assert!(gone.iter().any(|(node, at_us)| *node == 2 && within.contains(at_us)), "{gone:?}");
    }
}

#[test]
fn a_tombstone_is_as_old_as_its_delete_wherever_it_has_been() {
    let link = "quorum?rate=0&grace=10s&sync=1s&for=5m&do=100ms:ask:c1:put.x.1,250ms:ask:c1:get.x,350ms:cut:n3-n1.n2,400ms:ask:c1:del.x,9s:heal";
    for versions in ["lww", "vv", "dvv"] {
        for write in ["clock", "ask"] {
            let gone = expiries(&run(&format!("{link}&versions={versions}&write={write}")));
            assert_eq!(gone.len(), 3, "{versions}, {write}: each replica forgets it once: {gone:?}");
            assert!(gone.iter().all(|(_, at_us)| (10_400_000..10_500_000).contains(at_us)), "{versions}, {write}: {gone:?}");
        }
    }
}

#[test]
fn a_tombstone_that_comes_after_its_lifetime_takes_the_dead_with_it_and_goes() {
    // The hint comes to n3, which still has x=1, when the others have forgotten the delete.
    let link = "quorum?rate=0&handoff=hints&grace=300ms&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x";
    let outcome = run(link);
    let gone = expiries(&outcome);
    assert!(gone.iter().any(|(node, at_us)| *node == 3 && *at_us > 1_000_000), "{gone:?}");
    assert_eq!(outcome.told(&outcome.operations[2]).as_deref(), Some("nothing"));
}

#[test]
fn at_equal_timestamps_a_deletion_wins_and_then_the_larger_value() {
    let read = |writes: &str| {
        let legs = "cleg=5ms&wleg=10ms&aleg=10ms&rleg=10ms&sleg=10ms";
        let outcome = run(&format!("quorum?rate=0&{legs}&for=2s&do={writes},1s:ask:c3:get.x"));
        outcome.told(&outcome.operations[2])
    };
    assert_eq!(read("100ms:ask:c1:put.x.9,100ms:ask:c2:put.x.7").as_deref(), Some("9"));
    assert_eq!(read("100ms:ask:c1:put.x.7,100ms:ask:c2:put.x.9").as_deref(), Some("9"));
    assert_eq!(read("100ms:ask:c1:del.x,100ms:ask:c2:put.x.9").as_deref(), Some("–"));
    assert_eq!(read("100ms:ask:c1:put.x.9,100ms:ask:c2:del.x").as_deref(), Some("–"));
}

#[test]
fn the_order_that_laws_go_by_is_the_one_that_replicas_go_by() {
    let stamped = |at_us: u64, client: u16, number: u32, value: Option<u32>| {
        let write = OpKey { client: NodeId(client), number };
        Object::stamped(at_us, Version::new(write, value, at_us))
    };
    let mut all = Vec::new();
    for (at_us, client, number) in [(1, 0, 7), (1, 36, 0), (2, 3, 100_001), (2, 3, 9_990_001)] {
        all.extend([None, Some(0), Some(7), Some(u32::MAX)].map(|value| stamped(at_us, client, number, value)));
    }
    for (i, one) in all.iter().enumerate() {
        for (j, other) in all.iter().enumerate() {
            assert_eq!(one.clone().merge(other), i != j && one.rank() < other.rank(), "{one:?} and {other:?}");
        }
    }
}

#[test]
fn a_coordinator_apart_keeps_hints() {
    let link = "quorum?coordinator=apart&rate=0&handoff=hints&for=4s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2.k1.k2,400ms:ask:c1:put.x.2,1.5s:heal";
    // Its disk has them over a crash, too.
    for crash in ["", ",700ms:crash:k1,900ms:start:k1"] {
        let outcome = run(&format!("{link}{crash}"));
        assert!(outcome.tally("hints") >= Some(1), "{crash}");
        assert!(broken(&outcome).is_empty(), "{crash}: {:?}", broken(&outcome));
        assert!(outcome.tally("converged_ms") < Some(300_000), "{crash}: {:?}", outcome.tally("converged_ms"));
    }
}

#[test]
fn hints_have_a_window_and_a_lifetime() {
    let hints = |settings: &str| {
        let link = format!("quorum?rate=0&handoff=hints{settings}&for=4s&do=100ms:cut:n3-n1.n2,200ms:ask:c1:put.x.1,1s:ask:c1:put.x.2,2s:heal");
        let outcome = run(&link);
        let shown = outcome.trace.history(outcome.cast.server(2), FactKey { name: super::meta::fact::VALUE, index: 0 });
        (outcome.tally("hints"), shown.last().map(|change| change.value.clone()))
    };
    assert_eq!(hints(""), (Some(2), Some(Fact::Int(2))));
    assert_eq!(hints("&hint_window=500ms"), (Some(1), Some(Fact::Int(1))), "the second write comes too late for a hint, the first is delivered");
    assert_eq!(hints("&hint_life=1.5s"), (Some(2), Some(Fact::Int(2))), "the first hint has expired, the second not");
    assert_eq!(hints("&hint_life=500ms"), (Some(2), Some(Fact::Word("·"))), "both have expired");
}

#[test]
fn a_late_hint_brings_back_what_was_deleted_unless_its_lifetime_is_over() {
    let late = run(presets::LATE_HINT);
    assert!(why(&late, "latest").contains("c3 read x=1"), "{}", why(&late, "latest"));
    let over = run(&presets::LATE_HINT.replace("&grace", "&hint_life=300ms&grace"));
    assert_eq!(over.told(&over.operations[2]).as_deref(), Some("nothing"));
    // As the report of it has it, with a spare node for the coordinator.
    let sloppy = "quorum?rate=0&handoff=sloppy&spare=1&grace=300ms&for=6s&do=100ms:ask:c1:put.x.1,300ms:cut:n2-n1.n3.n4,400ms:ask:c1:put.x.2,700ms:crash:n4,800ms:heal,1s:ask:c3:del.x,3s:start:n4,4s:ask:c2:get.x";
    let read = |link: &str| {
        let outcome = run(link);
        outcome.told(&outcome.operations[3])
    };
    assert_eq!(read(sloppy).as_deref(), Some("2"));
    assert_eq!(read(&sloppy.replace("&grace", "&hint_life=300ms&grace")).as_deref(), Some("nothing"));
}

#[test]
fn a_server_that_keeps_its_counter_loses_no_write_to_dots() {
    let crash = presets::REUSED.replace("wipe", "crash");
    assert!(why(&run(presets::REUSED), "latest").contains("whose vector covers it"), "{}", why(&run(presets::REUSED), "latest"));
    assert_eq!(broken(&run(&crash)), ["linearizable"], "x=3 and x=9 are siblings");
}

#[test]
fn a_challenge_asks_for_the_disturbance_and_for_work_during_it() {
    let reached = |id: &str, link: &str| {
        let lab: &dyn Lab = &super::LAB;
        let scenario = scenario(link);
        (lab.challenge(id).expect("a challenge of the lab").goal)(&scenario, &lab.run(&scenario, Detail::Full))
    };
    for (id, link) in [
        ("fresh", "quorum?w=1&r=1&reads=1&do=1s:cut:n1-n2.n3,2s:heal"),
        ("fresh", "quorum?w=1&r=1&rate=0&do=1s:cut:n1-n2.n3,2s:heal"),
        ("fresh", "quorum?w=1&r=1&clients=1&rate=20&do=1s:cut:n1-n2.n3,2s:heal"),
        ("fresh", "quorum?w=1&r=1&for=900ms&rate=20&do=1s:cut:n1-n2.n3,2s:heal"),
        ("fresh", "quorum?do=1s:cut:n1-n2,2s:heal"),
        ("fresh", "quorum?do=1s:cut:n1-n2.n3,1.001s:heal,2s:heal"),
        ("fresh", "quorum?do=1s:cut:n1-n2.n3,1s:crash:n1,2s:heal"),
        ("fresh", "quorum?do=1s:cut:n1.c1-n2.n3.c2.c3,1s:cut:c1-n1,2s:heal"),
        ("single-copy", "quorum?wleg=0ms&rate=0&seed=49&for=800ms&do=100ms:ask:c1:put.x.1,300ms:ask:c1:put.x.2,320ms:ask:c2:get.x,350ms:ask:c3:get.x"),
        ("single-copy", "quorum?rate=0&seed=49&for=2s&do=100ms:ask:c1:put.x.1,300ms:ask:c1:put.x.2,1s:ask:c2:get.x,1.4s:ask:c3:get.x"),
        ("clock", "quorum?rate=0&for=1s&do=50ms:clock:n1:0s,100ms:ask:c1:put.x.1,400ms:ask:c2:put.x.2,700ms:ask:c2:get.x"),
        ("clock", "quorum?coordinator=apart&rate=0&for=1s&do=50ms:clock:n1:2s,100ms:ask:c1:put.x.1,400ms:ask:c2:put.x.2,700ms:ask:c2:get.x"),
        ("ghost", "quorum?rate=0&sync=10s&grace=2s&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x"),
        ("ghost", "quorum?rate=0&sync=150ms&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,301ms:heal,400ms:ask:c1:del.x,1.5s:ask:c2:get.x"),
        ("ghost", "quorum?rate=0&sync=150ms&for=2s&do=100ms:ask:c1:del.x,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x"),
        ("ghost", "quorum?rate=0&sync=150ms&for=1.1s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x"),
        ("both-sides", "quorum?rate=0&spare=2&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n1.n4.c1-n2.n3.n5.c2.c3,301ms:heal,400ms:ask:c1:put.x.2"),
        ("both-sides", "quorum?rate=0&spare=2&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n1-n3,400ms:ask:c1:put.x.2,1s:heal"),
        ("lose", "quorum?versions=dvv&clients=4&rate=0&for=1s"),
    ] {
        assert!(!reached(id, link), "{id}: {link}");
    }
    // Other ways than the one that the solution takes.
    for (id, link) in [
        ("fresh", "quorum?n=5&w=3&r=3&do=1s:cut:n1-n2.n3,2s:heal"),
        ("fresh", "quorum?w=3&r=1&rate=20&do=1s:cut:n1-n2.n3,2s:heal"),
        ("ghost", "quorum?rate=0&handoff=hints&sync=150ms&grace=2s&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x"),
        ("ghost", "quorum?rate=0&handoff=hints&sync=150ms&grace=300ms&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x"),
    ] {
        assert!(reached(id, link), "{id}: {link}");
    }
}

/// Every operation's client and the client's own number for it.
#[derive(Default)]
struct Numbers(Vec<OpKey>);

impl Observer<Speech> for Numbers {
    fn see(&mut self, _: Mark, seen: Seen<'_, Speech>, _: &World) {
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
        (config.work.numbers.each_boot, config.work.numbers.asked)
    };
    assert_eq!(numbers("quorum?do=1s:crash:c1,2s:start:c1"), (10_000, 100_000));
    assert_eq!(numbers("quorum?rate=1000&for=60s"), (10_000, 120_001), "nobody comes up again");
    assert_eq!(numbers("quorum?rate=1000&for=10s&do=1s:crash:c1,2s:start:c1"), (20_001, 100_000));
}

/// A coordinator that asks before it writes puts its version over what it has found: what goes with that was not lost.
#[test]
fn what_a_writer_found_and_wrote_over_is_not_lost() {
    for versions in ["vv", "dvv"] {
        let link = format!("quorum?write=ask&spread=quorum&skew=200ms&handoff=hints&coordinator=apart&fanout=need&versions={versions}&grace=300ms&seed=977&rate=3&for=1.6s&do=332ms:ask:c2:del.x,537ms:cut1:n3-n1.n2,803ms:cut:n2-n1.n3,999ms:heal,1108ms:heal");
        let run = run(&link);
        let light = run.verdict("durable").unwrap();
        assert_eq!((light.judged().state, run.tally("writes_lost")), (State::Kept, Some(0)), "{}", light.judged().why);
    }
}

/// Replicas agree once they have a write, not while only a coordinator has it that is none of its replicas.
#[test]
fn replicas_have_not_agreed_before_any_has_a_write() {
    let run = run("quorum?keys=2&versions=dvv&spare=1&rate=0&for=1s&do=100ms:ask:c1:put.y.4");
    let changes = &run.verdict("converge").unwrap().changes;
    assert_eq!(changes.iter().map(|change| change.state).collect::<Vec<_>>(), [State::Unknown, State::Unknown, State::Kept]);
    let all_have_it = run.tally("converged_ms").expect("all have it in the end");
    assert!(changes[2].at.at_us > changes[1].at.at_us + all_have_it as u64 / 2, "{changes:?}");
}

#[test]
fn what_was_read_is_told_as_the_client_was_told() {
    let base = "quorum?versions=dvv&rate=0&w=1&r=3&cleg=5ms&wleg=10ms&aleg=10ms&rleg=10ms&sleg=10ms&for=1s";
    let siblings = run(&format!(
        "{base}&do=100ms:ask:c1:del.x,100ms:ask:c2:put.x.2,100ms:ask:c3:put.x.7,400ms:ask:c1:get.x"
    ));
    let said = why(&siblings, "linearizable");
    assert!(said.contains("2, 7 and nothing side by side") || said.contains("nothing, 2 and 7 side by side"), "{said}");
    let own = run("quorum?n=5&rest=400ms&deletes=0.4&versions=dvv&suspect=40ms&sticky=off&spread=quorum&w=1&seed=672&rate=4&for=1.6s&do=389ms:cut:n5-n1.n2.n3.n4,671ms:heal,894ms:slow:n5:5,898ms:slow:n1:20");
    assert!(why(&own, "own").starts_with("c1 read x=2|7|– from n2, n3"), "{}", why(&own, "own"));
}

/// A clock that was set the other way is no reason for the order of two writes, nor is any where writers count on.
#[test]
fn only_a_guilty_clock_is_named() {
    let even = "quorum?rate=0&cleg=5ms&wleg=10ms&aleg=10ms&rleg=10ms&sleg=10ms&for=2s&do=100ms:ask:c1:put.x.1";
    let steps = |link: &str| -> Vec<String> {
        let run = run(link);
        let breaks = run.verdicts.iter().filter_map(|light| light.break_());
        breaks.flat_map(|change| change.evidence.iter().map(|step| step.says.clone())).collect()
    };
    let rest = "300ms:ask:c1:put.x.2,500ms:ask:c2:put.x.3,900ms:ask:c3:get.x";
    for (script, guilty, innocent) in [
        ("200ms:clock:n1:500ms,210ms:clock:n2:20ms", "forward by 500ms", "forward by 20ms"),
        ("200ms:clock:n2:-500ms,210ms:clock:n1:-20ms", "back by 500ms", "back by 20ms"),
        ("200ms:clock:n1:500ms,400ms:clock:n3:-50ms", "forward by 500ms", "back by 50ms"),
    ] {
        let says = steps(&format!("{even},{script},{rest}"));
        assert!(says.iter().any(|step| step.ends_with(guilty)), "{script}: {says:?}");
        assert!(!says.iter().any(|step| step.ends_with(innocent)), "{script}: {says:?}");
    }
}
