//! Judges fidelity checks and claims: what must be run for them, and whether what came out agrees with what is published.

use super::search::Search;
use super::sweep::Part;
use crate::counted::counted;
use crate::lab::{Check, Claim, Detail, Fidelity, Holds, Lab, Proof, State, Statistic, Unit};
use crate::link;
use crate::scenario::Scenario;
use crate::stats::Sample;
use std::ops::Range;

/// How a check or a claim turned out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    /// Whether it is as published.
    pub kept: bool,
    /// What was expected, in words.
    pub expected: String,
    /// What was measured, in words.
    pub measured: String,
}

/// What has to be run before a claim can be judged.
#[derive(Clone, Debug)]
pub enum Work {
    /// A scenario under seeds 0 to n-1.
    Sweep(Scenario, u32),
    /// Nothing but the check's own function, or a single run.
    Itself,
}

/// What decides the scripts of a check's search: which runs are tried is part of the check.
const SEARCH_SEED: u32 = 1;

fn scenario_of(lab: &'static dyn Lab, text: &str) -> Result<Scenario, String> {
    let opened = link::parse(text, &[lab]);
    match (opened.link, opened.problems.first()) {
        (Some(link), None) => Ok(link.scenario),
        (_, problem) => Err(format!("{text}: {}", problem.map_or("no lab", |p| &p.sentence))),
    }
}

/// Runs and judges a fidelity check; `quick` for tests, otherwise in full.
pub fn judge_check(lab: &'static dyn Lab, fidelity: &Fidelity, quick: bool) -> Judged {
    let units = check_units(fidelity, quick);
    match check_values(lab, fidelity, 0..units, |_| ()) {
        Ok(values) => judge_values(lab, fidelity, units, &values),
        Err(why) => cannot_run(why),
    }
}

/// What is said where a check's own link is wrong.
pub fn cannot_run(why: String) -> Judged {
    Judged { kept: false, expected: "a link that runs".into(), measured: why }
}

/// Of how many runs a check consists, in full or with few seeds; 0 where it is a function of its own, which is one piece.
pub fn check_units(fidelity: &Fidelity, quick: bool) -> u32 {
    let of = |all: u32, few: u32| if quick { few } else { all };
    match fidelity.check {
        Check::Sweep { seeds, quick, .. } => of(seeds, quick),
        Check::Breaks { cases, seeds, quick, .. } => cases.len() as u32 * of(seeds, quick),
        Check::Search { runs, quick, .. } => of(runs, quick),
        Check::Exact(_) => 0,
    }
}

/// What some of a check's runs come to: the values of its tally; for each run that breaks the promise the place of its link; or of a search the
/// first run that is found. Slices of the runs are judged as all of them are. `note` is told of each scenario before it runs.
///
/// # Errors
/// When the check's own link is wrong.
pub fn check_values(
    lab: &'static dyn Lab,
    fidelity: &Fidelity,
    units: Range<u32>,
    mut note: impl FnMut(&Scenario),
) -> Result<Vec<i64>, String> {
    let mut run = |scenario: &mut Scenario, seed: u32| {
        scenario.seed = seed;
        note(scenario);
        lab.run(scenario, Detail::Totals)
    };
    match &fidelity.check {
        Check::Exact(_) => Ok(Vec::new()),
        Check::Sweep { link, tally, .. } => {
            let mut scenario = scenario_of(lab, link)?;
            Ok(units.filter_map(|seed| run(&mut scenario, seed).tally(tally)).collect())
        }
        Check::Breaks { cases, promise, .. } => {
            let scenarios: Result<Vec<_>, _> = cases.iter().map(|(_, link)| scenario_of(lab, link)).collect();
            let (mut scenarios, count) = (scenarios?, cases.len() as u32);
            let broken = |unit: &u32| {
                let outcome = run(&mut scenarios[(unit % count) as usize], unit / count);
                outcome.stands(promise, State::Broken)
            };
            Ok(units.filter(broken).map(|unit| i64::from(unit % count)).collect())
        }
        Check::Search { link, promises, without, .. } => {
            let search = Search::new(lab, &scenario_of(lab, link)?, promises, SEARCH_SEED, without)?;
            let breaks = |number: &u32| {
                let scenario = search.scenario(*number);
                note(&scenario);
                search.breaks(&scenario).is_some()
            };
            Ok({ units }.find(breaks).map(i64::from).into_iter().collect())
        }
    }
}

/// Judges a fidelity check on what its runs came to, in any order. A check that is a function of its own needs none.
pub fn judge_values(lab: &'static dyn Lab, fidelity: &Fidelity, units: u32, values: &[i64]) -> Judged {
    match &fidelity.check {
        Check::Exact(check) => {
            let (kept, measured) = match check() {
                Ok(said) => (true, said),
                Err(said) => (false, said),
            };
            Judged { kept, expected: "exactly so".into(), measured }
        }
        Check::Sweep { tally, statistic, expected, error, .. } => {
            let mut sample = Sample::default();
            values.iter().for_each(|value| sample.add(*value));
            judge_statistic(&sample, tally_of(lab, tally).1, *statistic, *expected, *error)
        }
        Check::Breaks { cases, expected, kept, .. } => {
            let mut counts = vec![0u32; cases.len()];
            values.iter().for_each(|place| counts[*place as usize] += 1);
            let each: Vec<String> =
                cases.iter().zip(&counts).map(|((name, _), count)| format!("{name}: {count}")).collect();
            let measured =
                format!("broken in {}, of {} runs each", each.join("; "), units / cases.len() as u32);
            Judged { kept: kept(&counts), expected: (*expected).into(), measured }
        }
        Check::Search { found, .. } => {
            let (first, all) = (values.iter().min(), counted(units, "run"));
            let expected = if *found { format!("found within {all}") } else { format!("none in {all}") };
            let measured = first
                .map_or_else(|| format!("none in {all}"), |number| format!("found by run {}", number + 1));
            Judged { kept: first.is_some() == *found, expected, measured }
        }
    }
}

/// The place of a tally among its lab's, and its unit.
fn tally_of(lab: &dyn Lab, name: &str) -> (usize, Unit) {
    let place = lab.meta().tallies.iter().position(|tally| tally.name == name);
    let place = place.expect("a check names a tally of its lab");
    (place, lab.meta().tallies[place].unit)
}

fn judge_statistic(sample: &Sample, unit: Unit, statistic: Statistic, expected: f64, error: f64) -> Judged {
    let summary = sample.summary();
    let unit = unit.divisor();
    let root = libm::sqrt(summary.count as f64);
    let (measured, own) = match statistic {
        Statistic::Mean => (summary.mean / unit, summary.standard_error() / unit),
        Statistic::Proportion => (summary.mean, libm::sqrt(expected * (1.0 - expected)) / root),
        Statistic::Quantile { per_mille, spread } => {
            let value = sample.quantile(u64::from(per_mille) * 1_000).unwrap_or(0);
            (value as f64 / unit, spread / root)
        }
        Statistic::AtMost | Statistic::Always => (summary.greatest as f64 / unit, 0.0),
        Statistic::AtLeast => (summary.least as f64 / unit, 0.0),
    };
    let tolerance = 4.0 * libm::sqrt(own * own + error * error);
    let kept = summary.count > 0
        && match statistic {
            Statistic::AtMost => measured <= expected,
            Statistic::AtLeast => measured >= expected,
            Statistic::Always => measured == expected && summary.least as f64 / unit == expected,
            _ => (measured - expected).abs() <= tolerance,
        };
    let expected = match statistic {
        Statistic::AtMost => format!("at most {expected}"),
        Statistic::AtLeast => format!("at least {expected}"),
        Statistic::Always => format!("always {expected}"),
        _ => format!("{expected} ± {tolerance:.5}"),
    };
    Judged { kept, expected, measured: format!("{measured:.5} over {} runs", summary.count) }
}

/// What a claim needs run; `quick` takes a tenth of the seeds where the proof is about none of them.
///
/// # Errors
/// When the claim's own link is wrong.
pub fn work_of_claim(lab: &'static dyn Lab, claim: &Claim, quick: bool) -> Result<Work, String> {
    match claim.proof {
        Proof::Run(_) | Proof::Shown(_) => Ok(Work::Itself),
        Proof::NoneOf { seeds } if quick => {
            Ok(Work::Sweep(scenario_of(lab, claim.link)?, (seeds / 10).max(1)))
        }
        Proof::NoneOf { seeds } | Proof::SomeOf { seeds, .. } => {
            Ok(Work::Sweep(scenario_of(lab, claim.link)?, seeds))
        }
    }
}

/// Judges a claim on what its work came to.
pub fn judge_claim(lab: &'static dyn Lab, claim: &Claim, part: Option<&Part>) -> Judged {
    let promise = claim.promise;
    let broken =
        |part: &Part| part.count(lab, promise, State::Broken).expect("a claim names a promise of its lab");
    let verdict = match claim.holds {
        Holds::Yes => "holds".to_string(),
        Holds::If(condition) => format!("holds if {condition}"),
        Holds::No(_) => "false".to_string(),
    };
    match (claim.proof, part) {
        (Proof::Run(state), _) => match scenario_of(lab, claim.link) {
            Err(why) => Judged { kept: false, expected: verdict, measured: why },
            Ok(scenario) => {
                let outcome = lab.run(&scenario, Detail::Totals);
                let verdict_of = outcome.verdict(promise).expect("a claim names a promise of its lab");
                let last = verdict_of.judged();
                let expected = format!("{verdict}: {promise} {}", state.word());
                let measured = format!("{promise} {}: {}", last.state.word(), last.why);
                Judged { kept: last.state == state, expected, measured }
            }
        },
        (Proof::Shown(show), _) => {
            let (kept, measured) = match show() {
                Ok(said) => (true, said),
                Err(said) => (false, said),
            };
            Judged { kept, expected: verdict, measured }
        }
        (Proof::NoneOf { .. }, Some(part)) => Judged {
            kept: broken(part) == 0,
            expected: format!("{verdict}: {promise} broken in none"),
            measured: format!("{} of {} runs", broken(part), part.seeds),
        },
        (Proof::SomeOf { at_least, .. }, Some(part)) => Judged {
            kept: broken(part) >= at_least,
            expected: format!("{verdict}: {promise} broken in {at_least} at the least"),
            measured: format!("{} of {} runs", broken(part), part.seeds),
        },
        (Proof::NoneOf { .. } | Proof::SomeOf { .. }, None) => unreachable!("a sweep is judged on its runs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs;

    /// The printed tally of one run.
    fn printed(link: &str, name: &str) -> f64 {
        let lab = labs::find(link.split('?').next().expect("a link begins with its lab"))
            .expect("there is such a lab");
        let outcome = lab.run(&scenario_of(lab, link).expect("the link opens"), Detail::Totals);
        let tally = outcome.tallies.iter().find(|tally| tally.name == name).expect("a tally of the lab");
        tally.value.expect("something was measured") as f64 / tally.unit.divisor()
    }

    #[test]
    fn ratios_are_what_their_counts_make_them() {
        let link = "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&for=10s";
        let ratio = printed(link, "requests") / printed(link, "calls");
        assert!((printed(link, "amplification") - 100.0 * ratio).abs() < 1e-6);
        assert!((printed(link, "goodput") - printed(link, "ok") / 10.0).abs() < 1e-6, "over ten seconds");
        let link = "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_at=0ms&trouble_for=7s&breaker=off&for=7s";
        let [ok, late, failed] = ["ok", "late", "failed"].map(|name| printed(link, name));
        assert!((printed(link, "success_permille") - 1_000.0 * ok / (ok + late + failed)).abs() < 1e-6);
        let link = "ring?strategy=modulo&keys=7&data=1&utilisation=0&for=1s&when=0ms";
        assert!(
            (printed(link, "moved_mb") - 3.0 * printed(link, "moved_share")).abs() < 4e-6,
            "a row is 3/7 MB"
        );
    }

    /// What a run is cut by would be missing in the mean, with however many runs.
    #[test]
    fn the_mean_of_many_runs_is_what_theory_says() {
        let breaker = labs::find("breaker").expect("there is such a lab");
        let check =
            breaker.fidelity().iter().find(|check| check.id == "shard-off").expect("the check is there");
        assert!(matches!(check.check, Check::Sweep { expected, .. } if expected == 875.0), "87.5 %");
        let units = check_units(check, true);
        let values = check_values(breaker, check, 0..units, |_| ()).expect("the check's link opens");
        let judged = judge_values(breaker, check, units, &values);
        assert!(judged.kept, "{judged:?}");
    }
}
