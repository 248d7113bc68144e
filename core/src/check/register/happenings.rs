//! What is done to the system and what happens in it, beside what clients ask and are told: for the laws over replicas, and for reasons.

use super::{Register, Stamped, WriteId, Written};
use crate::acts::Act;
use crate::cast::NodeId;
use crate::check::fate::Fate;
use crate::trace::{Loss, Mark};

/// What is done to the system, and what happens to replicas, goes on to their laws.
impl Register {
    /// An act of the script takes effect.
    pub fn act(&mut self, at: Mark, act: &Act) {
        self.deeds.act(at, act);
        match act {
            Act::Wipe { node } => {
                for node in self.rules.cast.members(node).unwrap_or_default() {
                    self.replicas.wiped(&self.rules, &mut self.writes, &self.deeds, node, at);
                }
            }
            Act::Cut { .. } | Act::CutOneWay { .. } | Act::Heal { .. } | Act::Pause { .. } => {
                self.replicas.disturbed(&self.rules, &self.deeds, at);
            }
            // What goes down or comes up is told when it does; a message that dies or is slow parts nobody for longer than it takes.
            Act::Crash { .. } | Act::Start { .. } | Act::Fail { .. } | Act::Slow { .. } => {}
            Act::Drop { .. } | Act::Dup { .. } | Act::Clock { .. } | Act::Drift { .. } => {}
            Act::Ask { .. } | Act::Reseed { .. } | Act::Say { .. } | Act::Point { .. } | Act::Stop {} => {}
        }
    }

    /// A node goes down with an act.
    pub fn crashed(&mut self, node: NodeId, at: Mark) {
        self.deeds.crash(node, at, true);
        self.replicas.disturbed(&self.rules, &self.deeds, at);
    }

    /// A node turns out to have been down from the start.
    pub fn is_deaf(&mut self, node: NodeId, at: Mark) {
        self.deeds.crash(node, at, false);
        self.replicas.disturbed(&self.rules, &self.deeds, at);
    }

    /// A node boots.
    pub fn booted(&mut self, node: NodeId, at: Mark) {
        if self.deeds.boot(node) {
            self.replicas.disturbed(&self.rules, &self.deeds, at);
        }
    }

    /// Whether a node is down.
    pub fn is_down(&self, node: NodeId) -> bool {
        self.deeds.is_down(node)
    }

    /// A message with these writes is sent: an act may have it dropped, or come twice.
    pub fn message_sent(&mut self, from: NodeId, to: NodeId, kind: &str, writes: &[WriteId]) {
        self.deeds.sent(from, to, kind, writes);
    }

    /// A coordinator is asked for a write, and gives it its version.
    pub fn stamped(&mut self, write: WriteId, by: NodeId, at: Mark) {
        let Some(written) = self.writes.get_mut(&write) else { return };
        match &mut written.stamped {
            None => written.stamped = Some(Stamped { by, at, again: None }),
            Some(stamped) => {
                let again = (at, self.deeds.doubled_by(write, by));
                stamped.again.get_or_insert(again);
            }
        }
    }

    /// The coordinator of a write has been answered, when it asked what there is, with some write: what it makes of that stands over it. Once
    /// the write has been sent or taken anywhere it has its version, and later answers change nothing.
    pub fn found(&mut self, write: WriteId, found: WriteId) {
        let is_new = |written: &Written| written.fates.all().iter().all(|fate| *fate == Fate::Unsent);
        if self.rules.siblings && self.writes.get(&write).is_some_and(is_new) {
            self.replicas.found(&mut self.writes, write, found);
        }
    }

    /// The same for what the coordinator holds itself.
    pub fn found_at_home(&mut self, write: WriteId, by: NodeId) {
        let Some(key) = self.writes.get(&write).map(|written| written.key) else { return };
        for held in self.replicas.held(key, by).to_vec() {
            self.found(write, held);
        }
    }

    /// A version is on its way to a server.
    pub fn sent(&mut self, write: WriteId, to: NodeId, at: Mark) {
        self.came_to(write, to, Fate::Sent(at), at);
    }

    /// A message with a version died on its way.
    pub fn lost(&mut self, write: WriteId, from: NodeId, to: NodeId, loss: Loss, at: Mark) {
        let act = self.deeds.lost_by(from, to, loss);
        self.came_to(write, to, Fate::Lost(at, loss, act), at);
    }

    /// A message died that was sent on behalf of an operation.
    pub fn died(&mut self, op: u32, way: (NodeId, NodeId), loss: Loss, at: Mark) {
        let failed = self.writes.get(&op).is_some_and(|written| written.failed.is_some());
        let is_over = self.writes.get(&op).is_some_and(|written| written.acked.is_some());
        let is_awaited =
            !is_over && !failed && (self.writes.contains_key(&op) || self.readings.contains_key(&op));
        if is_awaited {
            self.deeds.died(op, way, loss, at);
        }
    }

    /// What a message with a version came to at a server.
    pub fn came_to(&mut self, write: WriteId, node: NodeId, fate: Fate, at: Mark) {
        self.replicas.fate(&self.rules, &mut self.writes, &self.deeds, write, node, fate, at);
    }

    /// A node keeps a write for another, besides what it holds itself.
    pub fn keeps(&mut self, write: WriteId, node: NodeId) {
        if let Some(written) = self.writes.get_mut(&write) {
            written.lineage.keepers.insert(node);
        }
    }

    /// A server gives a version up.
    pub fn dropped(&mut self, write: WriteId, node: NodeId, at: Mark) {
        self.replicas.dropped(&self.rules, &mut self.writes, &self.deeds, write, node, at);
    }

    /// Time has gone on, and nothing has happened since the mark's record: pauses may have ended, and deadlines passed, on the way.
    pub fn tick(&mut self, at: Mark) {
        while let Some(at_us) = self.deeds.next_resumed(self.ticked_us, at.at_us) {
            let resumed = Mark { at_us, ..at };
            self.replicas.tick(&self.rules, &self.writes, &self.deeds, resumed);
            self.replicas.disturbed(&self.rules, &self.deeds, resumed);
            self.ticked_us = at_us;
        }
        self.ticked_us = at.at_us;
        self.replicas.tick(&self.rules, &self.writes, &self.deeds, at);
    }
}
