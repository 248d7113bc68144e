//! What stands behind the bars and on them: who was down or paused, cuts, where two hold at once, and what was done.

use super::{BAR, Bar, Look, Stretch};
use crate::scene::{Anchor, Mark, Role, Shape, mark};
use crate::text_width::text_width;
use crate::views::legend::hatch;
use splitbrain::cast::NodeId;
use splitbrain::lab::shows::Tenure;
use splitbrain::tell::{SpanKind, spans};
use splitbrain::trace::Fact;

/// A lane: whose, where, how high.
pub type Lane = (NodeId, f64, f64);

/// Who was down or paused, and when somebody was cut off, behind the bars.
pub fn bands(
    look: &Look<'_>,
    tenure: &Tenure,
    stretch: &Stretch,
    lanes: &[Lane],
    (top, bottom): (f64, f64),
) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut paused = still(look, tenure, lanes);
    let seen = spans(look.scenario, look.outcome);
    let seen = seen.iter().filter(|span| span.from_us < stretch.to_us && span.to_us > stretch.from_us);
    for (i, span) in seen.take(30).enumerate() {
        let (from, to) = (stretch.x(span.from_us), stretch.x(span.to_us));
        match &span.kind {
            SpanKind::Cut { words, .. } if look.eyes.is_none() => {
                let band = Shape::Band { x: from, y: top, width: to - from, height: bottom - top };
                marks.insert(0, mark(format!("cut{i}"), Role::Band, band).title(format!("cut {words}")));
            }
            SpanKind::Paused(node) => paused.push((*node, span.from_us, span.to_us)),
            SpanKind::Down(node) => {
                for (_, y, height) in lanes.iter().filter(|(lane, ..)| lane == node) {
                    let middle = y + height / 2.0;
                    let room = (to - from).max(2.0);
                    let mut parts =
                        vec![mark("down", Role::NodeDown, Shape::rect(from, middle - 5.0, room, 10.0, 2.0))];
                    if room > text_width("down", 12.0) + 8.0 {
                        let shape = Shape::text(to - 4.0, middle + 4.5, "down", Anchor::End);
                        parts.push(mark("words", Role::Ink, shape.halo()));
                    }
                    let title = format!("{} is down", look.name(*node));
                    marks.push(
                        mark(format!("down{i}-{}", node.0), Role::NodeDown, Shape::Group(parts)).title(title),
                    );
                }
            }
            _ => {}
        }
    }
    for (i, (node, from_us, to_us)) in paused.into_iter().enumerate() {
        let (from, to) = (stretch.x(from_us), stretch.x(to_us));
        for (_, y, height) in lanes.iter().filter(|(lane, ..)| *lane == node).filter(|_| to > from) {
            let shape = Shape::rect(from, y - 4.0, (to - from).max(2.0), height + 5.0, 2.0);
            let title = format!(
                "{} stands still, from {} until {}",
                look.name(node),
                look.moment(from_us),
                look.moment(to_us)
            );
            marks.push(mark(format!("paused{i}-{}", node.0), Role::NodePaused, shape).title(title));
        }
    }
    marks
}

/// When nodes stood still by themselves.
fn still(look: &Look<'_>, tenure: &Tenure, lanes: &[Lane]) -> Vec<(NodeId, u64, u64)> {
    let Some((fact, word)) = tenure.still else { return Vec::new() };
    let mut found = Vec::new();
    for (node, ..) in lanes {
        for bar in super::bars_of(look, &super::crashes(look), (*node, fact, 0), |value, _| {
            (*value == Fact::Word(word)).then(|| (0, String::new()))
        }) {
            found.push((*node, bar.from_us, bar.to_us));
        }
    }
    found
}

/// Where another node holds the same at the same time, which is meant for one: strokes across a bar whose upper edge is at `y`.
pub fn shared(tenure: &Tenure, stretch: &Stretch, bar: &Bar, all: &[Bar], y: f64) -> Option<Mark> {
    let held = |bar: &&Bar| tenure.exclusive && bar.how < tenure.held.len();
    held(&bar).then_some(())?;
    let mut lines = Vec::new();
    let same = |other: &&Bar| other.node != bar.node && other.index == bar.index;
    for other in all.iter().filter(held).filter(same) {
        let (from_us, to_us) = (bar.from_us.max(other.from_us), bar.to_us.min(other.to_us));
        if from_us < to_us {
            lines.extend(hatch(stretch.x(from_us), stretch.x(to_us), y, y + BAR - 3.0));
        }
    }
    (!lines.is_empty()).then(|| mark("both", Role::Broken, Shape::Lines(lines)))
}

/// What was done with it, below the bars: well, or crossed.
pub fn deeds(look: &Look<'_>, tenure: &Tenure, stretch: &Stretch, lanes: &[Lane]) -> Vec<Mark> {
    let Some(deed) = tenure.deeds else { return Vec::new() };
    let (trace, cast) = (&look.outcome.trace, &look.outcome.cast);
    let mut marks = Vec::new();
    for (node, y, height) in lanes.iter().filter(|(node, ..)| cast.sort(*node).0 == tenure.sort) {
        for by in cast.of(deed.by).filter(|by| look.sees(*by)) {
            for change in trace.history(by, deed.fact.at(cast.sort(*node).1)) {
                let at_us = trace.get(change.record).map_or(0, |record| record.at_us);
                let (x, y) = (stretch.x(at_us), y + height + 1.0);
                let (word, role, shape) = match change.value {
                    Fact::Word(word) if word == deed.good => {
                        (word, Role::OpOk, Shape::Diamond { x, y, r: 5.0 })
                    }
                    Fact::Word(word) if word == deed.bad => {
                        (word, Role::MessageLost, Shape::Cross { x, y, r: 5.0 })
                    }
                    _ => continue,
                };
                if stretch.shows(at_us) {
                    let title = format!(
                        "{}: {word} by {} at {}",
                        look.name(*node),
                        look.name(by),
                        look.moment(at_us)
                    );
                    let deed = mark(format!("deed{}-{}", change.record, by.0), role, shape).title(title);
                    marks.push(deed.on_click(format!("goto record {}", change.record)));
                }
            }
        }
    }
    marks
}
