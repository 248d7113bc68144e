//! `cargo dev verify`: runs fidelity checks and claims, and prints source, expected and measured.
use std::process::ExitCode;

use anyhow::Result;
use rayon::prelude::*;
use splitbrain::lab::{Fidelity, Lab};
use splitbrain::labs::LABS;
use splitbrain::many::{
    Judged, Work, cannot_run, check_units, check_values, judge_claim, judge_values, queueing, work_of_claim,
};

use crate::opened;
use crate::sheet;
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
            tally.say(fidelity.claim, fidelity.source, &checked(LABS[0], fidelity, args.quick));
        }
    }
    for lab in labs {
        println!("{}", lab.meta().id);
        for fidelity in lab.fidelity() {
            let claim = match sheet::apart(fidelity, lab.fidelity()) {
                Some(set) => format!("{}: {set}", fidelity.claim),
                None => fidelity.claim.to_owned(),
            };
            tally.say(&claim, fidelity.source, &checked(lab, fidelity, args.quick));
        }
        for claim in lab.claims() {
            let judged = match work_of_claim(lab, claim, args.quick) {
                Ok(Work::Sweep(scenario, seeds)) => {
                    judge_claim(lab, claim, Some(&all_cores(lab, &scenario, seeds)))
                }
                Ok(Work::Itself) => judge_claim(lab, claim, None),
                Err(why) => cannot_run(why),
            };
            tally.say(claim.sentence, "claim", &judged);
        }
    }
    println!("{} kept, {} not kept", tally.kept, tally.not_kept);
    Ok(if tally.not_kept == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a check on all cores, in slices of its runs, and judges it.
fn checked(lab: &'static dyn Lab, fidelity: &Fidelity, quick: bool) -> Judged {
    const SLICE: u32 = 64;
    let units = check_units(fidelity, quick);
    let slices: Vec<u32> = (0..units).step_by(SLICE as usize).collect();
    let slice = |from: &u32| check_values(lab, fidelity, *from..units.min(from + SLICE), |_| ());
    match slices.par_iter().map(slice).collect::<Result<Vec<_>, _>>() {
        Ok(values) => judge_values(lab, fidelity, units, &values.concat()),
        Err(why) => cannot_run(why),
    }
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
