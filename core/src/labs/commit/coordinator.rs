//! The coordinator of two-phase commit (presumed abort) and of three-phase commit; of several the one that leads.

use super::config::{Config, place};
use super::group::{Entry, Group};
use super::message::{Ballot, Decided, Disk, Msg, Response, Speech, Timer};
use super::meta::fact;
use super::params::Protocol as Kind;
use super::voter::serve;
use crate::cast::NodeId;
use crate::parts::termination::Decision;
use crate::sim::{Ctx, Input, OpId, Out, Protocol};
use crate::sorted::Map;
use crate::trace::Fact;

/// A record of the log: this order commits. What has none is presumed to have aborted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    /// The client's operation.
    pub op: OpId,
    /// Whether it is on disk; one that is not is kept only for the run to be told as it is.
    pub forced: bool,
}

/// What it waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Waits {
    /// Votes.
    Votes,
    /// That those who take part know that all have voted yes.
    PreAcks,
    /// That its decision is on disk; of several coordinators, on those of a majority.
    Disk,
    /// That all have acknowledged its decision.
    Acks,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Running {
    op: OpId,
    tried: u16,
    waits: Waits,
    /// Those of whom an answer is still to come.
    missing: Vec<NodeId>,
}

/// The coordinator.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Coordinator {
    running: Map<u32, Running>,
    log: Map<u32, Record>,
    /// What keeps its decisions in the place of its own log, where there are several coordinators.
    group: Option<Group>,
}

impl Protocol for Coordinator {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Speech>) -> Coordinator {
        let several = config.params.coordinators > 1;
        out.fact(fact::ROLE, 0, Fact::Word(if several { "stands by" } else { "coordinator" }));
        let group = several.then(|| Group::new(config, disk, ctx, out));
        let log = disk.map(|disk| disk.log.clone()).unwrap_or_default();
        let mut coordinator = Coordinator { running: Map::new(), log, group };
        coordinator.log.retain(|_, record| record.forced);
        for (order, record) in coordinator.log.iter() {
            out.serve(record.op, 1);
            let missing: Vec<NodeId> = config.participants().collect();
            let running = Running { op: record.op, tried: 1, waits: Waits::Acks, missing };
            running.tell(*order, config, out);
            coordinator.running.insert(*order, running);
        }
        coordinator
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Deliver { from, msg } => self.deliver(from, msg, config, out),
            Input::Timer(Timer::Due(order)) => self.due(order, config, out),
            Input::Timer(Timer::Forced(order)) => self.forced(order, config, out),
            Input::Timer(timer) => {
                if let Some(group) = &mut self.group {
                    let entries = group.timer(timer, config, out);
                    self.learned(entries, config, out);
                }
            }
            Input::Ask(_) => {}
        }
    }

    fn weight(&self) -> u64 {
        let group = self.group.as_ref().map_or(0, Group::weight);
        (48 * self.running.len() + 16 * self.log.len()) as u64 + group
    }
}

impl Running {
    /// Sends the decision to commit to those who have not acknowledged it, and waits.
    fn tell(&self, order: u32, config: &Config, out: &mut Out<Speech>) {
        let decided = Decided(Decision::Commit);
        self.missing.iter().for_each(|node| out.send(*node, Msg::Decision { order, decided }));
        out.set_timer(Timer::Due(order), config.timeouts(1));
    }
}

impl Coordinator {
    fn deliver(&mut self, from: NodeId, msg: Msg, config: &Config, out: &mut Out<Speech>) {
        match msg {
            Msg::Order { order, item } => {
                let Some(op) = out.serving().filter(|_| self.group.as_ref().is_none_or(Group::leads)) else { return };
                let three = config.params.protocol == Kind::ThreePhase;
                let ask = if three { Msg::CanCommit { order, item } } else { Msg::Prepare { order, item } };
                let missing: Vec<NodeId> = config.participants().collect();
                missing.iter().for_each(|node| out.send(*node, ask.clone()));
                out.set_timer(Timer::Due(order), config.timeouts(1));
                self.running.insert(order, Running { op, tried: 0, waits: Waits::Votes, missing });
            }
            Msg::Vote { order, ballot: Ballot::No } if self.awaits(order, Waits::Votes) => self.abort(order, Some(from), config, out),
            Msg::Vote { order, ballot: Ballot::Yes } if self.answered(order, Waits::Votes, from) => {
                if config.params.protocol == Kind::TwoPhase {
                    return self.decide(order, config, out);
                }
                let missing: Vec<NodeId> = config.participants().collect();
                missing.iter().for_each(|node| out.send(*node, Msg::PreCommit { order }));
                out.set_timer(Timer::Due(order), config.timeouts(1));
                if let Some(running) = self.running.get_mut(&order) {
                    (running.waits, running.missing) = (Waits::PreAcks, missing);
                }
            }
            Msg::PreAck { order } if self.answered(order, Waits::PreAcks, from) => self.decide(order, config, out),
            Msg::Ack { order } if self.answered(order, Waits::Acks, from) => {
                out.cancel(Timer::Due(order));
                self.running.remove(&order);
                self.log.remove(&order);
                self.persist(out);
            }
            Msg::Inquiry { order } => self.asked(from, order, config, out),
            Msg::Accept(rpc) | Msg::Accepted(rpc) | Msg::Lead(rpc) => {
                if let Some(group) = &mut self.group {
                    let entries = group.receive(from, rpc, config, out);
                    self.learned(entries, config, out);
                }
            }
            _ => {}
        }
    }

    fn awaits(&self, order: u32, waits: Waits) -> bool {
        self.running.get(&order).is_some_and(|running| running.waits == waits)
    }

    /// Whether this was the last answer of those that are waited for.
    fn answered(&mut self, order: u32, waits: Waits, from: NodeId) -> bool {
        let Some(running) = self.running.get_mut(&order).filter(|running| running.waits == waits) else { return false };
        running.missing.retain(|node| *node != from);
        running.missing.is_empty()
    }

    /// Orders are decided, as a majority of the coordinators has it. Who leads, or has asked for that, sees to it.
    fn learned(&mut self, entries: Vec<Entry>, config: &Config, out: &mut Out<Speech>) {
        for Entry { order, decided, op } in entries {
            let leads = self.group.as_ref().is_some_and(Group::leads);
            if !leads && !self.running.contains_key(&order) {
                continue;
            }
            out.serve(op, 0);
            match decided.0 {
                Decision::Commit => {
                    let missing = config.participants().collect();
                    let running = Running { op, tried: 0, waits: Waits::Acks, missing };
                    self.committed(order, running, config, out);
                }
                Decision::Abort => self.abort(order, None, config, out),
            }
        }
    }

    /// Aborts: nothing is written, nobody has to acknowledge it; who voted no knows. Nobody but the coordinator that has an order's votes proposes to
    /// commit it, so that of several the one that has them, too, need not ask the others.
    fn abort(&mut self, order: u32, refused: Option<NodeId>, config: &Config, out: &mut Out<Speech>) {
        out.cancel(Timer::Due(order));
        self.running.remove(&order);
        out.fact(fact::OUTCOME, place(order), Fact::Word("aborted"));
        let decided = Decided(Decision::Abort);
        let others = config.participants().filter(|node| Some(*node) != refused);
        others.for_each(|node| out.send(node, Msg::Decision { order, decided }));
        out.send(config.cast.client(0), Msg::Told { order, ending: Response::Cancelled });
    }

    /// Decides to commit: it is decided when it is on disk.
    fn decide(&mut self, order: u32, config: &Config, out: &mut Out<Speech>) {
        let Some(running) = self.running.get_mut(&order) else { return };
        running.waits = Waits::Disk;
        out.cancel(Timer::Due(order));
        let op = running.op;
        match &mut self.group {
            None => out.set_timer(Timer::Forced(order), config.forced()),
            Some(group) => {
                let entries = group.propose(Entry { order, decided: Decided(Decision::Commit), op }, config, out);
                self.learned(entries, config, out);
            }
        }
    }

    fn forced(&mut self, order: u32, config: &Config, out: &mut Out<Speech>) {
        let Some(running) = self.running.get_mut(&order) else { return };
        let forced = config.forces();
        self.log.insert(order, Record { op: running.op, forced });
        if forced {
            out.fact(fact::LOG, place(order), Fact::Word("committed"));
        }
        (running.waits, running.missing) = (Waits::Acks, config.participants().collect());
        let running = running.clone();
        self.persist(out);
        self.committed(order, running, config, out);
    }

    /// It is decided: all hear of it, and are to acknowledge it.
    fn committed(&mut self, order: u32, running: Running, config: &Config, out: &mut Out<Speech>) {
        out.fact(fact::OUTCOME, place(order), Fact::Word("committed"));
        running.tell(order, config, out);
        self.running.insert(order, running);
        out.send(config.cast.client(0), Msg::Told { order, ending: Response::Confirmed });
    }

    /// Somebody has not answered.
    fn due(&mut self, order: u32, config: &Config, out: &mut Out<Speech>) {
        let Some(running) = self.running.get_mut(&order) else { return };
        serve(running.op, &mut running.tried, out);
        match running.waits {
            Waits::Votes => self.abort(order, None, config, out),
            // Who does not answer is taken for down; it will ask when it comes up.
            Waits::PreAcks => self.decide(order, config, out),
            Waits::Disk => {}
            Waits::Acks => running.tell(order, config, out),
        }
    }

    /// A participant is in doubt. Of what has no record two-phase commit presumes that it was aborted; three-phase commit presumes nothing.
    fn asked(&mut self, from: NodeId, order: u32, config: &Config, out: &mut Out<Speech>) {
        if let Some(group) = &mut self.group {
            match group.decided(order) {
                Some(decision) => out.send(from, Msg::Decision { order, decided: Decided(decision) }),
                None if self.running.contains_key(&order) => {}
                None => {
                    let entries = group.close(order, config, out);
                    self.learned(entries, config, out);
                }
            }
            return;
        }
        let decision = match self.running.get(&order) {
            Some(running) if running.waits == Waits::Acks => Decision::Commit,
            None if config.params.protocol == Kind::TwoPhase => Decision::Abort,
            _ => return,
        };
        out.send(from, Msg::Decision { order, decided: Decided(decision) });
    }

    /// Its own log; of several coordinators the group's is kept instead.
    fn persist(&self, out: &mut Out<Speech>) {
        if self.group.is_some() {
            return;
        }
        out.persist(Disk { log: self.log.clone(), ..Disk::default() });
    }
}
