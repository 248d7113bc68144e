//! Compiles the page's side to wasm, makes its JavaScript bindings, and parts it.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use splitbrain::labs::IDS;
use wasm_bindgen_cli_support::Bindgen;

use crate::minute::Minute;
use crate::{made, setup, split, squeeze, workspace};

/// What the names of all files of the module begin with.
const STEM: &str = "splitbrain_engine";

/// The page's bindings, which load the base.
pub const GLUE: &str = "splitbrain_engine.js";

/// The part that every page fetches.
pub const BASE: &str = "splitbrain_engine_bg.wasm";

/// What workers are made of.
pub const WORKER: &str = "splitbrain_engine_worker.js";

/// What every page with a widget fetches of the module.
pub const ENGINE: [&str; 2] = [GLUE, BASE];

/// The file of a part.
pub fn part_file(part: &str) -> String {
    format!("{STEM}_{part}.wasm")
}

/// A module to be made.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Compile with the dev profile: quicker to build, several times larger to load.
    pub fast: bool,
    /// Leave it in one piece: nothing of it is ever missed.
    pub whole: bool,
    /// Features to switch on.
    pub features: &'a [&'a str],
}

/// What scripts are to know of the module that was made.
#[derive(Debug, Serialize, Deserialize)]
pub struct Parts {
    /// The parts besides the base, by their numbers from 1 on; not all of them have a file.
    pub names: Vec<String>,
    /// For each lab the parts that the first minute with it takes, and all others that it may take.
    pub of_labs: BTreeMap<String, [Vec<String>; 2]>,
}

/// Compiles the module, as the linker leaves it.
pub fn compile(options: &Options) -> Result<Vec<u8>> {
    setup::wasm_target()?;
    let (profile, folder) = if options.fast { ("dev", "debug") } else { ("wasm", "wasm") };
    // What is to be parted tells who knows of whom.
    let linker: &[&str] = if options.whole { &[] } else { &["-C", "link-arg=--emit-relocs"] };
    let mut cargo = workspace::cargo();
    cargo
        .args(["rustc", "--quiet", "--locked", "-p", "splitbrain-module"])
        .args(["--target", "wasm32-unknown-unknown", "--profile", profile])
        .args(["--features", &options.features.join(","), "--"])
        .args(linker);
    ensure!(cargo.status()?.success(), "web/ does not compile to wasm: see above");
    let folder = workspace::target().join("wasm32-unknown-unknown").join(folder);
    Ok(fs::read(folder.join("splitbrain_module.wasm"))?)
}

/// A module with its bindings, in one piece, and the bindings.
pub struct Bound {
    /// The module.
    pub wasm: Vec<u8>,
    /// For pages, an ES module.
    pub glue: String,
    /// For workers, a classic script.
    pub worker: String,
}

/// Makes the bindings for pages and for workers.
pub fn bind(compiled: &[u8]) -> Result<Bound> {
    let unbound = "the bindings cannot be made";
    let mut page = bindgen(compiled).web(true)?.generate_output().context(unbound)?;
    // Workers are classic ones, which cannot import the page's bindings, an ES module: theirs are wasm-bindgen's own kind for scripts
    // without modules. They are handed what the page has compiled, so both must be for the very same wasm.
    let mut worker = bindgen(compiled).no_modules(true)?.generate_output().context(unbound)?;
    let wasm = page.wasm_mut().emit_wasm();
    ensure!(
        worker.wasm_mut().emit_wasm() == wasm,
        "the bindings for workers are for other wasm than the page's"
    );
    Ok(Bound { wasm, glue: squeeze::script(page.js()), worker: squeeze::script(worker.js()) })
}

fn bindgen(compiled: &[u8]) -> Bindgen {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(STEM, compiled.to_vec())
        .out_name(STEM)
        .typescript(false)
        .omit_default_module_path(false)
        .demangle(false) // for the linker does not either
        .remove_name_section(false) // by their names they are parted
        .remove_producers_section(true);
    bindgen
}

/// The file in which is kept which parts there are.
const PARTS: &str = "parts.json";

/// Makes the module's files in `out`, and says which parts there are.
pub fn make(options: &Options, out: &Path) -> Result<Parts> {
    let compiled = compile(options)?;
    let minute = Minute::read()?;
    let from = made::hash((made::program(), &compiled, &minute, options.whole));
    let folder = made::folder("module", from, |folder| write(&compiled, &minute, options.whole, folder))?;
    let mut parts = None;
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        if entry.file_name() == PARTS {
            parts = Some(serde_json::from_slice(&fs::read(entry.path())?)?);
        } else {
            fs::copy(entry.path(), out.join(entry.file_name()))?;
        }
    }
    parts.with_context(|| format!("{} has no {PARTS}", folder.display()))
}

/// Makes the files of a module that was compiled.
fn write(compiled: &[u8], minute: &Minute, whole: bool, folder: &Path) -> Result<()> {
    let bound = bind(compiled)?;
    fs::write(folder.join(GLUE), &bound.glue)?;
    fs::write(folder.join(WORKER), &bound.worker)?;
    let parts = if whole {
        fs::write(folder.join(BASE), &bound.wasm)?;
        let of_labs = IDS.iter().map(|id| (id.to_string(), Default::default())).collect();
        Parts { names: Vec::new(), of_labs }
    } else {
        let split =
            split::split(&bound.wasm, compiled, IDS, minute).context("the module cannot be parted")?;
        let (base, others) = split.parts.split_first().context("there is a base")?;
        fs::write(folder.join(BASE), &base.wasm)?;
        for part in others.iter().filter(|part| !part.wasm.is_empty()) {
            fs::write(folder.join(part_file(&part.name)), &part.wasm)?;
        }
        Parts::of(&split)
    };
    Ok(fs::write(folder.join(PARTS), serde_json::to_vec(&parts)?)?)
}

impl Parts {
    fn of(split: &split::Split) -> Parts {
        let exists =
            |name: &&String| split.parts.iter().any(|part| part.name == **name && !part.wasm.is_empty());
        let made = |names: &Vec<String>| names.iter().filter(exists).cloned().collect::<Vec<_>>();
        let of_lab = |(id, taken): (&&str, &[Vec<String>; 2])| (id.to_string(), taken.each_ref().map(made));
        let names = split.parts.iter().skip(1).map(|part| part.name.clone()).collect();
        Parts { names, of_labs: IDS.iter().zip(&split.labs).map(of_lab).collect() }
    }

    /// All files of the module, its glue among them.
    pub fn files(&self) -> impl Iterator<Item = String> {
        let parts: BTreeSet<&String> = self.of_labs.values().flatten().flatten().collect();
        let parts = parts.into_iter().map(|part| part_file(part));
        ENGINE.iter().map(ToString::to_string).chain(parts)
    }

    /// The files of the parts that a widget of a lab fetches at once, of which all that it may take where its run was not rehearsed.
    pub fn at_once(&self, lab: &str, lean: bool) -> Vec<String> {
        let parts = self.of_labs.get(lab).into_iter().flatten().take(if lean { 1 } else { 2 });
        parts.flatten().map(|part| part_file(part)).collect()
    }
}
