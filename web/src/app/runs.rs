//! Runs under way: a small one is done at once, a large one in stretches, while the picture of the run before stays.

use super::{App, Effect, Zoom, play};
use splitbrain::lab::{Course, Detail, Lab, Outcome};
use splitbrain::link::Link;
use splitbrain::scenario::Scenario;
use std::cell::OnceCell;
use std::hint::black_box;

/// How many events a run may take before the page draws again, its index counted as events: 20,000 records at the least, a frame's work. Nobody can
/// tell from a scenario how long it will take; so each is begun, and what has not ended by then is gone on with in stretches.
const AT_ONCE: u64 = 22_000;
/// After a run of more records than this the next is taken to be large, too, and begins with so many events.
const LARGE_RECORDS: usize = 25_000;
const LARGE_AT_ONCE: u64 = 8_000;
/// They come in parts of so many, for some events take a hundred times as long as others,
pub const PART: u64 = 250;
/// until this time is up, in ms: some labs' events take longer, and so do some machines.
const FIRST_MS: f64 = 13.0;

/// The fewest events between two looks at the clock, and the most.
const LEAST: u64 = 20;
const MOST: u64 = 2_000;

/// The runs of a link under way, one after the other. To drop it is to cancel them.
pub struct Job {
    link: Link,
    /// Those that have not ended, the next one last.
    courses: Vec<Box<dyn Course>>,
    /// What the others came to; once that is taken, what was shown before, to be dropped: a large outcome takes 10 ms to drop.
    outcomes: Vec<Outcome>,
    taken: bool,
}

impl Job {
    pub(super) fn new(lab: &dyn Lab, link: &Link) -> Job {
        crate::blackbox::running(link);
        let scenarios = link.second.iter().chain([&link.scenario]);
        let begin = |scenario: &Scenario| lab.begin(scenario, Detail::of_pictures(&lab.cast(scenario)));
        let courses = scenarios.map(begin).collect();
        Job { link: link.clone(), courses, outcomes: Vec::new(), taken: false }
    }

    /// Goes on with the present run for so many events at the most, and sums it up when it has ended; says whether it has.
    fn advance(&mut self, events: u64) -> bool {
        crate::blackbox::running(&self.link);
        let ended = self.courses.last_mut().is_some_and(|course| course.advance(events));
        if ended && let Some(course) = self.courses.pop() {
            self.outcomes.push(course.outcome());
        }
        ended
    }
}

impl App {
    /// Runs the scenarios again: at once where they are small or nobody waits, otherwise [`App::advance`] goes on. What was under way before
    /// is cancelled.
    pub(super) fn run(&mut self) -> Vec<Effect> {
        self.next = None;
        self.job = Some(Job::new(self.lab, self.history.present()));
        if self.first_stretch() { vec![Effect::Ran] } else { vec![Effect::Waits] }
    }

    /// Runs the scenarios of another lab: its pictures cannot wait behind those of the lab before.
    pub(super) fn run_as(&mut self, lab: &'static dyn Lab) -> Vec<Effect> {
        (self.lab, self.presets) = (lab, OnceCell::new());
        (self.open, self.groups) = (self.panels_at_first(), self.groups_at_first());
        (self.tab, self.zoom) = ("", Zoom::Follow);
        self.next = None;
        self.job = Some(Job::new(lab, self.history.present()));
        while !self.go_on(u64::MAX) {}
        vec![Effect::Ran]
    }

    /// Whether what is shown is a large run.
    pub(super) fn is_large(&self) -> bool {
        let records: usize = self.outcomes.iter().map(|outcome| outcome.trace.records().len()).sum();
        records > LARGE_RECORDS
    }

    /// What may be done at once; says whether that was all.
    pub(crate) fn first_stretch(&mut self) -> bool {
        let clock = self.options.clock;
        let (most, part) = match (clock, self.is_large()) {
            (None, _) => (u64::MAX, u64::MAX),
            (Some(_), false) => (AT_ONCE, PART),
            (Some(_), true) => (LARGE_AT_ONCE, PART),
        };
        let begun_ms = clock.map(|clock| clock());
        let is_late = || clock.zip(begun_ms).is_some_and(|(clock, begun_ms)| clock() - begun_ms >= FIRST_MS);
        let mut left = most;
        while let Some(job) = &mut self.job {
            if job.courses.is_empty() {
                self.go_on(part);
            } else if job.advance(part.min(left)) {
                left = most;
            } else {
                left -= part.min(left);
                if left == 0 || is_late() {
                    return false;
                }
            }
        }
        true
    }

    /// How many events are to be handled before the clock is looked at again: as many as take about a millisecond, by what the last ones took.
    pub fn paced(events: u64, took_ms: f64) -> u64 {
        let next = match took_ms {
            ms if ms < 0.5 => events * 2,
            ms if ms < 2.0 => events,
            _ => events / 4,
        };
        next.clamp(LEAST, MOST)
    }

    /// Whether runs are under way: what is shown is the run before.
    pub fn is_waiting(&self) -> bool {
        self.job.is_some() || self.next.is_some()
    }

    /// Whether events are being handled; what comes after them comes in larger pieces.
    pub fn is_running(&self) -> bool {
        let job = self.next.as_ref().map_or(&self.job, |next| &next.job);
        job.as_ref().is_some_and(|job| !job.courses.is_empty())
    }

    /// Whether there is something to show: a widget that has just been opened may have to run first.
    pub fn is_ready(&self) -> bool {
        !self.outcomes.is_empty()
    }

    /// Goes on with a run of what is shown that nobody will see, or begins one, and draws what is shown once more when it has ended: then
    /// nothing is left of it. A large run is none to be moved by a slider within a frame.
    pub fn run_unseen(&self, unseen: Option<Job>) -> Option<Job> {
        if self.is_waiting() || self.is_large() {
            return None;
        }
        let mut job = unseen.unwrap_or_else(|| Job::new(self.lab, self.link()));
        if job.courses.is_empty() {
            black_box(self.view());
            return None;
        }
        job.advance(PART);
        Some(job)
    }

    /// Goes on with what is under way for so many events at the most; effects come when it has ended.
    pub fn advance(&mut self, events: u64) -> Vec<Effect> {
        let (opened, was_playing) = (!self.is_ready(), self.play.on);
        let ended = match &mut self.next {
            Some(next) => next.go_on(events),
            None => self.go_on(events),
        };
        if !ended {
            return Vec::new();
        }
        let mut effects = match self.next.take() {
            Some(next) => self.turn_into(*next),
            None => vec![Effect::Ran],
        };
        if !opened {
            effects.extend(self.judge());
            self.tell_news();
        }
        effects.extend((was_playing != self.play.on).then_some(Effect::Played));
        effects
    }

    /// Goes on with the job: its runs, then what they came to is taken in, then what was shown before is dropped, a part at a time. Says
    /// whether that was all.
    fn go_on(&mut self, events: u64) -> bool {
        match &mut self.job {
            None => return false,
            Some(job) if !job.courses.is_empty() => {
                job.advance(events);
            }
            Some(job) if job.taken => {
                job.outcomes.pop();
            }
            Some(_) => self.take_in(),
        }
        let ended = self.job.as_ref().is_some_and(|job| job.taken && job.outcomes.is_empty());
        if ended {
            self.job = None;
        }
        ended
    }

    /// Shows what the job came to. The cursor keeps its time; where nothing was shown before, it goes where the link says.
    fn take_in(&mut self) {
        let first = self.outcomes.is_empty();
        let at_end = !first && self.play.stop > 0 && self.play.stop == self.last_stop();
        let after_all = at_end && self.is_at_end();
        let before = self.broken_at_last();
        let Some(job) = &mut self.job else { return };
        std::mem::swap(&mut self.outcomes, &mut job.outcomes);
        job.taken = true;
        self.ran = job.link.clone();
        if self.hides_lights() {
            // What a worksheet hides is not there to be shown by anything.
            for outcome in &mut self.outcomes {
                outcome.verdicts.clear();
                outcome.remarks.clear();
                outcome.tallies.clear();
                outcome.series.retain(|series| self.lab.telling().iter().all(|name| series.name != *name));
            }
        }
        if !first {
            self.note_news(&before, false);
        }
        self.moments = play::moments(&self.outcomes);
        let posed = self.posed;
        self.parting.take();
        self.why = None;
        self.halted = None;
        self.focus_again();
        if first {
            self.choose_pace();
        }
        match (first, self.link().view.at, self.play.stop) {
            (true, Some(at), _) => {
                self.go_to(at);
                self.posed = self.is_brief();
            }
            (true, None, _) => {
                self.place(0, 0);
                self.open_narration();
                if self.is_brief() && !self.is_narrated() {
                    self.pose();
                }
            }
            (_, _, 0) => self.place(0, self.play.at_us.min(self.ended_us())),
            _ if after_all => self.go_to_end(),
            _ if at_end => self.place(self.last_stop(), 0),
            _ => self.place_at(self.play.at_us.min(self.ended_us())),
        }
        // Who has only moved a control has not begun to watch.
        self.posed |= posed;
    }

    /// Opens another link in this widget; undo comes back.
    pub(super) fn open_link(&mut self, text: &str) -> Vec<Effect> {
        if App::lab_elsewhere(text, self.labs).is_some() {
            return vec![Effect::Elsewhere(text.to_string())];
        }
        let mut opened = App::opening(text, self.labs, self.lab, self.options.clone());
        self.job = None;
        if opened.first_stretch() {
            return self.turn_into(opened);
        }
        self.next = Some(Box::new(opened));
        vec![Effect::Waits]
    }

    fn turn_into(&mut self, opened: App) -> Vec<Effect> {
        let mut history = self.history.clone();
        history.push(opened.link().clone());
        let (pixels, still) = (self.pixels, self.options.still);
        // Panels stay open where the link says nothing of them and the same ones are to be had.
        let same = opened.lab.meta().id == self.lab.meta().id && opened.hides_lights() == self.hides_lights();
        let (open, tab) = match same && opened.link().view.panels == self.options.panels {
            true => (self.open.clone(), self.tab),
            false => (opened.open.clone(), opened.tab),
        };
        let before =
            if opened.lab.meta().id == self.lab.meta().id { self.broken_at_last() } else { Vec::new() };
        *self = App { history, pixels, open, tab, kept: self.kept.clone(), ..opened };
        self.options.still = still;
        self.lay_out();
        self.note_news(&before, true);
        vec![Effect::Ran, Effect::Changed]
    }
}
