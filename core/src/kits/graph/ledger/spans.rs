//! The spans of the operations that are recorded: what their tries went through, put together from what callers and callees tell of them. They have
//! a limit of their own, as all that is recorded.

use super::super::mark::{Ending, HopId, Mark, Passing};
use crate::cast::NodeId;
use crate::outcome::{self, Detail, MAX_SPANS, Span};
use crate::sim::{OpId, OpKey};
use crate::trace::{self, NONE};

/// What is known of an operation.
#[derive(Clone, Copy, Debug)]
struct Op {
    kept: bool,
    /// The last of its spans.
    last: u32,
}

/// All spans of a run.
#[derive(Clone, Debug)]
pub struct Spans {
    detail: Detail,
    ops: Vec<Op>,
    spans: Vec<Span>,
    /// Of each span the one before it at the same operation.
    before: Vec<u32>,
    /// What the calls are for whose tries begin next.
    calling: Option<(OpId, u32)>,
    full: bool,
}

impl Spans {
    /// None yet.
    pub fn new(detail: Detail) -> Spans {
        Spans { detail, ops: Vec::new(), spans: Vec::new(), before: Vec::new(), calling: None, full: false }
    }

    /// An operation begins.
    pub fn invoked(&mut self, op: OpId, key: OpKey) {
        if self.detail != Detail::Totals && self.ops.len() == op.0 as usize {
            self.ops.push(Op { kept: self.detail.keeps(key.client, key.number), last: NONE });
        }
    }

    /// A node tells what it does.
    #[inline]
    pub fn mark(&mut self, at: trace::Mark, node: NodeId, op: Option<OpId>, mark: Mark) {
        match mark {
            Mark::Followed { hop, path, step } => self.follow(at, node, (op, hop, path), step),
            Mark::Hedged { .. } => self.calling = None,
            _ => {}
        }
    }

    fn follow(
        &mut self,
        at: trace::Mark,
        node: NodeId,
        (op, hop, path): (Option<OpId>, HopId, u32),
        step: Passing,
    ) {
        let Some(op) = op.filter(|op| self.ops.get(op.0 as usize).is_some_and(|known| known.kept)) else {
            return;
        };
        let at_us = at.at_us;
        if let Passing::Begins(given_us) = step {
            return self.begin(at, node, (op, hop, path), given_us);
        }
        let Some(place) = self.find(op, hop, path) else { return };
        let span = &mut self.spans[place as usize];
        match step {
            Passing::Begins(_) => {}
            Passing::Calls => self.calling = Some((op, place)),
            Passing::Goes(to) => (span.instance, span.sent_us) = (Some(to), Some(at_us)),
            // What comes twice is told of once.
            Passing::Comes => span.came_us = span.came_us.or(Some(at_us)),
            Passing::IsBegun => span.began_us = span.began_us.or(Some(at_us)),
            Passing::Works => {
                let from_us = span.work_us.map_or(at_us, |work| work.0);
                span.work_us = Some((from_us, None));
            }
            Passing::Worked => span.work_us = span.work_us.map(|work| (work.0, Some(at_us))),
            Passing::Leaves => span.done_us = span.done_us.or(Some(at_us)),
            Passing::Ends(how) => {
                span.ended_us = span.ended_us.or(Some(at_us));
                span.how = span.how.or(Some(words(how)));
            }
        }
    }

    fn begin(&mut self, at: trace::Mark, from: NodeId, (op, hop, path): (OpId, HopId, u32), given_us: u64) {
        let for_op = self.calling.take().filter(|(calls, _)| *calls == op).map(|(_, place)| place);
        // A later try at a call is for what the first was for: its number is the next.
        // One of several calls on a hop is no try of the one before it.
        let before = path.checked_sub(1).filter(|_| for_op.is_none());
        let after = before.and_then(|path| self.find(op, hop, path));
        let after = after.filter(|place| self.spans[*place as usize].from == from);
        let first = after.map(|place| self.spans[place as usize]);
        let parent = for_op.or(first.and_then(|span| span.parent));
        if self.spans.len() >= MAX_SPANS {
            self.full = true;
            return;
        }
        let known = &mut self.ops[op.0 as usize];
        self.before.push(std::mem::replace(&mut known.last, self.spans.len() as u32));
        self.spans.push(Span {
            op: op.0,
            hop: hop.0,
            path,
            parent,
            after,
            from,
            instance: None,
            untold: false,
            is_hedge: first.is_some_and(|span| span.ended_us.is_none()),
            tried_us: at.at_us,
            given_us,
            sent_us: None,
            came_us: None,
            began_us: None,
            work_us: None,
            done_us: None,
            ended_us: None,
            how: None,
            record: at.record,
        });
    }

    /// The place of a try among all spans.
    fn find(&self, op: OpId, hop: HopId, path: u32) -> Option<u32> {
        let mut place = self.ops.get(op.0 as usize)?.last;
        while place != NONE {
            let span = &self.spans[place as usize];
            if span.hop == hop.0 && span.path == path {
                return Some(place);
            }
            place = self.before[place as usize];
        }
        None
    }

    /// A node went down: it waits for nothing any more, and what it held is gone.
    pub fn crashed(&mut self, at_us: u64, node: NodeId) {
        for span in &mut self.spans {
            if span.from == node && span.ended_us.is_none() {
                (span.ended_us, span.how) = (Some(at_us), Some(words(Ending::Lost)));
            }
            if span.instance == Some(node) && span.came_us.is_some() && span.done_us.is_none() {
                span.done_us = Some(at_us);
            }
        }
    }

    /// All of them by operation, and the limit that was met.
    pub fn end(mut self) -> (Vec<Span>, Option<String>) {
        let mut order: Vec<u32> = (0..self.spans.len() as u32).collect();
        crate::sorted::sort_by_key(&mut order, |place| (self.spans[*place as usize].op, *place));
        let mut moved = vec![0; order.len()];
        (0..).zip(&order).for_each(|(to, from)| moved[*from as usize] = to);
        for span in &mut self.spans {
            span.parent = span.parent.map(|parent| moved[parent as usize]);
            span.after = span.after.map(|before| moved[before as usize]);
        }
        let spans = order.into_iter().map(|place| self.spans[place as usize]).collect();
        let limit = format!("Of the tries at calls only the first {MAX_SPANS} are followed one by one.");
        (spans, self.full.then_some(limit))
    }
}

/// How a try ended, as pictures say it.
fn words(how: Ending) -> outcome::Ending {
    use outcome::Ending::{Bad, Good, Limit, Unmade};
    match how {
        Ending::Done | Ending::Known | Ending::Degraded | Ending::Missed => Good(how.word()),
        Ending::TimedOut => Limit(how.word()),
        Ending::ShortCircuited | Ending::Rejected | Ending::NoTime | Ending::Cancelled => Unmade(how.word()),
        Ending::Lost => Bad("its caller crashed"),
        Ending::Late | Ending::Failed | Ending::Bad | Ending::Refused => Bad(how.word()),
    }
}
