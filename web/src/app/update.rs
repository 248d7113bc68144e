//! What each message does.

use super::{App, Effect, Zoom};
use crate::msg::Msg;
use crate::views::{Look, charts};
use splitbrain::link::At;

impl App {
    /// Does what a message says; what the page has to do comes back.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let was_playing = self.play.on;
        if self.is_locked(&msg) {
            self.said = "This is locked here.".into();
            return Vec::new();
        }
        let guesses = matches!(msg, Msg::Guess(_));
        let said_before = std::mem::take(&mut self.said);
        let mut effects = self.act_on(msg);
        if guesses || effects.contains(&Effect::Ran) {
            effects.extend(self.judge());
        }
        self.tell_news();
        self.tell_again(said_before);
        if was_playing != self.play.on {
            effects.push(Effect::Played);
        }
        effects
    }

    /// Screen readers read a live region when its text changes: what is said twice in a row differs by a space that nobody hears.
    fn tell_again(&mut self, before: String) {
        if self.said.is_empty() {
            self.said = before;
        } else if self.said == before {
            self.said.push('\u{a0}');
        }
    }

    fn act_on(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Play => self.start_playing(),
            Msg::Pause(at_us) => self.pause(at_us),
            Msg::Toggle | Msg::GoOn if self.is_narrated() => self.narrate_on(),
            Msg::GoOn => Vec::new(),
            Msg::GoBack => self.narrate_back(),
            Msg::Toggle if self.play.on => self.pause(None),
            Msg::Toggle => self.start_playing(),
            Msg::Arrive => self.arrived(),
            Msg::Step(_) | Msg::StepMessage(_) | Msg::StepVerdict(_) | Msg::Seek(_) | Msg::ToStart => {
                self.travelled(msg)
            }
            Msg::ToEnd | Msg::GoTo(_) | Msg::GoToSecond(_) => self.travelled(msg),
            Msg::Speed(_) | Msg::SpeedBy(_) | Msg::TrueTime(_) => self.pace(msg),
            Msg::Set { key, text, done } => self.set(&key, &text, done),
            Msg::Slide { key, place, done } => self.slide(&key, place, done),
            Msg::Reset(key) => self.reset(&key),
            Msg::ResetAll => self.reset_all(),
            Msg::Seed(text) => self.set("seed", &text, true),
            Msg::Horizon(text) => self.set("for", &text, true),
            Msg::Do { act, drop_later } => self.act_now(&act, drop_later),
            Msg::CueRemove(place) => self.remove_cue(place),
            Msg::CueTime(place, text) => self.move_cue(place, &text),
            Msg::CueDrag { cue, stop, done } => self.drag_cue(cue, stop, done),
            Msg::CueNudge(cue, by) => self.nudge_cue(cue, by),
            Msg::DraftWord(_) | Msg::DraftTime(_) | Msg::DraftField(..) => self.drafted(msg),
            Msg::DraftAdd => self.add_draft(),
            Msg::Undo => self.travel(false),
            Msg::Redo => self.travel(true),
            Msg::Pair => self.pair(),
            Msg::Open(text) => self.open_other(&text),
            Msg::Paste(text) => self.paste(&text),
            Msg::SaveRun => self.save_run(),
            Msg::OpenKept(list, place) => self.open_kept(&list, place),
            Msg::Forget(place) => self.forget(place),
            Msg::Export => self.export(),
            Msg::Import(text) => self.import(&text),
            Msg::Leave => self.remember(),
            Msg::Attempt(id) => self.attempt(&id),
            Msg::LeaveAttempt => self.leave_attempt(),
            Msg::Guess(answer) => self.guess(answer),
            Msg::CopyLink => vec![Effect::Copy(self.address())],
            Msg::CopyEmbed => vec![Effect::Copy(self.embed_code())],
            Msg::CopyListener => vec![Effect::Copy(super::sharing::LISTENER.into())],
            Msg::CopyMarkdown => vec![Effect::Copy(self.markdown())],
            Msg::CopyExport(id) => self.copy_export(&id),
            Msg::CopyWorksheet => vec![Effect::Copy(self.worksheet())],
            Msg::SaveFile(kind, view) => self.file(&kind, &view).into_iter().collect(),
            Msg::Focus(focus) => self.look_at(focus, 0),
            Msg::InSecond(msg) => self.act_in_second(*msg),
            Msg::SliceEnd => self.slice(),
            Msg::Escape => self.escape(),
            other => self.change_look(other),
        }
    }

    /// What is said in the pictures and the lights of the second run is about that run.
    fn act_in_second(&mut self, msg: Msg) -> Vec<Effect> {
        if self.outcomes.len() < 2 {
            return Vec::new();
        }
        match msg {
            Msg::GoTo(At::Record(id)) => self.travelled(Msg::GoToSecond(id)),
            Msg::Focus(focus) => self.look_at(focus, 1),
            Msg::WhyRecord(id) => self.ask_why(|app| app.why_record(id, 1)),
            Msg::WhyPromise(promise) => self.ask_why(|app| app.why_promise(&promise, 1)),
            other => self.act_on(other),
        }
    }

    fn start_playing(&mut self) -> Vec<Effect> {
        if self.posed {
            self.lead_in();
        } else if self.play.stop == self.last_stop() {
            self.place(0, 0);
        }
        self.halted = None;
        self.play.on = self.last_stop() > 0;
        Vec::new()
    }

    fn pause(&mut self, at_us: Option<u64>) -> Vec<Effect> {
        if let (true, Some(at_us), Some(leg)) = (self.play.on, at_us, self.leg()) {
            let at_us = at_us.clamp(leg.from_us, leg.to_us);
            // A stretch may lead past several events: some of them have happened.
            if at_us > leg.from_us {
                self.place_at(at_us);
            }
        }
        self.play.on = false;
        self.tell_moment();
        Vec::new()
    }

    fn arrived(&mut self) -> Vec<Effect> {
        if !self.play.on {
            return Vec::new();
        }
        self.arrive();
        if let Some(halt) = &self.halted {
            let why = self.outcomes[halt.side].verdict(halt.promise).and_then(|verdict| verdict.break_());
            self.said = why.map_or_else(String::new, |change| format!("Broken: {}", change.why));
        } else if !self.play.on && self.play.stop < self.last_stop() {
            self.tell_caption();
        } else if !self.play.on {
            self.said = "The run has ended.".into();
        }
        Vec::new()
    }

    /// Moves in time by the reader's hand, which ends playing.
    fn travelled(&mut self, msg: Msg) -> Vec<Effect> {
        let broken_before = self.broken_now();
        self.play.on = false;
        self.halted = None;
        match msg {
            Msg::Step(by) => self.step(by),
            Msg::StepMessage(by) => self.step_to(by, App::is_message),
            Msg::StepVerdict(by) => self.step_to_change(by),
            Msg::Seek(stop) if stop >= self.last_stop() => self.go_to_end(),
            Msg::Seek(stop) => self.place(stop, 0),
            Msg::ToStart => self.place(0, 0),
            Msg::ToEnd => self.go_to_end(),
            Msg::GoTo(at) => self.go_to(at),
            Msg::GoToSecond(record) => {
                if self.outcomes.len() > 1
                    && let Some(stop) = self.stop_of(1, record)
                {
                    self.place(stop, 0);
                }
            }
            _ => unreachable!("only moves in time come here"),
        }
        self.tell_moment();
        self.tell_passed(&broken_before);
        vec![Effect::Changed]
    }

    /// What has just happened, and when: in both runs where there are two, and with eyes what their node knows of it.
    pub(crate) fn moment(&self) -> String {
        let now = |side: usize| {
            let trace = &self.outcomes[side].trace;
            let record = self.cursor(side).record(trace)?;
            let fresh = self.moments.is_empty() || record.at_us == self.stop_us(self.play.stop);
            let known = self.with_look(side, "said", 360, |look| look.knows(record));
            let run = if self.outcomes.len() > 1 { ["first run: ", "second run: "][side] } else { "" };
            match (fresh, self.eyes) {
                (false, _) => None,
                (true, Some(eyes)) if !known => Some(format!("{run}nothing that {eyes} can know of")),
                _ => Some(format!("{run}{}", self.record_words(side, record.id))),
            }
        };
        let told: Vec<String> = (0..self.outcomes.len()).filter_map(now).collect();
        let words = if told.is_empty() { "nothing has happened yet".into() } else { told.join("; ") };
        format!("{}: {words}.", self.clock(self.play.at_us))
    }

    /// The live region says what has just happened, and what broke with it.
    fn tell_moment(&mut self) {
        let broken = match self.break_at(self.play.stop) {
            Some(halt) => self.outcomes[halt.side].verdict(halt.promise).and_then(|verdict| verdict.break_()),
            None => None,
        };
        let broken = broken
            .filter(|change| change.at.at_us <= self.play.at_us)
            .map(|change| format!(" Broken: {}", change.why))
            .unwrap_or_default();
        self.said = self.moment() + &broken;
    }

    fn pace(&mut self, msg: Msg) -> Vec<Effect> {
        let last = super::play::SPEEDS.len() - 1;
        match msg {
            Msg::Speed(place) => self.play.speed = place.min(last),
            Msg::SpeedBy(by) => {
                self.play.speed = (self.play.speed as i64 + i64::from(by)).clamp(0, last as i64) as usize;
                self.said = format!("Speed {}.", super::play::SPEEDS[self.play.speed].1);
            }
            Msg::TrueTime(on) => self.play.true_time = on,
            _ => unreachable!("only paces come here"),
        }
        Vec::new()
    }

    fn drafted(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::DraftWord(word) => {
                let place = splitbrain::acts::FORMS.iter().position(|form| form.word == word);
                self.draft = super::edits::Draft { act: place.unwrap_or(0), ..self.draft.clone() };
                self.draft.fields.fill(String::new());
            }
            Msg::DraftTime(text) => self.draft.at = text,
            Msg::DraftField(place, text) => {
                if let Some(field) = self.draft.fields.get_mut(place) {
                    *field = text;
                }
            }
            _ => unreachable!("only the form comes here"),
        }
        if self.refused.as_ref().is_some_and(|refusal| refusal.key == "draft") {
            self.refused = None;
        }
        Vec::new()
    }

    /// Shows an argument: the keyboard goes to its first step, and comes back when it is closed.
    fn ask_why(&mut self, argue: impl FnOnce(&mut App)) -> Vec<Effect> {
        self.play.on = false;
        argue(self);
        let Some(why) = &self.why else { return Vec::new() };
        self.said = why.title.clone();
        vec![Effect::FocusOn(format!("{}-why", self.options.id))]
    }

    /// Everything that changes only how the run is looked at.
    pub(super) fn change_look(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::MenuClose => {
                self.menu = false;
                return vec![Effect::FocusBack];
            }
            Msg::WhyRecord(id) => return self.ask_why(|app| app.why_record(id, 0)),
            Msg::WhyPromise(promise) => return self.ask_why(|app| app.why_promise(&promise, 0)),
            Msg::WhyClose => {
                self.close_why();
                return vec![Effect::FocusBack];
            }
            Msg::Eyes(node) => self.eyes = node.filter(|node| self.in_all(*node)),
            Msg::Panel(id) => return self.toggle_panel(&id),
            Msg::Tab(id) if self.is_folded() && self.tab == id => self.tab = "",
            Msg::Tab(id) => self.tab = self.known_panel(&id).unwrap_or(self.tab),
            Msg::Group { name, open } => self.toggle_group(&name, open),
            Msg::Zoom { factor, about } => self.zoom_by(factor, about),
            Msg::Pan(windows) => self.pan_by(windows),
            Msg::Pull { factor, about, shift } => self.pull_window(factor, about, shift),
            Msg::Probe(place) => {
                self.probe_us = charts::reading::moments(&self.outcomes[0]).get(place).copied();
            }
            Msg::ProbeAt { side, width, x, y } if side < self.outcomes.len() => {
                let read = |look: &Look<'_>| charts::reading::moment_at(look, (x, y));
                self.probe_us = self.with_look(side, "charts", width, read);
            }
            Msg::ProbeAt { .. } | Msg::ProbeOff => self.probe_us = None,
            Msg::LetGo => self.grip = None,
            Msg::ZoomFit => {
                self.zoom = match self.zoom {
                    Zoom::Follow => Zoom::Fixed { from_us: 0, to_us: self.ended_us().max(1) },
                    Zoom::Fixed { .. } | Zoom::Stops { .. } => Zoom::Follow,
                }
            }
            Msg::Warp(on) => self.warped = on,
            Msg::CueLetGo => self.let_go(),
            Msg::Side(side) => self.side = side.min(self.outcomes.len() - 1),
            Msg::Knife => {
                self.knife = !self.knife;
                self.said = if self.knife { crate::panels::quick::KNIFE.into() } else { String::new() };
            }
            Msg::Slice(slice) => self.slicing = Some(slice),
            Msg::SliceOff => self.slicing = None,
            Msg::Copied(outcome) => self.tell_copied(&outcome),
            Msg::Share => {
                (self.share, self.copied) = (!self.share, "");
                let mut effects = self.sheet("share", self.share);
                effects.extend(self.measure().filter(|_| self.share));
                return effects;
            }
            Msg::Help => {
                self.help = !self.help;
                return self.sheet("help", self.help);
            }
            Msg::ToggleProject => return self.project(!self.projected),
            Msg::Project(on) => return self.project(on),
            Msg::Hint => {
                self.learning.hint = !self.learning.hint;
                if let (true, Some(challenge)) = (self.learning.hint, self.challenge()) {
                    self.said = format!("Hint: {}", challenge.hint);
                }
            }
            Msg::Kept { name, text } => {
                self.kept.take(&name, &text);
                self.kept.lasts = true;
            }
            Msg::Unkept => self.unkept(),
            Msg::SaveName(name) => self.kept.name = name,
            Msg::DismissProblems => self.problems.clear(),
            Msg::DismissHalt => self.halted = None,
            Msg::Framed(pixels) => self.framed_px = Some(pixels).filter(|pixels| *pixels > 0),
            Msg::Width(pixels) => {
                self.pixels = pixels;
                self.lay_out();
            }
            Msg::More(unfolded) => return self.unfold(unfolded),
            Msg::Still(on) => self.options.still = on,
            other => unreachable!("{other:?} is dealt with in act_on"),
        }
        Vec::new()
    }

    fn toggle_panel(&mut self, id: &str) -> Vec<Effect> {
        let Some(panel) = self.known_panel(id) else { return Vec::new() };
        match self.open.iter().position(|open| *open == panel) {
            Some(place) => drop(self.open.remove(place)),
            None => {
                self.open.push(panel);
                self.tab = panel;
            }
        }
        vec![Effect::Changed]
    }

    fn toggle_group(&mut self, name: &str, open: bool) {
        let Some(group) = self.lab.params().iter().map(|param| param.group).find(|group| *group == name)
        else {
            return;
        };
        self.groups.retain(|known| *known != group);
        if open {
            self.groups.push(group);
        }
    }
}
