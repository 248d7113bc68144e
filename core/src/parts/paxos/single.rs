//! One decree: servers that each are proposer, acceptor and learner. Votes go to their proposer, which tells all others what was chosen.

use super::{Ballot, Effect, Msg, Notice, Persistent, Promises, Rules, Slot, Value, Vote, Waits};
use crate::cast::NodeId;
use crate::parts::raft::Members;

/// The one slot.
const SLOT: Slot = 1;

/// What a proposer does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Stage<V> {
    /// Nothing.
    Idle,
    /// It gathers promises.
    Preparing(Promises<V>),
    /// It gathers votes.
    Accepting {
        /// Its ballot.
        ballot: Ballot,
        /// What it proposes.
        value: V,
        /// Who has voted for it.
        accepted: Members,
    },
}

/// A server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Synod<V> {
    /// Who it is.
    pub me: NodeId,
    /// What a crash leaves.
    pub persistent: Persistent<V>,
    /// What its proposer does.
    pub stage: Stage<V>,
    /// What it knows to be chosen.
    pub chosen: Option<V>,
    /// What it would propose; none where it proposes nothing.
    own: Option<V>,
    servers: Members,
    /// The highest round that it has heard of.
    heard: u32,
}

impl<V: Value> Synod<V> {
    /// A server comes up with what its disk has, among these, and proposes this of its own, if anything.
    pub fn new(me: NodeId, servers: Members, persistent: Persistent<V>, own: Option<V>) -> Synod<V> {
        let heard = persistent.last_round();
        Synod { me, persistent, stage: Stage::Idle, chosen: None, own, servers, heard }
    }

    /// The ballot that its proposer is in.
    pub fn ballot(&self) -> Option<Ballot> {
        match &self.stage {
            Stage::Idle => None,
            Stage::Preparing(promises) => Some(promises.ballot),
            Stage::Accepting { ballot, .. } => Some(*ballot),
        }
    }

    /// It begins a ballot above all that it knows of, unless it has nothing to propose or knows what was chosen.
    pub fn propose(&mut self, out: &mut Vec<Effect<V>>) {
        if self.own.is_none() || self.chosen.is_some() {
            return;
        }
        let ballot = Ballot { round: self.heard.max(self.persistent.tried) + 1, proposer: self.me };
        self.persistent.tried = ballot.round;
        self.stage = Stage::Preparing(Promises::new(ballot));
        out.extend([Effect::Persist, Effect::Turned]);
        self.to_all(|| Msg::Prepare { ballot, from: SLOT }, out);
    }

    /// To the others, and then to itself.
    fn to_all(&self, msg: impl Fn() -> Msg<V>, out: &mut Vec<Effect<V>>) {
        let others = self.servers.without(self.me);
        out.extend(others.iter().chain([self.me]).map(|server| Effect::Send(server, msg())));
    }

    /// A message arrived.
    pub fn receive(&mut self, rules: &Rules, from: NodeId, msg: Msg<V>, out: &mut Vec<Effect<V>>) {
        match msg {
            Msg::Prepare { ballot, from: slot } => {
                self.heard = self.heard.max(ballot.round);
                match self.persistent.acceptor.prepare(ballot, slot) {
                    Ok(votes) => {
                        let vote = votes.first().map(|(_, vote)| vote.clone());
                        out.extend([Effect::Persist, Effect::Promised(ballot, vote)]);
                        out.push(Effect::Send(from, Msg::Promise { ballot, votes }));
                        self.hear(rules, ballot, out);
                    }
                    Err(promised) => refuse(rules, from, ballot, promised, Waits::Promises, out),
                }
            }
            Msg::Accept { ballot, slot, value, .. } => {
                self.heard = self.heard.max(ballot.round);
                let vote = Vote { ballot, value };
                match self.persistent.acceptor.accept(rules.accept_lower, slot, vote.clone()) {
                    Ok(()) => {
                        out.extend([Effect::Persist, Effect::Voted(slot, vote)]);
                        out.push(Effect::Send(from, Msg::Accepted { ballot, slot }));
                        self.hear(rules, ballot, out);
                    }
                    Err(promised) => refuse(rules, from, ballot, promised, Waits::Votes, out),
                }
            }
            Msg::Promise { ballot, votes } => self.promised(rules, from, ballot, votes, out),
            Msg::Accepted { ballot, .. } => self.accepted(rules, from, ballot, out),
            Msg::Refused { ballot, promised } => {
                self.heard = self.heard.max(promised.round);
                if self.ballot() == Some(ballot) {
                    self.give_up(promised, out);
                }
            }
            Msg::Chosen { values, .. } => {
                if let Some(value) = values.into_iter().next() {
                    self.learn(value, out);
                }
            }
            Msg::Heartbeat { .. } | Msg::Heard { .. } => {}
        }
    }

    /// Its acceptor has promised a ballot: its proposer may take notice.
    fn hear(&mut self, rules: &Rules, ballot: Ballot, out: &mut Vec<Effect<V>>) {
        if rules.notice == Notice::Hear && self.ballot().is_some_and(|own| own < ballot) {
            self.give_up(ballot, out);
        }
    }

    fn give_up(&mut self, higher: Ballot, out: &mut Vec<Effect<V>>) {
        self.stage = Stage::Idle;
        out.extend([Effect::GaveUp(higher), Effect::Turned]);
    }

    fn promised(
        &mut self,
        rules: &Rules,
        from: NodeId,
        ballot: Ballot,
        votes: Vec<(Slot, Vote<V>)>,
        out: &mut Vec<Effect<V>>,
    ) {
        let Stage::Preparing(promises) = &mut self.stage else { return };
        if promises.ballot != ballot {
            return;
        }
        promises.add(rules.pick, from, votes);
        if promises.by.count() < rules.quorums.q1 {
            return;
        }
        let found = promises.found(SLOT).cloned();
        let Some(value) = found.as_ref().map(|vote| vote.value.clone()).or_else(|| self.own.clone()) else {
            return;
        };
        self.stage = Stage::Accepting { ballot, value: value.clone(), accepted: Members::default() };
        let found = found.map(|vote| vote.ballot);
        out.extend([Effect::Turned, Effect::Proposed { ballot, slot: SLOT, value: value.clone(), found }]);
        self.to_all(|| Msg::Accept { ballot, slot: SLOT, value: value.clone(), chosen: 0 }, out);
    }

    fn accepted(&mut self, rules: &Rules, from: NodeId, of: Ballot, out: &mut Vec<Effect<V>>) {
        let Stage::Accepting { ballot, value, accepted } = &mut self.stage else { return };
        if *ballot != of {
            return;
        }
        *accepted = accepted.with(from);
        if accepted.count() < rules.quorums.q2 {
            return;
        }
        let value = value.clone();
        let tell = || Msg::Chosen { from: SLOT, values: vec![value.clone()] };
        let others = self.servers.without(self.me);
        out.extend(others.iter().map(|other| Effect::Send(other, tell())));
        self.learn(value.clone(), out);
    }

    /// It knows what was chosen. Of two it keeps the first.
    fn learn(&mut self, value: V, out: &mut Vec<Effect<V>>) {
        if self.chosen.is_none() {
            self.chosen = Some(value.clone());
            self.stage = Stage::Idle;
            out.extend([Effect::Learned(SLOT, value), Effect::Turned]);
        }
    }
}

fn refuse<V>(
    rules: &Rules,
    to: NodeId,
    ballot: Ballot,
    promised: Ballot,
    what: Waits,
    out: &mut Vec<Effect<V>>,
) {
    out.push(Effect::Refused(ballot, what));
    if rules.notice == Notice::Nack {
        out.push(Effect::Send(to, Msg::Refused { ballot, promised }));
    }
}
