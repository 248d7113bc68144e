//! axe-core, which looks for what readers with assistive technology would stumble over: fetched by npm into the target folder.
use std::fs;

use anyhow::{Context, Result};

use crate::setup;

/// Pinned: another version knows other rules.
const PACKAGE: &str = "axe-core@4.14.1";

/// The script, which defines `axe` in the page that runs it.
///
/// # Errors
/// Where npm is missing or cannot fetch it.
pub fn script() -> Result<String> {
    let file = setup::npm_package("axe", PACKAGE, "node_modules/axe-core/axe.min.js")?;
    fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))
}
