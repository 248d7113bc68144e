//! `cargo dev search`: a link under other luck and random scripts, until a promise breaks, on all cores.
use std::process::ExitCode;

use anyhow::Result;
use rayon::prelude::*;
use splitbrain::lab::{Detail, Lab};
use splitbrain::labs::LABS;
use splitbrain::link::{self, Link};
use splitbrain::many::{MAX_BUDGET, Search, Violation};
use splitbrain::scenario::Scenario;
use splitbrain::time::DurationUs;

use crate::opened::{self, BadInput, Opened};
use crate::sweep::MAX_WORK;

/// Looks for a run that breaks a promise: the link, then with other luck and random acts beside its script.
#[derive(clap::Args)]
pub struct Args {
    /// The link; of one with two runs, the first
    link: String,
    /// The promise that is to break, by its id; where the link names one, that is taken
    #[arg(long, value_name = "NAME")]
    law: Option<String>,
    /// How many runs are tried
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_BUDGET)))]
    budget: u32,
    /// What decides the scripts: the same seed tries the same runs
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Acts that are not tried, as in `wipe,clock`
    #[arg(long, value_delimiter = ',', value_name = "ACTS")]
    without: Vec<String>,
}

/// Searches, and prints the link of a run that breaks the promise, or what was tried.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Opened { lab, link } = opened::open(&args.link)?;
    let Some(law) = args.law.as_deref().or(link.envelope.law) else {
        let known: Vec<&str> = lab.meta().promises.iter().map(|promise| promise.id).collect();
        let known = known.join(", ");
        return Err(BadInput(format!("say with --law which promise is to break: {known}")).into());
    };
    let without: Vec<&str> = args.without.iter().map(String::as_str).collect();
    let search = Search::new(lab, &link.scenario, &[law], args.seed, &without).map_err(BadInput)?;
    may_take(lab, &link.scenario, args.budget)?;
    match all_cores(&search, args.budget) {
        Some(found) => print!("{}", told(&link, found)),
        None => println!("{}", search.tried(args.budget)),
    }
    Ok(ExitCode::SUCCESS)
}

/// The first run of a search that breaks the promise; which that is does not depend on how they were shared out.
fn all_cores(search: &Search, budget: u32) -> Option<Violation> {
    // In chunks, so that no core tries what comes long after the first.
    const CHUNK: u32 = 256;
    (0..budget).step_by(CHUNK as usize).find_map(|from| {
        (from..budget.min(from + CHUNK)).into_par_iter().find_map_first(|number| search.attempt(number))
    })
}

/// Refuses a search that would take longer than anybody waits, by what the link itself takes.
fn may_take(lab: &'static dyn Lab, scenario: &Scenario, budget: u32) -> Result<(), BadInput> {
    let most = MAX_WORK / u64::from(budget);
    match lab.run_within(scenario, Detail::Totals, most) {
        Some((_, work)) if work <= most => Ok(()),
        _ => Err(BadInput(format!(
            "the search is more work than {MAX_WORK} events, the most for one, by what the link itself takes: lower --budget or shorten the run"
        ))),
    }
}

/// The link of what was found, and when and why the promise broke.
fn told(base: &Link, found: Violation) -> String {
    let mut link = Link::to(found.scenario);
    link.view = base.view.clone();
    let (number, at, why) = (found.number + 1, DurationUs(found.broke.at.at_us), found.broke.why);
    format!("{}\n  run {number} of the search, broken at {at}: {why}\n", link::print(&link, LABS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(link: &str) -> (Opened, Search) {
        let opened = opened::open(link).unwrap();
        let search = Search::new(opened.lab, &opened.link.scenario, &["latest"], 1, &[]).unwrap();
        (opened, search)
    }

    #[test]
    fn all_cores_find_what_one_finds_first() {
        let (opened, search) = search("quorum?w=1&r=2&rate=2&for=2s");
        let found = search.find(0..300);
        assert_eq!(all_cores(&search, 300), found);
        let said = told(&opened.link, found.unwrap());
        let link = said.lines().next().unwrap();
        assert!(search.breaks(&opened::open(link).unwrap().link.scenario).is_some(), "{said}");
    }

    #[test]
    fn a_search_that_nobody_waits_for_is_refused() {
        let (opened, _) = search("quorum?rate=1000");
        assert!(may_take(opened.lab, &opened.link.scenario, 100).is_ok());
        let why = may_take(opened.lab, &opened.link.scenario, MAX_BUDGET).unwrap_err();
        assert!(why.0.contains("lower --budget"), "{why}");
    }
}
