//! Every picture of every lab: the gallery compared whole, and what must be so in any picture, whatever the run.

use splitbrain::lab::{BookPart, Detail, Lab, Outcome};
use splitbrain::labs::LABS;
use splitbrain::scenario::Scenario;
use splitbrain::tell::{Transcript, argument};
use splitbrain::trace::Cursor;
use splitbrain_tests::{check_golden, labs};
use splitbrain_web::scene::{Mark, Scene, Shape};
use splitbrain_web::svg::{Theme, picture, standalone};
use splitbrain_web::views::{Focus, Look, VIEWS, View, Window, spacetime};
use std::collections::BTreeSet;

/// The run in which the gallery shows a view: of the labs in which it stands foremost the first, but not of the example; there the first preset
/// in which it is offered.
fn shown_in(view: &View) -> Option<(&'static dyn Lab, Scenario)> {
    let place = |lab: &dyn Lab| lab.meta().views.iter().position(|id| *id == view.id);
    let real = LABS.iter().copied().filter(|lab| lab.meta().part != BookPart::Example);
    let lab = real.filter(|lab| place(*lab).is_some()).min_by_key(|lab| place(*lab))?;
    let scenarios = lab
        .presets()
        .iter()
        .map(|preset| splitbrain::link::parse(preset.link, LABS).link.expect("a preset opens").scenario);
    scenarios.into_iter().find(|scenario| (view.needs)(&lab.shows(scenario))).map(|scenario| (lab, scenario))
}

fn look<'a>(
    lab: &'static dyn Lab,
    scenario: &'a Scenario,
    outcome: &'a Outcome,
    cursor: Cursor,
    width: u32,
    warped: bool,
) -> Look<'a> {
    let window = spacetime::window_around(outcome, cursor, width, warped);
    Look { id: "g", window, ..Look::plain(lab, scenario, outcome, cursor, width) }
}

/// Each view once, whatever labs there are.
#[test]
fn the_gallery_is_as_it_was() {
    let mut files = BTreeSet::new();
    for view in VIEWS {
        let Some((lab, scenario)) = shown_in(view) else { continue };
        if splitbrain::link::find_lab(labs(), lab.meta().id).is_none() {
            continue;
        }
        let outcome = lab.run(&scenario, Detail::Full);
        let cursor = Cursor::after(&outcome.trace, outcome.trace.records().len() / 2);
        for width in [360, 720] {
            let look = look(lab, &scenario, &outcome, cursor, width, width == 360);
            let Some(scene) = (view.draw)(&look).scene else { continue };
            let file = format!("{}-{}-{width}.svg", lab.meta().id, view.id);
            check_golden(&format!("golden/gallery/{file}"), &printed(&scene));
            files.insert(file);
        }
    }
    if labs().len() < LABS.len() {
        return;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/gallery");
    let there =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(
        there.collect::<BTreeSet<_>>(),
        files,
        "golden/gallery has other files than there are pictures"
    );
}

/// A file with a line for each mark, so that a difference can be read. It takes its colours from the stylesheet by its
/// address: a new colour changes no golden.
fn printed(scene: &Scene) -> String {
    let file = standalone(scene, Theme::Auto);
    let (head, rest) = file.split_once("<style>").expect("a file has its styles");
    let (_, marks) = rest.split_once("</style>").expect("which end");
    let styles = r#"<style>@import url("../../../www/static/theme.css");</style>"#;
    format!("{head}{styles}{marks}").replace("><", ">\n<") + "\n"
}

#[test]
fn every_picture_is_sound() {
    for lab in labs() {
        let links = std::iter::once(lab.meta().id).chain(lab.presets().iter().map(|preset| preset.link));
        for link in links {
            let opened = splitbrain::link::parse(link, LABS);
            let scenario = opened.link.expect("a preset opens").scenario;
            let outcome = lab.run(&scenario, Detail::Full);
            for (part, width) in [(0, 360), (2, 1200), (3, 720)] {
                let place = outcome.trace.records().len() * part / 4;
                let cursor = match place.checked_sub(1) {
                    None => Cursor::default(),
                    Some(place) => Cursor::after(&outcome.trace, place),
                };
                all_views(&look(*lab, &scenario, &outcome, cursor, width, part % 2 == 0), link);
            }
        }
    }
}

/// The view in all its moods: plain, the whole run at once, through one node's eyes, answering "why?".
fn all_views(plain: &Look<'_>, link: &str) {
    let whole = Window { from_us: 0, to_us: plain.outcome.ended_us, warped: plain.window.warped };
    let node = plain.outcome.cast.nodes().next();
    let named = node.map_or(Focus::None, |node| Focus::Node(plain.outcome.cast.name(node)));
    let broken = plain.outcome.verdicts.iter().find_map(|verdict| verdict.break_());
    let transcript = Transcript::of(plain.lab, plain.scenario, plain.outcome);
    let lit: Vec<u32> = broken
        .map(|change| argument(&transcript, change).iter().map(|s| s.record).collect())
        .unwrap_or_default();
    let moods = [
        *plain,
        Look { window: whole, focus: named, ..*plain },
        Look { eyes: node, ..*plain },
        Look { lit: &lit, focus: lit.first().map_or(Focus::None, |id| Focus::Record(*id)), ..*plain },
    ];
    for look in moods {
        for view in VIEWS {
            let picture = (view.draw)(&look);
            if let Some(scene) = &picture.scene {
                sound(scene, &format!("{link}, {} at {}", view.id, look.width));
            }
        }
    }
}

/// A picture's law: named, described, not too large, keys that differ, words that can be read.
fn sound(scene: &Scene, which: &str) {
    assert!(!scene.title.is_empty() && !scene.description.is_empty(), "{which} says what it is");
    assert!(scene.width > 0.0 && scene.height > 0.0 && scene.height < 4_000.0, "{which} has a size");
    let count = keys_differ(&scene.marks, which);
    assert!(count <= 1_000, "{which} has {count} marks");
    // Numbers are finite: printing would stop at one that is not.
    assert!(picture(scene).to_html().starts_with("<svg"), "{which} can be printed");
}

fn keys_differ(marks: &[Mark], which: &str) -> usize {
    let mut keys = BTreeSet::new();
    let mut count = marks.len();
    for mark in marks {
        assert!(keys.insert(&mark.key), "{which} has two marks called {}", mark.key);
        assert!(
            mark.message.is_none() || mark.title.is_some(),
            "{which}: {} can be acted on, so it has a name",
            mark.key
        );
        match &mark.shape {
            Shape::Text { size, text, .. } => {
                assert!(!text.is_empty(), "{which}: the words {} are none", mark.key);
                assert!(*size >= 12.0, "{which}: ‘{text}’ is written at {size}, smaller than 12");
            }
            Shape::Group(parts) => count += keys_differ(parts, which),
            _ => {}
        }
    }
    count
}
