//! Cutting by a drawn line: which nodes the line parts from which.

use super::{App, Effect};
use crate::views::stage::layout::Layout;
use splitbrain::cast::{NodeId, Sort};

/// A line that is being drawn across the stage, in its units.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Slice {
    /// Where it began.
    pub from: (f64, f64),
    /// Where it is now.
    pub to: (f64, f64),
    /// The width for which the stage is laid out.
    pub width: u32,
}

/// Shorter lines are slips of the hand, in units.
const LEAST: f64 = 24.0;

impl App {
    /// The line has been drawn: cuts where it went.
    pub(super) fn slice(&mut self) -> Vec<Effect> {
        let Some(slice) = self.slicing.take() else { return Vec::new() };
        self.knife = false;
        let (dx, dy) = (slice.to.0 - slice.from.0, slice.to.1 - slice.from.1);
        if dx * dx + dy * dy < LEAST * LEAST {
            return Vec::new();
        }
        let (left, right) = self.parted(&slice);
        if left.is_empty() {
            self.said = "The line crosses no link between servers.".into();
            return Vec::new();
        }
        let names = |nodes: &[NodeId]| {
            let names: Vec<String> = nodes.iter().map(|node| self.cast().name(*node).to_string()).collect();
            names.join(".")
        };
        let act = format!("cut:{}-{}", names(&left), names(&right));
        self.act_now(&act, false)
    }

    /// The servers and coordinators on either side of the line whose links it crosses.
    fn parted(&self, slice: &Slice) -> (Vec<NodeId>, Vec<NodeId>) {
        let layout = self.with_look(0, "stage", slice.width, Layout::of);
        let cast = self.cast();
        let nodes: Vec<(NodeId, (f64, f64))> = cast
            .of(Sort::Server)
            .chain(cast.of(Sort::Coordinator))
            .filter_map(|node| layout.place(node).map(|place| (node, (place.x, place.y))))
            .collect();
        let side = |point: (f64, f64)| turn(slice.from, slice.to, point) > 0.0;
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for (i, (a, at)) in nodes.iter().enumerate() {
            for (b, to) in &nodes[i + 1..] {
                if side(*at) == side(*to)
                    || !layout.route(*a, *b).is_some_and(|route| crosses(slice, &route.points))
                {
                    continue;
                }
                let (one, other) = if side(*at) { (a, b) } else { (b, a) };
                left.push(*one);
                right.push(*other);
            }
        }
        for nodes in [&mut left, &mut right] {
            splitbrain::sorted::sort(nodes);
            nodes.dedup();
        }
        (left, right)
    }
}

/// Whether the line crosses one of the straight pieces between these points.
fn crosses(slice: &Slice, points: &[(f64, f64)]) -> bool {
    let side = |point: (f64, f64)| turn(slice.from, slice.to, point) > 0.0;
    points.windows(2).any(|ends| {
        let (a, b) = (ends[0], ends[1]);
        side(a) != side(b) && (turn(a, b, slice.from) > 0.0) != (turn(a, b, slice.to) > 0.0)
    })
}

/// Above zero when the way from `a` over `b` to `c` turns one way, below when it turns the other.
fn turn(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> f64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}
