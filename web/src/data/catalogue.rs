//! What labs declare, as data.

use super::FORMAT;
use serde::Serialize;
use splitbrain::lab::{Holds, Lab};
use splitbrain::params::{Kind, Param, format_decimal};
use splitbrain::time::DurationUs;

/// Labs with their parameters, presets, claims and challenges.
#[derive(Debug, Serialize)]
pub struct Catalogue {
    format: u32,
    labs: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    id: &'static str,
    title: &'static str,
    summary: &'static str,
    revision: u32,
    params: Vec<Control>,
    presets: Vec<Preset>,
    claims: Vec<Claim>,
    challenges: Vec<Challenge>,
    promises: Vec<Promise>,
    tallies: Vec<Figure>,
}

#[derive(Debug, Serialize)]
struct Control {
    key: &'static str,
    label: &'static str,
    about: &'static str,
    limits: String,
    default: String,
}

#[derive(Debug, Serialize)]
struct Preset {
    id: &'static str,
    title: &'static str,
    sentence: &'static str,
    link: &'static str,
}

#[derive(Debug, Serialize)]
struct Claim {
    id: &'static str,
    sentence: &'static str,
    holds: &'static str,
    note: &'static str,
    link: &'static str,
    promise: &'static str,
}

#[derive(Debug, Serialize)]
struct Challenge {
    id: &'static str,
    prompt: &'static str,
    link: &'static str,
    hint: &'static str,
}

#[derive(Debug, Serialize)]
struct Promise {
    id: &'static str,
    question: &'static str,
    term: &'static str,
}

#[derive(Debug, Serialize)]
struct Figure {
    name: &'static str,
    about: &'static str,
}

/// What these labs declare.
pub fn catalogue(labs: &[&'static dyn Lab]) -> Catalogue {
    Catalogue { format: FORMAT, labs: labs.iter().map(|lab| entry(*lab)).collect() }
}

fn entry(lab: &'static dyn Lab) -> Entry {
    let meta = lab.meta();
    let control = |p: &'static Param| Control {
        key: p.key,
        label: p.label,
        about: p.about,
        limits: limits(p),
        default: p.print(&p.default()),
    };
    let presets = lab.presets().iter();
    let challenges = lab.challenges().iter();
    let promises = meta.promises.iter();
    Entry {
        id: meta.id,
        title: meta.title,
        summary: meta.summary,
        revision: meta.revision,
        params: lab.params().iter().map(control).collect(),
        presets: presets
            .map(|p| Preset { id: p.id, title: p.title, sentence: p.sentence, link: p.link })
            .collect(),
        claims: lab.claims().iter().map(claim).collect(),
        challenges: challenges
            .map(|c| Challenge { id: c.id, prompt: c.prompt, link: c.start, hint: c.hint })
            .collect(),
        promises: promises.map(|p| Promise { id: p.id, question: p.question, term: p.term }).collect(),
        tallies: meta.tallies.iter().map(|t| Figure { name: t.name, about: t.about }).collect(),
    }
}

fn claim(claim: &'static splitbrain::lab::Claim) -> Claim {
    let (holds, note) = match claim.holds {
        Holds::Yes => ("yes", ""),
        Holds::If(condition) => ("if", condition),
        Holds::No(why) => ("no", why),
    };
    let (id, sentence) = (claim.id, claim.sentence);
    Claim { id, sentence, holds, note, link: claim.link, promise: claim.promise }
}

/// What a parameter may be, in words.
pub fn limits(param: &Param) -> String {
    match &param.kind {
        Kind::Int { min, max, .. } => format!("{min} to {max}"),
        Kind::Duration { min_us, max_us, .. } => {
            format!("{} to {}", DurationUs(*min_us), DurationUs(*max_us))
        }
        Kind::Decimal { min, max, .. } => format!("{} to {}", format_decimal(*min), format_decimal(*max)),
        Kind::Choice { words, .. } => words.iter().map(|w| w.word).collect::<Vec<_>>().join(" | "),
        Kind::Dist { .. } => "a distribution".into(),
    }
}
