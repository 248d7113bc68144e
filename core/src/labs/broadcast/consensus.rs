//! One order by consensus: all agree, place by place, on what comes next. Here by a log of Paxos decrees ([`Multi`]): a leader proposes, more than
//! half vote, and when the leader is silent another takes over.

use super::message::{Agreement, Message, Msg, Timer};
use super::meta::fact;
use super::step::Step;
use crate::cast::NodeId;
use crate::parts::causal::Rule;
use crate::parts::paxos::{self, Ballot, Effect, Multi, Persistent, Rules};
use crate::parts::raft::Members;
use crate::parts::total::Id;
use crate::sim::Range;
use crate::sorted::Set;
use crate::trace::Fact;

/// What is done for what: three signs of a leader in the time after which it is missed.
const SIGNS: u64 = 3;

/// What a process keeps for it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Agreed {
    multi: Multi<Message>,
    /// It is known to lead.
    leads: bool,
    /// Its own messages that it has not delivered, in its order.
    own: Vec<Message>,
    /// What it has proposed since it leads.
    proposed: Set<Id>,
    /// What has been delivered here: a message may be chosen for two places, of which the first counts.
    delivered: Set<Id>,
}

/// Whether a process waits with what it has to say until what it said before is delivered.
fn one_by_one(step: &Step<'_>) -> bool {
    step.config.params.rule() != Rule::None
}

impl Agreed {
    /// A process among so many, who has heard nothing.
    pub fn new(me: u16, processes: u32) -> Agreed {
        let all = Members::of((0..processes as u16).map(NodeId));
        let multi = Multi::new(NodeId(me), all, Persistent::default());
        Agreed { multi, leads: false, own: Vec::new(), proposed: Set::default(), delivered: Set::default() }
    }

    /// It comes up. Who leads first has been settled before the run begins: all have promised its first ballot, and have heard of it.
    pub fn boot(&mut self, first: NodeId, step: &mut Step<'_>) {
        let (rules, ballot) = (Rules::published(step.config.params.n), Ballot { round: 1, proposer: first });
        let mut effects = Vec::new();
        let leads = first == step.ctx.me;
        if leads {
            self.multi.election_timeout(&mut effects);
        }
        self.multi.receive(&rules, first, paxos::Msg::Prepare { ballot, from: 1 }, &mut effects);
        for peer in step.config.cast.nodes().filter(|_| leads) {
            let promise = paxos::Msg::Promise { ballot, votes: Vec::new() };
            self.multi.receive(&rules, peer, promise, &mut effects);
        }
        self.multi.receive(&rules, first, paxos::Msg::Heartbeat { ballot, chosen: 0 }, &mut effects);
        effects.retain(|effect| !matches!(effect, Effect::Send(..)));
        self.carry_out(effects, step);
    }

    /// It has something to say, which waits where the sender's order counts and something before it is not delivered. Gives what may now be
    /// delivered, as all that follows does.
    pub fn say(&mut self, message: Message, step: &mut Step<'_>) -> Vec<Message> {
        self.own.push(message.clone());
        if one_by_one(step) && self.own.len() > 1 { Vec::new() } else { self.submit(vec![message], step) }
    }

    /// Somebody takes it for the leader, and has something to say.
    pub fn submitted(&mut self, message: Message, step: &mut Step<'_>) -> Vec<Message> {
        let mut effects = Vec::new();
        if self.multi.leads() && !self.delivered.contains(&message.id) && self.proposed.insert(message.id) {
            self.multi.propose(message, &mut effects);
        }
        self.carry_out(effects, step)
    }

    /// What it has to say and has not been delivered goes to the leader, perhaps again; where the sender's order counts, the first of it.
    fn submit_own(&mut self, step: &mut Step<'_>) -> Vec<Message> {
        let most = if one_by_one(step) { 1 } else { usize::MAX };
        self.submit(self.own.iter().take(most).cloned().collect(), step)
    }

    /// Messages of its own go to the leader, and are given to it again if they do not come back.
    fn submit(&mut self, messages: Vec<Message>, step: &mut Step<'_>) -> Vec<Message> {
        if !messages.is_empty() {
            step.out.set_timer(Timer::Again, Range::exactly(step.config.params.patience));
        }
        let mut out = Vec::new();
        for message in messages {
            match self.multi.leader {
                Some(leader) if leader == step.ctx.me => out.extend(self.submitted(message, step)),
                Some(leader) => step.out.send(leader, Msg::Submit(message)),
                None => {}
            }
        }
        out
    }

    /// A timer of this process has fired.
    pub fn due(&mut self, timer: Timer, step: &mut Step<'_>) -> Vec<Message> {
        let mut effects = Vec::new();
        match timer {
            Timer::Election => self.multi.election_timeout(&mut effects),
            Timer::Beat => self.multi.heartbeat_timeout(&mut effects),
            Timer::Again => return self.submit_own(step),
            Timer::Say | Timer::Token => {}
        }
        self.carry_out(effects, step)
    }

    /// A message of the protocol has come.
    pub fn hear(&mut self, from: NodeId, says: Agreement, step: &mut Step<'_>) -> Vec<Message> {
        let (mut effects, before) = (Vec::new(), self.multi.leader);
        let rules = Rules::published(step.config.params.n);
        self.multi.receive(&rules, from, says.0, &mut effects);
        let mut out = self.carry_out(effects, step);
        if self.multi.leader != before && self.multi.leader.is_some() {
            out.extend(self.submit_own(step));
        }
        out
    }

    /// Does what the protocol wants done, in order; what it says to itself it hears at once. Nobody who crashes comes back, so nothing is written
    /// down. Gives what may now be delivered.
    fn carry_out(&mut self, effects: Vec<Effect<Option<Message>>>, step: &mut Step<'_>) -> Vec<Message> {
        let patience_us = step.config.params.patience;
        let mut out = Vec::new();
        for effect in effects {
            match effect {
                Effect::Send(to, says) if to == step.ctx.me => {
                    out.extend(self.hear(to, Agreement(says), step))
                }
                Effect::Send(to, says) => step.out.send(to, Msg::agreement(says)),
                Effect::Learned(slot, value) => {
                    if self.multi.leads() {
                        let says = paxos::Msg::Chosen { from: slot, values: vec![value.clone()] };
                        step.config.tell_others(step.ctx.me, &Msg::agreement(says), step.out);
                    }
                    let Some(message) = value.filter(|message| self.delivered.insert(message.id)) else {
                        continue;
                    };
                    let waited = self.own.len();
                    self.own.retain(|own| own.id != message.id);
                    out.push(message);
                    if self.own.len() < waited && one_by_one(step) {
                        out.extend(self.submit_own(step));
                    }
                }
                Effect::Turned => {
                    self.proposed = Set::default();
                    let leads = self.multi.leads();
                    if std::mem::replace(&mut self.leads, leads) != leads {
                        step.out.fact(fact::ROLE, 0, Fact::Word(if leads { "leader" } else { "member" }));
                    }
                }
                Effect::ResetElection => {
                    step.out.set_timer(Timer::Election, Range::new(patience_us, 2 * patience_us));
                }
                Effect::StopElection => step.out.cancel(Timer::Election),
                Effect::ResetHeartbeat => {
                    step.out.set_timer(Timer::Beat, Range::exactly(patience_us / SIGNS))
                }
                Effect::StopHeartbeat => step.out.cancel(Timer::Beat),
                Effect::Persist
                | Effect::Promised(..)
                | Effect::Voted(..)
                | Effect::Refused(..)
                | Effect::Proposed { .. }
                | Effect::GaveUp(_) => {}
            }
        }
        out
    }

    /// What waits here to be chosen.
    pub fn waiting(&self) -> impl Iterator<Item = &Message> {
        self.own.iter()
    }

    /// How much it keeps, in slots.
    pub fn kept(&self) -> usize {
        self.multi.kept()
    }
}
