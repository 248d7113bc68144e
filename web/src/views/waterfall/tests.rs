//! Of every call of a run, the waterfall shows what can be, and all of them together add up to what the nodes reported.

use super::super::Look;
use super::follow::{Attempt, Call, Phase, follow};
use splitbrain::cast::{NodeId, Sort};
use splitbrain::lab::{Detail, End, Lab, Operation, Outcome};
use splitbrain::labs::LABS;
use splitbrain::scenario::Scenario;
use splitbrain::tell::{SpanKind, spans};
use splitbrain::trace::{Cursor, Fact};

/// Runs in which requests of one instance overlap, wait for threads and in line, are refused, retried, lost and cut short.
const RUNS: &[&str] = &[
    "breaker?rate=20&needs=all&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-each&healthy_limit=2s",
    "breaker?rate=300&trouble=slow&breaker=off&pools=shared&trouble_at=500ms&for=3s",
    "breaker?rate=80&needs=all&work=exp-20ms&workers=2&trouble_at=1s&order=retry-outside&trip=consecutive&for=4s",
    "breaker?rate=80&needs=any&target=cache&work=exp-20ms&workers=2&order=breaker-outside&backoff=5ms&trouble_at=1s&error=0.5&for=4s",
    "breaker?rate=40&trouble=silence&trouble_at=500ms&order=retry-outside&rule=half-left&backoff=20ms&fallback=on&for=4s",
    "breaker?rate=60&arrivals=even&burst=20&workers=3&work=30ms&pool_queue=4&bad=0.3&for=3s",
    "breaker?rate=60&work=exp-100ms&workers=3&latency=exp-5ms&order=retry-outside&rule=half-left&for=5s&do=1s:cut:k1-n1,1.5s:clock:k2:700ms,2s:crash:n3,2.2s:heal,2.5s:crash:k3,3s:start:n3,3.2s:start:k3,3.5s:drop:n1-k4:answer,4s:pause:n2:300ms",
];

struct Run {
    lab: &'static dyn Lab,
    scenario: Scenario,
    outcome: Outcome,
}

impl Run {
    fn of(text: &str) -> Run {
        let opened = splitbrain::link::parse(text, LABS);
        assert!(opened.problems.is_empty(), "{text}: {:?}", opened.problems);
        let scenario = opened.link.unwrap().scenario;
        let lab = *LABS.iter().find(|lab| lab.meta().id == scenario.lab).unwrap();
        let outcome = lab.run(&scenario, Detail::Full);
        Run { lab, scenario, outcome }
    }

    fn calls(&self) -> Vec<(&Operation, Call)> {
        let look = Look::plain(self.lab, &self.scenario, &self.outcome, Cursor::default(), 720);
        let shows = look.shows();
        self.outcome.operations.iter().map(|operation| (operation, follow(&look, &shows, operation))).collect()
    }

    /// What a level that nodes of a sort report comes to over the run: its value times how long it had it.
    fn level(&self, of: impl Fn(NodeId) -> bool, fact: &str) -> i64 {
        let trace = &self.outcome.trace;
        let name = self.lab.meta().facts.iter().position(|spec| spec.name == fact).unwrap() as u8;
        let downs: Vec<_> = spans(&self.scenario, &self.outcome);
        let mut sum = 0;
        for node in self.outcome.cast.nodes().filter(|node| of(*node)) {
            for key in trace.fact_keys(node).filter(|key| key.name == name) {
                let told = trace.history(node, key).map(|change| {
                    let Fact::Int(value) = change.value else { panic!("{change:?}") };
                    (trace.get(change.record).unwrap().at_us, value)
                });
                let down = downs.iter().filter(|span| span.kind == SpanKind::Down(node)).map(|span| (span.from_us, 0));
                let mut steps: Vec<(u64, i64)> = told.chain(down).collect();
                steps.sort_by_key(|(at_us, _)| *at_us);
                steps.push((self.outcome.ended_us, 0));
                sum += steps.windows(2).map(|two| (two[1].0 - two[0].0) as i64 * two[0].1).sum::<i64>();
            }
        }
        sum
    }
}

/// The phases that an attempt goes through follow each other from the end of what was before to its own, and nothing else comes in between.
fn faults(attempt: &Attempt, from_us: u64, retries: bool) -> Vec<String> {
    let mut at_us = from_us;
    let mut faults = Vec::new();
    for part in attempt.parts.iter().filter(|part| !part.in_vain) {
        if part.from_us != at_us || part.to_us <= part.from_us {
            faults.push(format!("{} from {} to {}, after {at_us}", part.phase.words(), part.from_us, part.to_us));
        }
        if part.phase == Phase::Asleep && !retries {
            faults.push("asleep in a run without retries".to_owned());
        }
        at_us = part.to_us;
    }
    if at_us != attempt.ended_us {
        faults.push(format!("{} until {at_us}, not {}", attempt.name, attempt.ended_us));
    }
    if attempt.parts.iter().any(|part| part.in_vain && part.from_us < attempt.ended_us) {
        faults.push("in vain while it was waited for".to_owned());
    }
    faults
}

#[test]
fn a_call_goes_through_phases_without_gaps_to_the_end_that_it_was_told() {
    for text in RUNS {
        let run = Run::of(text);
        let retries = text.contains("order=");
        for (operation, call) in run.calls() {
            let mut from_us = call.from_us;
            for attempt in &call.attempts {
                let faults = faults(attempt, from_us, retries);
                assert_eq!(faults, [""; 0], "op {} of {text}: {call:?}", operation.number);
                from_us = attempt.ended_us;
            }
            assert_eq!(from_us, call.to_us, "op {} of {text}: {call:?}", operation.number);
            if operation.end == End::Unknown && operation.returned.is_none() {
                let down = SpanKind::Down(operation.client);
                let crashes = spans(&run.scenario, &run.outcome).into_iter().filter(|span| span.kind == down);
                assert!(crashes.map(|span| span.from_us).any(|us| us == call.to_us), "op {} of {text}", operation.number);
            }
            let told = run.outcome.told(operation);
            let end = match told.as_deref() {
                Some("done" | "too late") => "done",
                Some("a call timed out") => "timed out",
                Some("a call failed") => "failed",
                Some("bad request") => "bad request",
                Some("no time was left") => "no time left",
                Some("short-circuited by the breaker") => "short-circuited",
                Some("rejected: no thread is free") => "rejected",
                Some("done by a fallback") | None => continue,
                Some(told) => panic!("{told}"),
            };
            assert_eq!(call.attempts.last().unwrap().end, end, "op {} of {text}: {call:?}", operation.number);
        }
    }
}

#[test]
fn what_calls_went_through_adds_up_to_what_nodes_reported() {
    for text in RUNS {
        let run = Run::of(text);
        let calls = run.calls();
        let attempts = || calls.iter().flat_map(|(_, call)| &call.attempts);
        for (end, tally) in [
            ("failed", "calls_failed"),
            ("timed out", "timed_out"),
            ("short-circuited", "short_circuited"),
            ("rejected", "rejected"),
            ("bad request", "bad_requests"),
        ] {
            let shown = attempts().filter(|attempt| attempt.end == end).count() as i64;
            assert_eq!(Some(shown), run.outcome.tally(tally), "{end} in {text}");
        }
        let ended = attempts().filter(|attempt| attempt.ok.is_some()).count() as i64;
        assert_eq!(Some(ended), run.outcome.tally("calls"), "{text}");
        let spent = |name: &str, phase: Phase| {
            let parts = attempts().filter(|a| name.is_empty() || a.name == name).flat_map(|a| &a.parts);
            parts.filter(|part| part.phase == phase).map(|part| (part.to_us - part.from_us) as i64).sum::<i64>()
        };
        let caller = |node: NodeId| run.outcome.cast.sort(node).0 == Sort::Coordinator;
        assert_eq!(spent("", Phase::NoThread), run.level(caller, "waiting"), "threads waited for in {text}");
        for (i, name) in ["cache", "database", "analytics"].into_iter().enumerate() {
            let server = |node: NodeId| node == run.outcome.cast.server(i as u16);
            assert_eq!(spent(name, Phase::AtWork), run.level(server, "busy"), "{name} at work in {text}");
            assert_eq!(spent(name, Phase::Queued), run.level(server, "queue"), "{name}'s queue in {text}");
        }
    }
}

/// A request that came while another of its instance was under way, as the transcript tells it: the cache at work from 0.901 to 1.047 s.
#[test]
fn a_call_has_its_own_results_and_its_own_timers() {
    let run = Run::of(RUNS[0]);
    let (_, call) = run.calls().into_iter().find(|(operation, _)| operation.number == 25).unwrap();
    let ms = |us: u64| us / 1_000;
    let parts: Vec<_> = call.attempts[0].parts.iter().map(|part| (part.phase, ms(part.from_us), ms(part.to_us))).collect();
    assert_eq!(parts[1].0, Phase::AtWork);
    assert_eq!((parts[1].1, parts[1].2), (901, 1_047), "{parts:?}");
    assert!(call.attempts.iter().all(|attempt| attempt.name == "cache" || attempt.name == "database" || attempt.name == "analytics"));
    assert!(!call.attempts.iter().flat_map(|a| &a.parts).any(|part| matches!(part.phase, Phase::Asleep | Phase::NoThread)), "{call:?}");
}

#[test]
fn the_runs_that_are_looked_at_have_every_phase_and_every_end() {
    let calls: Vec<Call> = RUNS.iter().flat_map(|text| Run::of(text).calls().into_iter().map(|(_, call)| call).collect::<Vec<_>>()).collect();
    let attempts: Vec<&Attempt> = calls.iter().flat_map(|call| &call.attempts).collect();
    // No server here asks another, and all tell of what they do.
    for phase in Phase::ALL.into_iter().filter(|phase| !matches!(phase, Phase::Elsewhere | Phase::Untold)) {
        assert!(attempts.iter().any(|a| a.parts.iter().any(|part| part.phase == phase && !part.in_vain)), "{phase:?}");
    }
    for phase in [Phase::OnTheWay, Phase::Queued, Phase::AtWork] {
        assert!(attempts.iter().any(|a| a.parts.iter().any(|part| part.phase == phase && part.in_vain)), "{phase:?} in vain");
    }
    for end in ["done", "failed", "timed out", "short-circuited", "rejected", "bad request", "not over yet", "its caller crashed"] {
        assert!(attempts.iter().any(|attempt| attempt.end == end), "{end}");
    }
    for made in ["3 calls", "1 call", "2 attempts at 1 call"] {
        assert!(calls.iter().any(|call| call.made == made), "{made}");
    }
}

#[test]
fn a_write_that_follows_on_a_read_is_one_attempt_with_it() {
    let run = Run::of("retry?load=contention&clients=8&backoff=full");
    let mut conflicts = 0;
    for (operation, call) in run.calls() {
        assert_eq!(operation.end, End::Ok);
        let (last, others) = call.attempts.split_last().expect("it was attempted");
        assert_eq!((last.end.as_str(), last.ok), ("written", Some(true)), "{call:?}");
        assert!(others.iter().all(|attempt| attempt.end == "conflict" && attempt.ok == Some(false)), "{call:?}");
        conflicts += others.len();
        for (i, attempt) in call.attempts.iter().enumerate() {
            assert_eq!(attempt.name, format!("attempt {}", i + 1));
        }
    }
    assert!(conflicts > 8, "{conflicts}");
}

#[test]
fn what_waits_for_the_next_service_is_not_in_a_queue() {
    let run = Run::of("retry?load=chain&layers=3&clients=1&calls_each=1&capacity=1000&error=1&timeout=1m&attempts=2&backoff=none&for=3s");
    let calls = run.calls();
    let attempts = || calls.iter().flat_map(|(_, call)| &call.attempts);
    let lasts = |depth: u8, phase: Phase| {
        let parts = attempts().filter(|attempt| attempt.depth == depth).flat_map(|attempt| &attempt.parts);
        parts.filter(|p| p.phase == phase).map(|p| p.to_us - p.from_us).sum::<u64>()
    };
    assert!(lasts(0, Phase::Elsewhere) > 0 && lasts(1, Phase::Elsewhere) > 0, "{calls:?}");
    for depth in 0..2 {
        assert_eq!(lasts(depth, Phase::Queued) + lasts(depth, Phase::AtWork), 0, "it neither queues nor works: {calls:?}");
    }
    assert!(lasts(2, Phase::AtWork) > 0, "the last works: {calls:?}");
    // Two tries of the caller, two of the first service for each, and two of the second for each of those.
    assert_eq!(attempts().filter(|attempt| attempt.depth == 2).count(), 8);
}
