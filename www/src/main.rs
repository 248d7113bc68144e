//! The one native binary, `cargo dev`: the list of its commands.
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use splitbrain_site::{serve, shot, site, test};

/// Splitbrain: build the site, serve it, test it. Without a command: build and serve.
#[derive(Parser)]
#[command(name = "cargo dev", version, args_conflicts_with_subcommands = true)]
struct Line {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Args,
}

/// One command, one file: each has its `Args` and its `run`.
#[derive(Subcommand)]
enum Command {
    Serve(serve::Args),
    Build(site::Args),
    Test(test::Args),
    Shot(shot::Args),
}

fn main() -> ExitCode {
    let line = Line::parse();
    let done = match line.command.unwrap_or(Command::Serve(line.serve)) {
        Command::Serve(args) => serve::run(&args),
        Command::Build(args) => site::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Shot(args) => shot::run(&args),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}
