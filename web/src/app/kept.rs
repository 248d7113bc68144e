//! What is remembered in the reader's browser, where it may be: challenges reached, runs saved by name, runs opened last. Each is one text of
//! lines, the last two in the form in which runs are exported and imported: a link, and after a space its name.

use super::{App, Effect};
use splitbrain::counted::counted;
use splitbrain::lab::Lab;
use splitbrain::labs::IDS;
use splitbrain::link;
use splitbrain::scenario::{Place, Problem};

/// The most runs that are saved.
pub(crate) const MAX_SAVED: usize = 50;
/// How many of the runs opened last are remembered.
const MAX_RECENT: usize = 8;
/// The most characters of a name.
pub(crate) const MAX_NAME: usize = 80;
/// The longest link that is kept, in bytes.
const MAX_LINK_BYTES: usize = 8_000;
/// The most bytes that are read of a file; the page gives a few more, so that it can be said.
const MAX_FILE_BYTES: usize = 1 << 20;
/// The most lines that are read of any text: far more than is ever written.
const MAX_LINES: usize = 1_000;

/// A run that was kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Saved {
    /// Its link.
    pub link: String,
    /// What the reader called it; empty for a run opened last.
    pub name: String,
}

/// What is kept. Where the browser keeps nothing, it lasts as long as the widget.
#[derive(Clone, Default, Debug)]
pub(crate) struct Kept {
    /// The challenges that were reached: `quorum/fresh`.
    pub done: Vec<String>,
    /// Runs saved by name, the newest first.
    pub saved: Vec<Saved>,
    /// Runs opened last, the newest first.
    pub recent: Vec<Saved>,
    /// Whether the browser keeps it beyond this page.
    pub lasts: bool,
    /// The name in the form, and what was said of the last act.
    pub name: String,
    pub told: String,
}

impl Kept {
    /// Takes in a text that was kept, by this page before or by another one now.
    pub fn take(&mut self, name: &str, text: &str) {
        let lines = || text.lines().filter(|line| !line.trim().is_empty()).take(MAX_LINES);
        match name {
            "done" => self.done = lines().map(String::from).collect(),
            "saved" => self.saved = lines().map(saved).take(MAX_SAVED).collect(),
            "recent" => self.recent = lines().map(saved).take(MAX_RECENT).collect(),
            _ => {}
        }
    }

    /// What has the page keep the text of that name as it is now.
    pub fn effect(&self, name: &'static str) -> Effect {
        let text = match name {
            "done" => self.done.join("\n"),
            "saved" => printed(&self.saved),
            "recent" => printed(&self.recent),
            other => unreachable!("{other} is not kept"),
        };
        Effect::Keep { name, text }
    }
}

fn saved(line: &str) -> Saved {
    let line = &plain(line);
    let (link, name) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
    Saved { link: link.into(), name: name.trim().chars().take(MAX_NAME).collect() }
}

/// A name reads as it is written.
fn plain(text: &str) -> String {
    link::visible(&text.replace('\t', " "))
}

fn printed(list: &[Saved]) -> String {
    let line = |saved: &Saved| format!("{} {}", saved.link, saved.name).trim_end().to_string();
    list.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl App {
    /// What a run is called that the reader gives no name.
    pub(crate) fn proposed_name(&self) -> String {
        match self.hides_lights() {
            true => self.lab.meta().title.into(),
            false => format!("{}: {}", self.lab.meta().title, self.summary()),
        }
    }

    /// The link of the run where the cursor is. Which panels are open is the reader's, not the run's.
    fn link_to_keep(&self) -> String {
        let mut link = self.as_bench(self.link_now());
        link.view.panels.clear();
        link::print(&link, self.labs)
    }

    /// Saves the present run, where the cursor is, under the name in the form.
    pub(super) fn save_run(&mut self) -> Vec<Effect> {
        let link = self.link_to_keep();
        if self.kept.saved.len() >= MAX_SAVED {
            return self.tell_kept(format!(
                "Not saved: {MAX_SAVED} runs are the most. Delete one, or export them first."
            ));
        }
        if link.len() > MAX_LINK_BYTES {
            return self
                .tell_kept(format!("Not saved: its link is longer than {MAX_LINK_BYTES} characters."));
        }
        let proposed = self.proposed_name();
        let written: String = plain(&self.kept.name).split_whitespace().collect::<Vec<_>>().join(" ");
        let name: String =
            if written.is_empty() { proposed } else { written }.chars().take(MAX_NAME).collect();
        self.kept.saved.insert(0, Saved { link, name: name.clone() });
        self.kept.name.clear();
        let mut effects = self.tell_kept(format!("Saved: {name}."));
        effects.push(self.kept.effect("saved"));
        effects
    }

    /// Opens a run that was kept.
    pub(super) fn open_kept(&mut self, list: &str, place: usize) -> Vec<Effect> {
        let list = if list == "saved" { &self.kept.saved } else { &self.kept.recent };
        let Some(link) = list.get(place).map(|saved| saved.link.clone()) else { return Vec::new() };
        self.open_other(&link)
    }

    /// Opens another link, and remembers the run that is left.
    pub(super) fn open_other(&mut self, text: &str) -> Vec<Effect> {
        let mut effects = self.remember();
        effects.extend(self.open_link(text));
        effects
    }

    pub(super) fn forget(&mut self, place: usize) -> Vec<Effect> {
        if place >= self.kept.saved.len() {
            return Vec::new();
        }
        let name = self.kept.saved.remove(place).name;
        let mut effects = self.tell_kept(format!("Deleted: {name}."));
        effects.push(self.kept.effect("saved"));
        effects
    }

    /// Puts the present run first among those opened last, if the reader has changed anything.
    pub(super) fn remember(&mut self) -> Vec<Effect> {
        let link = self.link_to_keep();
        if !self.history.can_undo() || link.len() > MAX_LINK_BYTES {
            return Vec::new();
        }
        self.kept.recent.retain(|recent| recent.link != link);
        self.kept.recent.insert(0, Saved { link, name: String::new() });
        self.kept.recent.truncate(MAX_RECENT);
        vec![self.kept.effect("recent")]
    }

    /// Offers the saved runs as a text file, one link a line.
    pub(super) fn export(&self) -> Vec<Effect> {
        let text = printed(&self.kept.saved) + "\n";
        vec![Effect::Save { name: "splitbrain-runs.txt".into(), mime: "text/plain", text }]
    }

    /// Takes the runs of a text file in, one link a line; what cannot be read is counted and said.
    pub(super) fn import(&mut self, text: &str) -> Vec<Effect> {
        let (mut taken, mut bad, mut known, mut full) = (Vec::new(), Vec::new(), 0, 0);
        let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        for (number, line) in lines.by_ref().take(MAX_LINES) {
            let Saved { link, name } = saved(line);
            let canonical = match link::parse(&link, self.labs).link {
                Some(read) => Some((read.scenario.lab, link::print(&read, self.labs))),
                None => App::lab_elsewhere(&link, self.labs).map(|lab| (lab, link.clone())),
            };
            match canonical {
                None => bad.push(number.to_string()),
                Some(_) if link.len() > MAX_LINK_BYTES => bad.push(number.to_string()),
                Some((lab, link)) => {
                    let new = Saved { link, name: if name.is_empty() { lab.to_string() } else { name } };
                    if self.kept.saved.contains(&new) || taken.contains(&new) {
                        known += 1;
                    } else if self.kept.saved.len() + taken.len() >= MAX_SAVED {
                        full += 1;
                    } else {
                        taken.push(new);
                    }
                }
            }
        }
        let mut told = vec![format!("{} imported", taken.len())];
        told.extend((known > 0).then(|| format!("{known} known already")));
        told.extend((full > 0).then(|| format!("{full} left out: {MAX_SAVED} runs are the most")));
        let beyond = lines.count();
        told.extend(
            (beyond > 0)
                .then(|| format!("{} after the first {MAX_LINES} not read", counted(beyond as u64, "line"))),
        );
        told.extend(
            (text.len() > MAX_FILE_BYTES).then(|| "what comes after the first 1 MiB not read".to_owned()),
        );
        bad.truncate(10);
        told.extend((!bad.is_empty()).then(|| format!("no link to a run in line {}", bad.join(", "))));
        self.kept.saved.splice(0..0, taken);
        let mut effects = self.tell_kept(format!("{}.", told.join("; ")));
        effects.push(self.kept.effect("saved"));
        effects
    }

    fn tell_kept(&mut self, words: String) -> Vec<Effect> {
        self.said.clone_from(&words);
        self.kept.told = words;
        Vec::new()
    }

    /// The lab that a link names, where it is not at hand: none of these.
    pub(crate) fn lab_elsewhere(text: &str, labs: &[&'static dyn Lab]) -> Option<&'static str> {
        let name = link::named(text)?;
        let known = IDS.iter().copied().find(|id| *id == name)?;
        link::find_lab(labs, known).is_none().then_some(known)
    }

    /// The browser has refused to keep something: what was said of that is not so.
    pub(super) fn unkept(&mut self) {
        self.kept.lasts = false;
        if !self.kept.told.is_empty() {
            let words = "Not kept: this browser's storage is full, or closed to this page. What is listed lasts until the page closes.";
            self.tell_kept(words.into());
        }
    }

    /// Opens what was pasted: a link, a page's address, or the fragment of one; or says that it is none.
    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        let text = text.trim();
        let opened = link::parse(text, self.labs);
        if opened.link.is_some() || App::lab_elsewhere(text, self.labs).is_some() {
            return self.open_other(text);
        }
        let fragment = text.trim_start_matches(['#', '?']);
        let bare = fragment.split('&').next().is_some_and(|part| part.contains('=') && !part.contains('/'));
        if bare && !text.contains(char::is_whitespace) {
            return self.open_other(&format!("{}?{fragment}", self.lab.meta().id));
        }
        let why = opened.problems.last().map_or("", |problem| problem.sentence.as_str());
        let sentence = format!("what was pasted is no link to a run: {why}");
        self.said = format!("{}.", crate::panels::capital(&sentence));
        self.problems = vec![Problem { place: Place::Link, sentence }];
        Vec::new()
    }
}
