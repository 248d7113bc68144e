//! Runs of the lab: its presets show what they say, and what a client believes is its own.

use super::fidelity::ORDERS;
use super::meta::fact;
use super::{LAB, presets};
use crate::lab::{Detail, Lab, Outcome, State};
use crate::labs::tests::scenario;
use crate::trace::{Fact, FactKey, RecordKind};

fn outcome(text: &str) -> Outcome {
    LAB.run(&scenario(text), Detail::Full)
}

fn state(outcome: &Outcome, promise: &str) -> State {
    outcome.verdict(promise).unwrap().last().state
}

#[test]
fn presets_show_what_they_say() {
    const LIGHTS: [&str; 5] = ["alone", "safe", "ordered", "freed", "fair"];
    for (id, broken) in [
        ("calm", &[][..]),
        ("pause", &["alone", "safe", "ordered"]),
        ("fenced", &["alone"]),
        ("late", &["alone", "safe"]),
        ("reads", &["alone"]),
        ("cas", &["alone"]),
        ("both", &["alone", "safe"]),
        ("checked", &["alone", "safe", "ordered"]),
        ("mail", &["safe", "ordered"]),
        ("session", &["alone", "safe", "ordered"]),
        ("redlock", &["alone", "safe", "ordered"]),
        ("redlock-clock", &["alone", "safe"]),
        ("redlock-monotonic", &[]),
        ("redlock-restart", &["alone", "safe"]),
        ("redlock-delayed", &[]),
        ("replica-failover", &["alone", "safe"]),
        ("blind", &["alone", "safe"]),
        ("long", &["freed"]),
        ("turn", &["fair"]),
        ("queue", &[]),
        ("renewed", &[]),
        ("probe", &[]),
    ] {
        let preset = LAB.presets().iter().find(|preset| preset.id == id).unwrap();
        let outcome = outcome(preset.link);
        let found: Vec<&str> =
            LIGHTS.into_iter().filter(|light| state(&outcome, light) == State::Broken).collect();
        assert_eq!(found, broken, "{id}");
    }
    assert_eq!(LAB.presets().len(), 22);
}

/// The scripts of the orders do bring reads and writes to the resource in the order of their names.
#[test]
fn the_orders_are_what_they_are_called() {
    for (name, script) in ORDERS {
        let outcome = outcome(&format!("lock?rate=0&for=25s&do={script}"));
        let resource = outcome.cast.coordinator(0);
        let came = outcome
            .trace
            .records()
            .iter()
            .filter(|record| record.kind == RecordKind::Deliver && record.node == resource);
        let words = came.map(|record| {
            let letter = if LAB.meta.kinds[usize::from(record.message)].word == "read" { 'R' } else { 'W' };
            format!("{letter}{}", outcome.cast.name(record.peer).number)
        });
        assert_eq!(words.collect::<Vec<_>>().join(" "), name);
    }
}

/// A paused client goes on believing after the service has given its lock to another, and its lease's clock goes on, too.
#[test]
fn what_a_client_believes_is_its_own() {
    let outcome = outcome(presets::PAUSE);
    let (n1, c1) = (outcome.cast.server(0), outcome.cast.client(0));
    let at = |node, name, value: Fact| {
        let changes = outcome.trace.history(node, FactKey { name, index: 0 });
        let found: Vec<u64> = changes
            .filter(|change| change.value == value)
            .map(|change| outcome.trace.get(change.record).unwrap().at_us)
            .collect();
        found
    };
    assert_eq!(at(c1, fact::BELIEF, Fact::Word("holds")), [10_000]);
    assert_eq!(at(n1, fact::HOLDER, Fact::Word("free"))[1], 10_005_000, "one lease after the grant");
    assert_eq!(at(c1, fact::BELIEF, Fact::Word("no"))[1], 16_020_000, "when the resource has answered it");
}

/// A replica that has heard of the grant keeps it, for what is left of its lease; its own come after.
#[test]
fn what_was_copied_is_not_granted_again() {
    let copied = outcome(&presets::REPLICA.replace("guard=all", "lag=10ms&guard=all"));
    assert_eq!([state(&copied, "alone"), state(&copied, "safe")], [State::Kept; 2]);
    let n2 = copied.cast.server(1);
    let grants: Vec<Fact> = copied
        .trace
        .history(n2, FactKey { name: fact::GRANT, index: 0 })
        .map(|change| change.value.clone())
        .collect();
    assert_eq!(grants, [Fact::Int(33), Fact::Int(34)], "c1's, which it has heard of, and c2's");
}

/// A primary whose place was taken hears of it when it can be reached again, and copies from then on.
#[test]
fn of_two_primaries_the_later_one_stays() {
    let outcome = outcome(
        "lock?service=replica&rate=0&for=8s&do=500ms:cut:n1-n2,3s:heal,5s:ask:c1:update,6s:crash:n2,6.1s:start:n2",
    );
    let roles = |number: u16| -> Vec<Fact> {
        let history =
            outcome.trace.history(outcome.cast.server(number), FactKey { name: fact::ROLE, index: 0 });
        history.map(|change| change.value.clone()).collect()
    };
    let word = Fact::Word;
    assert_eq!(roles(0), [word("primary"), word("replica"), word("primary")]);
    assert_eq!(roles(1), [word("replica"), word("primary"), word("replica")]);
}

/// A lease is trusted for less where clocks may differ in rate: a master that is fast by less than a hundredth frees nothing too early.
#[test]
fn a_fast_master_is_borne_up_to_the_allowance() {
    let link = |ppm: u32| {
        format!(
            "lock?service=redlock&check=before&work=9.8s&rate=0&for=16s&do=0ms:drift:n.:{ppm},0us:ask:c1:update,2.6s:ask:c2:update"
        )
    };
    assert_eq!(state(&outcome(&link(5_000)), "alone"), State::Kept);
    assert_eq!(state(&outcome(&link(50_000)), "alone"), State::Broken);
}

/// An update that a client has given up, or lost on the way, leaves no belief behind.
#[test]
fn renewal_that_is_refused_ends_the_update() {
    let told = |renew: &str| {
        let text = format!(
            "lock?renew={renew}&op=blind&work=20s&rate=0&for=60s&do=0ms:ask:c1:update,1s:pause:c1:12s,2.5s:ask:c2:update"
        );
        let outcome = outcome(&text);
        let first = outcome.operations.iter().find(|op| op.client == outcome.cast.client(0)).unwrap().clone();
        outcome.told(&first).unwrap()
    };
    assert_eq!(told("on"), "not written: the lock was lost");
    assert_eq!(told("off"), "done");
}
