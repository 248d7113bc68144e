//! `cargo dev bless`: rewrites stories, gallery, links and digests from what the code does now; read the diff before committing.
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

/// Rewrites the golden files; read the diff before you commit it.
#[derive(clap::Args)]
pub struct Args {
    /// Only tests whose names contain this
    filter: Option<String>,
}

/// The variable that tells the tests to rewrite what they would compare.
pub const VARIABLE: &str = "SPLITBRAIN_BLESS";

/// Runs the tests of texts with orders to rewrite.
pub fn run(args: &Args) -> Result<ExitCode> {
    let mut command = workspace::cargo();
    command.args(["test", "--package", "splitbrain-tests", "--quiet", "--"]).env(VARIABLE, "1");
    command.args(&args.filter).args(["--skip", crate::test::BROWSER_TESTS]);
    let status = command.status()?;
    println!("read the diff before you commit it: git diff tests/");
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
