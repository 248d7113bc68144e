//! A participant of a saga: does its step in a transaction of its own, and compensates it in another.

use super::config::{Config, place};
use super::entry::{Entry, State};
use super::message::{Disk, Msg, Reply, Speech, Timer, Way};
use super::meta::fact;
use super::outbox::Outbox;
use super::params::{Protocol as Kind, Switch};
use crate::cast::NodeId;
use crate::sim::{Ctx, Input, Out, Protocol};
use crate::sorted::Map;
use crate::trace::Fact;

/// A participant of a saga.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Worker {
    orders: Map<u32, Entry>,
    outbox: Outbox,
}

/// What a handler is given.
struct At<'a> {
    config: &'a Config,
    ctx: &'a Ctx,
    out: &'a mut Out<Speech>,
}

impl At<'_> {
    fn choreographed(&self) -> bool {
        self.config.params.protocol == Kind::Choreographed
    }

    /// Who comes after it: the order service after the last, for so they stand in the cast.
    fn after(&self) -> NodeId {
        NodeId(self.ctx.me.0 + 1)
    }

    /// Who comes before it, the order service at the beginning.
    fn before(&self) -> NodeId {
        self.ctx.me.0.checked_sub(1).map_or(self.config.coordinator(), NodeId)
    }

    /// Acknowledges an event; nobody waits for that where events are sent but once.
    fn ack(&mut self, order: u32, to: NodeId) {
        if self.config.params.outbox == Switch::On {
            self.out.send(to, Msg::Ack { order });
        }
    }

    /// Whether a refusal is final: not where an orchestrator can only go forward.
    fn may_refuse(&self) -> bool {
        self.choreographed() || u32::from(self.config.cast.sort(self.ctx.me).1) < self.config.params.pivot
    }

    fn reply(&mut self, order: u32, reply: Reply) {
        self.out.send(self.config.coordinator(), Msg::Reply { order, reply });
    }
}

impl Protocol for Worker {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Speech>) -> Worker {
        config.report_name(ctx, out);
        let disk = disk.cloned().unwrap_or_default();
        let mut worker = Worker { orders: disk.orders, outbox: disk.outbox };
        for (order, entry) in worker.orders.iter_mut() {
            out.serve(entry.op, entry.tried);
            entry.recover(*order, out);
        }
        worker.orders.retain(|_, entry| entry.state != State::Lost);
        worker.outbox.recover(config, out);
        worker
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let mut at = At { config, ctx, out };
        match input {
            Input::Deliver { msg: Msg::Do { order, tried }, .. } => self.start(order, tried, &mut at),
            Input::Deliver { msg: Msg::Undo { order, tried }, .. } => self.undo(order, tried, &mut at),
            Input::Deliver { from, msg: Msg::Event { order, way } } => self.event(from, order, way, &mut at),
            Input::Deliver { from, msg: Msg::Ack { order } } => self.outbox.acknowledged(order, from),
            Input::Deliver { from, msg: Msg::Decision { order, .. } } => self.confirmed(from, order, &mut at),
            Input::Timer(Timer::Forced(order)) => self.forced(order, &mut at),
            Input::Timer(Timer::Relay(order)) => self.outbox.relay(order, config, at.out),
            Input::Timer(Timer::Again(order)) => {
                let tried = self.orders.get(&order).map_or(0, |entry| u32::from(entry.tried));
                self.undo(order, tried, &mut at);
            }
            _ => {}
        }
        self.persist(at.out);
    }

    fn weight(&self) -> u64 {
        (48 * self.orders.len() + self.outbox.weight()) as u64
    }
}

impl Worker {
    /// What is to be on disk before anybody hears of it is written before it is sent.
    fn persist(&self, out: &mut Out<Speech>) {
        out.persist(Disk { orders: self.orders.clone(), outbox: self.outbox.clone(), ..Disk::default() });
    }

    /// Is asked to do its step.
    fn start(&mut self, order: u32, tried: u32, at: &mut At<'_>) {
        let known = self.orders.get(&order).map(|entry| entry.state);
        // What is asked again is answered again: a refusal, too, or an old one could be taken for the answer to a new try.
        let answer = match known {
            Some(State::Doing | State::Undoing) => return,
            Some(state) if state.stands() && at.config.params.idempotent == Switch::On => Some(Reply::Done),
            Some(State::Undone | State::Barred) => Some(Reply::Refused),
            Some(State::Refused) if at.may_refuse() => Some(Reply::Refused),
            _ => None,
        };
        if let Some(reply) = answer {
            let before = at.before();
            return if at.choreographed() { at.ack(order, before) } else { at.reply(order, reply) };
        }
        let Some(op) = at.out.serving() else { return };
        let refused = !known.is_some_and(State::stands) && at.config.refuses(at.ctx, order, tried);
        let entry = self.orders.entry(order).or_insert_with(|| Entry::new(op, 0, State::Doing));
        entry.op = op;
        if !refused {
            entry.turn(order, State::Doing, at.out);
            return at.out.set_timer(Timer::Forced(order), at.config.forced());
        }
        entry.turn(order, State::Refused, at.out);
        at.out.fact(fact::NO, place(order), Fact::Word("refused"));
        if at.may_refuse() {
            entry.force(order, at.out);
        }
        let before = at.before();
        if !at.choreographed() {
            self.persist(at.out);
            return at.reply(order, Reply::Refused);
        }
        self.outbox.write((order, op), before, Way::Back, at.config);
        self.persist(at.out);
        at.ack(order, before);
        Outbox::send(order, before, Way::Back, at.config, at.out);
    }

    /// Is asked to compensate its step.
    fn undo(&mut self, order: u32, tried: u32, at: &mut At<'_>) {
        let Some(op) = at.out.serving() else { return };
        let bars = at.config.params.tombstones == Switch::On;
        match self.orders.get(&order).map(|entry| entry.state) {
            Some(State::Doing | State::Undoing) => {}
            Some(state) if state.stands() => {
                let Some(entry) = self.orders.get_mut(&order) else { return };
                if tried < at.config.params.undo_fails {
                    at.out.fact(fact::NO, place(order), Fact::Word("compensation failed"));
                    if at.choreographed() {
                        entry.tried = entry.tried.saturating_add(1);
                        at.out.set_timer(Timer::Again(order), at.config.timeouts(1));
                    } else {
                        at.reply(order, Reply::Failed);
                    }
                    return;
                }
                entry.turn(order, State::Undoing, at.out);
                at.out.set_timer(Timer::Forced(order), at.config.forced());
            }
            Some(State::Undone | State::Barred) => self.is_undone(order, at),
            // There is nothing to compensate. Whether the step is still to come nobody knows: a tombstone waits for it.
            _ => {
                if bars {
                    let mut entry = Entry::new(op, 0, State::Barred);
                    entry.report(order, at.out);
                    entry.force(order, at.out);
                    self.orders.insert(order, entry);
                    self.persist(at.out);
                }
                self.is_undone(order, at);
            }
        }
    }

    fn is_undone(&mut self, order: u32, at: &mut At<'_>) {
        if !at.choreographed() {
            at.reply(order, Reply::Undone);
        }
    }

    /// Its step, or the compensation, has taken effect: it is on disk.
    fn forced(&mut self, order: u32, at: &mut At<'_>) {
        let Some(entry) = self.orders.get_mut(&order) else { return };
        let (op, undoing) = (entry.op, entry.state == State::Undoing);
        match entry.state {
            State::Doing => {
                let marks = at.config.params.semantic_lock == Switch::On && !at.choreographed();
                entry.applied += 1;
                entry.turn(order, if marks { State::Pending } else { State::Done }, at.out);
            }
            State::Undoing => {
                entry.applied = entry.applied.saturating_sub(1);
                entry.turn(order, State::Undone, at.out);
            }
            _ => return,
        }
        at.out.fact(fact::APPLIED, place(order), Fact::Int(entry.applied.into()));
        entry.force(order, at.out);
        if !at.choreographed() {
            self.persist(at.out);
            return at.reply(order, if undoing { Reply::Undone } else { Reply::Done });
        }
        let (told, to, way) =
            if undoing { (at.after(), at.before(), Way::Back) } else { (at.before(), at.after(), Way::On) };
        self.outbox.write((order, op), to, way, at.config);
        self.persist(at.out);
        at.ack(order, told);
        Outbox::send(order, to, way, at.config, at.out);
    }

    /// Choreographed: what its neighbour has done is its cue.
    fn event(&mut self, from: NodeId, order: u32, way: Way, at: &mut At<'_>) {
        match way {
            Way::On => self.start(order, 0, at),
            Way::Back => {
                if self.orders.get(&order).is_none_or(|entry| matches!(entry.state, State::Undone | State::Barred)) {
                    at.ack(order, from);
                }
                self.undo(order, 0, at);
            }
        }
    }

    /// The saga has ended well: what it has done is marked no longer.
    fn confirmed(&mut self, from: NodeId, order: u32, at: &mut At<'_>) {
        if let Some(entry) = self.orders.get_mut(&order).filter(|entry| entry.state == State::Pending) {
            entry.turn(order, State::Done, at.out);
            entry.force(order, at.out);
            self.persist(at.out);
        }
        at.out.send(from, Msg::Ack { order });
    }
}
