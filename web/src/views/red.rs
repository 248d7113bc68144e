//! RED: the rate, the errors and the duration of every service, over the run and at the cursor.

use super::gauge::{Cell, Columns, Fold, words};
use super::grid::{self, Row};
use super::{Look, Picture};
use crate::scene::Role;
use splitbrain::lab::Shows;
use splitbrain::lab::shows::SeriesKey;

/// The panel's title.
pub const TITLE: &str = "RED: rate, errors, duration";

/// Services.
pub fn needs(shows: &Shows) -> bool {
    !shows.services.is_empty()
}

/// Draws a row for each service: what it is asked, what of it fails, what it takes on average (filled) and at the most (dashed).
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    if shows.services.is_empty() {
        return grid::only_words(look, "red", TITLE, "No service is measured in this run.");
    }
    let rows: Vec<Row<'_>> = shows
        .services
        .iter()
        .enumerate()
        .map(|(i, service)| {
            let cell = |which: &str, heading, unit, main, above, role| Cell {
                key: format!("{which}{i}"),
                heading,
                unit,
                main,
                above,
                role,
                top: None,
            };
            let sum = |keys: &[SeriesKey], fold| Columns::small(look, keys, fold);
            let [mean, slowest] = service.duration;
            let slowest = Some(sum(&[slowest], Fold::Most));
            let cells = vec![
                cell("rate", "rate", "/s", sum(&service.rate, Fold::Mean), None, Role::Series0),
                cell("errors", "errors", "/s", sum(&service.errors, Fold::Mean), None, Role::Broken),
                cell("duration", "duration", "us", sum(&[mean], Fold::Mean), slowest, Role::Series2),
            ];
            let p99 = service.p99.and_then(|tally| look.outcome.tally(tally.0));
            let note = p99.map(|us| format!("p99 of the run {}", words(us as f64, "us")));
            Row { name: service.name.to_owned(), note, cells }
        })
        .collect();
    grid::draw(look, "red", TITLE, "Rate, errors and duration at the cursor; the dashed line is the slowest.", &rows)
}
