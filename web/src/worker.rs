//! What the page has its workers do: runs, and the checks of a lab, in slices of their runs. Plain values in and out, the same wherever a slice runs.

use crate::blackbox;
use crate::data::{self, Run};
use serde::Serialize;
use splitbrain::lab::{Detail, Fidelity, Lab};
use splitbrain::link::{self, Link, Opened, find_lab};
use splitbrain::many::{self, Judged, judge_values};
use splitbrain::scenario::Scenario;
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

/// Runs a link to its end, of two runs the first.
///
/// # Errors
/// What is wrong with a link that names none of these labs.
pub fn run(labs: Labs, text: &str) -> Result<Run, String> {
    let Opened { link, problems } = link::parse(text, labs);
    let sentences =
        || problems.iter().map(|problem| problem.sentence.as_str()).collect::<Vec<_>>().join("; ");
    let link = link.ok_or_else(sentences)?;
    let lab = find_lab(labs, link.scenario.lab).expect("a link that was read has a lab");
    blackbox::running(&link);
    let outcome = lab.run(&link.scenario, Detail::Totals);
    Ok(data::run(&link::print(&link, labs), &outcome))
}

/// Of how many runs a check consists, in full or with few seeds; 0 for one that is a function of its own and has no slices.
pub fn check_units(labs: Labs, lab: &str, check: &str, quick: bool) -> u32 {
    many::check_units(find(labs, lab, check).1, quick)
}

/// What some of a check's runs come to.
pub fn check_values(labs: Labs, lab: &str, check: &str, units: Range<u32>) -> Vec<i64> {
    let (lab, fidelity) = find(labs, lab, check);
    let note = |scenario: &Scenario| blackbox::running(&Link::to(scenario.clone()));
    many::check_values(lab, fidelity, units, note).unwrap_or_else(|why| panic!("{why}"))
}

/// How a check turned out.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Told {
    /// Whether it is as published.
    pub kept: bool,
    /// What was expected, in words.
    pub expected: String,
    /// What was measured, likewise.
    pub measured: String,
}

impl From<Judged> for Told {
    fn from(Judged { kept, expected, measured }: Judged) -> Told {
        Told { kept, expected, measured }
    }
}

/// Judges a check on what all its runs came to, in any order.
pub fn check_judged(labs: Labs, lab: &str, check: &str, units: u32, values: &[i64]) -> Told {
    let (lab, fidelity) = find(labs, lab, check);
    judge_values(lab, fidelity, units, values).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::lab::Check;
    use splitbrain::labs::LABS;

    /// Cuts runs as a pool does: the sizes of slices go by how long others took.
    fn sliced(lab: &str, check: &str, units: u32, sizes: &[u32]) -> Vec<i64> {
        let (mut values, mut from) = (Vec::new(), 0);
        for size in sizes.iter().cycle() {
            let to = (from + size).min(units);
            values.push(check_values(LABS, lab, check, from..to));
            from = to;
            if from == units {
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
                // One check for each lab and statistic: what differs is how values are judged.
                let kind = match fidelity.check {
                    Check::Sweep { statistic, .. } => Some(std::mem::discriminant(&statistic)),
                    Check::Breaks { .. } | Check::Search { .. } => None,
                    Check::Exact(_) => continue,
                };
                let kind = (lab.meta().id, kind);
                if kinds.contains(&kind) {
                    continue;
                }
                kinds.push(kind);
                let units = check_units(LABS, kind.0, fidelity.id, true).min(12);
                let whole = check_judged(
                    LABS,
                    kind.0,
                    fidelity.id,
                    units,
                    &check_values(LABS, kind.0, fidelity.id, 0..units),
                );
                for sizes in [&[1][..], &[5, 2]] {
                    let values = sliced(kind.0, fidelity.id, units, sizes);
                    let judged = check_judged(LABS, kind.0, fidelity.id, units, &values);
                    assert_eq!(judged, whole, "{} by {sizes:?}", fidelity.id);
                }
            }
        }
        assert!(kinds.len() > 5);
    }

    #[test]
    fn a_run_comes_to_what_its_link_says_or_says_what_is_wrong_with_it() {
        let run = super::run(LABS, "quorum?w=1&r=1").unwrap();
        let printed = serde_json::to_value(&run).unwrap();
        assert_eq!((&printed["format"], &printed["link"]), (&1.into(), &"quorum?w=1&r=1".into()));
        assert!(printed["tallies"].is_object() && printed["digest"].as_str().is_some_and(|d| d.len() == 8));
        assert!(super::run(LABS, "nolab?w=1").unwrap_err().contains("there is no lab"));
    }

    #[test]
    fn a_check_of_its_own_has_no_slices() {
        assert_eq!(check_units(LABS, "ring", "jump-table", false), 0);
        assert!(check_values(LABS, "ring", "jump-table", 0..9).is_empty());
        assert!(check_judged(LABS, "ring", "jump-table", 0, &[]).kept);
    }
}
