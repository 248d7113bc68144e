//! A call with all that is done for it: the spans that the run keeps of it, each below what it is made for.

use super::super::Look;
use super::follow::{Attempt, Call, Part, Phase, made, went_well};
use splitbrain::lab::{Operation, Span};
use std::collections::BTreeSet;

/// Follows a call by its spans.
pub fn by_spans(look: &Look<'_>, operation: &Operation, names: &[&str], deadline_us: Option<u64>, to_us: u64) -> Call {
    let from_us = operation.invoked.at_us;
    let (first, spans) = look.outcome.spans_of(operation.number);
    let mut attempts = Vec::new();
    let tree = Tree { look, first: first as u32, spans, names, ends_us: to_us };
    tree.below(None, to_us, 0, &mut attempts);
    let parts = attempts.iter().flat_map(|attempt: &Attempt| &attempt.parts);
    let until_us = parts.map(|part| part.to_us).fold(to_us, u64::max);
    // Where nothing is tried again, each is a call of its own: on one service after the other.
    let hops: BTreeSet<_> = spans.iter().map(|span| span.hop).collect();
    let made = made(&attempts, hops.len() == spans.len() && spans.len() > 1);
    let deadline_us = deadline_us.map(|us| from_us.saturating_add(us));
    Call { from_us, to_us, until_us, deadline_us, is_tree: true, attempts, kind: "Call", made }
}

struct Tree<'a> {
    look: &'a Look<'a>,
    /// The place of the first of them among all of the run.
    first: u32,
    spans: &'a [Span],
    names: &'a [&'a str],
    /// When the call was over.
    ends_us: u64,
}

impl Tree<'_> {
    /// Those that are made for a span, or for the call itself, and what is below them; nobody waits for any of that later than said.
    fn below(&self, parent: Option<u32>, waits_us: u64, depth: u8, into: &mut Vec<Attempt>) {
        for (place, span) in (self.first..).zip(self.spans).filter(|(_, span)| span.parent == parent) {
            let waits_us = span.ended_us.unwrap_or(self.ends_us).min(waits_us);
            into.push(self.attempt(place, span, waits_us, depth));
            // Requests go through few services, each after the other.
            if depth < 32 {
                self.below(Some(place), waits_us, depth + 1, into);
            }
        }
    }

    fn attempt(&self, place: u32, span: &Span, waits_us: u64, depth: u8) -> Attempt {
        let service = self.names.get(usize::from(span.hop)).copied().unwrap_or("call");
        let at = |before: &str, name: &str| match span.instance {
            Some(node) => format!("{before} {}", self.look.name(node)),
            None => name.to_owned(),
        };
        let before = self.before(span);
        let name = match (span.is_hedge, before.clone().count()) {
            (true, _) => at(service, service) + ", hedge",
            (false, 0) => at(service, service),
            (false, tries) => at(&format!("try {} at", tries + 1), &format!("try {}", tries + 1)),
        };
        let ended_us = span.ended_us.unwrap_or(self.look.outcome.ended_us);
        let cut_short = if span.ended_us.is_some() { "" } else { "not over yet" };
        let slept_us = before.clone().next().filter(|_| !span.is_hedge).and_then(|last| last.ended_us);
        Attempt {
            name,
            parts: self.parts(place, span, slept_us, (waits_us, ended_us)),
            ended_us,
            end: span.how.map_or(cut_short, |how| how.words()).to_owned(),
            ok: span.how.and_then(went_well),
            limit: matches!(span.how, Some(splitbrain::lab::shows::Ending::Limit(_)))
                .then(|| (span.tried_us.saturating_add(span.given_us), span.given_us)),
            record: span.record,
            depth,
        }
    }

    /// The tries before a span at the same call, from the last to the first; hedges are not among them.
    fn before(&self, span: &Span) -> impl Iterator<Item = &Span> + Clone {
        let before = |span: &Span| self.spans.get(span.after?.checked_sub(self.first)? as usize);
        let all = std::iter::successors(before(span), move |span| before(span));
        all.filter(|span| !span.is_hedge)
    }

    /// Where the time of a span went, in order: from when its caller went to sleep before it.
    fn parts(
        &self,
        place: u32,
        span: &Span,
        slept_us: Option<u64>,
        (waits_us, ended_us): (u64, u64),
    ) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut add = |phase, from_us: u64, to_us: u64| {
            // What goes on when nobody waits any more is apart.
            let cut = waits_us.max(from_us).min(to_us);
            for (from_us, to_us, in_vain) in [(from_us, cut, false), (cut, to_us, true)] {
                if from_us < to_us {
                    parts.push(Part { phase, from_us, to_us, in_vain });
                }
            }
        };
        add(Phase::Asleep, slept_us.unwrap_or(span.tried_us), span.tried_us);
        let Some(sent_us) = span.sent_us else {
            add(Phase::NoThread, span.tried_us, ended_us);
            return parts;
        };
        add(Phase::NoThread, span.tried_us, sent_us);
        if span.untold {
            add(Phase::Untold, sent_us, ended_us);
            return parts;
        }
        let Some(came_us) = span.came_us else {
            add(Phase::NoAnswer, sent_us, ended_us);
            return parts;
        };
        add(Phase::OnTheWay, sent_us, came_us);
        let done_us = span.done_us.unwrap_or(self.look.outcome.ended_us);
        let began_us = span.began_us.unwrap_or(done_us);
        add(Phase::Queued, came_us, began_us);
        let mut at_us = began_us;
        let mut steps: Vec<(u64, u64, Phase)> = self.calls(place, done_us).collect();
        if let Some((from_us, to_us)) = span.work_us {
            steps.push((from_us, to_us.unwrap_or(done_us).min(done_us), Phase::AtWork));
        }
        steps.sort_unstable_by_key(|step| (step.0, step.1));
        let mut called = false;
        for (from_us, to_us, phase) in steps {
            // Between its steps it waits for a worker; between two tries at a call for the next.
            add(if called { Phase::Asleep } else { Phase::Queued }, at_us, from_us.max(at_us));
            add(phase, from_us.max(at_us), to_us.max(at_us));
            at_us = at_us.max(to_us);
            called = phase == Phase::Elsewhere;
        }
        add(if called { Phase::Elsewhere } else { Phase::Queued }, at_us, done_us.max(at_us));
        if span.done_us.is_some() && done_us < ended_us {
            let answered = span.how.is_some_and(|how| !matches!(how, splitbrain::lab::shows::Ending::Limit(_)));
            add(if answered { Phase::OnTheWay } else { Phase::NoAnswer }, done_us, ended_us);
        }
        parts
    }

    /// When a span waits for those that are made for it.
    fn calls(&self, place: u32, done_us: u64) -> impl Iterator<Item = (u64, u64, Phase)> {
        let made = self.spans.iter().filter(move |span| span.parent == Some(place));
        made.map(move |span| (span.tried_us, span.ended_us.unwrap_or(done_us).min(done_us), Phase::Elsewhere))
    }
}
