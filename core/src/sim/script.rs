//! The script, carried out: crashes and requests, which touch the protocol, and what touches only network and nodes.

use super::node::Node;
use super::observe::{Observer, Seen};
use super::protocol::{OpId, Protocol};
use super::queue::{Event, Queue};
use super::recorder::record;
use super::run::Sim;
use super::{Finger, Fuse};
use crate::acts::{Act, MessageKind};
use crate::cast::{Cast, Group, Name, NodeId};
use crate::trace::{Loss, NOBODY, NONE, RecordKind};
use crate::words::MessageSpec;

impl<P: Protocol, O: Observer<P::Speech>> Sim<P, O> {
    /// Carries out an act, brought about by the record of its cue.
    pub(super) fn act(&mut self, act: &Act, cause: u32) {
        match self.stage().act(act, cause) {
            Touches::Nothing => {}
            Touches::Crash { nodes, disk_too } => {
                for node in nodes {
                    self.crash(node, cause, disk_too);
                }
            }
            Touches::Boot(nodes) => {
                for node in nodes {
                    if !self.nodes[node.index()].up {
                        self.boot(node, cause);
                    }
                }
            }
            Touches::Ask(nodes, request) => {
                for node in nodes {
                    let request = request.parse().expect("the lab has checked the request at the door");
                    if self.nodes[node.index()].up {
                        self.asked.push((request, cause));
                        self.input(node, Event::Asked(node, self.asked.len() as u32 - 1));
                    }
                }
            }
        }
    }

    /// Counts a message that a node has sent, and has the node crash where that was the last one which the script leaves it. Says whether it has.
    pub(super) fn burn(&mut self, node: NodeId, (to, kind): (NodeId, u8), payload: u32) -> bool {
        for fuse in self.fuses.iter_mut().filter(|fuse| fuse.node == node) {
            fuse.left -= u32::from(fuse.kind.is_none_or(|only| only == kind));
        }
        let Some(place) = self.fuses.iter().position(|fuse| fuse.left == 0) else { return false };
        let cue = self.fuses.remove(place).cue;
        self.fuses.retain(|fuse| fuse.left > 0);
        let keep = self.keeps(NONE, NOBODY);
        let mut wrote = record(RecordKind::Crash, self.now_us, cue);
        (wrote.node, wrote.peer, wrote.message, wrote.payload) = (node, to, kind, payload);
        let id = self.recorder.write(wrote, keep);
        self.world.go_down(node, id);
        self.crash(node, id, false);
        true
    }

    /// The node goes down: its volatile state, timers and waiting inputs are gone, its open operations unknown.
    pub(super) fn crash(&mut self, node: NodeId, cause: u32, disk_too: bool) {
        if disk_too {
            self.disks[node.index()] = None;
        }
        let state = &mut self.nodes[node.index()];
        if !state.up {
            return;
        }
        state.up = false;
        state.paused_until_us = None;
        state.pauses += 1;
        state.finished_in_pause = false;
        state.epoch += 1;
        let waiting: Vec<Event> = state.working.take().into_iter().chain(state.waiting.drain(..)).collect();
        let open = std::mem::take(&mut state.open);
        state.ended = 0;
        self.states[node.index()] = None;
        self.see(cause, Seen::Crash(node));
        for place in self.timers[node.index()].clear() {
            self.alarms.get_mut(place).live = false;
        }
        for event in waiting {
            match event {
                Event::Arrive(place) => self.lose(place, Loss::Down),
                Event::Due(place) => drop(self.alarms.take(place)),
                _ => {}
            }
        }
        for op in open {
            let opened = &mut self.operations[op as usize];
            if !std::mem::take(&mut opened.open) {
                continue;
            }
            let key = opened.key;
            let keep = self.keeps(op, node);
            let mut wrote = record(RecordKind::Abandon, self.now_us, cause);
            (wrote.node, wrote.op) = (node, op);
            let id = self.recorder.write(wrote, keep);
            self.log.abandoned(op);
            self.see(id, Seen::Abandon { op: OpId(op), key });
        }
    }

    /// The parts that the script touches.
    pub(super) fn stage(&mut self) -> Stage<'_> {
        Stage {
            cast: &self.cast,
            kinds: self.kinds,
            nodes: &mut self.nodes,
            queue: &mut self.queue,
            fingers: &mut self.fingers,
            fuses: &mut self.fuses,
            seed: &mut self.seed,
            now_us: self.now_us,
        }
    }
}

/// What acts on the network and on conditions of nodes touch: nothing of it is the protocol's.
pub(super) struct Stage<'a> {
    pub(super) cast: &'a Cast,
    pub(super) kinds: &'static [MessageSpec],
    pub(super) nodes: &'a mut [Node],
    pub(super) queue: &'a mut Queue,
    pub(super) fingers: &'a mut Vec<Finger>,
    pub(super) fuses: &'a mut Vec<Fuse>,
    pub(super) seed: &'a mut u32,
    pub(super) now_us: u64,
}

/// What an act does to protocols: it is carried out where they are known.
pub(super) enum Touches {
    Nothing,
    Crash { nodes: Vec<NodeId>, disk_too: bool },
    Boot(Vec<NodeId>),
    Ask(Vec<NodeId>, String),
}

impl Stage<'_> {
    /// Does it, all but what touches protocols; `cue` is the record of it.
    pub(super) fn act(&mut self, act: &Act, cue: u32) -> Touches {
        match act {
            // What stands of these the world knows.
            Act::Cut { .. } | Act::CutOneWay { .. } | Act::Heal { .. } => {}
            Act::Crash { node } => return Touches::Crash { nodes: self.members(node), disk_too: false },
            Act::Wipe { node } => return Touches::Crash { nodes: self.members(node), disk_too: true },
            Act::Fail { node, kind, nth } => {
                let (node, kind) = (self.member(*node), self.kind(kind));
                self.fuses.push(Fuse { node, kind, left: nth.0, cue });
            }
            Act::Start { node } => return Touches::Boot(self.members(node)),
            Act::Pause { node, time } => {
                for node in self.members(node) {
                    self.pause(node, time.0);
                }
            }
            Act::Slow { node, factor } => {
                for node in self.members(node) {
                    self.nodes[node.index()].slow = factor.0;
                }
            }
            Act::Drop { from, to, kind } => self.finger(*from, *to, kind, false),
            Act::Dup { from, to, kind } => self.finger(*from, *to, kind, true),
            Act::Clock { node, by } => {
                for node in self.members(node) {
                    self.nodes[node.index()].clock.jump(by.0);
                }
            }
            Act::Drift { node, rate } => {
                for node in self.members(node) {
                    self.nodes[node.index()].clock.drift(self.now_us, rate.0);
                }
            }
            Act::Ask { node, request } => return Touches::Ask(self.members(node), request.0.clone()),
            Act::Reseed { seed } => *self.seed = seed.0,
            Act::Say { .. } | Act::Point { .. } | Act::Stop {} => {}
        }
        Touches::Nothing
    }

    /// The members of a group that has been checked at the door.
    fn members(&self, group: &Group) -> Vec<NodeId> {
        self.cast.members(group).expect("the script names nodes that take part")
    }

    /// A node that has been checked at the door.
    fn member(&self, name: Name) -> NodeId {
        self.cast.find(name).expect("the script names nodes that take part")
    }

    /// The number of a kind of message that has been checked at the door.
    fn kind(&self, kind: &MessageKind) -> Option<u8> {
        kind.0.as_ref().map(|word| {
            let place = self.kinds.iter().position(|k| k.word == word);
            place.expect("the lab has checked the kind at the door") as u8
        })
    }

    fn finger(&mut self, from: Name, to: Name, kind: &MessageKind, twice: bool) {
        let finger = Finger { from: self.member(from), to: self.member(to), kind: self.kind(kind), twice };
        self.fingers.push(finger);
    }

    /// A pause that comes during another ends when the later of the two ends.
    fn pause(&mut self, node: NodeId, time_us: u64) {
        let state = &mut self.nodes[node.index()];
        let until_us = self.now_us.saturating_add(time_us);
        if !state.up || state.paused_until_us.is_some_and(|until| until >= until_us) {
            return;
        }
        state.paused_until_us = Some(until_us);
        state.pauses += 1;
        self.queue.push(until_us, Event::Resume(node, state.pauses));
    }
}
