//! The script, carried out: crashes and requests, which touch the protocol, and what touches only network and nodes.

use super::Finger;
use super::node::Node;
use super::observe::{Observer, Seen};
use super::protocol::{OpId, Protocol};
use super::queue::{Event, Queue};
use super::recorder::record;
use super::run::Sim;
use crate::acts::{Act, Pointed};
use crate::cast::{Cast, NodeId};
use crate::lab::MessageSpec;
use crate::trace::{Loss, RecordKind};

impl<P: Protocol, O: Observer<P::Speech>> Sim<P, O> {
    pub(super) fn act(&mut self, act: &Act, cause: u32) {
        match act {
            Act::Crash { node } | Act::Wipe { node } => {
                for node in members(&self.cast, node) {
                    self.crash(node, cause, matches!(act, Act::Wipe { .. }));
                }
            }
            Act::Start { node } => {
                for node in members(&self.cast, node) {
                    if !self.nodes[node.index()].up {
                        self.boot(node, cause);
                    }
                }
            }
            Act::Ask { node, request } => {
                for node in members(&self.cast, node) {
                    let request = request.0.parse().expect("the lab has checked the request at the door");
                    if self.nodes[node.index()].up {
                        self.asked.push((request, cause));
                        self.input(node, Event::Asked(node, self.asked.len() as u32 - 1));
                    }
                }
            }
            act => self.stage().act(act),
        }
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
    pub(super) seed: &'a mut u32,
    pub(super) now_us: u64,
}

/// The members of a group that has been checked at the door.
pub(super) fn members(cast: &Cast, group: &crate::cast::Group) -> Vec<NodeId> {
    cast.members(group).expect("the script names nodes that take part")
}

impl Stage<'_> {
    /// Does it.
    pub(super) fn act(&mut self, act: &Act) {
        match act {
            Act::Pause { node, time } => {
                for node in members(self.cast, node) {
                    self.pause(node, time.0);
                }
            }
            Act::Slow { node, factor } => {
                for node in members(self.cast, node) {
                    self.nodes[node.index()].slow = factor.0;
                }
            }
            Act::Drop { from, to, kind } | Act::Dup { from, to, kind } => {
                let find = |name| self.cast.find(name).expect("the script names nodes that take part");
                let kind = kind.0.as_ref().map(|word| {
                    let place = self.kinds.iter().position(|k| k.word == word);
                    place.expect("the lab has checked the kind at the door") as u8
                });
                let twice = matches!(act, Act::Dup { .. });
                self.fingers.push(Finger { from: find(*from), to: find(*to), kind, twice });
            }
            Act::Clock { node, by } => {
                for node in members(self.cast, node) {
                    self.nodes[node.index()].clock.jump(by.0);
                }
            }
            Act::Drift { node, rate } => {
                for node in members(self.cast, node) {
                    self.nodes[node.index()].clock.drift(self.now_us, rate.0);
                }
            }
            Act::Reseed { seed } => *self.seed = seed.0,
            // What stands of these the world knows.
            Act::Cut { .. } | Act::CutOneWay { .. } | Act::Heal { .. } => {}
            Act::Say { .. } | Act::Point { .. } | Act::Stop {} => {}
            Act::Crash { .. } | Act::Start { .. } | Act::Wipe { .. } | Act::Ask { .. } => {
                unreachable!("carried out where the protocol is")
            }
        }
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

/// Where an act is drawn: at the node that it names first, if it names one.
pub(super) fn place_of(act: &Act, cast: &Cast) -> Option<NodeId> {
    match act {
        Act::Crash { node }
        | Act::Start { node }
        | Act::Wipe { node }
        | Act::Pause { node, .. }
        | Act::Slow { node, .. }
        | Act::Clock { node, .. }
        | Act::Drift { node, .. }
        | Act::Ask { node, .. }
        | Act::Point { at: Pointed::Nodes(node) } => members(cast, node).first().copied(),
        Act::Drop { from, .. }
        | Act::Dup { from, .. }
        | Act::Point { at: Pointed::Messages { from, .. } } => cast.find(*from),
        Act::Cut { .. }
        | Act::CutOneWay { .. }
        | Act::Heal { .. }
        | Act::Reseed { .. }
        | Act::Say { .. }
        | Act::Point { at: Pointed::Link(..) }
        | Act::Stop {} => None,
    }
}
