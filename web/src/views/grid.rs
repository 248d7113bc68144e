//! A grid of small charts: a row for each service or station, a column for each question, and the same figures as a table.

use super::gauge::{CELL, Cell};
use super::{Look, Picture};
use crate::markup::{Element, el};
use crate::scene::{Anchor, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, fit_bold_text, text_width};

/// A row: whose, and its cells.
pub struct Row<'a> {
    /// The name of the service or station.
    pub name: String,
    /// A figure of the whole run, in words.
    pub note: Option<String>,
    /// One cell for each column.
    pub cells: Vec<Cell<'a>>,
}

/// Draws the grid. `lead` begins the description.
pub fn draw(look: &Look<'_>, id: &str, title: &'static str, lead: &str, rows: &[Row<'_>]) -> Picture {
    let width = f64::from(look.width);
    let columns = rows.first().map_or(1, |row| row.cells.len()).max(1) as f64;
    let (left, gap) = (8.0, 14.0);
    let cell = ((width - 2.0 * left - gap * (columns - 1.0)) / columns).max(60.0);
    let height = rows.len() as f64 * (CELL + 24.0) + 8.0;
    let mut scene = Scene::new(format!("{}-{id}", look.id), width, height.max(40.0), title);
    let mut sentences = vec![lead.to_owned()];
    for (i, row) in rows.iter().enumerate() {
        let y = i as f64 * (CELL + 24.0);
        let room = width - 2.0 * left;
        let name = fit_bold_text(&row.name, 13.0, room);
        let beside = bold_text_width(&name, 13.0) + gap;
        let name = Shape::text(left, y + 15.0, name, Anchor::Start).sized(13.0).bold();
        scene.push(mark(format!("row{i}"), Role::Ink, name));
        for (j, cell_of) in row.cells.iter().enumerate() {
            scene.push(cell_of.draw(look, (left + j as f64 * (cell + gap), y + 20.0), cell));
        }
        // Where it has no room, the table has it.
        if let Some(note) = row.note.as_ref().filter(|note| beside + text_width(note, 12.0) <= room) {
            let note = Shape::text(width - left, y + 15.0, note.as_str(), Anchor::End);
            scene.push(mark(format!("note{i}"), Role::InkSoft, note));
        }
        let figures = row.cells.iter().map(|cell| format!("{} {}", cell.heading, cell.now(look)));
        let figures = figures.chain(row.note.clone());
        sentences.push(format!("{}: {}.", row.name, figures.collect::<Vec<_>>().join(", ")));
    }
    let scene = scene.describe(sentences.join(" "));
    Picture { scene: Some(scene), text: Some(table(look, title, rows)) }
}

/// The figures at the cursor and the greatest of the run.
fn table(look: &Look<'_>, title: &str, rows: &[Row<'_>]) -> Element {
    let Some(first) = rows.first() else { return el("div") };
    let heads =
        first.cells.iter().map(|cell| el("th").attr("scope", "col").child(format!("{} (max)", cell.heading)));
    let head = el("tr").child(el("td")).children(heads);
    let body = rows.iter().map(|row| {
        let cells = row
            .cells
            .iter()
            .map(|cell| el("td").class("sb-number").child(format!("{} ({})", cell.now(look), cell.peak())));
        let name = row.note.iter().fold(row.name.clone(), |name, note| format!("{name} ({note})"));
        el("tr").child(el("th").attr("scope", "row").child(name)).children(cells)
    });
    let table =
        el("table").class("sb-table").child(el("thead").child(head)).child(el("tbody").children(body));
    let summary = el("summary").child(format!("{title}, at the cursor, as a table"));
    el("details").child(summary).child(table)
}

/// A picture that only says something.
pub fn only_words(look: &Look<'_>, id: &str, title: &'static str, words: &str) -> Picture {
    let mut scene = Scene::new(format!("{}-{id}", look.id), f64::from(look.width), 40.0, title);
    let lines = crate::text_width::wrap_text(words, 12.0, f64::from(look.width) - 16.0);
    for (i, line) in lines.into_iter().enumerate() {
        let shape = Shape::text(8.0, 16.0 + 16.0 * i as f64, line, Anchor::Start);
        scene.push(mark(format!("line{i}"), Role::InkSoft, shape));
    }
    scene.describe(words).into()
}
