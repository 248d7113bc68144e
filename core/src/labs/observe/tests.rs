//! The lab's own tests, beside those that hold of every lab.

use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::scenario as opens;
use crate::link;
use crate::trace::{FactKey, NONE};
use std::collections::BTreeSet;

fn run(text: &str) -> Outcome {
    LAB.run(&opens(text), Detail::Full)
}

fn preset(id: &str) -> Outcome {
    let preset = presets::PRESETS.iter().find(|preset| preset.id == id).expect("a preset");
    LAB.run(&opens(preset.link), Detail::Totals)
}

#[test]
fn presets_show_what_they_say() {
    use State::{Broken, Kept, Unknown};
    for (id, expected) in [
        ("find-slow", [Kept, Kept, Kept, Kept, Unknown]),
        ("find-error", [Kept, Kept, Kept, Kept, Kept]),
        ("find-tenant", [Kept, Kept, Kept, Kept, Kept]),
        ("find-retry-storm", [Kept, Kept, Kept, Kept, Kept]),
        ("each", [Unknown, Broken, Kept, Kept, Unknown]),
        ("biased", [Kept, Kept, Broken, Kept, Kept]),
        ("user-label", [Kept, Kept, Kept, Broken, Broken]),
        ("blind", [Kept, Broken, Kept, Kept, Kept]),
        ("forgets", [Broken, Unknown, Unknown, Kept, Broken]),
        ("unjoined", [Kept, Kept, Kept, Kept, Broken]),
    ] {
        let run = preset(id);
        let lights = ["found", "whole", "unbiased", "cheap", "joined"]
            .map(|promise| run.verdict(promise).unwrap().judged().state);
        assert_eq!(lights, expected, "{id}");
    }
}

/// What was not kept is nowhere: no operation, no span, no record, no fact tells of it.
#[test]
fn what_was_dropped_is_found_by_no_click() {
    for more in [
        "",
        "head=1&tail=errors",
        "decide=each&head=0.3",
        "propagate=off&head=0.5",
        "services=40&instrumented=4&stand=random",
    ] {
        let run = run(&format!("observe?{more}"));
        let kept: BTreeSet<u32> = run.operations.iter().map(|operation| operation.number).collect();
        assert!(!kept.is_empty() && !run.trace.is_complete(), "{more}");
        assert!(kept.len() < 1_100, "{more}: something was dropped");
        let all = run.trace.records().iter().map(|record| record.op).filter(|op| *op != NONE);
        assert!(all.into_iter().all(|op| kept.contains(&op)), "{more}: a record");
        assert!(run.spans.iter().all(|span| kept.contains(&span.op)), "{more}: a span");
        for node in run.cast.nodes() {
            for key in run.trace.fact_keys(node).filter(|key| *key != FactKey::NOTE).collect::<Vec<_>>() {
                let ops = run.trace.history(node, key).map(|change| change.op).filter(|op| *op != NONE);
                assert!(ops.into_iter().all(|op| kept.contains(&op)), "{more}: a fact of {node:?}");
            }
        }
        // Every light that breaks names what is there.
        for step in
            run.verdicts.iter().flat_map(|verdict| &verdict.changes).flat_map(|change| &change.evidence)
        {
            let record = run.trace.get(step.record);
            assert!(record.is_none_or(|record| record.op == NONE), "{more}: {}", step.says);
        }
    }
}

/// A trace of which services have written nothing has holes, not guesses.
#[test]
fn torn_traces_have_holes() {
    let torn = run("observe?decide=each&head=0.3&fault=none");
    let untold = torn.spans.iter().filter(|span| span.untold).count();
    assert!(untold > 50, "{untold}");
    for span in &torn.spans {
        let told = [span.came_us, span.began_us, span.done_us].iter().any(Option::is_some);
        assert!(!told || !span.untold, "{span:?}");
    }
    let whole = run("observe?head=0.3&fault=none");
    assert!(whole.spans.iter().all(|span| !span.untold));
}

/// Neither link nor settings nor sentences tell where the fault is, and the nodes do not say so themselves.
#[test]
fn the_fault_is_told_nowhere() {
    for fault in ["slow", "errors", "tenant", "storm"] {
        let text = format!("observe?fault={fault}&log=off");
        let seeds: Vec<Outcome> =
            (0..2).map(|seed| LAB.run(&Scenario { seed, ..opens(&text) }, Detail::Full)).collect();
        for run in &seeds {
            for node in run.cast.nodes() {
                let key = FactKey { name: graph::fact::ROLE, index: 0 };
                let words: Vec<String> =
                    run.trace.history(node, key).map(|change| format!("{:?}", change.value)).collect();
                assert!(
                    words.iter().all(|word| !word.contains("slow") && !word.contains("failing")),
                    "{words:?}"
                );
            }
        }
        let said = |seed| LAB.sentences(&Scenario { seed, ..opens(&text) });
        assert_eq!(said(0), said(1));
        let places: BTreeSet<String> =
            (0..40).map(|seed| format!("{:?}", Params::of(&opens(&text).values).hidden(seed))).collect();
        assert!(places.len() > 8, "the seed decides: {places:?}");
    }
}

#[test]
fn an_answer_is_right_or_wrong() {
    for seed in 0..20 {
        let params = |more: &str| Params::of(&opens(&format!("observe?{more}")).values);
        let hidden = params("").hidden(seed).expect("a fault");
        let (whose, which) = (hidden.whose.0, hidden.whose.1);
        let word = format!("{whose:?}").to_lowercase();
        let right = format!("answer_tier={}&answer_whose={word}&answer_which={which}", hidden.service);
        assert!(params(&right).is_answer(seed), "{right}");
        let wrong =
            format!("answer_tier={}&answer_whose={word}&answer_which={which}", 1 + hidden.service % 12);
        assert!(!params(&wrong).is_answer(seed) && !params("").is_answer(seed));
    }
}

#[test]
fn what_cannot_be_set_or_asked_is_said() {
    let problem = |text: &str| link::parse(text, &[&LAB]).problems.first().map(|p| p.sentence.clone());
    assert!(problem("observe?look=13").unwrap().contains("no such service"));
    assert!(problem("observe?do=1s:ask:n1:call").unwrap().contains("only tenants"));
    assert_eq!(problem("observe?look=12&do=1s:ask:c1:call-2"), None);
}

#[test]
fn live_sentences_say_what_samplers_keep() {
    let said = |text: &str| LAB.sentences(&opens(text)).join(" ");
    let each = said("observe?decide=each");
    assert!(
        each.contains("any span is kept with 0.271, all three with 0.001; a threshold of th:e6666666666666"),
        "{each}"
    );
    assert!(said("observe?labels=user").contains("10,080,000 series"), "{}", said("observe?labels=user"));
    let full = said("observe?head=1&tail=errors&num_traces=50");
    assert!(full.contains("Memory is full after 0.8 s, and a decision takes 3.0 s"), "{full}");
    assert!(
        said("observe?services=40&instrumented=4&stand=random").contains("a path of three with 0.000405")
    );
}

/// Whatever is set: no panic, and every light says something.
#[test]
fn the_corners_of_the_settings_bear_a_run() {
    for more in [
        "services=4&instances=1&tenants=1&users=1&instrumented=1&fault=tenant",
        "services=40&instances=4&tenants=8&rate=1&labels=tenant&look=40",
        "head=0.001&tail=both&tail_rest=0&decision_wait=1m&num_traces=1",
        "scrape=100ms&labels=user&users=100000&log=all&do=1s:crash:k1,2s:start:k1",
        "rate=1000&propagate=off&decide=each&log=off&for=1s",
        "fault=storm&share=1&fault_at=0ms&fault_for=1h&do=1s:cut:n1-n3.n4,2s:heal",
        "fault=spike&do=1s:double:n3:1,1.1s:clock:n3:2s",
    ] {
        let text = format!("observe?{more}");
        let text = if more.contains("for=") { text } else { format!("{text}&for=3s") };
        let opened = link::parse(&text, crate::labs::LABS);
        let scenario = opened.link.expect("a lab").scenario;
        assert_eq!(LAB.run(&scenario, Detail::Full).verdicts.len(), 5, "{more}");
    }
}
