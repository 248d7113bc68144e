//! Where a moment and a lane are on the paper: time runs to the right, or downwards where the paper is narrow.

use super::super::Look;
use super::super::stretch::share;
use crate::scene::{Curve, Dash, Shape};
use crate::text_width::text_width;
use splitbrain::cast::{NodeId, Sort};
use splitbrain::trace::{NOBODY, RecordKind};

/// The most lanes that are drawn, and on narrow paper.
const MAX_LANES: usize = 16;
const MAX_NARROW_LANES: usize = 9;
/// How deep a torn end is.
const TOOTH: f64 = 4.0;

/// Which moments are how far along.
#[derive(Clone, Debug)]
pub enum Scale {
    /// As far as the time between them.
    True,
    /// Each moment at which something happens has the same room.
    Warped(Vec<u64>),
}

/// The arrangement of lanes and time.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Whether time runs downwards.
    pub down: bool,
    /// Width of the paper.
    pub width: f64,
    /// Height of the paper.
    pub height: f64,
    /// Where time begins and ends, along its direction.
    pub time: (f64, f64),
    /// Where lanes begin and end, across.
    pub across: (f64, f64),
    /// The lanes in order: clients, coordinators, servers.
    pub lanes: Vec<NodeId>,
    /// The window, in µs.
    pub window_us: (u64, u64),
    /// How moments stand apart.
    pub scale: Scale,
    positions: Vec<Option<f64>>,
}

/// Whether time runs downwards on paper of a width, and where it begins and ends.
pub fn time_axis(width: f64) -> (bool, (f64, f64)) {
    if width < 600.0 { (true, (60.0, 440.0)) } else { (false, (64.0, width - 14.0)) }
}

impl Frame {
    /// The frame for a look; `skip` are the records (by place) that take no room of their own.
    pub fn of(look: &Look<'_>, places: std::ops::Range<usize>, skip: &[usize]) -> Frame {
        let cast = &look.outcome.cast;
        let ordered = [Sort::Client, Sort::Coordinator, Sort::Server].map(|sort| cast.of(sort).collect::<Vec<_>>());
        let width = f64::from(look.width);
        let (down, time) = time_axis(width);
        let lanes = choose(&ordered, if down { MAX_NARROW_LANES } else { MAX_LANES });
        let count = lanes.len().max(1) as f64;
        let (across, height) = if down {
            ((text_width(&look.moment(look.ended_us()), 12.0).max(46.0) + 20.0, width - 6.0), 540.0)
        } else {
            let gap = (300.0 / count).clamp(34.0, 58.0);
            let bottom = 58.0 + gap * count;
            // Below: times, two rows of broken promises, what is left out.
            ((58.0, bottom), bottom + 72.0)
        };
        let mut positions = vec![None; cast.len()];
        let gap = (across.1 - across.0) / count;
        for (i, node) in lanes.iter().enumerate() {
            positions[node.index()] = Some(libm::round(across.0 + gap * (i as f64 + 0.5)));
        }
        let scale = match look.window.warped {
            true => Scale::Warped(rows(look, places, skip)),
            false => Scale::True,
        };
        let window_us = (look.window.from_us, look.window.to_us.max(look.window.from_us + 1));
        // Room for a line that says who is shown.
        let height = if lanes.len() < cast.len() { height + 18.0 } else { height };
        Frame { down, width, height, time, across, lanes, window_us, scale, positions }
    }

    /// Who has a lane, where not everybody has: "c1 to c15 of 1,000 clients".
    pub fn sample(&self, look: &Look<'_>) -> Option<String> {
        let cast = &look.outcome.cast;
        let of_sort = |(sort, word): (Sort, &str)| {
            let all = cast.of(sort).count();
            let shown: Vec<NodeId> = self.lanes.iter().copied().filter(|node| cast.sort(*node).0 == sort).collect();
            let (first, last) = (shown.first()?, shown.last()?);
            let all_words = splitbrain::counted::count(all as i64);
            (shown.len() < all).then(|| match first == last {
                true => format!("{} of {all_words} {word}", look.name(*first)),
                false => format!("{} to {} of {all_words} {word}", look.name(*first), look.name(*last)),
            })
        };
        let sorts = [(Sort::Client, "clients"), (Sort::Coordinator, "services"), (Sort::Server, "servers")];
        let parts: Vec<String> = sorts.into_iter().filter_map(of_sort).collect();
        let calls = if look.outcome.trace.is_complete() { "" } else { ", some of their calls" };
        (!parts.is_empty()).then(|| format!("Shown: {}{calls}", parts.join(", ")))
    }

    /// Where the node's lane is, across.
    pub fn lane(&self, node: NodeId) -> Option<f64> {
        (node != NOBODY).then(|| self.positions[node.index()]).flatten()
    }

    /// Where a moment is along time; moments outside the window are at its ends.
    pub fn along(&self, at_us: u64) -> f64 {
        let (from_us, to_us) = self.window_us;
        let (start, end) = self.time;
        let at = at_us.clamp(from_us, to_us);
        let moments: &[u64] = match &self.scale {
            Scale::True => &[],
            Scale::Warped(moments) => moments,
        };
        let share = share(moments, (from_us, to_us), at);
        start + (end - start) * share
    }

    /// A point of the paper: along time, across lanes.
    pub fn point(&self, along: f64, across: f64) -> (f64, f64) {
        if self.down { (across, along) } else { (along, across) }
    }

    /// A box along a lane from its near edge, so thick. An end that lies beyond the window is torn: what it shows goes on there.
    pub fn strip(&self, (from_us, to_us): (u64, u64), near: f64, thick: f64, radius: f64) -> Shape {
        let (from, to) = (self.along(from_us), self.along(to_us).max(self.along(from_us) + 3.0));
        let (torn_before, torn_after) = (from_us < self.window_us.0, to_us > self.window_us.1);
        if !torn_before && !torn_after {
            let ((x, y), (width, height)) = (self.point(from, near), self.point(to - from, thick));
            return Shape::rect(x, y, width, height, radius);
        }
        let depth = ((to - from) / 3.0).min(TOOTH);
        // Down one end, up the other.
        let teeth = [0.0, 0.25, 0.5, 0.75, 1.0];
        let tooth = |i: usize, torn: bool| if torn && i % 2 == 1 { depth } else { 0.0 };
        let after = teeth.iter().enumerate().map(|(i, share)| self.point(to - tooth(i, torn_after), near + thick * share));
        let before = teeth.iter().enumerate().rev();
        let before = before.map(|(i, share)| self.point(from + tooth(i, torn_before), near + thick * share));
        Shape::Path { points: after.chain(before).collect(), curve: Curve::Straight, dash: Dash::Solid, closed: true }
    }

    /// A chevron at an edge of the window, pointing out of it: what ends there on the paper goes on beyond.
    pub fn chevron(&self, across: f64, after: bool) -> Shape {
        let (edge, way) = if after { (self.time.1, 1.0) } else { (self.time.0, -1.0) };
        let points = [(1.0, -4.0), (5.0, 0.0), (1.0, 4.0)];
        Shape::path(points.map(|(along, aside)| self.point(edge + way * along, across + aside)).to_vec())
    }

    /// Says of something from a moment to another whether it goes on beyond the window; empty where it does not.
    pub fn beyond(&self, (from_us, to_us): (u64, u64)) -> &'static str {
        match (from_us < self.window_us.0, to_us > self.window_us.1) {
            (false, false) => "",
            (true, false) => " (began before what is shown)",
            (false, true) => " (goes on after what is shown)",
            (true, true) => " (began before what is shown, and goes on after it)",
        }
    }

    /// Whether a moment is in the window.
    pub fn shows(&self, at_us: u64) -> bool {
        (self.window_us.0..=self.window_us.1).contains(&at_us)
    }
}

/// The lanes there is room for: some of every sort, always the same ones.
fn choose(sorts: &[Vec<NodeId>; 3], most: usize) -> Vec<NodeId> {
    let total: usize = sorts.iter().map(Vec::len).sum();
    if total <= most {
        return sorts.concat();
    }
    let [clients, coordinators, servers] = sorts;
    let servers = servers.len().min(most - clients.len().min(4) - coordinators.len().min(2));
    let coordinators = coordinators.len().min((most - servers).saturating_sub(clients.len().min(4)));
    let clients = most - servers - coordinators;
    let counts = [clients, coordinators, servers];
    sorts.iter().zip(counts).flat_map(|(nodes, count)| nodes.iter().take(count).copied()).collect()
}

/// The moments that have room of their own: those of the window, and those of the run beside this one, so that each is at one place in both.
fn rows(look: &Look<'_>, places: std::ops::Range<usize>, skip: &[usize]) -> Vec<u64> {
    let mut rows = moments(look, places, skip);
    if let Some(other) = look.other() {
        let places = super::places(&other);
        let (_, skip) = super::events::fold(&other.outcome.trace, other.outcome.cast.len(), places.clone());
        rows.extend(moments(&other, places, &skip));
        splitbrain::sorted::sort(&mut rows);
        rows.dedup();
    }
    rows
}

/// The distinct moments of the window at which something is drawn.
fn moments(look: &Look<'_>, places: std::ops::Range<usize>, skip: &[usize]) -> Vec<u64> {
    let records = look.outcome.trace.records();
    let mut moments = Vec::new();
    for place in places {
        let record = &records[place];
        let quiet = record.kind == RecordKind::Timer && skip.binary_search(&place).is_ok();
        if !quiet && moments.last() != Some(&record.at_us) {
            moments.push(record.at_us);
        }
    }
    moments
}
