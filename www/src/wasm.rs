//! Compiles the page's side to wasm, once with all labs and once with each alone, and makes their JavaScript bindings.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{setup, workspace};

/// The name of the module that has all labs.
pub const ALL: &str = "all";

/// The files that a page fetches of a module: `splitbrain_quorum.js` loads `splitbrain_quorum_bg.wasm`.
pub fn page_files(name: &str) -> [String; 2] {
    let stem = stem(name);
    [format!("{stem}.js"), format!("{stem}_bg.wasm")]
}

/// What workers are made of.
fn worker_file(name: &str) -> String {
    format!("{}_worker.js", stem(name))
}

/// What the names of a module's files begin with.
fn stem(name: &str) -> String {
    format!("splitbrain_{name}")
}

/// A module to be made.
pub struct Module<'a> {
    /// The id of the lab that it has, or [`ALL`].
    pub name: &'a str,
    /// Compile with the dev profile: quicker to build, several times larger to load.
    pub fast: bool,
    /// Features to switch on.
    pub features: &'a [&'a str],
}

impl Module<'_> {
    /// Has the files of another module, which has all labs, stand in for this one's.
    pub fn replace_by(&self, all: &Module<'_>, out: &Path) -> Result<()> {
        let files = |name| page_files(name).into_iter().chain([worker_file(name)]);
        for (mine, theirs) in files(self.name).zip(files(all.name)) {
            fs::copy(out.join(&theirs), out.join(mine))
                .with_context(|| format!("{theirs} cannot be copied"))?;
        }
        Ok(())
    }

    /// Writes the bindings, for pages and for workers, and the wasm into `out`.
    pub fn build(&self, out: &Path) -> Result<()> {
        let module = self.compile()?;
        let mut bindings = self.bindgen(&module);
        bindings.web(true)?.generate(out).with_context(|| unbound(&module))?;
        let [_, wasm] = page_files(self.name).map(|file| out.join(file));
        self.for_workers(&module, out, &fs::read(&wasm)?)?;
        if !self.fast {
            optimise(&wasm)?;
        }
        Ok(())
    }

    /// Only the crate `module` hangs on which lab it is: the rest is compiled once for all of them.
    fn compile(&self) -> Result<PathBuf> {
        setup::wasm_target()?;
        let (profile, folder) = if self.fast { ("dev", "debug") } else { ("wasm", "wasm") };
        let mut cargo = workspace::cargo();
        cargo
            .args(["build", "--quiet", "--locked", "-p", "splitbrain-module"])
            .args(["--target", "wasm32-unknown-unknown", "--profile", profile])
            .args(["--features", &self.features.join(",")])
            .env_remove("SPLITBRAIN_LAB")
            .envs((self.name != ALL).then_some(("SPLITBRAIN_LAB", self.name)));
        ensure!(cargo.status()?.success(), "web/ does not compile to wasm: see above");
        let folder = workspace::target().join("wasm32-unknown-unknown").join(folder);
        Ok(folder.join("splitbrain_module.wasm"))
    }

    fn bindgen(&self, module: &Path) -> Bindgen {
        let mut bindgen = Bindgen::new();
        bindgen
            .input_path(module)
            .out_name(&stem(self.name))
            .typescript(false)
            .omit_default_module_path(false)
            .remove_name_section(!self.fast)
            .remove_producers_section(true);
        bindgen
    }

    /// Writes the bindings for classic workers, which cannot import the page's, an ES module: wasm-bindgen's own kind for scripts without
    /// modules. Workers are handed what the page has compiled, so both must be for the very same wasm, which is made sure of here.
    fn for_workers(&self, module: &Path, out: &Path, page: &[u8]) -> Result<()> {
        let mut made =
            self.bindgen(module).no_modules(true)?.generate_output().with_context(|| unbound(module))?;
        ensure!(
            made.wasm_mut().emit_wasm() == page,
            "the bindings for workers are for other wasm than the page's"
        );
        fs::write(out.join(worker_file(self.name)), made.js())?;
        Ok(())
    }
}

fn unbound(module: &Path) -> String {
    format!("the bindings of {} cannot be made", module.display())
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
