//! A participant of two-phase commit (presumed abort: Mohan, Lindsay, Obermarck, Transaction Management in the R* Distributed Database Management
//! System, TODS 1986) and of three-phase commit (Skeen, Nonblocking Commit Protocols, SIGMOD 1981).

use super::config::{Config, place};
use super::entry::{Entry, State};
use super::message::{Ballot, Decided, Disk, Msg, Speech, Stands, Timer};
use super::meta::fact;
use super::params::{Doubt, Protocol as Kind};
use crate::cast::NodeId;
use crate::parts::termination::{Decision, Phase, cooperative, skeen};
use crate::sim::{Ctx, Input, OpId, Out, Protocol};
use crate::sorted::Map;
use crate::trace::Fact;

/// An order that this participant ends as a backup coordinator.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Backup {
    /// Who has answered, and how far each has come.
    heard: Vec<(NodeId, Phase)>,
    /// It has decided to commit and brings all to know that all have voted yes.
    pre_committing: bool,
}

/// A participant that votes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Voter {
    orders: Map<u32, Entry>,
    backups: Map<u32, Backup>,
    /// The coordinator that it has heard from last.
    coordinator: NodeId,
}

/// What a handler is given.
struct At<'a> {
    config: &'a Config,
    ctx: &'a Ctx,
    out: &'a mut Out<Speech>,
}

impl At<'_> {
    fn three_phases(&self) -> bool {
        self.config.params.protocol == Kind::ThreePhase
    }

    /// Its place among the participants: the order in which they try to be the backup.
    fn rank(&self) -> u64 {
        u64::from(self.config.cast.sort(self.ctx.me).1)
    }

    fn peers(&self) -> impl Iterator<Item = NodeId> + use<> {
        let me = self.ctx.me;
        self.config.participants().filter(move |node| *node != me)
    }

    /// After how long without word this participant does something: under three-phase commit those of a higher rank have had time to end it.
    fn doubt(&mut self, order: u32, later: u64) {
        let ranks = if self.three_phases() { 3 * self.rank() + later } else { 0 };
        self.out.set_timer(Timer::Doubt(order), self.config.timeouts(1 + ranks));
    }
}

impl Protocol for Voter {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Speech>) -> Voter {
        config.report_name(ctx, out);
        let mut orders = disk.map(|disk| disk.orders.clone()).unwrap_or_default();
        for (order, entry) in orders.iter_mut() {
            out.serve(entry.op, entry.tried);
            entry.recover(*order, out);
            if entry.recovered {
                At { config, ctx, out: &mut *out }.doubt(*order, 0);
            }
        }
        orders.retain(|_, entry| entry.state != State::Lost);
        Voter { orders, backups: Map::new(), coordinator: config.coordinator() }
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let mut at = At { config, ctx, out };
        match input {
            Input::Deliver { from, msg } => self.deliver(from, msg, &mut at),
            Input::Timer(Timer::Forced(order)) => self.forced(order, &mut at),
            Input::Timer(Timer::Doubt(order)) => self.in_doubt(order, &mut at),
            Input::Timer(Timer::Collected(order)) => self.collected(order, &mut at),
            _ => {}
        }
        self.persist(at.out);
    }

    fn weight(&self) -> u64 {
        48 * self.orders.len() as u64
    }
}

impl Voter {
    /// What is to be on disk before anybody hears of it is written before it is sent.
    fn persist(&self, out: &mut Out<Speech>) {
        out.persist(Disk { orders: self.orders.clone(), ..Disk::default() });
    }

    fn deliver(&mut self, from: NodeId, msg: Msg, at: &mut At<'_>) {
        if at.config.coordinators().any(|coordinator| coordinator == from) {
            self.coordinator = from;
        }
        match msg {
            Msg::Prepare { order, item } | Msg::CanCommit { order, item } => self.prepare(from, order, item, at),
            Msg::PreCommit { order } => self.pre_commit(from, order, at),
            Msg::PreAck { order } => {
                if let Some(backup) = self.backups.get_mut(&order) {
                    backup.heard.iter_mut().filter(|(node, _)| *node == from).for_each(|(_, phase)| *phase = Phase::PreCommitted);
                }
            }
            Msg::Decision { order, decided: Decided(decision) } => self.decided(from, order, decision, at),
            Msg::Inquiry { order } => self.asked(from, order, at),
            Msg::State { order, stands: Stands(phase) } => self.told(from, order, phase, at),
            _ => {}
        }
    }

    /// Phase 1: votes, once its yes is on disk.
    fn prepare(&mut self, from: NodeId, order: u32, item: u16, at: &mut At<'_>) {
        if self.orders.contains_key(&order) {
            return at.out.send(from, Msg::Vote { order, ballot: Ballot::No });
        }
        let Some(op) = at.out.serving() else { return };
        let locked = self.orders.values().any(|entry| entry.item == item && entry.state.locks());
        let refused = at.config.refuses(at.ctx, order, 0);
        let state = if locked || refused { State::Aborted } else { State::Preparing };
        let entry = Entry::new(op, item, state);
        entry.report(order, at.out);
        if state == State::Preparing {
            at.out.set_timer(Timer::Forced(order), at.config.forced());
        } else {
            at.out.fact(fact::NO, place(order), Fact::Word(if locked { "locked" } else { "refused" }));
            at.out.send(from, Msg::Vote { order, ballot: Ballot::No });
        }
        self.orders.insert(order, entry);
    }

    fn forced(&mut self, order: u32, at: &mut At<'_>) {
        let Some(entry) = self.orders.get_mut(&order) else { return };
        let votes = match entry.state {
            State::Preparing => true,
            State::Committed => false,
            _ => return,
        };
        if votes {
            entry.turn(order, State::Prepared, at.out);
        }
        if at.config.forces() {
            entry.force(order, at.out);
        }
        self.persist(at.out);
        let coordinator = self.coordinator;
        if votes {
            at.out.send(coordinator, Msg::Vote { order, ballot: Ballot::Yes });
            at.doubt(order, 0);
        } else {
            at.out.send(coordinator, Msg::Ack { order });
        }
    }

    /// Phase 2 of three: all have voted yes.
    fn pre_commit(&mut self, from: NodeId, order: u32, at: &mut At<'_>) {
        let Some(entry) = self.orders.get_mut(&order) else { return };
        if entry.state.in_doubt() {
            entry.turn(order, State::PreCommitted, at.out);
            at.out.send(from, Msg::PreAck { order });
            at.doubt(order, 0);
        }
    }

    fn decided(&mut self, from: NodeId, order: u32, decision: Decision, at: &mut At<'_>) {
        let Some(entry) = self.orders.get(&order) else {
            let Some(op) = at.out.serving() else { return };
            // Who has forgotten what it voted for has nothing to commit; so it says what it would say had it finished long ago.
            let state = if decision == Decision::Commit { State::Forgotten } else { State::Aborted };
            let entry = Entry::new(op, 0, state);
            entry.report(order, at.out);
            self.orders.insert(order, entry);
            if decision == Decision::Commit {
                at.out.send(from, Msg::Ack { order });
            }
            return;
        };
        let state = entry.state;
        match decision {
            Decision::Commit if state.in_doubt() => self.end(order, decision, at),
            Decision::Abort if state.in_doubt() || state == State::Preparing => self.end(order, decision, at),
            Decision::Commit if state == State::Committed && entry.durable != Some(state) => {}
            Decision::Commit => at.out.send(from, Msg::Ack { order }),
            Decision::Abort => {}
        }
    }

    /// Ends an order: what was locked is free, a commit is written and then acknowledged, an abort needs neither.
    fn end(&mut self, order: u32, decision: Decision, at: &mut At<'_>) {
        let Some(entry) = self.orders.get_mut(&order) else { return };
        at.out.cancel(Timer::Doubt(order));
        at.out.cancel(Timer::Collected(order));
        at.out.cancel(Timer::Forced(order));
        self.backups.remove(&order);
        match decision {
            Decision::Commit => {
                entry.turn(order, State::Committed, at.out);
                at.out.set_timer(Timer::Forced(order), at.config.forced());
            }
            Decision::Abort => entry.turn(order, State::Aborted, at.out),
        }
    }

    /// It has heard nothing.
    fn in_doubt(&mut self, order: u32, at: &mut At<'_>) {
        let Some(entry) = self.orders.get_mut(&order) else { return };
        if !entry.state.in_doubt() {
            return;
        }
        serve(entry.op, &mut entry.tried, at.out);
        let recovered = entry.recovered;
        if at.three_phases() && !recovered {
            return self.lead(order, at);
        }
        if !at.three_phases() && at.config.params.doubt == Doubt::Impatient {
            at.out.fact(fact::ALONE, place(order), Fact::Word("abort"));
            return self.end(order, Decision::Abort, at);
        }
        at.config.coordinators().for_each(|coordinator| at.out.send(coordinator, Msg::Inquiry { order }));
        if at.three_phases() || at.config.params.doubt == Doubt::AskPeers {
            at.peers().for_each(|peer| at.out.send(peer, Msg::Inquiry { order }));
        }
        at.doubt(order, 0);
    }

    /// Another is in doubt.
    fn asked(&mut self, from: NodeId, order: u32, at: &mut At<'_>) {
        let phase = match self.orders.get(&order) {
            // After a crash only those decide who have been up all along.
            Some(entry) if at.three_phases() && entry.recovered && entry.state.in_doubt() => return,
            Some(entry) => {
                if at.three_phases() && entry.state.in_doubt() && from < at.ctx.me {
                    at.doubt(order, 2);
                }
                entry.state.phase()
            }
            None => {
                let Some(op) = at.out.serving() else { return };
                let entry = Entry::new(op, 0, State::Aborted);
                entry.report(order, at.out);
                self.orders.insert(order, entry);
                Phase::Initial
            }
        };
        at.out.send(from, Msg::State { order, stands: Stands(phase) });
    }

    fn told(&mut self, from: NodeId, order: u32, phase: Phase, at: &mut At<'_>) {
        if let Some(backup) = self.backups.get_mut(&order) {
            return backup.heard.push((from, phase));
        }
        let in_doubt = self.orders.get(&order).is_some_and(|entry| entry.state.in_doubt());
        if let Some(decision) = cooperative([phase]).filter(|_| in_doubt) {
            self.end(order, decision, at);
        }
    }

    /// Becomes the backup coordinator of an order.
    fn lead(&mut self, order: u32, at: &mut At<'_>) {
        at.out.note(|| format!("takes over as the coordinator of order {order}"));
        self.backups.insert(order, Backup::default());
        at.peers().for_each(|peer| at.out.send(peer, Msg::Inquiry { order }));
        at.out.set_timer(Timer::Collected(order), at.config.timeouts(1));
    }

    /// As the backup: all who are up have answered.
    fn collected(&mut self, order: u32, at: &mut At<'_>) {
        let (Some(entry), Some(backup)) = (self.orders.get_mut(&order), self.backups.get_mut(&order)) else { return };
        let phases = backup.heard.iter().map(|(_, phase)| *phase).chain([entry.state.phase()]);
        let decision = skeen(phases);
        let ready: Vec<NodeId> = backup.heard.iter().filter(|(_, phase)| *phase == Phase::Ready).map(|(node, _)| *node).collect();
        if decision == Decision::Commit && !backup.pre_committing && (!ready.is_empty() || entry.state == State::Prepared) {
            backup.pre_committing = true;
            entry.turn(order, State::PreCommitted, at.out);
            ready.into_iter().for_each(|peer| at.out.send(peer, Msg::PreCommit { order }));
            return at.out.set_timer(Timer::Collected(order), at.config.timeouts(1));
        }
        let heard: Vec<NodeId> = backup.heard.iter().map(|(node, _)| *node).collect();
        self.end(order, decision, at);
        let decided = Decided(decision);
        heard.into_iter().for_each(|peer| at.out.send(peer, Msg::Decision { order, decided }));
    }
}

/// The operation of an order, to serve it again.
pub fn serve(op: OpId, tried: &mut u16, out: &mut Out<Speech>) {
    *tried = tried.saturating_add(1);
    out.serve(op, *tried);
}
