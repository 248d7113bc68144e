//! `cargo dev labs`: every lab with its parameters, limits, presets, claims and challenges, and what a script does.
use std::process::ExitCode;

use anyhow::Result;
use splitbrain::acts::{Act, FORMS, Form};
use splitbrain::lab::Lab;
use splitbrain::labs::LABS;
use splitbrain_web::data::{catalogue, limits};

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
        println!("{}", serde_json::to_string_pretty(&catalogue(LABS))?);
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
