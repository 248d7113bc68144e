//! Servers without a kernel: messages are delivered at once, to those that are up, until there are none.

use super::super::*;
use std::collections::VecDeque;

/// A machine that adds up.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Count(pub u64);

impl Machine for Count {
    type Command = u32;
    type Answer = u64;

    fn apply(&mut self, command: &u32) -> u64 {
        self.0 += u64::from(*command);
        self.0
    }
}

/// All of them.
pub struct Cluster {
    pub rules: Rules,
    pub servers: Vec<Raft<Count>>,
    /// Who hears and is heard.
    pub up: Members,
    pub now_us: u64,
    /// How often each server has refused entries.
    pub refusals: Vec<u32>,
    /// What each server has applied, over restarts.
    pub applied: Vec<Vec<(Index, Entry<u32>)>>,
    /// How many messages were sent.
    pub messages: u32,
    /// The reads that may be answered.
    pub reads: Vec<u64>,
}

impl Cluster {
    /// Servers with logs of these terms, all up.
    pub fn new(rules: Rules, logs: &[&[Term]], members: usize) -> Cluster {
        let first = Members::of((0..members as u16).map(NodeId));
        let server = |(me, terms): (u16, &&[Term])| {
            let current_term = terms.last().copied().unwrap_or(0);
            let persistent = Persistent { current_term, log: super::log(terms), ..Persistent::default() };
            Raft::new(NodeId(me), persistent, first, Count::default())
        };
        Cluster {
            rules,
            servers: (0..).zip(logs).map(server).collect(),
            up: Members::of((0..logs.len() as u16).map(NodeId)),
            now_us: 0,
            refusals: vec![0; logs.len()],
            applied: vec![Vec::new(); logs.len()],
            messages: 0,
            reads: Vec::new(),
        }
    }

    /// Has a server do something, and then delivers what comes of it among those that are up, which are these from now on.
    pub fn act(
        &mut self,
        up: &[u16],
        at: u16,
        act: impl FnOnce(&mut Raft<Count>, &Rules, u64, &mut Vec<Effect<Count>>),
    ) {
        self.up = Members::of(up.iter().copied().map(NodeId));
        self.now_us += 1_000_000;
        let (rules, now_us, mut out) = (self.rules, self.now_us, Vec::new());
        act(&mut self.servers[usize::from(at)], &rules, now_us, &mut out);
        let mut under_way = VecDeque::new();
        self.carry_out(NodeId(at), out, &mut under_way);
        while let Some((from, to, rpc)) = under_way.pop_front() {
            self.messages += 1;
            if self.up.contains(from) && self.up.contains(to) {
                let mut out = Vec::new();
                if let Rpc::Refused { .. } = rpc {
                    self.refusals[from.index()] += 1;
                }
                self.servers[to.index()].receive(&rules, now_us, (from, rpc), &mut out);
                self.carry_out(to, out, &mut under_way);
            }
        }
    }

    fn carry_out(
        &mut self,
        me: NodeId,
        effects: Vec<Effect<Count>>,
        under_way: &mut VecDeque<(NodeId, NodeId, Rpc<Count>)>,
    ) {
        for effect in effects {
            match effect {
                Effect::Send(to, rpc) => under_way.push_back((me, to, rpc)),
                Effect::Store(index) => {
                    let (rules, now_us, mut out) = (self.rules, self.now_us, Vec::new());
                    self.servers[me.index()].stored(&rules, now_us, index, &mut out);
                    self.carry_out(me, out, under_way);
                }
                Effect::Applied(index, _) => {
                    if let Some(entry) = self.servers[me.index()].log().get(index).cloned() {
                        self.applied[me.index()].push((index, entry));
                    }
                }
                Effect::ReadReady(number) => self.reads.push(number),
                _ => {}
            }
        }
    }

    /// A server's election timeout elapses.
    pub fn elect(&mut self, up: &[u16], who: u16) -> bool {
        self.act(up, who, |raft, rules, now_us, out| raft.election_timeout(rules, now_us, out));
        self.servers[usize::from(who)].leads()
    }

    /// A command for a server that leads.
    pub fn propose(&mut self, up: &[u16], who: u16, command: u32) {
        self.act(up, who, |raft, _, now_us, out| {
            raft.propose(now_us, command, out).expect("it leads");
        });
    }

    /// A server's heartbeats.
    pub fn beat(&mut self, up: &[u16], who: u16) {
        self.act(up, who, |raft, rules, now_us, out| raft.heartbeat_timeout(rules, now_us, out));
    }

    /// A server goes down and comes up again with its disk.
    pub fn restart(&mut self, who: u16) {
        let old = &self.servers[usize::from(who)];
        self.servers[usize::from(who)] =
            Raft::new(old.me, old.persistent.clone(), old.first_members, Count::default());
    }

    /// The terms in a server's log.
    pub fn terms(&self, who: u16) -> Vec<Term> {
        self.servers[usize::from(who)].log().terms()
    }

    /// The first index at which two servers have applied something else: State Machine Safety.
    pub fn contradiction(&self) -> Option<Index> {
        let all: Vec<&(Index, Entry<u32>)> = self.applied.iter().flatten().collect();
        let differ = |(index, entry): &(Index, Entry<u32>)| {
            all.iter().any(|(other, theirs)| other == index && theirs != entry)
        };
        all.iter().filter(|applied| differ(applied)).map(|(index, _)| *index).min()
    }
}
