//! A cache's content: its entries in the order in which they go, the one that was asked for last, the one that was thrown out for it, the hand.

use super::{Look, Picture, grid};
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, fit_text, text_width};
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{FactId, Slots};
use splitbrain::trace::Fact;

/// The panel's title.
pub const TITLE: &str = "Content of the cache";

/// The most entries that are drawn.
const MOST: usize = 60;
const TOP: f64 = 44.0;
const CELL: f64 = 34.0;
const GAP: f64 = 4.0;
/// Room for the hand above a row.
const ROW: f64 = CELL + 14.0;

/// A cache that tells what it holds.
pub fn needs(shows: &Shows) -> bool {
    shows.slots.is_some()
}

/// An entry.
struct Entry {
    name: String,
    version: String,
    /// It was used since the hand last passed.
    used: bool,
    /// The store has a later version.
    old: bool,
}

/// What is seen of the cache at the cursor.
struct State {
    entries: Vec<Entry>,
    hand: String,
    looked: String,
    victim: String,
    down: bool,
}

/// Draws the content at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let Some(slots) = look.shows().slots.filter(|slots| look.sees(slots.node)) else {
        return grid::only_words(look, "slots", TITLE, "Nobody keeps a cache here.");
    };
    let state = state(look, &slots);
    let width = f64::from(look.width);
    let wide: f64 = if look.width < 360 { 40.0 } else { 46.0 };
    let columns = (((width - 12.0 + GAP) / (wide + GAP)) as usize).max(1);
    let places = (slots.size as usize).min(MOST).max(state.entries.len());
    let rows = places.div_ceil(columns).max(1);
    let height = TOP + 18.0 + rows as f64 * ROW + 24.0;
    let mut scene = Scene::new(format!("{}-slots", look.id), width, height, TITLE);
    scene.marks.extend(super::head(&format!("From the left: {}.", slots.order), width, 2));
    scene.marks.extend(last(&state, width));
    for place in 0..places {
        let at = (6.0 + (place % columns) as f64 * (wide + GAP), TOP + 26.0 + (place / columns) as f64 * ROW);
        scene.push(match state.entries.get(place) {
            Some(entry) => {
                let mut cell = cell(&state, entry, at, wide);
                // A key that is to be written may wait apart from its copy.
                if state.entries[..place].iter().any(|other| other.name == entry.name) {
                    cell.key.push_str("-apart");
                }
                cell
            }
            None => mark(format!("free{place}"), Role::Grid, Shape::rect(at.0, at.1, wide, CELL, 3.0)),
        });
    }
    let more = (slots.size as usize).saturating_sub(places);
    if more > 0 {
        let words = format!("{more} more slots are not drawn.");
        let shape = Shape::text(6.0, height - 6.0, fit_text(&words, 12.0, width - 12.0), Anchor::Start);
        scene.push(mark("more", Role::InkSoft, shape));
    }
    scene.describe(describe(look, &slots, &state)).into()
}

fn state(look: &Look<'_>, slots: &Slots) -> State {
    let trace = &look.outcome.trace;
    let record = look.cursor.record_id(trace);
    let words = |id: FactId| match record.and_then(|record| trace.fact_at(slots.node, id.key(), record)) {
        Some(Fact::Text(words)) => words.to_string(),
        _ => String::new(),
    };
    let stored = |key: &str| {
        let fact = record
            .zip(key.parse().ok())
            .and_then(|(record, key)| trace.fact_at(slots.store, slots.version.at(key), record));
        match fact {
            Some(Fact::Int(version)) => *version,
            _ => 0,
        }
    };
    let entry = |words: &str| {
        let (shown, key) = words.split_once('|').unwrap_or((words, ""));
        let mut parts = shown.split(' ');
        let (name, version) = (parts.next().unwrap_or("").to_owned(), parts.next().unwrap_or("").to_owned());
        let number: Option<i64> = version.strip_prefix('v').and_then(|number| number.parse().ok());
        let old = number.is_none_or(|number| number < stored(key));
        Entry { name, version, used: parts.next().is_some(), old }
    };
    let down = look.conditions().world.down.contains_key(&slots.node);
    let content = record.map_or(Vec::new(), |record| trace.list_at(slots.node, slots.content.key(), record));
    State {
        entries: if down {
            Vec::new()
        } else {
            content.iter().take(MOST).map(|words| entry(words)).collect()
        },
        hand: slots.hand.map(words).unwrap_or_default(),
        looked: words(slots.looked),
        victim: words(slots.victim),
        down,
    }
}

/// What the last request came to, in a line under the head.
fn last(state: &State, width: f64) -> Vec<Mark> {
    let (what, name) = state.looked.split_once(' ').unwrap_or(("", ""));
    let words = match what {
        _ if state.down => "The cache is down.".to_owned(),
        "hit" => format!("{name}: a hit"),
        "miss" if state.victim.is_empty() => format!("{name}: a miss"),
        "miss" => format!("{name}: a miss; {} goes for it", state.victim),
        _ => return Vec::new(),
    };
    let shape = Shape::text(6.0, TOP + 6.0, fit_text(&words, 12.0, width - 12.0), Anchor::Start).bold();
    vec![mark("last", Role::Ink, shape)]
}

/// An entry: its name and version, lit where it was asked for last, dashed where the store has a later one.
fn cell(state: &State, entry: &Entry, (x, y): (f64, f64), wide: f64) -> Mark {
    let Entry { name, version, used, old } = entry;
    let asked = state.looked.split_once(' ').filter(|(_, asked)| asked == name);
    let role = match (asked, old) {
        (Some(("hit", _)), _) => Role::Kept,
        (_, true) => Role::Broken,
        (Some(_), _) => Role::Accent,
        _ => Role::InkSoft,
    };
    let dash = if *old { Dash::Dashed } else { Dash::Solid };
    let points = vec![(x, y), (x + wide, y), (x + wide, y + CELL), (x, y + CELL), (x, y)];
    let mut parts = vec![
        mark("paper", Role::Paper, Shape::rect(x, y, wide, CELL, 0.0)),
        mark("rim", role, Shape::Path { points, curve: Curve::Straight, dash, closed: false }),
    ];
    if asked.is_some() {
        parts.push(mark("bar", role, Shape::Band { x, y: y + CELL - 4.0, width: wide, height: 4.0 }));
    }
    let middle = x + wide / 2.0;
    let dot = if *used { 9.0 } else { 0.0 };
    if bold_text_width(name, 12.0) + dot <= wide - 2.0 {
        parts.push(mark(
            "name",
            Role::Ink,
            Shape::text(middle - dot / 2.0, y + 13.0, name.as_str(), Anchor::Middle).bold(),
        ));
    }
    if *used {
        parts.push(mark("used", Role::Accent, Shape::Circle { x: x + wide - 6.0, y: y + 8.0, r: 3.0 }));
    }
    if text_width(version, 12.0) <= wide - 2.0 {
        parts.push(mark(
            "version",
            Role::InkSoft,
            Shape::text(middle, y + 27.0, version.as_str(), Anchor::Middle),
        ));
    }
    if state.hand == *name {
        let at = [(middle - 5.0, y - 10.0), (middle + 5.0, y - 10.0), (middle, y - 2.0)];
        let shape =
            Shape::Path { points: at.to_vec(), curve: Curve::Straight, dash: Dash::Solid, closed: true };
        parts.push(mark("hand", Role::Accent, shape));
    }
    let mut title = format!("{name}, version {}", version.trim_start_matches('v'));
    for (is, words) in [
        (*used, "used lately"),
        (*old, "the store has a later one"),
        (state.hand == *name, "the hand stands here"),
    ] {
        if is {
            title.push_str(&format!("; {words}"));
        }
    }
    mark(format!("slot-{name}"), role, Shape::Group(parts)).title(title)
}

fn describe(look: &Look<'_>, slots: &Slots, state: &State) -> String {
    let name = look.name(slots.node);
    if state.down {
        return format!("At {} {name} is down.", look.moment(look.cursor.at_us));
    }
    let old = state.entries.iter().filter(|entry| entry.old).count();
    let first: Vec<&str> = state.entries.iter().take(3).map(|entry| entry.name.as_str()).collect();
    let goes = if first.is_empty() { String::new() } else { format!("; from the left {}", first.join(", ")) };
    format!(
        "At {} of {name}'s {} slots {} with an entry are drawn{goes}; {old} of these are older than what the store has. Last: {}.",
        look.moment(look.cursor.at_us),
        slots.size,
        state.entries.len(),
        if state.looked.is_empty() { "nothing" } else { &state.looked }
    )
}
