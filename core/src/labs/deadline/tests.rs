//! The lab's own tests, beside those that hold of every lab.

use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::scenario as opens;
use crate::link;

fn run(text: &str) -> Outcome {
    LAB.run(&opens(text), Detail::Full)
}

fn state(text: &str, promise: &str) -> State {
    LAB.run(&opens(text), Detail::Totals).verdict(promise).unwrap().judged().state
}

fn preset(id: &str) -> &'static str {
    presets::PRESETS.iter().find(|preset| preset.id == id).unwrap().link
}

#[test]
fn presets_keep_and_break_what_they_say() {
    use State::{Broken, Kept, Unknown};
    let lights =
        |id: &str| ["bounded", "useful", "healthy", "once"].map(|promise| state(preset(id), promise));
    for (id, expected) in [
        ("fifty", [Kept, Kept, Unknown, Kept]),
        ("thirty", [Kept, Kept, Unknown, Kept]),
        ("threads", [Kept, Kept, Broken, Kept]),
        ("equal", [Kept, Broken, Unknown, Kept]),
        ("carried", [Kept, Kept, Unknown, Kept]),
        ("half", [Kept, Kept, Unknown, Kept]),
        ("three-halves", [Broken, Kept, Unknown, Kept]),
        ("narrow", [Kept, Broken, Unknown, Kept]),
        ("predict", [Kept, Kept, Unknown, Kept]),
        ("hedge", [Kept, Kept, Unknown, Kept]),
        ("hedge-storm", [Kept, Broken, Unknown, Broken]),
        ("skewed", [Kept, Kept, Unknown, Kept]),
    ] {
        assert_eq!(lights(id), expected, "{id}");
    }
    assert_eq!(state("deadline?attempts=3&retry_at=top&timeout=1s&total=2s&trouble=hang", "bounded"), Broken);
}

#[test]
fn what_cannot_be_set_or_asked_is_said() {
    let problem = |text: &str| link::parse(text, &[&LAB]).problems.first().map(|p| p.sentence.clone());
    assert!(problem("deadline?narrow=4").unwrap().contains("no such service"));
    assert!(problem("deadline?bad_tier=6&trouble=hang").unwrap().contains("no such service"));
    assert!(
        problem("deadline?hedge=after&attempts=2&copies=3").unwrap().contains("retried or hedged, not both")
    );
    assert_eq!(problem("deadline?hedge=after&attempts=2&retry_at=top&copies=3"), None);
    assert!(problem("deadline?do=1s:ask:n1:call").unwrap().contains("only people"));
    assert_eq!(problem("deadline?do=1s:ask:c1:call"), None);
}

#[test]
fn live_sentences_add_up_halves_and_threads() {
    let said = |text: &str| LAB.sentences(&opens(text)).join(" ");
    let fifty = said("deadline");
    assert!(fifty.contains("50ms on average"), "{fifty}");
    let half = said("deadline?hops=6&rule=half-left&total=10s&carry=duration");
    assert!(half.contains("5s, 2.5s, 1.25s, 625ms, 312.5ms"), "{half}");
    let halves = said("deadline?hops=4&shape=sequence&rule=half-each&total=10s&carry=duration");
    assert!(halves.contains("up to 150 % of 10s"), "{halves}");
    let full = said("deadline?trouble=hang");
    assert!(full.contains("All 50 threads of the first service are held some 1.2s after"), "{full}");
    let few = said("deadline?trouble=hang&rule=deadline&total=500ms&carry=duration");
    assert!(few.contains("21 threads of the first are held at the most: 40 a second for 500ms"), "{few}");
    let narrow = said("deadline?rate=100&capacity=200&narrow=3");
    assert!(narrow.contains("service 3 is asked for 100 a second and can finish 90"), "{narrow}");
}

#[test]
fn settings_are_exported_by_the_names_that_tools_publish() {
    let text = |link: &str, tool: &str| {
        let exports = LAB.exports(&opens(link));
        let export = exports.into_iter().find(|export| export.id == tool).unwrap();
        format!("{}{}", export.text, export.notes.join("\n"))
    };
    let hedged = text("deadline?rule=deadline&total=500ms&tokens=10&copies=3&hedge=after&hedges=2", "grpc");
    for says in
        ["\"timeout\": \"0.5s\"", "\"maxAttempts\": 3", "\"hedgingDelay\": \"0.03s\"", "\"maxTokens\": 10"]
    {
        assert!(hedged.contains(says), "{says}: {hedged}");
    }
    assert!(!hedged.contains("retryPolicy"), "hedges or retries, not both");
    assert!(text("deadline?attempts=9", "grpc").contains("\"maxAttempts\": 5"), "no more than gRPC makes");
    let envoy = text("deadline?rule=deadline&total=500ms&carry=duration&copies=3&hedge=after", "envoy");
    for says in [
        "timeout: 0.5s",
        "per_try_timeout: 0.03s",
        "hedge_on_per_try_timeout: true",
        "grpc_timeout_header_max: 0s",
    ] {
        assert!(envoy.contains(says), "{says}: {envoy}");
    }
}

/// The spans of a call are those of a chain, one in another, and the slow one has the time.
#[test]
fn a_call_is_a_tree_of_spans() {
    let run = run("deadline?rate=1&latency=0ms&service=constant&for=5s");
    for operation in &run.operations {
        let (first, spans) = run.spans_of(operation.number);
        let parents: Vec<Option<u32>> = spans.iter().map(|span| span.parent).collect();
        let first = first as u32;
        assert_eq!(parents, [None, Some(first), Some(first + 1)]);
        let ended: Vec<u64> =
            spans.iter().map(|span| span.ended_us.unwrap() - operation.invoked.at_us).collect();
        assert_eq!(ended, [30_000; 3]);
    }
    assert!(
        run.heats[0].good.iter().map(|column| column.count()).sum::<u64>() == run.operations.len() as u64
    );
}

/// Whatever is set: no panic, and every light says something.
#[test]
fn the_corners_of_the_settings_bear_a_run() {
    for more in [
        "hops=1&shape=sequence",
        "hops=1&shape=parallel&bystanders=1",
        "hops=2&shape=parallel&trouble=errors&attempts=10",
        "bystanders=1&trouble=slow&bad_tier=1",
        "threads=1&rate=200&cancel=on&timeout=50ms&attempts=3",
        "copies=10&hedge=p95&hedges=3&pick=two&tokens=1&trouble=errors",
        "rule=half-each&carry=clock&expired=predict&hops=6&total=5ms&do=1s:clock:n2:-2s",
        "rate=0.01&capacity=0.1&narrow=1&narrow_capacity=4000",
        "copies=1&hedge=after&hedge_after=100us&hedges=3",
    ] {
        let run = run(&format!("deadline?{more}&for=3s"));
        assert_eq!(run.verdicts.len(), 4, "{more}");
    }
}
