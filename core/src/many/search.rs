//! A search for a run that breaks a promise: a scenario under other luck and random scripts of what can be done in its lab.
//!
//! The runs of a search are numbered, and each is a function of the search's seed and its number alone: whoever shares them out finds the same one
//! first, and what is found is a scenario like any other, which may be made smaller and tried again.

use crate::acts::{Act, FORMS, Form, Lots, Nature};
use crate::chance::dice::{Purpose, die};
use crate::counted::counted;
use crate::lab::{Detail, Lab, State, VerdictChange};
use crate::scenario::{Cue, Scenario};
use std::ops::Range;

/// The most runs of a search.
pub const MAX_BUDGET: u32 = 200_000;

/// The most acts that are drawn for a script; what mends them may come on top.
const MOST_ACTS: u64 = 12;

/// What is searched for, and among what.
pub struct Search {
    lab: &'static dyn Lab,
    base: Scenario,
    promises: Vec<&'static str>,
    seed: u32,
    forms: Vec<&'static Form>,
}

/// A run that breaks a promise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which run of the search it is.
    pub number: u32,
    /// Its scenario.
    pub scenario: Scenario,
    /// When and why the promise broke.
    pub broke: VerdictChange,
}

impl Search {
    /// A search among runs of a scenario, whose own script stays in them, for one that breaks any of these promises; acts of the rows `without` are
    /// left out.
    ///
    /// # Errors
    /// A sentence, where the lab has no such promise, there is no such act, or none is left.
    pub fn new(
        lab: &'static dyn Lab,
        base: &Scenario,
        promises: &[&str],
        seed: u32,
        without: &[&str],
    ) -> Result<Search, String> {
        let meta = lab.meta();
        let known = || meta.promises.iter().map(|known| known.id);
        let find = |promise: &&str| {
            known().find(|known| known == promise).ok_or_else(|| {
                let known = known().collect::<Vec<_>>().join(", ");
                format!("{} promises nothing called ‘{promise}’; its promises are {known}", meta.id)
            })
        };
        let promises = promises.iter().map(find).collect::<Result<_, _>>()?;
        let mut forms: Vec<&Form> = FORMS.iter().filter(|form| is_drawn(form, lab)).collect();
        for word in without {
            let Some(place) = forms.iter().position(|form| form.word == *word) else {
                let known = words(&forms);
                return Err(format!("‘{word}’ is none of the acts that are tried; they are {known}"));
            };
            forms.remove(place);
        }
        if forms.is_empty() {
            return Err("no act is left that could be tried".into());
        }
        Ok(Search { lab, base: base.clone(), promises, seed, forms })
    }

    /// The scenario of a run: of the first the base itself, of any other the base with luck of its own and a script of random acts.
    pub fn scenario(&self, number: u32) -> Scenario {
        let mut scenario = self.base.clone();
        if number == 0 {
            return scenario;
        }
        let meta = self.lab.meta();
        let kinds = meta.kinds.iter().map(|kind| kind.word).collect();
        let requests = meta.requests.iter().map(|request| request.example).collect();
        let (cast, horizon_us) = (self.lab.cast(&self.base), self.base.horizon_us);
        let luck = die(self.seed, Purpose::Fault, 0, u64::from(number));
        let mut lots = Lots::new(luck, cast, kinds, requests, horizon_us);
        scenario.seed = lots.below(1_000_000) as u32;
        for _ in 0..1 + lots.below(MOST_ACTS) {
            let form = self.forms[lots.below(self.forms.len() as u64) as usize];
            let Some(act) = lots.act(form) else { continue };
            let at_us = whole_ms(lots.below(horizon_us));
            let (mended, mended_us) = (act.mended_by(), at_us.saturating_add(lots.span_us()));
            if self.adds(&mut scenario, at_us, act)
                && let Some(mended) = mended.filter(|_| lots.below(4) > 0 && mended_us < horizon_us)
            {
                self.adds(&mut scenario, mended_us, mended);
            }
        }
        scenario
    }

    /// Puts an act into a script, if the lab has nothing against it.
    fn adds(&self, scenario: &mut Scenario, at_us: u64, act: Act) -> bool {
        let place = scenario.insert(Cue { at_us, act });
        let fits = scenario.problems(self.lab).is_empty();
        if !fits {
            scenario.cues.remove(place);
        }
        fits
    }

    /// When and why a scenario breaks one of the promises, if it does: the first of them in their order.
    pub fn breaks(&self, scenario: &Scenario) -> Option<VerdictChange> {
        let outcome = self.lab.run(scenario, Detail::Totals);
        let broke = |promise: &&str| {
            outcome.verdict(promise)?.changes.iter().find(|change| change.state == State::Broken).cloned()
        };
        self.promises.iter().find_map(broke)
    }

    /// The run of that number, if it breaks a promise.
    pub fn attempt(&self, number: u32) -> Option<Violation> {
        let scenario = self.scenario(number);
        self.breaks(&scenario).map(|broke| Violation { number, scenario, broke })
    }

    /// The first of these runs that breaks a promise.
    pub fn find(&self, mut numbers: Range<u32>) -> Option<Violation> {
        numbers.find_map(|number| self.attempt(number))
    }

    /// What was tried in so many runs, where none broke a promise.
    pub fn tried(&self, budget: u32) -> String {
        let runs = counted(budget, "run");
        format!(
            "{} is not broken in {runs} by seed {}: the scenario as it is, then with other luck and up to {} at random, out of {}, each mended later or not.",
            self.promises.iter().map(|promise| format!("‘{promise}’")).collect::<Vec<_>>().join(", "),
            self.seed,
            counted(MOST_ACTS, "act"),
            words(&self.forms),
        )
    }
}

/// Whether acts of a row are drawn: what breaks or mends something, or asks for what the lab knows.
fn is_drawn(form: &Form, lab: &dyn Lab) -> bool {
    match form.nature {
        Nature::Fault => true,
        Nature::Request => !lab.meta().requests.is_empty(),
        Nature::Luck | Nature::Narration => false,
    }
}

fn words(forms: &[&Form]) -> String {
    forms.iter().map(|form| form.word).collect::<Vec<_>>().join(", ")
}

/// A moment as people write it, where it is later than that.
fn whole_ms(us: u64) -> u64 {
    if us > 1_000 { us / 1_000 * 1_000 } else { us }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs;
    use crate::link;

    fn search(link: &str, promise: &str, seed: u32, without: &[&str]) -> Result<Search, String> {
        let scenario = link::parse(link, labs::LABS).link.expect("the link opens").scenario;
        let lab = labs::find(scenario.lab).expect("there is such a lab");
        Search::new(lab, &scenario, &[promise], seed, without)
    }

    #[test]
    fn a_stale_read_is_found_where_quorums_need_not_meet() {
        let link = "quorum?w=1&r=2&rate=2&for=2s";
        let search = search(link, "latest", 1, &[]).unwrap();
        let found = search.find(0..300).expect("W + R is no more than N");
        assert_eq!(Some(&found), search.find(0..300).as_ref());
        // What was found is a link: whoever opens it sees the promise break alike.
        let opened =
            link::parse(&link::print(&link::Link::to(found.scenario.clone()), labs::LABS), labs::LABS);
        assert!(opened.problems.is_empty(), "{:?}", opened.problems);
        assert_eq!(search.breaks(&opened.link.unwrap().scenario), Some(found.broke));
    }

    /// The register of Attiya, Bar-Noy and Dolev bears any crash, cut, delay and clock, as long as disks stay.
    #[test]
    fn nothing_is_found_where_the_promise_is_true() {
        let link = "quorum?repair=blocking&write=ask&rate=10&for=1s";
        let found = search(link, "linearizable", 1, &["wipe"]).unwrap().find(0..200);
        assert_eq!(found.map(|found| link::print(&link::Link::to(found.scenario), labs::LABS)), None);
    }

    #[test]
    fn scripts_differ_by_number_and_by_seed_and_may_run() {
        for lab in labs::LABS {
            let promise = lab.meta().promises[0].id;
            let [one, other] =
                [1, 2].map(|seed| Search::new(*lab, &Scenario::of(*lab), &[promise], seed, &[]).unwrap());
            let scenarios: Vec<Scenario> = (1..40).map(|number| one.scenario(number)).collect();
            assert!(scenarios.iter().all(|scenario| scenario.problems(*lab).is_empty()));
            assert_eq!(one.scenario(7), scenarios[6]);
            assert_ne!(other.scenario(7), scenarios[6]);
            let printed = |scenario: &Scenario| link::print(&link::Link::to(scenario.clone()), labs::LABS);
            let scripts: std::collections::BTreeSet<String> = scenarios.iter().map(printed).collect();
            assert!(scripts.len() > 30, "{}: {}", lab.meta().id, scripts.len());
        }
    }

    #[test]
    fn what_cannot_be_searched_for_is_said() {
        let wrong =
            |promise: &str, without: &[&str]| search("quorum", promise, 1, without).err().unwrap_or_default();
        assert!(wrong("fast", &[]).contains("nothing called ‘fast’; its promises are latest, own,"));
        assert!(
            wrong("latest", &["explode"])
                .contains("‘explode’ is none of the acts that are tried; they are cut, cut1,")
        );
        assert!(wrong("latest", &["say"]).contains("‘say’ is none of the acts"));
    }
}
