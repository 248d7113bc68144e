//! `cargo dev shot`: a picture of a page of the built site, in headless Chromium.
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

use crate::browser::{Browser, Look};
use crate::{serve, site};

/// Takes a picture of a page: of the site as last built, or of any address.
#[derive(clap::Args)]
pub struct Args {
    /// An address, or a path in the site such as /labs/quorum/#w=1
    page: String,
    /// The PNG file to write
    #[arg(short, long, default_value = "shot.png")]
    out: PathBuf,
    /// Width of the viewport in pixels
    #[arg(long, default_value_t = 1200)]
    width: u32,
    /// Height of the viewport in pixels
    #[arg(long, default_value_t = 900)]
    height: u32,
    /// Ask for the dark colours
    #[arg(long)]
    dark: bool,
    /// Ask for reduced motion
    #[arg(long)]
    still: bool,
    /// The whole page, not only the viewport
    #[arg(long)]
    full: bool,
    /// Body of a function to run in the page before the picture; what it returns is printed
    #[arg(long)]
    js: Option<String>,
    /// Milliseconds to wait before the picture (and before and after --js)
    #[arg(long, default_value_t = 500)]
    wait: u64,
    /// Build the site first
    #[arg(long)]
    build: bool,
}

/// Takes the picture; errors of the page go to stderr and make the command fail.
pub fn run(args: &Args) -> Result<ExitCode> {
    let url = if args.page.contains("://") {
        args.page.clone()
    } else {
        let folder = site::default_out();
        if args.build || !folder.join("index.html").is_file() {
            site::build(&site::Options::default())?;
        }
        format!("http://{}/{}", serve::start(&folder, 0)?, args.page.trim_start_matches('/'))
    };
    let look = Look { width: args.width, height: args.height, dark: args.dark, reduced_motion: args.still };
    let browser = Browser::open(&look)?;
    browser.goto(&url)?;
    let pause = Duration::from_millis(args.wait);
    std::thread::sleep(pause);
    if let Some(body) = &args.js {
        println!("{}", browser.execute(body, vec![])?);
        std::thread::sleep(pause);
    }
    browser.screenshot(&args.out, args.full)?;
    let errors = browser.console_errors()?;
    errors.iter().for_each(|error| eprintln!("{error}"));
    println!("{}", args.out.display());
    Ok(if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
