//! `cargo dev verify`: runs fidelity checks and claims, and prints source, expected and measured.
use std::process::ExitCode;

use anyhow::Result;
use splitbrain::lab::Lab;
use splitbrain::labs::LABS;
use splitbrain::many::{
    Judged, Part, Work, judge_check, judge_claim, queueing, work_of_check, work_of_claim,
};

use crate::opened;
use crate::sweep::all_cores;

/// Runs fidelity checks and claims: source, expected, measured.
#[derive(clap::Args)]
pub struct Args {
    /// The labs (all of them, and the kernel, where none is named)
    labs: Vec<String>,
    /// With fewer seeds, as the tests do
    #[arg(long)]
    quick: bool,
}

/// Runs them; exits with 1 when one is not kept.
pub fn run(args: &Args) -> Result<ExitCode> {
    let labs: Vec<&'static dyn Lab> = match args.labs.is_empty() {
        true => LABS.to_vec(),
        false => args.labs.iter().map(|id| opened::lab(id)).collect::<Result<_, _>>()?,
    };
    let mut tally = Tally::default();
    if args.labs.is_empty() {
        println!("kernel");
        for fidelity in queueing::FIDELITY {
            tally.say(fidelity.claim, fidelity.source, &judge_check(LABS[0], fidelity, None));
        }
    }
    for lab in labs {
        println!("{}", lab.meta().id);
        for fidelity in lab.fidelity() {
            let part = do_work(lab, work_of_check(lab, fidelity, args.quick));
            tally.say(
                fidelity.claim,
                fidelity.source,
                &part.map_or_else(not_run, |p| judge_check(lab, fidelity, p.as_ref())),
            );
        }
        for claim in lab.claims() {
            let part = do_work(lab, work_of_claim(lab, claim, args.quick));
            tally.say(
                claim.sentence,
                "claim",
                &part.map_or_else(not_run, |p| judge_claim(lab, claim, p.as_ref())),
            );
        }
    }
    println!("{} kept, {} not kept", tally.kept, tally.not_kept);
    Ok(if tally.not_kept == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn do_work(lab: &'static dyn Lab, work: Result<Work, String>) -> Result<Option<Part>, String> {
    Ok(match work? {
        Work::Sweep(scenario, seeds) => Some(all_cores(lab, &scenario, seeds)),
        Work::Itself => None,
    })
}

fn not_run(why: String) -> Judged {
    Judged { kept: false, expected: "a link that runs".into(), measured: why }
}

#[derive(Default)]
struct Tally {
    kept: u32,
    not_kept: u32,
}

impl Tally {
    fn say(&mut self, claim: &str, source: &str, judged: &Judged) {
        *(if judged.kept { &mut self.kept } else { &mut self.not_kept }) += 1;
        let word = if judged.kept { "kept    " } else { "NOT KEPT" };
        println!("  {word} {claim}  [{source}]");
        println!("           expected {}; measured {}", judged.expected, judged.measured);
    }
}
