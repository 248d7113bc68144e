//! What users of resilience4j, gobreaker and cockatiel reported, as runs: what their breakers did, or ought to have done, and this one does.

use super::super::LAB;
use crate::kits::graph::{Ending, fact};
use crate::lab::{Detail, Lab, Outcome};
use crate::labs::tests::scenario as opens;
use crate::trace::{Fact, FactKey, RecordKind};

/// One instance, whose cache is the bad one and is called first. No request comes unasked within the runs.
const BASE: &str = "breaker?callers=1&rate=0.01&arrivals=even&needs=any&target=cache&pool=3000";

/// A report.
struct Report {
    /// Where it was made.
    source: &'static str,
    /// What differs from [`BASE`].
    link: &'static str,
    /// Acts before the requests, if any.
    acts: &'static str,
    /// Requests: the first at so many ms, so many ms apart, so many.
    requests: &'static [(u64, u64, u64)],
    /// What the cache's breaker did.
    expected: &'static [&'static str],
    /// How many calls to it were short-circuited.
    refused: usize,
}

fn run(report: &Report) -> Outcome {
    let mut cues: Vec<(u64, String)> = Vec::new();
    for (first_ms, step_ms, count) in report.requests {
        cues.extend((0..*count).map(|i| (first_ms + i * step_ms, "ask:k1:request".to_owned())));
    }
    for act in report.acts.split(',').filter(|act| !act.is_empty()) {
        let (at_ms, act) = act.split_once("ms:").unwrap();
        cues.push((at_ms.parse().unwrap(), act.to_owned()));
    }
    cues.sort();
    let script: Vec<String> = cues.iter().map(|(at_ms, act)| format!("{at_ms}ms:{act}")).collect();
    LAB.run(&opens(&format!("{BASE}&{}&do={}", report.link, script.join(","))), Detail::Full)
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

const REPORTS: &[Report] = &[
    Report {
        source: "resilience4j 1754: ten failures, then ten successes; it opens on a success, the twentieth call",
        link: "window=seconds&window_size=60&minimum_calls=20&open_for=1m&permits=10&trouble_at=0ms&trouble_for=1.05s",
        acts: "",
        requests: &[(100, 100, 20)],
        expected: &["2012 ms closed → open: 10 of 20 calls failed"],
        refused: 0,
    },
    Report {
        source: "resilience4j 1553: five of six failed, then three of five trial calls",
        link: "window_size=10&minimum_calls=6&permits=5&open_for=1s&trouble_at=90ms&trouble_for=20s&flap=1s",
        acts: "",
        requests: &[(50, 50, 10), (1_600, 100, 2), (2_200, 100, 4)],
        expected: &[
            "302 ms closed → open: 5 of 6 calls failed",
            "1600 ms open → half-open: the wait is over and a call asks",
            "2402 ms half-open → open: 3 of 5 calls failed",
        ],
        refused: 5,
    },
    Report {
        source: "resilience4j 1351: with a minimum of one, the first of four trial calls decides",
        link: "minimum_calls=1&permits=4&open_for=1s&trouble_at=90ms&trouble_for=500ms",
        acts: "",
        requests: &[(100, 100, 1), (1_600, 100, 3)],
        expected: &[
            "102 ms closed → open: 1 of 1 call failed",
            "1600 ms open → half-open: the wait is over and a call asks",
            "1612 ms half-open → closed: the trial call passed",
        ],
        refused: 0,
    },
    Report {
        source: "resilience4j 1597: slow calls are counted when they end",
        link: "window=seconds&window_size=10&minimum_calls=10&slow_rate=50&slow_call=2s&workers=1000&trouble=slow&slowdown=1000&trouble_at=0ms&trouble_for=1m&total=30s&for=40s",
        acts: "",
        requests: &[(100, 0, 20)],
        expected: &["10102 ms closed → open: 10 of 10 calls were slow"],
        refused: 0,
    },
    Report {
        source: "resilience4j 1597, the advice: with a time limit sooner",
        link: "window=seconds&window_size=10&minimum_calls=10&slow_rate=50&slow_call=2s&workers=1000&trouble=slow&slowdown=1000&trouble_at=0ms&trouble_for=1m&total=2s&for=40s",
        acts: "",
        requests: &[(100, 0, 20)],
        expected: &["2100 ms closed → open: 10 of 10 calls failed"],
        refused: 0,
    },
    Report {
        source: "resilience4j 903, 935, 1389, 2172: trial calls that never end leave it half-open for ever",
        link: "total=60m&window_size=5&minimum_calls=5&permits=3&open_for=1s&trouble_at=0ms&trouble_for=600ms&for=80s",
        acts: "1900ms:cut:k1-n1,3000ms:heal",
        requests: &[(100, 100, 5), (2_000, 100, 3), (10_000, 10_000, 5)],
        expected: &[
            "502 ms closed → open: 5 of 5 calls failed",
            "2000 ms open → half-open: the wait is over and a call asks",
        ],
        refused: 5,
    },
    Report {
        source: "the same with a longest stay in half-open",
        link: "total=60m&window_size=5&minimum_calls=5&permits=3&open_for=1s&trouble_at=0ms&trouble_for=600ms&trial_limit=5s&for=80s",
        acts: "1900ms:cut:k1-n1,3000ms:heal",
        requests: &[(100, 100, 5), (2_000, 100, 3), (10_000, 10_000, 5)],
        expected: &[
            "502 ms closed → open: 5 of 5 calls failed",
            "2000 ms open → half-open: the wait is over and a call asks",
            "10000 ms half-open → open: the trial calls did not decide in time",
            "10000 ms open → half-open: the wait is over and a call asks",
            "20000 ms half-open → open: the trial calls did not decide in time",
            "20000 ms open → half-open: the wait is over and a call asks",
            "30000 ms half-open → open: the trial calls did not decide in time",
            "30000 ms open → half-open: the wait is over and a call asks",
            "40000 ms half-open → open: the trial calls did not decide in time",
            "40000 ms open → half-open: the wait is over and a call asks",
            "50000 ms half-open → open: the trial calls did not decide in time",
            "50000 ms open → half-open: the wait is over and a call asks",
        ],
        refused: 0,
    },
    Report {
        source: "the same, closed after it (transitionToStateAfterWaitDuration)",
        link: "total=60m&window_size=5&minimum_calls=5&permits=3&open_for=1s&trouble_at=0ms&trouble_for=600ms&trial_limit=5s&after_limit=closed&for=80s",
        acts: "1900ms:cut:k1-n1,3000ms:heal",
        requests: &[(100, 100, 5), (2_000, 100, 3), (10_000, 10_000, 5)],
        expected: &[
            "502 ms closed → open: 5 of 5 calls failed",
            "2000 ms open → half-open: the wait is over and a call asks",
            "10000 ms half-open → closed: the trial calls did not decide in time",
        ],
        refused: 0,
    },
    Report {
        source: "sony/gobreaker 53: one failed trial opens it again, five successes close it",
        link: "trip=consecutive&failures=5&halfopen=consecutive&permits=5&successes=5&open_for=1s&trouble_at=0ms&trouble_for=1.9s",
        acts: "",
        requests: &[(100, 100, 5), (1_700, 100, 1), (3_000, 100, 5)],
        expected: &[
            "502 ms closed → open: 5 failures in a row",
            "1700 ms open → half-open: the wait is over and a call asks",
            "1702 ms half-open → open: a trial call failed",
            "3000 ms open → half-open: the wait is over and a call asks",
            "3412 ms half-open → closed: all 5 trial calls passed",
        ],
        refused: 0,
    },
    Report {
        source: "sony/gobreaker 30: no more than the permitted trial calls at once",
        link: "work=500ms&trip=consecutive&failures=5&halfopen=consecutive&permits=3&successes=3&open_for=1s&trouble_at=0ms&trouble_for=1s",
        acts: "",
        requests: &[(100, 100, 5), (2_000, 0, 5)],
        expected: &[
            "502 ms closed → open: 5 failures in a row",
            "2000 ms open → half-open: the wait is over and a call asks",
            "2502 ms half-open → closed: all 3 trial calls passed",
        ],
        refused: 2,
    },
    Report {
        source: "connor4312/cockatiel 64: old failures leave the window",
        link: "window=seconds&window_size=5&minimum_calls=5&failure_rate=20&trouble_at=0ms&trouble_for=10m&for=6m",
        acts: "",
        requests: &[(100, 100, 4), (300_000, 0, 1)],
        expected: &[],
        refused: 0,
    },
    Report {
        source: "resilience4j 568, 1901: what is in no list of exceptions is a success",
        link: "count_errors=success&trouble_at=0ms&trouble_for=10s",
        acts: "",
        requests: &[(100, 100, 20)],
        expected: &[],
        refused: 0,
    },
    Report {
        source: "resilience4j 671, 1336, Polly 1895: the wait grows with each reopening, and is short again once it has closed",
        link: "window_size=5&minimum_calls=5&permits=1&open_for=1s&open_growth=2&open_most=3s&trouble_at=0ms&trouble_for=8s&for=20s",
        acts: "",
        requests: &[(100, 50, 300)],
        expected: &[
            "302 ms closed → open: 5 of 5 calls failed",
            "1350 ms open → half-open: the wait is over and a call asks",
            "1352 ms half-open → open: 1 of 1 call failed",
            "3400 ms open → half-open: the wait is over and a call asks",
            "3402 ms half-open → open: 1 of 1 call failed",
            "6450 ms open → half-open: the wait is over and a call asks",
            "6452 ms half-open → open: 1 of 1 call failed",
            "9500 ms open → half-open: the wait is over and a call asks",
            "9512 ms half-open → closed: the trial call passed",
        ],
        refused: 180,
    },
];

#[test]
fn reports_come_out_as_their_makers_expected() {
    for report in REPORTS {
        let run = run(report);
        let seen = (transitions(&run), refused(&run));
        let expected: Vec<String> = report.expected.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(seen, (expected, report.refused), "{}", report.source);
    }
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
