//! What the picture says of two events, and that arrows run through no mark.

use super::{arrow, draw};
use crate::scene::Shape;
use crate::views::{Focus, Look};
use splitbrain::lab::{Detail, Outcome};
use splitbrain::scenario::Scenario;
use splitbrain::trace::Cursor;

/// n1 tells n2, n2 tells n3, and n1 does something else meanwhile.
fn chain() -> (Scenario, Outcome) {
    let lab = splitbrain::labs::find("clocks").unwrap();
    let link = "clocks?load=script&offset=0ms&for=400ms&do=100ms:ask:n1:send.n2,200ms:ask:n2:send.n3,205ms:ask:n1:tick";
    let scenario = splitbrain::link::parse(link, &[lab]).link.unwrap().scenario;
    let outcome = lab.run(&scenario, Detail::Full);
    (scenario, outcome)
}

fn look<'a>(scenario: &'a Scenario, outcome: &'a Outcome) -> Look<'a> {
    let lab = splitbrain::labs::find("clocks").unwrap();
    Look::plain(lab, scenario, outcome, Cursor::at(&outcome.trace, outcome.ended_us), 720)
}

#[test]
fn the_event_in_focus_is_compared_with_the_last() {
    let (scenario, outcome) = chain();
    let look = look(&scenario, &outcome);
    let said = |focus| draw(&Look { focus, ..look }).scene.unwrap().description;
    let stamps = look.shows().stamps.unwrap();
    let events = stamps.events(&outcome);
    assert!(said(Focus::None).contains("e = n1’s tick at 0.205s"), "{}", said(Focus::None));
    let first = said(Focus::Record(events[0].record));
    assert!(first.contains("e = n1’s send at 0.100s") && first.contains("could have caused f"), "{first}");
    assert!(first.contains("vector e < f"), "{first}");
}

#[test]
fn who_looks_with_the_eyes_of_a_process_sees_its_events_alone() {
    let (scenario, outcome) = chain();
    let look = Look { eyes: Some(outcome.cast.server(0)), ..look(&scenario, &outcome) };
    let scene = draw(&look).scene.unwrap();
    let count = |prefix: &str| scene.marks.iter().filter(|mark| mark.key.starts_with(prefix)).count();
    assert_eq!((count("event-"), count("message-"), count("claim")), (2, 0, 0));
}

#[test]
fn an_arrow_over_a_lane_runs_through_no_mark_on_it() {
    for (from, to) in [((20.0, 0.0), (100.0, 40.0)), ((100.0, 0.0), (20.0, 40.0)), ((20.0, 0.0), (60.0, 70.0))] {
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        let parts = arrow(from, to, true);
        let Shape::Path { points, .. } = &parts[0].shape else { panic!("{parts:?}") };
        let off = libm::hypot(points[1].0 - middle.0, points[1].1 - middle.1);
        assert!(off > 7.0, "{off}");
        assert!(points[1].1 < middle.1, "bowed upwards");
    }
}
