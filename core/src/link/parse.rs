//! Reading a link: whatever the text, what can be understood opens, and what cannot is said.

use super::clean::{Located, is_tracking, locate};
use super::nearest::nearest;
use super::{Link, Opened, envelope, find_lab, pack, repair, view};
use crate::acts::Act;
use crate::counted::counted;
use crate::lab::Lab;
use crate::labs::IDS;
use crate::params::shown;
use crate::scenario::{Cue, MAX_CUES, Place, Problem, Scenario};
use crate::time::{DurationUs, parse_duration_us};
use crate::unseen::visible;

/// The most `key=value` parts that are read.
pub const MAX_PARTS: usize = 500;
/// The most problems that are told one by one.
pub const MAX_PROBLEMS: usize = 50;
/// What a host adds to a packed link, to stand instead of what that says: how it is looked at.
const ADDED: [&str; 2] = ["panels", "theme"];
/// The most items of a list such as `panels`.
const MAX_ITEMS: usize = 64;

/// The lab that a link names, in small letters, whether there is such a lab or not.
pub fn named(text: &str) -> Option<String> {
    locate(text, &mut Vec::new()).lab.map(|name| name.to_ascii_lowercase())
}

/// Reads a link to any of the labs: `quorum?n=3&w=1`, with whatever a page's address, a chat program or a host put around it.
///
/// The link is `None` only when the text names none of these labs.
pub fn parse(text: &str, labs: &[&'static dyn Lab]) -> Opened {
    let mut reading = Reading::default();
    let Located { lab: name, parts, elsewhere } = locate(text, &mut reading.problems);
    let lab = name.as_deref().and_then(|name| find_lab(labs, &name.to_ascii_lowercase()));
    let Some(lab) = lab else {
        let known = format!("the labs are {}", IDS.join(", "));
        let sentence = match name.as_deref().map(|name| (name, nearest(name, IDS.iter().copied()))) {
            Some((name, Some(meant))) => format!("there is no lab {}; did you mean {meant}?", shown(name)),
            Some((name, None)) => format!("there is no lab {}; {known}", shown(name)),
            None if elsewhere => format!("this address leads to no lab; {known}"),
            None => format!("the link does not name its lab: write it first, as in quorum?n=3; {known}"),
        };
        reading.problem(Problem { place: Place::Lab, sentence });
        return Opened { link: None, problems: reading.told() };
    };
    open(lab, &parts, reading)
}

/// Reads the fragment of a lab's own page, `#n=3&w=1`, which does not name the lab; a whole link to the same lab does too.
///
/// A single word without `=` is the name of a place on the page, and no link. There is always a link in what comes back.
pub fn parse_fragment(lab: &dyn Lab, text: &str) -> Opened {
    let mut reading = Reading::default();
    let Located { lab: name, parts, .. } = locate(text, &mut reading.problems);
    let id = lab.meta().id;
    match name {
        Some(name) if !name.eq_ignore_ascii_case(id) && !parts.is_empty() => {
            let sentence =
                format!("this link is one to {}, and this is {id}; {id} opens as it is", shown(&name));
            reading.problem(Problem { place: Place::Lab, sentence });
            open(lab, "", reading)
        }
        _ => open(lab, &parts, reading),
    }
}

/// Reads everything after the lab's name.
fn open(lab: &dyn Lab, parts: &str, mut reading: Reading) -> Opened {
    reading.split(parts);
    reading.unpack();
    envelope::migrate(&mut reading);

    let base = Scenario::of(lab);
    let scenario = read_scenario(&mut reading, lab, "", &base);
    let scenario = repair::repair(lab, scenario, &base, "", &mut reading);
    let second = reading.parts.iter().any(|part| part.key.starts_with("b.")).then(|| {
        let second = read_scenario(&mut reading, lab, "b.", &scenario);
        repair::repair(lab, second, &scenario, "b.", &mut reading)
    });
    let view = view::read(&mut reading, lab);
    let envelope = envelope::read(&mut reading, lab);
    reading.unknown(lab);
    Opened { link: Some(Link { scenario, second, view, envelope }), problems: reading.told() }
}

/// One `key=value` of a link; the key alone when there is no `=`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part {
    pub key: String,
    pub value: Option<String>,
}

/// A link being read: the parts that nobody has taken yet, and the problems so far.
#[derive(Default)]
pub(super) struct Reading {
    pub parts: Vec<Part>,
    pub problems: Vec<Problem>,
    untold: usize,
}

impl Reading {
    /// Notes a problem; beyond [`MAX_PROBLEMS`] they are only counted.
    pub fn problem(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.untold += 1;
        }
    }

    /// All problems, the last of which says how many more there were.
    fn told(mut self) -> Vec<Problem> {
        if self.untold > 0 {
            let sentence = format!("and {}", counted(self.untold as u64, "more problem"));
            self.problems.push(Problem { place: Place::Link, sentence });
        }
        self.problems
    }

    /// Splits the text into parts, of which each key stands once.
    fn split(&mut self, text: &str) {
        // No value of ours holds a question mark: a host appended its own query.
        let pieces = || text.split(['&', '?']).map(str::trim).filter(|piece| !piece.is_empty());
        for piece in pieces().take(MAX_PARTS) {
            let (key, value) = match piece.split_once('=') {
                Some((key, value)) => (key.trim(), Some(value.trim())),
                None => (piece, None),
            };
            self.add(Part { key: key.into(), value: value.map(String::from) }, "the first");
        }
        if pieces().nth(MAX_PARTS).is_some() {
            let sentence =
                format!("the link has more than {MAX_PARTS} parts; the first {MAX_PARTS} are read");
            self.problem(Problem { place: Place::Link, sentence });
        }
    }

    /// Puts the packed parts beside the readable ones, which come first.
    fn unpack(&mut self) {
        let unpacked = self.value("z", pack::unpack);
        let Some(text) = unpacked else { return };
        let mut packed = Reading::default();
        packed.split(&visible(&text));
        self.problems.append(&mut packed.problems);
        for part in packed.parts {
            if part.key == "z" {
                let sentence = "the packed part of the link (z=…) holds another; that one is not read";
                self.problem(Problem::key("z", sentence));
            } else if !(ADDED.contains(&part.key.as_str())
                && self.parts.iter().any(|other| other.key == part.key))
            {
                self.add(part, "the one that is not packed");
            }
        }
    }

    /// Adds a part, if there is none of its key; of two that differ `used`, the one that was there, is taken.
    fn add(&mut self, part: Part, used: &str) {
        match self.parts.iter().find(|other| other.key == part.key) {
            Some(first) if first.value == part.value => {}
            Some(first) => {
                let value = shown(first.value.as_deref().unwrap_or_default());
                let sentence = format!("{} stands twice; {used}, {value}, is taken", shown(&part.key));
                self.problem(Problem::key(&short(&part.key), sentence));
            }
            None => self.parts.push(part),
        }
    }

    /// Takes a key's text.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let place = self.parts.iter().position(|part| part.key == key && part.value.is_some())?;
        self.parts.remove(place).value
    }

    /// Takes a key's value; what is wrong with it becomes a problem of the key.
    pub fn value<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(key)?;
        parse(&text).map_err(|why| self.problem(Problem::key(key, why))).ok()
    }

    /// Takes a key's list, `a,b`, without repetitions; `none` is the empty list, and a list of mistakes is no list.
    pub fn list<T: PartialEq>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let text = self.text(key)?;
        let mut list = Vec::new();
        if text == "none" {
            return Some(list);
        }
        for item in text.split(',').filter(|item| !item.is_empty()).take(MAX_ITEMS) {
            match parse(item) {
                Ok(item) if list.contains(&item) => {}
                Ok(item) => list.push(item),
                Err(why) => self.problem(Problem::key(key, why)),
            }
        }
        if text.split(',').nth(MAX_ITEMS).is_some() {
            self.problem(Problem::key(key, format!("{key} lists {MAX_ITEMS} things at the most")));
        }
        (!list.is_empty()).then_some(list)
    }

    /// Says of every part that nobody took what may have been meant.
    fn unknown(&mut self, lab: &dyn Lab) {
        const OURS: [&str; 19] = [
            "seed",
            "for",
            "do",
            "at",
            "view",
            "panels",
            "theme",
            "controls",
            "knobs",
            "hide",
            "many",
            "over",
            "law",
            "challenge",
            "claim",
            "rev",
            "digest",
            "v",
            "z",
        ];
        let id = lab.meta().id;
        let params: Vec<&str> = lab.params().iter().map(|p| p.key).collect();
        for part in std::mem::take(&mut self.parts) {
            let key = part.key.as_str();
            let (prefix, bare) = key.strip_prefix("b.").map_or(("", key), |bare| ("b.", bare));
            let ours: &[&str] = if prefix.is_empty() { &OURS } else { &OURS[..3] };
            let known = || params.iter().chain(ours).copied();
            let sentence = if known().any(|k| k == bare) {
                format!("{key} has no value; write {key}=…")
            } else if is_tracking(key) || (part.value.is_none() && key.eq_ignore_ascii_case(id)) {
                continue;
            } else if let Some(meant) = nearest(bare, known()) {
                format!("{} is not a key of {id}; did you mean {prefix}{meant}?", shown(key))
            } else {
                let mut known: Vec<&str> = params.iter().copied().take(12).collect();
                known.extend((params.len() > 12).then_some("…"));
                format!("{} is not a key of {id}; its settings are {}", shown(key), known.join(", "))
            };
            self.problem(Problem::key(&short(key), sentence));
        }
    }
}

/// A reader's key, no longer than a place needs.
fn short(key: &str) -> String {
    key.chars().take(40).collect()
}

/// Reads the keys of one run; what is not written, or wrong, is as in `base`.
fn read_scenario(reading: &mut Reading, lab: &dyn Lab, prefix: &str, base: &Scenario) -> Scenario {
    let mut scenario = base.clone();
    for (param, value) in lab.params().iter().zip(&mut scenario.values) {
        let key = format!("{prefix}{}", param.key);
        let opened = format!("opened with {key}={}", param.print(value));
        let read = reading.value(&key, |text| param.parse(text).map_err(|why| format!("{why}; {opened}")));
        *value = read.unwrap_or_else(|| value.clone());
    }
    let key = format!("{prefix}seed");
    let seed = reading
        .value(&key, |text| read_seed(text).map_err(|why| format!("{why}; opened with {key}={}", base.seed)));
    scenario.seed = seed.unwrap_or(base.seed);
    let key = format!("{prefix}for");
    let horizon_us = reading.value(&key, |text| {
        let opened = DurationUs(base.horizon_us);
        parse_duration_us(text).map_err(|why| format!("{key}: {why}; opened with {key}={opened}"))
    });
    scenario.horizon_us = horizon_us.unwrap_or(base.horizon_us);
    let key = format!("{prefix}do");
    if let Some(text) = reading.text(&key) {
        let script = read_script(&text);
        for why in script.faults {
            reading.problem(Problem::key(&key, format!("{why}; left out")));
        }
        if let Some(why) = script.too_many {
            reading.problem(Problem::key(&key, format!("{why}, and the first {MAX_CUES} are kept")));
        }
        scenario.cues = script.cues;
    }
    scenario
}

/// Reads a seed.
pub(crate) fn read_seed(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("seed={}: a seed is a whole number from 0 to {}", shown(text), u32::MAX))
}

/// A script as it was read.
pub(crate) struct Script {
    /// The cues that could be read, the first [`MAX_CUES`] at the most, in order of time.
    pub cues: Vec<Cue>,
    /// What is wrong with those that could not.
    pub faults: Vec<String>,
    /// That there were too many.
    pub too_many: Option<String>,
}

/// Reads a script, `1s:crash:n1,2s:start:n1` or `none`.
pub(crate) fn read_script(text: &str) -> Script {
    let mut script = Script { cues: Vec::new(), faults: Vec::new(), too_many: None };
    if text == "none" {
        return script;
    }
    let pieces = || text.split(',').map(str::trim).filter(|piece| !piece.is_empty());
    for (i, piece) in pieces().take(MAX_CUES).enumerate() {
        match read_cue(piece) {
            Ok(cue) => script.cues.push(cue),
            Err(why) => script.faults.push(format!("cue {} ({}): {why}", i + 1, shown(piece))),
        }
    }
    let count = pieces().count();
    if count > MAX_CUES {
        script.too_many = Some(format!("the script has {count} cues; {MAX_CUES} are the most"));
    }
    crate::sorted::sort_by_key(&mut script.cues, |cue| cue.at_us); // stable: cues of one moment keep their order
    script
}

/// Reads one cue, `1.2s:cut:n1-n2.n3`.
fn read_cue(text: &str) -> Result<Cue, String> {
    let right = "write a time and an act, such as 1.2s:crash:n1";
    let (time, act) = text.split_once(':').ok_or_else(|| format!("the act is missing; {right}"))?;
    let at_us = parse_duration_us(time).map_err(|why| format!("{why}; {right}"))?;
    Ok(Cue { at_us, act: act.parse::<Act>()? })
}
