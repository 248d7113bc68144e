//! What holds of every lab in the list.

use super::LABS;
use crate::lab::{Detail, Lab, Outcome, State, Unit};
use crate::link;
use crate::scenario::{Cue, Scenario};
use crate::tell::{Conditions, Span, SpanKind, Transcript, spans, why};
use crate::trace::{Cursor, Record, RecordKind};
use proptest::prelude::*;

/// A link's scenario; it opens without a complaint.
pub(super) fn scenario(text: &str) -> Scenario {
    let opened = link::parse(text, LABS);
    assert!(opened.problems.is_empty(), "{text}: {:?}", opened.problems);
    opened.link.unwrap_or_else(|| panic!("{text}: no lab")).scenario
}

/// Every run of every preset: those with two panes have two.
pub(super) fn presets(lab: &dyn Lab) -> Vec<(&'static str, Scenario)> {
    let runs = lab.presets().iter().flat_map(|preset| {
        let opened = link::parse(preset.link, LABS);
        assert!(opened.problems.is_empty(), "{}: {:?}", preset.link, opened.problems);
        let link = opened.link.unwrap_or_else(|| panic!("{}: no lab", preset.link));
        [Some(link.scenario), link.second].into_iter().flatten().map(|scenario| (preset.id, scenario))
    });
    runs.collect()
}

#[test]
fn a_run_does_not_depend_on_the_stretches_in_which_it_is_computed() {
    for lab in LABS {
        let scenario = Scenario::of(*lab);
        let whole = lab.run(&scenario, Detail::Full);
        let (mut course, mut events) = (lab.begin(&scenario, Detail::Full), 1);
        while !course.advance(events) {
            events = events * 5 % 997;
        }
        let parts = course.outcome();
        let of = |o: &Outcome| {
            (o.digest, o.tallies.clone(), o.verdicts.clone(), o.ended_us, o.trace.records().to_vec())
        };
        let indexes = |o: &Outcome| {
            let (trace, nodes) = (&o.trace, o.cast.nodes());
            let nodes: Vec<_> =
                nodes.map(|n| (trace.lane(n).to_vec(), trace.fact_keys(n).collect::<Vec<_>>())).collect();
            let ends: Vec<_> = (0..trace.records().len()).map(|send| trace.end_of(send).copied()).collect();
            (
                nodes,
                ends,
                trace.acts().to_vec(),
                trace.kinds().to_vec(),
                trace.in_flight(trace.records().len() / 2),
            )
        };
        assert_eq!(indexes(&parts), indexes(&whole), "{}", lab.meta().id);
        assert_eq!(of(&parts), of(&whole), "{}", lab.meta().id);
    }
}

/// A page is not held up by a run's last steps more than by its events: what was recorded is indexed in stretches, too.
#[test]
fn a_run_is_indexed_in_stretches() {
    const STRETCH: u64 = 250;
    for lab in LABS {
        let scenario = Scenario::of(*lab);
        let calls = |detail| {
            let (mut course, mut calls) = (lab.begin(&scenario, detail), 1);
            while !course.advance(STRETCH) {
                calls += 1;
            }
            (calls, course.outcome().trace.records().len() as u64)
        };
        let ((bare, none), (full, records)) = (calls(Detail::Totals), calls(Detail::Full));
        assert_eq!(none, 0);
        // Of what was recorded as much goes into a stretch as takes the time of its events: some records for each.
        assert!(
            (full - bare + 1) * STRETCH * 8 >= records,
            "{}: {} stretches more for {records} records",
            lab.meta().id,
            full - bare
        );
    }
}

#[test]
fn every_detail_gives_one_digest_and_one_set_of_figures_and_lights() {
    for lab in LABS {
        for (id, scenario) in presets(*lab) {
            let full = lab.run(&scenario, Detail::Full);
            for detail in [Detail::Sample { every: 3 }, Detail::Totals] {
                let other = lab.run(&scenario, detail);
                assert_eq!(full.digest, other.digest, "{}/{id} at {detail:?}", lab.meta().id);
                assert_eq!(full.tallies, other.tallies, "{}/{id}", lab.meta().id);
                assert_eq!(full.verdicts, other.verdicts, "{}/{id}", lab.meta().id);
            }
        }
    }
}

#[test]
fn a_digest_tells_what_was_asked_told_and_held() {
    let run = |text: &str| crate::labs::quorum::LAB.run(&scenario(text), Detail::Totals);
    let word = |text: &str| run(text).digest_word();
    let asked = ["put.x.1", "put.x.2", "del.x"]
        .map(|ask| word(&format!("quorum?rate=0&for=1s&do=100ms:ask:c1:{ask}")));
    assert!(asked[0] != asked[1] && asked[1] != asked[2] && asked[0] != asked[2], "{asked:?}");
    // A light that changes later, for another bound, is another run.
    let late = "quorum?rate=0&w=1&r=1&for=1s&do=100ms:ask:c1:put.x.1,300ms:cut:n1-n2.n3,400ms:ask:c1:put.x.2,600ms:ask:c2:get.x";
    let bounded = |bound: &str| run(&format!("{late}&staleness={bound}"));
    assert_ne!(bounded("10ms").digest, bounded("1s").digest);
}

#[test]
fn figures_and_lights_come_in_the_order_that_the_lab_declares() {
    for lab in LABS {
        let outcome = lab.run(&Scenario::of(*lab), Detail::Totals);
        let tallies: Vec<&str> = outcome.tallies.iter().map(|tally| tally.name).collect();
        let declared: Vec<&str> = lab.meta().tallies.iter().map(|tally| tally.name).collect();
        assert_eq!(tallies, declared, "{}", lab.meta().id);
        for (tally, spec) in outcome.tallies.iter().zip(lab.meta().tallies) {
            assert_eq!(tally.unit, spec.unit, "{}", spec.name);
            assert_eq!(
                spec.unit == Unit::Us,
                spec.name.ends_with("_ms"),
                "{}: times are printed in milliseconds",
                spec.name
            );
        }
        let lights: Vec<&str> = outcome.verdicts.iter().map(|verdict| verdict.promise).collect();
        let promised: Vec<&str> = lab.meta().promises.iter().map(|promise| promise.id).collect();
        assert_eq!(lights, promised, "{}", lab.meta().id);
    }
}

/// What a change of a light says names only what was there before it: records, and moments in its sentences.
fn assert_of_the_past(name: &str, outcome: &Outcome) {
    // Of the longest runs only the first records are kept.
    if !outcome.trace.is_complete() {
        return;
    }
    for change in outcome.verdicts.iter().flat_map(|verdict| &verdict.changes) {
        let says = change.evidence.iter().map(|step| &step.says).chain([&change.why]);
        for moment in says.flat_map(|says| moments(says)) {
            // Sentences are rounded to what can be read.
            assert!(moment <= change.at.at_us, "{name}: at {}µs: {}", change.at.at_us, change.why);
        }
        for step in &change.evidence {
            let found = outcome.trace.get(step.record);
            assert!(found.is_some() && !step.says.is_empty(), "{name}: {step:?}");
            assert!(step.record <= change.at.record, "{name}: {}: {step:?}", change.why);
        }
    }
}

/// The moments that a sentence names: "at 2.751s".
fn moments(says: &str) -> Vec<u64> {
    let after_at = says.split(" at ").skip(1).filter_map(|rest| rest.split([' ', ',', ';', ':']).next());
    after_at.filter_map(|word| crate::time::parse_duration_us(word.trim_end_matches('.')).ok()).collect()
}

#[test]
fn a_reason_names_only_what_was_there_before_it() {
    assert_eq!(moments("c3's read of x at 155ms, which saw c1's write at 2.5s."), [155_000, 2_500_000]);
    for lab in LABS {
        for (id, scenario) in presets(*lab) {
            assert_of_the_past(&format!("{}/{id}", lab.meta().id), &lab.run(&scenario, Detail::Full));
        }
    }
}

/// Settings under which the lab quorum, and any other lab, is at its loosest; each with its default, too.
const LOOSE: &[&str] = &[
    "quorum?w=1&r=1&sticky=off",
    "quorum?w=1&deletes=0.3&grace=200ms&sync=300ms",
    "quorum?versions=vv&deletes=0.2&grace=300ms&clients=5&keys=2",
    "quorum?versions=dvv&w=1&r=1&deletes=0.2&sticky=off&sync=250ms",
    "quorum?handoff=sloppy&spare=2&suspect=40ms&deletes=0.2&grace=400ms&repair=async",
    "quorum?handoff=hints&write=ask&repair=blocking&deletes=0.2&settle=100ms",
    "quorum?coordinator=apart&w=1&skew=200ms&loss=0.05&settle=200ms",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::anything::cases(150)))]

    #[test]
    fn a_reason_in_any_run_names_only_what_was_there_before_it(
        (mut scenario, acts) in (0..LOOSE.len() + LABS.len()).prop_flat_map(|which| {
            let (lab, scenario) = match LOOSE.get(which) {
                Some(link) => (super::find("quorum").expect("a lab"), scenario(link)),
                None => (LABS[which - LOOSE.len()], Scenario::of(LABS[which - LOOSE.len()])),
            };
            let acts = proptest::collection::vec((0..2_500_000u64, crate::anything::any_act(lab)), 0..12);
            (Just(scenario), acts)
        }),
        seed: u32,
    ) {
        let lab = super::find(scenario.lab).expect("of our labs");
        (scenario.seed, scenario.horizon_us) = (seed, scenario.horizon_us.min(4_000_000));
        for (at_us, act) in acts {
            let mut longer = scenario.clone();
            longer.insert(Cue { at_us, act });
            if longer.problems(lab).is_empty() {
                scenario = longer;
            }
        }
        assert_of_the_past(&link::print(&link::Link::to(scenario.clone()), LABS), &lab.run(&scenario, Detail::Full));
    }
}

#[test]
fn who_fails_in_mid_send_is_down_from_then_on_and_the_script_is_why() {
    let scenario = scenario(
        "quorum?rate=0&for=1s&do=90ms:fail:n1:write:1,100ms:ask:c1:put.x.1,500ms:start:n1,600ms:ask:c1:put.x.2",
    );
    let lab = super::find("quorum").expect("a lab");
    let outcome = lab.run(&scenario, Detail::Full);
    let (trace, node) = (&outcome.trace, outcome.cast.server(0));
    let crashes: Vec<&Record> = trace.records().iter().filter(|r| r.kind == RecordKind::Crash).collect();
    let [crash] = crashes.as_slice() else { panic!("it crashes once: {crashes:?}") };
    let down =
        |at_us| Conditions::at(&scenario, &outcome, Cursor::at(trace, at_us)).world.down.contains_key(&node);
    assert_eq!([95_000, crash.at_us, 499_999, 500_000].map(down), [false, true, true, false]);
    let span = Span { kind: SpanKind::Down(node), from_us: crash.at_us, to_us: 500_000 };
    assert_eq!(spans(&scenario, &outcome), [span]);
    let transcript = Transcript::of(lab, &scenario, &outcome);
    let steps: Vec<String> = why(&transcript, crash.id).into_iter().map(|step| step.says).collect();
    let expected = [
        "crash n1 right after the 1st write that it sends from now on",
        "n1 crashes, having just sent n2: write x=1",
    ];
    assert_eq!(steps, expected);
}

#[test]
fn challenges_are_open_at_their_start_and_reached_by_their_solution() {
    for lab in LABS {
        for challenge in lab.challenges() {
            let reached = |text| {
                let scenario = scenario(text);
                (challenge.goal)(&scenario, &lab.run(&scenario, Detail::Full))
            };
            assert!(!reached(challenge.start), "{}/{}: reached at its start", lab.meta().id, challenge.id);
            assert!(reached(challenge.solution), "{}/{}: not reached", lab.meta().id, challenge.id);
            let figures = |text| {
                let outcome = lab.run(&scenario(text), Detail::Totals);
                let value = |name: &&str| {
                    outcome.tallies.iter().find(|tally| tally.name == *name).expect("a figure").value
                };
                challenge.figures.iter().map(value).collect::<Vec<_>>()
            };
            let tells =
                challenge.figures.is_empty() || figures(challenge.start) != figures(challenge.solution);
            assert!(tells, "{}/{}: its figures tell no distance", lab.meta().id, challenge.id);
        }
    }
}

#[test]
fn claims_are_short_and_name_a_promise_of_their_lab() {
    for lab in LABS {
        for claim in lab.claims() {
            assert!(claim.sentence.split_whitespace().count() <= 20, "{}", claim.sentence);
            let known = lab.meta().promises.iter().any(|promise| promise.id == claim.promise);
            assert!(known, "{}/{}: {}", lab.meta().id, claim.id, claim.promise);
            scenario(claim.link);
        }
    }
}

#[test]
fn every_promise_that_can_break_has_a_preset_in_which_it_does() {
    for lab in LABS {
        let outcomes: Vec<_> =
            presets(*lab).into_iter().map(|(_, scenario)| lab.run(&scenario, Detail::Totals)).collect();
        for promise in lab.meta().promises {
            let broken = |outcome: &crate::lab::Outcome| outcome.stands(promise.id, State::Broken);
            let breaks = outcomes.iter().any(broken);
            assert!(
                breaks != promise.unbreakable,
                "{}: a preset breaks {}: {breaks}",
                lab.meta().id,
                promise.id
            );
        }
    }
}
