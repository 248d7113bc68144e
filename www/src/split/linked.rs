//! Who knows of whom in a module, as its linker tells it for the next one (`--emit-relocs`; "Linking" of WebAssembly's tool conventions): each
//! place in code or constants that holds the number or the address of something, and of what. Texts and tables lie in a module's memory from
//! the beginning; they are called constants here.
use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Context, Result, ensure};
use wasmparser::{
    Data, DataKind, ExternalKind, KnownCustom, Linking, Name, Operator, Parser, Payload, RelocationType,
    SymbolInfo, TypeRef,
};

/// A function by its number, or a constant by that of its symbol. Aliases are constants of their own, which share bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Item {
    Function(u32),
    Constant(u32),
}

/// What a module's sections say, as far as it is needed here.
#[derive(Default)]
pub struct Linked {
    /// The names of functions.
    pub names: BTreeMap<u32, String>,
    /// Functions that are the page's.
    pub imported: u32,
    /// The bytes of functions' bodies.
    pub sizes: BTreeMap<u32, usize>,
    /// What the page calls: functions, with the names by which it calls them.
    pub exported: Vec<(String, u32)>,
    /// Constants: where each lies in memory.
    pub places: BTreeMap<u32, Range<usize>>,
    /// What the symbols of constants are called.
    pub called: BTreeMap<u32, String>,
    /// Memory that nobody writes to.
    pub fixed: Vec<Range<usize>>,
    /// Who knows of whom.
    pub known: BTreeMap<Item, Vec<Item>>,
    /// A function, and another whose place in the table it holds.
    pub pointers_in_code: Vec<(u32, u32)>,
    /// An address in memory, and a function whose place in the table lies there.
    pub pointers_in_memory: Vec<(usize, u32)>,
}

/// The linker's own numbers of things, and where their parts are.
#[derive(Default)]
struct Sections {
    /// Where in the code's section each function's body begins, with the function's number.
    bodies: Vec<(usize, u32)>,
    /// Segments of memory: where in the data's section their bytes begin, and where in memory they go.
    segments: Vec<(usize, Range<usize>)>,
    /// What symbols stand for.
    symbols: BTreeMap<u32, Item>,
    /// Places in the code's section, and in that of data, what kind of number stands there, and the symbol.
    in_code: Vec<(usize, RelocationType, u32)>,
    in_data: Vec<(usize, RelocationType, u32)>,
}

impl Linked {
    /// Reads a module that was linked with `--emit-relocs` and has the names of its functions.
    pub fn read(module: &[u8]) -> Result<Linked> {
        let (mut linked, mut sections) = (Linked::default(), Sections::default());
        let (mut section, mut of_code, mut of_data) = (0, None, None);
        let mut code = 0;
        let mut relocations = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        linked.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports.clone() {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            linked.exported.push((export.name.to_string(), export.index));
                        }
                    }
                }
                Payload::CodeSectionStart { range, .. } => (code, of_code) = (range.start, Some(section)),
                Payload::CodeSectionEntry(body) => {
                    let number = linked.imported + sections.bodies.len() as u32;
                    sections.bodies.push((body.range().start - code, number));
                    linked.sizes.insert(number, body.range().len());
                    continue; // it is a part of its section
                }
                Payload::DataSection(data) => {
                    of_data = Some(section);
                    let start = data.range().start;
                    for segment in data.clone() {
                        let segment = segment?;
                        let bytes = segment.range.end - segment.data.len() - start;
                        let address = address(&segment)?;
                        sections.segments.push((bytes, address..address + segment.data.len()));
                    }
                }
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Name(names) => {
                        for part in names {
                            let Name::Function(functions) = part? else { continue };
                            for naming in functions {
                                let naming = naming?;
                                linked.names.insert(naming.index, naming.name.to_string());
                            }
                        }
                    }
                    KnownCustom::Linking(linking) => {
                        for part in linking {
                            linked.link(part?, &mut sections)?;
                        }
                    }
                    KnownCustom::Reloc(reader) => relocations.push(reader),
                    _ => {}
                },
                _ => {}
            }
            section += u32::from(payload.as_section().is_some());
        }
        for reader in relocations {
            let target = Some(reader.section_index());
            for entry in reader.entries() {
                let entry = entry?;
                let told = (entry.offset as usize, entry.ty, entry.index);
                if target == of_code {
                    sections.in_code.push(told);
                } else if target == of_data {
                    sections.in_data.push(told);
                }
            }
        }
        ensure!(!linked.places.is_empty(), "the module was linked without --emit-relocs");
        linked.relate(&sections)?;
        Ok(linked)
    }

    fn link(&mut self, part: Linking, sections: &mut Sections) -> Result<()> {
        match part {
            Linking::SegmentInfo(infos) => {
                for (info, (_, memory)) in infos.into_iter().zip(&sections.segments) {
                    if info?.name.starts_with(".rodata") {
                        self.fixed.push(memory.clone());
                    }
                }
            }
            Linking::SymbolTable(symbols) => {
                for (symbol, number) in symbols.into_iter().zip(0..) {
                    match symbol? {
                        SymbolInfo::Func { index, .. } => {
                            sections.symbols.insert(number, Item::Function(index));
                        }
                        SymbolInfo::Data { symbol: Some(data), name, .. } => {
                            // Variables that begin as zeroes have no segment in the file.
                            let Some((_, memory)) = sections.segments.get(data.index as usize) else {
                                continue;
                            };
                            let start = memory.start + data.offset as usize;
                            let end = (start + data.size as usize).min(memory.end);
                            self.places.insert(number, start..end);
                            self.called.insert(number, name.to_string());
                            sections.symbols.insert(number, Item::Constant(number));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Finds who holds each number and address.
    fn relate(&mut self, sections: &Sections) -> Result<()> {
        for (place, ty, symbol) in &sections.in_code {
            let Some(item) = sections.symbols.get(symbol) else { continue };
            let body = sections.bodies.partition_point(|(start, _)| start <= place).checked_sub(1);
            let (_, holder) = sections.bodies[body.context("a number before all functions")?];
            match item {
                Item::Constant(_) if !is_address(*ty) => continue,
                Item::Function(pointed) if is_pointer(*ty) => self.pointers_in_code.push((holder, *pointed)),
                _ => {}
            }
            self.known.entry(Item::Function(holder)).or_default().push(*item);
        }
        let mut by_start: Vec<(usize, u32)> =
            self.places.iter().map(|(number, place)| (place.start, *number)).collect();
        by_start.sort_unstable();
        let longest = self.places.values().map(|place| place.len()).max().unwrap_or(0);
        for (place, ty, symbol) in &sections.in_data {
            let Some(item) = sections.symbols.get(symbol) else { continue };
            let segment = sections.segments.iter().rfind(|(bytes, _)| bytes <= place);
            let (bytes, memory) = segment.context("an address before all constants")?;
            let address = memory.start + place - bytes;
            match item {
                Item::Constant(_) if !is_address(*ty) => continue,
                Item::Function(_) if !is_pointer(*ty) => continue,
                Item::Function(pointed) => self.pointers_in_memory.push((address, *pointed)),
                Item::Constant(_) => {}
            }
            let upto = by_start.partition_point(|(start, _)| *start <= address);
            let near = by_start[..upto].iter().rev().take_while(|(start, _)| start + longest > address);
            for (_, number) in near.filter(|(_, number)| self.places[number].contains(&address)) {
                self.known.entry(Item::Constant(*number)).or_default().push(*item);
            }
        }
        Ok(())
    }
}

/// Where a segment goes in memory.
fn address(segment: &Data) -> Result<usize> {
    let DataKind::Active { offset_expr, .. } = &segment.kind else { return Ok(0) };
    match offset_expr.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value as usize),
        _ => anyhow::bail!("a segment of memory begins where nobody can tell"),
    }
}

/// Whether it is an address in memory that is held there.
fn is_address(ty: RelocationType) -> bool {
    use RelocationType::*;
    matches!(ty, MemoryAddrLeb | MemoryAddrSleb | MemoryAddrI32 | MemoryAddrRelSleb | MemoryAddrLocrelI32)
}

/// Whether it is a function's place in the table that is held there.
fn is_pointer(ty: RelocationType) -> bool {
    use RelocationType::*;
    matches!(ty, TableIndexSleb | TableIndexI32 | TableIndexRelSleb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_was_linked_otherwise_is_refused() {
        let empty = Linked::read(b"\0asm\x01\0\0\0").err().unwrap();
        assert!(empty.to_string().contains("--emit-relocs"));
    }
}
