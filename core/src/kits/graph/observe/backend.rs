//! Who watches: takes spans and lines, samples traces at the tail, and asks for metrics.

use super::super::caller::At;
use super::super::config::Config;
use super::super::mark::{Ending, Level, Mark};
use super::super::message::{Msg, Speech, Timer};
use super::{Batch, Line, Observed, SpanTold, Watched, is_error};
use crate::cast::NodeId;
use crate::parts::sampler::Tail;
use crate::sim::dice::Range;
use crate::sim::{Ctx, Input, Never, Out, Protocol};
use crate::time::DurationUs;

/// Who watches.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Backend {
    tail: Option<Tail<SpanTold>>,
    rounds: u32,
    /// How many spans wait at the tail, as last told.
    told: u32,
}

fn observed<'a>(at: &At<'a>) -> Option<&'a Observed> {
    at.config.graph.observed.as_ref()
}

impl Protocol for Backend {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Backend {
        let at = At { config, ctx, out };
        let observed = observed(&at);
        if let Some(every_us) = observed.map(|observed| observed.scrape_us.max(1)) {
            let now_us = at.now_us();
            at.out.set_timer(Timer::Scrape, Range::exactly(every_us - now_us % every_us));
        }
        Backend { tail: observed.and_then(|observed| observed.tail).map(Tail::new), rounds: 0, told: 0 }
    }

    fn weight(&self) -> u64 {
        self.tail.as_ref().map_or(0, |tail| 96 * u64::from(tail.waiting()) + 96 * tail.traces() as u64)
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let at = &mut At { config, ctx, out };
        match input {
            Input::Deliver { from, msg: Msg::Push { batch } } => {
                for line in &batch.lines {
                    at.out.note(|| words(at.config, from, line));
                }
                self.take(&batch, at);
            }
            Input::Timer(Timer::Scrape) => {
                self.rounds += 1;
                for tier in (0..).zip(&config.tiers).filter(|(_, plan)| plan.callers > 0).map(|(at, _)| at) {
                    for node in config.nodes(super::TierId(tier)) {
                        at.out.send(node, Msg::Scrape { round: self.rounds });
                    }
                }
                let every_us = observed(at).map_or(u64::MAX, |observed| observed.scrape_us.max(1));
                at.out.set_timer(Timer::Scrape, Range::exactly(every_us));
            }
            Input::Timer(Timer::Judge) => self.judge(at),
            Input::Deliver { .. } | Input::Timer(_) | Input::Ask(_) => {}
        }
        let now = self.tail.as_ref().map_or(0, Tail::waiting);
        if let Some(observed) = observed(at).filter(|_| now != self.told) {
            at.out.mark(Mark::Level { tier: observed.tier, what: Level::Queue, now });
            self.told = now;
        }
    }
}

impl Backend {
    /// Spans come.
    fn take(&mut self, batch: &Batch, at: &mut At<'_>) {
        let Some(observed) = observed(at) else { return };
        let Some(tail) = &mut self.tail else {
            batch.spans.iter().for_each(|span| store(span, observed.head, at));
            return at.out.serve_none();
        };
        let (now_us, was_idle) = (at.now_us(), tail.due_us().is_none());
        for span in &batch.spans {
            let trace = (span.context.trace().into(), span.context.random());
            let lasted = (span.from_us, span.to_us);
            let taken = tail.take(now_us, trace, span.clone(), lasted, span.is_error);
            taken.evicted.iter().for_each(|gone| drop(gone, true, at));
            match taken.late {
                Some((true, span)) => store(&span, observed.head, at),
                Some((false, span)) => drop(&span, false, at),
                None => {}
            }
        }
        at.out.serve_none();
        if let Some(due_us) = tail.due_us().filter(|_| was_idle) {
            at.out.set_timer(Timer::Judge, Range::exactly(due_us.saturating_sub(now_us)));
        }
    }

    /// It is decided on the traces whose time has come.
    fn judge(&mut self, at: &mut At<'_>) {
        let (Some(tail), Some(observed)) = (&mut self.tail, observed(at)) else { return };
        for trace in tail.decide(at.now_us()) {
            for span in &trace.spans {
                match trace.kept {
                    // The same random bits decide at both ends: what is kept at the lesser rate is kept at the greater.
                    true => store(span, observed.head.min(trace.probability), at),
                    false => drop(span, false, at),
                }
            }
        }
        at.out.serve_none();
        if let Some(due_us) = tail.due_us() {
            at.out.set_timer(Timer::Judge, Range::exactly(due_us.saturating_sub(at.now_us())));
        }
    }
}

fn store(span: &SpanTold, probability: u32, at: &mut At<'_>) {
    at.out.serve(span.op, span.path as u16);
    let SpanTold { hop, path, spans, is_root, is_error, .. } = *span;
    at.out.mark(Mark::Watched(Watched::Stored {
        hop,
        path,
        spans,
        trace: span.context.trace(),
        probability,
        is_root,
        is_error,
    }));
}

fn drop(span: &SpanTold, early: bool, at: &mut At<'_>) {
    at.out.serve(span.op, span.path as u16);
    at.out.mark(Mark::Watched(Watched::Dropped { spans: span.spans, early }));
}

/// A line as it is searched for.
fn words(config: &Config, from: NodeId, line: &Line) -> String {
    let tier = |tier: super::TierId| config.graph.tiers[usize::from(tier.0)].name;
    let who = config.cast.name(from);
    let level = if is_error(line.how) { "ERROR" } else { "info" };
    let class = config.graph.classes.get(usize::from(line.class)).copied().unwrap_or("");
    let blamed = line.blame.map(|hop| tier(config.graph.hops[usize::from(hop.0)].to));
    let what = match (line.how, blamed) {
        (how, Some(callee)) if is_error(how) => format!("{}: the call of {callee} failed", how.word()),
        (Ending::Failed, None) => "failed here".to_owned(),
        (how, _) => format!("{} in {}", how.word(), DurationUs(line.took_us / 1_000 * 1_000)),
    };
    let service = tier(config.tier_of(from));
    let trace = match line.trace {
        0 => String::new(),
        _ if line.is_root || config.graph.observed.as_ref().is_some_and(|observed| observed.propagates) => {
            format!(", trace of call {}", line.op.0)
        }
        _ => format!(", trace of call {} at {service} alone", line.op.0),
    };
    format!("{level} {service} {who}: {class} of tenant {}, {what}{trace}", u32::from(line.tenant) + 1)
}
