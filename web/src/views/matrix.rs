//! Counts in rows and columns, as they stand at the cursor: a row for each of those who ask, a column for what became of it; a bar behind each count
//! is its share.

use super::{Look, Picture, grid};
use crate::markup::{Element, el};
use crate::scene::{Anchor, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, fit_text, text_width};
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{Matrix, SeriesKey};

/// The panel's title.
pub const TITLE: &str = "Who gets what";

/// Counts in rows and columns.
pub fn needs(shows: &Shows) -> bool {
    shows.matrix.is_some()
}

/// The most rows that are drawn: what is beyond stands in one row together.
const MAX_ROWS: usize = 12;
/// The heights of the heading and of a row, and of the bar in it.
const HEAD: f64 = 40.0;
const ROW: f64 = 26.0;
const BAR: f64 = 20.0;
const LEFT: f64 = 8.0;
const GAP: f64 = 8.0;

/// A row as it is drawn: its name and its counts.
struct Row {
    name: String,
    counts: Vec<i64>,
}

/// What a series had run up to at the cursor.
fn at_cursor(look: &Look<'_>, key: SeriesKey) -> i64 {
    look.series(key).and_then(|series| series.value_at(look.cursor.at_us)).unwrap_or(0)
}

/// The rows that are drawn; the last may be of several together.
fn rows(look: &Look<'_>, matrix: &Matrix) -> Vec<Row> {
    let all = matrix.rows.iter().map(|row| Row {
        name: row.name.clone(),
        counts: row.counts.iter().map(|key| at_cursor(look, *key)).collect(),
    });
    let mut all: Vec<Row> = all.collect();
    if all.len() > MAX_ROWS {
        let rest = all.split_off(MAX_ROWS - 1);
        let name = format!("{} others", rest.len());
        let counts = (0..matrix.columns.len())
            .map(|column| rest.iter().filter_map(|row| row.counts.get(column)).sum())
            .collect();
        all.push(Row { name, counts });
    }
    all
}

/// A count's share of what it is a share of.
fn share(matrix: &Matrix, row: &Row, column: usize) -> Option<f64> {
    let of = *row.counts.get(matrix.columns[column].share_of?)?;
    (of > 0).then(|| row.counts[column] as f64 / of as f64)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Draws the counts at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    let Some(matrix) = &shows.matrix else {
        return grid::only_words(look, "matrix", TITLE, "Nobody is told apart in this run.");
    };
    let rows = rows(look, matrix);
    let width = f64::from(look.width);
    let names =
        rows.iter().map(|row| text_width(&row.name, 12.0)).fold(text_width(matrix.row, 12.0), f64::max);
    let names = names.min(width * 0.3);
    let from = LEFT + names + GAP;
    let columns = matrix.columns.len().max(1) as f64;
    let wide = ((width - from - LEFT - GAP * (columns - 1.0)) / columns).max(10.0);
    let x = |column: usize| from + (wide + GAP) * column as f64;
    let mut scene =
        Scene::new(format!("{}-matrix", look.id), width, HEAD + ROW * rows.len() as f64 + 6.0, matrix.title);
    let title = Shape::text(LEFT, 14.0, fit_text(matrix.title, 12.0, width - 2.0 * LEFT), Anchor::Start);
    scene.push(mark("title", Role::InkSoft, title));
    for (place, column) in matrix.columns.iter().enumerate() {
        let words = fit_text(column.name, 12.0, wide - 2.0);
        scene.push(mark(
            format!("head{place}"),
            Role::Ink,
            Shape::text(x(place), 32.0, words, Anchor::Start),
        ));
    }
    // Of what is only counted the bars show who has most.
    let most = |column: usize| rows.iter().map(|row| row.counts[column]).max().unwrap_or(0).max(1) as f64;
    for (i, row) in rows.iter().enumerate() {
        let y = HEAD + ROW * i as f64;
        let name = fit_text(&row.name, 12.0, names);
        scene.push(mark(format!("name{i}"), Role::Ink, Shape::text(LEFT, y + 14.0, name, Anchor::Start)));
        for (place, column) in matrix.columns.iter().enumerate() {
            let share = share(matrix, row, place);
            let part = match column.share_of {
                Some(_) => share.unwrap_or(0.0),
                None => row.counts[place] as f64 / most(place),
            };
            let key = format!("{i}-{place}");
            scene.push(mark(format!("cell{key}"), Role::Grid, Shape::rect(x(place), y, wide, BAR, 2.0)));
            let role = column.fate.map_or(Role::Link, super::traffic::role);
            // Beside the words, so that they are read on one ground: a stripe below them.
            let stripe = Shape::rect(x(place), y + BAR - 4.0, wide * part.clamp(0.0, 1.0), 4.0, 1.0);
            scene.push(mark(format!("bar{key}"), role, stripe));
            let count = row.counts[place].to_string();
            let beside = bold_text_width(&count, 12.0) + 10.0;
            let words = Shape::text(x(place) + 4.0, y + 12.5, count.clone(), Anchor::Start).bold();
            if beside <= wide {
                scene.push(mark(format!("count{key}"), Role::Ink, words));
            }
            // Where both have no room, the table has them.
            if let Some(share) =
                share.map(percent).filter(|share| beside + text_width(share, 12.0) + 6.0 <= wide)
            {
                let words = Shape::text(x(place) + wide - 4.0, y + 12.5, share, Anchor::End);
                scene.push(mark(format!("share{key}"), Role::InkSoft, words));
            }
        }
    }
    let told = rows.iter().map(|row| words(matrix, row)).collect::<Vec<_>>().join(" ");
    let scene = scene.describe(format!("{}, at the cursor. {told}", matrix.title));
    Picture { scene: Some(scene), text: Some(table(matrix, &rows)) }
}

/// A row in words.
fn words(matrix: &Matrix, row: &Row) -> String {
    let cells = matrix.columns.iter().enumerate().map(|(place, column)| {
        let share = share(matrix, row, place).map_or(String::new(), |share| format!(" ({})", percent(share)));
        format!("{} {}{share}", column.name, row.counts[place])
    });
    format!("{}: {}.", row.name, cells.collect::<Vec<_>>().join(", "))
}

fn table(matrix: &Matrix, rows: &[Row]) -> Element {
    let heads = matrix.columns.iter().map(|column| el("th").attr("scope", "col").child(column.name));
    let head = el("tr").child(el("td")).children(heads);
    let body = rows.iter().map(|row| {
        let cells = (0..matrix.columns.len()).map(|place| {
            let share =
                share(matrix, row, place).map_or(String::new(), |share| format!(" ({})", percent(share)));
            el("td").class("sb-number").child(format!("{}{share}", row.counts[place]))
        });
        el("tr").child(el("th").attr("scope", "row").child(row.name.as_str())).children(cells)
    });
    let table =
        el("table").class("sb-table").child(el("thead").child(head)).child(el("tbody").children(body));
    let summary =
        el("summary").child(format!("{}, by {}, at the cursor, as a table", matrix.title, matrix.row));
    el("details").child(summary).child(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::lab::Detail;
    use splitbrain::labs::LABS;
    use splitbrain::trace::Cursor;

    /// What the picture of a run says at a time.
    fn said(text: &str, at_us: u64) -> String {
        let link = splitbrain::link::parse(text, LABS).link.unwrap();
        let lab = splitbrain::labs::find(link.scenario.lab).unwrap();
        let outcome = lab.run(&link.scenario, Detail::Full);
        let cursor = Cursor::at(&outcome.trace, at_us);
        let look = Look::plain(lab, &link.scenario, &outcome, cursor, 360);
        draw(&look).scene.unwrap().description.clone()
    }

    #[test]
    fn counts_are_those_at_the_cursor() {
        assert!(said("limit?tenants=2&for=2s", 0).contains("tenant 1: asked 0, answered 0, refused 0."));
        let end = said("limit?tenants=2&greedy=1&by=tenant&limit=100&rate=10&for=2s", 2_000_000);
        assert!(end.contains("answered") && end.contains("(100 %), refused 0 (0 %)"), "{end}");
    }

    #[test]
    fn rows_beyond_the_most_stand_together() {
        let many = said("limit?tenants=50&for=2s", 2_000_000);
        assert!(
            many.contains("tenant 11: ") && many.contains("39 others: ") && !many.contains("tenant 12: "),
            "{many}"
        );
        assert_eq!(said("limit?tenants=1&for=1s", 1_000_000), "Nobody is told apart in this run.");
    }
}
