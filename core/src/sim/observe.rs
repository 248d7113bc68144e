//! Who watches a run as it happens: the lab's meters and laws, fed at every level of detail.

use super::protocol::{OpId, OpKey, Speech};
use crate::acts::Act;
use crate::cast::NodeId;
use crate::trace::{Fact, FactKey, Loss, Mark, World};

/// Something that an observer is told, with its mark; the same at every level of detail.
#[derive(Debug)]
pub enum Seen<'a, S: Speech> {
    /// A cue took effect.
    Act(&'a Act),
    /// A node booted.
    Boot(NodeId),
    /// A node went down (crash or wipe).
    Crash(NodeId),
    /// A message was sent.
    Send {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
        /// The message.
        msg: &'a S::Msg,
        /// The operation that it serves.
        op: Option<OpId>,
    },
    /// A message arrived and is about to be handled.
    Deliver {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
        /// The message.
        msg: &'a S::Msg,
        /// The operation that it serves.
        op: Option<OpId>,
    },
    /// A message died.
    Lose {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
        /// The message.
        msg: &'a S::Msg,
        /// Why.
        loss: Loss,
        /// The operation that it serves.
        op: Option<OpId>,
    },
    /// A timer fired.
    Timer {
        /// Whose.
        node: NodeId,
        /// Which.
        name: &'a S::Timer,
    },
    /// An operation began.
    Invoke {
        /// Its number in the run.
        op: OpId,
        /// Whose, and the client's own number.
        key: OpKey,
        /// What is asked.
        request: &'a S::Request,
    },
    /// An operation ended.
    Return {
        /// Its number in the run.
        op: OpId,
        /// Whose, and the client's own number.
        key: OpKey,
        /// What the client was told.
        response: &'a S::Response,
    },
    /// The client of an open operation went down.
    Abandon {
        /// Its number in the run.
        op: OpId,
        /// Whose, and the client's own number.
        key: OpKey,
    },
    /// A fact changed.
    Fact {
        /// Whose.
        node: NodeId,
        /// Which.
        key: FactKey,
        /// Its new value.
        value: &'a Fact,
    },
    /// A node tells what it does ([`super::Out::mark`]); the mark of time is that of the last record.
    Mark {
        /// Who.
        node: NodeId,
        /// The operation that it serves.
        op: Option<OpId>,
        /// What.
        mark: S::Mark,
    },
}

/// Watches a run.
pub trait Observer<S: Speech> {
    /// Something happened; the world is as it stands after it. Nothing is told when nothing happens: what must come within a time is judged at
    /// the next record, and at the end of the run by whoever has lent the observer.
    fn see(&mut self, mark: Mark, seen: Seen<'_, S>, world: &World);
    /// Whether the run may end before its horizon: asked after each event.
    fn done(&self) -> bool {
        false
    }
    /// What it keeps, in bytes and roughly, but alike on every machine: asked for now and then, so that memory has a limit.
    fn weight(&self) -> u64 {
        0
    }
    /// Goes on with what can be judged only once all has happened, for about so many steps; says whether it has been. What it comes to does
    /// not depend on how the steps were cut.
    fn judge(&mut self, _steps: u64) -> bool {
        true
    }
}

/// Lent to a run, to be looked at afterwards.
impl<S: Speech, O: Observer<S>> Observer<S> for &mut O {
    fn see(&mut self, mark: Mark, seen: Seen<'_, S>, world: &World) {
        (**self).see(mark, seen, world);
    }

    fn done(&self) -> bool {
        (**self).done()
    }

    fn weight(&self) -> u64 {
        (**self).weight()
    }

    fn judge(&mut self, steps: u64) -> bool {
        (**self).judge(steps)
    }
}

/// Watches nothing.
#[derive(Debug, Default)]
pub struct Blind;

impl<S: Speech> Observer<S> for Blind {
    fn see(&mut self, _: Mark, _: Seen<'_, S>, _: &World) {}
}
