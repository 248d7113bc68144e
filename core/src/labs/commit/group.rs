//! Several coordinators that keep one log of decisions by Multi-Paxos: what a majority has voted for is decided, and outlives whoever decided it.

use super::config::{Config, place};
use super::message::{Decided, Disk, Msg, Speech, Timer};
use super::meta::fact;
use crate::cast::NodeId;
use crate::kits::object::{Writes, serve};
use crate::parts::paxos::{self, Effect, Multi, Rules};
use crate::parts::raft::Members;
use crate::parts::termination::Decision;
use crate::sim::{Ctx, OpId, Out, Range};
use crate::sorted::Map;
use crate::trace::Fact;

/// An entry of the log of decisions. The first about an order decides it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The order.
    pub order: u32,
    /// How it ends.
    pub decided: Decided,
    /// The client's operation.
    pub op: OpId,
}

/// What coordinators agree on: an entry, or nothing.
pub type Value = Option<Entry>;

/// What waits for the disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Then {
    /// A message is sent, for an operation.
    Send(NodeId, paxos::Msg<Value>, Option<OpId>),
    /// A vote is on the disk.
    Voted(Value),
}

/// One of the coordinators as a server of that log.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Group {
    me: NodeId,
    multi: Multi<Entry>,
    writes: Writes<Disk, Then>,
    /// How orders were decided, as far as it knows.
    decided: Map<u32, Decision>,
    /// Orders that it has proposed to abort, for it was asked about them and knows nothing of them.
    closing: Vec<u32>,
}

impl Group {
    /// Comes up with what its disk has. The first of them leads at first; after that the first that hears no leader for long enough, which the
    /// others do later.
    pub fn new(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Speech>) -> Group {
        let persistent = disk.map(|disk| disk.decisions.clone()).unwrap_or_default();
        let multi = Multi::new(ctx.me, Members::of(config.coordinators()), persistent);
        let group = Group { me: ctx.me, multi, writes: Writes::default(), decided: Map::new(), closing: Vec::new() };
        let rank = u64::from(config.cast.sort(ctx.me).1);
        let at_first = ctx.epoch == 0 && rank == 0;
        out.set_timer(Timer::Election, if at_first { Range::exactly(0) } else { group.patience(config) });
        group
    }

    /// After how long without a leader it stands: no two at once.
    fn patience(&self, config: &Config) -> Range {
        config.timeouts(2 + u64::from(config.cast.sort(self.me).1))
    }

    /// Whether it takes itself for the leader.
    pub fn leads(&self) -> bool {
        self.multi.leads()
    }

    /// How an order was decided, if that is known here: what a majority has voted for cannot change.
    pub fn decided(&self, order: u32) -> Option<Decision> {
        self.decided.get(&order).copied()
    }

    /// Proposes how an order ends, if it leads. The entries that are known to be decided after that.
    pub fn propose(&mut self, entry: Entry, config: &Config, out: &mut Out<Speech>) -> Vec<Entry> {
        let mut effects = Vec::new();
        self.multi.propose(entry, &mut effects);
        self.carry_out(effects, config, out)
    }

    /// Somebody asks about an order of which this leader knows nothing. Who began it may still have it decided, unless it is decided by then:
    /// so it is to be aborted, by an entry.
    pub fn close(&mut self, order: u32, config: &Config, out: &mut Out<Speech>) -> Vec<Entry> {
        let Some(op) = out.serving().filter(|_| self.leads() && !self.closing.contains(&order)) else { return Vec::new() };
        self.closing.push(order);
        self.propose(Entry { order, decided: Decided(Decision::Abort), op }, config, out)
    }

    /// A message from another coordinator.
    pub fn receive(&mut self, from: NodeId, rpc: paxos::Msg<Value>, config: &Config, out: &mut Out<Speech>) -> Vec<Entry> {
        let mut effects = Vec::new();
        self.multi.receive(&rules(config), from, rpc, &mut effects);
        self.carry_out(effects, config, out)
    }

    /// One of its timers.
    pub fn timer(&mut self, timer: Timer, config: &Config, out: &mut Out<Speech>) -> Vec<Entry> {
        let mut effects = Vec::new();
        match timer {
            Timer::Election => self.multi.election_timeout(&mut effects),
            Timer::Heartbeat => self.multi.heartbeat_timeout(&mut effects),
            Timer::Written(number) => return self.written(number, config, out),
            _ => {}
        }
        self.carry_out(effects, config, out)
    }

    fn carry_out(&mut self, effects: Vec<Effect<Value>>, config: &Config, out: &mut Out<Speech>) -> Vec<Entry> {
        let (op, mut learned) = (out.serving(), Vec::new());
        for effect in effects {
            match effect {
                Effect::Send(to, rpc) => {
                    let waits = rpc.waits_for_disk() || to == self.me;
                    learned.extend(self.then(Then::Send(to, rpc, op), waits, config, out));
                }
                Effect::Persist => self.persist(config, out),
                Effect::Voted(_, vote) => learned.extend(self.then(Then::Voted(vote.value), true, config, out)),
                Effect::Turned => out.fact(fact::ROLE, 0, Fact::Word(if self.leads() { "coordinator" } else { "stands by" })),
                Effect::Learned(_, Some(entry)) => learned.extend(self.learned(entry)),
                Effect::ResetElection => out.set_timer(Timer::Election, self.patience(config)),
                Effect::StopElection => out.cancel(Timer::Election),
                Effect::ResetHeartbeat => out.set_timer(Timer::Heartbeat, Range::exactly(config.params.timeout / 2)),
                Effect::StopHeartbeat => out.cancel(Timer::Heartbeat),
                Effect::Learned(_, None) | Effect::Promised(..) | Effect::Refused(..) | Effect::Proposed { .. } | Effect::GaveUp(_) => {}
            }
        }
        learned
    }

    /// The first entry about an order decides it; what comes after that says nothing.
    fn learned(&mut self, entry: Entry) -> Option<Entry> {
        let first = self.decided(entry.order).is_none();
        first.then(|| {
            self.decided.insert(entry.order, entry.decided.0);
            entry
        })
    }

    /// Does what need not wait for the disk, or what nothing is written before.
    fn then(&mut self, then: Then, waits: bool, config: &Config, out: &mut Out<Speech>) -> Vec<Entry> {
        let now = if waits { self.writes.wait(then) } else { Err(then) };
        now.map_or_else(|then| self.go_on(then, config, out), |()| Vec::new())
    }

    /// A message to itself comes at once.
    fn go_on(&mut self, then: Then, config: &Config, out: &mut Out<Speech>) -> Vec<Entry> {
        match then {
            Then::Send(to, rpc, op) => {
                serve(op, 0, out);
                if to == self.me {
                    return self.receive(to, rpc, config, out);
                }
                out.send(to, Msg::of(rpc));
            }
            Then::Voted(value) => voted(value, config, out),
        }
        Vec::new()
    }

    /// What is not forced is lost with a crash, as it is where one coordinator keeps its log.
    fn persist(&mut self, config: &Config, out: &mut Out<Speech>) {
        if !config.forces() {
            return;
        }
        let disk = Disk { decisions: self.multi.persistent.clone(), ..Disk::default() };
        if config.params.fsync == 0 {
            return out.persist(disk);
        }
        let number = self.writes.begin(disk);
        out.set_timer(Timer::Written(number), config.forced());
    }

    /// A write is done: what waited for it is.
    fn written(&mut self, number: u32, config: &Config, out: &mut Out<Speech>) -> Vec<Entry> {
        let Some((disk, waited)) = self.writes.end(number) else { return Vec::new() };
        out.persist(disk);
        waited.into_iter().flat_map(|then| self.go_on(then, config, out)).collect()
    }

    /// What it keeps, in bytes and roughly.
    pub fn weight(&self) -> u64 {
        (64 * self.multi.kept() + 16 * self.decided.len()) as u64
    }
}

fn rules(config: &Config) -> Rules {
    Rules::published(config.params.coordinators)
}

/// A vote is forced to the log, as a decision is where there is one coordinator.
fn voted(value: Value, config: &Config, out: &mut Out<Speech>) {
    if let Some(entry) = value.filter(|_| config.forces()) {
        let word = if entry.decided.0 == Decision::Commit { "committed" } else { "aborted" };
        out.fact(fact::LOG, place(entry.order), Fact::Word(word));
    }
}
