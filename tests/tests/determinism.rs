//! A run is a function: twice the same, the same at every level of detail and in every profile, and a slider moves only its own luck.

use std::collections::BTreeMap;
use std::fmt::Write;

use splitbrain::cast::{Name, NodeId};
use splitbrain::lab::{Detail, Lab, Outcome};
use splitbrain::labs::LABS;
use splitbrain::params::{Kind, Param, Value};
use splitbrain::scenario::Scenario;
use splitbrain::sim::Digest;
use splitbrain::trace::{NONE, RecordKind};
use splitbrain_tests::published::scenarios;
use splitbrain_tests::{check_golden, labs};

/// Every scenario of every lab's default and presets, second runs included, with its link.
fn all_scenarios() -> Vec<(&'static dyn Lab, String, Scenario)> {
    let mut all = Vec::new();
    for published in labs().iter().flat_map(|lab| scenarios(*lab)) {
        let second = published
            .link
            .second
            .clone()
            .map(|second| (published.lab, format!("{} (second)", published.text), second));
        all.push((published.lab, published.text.to_string(), published.link.scenario));
        all.extend(second);
    }
    // The first preset is often the default itself.
    all.dedup_by(|a, b| a.1 == b.1);
    all
}

/// Everything of a run that does not depend on how much of it was recorded.
fn assert_same(name: &str, a: &Outcome, b: &Outcome) {
    assert_eq!(a.digest, b.digest, "{name}: digest");
    assert_eq!(a.tallies, b.tallies, "{name}: tallies");
    assert_eq!(a.verdicts, b.verdicts, "{name}: verdicts");
    // How many records are kept is the one thing that detail is about.
    let limits = |outcome: &Outcome| -> Vec<String> {
        outcome
            .limits
            .iter()
            .filter(|limit| !limit.contains(" records of the run are kept"))
            .cloned()
            .collect()
    };
    assert_eq!(limits(a), limits(b), "{name}: limits");
    assert_eq!(a.ended_us, b.ended_us, "{name}: end");
}

#[test]
fn a_run_comes_out_the_same_twice() {
    for (lab, name, scenario) in all_scenarios() {
        let (a, b) = (lab.run(&scenario, Detail::Full), lab.run(&scenario, Detail::Full));
        assert_same(&name, &a, &b);
        assert_eq!(a.trace.records(), b.trace.records(), "{name}: records");
        assert_eq!(a.trace.changes(), b.trace.changes(), "{name}: facts");
        assert_eq!(a.operations, b.operations, "{name}: operations");
    }
}

#[test]
fn every_level_of_detail_is_the_same_run() {
    for (lab, name, scenario) in all_scenarios() {
        let full = lab.run(&scenario, Detail::Full);
        assert!(
            full.trace.is_complete() || !full.limits.is_empty(),
            "{name}: Full keeps every record, or says why not"
        );
        for detail in [Detail::Sample { every: 1 }, Detail::Sample { every: 7 }, Detail::Totals] {
            let other = lab.run(&scenario, detail);
            assert_same(&format!("{name} in {detail:?}"), &full, &other);
            // What is kept is a part of the whole, under the same numbers.
            for record in other.trace.records().iter().filter(|_| full.trace.is_complete()) {
                let same = full.trace.get(record.id).is_some_and(|r| {
                    (r.at_us, r.kind, r.node, r.cause)
                        == (record.at_us, record.kind, record.node, record.cause)
                });
                assert!(same, "{name} in {detail:?}: {record:?} is not in the full run");
            }
        }
        assert!(
            lab.run(&scenario, Detail::Totals).trace.records().is_empty(),
            "{name}: Totals keeps no record"
        );
    }
}

/// The golden that native runs must meet; in a browser wasm is held to what native runs give (`in_a_browser/runs.rs`).
#[test]
fn digests_are_as_they_were() {
    let mut text = String::new();
    for (lab, name, scenario) in all_scenarios() {
        let word = lab.run(&scenario, Detail::Totals).digest_word();
        writeln!(text, "{name} = {word}").expect("a string takes all");
    }
    if labs().len() == LABS.len() {
        return check_golden("golden/digests.txt", &text);
    }
    let golden = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/digests.txt")).unwrap();
    let changed: Vec<&str> = text.lines().filter(|line| golden.lines().all(|known| known != *line)).collect();
    let (changed, new): (Vec<&str>, Vec<&str>) = changed.into_iter().partition(|line| {
        let name = line.split(" = ").next().expect("a line has a name");
        golden.lines().any(|known| known.split(" = ").next() == Some(name))
    });
    assert!(changed.is_empty(), "other than in golden/digests.txt:\n{}", changed.join("\n"));
    assert!(
        new.is_empty(),
        "not in golden/digests.txt yet, `cargo dev bless digests` writes:\n{}",
        new.join("\n")
    );
}

/// On so many seeds the figures and lights of load are held to what they were.
const SEEDS: u32 = 20;
/// A run with more nodes than this takes too long for that.
const MANY: usize = 2_000;

/// Labs about services under load count by one ledger: on other seeds than their own, too, each preset has the figures and the lights that it had
/// when its lab counted by itself. A digest takes in both.
#[test]
fn load_is_counted_as_it_was_on_other_seeds() {
    let mut text = String::new();
    for published in labs().iter().flat_map(|lab| scenarios(*lab)) {
        let (lab, base) = (published.lab, published.link.scenario);
        if lab.shows(&base).services.is_empty() || lab.cast(&base).len() > MANY {
            continue;
        }
        let mut all = Digest::default();
        for seed in 0..SEEDS {
            let word = lab.run(&Scenario { seed, ..base.clone() }, Detail::Totals).digest_word();
            all.add(u64::from_str_radix(&word, 16).expect("digits"));
        }
        writeln!(text, "{} {}: {:016x}", lab.meta().id, published.name, all.value())
            .expect("a string takes all");
    }
    if labs().len() == LABS.len() {
        check_golden("golden/seeds.txt", &text);
    }
}

/// Values near the default: one step to either side, or every word.
fn other_values(param: &Param) -> Vec<Value> {
    let near = |default: i64, min: i64, max: i64| {
        let mut values =
            vec![(default / 2).max(min), default.saturating_mul(2).clamp(min, max), (default + 1).min(max)];
        values.retain(|value| *value != default);
        values.dedup();
        values
    };
    match &param.kind {
        Kind::Int { min, max, default, .. } => {
            near(*default, *min, *max).into_iter().map(Value::Int).collect()
        }
        Kind::Duration { min_us, max_us, default_us } => {
            near(*default_us as i64, *min_us as i64, *max_us as i64)
                .into_iter()
                .map(|us| Value::Duration(us as u64))
                .collect()
        }
        Kind::Decimal { min, max, default, .. } => {
            near(*default, *min, *max).into_iter().map(Value::Decimal).collect()
        }
        Kind::Choice { words, default } => {
            (0..words.len() as u8).filter(|i| i != default).map(Value::Choice).collect()
        }
        Kind::Dist { .. } => Vec::new(),
    }
}

/// Which message: from, to, kind, the client whose operation it serves, and which of that client's operations.
type Which = (Name, Name, u8, Name, usize);

/// How long each message of an operation was under way; none where it died or was sent several times over.
fn delays(outcome: &Outcome) -> BTreeMap<Which, Option<u64>> {
    let who = |node| outcome.cast.name(node);
    let mut number = BTreeMap::new();
    let mut count = BTreeMap::<NodeId, usize>::new();
    for operation in &outcome.operations {
        let own = count.entry(operation.client).or_default();
        number.insert(operation.number, (who(operation.client), *own));
        *own += 1;
    }
    let mut delays = BTreeMap::new();
    for (place, record) in outcome.trace.records().iter().enumerate() {
        if record.kind != RecordKind::Send || record.op == NONE {
            continue;
        }
        let (client, own) = number[&record.op];
        let end = outcome.trace.end_of(place).filter(|end| end.kind == RecordKind::Deliver);
        let delay = end.map(|end| end.at_us - record.at_us);
        let which = (who(record.node), who(record.peer), record.message, client, own);
        // Attempts are not told apart in a record: what was sent more than once is left out.
        delays.entry(which).and_modify(|delay| *delay = None).or_insert(delay);
    }
    delays
}

/// Two runs of one seed that differ in one parameter give the same delay to every message that both send.
#[test]
fn a_slider_moves_only_its_own_luck() {
    for lab in labs() {
        let base = Scenario::of(*lab);
        let before = delays(&lab.run(&base, Detail::Full));
        let mut compared = 0;
        for (place, param) in lab.params().iter().enumerate() {
            if param.moves_luck {
                continue;
            }
            for value in other_values(param) {
                let mut scenario = base.clone();
                scenario.values[place] = value.clone();
                if !scenario.problems(*lab).is_empty() {
                    continue;
                }
                for (which, delay) in delays(&lab.run(&scenario, Detail::Full)) {
                    let (Some(now), Some(Some(then))) = (delay, before.get(&which)) else { continue };
                    compared += 1;
                    let link = format!("{}?{}={}", lab.meta().id, param.key, param.print(&value));
                    assert_eq!(
                        *then, now,
                        "{link}: the delay of {which:?} (from, to, kind, client, its operation)"
                    );
                }
            }
        }
        let has_operations = !before.is_empty();
        assert!(!has_operations || compared > 50, "{}: only {compared} messages compared", lab.meta().id);
    }
}

/// What happens after a moment changes nothing before it, and a reseed at a moment leaves alone what came before.
#[test]
fn the_script_changes_nothing_before_itself() {
    for lab in labs() {
        let base = Scenario::of(*lab);
        let half_us = base.horizon_us / 2;
        let before = lab.run(&base, Detail::Full);
        for act in ["reseed:5", "stop", "crash:n1"] {
            let mut scenario = base.clone();
            scenario.insert(splitbrain::scenario::Cue { at_us: half_us, act: act.parse().expect("an act") });
            let after = lab.run(&scenario, Detail::Full);
            // Of a run that shows what somebody kept of it, what is seen of the past hangs on what was kept later.
            let count = before.trace.records().partition_point(|record| record.at_us < half_us);
            let same = before.trace.records()[..count] == after.trace.records()[..count];
            assert!(same || !before.trace.is_complete(), "{}: {act}", lab.meta().id);
            let differs = before.digest != after.digest;
            assert!(differs, "{}: {act} leaves no mark in the digest", lab.meta().id);
        }
    }
}
