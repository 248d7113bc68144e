//! The reader's hand on the scenario: each edit gives a new one that runs at once, or is refused with a sentence.

use super::{App, Effect};
use crate::panels::controls::slider_text;
use crate::panels::script::proposal;
use splitbrain::acts::{Act, FORMS, Field};
use splitbrain::edit::{self, Edited, Placed};
use splitbrain::link::{self, Link};
use splitbrain::scenario::{Cue, Problem, Scenario};
use splitbrain::time::{DurationUs, parse_duration_us};

/// An edit that could not be done: the run before it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// The key or part that was edited: `w`, `seed`, `draft`, `cue 2`, `do`.
    pub key: String,
    /// What the reader wrote.
    pub text: String,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// The form for a new cue.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    /// The act's place in [`FORMS`].
    pub act: usize,
    /// When, as text; empty for the cursor's time.
    pub at: String,
    /// What the fields say; empty for what they propose.
    pub fields: Vec<String>,
}

impl Default for Draft {
    fn default() -> Draft {
        Draft { act: 0, at: String::new(), fields: vec![String::new(); 3] }
    }
}

impl App {
    /// Sets a parameter, the seed or the horizon. While a control is held, its steps count as one.
    pub(super) fn set(&mut self, key: &str, text: &str, done: bool) -> Vec<Effect> {
        let lab = self.lab;
        let effects = self.change(key, text, !done, |scenario| edit::set(lab, scenario, key, text));
        if done {
            self.held = None;
        }
        effects
    }

    /// Sets a parameter to the value at a place of its slider.
    pub(super) fn slide(&mut self, key: &str, place: usize, done: bool) -> Vec<Effect> {
        let Some(param) = self.lab.params().iter().find(|param| param.key == key) else { return Vec::new() };
        match slider_text(param, place) {
            Some(text) => self.set(key, &text, done),
            None => Vec::new(),
        }
    }

    pub(super) fn reset(&mut self, key: &str) -> Vec<Effect> {
        let lab = self.lab;
        self.change(key, "", false, |scenario| edit::reset(lab, scenario, key))
    }

    /// Edits the run that the controls change; the knobs of a brief comparison are of both its runs, which differ in what the text compares.
    fn change(
        &mut self,
        key: &str,
        text: &str,
        held: bool,
        edit: impl Fn(&Scenario) -> Edited,
    ) -> Vec<Effect> {
        if !self.is_brief() || self.link().second.is_none() {
            let edited = edit(self.scenario());
            return self.edited(key, text, edited, held);
        }
        let second = self.link().second.as_ref().map(&edit);
        match (edit(&self.link().scenario), second) {
            (Ok(scenario), Some(Ok(second))) => {
                let link = Link { second: Some(second), ..edit::with_scenario(self.link(), scenario) };
                self.taken(key, link, held)
            }
            (Err(problems), _) | (_, Some(Err(problems))) => self.refuse(key, text, problems),
            (_, None) => Vec::new(),
        }
    }

    /// Puts every parameter back; the script and the seed stay where they still fit.
    pub(super) fn reset_all(&mut self) -> Vec<Effect> {
        let default = Scenario::of(self.lab);
        let mut new = self.scenario().clone();
        for ((param, value), default) in self.lab.params().iter().zip(&mut new.values).zip(&default.values) {
            if self.may_move(param.key) {
                value.clone_from(default);
            }
        }
        if self.may_move("do") && !new.problems(self.lab).is_empty() {
            new.cues = default.cues;
        }
        self.edited("all", "", Ok(new), false)
    }

    /// Does something at the cursor's time.
    pub(super) fn act_now(&mut self, text: &str, drop_later: bool) -> Vec<Effect> {
        let mut effects = self.add_cue("do", text, self.play.at_us, drop_later);
        // What was done is seen once the menu is gone; but where later lines stay, it has the choice to drop them.
        let may_drop = self.scenario().cues.iter().any(|cue| cue.at_us > self.play.at_us);
        if self.menu && self.refused.is_none() && !may_drop {
            self.menu = false;
            effects.push(Effect::FocusBack);
        }
        effects
    }

    fn add_cue(&mut self, key: &str, text: &str, at_us: u64, drop_later: bool) -> Vec<Effect> {
        let act: Act = match text.parse() {
            Ok(act) => act,
            Err(why) => return self.refuse(key, text, vec![Problem::key("do", why)]),
        };
        let insert = if drop_later { edit::insert_and_drop_after } else { edit::insert_cue };
        let said = format!("At {}: {}.", DurationUs(at_us), act.sentence());
        let placed = insert(self.lab, self.scenario(), Cue { at_us, act });
        self.placed(key, text, placed, said, false)
    }

    pub(super) fn remove_cue(&mut self, place: usize) -> Vec<Effect> {
        let edited = edit::remove_cue(self.lab, self.scenario(), place);
        let effects = self.edited(&format!("cue {place}"), "", edited, false);
        if self.refused.is_none() {
            self.said = "Taken out of the script.".into();
        }
        effects
    }

    pub(super) fn move_cue(&mut self, place: usize, text: &str) -> Vec<Effect> {
        let key = format!("cue {place}");
        match parse_duration_us(text.trim()) {
            Ok(at_us) => {
                let placed = edit::move_cue(self.lab, self.scenario(), place, at_us);
                self.placed(&key, text, placed, format!("Moved to {}.", DurationUs(at_us)), false)
            }
            Err(why) => self.refuse(&key, text, vec![Problem::key("do", why)]),
        }
    }

    /// Adds what the form says.
    pub(super) fn add_draft(&mut self) -> Vec<Effect> {
        let text = self.draft_text();
        let at = self.draft.at.trim().to_string();
        let at_us = match at.is_empty() {
            true => Ok(self.play.at_us),
            false => parse_duration_us(&at),
        };
        match at_us {
            Ok(at_us) => {
                let effects = self.add_cue("draft", &text, at_us, false);
                if self.refused.is_none() {
                    self.draft = Draft { act: self.draft.act, ..Draft::default() };
                }
                effects
            }
            Err(why) => self.refuse("draft", &at, vec![Problem::key("do", why)]),
        }
    }

    /// The act that the form says, as links write it.
    pub(crate) fn draft_text(&self) -> String {
        let form = &FORMS[self.draft.act];
        form.write(form.fields.iter().enumerate().map(|(place, field)| self.draft_field(place, field)))
    }

    /// What a field of the form says: what the reader wrote, or what it proposes.
    fn draft_field(&self, place: usize, field: &Field) -> String {
        match self.draft.fields[place].trim() {
            "" => proposal(self, field, place),
            written => (field.encode)(written),
        }
    }

    /// Takes in an edit that put a cue somewhere; `held` while the reader goes on moving it.
    pub(super) fn placed(
        &mut self,
        key: &str,
        text: &str,
        placed: Placed,
        said: String,
        held: bool,
    ) -> Vec<Effect> {
        let effects = self.edited(key, text, placed.map(|(scenario, _)| scenario), held);
        if self.refused.is_none() {
            self.said = said;
        }
        effects
    }

    /// Takes an edit in: runs it, or keeps what stood and says why.
    fn edited(&mut self, key: &str, text: &str, edited: Edited, held: bool) -> Vec<Effect> {
        let scenario = match edited {
            Ok(scenario) => scenario,
            Err(problems) => return self.refuse(key, text, problems),
        };
        let link = match (self.link().second.is_some(), self.side) {
            (true, 1) => Link { second: Some(scenario), ..self.link().clone() },
            _ => edit::with_scenario(self.link(), scenario),
        };
        self.taken(key, link, held)
    }

    fn taken(&mut self, key: &str, link: Link, held: bool) -> Vec<Effect> {
        self.refused = None;
        self.moving = None;
        let amend = held && self.held.as_deref() == Some(key);
        self.held = held.then(|| key.to_string());
        self.turn_to(link, amend)
    }

    fn refuse(&mut self, key: &str, text: &str, problems: Vec<Problem>) -> Vec<Effect> {
        if let Some(problem) = problems.first() {
            self.said = format!("Not done: {}.", problem.sentence);
        }
        self.refused = Some(Refusal { key: key.into(), text: text.into(), problems });
        Vec::new()
    }

    pub(super) fn turn_to(&mut self, link: Link, amend: bool) -> Vec<Effect> {
        if link == *self.link() {
            return Vec::new();
        }
        if amend {
            self.history.amend(link)
        } else {
            self.history.push(link)
        }
        let mut effects = self.run();
        effects.push(Effect::Changed);
        effects
    }

    /// Takes the last change back (`false`), or does it again.
    pub(super) fn travel(&mut self, again: bool) -> Vec<Effect> {
        let moved = if again { self.history.redo() } else { self.history.undo() };
        if !moved {
            return Vec::new();
        }
        self.refused = None;
        self.held = None;
        self.moving = None;
        let lab = link::find_lab(self.labs, self.link().scenario.lab).unwrap_or(self.lab);
        if self.link().second.is_none() {
            self.side = 0;
        }
        self.said = if again { "Done again." } else { "Taken back." }.into();
        let same = lab.meta().id == self.lab.meta().id;
        let mut effects = if same { self.run() } else { self.run_as(lab) };
        effects.push(Effect::Changed);
        effects
    }

    /// Puts this run beside a copy that stays as it is, or takes the second run away.
    pub(super) fn pair(&mut self) -> Vec<Effect> {
        let link = match self.link().second {
            Some(_) => edit::unpin(self.link()),
            None => edit::pin(self.link()),
        };
        self.side = 0;
        self.moving = None;
        self.turn_to(link, false)
    }
}
