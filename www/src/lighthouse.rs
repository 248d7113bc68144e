//! `cargo dev lighthouse`: Lighthouse's four scores for pages of the built site, in headless Chromium.
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use crate::{serve, setup, site, workspace};

/// The version: 13 asks for a newer Node than Debian has.
const PACKAGE: &str = "lighthouse@12";

/// The categories, with the least score that counts as good, in points.
const CATEGORIES: [(&str, f64); 4] =
    [("performance", 95.0), ("accessibility", 100.0), ("best-practices", 100.0), ("seo", 100.0)];

/// The flags that Chromium wants when it runs without a display, as root, on a machine without a way out.
const CHROME_FLAGS: &str = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
                            --disable-background-networking --disable-component-update --disable-sync";

/// Prints Lighthouse's scores (mobile preset) for pages of the site as last built; needs Node, npm and Chromium.
#[derive(clap::Args)]
pub struct Args {
    /// Paths in the site [default: the home page and a lab]
    pages: Vec<String>,
    /// Build the site first
    #[arg(long)]
    build: bool,
    /// Print the audits that cost points
    #[arg(long)]
    why: bool,
}

/// Runs Lighthouse on each page; fails where a score is below what is asked of it.
pub fn run(args: &Args) -> Result<ExitCode> {
    let browser = setup::find_browser()?.browser;
    let program = installed()?;
    let folder = site::default_out();
    if args.build || !folder.join("index.html").is_file() {
        site::build(&site::Options::default())?;
    }
    let packed = workspace::target().join("lighthouse/site");
    pack(&folder, &packed)?;
    let address = serve::start(&packed, 0)?;
    let chosen =
        if args.pages.is_empty() { vec!["/".into(), "/labs/quorum/".into()] } else { args.pages.clone() };
    println!("{:<34} {}", "page", CATEGORIES.map(|(name, _)| format!("{name:>16}")).join(""));
    let mut good = true;
    for page in chosen {
        let report =
            report(&program, &browser, &format!("http://{address}/{}", page.trim_start_matches('/')))?;
        let scores = CATEGORIES.map(|(name, _)| score(&report, name));
        println!("{page:<34} {}", scores.map(|score| format!("{score:>16.0}")).join(""));
        good &= CATEGORIES.iter().zip(scores).all(|((_, least), score)| score >= *least);
        if args.why {
            complaints(&report).iter().for_each(|line| println!("  {line}"));
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A copy of the site with a packed file beside each, as static hosts send them.
fn pack(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            pack(&entry.path(), &copy)?;
            continue;
        }
        let bytes = fs::read(entry.path())?;
        let mut encoder =
            GzEncoder::new(fs::File::create(format!("{}.gz", copy.display()))?, Compression::default());
        encoder.write_all(&bytes)?;
        encoder.finish()?;
        fs::write(copy, bytes)?;
    }
    Ok(())
}

/// The program, fetched into the target folder where it is missing.
fn installed() -> Result<PathBuf> {
    setup::npm_package("lighthouse", PACKAGE, "node_modules/.bin/lighthouse")
}

fn report(program: &Path, browser: &Path, address: &str) -> Result<Value> {
    let out = Command::new(program)
        .arg(address)
        .args(["--quiet", "--output=json", &format!("--chrome-flags={CHROME_FLAGS}")])
        .env("CHROME_PATH", browser)
        .output()?;
    ensure!(out.status.success(), "Lighthouse failed: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).context("Lighthouse's report is no JSON")
}

/// A category's score in points; 0 where there is none.
fn score(report: &Value, category: &str) -> f64 {
    report["categories"][category]["score"].as_f64().unwrap_or(0.0) * 100.0
}

/// The audits with weight that are not at their best, by category.
fn complaints(report: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (category, _) in CATEGORIES {
        let weighed = report["categories"][category]["auditRefs"].as_array().into_iter().flatten();
        for weighed in weighed.filter(|weighed| weighed["weight"].as_f64().unwrap_or(0.0) > 0.0) {
            let audit = &report["audits"][weighed["id"].as_str().unwrap_or_default()];
            let Some(score) = audit["score"].as_f64().filter(|score| *score < 0.99) else { continue };
            let [title, value] = ["title", "displayValue"].map(|key| audit[key].as_str().unwrap_or_default());
            lines.push(format!("{category}: {title} {value} ({score:.2})"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_and_complaints_are_read_from_a_report() {
        let report = serde_json::json!({
            "categories": { "seo": { "score": 0.92, "auditRefs": [
                { "id": "a", "weight": 1 }, { "id": "b", "weight": 0 }, { "id": "c", "weight": 3 } ] } },
            "audits": { "a": { "title": "Has a name", "score": 0 }, "b": { "score": 0 }, "c": { "score": 1 } },
        });
        assert_eq!(score(&report, "seo"), 92.0);
        assert_eq!(score(&report, "performance"), 0.0);
        assert_eq!(complaints(&report), ["seo: Has a name  (0.00)"]);
    }
}
