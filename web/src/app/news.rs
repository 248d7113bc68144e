//! What a change came to, in words for the live region: which lights are others than before.

use super::App;
use splitbrain::lab::{Outcome, State, Verdict};

/// A promise in one of the runs that are shown, by its term.
type Light = (usize, &'static str);

impl App {
    /// The lights that are broken at the cursor.
    pub(super) fn broken_now(&self) -> Vec<Light> {
        self.lights(|side, verdict| self.shows(side, verdict).state == State::Broken)
    }

    /// The lights that break anywhere in the runs that are shown.
    pub(super) fn broken_at_last(&self) -> Vec<Light> {
        self.lights(|_, verdict| verdict.break_().is_some())
    }

    fn lights(&self, wanted: impl Fn(usize, &Verdict) -> bool) -> Vec<Light> {
        let promises = self.lab.meta().promises;
        let of = |(side, outcome): (usize, &Outcome)| {
            let is_wanted = |id: &str| outcome.verdict(id).is_some_and(|verdict| wanted(side, verdict));
            let found = promises.iter().filter(|promise| is_wanted(promise.id));
            found.map(|promise| (side, promise.term)).collect::<Vec<_>>()
        };
        self.outcomes.iter().enumerate().flat_map(of).collect()
    }

    /// The lights by name; of two runs with the run.
    fn names<'a>(&self, lights: impl Iterator<Item = &'a Light>) -> String {
        let name = |(side, term): &Light| match self.outcomes.len() {
            1 => (*term).to_string(),
            _ => format!("{term} in the {} run", ["first", "second"][*side]),
        };
        lights.map(name).collect::<Vec<_>>().join(", ")
    }

    /// Notes what the runs now shown have changed in the lights. What was opened says how it stands in any case.
    pub(super) fn note_news(&mut self, before: &[Light], opened: bool) {
        let after = self.broken_at_last();
        let is_there = |light: &&Light| light.0 < self.outcomes.len();
        let breaks = self.names(after.iter().filter(|light| !before.contains(light)));
        let mends = self.names(before.iter().filter(is_there).filter(|light| !after.contains(light)));
        let mut news = Vec::new();
        news.extend((!breaks.is_empty()).then(|| format!("Now broken: {breaks}.")));
        news.extend((!mends.is_empty()).then(|| format!("No longer broken: {mends}.")));
        let judged = self.outcomes.iter().any(|outcome| !outcome.verdicts.is_empty());
        let all_kept = after.is_empty() && judged && (opened || !mends.is_empty());
        news.extend(all_kept.then(|| "Every promise is kept.".to_string()));
        let as_before = opened && news.is_empty() && judged;
        news.extend(as_before.then(|| format!("Broken as before: {}.", self.names(after.iter()))));
        self.news = news.join(" ");
    }

    /// Says the news after what has been said already.
    pub(super) fn tell_news(&mut self) {
        let news = std::mem::take(&mut self.news);
        if news.is_empty() || self.is_waiting() {
            self.news = news;
            return;
        }
        self.said = if self.said.is_empty() { news } else { format!("{} {news}", self.said) };
    }

    /// Says what broke on the way to where the reader has gone, but for what is said of that place.
    pub(super) fn tell_passed(&mut self, before: &[Light]) {
        let promises = self.lab.meta().promises;
        let here = self.break_at(self.play.stop).and_then(|halt| {
            let promise = promises.iter().find(|promise| promise.id == halt.promise)?;
            Some((halt.side, promise.term))
        });
        let passed = self.broken_now();
        let passed = passed.iter().filter(|light| !before.contains(light) && Some(**light) != here);
        let names = self.names(passed);
        if !names.is_empty() {
            self.said.push_str(&format!(" Broken on the way: {names}."));
        }
    }
}
