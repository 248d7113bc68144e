//! Parts the one module of wasm, with all labs, by who needs what and when: a base that every page fetches at once; what a reader's first minute
//! takes with some labs and not with others, a part for each lab, and one for those that take much in common; for each lab the rest of it; and
//! the rest of all else (`plan`, by what the linker says, by `owners`, and by the first minute as it was rehearsed).
//!
//! All parts share the base's memory, its globals and its tables. Where one calls a function of another, a stub in the base stands in: it looks
//! into a table, has the part put in place where it is not yet (`fetch_part` of `web/module`), and goes on. So nothing but time hangs on which
//! part a function is in. This is how Emscripten and Binaryen's wasm-split part modules, too. A part puts its own functions into the table that
//! pointers lead through; those which nothing outside the part can point at need no stub there. Constants that only functions of one part know
//! of come with it.
mod linked;
mod owners;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use walrus::ir::{Value, Visitor, VisitorMut, dfs_in_order, dfs_pre_order_mut};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind,
    GlobalKind, ImportKind, Module, ModuleConfig, RefType, TableId,
};

use crate::minute::{Minute, REHEARSAL};
use linked::Linked;
pub use owners::{readable, touches_the_page};
use plan::{BASE, Plan};

/// What parts import everything from.
const FIRST: &str = "base";

/// The table of the functions that stubs stand in for.
const STOOD_FOR: &str = "parts";

/// What a stub calls where a part is not there: `web/module` exports it.
const FETCH: &str = "fetch_part";

/// A module that has been parted.
pub struct Split {
    /// The parts; the first is the base.
    pub parts: Vec<Part>,
    /// For each lab the names of the parts, but for the base, that the first minute with it takes, and of all others that it may take.
    pub labs: Vec<[Vec<String>; 2]>,
}

/// A part of the module.
pub struct Part {
    /// What it is called; the first is the base, and has all that the glue of JavaScript asks for.
    pub name: String,
    /// The module that it is.
    pub wasm: Vec<u8>,
}

/// Parts a module with these labs as its bindings left it; `compiled` is what it was before, linked with `--emit-relocs`.
pub fn split(bound: &[u8], compiled: &[u8], labs: &[&str], minute: &Minute) -> Result<Split> {
    let plan = Plan::of(&Linked::read(compiled)?, labs, minute, &[REHEARSAL])?;
    let layout = Layout::of(&Module::from_buffer(bound)?, &plan);
    let used: BTreeSet<usize> = layout.part.iter().copied().chain([BASE]).collect();
    // Parts that nothing is in keep their numbers, and are no files.
    let made = plan.parts.par_iter().enumerate().map(|(part, name)| {
        let wasm = match part {
            _ if !used.contains(&part) => Vec::new(),
            BASE => layout.base(parse(bound)?, &plan)?,
            part => layout.part(parse(bound)?, &plan, part)?,
        };
        Ok(Part { name: name.clone(), wasm })
    });
    Ok(Split { parts: made.collect::<Result<_>>()?, labs: plan.labs })
}

/// Reads a module without what tells linkers and people about it.
fn parse(wasm: &[u8]) -> Result<Module> {
    let mut module =
        ModuleConfig::new().generate_name_section(false).generate_producers_section(false).parse(wasm)?;
    let told: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    told.into_iter().for_each(|id| drop(module.customs.delete(id)));
    Ok(module)
}

/// The plan for a module as bindings left it. Functions are known by their places: two readings of the same bytes agree in nothing else.
struct Layout {
    /// The part of each function.
    part: Vec<usize>,
    /// Functions that stand in other parts besides their own, with those parts.
    copies: BTreeSet<(usize, usize)>,
    /// Functions that stubs stand in for, in the order of their table, with the part of each.
    entries: Vec<usize>,
    /// Those of the base that another part knows of, stubs among them.
    shared: Vec<usize>,
    /// Functions that stand in a table, by the place of that table and in it, with whether the base's table has them from the first.
    slots: Vec<(usize, usize, usize, bool)>,
}

impl Layout {
    fn of(module: &Module, plan: &Plan) -> Layout {
        let places: BTreeMap<FunctionId, usize> = module.funcs.iter().map(|f| f.id()).zip(0..).collect();
        let part: Vec<usize> = module
            .funcs
            .iter()
            .map(|function| match function.kind {
                FunctionKind::Local(_) => plan.part(function.name.as_deref()),
                _ => BASE,
            })
            .collect();
        let names: Vec<Option<&str>> = module.funcs.iter().map(|f| f.name.as_deref()).collect();
        let mut copies = BTreeSet::new();
        for (place, name) in names.iter().enumerate() {
            let others = (1..plan.parts.len()).filter(|other| *other != part[place]);
            copies.extend(others.filter(|other| plan.is_copied(*name, *other)).map(|other| (place, other)));
        }
        let (mut entries, mut shared) = (BTreeSet::new(), BTreeSet::new());
        for (place, function) in module.funcs.iter().enumerate() {
            let known = known_to(&function.kind, &places);
            let copied = copies.range((place, 0)..(place + 1, 0)).map(|(_, other)| *other);
            for own in copied.chain([part[place]]) {
                let is_elsewhere = |known: &&usize| part[**known] != own && !copies.contains(&(**known, own));
                for known in known.iter().filter(is_elsewhere) {
                    if part[*known] != BASE {
                        entries.insert(*known);
                    }
                    if own != BASE {
                        shared.insert(*known);
                    }
                }
            }
        }
        let exported = module.exports.iter().filter(|export| export.name != REHEARSAL);
        entries.extend(exported.filter_map(|export| match export.item {
            ExportItem::Function(id) => Some(places[&id]).filter(|place| part[*place] != BASE),
            _ => None,
        }));
        let tables: BTreeMap<TableId, usize> = module.tables.iter().map(|t| t.id()).zip(0..).collect();
        let mut slots = Vec::new();
        for element in module.elements.iter() {
            let Some((table, start, items)) = slots_of(&element.kind, &element.items) else { continue };
            for (slot, id) in (start..).zip(items) {
                let place = places[id];
                let stays = part[place] == BASE || plan.is_pointed_at(names[place]);
                if stays && part[place] != BASE {
                    entries.insert(place);
                }
                slots.push((tables[&table], slot, place, stays));
            }
        }
        Layout {
            part,
            copies,
            entries: entries.into_iter().collect(),
            shared: shared.into_iter().collect(),
            slots,
        }
    }

    /// The module with stubs for the functions of other parts, and with everything exported that those ask for.
    fn base(&self, mut module: Module, plan: &Plan) -> Result<Vec<u8>> {
        let places: Vec<FunctionId> = module.funcs.iter().map(|f| f.id()).collect();
        let fetch = module.exports.get_func(FETCH).with_context(|| format!("no {FETCH} in the module"))?;
        module.exports.remove(REHEARSAL)?;
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
        self.place_slots(&mut module, |_, stays| stays);
        let size = self.entries.len() as u64;
        let table = module.tables.add_local(false, size, Some(size), RefType::FUNCREF);
        module.exports.add(STOOD_FOR, table);
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
                    missing.i32_const(self.part[*place] as i32).call(fetch);
                },
                |_| {},
            );
            for argument in &arguments {
                body.local_get(*argument);
            }
            body.i32_const(slot as i32).call_indirect(ty, table);
            module.funcs.get_mut(places[*place]).kind = FunctionKind::Local(stub.local_func(arguments));
        }
        part_memory(&mut module, plan, BASE)?;
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// The functions of a part, which put themselves into the tables; all else is imported.
    fn part(&self, mut module: Module, plan: &Plan, part: usize) -> Result<Vec<u8>> {
        let places: Vec<FunctionId> = module.funcs.iter().map(|f| f.id()).collect();
        let stands = |place: usize| self.part[place] == part || self.copies.contains(&(place, part));
        let mut imported = BTreeMap::new();
        for (number, place) in self.shared.iter().enumerate().filter(|(_, place)| !stands(**place)) {
            let ty = module.funcs.get(places[*place]).ty();
            let (import, _) = module.add_import_func(FIRST, &function_name(number), ty);
            imported.insert(places[*place], import);
        }
        for place in (0..places.len()).filter(|place| stands(*place)) {
            let function = module.funcs.get_mut(places[place]).kind.unwrap_local_mut();
            let entry = function.entry_block();
            dfs_pre_order_mut(&mut Elsewhere(&imported), function, entry);
        }
        let whole: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
        whole.into_iter().for_each(|id| module.exports.delete(id));
        module.start = None;
        part_memory(&mut module, plan, part)?;
        self.place_slots(&mut module, |place, _| self.part[place] == part);
        let [globals, tables, memories] = names(&module);
        let of_module: Vec<_> = module.globals.iter().map(|item| item.id()).collect();
        for (global, name) in of_module.into_iter().zip(globals) {
            let import = module.imports.add(FIRST, &name, ImportKind::Global(global));
            module.globals.get_mut(global).kind = GlobalKind::Import(import);
        }
        let of_module: Vec<_> = module.tables.iter().map(|item| item.id()).collect();
        for (table, name) in of_module.into_iter().zip(tables) {
            let import = module.imports.add(FIRST, &name, ImportKind::Table(table));
            module.tables.get_mut(table).import = Some(import);
        }
        let of_module: Vec<_> = module.memories.iter().map(|item| item.id()).collect();
        for (memory, name) in of_module.into_iter().zip(memories) {
            let import = module.imports.add(FIRST, &name, ImportKind::Memory(memory));
            module.memories.get_mut(memory).import = Some(import);
        }
        let size = self.entries.len() as u64;
        let (table, _) = module.add_import_table(FIRST, STOOD_FOR, false, size, Some(size), RefType::FUNCREF);
        let own = self.entries.iter().enumerate().filter(|(_, place)| self.part[**place] == part);
        fill(&mut module, table, own.map(|(slot, place)| (slot, places[*place])).collect());
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// Leaves of what the tables begin with what is chosen, by the function's place and whether the base has it from the first.
    fn place_slots(&self, module: &mut Module, chosen: impl Fn(usize, bool) -> bool) {
        let places: Vec<FunctionId> = module.funcs.iter().map(|f| f.id()).collect();
        let tables: Vec<TableId> = module.tables.iter().map(|table| table.id()).collect();
        let whole: Vec<_> = module
            .elements
            .iter()
            .filter(|element| slots_of(&element.kind, &element.items).is_some())
            .map(|element| element.id())
            .collect();
        for id in whole {
            module.elements.delete(id);
            tables.iter().for_each(|table| {
                module.tables.get_mut(*table).elem_segments.remove(&id);
            });
        }
        for (number, table) in tables.into_iter().enumerate() {
            let own =
                self.slots.iter().filter(|(of, _, place, stays)| *of == number && chosen(*place, *stays));
            fill(module, table, own.map(|(_, slot, place, _)| (*slot, places[*place])).collect());
        }
    }
}

/// Puts functions into a table, those that stand beside each other at once.
fn fill(module: &mut Module, table: TableId, functions: Vec<(usize, FunctionId)>) {
    for run in functions.chunk_by(|a, b| a.0 + 1 == b.0) {
        let offset = ConstExpr::Value(Value::I32(run[0].0 as i32));
        let items = ElementItems::Functions(run.iter().map(|(_, function)| *function).collect());
        let element = module.elements.add(ElementKind::Active { table, offset }, items);
        module.tables.get_mut(table).elem_segments.insert(element);
    }
}

/// Where an element puts which functions, where it puts functions at a known place of a table.
fn slots_of<'a>(kind: &ElementKind, items: &'a ElementItems) -> Option<(TableId, usize, &'a [FunctionId])> {
    let ElementKind::Active { table, offset: ConstExpr::Value(Value::I32(start)) } = kind else {
        return None;
    };
    let ElementItems::Functions(items) = items else { return None };
    Some((*table, *start as usize, items))
}

/// Leaves of what memory begins with what goes to a part.
fn part_memory(module: &mut Module, plan: &Plan, part: usize) -> Result<()> {
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
        let moved = plan.constants.iter().filter(|(range, _)| start <= range.start && range.end <= end);
        let mut pieces = Vec::new();
        let mut from = start;
        for (range, of) in moved {
            pieces.extend([(from..range.start, BASE), (range.clone(), *of)]);
            from = range.end;
        }
        pieces.push((from..end, BASE));
        for (piece, _) in pieces.into_iter().filter(|(piece, of)| *of == part && !piece.is_empty()) {
            let offset = ConstExpr::Value(Value::I32(piece.start as i32));
            let value = bytes[piece.start - start..piece.end - start].to_vec();
            let id = module.data.add(DataKind::Active { memory, offset }, value);
            module.memories.get_mut(memory).data_segments.insert(id);
        }
    }
    Ok(())
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

/// Calls of other parts become calls of what is imported.
struct Elsewhere<'a>(&'a BTreeMap<FunctionId, FunctionId>);

impl VisitorMut for Elsewhere<'_> {
    fn visit_function_id_mut(&mut self, id: &mut FunctionId) {
        if let Some(import) = self.0.get(id) {
            *id = *import;
        }
    }
}
