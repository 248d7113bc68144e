//! Every link ever published opens, for ever, to what it opened to; and every link that a lab publishes is among them.

use splitbrain::lab::{Check, Lab};
use splitbrain::labs::LABS;
use splitbrain::link::{parse, print};
use splitbrain::scenario::Place;
use splitbrain_tests::{check_golden, labs};
use std::fs;
use std::path::Path;

const GOLDEN: &str = "golden/links.txt";

/// What a link opens to, a line each.
fn opened(link: &str) -> String {
    let opened = parse(link, LABS);
    let mut lines = opened.link.map(|link| format!("    = {}\n", print(&link, LABS))).unwrap_or_default();
    for problem in opened.problems {
        let place = match problem.place {
            Place::Link => "link".into(),
            Place::Lab => "lab".into(),
            Place::Key(key) => key,
            Place::Cue(number) => format!("cue {number}"),
        };
        lines += &format!("    ! {place}: {}\n", problem.sentence);
    }
    lines
}

/// Every link in a lab's tables.
fn published(lab: &dyn Lab) -> Vec<&'static str> {
    let presets = lab.presets().iter().map(|preset| preset.link);
    let claims = lab.claims().iter().map(|claim| claim.link);
    let challenges = lab.challenges().iter().flat_map(|challenge| [challenge.start, challenge.solution]);
    let checks = lab.fidelity().iter().filter_map(|fidelity| match fidelity.check {
        Check::Sweep { link, .. } | Check::Search { link, .. } => Some(link),
        Check::Exact(_) | Check::Breaks { .. } => None,
    });
    presets.chain(claims).chain(challenges).chain(checks).collect()
}

#[test]
fn every_link_opens_to_what_it_did() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    let old = fs::read_to_string(file).expect("the golden is there");
    let mut new = String::new();
    let mut known = Vec::new();
    for line in old.lines().filter(|line| !line.starts_with(' ')) {
        new += &format!("{line}\n");
        if !line.is_empty() && !line.starts_with("# ") {
            known.push(line);
            new += &opened(line);
        }
    }
    for lab in LABS {
        for link in published(*lab) {
            if !known.contains(&link) {
                known.push(link);
                new += &format!("{link}\n{}", opened(link));
            }
        }
    }
    if labs().len() == LABS.len() {
        return check_golden(GOLDEN, &new);
    }
    // A lab alone: other labs' links may tell of labs that there are now.
    for link in labs().iter().flat_map(|lab| published(*lab)) {
        let told = format!("{link}\n{}", opened(link));
        assert!(old.contains(&told), "not in {GOLDEN}, `cargo dev bless links` writes it:\n{told}");
    }
}

#[test]
fn what_labs_publish_opens_without_a_problem() {
    for lab in labs() {
        for text in published(*lab) {
            let opened = parse(text, LABS);
            assert_eq!(opened.problems, [], "{text}");
            assert!(opened.link.is_some_and(|link| link.scenario.lab == lab.meta().id), "{text}");
        }
    }
}
