//! The one native binary, `cargo dev`: the list of its commands.
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use splitbrain_site::opened::BadInput;
use splitbrain_site::{
    bench, bless, judge, labs, lighthouse, new, render, run, search, serve, shot, site, sweep, test, verify,
};

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
    Lighthouse(lighthouse::Args),
    Labs(labs::Args),
    Run(run::Args),
    Sweep(sweep::Args),
    Search(search::Args),
    Render(render::Args),
    Verify(verify::Args),
    Judge(judge::Args),
    Bless(bless::Args),
    Bench(bench::Args),
    New(new::Args),
}

fn main() -> ExitCode {
    end_in_words_when_stdout_fails();
    let line = Line::parse();
    let done = match line.command.unwrap_or(Command::Serve(line.serve)) {
        Command::Serve(args) => serve::run(&args),
        Command::Build(args) => site::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Shot(args) => shot::run(&args),
        Command::Lighthouse(args) => lighthouse::run(&args),
        Command::Labs(args) => labs::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Sweep(args) => sweep::run(&args),
        Command::Search(args) => search::run(&args),
        Command::Render(args) => render::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Judge(args) => judge::run(&args),
        Command::Bless(args) => bless::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::New(args) => new::run(&args),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        // What a reader gave is wrong: 2, as for options that do not exist.
        if error.is::<BadInput>() { ExitCode::from(2) } else { ExitCode::FAILURE }
    })
}

/// `println!` panics where it cannot print. In `cargo dev run … | head` the reader closes the pipe when it has enough: we end quietly, as other
/// tools do. Anything else, such as a full disk, is said.
fn end_in_words_when_stdout_fails() {
    let as_ever = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.payload_as_str().unwrap_or_default();
        let Some(why) = words.strip_prefix("failed printing to stdout: ") else { return as_ever(panic) };
        if why.starts_with("Broken pipe") {
            std::process::exit(0);
        }
        // Nobody may be there to read this, either.
        let _ = writeln!(std::io::stderr(), "the standard output cannot be written: {why}");
        std::process::exit(1);
    }));
}
