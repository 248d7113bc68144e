//! The lab's own tests, beside those that hold of every lab.

mod books;

use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::scenario as opens;
use crate::link;
use crate::time::parse_duration_us;
use crate::tell::Transcript;
use crate::trace::{Fact, FactKey};

#[test]
fn live_sentences_count_timeouts_the_cap_and_the_load() {
    let said = |text: &str| LAB.sentences(&opens(text)).join(" ");
    let book = said("retry?attempts=5&jitter=0");
    assert!(book.contains("wait 1.5s in all; with 5 timeouts of 1s a caller may wait 6.5s."), "{book}");
    assert!(book.contains("before retry 10, which is never made"), "{book}");
    let stuck = said("retry?rate=280&capacity=300&attempts=2");
    assert!(stuck.contains("560 requests a second against a capacity of 300: a collapse"), "{stuck}");
    let budget = said("retry?rate=280&capacity=300&attempts=2&budget=call&ratio=0.05");
    assert!(budget.contains("294 requests a second against a capacity of 300: the queue drains"), "{budget}");
}

#[test]
fn what_cannot_be_asked_is_said() {
    let problem = |text: &str| link::parse(text, &[&LAB]).problems.first().map(|p| p.sentence.clone());
    assert!(problem("retry?do=1s:ask:n1:call").unwrap().contains("only clients"));
    assert!(problem("retry?do=1s:ask:c1:dance").unwrap().contains("ask:c1:call"));
    assert!(problem("retry?do=1s:drop:c1-n1:letter").unwrap().contains("the kinds are call"));
    assert!(problem("retry?cap=1ms").unwrap().contains("raise cap"));
    assert_eq!(problem("retry?do=1s:ask:c1:call,2s:drop:c1-n1:call,3s:pause:n1:1s"), None);
}

/// A call that the script delivers twice is open twice at a layer, and a cancel ends the one that came first: what a link says of such a
/// run stays as it is.
#[test]
fn of_a_call_that_came_twice_a_cancel_ends_the_first() {
    let dups = "do=1ms:dup:c1-n1:any,1ms:dup:c2-n1:any,1ms:dup:n1-n2:any,100ms:dup:c2-n1:any,150ms:dup:c3-n1:any,200ms:dup:n1-n2:any";
    let digests = ["capacity=20&timeout=100ms", "capacity=10&timeout=60ms"].map(|rest| {
        let link = format!("retry?load=chain&cancel=on&clients=4&calls_each=4&layers=3&for=4s&{rest}&{dups}");
        LAB.run(&opens(&link), Detail::Totals).digest_word()
    });
    assert_eq!(digests, ["49f813cf", "0ac0ff88"]);
}

#[test]
fn a_crowd_is_recorded_as_a_sample() {
    let scenario = opens(presets::PRESETS.iter().find(|preset| preset.id == "crowd").unwrap().link);
    let detail = Detail::of_pictures(&LAB.cast(&scenario));
    let run = LAB.run(&scenario, detail);
    let records = run.trace.records().len();
    assert!((5_000..15_000).contains(&records), "{records} records");
    let clients = |from: usize, to: usize| run.operations.iter().filter(|o| (from..to).contains(&o.client.index())).count();
    let (early, late) = (clients(0, 2_500), clients(2_500, 5_001));
    assert!(early.abs_diff(late) * 5 < early, "{early} calls of one half of the clients, {late} of the other");
}

#[test]
fn settings_are_exported_by_the_names_that_tools_publish() {
    let text = |link: &str, tool: &str| {
        let exports = LAB.exports(&opens(link));
        exports.into_iter().find(|export| export.id == tool).unwrap().text
    };
    let grpc = text("retry?cap=1s&budget=grpc", "grpc");
    let policy = r#"{
  "methodConfig": [
    {
      "name": [{ "service": "example.Service" }],
      "retryPolicy": {
        "maxAttempts": 4,
        "initialBackoff": "0.1s",
        "maxBackoff": "1s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"]
      }
    }
  ],
  "retryThrottling": {
    "maxTokens": 10,
    "tokenRatio": 0.1
  }
}
"#;
    assert_eq!(grpc, policy);
    assert!(text("retry?attempts=1", "grpc").contains("\"name\": [{ \"service\": \"example.Service\" }]\n    }"));
    let spring = text("retry?attempts=3&backoff=fixed&initial=500ms&jitter=0", "resilience4j");
    assert!(spring.contains("maxAttempts: 3\n        waitDuration: 500ms\n  timelimiter:"), "{spring}");
    assert!(text("retry?attempts=3", "aws").starts_with("[default]\nretry_mode = standard\nmax_attempts = 3\n"));
    let envoy = text("retry?attempts=2&backoff=full&initial=25ms&cap=250ms&budget=call&ratio=0.2", "envoy");
    for line in ["num_retries: 1", "base_interval: 0.025s", "max_interval: 0.25s", "budget_percent: { value: 20 }"] {
        assert!(envoy.contains(line), "{line}: {envoy}");
    }
    assert!(LAB.exports(&opens("retry?load=contention")).is_empty());
}

fn run(text: &str) -> Outcome {
    LAB.run(&opens(text), Detail::Full)
}

fn state(text: &str, promise: &str) -> State {
    run(text).verdict(promise).unwrap().last().state
}

/// What is no metastable failure: plain errors, which have a cause of their own; more calls than the server can ever finish; a share that was no
/// better before. And what is one, with errors and without.
#[test]
fn what_fails_for_a_cause_that_goes_on_is_no_metastable_failure() {
    let recovers = |text: &str| state(text, "recovers");
    assert_eq!(recovers("retry?error=0.15&trouble_for=0ms&attempts=1"), State::Kept);
    for error in ["0.05", "0.5", "0.9", "1"] {
        for seed in 1..=10 {
            assert_ne!(recovers(&format!("retry?error={error}&attempts=1&seed={seed}&for=30s")), State::Broken, "{error}, seed {seed}");
        }
    }
    assert_eq!(recovers("retry?load=chain&error=0.3&layers=3&attempts=1&do=3s:pause:n3:200ms"), State::Kept);
    assert_eq!(recovers("retry?latency=2s&for=20s&trouble_at=5s"), State::Kept, "every attempt timed out before, too");
    let overload = run("retry?rate=20&attempts=1&for=20s");
    let last = overload.verdict("recovers").unwrap().last();
    assert_eq!(last.state, State::Unknown);
    assert!(last.why.contains("20 requests a second exceed the capacity of 15 without any trouble"), "{}", last.why);
    assert_eq!(recovers("retry"), State::Broken);
    assert_eq!(recovers("retry?error=0.15&for=20s"), State::Broken);
    assert_eq!(recovers("retry?bad=0.2"), State::Broken);
}

/// What of several things is mended does not end the others: nobody recovers from what goes on.
#[test]
fn failures_do_not_outlast_what_still_goes_on() {
    for script in ["3s:crash:n1,4s:cut:c1-n1,5s:heal", "3s:crash:n1,4s:slow:c1:2,5s:slow:c1:1", "3s:crash:n1,4s:crash:c1,5s:start:c1"] {
        let run = run(&format!("retry?trouble_for=0ms&for=20s&do={script}"));
        let light = run.verdict("recovers").unwrap();
        assert_eq!(light.last().state, State::Unknown, "{script}: {}", light.last().why);
        assert_eq!(light.last().why, "A node is down: the service has not recovered yet.", "{script}");
    }
    let recovered = run("retry?trouble_for=0ms&for=20s&budget=call&do=3s:crash:n1,4s:cut:c1-n1,5s:heal,6s:start:n1");
    assert_ne!(recovered.verdict("recovers").unwrap().last().state, State::Unknown, "then all is over");
}

fn steps_of_break(run: &Outcome, promise: &str) -> (String, Vec<String>) {
    let change = run.verdict(promise).unwrap().break_().unwrap_or_else(|| panic!("{promise} is kept"));
    (change.why.clone(), change.evidence.iter().map(|step| step.says.clone()).collect())
}

#[test]
fn a_break_names_what_was_done() {
    let one = "retry?load=blip&clients=1&rate=0.01&capacity=10&trouble_for=0ms&timeout=300ms&for=5s&do=";
    for (script, act) in [
        ("100ms:ask:c1:call,150ms:cut1:n1-c1,400ms:heal", "cut the way from n1 to c1"),
        ("100ms:ask:c1:call,110ms:pause:n1:500ms", "pause n1 for 500ms"),
        ("90ms:dup:c1-n1:any,100ms:ask:c1:call", "deliver the next message from c1 to n1 twice"),
    ] {
        let (why, steps) = steps_of_break(&run(&format!("{one}{script}")), "once");
        assert!(why.contains("c1's call 0") && steps[0] == act, "{script}: {why} {steps:?}");
    }
    let (_, steps) = steps_of_break(&run("retry"), "recovers");
    assert_eq!(steps[..2], ["The server is in trouble", "what disturbed it is over"]);
}

/// In a chain the call is the client's: a message to the first service that comes twice has the services call twice, each under a number of its own.
#[test]
fn in_a_chain_what_is_executed_twice_is_the_clients_call() {
    let link = "retry?load=chain&layers=3&clients=1&calls_each=1&capacity=1000&attempts=1&for=3s&do=1ms:dup:c1-n1:any";
    let (why, steps) = steps_of_break(&run(link), "once");
    assert_eq!(why, "c1's call 0 was executed twice: one attempt at it came twice.");
    assert_eq!(steps[0], "deliver the next message from c1 to n1 twice");
}

/// Waits of the first client between its attempts at its first call.
fn waits_us(text: &str) -> Vec<u64> {
    let run = run(text);
    let notes = run.trace.history(run.cast.client(0), FactKey::NOTE).map(|change| match &change.value {
        Fact::Text(words) => parse_duration_us(words.rsplit(' ').next().unwrap()).unwrap(),
        other => panic!("{other:?}"),
    });
    notes.collect()
}

fn transcript(text: &str) -> String {
    let scenario = opens(text);
    let run = LAB.run(&scenario, Detail::Full);
    Transcript::of(&LAB, &scenario, &run).whole()
}

/// gRPC proposal A6, pushback: if the attempt after it fails, too, the delay is the initial backoff again.
#[test]
fn a_time_that_the_server_tells_resets_the_backoff() {
    let base = "retry?load=blip&clients=1&rate=0.01&capacity=1000&trouble=refusal&trouble_at=0ms&trouble_for=1s&error=1&attempts=4&initial=100ms&multiplier=10&jitter=0&for=30s&do=100ms:ask:c1:call";
    assert_eq!(waits_us(&format!("{base}&retry_after=on")), [899_000, 100_000, 1_000_000]);
    assert_eq!(waits_us(base), [100_000, 1_000_000, 10_000_000], "without it the delays grow");
}

/// 500 clients that are refused within 4 ms of each other come back within 6 ms: one herd, wherever it falls.
#[test]
fn a_herd_is_counted_in_a_span_that_slides() {
    for initial in ["100ms", "107ms"] {
        let link = format!(
            "retry?load=deploy&clients=500&arrivals=closed&capacity=4000&latency=uniform-0ms-2ms&trouble=refusal&trouble_for=1m&backoff=fixed&initial={initial}&jitter=0&for=4s"
        );
        assert_eq!(run(&link).tally("herd_1"), Some(500), "{initial}");
    }
}

#[test]
fn what_a_tool_cannot_be_told_is_noted() {
    let export = |link: &str, tool: &str| {
        let exports = LAB.exports(&opens(link));
        let export = exports.into_iter().find(|export| export.id == tool).unwrap();
        format!("{}{}", export.text, export.notes.join("\n"))
    };
    for (link, tool, says) in [
        ("retry?jitter=100", "resilience4j", &["randomizedWaitFactor: 0.999", "a factor of 1 is refused"][..]),
        ("retry?initial=200ms&cap=200ms&jitter=50", "resilience4j", &["the cap is applied after jitter"]),
        ("retry?backoff=full", "resilience4j", &["the cap is applied after jitter"]),
        ("retry?initial=0ms", "resilience4j", &["waitDuration: 1ms", "ends an asynchronous call's retries"]),
        ("retry?backoff=none", "resilience4j", &["waitDuration: 1ms", "ends an asynchronous call's retries"]),
        ("retry?initial=1500us", "resilience4j", &["waitDuration: 1ms", "whole milliseconds"]),
        ("retry?initial=0ms", "grpc", &["\"initialBackoff\": \"0.001s\"", "takes no backoff of 0"]),
        ("retry?initial=0ms", "envoy", &["base_interval: 0.001s", "max_interval: 30s", "Envoy always waits"]),
        ("retry?backoff=none", "envoy", &["base_interval: 0.001s", "max_interval: 0.001s", "Envoy always waits"]),
        ("retry?retry_after=on", "grpc", &["grpc-retry-pushback-ms", "begins anew"]),
        ("retry?retry_after=jittered", "grpc", &["it does not spread that"]),
        ("retry?budget=call", "envoy", &["a share of the requests in flight"]),
    ] {
        let text = export(link, tool);
        says.iter().for_each(|says| assert!(text.contains(says), "{link}, {tool}: {says}: {text}"));
    }
    assert!(!export("retry?backoff=fixed", "resilience4j").contains("cap is applied"), "a fixed delay has no cap");
}

/// Every run under these links ended in a panic once: a contention run whose messages come twice, or whose clients go down.
#[test]
fn a_contention_run_bears_whatever_is_done_to_it() {
    for script in ["1us:dup:c1-n1:any", "30ms:crash:c1", "30ms:crash:c1,50ms:start:c1", "10ms:wipe:c2,20ms:start:c2,25ms:dup:c2-n1:any"] {
        for backoff in ["none", "full"] {
            let run = run(&format!("retry?load=contention&backoff={backoff}&clients=2&do={script}"));
            assert!(run.tally("ok").is_some_and(|ok| ok <= 3), "{script}");
            let waiting = |name: &str| run.series.iter().find(|series| series.name == name).unwrap().points.iter().map(|p| p.1).max();
            assert_eq!(waiting("gauge: sleeping"), Some(0), "{script}: nobody sleeps before a retry of a call");
        }
    }
    let both = run("retry?load=contention&backoff=none&clients=2&do=1us:dup:c1-n1:any");
    assert_eq!(both.tally("ok"), Some(2), "each client writes once");
}

/// Three callers with two attempts each: eight requests at the end, none of which is more than a second attempt of its sender's.
#[test]
fn attempts_in_a_chain_are_told_by_their_callers_own_number() {
    let link = "retry?load=chain&layers=3&clients=1&calls_each=1&capacity=1000&error=1&timeout=1m&attempts=2&backoff=none&for=3s";
    let (run, text) = (run(link), transcript(link));
    assert!(text.contains(", attempt 2"), "{text}");
    assert!(!text.contains(", attempt 3"), "{text}");
    assert_eq!(run.tally("requests"), Some(8));
}

#[test]
fn regular_calls_are_evenly_spaced() {
    let run = run("retry?load=steady&arrivals=regular&rate=100&capacity=101&clients=7&timeout=1m&for=10s");
    assert_eq!((run.tally("calls"), run.tally("queue_peak")), (Some(1_000), Some(0)), "each is served before the next comes");
    let at: Vec<u64> = run.operations.iter().map(|operation| operation.invoked.at_us).collect();
    assert!(at.windows(2).all(|pair| (pair[1] - pair[0]).abs_diff(10_000) <= 7), "{at:?}");
}

/// The trigger need not be a fault: three times the calls for half a second, and the retries keep the server down; without them it recovers.
#[test]
fn a_burst_is_enough_for_a_collapse() {
    let burst = "retry?rate=200&capacity=300&trouble=burst&trouble_for=500ms&timeout=120ms&for=20s";
    assert_eq!(state(burst, "recovers"), State::Broken);
    assert_eq!(state(&format!("{burst}&attempts=1"), "recovers"), State::Kept);
    assert_eq!(state(&format!("{burst}&budget=call"), "recovers"), State::Kept);
    let calls = |text: &str| run(text).tally("calls").unwrap();
    let regular = "retry?attempts=1&arrivals=regular&rate=100&capacity=1000&for=10s&trouble=burst&trouble_at=2s&trouble_for=1s&burst=5";
    assert_eq!(calls(regular), 1_400, "100 a second, and 400 more in one of them");
    let closed = "retry?attempts=1&arrivals=closed&think=100ms&clients=1&capacity=4000&latency=0ms&for=10s&trouble=burst&trouble_at=2s&trouble_for=1s&burst=5";
    assert!((130..=140).contains(&calls(closed)), "{}", calls(closed));
}

/// A server that was down while the trouble should have begun is in the rest of it when it comes back.
#[test]
fn a_restart_does_not_end_the_trouble() {
    let link = "retry?trouble_at=3s&trouble_for=3s&do=2900ms:crash:n1,4500ms:start:n1&for=15s";
    let (run, text) = (run(link), transcript(link));
    let verdict = run.verdict("recovers").unwrap();
    assert!(verdict.changes.iter().any(|change| change.at.at_us >= 6_000_000 && change.state != State::Unknown), "{verdict:?}");
    assert!(text.contains("role silent"), "{text}");
}

/// Challenges are not reached by doing nothing: where no trouble comes, nobody calls, or the run is over before anything happens.
#[test]
fn a_challenge_wants_its_disturbance_and_its_work() {
    let reached = |id: &str, text: &str| {
        let scenario = opens(text);
        (LAB.challenges().iter().find(|challenge| challenge.id == id).unwrap().goal)(&scenario, &LAB.run(&scenario, Detail::Totals))
    };
    let blip = "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms";
    for (more, right) in [
        ("&budget=call", true),
        ("&cancel=on", true),
        ("&trouble_at=20s", false),
        ("&trouble_at=11s", false),
        ("&calls_each=1", false),
        ("&bad=1", false),
        ("&arrivals=closed&think=1m", false),
        ("&recovery_limit=60m", false),
        ("&total=1ms", false),
        ("&patience=p95x3&budget=call", false),
    ] {
        assert_eq!(reached("end-the-outage", &format!("{blip}{more}")), right, "{more}");
    }
    let deploy = "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal";
    for (more, right) in [
        ("&trouble_for=1s&backoff=full&for=4s", true),
        ("&trouble_for=1s&trouble_at=10s&for=4s", false),
        ("&trouble_for=1ms&for=4s", false),
        ("&trouble_for=1s&budget=call&for=4s", false),
        ("&trouble_for=1s&latency=uniform-0ms-1s&for=4s", false),
    ] {
        assert_eq!(reached("calm-the-herd", &format!("{deploy}{more}")), right, "{more}");
    }
    let chain = "retry?load=chain&clients=1&calls_each=1&capacity=1000&error=1&timeout=1m&attempts=3&backoff=none";
    for (more, right) in [("&retry_at=top&for=3s", true), ("&for=12ms", false), ("&for=3s&latency=2ms&retry_at=every", false)] {
        assert_eq!(reached("tame-the-chain", &format!("{chain}{more}")), right, "{more}");
    }
    let slow = "retry?clients=3&rate=6&capacity=10&trouble=slowness&trouble_for=1s&slowdown=20&timeout=300ms&for=8s";
    for (more, right) in [("&keys=on", true), ("&trouble_at=9s", false), ("&load=steady", false), ("&keys=on&trouble_at=7500ms", false)] {
        assert_eq!(reached("once", &format!("{slow}{more}")), right, "{more}");
    }
}

#[test]
fn an_attempt_that_came_twice_is_no_retry() {
    let text = "retry?load=steady&clients=1&rate=2&for=3s&do=0us:dup:c1-n1:call";
    let outcome = super::LAB.run(&crate::labs::tests::scenario(text), Detail::Totals);
    let why = &outcome.verdict("once").expect("a promise").last().why;
    assert!(why.starts_with("c1's call ") && why.ends_with("was executed twice: one attempt at it came twice."), "{why}");
}

/// An attempt has one outcome, the first that its caller saw: a refusal that comes after the timeout is none.
#[test]
fn an_attempt_has_one_outcome() {
    let figures = |link: &str| {
        let run = run(link);
        let flow = |branch: &'static str| run.series(branch).unwrap().points.last().unwrap().1;
        let [attempts, timed_out, refused] = ["attempts", "timed_out", "refused"].map(|name| run.tally(name).unwrap());
        (attempts, timed_out, refused, flow("flow: succeeded") + timed_out + refused + flow("flow: errors"))
    };
    let slow = "retry?load=blip&clients=3&rate=3&capacity=10&trouble=refusal&trouble_at=1s&trouble_for=2s&attempts=3&for=6s&timeout=300ms";
    let (attempts, timed_out, refused, outcomes) = figures(&format!("{slow}&latency=200ms"));
    assert_eq!((refused, outcomes), (0, timed_out), "each refusal takes 400ms");
    assert!(timed_out > 20 && attempts - timed_out <= 3, "{timed_out} of {attempts}");
    let (attempts, timed_out, refused, outcomes) = figures(&format!("{slow}&latency=normal-150ms-20ms&do=1s:dup:n1-c1:any,1500ms:dup:n1-c2:any"));
    assert!(timed_out > 5 && refused > 5 && outcomes <= attempts, "{timed_out} + {refused} and successes are {outcomes} of {attempts}");
    for preset in presets::PRESETS.iter().filter(|preset| !["crowd", "contention"].contains(&preset.id)) {
        let (attempts, .., outcomes) = figures(preset.link);
        assert!(outcomes <= attempts, "{}: {outcomes} of {attempts}", preset.id);
    }
}

/// Who contends for a row makes no attempts and has no server: what is not counted is no nought.
#[test]
fn what_a_contention_run_does_not_count_is_unknown() {
    let run = run("retry?load=contention&clients=10&backoff=full");
    for name in ["attempts", "retries", "attempts_p99", "requests", "amplification", "timed_out", "offered_peak", "offered_end", "queue_peak", "goodput_end"] {
        assert_eq!(run.tally(name), None, "{name}");
    }
    assert_eq!(run.tally("ok"), Some(10));
    assert!(run.tally("calls").unwrap() > 10 && run.tally("goodput").unwrap() > 0);
    assert_eq!(run.verdict("overload").unwrap().last().state, State::Unknown);
}

/// What is offered too much of comes from what was done: the restart that had everybody try again.
#[test]
fn too_much_load_names_what_was_done() {
    let (_, steps) = steps_of_break(&run("retry?rate=280&capacity=300&trouble_for=0ms&attempts=4&overload_limit=1.5&for=10s&do=2s:crash:n1,3s:start:n1"), "overload");
    assert_eq!(steps, ["crash n1", "the first of them", "one too many"]);
}

/// Offered load is judged in whole spans: before one has passed nothing is known.
#[test]
fn load_is_judged_in_whole_spans() {
    let load = |rest: &str| {
        let run = run(&format!("retry?load=steady&rate=8&capacity=8&attempts=1&overload_limit=2&{rest}"));
        (run.tally("offered_peak").is_some(), run.verdict("overload").unwrap().last().clone())
    };
    let (known, light) = load("for=3s");
    assert_eq!((known, light.state), (false, State::Unknown));
    assert_eq!(light.why, "No whole 3.75s has passed yet, in which the server can finish 30.");
    let (known, light) = load("for=6s");
    assert_eq!((known, light.state), (true, State::Kept));
    assert_eq!(light.why, "In no 3.75s, in which the server can finish 30, have more than 60 requests come: 2 times as many.");
}
