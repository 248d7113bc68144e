//! `cargo dev test`: sets up what is missing, then runs every check, each stage named as it starts.
use std::fs;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use clap::ValueEnum;

use crate::{axe, setup, site, workspace};

/// Sets up what is missing and runs every check.
#[derive(clap::Args)]
pub struct Args {
    /// Only this stage; may be given several times
    #[arg(long, value_name = "STAGE")]
    only: Vec<Stage>,
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
    /// The digests of the release profile beside those of the dev profile
    Release,
    /// The site, built as it is published
    Site,
    /// Tests in a headless browser
    Browser,
}

/// What every test that needs a browser has in its path: the module `in_a_browser` of tests/tests/browser.rs.
pub const BROWSER_TESTS: &str = "in_a_browser::";

/// Names the folder of a site that tests in a browser need not build again.
pub const BUILT_SITE: &str = "SPLITBRAIN_BUILT_SITE";

/// Runs the stages until one fails.
pub fn run(args: &Args) -> Result<ExitCode> {
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
        Stage::Release => same_digests(),
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

/// What the release profile makes of every preset is what the tests of the dev profile have compared with the same file.
fn same_digests() -> Result<()> {
    let out = workspace::cargo()
        .args(["run", "--quiet", "--locked", "--release", "--package", "splitbrain", "--example", "digests"])
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(out.status.success(), "the example `digests` does not run in the release profile: see above");
    let found = String::from_utf8(out.stdout)?;
    let golden = fs::read_to_string(workspace::root().join("tests/golden/digests.txt"))?;
    let differing = found.lines().zip(golden.lines()).find(|(a, b)| a != b);
    if let Some((found, golden)) = differing {
        bail!("the release profile gives {found}, tests/golden/digests.txt has {golden}");
    }
    ensure!(found == golden, "the example `digests` and tests/golden/digests.txt have not as many lines");
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
