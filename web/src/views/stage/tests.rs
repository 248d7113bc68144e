//! Nothing goes behind a card but to its own ends.

use super::super::Look;
use crate::scene::{Mark, Scene, Shape};
use splitbrain::lab::Detail;
use splitbrain::trace::Cursor;

/// The cards by their names, each left, right, top, bottom.
fn cards(scene: &Scene) -> Vec<(String, [f64; 4])> {
    let card = |mark: &Mark| {
        let name = mark.key.strip_prefix("node-")?;
        let Shape::Group(parts) = &mark.shape else { return None };
        let shape = &parts.iter().find(|part| part.key == "card")?.shape;
        let Shape::Rect { x, y, width, height, .. } = shape else { return None };
        let (left, top) = (mark.at.0 + x, mark.at.1 + y);
        Some((name.to_owned(), [left, left + width, top, top + height]))
    };
    scene.marks.iter().filter_map(card).collect()
}

/// What goes from node to node, with the points that it goes through: links, and messages under way.
fn ways(look: &Look<'_>, scene: &Scene) -> Vec<(String, Vec<(f64, f64)>)> {
    let way = |mark: &Mark| {
        if let Some(motion) = &mark.motion {
            let points = (0..=20).map(|i| motion.place(motion.start_us + (motion.end_us - motion.start_us) * i / 20));
            let record = mark.key[1..].split('-').next()?.parse().ok()?;
            let send = look.outcome.trace.get(record)?;
            return Some((format!("{}-{}", look.name(send.node), look.name(send.peer)), points.collect()));
        }
        let ends = mark.key.strip_prefix("link-")?;
        let Shape::Group(parts) = &mark.shape else { return None };
        let touched = parts.iter().find_map(|part| match &part.shape {
            Shape::Touch(points) => Some(points.clone()),
            _ => None,
        });
        Some((ends.to_owned(), touched?))
    };
    scene.marks.iter().filter_map(way).collect()
}

/// Where a way goes behind a card that it does not end at.
fn hidden(look: &Look<'_>) -> Vec<(String, (f64, f64))> {
    let scene = super::draw(look).scene.expect("a picture");
    let cards = cards(&scene);
    assert!(!cards.is_empty());
    let mut found = Vec::new();
    for (ends, points) in ways(look, &scene) {
        let between = |p: (f64, f64), q: (f64, f64)| {
            (0..=24).map(move |i| (p.0 + (q.0 - p.0) * f64::from(i) / 24.0, p.1 + (q.1 - p.1) * f64::from(i) / 24.0))
        };
        let points: Vec<(f64, f64)> = points.windows(2).flat_map(|ends| between(ends[0], ends[1])).collect();
        let others = cards.iter().filter(|(name, _)| !ends.split('-').any(|end| end == name));
        found.extend(others.filter_map(|(name, [left, right, top, bottom])| {
            let inside = |(x, y): &&(f64, f64)| x > left && x < right && y > top && y < bottom;
            points.iter().find(inside).map(|place| (format!("{ends} behind {name}"), *place))
        }));
    }
    found
}

#[test]
fn no_way_goes_behind_a_card_but_to_its_own_ends() {
    let mut faults = std::collections::BTreeMap::new();
    for lab in splitbrain::labs::LABS.iter().copied().filter(|lab| lab.meta().views.contains(&"stage")) {
        for preset in lab.presets() {
            let link = splitbrain::link::parse(preset.link, &[lab]).link.unwrap();
            let outcome = &lab.run(&link.scenario, Detail::of_pictures(&lab.cast(&link.scenario)));
            for (width, at) in
                [280, 360, 720, 1200].into_iter().flat_map(|width| [0, 1, 2, 3, 5].map(|at| (width, at)))
            {
                let cursor = Cursor::at(&outcome.trace, outcome.ended_us * at / 7);
                for (way, place) in hidden(&Look::plain(lab, &link.scenario, outcome, cursor, width)) {
                    faults.insert(format!("{} {} at {width}: {way}", lab.meta().id, preset.id), place);
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} ways: {faults:#?}", faults.len());
}
