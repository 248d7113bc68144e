//! What the lights say, held against what the trace shows: over every preset of the labs quorum and cap, and over many seeds.

use super::meta::fact;
use super::message::{KINDS, Msg};
use super::{Config, configure};
use crate::cast::NodeId;
use crate::labs::cap::LAB as CAP;
use crate::lab::{Detail, Lab, Outcome, State, VerdictChange};
use crate::labs::tests::{presets, scenario};
use crate::scenario::Scenario;
use crate::sim::Kinded;
use crate::sorted::Map;
use crate::trace::{Fact, Record, RecordKind};

/// Every run of every preset of both labs, and the same load under many seeds where replicas and clients are loosest.
fn runs() -> Vec<(String, Config, Outcome)> {
    let mut runs = Vec::new();
    for lab in [&super::LAB as &dyn Lab, &CAP] {
        for (id, scenario) in presets(lab) {
            runs.push((format!("{}/{id}", lab.meta().id), lab.run(&scenario, Detail::Full), scenario));
        }
    }
    let had_it = scenario(super::tests::HAD_IT);
    runs.push(("who had it".into(), super::LAB.run(&had_it, Detail::Full), had_it));
    for link in ["quorum?w=1", "quorum?w=1&r=1&sticky=off", "quorum?w=1&skew=100ms", "quorum?w=1&r=1&keys=3&versions=dvv"] {
        for seed in 0..20 {
            let scenario = Scenario { seed, ..scenario(link) };
            runs.push((format!("{link} seed {seed}"), super::LAB.run(&scenario, Detail::Full), scenario));
        }
    }
    runs.into_iter().map(|(name, outcome, scenario)| (name, config(&scenario), outcome)).collect()
}

fn config(scenario: &Scenario) -> Config {
    let params = match scenario.lab {
        "cap" => crate::labs::cap::Params::of(&scenario.values).quorum(),
        _ => super::Params::of(&scenario.values),
    };
    configure(params, scenario)
}

/// What every owner of a key shows on its face.
type Faces = Map<(NodeId, u16), Fact>;

/// Whether all owners of each key show the same.
fn agree(config: &Config, faces: &Faces) -> bool {
    (0..config.params.keys as u16).all(|key| {
        let shown = |owner: &NodeId| faces.get(&(*owner, key));
        let owners = config.owners(key);
        owners.windows(2).all(|pair| shown(&pair[0]) == shown(&pair[1]))
    })
}

/// After each record: what the light of convergence says, whether it has just turned, whether any replica has been given a write, and what
/// replicas show.
fn follow(config: &Config, outcome: &Outcome, mut look: impl FnMut(&VerdictChange, bool, bool, &Faces)) {
    let (mut faces, light) = (Faces::new(), outcome.verdict("converge").expect("a promise of the lab"));
    let mut given = false;
    for record in outcome.trace.records() {
        for change in outcome.trace.changes_of(record.id) {
            given |= change.key.name == fact::TOOK;
            if change.key.name == fact::VALUE && config.owners(change.key.index).contains(&change.node) {
                faces.insert((change.node, change.key.index), change.value.clone());
            }
        }
        let shows = light.at(Some(record.id), record.at_us);
        look(shows, shows.at.record == record.id, given, &faces);
    }
}

#[test]
fn what_is_said_of_agreement_is_so_at_every_record() {
    let (mut kept, mut waits, mut nothing) = (0, 0, 0);
    for (name, config, outcome) in runs() {
        let blank = Fact::Word("·");
        follow(&config, &outcome, |shows, just_now, given, faces| {
            let same = agree(&config, faces);
            match shows.why.as_str() {
                "No replica has been given a write yet." => {
                    nothing += 1;
                    assert!(!given && faces.values().all(|face| *face == blank), "{name}: {faces:?}");
                }
                "Not every replica has every write yet, or what replaced it." => {
                    waits += 1;
                    assert!(!same, "{name}: {faces:?}");
                }
                _ => {}
            }
            if just_now && shows.state == State::Kept {
                kept += 1;
                assert!(same, "{name}: it turned at {:?}, and replicas show {faces:?}", shows.at);
            }
        });
    }
    assert!(kept > 50 && waits > 500 && nothing > 500, "{kept}, {waits}, {nothing}");
}

/// A replica that is said to have had a write when it answered had it when it answered.
#[test]
fn who_is_said_to_have_had_a_write_had_it_when_it_answered() {
    let answer = Msg::Answer { id: 0, object: None }.kind();
    let get = Msg::Get { number: 0, key: 0 }.kind();
    assert_eq!((KINDS[usize::from(answer)].word, KINDS[usize::from(get)].word), ("answer", "get"));
    let (mut had, mut lacked) = (0, 0);
    for (name, _, outcome) in runs() {
        let ended = |record: u32| outcome.trace.get(record).expect("nothing is left out");
        for change in ["latest", "own", "monotonic", "bounded"].into_iter().filter_map(|id| outcome.verdict(id)?.break_()) {
            let op = ended(change.at.record).op;
            for step in &change.evidence {
                let server = outcome.cast.nodes().find(|node| step.says.starts_with(&format!("{} ", outcome.cast.name(*node))));
                let Some(server) = server.filter(|_| step.says.ends_with(" had it") || step.says.ends_with("on its way")) else { continue };
                let looks = |record: &&Record| match record.kind {
                    RecordKind::Send => record.message == answer,
                    RecordKind::Deliver => record.message == get,
                    _ => false,
                };
                let own = |record: &&Record| record.op == op && record.node == server;
                let look = outcome.trace.records().iter().filter(own).find(looks).expect("it answered");
                let before = step.record <= look.id;
                assert!(before, "{name}: {}, but it answered at {} and not after {}", step.says, look.id, step.record);
                if step.says.ends_with("had it") { had += 1 } else { lacked += 1 }
            }
        }
    }
    assert!(had > 0 && lacked > 20, "{had}, {lacked}");
}
