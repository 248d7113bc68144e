//! Whatever is done to a lab, whichever its workload and whenever: it runs, and what it says holds together.

use super::LABS;
use crate::acts::{FORMS, Form, Nature, Place};
use crate::anything::{any_run, cases};
use crate::lab::{Detail, Lab, Outcome};
use crate::link;
use crate::params::Kind;
use crate::scenario::Scenario;
use proptest::prelude::*;

/// The run of a scenario; none where it takes more than so many events, which a law does not wait for.
fn run(lab: &dyn Lab, scenario: &Scenario, detail: Detail) -> Option<Outcome> {
    let mut course = lab.begin(scenario, detail);
    course.advance(60_000).then(|| course.outcome())
}

/// The scenario as a link, to be tried by hand.
fn link_of(scenario: &Scenario) -> String {
    link::print(&link::Link::to(scenario.clone()), LABS)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(600)))]

    #[test]
    fn whatever_is_done_runs_the_same_at_every_level_of_detail(
        scenario in (0..LABS.len()).prop_flat_map(|lab| any_run(LABS[lab]))
    ) {
        let lab = link::find_lab(LABS, scenario.lab).expect("of our labs");
        let link = link_of(&scenario);
        let Some(full) = run(lab, &scenario, Detail::Full) else { return Ok(()) };
        for detail in [Detail::Sample { every: 3 }, Detail::Totals] {
            let other = run(lab, &scenario, detail).expect("it has as many events");
            prop_assert_eq!(full.digest, other.digest, "{} at {:?}", link, detail);
            prop_assert_eq!(&full.tallies, &other.tallies, "{} at {:?}", link, detail);
            prop_assert_eq!(&full.verdicts, &other.verdicts, "{} at {:?}", link, detail);
        }
    }
}

/// Acts by their text, on whoever takes part and between whomever, and every request that the lab shows.
fn acts(lab: &dyn Lab) -> Vec<String> {
    let nodes = ["n1", "n2", "n3", "k1", "c1", "n.", "c."];
    let ways = ["n1-n2", "n1-n2.n3", "c1-n1", "n1-c1", "k1-n1", "n1-k1", "c1-k1", "k1-c1"];
    let ways = ways.map(|way| way.split_once('-').expect("two ends"));
    let requests = lab.meta().requests.iter().map(|request| request.example).collect::<Vec<_>>();
    let of = |form: &'static Form| -> Vec<String> {
        match form.place {
            Place::Node => {
                let requests = if form.nature == Nature::Request { requests.as_slice() } else { &[""] };
                let asked = nodes.iter().flat_map(|node| requests.iter().map(|asked| (*node, *asked)));
                asked.map(|(node, asked)| form.example_of(&[node], asked)).collect()
            }
            Place::Way => ways.iter().map(|(a, b)| form.example_of(&[a, b], "")).collect(),
            Place::Nobody => vec![form.example()],
        }
    };
    FORMS.iter().filter(|form| form.nature != Nature::Narration).flat_map(of).collect()
}

/// The words of the lab's workloads; where it has but one, none.
fn workloads(lab: &dyn Lab) -> Vec<&'static str> {
    let load = lab.params().iter().find(|param| param.key == "load");
    match load.map(|param| &param.kind) {
        Some(Kind::Choice { words, .. }) => words.iter().map(|word| word.word).collect(),
        _ => vec![""],
    }
}

#[test]
fn every_act_may_come_at_any_moment_of_every_workload() {
    for lab in LABS {
        for (place, (load, act)) in workloads(*lab)
            .into_iter()
            .flat_map(|load| acts(*lab).into_iter().map(move |act| (load, act)))
            .enumerate()
        {
            // Two moments that differ from act to act: soon after the start, and in the middle, with what is down started again.
            let (soon_us, later_us) = (place * 7_919 % 40_000, 200_000 + place * 104_729 % 400_000);
            let load = if load.is_empty() { String::new() } else { format!("load={load}&") };
            let id = lab.meta().id;
            let text = format!(
                "{id}?{load}for=1s&do={soon_us}us:{act},{later_us}us:{act},{}us:start:n.",
                later_us + 50_000
            );
            let opened = link::parse(&text, LABS);
            // What does not go with the workload has been said, and is left out.
            let scenario = opened.link.unwrap_or_else(|| panic!("{text} does not open")).scenario;
            run(*lab, &scenario, Detail::Full);
        }
    }
}
