//! `cargo dev test`: sets up what is missing, then runs every check, each stage named as it starts.
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use splitbrain::labs::IDS;

use crate::{axe, setup, site, workspace};

/// Sets up what is missing and runs every check.
#[derive(clap::Args)]
pub struct Args {
    /// Only this stage; may be given several times
    #[arg(long, value_name = "STAGE")]
    only: Vec<Stage>,
    /// Only what concerns this lab, natively: its own tests, and those that go through all labs
    #[arg(long, conflicts_with = "only")]
    lab: Option<String>,
}

/// The stages, in the order in which they run: what fails soonest comes first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Stage {
    /// Formatting, as rustfmt.toml has it
    Format,
    /// Lints, every warning denied
    Clippy,
    /// Tests of all crates, natively
    Tests,
    /// The site, built as it is published
    Site,
    /// Tests in a headless browser
    Browser,
}

/// What every test that needs a browser has in its path: the module `in_a_browser` of tests/tests/browser.rs.
pub const BROWSER_TESTS: &str = "in_a_browser::";

/// Names the folder of a site that tests in a browser need not build again.
pub const BUILT_SITE: &str = "SPLITBRAIN_BUILT_SITE";

/// Names the only lab that tests are to go through.
pub const ONE_LAB: &str = "SPLITBRAIN_LAB";

/// Runs the stages until one fails.
pub fn run(args: &Args) -> Result<ExitCode> {
    if let Some(lab) = &args.lab {
        ensure!(IDS.contains(&lab.as_str()), "there is no lab {lab}: the labs are {}", IDS.join(", "));
        timed(lab, || one_lab(lab))?;
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = |stage: &Stage| args.only.is_empty() || args.only.contains(stage);
    let stages: Vec<Stage> = Stage::value_variants().iter().copied().filter(chosen).collect();
    timed("setup", || set_up(&stages))?;
    for stage in &stages {
        let name = format!("{stage:?}").to_lowercase();
        timed(&name, || run_stage(*stage, &stages))?;
    }
    println!("all green");
    Ok(ExitCode::SUCCESS)
}

fn set_up(stages: &[Stage]) -> Result<()> {
    setup::wasm_target()?;
    if stages.contains(&Stage::Browser) {
        setup::ensure_browser()?;
        if let Err(why) = axe::script() {
            println!("axe does not run: {why:#}");
        }
    }
    Ok(())
}

fn run_stage(stage: Stage, stages: &[Stage]) -> Result<()> {
    match stage {
        Stage::Format => cargo(&["fmt", "--all", "--", "--check"]),
        Stage::Clippy => {
            cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"])
        }
        Stage::Tests => cargo(&["test", "--workspace", "--locked", "--quiet", "--", "--skip", BROWSER_TESTS]),
        Stage::Site => {
            let built = site::build(&site::Options::default())?;
            built.report()
        }
        Stage::Browser => browser(stages.contains(&Stage::Site)),
    }
}

/// The tests in a browser, of the site that the stage before has built, where there was one.
fn browser(is_built: bool) -> Result<()> {
    let mut command = workspace::cargo();
    command.args(["test", "--workspace", "--locked", "--quiet", "--test", "browser"]);
    command.envs(is_built.then(|| (BUILT_SITE, site::default_out())));
    ensure!(command.status()?.success(), "the tests in a browser failed: see above");
    Ok(())
}

/// The lab's tests in core, and all tests that go through labs, with this one alone.
fn one_lab(lab: &str) -> Result<()> {
    let own = format!("labs::{lab}::");
    cargo(&["test", "--package", "splitbrain", "--lib", "--locked", "--quiet", "--", &own, "labs::tests::"])?;
    let of_labs = ["catalogue", "determinism", "fidelity", "gallery", "lessons", "links", "stories"];
    let mut command = workspace::cargo();
    command
        .args(["test", "--package", "splitbrain-tests", "--locked", "--quiet", "--no-fail-fast"])
        .env(ONE_LAB, lab);
    command.args(of_labs.iter().flat_map(|test| ["--test", test]));
    ensure!(command.status()?.success(), "tests of {lab} failed: see above");
    Ok(())
}

fn cargo(args: &[&str]) -> Result<()> {
    let mut command: Command = workspace::cargo();
    let status = command.args(args).status()?;
    ensure!(status.success(), "`cargo {}` failed: see above", args.join(" "));
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "a stage's duration is real time")]
fn timed(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("== {name}");
    let start = Instant::now();
    let done = work();
    println!(
        "== {name}: {} in {:.1} s",
        if done.is_ok() { "done" } else { "FAILED" },
        start.elapsed().as_secs_f64()
    );
    done
}
