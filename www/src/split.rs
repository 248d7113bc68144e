//! Parts a module of wasm in two: the functions that a reader's first minute takes, which a page fetches at once, and the rest.
//!
//! Both share a memory, its globals and its tables. Where the first part calls a function of the rest, a stub stands in: it looks into a
//! table of its own, has the rest put there where it is not yet (`fetch_rest` of `web/module`), and goes on. So nothing but time hangs on
//! which part a function is in. This is how Emscripten and Binaryen's wasm-split part modules, too. Constants that only functions of the
//! rest know of come with it (`constants`).
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use rustc_demangle::demangle;
use walrus::ir::{Value, Visitor, VisitorMut, dfs_in_order, dfs_pre_order_mut};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind,
    GlobalKind, ImportKind, Module, ModuleConfig, RefType,
};

use crate::constants::Constants;
use crate::minute;

/// What the rest imports everything from.
const FIRST: &str = "first";

/// The table of the functions that the first part calls in the rest.
const REST: &str = "rest";

/// What a stub calls where the rest is not there: `web/module` exports it.
const FETCH: &str = "fetch_rest";

/// Functions that touch the page are not rehearsed, which has none: they are known by their names. So is what makes a thread's variables.
const OF_THE_PAGE: [&str; 10] = [
    "splitbrain_web::dom",
    "splitbrain_web::border",
    "splitbrain_web::event",
    "splitbrain_web::hold",
    "splitbrain_web::panics",
    "wasm_bindgen",
    "js_sys",
    "web_sys",
    "panicking",
    "FnOnce::call_once",
];

/// A module in two parts.
pub struct Parts {
    /// What a page fetches at once; it has all that the glue of JavaScript asks for.
    pub first: Vec<u8>,
    /// What is fetched when it is called, or before.
    pub rest: Vec<u8>,
}

/// Parts a module that has the names of its functions, and had these constants before its bindings were made.
pub fn split(wasm: &[u8], constants: &Constants) -> Result<Parts> {
    let plan = Plan::of(wasm, constants)?;
    Ok(Parts { first: plan.first(parse(wasm)?)?, rest: plan.rest(parse(wasm)?)? })
}

/// Reads a module without what tells linkers and people about it.
fn parse(wasm: &[u8]) -> Result<Module> {
    let mut module =
        ModuleConfig::new().generate_name_section(false).generate_producers_section(false).parse(wasm)?;
    let told: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    told.into_iter().for_each(|id| drop(module.customs.delete(id)));
    Ok(module)
}

/// Who goes where. Functions are known by their places: two readings of the same bytes agree in nothing else.
struct Plan {
    /// Whether a function is of the rest.
    later: Vec<bool>,
    /// Those of the rest that the first part knows of, in the order of the table.
    entries: Vec<usize>,
    /// Those of the first part that the rest knows of.
    shared: Vec<usize>,
    /// Where in memory the constants lie that only functions of the rest know of.
    constants: Vec<Range<usize>>,
}

impl Plan {
    fn of(wasm: &[u8], constants: &Constants) -> Result<Plan> {
        let module = Module::from_buffer(wasm)?;
        let places: BTreeMap<FunctionId, usize> = module.funcs.iter().map(|f| f.id()).zip(0..).collect();
        let known: Vec<Vec<usize>> = module.funcs.iter().map(|f| known_to(&f.kind, &places)).collect();
        // What bindings wrap has its mangled name with words after it: "… externref shim".
        let name = |name: &str| format!("{:#}", demangle(name.split(' ').next().unwrap_or_default()));
        let names: Vec<String> =
            module.funcs.iter().map(|f| f.name.as_deref().map(name).unwrap_or_default()).collect();
        ensure!(names.iter().any(|name| name.contains("splitbrain")), "the module has no names");
        let exported: Vec<usize> = module
            .exports
            .iter()
            .filter(|export| export.name != minute::REHEARSAL)
            .filter_map(|export| match export.item {
                ExportItem::Function(id) => Some(places[&id]),
                _ => None,
            })
            .collect();
        let mut soon = minute::functions(wasm)?;
        for place in of_the_page(&exported, &names, &known) {
            soon[place] = true;
        }
        let is_import: Vec<bool> =
            module.funcs.iter().map(|f| matches!(f.kind, FunctionKind::Import(_))).collect();
        let later: Vec<bool> = soon.iter().zip(&is_import).map(|(soon, import)| !soon && !import).collect();
        // The first part's tables name functions, too.
        let mut named: Vec<usize> = Vec::new();
        for element in module.elements.iter() {
            let ElementItems::Functions(items) = &element.items else { continue };
            named.extend(items.iter().map(|id| places[id]));
        }
        let called = |by_rest: bool| {
            let all = known.iter().zip(&later).filter(move |(_, later)| **later == by_rest);
            all.flat_map(|(known, _)| known.iter().copied())
        };
        let mut entries: Vec<usize> = called(false).chain(named).filter(|place| later[*place]).collect();
        let mut shared: Vec<usize> = called(true).filter(|place| !later[*place]).collect();
        for list in [&mut entries, &mut shared] {
            list.sort_unstable();
            list.dedup();
        }
        let of_part = |of_rest: bool| {
            let all = module.funcs.iter().zip(&later).filter(move |(_, later)| **later == of_rest);
            all.filter_map(|(function, _)| function.name.as_deref())
        };
        // A name that both parts have, or none, may be anybody's.
        let mut of_rest: BTreeSet<&str> = of_part(true).collect();
        for name in of_part(false) {
            of_rest.remove(name);
        }
        let constants = constants.only_of(|function| of_rest.contains(function));
        Ok(Plan { later, entries, shared, constants })
    }

    /// The module with stubs for the functions of the rest, and with everything exported that the rest asks for.
    fn first(&self, mut module: Module) -> Result<Vec<u8>> {
        let places: Vec<FunctionId> = module.funcs.iter().map(|f| f.id()).collect();
        let fetch = module.exports.get_func(FETCH).with_context(|| format!("no {FETCH} in the module"))?;
        module.exports.remove(minute::REHEARSAL)?;
        let [globals, tables, memories] = names(&module);
        module.globals.iter().zip(globals).for_each(|(item, name)| {
            module.exports.add(&name, item.id());
        });
        module.tables.iter().zip(tables).for_each(|(item, name)| {
            module.exports.add(&name, item.id());
        });
        module.memories.iter().zip(memories).for_each(|(item, name)| {
            module.exports.add(&name, item.id());
        });
        for (number, place) in self.shared.iter().enumerate() {
            module.exports.add(&function_name(number), places[*place]);
        }
        let size = self.entries.len() as u64;
        let table = module.tables.add_local(false, size, Some(size), RefType::FUNCREF);
        module.exports.add(REST, table);
        for (slot, place) in self.entries.iter().enumerate() {
            let ty = module.funcs.get(places[*place]).ty();
            let (takes, gives) = module.types.params_results(ty);
            let (takes, gives) = (takes.to_vec(), gives.to_vec());
            let arguments: Vec<_> = takes.iter().map(|ty| module.locals.add(*ty)).collect();
            let mut stub = FunctionBuilder::new(&mut module.types, &takes, &gives);
            let mut body = stub.func_body();
            body.i32_const(slot as i32).table_get(table).ref_is_null().if_else(
                None,
                |missing| {
                    missing.call(fetch);
                },
                |_| {},
            );
            for argument in &arguments {
                body.local_get(*argument);
            }
            body.i32_const(slot as i32).call_indirect(ty, table);
            module.funcs.get_mut(places[*place]).kind = FunctionKind::Local(stub.local_func(arguments));
        }
        self.part_memory(&mut module, false)?;
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// The functions of the rest, which put themselves into the table; all else is imported.
    fn rest(&self, mut module: Module) -> Result<Vec<u8>> {
        let places: Vec<FunctionId> = module.funcs.iter().map(|f| f.id()).collect();
        let mut imported = BTreeMap::new();
        for (number, place) in self.shared.iter().enumerate() {
            let ty = module.funcs.get(places[*place]).ty();
            let (import, _) = module.add_import_func(FIRST, &function_name(number), ty);
            imported.insert(places[*place], import);
        }
        for place in (0..places.len()).filter(|place| self.later[*place]) {
            let function = module.funcs.get_mut(places[place]).kind.unwrap_local_mut();
            let entry = function.entry_block();
            dfs_pre_order_mut(&mut Elsewhere(&imported), function, entry);
        }
        let whole: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
        whole.into_iter().for_each(|id| module.exports.delete(id));
        module.start = None;
        self.part_memory(&mut module, true)?;
        let elements: Vec<_> = module.elements.iter().map(|element| element.id()).collect();
        elements.into_iter().for_each(|id| module.elements.delete(id));
        let [globals, tables, memories] = names(&module);
        let of_module: Vec<_> = module.globals.iter().map(|item| item.id()).collect();
        for (global, name) in of_module.into_iter().zip(globals) {
            let import = module.imports.add(FIRST, &name, ImportKind::Global(global));
            module.globals.get_mut(global).kind = GlobalKind::Import(import);
        }
        let of_module: Vec<_> = module.tables.iter().map(|item| item.id()).collect();
        for (table, name) in of_module.into_iter().zip(tables) {
            let import = module.imports.add(FIRST, &name, ImportKind::Table(table));
            let table = module.tables.get_mut(table);
            (table.import, table.elem_segments) = (Some(import), Default::default());
        }
        let of_module: Vec<_> = module.memories.iter().map(|item| item.id()).collect();
        for (memory, name) in of_module.into_iter().zip(memories) {
            let import = module.imports.add(FIRST, &name, ImportKind::Memory(memory));
            module.memories.get_mut(memory).import = Some(import);
        }
        let size = self.entries.len() as u64;
        let (table, _) = module.add_import_table(FIRST, REST, false, size, Some(size), RefType::FUNCREF);
        let functions = self.entries.iter().map(|place| places[*place]).collect();
        let kind = ElementKind::Active { table, offset: ConstExpr::Value(Value::I32(0)) };
        let element = module.elements.add(kind, ElementItems::Functions(functions));
        module.tables.get_mut(table).elem_segments.insert(element);
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// Leaves of what memory begins with what is the rest's, or what is not.
    fn part_memory(&self, module: &mut Module, of_rest: bool) -> Result<()> {
        let whole: Vec<_> = module.data.iter().map(|data| data.id()).collect();
        for id in whole {
            let data = module.data.get_mut(id);
            let DataKind::Active { memory, offset: ConstExpr::Value(Value::I32(start)) } = data.kind else {
                bail!("a part of memory begins where nobody can tell");
            };
            let (bytes, start) = (std::mem::take(&mut data.value), start as usize);
            module.data.delete(id);
            module.memories.get_mut(memory).data_segments.remove(&id);
            let end = start + bytes.len();
            let moved = self.constants.iter().filter(|range| start <= range.start && range.end <= end);
            let mut pieces = Vec::new();
            let mut from = start;
            for range in moved {
                pieces.extend([(from..range.start, false), (range.clone(), true)]);
                from = range.end;
            }
            pieces.push((from..end, false));
            for (piece, is_moved) in pieces {
                if is_moved == of_rest && !piece.is_empty() {
                    let offset = ConstExpr::Value(Value::I32(piece.start as i32));
                    let value = bytes[piece.start - start..piece.end - start].to_vec();
                    let id = module.data.add(DataKind::Active { memory, offset }, value);
                    module.memories.get_mut(memory).data_segments.insert(id);
                }
            }
        }
        Ok(())
    }
}

/// What shared things are exported as: a function by a number, which no name of the glue is.
fn function_name(number: usize) -> String {
    format!("{number:x}")
}

/// The names of shared globals, tables and memories.
fn names(module: &Module) -> [Vec<String>; 3] {
    let counts =
        [module.globals.iter().count(), module.tables.iter().count(), module.memories.iter().count()];
    let named = |kind: &str, count: usize| (0..count).map(|number| format!("{kind}{number}")).collect();
    [named("global", counts[0]), named("table", counts[1]), named("memory", counts[2])]
}

/// The functions that one knows of: those that it calls, and those that it hands on.
fn known_to(kind: &FunctionKind, places: &BTreeMap<FunctionId, usize>) -> Vec<usize> {
    struct Known<'a>(&'a BTreeMap<FunctionId, usize>, Vec<usize>);
    impl Visitor<'_> for Known<'_> {
        fn visit_function_id(&mut self, id: &FunctionId) {
            self.1.push(self.0[id]);
        }
    }
    let mut known = Known(places, Vec::new());
    if let FunctionKind::Local(function) = kind {
        dfs_in_order(&mut known, function, function.entry_block());
    }
    known.1
}

/// What the page calls, the functions that touch it, and those of libraries that they call.
fn of_the_page(exported: &[usize], names: &[String], known: &[Vec<usize>]) -> Vec<usize> {
    let touches = |place: &usize| OF_THE_PAGE.iter().any(|part| names[*place].contains(part));
    let mut found: Vec<usize> = exported.iter().copied().chain((0..names.len()).filter(touches)).collect();
    let mut is_found = vec![false; names.len()];
    found.iter().for_each(|place| is_found[*place] = true);
    let mut next = 0;
    while next < found.len() {
        for place in &known[found[next]] {
            if !is_found[*place] && !names[*place].contains("splitbrain") {
                is_found[*place] = true;
                found.push(*place);
            }
        }
        next += 1;
    }
    found
}

/// Calls of the first part become calls of what is imported.
struct Elsewhere<'a>(&'a BTreeMap<FunctionId, FunctionId>);

impl VisitorMut for Elsewhere<'_> {
    fn visit_function_id_mut(&mut self, id: &mut FunctionId) {
        if let Some(import) = self.0.get(id) {
            *id = *import;
        }
    }
}
