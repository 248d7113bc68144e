//! Which functions of the module a reader's first minute takes, with which labs, and which it calls often: found by playing it, in an interpreter. That takes long; so it is
//! played by `cargo dev bless`, which writes [`TEXT`], and by a test. What is built goes by the text: a function that it does not name, since it
//! is new, say, is fetched at once, which costs bytes and nothing else.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, anyhow};
use rayon::prelude::*;
use splitbrain::labs::IDS;
use walrus::ir::{BinaryOp, Binop, Const, GlobalGet, GlobalSet, Instr, Value};
use walrus::{ConstExpr, FunctionKind, Module, ValType};
use wasmi::{Engine, Extern, ExternType, Linker, Store, Val};

use crate::split::{readable, touches_the_page};
use crate::workspace;

/// The file that says so, from the workspace's folder.
pub const TEXT: &str = "tests/golden/minute.txt";

/// What plays the first minute with the lab at a place in the list: `web/module` exports it.
pub const REHEARSAL: &str = "rehearse";

/// What tells the module which labs there are, before anything else.
const START: &str = "__wbindgen_start";

/// The one thing that a module asks of the page before there is one.
const MAY_BE_ASKED: &str = "__wbindgen_init_externref_table";

/// Who takes which functions in the first minute: readable names, and the ids of labs. What it does not name, everybody takes.
///
/// As a text it has for each set of labs a line `# ping quorum`, or `# none`, and then the names, a line each; and after a line `# often` those that
/// are called most.
#[derive(Default, PartialEq, Eq, Hash, Debug)]
pub struct Minute {
    takers: BTreeMap<String, BTreeSet<String>>,
    often: BTreeSet<String>,
}

/// Stands in the text for no lab.
const NONE: &str = "none";

/// Stands in the text before what is called often.
const OFTEN: &str = "often";

/// So many calls in the first minute with a lab are often.
const MANY_CALLS: i32 = 50_000;

impl Minute {
    /// What [`TEXT`] says.
    pub fn read() -> Result<Minute> {
        let text =
            fs::read_to_string(workspace::root().join(TEXT)).with_context(|| format!("{TEXT} is missing"))?;
        Ok(Minute::parse(&text))
    }

    fn parse(text: &str) -> Minute {
        let (mut minute, mut head) = (Minute::default(), NONE);
        for line in text.lines() {
            match (line.strip_prefix("# "), head) {
                (Some(new), _) => head = new,
                (None, OFTEN) => drop(minute.often.insert(line.to_string())),
                (None, NONE) => drop(minute.takers.insert(line.to_string(), BTreeSet::new())),
                (None, ids) => {
                    let labs = ids.split(' ').map(String::from).collect();
                    minute.takers.insert(line.to_string(), labs);
                }
            }
        }
        minute
    }

    /// Whether the first minute calls a function often.
    pub fn is_often(&self, readable: &str) -> bool {
        self.often.contains(readable)
    }

    /// The labs with which the first minute takes a function, where not all do.
    pub fn takers(&self, readable: &str) -> Option<&BTreeSet<String>> {
        self.takers.get(readable)
    }

    /// As a text.
    pub fn print(&self) -> String {
        let mut sets: BTreeMap<&BTreeSet<String>, Vec<&str>> = BTreeMap::new();
        for (name, labs) in &self.takers {
            sets.entry(labs).or_default().push(name);
        }
        let mut text = String::new();
        for (labs, names) in sets {
            let labs: Vec<&str> = labs.iter().map(String::as_str).collect();
            let head = if labs.is_empty() { NONE.to_string() } else { labs.join(" ") };
            text += &format!("# {head}\n{}\n", names.join("\n"));
        }
        let often: Vec<&str> = self.often.iter().map(String::as_str).collect();
        text + &format!("# {OFTEN}\n{}\n", often.join("\n"))
    }

    /// The functions that come too late by this for a minute as it is now, each with a lab that takes it.
    pub fn late_for<'a>(&self, now: &'a Rehearsed) -> Vec<(&'a str, &'static str)> {
        let late = |(name, labs): (&'a String, &BTreeSet<&'static str>)| {
            let known = self.takers(name)?;
            let missed = labs.iter().find(|lab| !known.contains(**lab))?;
            Some((name.as_str(), *missed))
        };
        now.takers.iter().filter_map(late).collect()
    }

    /// How many functions that not everybody takes now are not named, and how many there are.
    pub fn unknown(&self, now: &Rehearsed) -> (usize, usize) {
        let now = now.minute();
        let unknown = now.takers.keys().filter(|name| self.takers(name).is_none()).count();
        (unknown, now.takers.len())
    }
}

/// The first minute as it was played with each lab: the readable names of the module's functions, and the labs that took each. Functions that touch
/// the page are not among them.
pub struct Rehearsed {
    takers: BTreeMap<String, BTreeSet<&'static str>>,
    often: BTreeSet<String>,
}

impl Rehearsed {
    /// What is to be known of it.
    pub fn minute(&self) -> Minute {
        let some = self.takers.iter().filter(|(_, labs)| labs.len() < IDS.len());
        let owned = |labs: &BTreeSet<&str>| labs.iter().map(ToString::to_string).collect();
        let takers = some.map(|(name, labs)| (name.clone(), owned(labs))).collect();
        Minute { takers, often: self.often.clone() }
    }
}

/// Plays the first minute with each lab.
pub fn rehearsed(bound: &[u8]) -> Result<Rehearsed> {
    let mut module = Module::from_buffer(bound)?;
    let names: Vec<String> =
        module.funcs.iter().map(|f| f.name.as_deref().map(readable).unwrap_or_default()).collect();
    let counters = count_calls(&mut module);
    let engine = Engine::default();
    let compiled = wasmi::Module::new(&engine, module.emit_wasm()).map_err(|error| anyhow!("{error}"))?;
    let labs: Vec<Vec<i32>> = (0..IDS.len())
        .into_par_iter()
        .map(|lab| {
            played(&engine, &compiled, &counters, lab).with_context(|| format!("the lab {}", IDS[lab]))
        })
        .collect::<Result<_>>()?;
    let mut takers: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    let mut often = BTreeSet::new();
    for (place, name) in names.into_iter().enumerate() {
        if counters[place].is_some() && !name.is_empty() && !touches_the_page(&name) {
            if labs.iter().any(|calls| calls[place] >= MANY_CALLS) {
                often.insert(name.clone());
            }
            let own = IDS.iter().zip(&labs).filter(|(_, calls)| calls[place] > 0).map(|(id, _)| *id);
            takers.entry(name).or_default().extend(own);
        }
    }
    Ok(Rehearsed { takers, often })
}

/// How often each function was called for one lab, in the order in which `walrus` reads the module.
fn played(
    engine: &Engine,
    compiled: &wasmi::Module,
    counters: &[Option<String>],
    lab: usize,
) -> Result<Vec<i32>> {
    let mut store = Store::new(engine, ());
    let mut linker = Linker::new(engine);
    for import in compiled.imports() {
        let ExternType::Func(ty) = import.ty().clone() else { continue };
        let name = import.name().to_string();
        linker.func_new(import.module(), import.name(), ty, move |_, _, _| match &name {
            name if name.starts_with(MAY_BE_ASKED) => Ok(()),
            name => Err(wasmi::Error::new(format!("the rehearsal asks the page for {name}"))),
        })?;
    }
    let instance = linker.instantiate_and_start(&mut store, compiled)?;
    for (name, arguments) in [(START, vec![]), (REHEARSAL, vec![Val::I32(lab as i32)])] {
        let export = instance.get_export(&store, name).and_then(Extern::into_func);
        let function = export.with_context(|| format!("the module exports no {name}"))?;
        function.call(&mut store, &arguments, &mut []).map_err(|error| anyhow!("{name}: {error}"))?;
    }
    let calls = |counter: &Option<String>| {
        let global = counter.as_ref().and_then(|counter| instance.get_global(&store, counter));
        global.and_then(|global| global.get(&store).i32()).unwrap_or(0)
    };
    Ok(counters.iter().map(calls).collect())
}

/// Has each function of the module's own count its calls, in a global, up to what is often; their names, in the order of functions.
fn count_calls(module: &mut Module) -> Vec<Option<String>> {
    let functions: Vec<_> = module.funcs.iter().map(|function| function.id()).collect();
    let count = |(place, id)| {
        let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind else { return None };
        let global = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
        let name = format!("calls{place}");
        module.exports.add(&name, global);
        let number = |value| Instr::Const(Const { value: Value::I32(value) });
        let now = || Instr::GlobalGet(GlobalGet { global });
        let op = |op| Instr::Binop(Binop { op });
        let more = [now(), now(), number(MANY_CALLS), op(BinaryOp::I32LtS), op(BinaryOp::I32Add)];
        let counted = more.into_iter().chain([Instr::GlobalSet(GlobalSet { global })]);
        let entry = function.entry_block();
        function.block_mut(entry).instrs.splice(0..0, counted.map(|instr| (instr, Default::default())));
        Some(name)
    };
    (0..).zip(functions).map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_a_text_that_says_who_takes_what_and_what_comes_too_late() {
        let text = "# none\na::never\n# ping ring\na::some\nb::some\n# often\na::always\na::some\n";
        let minute = Minute::parse(text);
        assert_eq!(minute.print(), text);
        assert_eq!(minute.takers("a::never"), Some(&BTreeSet::new()));
        assert_eq!(minute.takers("a::always"), None);
        assert!(minute.is_often("a::always") && minute.is_often("a::some") && !minute.is_often("b::some"));
        let now = |name: &str, labs: &[&'static str]| (name.to_string(), labs.iter().copied().collect());
        let takers = [now("a::never", &[]), now("a::some", &["ping", "retry"]), now("a::new", &["ring"])];
        let now = Rehearsed { takers: takers.into(), often: BTreeSet::new() };
        assert_eq!(minute.late_for(&now), [("a::some", "retry")]);
        assert_eq!(minute.unknown(&now), (1, 3));
    }
}
