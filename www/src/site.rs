//! `cargo dev build`: the site as a folder that any static host serves, from a sub-path too.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use splitbrain::labs::LABS;

use crate::{pages, wasm, weight, workspace};

/// Builds the site into a folder that any static host serves.
#[derive(clap::Args)]
pub struct Args {
    /// The folder to write, made where it is missing [default: target/site]
    #[arg(long)]
    out: Option<PathBuf>,
    /// The path under which a host serves the site, such as /splitbrain/ (only the page for lost readers needs it)
    #[arg(long, default_value = "/")]
    base: String,
    /// Compile quickly to larger wasm
    #[arg(long)]
    fast: bool,
}

/// How to build.
pub struct Options {
    /// The folder to write.
    pub out: PathBuf,
    /// The path at which the site is served, with a slash at both ends.
    pub base: String,
    /// Compile quickly to larger wasm.
    pub fast: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { out: default_out(), base: "/".to_string(), fast: false }
    }
}

/// A site that has been built.
pub struct Built {
    /// The folder that holds it.
    pub out: PathBuf,
    /// Its pages, as files in that folder.
    pub pages: Vec<String>,
    /// The files that each page fetches: styles, scripts, wasm.
    pub shared: Vec<String>,
}

impl Built {
    /// Prints bytes by page.
    pub fn report(&self) -> Result<()> {
        weight::report(&self.out, &self.pages, &self.shared)
    }
}

/// Where the site goes when nobody says otherwise.
pub fn default_out() -> PathBuf {
    workspace::target().join("site")
}

/// Builds and prints bytes by page.
pub fn run(args: &Args) -> Result<ExitCode> {
    let base = format!("/{}/", args.base.trim_matches('/')).replace("//", "/");
    let out = args.out.clone().unwrap_or_else(default_out);
    let built = build(&Options { out, base, fast: args.fast })?;
    built.report()?;
    println!("the site is in {}", built.out.display());
    Ok(ExitCode::SUCCESS)
}

/// Compiles, copies, renders. Files of an earlier build are written over, and what is no longer made is left.
pub fn build(options: &Options) -> Result<Built> {
    let out = &options.out;
    fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    wasm::build(out, options.fast)?;
    let mut shared = vec![format!("{}.js", wasm::MODULE), format!("{}_bg.wasm", wasm::MODULE)];
    shared.extend(copy_static(out)?);
    let mut written = Vec::new();
    for page in pages::all(&options.base, LABS)? {
        let file = out.join(&page.file);
        fs::create_dir_all(file.parent().expect("a page lies in the site"))?;
        fs::write(&file, page.html)?;
        written.push(page.file);
    }
    Ok(Built { out: out.clone(), pages: written, shared })
}

/// Copies the files of www/static (its folders hold what only the builder reads); names those that pages fetch.
fn copy_static(out: &Path) -> Result<Vec<String>> {
    let mut fetched = Vec::new();
    for entry in fs::read_dir(workspace::root().join("www/static"))? {
        let entry = entry?;
        if !entry.file_type()?.is_file() {
            continue;
        }
        let name = entry.file_name().into_string().ok().context("names of static files are plain text")?;
        ensure!(!name.starts_with('.'), "www/static/{name}: a hidden file would be published");
        fs::copy(entry.path(), out.join(&name))?;
        if name.ends_with(".css") || name.ends_with(".js") {
            fetched.push(name);
        }
    }
    fetched.sort();
    Ok(fetched)
}
