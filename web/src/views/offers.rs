//! A view is offered where a run has what it draws, and there it draws it.

use super::{Look, Picture, VIEWS, find};
use crate::app::open::EVERYWHERE;
use crate::scene::{Mark, Shape};
use splitbrain::lab::{Detail, Lab};
use splitbrain::labs::LABS;
use splitbrain::link::Link;
use splitbrain::trace::Cursor;

/// Whether a picture is more than a sentence that there is nothing to see.
fn draws(picture: &Picture) -> bool {
    fn shapes(marks: &[Mark]) -> bool {
        marks.iter().any(|mark| match &mark.shape {
            Shape::Text { .. } => false,
            Shape::Group(marks) => shapes(marks),
            _ => true,
        })
    }
    picture.scene.as_ref().map_or(picture.text.is_some(), |scene| shapes(&scene.marks))
}

fn presets(lab: &'static dyn Lab) -> impl Iterator<Item = (&'static str, Link)> {
    lab.presets().iter().map(|preset| (preset.id, splitbrain::link::parse(preset.link, LABS).link.unwrap()))
}

#[test]
fn a_view_that_a_lab_lists_draws_something_wherever_it_is_offered() {
    for lab in LABS.iter().copied() {
        let mut offered = vec![0; lab.meta().views.len()];
        for (preset, link) in presets(lab) {
            let scenario = &link.scenario;
            let shows = lab.shows(scenario);
            let outcome = lab.run(scenario, Detail::of_pictures(&lab.cast(scenario)));
            let cursor = Cursor::at(&outcome.trace, outcome.ended_us);
            let look = Look::plain(lab, scenario, &outcome, cursor, 720);
            for (id, offered) in lab.meta().views.iter().zip(&mut offered) {
                let view = find(id).unwrap();
                // A run that keeps no call has none that could be followed, and says so.
                let nothing_kept = *id == "waterfall" && outcome.operations.is_empty();
                let draws = nothing_kept || draws(&(view.draw)(&look));
                *offered += usize::from((view.needs)(&shows));
                assert!(
                    draws || !(view.needs)(&shows),
                    "{} {preset}: {id} is offered and draws nothing",
                    lab.meta().id
                );
            }
        }
        for (id, offered) in lab.meta().views.iter().zip(offered) {
            assert!(offered > 0, "{} lists {id}, for which no preset has anything to draw", lab.meta().id);
        }
    }
}

#[test]
fn every_view_is_of_some_lab_or_stands_everywhere_and_then_links_know_it() {
    for view in VIEWS {
        let listed = LABS.iter().any(|lab| lab.meta().views.contains(&view.id));
        assert!(listed || EVERYWHERE.contains(&view.id), "no lab's Meta lists the view {}", view.id);
    }
    for id in EVERYWHERE {
        assert!(splitbrain::link::PANELS.contains(&id), "links do not know {id}, which every lab has");
    }
}

#[test]
fn what_a_run_has_not_is_not_offered() {
    let offered = |text: &str| -> Vec<&str> {
        let link = splitbrain::link::parse(text, LABS).link.unwrap();
        let lab = splitbrain::labs::find(link.scenario.lab).unwrap();
        let shows = lab.shows(&link.scenario);
        VIEWS
            .iter()
            .filter(|view| lab.meta().views.contains(&view.id) && (view.needs)(&shows))
            .map(|view| view.id)
            .collect()
    };
    assert!(
        offered("retry?budget=call").contains(&"budget") && !offered("retry?budget=off").contains(&"budget")
    );
    assert!(
        offered("breaker?breaker=on").contains(&"states")
            && !offered("breaker?breaker=off").contains(&"states")
    );
    let contention = offered("retry?load=contention");
    assert!(
        !["services", "traffic", "flow", "red", "usage"].iter().any(|id| contention.contains(id)),
        "{contention:?}"
    );
    assert!(contention.contains(&"states") && contention.contains(&"waterfall"), "{contention:?}");
}
