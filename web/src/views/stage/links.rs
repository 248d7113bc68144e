//! Links, whole and cut: a cut one has a gap with a cross and a dashed boundary across it.

use super::super::{Focus, Look};
use super::layout::Layout;
use crate::scene::{Curve, Dash, Mark, Role, Shape, mark};
use splitbrain::cast::{NodeId, Sort};
use splitbrain::trace::{Conditions, Points};

/// The most links that are drawn between nodes of two sorts while they are whole and idle, in one run's picture or in two beside each other.
const MAX_IDLE: usize = 40;

/// Draws the links of those who stand on the stage.
pub fn draw(look: &Look<'_>, layout: &Layout, conditions: &Conditions) -> Vec<Mark> {
    let cast = &look.outcome.cast;
    let drawn: Vec<NodeId> = cast.nodes().filter(|node| layout.place(*node).is_some()).collect();
    let count = |sort| drawn.iter().filter(|node| cast.sort(**node).0 == sort).count();
    let (servers, coordinators, clients) =
        (count(Sort::Server), count(Sort::Coordinator), count(Sort::Client));
    let most = if look.beside.is_some() { MAX_IDLE / 2 } else { MAX_IDLE };
    let mut marks = Vec::new();
    for (i, a) in drawn.iter().enumerate() {
        for b in &drawn[i + 1..] {
            let sorts = (cast.sort(*a).0, cast.sort(*b).0);
            let pointed = is_pointed(conditions, *a, *b);
            let idle = match sorts {
                (Sort::Server, Sort::Server) => servers * (servers - 1) / 2,
                (Sort::Server, Sort::Coordinator) => servers * coordinators,
                (Sort::Server, Sort::Client) if coordinators > 0 => usize::MAX,
                (Sort::Server, Sort::Client) => servers * clients,
                (Sort::Coordinator, Sort::Client) => coordinators * clients,
                _ => usize::MAX,
            };
            // Clients send each other nothing: that they are parted is no news.
            let cut = sorts != (Sort::Client, Sort::Client)
                && look.eyes.is_none()
                && (conditions.is_cut(*a, *b) || conditions.is_cut(*b, *a));
            let (name_a, name_b) = (look.outcome.cast.name(*a), look.outcome.cast.name(*b));
            let focused = look.focus == Focus::Link(name_a, name_b) || look.focus == Focus::Link(name_b, name_a);
            if (idle <= most || cut || focused || pointed) && marks.len() < 100 {
                let quiet = sorts.1 == Sort::Client;
                marks.push(link(look, layout, conditions, (*a, *b), quiet, focused));
            }
        }
    }
    marks
}

fn link(
    look: &Look<'_>,
    layout: &Layout,
    conditions: &Conditions,
    (a, b): (NodeId, NodeId),
    quiet: bool,
    focused: bool,
) -> Mark {
    let (from, to) = (layout.place(a).expect("drawn"), layout.place(b).expect("drawn"));
    let (p, q) = (from.edge(to), to.edge(from));
    let seen = look.eyes.is_none();
    let (there, back) = (seen && conditions.is_cut(a, b), seen && conditions.is_cut(b, a));
    let (name_a, name_b) = (look.name(a), look.name(b));
    let title = match (there, back) {
        (false, false) => format!("link between {name_a} and {name_b}"),
        (true, true) => format!("link between {name_a} and {name_b}: cut"),
        (true, false) => format!("link between {name_a} and {name_b}: cut from {name_a} to {name_b}"),
        (false, true) => format!("link between {name_a} and {name_b}: cut from {name_b} to {name_a}"),
    };
    let mut parts = Vec::new();
    if is_pointed(conditions, a, b) {
        let (x, y) = between(p, q, 0.5);
        parts.extend(pointer(x, y, 17.0));
    }
    if focused {
        parts.push(mark("focus", Role::Focus, Shape::dashed(p, q, Dash::Solid)).emphasis(crate::scene::Emphasis::Lit));
    }
    match (there, back) {
        (false, false) => {
            parts.push(mark("line", if quiet { Role::Grid } else { Role::Link }, Shape::line(p, q)));
        }
        (true, true) => gap(&mut parts, p, q, 0.5),
        // The cross stands where the messages die: before the one who no longer hears.
        (true, false) => one_way(&mut parts, p, q),
        (false, true) => one_way(&mut parts, q, p),
    }
    parts.push(mark("touch", Role::Link, Shape::Touch { from: p, to: q }));
    mark(format!("link-{name_a}-{name_b}"), Role::Link, Shape::Group(parts))
        .title(title)
        .on_click(format!("focus link {name_a}-{name_b}"))
}

/// Whether a narrated run points at the link.
fn is_pointed(conditions: &Conditions, a: NodeId, b: NodeId) -> bool {
    matches!(conditions.points, Points::Link(p, q) if (p, q) == (a, b) || (q, p) == (a, b))
}

/// A narrated run points at what is here: the same ring and triangle as at a node.
pub fn pointer(x: f64, y: f64, radius: f64) -> [Mark; 3] {
    [
        mark("ring", Role::Accent, Shape::circle(x, y, radius)),
        mark("hole", Role::Paper, Shape::circle(x, y, radius - 2.5)),
        arrowhead(x, y - radius - 2.0),
    ]
}

/// The triangle that points down at what is below.
pub fn arrowhead(x: f64, top: f64) -> Mark {
    let points = vec![(x - 8.0, top - 13.0), (x + 8.0, top - 13.0), (x, top - 2.0)];
    mark("point", Role::Accent, Shape::Path { points, curve: Curve::Straight, dash: Dash::Solid, closed: true })
}

/// A point of the way from `p` to `q`.
fn between(p: (f64, f64), q: (f64, f64), share: f64) -> (f64, f64) {
    (p.0 + (q.0 - p.0) * share, p.1 + (q.1 - p.1) * share)
}

fn gap(parts: &mut Vec<Mark>, p: (f64, f64), q: (f64, f64), share: f64) {
    let length = libm::hypot(q.0 - p.0, q.1 - p.1).max(1.0);
    let half = (16.0 / length).min(0.4);
    let middle = between(p, q, share);
    let along = ((q.0 - p.0) / length, (q.1 - p.1) / length);
    parts.push(mark("near", Role::LinkCut, Shape::dashed(p, between(p, q, share - half), Dash::Dotted)));
    parts.push(mark("far", Role::LinkCut, Shape::dashed(between(p, q, share + half), q, Dash::Dotted)));
    let reach = 24.0;
    let (one, other) = (
        (middle.0 - along.1 * reach, middle.1 + along.0 * reach),
        (middle.0 + along.1 * reach, middle.1 - along.0 * reach),
    );
    parts.push(mark("boundary", Role::LinkCut, Shape::dashed(one, other, Dash::Dashed)));
    parts.push(mark("gap", Role::Paper, Shape::circle(middle.0, middle.1, 9.0)));
    parts.push(mark("cross", Role::LinkCut, Shape::Cross { x: middle.0, y: middle.1, r: 6.0 }));
}

fn one_way(parts: &mut Vec<Mark>, p: (f64, f64), q: (f64, f64)) {
    let middle = between(p, q, 0.7);
    parts.push(mark("back", Role::Link, Shape::arrow(q, p)));
    parts.push(mark("gap", Role::Paper, Shape::circle(middle.0, middle.1, 10.0)));
    parts.push(mark("boundary", Role::LinkCut, Shape::circle(middle.0, middle.1, 9.0)));
    parts.push(mark("hole", Role::Paper, Shape::circle(middle.0, middle.1, 7.5)));
    parts.push(mark("cross", Role::LinkCut, Shape::Cross { x: middle.0, y: middle.1, r: 4.5 }));
}
