//! Whose a function is: that of the labs through whose `dyn Lab` alone, which is called through pointers, it is reached; or the base's, where it is
//! reached without.
use std::collections::{BTreeMap, BTreeSet};

use rustc_demangle::demangle;

use super::linked::{Item, Linked};

/// Functions that touch the page are the base's and never come later: no rehearsal sees them, which has no page. They are known by their names.
/// So is what makes a thread's variables.
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

/// The lab whose door something is, by its place in this list of ids: a function by which the base calls the lab, or the lab's own data, of which
/// those functions alone read. Each id is the name of a module in `splitbrain::labs`.
fn door(readable: &str, labs: &[&str]) -> Option<usize> {
    let of = readable.split_once(" as splitbrain::lab::Lab>::").map(|(of, _)| of);
    labs.iter().position(|id| {
        let room = format!("splitbrain::labs::{id}::");
        of.is_some_and(|of| of.contains(&room)) || readable.strip_prefix(&room) == Some("LAB")
    })
}

/// The labs' own data, by the symbol of the constant, and whose each is.
pub fn data_of_labs(linked: &Linked, labs: &[&str]) -> BTreeMap<u32, usize> {
    linked.called.iter().filter_map(|(number, name)| Some((*number, door(&readable(name), labs)?))).collect()
}

/// The names of functions as people read them, without the hashes that tell builds apart.
pub fn readable(name: &str) -> String {
    // What bindings wrap has its mangled name with words after it: "… externref shim".
    format!("{:#}", demangle(name.split(' ').next().unwrap_or_default()))
}

/// Whether it is one of those that touch the page.
pub fn touches_the_page(readable: &str) -> bool {
    OF_THE_PAGE.iter().any(|part| readable.contains(part))
}

/// The labs through whose doors alone each function is reached, that the page can reach: none where the base comes to it without.
pub fn owners(linked: &Linked, labs: &[&str], not_roots: &[&str]) -> BTreeMap<u32, BTreeSet<usize>> {
    let doors = doors(linked, labs);
    let roots = linked.exported.iter().filter(|(name, _)| !not_roots.contains(&name.as_str()));
    let roots: Vec<u32> = roots.map(|(_, number)| *number).collect();
    let base = reached(linked, roots.into_iter().map(Item::Function), |item| doors.contains_key(&item));
    let mut owners: BTreeMap<u32, BTreeSet<usize>> =
        base.iter().map(|function| (*function, BTreeSet::new())).collect();
    for lab in 0..labs.len() {
        let own = doors.iter().filter(|(_, of)| of.contains(&lab)).map(|(door, _)| *door);
        let closed = |item| match item {
            Item::Function(function) if base.contains(&function) => true,
            door => doors.get(&door).is_some_and(|of| !of.contains(&lab)),
        };
        for function in reached(linked, own, closed) {
            owners.entry(function).or_default().insert(lab);
        }
    }
    owners
}

/// By what the base comes to labs, and whose it is. Some functions are those of several: what labs do not say for themselves, and what looks
/// alike, is one function.
fn doors(linked: &Linked, labs: &[&str]) -> BTreeMap<Item, BTreeSet<usize>> {
    let door = |(number, name): (&u32, &String)| Some((*number, door(&readable(name), labs)?));
    let named: BTreeMap<u32, usize> = linked.names.iter().filter_map(door).collect();
    let functions = named.iter().map(|(number, lab)| (Item::Function(*number), [*lab].into()));
    let data =
        data_of_labs(linked, labs).into_iter().map(|(number, lab)| (Item::Constant(number), [lab].into()));
    let mut doors: BTreeMap<Item, BTreeSet<usize>> = functions.chain(data).collect();
    for (holder, known) in &linked.known {
        let Item::Constant(_) = holder else { continue };
        let functions = known.iter().filter_map(|item| match item {
            Item::Function(function) if named.contains_key(function) => Some(*function),
            _ => None,
        });
        // The table of a lab's functions is the one of which most are called after it.
        let functions: Vec<u32> = functions.collect();
        let mut times: BTreeMap<usize, usize> = BTreeMap::new();
        functions.iter().for_each(|function| *times.entry(named[function]).or_default() += 1);
        if let Some((lab, _)) = times.into_iter().max_by_key(|(_, times)| *times) {
            for function in functions {
                doors.entry(Item::Function(function)).or_default().insert(lab);
            }
        }
    }
    doors
}

/// What the page calls, functions that touch it, and those of libraries that they call.
pub fn of_the_page(linked: &Linked, not_roots: &[&str]) -> BTreeSet<u32> {
    let names: BTreeMap<u32, String> =
        linked.names.iter().map(|(number, name)| (*number, readable(name))).collect();
    let exported = linked.exported.iter().filter(|(name, _)| !not_roots.contains(&name.as_str()));
    let touching = names.iter().filter(|(_, name)| touches_the_page(name)).map(|(number, _)| *number);
    let first: Vec<u32> = exported.map(|(_, number)| *number).chain(touching).collect();
    let ours = |function: u32| names.get(&function).is_some_and(|name| is_ours(name));
    let mut found: BTreeSet<u32> = first.iter().copied().collect();
    let mut front = first;
    while let Some(function) = front.pop() {
        for item in linked.known.get(&Item::Function(function)).into_iter().flatten() {
            if let Item::Function(other) = item
                && !ours(*other)
                && found.insert(*other)
            {
                front.push(*other);
            }
        }
    }
    found
}

/// Whether a function is none of a library's: it, or the type whose method it is, or which it frees.
fn is_ours(readable: &str) -> bool {
    let path = readable.strip_prefix("core::ptr::drop_in_place::").unwrap_or(readable);
    path.trim_start_matches(|letter: char| !letter.is_alphanumeric()).starts_with("splitbrain")
}

/// The functions that these come to, with those among them, through constants too, and not through what is closed.
fn reached(
    linked: &Linked,
    from: impl Iterator<Item = Item>,
    closed: impl Fn(Item) -> bool,
) -> BTreeSet<u32> {
    let mut front: Vec<Item> = from.collect();
    let mut found: BTreeSet<Item> = front.iter().copied().collect();
    while let Some(item) = front.pop() {
        for known in linked.known.get(&item).into_iter().flatten() {
            if !closed(*known) && found.insert(*known) {
                front.push(*known);
            }
        }
    }
    let functions = found.into_iter().filter_map(|item| match item {
        Item::Function(function) => Some(function),
        Item::Constant(_) => None,
    });
    functions.collect()
}
