//! USE: the utilisation, the saturation and the errors of every pool, server and queue, over the run and at the cursor.

use super::gauge::{Cell, Columns, Fold};
use super::grid::{self, Row};
use super::{Look, Picture};
use crate::scene::Role;
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{SeriesKey, Station};

/// The panel's title.
pub const TITLE: &str = "USE: utilisation, saturation, errors";

/// Stations.
pub fn needs(shows: &Shows) -> bool {
    !shows.stations.is_empty()
}

/// Draws a row for each station: how busy its places are, how many wait for one, what it turns away or fails. A queue with a limit
/// has a row of its own.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    if shows.stations.is_empty() {
        return grid::only_words(look, "usage", TITLE, "No pool and no queue is measured in this run.");
    }
    let sum = |keys: &[SeriesKey], fold| Columns::small(look, keys, fold);
    // On a narrow picture there is no room for both words.
    let saturation = if look.width < 600 { "waiting" } else { "saturation: waiting" };
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (i, station) in shows.stations.iter().enumerate() {
        let cell = |which: &str, heading, unit, main, role, top| Cell {
            key: format!("{which}{i}"),
            heading,
            unit,
            main,
            above: None,
            role,
            top,
        };
        let waiting = sum(&[station.waiting], Fold::Most);
        let cells = vec![
            cell("use", "utilisation", "%", sum(&[station.utilisation], Fold::Mean), Role::Series1, Some(100.0)),
            cell("wait", saturation, "", waiting, Role::NodeSlow, None),
            cell("fail", "errors", "/s", sum(&station.errors, Fold::Mean), Role::Broken, None),
        ];
        rows.push(Row { name: name(station), note: queue(station), cells });
    }
    grid::draw(look, "usage", TITLE, "Utilisation, saturation and errors at the cursor.", &rows)
}

/// "server: 1 worker".
fn name(station: &Station) -> String {
    let places = if station.size == 1 { station.places.trim_end_matches('s') } else { station.places };
    format!("{}: {} {places}", station.name, station.size)
}

fn queue(station: &Station) -> Option<String> {
    let most = station.queue_limit?;
    Some(format!("queue of at most {}", splitbrain::counted::count(i64::from(most))))
}
