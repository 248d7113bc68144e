//! What the page has its workers do: the checks of a lab, in slices of seeds. Plain values in and out, the same wherever a slice runs.

use crate::blackbox;
use splitbrain::lab::{Check, Detail, Fidelity, Lab};
use splitbrain::link::{Link, find_lab};
use splitbrain::many::{Judged, Work, judge_values, work_of_check};
use std::ops::Range;

/// The labs of the module.
type Labs = &'static [&'static dyn Lab];

/// A check, by the ids that the page names it by.
///
/// # Panics
/// When there is no such check: pages are printed from the same labs.
fn find(labs: Labs, lab: &str, check: &str) -> (&'static dyn Lab, &'static Fidelity) {
    let lab = find_lab(labs, lab).unwrap_or_else(|| panic!("there is no lab {lab}"));
    let found = lab.fidelity().iter().find(|fidelity| fidelity.id == check);
    (lab, found.unwrap_or_else(|| panic!("{} has no check {check}", lab.meta().id)))
}

/// Over how many seeds a check goes, in full or with few; 0 for one that is a function of its own and has no slices.
pub fn check_seeds(labs: Labs, lab: &str, check: &str, quick: bool) -> u32 {
    match find(labs, lab, check).1.check {
        Check::Sweep { seeds, .. } if !quick => seeds,
        Check::Sweep { quick, .. } => quick,
        Check::Exact(_) => 0,
    }
}

/// What a check measures under some of its seeds, in their order; runs that measured nothing add nothing.
pub fn check_values(labs: Labs, lab: &str, check: &str, seeds: Range<u32>) -> Vec<i64> {
    let (lab, fidelity) = find(labs, lab, check);
    let work = work_of_check(lab, fidelity, false).unwrap_or_else(|why| panic!("{why}"));
    let (Work::Sweep(mut scenario, _), Check::Sweep { tally, .. }) = (work, &fidelity.check) else {
        return Vec::new();
    };
    let measure = |seed| {
        scenario.seed = seed;
        blackbox::running(&Link::to(scenario.clone()));
        lab.run(&scenario, Detail::Totals).tally(tally)
    };
    seeds.filter_map(measure).collect()
}

/// Judges a check on all its values, in any order.
pub fn check_judged(labs: Labs, lab: &str, check: &str, values: &[i64]) -> Judged {
    let (lab, fidelity) = find(labs, lab, check);
    judge_values(lab, fidelity, values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::labs::LABS;
    use splitbrain::many::{Part, judge_check};

    /// Cuts seeds as a pool does: the sizes of slices go by how long others took.
    fn sliced(lab: &str, check: &str, seeds: u32, sizes: &[u32]) -> Vec<i64> {
        let (mut values, mut from) = (Vec::new(), 0);
        for size in sizes.iter().cycle() {
            let to = (from + size).min(seeds);
            values.push(check_values(LABS, lab, check, from..to));
            from = to;
            if from == seeds {
                break;
            }
        }
        // They may come back in any order.
        values.reverse();
        values.concat()
    }

    #[test]
    fn slices_of_any_size_are_judged_as_the_whole_is() {
        let mut kinds = Vec::new();
        for lab in LABS {
            for fidelity in lab.fidelity() {
                let Ok(Work::Sweep(scenario, _)) = work_of_check(*lab, fidelity, true) else { continue };
                let Check::Sweep { statistic, .. } = fidelity.check else { continue };
                let kind = (lab.meta().id, std::mem::discriminant(&statistic));
                // One check for each lab and statistic: what differs is how values are judged.
                if kinds.contains(&kind) {
                    continue;
                }
                kinds.push(kind);
                let seeds = check_seeds(LABS, kind.0, fidelity.id, true).min(7);
                let whole = judge_check(*lab, fidelity, Some(&Part::run(*lab, &scenario, 0..seeds)));
                for sizes in [&[1][..], &[3, 1], &[u32::MAX / 2]] {
                    let values = sliced(kind.0, fidelity.id, seeds, sizes);
                    assert_eq!(
                        check_judged(LABS, kind.0, fidelity.id, &values),
                        whole,
                        "{} by {sizes:?}",
                        fidelity.id
                    );
                }
            }
        }
        assert!(kinds.len() > 5);
    }

    #[test]
    fn a_check_of_its_own_has_no_slices() {
        assert_eq!(check_seeds(LABS, "ring", "jump-table", false), 0);
        assert!(check_values(LABS, "ring", "jump-table", 0..9).is_empty());
        assert!(check_judged(LABS, "ring", "jump-table", &[]).kept);
    }
}
