//! What a reader does in the first minute with a lab. `cargo dev bless` has it played, and sees which functions that takes: they are what a page
//! fetches at once. By the time a reader does more, the rest is there.

use crate::app::{App, Options};
use crate::diff::diff;
use crate::keys::KEYS;
use crate::markup::Element;
use crate::msg::Msg;
use splitbrain::lab::Lab;
use splitbrain::link::{self, Link};
use splitbrain::sorted::Set;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

/// The run that greets on the home page: one replica of three answers for all, and a cut that nobody heals. Played as it comes it breaks
/// within ten seconds.
pub const GREETING: &str = "quorum?w=1&r=1&for=1s&do=200ms:cut:n1-n2.n3&panels=stage,verdicts&knobs=w,r";

/// What the browser may have kept from an earlier visit, by name.
const KEPT: [(&str, &str); 3] =
    [("done", "quorum/fresh"), ("saved", "quorum?w=1 my run"), ("recent", "quorum?w=1")];

/// The width of a lesson's widgets, in CSS pixels; and those of the other layouts.
const WIDTH: u32 = 720;
const OTHERS: [&str; 2] = ["1200", "390"];

/// How many stretches of time a reader watches.
const STRETCHES: usize = 16;

/// How many stops of a run a reader sees besides, evenly.
const STOPS: usize = 8;

/// Sliders move a run's beginning: what they take does not hang on how long it is, and each move is another run.
const BEGINNING: &str = "2s";

/// How many sliders a reader moves.
const SLIDERS: usize = 3;

/// How many of a lab's views may be what its lesson opens with.
const FIRST_VIEWS: usize = 2;

/// Events in a stretch of a run that is late.
const EVENTS: u64 = 500;

/// Whether a page may open that link with what it fetches at once.
pub fn is_rehearsed(link: &str, labs: &[&'static dyn Lab]) -> bool {
    let Some(link) = link::parse(link, labs).link else { return false };
    let Some(lab) = link::find_lab(labs, link.scenario.lab) else { return false };
    let mut known = links(lab).filter_map(|known| link::parse(known, labs).link);
    // A brief widget is known by its run, where it shows no more than the lab does by itself.
    let seen = |known: &Link| match &link.view.knobs {
        None => *known == link,
        Some(_) => {
            let views: Vec<&str> =
                lab.meta().views.iter().copied().take(FIRST_VIEWS).chain(["verdicts"]).collect();
            let mut panels = link.view.panels.iter();
            let same = known.scenario == link.scenario && known.second == link.second;
            same && panels.all(|id| views.contains(&id.as_str()))
        }
    };
    known.any(|known| seen(&known))
}

/// The lab as it comes; and what is opened besides: what its lesson may begin with, and the greeting.
fn links(lab: &dyn Lab) -> impl Iterator<Item = &'static str> {
    let id = lab.meta().id;
    let greeting = Some(GREETING).filter(|link| link.split('?').next() == Some(id));
    [id].into_iter().chain(lab.presets().first().map(|preset| preset.link)).chain(greeting)
}

/// Plays the first minute with a lab, in each layout, on a machine that is quick and on one that is late. Nothing of it touches a page.
pub fn rehearse(labs: &'static [&'static dyn Lab], lab: &'static dyn Lab) {
    let begin = |link: &str, whole, clock| Reader::opens(labs, lab, link, whole, clock);
    let mut reader = begin(lab.meta().id, false, quick);
    reader.watches();
    reader.presses_keys();
    reader.sees_all_layouts();
    reader.does("leave", "");
    begin(&beginning(lab.meta().id), false, quick).moves_sliders(SLIDERS);
    begin(&beginning(lab.meta().id), false, late).moves_sliders(1);
    let knobs: Vec<&str> = lab.params().iter().take(SLIDERS).map(|param| param.key).collect();
    let first = lab.presets().first().map(|preset| preset.link);
    let runs: Vec<&str> = [lab.meta().id].into_iter().chain(first).collect();
    let views = lab.meta().views.iter().take(FIRST_VIEWS);
    for (view, run) in views.flat_map(|view| runs.iter().map(move |run| (view, run))) {
        let brief = with(run, &format!("panels={view},verdicts&knobs={}", knobs.join(",")));
        let law = lab.meta().promises.first().map_or(String::new(), |promise| format!("&law={}", promise.id));
        begin(&beginning(&format!("{brief}{law}")), false, late).moves_sliders(1);
        begin(&beginning(&brief), true, quick).moves_sliders(SLIDERS);
        let mut reader = begin(&brief, true, quick);
        reader.watches();
        reader.presses_keys();
        reader.sees_all_layouts();
        reader.hears_all();
        reader.does("more", "");
    }
    for link in links(lab) {
        begin(link, false, late);
        let mut reader = begin(link, true, quick);
        reader.watches();
        reader.does(&format!("width {}", OTHERS[0]), "");
        reader.hears_all();
        ["verdict 1", "step -1"].iter().for_each(|word| reader.does(word, ""));
        reader.halts();
        reader.sees_all_layouts();
    }
}

/// A link and more.
fn with(link: &str, more: &str) -> String {
    let sign = if link.contains('?') { '&' } else { '?' };
    format!("{link}{sign}{more}")
}

/// The beginning of a run.
fn beginning(link: &str) -> String {
    let long = link.split(['?', '&']).find_map(|item| item.strip_prefix("for="));
    let all = with(link, &format!("for={BEGINNING}"));
    long.map_or(all, |long| link.replace(&format!("for={long}"), &format!("for={BEGINNING}")))
}

/// Everything is done at once.
fn quick() -> f64 {
    0.0
}

/// Whenever a run looks at this clock its time is up: so it goes on in stretches, as on a slow machine.
fn late() -> f64 {
    static SECONDS: AtomicU32 = AtomicU32::new(0);
    f64::from(SECONDS.fetch_add(1, Ordering::Relaxed)) * 1_000.0
}

/// A reader with a widget, and what it shows.
struct Reader {
    app: App,
    shown: Element,
}

impl Reader {
    fn opens(
        labs: &'static [&'static dyn Lab],
        lab: &'static dyn Lab,
        link: &str,
        whole: bool,
        clock: fn() -> f64,
    ) -> Reader {
        let kept = KEPT.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
        let options =
            Options { width: WIDTH, clock: Some(clock), keeps: true, kept, whole, ..Options::default() };
        // A page asks that of each widget's link.
        black_box(App::lab_elsewhere(link, labs));
        let mut app = App::opening(link, labs, lab, options);
        app.first_stretch();
        while app.is_waiting() {
            black_box(app.advance(EVENTS));
        }
        let shown = app.view();
        Reader { app, shown }
    }

    /// Sends a message and looks at what comes of it.
    fn does(&mut self, message: &str, value: &str) {
        let Some(msg) = Msg::parse(message, value, true) else { return };
        black_box(self.app.update(msg));
        if self.app.is_waiting() {
            self.looks();
        }
        while self.app.is_waiting() {
            black_box(self.app.advance(EVENTS));
        }
        self.looks();
    }

    fn looks(&mut self) {
        let (app, tree) = (&self.app, self.app.view());
        let key = app.lab().params().first().map_or("", |param| param.key);
        black_box((diff(&self.shown, &tree), app.leg(), app.link_text(), app.value_text(key)));
        self.shown = tree;
    }

    fn watches(&mut self) {
        self.does("play", "");
        (0..STRETCHES).for_each(|_| self.does("arrive", ""));
        self.does("pause 300000", "");
    }

    /// Plays to where the run halts first.
    fn halts(&mut self) {
        let Some(stop) = (1..=self.app.last_stop()).find(|stop| self.app.halts_at(*stop)) else { return };
        self.does("seek", &(stop - 1).to_string());
        ["play", "arrive", "play", "arrive"].iter().for_each(|word| self.does(word, ""));
    }

    fn presses_keys(&mut self) {
        let later = ["help", "project"];
        for (_, message, _) in KEYS.iter().filter(|(_, message, _)| !later.contains(message)) {
            self.does(message, "");
            self.does("arrive", "");
        }
    }

    fn sees_all_layouts(&mut self) {
        OTHERS.iter().for_each(|width| self.does(&format!("width {width}"), ""));
    }

    fn moves_sliders(&mut self, count: usize) {
        let params = self.app.lab().params();
        let sliders = params.iter().filter(|param| !crate::app::slider_texts(param).is_empty());
        for param in sliders.take(count) {
            self.does(&format!("slide {}", param.key), "0");
            self.does(&format!("slid {}", param.key), "0");
            // As a number in a sentence does.
            self.does(&format!("set {}", param.key), &param.print(&param.default()));
            self.does("undo", "");
            self.does(&format!("group {}", param.group), "");
        }
        self.does("reset-all", "");
    }

    /// Stops at an event of each kind, however late in the run, for sentences that differ in their figures alone are one; and at some from
    /// the beginning to the end, for what a diagram shows hangs on the cursor's place in it.
    fn hears_all(&mut self) {
        let mut heard = Set::default();
        let last = self.app.last_stop();
        for stop in 1..=last {
            let records = self.app.records_of_stop(stop).into_iter();
            let now: String = records.map(|(side, record)| self.app.record_words(side, record.id)).collect();
            let is_new =
                heard.insert(now.replace(|letter: char| letter.is_ascii_digit() || letter == '.', ""));
            if is_new || stop == last || stop % last.div_ceil(STOPS) == 0 {
                self.does("seek", &stop.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::labs::LABS;

    #[test]
    fn every_lab_can_be_rehearsed() {
        LABS.iter().for_each(|lab| rehearse(LABS, *lab));
    }

    #[test]
    fn what_pages_open_with_is_rehearsed() {
        assert!(is_rehearsed("quorum", LABS));
        assert!(is_rehearsed(GREETING, LABS));
        assert!(is_rehearsed("quorum?panels=stage,verdicts&knobs=w,r", LABS));
        assert!(!is_rehearsed("quorum?w=1", LABS));
        assert!(!is_rehearsed("quorum?panels=strip&knobs=w", LABS));
    }
}
