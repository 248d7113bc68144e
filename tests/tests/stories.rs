//! Stories: `stories/<lab>/*.txt`, each a scenario and the transcript of what comes of it, compared whole.
//!
//! A story begins with a head that people write and ends with a transcript that `cargo dev bless` writes:
//!
//! ```text
//! # A reader behind a cut
//! # What to look for, in as many lines as it takes.
//! link: quorum?w=1&r=1&do=1s:cut:n1-n2.n3
//! from: 900ms
//! to: 1.5s
//! show: n1 at 1.2s
//! why: latest
//! ```
//!
//! `from` and `to` (times) and `last` (lines) keep a long run readable: what they leave out is counted. `only: op 12` keeps the
//! lines of an operation, `only: n1` those of a node, always with the acts and the lights. `show: n1 at 1.2s`
//! adds what the inspector knows of that node then: whether it is up, and its facts. `why: latest` adds the argument of that promise's first break,
//! step by step, as the page shows it. A link with a second run tells both.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use splitbrain::cast::Name;
use splitbrain::lab::{Detail, Lab, Outcome};
use splitbrain::labs::LABS;
use splitbrain::link::{self, Link};
use splitbrain::scenario::Scenario;
use splitbrain::tell::{Conditions, Line, Standing, Transcript, argument};
use splitbrain::time::{DurationUs, parse_duration_us};
use splitbrain::trace::Cursor;
use splitbrain_tests::published::{read, scenarios};
use splitbrain_tests::{blesses, check_golden, labs};

/// The longest story that somebody will still read.
const MAX_LINES: usize = 160;

/// The head of a story.
struct Head {
    /// As it stands in the file, without the empty line that ends it.
    text: String,
    link: Link,
    lab: &'static dyn Lab,
    from_us: u64,
    to_us: u64,
    last: usize,
    only: Vec<String>,
    /// Nodes, and when they are shown, in µs.
    show: Vec<(Name, u64)>,
    why: Vec<String>,
}

/// Reads the head of a story: everything up to the first empty line.
fn head(name: &str, story: &str) -> Head {
    let text = story.split("\n\n").next().unwrap_or_default().trim_end().to_string();
    assert!(text.starts_with("# "), "{name}: a story begins with its title, `# …`");
    let mut options = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        options.push(line.split_once(": ").unwrap_or_else(|| panic!("{name}: `key: value`, not {line:?}")));
    }
    let find = |key: &str| options.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
    let all =
        |key: &str| options.iter().filter(|(known, _)| *known == key).map(|(_, v)| v.to_string()).collect();
    for (key, _) in &options {
        assert!(
            ["link", "from", "to", "last", "only", "show", "why"].contains(key),
            "{name}: there is no option {key}"
        );
    }
    let time = |key: &str| {
        find(key).map(|text| parse_duration_us(text).unwrap_or_else(|why| panic!("{name}: {why}")))
    };
    let link = read(find("link").unwrap_or_else(|| panic!("{name}: a story has a link")));
    let lab = link::find_lab(LABS, link.scenario.lab).expect("a link that was read has a lab");
    Head {
        lab,
        from_us: time("from").unwrap_or(0),
        to_us: time("to").unwrap_or(u64::MAX),
        last: find("last").map_or(usize::MAX, |n| n.parse().unwrap_or_else(|_| panic!("{name}: last: {n}"))),
        only: all("only"),
        show: all("show").iter().map(|text| shown(name, text)).collect(),
        why: all("why"),
        text,
        link,
    }
}

/// Reads `n1 at 1.2s`.
fn shown(name: &str, text: &str) -> (Name, u64) {
    let (node, at) =
        text.split_once(" at ").unwrap_or_else(|| panic!("{name}: `show: n1 at 1.2s`, not {text:?}"));
    let at_us = parse_duration_us(at).unwrap_or_else(|why| panic!("{name}: {why}"));
    (node.parse().unwrap_or_else(|why| panic!("{name}: {why}")), at_us)
}

/// The whole story, as it ought to be.
fn told(head: &Head) -> String {
    let mut text = format!("{}\n\n", head.text);
    text += &run_told(head, &head.link.scenario);
    if let Some(second) = &head.link.second {
        text += "\nThe second run:\n\n";
        text += &run_told(head, second);
    }
    text
}

fn run_told(head: &Head, scenario: &Scenario) -> String {
    let outcome = head.lab.run(scenario, Detail::Full);
    let transcript = Transcript::of(head.lab, scenario, &outcome);
    let mut text = window(head, &transcript);
    for limit in &outcome.limits {
        writeln!(text, "limit: {limit}").expect("a string takes all");
    }
    for (node, at_us) in &head.show {
        text += &standing(scenario, &transcript, *node, *at_us);
    }
    for promise in &head.why {
        text += &argued(&transcript, &outcome, promise);
    }
    text + &lights(&outcome)
}

/// The lines that the head asks for; the records left out between them are counted.
fn window(head: &Head, transcript: &Transcript) -> String {
    let trace = &transcript.outcome().trace;
    let count = trace.records().len();
    let from = trace.records().partition_point(|record| record.at_us < head.from_us);
    let to = trace.count_until(head.to_us);
    let mut chosen: Vec<Line> = transcript.lines(from, to).filter(|line| is_told(head, line)).collect();
    chosen.drain(..chosen.len().saturating_sub(head.last));
    let mut text = String::new();
    let left_out = |text: &mut String, skipped: usize| match skipped {
        0 => {}
        1 => *text += "          … 1 record\n",
        skipped => *text += &format!("          … {skipped} records\n"),
    };
    let mut next = 0;
    for line in chosen {
        let place = trace.index_of(line.record).expect("a line tells of a record");
        left_out(&mut text, place.saturating_sub(next));
        text += &format!("{}\n", line.to_string().trim_end());
        next = place + 1;
    }
    left_out(&mut text, count - next);
    text
}

/// Whether `only` keeps a line: acts and lights always, else by operation (`op 12`) or by who (`n1`).
fn is_told(head: &Head, line: &Line) -> bool {
    let by = |only: &String| match only.strip_prefix("op ") {
        Some(number) => {
            let (alone, owned) = (format!("(op {number})"), format!("(op {number} of "));
            line.words.contains(&alone) || line.words.contains(&owned)
        }
        None => line.who.split_whitespace().any(|name| name == only),
    };
    head.only.is_empty() || line.is_act || line.verdict.is_some() || head.only.iter().any(by)
}

/// What the inspector knows of a node at a moment.
fn standing(scenario: &Scenario, transcript: &Transcript, name: Name, at_us: u64) -> String {
    let outcome = transcript.outcome();
    let node = outcome.cast.find(name).unwrap_or_else(|| panic!("{name} takes no part"));
    let cursor = Cursor::at(&outcome.trace, at_us);
    let state = transcript.state(node, &Conditions::at(scenario, outcome, cursor).world, usize::MAX);
    let mut text = format!("\nAt {}, {name} is {state}:\n", transcript.moment(at_us));
    for Standing { name, value, since, .. } in transcript.facts(node, cursor) {
        let since = outcome.trace.get(since).map_or(0, |record| record.at_us);
        writeln!(text, "  {name:<16} {value}  · since {}", transcript.moment(since))
            .expect("a string takes all");
    }
    text
}

/// The argument of a promise's first break.
fn argued(transcript: &Transcript, outcome: &Outcome, promise: &str) -> String {
    let verdict = outcome.verdict(promise).unwrap_or_else(|| panic!("there is no promise {promise}"));
    let Some(change) = verdict.break_() else { return format!("\n{promise} is not broken.\n") };
    let mut text =
        format!("\nWhy is “{promise}” broken at {}? {}\n", transcript.moment(change.at.at_us), change.why);
    for step in argument(transcript, change) {
        let record = outcome.trace.get(step.record).expect("a step is a record");
        writeln!(text, "  {}  {}", transcript.moment(record.at_us), step.says).expect("a string takes all");
    }
    text
}

/// Every light at the end: a promise that was broken once was not kept.
fn lights(outcome: &Outcome) -> String {
    let mut text =
        format!("\nThe run ends at {}, digest {}:\n", DurationUs(outcome.ended_us), outcome.digest_word());
    for verdict in &outcome.verdicts {
        let change = verdict.judged();
        writeln!(text, "  {:<8} {}", change.state.word(), verdict.promise).expect("a string takes all");
    }
    text
}

/// The stories of a lab: file names from the `tests` folder, and what is in them.
fn stories(lab: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories").join(lab);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "txt"));
    files.sort();
    let name = |file: &Path| format!("stories/{lab}/{}", file.file_name().expect("a file").to_string_lossy());
    files.iter().map(|file| (name(file), fs::read_to_string(file).expect("a readable story"))).collect()
}

#[test]
fn stories_are_told_as_they_were() {
    let mut long = Vec::new();
    for lab in labs() {
        for (name, story) in stories(lab.meta().id) {
            let head = head(&name, &story);
            assert_eq!(head.lab.meta().id, lab.meta().id, "{name} is about another lab");
            let told = told(&head);
            match told.lines().count() {
                lines if lines > MAX_LINES => long.push(format!("{name} has {lines} lines")),
                _ => check_golden(&name, &told),
            }
        }
    }
    assert!(long.is_empty(), "choose `from`, `to`, `only` or `last`: {}", long.join(", "));
}

/// Whoever opens a preset in which something breaks finds the story of it.
#[test]
fn every_preset_that_breaks_a_promise_has_a_story_that_shows_it() {
    for lab in labs() {
        let stories = stories(lab.meta().id);
        for published in scenarios(*lab).iter().filter(|published| published.name != "default") {
            let outcome = lab.run(&published.link.scenario, Detail::Totals);
            if outcome.verdicts.iter().all(|verdict| verdict.break_().is_none()) {
                continue;
            }
            let own = |(name, story): &&(String, String)| head(name, story).link == published.link;
            let id = lab.meta().id;
            let (name, story) = stories.iter().find(own).unwrap_or_else(|| {
                panic!(
                    "{id}: {}, {}, breaks a promise and has no story in tests/stories/{id}/",
                    published.name, published.text
                )
            });
            let story = if blesses() { &told(&head(name, story)) } else { story };
            assert!(story.contains(": broken."), "{name} leaves out the moment at which the promise breaks");
        }
    }
}
