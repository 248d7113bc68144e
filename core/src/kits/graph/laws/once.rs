//! The promise that nothing is executed twice.

use crate::cast::{Cast, NodeId, Sort};
use crate::check::disturbances::Disturbances;
use crate::check::light::{Light, evidence};
use crate::lab::{Evidence, State, Verdict};
use crate::sim::{OpId, OpKey};
use crate::trace::{Mark, NONE};

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
    /// What an attempt after the first is.
    again: &'static str,
}

impl Once {
    /// Nothing executed yet.
    pub fn new(cast: Cast) -> Once {
        let light = Light::new("once", State::Kept, "No call has been executed more than once.");
        Once { light, cast, ops: Vec::new(), duplicates: 0, again: "retry" }
    }

    /// Where attempts after the first are hedges.
    pub fn hedged(self) -> Once {
        Once { again: "hedge", ..self }
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
    fn again(
        &mut self,
        (first, at): (u32, Mark),
        call: &str,
        retried: bool,
        because: impl FnOnce() -> Vec<Evidence>,
    ) {
        let tried = self.again;
        self.light.break_(at, || {
            let (why, executed, again) = match retried {
                true => (
                    format!("A {tried} of {call} was executed although an earlier attempt at it had been."),
                    "the call is executed; its caller does not learn of it in time",
                    match tried {
                        "hedge" => "a hedge of the same call is executed as well",
                        _ => "a retry of the same call is executed as well",
                    },
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
