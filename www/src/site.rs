//! `cargo dev build`: the site as a folder that any static host serves, from a sub-path too.
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use url::Url;

use rayon::prelude::*;
use splitbrain::labs::LABS;

use crate::opened::unwritable;
use crate::pages::Opens;
use crate::wasm::Parts;
use crate::weight::Weight;
use crate::{pages, squeeze, wasm, workspace};

/// Builds the site into a folder that any static host serves.
#[derive(clap::Args)]
pub struct Args {
    /// The folder to write, made where it is missing [default: target/site]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where the site will be served: a path such as /splitbrain/, or better the whole address
    /// (https://example.org/splitbrain/): pictures in chats and the map for search engines need it
    #[arg(long, default_value = "/")]
    base: String,
    /// Compile quickly to larger wasm, in one piece
    #[arg(long)]
    fast: bool,
}

/// How to build.
pub struct Options {
    /// The folder to write.
    pub out: PathBuf,
    /// Where the site is served.
    pub base: Base,
    /// Compile quickly to larger wasm.
    pub fast: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { out: default_out(), base: Base::default(), fast: false }
    }
}

/// Where a site is served. The path is all that its pages need; with the host they can name themselves to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The scheme and the host, such as `https://example.org`, where they are known.
    pub origin: Option<String>,
    /// The path, with a slash at both ends.
    pub path: String,
}

impl Default for Base {
    fn default() -> Base {
        Base { origin: None, path: "/".to_string() }
    }
}

impl FromStr for Base {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Base> {
        let (origin, path) = match text.contains("://") {
            false => (None, text.to_string()),
            true => {
                let url = Url::parse(text).with_context(|| format!("{text} is no address"))?;
                ensure!(url.has_host(), "{text} names no host");
                (Some(url.origin().ascii_serialization()), url.path().to_string())
            }
        };
        Ok(Base { origin, path: format!("/{}/", path.trim_matches('/')).replace("//", "/") })
    }
}

/// A site that has been built.
pub struct Built {
    /// The folder that holds it.
    pub out: PathBuf,
    /// Its pages, as files in that folder, and the widget that each opens with.
    pub pages: Vec<(String, Option<Opens>)>,
    /// The files that each page fetches: styles and scripts.
    pub shared: Vec<String>,
    /// The parts of the module of wasm.
    pub parts: Parts,
}

impl Built {
    /// Prints what every page fetches, each part of the module, and bytes by page.
    pub fn report(&self) -> Result<()> {
        let files = self.shared.iter().cloned().chain(self.parts.files());
        let files: Vec<String> = files.collect();
        let weights: Vec<Weight> = files.par_iter().map(|file| self.weigh(file)).collect::<Result<_>>()?;
        println!("{:<34} {:>10} {:>10} {:>10}", "all pages, and parts of wasm", "bytes", "gzip", "brotli");
        for (file, weight) in files.iter().zip(&weights) {
            println!("{file:<34} {:>10} {:>10} {:>10}", weight.raw, weight.gzip, weight.brotli);
        }
        let weights: BTreeMap<String, Weight> = files.into_iter().zip(weights).collect();
        let own: Vec<Weight> =
            self.pages.par_iter().map(|(page, _)| self.weigh(page)).collect::<Result<_>>()?;
        println!(
            "{:<34} {:>10} {:>21} {:>10} {:>21}",
            "page", "bytes", "first visit, gzip", "brotli", "after another, brotli"
        );
        let seen = |file: &String| self.shared.contains(file) || wasm::ENGINE.contains(&file.as_str());
        for ((page, opens), own) in self.pages.iter().zip(own) {
            let fetched = self.fetched(opens.as_ref());
            let all = fetched.iter().fold(own, |all, file| all.plus(weights[file]));
            // What every lab's page fetches is there; of parts none is taken for known.
            let new =
                fetched.iter().filter(|file| !seen(file)).fold(own, |all, file| all.plus(weights[file]));
            println!("{page:<34} {:>10} {:>21} {:>10} {:>21}", own.raw, all.gzip, all.brotli, new.brotli);
        }
        Ok(())
    }

    /// What a first visit to a page fetches.
    pub fn visit(&self, page: &str) -> Result<Weight> {
        let opens = self.pages.iter().find(|(file, _)| file == page).and_then(|(_, opens)| opens.as_ref());
        self.fetched(opens).iter().try_fold(self.weigh(page)?, |all, file| Ok(all.plus(self.weigh(file)?)))
    }

    /// The files that a page fetches at once, besides itself.
    fn fetched(&self, opens: Option<&Opens>) -> Vec<String> {
        let engine = opens.iter().flat_map(|_| wasm::ENGINE.map(String::from));
        let parts = opens.iter().flat_map(|opens| self.parts.at_once(&opens.lab, opens.lean));
        self.shared.iter().cloned().chain(engine).chain(parts).collect()
    }

    fn weigh(&self, file: &str) -> Result<Weight> {
        Weight::of(&fs::read(self.out.join(file))?)
    }
}

/// Where the site goes when nobody says otherwise.
pub fn default_out() -> PathBuf {
    workspace::target().join("site")
}

/// Builds and prints bytes by page.
pub fn run(args: &Args) -> Result<ExitCode> {
    let base = args.base.parse()?;
    let out = args.out.clone().unwrap_or_else(default_out);
    let built = build(&Options { out, base, fast: args.fast })?;
    built.report()?;
    println!("the site is in {}", built.out.display());
    Ok(ExitCode::SUCCESS)
}

/// Compiles, copies, renders. Files of an earlier build are written over, and what is no longer made is left.
pub fn build(options: &Options) -> Result<Built> {
    let out = &options.out;
    fs::create_dir_all(out).map_err(unwritable(out))?;
    let parts =
        wasm::make(&wasm::Options { fast: options.fast, whole: options.fast, ..Default::default() }, out)?;
    let shared = copy_static(out, &parts)?;
    let made = pages::all(&options.base, LABS)?;
    for (file, bytes) in made.files {
        write(out, &file, &bytes)?;
    }
    let mut written = Vec::new();
    for page in made.pages {
        write(out, &page.file, page.html.as_bytes())?;
        written.push((page.file, page.opens));
    }
    Ok(Built { out: out.clone(), pages: written, shared, parts })
}

fn write(out: &Path, file: &str, bytes: &[u8]) -> Result<()> {
    let file = out.join(file);
    fs::create_dir_all(file.parent().expect("what is written lies in the site"))?;
    fs::write(&file, bytes).with_context(|| format!("{} cannot be written", file.display()))
}

/// Scripts that pages fetch only when a reader asks for what they do, or that one page alone fetches.
const LATER: [&str; 4] = ["checks.js", "embed.js", "files.js", "pool.js"];

/// The script that has to know the parts of the module.
const SCRIPT: &str = "modules.js";

fn with_parts(script: &str, parts: &Parts) -> Result<String> {
    let said = [
        ("PARTS = []", serde_json::to_string(&parts.names)?),
        ("LABS = {}", serde_json::to_string(&parts.of_labs)?),
    ];
    said.into_iter().try_fold(script.to_string(), |script, (place, value)| {
        ensure!(script.contains(&format!("const {place};")), "{SCRIPT} has no place for the parts: {place}");
        let name = place.split(' ').next().unwrap_or_default();
        Ok(script.replace(&format!("const {place};"), &format!("const {name} = {value};")))
    })
}

/// Copies the files of www/static (its folders hold what only the builder reads); names those that every page fetches.
fn copy_static(out: &Path, parts: &Parts) -> Result<Vec<String>> {
    let mut fetched = Vec::new();
    for entry in fs::read_dir(workspace::root().join("www/static"))? {
        let entry = entry?;
        if !entry.file_type()?.is_file() {
            continue;
        }
        let name = entry.file_name().into_string().ok().context("names of static files are plain text")?;
        ensure!(!name.starts_with('.'), "www/static/{name}: a hidden file would be published");
        let mut bytes = fs::read(entry.path())?;
        if name == SCRIPT {
            bytes = with_parts(&String::from_utf8(bytes)?, parts)?.into_bytes();
        }
        if name.ends_with(".js") {
            bytes = squeeze::script(&String::from_utf8(bytes)?).into_bytes();
        } else if name.ends_with(".css") {
            bytes = squeeze::styles(&String::from_utf8(bytes)?).into_bytes();
        }
        write(out, &name, &bytes)?;
        if (name.ends_with(".css") || name.ends_with(".js")) && !LATER.contains(&name.as_str()) {
            fetched.push(name);
        }
    }
    fetched.sort();
    Ok(fetched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_a_path_or_an_address() {
        let base = |text: &str| text.parse::<Base>().unwrap();
        assert_eq!(base("/"), Base::default());
        assert_eq!(base("notes/lab"), Base { origin: None, path: "/notes/lab/".into() });
        let whole = Base { origin: Some("https://example.org".into()), path: "/notes/".into() };
        assert_eq!(base("https://example.org/notes"), whole);
        assert!("https://".parse::<Base>().is_err());
    }
}
