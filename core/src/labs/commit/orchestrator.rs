//! The orchestrator of sagas: tells each participant what to do, one after the other, and writes down how far it has come.

use super::config::{Config, place};
use super::message::{Decided, Disk, Msg, Reply, Response, Speech, Timer};
use super::meta::fact;
use super::params::Switch;
use super::voter::serve;
use crate::cast::NodeId;
use crate::parts::saga::{Answer, Next, Saga};
use crate::parts::termination::Decision;
use crate::sim::{Ctx, Input, OpId, Out, Protocol};
use crate::sorted::Map;
use crate::trace::Fact;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Running {
    op: OpId,
    saga: Saga,
    /// How far it has come is being written; until then nothing is sent.
    writing: bool,
    tried: u16,
    /// Those who have still to take their marks off.
    marked: Vec<NodeId>,
}

/// The orchestrator.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Orchestrator {
    running: Map<u32, Running>,
    disk: Disk,
}

impl Protocol for Orchestrator {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Disk>, _: &Ctx, out: &mut Out<Speech>) -> Orchestrator {
        out.fact(fact::ROLE, 0, Fact::Word("orchestrator"));
        let mut orchestrator = Orchestrator { running: Map::new(), disk: disk.cloned().unwrap_or_default() };
        for (order, (op, saga)) in orchestrator.disk.sagas.clone().iter() {
            let running = Running { op: *op, saga: *saga, writing: false, tried: 0, marked: Vec::new() };
            orchestrator.running.insert(*order, running);
            orchestrator.resend(*order, config, out);
        }
        orchestrator
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Deliver { msg: Msg::Order { order, .. }, .. } => {
                let Some(op) = out.serving() else { return };
                let params = &config.params;
                let saga = Saga::new(params.n as u8, params.pivot as u8, params.tries);
                self.running.insert(order, Running { op, saga, writing: true, tried: 0, marked: Vec::new() });
                out.set_timer(Timer::Forced(order), config.forced());
            }
            Input::Deliver { from, msg: Msg::Reply { order, reply } } => self.replied(from, order, reply, config, out),
            Input::Deliver { from, msg: Msg::Ack { order } } => self.unmarked(from, order, out),
            Input::Timer(Timer::Forced(order)) => self.forced(order, config, out),
            Input::Timer(Timer::Due(order)) => self.due(order, config, out),
            _ => {}
        }
    }

    fn weight(&self) -> u64 {
        (64 * self.running.len() + 32 * self.disk.sagas.len()) as u64
    }
}

impl Orchestrator {
    fn replied(&mut self, from: NodeId, order: u32, reply: Reply, config: &Config, out: &mut Out<Speech>) {
        let Some(running) = self.running.get(&order).filter(|running| !running.writing) else { return };
        let answer = match (running.saga.next(), reply) {
            (Next::Do(step), Reply::Done) if config.cast.server(step.into()) == from => Answer::Done,
            (Next::Do(step), Reply::Refused) if config.cast.server(step.into()) == from => Answer::Refused,
            (Next::Undo(step), Reply::Undone) if config.cast.server(step.into()) == from => Answer::Done,
            // What comes late, and what has failed, is tried again when its time is up.
            _ => return,
        };
        self.answer(order, answer, config, out);
    }

    /// Takes in what became of the step, writes down what comes next, and does it once that is on disk.
    fn answer(&mut self, order: u32, answer: Answer, config: &Config, out: &mut Out<Speech>) {
        let Some(running) = self.running.get_mut(&order) else { return };
        let before = running.saga.next();
        if running.saga.answer(answer) == before {
            return match answer {
                // What cannot be given up is tried again when its time is up.
                Answer::Refused => {}
                _ => self.send(order, config, out),
            };
        }
        running.writing = true;
        running.tried = 0;
        out.cancel(Timer::Due(order));
        out.set_timer(Timer::Forced(order), config.forced());
    }

    fn forced(&mut self, order: u32, config: &Config, out: &mut Out<Speech>) {
        let Some(running) = self.running.get_mut(&order) else { return };
        running.writing = false;
        let next = running.saga.next();
        self.disk.sagas.insert(order, (running.op, running.saga));
        let word = match next {
            Next::Do(_) => "forward",
            Next::Undo(_) => "back",
            Next::Completed => "completed",
            Next::Compensated => "compensated",
        };
        out.fact(fact::LOG, place(order), Fact::Word(word));
        out.persist(self.disk.clone());
        match next {
            Next::Do(_) | Next::Undo(_) => self.send(order, config, out),
            Next::Completed => {
                out.fact(fact::OUTCOME, place(order), Fact::Word("completed"));
                out.send(config.cast.client(0), Msg::Told { order, ending: Response::Confirmed });
                self.resend(order, config, out);
            }
            Next::Compensated => {
                out.fact(fact::OUTCOME, place(order), Fact::Word("compensated"));
                out.send(config.cast.client(0), Msg::Told { order, ending: Response::Cancelled });
                self.forget(order, out);
            }
        }
    }

    /// Sends the command that is due, and waits for its answer.
    fn send(&mut self, order: u32, config: &Config, out: &mut Out<Speech>) {
        let Some(running) = self.running.get(&order) else { return };
        let tried = running.saga.tried();
        match running.saga.next() {
            Next::Do(step) => out.send(config.cast.server(step.into()), Msg::Do { order, tried }),
            Next::Undo(step) => out.send(config.cast.server(step.into()), Msg::Undo { order, tried }),
            Next::Completed | Next::Compensated => {}
        }
        out.set_timer(Timer::Due(order), config.timeouts(1));
    }

    /// Goes on where it is: after a crash, or where it has completed and marks are still to be taken off.
    fn resend(&mut self, order: u32, config: &Config, out: &mut Out<Speech>) {
        let Some(running) = self.running.get_mut(&order) else { return };
        serve(running.op, &mut running.tried, out);
        match running.saga.next() {
            Next::Completed if config.params.semantic_lock == Switch::On => {
                if running.marked.is_empty() {
                    running.marked = config.participants().collect();
                }
                let decided = Decided(Decision::Commit);
                running.marked.iter().for_each(|node| out.send(*node, Msg::Decision { order, decided }));
                out.set_timer(Timer::Due(order), config.timeouts(1));
            }
            Next::Completed | Next::Compensated => self.forget(order, out),
            Next::Do(_) | Next::Undo(_) => self.send(order, config, out),
        }
    }

    fn unmarked(&mut self, from: NodeId, order: u32, out: &mut Out<Speech>) {
        let Some(running) = self.running.get_mut(&order) else { return };
        running.marked.retain(|node| *node != from);
        if running.marked.is_empty() && running.saga.next() == Next::Completed && !running.writing {
            out.cancel(Timer::Due(order));
            self.forget(order, out);
        }
    }

    fn forget(&mut self, order: u32, out: &mut Out<Speech>) {
        self.running.remove(&order);
        self.disk.sagas.remove(&order);
        out.persist(self.disk.clone());
    }

    /// Nobody has answered in time.
    fn due(&mut self, order: u32, config: &Config, out: &mut Out<Speech>) {
        let Some(running) = self.running.get_mut(&order).filter(|running| !running.writing) else { return };
        if running.saga.next() == Next::Completed {
            return self.resend(order, config, out);
        }
        serve(running.op, &mut running.tried, out);
        self.answer(order, Answer::Silence, config, out);
    }
}
