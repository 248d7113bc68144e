//! Links, whole and cut: a cut one has a gap with a cross and a dashed boundary across it.

use super::super::{Focus, Look};
use super::layout::Layout;
use super::route::Route;
use crate::scene::{Curve, Dash, Mark, Role, Shape, mark};
use splitbrain::cast::{NodeId, Sort};
use splitbrain::tell::{Conditions, Points};

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
    let way = layout.route(a, b).expect("drawn");
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
        let (x, y) = way.at(0.5);
        parts.extend(pointer(x, y, 17.0));
    }
    if focused {
        parts.push(line("focus", Role::Focus, &way, Dash::Solid).emphasis(crate::scene::Emphasis::Lit));
    }
    match (there, back) {
        (false, false) => parts.push(line("line", if quiet { Role::Grid } else { Role::Link }, &way, Dash::Solid)),
        (true, true) => gap(&mut parts, &way),
        // The cross stands where the messages die: before the one who no longer hears.
        (true, false) => one_way(&mut parts, &way),
        (false, true) => one_way(&mut parts, &way.back()),
    }
    parts.push(mark("touch", Role::Link, Shape::Touch(way.points)));
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

/// A way, or a part of one.
fn line(key: &str, role: Role, way: &Route, dash: Dash) -> Mark {
    mark(key, role, Shape::Path { points: way.points.clone(), curve: Curve::Straight, dash, closed: false })
}

fn gap(parts: &mut Vec<Mark>, way: &Route) {
    let half = (16.0 / way.length().max(1.0)).min(0.4);
    let (middle, along) = (way.at(0.5), way.heading(0.5));
    parts.push(line("near", Role::LinkCut, &way.until(0.5 - half), Dash::Dotted));
    parts.push(line("far", Role::LinkCut, &way.since(0.5 + half), Dash::Dotted));
    let reach = 24.0;
    let (one, other) = (
        (middle.0 - along.1 * reach, middle.1 + along.0 * reach),
        (middle.0 + along.1 * reach, middle.1 - along.0 * reach),
    );
    parts.push(mark("boundary", Role::LinkCut, Shape::dashed(one, other, Dash::Dashed)));
    parts.push(mark("gap", Role::Paper, Shape::circle(middle.0, middle.1, 9.0)));
    parts.push(mark("cross", Role::LinkCut, Shape::Cross { x: middle.0, y: middle.1, r: 6.0 }));
}

fn one_way(parts: &mut Vec<Mark>, way: &Route) {
    let (middle, back) = (way.at(0.7), way.back());
    let last = back.points.len() - 1;
    if last > 1 {
        parts.push(line("bend", Role::Link, &Route::of(back.points[..last].to_vec()), Dash::Solid));
    }
    parts.push(mark("back", Role::Link, Shape::arrow(back.points[last - 1], back.points[last])));
    parts.push(mark("gap", Role::Paper, Shape::circle(middle.0, middle.1, 10.0)));
    parts.push(mark("boundary", Role::LinkCut, Shape::circle(middle.0, middle.1, 9.0)));
    parts.push(mark("hole", Role::Paper, Shape::circle(middle.0, middle.1, 7.5)));
    parts.push(mark("cross", Role::LinkCut, Shape::Cross { x: middle.0, y: middle.1, r: 4.5 }));
}
