//! Compiles the page's side to wasm, once with all labs and once with each alone, and makes their JavaScript bindings.
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use splitbrain::labs::SHOWN;
use wasm_bindgen_cli_support::Bindgen;

use crate::constants::Constants;
use crate::{setup, split, squeeze, workspace};

/// The name of the module that has all labs.
pub const ALL: &str = "all";

/// The files that a page fetches of a module at once: `splitbrain_quorum.js` loads `splitbrain_quorum_bg.wasm`.
pub fn page_files(name: &str) -> [String; 2] {
    let stem = stem(name);
    [format!("{stem}.js"), format!("{stem}_bg.wasm")]
}

/// The module for a page that shows these labs, the smallest that has them all, as modules.js chooses it.
pub fn suited(labs: &[&str]) -> &'static str {
    let has = |shown: &&&[&str]| labs.iter().all(|lab| shown.contains(lab));
    SHOWN.iter().filter(has).min_by_key(|shown| shown.len()).map_or(ALL, |shown| shown[0])
}

/// The part of a module that is fetched when it is called.
pub fn rest_file(name: &str) -> String {
    format!("{}_rest.wasm", stem(name))
}

/// What workers are made of.
fn worker_file(name: &str) -> String {
    format!("{}_worker.js", stem(name))
}

/// What the names of a module's files begin with.
fn stem(name: &str) -> String {
    format!("splitbrain_{name}")
}

/// A module of wasm with nothing in it.
const EMPTY: &[u8] = b"\0asm\x01\0\0\0";

/// A module to be made.
#[derive(Clone, Copy)]
pub struct Module<'a> {
    /// The id of the lab that it has, or [`ALL`].
    pub name: &'a str,
    /// Compile with the dev profile: quicker to build, several times larger to load.
    pub fast: bool,
    /// Leave it in one piece: nothing of it is ever missed.
    pub whole: bool,
    /// Features to switch on.
    pub features: &'a [&'a str],
}

impl Module<'_> {
    /// Has the files of another module, which has all labs, stand in for this one's.
    pub fn replace_by(&self, all: &Module<'_>, out: &Path) -> Result<()> {
        let files = |name| page_files(name).into_iter().chain([rest_file(name), worker_file(name)]);
        for (mine, theirs) in files(self.name).zip(files(all.name)) {
            fs::copy(out.join(&theirs), out.join(mine))
                .with_context(|| format!("{theirs} cannot be copied"))?;
        }
        Ok(())
    }

    /// Only the crate `module` hangs on which lab it is: the rest is compiled once for all of them.
    pub fn compile(&self) -> Result<Vec<u8>> {
        setup::wasm_target()?;
        let (profile, folder) = if self.fast { ("dev", "debug") } else { ("wasm", "wasm") };
        // Who is to be parted tells who knows of which constant.
        let linker: &[&str] = if self.whole { &[] } else { &["-C", "link-arg=--emit-relocs"] };
        let mut cargo = workspace::cargo();
        cargo
            .args(["rustc", "--quiet", "--locked", "-p", "splitbrain-module"])
            .args(["--target", "wasm32-unknown-unknown", "--profile", profile])
            .args(["--features", &self.features.join(","), "--"])
            .args(linker)
            .env_remove("SPLITBRAIN_LAB")
            .envs((self.name != ALL).then_some(("SPLITBRAIN_LAB", self.name)));
        ensure!(cargo.status()?.success(), "web/ does not compile to wasm: see above");
        let folder = workspace::target().join("wasm32-unknown-unknown").join(folder);
        Ok(fs::read(folder.join("splitbrain_module.wasm"))?)
    }

    /// Writes what was compiled, in its parts, and the bindings for pages and for workers into `out`.
    pub fn bind(&self, compiled: &[u8], out: &Path) -> Result<()> {
        let unbound = || format!("the bindings of {} cannot be made", self.name);
        self.bindgen(compiled).web(true)?.generate(out).with_context(unbound)?;
        let [script, wasm] = page_files(self.name).map(|file| out.join(file));
        let whole = fs::read(&wasm)?;
        // Workers are classic ones, which cannot import the page's bindings, an ES module: theirs are wasm-bindgen's own kind for scripts
        // without modules. They are handed what the page has compiled, so both must be for the very same wasm.
        let mut made = self.bindgen(compiled).no_modules(true)?.generate_output().with_context(unbound)?;
        ensure!(
            made.wasm_mut().emit_wasm() == whole,
            "the bindings for workers are for other wasm than the page's"
        );
        fs::write(out.join(worker_file(self.name)), squeeze::script(made.js()))?;
        fs::write(&script, squeeze::script(&fs::read_to_string(&script)?))?;
        if self.whole {
            return Ok(fs::write(out.join(rest_file(self.name)), EMPTY)?);
        }
        let constants = Constants::read(compiled)?;
        let parts = split::split(&whole, &constants)
            .with_context(|| format!("{} cannot be parted", wasm.display()))?;
        fs::write(&wasm, parts.first)?;
        fs::write(out.join(rest_file(self.name)), parts.rest)?;
        Ok(())
    }

    fn bindgen(&self, compiled: &[u8]) -> Bindgen {
        let mut bindgen = Bindgen::new();
        bindgen
            .input_bytes(&stem(self.name), compiled.to_vec())
            .out_name(&stem(self.name))
            .typescript(false)
            .omit_default_module_path(false)
            .demangle(false) // for the linker does not either
            .remove_name_section(false) // by their names they are parted
            .remove_producers_section(true);
        bindgen
    }
}
