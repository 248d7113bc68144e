//! Clients that wait for a server's answer, and for whom what comes next is done.

use crate::cast::NodeId;
use crate::sim::{OpId, Out, Speech};

/// A client that waits for an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Waiting {
    /// Who.
    pub client: NodeId,
    /// The client's own number for what it asked.
    pub number: u32,
    /// How often it asked before.
    pub attempt: u16,
    /// The operation.
    pub op: Option<OpId>,
}

impl Waiting {
    /// Who has just asked.
    pub fn new<S: Speech>(client: NodeId, number: u32, attempt: u16, out: &Out<S>) -> Waiting {
        Waiting { client, number, attempt, op: out.serving() }
    }

    /// What comes next is sent for it.
    pub fn serve<S: Speech>(&self, out: &mut Out<S>) {
        serve(self.op, self.attempt, out);
    }
}

/// What comes next is done for an operation and attempt, or for none.
pub fn serve<S: Speech>(op: Option<OpId>, attempt: u16, out: &mut Out<S>) {
    match op {
        Some(op) => out.serve(op, attempt),
        None => out.serve_none(),
    }
}
