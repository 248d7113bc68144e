//! Many nodes in little room: a column for each in its node's colour, all columns of a colour one element.

use super::placing::{Member, Placing};
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Shape, mark};
use crate::text_width::{fit_text, text_width};

/// Up to this many nodes have a row each with their figures; more have columns.
pub const MAX_ROWS: usize = 16;
/// Units from the top of the highest column to the bottom of all.
const HEIGHT: f64 = 140.0;
/// Units for the names below.
const NAMES: f64 = 18.0;
/// Space between two names.
const GAP: f64 = 8.0;

/// Where columns stand, and how high the largest is.
pub struct Columns<'a> {
    members: &'a [Member],
    left: f64,
    pitch: f64,
    top: f64,
    most: f64,
}

impl<'a> Columns<'a> {
    /// Columns of all members from `top` down across a width, the highest for a value of `most`.
    pub fn new(placing: &'a Placing, width: f64, top: f64, most: f64) -> Columns<'a> {
        let (members, left) = (&placing.members[..], 8.0);
        Columns { members, left, pitch: (width - 2.0 * left) / members.len() as f64, top, most: most.max(1e-9) }
    }

    /// Words above the columns, as many as there is room for.
    pub fn said(&self, words: String) -> Mark {
        let room = self.pitch * self.members.len() as f64;
        let shape = Shape::text(self.left, self.top - 12.0, fit_text(&words, 12.0, room), Anchor::Start);
        mark("most", Role::InkSoft, shape)
    }

    /// Where all that is drawn ends, names included.
    pub fn bottom(&self) -> f64 {
        self.top + HEIGHT + NAMES
    }

    /// The height on the picture of a value.
    pub fn y(&self, value: f64) -> f64 {
        self.top + HEIGHT * (1.0 - value / self.most)
    }

    /// From where to where a column goes that takes `share` of the room of its node.
    fn across(&self, place: usize, share: f64) -> [f64; 2] {
        let from = self.left + self.pitch * (place as f64 + (1.0 - share) / 2.0);
        [from, from + self.pitch * share]
    }

    /// Columns for a value of each node, one mark a colour; its title has the words of its nodes.
    pub fn bars(&self, key: &str, share: f64, value: impl Fn(&Member) -> f64, words: impl Fn(&Member) -> String) -> Vec<Mark> {
        let mut colours: Vec<(Role, Vec<usize>)> = Vec::new();
        for (place, member) in self.members.iter().enumerate() {
            match colours.iter_mut().find(|(role, _)| *role == member.role()) {
                Some((_, places)) => places.push(place),
                None => colours.push((member.role(), vec![place])),
            }
        }
        let foot = self.top + HEIGHT;
        let outline = |place: &usize| {
            let ([x, end], y) = (self.across(*place, share), self.y(value(&self.members[*place])).min(foot - 0.5));
            vec![(x, foot), (x, y), (end, y), (end, foot)]
        };
        let colour = |(role, places): (Role, Vec<usize>)| {
            let said: Vec<String> = places.iter().map(|place| words(&self.members[*place])).collect();
            let areas = Shape::Areas(places.iter().map(outline).collect());
            mark(format!("{key}-{}", role.name()), role, areas).title(said.join("; "))
        };
        colours.into_iter().map(colour).collect()
    }

    /// A short line across the columns of the nodes that have a value.
    pub fn ticks(&self, key: &str, role: Role, value: impl Fn(&Member) -> Option<f64>) -> Option<Mark> {
        let tick = |(place, member): (usize, &Member)| {
            let ([x, end], y) = (self.across(place, 1.0), self.y(value(member)?));
            Some([(x, y), (end, y)])
        };
        let ticks: Vec<_> = self.members.iter().enumerate().filter_map(tick).collect();
        (!ticks.is_empty()).then(|| mark(key, role, Shape::Lines(ticks)))
    }

    /// A line through all columns at a value of each node, with words at its end above it or below.
    pub fn level(&self, key: &str, dash: Dash, words: &str, above: bool, value: impl Fn(&Member) -> f64) -> Vec<Mark> {
        let step = |(place, member): (usize, &Member)| self.across(place, 1.0).map(|x| (x, self.y(value(member))));
        let points: Vec<_> = self.members.iter().enumerate().flat_map(step).collect();
        let Some((end, y)) = points.last().copied() else { return Vec::new() };
        let words_y = if above { y - 4.0 } else { y + 12.0 };
        let line = Shape::Path { points, curve: Curve::Straight, dash, closed: false };
        vec![
            mark(key, Role::Ink, line).title(words),
            mark(format!("{key}-word"), Role::Ink, Shape::text(end, words_y, words, Anchor::End).halo()),
        ]
    }

    /// Points in a pile above a column, as many as there is room for.
    pub fn pile(&self, key: &str, role: Role, value: impl Fn(&Member) -> f64, many: impl Fn(&Member) -> i64) -> Option<Mark> {
        let (step, r) = (5.0, 1.9);
        let pile = |(place, member): (usize, &Member)| {
            let ([x, end], y) = (self.across(place, 1.0), self.y(value(member)) - 4.0);
            let room = ((y - self.top) / step).max(1.0) as usize;
            (0..(many(member).max(0) as usize).min(room)).map(move |n| ((x + end) / 2.0, y - step * n as f64))
        };
        let points: Vec<(f64, f64)> = self.members.iter().enumerate().flat_map(pile).collect();
        (!points.is_empty()).then(|| mark(key, role, Shape::Dots { points, r }))
    }

    /// The names below, of every so many nodes that they have room.
    pub fn names(&self) -> Vec<Mark> {
        let widest = self.members.iter().map(|member| text_width(&member.name, 12.0)).fold(0.0, f64::max);
        let step = ((widest + GAP) / self.pitch).ceil().max(1.0) as usize;
        let name = |(place, member): (usize, &Member)| {
            let [x, end] = self.across(place, 1.0);
            let text = Shape::text((x + end) / 2.0, self.top + HEIGHT + 14.0, member.name.as_str(), Anchor::Middle);
            mark(format!("name-{}", member.name), Role::Ink, text)
        };
        self.members.iter().enumerate().step_by(step).map(name).collect()
    }
}

/// Who has the largest value and who the smallest, in words.
pub fn extremes(placing: &Placing, value: impl Fn(&Member) -> f64, words: impl Fn(&Member) -> String) -> String {
    let by = |a: &&Member, b: &&Member| value(a).total_cmp(&value(b));
    let said = |which: &str, member: Option<&Member>| member.map(|m| format!("{which}: {} {}", m.name, words(m)));
    let (most, least) = (placing.members.iter().max_by(by), placing.members.iter().min_by(by));
    [said("most", most), said("least", least)].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
