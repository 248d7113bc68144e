//! The house rules that a compiler does not check: sizes, heads, names, and where things may lie.
use std::fs;

use splitbrain_site::workspace::root;

/// The longest file that is still a small room.
const LINES: usize = 450;

/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] = &[];

/// What git ignores, and git itself.
const NOT_OURS: &[&str] = &[".git", "target", "site"];

/// The repository's files, as paths from its root.
fn files() -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{folder}{}", entry.file_name().to_str().expect("names are plain text"));
            if NOT_OURS.contains(&path.as_str()) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(format!("{path}/"));
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn sources() -> Vec<(String, String)> {
    let rust = files().into_iter().filter(|name| name.ends_with(".rs"));
    rust.map(|name| (name.clone(), fs::read_to_string(root().join(&name)).unwrap())).collect()
}

#[test]
fn files_are_small() {
    let sources = sources();
    for (name, text) in &sources {
        let lines = text.lines().count();
        let excused = LONGER.iter().any(|(file, _)| file == name);
        assert!(lines <= LINES || excused, "{name} has {lines} lines: split it, or list it with a reason");
    }
    for (file, reason) in LONGER {
        let text = sources.iter().find(|(name, _)| name == file).map(|(_, text)| text);
        assert!(text.is_some_and(|text| text.lines().count() > LINES), "{file} needs no excuse");
        assert!(!reason.is_empty(), "{file} is excused without a reason");
    }
}

#[test]
fn each_file_says_what_lives_there() {
    for (name, text) in sources() {
        assert!(text.starts_with("//! "), "{name} does not begin with a sentence `//! …`");
    }
}

#[test]
fn names_say_something() {
    for file in files() {
        let words: Vec<&str> = file.split(|c: char| !c.is_alphanumeric()).collect();
        for empty in ["util", "utils", "misc", "common", "manager", "helpers"] {
            assert!(!words.contains(&empty), "{file}: {empty:?} says nothing about what lives there");
        }
    }
}

#[test]
fn there_are_four_rooms() {
    for file in files() {
        let Some((folder, _)) = file.split_once('/') else { continue };
        let known = ["core", "web", "www", "tests", ".cargo", ".ci"].contains(&folder);
        assert!(known, "{file}: the top-level folders are core, web, www and tests");
    }
}

/// Views find what they draw by what a run shows: none of them knows a lab, or looks something up by the name that a lab gave it.
#[test]
fn views_know_no_lab() {
    // How a series, a figure, a fact, a parameter or a lab would be found by its name.
    const LOOKED_UP: [&str; 9] = [
        ".series(\"",
        ".tally(\"",
        ".value(look.lab, ",
        "name == \"",
        "key == \"",
        "name != \"",
        "labs::find(\"",
        ".facts.iter()",
        ".params()",
    ];
    let names = |lab: &&dyn splitbrain::lab::Lab| {
        let facts = lab.meta().facts.iter().map(|fact| fact.name);
        let tallies = lab.meta().tallies.iter().map(|tally| tally.name);
        facts.chain(tallies).collect::<Vec<_>>()
    };
    let known: Vec<&str> = splitbrain::labs::LABS.iter().flat_map(names).collect();
    let params: Vec<&str> =
        splitbrain::labs::LABS.iter().flat_map(|lab| lab.params()).map(|param| param.key).collect();
    for (name, text) in sources() {
        let ours = name.starts_with("web/src/views/") && !name.ends_with("/tests.rs");
        if !ours || ["fits.rs", "offers.rs"].iter().any(|test| name.ends_with(test)) {
            continue;
        }
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for lab in splitbrain::labs::IDS {
            assert!(!text.contains(&format!("labs::{lab}")), "{name} knows the lab {lab}");
        }
        for how in LOOKED_UP {
            assert!(!text.contains(how), "{name} looks something up by its name: {how}");
        }
        // What only a lab can have called so: words of the trade, such as `queue`, are names of marks, too.
        for word in known.iter().chain(&params).filter(|word| word.contains([' ', '_'])) {
            assert!(!text.contains(&format!("\"{word}\"")), "{name} knows {word:?}, which is a lab's");
        }
    }
}

#[test]
fn each_lab_has_a_lesson() {
    for file in files() {
        if let Some((lab, _)) = file.strip_prefix("core/src/labs/").and_then(|rest| rest.split_once('/')) {
            let lesson = format!("core/src/labs/{lab}/README.md");
            assert!(root().join(&lesson).is_file(), "{lesson} is missing: a lab comes with its lesson");
        }
    }
}

#[test]
fn nothing_points_outside_the_repository() {
    // Written in two parts, so that this file does not find itself.
    let outside = [concat!("../", "shared"), concat!("/work/", "shared")];
    for file in files() {
        let Ok(text) = fs::read_to_string(root().join(&file)) else { continue };
        for path in outside {
            assert!(!text.contains(path), "{file} mentions {path}, which a clone does not have");
        }
    }
}

#[test]
fn the_first_things_to_open_are_there() {
    for file in ["README.md", "ARCHITECTURE.md", "LICENSE-MIT", "LICENSE-APACHE", "Cargo.lock", ".ci/run"] {
        assert!(root().join(file).is_file(), "{file} is missing");
    }
}

/// The rooms of core, each knowing only those before it; what stands in one row knows nothing of each other.
const LAYERS: &[&[&str]] = &[
    &["counted", "sorted", "time", "unseen", "words"],
    &["cast", "chance", "stats"],
    &["params"],
    &["acts"],
    &["trace", "scenario"],
    &["history"],
    &["outcome"],
    &["sim", "check"],
    &["parts"],
    &["lab"],
    &["kits"],
    &["tell"],
    &["labs"],
    &["link"],
    &["many", "edit"],
];

#[test]
fn each_room_of_core_knows_only_those_before_it() {
    let layer = |room: &str| LAYERS.iter().position(|row| row.contains(&room));
    for (file, text) in sources() {
        let Some(path) = file.strip_prefix("core/src/").filter(|path| !path.contains("test")) else {
            continue;
        };
        let room = path.split(['/', '.']).next().expect("a path has a first part");
        // What every room may use, and what only tests do.
        if ["lib", "declare", "anything"].contains(&room) {
            continue;
        }
        let own = layer(room).unwrap_or_else(|| panic!("{file}: its room has no layer"));
        // Labs run links of their own in claims and checks; that is said in ARCHITECTURE.md.
        let text = text.split("#[cfg(test)]\nmod ").next().expect("a text has a beginning");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for known in line.split("crate::").skip(1) {
                let known = known.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
                let Some(other) = layer(known) else { continue };
                let excused = room == "labs" && ["link", "many"].contains(&known)
                    || line.contains("dyn crate::lab::Lab");
                assert!(
                    known == room || other < own || excused,
                    "{file} knows {known}, which comes after it: {line}"
                );
            }
        }
    }
}
