//! The part of a link that says how a run is looked at, and decides nothing of it.

use super::nearest::nearest;
use super::parse::Reading;
use crate::lab::Lab;
use crate::params::shown;
use crate::time::{DurationUs, parse_duration_us};

/// The panels that every widget can open, beside the views that its lab offers.
pub const PANELS: [&str; 15] = [
    "stage",
    "spacetime",
    "charts",
    "controls",
    "timeline",
    "script",
    "inspector",
    "verdicts",
    "many",
    "compare",
    "eyes",
    "scenes",
    "transcript",
    "challenges",
    "saved",
];

/// How a run is looked at.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct View {
    /// Where the cursor stands; a link with `at` opens paused.
    pub at: Option<At>,
    /// The panel in front, where they are tabs.
    pub view: Option<String>,
    /// The panels that are open, in order; empty for the lab's own choice.
    pub panels: Vec<String>,
    /// Light or dark.
    pub theme: Theme,
    /// The controls that may be moved (`none`: no one); `None` when all may.
    pub controls: Option<Vec<String>>,
    /// The controls that stand at hand in a brief widget (`none`: no one), with `do` for the cluster's own; `None` for the whole bench.
    pub knobs: Option<Vec<String>>,
    /// What a worksheet keeps from its reader.
    pub hide: Hide,
}

/// What a worksheet keeps from its reader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Hide {
    /// Nothing.
    #[default]
    Nothing,
    /// Which promises were kept and broken, and everything that tells: the halt at a break, its ticks, "why?".
    Lights,
}

/// A place in a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum At {
    /// After all records up to this time, in µs: `at=2.5s`.
    Time(u64),
    /// After this record: `at=r123`.
    Record(u32),
}

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All themes and their words in links.
    pub const WORDS: [(Theme, &'static str); 3] =
        [(Theme::Auto, "auto"), (Theme::Light, "light"), (Theme::Dark, "dark")];

    /// Its word in links.
    pub fn word(self) -> &'static str {
        Theme::WORDS[self as usize].1
    }
}

impl At {
    /// Reads `2.5s` or `r123`.
    pub fn parse(text: &str) -> Result<At, String> {
        let wrong =
            |_| format!("at={} is neither a time nor a record: write at=2.5s, or at=r123", shown(text));
        match text.strip_prefix('r') {
            Some(record) if record.bytes().all(|b| b.is_ascii_digit()) => {
                record.parse().map(At::Record).map_err(|why: std::num::ParseIntError| wrong(why.to_string()))
            }
            _ => parse_duration_us(text).map(At::Time).map_err(wrong),
        }
    }
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            At::Time(us) => DurationUs(*us).fmt(f),
            At::Record(id) => write!(f, "r{id}"),
        }
    }
}

/// Takes the view's keys.
pub(super) fn read(reading: &mut Reading, lab: &dyn Lab) -> View {
    let views = lab.meta().views.iter().filter(|view| !PANELS.contains(view));
    let panels: Vec<&str> = PANELS.iter().chain(views).copied().collect();
    let controls: Vec<&str> = lab.params().iter().map(|p| p.key).chain(["seed", "for", "do"]).collect();
    View {
        at: reading.value("at", At::parse),
        view: reading.value("view", |word| known("view", word, &panels)),
        panels: reading.list("panels", |word| known("panels", word, &panels)).unwrap_or_default(),
        theme: reading
            .value("theme", |word| match Theme::WORDS.iter().find(|(_, w)| *w == word) {
                Some((theme, _)) => Ok(*theme),
                None => Err(format!("theme={} is not one of auto, light, dark", shown(word))),
            })
            .unwrap_or_default(),
        controls: reading.list("controls", |word| known("controls", word, &controls)),
        knobs: reading.list("knobs", |word| known("knobs", word, &controls)),
        hide: reading
            .value("hide", |word| match word {
                "lights" => Ok(Hide::Lights),
                _ => Err(format!(
                    "hide={} is not known; hide=lights hides which promises were kept",
                    shown(word)
                )),
            })
            .unwrap_or_default(),
    }
}

fn known(key: &str, word: &str, words: &[&str]) -> Result<String, String> {
    if words.contains(&word) {
        return Ok(word.into());
    }
    let what = format!("{key}: there is no {}", shown(word));
    match nearest(word, words.iter().copied()) {
        Some(meant) => Err(format!("{what}; did you mean {meant}?")),
        None => Err(format!("{what}; there are {}", words.join(", "))),
    }
}

/// Writes the view's keys.
pub(super) fn print(view: &View, parts: &mut Vec<String>) {
    if let Some(at) = view.at {
        parts.push(format!("at={at}"));
    }
    if let Some(word) = &view.view {
        parts.push(format!("view={word}"));
    }
    if !view.panels.is_empty() {
        parts.push(format!("panels={}", view.panels.join(",")));
    }
    if view.theme != Theme::Auto {
        parts.push(format!("theme={}", view.theme.word()));
    }
    for (key, named) in [("controls", &view.controls), ("knobs", &view.knobs)] {
        match named.as_deref() {
            None => {}
            Some([]) => parts.push(format!("{key}=none")),
            Some(keys) => parts.push(format!("{key}={}", keys.join(","))),
        }
    }
    if view.hide == Hide::Lights {
        parts.push("hide=lights".into());
    }
}
