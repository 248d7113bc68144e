//! Which functions of a module a reader's first minute takes: found by playing it, in an interpreter, when the site is built.
use anyhow::{Context, Result, anyhow};
use walrus::ir::{Const, GlobalSet, Instr, Value};
use walrus::{ConstExpr, FunctionKind, Module, ValType};
use wasmi::{Engine, Extern, ExternType, Linker, Store};

/// What plays the first minute: `web/module` exports it.
pub const REHEARSAL: &str = "rehearse";

/// What tells the module which labs there are, before anything else.
const START: &str = "__wbindgen_start";

/// The one thing that a module asks of the page before there is one.
const MAY_BE_ASKED: &str = "__wbindgen_init_externref_table";

/// Whether each function ran, in the order in which `walrus` reads the module: those of the page first, which stand for nothing.
pub fn functions(wasm: &[u8]) -> Result<Vec<bool>> {
    let mut module = Module::from_buffer(wasm)?;
    let flags = raise_flags(&mut module);
    let engine = Engine::default();
    let compiled = wasmi::Module::new(&engine, module.emit_wasm()).map_err(|error| anyhow!("{error}"))?;
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    for import in compiled.imports() {
        let ExternType::Func(ty) = import.ty().clone() else { continue };
        let name = import.name().to_string();
        linker.func_new(import.module(), import.name(), ty, move |_, _, _| match &name {
            name if name.starts_with(MAY_BE_ASKED) => Ok(()),
            name => Err(wasmi::Error::new(format!("the rehearsal asks the page for {name}"))),
        })?;
    }
    let instance = linker.instantiate_and_start(&mut store, &compiled)?;
    for name in [START, REHEARSAL] {
        let export = instance.get_export(&store, name).and_then(Extern::into_func);
        let function = export.with_context(|| format!("the module exports no {name}"))?;
        function.call(&mut store, &[], &mut []).map_err(|error| anyhow!("{name}: {error}"))?;
    }
    let is_up = |flag: &Option<String>| {
        let global = flag.as_ref().and_then(|flag| instance.get_global(&store, flag));
        global.is_some_and(|global| global.get(&store).i32() == Some(1))
    };
    Ok(flags.iter().map(is_up).collect())
}

/// Has each function of the module's own set a flag when it is called, a global; their names, in the order of functions.
fn raise_flags(module: &mut Module) -> Vec<Option<String>> {
    let functions: Vec<_> = module.funcs.iter().map(|function| function.id()).collect();
    let raise = |(place, id)| {
        let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind else { return None };
        let down = ConstExpr::Value(Value::I32(0));
        let global = module.globals.add_local(ValType::I32, true, false, down);
        let name = format!("ran{place}");
        module.exports.add(&name, global);
        let up = [Instr::Const(Const { value: Value::I32(1) }), Instr::GlobalSet(GlobalSet { global })];
        let entry = function.entry_block();
        function.block_mut(entry).instrs.splice(0..0, up.map(|instr| (instr, Default::default())));
        Some(name)
    };
    (0..).zip(functions).map(raise).collect()
}
