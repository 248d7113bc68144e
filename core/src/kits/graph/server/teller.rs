//! What an instance tells those who watch: the spans and lines of its requests, handed over every so often, and its metrics when it is asked.

use super::super::caller::Ended;
use super::super::config::Config;
use super::super::observe::{
    Batch, Context, Counted, Label, Labels, Line, Logs, Observed, Report, SpanTold, is_error,
};
use super::*;
use crate::stats::LogHistogram;
use std::sync::Arc;

/// The identity of a trace that begins, and what a service goes by that asks nobody.
const TRACE: Purpose = Purpose::Protocol(14);
const OWN: Purpose = Purpose::Protocol(15);

/// What an instance has to tell.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Teller {
    /// Whether it writes spans.
    writes: bool,
    batch: Batch,
    own: Counted,
    cells: BTreeMap<Label, Counted>,
    changed: BTreeSet<Label>,
    hops: Vec<Counted>,
    good: LogHistogram,
    bad: LogHistogram,
    /// Workers that are busy, and since when that has been counted.
    busy: u32,
    since_us: u64,
    busy_us: u64,
}

impl Teller {
    /// That of an instance which is called in a graph that is watched.
    pub fn new(at: &At<'_>) -> Option<Teller> {
        let observed = at.config.graph.observed.as_ref()?;
        let tier = at.config.tier_of(at.ctx.me);
        let plan = &at.config.tiers[usize::from(tier.0)];
        (plan.callers > 0).then(|| Teller {
            writes: observed.instrumented.contains(&tier),
            batch: Batch::default(),
            own: Counted::default(),
            cells: BTreeMap::new(),
            changed: BTreeSet::new(),
            hops: vec![Counted::default(); plan.hops.len()],
            good: LogHistogram::new(),
            bad: LogHistogram::new(),
            busy: 0,
            since_us: at.now_us(),
            busy_us: 0,
        })
    }

    /// What it keeps that grows, in bytes.
    pub fn weight(&self) -> u64 {
        let batch = 64 * self.batch.spans.len() as u64 + 32 * self.batch.lines.len() as u64;
        batch + 48 * self.cells.len() as u64 + 16 * self.changed.len() as u64
    }

    fn label(observed: &Observed, frame: &Frame) -> Label {
        let which = match observed.labels {
            Labels::Route | Labels::Instance => 0,
            Labels::Tenant => frame.about.tenant.into(),
            Labels::Key => frame.about.key,
        };
        (frame.about.class, which)
    }
}

impl Server {
    /// A request comes: it belongs to the trace that it brings, or to one that begins here.
    pub(super) fn begin_span(&mut self, mut frame: Frame, at: &At<'_>) -> Frame {
        let Some((teller, observed)) = self.teller.as_ref().zip(at.config.graph.observed.as_ref()) else {
            return frame;
        };
        let came = if observed.propagates { frame.about.context } else { Context::NONE };
        frame.about.context = came;
        frame.is_root = teller.writes && came == Context::NONE;
        // Who writes no spans hands on what it was given.
        if teller.writes {
            let random = |purpose| at.die(purpose, frame.luck, frame.path);
            let context = if frame.is_root { Context::new(random(TRACE)) } else { came };
            let samples =
                observed.decide.samples(observed.head, came.parent(), context.random(), random(OWN) >> 8);
            frame.about.context = context.with(samples);
        }
        frame
    }

    /// A request is over here: its span and its line are written.
    pub(super) fn end_span(&mut self, frame: &Frame, how: Ending, at: &mut At<'_>) {
        let now_us = at.now_us();
        let Some((teller, observed)) = self.teller.as_mut().zip(at.config.graph.observed.as_ref()) else {
            return;
        };
        let (took_us, failed) = (now_us.saturating_sub(frame.came_us), is_error(how));
        let again = u32::from(frame.of.attempt > 0);
        teller.own.count(failed, again, took_us);
        let label = Teller::label(observed, frame);
        teller.cells.entry(label).or_default().count(failed, again, took_us);
        teller.changed.insert(label);
        if failed { &mut teller.bad } else { &mut teller.good }.add(took_us);
        let was_empty = teller.batch == Batch::default();
        let context = frame.about.context;
        if teller.writes && context.is_sampled() {
            teller.batch.spans.push(SpanTold {
                op: frame.op,
                hop: frame.of.hop,
                path: frame.of.path,
                context,
                is_root: frame.is_root,
                from_us: frame.came_us,
                to_us: now_us,
                is_error: failed,
                spans: frame.tries.saturating_add(1),
            });
            at.out.mark(Mark::Watched(Watched::Written {
                tier: self.tier,
                spans: frame.tries.saturating_add(1),
            }));
        }
        if observed.logs == Logs::All || failed && observed.logs == Logs::Errors {
            teller.batch.lines.push(Line {
                op: frame.op,
                trace: if observed.correlated { context.trace() } else { 0 },
                is_root: frame.is_root,
                class: frame.about.class,
                tenant: frame.about.tenant,
                how,
                blame: frame.blame,
                took_us,
            });
        }
        if was_empty && teller.batch != Batch::default() {
            // All hand over at the same times; what they serve is no request.
            let (op, attempt) = (at.out.op, at.out.attempt);
            at.out.serve_none();
            let every_us = observed.push_us.max(1);
            at.out.set_timer(Timer::Push, Range::exactly(every_us - now_us % every_us));
            (at.out.op, at.out.attempt) = (op, attempt);
        }
    }

    /// A call is over.
    pub(super) fn count_call(&mut self, ended: &Ended, config: &Config) {
        let Some(teller) = &mut self.teller else { return };
        let place = config.hops[usize::from(ended.hop.0)].place;
        if let Some(hop) = teller.hops.get_mut(usize::from(place)) {
            hop.count(is_error(ended.how), ended.tries.into(), ended.took_us);
        }
    }

    /// Workers have been busy until now.
    pub(super) fn measure(&mut self, at: &At<'_>) {
        if let Some(teller) = &mut self.teller {
            let passed_us = at.now_us().saturating_sub(std::mem::replace(&mut teller.since_us, at.now_us()));
            teller.busy_us += passed_us * u64::from(std::mem::replace(&mut teller.busy, self.busy));
        }
    }

    /// Spans and lines are handed over.
    pub(super) fn push(&mut self, at: &mut At<'_>) {
        let Some((teller, watcher)) = self.teller.as_mut().zip(at.config.watcher) else { return };
        let batch = std::mem::take(&mut teller.batch);
        at.out.serve_none();
        at.out.send(watcher, Msg::Push { batch: Arc::new(batch) });
    }

    /// Somebody asks for its metrics.
    pub(super) fn scraped(&mut self, from: NodeId, round: u32, at: &mut At<'_>) {
        self.measure(at);
        let waiting = self.line.len() + self.bench.len();
        let Some(teller) = &mut self.teller else { return };
        let changed = std::mem::take(&mut teller.changed);
        let of = |label: Label| Some((label, *teller.cells.get(&label)?));
        let report = Report {
            round,
            own: teller.own,
            cells: changed.into_iter().filter_map(of).collect(),
            labels: teller.cells.len() as u32,
            hops: teller.hops.clone(),
            good: std::mem::take(&mut teller.good),
            bad: std::mem::take(&mut teller.bad),
            busy_us: teller.busy_us,
            waiting,
        };
        at.out.serve_none();
        at.out.send(from, Msg::Scraped { report: Arc::new(report) });
    }
}
