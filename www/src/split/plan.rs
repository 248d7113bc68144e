//! Which part of a module each function goes to, and which constants go with it.
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::{Result, ensure};

use super::linked::{Item, Linked};
use super::owners::{data_of_labs, of_the_page, owners, readable};
use crate::minute::Minute;

/// A stretch of memory that is not worth a segment of its own, bytes.
const LEAST: usize = 32;

/// What lies between two constants so that the second is aligned, bytes at most.
const PADDING: usize = 16;

/// The part that is there from the first: it has the memory, the tables, and all that the glue of JavaScript asks for.
pub const BASE: usize = 0;

/// What of the base comes later, and what it is called.
const REST: usize = 1;
const REST_OF_BASE: &str = "rest";

/// What is called often and has no more bytes than this is copied to where labs call it: between parts a call takes several times as long.
const MOST_COPIED: usize = 1_500;

/// So many bytes of functions that the same labs take are worth a part.
const LEAST_PART: usize = 6_000;

/// Who goes where. Functions are known by their mangled names, which bindings leave as they are.
pub struct Plan {
    /// The names of the parts; the first is the base.
    pub parts: Vec<String>,
    /// The parts of functions that are not the base's.
    part_of: BTreeMap<String, usize>,
    /// Functions that stand in other parts besides their own.
    copies: BTreeSet<(String, usize)>,
    /// Functions whose place in the table is known outside of their own part.
    pointed: BTreeSet<String>,
    /// For each lab the names of the parts, but for the base, that the first minute with it takes, and of all others that it may take.
    pub labs: Vec<[Vec<String>; 2]>,
    /// Where in memory the constants lie that only functions of one part know of, in order.
    pub constants: Vec<(Range<usize>, usize)>,
}

/// What functions have in common that go to one part.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Kind {
    /// Whether only these labs come to them: others need them never.
    of_labs: bool,
    /// Whether no first minute takes them.
    is_later: bool,
    /// The labs whose first minute takes them; of those that come later, the labs that come to them.
    labs: BTreeSet<usize>,
}

impl Plan {
    /// Plans the parts of a linked module; `minute` says which functions the first minute takes, with which labs.
    pub fn of(linked: &Linked, labs: &[&str], minute: &Minute, not_roots: &[&str]) -> Result<Plan> {
        ensure!(
            linked.names.values().any(|name| name.contains("splitbrain")),
            "the module has no names of functions"
        );
        let owners = owners(linked, labs, not_roots);
        let kinds = kinds(linked, labs, minute, &owners, &of_the_page(linked, not_roots));
        let (parts, kits) = parts(linked, labs, &kinds);
        let mut numbered: BTreeMap<u32, usize> = owners
            .keys()
            .map(|function| (*function, kinds.get(function).map_or(BASE, |kind| part_for(kind, &kits))))
            .collect();
        // Functions are known by their names: where two of one name go to different parts, they stay.
        let name = |function: &u32| linked.names.get(function).map_or("", String::as_str);
        let mut by_name: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (function, part) in &numbered {
            by_name.entry(name(function)).or_default().insert(*part);
        }
        let is_lone = |function: &u32| by_name[name(function)].len() == 1;
        for (function, part) in &mut numbered {
            *part = if is_lone(function) { *part } else { BASE };
        }
        let is_copied = |function: &u32| {
            let is_small = linked.sizes.get(function).is_some_and(|size| *size <= MOST_COPIED);
            is_small && is_lone(function) && minute.is_often(&readable(name(function)))
        };
        let of_labs = |part: usize| kits.iter().any(|(kind, kit)| *kit == part && kind.of_labs);
        let copies = copies(linked, &numbered, is_copied, of_labs);
        // A lab's data come with what its first minute takes.
        let part_of_lab = |lab: usize| {
            let own = Kind { of_labs: true, is_later: false, labs: [lab].into() };
            kits.get(&own).copied().unwrap_or(BASE)
        };
        let data: Vec<(u32, usize)> = data_of_labs(linked, labs)
            .into_iter()
            .map(|(constant, lab)| (constant, part_of_lab(lab)))
            .collect();
        let stands: Vec<(u32, usize)> = numbered.iter().map(|(function, part)| (*function, *part)).collect();
        let stands = [stands, copies.iter().copied().collect()].concat();
        let constants = constants(linked, &stands, &data, &Company::of(&kits));
        let pointed = pointed(linked, &numbered, &stands, &constants);
        let elsewhere = numbered.iter().filter(|(_, part)| **part != BASE);
        let part_of = elsewhere.map(|(function, part)| (name(function).to_string(), *part)).collect();
        let pointed = pointed.iter().map(|function| name(function).to_string()).collect();
        let named = |parts_of: Vec<usize>| -> Vec<String> {
            parts_of.into_iter().filter(|part| *part != BASE).map(|part| parts[part].clone()).collect()
        };
        let taken = |lab: usize| {
            let of_those = |wanted: &dyn Fn(&u32) -> bool| -> BTreeSet<usize> {
                numbered.iter().filter(|(function, _)| wanted(function)).map(|(_, part)| *part).collect()
            };
            let takes = |function: &u32| {
                kinds.get(function).is_some_and(|kind| !kind.is_later && kind.labs.contains(&lab))
            };
            let may = |function: &u32| owners[function].is_empty() || owners[function].contains(&lab);
            let (soon, all) = (of_those(&takes), of_those(&may));
            let later = all.difference(&soon).copied().collect();
            [named(soon.into_iter().collect()), named(later)]
        };
        let labs = (0..labs.len()).map(taken).collect();
        let copies = copies.iter().map(|(function, part)| (name(function).to_string(), *part)).collect();
        Ok(Plan { parts, part_of, copies, pointed, labs, constants })
    }

    /// Whether a function of another part stands in this one, too.
    pub fn is_copied(&self, name: Option<&str>, part: usize) -> bool {
        name.is_some_and(|name| self.copies.contains(&(name.to_string(), part)))
    }

    /// The part of a function; what bindings have added has no name here, and is the base's.
    pub fn part(&self, name: Option<&str>) -> usize {
        name.and_then(|name| self.part_of.get(name)).copied().unwrap_or(BASE)
    }

    /// Whether a function's place in the table is known outside of its part.
    pub fn is_pointed_at(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.pointed.contains(name))
    }
}

/// What each function that may leave the base has in common with others. What nobody has rehearsed stays, and what everybody takes.
fn kinds(
    linked: &Linked,
    labs: &[&str],
    minute: &Minute,
    owners: &BTreeMap<u32, BTreeSet<usize>>,
    page: &BTreeSet<u32>,
) -> BTreeMap<u32, Kind> {
    let place = |id: &String| labs.iter().position(|lab| lab == id);
    let kind = |(function, own): (&u32, &BTreeSet<usize>)| {
        let moves = *function >= linked.imported && !page.contains(function);
        let name = linked.names.get(function).filter(|_| moves)?;
        let takers: Option<BTreeSet<usize>> =
            minute.takers(&readable(name)).map(|ids| ids.iter().filter_map(place).collect());
        let is_later = takers.as_ref().is_some_and(|takers| takers.is_empty());
        let labs = takers.filter(|takers| !takers.is_empty()).unwrap_or_else(|| own.clone());
        // What more labs may come to than take it would be fetched for them, too, as part of what is another's.
        let of_labs = !own.is_empty() && own.is_subset(&labs);
        let kind = Kind { of_labs, is_later, labs };
        (kind.is_later || !kind.labs.is_empty()).then_some((*function, kind))
    };
    owners.iter().filter_map(kind).collect()
}

/// The names of the parts, and the kinds of functions that have one of their own.
fn parts(
    linked: &Linked,
    labs: &[&str],
    kinds: &BTreeMap<u32, Kind>,
) -> (Vec<String>, BTreeMap<Kind, usize>) {
    let mut sizes: BTreeMap<&Kind, usize> = BTreeMap::new();
    for (function, kind) in kinds {
        *sizes.entry(kind).or_default() += linked.sizes.get(function).copied().unwrap_or(0);
    }
    let (mut parts, mut kits) = (vec!["base".to_string(), REST_OF_BASE.to_string()], BTreeMap::new());
    for (kind, size) in sizes {
        let lone = kind.of_labs && kind.labs.len() == 1;
        if lone || (size >= LEAST_PART && !kind.labs.is_empty()) {
            let name = match (kind.labs.first(), kind.is_later) {
                (Some(lab), false) if lone => labs[*lab].to_string(),
                (Some(lab), true) if lone => format!("{}_{REST_OF_BASE}", labs[*lab]),
                _ => format!("kit_{}", parts.len()),
            };
            kits.insert(kind.clone(), parts.len());
            parts.push(name);
        }
    }
    (parts, kits)
}

/// The part of a kind: what is not worth one goes along with what more labs take, or is the base's.
fn part_for(kind: &Kind, kits: &BTreeMap<Kind, usize>) -> usize {
    let fits = |kit: &Kind| {
        (kit.of_labs, kit.is_later) == (kind.of_labs, kind.is_later) && kit.labs.is_superset(&kind.labs)
    };
    let wider = kits.iter().filter(|(kit, _)| fits(kit)).min_by_key(|(kit, _)| kit.labs.len());
    let own = kits.get(kind).or(wider.map(|(_, part)| part)).copied();
    own.unwrap_or(if kind.is_later { REST } else { BASE })
}

/// The functions that stand in other parts than their own, with those parts: what is called from there, where there are to be copies, and may
/// be one.
fn copies(
    linked: &Linked,
    parts: &BTreeMap<u32, usize>,
    may_be: impl Fn(&u32) -> bool,
    has_copies: impl Fn(usize) -> bool,
) -> BTreeSet<(u32, usize)> {
    let mut copies = BTreeSet::new();
    let stands = parts.iter().map(|(function, part)| (*function, *part));
    let mut front: Vec<(u32, usize)> = stands.filter(|(_, part)| has_copies(*part)).collect();
    while let Some((function, part)) = front.pop() {
        for item in linked.known.get(&Item::Function(function)).into_iter().flatten() {
            let Item::Function(called) = item else { continue };
            let is_elsewhere = parts.get(called).is_some_and(|own| *own != part);
            if is_elsewhere && may_be(called) && copies.insert((*called, part)) {
                front.push((*called, part));
            }
        }
    }
    copies
}

/// The functions whose place in the table is known outside of their own part; `stands` has all parts in which a function stands.
fn pointed(
    linked: &Linked,
    parts: &BTreeMap<u32, usize>,
    stands: &[(u32, usize)],
    constants: &[(Range<usize>, usize)],
) -> BTreeSet<u32> {
    let part = |function: &u32| parts.get(function).copied();
    let mut pointed = BTreeSet::new();
    let mut held: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (holder, function) in &linked.pointers_in_code {
        held.entry(*holder).or_default().push(*function);
    }
    for (holder, of) in stands {
        let others = held.get(holder).into_iter().flatten().filter(|function| part(function) != Some(*of));
        pointed.extend(others);
    }
    for (address, function) in &linked.pointers_in_memory {
        let before = constants.partition_point(|(range, _)| range.start <= *address).checked_sub(1);
        let holder = before.map(|place| &constants[place]).filter(|(range, _)| range.contains(address));
        if holder.map_or(BASE, |(_, part)| *part) != part(function).unwrap_or(BASE) {
            pointed.insert(*function);
        }
    }
    pointed
}

/// Who needs a constant, or a byte of memory: nobody, or a part.
type Need = Option<usize>;

/// Which parts come together.
struct Company<'a>(BTreeMap<usize, &'a Kind>);

impl Company<'_> {
    fn of(kits: &BTreeMap<Kind, usize>) -> Company<'_> {
        Company(kits.iter().map(|(kind, part)| (*part, kind)).collect())
    }

    /// Whether one part is in its place wherever another is: the other is of labs whose first minute takes the first.
    fn comes_with(&self, part: usize, other: usize) -> bool {
        let (Some(kind), Some(of)) = (self.0.get(&part), self.0.get(&other)) else { return part == BASE };
        part == other || (of.of_labs && !kind.is_later && kind.labs.is_superset(&of.labs))
    }

    /// The part that has what two need: the narrowest that comes with both.
    fn both(&self, a: Need, b: Need) -> Need {
        let (Some(a), Some(b)) = (a, b) else { return a.or(b) };
        if a == b {
            return Some(a);
        }
        let with_both = |part: &&usize| self.comes_with(**part, a) && self.comes_with(**part, b);
        let common = self.0.keys().filter(with_both).min_by_key(|part| (self.0[part].labs.len(), **part));
        Some(common.copied().unwrap_or(BASE))
    }
}

/// Where the constants lie that only functions of one part reach, from one to the next.
fn constants(
    linked: &Linked,
    stands: &[(u32, usize)],
    data: &[(u32, usize)],
    company: &Company<'_>,
) -> Vec<(Range<usize>, usize)> {
    let mut needs: BTreeMap<u32, Need> = linked.places.keys().map(|number| (*number, None)).collect();
    let mut front: Vec<(u32, Need)> = data.iter().map(|(constant, part)| (*constant, Some(*part))).collect();
    // Whoever lists the labs, or runs links of one, reads their data only where they are at hand.
    let of_labs: BTreeSet<u32> = data.iter().map(|(constant, _)| *constant).collect();
    let known_to = |item| constants_of(linked, item).filter(|constant| !of_labs.contains(constant));
    for (function, part) in stands {
        front.extend(known_to(Item::Function(*function)).map(|constant| (constant, Some(*part))));
    }
    while let Some((constant, need)) = front.pop() {
        let held = needs.get_mut(&constant).expect("all constants have a place");
        let both = company.both(*held, need);
        if both != *held {
            *held = both;
            front.extend(known_to(Item::Constant(constant)).map(|other| (other, both)));
        }
    }
    let end = linked.places.values().map(|place| place.end).max().unwrap_or(0);
    let mut memory: Vec<Need> = vec![None; end];
    let mut claimed = vec![false; end];
    for (constant, place) in &linked.places {
        let is_fixed = linked.fixed.iter().any(|segment| segment.contains(&place.start));
        // What nobody is known to need stays: it may be needed in a way that is not told.
        let need = needs[constant].filter(|_| is_fixed).unwrap_or(BASE);
        memory[place.clone()].iter_mut().for_each(|byte| *byte = company.both(*byte, Some(need)));
        claimed[place.clone()].iter_mut().for_each(|byte| *byte = true);
    }
    // What nobody claims stays, unless it only fills a gap.
    let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
    for (byte, need) in memory.iter().enumerate() {
        let Some(part) = need.filter(|part| *part != BASE) else { continue };
        match runs.last_mut() {
            Some((run, of))
                if *of == part
                    && byte - run.end <= PADDING
                    && claimed[run.end..byte].iter().all(|claimed| !claimed) =>
            {
                run.end = byte + 1;
            }
            _ => runs.push((byte..byte + 1, part)),
        }
    }
    runs.retain(|(run, _)| run.len() >= LEAST);
    runs
}

fn constants_of(linked: &Linked, item: Item) -> impl Iterator<Item = u32> {
    linked.known.get(&item).into_iter().flatten().filter_map(|known| match known {
        Item::Constant(constant) => Some(*constant),
        Item::Function(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Functions `soon` (of the base) and `late` (of part 1): the first knows of a table at 0, which knows of a text at 100, the second of texts
    /// at 200 and 300.
    fn two() -> Linked {
        use Item::{Constant, Function};
        Linked {
            places: (0..).zip([0..50, 100..150, 200..260, 300..340]).collect(),
            fixed: vec![0..400, 500..600],
            known: [
                (Function(0), vec![Constant(0)]),
                (Function(1), vec![Constant(1), Constant(2), Constant(3)]),
                (Constant(0), vec![Constant(1)]),
            ]
            .into(),
            ..Linked::default()
        }
    }

    /// From where to where the constants of part 1 lie.
    fn late_of(linked: &Linked) -> Vec<(usize, usize)> {
        let runs = constants(linked, &[(0, BASE), (1, 1)], &[], &Company(BTreeMap::new()));
        assert!(runs.iter().all(|(_, part)| *part == 1));
        runs.into_iter().map(|(run, _)| (run.start, run.end)).collect()
    }

    #[test]
    fn what_the_base_reaches_stays_with_it_through_other_constants_too() {
        assert_eq!(late_of(&two()), [(200, 260), (300, 340)]);
    }

    #[test]
    fn what_two_parts_know_of_is_the_bases() {
        let mut linked = two();
        linked.known.insert(Item::Function(2), vec![Item::Constant(3)]);
        let runs = constants(&linked, &[(0, BASE), (1, 1), (2, 2)], &[], &Company(BTreeMap::new()));
        assert_eq!(runs, [(200..260, 1)]);
    }

    #[test]
    fn what_comes_later_finds_what_its_lab_had_from_the_first() {
        let mut linked = two();
        linked.known.insert(Item::Function(2), vec![Item::Constant(3)]);
        let kind = |is_later| Kind { of_labs: true, is_later, labs: [0].into() };
        let kits = [(kind(false), 1), (kind(true), 2)].into();
        let runs = constants(&linked, &[(0, BASE), (1, 1), (2, 2)], &[], &Company::of(&kits));
        assert_eq!(runs, [(200..260, 1), (300..340, 1)]);
    }

    #[test]
    fn what_is_called_often_is_copied_with_what_it_calls() {
        let mut linked = Linked::default();
        let calls = |functions: &[u32]| functions.iter().copied().map(Item::Function).collect();
        linked.known = [
            (Item::Function(1), calls(&[0, 2])),
            (Item::Function(2), calls(&[3])),
            (Item::Function(0), calls(&[1])),
        ]
        .into();
        let parts = [(0, BASE), (1, 1), (2, BASE), (3, 2)].into();
        assert_eq!(
            copies(&linked, &parts, |function| *function > 1, |part| part == 1),
            [(2, 1), (3, 1)].into()
        );
    }

    #[test]
    fn a_labs_data_come_with_it_though_the_base_lists_them() {
        let kits = [(Kind { of_labs: true, is_later: false, labs: [0].into() }, 1)].into();
        let functions = [(0, BASE), (1, 1)];
        let runs = constants(&two(), &functions, &[(0, 1)], &Company::of(&kits));
        assert_eq!(runs, [(0..50, 1), (100..150, 1), (200..260, 1), (300..340, 1)]);
    }

    #[test]
    fn what_is_written_to_and_what_shares_bytes_with_what_is_needed_stays() {
        let mut linked = two();
        linked.fixed = vec![0..300, 500..600];
        assert_eq!(late_of(&linked), [(200, 260)]);
        linked.places.insert(4, 200..220);
        linked.known.get_mut(&Item::Function(0)).unwrap().push(Item::Constant(4));
        assert_eq!(late_of(&linked), [(220, 260)]);
    }

    #[test]
    fn gaps_that_align_go_along_and_what_is_too_small_stays() {
        let mut linked = two();
        linked.places.insert(3, 264..290);
        assert_eq!(late_of(&linked), [(200, 290)]);
        linked.places.insert(0, 261..263); // needed, between them
        assert_eq!(late_of(&linked), [(200, 260)]); // the other is 26 bytes
    }
}
