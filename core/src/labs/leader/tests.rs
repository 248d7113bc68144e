//! Runs of the lab: its presets show what they say.

use super::LAB;
use crate::lab::{Detail, Lab, Outcome, State};
use crate::labs::tests::scenario;

fn outcome(text: &str) -> Outcome {
    LAB.run(&scenario(text), Detail::Full)
}

#[test]
fn presets_show_what_they_say() {
    for preset in LAB.presets() {
        let outcome = outcome(preset.link);
        let found: Vec<&str> = LAB
            .meta
            .promises
            .iter()
            .map(|promise| promise.id)
            .filter(|light| outcome.stands(light, State::Broken))
            .collect();
        let figures: Vec<String> =
            outcome.tallies.iter().map(|t| format!("{}={:?}", t.name, t.value)).collect();
        println!("{}: {found:?} {}", preset.id, figures.join(" "));
    }
}

#[test]
fn explore() {
    use crate::many::{Part, Work, judge_check, judge_claim, work_of_check, work_of_claim};
    let lab: &'static dyn Lab = &LAB;
    let canonical = |text: &str| {
        let link = crate::link::parse(text, crate::labs::LABS);
        if !link.problems.is_empty() {
            println!("PROBLEM {text}: {:?}", link.problems);
        }
        if let Some(link) = link.link {
            let printed = crate::link::print(&link, crate::labs::LABS);
            if printed != text {
                println!("CANON {text}\n   -> {printed}");
            }
        }
    };
    for preset in lab.presets() {
        canonical(preset.link);
    }
    for check in lab.fidelity() {
        let part = match work_of_check(lab, check, true) {
            Ok(Work::Sweep(scenario, seeds)) => Some(Part::run(lab, &scenario, 0..seeds)),
            Ok(Work::Itself) => None,
            Err(why) => {
                println!("{}: {why}", check.id);
                continue;
            }
        };
        let judged = judge_check(lab, check, part.as_ref());
        println!(
            "CHECK {} {} {}: {}",
            if judged.kept { "ok" } else { "WRONG" },
            check.id,
            judged.expected,
            judged.measured
        );
    }
    for claim in lab.claims() {
        canonical(claim.link);
        let part = match work_of_claim(lab, claim, true) {
            Ok(Work::Sweep(scenario, seeds)) => Some(Part::run(lab, &scenario, 0..seeds)),
            _ => None,
        };
        let judged = judge_claim(lab, claim, part.as_ref());
        println!(
            "CLAIM {} {} {}: {}",
            if judged.kept { "ok" } else { "WRONG" },
            claim.id,
            judged.expected,
            judged.measured
        );
    }
    for challenge in lab.challenges() {
        canonical(challenge.start);
        canonical(challenge.solution);
        let reached = |text: &str| {
            let scenario = scenario(text);
            (challenge.goal)(&scenario, &LAB.run(&scenario, Detail::Full))
        };
        println!(
            "CHALLENGE {} start {} solution {}",
            challenge.id,
            reached(challenge.start),
            reached(challenge.solution)
        );
    }
}
