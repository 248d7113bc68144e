//! A picture as a value: marks that name what a thing is and where it stands, never a colour and never a pixel of text measuring.

pub use crate::role::Role;

/// A picture. Units are CSS pixels at the width it was laid out for (280, 360, 720 or 1,200), so that 12 px text stays 12 px.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Unique on the page: the title and description are found by it.
    pub id: String,
    /// Width in units.
    pub width: f64,
    /// Height in units.
    pub height: f64,
    /// The picture's name.
    pub title: String,
    /// One sentence that states what the picture shows now.
    pub description: String,
    /// Drawn in this order, later ones on top.
    pub marks: Vec<Mark>,
}

/// One thing in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Identity among its siblings: record, node or part. A mark that keeps its key is moved, not made again.
    pub key: String,
    /// What the thing is.
    pub role: Role,
    /// Its form, relative to `at`.
    pub shape: Shape,
    /// Where it stands; `(0, 0)` when the shape's own coordinates are the picture's.
    pub at: (f64, f64),
    /// Says what it is, on hover and to a screen reader.
    pub title: Option<String>,
    /// What is said when the reader clicks it or presses Enter on it; such a mark can be reached by keyboard.
    pub message: Option<String>,
    /// How it moves while the run plays.
    pub motion: Option<Motion>,
    /// Whether it is singled out or stepped back.
    pub emphasis: Emphasis,
}

/// A way from one place to another in virtual time: straight, or bent as links are that pass a card.
#[derive(Clone, Debug, PartialEq)]
pub struct Motion {
    /// Where it starts, the corners on its way, and where it ends.
    pub way: Vec<(f64, f64)>,
    /// When it starts, in microseconds of virtual time.
    pub start_us: u64,
    /// When it ends, in microseconds of virtual time.
    pub end_us: u64,
}

/// Singled out or stepped back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    /// As it is.
    #[default]
    Plain,
    /// Part of what is being pointed at.
    Lit,
    /// Not part of it.
    Dim,
}

/// The form of a mark; lengths are in the picture's units.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Shape {
    /// A disc.
    Circle { x: f64, y: f64, r: f64 },
    /// A box, with the radius of its corners.
    Rect { x: f64, y: f64, width: f64, height: f64, radius: f64 },
    /// A shaded stretch without an outline: a partition, a crash, a window of time.
    Band { x: f64, y: f64, width: f64, height: f64 },
    /// A straight line, with an arrowhead at its end if asked.
    Line { from: (f64, f64), to: (f64, f64), dash: Dash, arrow: bool },
    /// Straight lines drawn as one element, however many they are.
    Lines(Vec<[(f64, f64); 2]>),
    /// Nothing to see: makes a thin line easy to touch.
    Touch(Vec<(f64, f64)>),
    /// A line through points; when closed it is filled.
    Path { points: Vec<(f64, f64)>, curve: Curve, dash: Dash, closed: bool },
    /// Filled areas drawn as one element, by their outlines.
    Areas(Vec<Vec<(f64, f64)>>),
    /// One line of text; `y` is its baseline.
    Text { x: f64, y: f64, text: String, anchor: Anchor, size: f64, bold: bool, halo: bool },
    /// A saltire: what was lost or refused.
    Cross { x: f64, y: f64, r: f64 },
    /// A square on its corner.
    Diamond { x: f64, y: f64, r: f64 },
    /// A triangle, point up.
    Triangle { x: f64, y: f64, r: f64 },
    /// A square.
    Square { x: f64, y: f64, r: f64 },
    /// A crowd drawn as one element.
    Dots { points: Vec<(f64, f64)>, r: f64 },
    /// Several marks that move and act as one; each has its own role.
    Group(Vec<Mark>),
}

/// The stroke of a line: kinds differ by it, not by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
    DashDot,
}

impl Dash {
    /// The dash of the n-th series of a chart.
    pub fn nth(index: usize) -> Dash {
        [Dash::Solid, Dash::Dashed, Dash::DashDot, Dash::Dotted][index % 4]
    }
}

/// How a path goes from point to point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Curve {
    /// Straight.
    #[default]
    Straight,
    /// Level until the next point, then up or down.
    Step,
    /// Rounded through the points (Catmull-Rom).
    Smooth,
}

/// Which part of a text stands at its `x`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

impl Scene {
    /// An empty picture.
    pub fn new(id: impl Into<String>, width: f64, height: f64, title: impl Into<String>) -> Scene {
        let (id, title) = (id.into(), title.into());
        Scene { id, width, height, title, description: String::new(), marks: Vec::new() }
    }

    /// Says in one sentence what the picture shows now.
    pub fn describe(mut self, sentence: impl Into<String>) -> Scene {
        self.description = sentence.into();
        self
    }

    /// Adds a mark on top.
    pub fn push(&mut self, mark: Mark) {
        self.marks.push(mark);
    }
}

/// Makes a mark.
pub fn mark(key: impl Into<String>, role: Role, shape: Shape) -> Mark {
    Mark {
        key: key.into(),
        role,
        shape,
        at: (0.0, 0.0),
        title: None,
        message: None,
        motion: None,
        emphasis: Emphasis::Plain,
    }
}

impl Mark {
    /// Stands at a place: the shape's coordinates are relative to it.
    pub fn at(mut self, x: f64, y: f64) -> Mark {
        self.at = (x, y);
        self
    }

    /// Says what it is.
    pub fn title(mut self, title: impl Into<String>) -> Mark {
        self.title = Some(title.into());
        self
    }

    /// Says something when clicked, or when Enter is pressed on it. Give it a title too: it is read out.
    pub fn on_click(mut self, message: impl Into<String>) -> Mark {
        self.message = Some(message.into());
        self
    }

    /// Moves while the run plays; it stands where the motion has it at `now_us`.
    pub fn moving(mut self, motion: Motion, now_us: u64) -> Mark {
        self.at = motion.place(now_us);
        self.motion = Some(motion);
        self
    }

    /// Is singled out or steps back.
    pub fn emphasis(mut self, emphasis: Emphasis) -> Mark {
        self.emphasis = emphasis;
        self
    }
}

impl Motion {
    /// Where it is at a time: at its ends before and after.
    pub fn place(&self, now_us: u64) -> (f64, f64) {
        let span = self.end_us.saturating_sub(self.start_us);
        let gone = now_us.saturating_sub(self.start_us).min(span);
        let share = if span == 0 { 1.0 } else { gone as f64 / span as f64 };
        along(&self.way, share)
    }
}

/// A point of a way from corner to corner, by the share of its length that lies behind.
pub fn along(way: &[(f64, f64)], share: f64) -> (f64, f64) {
    let between =
        |a: (f64, f64), b: (f64, f64), share: f64| (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
    // What has no corner needs no length: roots are not the same to the last bit everywhere.
    if let [from, to] = way {
        return between(*from, *to, share);
    }
    let pieces = || {
        way.windows(2)
            .map(|ends| (ends[0], ends[1], libm::hypot(ends[1].0 - ends[0].0, ends[1].1 - ends[0].1)))
    };
    let mut left = share * pieces().map(|(_, _, length)| length).sum::<f64>();
    for (from, to, length) in pieces() {
        if left < length {
            return between(from, to, left / length);
        }
        left -= length;
    }
    way[way.len() - 1]
}

impl Shape {
    /// A disc.
    pub fn circle(x: f64, y: f64, r: f64) -> Shape {
        Shape::Circle { x, y, r }
    }

    /// A box with rounded corners.
    pub fn rect(x: f64, y: f64, width: f64, height: f64, radius: f64) -> Shape {
        Shape::Rect { x, y, width, height, radius }
    }

    /// A plain line.
    pub fn line(from: (f64, f64), to: (f64, f64)) -> Shape {
        Shape::Line { from, to, dash: Dash::Solid, arrow: false }
    }

    /// A line with an arrowhead at its end.
    pub fn arrow(from: (f64, f64), to: (f64, f64)) -> Shape {
        Shape::Line { from, to, dash: Dash::Solid, arrow: true }
    }

    /// A line that is dashed.
    pub fn dashed(from: (f64, f64), to: (f64, f64), dash: Dash) -> Shape {
        Shape::Line { from, to, dash, arrow: false }
    }

    /// Straight lines through points.
    pub fn path(points: Vec<(f64, f64)>) -> Shape {
        Shape::Path { points, curve: Curve::Straight, dash: Dash::Solid, closed: false }
    }

    /// A word at a place, 12 units high.
    pub fn text(x: f64, y: f64, text: impl Into<String>, anchor: Anchor) -> Shape {
        Shape::Text { x, y, text: text.into(), anchor, size: 12.0, bold: false, halo: false }
    }

    /// The same word at another size.
    pub fn sized(mut self, new: f64) -> Shape {
        if let Shape::Text { size, .. } = &mut self {
            *size = new;
        }
        self
    }

    /// The same word in bold.
    pub fn bold(mut self) -> Shape {
        if let Shape::Text { bold, .. } = &mut self {
            *bold = true;
        }
        self
    }

    /// The same word with a rim of paper, to be read across lines.
    pub fn halo(mut self) -> Shape {
        if let Shape::Text { halo, .. } = &mut self {
            *halo = true;
        }
        self
    }

    /// The mark of the n-th kind of thing: kinds differ by form as well as colour.
    pub fn nth(index: usize, x: f64, y: f64, r: f64) -> Shape {
        match index % 4 {
            0 => Shape::Circle { x, y, r },
            1 => Shape::Square { x, y, r },
            2 => Shape::Triangle { x, y, r },
            _ => Shape::Diamond { x, y, r },
        }
    }
}

/// Makes a mark of parts, at least one. One part alone needs no group around it: a picture has an element less.
pub fn joined(key: impl Into<String>, role: Role, mut parts: Vec<Mark>) -> Mark {
    match parts.len() {
        1 => Mark { key: key.into(), ..parts.remove(0) },
        _ => mark(key, role, Shape::Group(parts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motion_stays_within_its_ends() {
        let motion = Motion { way: vec![(0.0, 0.0), (10.0, 20.0)], start_us: 100, end_us: 200 };
        assert_eq!([50, 150, 900].map(|t| motion.place(t)), [(0.0, 0.0), (5.0, 10.0), (10.0, 20.0)]);
        let instant = Motion { end_us: 100, ..motion.clone() };
        assert_eq!(instant.place(100), (10.0, 20.0));
        let bent = Motion { way: vec![(0.0, 0.0), (0.0, 30.0), (10.0, 30.0)], ..motion };
        assert_eq!(
            [50, 150, 180, 900].map(|t| bent.place(t)),
            [(0.0, 0.0), (0.0, 20.0), (2.0, 30.0), (10.0, 30.0)]
        );
    }
}
