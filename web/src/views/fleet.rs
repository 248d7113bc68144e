//! Instances one under the other, time across: the darker, the more is there, so that herds are stripes. Above a row's line stands what it is when it
//! is not as usual, through it a dashed line while others leave it out.

mod rows;

use super::legend::{self, Sign};
use super::stretch::Stretch;
use super::{Look, Picture, grid};
use crate::scene::{Anchor, Dash, Emphasis, Mark, Role, Scene, Shape, mark};
use rows::{CELL, Row, Span, rows};
use splitbrain::lab::Shows;
use splitbrain::lab::shows::Fleet;

/// The panel's title.
pub const TITLE: &str = "Instances over time";

/// Like instances.
pub fn needs(shows: &Shows) -> bool {
    shows.fleet.is_some()
}

/// The most instances that have a row.
const MAX_ROWS: usize = 100;
/// Shades: each is from twice the load of the one before.
const SHADES: usize = 4;
const LEFT: f64 = 40.0;
/// Behind each row stands its load at the cursor.
const RIGHT: f64 = 34.0;

/// Draws the rows over the whole run.
pub fn draw(look: &Look<'_>) -> Picture {
    let Some(fleet) = look.shows().fleet else {
        return grid::only_words(look, "fleet", TITLE, "There are no like instances in this run.");
    };
    let width = f64::from(look.width);
    let mut stretch = Stretch::whole(look, LEFT);
    stretch.right = width - RIGHT;
    let shown = rows(look, &fleet, &stretch, MAX_ROWS);
    let beside = look.other().and_then(|other| {
        let fleet = other.shows().fleet?;
        Some(peak(&rows(&other, &fleet, &stretch, MAX_ROWS)))
    });
    let step = step(peak(&shown).max(beside.unwrap_or(0.0)));
    let height = match shown.len() {
        0..=12 => 18.0,
        13..=30 => 9.0,
        _ => 4.0,
    };
    let hidden = fleet.nodes.len().saturating_sub(MAX_ROWS);
    let (legend, below) = legend::draw_from(6.0, entries(&fleet, step, hidden), width);
    let top = below + 4.0;
    let bottom = top + height * shown.len().max(1) as f64;
    let mut scene = Scene::new(format!("{}-fleet", look.id), width, bottom + 26.0, fleet.title);
    scene.marks.extend(legend);
    let y = |row: usize| top + height * row as f64;
    for (i, row) in shown.iter().enumerate() {
        let line = Shape::line((LEFT, y(i) + height - 0.5), (stretch.right, y(i) + height - 0.5));
        scene.push(mark(format!("line{}", row.node.0), Role::Grid, line));
        // A name for each row that has room for one.
        let every = (13.0 / height).ceil() as usize;
        if i % every == 0 {
            let name =
                Shape::text(LEFT - 6.0, y(i) + height.min(13.0) - 1.0, look.name(row.node), Anchor::End);
            scene.push(mark(format!("name{}", row.node.0), Role::Ink, name));
            let now = row.at(look.cursor.at_us).to_string();
            let now = Shape::text(width - 4.0, y(i) + height.min(13.0) - 1.0, now, Anchor::End);
            scene.push(mark(format!("now{}", row.node.0), Role::InkSoft, now));
        }
    }
    for shade in 0..SHADES {
        scene.push(shaded(&shown, &stretch, shade, step * f64::from(1 << shade), (top, height)));
    }
    for (i, row) in shown.iter().enumerate() {
        let spans = row.spans.iter().filter(|span| span.to_us > stretch.from_us).enumerate();
        scene.marks.extend(spans.map(|(n, span)| drawn(look, row, (n, span), &stretch, (y(i), height))));
    }
    scene.marks.extend(stretch.axis(look, top - 4.0, bottom));
    scene.describe(describe(look, &fleet, &shown)).into()
}

/// The greatest load of a cell.
fn peak(rows: &[Row]) -> f64 {
    rows.iter().flat_map(|row| &row.cells).copied().fold(0.0, f64::max)
}

/// From which load on the first shade is: so that the darkest is from about half of the greatest on.
fn step(peak: f64) -> f64 {
    let mut step = 1.0;
    while step * f64::from(1 << SHADES) < peak {
        step *= 2.0;
    }
    step
}

/// All cells whose load is at least so much, as one mark; shades lie upon each other.
fn shaded(rows: &[Row], stretch: &Stretch, shade: usize, least: f64, (top, height): (f64, f64)) -> Mark {
    let mut areas = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let (y, mut from) = (top + height * i as f64, None);
        for place in 0..=row.cells.len() {
            // A first shade is from half of its load on: what is there for some of the time is seen.
            let least = if shade == 0 { least / 2.0 } else { least };
            let dark = row.cells.get(place).is_some_and(|load| *load >= least);
            match (dark, from) {
                (true, None) => from = Some(place),
                (false, Some(first)) => {
                    let x = |place: usize| (LEFT + CELL * place as f64).min(stretch.right);
                    let (left, right) = (x(first), x(place));
                    areas.push(vec![
                        (left, y + 1.0),
                        (right, y + 1.0),
                        (right, y + height - 1.0),
                        (left, y + height - 1.0),
                    ]);
                    from = None;
                }
                _ => {}
            }
        }
    }
    let role = if shade + 1 == SHADES { Role::Ink } else { Role::Series0 };
    mark(format!("shade{shade}"), role, Shape::Areas(areas)).emphasis(Emphasis::Dim)
}

/// A stretch in which an instance is not as usual, or is left out.
fn drawn(
    look: &Look<'_>,
    row: &Row,
    (n, span): (usize, &Span),
    stretch: &Stretch,
    (y, height): (f64, f64),
) -> Mark {
    let (from, to) = (stretch.x(span.from_us), stretch.x(span.to_us).max(stretch.x(span.from_us) + 2.0));
    let key = format!("span{}-{n}", row.node.0);
    let until = if span.open { "to the end".into() } else { format!("until {}", look.moment(span.to_us)) };
    let title =
        format!("{}: {}, from {} {until}", look.name(row.node), span.about, look.moment(span.from_us));
    let shape = if span.believed {
        let middle = y + height / 2.0;
        Shape::dashed((from, middle), (to, middle), Dash::Dashed)
    } else {
        Shape::rect(from, y, to - from, (height / 4.0).max(2.0), 0.0)
    };
    let role = if span.believed { Role::Broken } else { span.role };
    mark(key, role, shape).title(title)
}

/// The shades and the signs.
fn entries(fleet: &Fleet, step: f64, hidden: usize) -> Vec<(Sign, String)> {
    let shade = |shade: usize| {
        let least = step * f64::from(1 << shade);
        let last = shade + 1 == SHADES;
        let words = if last { format!("from {least:.0} {}", fleet.unit) } else { format!("{least:.0}") };
        let layer = |i: usize| {
            let role = if i + 1 == SHADES { Role::Ink } else { Role::Series0 };
            mark(format!("layer{i}"), role, Shape::rect(0.0, 0.0, 14.0, 11.0, 0.0)).emphasis(Emphasis::Dim)
        };
        (Sign::Own((0..=shade).map(layer).collect()), words)
    };
    let mut entries: Vec<_> = (0..SHADES).map(shade).collect();
    entries.push((Sign::Low(Role::NodeDown), "down or in trouble".to_owned()));
    if fleet.believed.is_some() {
        entries.push((Sign::Line(Role::Broken, Dash::Dashed), "left out".to_owned()));
    }
    if hidden > 0 {
        entries.push((Sign::None, format!("{hidden} more are not drawn")));
    }
    entries
}

fn describe(look: &Look<'_>, fleet: &Fleet, rows: &[Row]) -> String {
    let now = look.cursor.at_us;
    let loads = rows.iter().map(|row| row.at(now));
    let (most, all) = (loads.clone().max().unwrap_or(0), loads.clone().sum::<i64>());
    let idle = loads.filter(|load| *load == 0).count();
    let at = rows.iter().flat_map(|row| {
        let spans = row.spans.iter().filter(|span| span.from_us <= now && (span.open || now < span.to_us));
        spans.map(|span| format!("{}: {}", look.name(row.node), span.about))
    });
    let at: Vec<String> = at.take(12).collect();
    let at = if at.is_empty() { String::new() } else { format!(" {}.", at.join("; ")) };
    let moment = look.moment(now);
    format!(
        "{}. At {moment}: {all} {} in all, {most} at the fullest, none at {idle} of {}.{at}",
        fleet.title,
        fleet.unit,
        rows.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_double_and_the_darkest_is_from_half_of_the_greatest_on() {
        assert_eq!([0.0, 3.0, 16.0, 17.0, 100.0].map(step), [1.0, 1.0, 1.0, 2.0, 8.0]);
    }
}
