//! The lab's own tests, beside those that hold of every lab.

mod exports;
mod goals;
mod reports;

use super::fidelity::outcome;
use super::*;
use crate::kits::graph::{Ending, RESULTS, fact};
use crate::lab::Lab;
use crate::labs::tests::scenario as opens;
use crate::trace::FactKey;

#[test]
fn every_request_ends_in_one_way_and_crashes_are_survived() {
    let run = outcome("breaker?do=3s:crash:k1,4s:start:k1,5s:pause:n2:1s,6s:ask:k2:request", 1, Detail::Full);
    let sum: i64 = ["ok", "late", "failed"].iter().filter_map(|name| run.tally(name)).sum();
    let requests = run.tally("requests").unwrap();
    assert!(sum <= requests && sum > requests - 30, "{sum} of {requests}");
    assert_eq!(run.verdict("legal").unwrap().last().state, crate::lab::State::Kept);
}

#[test]
fn a_dependency_that_the_script_stops_is_not_called_healthy() {
    let run = outcome("breaker?trouble=none&for=3s&do=1s:pause:n1:900ms", 1, Detail::Full);
    let change = run.verdict("healthy").unwrap().break_().expect("calls to it time out");
    assert!(change.why.ends_with("Done to it or its caller before: pause n1 for 900ms."), "{}", change.why);
    assert!(
        change.why.starts_with("A call to the cache ") && change.evidence[0].says == "pause n1 for 900ms",
        "{change:?}"
    );
}

/// Nothing was asked of analytics: the database, which is down, had taken all the time.
#[test]
fn a_call_for_which_no_time_is_left_is_not_said_to_time_out() {
    let run = outcome(
        "breaker?needs=all&fallback=on&total=150ms&callers=1&rate=10&arrivals=even&for=1s&do=394ms:crash:n2",
        1,
        Detail::Full,
    );
    let change = run.verdict("healthy").unwrap().break_().expect("analytics gets no call");
    assert_eq!(
        change.why,
        "No call to the analytics is made: those before it have taken all the time of the request. Done to one of them or their caller before: crash n2."
    );
}

/// What was not made is no call, and has not timed out.
#[test]
fn calls_for_which_no_time_is_left_are_not_counted() {
    let run = outcome(
        "breaker?needs=all&fallback=on&total=150ms&callers=1&rate=10&arrivals=even&for=1s&do=394ms:crash:n2",
        1,
        Detail::Full,
    );
    let key = |dependency: u16, ending: Ending| FactKey {
        name: fact::RESULT,
        index: dependency * RESULTS + ending as u16,
    };
    let count = |dependency, ending| {
        run.trace.history(run.cast.coordinator(0), key(dependency, ending)).count() as i64
    };
    assert!(count(2, Ending::NoTime) > 1 && count(2, Ending::TimedOut) == 0);
    assert_eq!(run.tally("timed_out"), Some(count(1, Ending::TimedOut)));
    let made = |ending: &Ending| !matches!(ending, Ending::NoTime | Ending::Lost);
    let made = (0..3)
        .flat_map(|d| Ending::ALL.into_iter().filter(made).map(move |e| (d, e)))
        .map(|(d, e)| count(d, e))
        .sum();
    assert_eq!(run.tally("calls"), Some(made));
}

/// Only a breaker of the dependency that was bad tells how long it took until calls go there again.
#[test]
fn other_dependencies_breakers_do_not_tell_when_it_is_spared_no_more() {
    for (link, known) in [("trouble=none&do=1s:crash:n1,1.5s:start:n1", false), ("trouble=silence", true)] {
        let run = outcome(
            &format!(
                "breaker?callers=1&rate=60&minimum_calls=2&window_size=4&open_for=200ms&trouble_at=2s&trouble_for=1s&for=8s&{link}"
            ),
            1,
            Detail::Full,
        );
        assert!(run.tally("opened").unwrap() > 0, "{link}");
        assert_eq!(run.tally("reclosed_ms").is_some(), known, "{link}: {:?}", run.tally("reclosed_ms"));
    }
}

/// The request that suffers has been asked by then, and is told as somebody counts who saw the restart.
#[test]
fn a_reason_names_what_has_happened() {
    let run = outcome(
        "breaker?callers=1&rate=100&pool=1&pool_queue=0&work=500ms&trouble=none&breaker=off&for=1s",
        1,
        Detail::Full,
    );
    let change = run.verdict("healthy").unwrap().break_().expect("one thread is too few");
    assert!(change.why.contains("is rejected"), "{}", change.why);
    let mut asked = run.operations.iter().filter(|operation| operation.invoked.record <= change.at.record);
    assert_eq!(change.at.record, asked.next_back().unwrap().invoked.record, "{change:?}");
}

/// What a caller had done before it went down ended with that: it is no reason for what becomes of its later calls.
#[test]
fn a_callers_own_crash_is_no_reason() {
    let link = "breaker?bad=0.2&fallback=on&needs=all&target=cache&window_size=2&minimum_calls=1&count_bad=on&failure_rate=30&callers=1&rate=10&trouble_at=500ms&trouble_for=1s&seed=851&for=3s&do=574ms:crash:k1,955ms:start:k1";
    let run = outcome(link, 851, Detail::Full);
    let change = run.verdict("healthy").unwrap().break_().expect("the 400s open the breaker");
    assert!(change.why.contains("short-circuited") && !change.why.contains("crash k1"), "{}", change.why);
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
