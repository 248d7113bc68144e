//! The lab's own tests, beside those that hold of every lab.

use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::scenario as opens;
use crate::link;

fn run(text: &str) -> Outcome {
    LAB.run(&opens(text), Detail::Totals)
}

fn preset(id: &str) -> Outcome {
    run(presets::PRESETS.iter().find(|preset| preset.id == id).expect("a preset").link)
}

/// What each preset is there to show: its lights, in the order of the promises.
#[test]
fn presets_keep_and_break_what_they_say() {
    use State::{Broken, Kept, Unknown};
    let lights = |run: &Outcome| {
        ["quick", "whole", "up", "spare", "stable", "limited"]
            .map(|promise| run.verdict(promise).expect("a promise").judged().state)
    };
    let mut wrong = Vec::new();
    for (id, expected) in [
        ("page", [Kept, Kept, Unknown, Unknown, Kept, Unknown]),
        ("fan-100", [Broken, Kept, Unknown, Unknown, Unknown, Unknown]),
        ("one-slow-leaf", [Broken, Kept, Kept, Unknown, Kept, Unknown]),
        ("good-enough", [Kept, Broken, Unknown, Unknown, Unknown, Unknown]),
        ("sequence-parallel", [Kept, Kept, Unknown, Unknown, Unknown, Unknown]),
        ("hedge-quiet", [Kept, Kept, Unknown, Kept, Kept, Unknown]),
        ("hedge-collapse", [Broken, Kept, Unknown, Broken, Broken, Unknown]),
        ("hedge-cancel", [Kept, Kept, Unknown, Kept, Kept, Unknown]),
        ("hedge-budget", [Kept, Kept, Unknown, Kept, Kept, Unknown]),
        ("two-copies", [Kept, Kept, Unknown, Unknown, Kept, Unknown]),
        ("the-trap", [Kept, Kept, Unknown, Broken, Unknown, Unknown]),
        ("slow-moment", [Broken, Kept, Kept, Broken, Broken, Unknown]),
        ("essential", [Kept, Broken, Kept, Unknown, Kept, Unknown]),
        ("mesh-retries", [Broken, Broken, Broken, Unknown, Kept, Unknown]),
        ("shared-store", [Broken, Kept, Unknown, Unknown, Broken, Unknown]),
        ("noisy-client", [Kept, Kept, Unknown, Unknown, Kept, Broken]),
    ] {
        let lights = lights(&preset(id));
        if lights != expected {
            wrong.push(format!("{id}: {lights:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_cannot_be_is_said() {
    let problem = |text: &str| link::parse(text, &[&LAB]).problems.first().map(|p| p.sentence.clone());
    for (link, says) in [
        ("gateway?fan=2000", "up to 2,000 servers"),
        ("gateway?need=k&k=11", "no so many parts"),
        ("gateway?need=k&shape=sequence", "one after the other"),
        ("gateway?need=essential&essential=11", "no so many parts"),
        ("gateway?hedge=after&copies=2", "hedged or copied"),
        ("gateway?hedge=after&app_attempts=2", "hedges or retries, not both"),
        ("gateway?hedge=after&mesh=on&mesh_attempts=2", "hedges or retries, not both"),
        ("gateway?copies=3", "servers of their own"),
        ("gateway?trouble=store", "there is no store"),
        ("gateway?do=1s:ask:n1:call", "only clients"),
    ] {
        let problem = problem(link).unwrap_or_default();
        assert!(problem.contains(says), "{link}: {problem}");
    }
    assert_eq!(
        problem("gateway?hedge=after&mesh=on&app_attempts=2"),
        None,
        "the sidecar hedges, the application tries again"
    );
    assert_eq!(problem("gateway?do=1s:ask:c1:call,1s:crash:n7,2s:start:n7,3s:pause:n1:500ms"), None);
}

#[test]
fn live_sentences_say_what_theory_says() {
    let said = |text: &str| LAB.sentences(&opens(text)).join(" ");
    for (link, says) in [
        ("gateway?fan=100&slow_share=0.01", "1 − (1 − p)^n = 63.4 %"),
        ("gateway?availability=0.999", "is whole 99 % of the time"),
        (
            "gateway?fan=100&queues=off",
            "All 100 parts are there after 51.9 ms on average, and after 92.1 ms in 99 of 100",
        ),
        (
            "gateway?fan=100&need=k&k=95&queues=off",
            "95 of 100 parts are there after 29.0 ms on average, and after 40.1 ms",
        ),
        ("gateway?fan=5&shape=sequence&queues=off", "take 50.0 ms on average, at once 22.8 ms"),
        ("gateway?copies=2", "2 copies make 60 % of a load of 30 %; they help below 1/(k + 1) = 33.33 %"),
        ("gateway?copies=2&utilisation=0.6", "120 % of a load of 60 %, which is more"),
        ("gateway?copies=2&queues=off", "it always helps"),
        ("gateway?hedge=after&utilisation=0.8", "there would be 160 % of the work"),
        ("gateway?store=on&mesh=on&app_attempts=3&mesh_attempts=3", "up to 81 requests"),
        (
            "gateway?utilisation=1.2&clients=5&greedy=20&limiter=client",
            "The first client asks 200 times a second, and is let in 20 times",
        ),
        (
            "gateway?utilisation=1.2&clients=5&greedy=20&limiter=all",
            "ask 240 times a second and are let in 100 times",
        ),
    ] {
        let said = said(link);
        assert!(said.contains(says), "{link}: {said}");
    }
}

/// The page is a tree: its parts under it, and each sidecar between.
#[test]
fn a_page_is_a_tree_of_spans() {
    let run = LAB.run(&opens("gateway?utilisation=0.1&mesh=on&for=2s"), Detail::Full);
    let (first, spans) = run.spans_of(0);
    let parents: Vec<Option<u32>> = spans.iter().map(|span| span.parent).collect();
    let page = Some(first as u32);
    assert_eq!(parents.iter().filter(|parent| **parent == page).count(), 10);
    assert_eq!(spans.len(), 21);
    assert!(spans.iter().all(|span| span.ended_us.is_some() && !span.is_hedge));
    let hedged = LAB.run(&opens("gateway?hedge=after&hedge_after=5ms&for=2s"), Detail::Full);
    let spans = hedged.spans_of(0).1;
    assert_eq!(
        spans.iter().filter(|span| !span.is_hedge).count(),
        11,
        "the page, and a first try of each part"
    );
    assert!(spans.iter().any(|span| span.is_hedge));
}

/// Second requests without lines are the paper's; with lines they are load: the two models differ where it matters, and the switch is one.
#[test]
fn both_models_are_there_and_they_differ() {
    let mean = |more: &str| {
        run(&format!("gateway?fan=1&rate=800&{more}&latency=0ms&auth=0ms&from=1s&for=11s"))
            .tally("mean_ms")
            .unwrap()
    };
    let (drawn, drawn_two) = (
        mean("queues=off&utilisation=0.4&replicas=20"),
        mean("queues=off&utilisation=0.4&replicas=20&copies=2"),
    );
    let (one, two) = (mean("utilisation=0.4&replicas=20"), mean("utilisation=0.4&replicas=20&copies=2"));
    assert!(drawn_two * 100 < drawn * 55, "{drawn} and {drawn_two} µs");
    assert!(two * 100 > one * 130, "{one} and {two} µs");
}

/// Whatever is set: no panic, and every light says something.
#[test]
fn the_corners_of_the_settings_bear_a_run() {
    for more in [
        "fan=1&replicas=1&store=on&mesh=on",
        "fan=2000&replicas=1&utilisation=0.01",
        "fan=3&shape=sequence&need=essential&essential=0&availability=0",
        "need=essential&essential=0&deadline=1ms",
        "fan=5&k=1&need=k&cancel=done&trouble=part",
        "utilisation=2&copies=2&cancel=done&deadline=20ms",
        "mesh=on&store=on&app_attempts=10&mesh_attempts=10&fan=1&utilisation=0.01&trouble=store",
        "hedge=p95&hedge_budget=0.001&slow_share=1&slow=1s&queues=off",
        "clients=50&greedy=1000&limiter=client&limit=0.01",
        "clients=50&limiter=all&limit=4000",
        "trouble=leaves&slowdown=100000&trouble_at=0ms&trouble_for=1m",
        "leaf=pareto-1ms-0.9&auth=0ms&proxy=0ms&latency=0ms",
    ] {
        let run = LAB.run(&opens(&format!("gateway?{more}&for=2s")), Detail::Full);
        assert_eq!(run.verdicts.len(), 6, "{more}");
    }
}
