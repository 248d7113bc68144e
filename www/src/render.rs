//! `cargo dev render`: one view of a run, as an SVG file.
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use splitbrain::lab::Detail;
use splitbrain::link::At;
use splitbrain::trace::Cursor;
use splitbrain_web::svg::{self, Theme};
use splitbrain_web::views::{self, Focus, Look, VIEWS, Window};

use crate::opened::{self, BadInput, Opened};

/// Draws a view of a run into an SVG file.
#[derive(clap::Args)]
pub struct Args {
    /// The link; `at` places the cursor, otherwise it is at the end
    link: String,
    /// The view, by id; `--view help` lists them
    #[arg(long, default_value = "stage")]
    view: String,
    /// The file; standard output where none is named
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// The width to lay out for
    #[arg(long, default_value_t = 720, value_parser = clap::value_parser!(u32).range(320..=2400))]
    width: u32,
    /// In dark colours; otherwise as the viewer's system prefers
    #[arg(long)]
    dark: bool,
}

/// Runs the link and draws the view.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Opened { lab, link } = opened::open(&args.link)?;
    let view = views::find(&args.view).ok_or_else(|| {
        let known: Vec<&str> = VIEWS.iter().map(|v| v.id).collect();
        BadInput(format!("there is no view ‘{}’; the views are {}", args.view, known.join(", ")))
    })?;
    let outcome = lab.run(&link.scenario, Detail::Full);
    let cursor = match link.view.at {
        None => Cursor::at(&outcome.trace, outcome.ended_us),
        Some(At::Time(us)) => Cursor::at(&outcome.trace, us),
        Some(At::Record(id)) => outcome.trace.index_of(id).map_or_else(
            || Cursor::at(&outcome.trace, outcome.ended_us),
            |i| Cursor::after(&outcome.trace, i),
        ),
    };
    let look = Look {
        id: "render",
        lab,
        scenario: &link.scenario,
        outcome: &outcome,
        cursor,
        width: args.width,
        focus: Focus::None,
        lit: &[],
        eyes: None,
        window: Window { from_us: 0, to_us: outcome.ended_us.max(1), warped: false },
        probe_us: None,
        beside: None,
    };
    let scene = (view.draw)(&look).scene.ok_or_else(|| {
        BadInput(format!(
            "the view ‘{}’ is no picture but words, which stand in the page; `cargo dev run --text` prints the transcript",
            view.id
        ))
    })?;
    let theme = if args.dark { Theme::Dark } else { Theme::Auto };
    let text = svg::standalone(&scene, theme);
    match &args.out {
        Some(file) => {
            std::fs::write(file, text).map_err(opened::unwritable(file))?;
        }
        None => println!("{text}"),
    }
    Ok(ExitCode::SUCCESS)
}
