//! The published numbers: the kernel's and every lab's checks in their quick form, and the claims.

use splitbrain::lab::{Check, Lab};
use splitbrain::labs::LABS;
use splitbrain::many::{Judged, Part, Work, judge_check, judge_claim, queueing, work_of_claim};
use splitbrain_tests::labs;

/// Runs what something needs run.
fn part(lab: &'static dyn Lab, work: Result<Work, String>) -> Option<Part> {
    match work.unwrap_or_else(|why| panic!("{}: {why}", lab.meta().id)) {
        Work::Sweep(scenario, seeds) => Some(Part::run(lab, &scenario, 0..seeds)),
        Work::Itself => None,
    }
}

/// Fails with all that is not as published, not only with the first.
fn assert_kept(judged: impl Iterator<Item = (String, Judged)>) {
    let broken: Vec<String> = judged
        .filter(|(_, judged)| !judged.kept)
        .map(|(name, judged)| {
            format!("{name}\n    expected {}; measured {}", judged.expected, judged.measured)
        })
        .collect();
    assert!(broken.is_empty(), "not as published:\n  {}", broken.join("\n  "));
}

#[test]
fn the_kernel_is_as_published() {
    assert_kept(queueing::FIDELITY.iter().map(|check| {
        assert!(matches!(check.check, Check::Exact(_)), "the kernel has no links");
        (format!("kernel: {}", check.id), judge_check(LABS[0], check, true))
    }));
}

#[test]
fn labs_are_as_published() {
    assert_kept(labs().iter().flat_map(|lab| {
        lab.fidelity()
            .iter()
            .map(|check| (format!("{}: {}", lab.meta().id, check.claim), judge_check(*lab, check, true)))
    }));
}

#[test]
fn claims_are_as_said() {
    assert_kept(labs().iter().flat_map(|lab| {
        lab.claims().iter().map(|claim| {
            let part = part(*lab, work_of_claim(*lab, claim, true));
            (format!("{}: {}", lab.meta().id, claim.sentence), judge_claim(*lab, claim, part.as_ref()))
        })
    }));
}
