//! Two of the promises: the server is not overloaded, nothing is executed twice.

use crate::cast::{Cast, NodeId, Sort};
use crate::check::disturbances::Disturbances;
use crate::check::light::{Light, evidence};
use crate::lab::{Evidence, State, Verdict, millionths};
use crate::sim::{OpId, OpKey};
use crate::time::DurationUs;
use crate::trace::{Mark, NONE};

/// The offered load stays below a multiple of the capacity.
///
/// It is counted in spans, one after the other, in each of which the server can finish [`Overload::REQUESTS`] requests, so that chance alone,
/// which makes small counts vary, does not break the promise.
#[derive(Clone, Debug)]
pub struct Overload {
    light: Light,
    /// How long a span is.
    span_us: u64,
    /// The most requests in a span.
    most: u64,
    limit: u32,
    span: u64,
    count: u64,
    peak: u64,
    first: Mark,
    /// A whole span has passed.
    judged: bool,
    /// No load is offered that a capacity would bound.
    nothing: bool,
}

impl Overload {
    /// How many requests the server can finish in a span.
    const REQUESTS: u64 = 30;

    /// Nothing offered yet; capacity in millionths of a request a second, the limit in millionths of it. `nothing` tells that nothing will be,
    /// for there is no such server.
    pub fn new(capacity: u32, limit: u32, nothing: bool) -> Overload {
        let span_us = Self::REQUESTS * 1_000_000_000_000 / u64::from(capacity);
        let why = match nothing {
            true => "No load is offered here that a server's capacity would bound.".to_owned(),
            false => format!("No whole {} has passed yet, in which the server can finish {}.", DurationUs(span_us), Self::REQUESTS),
        };
        Overload {
            light: Light::new("overload", State::Unknown, &why),
            span_us,
            most: Self::REQUESTS * u64::from(limit) / 1_000_000,
            limit,
            span: 0,
            count: 0,
            peak: 0,
            first: Mark::default(),
            judged: false,
            nothing,
        }
    }

    /// Something happens: the first span may be over by now.
    pub fn pass(&mut self, at: Mark) {
        if self.judged || self.nothing || at.at_us < self.span_us {
            return;
        }
        self.judged = true;
        if self.light.state() == State::Unknown {
            let (time, most, limit) = (DurationUs(self.span_us), self.most, crate::params::format_decimal(i64::from(self.limit)));
            let why = format!(
                "In no {time}, in which the server can finish {}, have more than {most} requests come: {limit} times as many.",
                Self::REQUESTS
            );
            self.light.say(at, State::Kept, &why);
        }
    }

    /// A request reaches the server. What disturbed it last is told, should it be one too many.
    pub fn offered(&mut self, at: Mark, by: &Disturbances) {
        let span = at.at_us / self.span_us;
        if span != self.span || self.count == 0 {
            (self.span, self.count, self.first) = (span, 0, at);
        }
        self.count += 1;
        self.peak = self.peak.max(self.count);
        if self.count > self.most {
            let (count, first, time) = (self.count, self.first, DurationUs(self.span_us));
            let limit = crate::params::format_decimal(i64::from(self.limit));
            self.light.break_(at, || {
                let why = format!(
                    "{count} requests within {time}, in which the server can finish {}: more than {limit} times as many.",
                    Self::REQUESTS
                );
                let mut steps = by.last(at.at_us);
                steps.push(evidence(first.record, "the first of them"));
                crate::sorted::sort_by_key(&mut steps, |step| step.record);
                steps.push(evidence(at.record, "one too many"));
                (why, steps)
            });
        }
    }

    /// The most that was offered in any span, in millionths of a request a second; none before a whole one has passed.
    pub fn peak(&self) -> Option<i64> {
        millionths(self.peak * 1_000_000, self.span_us).filter(|_| self.judged)
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// What is known of the execution of an operation.
#[derive(Clone, Copy, Debug)]
struct Op {
    began_us: u64,
    key: OpKey,
    /// The record of its first execution, or [`NONE`], and which attempt was executed then.
    executed: u32,
    executed_as: u32,
    /// A bit for each attempt, by its number modulo 64, whose execution was not the first.
    repeated: u64,
}

/// Nothing is executed twice.
#[derive(Clone, Debug)]
pub struct Once {
    light: Light,
    cast: Cast,
    ops: Vec<Op>,
    duplicates: u64,
}

impl Once {
    /// Nothing executed yet.
    pub fn new(cast: Cast) -> Once {
        let light = Light::new("once", State::Kept, "No call has been executed more than once.");
        Once { light, cast, ops: Vec::new(), duplicates: 0 }
    }

    /// An operation begins.
    pub fn invoked(&mut self, op: OpId, key: OpKey, at_us: u64) {
        assert_eq!(self.ops.len(), op.0 as usize, "operations are numbered as they are invoked");
        self.ops.push(Op { began_us: at_us, key, executed: NONE, executed_as: 0, repeated: 0 });
    }

    /// An attempt at an operation has been executed, in answer to which a message was sent at this record.
    pub fn executed(&mut self, at: Mark, op: Option<OpId>, path: u32, by: &Disturbances) {
        let Some(op) = op.and_then(|op| self.ops.get_mut(op.0 as usize)) else { return };
        if op.executed == NONE {
            (op.executed, op.executed_as) = (at.record, path);
            return;
        }
        op.repeated |= 1 << (path % 64);
        self.duplicates += 1;
        let (op, cast) = (*op, self.cast);
        let retried = op.executed_as != path;
        // In a chain a call is the client's, whoever has made it several. Its number is that of this boot.
        let call = format!("{}'s call {}", cast.name(op.key.client), op.key.number & 0x3f_ffff);
        let concerns = |node: NodeId| node == op.key.client || cast.sort(node).0 != Sort::Client;
        self.again((op.executed, at), &call, retried, || match retried {
            true => by.between(concerns, op.began_us, at.at_us),
            false => by.doubled(concerns).into_iter().collect(),
        });
    }

    /// Whether an attempt was executed after the first execution of its operation.
    pub fn was_again(&self, op: Option<OpId>, path: u32) -> bool {
        op.and_then(|op| self.ops.get(op.0 as usize)).is_some_and(|op| op.repeated >> (path % 64) & 1 == 1)
    }

    /// How many executions there were beyond the first ones.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        68 * self.ops.len() as u64
    }

    /// A call that was executed first at one record has been executed again: by a retry, because of what kept its caller from the answer, or by
    /// the same attempt, because of what had it come twice.
    fn again(&mut self, (first, at): (u32, Mark), call: &str, retried: bool, because: impl FnOnce() -> Vec<Evidence>) {
        self.light.break_(at, || {
            let (why, executed, again) = match retried {
                true => (
                    format!("A retry of {call} was executed although an earlier attempt at it had been."),
                    "the call is executed; its caller does not learn of it in time",
                    "a retry of the same call is executed as well",
                ),
                false => (
                    format!("{call} was executed twice: one attempt at it came twice."),
                    "the call is executed",
                    "the same attempt, which came twice, is executed as well",
                ),
            };
            let mut steps = because();
            steps.extend([evidence(first, executed), evidence(at.record, again)]);
            (why, steps)
        });
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}
