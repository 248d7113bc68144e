//! Compiles web/ to wasm and makes its JavaScript bindings.
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{setup, workspace};

/// The module's name: `splitbrain_web.js` loads `splitbrain_web_bg.wasm`.
pub const MODULE: &str = "splitbrain_web";

/// The bindings for workers.
const WORKER: &str = "splitbrain_worker.js";

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
    let mut bindings = bindgen(&module, fast);
    bindings.web(true)?.generate(out).with_context(|| unbound(&module))?;
    let wasm = out.join(format!("{MODULE}_bg.wasm"));
    for_workers(&module, fast, out, &fs::read(&wasm)?)?;
    if !fast {
        optimise(&wasm)?;
    }
    Ok(())
}

fn bindgen(module: &Path, fast: bool) -> Bindgen {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .typescript(false)
        .omit_default_module_path(false)
        .remove_name_section(!fast)
        .remove_producers_section(true);
    bindgen
}

fn unbound(module: &Path) -> String {
    format!("the bindings of {} cannot be made", module.display())
}

/// Writes the bindings for classic workers, which cannot import the page's, an ES module: wasm-bindgen's own kind for scripts without
/// modules. Workers are handed what the page has compiled, so both must be for the very same wasm, which is made sure of here.
fn for_workers(module: &Path, fast: bool, out: &Path, page: &[u8]) -> Result<()> {
    let mut made =
        bindgen(module, fast).no_modules(true)?.generate_output().with_context(|| unbound(module))?;
    ensure!(
        made.wasm_mut().emit_wasm() == page,
        "the bindings for workers are for other wasm than the page's"
    );
    fs::write(out.join(WORKER), made.js())?;
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
