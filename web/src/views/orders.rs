//! In which order each process takes in the same things: a column for each, from top to bottom; a line joins the same thing in neighbouring
//! columns, and where two lines cross the two processes disagree.

use super::{HEAD_LINE, Look, Picture, grid};
use crate::scene::{Anchor, Dash, Mark, Role, Scene, Shape, mark};
use crate::text_width::{fit_bold_text, text_width};
use splitbrain::cast::NodeId;
use splitbrain::counted::counted;
use splitbrain::lab::Shows;
use splitbrain::lab::shows::Orders;

/// The panel's title.
pub const TITLE: &str = "Orders";

/// Things that several processes take in.
pub fn needs(shows: &Shows) -> bool {
    !shows.orders.is_empty()
}

/// The most rows that are drawn: the last that anybody has come to at the cursor.
const MAX_ROWS: usize = 12;
/// The most things of a process that are looked at.
const MAX_TAKEN: u16 = 4_000;
/// The most crossings that have a mark of their own.
const MAX_CROSSES: usize = 60;
/// Where columns begin, and the heights of their names and of a row, the box in a row, and the widest box.
const LEFT: f64 = 36.0;
const NAMES: f64 = 36.0;
const ROW: f64 = 26.0;
const BOX: f64 = 18.0;
const WIDEST: f64 = 76.0;

/// A thing that a process has taken in.
struct Taken {
    what: String,
    /// What it made of it, which may be nothing.
    made: String,
    record: u32,
}

/// A process and what it has taken in by the cursor, in its order.
struct Column {
    node: NodeId,
    taken: Vec<Taken>,
}

impl Column {
    /// Where it has taken that in, if it has: the first time.
    fn place(&self, what: &str) -> Option<usize> {
        self.taken.iter().position(|taken| taken.what == what)
    }
}

/// Two lines between neighbouring columns that cross: of the left column the places of what stands in both, the upper there first.
struct Crossing {
    left: usize,
    upper: (usize, usize),
    lower: (usize, usize),
}

/// The columns of a run, up to a record if there is one.
fn columns(look: &Look<'_>, orders: &Orders, upto: Option<u32>) -> Vec<Column> {
    let (trace, transcript) = (&look.outcome.trace, look.transcript());
    let told = |node: NodeId, index: u16| {
        let change = trace
            .history(node, orders.taken.at(index))
            .find(|change| upto.is_none_or(|upto| change.record <= upto))?;
        let made = orders.made.and_then(|made| trace.change_at(node, made.at(index), change.record));
        let made = made.map(|made| transcript.fact_words(&made.value)).unwrap_or_default();
        Some(Taken { what: transcript.fact_words(&change.value), made, record: change.record })
    };
    let nodes = look.outcome.cast.of(orders.sort);
    nodes
        .map(|node| Column { node, taken: (0..MAX_TAKEN).map_while(|index| told(node, index)).collect() })
        .collect()
}

/// Where lines cross, column by column.
fn crossings(columns: &[Column]) -> Vec<Crossing> {
    let mut all = Vec::new();
    for (left, pair) in columns.windows(2).enumerate() {
        let both = |(place, taken): (usize, &Taken)| {
            (pair[0].place(&taken.what) == Some(place)).then_some(())?;
            Some((place, pair[1].place(&taken.what)?))
        };
        let lines: Vec<(usize, usize)> = pair[0].taken.iter().enumerate().filter_map(both).collect();
        for (i, upper) in lines.iter().enumerate() {
            let crossed = lines[i + 1..].iter().filter(|lower| lower.1 < upper.1);
            all.extend(crossed.map(|lower| Crossing { left, upper: *upper, lower: *lower }));
        }
    }
    all
}

/// Where everything of one stream of things stands.
struct Plan<'a> {
    look: &'a Look<'a>,
    orders: &'a Orders,
    /// Begins the keys of its marks.
    key: String,
    columns: Vec<Column>,
    crossings: Vec<Crossing>,
    top: f64,
    wide: f64,
    boxed: f64,
    /// The first row that is drawn, and how many are.
    from: usize,
    rows: usize,
}

/// Draws the orders at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    if shows.orders.is_empty() {
        return grid::only_words(
            look,
            "orders",
            TITLE,
            "Nobody takes in the same things as others in this run.",
        );
    }
    let width = f64::from(look.width);
    let title = shows.orders.first().map_or(TITLE, |orders| orders.title);
    let mut scene = Scene::new(format!("{}-orders", look.id), width, 0.0, title);
    let words = "Lines join the same thing in neighbouring columns. Where two cross, two processes have it in different orders; where one ends, the neighbour has not taken it in, or not yet.";
    let legend = super::head(words, width, 4);
    let mut top = HEAD_LINE * legend.len() as f64 + 4.0;
    scene.marks.extend(legend);
    let mut sentences = Vec::new();
    for (number, orders) in shows.orders.iter().enumerate() {
        if shows.orders.len() > 1 {
            let words = Shape::text(6.0, top + 14.0, orders.title, Anchor::Start).bold();
            scene.push(mark(format!("title{number}"), Role::Ink, words));
            top += HEAD_LINE;
        }
        let plan = Plan::new(look, orders, number, top);
        scene.marks.extend(plan.draw());
        sentences.push(plan.words());
        top = plan.bottom() + 10.0;
    }
    scene.height = top;
    scene.describe(sentences.join(" ")).into()
}

impl<'a> Plan<'a> {
    fn new(look: &'a Look<'a>, orders: &'a Orders, number: usize, top: f64) -> Plan<'a> {
        let upto = look.cursor.record_id(&look.outcome.trace);
        // Nothing has happened before the first record.
        let all = columns(look, orders, None);
        let most = |columns: &[Column]| columns.iter().map(|column| column.taken.len()).max().unwrap_or(0);
        // Two runs beside each other have as many rows.
        let beside = look.other().map_or(0, |other| most(&columns(&other, orders, None)));
        let rows = most(&all).max(beside).clamp(1, MAX_ROWS);
        let mut columns = all;
        for column in &mut columns {
            column
                .taken
                .retain(|taken| upto.is_some_and(|upto| taken.record <= upto) && look.sees(column.node));
        }
        let crossings = crossings(&columns);
        let wide = (f64::from(look.width) - LEFT - 4.0) / columns.len().max(1) as f64;
        let boxed = (wide * 0.62).min(WIDEST);
        let from = most(&columns).saturating_sub(rows);
        Plan {
            look,
            orders,
            key: format!("o{number}-"),
            columns,
            crossings,
            top: top + NAMES,
            wide,
            boxed,
            from,
            rows,
        }
    }

    fn bottom(&self) -> f64 {
        self.top + ROW * self.rows as f64
    }

    /// The middle of a column.
    fn x(&self, column: usize) -> f64 {
        LEFT + self.wide * (column as f64 + 0.5)
    }

    /// The middle of a row.
    fn y(&self, place: usize) -> f64 {
        self.top + ROW * (place as f64 - self.from as f64 + 0.5)
    }

    fn draw(&self) -> Vec<Mark> {
        let mut marks = self.ground();
        for (i, _) in self.columns.iter().enumerate() {
            marks.extend(self.lines(i));
        }
        for (i, column) in self.columns.iter().enumerate() {
            let shown = column.taken.iter().enumerate().skip(self.from);
            marks.extend(shown.map(|(place, taken)| self.boxed(i, place, taken)));
        }
        marks.extend(self.crosses());
        marks
    }

    /// Names, lanes and the numbers of places.
    fn ground(&self) -> Vec<Mark> {
        let world = self.look.conditions().world;
        let mut marks = Vec::new();
        for (i, column) in self.columns.iter().enumerate() {
            let (x, name, key) = (self.x(i), self.look.name(column.node), &self.key);
            let lane = Shape::line((x, self.top - 2.0), (x, self.bottom()));
            marks.push(mark(format!("{key}lane{i}"), Role::Grid, lane));
            let words = Shape::text(x, self.top - 19.0, name.clone(), Anchor::Middle).sized(13.0).bold();
            marks.push(
                mark(format!("{key}name{i}"), Role::Ink, words)
                    .on_click(format!("focus node {name}"))
                    .title(name),
            );
            let is_down = self.look.eyes.is_none() && !world.is_up(column.node);
            if is_down && self.wide > text_width("down", 12.0) {
                let words = Shape::text(x, self.top - 6.0, "down", Anchor::Middle);
                marks.push(mark(format!("{key}down{i}"), Role::InkSoft, words));
            }
        }
        for row in 0..self.rows {
            let number = (self.from + row + 1).to_string();
            let words = Shape::text(LEFT - 4.0, self.y(self.from + row) + 4.5, number, Anchor::End);
            marks.push(mark(format!("{}row{row}", self.key), Role::InkSoft, words));
        }
        marks
    }

    /// The lines from a column to the next, and what ends on either side of it because a neighbour has not taken it in.
    fn lines(&self, column: usize) -> Vec<Mark> {
        let mut marks = Vec::new();
        let half = self.boxed / 2.0;
        let sees = |i: usize| self.columns.get(i).is_some_and(|column| self.look.sees(column.node));
        for (place, taken) in self.columns[column].taken.iter().enumerate().skip(self.from) {
            if self.columns[column].place(&taken.what) != Some(place) {
                continue;
            }
            let (x, y) = (self.x(column), self.y(place));
            let key = |side: &str| format!("{}{side}{column}-{place}", self.key);
            let stub = |side: f64| {
                let from = x + side * half;
                Shape::dashed((from, y), (from + side * (self.wide - self.boxed) * 0.4, y), Dash::Dotted)
            };
            if column > 0 && sees(column - 1) && self.columns[column - 1].place(&taken.what).is_none() {
                marks.push(mark(key("left"), Role::Axis, stub(-1.0)));
            }
            if !sees(column + 1) {
                continue;
            }
            let next = &self.columns[column + 1];
            match next.place(&taken.what) {
                None => marks.push(mark(key("right"), Role::Axis, stub(1.0))),
                Some(there) if there >= self.from => {
                    let line = Shape::line((x + half, y), (self.x(column + 1) - half, self.y(there)));
                    let crosses = |crossing: &Crossing| {
                        crossing.left == column && [crossing.upper.0, crossing.lower.0].contains(&place)
                    };
                    let role = if self.crossings.iter().any(crosses) { Role::Broken } else { Role::Link };
                    let records = [taken.record, next.taken[there].record];
                    marks.push(mark(key("line"), role, line).emphasis(self.look.emphasis(&records)));
                }
                Some(_) => {}
            }
        }
        marks
    }

    /// A thing in its place.
    fn boxed(&self, column: usize, place: usize, taken: &Taken) -> Mark {
        let (name, half) = (self.look.name(self.columns[column].node), self.boxed / 2.0);
        let mut parts = vec![mark("box", Role::Client, Shape::rect(-half, -BOX / 2.0, self.boxed, BOX, 4.0))];
        let both = format!("{}: {}", taken.what, taken.made);
        let whole = if taken.made.is_empty() { taken.what.clone() } else { both };
        let fits = fit_bold_text(&whole, 12.0, self.boxed - 6.0);
        let words = if fits == whole { whole } else { fit_bold_text(&taken.what, 12.0, self.boxed - 4.0) };
        if !words.is_empty() {
            parts.push(mark("words", Role::Ink, Shape::text(0.0, 4.5, words, Anchor::Middle).bold()));
        }
        let at = self.look.outcome.trace.get(taken.record).map_or(0, |record| record.at_us);
        let made = if taken.made.is_empty() { String::new() } else { format!(": {}", taken.made) };
        let title = format!(
            "{name} {} {}{made}, in place {}, at {}",
            self.orders.takes,
            taken.what,
            place + 1,
            self.look.moment(at)
        );
        mark(format!("{}{column}-{place}", self.key), Role::Client, Shape::Group(parts))
            .at(self.x(column), self.y(place))
            .title(title)
            .on_click(format!("goto record {}", taken.record))
            .emphasis(self.look.emphasis(&[taken.record]))
    }

    /// A mark where two lines cross.
    fn crosses(&self) -> Vec<Mark> {
        let seen = self.crossings.iter().filter(|crossing| {
            let Crossing { upper, lower, .. } = crossing;
            [upper.0, upper.1, lower.0, lower.1].iter().all(|place| *place >= self.from)
        });
        let drawn = |crossing: &Crossing| {
            let Crossing { left, upper, lower } = crossing;
            // How far apart the two are on the left, and, the other way round, on the right.
            let (before, after) = ((lower.0 - upper.0) as f64, (upper.1 - lower.1) as f64);
            let share = before / (before + after);
            let from = self.x(*left) + self.boxed / 2.0;
            let x = from + (self.wide - self.boxed) * share;
            let y = self.y(upper.0) + (self.y(upper.1) - self.y(upper.0)) * share;
            let key = format!("{}cross{left}-{}-{}", self.key, upper.0, lower.0);
            mark(key, Role::Broken, Shape::Cross { x, y, r: 4.0 }).title(self.disagreement(crossing))
        };
        seen.take(MAX_CROSSES).map(drawn).collect()
    }

    /// What a crossing says.
    fn disagreement(&self, crossing: &Crossing) -> String {
        let Crossing { left, upper, lower } = crossing;
        let (one, other) = (&self.columns[*left], &self.columns[left + 1]);
        let [first, second] = [upper.0, lower.0].map(|place| one.taken[place].what.as_str());
        let (me, them, takes) = (self.look.name(one.node), self.look.name(other.node), self.orders.takes);
        format!("{me} {takes} {first} before {second}, {them} {second} before {first}")
    }

    /// All of it, in words.
    fn words(&self) -> String {
        let told = |column: &Column| {
            let words: Vec<&str> = column.taken.iter().map(|taken| taken.what.as_str()).collect();
            let words = if words.is_empty() { "nothing yet".to_owned() } else { words.join(", ") };
            format!("{} {} {words}.", self.look.name(column.node), self.orders.takes)
        };
        let told: Vec<String> =
            self.columns.iter().filter(|column| self.look.sees(column.node)).map(told).collect();
        let crossed = counted(self.crossings.len() as u64, "crossing");
        format!("{}. {} {crossed} between neighbouring columns.", self.orders.title, told.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::lab::Detail;
    use splitbrain::labs::LABS;
    use splitbrain::trace::Cursor;

    /// What is drawn of a run at a time: the picture's words, and its crossings by the words on them.
    fn drawn(text: &str, at_us: u64) -> (String, Vec<String>) {
        let link = splitbrain::link::parse(text, LABS).link.unwrap();
        let lab = splitbrain::labs::find(link.scenario.lab).unwrap();
        let outcome = lab.run(&link.scenario, Detail::Full);
        let cursor = Cursor::at(&outcome.trace, at_us);
        let look = Look::plain(lab, &link.scenario, &outcome, cursor, 720);
        let scene = draw(&look).scene.unwrap();
        let crosses = scene.marks.iter().filter(|mark| mark.key.contains("cross"));
        (scene.description.clone(), crosses.filter_map(|mark| mark.title.clone()).collect())
    }

    const TWO: &str = "broadcast?load=two&gap=0ms&n=2&leg=10ms";

    #[test]
    fn two_that_each_deliver_their_own_first_cross() {
        let (words, crosses) = drawn(TWO, 100_000);
        assert_eq!(crosses, ["n1 delivers a1 before b1, n2 b1 before a1"]);
        assert!(
            words.ends_with(
                "n1 delivers a1, b1. n2 delivers b1, a1. 1 crossing between neighbouring columns."
            ),
            "{words}"
        );
    }

    #[test]
    fn what_the_cursor_has_not_come_to_is_not_there() {
        let (words, crosses) = drawn(TWO, 15_000);
        assert!(
            words.contains("n1 delivers a1. n2 delivers b1. 0 crossings") && crosses.is_empty(),
            "{words}"
        );
        assert!(drawn(TWO, 5_000).0.contains("n1 delivers nothing yet."));
    }

    #[test]
    fn one_order_does_not_cross() {
        let (words, crosses) = drawn("broadcast?total=on", 900_000);
        assert!(words.contains("0 crossings") && crosses.is_empty(), "{words}");
    }
}
