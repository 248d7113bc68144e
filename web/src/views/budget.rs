//! The retry budget: what callers have left at the cursor, against what a retry takes, and how it went over the run.

use super::gauge::{CELL, Cell, Columns, Fold};
use super::{Look, Picture, grid};
use crate::chart::scale::short_number;
use crate::markup::{Element, el};
use crate::scene::{Anchor, Dash, Mark, Role, Scene, Shape, mark};
use crate::text_width::{text_width, wrap_text};
use splitbrain::cast::{NodeId, Sort};
use splitbrain::lab::Shows;
use splitbrain::lab::shows::Budget;
use splitbrain::trace::Fact;

/// The panel's title.
pub const TITLE: &str = "Retry budget";

/// The most callers with a bar each.
const MAX_CALLERS: usize = 10;
const ROW: f64 = 24.0;

/// A budget that limits retries.
pub fn needs(shows: &Shows) -> bool {
    shows.budget.is_some()
}

/// Draws the budget at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    let Some(budget) = shows.budget else {
        return grid::only_words(look, "budget", TITLE, "No budget limits the retries of this run: set one under Retry budget.");
    };
    let width = f64::from(look.width);
    let mean = Columns::small(look, &[budget.mean], Fold::Mean);
    let empty = Columns::small(look, &[budget.empty], Fold::Most);
    let callers = callers(look, &budget);
    let of_mean = look.series(budget.mean).and_then(|series| series.value_at(look.cursor.at_us));
    let most = callers.iter().filter_map(|caller| caller.1).max().unwrap_or(0).max(mean.most() as i64);
    let top = budget.size.map_or((most as f64 / 1_000.0 * 1.1).max(2.0), f64::from);

    let mut scene = Scene::new(format!("{}-budget", look.id), width, 0.0, TITLE);
    let mut y = 16.0;
    for (i, line) in wrap_text(&budget.rule, 12.0, width - 16.0).into_iter().enumerate() {
        scene.push(mark(format!("rule{i}"), Role::InkSoft, Shape::text(8.0, y, line, Anchor::Start)));
        y += 16.0;
    }
    y += 16.0;
    let bars = std::iter::once(("all, on average".to_owned(), of_mean)).chain(callers.iter().cloned());
    let bars: Vec<(String, Option<i64>)> = bars.collect();
    for (i, (name, left)) in bars.iter().enumerate() {
        scene.push(bar(&budget, (i, name), *left, top, width).at(0.0, y));
        y += ROW;
    }
    let (x, words) = (scale(budget_floor(&budget), top, width), format!("a retry needs {}", takes(&budget)));
    let bottom = y - 4.0;
    scene.push(mark("floor", Role::Ink, Shape::dashed((x, bottom - ROW * bars.len() as f64 - 6.0), (x, bottom), Dash::Dashed)));
    let (x, anchor) = if x + 3.0 + text_width(&words, 12.0) <= width { (x + 3.0, Anchor::Start) } else { (x - 3.0, Anchor::End) };
    scene.push(mark("floor-words", Role::InkSoft, Shape::text(x, bottom - ROW * bars.len() as f64 - 2.0, words, anchor).halo()));
    y += 14.0;
    let cell = (width - 16.0 - 14.0) / 2.0;
    let each = |key: &str, heading, main, role| Cell { key: key.to_owned(), heading, unit: "", main, above: None, role, top: None };
    let thousandths = Columns { values: mean.values.iter().map(|v| v.map(|v| v / 1_000.0)).collect(), reach: mean.reach / 1_000.0, ..mean };
    let cells = [
        each("mean", "left on average", thousandths, Role::Series4),
        each("empty", "callers that may not retry", empty, Role::Broken),
    ];
    for (i, of) in cells.iter().enumerate() {
        scene.push(of.draw(look, (8.0 + i as f64 * (cell + 14.0), y), cell));
    }
    scene.height = y + CELL;
    let on_average = of_mean.map_or("nothing is known yet".to_owned(), |milli| format!("callers have {} {} left on average", number(milli), budget.unit));
    let sentence = format!("At the cursor {on_average}; {} of them may not retry. {}", cells[1].now(look), budget.rule);
    Picture { scene: Some(scene.describe(sentence)), text: Some(table(&bars, &budget)) }
}

/// What the first callers have left, by name; where every record is kept.
fn callers(look: &Look<'_>, budget: &Budget) -> Vec<(String, Option<i64>)> {
    let trace = &look.outcome.trace;
    if !trace.is_complete() {
        return Vec::new();
    }
    let left = |node: NodeId| match trace.fact_at(node, budget.left.key(), look.cursor.record_id(trace)?) {
        Some(Fact::Int(milli)) => Some(*milli),
        _ => None,
    };
    look.outcome.cast.of(Sort::Client).take(MAX_CALLERS).map(|node| (look.name(node), left(node))).collect()
}

fn number(milli: i64) -> String {
    short_number(milli as f64 / 1_000.0)
}

fn budget_floor(budget: &Budget) -> f64 {
    if budget.size.is_some() { f64::from(budget.floor) } else { 1.0 }
}

fn takes(budget: &Budget) -> String {
    match budget.size {
        Some(_) => format!("more than {}", budget.floor),
        None => "1".to_owned(),
    }
}

/// Where so much stands on the bars.
fn scale(value: f64, top: f64, width: f64) -> f64 {
    let (left, right) = (104.0, width - 64.0);
    left + (right - left) * (value / top).clamp(0.0, 1.0)
}

/// A caller's bar: full enough for a retry, or not, by fill and by sign.
fn bar(budget: &Budget, (i, name): (usize, &str), left: Option<i64>, top: f64, width: f64) -> Mark {
    let (start, end) = (scale(0.0, top, width), scale(top, top, width));
    let value = left.unwrap_or(0) as f64 / 1_000.0;
    let may = if budget.size.is_some() { value > f64::from(budget.floor) } else { value >= 1.0 };
    let role = if may { Role::OpOk } else { Role::OpFailed };
    let mut parts = vec![
        mark("name", Role::Ink, Shape::text(8.0, 12.0, name, Anchor::Start)),
        mark("track", Role::Grid, Shape::line((start, 15.5), (end, 15.5))),
        mark("bar", role, Shape::rect(start, 2.0, (scale(value, top, width) - start).max(0.5), 13.0, 2.0)),
    ];
    if left.is_some() {
        let words = format!("{}{}", number(left.unwrap_or(0)), if may { "" } else { " ✕" });
        parts.push(mark("left", Role::Ink, Shape::text(end + 6.0, 13.0, words, Anchor::Start).bold()));
    }
    let known = left.map_or("not known yet".to_owned(), |milli| format!("{} {}", number(milli), budget.unit));
    let title = format!("{name}: {known}{}", if may || left.is_none() { "" } else { ", too little for a retry" });
    mark(format!("bar{i}"), role, Shape::Group(parts)).title(title)
}

fn table(bars: &[(String, Option<i64>)], budget: &Budget) -> Element {
    let rows = bars.iter().map(|(name, left)| {
        let left = left.map_or("–".to_owned(), number);
        el("tr").child(el("th").attr("scope", "row").child(name.as_str())).child(el("td").class("sb-number").child(left))
    });
    let table = el("table")
        .class("sb-table")
        .child(el("caption").child(format!("{} left at the cursor", budget.unit)))
        .child(el("tbody").children(rows));
    el("details").child(el("summary").child("The budgets at the cursor as a table")).child(table)
}
