//! Which constants of a module nobody knows of but some of its functions: texts and tables lie in its memory from the beginning, and those of
//! functions that are fetched later can come with them. A linked module tells who knows of what, for the next linker to move it
//! (`--emit-relocs`; "Linking" of WebAssembly's tool conventions): each place in code or constants that holds an address, and whose.
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::{Context, Result, ensure};
use wasmparser::{
    Data, DataKind, KnownCustom, Linking, Name, Operator, Parser, Payload, RelocSectionReader,
    RelocationType, SymbolInfo,
};

/// A stretch of memory that is not worth a segment of its own, bytes.
const LEAST: usize = 32;

/// What lies between two constants so that the second is aligned, bytes at most.
const PADDING: usize = 16;

/// The constants of a module, by the numbers of their symbols, and who knows of them. Aliases are constants of their own, which share bytes.
pub struct Constants {
    /// Where each lies in memory.
    places: BTreeMap<u32, Range<usize>>,
    /// Memory that nobody writes to.
    fixed: Vec<Range<usize>>,
    /// Functions, by their names as linked, and a constant that each knows of.
    of_functions: Vec<(String, u32)>,
    /// Constants, and another that each knows of.
    of_constants: Vec<(u32, u32)>,
}

/// What is to become of a byte of memory; of two constants that share it the greater says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Byte {
    /// No constant has it.
    Unclaimed,
    Moves,
    Stays,
}

impl Constants {
    /// Reads a module that was linked with `--emit-relocs` and has the names of its functions.
    pub fn read(linked: &[u8]) -> Result<Constants> {
        let File { bodies, names, symbols: places, fixed, in_code, in_constants } = File::read(linked)?;
        ensure!(!places.is_empty(), "the module was linked without --emit-relocs");
        let (mut of_functions, mut of_constants) = (Vec::new(), Vec::new());
        for (place, symbol) in in_code.iter().filter(|(_, symbol)| places.contains_key(symbol)) {
            let body = bodies.partition_point(|(start, _)| start <= place).checked_sub(1);
            let (_, function) = &bodies[body.context("an address before all functions")?];
            let name = names.get(function).with_context(|| format!("function {function} has no name"))?;
            of_functions.push((name.clone(), *symbol));
        }
        for (place, symbol) in in_constants.iter().filter(|(_, symbol)| places.contains_key(symbol)) {
            let holders = places.iter().filter(|(_, holder)| holder.contains(place));
            of_constants.extend(holders.map(|(holder, _)| (*holder, *symbol)));
        }
        Ok(Constants { places, fixed, of_functions, of_constants })
    }

    /// Where the constants lie that nobody reaches but functions that come later, from one to the next.
    pub fn only_of(&self, comes_later: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
        let mut known: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        self.of_constants.iter().for_each(|(of, constant)| known.entry(*of).or_default().push(*constant));
        let soon = self.of_functions.iter().filter(|(function, _)| !comes_later(function));
        let (mut found, mut front) =
            (BTreeSet::new(), soon.map(|(_, constant)| *constant).collect::<Vec<_>>());
        while let Some(constant) = front.pop() {
            if found.insert(constant) {
                front.extend(known.get(&constant).into_iter().flatten());
            }
        }
        let end = self.places.values().map(|place| place.end).max().unwrap_or(0);
        let mut memory = vec![Byte::Unclaimed; end];
        for (constant, place) in &self.places {
            let is_fixed = self.fixed.iter().any(|segment| segment.contains(&place.start));
            let fate = if is_fixed && !found.contains(constant) { Byte::Moves } else { Byte::Stays };
            memory[place.clone()].iter_mut().for_each(|byte| *byte = fate.max(*byte));
        }
        // What nobody claims stays, unless it only fills a gap.
        let mut runs: Vec<Range<usize>> = Vec::new();
        for byte in (0..end).filter(|byte| memory[*byte] == Byte::Moves) {
            match runs.last_mut() {
                Some(run)
                    if byte - run.end <= PADDING
                        && memory[run.end..byte].iter().all(|between| *between == Byte::Unclaimed) =>
                {
                    run.end = byte + 1;
                }
                _ => runs.push(byte..byte + 1),
            }
        }
        runs.retain(|run| run.len() >= LEAST);
        runs
    }
}

/// What a module's sections say, as far as it is needed here.
#[derive(Default)]
struct File {
    /// Where in the code's section each function's body begins, with the function's number.
    bodies: Vec<(usize, u32)>,
    /// The names of functions.
    names: BTreeMap<u32, String>,
    /// Constants by the numbers of their symbols: where they lie in memory.
    symbols: BTreeMap<u32, Range<usize>>,
    /// Memory that nobody writes to.
    fixed: Vec<Range<usize>>,
    /// Places in the code's section that hold the address of a symbol.
    in_code: Vec<(usize, u32)>,
    /// Addresses that hold the address of a symbol.
    in_constants: Vec<(usize, u32)>,
}

impl File {
    fn read(linked: &[u8]) -> Result<File> {
        let mut file = File::default();
        let mut imported = 0;
        let mut code = 0;
        // Segments of memory: where in the data's section their bytes begin, and where in memory they go.
        let mut segments: Vec<(usize, Range<usize>)> = Vec::new();
        let mut relocations: Vec<RelocSectionReader> = Vec::new();
        let (mut section, mut of_code, mut of_data) = (0, None, None);
        for payload in Parser::new(0).parse_all(linked) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => (code, of_code) = (range.start, Some(section)),
                Payload::CodeSectionEntry(body) => {
                    file.bodies.push((body.range().start - code, imported + file.bodies.len() as u32));
                    continue; // it is a part of its section
                }
                Payload::DataSection(data) => {
                    of_data = Some(section);
                    let start = data.range().start;
                    for segment in data.clone() {
                        let segment = segment?;
                        let bytes = segment.range.end - segment.data.len() - start;
                        let address = address(&segment)?;
                        segments.push((bytes, address..address + segment.data.len()));
                    }
                }
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Name(names) => {
                        for part in names {
                            let Name::Function(functions) = part? else { continue };
                            for naming in functions {
                                let naming = naming?;
                                file.names.insert(naming.index, naming.name.to_string());
                            }
                        }
                    }
                    KnownCustom::Linking(linking) => {
                        for part in linking {
                            file.link(part?, &segments)?;
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
                let place = entry.offset as usize;
                if !is_address(entry.ty) {
                    continue;
                }
                if target == of_code {
                    file.in_code.push((place, entry.index));
                } else if target == of_data {
                    let holder = segments.iter().rfind(|(bytes, _)| *bytes <= place);
                    let (bytes, memory) = holder.context("an address before all constants")?;
                    file.in_constants.push((memory.start + place - bytes, entry.index));
                }
            }
        }
        Ok(file)
    }

    fn link(&mut self, part: Linking, segments: &[(usize, Range<usize>)]) -> Result<()> {
        match part {
            Linking::SegmentInfo(infos) => {
                for (info, (_, memory)) in infos.into_iter().zip(segments) {
                    if info?.name.starts_with(".rodata") {
                        self.fixed.push(memory.clone());
                    }
                }
            }
            Linking::SymbolTable(symbols) => {
                for (symbol, number) in symbols.into_iter().zip(0..) {
                    let SymbolInfo::Data { symbol: Some(data), .. } = symbol? else { continue };
                    // Variables that begin as zeroes have no segment in the file.
                    let Some((_, memory)) = segments.get(data.index as usize) else { continue };
                    let start = memory.start + data.offset as usize;
                    self.symbols.insert(number, start..(start + data.size as usize).min(memory.end));
                }
            }
            _ => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Two functions, `soon` and `late`: the first knows of a table at 0, which knows of a text at 100, the second of texts at 200 and 300.
    fn two() -> Constants {
        Constants {
            places: (0..).zip([0..50, 100..150, 200..260, 300..340]).collect(),
            fixed: vec![0..400, 500..600],
            of_functions: [("soon", 0), ("late", 1), ("late", 2), ("late", 3)]
                .map(|(name, constant)| (name.to_string(), constant))
                .into(),
            of_constants: vec![(0, 1)],
        }
    }

    /// From where to where.
    fn ends(runs: Vec<Range<usize>>) -> Vec<(usize, usize)> {
        runs.into_iter().map(|run| (run.start, run.end)).collect()
    }

    fn late_of(constants: &Constants) -> Vec<(usize, usize)> {
        ends(constants.only_of(|function| function == "late"))
    }

    #[test]
    fn what_the_first_part_reaches_stays_with_it_through_other_constants_too() {
        assert_eq!(late_of(&two()), [(200, 260), (300, 340)]);
        assert_eq!(ends(two().only_of(|_| false)), []);
        assert_eq!(ends(two().only_of(|_| true)), [(0, 50), (100, 150), (200, 260), (300, 340)]);
    }

    #[test]
    fn what_is_written_to_and_what_shares_bytes_with_what_is_needed_stays() {
        let mut constants = two();
        constants.fixed = vec![0..300, 500..600];
        assert_eq!(late_of(&constants), [(200, 260)]);
        constants.places.insert(4, 200..220);
        constants.of_functions.push(("soon".to_string(), 4));
        assert_eq!(late_of(&constants), [(220, 260)]);
    }

    #[test]
    fn gaps_that_align_go_along_and_what_is_too_small_stays() {
        let mut constants = two();
        constants.places.insert(3, 264..290);
        assert_eq!(late_of(&constants), [(200, 290)]);
        constants.places.insert(0, 261..263); // needed, between them
        assert_eq!(late_of(&constants), [(200, 260)]); // the other is 26 bytes
    }

    #[test]
    fn a_module_that_was_linked_otherwise_is_refused() {
        let empty = Constants::read(b"\0asm\x01\0\0\0").err().unwrap();
        assert!(empty.to_string().contains("--emit-relocs"));
    }
}
