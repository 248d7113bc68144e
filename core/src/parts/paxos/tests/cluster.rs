//! Servers without a kernel: messages are delivered at once, in order, to those that are up, until there are none.

use super::super::*;
use crate::parts::raft::Members;
use std::collections::VecDeque;

/// Either sort of server.
pub trait Server: Clone {
    /// What its messages carry.
    type V: Value;

    /// One of so many; its own value is 100 and its number.
    fn new(me: NodeId, servers: Members, disk: Persistent<Self::V>) -> Self;
    /// Its disk.
    fn disk(&self) -> &Persistent<Self::V>;
    /// A message arrives.
    fn take(&mut self, rules: &Rules, from: NodeId, msg: Msg<Self::V>, out: &mut Vec<Effect<Self::V>>);
    /// It begins something of its own accord: `chance` says what.
    fn stir(&mut self, chance: u64, out: &mut Vec<Effect<Self::V>>);
}

impl Server for Synod<u32> {
    type V = u32;

    fn new(me: NodeId, servers: Members, disk: Persistent<u32>) -> Self {
        Synod::new(me, servers, disk, Some(100 + u32::from(me.0)))
    }

    fn disk(&self) -> &Persistent<u32> {
        &self.persistent
    }

    fn take(&mut self, rules: &Rules, from: NodeId, msg: Msg<u32>, out: &mut Vec<Effect<u32>>) {
        self.receive(rules, from, msg, out);
    }

    fn stir(&mut self, _: u64, out: &mut Vec<Effect<u32>>) {
        self.propose(out);
    }
}

/// Servers that keep a log of numbers.
pub type Logs = Multi<u32>;

impl Server for Logs {
    type V = Option<u32>;

    fn new(me: NodeId, servers: Members, disk: Persistent<Option<u32>>) -> Self {
        Multi::new(me, servers, disk)
    }

    fn disk(&self) -> &Persistent<Option<u32>> {
        &self.persistent
    }

    fn take(
        &mut self,
        rules: &Rules,
        from: NodeId,
        msg: Msg<Option<u32>>,
        out: &mut Vec<Effect<Option<u32>>>,
    ) {
        self.receive(rules, from, msg, out);
    }

    fn stir(&mut self, chance: u64, out: &mut Vec<Effect<Option<u32>>>) {
        match chance % 8 {
            0 => self.election_timeout(out),
            1..=3 => self.heartbeat_timeout(out),
            _ => {
                let _ = self.propose(chance as u32, out);
            }
        }
    }
}

/// All of them.
pub struct Cluster<S: Server> {
    pub rules: Rules,
    pub servers: Vec<S>,
    /// Who neither hears nor is heard.
    pub down: Vec<NodeId>,
    /// Which messages arrive.
    pub reach: fn(NodeId, NodeId, &Msg<S::V>) -> bool,
    /// How many messages were sent to others.
    pub messages: u32,
}

impl<S: Server> Cluster<S> {
    /// So many, all up.
    pub fn new(rules: Rules, n: u16) -> Cluster<S> {
        let all = Members::of((0..n).map(NodeId));
        let server = |me| S::new(NodeId(me), all, Persistent::default());
        Cluster {
            rules,
            servers: (0..n).map(server).collect(),
            down: Vec::new(),
            reach: |_, _, _| true,
            messages: 0,
        }
    }

    /// Has a server do something, and delivers what comes of it.
    pub fn act(&mut self, at: usize, act: impl FnOnce(&mut S, &mut Vec<Effect<S::V>>)) {
        let mut out = Vec::new();
        act(&mut self.servers[at], &mut out);
        let mut under_way = VecDeque::new();
        let sent = |from: NodeId, out: Vec<Effect<S::V>>| {
            out.into_iter().filter_map(move |effect| match effect {
                Effect::Send(to, msg) => Some((from, to, msg)),
                _ => None,
            })
        };
        under_way.extend(sent(NodeId(at as u16), out));
        while let Some((from, to, msg)) = under_way.pop_front() {
            self.messages += u32::from(from != to);
            let up = ![from, to].iter().any(|node| self.down.contains(node));
            if up && (from == to || (self.reach)(from, to, &msg)) {
                let mut out = Vec::new();
                self.servers[to.index()].take(&self.rules, from, msg, &mut out);
                under_way.extend(sent(to, out));
            }
        }
    }

    /// A server goes down and comes up again with its disk.
    pub fn restart(&mut self, at: usize) {
        let all = Members::of((0..self.servers.len() as u16).map(NodeId));
        self.servers[at] = S::new(NodeId(at as u16), all, self.servers[at].disk().clone());
    }
}
