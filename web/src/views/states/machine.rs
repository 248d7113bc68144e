//! The machine's picture: states as boxes where the lab has them, or else in two columns, and the ways between them with how often each was taken.

use super::super::Look;
use super::{Shown, countdown};
use crate::scene::{Anchor, Emphasis, Mark, Role, Shape, mark};
use crate::text_width::{fit_bold_text, fit_text, text_width};
use splitbrain::cast::NodeId;
use splitbrain::lab::shows::{Arm, MachineState, Way};

/// The paper for which a lab gives places.
const PAPER: (f64, f64) = (344.0, 268.0);
const HEIGHT: f64 = 78.0;
/// The most rows of dots in a state.
const DOT_ROWS: usize = 4;
/// The widest that a machine is drawn where the view finds the places, and the widest box.
const WIDEST: f64 = 480.0;
const WIDEST_BOX: f64 = 122.0;
/// From the top of a box to that of the next below, in a column.
const STEP: f64 = HEIGHT + 38.0;
/// Up to so many nodes are named in the boxes, where there is room.
const MAX_NAMED: usize = 12;

/// The machine as marks.
pub struct Drawn {
    /// What is drawn.
    pub marks: Vec<Mark>,
    /// Units from its left edge to that of the picture.
    pub left: f64,
    /// Units from top to bottom.
    pub height: f64,
    /// Whether nodes stand in it by their names, or else as dots.
    pub names: bool,
}

impl Drawn {
    /// Draws it at the cursor, with the nodes that are in each state.
    pub fn of(look: &Look<'_>, shown: &Shown<'_>, crowd: &[Vec<NodeId>], width: f64) -> Drawn {
        let plan = Plan::of(&shown.machine.states, width);
        let last = shown.last().and_then(|last| shown.way(last));
        let ways = shown.ways.iter().enumerate();
        let mut marks: Vec<Mark> = ways
            .map(|(i, (way, taken))| {
                arrow(&shown.machine.states, i, *way, *taken, last == Some(i), plan.arm(way, &shown.ways))
            })
            .collect();
        let named = |nodes: &Vec<NodeId>| nodes.iter().map(|node| look.name(*node)).collect::<Vec<_>>().join(" ");
        let few = plan.declared.is_none() && crowd.iter().map(Vec::len).sum::<usize>() <= MAX_NAMED;
        let named: Vec<String> = if few { crowd.iter().map(named).collect() } else { Vec::new() };
        let names = few && named.iter().all(|names| text_width(names, 12.0) < plan.wide - 12.0);
        for (i, nodes) in crowd.iter().enumerate() {
            let who = if names { Who::Names(&named[i]) } else { Who::Dots(nodes.len()) };
            marks.push(state(look, shown, i, who, &plan));
        }
        Drawn { marks, left: plan.left, height: plan.height, names }
    }
}

/// Who is in a state.
enum Who<'a> {
    /// These.
    Names(&'a str),
    /// So many.
    Dots(usize),
}

/// Where the boxes are: left and top of each, their width, and how much the paper is pressed across.
pub(super) struct Plan {
    places: Vec<(f64, f64)>,
    wide: f64,
    left: f64,
    height: f64,
    /// As declared, from this offset at this scale.
    declared: Option<(f64, f64)>,
}

impl Plan {
    /// For states on a picture so wide.
    pub(super) fn of(states: &[MachineState], width: f64) -> Plan {
        let declared: Vec<(f64, f64)> = states.iter().filter_map(|state| state.at).collect();
        if declared.len() == states.len() {
            // Pressed where there is little room.
            let (offset, scale, wide) =
                if width < 340.0 { (1.5, 0.79, 104.0) } else { (0.0, 1.0, WIDEST_BOX) };
            let places = declared.iter().map(|(x, y)| (offset + scale * x - wide / 2.0, *y)).collect();
            let left = ((width - PAPER.0) / 2.0).max(0.0);
            return Plan { places, wide, left, height: PAPER.1, declared: Some((offset, scale)) };
        }
        // Clockwise: the first above on the left, then down on the right, and up again on the left.
        let (on_right, n) = (states.len().div_ceil(2), states.len());
        let paper = (width - 16.0).min(WIDEST);
        let wide = WIDEST_BOX.min((paper - 72.0) / 2.0);
        let place = |i: usize| match i {
            0 => (0.0, 0),
            i if i <= on_right => (paper - wide, i - 1),
            i => (0.0, n - i),
        };
        let places = (0..n).map(place).map(|(x, row)| (x, 8.0 + STEP * row as f64)).collect();
        let height = 8.0 + STEP * on_right.max(1) as f64 - (STEP - HEIGHT) + 12.0;
        Plan { places, wide, left: (width - paper) / 2.0, height, declared: None }
    }

    /// The middle of a box.
    fn middle(&self, i: usize) -> (f64, f64) {
        (self.places[i].0 + self.wide / 2.0, self.places[i].1 + HEIGHT / 2.0)
    }

    /// Where a way lies, among all that there are.
    pub(super) fn arm(&self, way: &Way, all: &[(Way, usize)]) -> (Vec<(f64, f64)>, (f64, f64), Anchor) {
        if let (Some(Arm { start, end, count, side }), Some((offset, scale))) = (way.arm, self.declared) {
            let [start, end, count] = [start, end, count].map(|(x, y)| (offset + scale * x, y));
            let anchor = match side {
                ..0 => Anchor::End,
                0 => Anchor::Middle,
                1.. => Anchor::Start,
            };
            return (vec![start, end], count, anchor);
        }
        let (from, to) = (self.middle(way.from), self.middle(way.to));
        // Two that go to and fro pass each other on the right.
        let both = all.iter().any(|(other, _)| (other.from, other.to) == (way.to, way.from));
        let aside = if both { 9.0 } else { 0.0 };
        let half = self.wide / 2.0;
        if (from.0 - to.0).abs() > 1.0 {
            let ahead = (to.0 - from.0).signum();
            let start = (from.0 + ahead * (half + 6.0), from.1 + ahead * aside);
            let end = (to.0 - ahead * (half + 6.0), to.1 + ahead * aside);
            let at = |share: f64| (start.0 + (end.0 - start.0) * share, start.1 + (end.1 - start.1) * share);
            let (x, y) = at(0.3);
            return (vec![start, end], (x, y - 5.0), Anchor::Middle);
        }
        let down = (to.1 - from.1).signum();
        if (to.1 - from.1).abs() < STEP + 1.0 {
            let x = from.0 - down * aside;
            let (start, end) =
                ((x, from.1 + down * (HEIGHT / 2.0 + 6.0)), (x, to.1 - down * (HEIGHT / 2.0 + 6.0)));
            let middle = (start.1 + end.1) / 2.0 + 4.5;
            let (x, anchor) = if down > 0.0 && both { (x - 5.0, Anchor::End) } else { (x + 5.0, Anchor::Start) };
            return (vec![start, end], (x, middle), anchor);
        }
        // Past the boxes between, on the side of the other column.
        let inward = if self.places[way.from].0 > 1.0 { -1.0 } else { 1.0 };
        let (edge, bow) = (from.0 + inward * (half + 4.0), from.0 + inward * (half + 20.0 + aside));
        let (y0, y1) = (from.1 + down * 14.0, to.1 - down * 14.0);
        let anchor = if inward > 0.0 { Anchor::Start } else { Anchor::End };
        let points = vec![(edge, y0), (bow, y0 + down * 16.0), (bow, y1 - down * 16.0), (edge, y1)];
        (points, (bow + inward * 5.0, (y0 + y1) / 2.0 + 4.5), anchor)
    }
}

/// A state: lit where the machine is in it, with who else is.
fn state(look: &Look<'_>, shown: &Shown<'_>, i: usize, who: Who<'_>, plan: &Plan) -> Mark {
    let MachineState { word, about, tone, .. } = shown.machine.states[i];
    let (width, height) = (plan.wide, HEIGHT);
    let lit = word == shown.now();
    let role = if lit { tone.into() } else { Role::Client };
    let mut parts = Vec::new();
    if lit {
        // A second rim: the live state is seen without colour.
        parts.push(mark("rim", Role::Ink, Shape::rect(-4.0, -4.0, width + 8.0, height + 8.0, 12.0)));
        parts.push(mark("gap", Role::Paper, Shape::rect(-2.0, -2.0, width + 4.0, height + 4.0, 10.0)));
    }
    parts.push(mark("box", role, Shape::rect(0.0, 0.0, width, height, 8.0)));
    let shape = Shape::text(width / 2.0, 19.0, fit_bold_text(word, 14.0, width - 8.0), Anchor::Middle);
    parts.push(mark("word", Role::Ink, shape.sized(14.0).bold()));
    let below = lit.then(|| countdown(look, shown, i)).flatten().unwrap_or_else(|| about.to_owned());
    let shape = Shape::text(width / 2.0, 36.0, fit_text(&below, 12.0, width - 4.0), Anchor::Middle);
    parts.push(mark("about", Role::InkSoft, shape));
    match who {
        Who::Names("") | Who::Dots(0) => {}
        Who::Names(names) => {
            parts.push(mark("crowd", Role::Ink, Shape::text(width / 2.0, 58.0, names, Anchor::Middle)));
        }
        Who::Dots(many) => {
            let row = ((width - 17.0) / 7.0) as usize;
            let each = many.div_ceil(DOT_ROWS * row).max(1);
            let dot = |n: usize| (12.0 + 7.0 * (n % row) as f64, 47.0 + 7.0 * (n / row) as f64);
            let points = (0..many.div_ceil(each)).map(dot).collect();
            let dots = mark("crowd", Role::Ink, Shape::Dots { points, r: 2.4 });
            parts.push(dots.title(format!("{many} of these {} are {word}", shown.machine.many)));
        }
    }
    let title = format!("{word}: {about}{}", if lit { "; the live state" } else { "" });
    mark(word, role, Shape::Group(parts)).at(plan.places[i].0, plan.places[i].1).title(title)
}

/// A way, and how often it was taken; the last one taken stands out.
fn arrow(
    states: &[MachineState],
    i: usize,
    way: Way,
    taken: usize,
    just: bool,
    (points, count, anchor): (Vec<(f64, f64)>, (f64, f64), Anchor),
) -> Mark {
    let role = if just { Role::Accent } else { Role::Link };
    let number = Shape::text(count.0, count.1, format!("{taken} ×"), anchor).bold().halo();
    let mut parts = Vec::new();
    if let [.., before, end] = points[..] {
        if points.len() > 2 {
            parts.push(mark("bow", role, Shape::path(points[..points.len() - 1].to_vec())));
        }
        parts.push(mark("line", role, Shape::arrow(before, end)));
    }
    parts.push(mark("count", Role::Ink, number));
    let why = if way.why.is_empty() { String::new() } else { format!(": {}", way.why) };
    let title = format!("{} to {}{why}; {taken} times so far", states[way.from].word, states[way.to].word);
    mark(format!("way{i}"), role, Shape::Group(parts))
        .title(title)
        .emphasis(if just { Emphasis::Lit } else { Emphasis::Plain })
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::lab::shows::Tone;
    use crate::text_width::bold_text_width;

    /// TCP's eleven states, as RFC 9293 draws them, and the ways between them.
    const TCP: [&str; 11] = [
        "closed", "listen", "syn-sent", "syn-received", "established", "fin-wait-1", "fin-wait-2", "closing",
        "time-wait", "close-wait", "last-ack",
    ];
    const WAYS: [(usize, usize); 19] = [
        (0, 1), (0, 2), (1, 0), (1, 2), (1, 3), (2, 0), (2, 3), (2, 4), (3, 4), (3, 5), (4, 5), (4, 9), (5, 6),
        (5, 7), (5, 8), (6, 8), (7, 8), (8, 0), (9, 10),
    ];

    #[test]
    fn any_machine_has_places_without_its_lab_giving_them() {
        let states = TCP.map(|word| MachineState::new(word, "", Tone::Well));
        let ways = WAYS.map(|(from, to)| (Way::new(from, to, ""), 0));
        for (n, width) in (1..=states.len()).flat_map(|n| [280.0, 360.0, 720.0].map(|width| (n, width))) {
            let plan = Plan::of(&states[..n], width);
            let paper = width - 2.0 * plan.left;
            for (i, (x, y)) in plan.places.iter().enumerate() {
                assert!(*x >= 0.0 && x + plan.wide <= paper + 0.01, "{n} at {width}: {i} from {x}");
                assert!(*y >= 4.0 && y + HEIGHT + 4.0 <= plan.height, "{n} at {width}: {i} at {y}");
                let apart = |(a, b): &(f64, f64)| (a - x).abs() >= plan.wide + 50.0 || (b - y).abs() >= HEIGHT + 30.0;
                assert!(plan.places[..i].iter().all(apart), "{n} at {width}: {i} on another");
            }
            let there: Vec<(Way, usize)> = ways.iter().copied().filter(|(way, _)| way.from.max(way.to) < n).collect();
            let arms: Vec<_> = there.iter().map(|(way, _)| plan.arm(way, &there)).collect();
            for (i, (points, (x, y), anchor)) in arms.iter().enumerate() {
                // From the rim of one box to that of the other.
                let rims = [(points[0], there[i].0.from), (points[points.len() - 1], there[i].0.to)];
                for ((x, y), state) in rims {
                    let (left, top) = plan.places[state];
                    let outside = (left - x).max(x - left - plan.wide).max(top - y).max(y - top - HEIGHT);
                    assert!((3.0..=10.0).contains(&outside), "{n} at {width}: way {i} ends {outside} off {state}");
                }
                let long = bold_text_width("99 ×", 12.0);
                let from = match anchor {
                    Anchor::Start => *x,
                    Anchor::Middle => x - long / 2.0,
                    Anchor::End => x - long,
                };
                assert!(from >= 0.0 && from + long <= paper, "{n} at {width}: the count of way {i} at {from}");
                let met = plan.places.iter().any(|(left, top)| {
                    from < left + plan.wide && from + long > *left && y - 9.0 < top + HEIGHT && *y > *top
                });
                assert!(!met, "{n} at {width}: the count of way {i} is on a box");
            }
        }
    }
}
