//! Watches a run of a graph: the ledger of its marks, and what a lab measures and promises besides.

use super::config::Config;
use super::ledger::{Charts, Ledger, Spans};
use super::mark::Mark;
use super::message::{KINDS, Speech};
use super::node::Node;
use super::observe::Kept;
use crate::cast::NodeId;
use crate::lab::{Course, Detail, Verdict};
use crate::outcome::{Heat, Outcome, Tally};
use crate::scenario::Scenario;
use crate::sim::{Network, Observer, OpId, Seen, Setup};
use crate::stats::Series;
use crate::trace::{self, World};
use crate::words::MessageSpec;

/// What a lab measures and promises of its runs, beside what the ledger counts. It is told everything after the ledger.
pub trait Own: 'static {
    /// A node tells what it does, for the operation that it serves.
    fn mark(&mut self, at: trace::Mark, node: NodeId, op: Option<OpId>, mark: Mark, books: &mut Ledger);

    /// Something else happened; of a crash the ledger knows already.
    fn see(&mut self, _at: trace::Mark, _seen: &Seen<'_, Speech>, _world: &World) {}

    /// The run has ended: its figures, in the order of the lab's tallies.
    fn figures(&mut self, books: &Ledger, ended: trace::Mark) -> Vec<Tally>;

    /// The lights, in the order of the lab's promises; asked after the figures.
    fn verdicts(&self) -> Vec<Verdict>;

    /// Charts that it makes itself, beside those of the ledger.
    fn series(&mut self) -> Vec<Series> {
        Vec::new()
    }

    /// How long calls took over time, where not the ledger is to say it.
    fn heats(&mut self) -> Option<Vec<Heat>> {
        None
    }

    /// Whether a figure is of a part of the run, so that bins are kept where a run is only counted.
    fn wants_bins(&self) -> bool {
        false
    }

    /// Whether the run may end before its horizon.
    fn done(&self) -> bool {
        false
    }

    /// What it keeps, in bytes.
    fn weight(&self) -> u64 {
        0
    }
}

/// The ledger of a run, and the lab's own watch: as one of any, so that all labs on the graph share one engine.
pub struct Watch {
    /// What was counted.
    pub books: Ledger,
    /// What the operations went through that are recorded.
    pub spans: Spans,
    /// Where somebody watches, what was kept there.
    kept: Option<Kept>,
    /// What the lab watches itself.
    own: Box<dyn Own>,
}

impl Watch {
    /// A watch of a run, with bins of a length for charts; figures of rates and times are of what happens from a time on.
    fn new(config: &Config, own: Box<dyn Own>, from_us: u64, charted_us: u64, detail: Detail) -> Watch {
        let bin_us = if own.wants_bins() { charted_us } else { Ledger::bin_us(detail, charted_us) };
        let books = Ledger::new(config.shape(), config.cast.len(), bin_us).from(from_us);
        let kept = config.watcher.map(|_| Kept::default()).filter(|_| detail != Detail::Totals);
        Watch { books, spans: Spans::new(detail), kept, own }
    }
}

impl Observer<Speech> for Watch {
    fn see(&mut self, at: trace::Mark, seen: Seen<'_, Speech>, world: &World) {
        // Marks come with a record that has been seen, and are most of what is seen.
        if let Seen::Mark { node, op, mark } = seen {
            self.books.mark(at.at_us, node, mark);
            self.spans.mark(at, node, op, mark);
            if let Some(kept) = &mut self.kept {
                kept.mark(op, mark);
            }
            return self.own.mark(at, node, op, mark, &mut self.books);
        }
        match seen {
            Seen::Crash(node) => {
                self.books.crashed(at.at_us, node);
                self.spans.crashed(at.at_us, node);
            }
            Seen::Invoke { op, key, .. } => self.spans.invoked(op, key),
            _ => {}
        }
        self.own.see(at, &seen, world);
    }

    fn done(&self) -> bool {
        self.own.done()
    }

    fn weight(&self) -> u64 {
        self.own.weight() + self.kept.as_ref().map_or(0, Kept::weight)
    }
}

/// How a graph is run.
pub struct Running<'a> {
    /// Seed, script and horizon.
    pub scenario: &'a Scenario,
    /// What is recorded.
    pub detail: Detail,
    /// What lies between the nodes.
    pub network: Network,
    /// The kinds of message that its nodes send, for acts that name one.
    pub kinds: &'static [MessageSpec],
    /// Figures of rates and times are of what happens from then on, in µs.
    pub from_us: u64,
    /// The length of the charts' bins, in µs.
    pub charted_us: u64,
}

impl<'a> Running<'a> {
    /// A run in this network, of which all counts.
    pub fn new(scenario: &'a Scenario, detail: Detail, network: Network) -> Running<'a> {
        let charted_us = Ledger::charted_us(scenario.horizon_us);
        Running { scenario, detail, network, kinds: KINDS, from_us: 0, charted_us }
    }
}

/// Begins a run of a graph: with what the lab watches itself, and its charts.
pub fn begin(
    config: Config,
    running: Running<'_>,
    own: impl Own,
    charts: impl FnOnce() -> Charts + 'static,
) -> Box<dyn Course> {
    begin_any(config, running, Box::new(own), Box::new(charts))
}

fn begin_any(
    config: Config,
    running: Running<'_>,
    own: Box<dyn Own>,
    charts: Box<dyn FnOnce() -> Charts>,
) -> Box<dyn Course> {
    let Running { scenario, detail, network, kinds, from_us, charted_us } = running;
    let watch = Watch::new(&config, own, from_us, charted_us, detail);
    let known = config.watcher.map(|_| config.clone());
    let setup = Setup { cast: config.cast, network, work_us: Vec::new(), kinds, scenario, config };
    crate::sim::begin::<Node, Watch>(setup, watch, detail, move |mut run, mut watch| {
        watch.books.end(run.ended_us);
        let ended = trace::Mark { at_us: run.ended_us, record: run.records.saturating_sub(1) };
        let tallies = watch.own.figures(&watch.books, ended);
        let verdicts = watch.own.verdicts();
        let charted = watch.books.is_charted();
        let heats = if charted { watch.own.heats() } else { Some(Vec::new()) };
        let heats = heats.unwrap_or_else(|| watch.books.heats());
        let mut series = if charted { charts().series(watch.books) } else { Vec::new() };
        if charted {
            series.extend(watch.own.series());
        }
        let (mut spans, limit) = watch.spans.end();
        // Of a run that somebody watches can be seen what was kept.
        if let Some((kept, known)) = watch.kept.zip(known) {
            let all = run.trace.records().len();
            (spans, run.trace) = kept.only(&known, spans, &mut run.operations, run.trace);
            let there = run.trace.records().len();
            if there < all {
                run.limits.push(format!("Of traces that were not kept nothing can be seen: {there} of {all} records of the run are kept."));
            }
        }
        let outcome = run.outcome(tallies, series, verdicts);
        let limits = outcome.limits.into_iter().chain(limit).collect();
        Outcome { spans, heats, limits, ..outcome }
    })
}
