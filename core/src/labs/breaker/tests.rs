//! The lab's own tests: every preset opens, every claim holds, every challenge can be won, one digest at every detail.

use super::fidelity::outcome;
use super::*;
use crate::lab::{Check, Proof};
use crate::link;

fn opens(text: &str) -> Scenario {
    let opened = link::parse(text, &[&LAB]);
    assert!(opened.problems.is_empty(), "{text}: {:?}", opened.problems);
    opened.link.expect("the lab is named").scenario
}

#[test]
fn every_preset_opens_and_has_one_digest_at_every_detail() {
    for preset in presets::PRESETS {
        let scenario = opens(preset.link);
        let totals = LAB.run(&scenario, Detail::Totals);
        for detail in [Detail::Full, Detail::Sample { every: 7 }] {
            let other = LAB.run(&scenario, detail);
            assert_eq!(other.digest, totals.digest, "{}: {detail:?}", preset.id);
            assert_eq!(other.tallies, totals.tallies, "{}: {detail:?}", preset.id);
            assert_eq!(other.verdicts, totals.verdicts, "{}: {detail:?}", preset.id);
        }
    }
}

#[test]
fn claims_are_proved() {
    for claim in claims::CLAIMS {
        opens(claim.link);
        match claim.proof {
            Proof::Run(state) => {
                let run = outcome(claim.link, 1, Detail::Totals);
                let verdict = run.verdict(claim.promise).expect("a promise of the lab");
                assert_eq!(verdict.last().state, state, "{}: {}", claim.id, verdict.last().why);
            }
            Proof::Shown(show) => drop(show().unwrap_or_else(|why| panic!("{}: {why}", claim.id))),
            Proof::NoneOf { .. } | Proof::SomeOf { .. } => unreachable!("no claim here is about many runs"),
        }
        assert!(claim.sentence.split_whitespace().count() <= 20, "{}", claim.id);
    }
}

#[test]
fn challenges_begin_open_and_can_be_won() {
    for challenge in challenges::CHALLENGES {
        let start = opens(challenge.start);
        assert!(!(challenge.goal)(&start, &LAB.run(&start, Detail::Totals)), "{}: won at the start", challenge.id);
        let end = opens(challenge.solution);
        assert!((challenge.goal)(&end, &LAB.run(&end, Detail::Totals)), "{}: not won", challenge.id);
    }
}

#[test]
fn exact_checks_hold() {
    for fidelity in fidelity::FIDELITY {
        if let Check::Exact(check) = fidelity.check {
            check().unwrap_or_else(|why| panic!("{}: {why}", fidelity.id));
        }
    }
}

#[test]
fn every_request_ends_in_one_way_and_crashes_are_survived() {
    let run = outcome("breaker?do=3s:crash:k1,4s:start:k1,5s:pause:n2:1s,6s:ask:k2:request", 1, Detail::Full);
    let sum: i64 = ["ok", "late", "failed"].iter().filter_map(|name| run.tally(name)).sum();
    let requests = run.tally("requests").unwrap();
    assert!(sum <= requests && sum > requests - 30, "{sum} of {requests}");
    assert_eq!(run.verdict("legal").unwrap().last().state, crate::lab::State::Kept);
}

#[test]
fn live_sentences_tell_what_opens_it_and_what_the_fleet_does() {
    let said = |text: &str| LAB.sentences(&opens(text)).join(" ");
    let default = said("breaker");
    assert!(default.contains("all 5 instances together probe with 15 calls"), "{default}");
    let half = said("breaker?needs=all&rule=half-each");
    assert!(half.contains("150 %: 1.5s"), "{half}");
    let slow = said("breaker?callers=1&rate=1&needs=all&window_size=100&minimum_calls=100");
    assert!(slow.contains("sees so many in about 100s"), "{slow}");
    let order = said("breaker?trip=consecutive&order=breaker-outside");
    assert!(order.contains("15 in all"), "{order}");
}

#[test]
fn settings_are_exported_by_the_names_that_tools_publish() {
    let text = |link: &str, tool: &str| {
        let exports = LAB.exports(&opens(link));
        exports.into_iter().find(|export| export.id == tool).unwrap().text
    };
    let spring = text("breaker?open_jitter=50", "resilience4j");
    for line in [
        "slidingWindowType: COUNT_BASED",
        "minimumNumberOfCalls: 5",
        "slowCallDurationThreshold: 500ms",
        "waitDurationInOpenState: 1000ms",
        "randomizedWaitFactor: 0.5",
        "permittedNumberOfCallsInHalfOpenState: 3",
        "maxThreadPoolSize: 4",
    ] {
        assert!(spring.contains(line), "{line}: {spring}");
    }
    let envoy = text("breaker?trip=consecutive&open_for=30s", "envoy");
    assert!(envoy.contains("consecutive_5xx: 5\n") && envoy.contains("base_ejection_time: 30s\n"), "{envoy}");
}
