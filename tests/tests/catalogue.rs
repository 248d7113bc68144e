//! What every lab's tables and lesson must have, so that a reader meets the same house in each.

use std::collections::BTreeSet;
use std::fs;

use splitbrain::lab::{BookPart, Detail, Lab, State};
use splitbrain::labs::LABS;
use splitbrain::link;
use splitbrain_site::workspace::root;
use splitbrain_tests::labs;
use splitbrain_tests::published::{Published, every_link, scenarios};
use splitbrain_web::views::VIEWS;

/// The words of a lesson: PAGE asks for 600 to 1,200 in a real lab.
const LESSON_WORDS: std::ops::RangeInclusive<usize> = 600..=1_200;
/// The fewest presets of a lab.
const PRESETS: usize = 3;
/// The fewest challenges of a lab.
const CHALLENGES: usize = 2;

fn is_real(lab: &dyn Lab) -> bool {
    lab.meta().part != BookPart::Example
}

fn lesson(lab: &dyn Lab) -> String {
    let file = root().join(format!("core/src/labs/{}/README.md", lab.meta().id));
    fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
}

fn assert_unique<'a>(lab: &str, what: &str, ids: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for id in ids {
        assert!(!id.is_empty(), "{lab}: a {what} without an id");
        assert!(seen.insert(id), "{lab}: two of its {what} are called {id}");
    }
}

#[test]
fn ids_are_unique() {
    assert_unique("the house", "labs", LABS.iter().map(|lab| lab.meta().id));
    for lab in labs() {
        let (meta, id) = (lab.meta(), lab.meta().id);
        assert_unique(id, "parameters", lab.params().iter().map(|param| param.key));
        assert_unique(id, "presets", lab.presets().iter().map(|preset| preset.id));
        assert_unique(id, "claims", lab.claims().iter().map(|claim| claim.id));
        assert_unique(id, "challenges", lab.challenges().iter().map(|challenge| challenge.id));
        assert_unique(id, "checks", lab.fidelity().iter().map(|fidelity| fidelity.id));
        assert_unique(id, "promises", meta.promises.iter().map(|promise| promise.id));
        assert_unique(id, "tallies", meta.tallies.iter().map(|tally| tally.name));
        assert_unique(id, "facts", meta.facts.iter().map(|fact| fact.name));
        assert_unique(id, "kinds", meta.kinds.iter().map(|kind| kind.word));
    }
}

#[test]
fn there_is_enough_to_open_and_to_do() {
    for lab in labs() {
        let id = lab.meta().id;
        assert!(lab.presets().len() >= PRESETS, "{id} has fewer than {PRESETS} presets");
        assert!(lab.challenges().len() >= CHALLENGES, "{id} has fewer than {CHALLENGES} challenges");
        assert!(!lab.fidelity().is_empty(), "{id} has no fidelity check");
        assert!(
            !lab.meta().modelled.is_empty() && !lab.meta().left_out.is_empty(),
            "{id}: what is modelled?"
        );
        assert_eq!(
            lab.meta().changelog.len(),
            lab.meta().revision as usize,
            "{id}: a line for each revision"
        );
        for view in lab.meta().views {
            assert!(
                VIEWS.iter().any(|known| known.id == *view),
                "{id} offers the view {view}, which is not there"
            );
        }
    }
}

/// A link that a reader opens is as the page would print it: what is copied is what the table says.
#[test]
fn links_are_written_as_the_page_writes_them() {
    let opened = |published: &Published| !published.name.starts_with("check ");
    let mut others = Vec::new();
    for published in labs().iter().flat_map(|lab| every_link(*lab)).filter(opened) {
        let printed = link::print(&published.link, LABS);
        // A narrated run is written out where its words are edited; the page packs what is so long.
        if printed != published.text && !printed.contains("?z=") {
            others.push(format!("{}\n  is\n{printed}", published.text));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

/// A link that opens views opens such as its run has what they draw.
#[test]
fn links_open_views_that_draw() {
    for published in LABS.iter().flat_map(|lab| every_link(*lab)) {
        let link = &published.link;
        let Some(lab) = link::find_lab(LABS, link.scenario.lab) else {
            panic!("{} has no lab", published.text)
        };
        let shows: Vec<_> =
            std::iter::once(&link.scenario).chain(&link.second).map(|run| lab.shows(run)).collect();
        for panel in link.view.panels.iter().chain(&link.view.view) {
            let view = VIEWS.iter().find(|view| view.id == panel);
            let draws = view.is_none_or(|view| shows.iter().any(view.needs));
            assert!(draws, "{}: {} has nothing for {panel} to draw", published.name, published.text);
        }
    }
}

/// A light that breaks says why in a sentence, and shows the records that made it so.
#[test]
fn a_broken_promise_says_why() {
    for published in labs().iter().flat_map(|lab| scenarios(*lab)) {
        let outcome = published.lab.run(&published.link.scenario, Detail::Full);
        for verdict in &outcome.verdicts {
            let name = format!("{}: {}: {}", published.lab.meta().id, published.name, verdict.promise);
            for change in verdict.changes.iter().filter(|change| change.state == State::Broken) {
                let why = &change.why;
                assert!(why.split_whitespace().count() >= 4, "{name} breaks without a sentence: {why:?}");
                assert!(why.ends_with(['.', '!', '?']), "{name}: a sentence ends with a full stop: {why:?}");
                // What is so from the start rests on the settings, not on what happened.
                let shows = !change.evidence.is_empty() || change.at.at_us == 0;
                assert!(shows, "{name} breaks without evidence");
                // Of the longest runs only the first records are kept.
                for evidence in change.evidence.iter().filter(|_| outcome.trace.is_complete()) {
                    let record = outcome.trace.get(evidence.record);
                    assert!(record.is_some(), "{name}: the evidence {evidence:?} is not in the trace");
                }
            }
        }
    }
}

/// The fenced blocks of a lesson that become widgets.
fn widgets(lesson: &str) -> Vec<&str> {
    let mut parts = lesson.split("```splitbrain\n");
    parts.next();
    parts.map(|part| part.split("```").next().unwrap_or_default().trim()).collect()
}

#[test]
fn lessons_have_their_length_and_their_widgets_open() {
    for lab in labs() {
        let (id, lesson) = (lab.meta().id, lesson(*lab));
        let prose: String = lesson.split("```").step_by(2).collect();
        // Answers are folded.
        let read = prose.lines().filter(|line| !line.trim_start().starts_with('>'));
        let words =
            read.flat_map(str::split_whitespace).filter(|word| word.contains(char::is_alphanumeric)).count();
        let (least, most) = (LESSON_WORDS.start(), LESSON_WORDS.end());
        assert!(
            !is_real(*lab) || LESSON_WORDS.contains(&words),
            "{id}: the lesson has {words} words: {least} to {most}"
        );
        assert!(!widgets(&lesson).is_empty(), "{id}: the lesson has no widget");
        for text in widgets(&lesson) {
            let opened = link::parse(text, LABS);
            assert_eq!(opened.problems, [], "{id}: {text}");
        }
    }
}
