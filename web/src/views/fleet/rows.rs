//! What is drawn of each instance: its load by cells of time, and when it was not as usual.

use super::Look;
use crate::scene::Role;
use crate::views::stretch::Stretch;
use splitbrain::cast::NodeId;
use splitbrain::lab::shows::{FactId, Fleet, FleetState};
use splitbrain::tell::{SpanKind, spans};
use splitbrain::trace::{Fact, FactKey};

/// How wide a cell is.
pub const CELL: f64 = 4.0;

/// An instance.
pub struct Row {
    pub node: NodeId,
    /// Its load from each moment on.
    levels: Vec<(u64, i64)>,
    /// Its mean load in each cell.
    pub cells: Vec<f64>,
    pub spans: Vec<Span>,
}

/// A time in which an instance is not as usual, or is believed not to be.
pub struct Span {
    pub from_us: u64,
    pub to_us: u64,
    pub about: String,
    pub role: Role,
    /// Others believe it; else it is so.
    pub believed: bool,
    /// It had not ended when the run did.
    pub open: bool,
}

impl Row {
    /// The load at a moment.
    pub fn at(&self, at_us: u64) -> i64 {
        let next = self.levels.partition_point(|(from_us, _)| *from_us <= at_us);
        next.checked_sub(1).map_or(0, |place| self.levels[place].1)
    }
}

/// The rows of the first instances.
pub fn rows(look: &Look<'_>, fleet: &Fleet, stretch: &Stretch, most: usize) -> Vec<Row> {
    let conditions = spans(look.scenario, look.outcome);
    let shown = fleet.nodes.iter().enumerate().filter(|(_, node)| look.sees(**node)).take(most);
    let row = |(place, node): (usize, &NodeId)| {
        let mut all: Vec<Span> = conditions.iter().filter_map(|span| of_script(look, span, *node)).collect();
        let down: Vec<(u64, u64)> = all
            .iter()
            .filter(|span| span.role == Role::NodeDown)
            .map(|span| (span.from_us, span.to_us))
            .collect();
        if let Some(state) = fleet.state {
            all.extend(said(look, (*node, state.key()), &fleet.states, false));
        }
        for believed in fleet.believed.iter().filter(|_| look.eyes.is_none()) {
            let by = believed.by.iter();
            all.extend(
                by.flat_map(|by| said(look, (*by, believed.fact.at(place as u16)), &believed.states, true)),
            );
        }
        let levels = levels(look, *node, &fleet.load, &down);
        Row { node: *node, cells: cells(&levels, stretch), levels, spans: all }
    };
    shown.map(row).collect()
}

/// What the script did to it.
fn of_script(look: &Look<'_>, span: &splitbrain::tell::Span, node: NodeId) -> Option<Span> {
    let (role, about) = match &span.kind {
        SpanKind::Down(which) if *which == node => (Role::NodeDown, "down".to_owned()),
        SpanKind::Paused(which) if *which == node => (Role::NodePaused, "paused".to_owned()),
        SpanKind::Slow(which, times) if *which == node => (Role::NodeSlow, format!("{times} times as slow")),
        _ => return None,
    };
    let open = span.to_us >= look.outcome.ended_us;
    Some(Span { from_us: span.from_us, to_us: span.to_us, about, role, believed: false, open })
}

/// The times in which a fact is one of these words.
fn said(look: &Look<'_>, (node, key): (NodeId, FactKey), states: &[FleetState], believed: bool) -> Vec<Span> {
    let trace = &look.outcome.trace;
    let at_us = |record: u32| trace.get(record).map_or(0, |record| record.at_us);
    let changes: Vec<(u64, Option<&FleetState>)> = trace
        .history(node, key)
        .map(|change| {
            let word = if let Fact::Word(word) = change.value { word } else { "" };
            (at_us(change.record), states.iter().find(|state| state.word == word))
        })
        .collect();
    let span = |(i, (from_us, state)): (usize, &(u64, Option<&FleetState>))| {
        let state = (*state)?;
        let next = changes.get(i + 1).map(|(at_us, _)| *at_us);
        let about =
            if believed { format!("{} for {}", state.about, look.name(node)) } else { state.about.into() };
        let (open, to_us) = (next.is_none(), next.unwrap_or(look.outcome.ended_us));
        Some(Span { from_us: *from_us, to_us, about, role: state.tone.into(), believed, open })
    };
    changes.iter().enumerate().filter_map(span).collect()
}

/// How much there is from each moment on: the facts added up; nothing while the node is down.
fn levels(look: &Look<'_>, node: NodeId, facts: &[FactId], down: &[(u64, u64)]) -> Vec<(u64, i64)> {
    let trace = &look.outcome.trace;
    let mut changes: Vec<(u64, Option<usize>, i64)> = Vec::new();
    for (place, fact) in facts.iter().enumerate() {
        changes.extend(trace.history(node, fact.key()).filter_map(|change| match change.value {
            Fact::Int(number) => Some((trace.get(change.record)?.at_us, Some(place), number)),
            _ => None,
        }));
    }
    changes.extend(down.iter().map(|(from_us, _)| (*from_us, None, 0)));
    splitbrain::sorted::sort_by_key(&mut changes, |(at_us, place, _)| (*at_us, *place));
    let mut now = vec![0; facts.len()];
    let level = |(at_us, place, number): (u64, Option<usize>, i64)| {
        match place {
            Some(place) => now[place] = number,
            None => now.fill(0),
        }
        (at_us, now.iter().sum())
    };
    changes.into_iter().map(level).collect()
}

/// The mean of a level in each cell.
fn cells(levels: &[(u64, i64)], stretch: &Stretch) -> Vec<f64> {
    let many = ((stretch.right - stretch.left) / CELL).max(1.0) as usize;
    let span_us = (stretch.to_us - stretch.from_us) as f64;
    let cell_us = span_us / many as f64;
    let mut sums = vec![0.0; many];
    let mut add = |from_us: u64, to_us: u64, level: i64| {
        let (mut at, to) = ((from_us - stretch.from_us) as f64, (to_us - stretch.from_us) as f64);
        while level > 0 && at < to {
            let place = ((at / cell_us) as usize).min(many - 1);
            let end = if place + 1 == many { to } else { to.min((place + 1) as f64 * cell_us) };
            // Rounding must not stand still.
            let end = if end > at { end } else { to.min(at + cell_us) };
            sums[place] += level as f64 * (end - at);
            at = end;
        }
    };
    for (i, (at_us, level)) in levels.iter().enumerate() {
        let to_us = levels.get(i + 1).map_or(stretch.to_us, |(at_us, _)| *at_us);
        add(
            (*at_us).clamp(stretch.from_us, stretch.to_us),
            to_us.clamp(stretch.from_us, stretch.to_us),
            *level,
        );
    }
    sums.into_iter().map(|sum| sum / cell_us).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_the_mean_of_its_time() {
        let stretch = Stretch { from_us: 0, to_us: 100, left: 0.0, right: 5.0 * CELL, moments: Vec::new() };
        let levels = [(10, 4), (30, 0), (35, 2), (200, 9)];
        assert_eq!(cells(&levels, &stretch), [2.0, 2.5, 2.0, 2.0, 2.0]);
        assert_eq!(cells(&[], &stretch), [0.0; 5]);
        let row = Row { node: NodeId(0), cells: Vec::new(), levels: levels.to_vec(), spans: Vec::new() };
        assert_eq!([0, 10, 29, 30, 1_000].map(|at_us| row.at(at_us)), [0, 4, 4, 0, 9]);
    }
}
