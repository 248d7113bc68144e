//! Acts of the script that touch the network and the nodes' conditions, and nothing of the protocol.

use super::Finger;
use super::queue::Event;
use super::run::{Stage, members};
use crate::acts::Act;
use crate::cast::{Cast, NodeId};

impl Stage<'_> {
    /// Does it.
    pub(super) fn act(&mut self, act: &Act) {
        let nodes = self.cast.len();
        match act {
            Act::Cut { a, b } => self.net.cut(nodes, &members(self.cast, a), &members(self.cast, b), true),
            Act::CutOneWay { a, b } => {
                self.net.cut(nodes, &members(self.cast, a), &members(self.cast, b), false)
            }
            Act::Heal { which } => match &which.0 {
                None => self.net.heal_all(),
                Some((a, b)) => self.net.heal(nodes, &members(self.cast, a), &members(self.cast, b)),
            },
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
        | Act::Point { node } => members(cast, node).first().copied(),
        Act::Drop { from, .. } | Act::Dup { from, .. } => cast.find(*from),
        Act::Cut { .. }
        | Act::CutOneWay { .. }
        | Act::Heal { .. }
        | Act::Reseed { .. }
        | Act::Say { .. }
        | Act::Stop {} => None,
    }
}
