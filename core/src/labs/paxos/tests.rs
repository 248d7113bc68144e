//! What the lab shows, as tests.

use super::challenges::CHALLENGES;
use super::{LAB, outcome_of, presets};
use crate::lab::{Detail, Lab, Outcome, State};
use crate::labs::tests::scenario;
use crate::trace::{Fact, FactKey};

fn run(text: &str) -> Outcome {
    LAB.run(&scenario(text), Detail::Full)
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or_else(|| panic!("{name} has a value"))
}

fn broken(outcome: &Outcome) -> Vec<&'static str> {
    let broke = outcome.verdicts.iter().filter(|verdict| verdict.last().state == State::Broken);
    broke.map(|verdict| verdict.promise).collect()
}

/// What a server holds at the end, without whose commands they are.
fn log(outcome: &Outcome, server: u16) -> Vec<String> {
    let key = FactKey { name: super::meta::fact::LOG, index: 0 };
    let last = outcome.trace.records().last().expect("something happens").id;
    let items = outcome.trace.list_at(outcome.cast.server(server), key, last);
    items.iter().map(|item| super::request::said(item).to_owned()).collect()
}

#[test]
fn a_duel_ends_with_waits_and_never_without() {
    for (backoff, ends) in [("none", false), ("random", true)] {
        let outcome = run(&format!("paxos?backoff={backoff}&delay=10ms&for=3s"));
        assert_eq!(outcome.tally("decided_ms").is_some(), ends, "{backoff}");
        assert_eq!(broken(&outcome).contains(&"progress"), !ends);
    }
    // Equal waits are none.
    let fixed = run("paxos?backoff=fixed&delay=10ms&for=3s");
    assert!(fixed.tally("decided_ms").is_some(), "one begins before the other is overtaken");
}

/// One switch breaks it; the same without that is whole.
#[test]
fn each_switch_breaks_what_it_says() {
    let table = [
        (presets::FORGETS, "forget=promise&", "one_value"),
        (presets::MISSES, "q1=2&q2=2&", "one_value"),
        ("paxos?pick=own&seed=6", "pick=own&", "remembered"),
        ("paxos?proposers=3&pick=any&seed=17", "&pick=any", "one_value"),
        ("paxos?accept_lower=on&seed=5", "accept_lower=on&", "one_value"),
        (presets::SIDES, "&q1=2&q2=2", "acked"),
        (presets::SIDES, "&q1=2&q2=2", "linearizable"),
        (presets::BLANK, "&forget=all", "acked"),
        (presets::BLANK, "&forget=all", "remembered"),
    ];
    for (link, switch, promise) in table {
        let outcome = run(link);
        assert!(broken(&outcome).contains(&promise), "{link}");
        assert!(tally(&outcome, "chosen") > 1);
        let whole = run(&link.replacen(switch, "", 1));
        assert!(broken(&whole).iter().all(|promise| *promise == "progress"), "{link}: {:?}", broken(&whole));
    }
}

/// Whatever is done to nodes and links, the published rules keep what they promise about values.
#[test]
fn the_published_rules_bear_crashes_cuts_and_loss() {
    let kinds = [
        "proposers=3",
        "proposers=3&notice=nack&leader=on",
        "n=4&q1=3&q2=2",
        "protocol=multi",
        "protocol=multi&n=4&q1=3&q2=2",
        "protocol=vr",
        "protocol=vr&n=5",
    ];
    for seed in 0..crate::anything::cases(40) {
        for kind in kinds {
            let [a, b, c] = [seed % 3 + 1, (seed / 3) % 3 + 1, (seed * 7 + 3) % 3 + 1];
            let other = if b == a { b % 3 + 1 } else { b };
            let script = format!(
                "10ms:crash:n{a},35ms:start:n{a},40ms:cut:n{a}-n{other},90ms:heal,400ms:crash:n{c},500ms:start:n{c},700ms:pause:n{other}:200ms"
            );
            let outcome =
                run(&format!("paxos?{kind}&seed={seed}&fsync_time={}ms&loss=0.1&do={script}", seed % 2 * 3));
            let broken: Vec<_> =
                broken(&outcome).into_iter().filter(|promise| *promise != "progress").collect();
            assert!(broken.is_empty(), "seed {seed} {kind}: {broken:?}");
        }
    }
}

#[test]
fn promises_and_votes_wait_for_the_disk() {
    // Three messages' time, and before each of them a disk.
    for (disk, decided_us) in [("0ms", 30_000), ("5ms", 45_000)] {
        let outcome = run(&format!("paxos?proposers=1&delay=10ms&fsync_time={disk}"));
        assert_eq!(tally(&outcome, "decided_ms"), decided_us);
    }
    // A vote that is not written when its server crashes was none.
    let outcome =
        run("paxos?n=3&proposers=1&delay=10ms&fsync_time=50ms&do=0ms:crash:n3,150ms:crash:n2,300ms:start:n2");
    assert!(tally(&outcome, "decided_ms") > 300_000 && broken(&outcome).is_empty());
}

#[test]
fn a_hole_is_filled_with_a_no_op() {
    let outcome = run(presets::HOLES);
    let told: Vec<String> = [1, 2].iter().map(|server| log(&outcome, *server)[..2].join(" ")).collect();
    assert!(told.iter().all(|log| log.contains("no-op") && log.contains("x=2")), "{told:?}");
    assert!(broken(&outcome).is_empty());
}

#[test]
fn the_next_in_turn_takes_over() {
    for (down, leads) in [("n1", 2), ("n1.n2", 3)] {
        let outcome = run(&format!("paxos?protocol=vr&n=5&do=600ms:crash:{down}"));
        let key = FactKey { name: super::meta::fact::ROLE, index: 0 };
        let last = outcome.trace.history(outcome.cast.server(leads - 1), key).last();
        assert_eq!(last.map(|change| &change.value), Some(&Fact::Word("primary")), "{down}");
        assert!(broken(&outcome).is_empty() && tally(&outcome, "write_ok") > 5);
    }
}

#[test]
fn a_log_goes_on_with_as_many_as_vote() {
    for (link, goes_on) in [(presets::FLEXIBLE, true), (presets::SIX, false), (presets::SIX_FLEXIBLE, true)] {
        let outcome = run(link);
        let later =
            outcome.operations.iter().filter(|op| op.invoked.at_us > 1_000_000 && op.returned.is_some());
        assert_eq!(later.count() > 2, goes_on, "{link}");
        assert!(broken(&outcome).is_empty());
    }
}

#[test]
fn a_value_is_taken_up_by_who_comes_next_if_anybody_has_voted() {
    let chosen = FactKey { name: super::meta::fact::CHOSEN, index: 0 };
    for (link, value) in [(presets::KEPT, "v1"), (presets::UNHEARD, "v2"), (presets::PROMISED, "v2")] {
        let outcome = run(link);
        let last = outcome.trace.history(outcome.cast.server(1), chosen).last();
        assert_eq!(last.map(|change| &change.value), Some(&Fact::Text(value.into())), "{link}");
    }
}

/// Answers that are none: they look like what is asked for and are not.
const HOSTILE: &[(&str, &[&str])] = &[
    (
        "soon",
        &[
            "paxos?leader=on&delay=10ms",
            "paxos?proposers=1&delay=10ms",
            "paxos?wait=60ms&delay=1ms",
            "paxos?wait=60ms&delay=10ms&do=0ms:crash:n2",
        ],
    ),
    ("two", &["paxos?n=4&pick=own&seed=6", "paxos?accept_lower=on&seed=5", "paxos?n=4&q1=3&q2=2"]),
    (
        "six",
        &[
            "paxos?protocol=multi&n=6&q1=3&q2=3&seed=2&do=1s:crash:n4.n5.n6",
            "paxos?protocol=multi&n=6&seed=2",
            "paxos?protocol=multi&n=6&seed=2&do=1s:crash:n4.n5.n6,1.1s:start:n4",
            "paxos?protocol=multi&n=5&seed=2&do=1s:crash:n4.n5",
        ],
    ),
];

#[test]
fn challenges_are_reached_by_nothing_else() {
    for (id, links) in HOSTILE {
        let challenge = CHALLENGES.iter().find(|challenge| challenge.id == *id).expect("a challenge");
        for link in *links {
            let scenario = scenario(link);
            assert!(!(challenge.goal)(&scenario, &LAB.run(&scenario, Detail::Full)), "{id}: {link}");
        }
    }
}

#[test]
fn a_run_of_one_value_ends_when_nothing_more_happens() {
    let outcome = outcome_of("paxos", 1, Detail::Totals);
    assert!(outcome.ended_us < 200_000, "{}", outcome.ended_us);
    assert_eq!(run("paxos?do=1500ms:say:done").ended_us, 1_500_000);
}
