//! The lab's own tests, beside those that hold of every lab.

use super::*;
use crate::labs::tests::scenario as opens;
use crate::link;

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

/// A call that the script delivers twice is open twice at a layer, and a cancel ends the one that stands first: what a link says of such a
/// run stays as it was.
#[test]
fn of_a_call_that_came_twice_a_cancel_ends_the_first() {
    let dups = "do=1ms:dup:c1-n1:any,1ms:dup:c2-n1:any,1ms:dup:n1-n2:any,100ms:dup:c2-n1:any,150ms:dup:c3-n1:any,200ms:dup:n1-n2:any";
    for (rest, digest) in [("capacity=20&timeout=100ms", "b726e21f"), ("capacity=10&timeout=60ms", "c6cc83b8")] {
        let link = format!("retry?load=chain&cancel=on&clients=4&calls_each=4&layers=3&for=4s&{rest}&{dups}");
        assert_eq!(LAB.run(&opens(&link), Detail::Totals).digest_word(), digest, "{link}");
    }
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

#[test]
fn exports_keep_to_what_the_tools_accept() {
    crate::labs::limits::keeps_to_them(&LAB);
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
        ("retry?initial=0ms", "resilience4j", &["waitDuration: 0ms"]),
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
