//! What users of resilience4j, gobreaker and cockatiel reported, as runs: what their breakers did, or ought to have done, and this one does.

use super::super::LAB;
use crate::kits::graph::{Ending, fact};
use crate::lab::{Detail, Lab, Outcome};
use crate::labs::tests::scenario as opens;
use crate::trace::{Fact, FactKey, RecordKind};

/// One instance, whose cache is the bad one and is called first. No request comes unasked within the runs.
const BASE: &str = "breaker?callers=1&rate=0.01&arrivals=even&needs=any&target=cache&pool=3000";

/// The lines of a report that begin with a word.
fn lines<'a>(report: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    report.lines().filter_map(move |line| line.strip_prefix(word)?.strip_prefix(": "))
}

fn run(report: &str) -> Outcome {
    let mut cues: Vec<(u64, String)> = Vec::new();
    for request in lines(report, "requests").flat_map(|all| all.split(", ")) {
        let numbers: Vec<u64> = request.split(['+', '*']).map(|number| number.parse().unwrap()).collect();
        let at_ms = |i| numbers[0] + i * numbers[1];
        cues.extend((0..numbers[2]).map(|i| (at_ms(i), "ask:k1:request".to_owned())));
    }
    for act in lines(report, "acts").flat_map(|all| all.split(',')) {
        let (at_ms, act) = act.split_once("ms:").unwrap();
        cues.push((at_ms.parse().unwrap(), act.to_owned()));
    }
    cues.sort();
    let script: Vec<String> = cues.iter().map(|(at_ms, act)| format!("{at_ms}ms:{act}")).collect();
    let link = lines(report, "link").next().unwrap();
    LAB.run(&opens(&format!("{BASE}&{link}&do={}", script.join(","))), Detail::Full)
}

/// The transitions of the cache's breaker, each with its time in ms.
fn transitions(run: &Outcome) -> Vec<String> {
    let cause = FactKey { name: fact::CAUSE, index: 0 };
    let told = run.trace.history(run.cast.coordinator(0), cause).map(|change| {
        let Fact::Text(words) = &change.value else { panic!("{change:?}") };
        format!("{} ms {words}", run.trace.get(change.record).unwrap().at_us / 1_000)
    });
    told.collect()
}

/// How many calls to the cache were short-circuited.
fn refused(run: &Outcome) -> usize {
    run.trace
        .history(
            run.cast.coordinator(0),
            FactKey { name: fact::RESULT, index: Ending::ShortCircuited as u16 },
        )
        .count()
}

#[test]
fn reports_come_out_as_their_makers_expected() {
    let reports = include_str!("reports.txt").split("\n\n").filter(|report| report.starts_with("report: "));
    let checked = reports.map(|report| {
        let run = run(report);
        let expected: Vec<&str> = lines(report, "then").collect();
        assert_eq!(transitions(&run), expected, "{report}");
        assert_eq!(Some(refused(&run).to_string().as_str()), lines(report, "refused").next(), "{report}");
    });
    assert_eq!(checked.count(), 13);
}

/// `clock.instant().isAfter(retryAfterWaitDuration)`: at the very microsecond at which the wait ends a call is refused.
#[test]
fn a_call_at_the_end_of_the_open_wait_is_refused_and_one_after_it_is_not() {
    let link = |at_us: u64| {
        format!(
            "{BASE}&minimum_calls=1&open_for=1s&trouble_at=0ms&trouble_for=10s&do=100ms:ask:k1:request,{at_us}us:ask:k1:request"
        )
    };
    let opened = |run: &Outcome| {
        let state = FactKey { name: fact::STATE, index: 0 };
        let open = run
            .trace
            .history(run.cast.coordinator(0), state)
            .find(|c| c.value == Fact::Word("open"))
            .unwrap();
        run.trace.get(open.record).unwrap().at_us
    };
    let until_us = opened(&LAB.run(&opens(&link(5_000_000)), Detail::Full)) + 1_000_000;
    for (at_us, circuited) in [(until_us - 1, 1), (until_us, 1), (until_us + 1, 0)] {
        assert_eq!(refused(&LAB.run(&opens(&link(at_us)), Detail::Full)), circuited, "{at_us} µs");
    }
}

#[test]
fn requests_come_evenly_by_turns_and_in_groups() {
    let times = |link: &str| {
        let run = LAB.run(&opens(link), Detail::Full);
        let invoked = run.trace.records().iter().filter(|record| record.kind == RecordKind::Invoke);
        invoked.map(|record| (record.at_us / 1_000, record.node.0)).collect::<Vec<_>>()
    };
    let even = times("breaker?callers=4&rate=40&arrivals=even&for=250ms");
    let (first, second): (Vec<u64>, Vec<u16>) = even.into_iter().unzip();
    assert_eq!(first, [25, 50, 75, 100, 125, 150, 175, 200, 225, 250]);
    assert_eq!(second, [3, 4, 5, 6, 3, 4, 5, 6, 3, 4]);
    let groups = times("breaker?callers=1&rate=40&arrivals=even&burst=10&for=600ms");
    assert_eq!(groups, [[(250, 3); 10], [(500, 3); 10]].concat());
    let random = times("breaker?callers=1&rate=100&burst=10&for=10s");
    assert!(random.chunks(10).all(|group| group.iter().all(|request| *request == group[0])));
    assert!((500..1_500).contains(&random.len()), "{}", random.len());
}
