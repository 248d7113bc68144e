//! One quorum as it is gathered: whom it has asked, who has answered, and what is to be done about those who have not.

use super::coordinator::At;
use super::disk::Disk;
use super::message::{Msg, Response};
use super::object::{Context, Object, Version};
use super::config::Config;
use crate::cast::NodeId;
use crate::sim::{Ctx, OpId};

/// Who is to be told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Asker {
    /// A client, under its own number.
    Client(NodeId, u32),
    /// The coordinator itself: a probe.
    Itself,
}

/// What a quorum is being gathered for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Phase {
    /// A write asks for the highest version first.
    Asking,
    /// W acknowledgements.
    Writing,
    /// R answers.
    Reading,
    /// A read writes back what it found, until W replicas have it.
    Repairing,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Pending {
    pub(super) op: OpId,
    pub(super) asker: Asker,
    pub(super) key: u16,
    pub(super) phase: Phase,
    /// What is to be written, and what its client had seen.
    pub(super) write: Option<(Version, Context)>,
    /// What is being written, or has been found so far.
    pub(super) object: Option<Object>,
    /// Whom the present phase has been sent to, itself included.
    pub(super) asked: Vec<NodeId>,
    pub(super) answers: Vec<(NodeId, Option<Object>)>,
    pub(super) acks: Vec<NodeId>,
    /// Spare nodes that stand in: (owner, spare).
    pub(super) stand_ins: Vec<(NodeId, NodeId)>,
    pub(super) told: bool,
    /// Whose answers a read that writes back has merged: those that come later it does not return.
    pub(super) merged: Vec<NodeId>,
    /// What numbers this quorum's dice: the operation, by its client's own number.
    pub(super) luck: u64,
}

impl Asker {
    pub(super) fn node(self, ctx: &Ctx) -> NodeId {
        match self {
            Asker::Client(client, _) => client,
            Asker::Itself => ctx.me,
        }
    }
}

impl Pending {
    /// What it takes, in bytes, with what it refers to.
    pub(super) fn weight(&self) -> u64 {
        let found = self.answers.iter().map(|(_, found)| 56 + found.as_ref().map_or(0, Object::weight)).sum::<u64>();
        320 + found + self.object.as_ref().map_or(0, Object::weight)
    }

    /// Tells the asker what has come of it.
    pub(super) fn tell(&mut self, at: &mut At<'_>) -> Option<Response> {
        self.told = true;
        let response = match self.phase {
            Phase::Asking | Phase::Writing => Response::Written,
            Phase::Reading | Phase::Repairing => Response::Found {
                versions: self.object.as_ref().map(Object::versions).unwrap_or_default(),
                context: self.object.as_ref().map(Object::context).unwrap_or_default(),
                answered: match self.phase {
                    Phase::Repairing => self.merged.clone(),
                    _ => self.heard(),
                },
            },
        };
        self.answer(response, at)
    }

    pub(super) fn answer(&self, response: Response, at: &mut At<'_>) -> Option<Response> {
        match self.asker {
            Asker::Itself => Some(response),
            Asker::Client(client, number) => {
                at.out.serve(self.op, 0);
                at.out.send(client, Msg::Done { number, response });
                None
            }
        }
    }

    /// How many have answered, of how many that are needed.
    pub(super) fn progress(&self, config: &Config) -> (u32, u32) {
        match self.phase {
            Phase::Asking | Phase::Reading => (self.answers.len() as u32, config.params.r),
            Phase::Writing | Phase::Repairing => (self.acks.len() as u32, config.params.w),
        }
    }

    /// Who has been heard in this phase.
    pub(super) fn heard(&self) -> Vec<NodeId> {
        match self.phase {
            Phase::Asking | Phase::Reading => self.answers.iter().map(|(node, _)| *node).collect(),
            Phase::Writing | Phase::Repairing => self.acks.clone(),
        }
    }

    /// Whether nothing more is to come that matters.
    pub(super) fn is_over(&self) -> bool {
        let all = |heard: Vec<NodeId>| self.asked.iter().all(|node| heard.contains(node));
        self.told && (self.phase == Phase::Repairing || all(self.heard()))
    }

    /// Gives what was found to the owners that are not known to have it; true if W must yet acknowledge. Those that have it count.
    pub(super) fn write_back(&mut self, id: u32, w: usize, at: &mut At<'_>) -> bool {
        let Some(object) = self.object.clone() else { return false };
        self.merged = self.heard();
        let has = |found: &Option<Object>| found.as_ref().is_some_and(|found| found.covers(&object));
        self.acks = self.answers.iter().filter(|(_, found)| has(found)).map(|(node, _)| *node).collect();
        if self.acks.len() >= w {
            return false;
        }
        for owner in at.config.owners(self.key) {
            if !self.acks.contains(&owner) {
                self.send_repair(id, owner, &object, at);
            }
        }
        true
    }

    /// Repairs every replica that answered with less than has been found.
    pub(super) fn repair_all(&mut self, id: u32, at: &mut At<'_>) {
        for (node, found) in self.answers.clone() {
            self.repair(id, node, found.as_ref(), at);
        }
    }

    pub(super) fn repair(&mut self, id: u32, node: NodeId, found: Option<&Object>, at: &mut At<'_>) {
        let Some(object) = self.object.clone() else { return };
        if found.is_none_or(|found| !found.covers(&object)) && at.config.owners(self.key).contains(&node) {
            self.send_repair(id, node, &object, at);
        }
    }

    pub(super) fn send_repair(&mut self, id: u32, node: NodeId, object: &Object, at: &mut At<'_>) {
        match at.replica.as_deref_mut() {
            Some(replica) if node == at.ctx.me => {
                replica.take(at.config, at.ctx, self.key, object, at.out);
                self.acks.push(node);
            }
            _ => at.out.send(node, Msg::Repair { id, key: self.key, object: object.clone() }),
        }
    }

    /// A spare node takes an owner's place.
    pub(super) fn stand_in(&mut self, id: u32, owner: NodeId, spare: NodeId, own: &mut Disk, at: &mut At<'_>) {
        self.stand_ins.push((owner, spare));
        let Some(object) = self.object.clone().filter(|_| self.phase != Phase::Reading) else {
            self.asked.push(spare);
            return at.out.send(spare, Msg::Read { id, key: self.key });
        };
        if spare != at.ctx.me {
            at.out.send(spare, Msg::Write { id, key: self.key, object, owner: Some(owner) });
        } else if self.keep_hint(owner, own, at) {
            self.acks.push(spare);
        }
    }

    /// The coordinator keeps the write for its owner: with its replica if it has one, else on its own disk. False if it must not.
    pub(super) fn keep_hint(&mut self, owner: NodeId, own: &mut Disk, at: &mut At<'_>) -> bool {
        let Some(object) = self.object.clone() else { return false };
        let disk = at.replica.as_deref_mut().map_or(own, |replica| &mut replica.disk);
        self.stand_ins.push((owner, at.ctx.me));
        disk.keep_hint(at.config, at.ctx, owner, (self.key, object), at.out)
    }
}
