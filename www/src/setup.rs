//! Sets up what a fresh machine lacks: the wasm target, a browser and its driver.
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::workspace::{self, find_program, root};

const WASM_TARGET: &str = "wasm32-unknown-unknown";
const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DRIVER: &[&str] = &["chromedriver"];

/// A browser and the WebDriver program that steers it.
pub struct BrowserPrograms {
    /// Chromium, or its like.
    pub browser: PathBuf,
    /// chromedriver, of the browser's version.
    pub driver: PathBuf,
}

/// Makes sure that the compiler can make wasm, by rustup where it cannot.
pub fn wasm_target() -> Result<()> {
    let out = Command::new("rustc").current_dir(root()).args(["--print", "sysroot"]).output();
    let sysroot = out.context("rustc does not run: install Rust with rustup")?.stdout;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&sysroot).trim());
    if sysroot.join("lib/rustlib").join(WASM_TARGET).join("lib").is_dir() {
        return Ok(());
    }
    eprintln!("adding the target {WASM_TARGET} with rustup");
    let added = Command::new("rustup").current_dir(root()).args(["target", "add", WASM_TARGET]).status();
    let added = added.with_context(|| {
        format!(
            "Rust's target {WASM_TARGET} is missing and rustup is not here: install it as Rust was installed"
        )
    })?;
    ensure!(added.success(), "`rustup target add {WASM_TARGET}` failed: run it by hand and try again");
    Ok(())
}

/// The browser and its driver, or one sentence that says what to install.
pub fn find_browser() -> Result<BrowserPrograms> {
    match (find_program(CHROMIUM), find_program(DRIVER)) {
        (Some(browser), Some(driver)) => Ok(BrowserPrograms { browser, driver }),
        _ => bail!(
            "Chromium and chromedriver are needed and not on the search path: install both \
             (Debian: `apt-get install chromium chromium-driver`), or let `cargo dev test` do it as root"
        ),
    }
}

/// The browser and its driver, installed by apt-get where that is missing and we may.
pub fn ensure_browser() -> Result<BrowserPrograms> {
    if find_browser().is_err() && find_program(&["apt-get"]).is_some() && is_root() {
        eprintln!("installing chromium and chromium-driver with apt-get");
        apt_get(&["update", "-q"])?;
        apt_get(&["install", "-q", "-y", "--no-install-recommends", "chromium", "chromium-driver"])?;
    }
    find_browser()
}

/// A file of an npm package, which npm fetches into a folder of its own in the target folder where it is missing.
///
/// # Errors
/// One sentence that says what to install, or that npm failed.
pub fn npm_package(folder: &str, package: &str, file: &str) -> Result<PathBuf> {
    let folder = workspace::target().join(folder);
    let file = folder.join(file);
    if !file.is_file() {
        let npm =
            find_program(&["npm"]).context("npm is not on the search path: install Node.js with npm")?;
        eprintln!("fetching {package} with npm");
        fs::create_dir_all(&folder)?;
        // Some packages bring a library that would fetch a browser of its own: ours is here already.
        let done = Command::new(npm)
            .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
            .arg(&folder)
            .arg(package)
            .env("PUPPETEER_SKIP_DOWNLOAD", "1")
            .status()?;
        ensure!(done.success(), "npm could not install {package}: see above");
    }
    Ok(file)
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

/// apt-get with its chatter kept off our output, shown only when it fails.
fn apt_get(args: &[&str]) -> Result<()> {
    let out = Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(args).output()?;
    ensure!(
        out.status.success(),
        "`apt-get {}` failed: {}",
        args.join(" "),
        String::from_utf8_lossy(&out.stderr).trim()
    );
    Ok(())
}
