//! A client's search for the server that leads: it asks whom it takes for the leader, and another when it is told so or hears nothing.

use crate::cast::{Cast, NodeId};

/// Whom a client takes for the leader, and whom it asks where it does not know.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Seeker {
    leader: Option<NodeId>,
    next: u16,
}

impl Seeker {
    /// It knows of no leader, and asks this server first.
    pub fn new(first: u16) -> Seeker {
        Seeker { leader: None, next: first }
    }

    /// The server to ask now: where it knows of no leader, one after the other.
    pub fn pick(&mut self, cast: &Cast) -> NodeId {
        self.leader.unwrap_or_else(|| {
            self.next += 1;
            cast.server((self.next - 1) % cast.servers)
        })
    }

    /// This server has served it.
    pub fn served_by(&mut self, server: NodeId) {
        self.leader = Some(server);
    }

    /// A server does not lead, and says who does, if it knows: whether it can ask that one at once. Else it had better wait.
    pub fn redirected(&mut self, by: NodeId, leader: Option<NodeId>) -> bool {
        self.leader = leader.filter(|leader| *leader != by);
        self.leader.is_some()
    }

    /// It has heard nothing for too long.
    pub fn lost(&mut self) {
        self.leader = None;
    }
}
