//! What somebody who watches a run can look at: the traces that were kept, as far as they are.

use super::super::config::Config;
use super::super::mark::{HopId, Mark};
use super::Watched;
use crate::cast::{NodeId, Sort};
use crate::outcome::{Ending, Operation, Span};
use crate::sim::OpId;
use crate::trace::{Change, NONE, Record, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// A span that was kept.
#[derive(Clone, Copy, Debug)]
struct Stored {
    trace: u32,
    hop: HopId,
    path: u32,
    node: Option<NodeId>,
    is_error: bool,
}

/// The spans that were kept of a run.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    by_op: BTreeMap<u32, Vec<Stored>>,
}

impl Kept {
    /// A node tells what it does, for the operation that it serves.
    pub fn mark(&mut self, op: Option<OpId>, mark: Mark) {
        if let (Some(op), Mark::Watched(Watched::Stored { hop, path, trace, is_error, .. })) = (op, mark) {
            let stored = Stored { trace, hop, path, node: None, is_error };
            self.by_op.entry(op.0).or_default().push(stored);
        }
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        self.by_op.values().map(|stored| 64 + 16 * stored.len() as u64).sum()
    }

    /// Of an operation whose spans are in several traces, nobody knows that these belong together: the longest stands for it.
    fn one_trace_each(&mut self) {
        for stored in self.by_op.values_mut() {
            let long = |trace: u32| stored.iter().filter(|span| span.trace == trace).count();
            let first = stored
                .iter()
                .map(|span| span.trace)
                .reduce(|best, trace| if long(trace) > long(best) { trace } else { best });
            stored.retain(|span| Some(span.trace) == first);
        }
    }

    /// Leaves of a run what can be seen of it: of operations, spans and records those that were kept. What serves no operation was no secret.
    pub fn only(
        mut self,
        config: &Config,
        spans: Vec<Span>,
        operations: &mut Vec<Operation>,
        trace: Trace,
    ) -> (Vec<Span>, Trace) {
        self.one_trace_each();
        let mut own = Vec::with_capacity(spans.len());
        for span in &spans {
            let stored = self.by_op.get_mut(&span.op).and_then(|all| {
                all.iter_mut().find(|stored| (stored.hop.0, stored.path) == (span.hop, span.path))
            });
            own.push(stored.map(|stored| {
                stored.node = span.instance;
                stored.is_error
            }));
        }
        let callers = |span: &Span| span.parent.is_some_and(|parent| own[parent as usize].is_some());
        let mut places = vec![None; spans.len()];
        let mut seen: Vec<Span> = Vec::new();
        for (place, span) in spans.iter().enumerate() {
            if own[place].is_none() && !callers(span) {
                continue;
            }
            places[place] = Some(seen.len() as u32);
            seen.push(as_seen(*span, own[place], callers(span)));
        }
        for span in &mut seen {
            // The nearest of those that it is made for which were kept: identifiers travel through services that write nothing.
            let mut parent = span.parent;
            while let Some(above) = parent.filter(|above| places[*above as usize].is_none()) {
                parent = spans[above as usize].parent;
            }
            span.parent = parent.and_then(|parent| places[parent as usize]);
            span.after = span.after.and_then(|before| places[before as usize]);
        }
        operations.retain(|operation| self.by_op.contains_key(&operation.number));
        let nodes: BTreeMap<u32, BTreeSet<NodeId>> = self
            .by_op
            .iter()
            .map(|(op, all)| (*op, all.iter().filter_map(|stored| stored.node).collect()))
            .collect();
        let is_client = |node: NodeId| config.cast.name(node).sort == Sort::Client;
        let sees = |op: u32, node: NodeId| {
            op == NONE || nodes.get(&op).is_some_and(|nodes| nodes.contains(&node) || is_client(node))
        };
        let trace = trace.only(
            |record: &Record| sees(record.op, record.node),
            |change: &Change| sees(change.op, change.node),
        );
        (seen, trace)
    }
}

/// A span as far as callee and caller have told of it.
fn as_seen(span: Span, own: Option<bool>, by_caller: bool) -> Span {
    match (own, by_caller) {
        (None, _) => {
            Span { untold: true, came_us: None, began_us: None, work_us: None, done_us: None, ..span }
        }
        (Some(_), true) => span,
        (Some(is_error), false) => {
            let how = if is_error { Ending::Bad("failed") } else { Ending::Good("done") };
            let from_us = span.came_us.unwrap_or(span.tried_us);
            Span {
                tried_us: from_us,
                sent_us: span.came_us,
                given_us: 0,
                ended_us: span.done_us,
                how: span.done_us.map(|_| how),
                is_hedge: false,
                ..span
            }
        }
    }
}
