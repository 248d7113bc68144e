//! Who takes whom for what: a row for each observer, a column for each of whom something is thought, and above them what is true. Cells that are wrong
//! are hatched; a strip below says how many were, over the run.

mod known;

use super::legend::{self, Sign, hatch};
use super::stretch::Stretch;
use super::{Look, Picture, grid};
use crate::scene::{Anchor, Mark, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, text_width};
use known::{Cell, History, Known, Row};
use splitbrain::cast::NodeId;
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{Beliefs, Tells, Tone, Truth};

/// An area, by its corners.
type Outline = Vec<(f64, f64)>;

/// The panel's title.
pub const TITLE: &str = "Who believes what";

/// Something that nodes take each other for.
pub fn needs(shows: &Shows) -> bool {
    shows.beliefs.is_some()
}

/// The most nodes that have a row or a column.
const MAX_NODES: usize = 100;
/// From so many on all cells of a kind are one mark.
const MANY: usize = 30;
/// The most observers of whom the description tells.
const MAX_TOLD: usize = 12;
const LEFT: f64 = 44.0;
/// The height of a row and its box, and the widest cell.
const ROW: f64 = 20.0;
const WIDEST: f64 = 34.0;
/// The least height of a cell where there are many, and of a row whose name is written.
const LEAST: f64 = 4.0;
const NAMED: f64 = 15.0;
/// The height of the strip.
const STRIP: f64 = 30.0;

/// What is true of somebody.
const TRUE: Role = Role::NodeUp;

/// Where everything stands.
struct Plan<'a> {
    look: &'a Look<'a>,
    beliefs: &'a Beliefs,
    now: &'a Known,
    top: f64,
    wide: f64,
    high: f64,
    many: bool,
}

/// Draws the matrix at the cursor, and the strip over the run.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    let Some(beliefs) = &shows.beliefs else {
        return grid::only_words(look, "beliefs", TITLE, "Nobody takes anybody for anything in this run.");
    };
    let width = f64::from(look.width);
    let history = History::of(look, beliefs, MAX_NODES);
    let now = &history.now;
    let count = now.subjects.len().max(1);
    let many = count.max(now.rows.len()) >= MANY;
    let wide = ((width - LEFT - 8.0) / count as f64).min(WIDEST);
    let high = if many { wide.clamp(LEAST, ROW) } else { ROW };
    let (legend, top) = legend::draw(entries(beliefs, look.eyes.is_some()), width);
    let plan = Plan { look, beliefs, now, top: top + 18.0, wide, high, many };
    let mut scene = Scene::new(format!("{}-beliefs", look.id), width, 0.0, beliefs.title);
    scene.marks.extend(legend);
    scene.marks.extend(plan.ground());
    if look.eyes.is_none() {
        scene.marks.extend(plan.truth());
    }
    scene.marks.extend(if many { plan.crowd() } else { plan.cells() });
    let mut bottom = plan.y(now.rows.len()) + 8.0;
    if look.eyes.is_none() {
        // No node can know what is true.
        let other = look.other().map_or(0, |other| History::of(&other, beliefs, MAX_NODES).most());
        scene.marks.extend(strip(look, &history, history.most().max(other), bottom));
        bottom += 20.0 + STRIP + 26.0;
    }
    scene.height = bottom;
    scene.describe(plan.words(&history)).into()
}

/// The signs of the legend, without what is true where that is not to be seen.
fn entries(beliefs: &Beliefs, eyes: bool) -> Vec<(Sign, String)> {
    let mut entries = Vec::new();
    for observers in &beliefs.observers {
        match observers.tells {
            Tells::One(_, about) | Tells::Itself(_, _, about) => {
                entries.push((Sign::Box(Role::NodeLead), about.to_owned()));
            }
            Tells::Each(_, words) => {
                entries.extend(words.iter().map(|word| (sign_of(word.tone), word.about.to_owned())));
            }
        }
    }
    entries.dedup_by(|one, other| one.1 == other.1);
    if !eyes {
        entries.insert(0, (Sign::Box(TRUE), beliefs.about.to_owned()));
        entries.push((Sign::Hatch, "wrong".to_owned()));
    }
    entries
}

/// How something that a subject is taken for looks in a legend.
fn sign_of(tone: Tone) -> Sign {
    match tone {
        Tone::Leads => Sign::Box(tone.into()),
        Tone::Well => Sign::Mark(tone.into(), |x, y| Shape::circle(x, y, 4.0)),
        Tone::Between => Sign::Mark(tone.into(), |x, y| Shape::Triangle { x, y, r: 5.0 }),
        Tone::Out => Sign::Mark(tone.into(), |x, y| Shape::Cross { x, y, r: 4.0 }),
    }
}

/// How that looks, in a cell of that height and so wide, with its middle there.
fn shape_of(tone: Tone, (x, y): (f64, f64), (wide, high): (f64, f64)) -> Shape {
    let r = (wide.min(high) / 2.0 - 2.0).clamp(1.0, 5.0);
    match tone {
        Tone::Leads => Shape::rect(x - wide / 2.0 + 2.0, y - high / 2.0 + 2.0, wide - 4.0, high - 4.0, 2.0),
        Tone::Well => Shape::circle(x, y, r),
        Tone::Between => Shape::Triangle { x, y, r },
        Tone::Out => Shape::Cross { x, y, r },
    }
}

/// What a cell says, and how it looks.
fn said(row: &Row, cell: &Cell) -> (&'static str, Tone) {
    match row.tells {
        Tells::One(_, about) | Tells::Itself(_, _, about) => (about, Tone::Leads),
        Tells::Each(_, words) => words.get(cell.word).map_or(("", Tone::Out), |word| (word.about, word.tone)),
    }
}

impl Plan<'_> {
    /// The upper edge of a row; that of what is true is above the first.
    fn y(&self, row: usize) -> f64 {
        let above = if self.look.eyes.is_some() { 0.0 } else { ROW + 6.0 };
        self.top + above + self.high * row as f64
    }

    /// The left edge of a column.
    fn x(&self, column: usize) -> f64 {
        LEFT + self.wide * column as f64
    }

    fn right(&self) -> f64 {
        self.x(self.now.subjects.len())
    }

    /// Names, of many only some, and the lines between cells.
    fn ground(&self) -> Vec<Mark> {
        let (look, now) = (self.look, self.now);
        let mut marks = Vec::new();
        let name = |node: &NodeId| look.name(*node);
        let widest =
            now.subjects.iter().map(|node| bold_text_width(&name(node), 13.0)).fold(0.0, f64::max) + 6.0;
        let every = (widest / self.wide).ceil().max(1.0) as usize;
        for (i, node) in now.subjects.iter().enumerate().step_by(every) {
            let x = self.x(i) + self.wide / 2.0;
            let words = Shape::text(x, self.top - 5.0, name(node), Anchor::Middle).sized(13.0).bold();
            marks.push(mark(format!("column{}", node.0), Role::Ink, words));
        }
        let every = (NAMED / self.high).ceil().max(1.0) as usize;
        for (i, row) in now.rows.iter().enumerate().step_by(every) {
            let y = self.y(i) + self.high / 2.0 + 4.5;
            let words = Shape::text(LEFT - 8.0, y, name(&row.node), Anchor::End).sized(13.0).bold();
            marks.push(mark(format!("row{i}"), Role::Ink, words));
        }
        let (first, last) = (self.y(0), self.y(now.rows.len()));
        let across = (0..=now.rows.len()).map(|row| [(LEFT, self.y(row)), (self.right(), self.y(row))]);
        let down = (0..=now.subjects.len()).map(|column| [(self.x(column), first), (self.x(column), last)]);
        marks.push(mark("lines", Role::Grid, Shape::Lines(across.chain(down).collect())));
        marks
    }

    /// What is true, above the rows.
    fn truth(&self) -> Vec<Mark> {
        let middle = self.top + ROW / 2.0;
        let words = Shape::text(LEFT - 8.0, middle + 4.0, "truth", Anchor::End);
        let mut marks = vec![mark("truth", Role::InkSoft, words)];
        let mut drawn = [Vec::new(), Vec::new()];
        for (i, node) in self.now.subjects.iter().enumerate() {
            let at = (self.x(i) + self.wide / 2.0, middle);
            let is_true = match self.beliefs.truth {
                Truth::Up(_) => self.now.up[i],
                _ => self.now.one == Some(i),
            };
            let (role, tone, words) = match (is_true, self.now.up[i]) {
                (true, _) => (TRUE, Tone::Leads, self.beliefs.about),
                (false, false) => (Role::NodeDown, Tone::Out, "is down"),
                (false, true) => continue,
            };
            if self.many {
                drawn[usize::from(!is_true)].push(self.square(at.0, middle, ROW));
                continue;
            }
            let shape = shape_of(tone, at, (self.wide, ROW));
            let title = format!("{} {words}", self.look.name(*node));
            marks.push(mark(format!("true{}", node.0), role, shape).title(title));
        }
        for (role, squares) in [TRUE, Role::NodeDown].into_iter().zip(drawn).filter(|(_, of)| !of.is_empty())
        {
            marks.push(mark(format!("true-{}", role.name()), role, Shape::Areas(squares)));
        }
        marks
    }

    /// The outline of a cell of many.
    fn square(&self, x: f64, y: f64, high: f64) -> Vec<(f64, f64)> {
        let (w, h) = (self.wide * 0.4, high * 0.4);
        vec![(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)]
    }

    /// All cells that say something, with the places of their rows and columns.
    fn each(&self) -> impl Iterator<Item = (usize, usize, &Row, &Cell)> {
        self.now.rows.iter().enumerate().flat_map(|(i, row)| {
            let cells = row.cells.iter().enumerate();
            cells.filter_map(move |(j, cell)| cell.as_ref().map(|cell| (i, j, row, cell)))
        })
    }

    /// A mark for each cell, and for each row of who is down.
    fn cells(&self) -> Vec<Mark> {
        let look = self.look;
        let mut marks: Vec<Mark> = self.down().collect();
        for (i, j, row, cell) in self.each() {
            let (about, tone) = said(row, cell);
            let (x, y) = (self.x(j), self.y(i));
            let at = (x + self.wide / 2.0, y + self.high / 2.0);
            let mut parts = vec![mark("is", tone.into(), shape_of(tone, at, (self.wide, self.high)))];
            let wrong = cell.wrong && look.eyes.is_none();
            if wrong {
                let lines = hatch(x + 2.0, x + self.wide - 2.0, y + 4.0, y + self.high - 4.0);
                parts.push(mark("wrong", Role::Broken, Shape::Lines(lines)));
            }
            let subject = self.now.subjects[j];
            let of = if subject == row.node { "itself".to_owned() } else { look.name(subject) };
            let wrong = if wrong { "; that is wrong" } else { "" };
            let title = format!(
                "{} of {of}: {about}, since {}{wrong}",
                look.name(row.node),
                look.moment(cell.since_us)
            );
            let cell_mark = mark(format!("cell{i}-{j}"), tone.into(), Shape::Group(parts)).title(title);
            marks.push(
                cell_mark
                    .emphasis(look.emphasis(&[cell.record]))
                    .on_click(format!("goto record {}", cell.record)),
            );
        }
        marks
    }

    fn down(&self) -> impl Iterator<Item = Mark> {
        let down = self.now.rows.iter().enumerate().filter(|(_, row)| row.is_down);
        down.map(|(i, row)| {
            let (y, room) = (self.y(i), self.right() - LEFT);
            let bar = Shape::rect(LEFT + 3.0, y + self.high * 0.25, room - 6.0, self.high * 0.5, 2.0);
            let mut parts = vec![mark("bar", Role::NodeDown, bar)];
            if room > text_width("down", 12.0) + 20.0 && self.high >= NAMED {
                let words = Shape::text(LEFT + room / 2.0, y + self.high / 2.0 + 4.0, "down", Anchor::Middle);
                parts.push(mark("words", Role::Ink, words.halo()));
            }
            let title = format!("{} is down", self.look.name(row.node));
            mark(format!("down{i}"), Role::NodeDown, Shape::Group(parts)).title(title)
        })
    }

    /// One mark for all cells that look alike.
    fn crowd(&self) -> Vec<Mark> {
        let mut of_each: Vec<(Role, Vec<Outline>)> = Vec::new();
        let mut strokes = Vec::new();
        for (i, j, row, cell) in self.each() {
            let (x, y) = (self.x(j) + self.wide / 2.0, self.y(i) + self.high / 2.0);
            let square = self.square(x, y, self.high);
            let role = said(row, cell).1.into();
            match of_each.iter_mut().find(|(known, _)| *known == role) {
                Some((_, squares)) => squares.push(square),
                None => of_each.push((role, vec![square])),
            }
            if cell.wrong && self.look.eyes.is_none() {
                let (w, h) = (self.wide / 2.0, self.high / 2.0);
                strokes.push([(x - w, y + h), (x + w, y - h)]);
            }
        }
        let alike = of_each
            .into_iter()
            .map(|(role, squares)| mark(format!("all-{}", role.name()), role, Shape::Areas(squares)));
        let mut marks: Vec<Mark> = self.down().chain(alike).collect();
        if !strokes.is_empty() {
            marks.push(mark("all-wrong", Role::Broken, Shape::Lines(strokes)));
        }
        marks
    }

    /// What everybody thinks at the cursor.
    fn words(&self, history: &History) -> String {
        let look = self.look;
        let of = |row: &Row| {
            if row.is_down {
                return format!("{} is down", look.name(row.node));
            }
            let cells = row.cells.iter().zip(&self.now.subjects);
            let told = cells.filter_map(|(cell, subject)| {
                let cell = cell.as_ref()?;
                let wrong = if cell.wrong && look.eyes.is_none() { " (wrong)" } else { "" };
                Some(format!("{}: {}{wrong}", look.name(*subject), said(row, cell).0))
            });
            let told: Vec<String> = told.take(MAX_TOLD).collect();
            let told = if told.is_empty() { "nothing".to_owned() } else { told.join(", ") };
            format!("{} thinks of {told}", look.name(row.node)).replace("thinks of nothing", "thinks nothing")
        };
        let rows: Vec<String> = self.now.rows.iter().take(MAX_TOLD).map(of).collect();
        let rows = if rows.is_empty() { "nobody thinks anything".to_owned() } else { rows.join("; ") };
        let truth = match (look.eyes, self.now.one) {
            (None, Some(one)) => {
                format!(" In truth {} {}.", look.name(self.now.subjects[one]), self.beliefs.about)
            }
            (None, None) if !matches!(self.beliefs.truth, Truth::Up(_)) => {
                format!(" In truth nobody {}.", self.beliefs.about)
            }
            _ => String::new(),
        };
        let wrong = match look.eyes {
            None => format!(
                " {} wrong, at most {} in the run.",
                match self.now.wrong() {
                    1 => "One cell is".to_owned(),
                    wrong => format!("{wrong} cells are"),
                },
                history.most()
            ),
            Some(_) => String::new(),
        };
        format!("{}. At {}: {rows}.{truth}{wrong}", self.beliefs.title, look.moment(look.cursor.at_us))
    }
}

/// How many cells were wrong, over the run.
fn strip(look: &Look<'_>, history: &History, most: usize, y: f64) -> Vec<Mark> {
    let stretch = Stretch::whole(look, LEFT);
    let (now, top) = (history.now.wrong(), y + 20.0);
    let head = format!("Wrong at once: {now} now, at most {} in the run.", history.most());
    let mut marks = vec![mark("head", Role::InkSoft, Shape::text(6.0, y + 11.0, head, Anchor::Start))];
    let (scale, base) = (most.max(1) as f64, top + STRIP);
    // A column of a unit of width each, so that a short moment is seen, and many cost no more.
    let mut columns = vec![0; (stretch.right - stretch.left).ceil().max(1.0) as usize];
    for (i, (at_us, wrong)) in history.steps.iter().enumerate().filter(|(_, (_, wrong))| *wrong > 0) {
        let to_us = history.steps.get(i + 1).map_or(look.outcome.ended_us, |(next_us, _)| *next_us);
        let place = |at_us: u64| (stretch.x(at_us) - stretch.left) as usize;
        let last = columns.len() - 1;
        for column in &mut columns[place(*at_us).min(last)..=place(to_us).min(last)] {
            *column = (*column).max(*wrong);
        }
    }
    let mut areas: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut from = 0;
    while from < columns.len() {
        let same = columns[from..].iter().take_while(|wrong| **wrong == columns[from]).count();
        if columns[from] > 0 {
            let (left, right) = (stretch.left + from as f64, stretch.left + (from + same) as f64);
            let upper = base - STRIP * columns[from] as f64 / scale;
            areas.push(vec![(left, base), (left, upper), (right, upper), (right, base)]);
        }
        from += same;
    }
    let frame = [[(stretch.left, top), (stretch.right, top)], [(stretch.left, base), (stretch.right, base)]];
    marks.push(mark("frame", Role::Grid, Shape::Lines(frame.into())));
    if !areas.is_empty() {
        marks.push(mark("wrong", Role::OpFailed, Shape::Areas(areas)));
    }
    let label = |key: &str, y: f64, n: usize| {
        mark(key.to_owned(), Role::InkSoft, Shape::text(LEFT - 8.0, y, n.to_string(), Anchor::End))
    };
    marks.extend([label("most", top + 8.0, most.max(1)), label("none", base, 0)]);
    marks.extend(stretch.axis(look, top, base));
    marks
}

#[cfg(test)]
mod tests;
