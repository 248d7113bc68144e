//! `cargo dev labs`: every lab with its parameters, limits, presets, claims and challenges, and what a script does.
use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use splitbrain::acts::{Act, FORMS, Form};
use splitbrain::lab::{Holds, Lab};
use splitbrain::labs::LABS;
use splitbrain::params::{Kind, Param, format_decimal};
use splitbrain::time::DurationUs;

/// Lists every lab.
#[derive(clap::Args)]
pub struct Args {
    /// As JSON, format 1
    #[arg(long)]
    json: bool,
}

/// Prints the catalogue.
pub fn run(args: &Args) -> Result<ExitCode> {
    if args.json {
        let labs: Vec<Value> = LABS.iter().map(|lab| to_json(*lab)).collect();
        println!("{}", serde_json::to_string_pretty(&json!({ "format": 1, "labs": labs }))?);
    } else {
        LABS.iter().for_each(|lab| print!("{}", to_text(*lab)));
        print!("{}", acts_to_text());
    }
    Ok(ExitCode::SUCCESS)
}

/// What can be done to any of them, as links write it and in words.
fn acts_to_text() -> String {
    let line = |form: &Form| {
        let act: Act = form.example().parse().expect("an example is an act");
        format!("    {:<18} {}\n", form.example(), act.sentence())
    };
    format!(
        "What a script does, as in do=1s:cut:n1-n2.n3,2s:heal\n{}",
        FORMS.iter().map(line).collect::<String>()
    )
}

fn limits(param: &Param) -> String {
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

fn to_text(lab: &dyn Lab) -> String {
    let meta = lab.meta();
    let mut text = format!("{} – {}\n  {}\n", meta.id, meta.title, meta.summary);
    for param in lab.params() {
        let default = param.print(&param.default());
        text += &format!("    {:<12} {} [{}; default {default}]\n", param.key, param.label, limits(param));
    }
    for preset in lab.presets() {
        text += &format!("  preset {}: {}\n    {}\n", preset.id, preset.title, preset.link);
    }
    for claim in lab.claims() {
        text += &format!("  claim {}: {}\n    {}\n", claim.id, claim.sentence, claim.link);
    }
    for challenge in lab.challenges() {
        text += &format!("  challenge {}: {}\n    {}\n", challenge.id, challenge.prompt, challenge.start);
    }
    text + "\n"
}

fn to_json(lab: &dyn Lab) -> Value {
    let meta = lab.meta();
    let params: Vec<Value> = lab
        .params()
        .iter()
        .map(|p| {
            json!({ "key": p.key, "label": p.label, "about": p.about, "limits": limits(p), "default": p.print(&p.default()) })
        })
        .collect();
    let presets: Vec<Value> = lab
        .presets()
        .iter()
        .map(|p| json!({ "id": p.id, "title": p.title, "sentence": p.sentence, "link": p.link }))
        .collect();
    let claims: Vec<Value> = lab
        .claims()
        .iter()
        .map(|c| {
            let (holds, note) = match c.holds {
                Holds::Yes => ("yes", ""),
                Holds::If(condition) => ("if", condition),
                Holds::No(why) => ("no", why),
            };
            json!({ "id": c.id, "sentence": c.sentence, "holds": holds, "note": note, "link": c.link, "promise": c.promise })
        })
        .collect();
    let challenges: Vec<Value> = lab
        .challenges()
        .iter()
        .map(|c| json!({ "id": c.id, "prompt": c.prompt, "link": c.start, "hint": c.hint }))
        .collect();
    let promises: Vec<Value> =
        meta.promises.iter().map(|p| json!({ "id": p.id, "question": p.question, "term": p.term })).collect();
    let tallies: Vec<Value> =
        meta.tallies.iter().map(|t| json!({ "name": t.name, "about": t.about })).collect();
    json!({
        "id": meta.id, "title": meta.title, "summary": meta.summary, "revision": meta.revision,
        "params": params, "presets": presets, "claims": claims, "challenges": challenges,
        "promises": promises, "tallies": tallies,
    })
}
