//! One widget: everything that it knows, and how it opens. Messages go in (`update`), markup comes out (`layout`); no page in sight.

mod brief;
pub mod edits;
mod focus;
pub(crate) mod kept;
pub mod layout;
pub(crate) mod learning;
pub mod moving;
mod narration;
mod news;
pub(crate) mod open;
mod options;
pub mod play;
pub mod runs;
pub mod sharing;
pub mod slice;
#[cfg(test)]
mod tests;
pub mod update;
pub mod why;
mod window;

pub use crate::panels::controls::slider_texts;
pub use open::PANELS;
pub use options::{Options, Width};

use crate::data::Run;
use crate::views::{self, Beside, Focus, Look};
use edits::{Draft, Refusal};
use kept::Kept;
use learning::Learning;
use moving::Moving;
use play::Play;
use runs::Job;
use slice::Slice;
use splitbrain::cast::{Cast, Name};
use splitbrain::edit::History;
use splitbrain::lab::{Lab, Outcome};
use splitbrain::link::{self, Link};
use splitbrain::scenario::{Problem, Scenario};
use splitbrain::tell::{Conditions, Difference, first_difference};
use splitbrain::trace::Cursor;
use std::cell::{OnceCell, RefCell};
use why::Why;

/// How many changes can be taken back.
const MAX_UNDO: usize = 200;

/// Which part of the run the diagrams show.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Zoom {
    /// The page of events that the cursor is on.
    Follow,
    /// This part, whatever the cursor does.
    Fixed {
        /// From, in µs.
        from_us: u64,
        /// To, in µs.
        to_us: u64,
    },
    /// So many stops of the timeline, after the first so many.
    Stops {
        /// How many come before.
        first: usize,
        /// How many are shown.
        count: usize,
    },
}

/// Something that the page has to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// There is a new outcome.
    Ran,
    /// Runs are under way: call [`App::advance`] until they have ended.
    Waits,
    /// The link has changed.
    Changed,
    /// Playing has begun or ended: ask for the next [`play::Leg`], or stop.
    Played,
    /// Put this text on the clipboard, and say whether that was possible.
    Copy(String),
    /// Have the screen for this widget alone, or give it back.
    Project(bool),
    /// Say how high a frame with this link has to be (`frame` with a number of CSS pixels).
    Measure(String),
    /// Offer this text as a file.
    Save {
        /// The file's name.
        name: String,
        /// Its content type.
        mime: &'static str,
        /// What is in it.
        text: String,
    },
    /// Offer a run as a file of JSON.
    SaveRun {
        /// The file's name.
        name: String,
        /// What is in it.
        run: Box<Run>,
    },
    /// This link is one to a lab that is not at hand: open it once it is.
    Elsewhere(String),
    /// Keep this text in the reader's browser, where it may be.
    Keep {
        /// What it is called there.
        name: &'static str,
        /// The text.
        text: String,
    },
    /// Give the keyboard to the element of this id, remembering where it was.
    FocusOn(String),
    /// Give the keyboard back.
    FocusBack,
}

/// The halt at a broken promise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Halt {
    /// The promise's id.
    pub promise: &'static str,
    /// Which of the runs broke it.
    pub side: usize,
}

/// One widget.
pub struct App {
    pub(crate) options: Options,
    pub(crate) labs: &'static [&'static dyn Lab],
    pub(crate) lab: &'static dyn Lab,
    /// The lab's presets, read when they are first compared with what is run: there may be twenty, and every view compares.
    presets: OnceCell<Vec<Option<Link>>>,
    offer: RefCell<Option<open::Offer>>,
    /// What was wrong with the link when it was opened.
    pub(crate) problems: Vec<Problem>,
    /// What the runs came to: one, or two beside each other.
    pub(crate) outcomes: Vec<Outcome>,
    /// What they were the runs of: while others are under way, not what the controls say.
    pub(crate) ran: Link,
    /// The runs under way of what the controls say.
    pub(crate) job: Option<Job>,
    /// The widget that another link is about to make of this one.
    pub(crate) next: Option<Box<App>>,
    /// The distinct times of two runs; empty for one run, whose stops are its records.
    pub(crate) moments: Vec<u64>,
    /// Where two runs first differ, found when it is first asked for.
    parting: OnceCell<Option<Difference>>,
    pub(crate) play: Play,
    pub(crate) halted: Option<Halt>,
    /// What is run, and what was before.
    pub(crate) history: History<Link>,
    /// The control that is being moved: its steps are one.
    pub(crate) held: Option<String>,
    /// The cue that is being moved along the timeline.
    pub(crate) moving: Option<Moving>,
    pub(crate) refused: Option<Refusal>,
    pub(crate) draft: Draft,
    /// Which of two runs the controls change.
    pub(crate) side: usize,
    pub(crate) focus: Focus,
    /// The run that the record or operation in focus is of.
    pub(crate) focus_side: usize,
    pub(crate) menu: bool,
    pub(crate) why: Option<Why>,
    pub(crate) eyes: Option<Name>,
    pub(crate) open: Vec<&'static str>,
    pub(crate) tab: &'static str,
    pub(crate) groups: Vec<&'static str>,
    pub(crate) zoom: Zoom,
    pub(crate) warped: bool,
    /// The moment at which charts are read.
    pub(crate) probe_us: Option<u64>,
    /// The window when a hand took hold of the diagram.
    pub(crate) grip: Option<Zoom>,
    pub(crate) width: Width,
    /// The width of its box, in CSS pixels.
    pub(crate) pixels: u32,
    /// The reader has asked a brief widget for the whole bench.
    pub(crate) unfolded: bool,
    /// It stands where a brief widget opens, and the reader has not moved in time: playing begins a little before.
    pub(crate) posed: bool,
    /// A finger draws lines that cut, and does not scroll.
    pub(crate) knife: bool,
    /// The line that is being drawn.
    pub(crate) slicing: Option<Slice>,
    pub(crate) share: bool,
    /// How high a frame with what would be shared has to be, in CSS pixels, once the page has measured it.
    pub(crate) framed_px: Option<u32>,
    /// What became of the last text that was to be copied.
    pub(crate) copied: &'static str,
    pub(crate) help: bool,
    /// Picture and sentence fill the screen.
    pub(crate) projected: bool,
    pub(crate) learning: Learning,
    pub(crate) kept: Kept,
    /// Printed for readers without scripts: nothing in it can be pressed.
    pub(crate) printed: bool,
    /// What the live region says.
    pub(crate) said: String,
    /// What a new run changed, to be said after what made it.
    pub(crate) news: String,
}

impl App {
    /// Opens a link and runs it. A text that names no lab opens `home`, and says so.
    pub fn open(
        text: &str,
        labs: &'static [&'static dyn Lab],
        home: &'static dyn Lab,
        options: Options,
    ) -> App {
        let mut app = App::opening(text, labs, home, options);
        while !app.is_ready() {
            app.advance(u64::MAX);
        }
        app
    }

    /// Opens a link whose runs are still under way: [`App::advance`] goes on until it [is ready](App::is_ready) to be shown.
    pub fn opening(
        text: &str,
        labs: &'static [&'static dyn Lab],
        home: &'static dyn Lab,
        options: Options,
    ) -> App {
        let opened = link::parse(text, labs);
        let named = opened.link.is_some();
        let mut link = opened.link.unwrap_or_else(|| Link::to(Scenario::of(home)));
        let lab = link::find_lab(labs, link.scenario.lab).unwrap_or(home);
        let mut problems = opened.problems;
        if text.trim().is_empty() {
            problems.clear();
        } else if !named && let Some(problem) = problems.last_mut() {
            problem.sentence.push_str(&format!("; {} opens instead", lab.meta().id));
        }
        if link.view.panels.is_empty() {
            link.view.panels = options.panels.clone();
        }
        if link.view.controls.is_none() {
            link.view.controls = options.controls.clone();
        }
        let mut app = App {
            width: Width::Wide,
            pixels: options.width,
            unfolded: false,
            posed: false,
            options,
            labs,
            lab,
            presets: OnceCell::new(),
            offer: RefCell::new(None),
            open: Vec::new(),
            problems,
            outcomes: Vec::new(),
            ran: link.clone(),
            job: Some(Job::new(lab, &link)),
            next: None,
            moments: Vec::new(),
            parting: OnceCell::new(),
            play: Play::default(),
            halted: None,
            history: History::new(link, MAX_UNDO),
            held: None,
            moving: None,
            refused: None,
            draft: Draft::default(),
            side: 0,
            focus: Focus::None,
            focus_side: 0,
            menu: false,
            why: None,
            eyes: None,
            tab: "",
            groups: Vec::new(),
            zoom: Zoom::Follow,
            warped: true,
            probe_us: None,
            grip: None,
            knife: false,
            slicing: None,
            share: false,
            framed_px: None,
            copied: "",
            help: false,
            projected: false,
            learning: Learning::default(),
            kept: Kept::default(),
            printed: false,
            said: String::new(),
            news: String::new(),
        };
        app.lay_out();
        app.open = app.panels_at_first();
        app.groups = app.groups_at_first();
        if let Some(tab) = app.link().view.view.as_deref().and_then(|id| app.known_panel(id)) {
            app.tab = tab;
        }
        app.kept.lasts = app.options.keeps;
        for (name, text) in app.options.kept.clone() {
            app.kept.take(&name, &text);
        }
        app
    }

    /// What is run and how it was opened; [`App::link_now`] adds how it is looked at now.
    pub fn link(&self) -> &Link {
        self.history.present()
    }

    /// Who takes part in the first run.
    pub fn cast(&self) -> Cast {
        self.outcomes[0].cast
    }

    /// What the runs came to.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Whether time runs.
    pub fn is_playing(&self) -> bool {
        self.play.on
    }

    /// Whether a finger cuts by drawing a line.
    pub fn has_knife(&self) -> bool {
        self.knife
    }

    /// Whether a line is being drawn.
    pub fn is_slicing(&self) -> bool {
        self.slicing.is_some()
    }

    /// The lab.
    pub fn lab(&self) -> &'static dyn Lab {
        self.lab
    }

    /// The lab's presets as links that have been read, in its order.
    pub(crate) fn presets(&self) -> &[Option<Link>] {
        let read =
            || self.lab.presets().iter().map(|preset| link::parse(preset.link, self.labs).link).collect();
        self.presets.get_or_init(read)
    }

    /// The scenario that the controls change.
    pub(crate) fn scenario(&self) -> &Scenario {
        side_of(self.link(), self.side)
    }

    /// When the last run ends, in µs.
    pub fn ended_us(&self) -> u64 {
        self.outcomes.iter().map(|outcome| outcome.ended_us).max().unwrap_or(0)
    }

    /// Where in run `side` the reader is.
    pub fn cursor(&self, side: usize) -> Cursor {
        let trace = &self.outcomes[side].trace;
        let at_us = self.play.at_us;
        if self.moments.is_empty() {
            return Cursor { index: self.play.stop as u32, at_us };
        }
        let until = self.play.stop.checked_sub(1).map(|stop| self.moments[stop]);
        Cursor { index: until.map_or(0, |until| trace.count_until(until) as u32), at_us }
    }

    /// Draws a view of run `side`, `width` units wide.
    pub(crate) fn draw(&self, view: &views::View, side: usize, width: u32) -> views::Picture {
        self.with_look(side, view.id, width, view.draw)
    }

    /// Gives a function what a view of run `side` is given.
    pub(crate) fn with_look<T>(
        &self,
        side: usize,
        id: &str,
        width: u32,
        see: impl FnOnce(&Look<'_>) -> T,
    ) -> T {
        let lit: &[u32] = match &self.why {
            Some(why) if why.side == side => &why.lit,
            _ => &[],
        };
        let focus = match self.focus {
            Focus::Record(_) | Focus::Operation(_) if side != self.focus_side => Focus::None,
            focus => focus,
        };
        see(&Look {
            id: &format!("{}-{}{id}", self.options.id, ["", "b-"][side]),
            lab: self.lab,
            scenario: self.scenario_of(side),
            outcome: &self.outcomes[side],
            cursor: self.cursor(side),
            width,
            focus,
            lit,
            eyes: self.eyes.and_then(|eyes| self.outcomes[side].cast.find(eyes)),
            window: self.window(),
            probe_us: self.probe_us,
            beside: self.outcomes.get(1 - side.min(1)).filter(|_| self.outcomes.len() > 1).map(|outcome| {
                Beside {
                    scenario: self.scenario_of(1 - side),
                    outcome,
                    is_first: side == 1,
                    parts: self.difference(),
                }
            }),
        })
    }

    /// Where two runs beside each other first differ.
    pub(crate) fn difference(&self) -> Option<Difference> {
        let find = || first_difference([&self.transcript(0), &self.transcript(1)]);
        if self.outcomes.len() < 2 { None } else { *self.parting.get_or_init(find) }
    }

    /// What is down, paused, slow and cut in run `side` at the cursor.
    pub(crate) fn conditions(&self, side: usize) -> Conditions {
        let side = side.min(self.outcomes.len() - 1);
        Conditions::at(self.scenario_of(side), &self.outcomes[side], self.cursor(side))
    }

    /// A parameter's value in the run that the controls change, as text.
    pub fn value_text(&self, key: &str) -> Option<String> {
        let place = self.lab.params().iter().position(|param| param.key == key)?;
        Some(self.lab.params()[place].print(&self.scenario().values[place]))
    }

    /// The same as text.
    pub fn link_text(&self) -> String {
        link::print(&self.link_now(), self.labs)
    }
}

/// The scenario of one of a link's two runs.
fn side_of(link: &Link, side: usize) -> &Scenario {
    match (&link.second, side) {
        (Some(second), 1) => second,
        _ => &link.scenario,
    }
}
