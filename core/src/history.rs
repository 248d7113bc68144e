//! A history: what clients asked of registers, what they were told, and when.

use crate::sorted::Map;
use crate::trace::Mark;

/// What every register holds before the first write, and once it is emptied: nothing. No client's value is this.
pub const INITIAL: u64 = u64::MAX;

/// Operations of clients on registers, checked at the door: every answer fits its call and no operation returns before it is invoked.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct History {
    ops: Vec<Op>,
}

/// One operation.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Op {
    /// Whose it is.
    pub client: u32,
    /// Which register.
    pub key: u32,
    /// What it asked.
    pub call: Call,
    /// What it was told; `None` where it timed out, its client crashed or the run ended: it may take effect at any later moment, or never.
    pub answer: Option<Answer>,
    /// When it was invoked.
    pub invoked: Mark,
    /// When it returned; without it an answer counts as none.
    pub returned: Option<Mark>,
}

/// What an operation asks of a register.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Call {
    /// Its value.
    Read,
    /// To hold this value.
    Write(u64),
    /// To hold `to` if it holds `from`.
    Cas {
        /// The value that it must hold.
        from: u64,
        /// The value that it then takes.
        to: u64,
    },
}

/// What an operation is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// A read's value.
    Value(u64),
    /// A read's values, where a store returns siblings. A register holds just one: none or several fit no order.
    Values(Vec<u64>),
    /// The write or the compare-and-set took effect.
    Done,
    /// The compare-and-set found another value.
    CasFailed,
    /// It certainly had no effect: it might as well not have been.
    Failed,
}

/// What an operation comes to, for a checker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Effect {
    /// The register must hold this before; `Some(None)` is what no register ever holds.
    pub needs: Option<Option<u64>>,
    /// The register may not hold this before.
    pub avoids: Option<u64>,
    /// The register holds this after.
    pub makes: Option<u64>,
    /// Whether it must have taken effect, and before it returned; otherwise it may have, at any moment after its invocation.
    pub required: bool,
}

impl History {
    /// The history of these operations, in any order; otherwise a sentence that says which is impossible and why.
    pub fn new(ops: Vec<Op>) -> Result<History, String> {
        for (i, op) in ops.iter().enumerate() {
            let fits = matches!(
                (&op.call, &op.answer),
                (_, None | Some(Answer::Failed))
                    | (Call::Read, Some(Answer::Value(_) | Answer::Values(_)))
                    | (Call::Write(_), Some(Answer::Done))
                    | (Call::Cas { .. }, Some(Answer::Done | Answer::CasFailed))
            );
            if !fits {
                return Err(format!(
                    "operation {i} asks {:?} and is told {:?}; a read is told its value, a write that it is done, a compare-and-set that it is done or failed",
                    op.call, op.answer
                ));
            }
            if op.returned.is_some_and(|returned| returned < op.invoked) {
                return Err(format!(
                    "operation {i} returns before it is invoked; its times must be in order"
                ));
            }
        }
        Ok(History { ops })
    }

    /// The operations, as they were given; checkers name them by their place here.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The places of the operations that have an effect or see one, by key, in order of invocation.
    pub(crate) fn by_key(&self) -> Map<u32, Vec<usize>> {
        let mut keys: Map<u32, Vec<usize>> = Map::new();
        for i in self.in_order() {
            keys.entry(self.ops[i].key).or_default().push(i);
        }
        keys
    }

    /// The places of the operations that have an effect or see one, in order of invocation.
    pub(crate) fn in_order(&self) -> Vec<usize> {
        let mut places: Vec<usize> =
            (0..self.ops.len()).filter(|&i| self.ops[i].effect().is_some()).collect();
        crate::sorted::sort_by_key(&mut places, |&i| (self.ops[i].invoked, i));
        places
    }
}

impl Op {
    /// When it returned with an answer; `None` while its outcome is unknown.
    pub fn settled(&self) -> Option<Mark> {
        self.answer.as_ref().and(self.returned)
    }

    /// Whether this was over before the other began.
    pub fn precedes(&self, other: &Op) -> bool {
        self.settled().is_some_and(|returned| returned < other.invoked)
    }

    /// The value that it read, where it is a read with one value.
    pub fn read(&self) -> Option<u64> {
        match (&self.call, self.settled().and(self.answer.as_ref())?) {
            (Call::Read, Answer::Value(value)) => Some(*value),
            (Call::Read, Answer::Values(values)) if values.len() == 1 => Some(values[0]),
            _ => None,
        }
    }

    /// What it comes to; `None` when it can be left out (it failed, or it is a read that nobody heard the answer of).
    pub(crate) fn effect(&self) -> Option<Effect> {
        let settled = self.settled().and(self.answer.as_ref());
        let none = Effect { needs: None, avoids: None, makes: None, required: settled.is_some() };
        match (self.call, settled) {
            (_, Some(Answer::Failed)) | (Call::Read, None) => None,
            (Call::Read, Some(_)) => Some(Effect { needs: Some(self.read()), ..none }),
            (Call::Write(value), _) => Some(Effect { makes: Some(value), ..none }),
            (Call::Cas { from, .. }, Some(Answer::CasFailed)) => Some(Effect { avoids: Some(from), ..none }),
            (Call::Cas { from, to }, _) => Some(Effect { needs: Some(Some(from)), makes: Some(to), ..none }),
        }
    }
}
