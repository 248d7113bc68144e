//! `cargo dev run`: one run of a link, as figures, as JSON or as a transcript.
use std::process::ExitCode;

use anyhow::Result;
use splitbrain::lab::{Detail, Lab, Outcome};
use splitbrain::labs::LABS;
use splitbrain::link;
use splitbrain::tell::Transcript;
use splitbrain::time::DurationUs;
use splitbrain_web::data;

use crate::opened::{self, Opened};

/// Runs a link: tallies, verdicts, digest.
#[derive(clap::Args)]
pub struct Args {
    /// The link, as in `quorum?n=3&w=1`
    link: String,
    /// As JSON, format 1
    #[arg(long, conflicts_with = "text")]
    json: bool,
    /// As a transcript
    #[arg(long)]
    text: bool,
}

/// Runs it and prints what came of it; of a link with two runs, the first.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Opened { lab, link } = opened::open(&args.link)?;
    let detail = if args.text { Detail::Full } else { Detail::Totals };
    let outcome = lab.run(&link.scenario, detail);
    if args.text {
        print!("{}", Transcript::of(lab, &link.scenario, &outcome).whole());
    } else if args.json {
        println!("{}", serde_json::to_string_pretty(&data::run(&link::print(&link, LABS), &outcome))?);
    } else {
        print!("{}", to_text(lab, &link::print(&link, LABS), &outcome));
    }
    Ok(ExitCode::SUCCESS)
}

fn to_text(lab: &dyn Lab, link: &str, outcome: &Outcome) -> String {
    let mut text = format!("{link}\ndigest {}\n\n", outcome.digest_word());
    for tally in &outcome.tallies {
        let value = match data::tally(tally) {
            None => "–".to_string(),
            value => serde_json::json!(value).to_string(),
        };
        text += &format!("  {:<18} {value:>12}\n", tally.name);
    }
    text += "\n";
    for (verdict, promise) in outcome.verdicts.iter().zip(lab.meta().promises) {
        let change = verdict.judged();
        text += &format!("  {:<8} {} ({})\n", change.state.word(), promise.question, promise.term);
        if !change.why.is_empty() {
            text += &format!("           at {}: {}\n", DurationUs(change.at.at_us), change.why);
        }
    }
    for limit in &outcome.limits {
        text += &format!("\n  limit: {limit}\n");
    }
    text
}
