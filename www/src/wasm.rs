//! Compiles web/ to wasm and makes its JavaScript bindings.
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{setup, workspace};

/// The module's name: `splitbrain_web.js` loads `splitbrain_web_bg.wasm`.
pub const MODULE: &str = "splitbrain_web";

/// Writes the bindings and the wasm into `out`. `fast` compiles with the dev profile: quicker to build, several
/// times larger to load. `features` are those of web/ to switch on.
pub fn build(out: &Path, fast: bool, features: &[&str]) -> Result<()> {
    setup::wasm_target()?;
    let profile = if fast { "dev" } else { "wasm" };
    let built = workspace::cargo()
        .args(["build", "--quiet", "--locked", "-p", "splitbrain-web", "--lib"])
        .args(["--target", "wasm32-unknown-unknown", "--profile", profile])
        .args(["--features", &features.join(",")])
        .status()?;
    ensure!(built.success(), "web/ does not compile to wasm: see above");
    let folder = if fast { "debug" } else { "wasm" };
    let module =
        workspace::target().join("wasm32-unknown-unknown").join(folder).join(MODULE).with_extension("wasm");
    Bindgen::new()
        .input_path(&module)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .remove_name_section(!fast)
        .remove_producers_section(true)
        .generate(out)
        .with_context(|| format!("the bindings of {} cannot be made", module.display()))?;
    if !fast {
        optimise(&out.join(format!("{MODULE}_bg.wasm")))?;
    }
    Ok(())
}

/// Runs wasm-opt where it happens to be installed. It gains 2 to 4 % of what is transferred: never a requirement.
fn optimise(wasm: &Path) -> Result<()> {
    let Some(program) = workspace::find_program(&["wasm-opt"]) else { return Ok(()) };
    let smaller = wasm.with_extension("opt");
    let done =
        Command::new(program).args(["-O2", "--all-features"]).arg(wasm).arg("-o").arg(&smaller).status()?;
    if done.success() {
        fs::rename(&smaller, wasm)?;
    } else {
        eprintln!("wasm-opt failed: the module stays as the compiler made it");
    }
    Ok(())
}
