//! The nodes of the lab: replicas that also coordinate, coordinators apart, clients; and what all of them know.

use super::client::Client;
use super::coordinator::{At, Coordinator};
use super::disk::Disk;
use super::message::{Msg, Request, Response};
use super::params::{Coordination, Load, Params, Switch};
use super::probe::Prober;
use super::replica::{Replica, fact};
use crate::cast::{Cast, NodeId};
use crate::sim::dice::{MILLION, Purpose, below, happens};
use crate::sim::{Ctx, Input, Out, Protocol};
use crate::trace::Fact;
use std::fmt;

/// What is added to clocks in timestamps, in µs.
pub const DAY_US: i64 = 86_400_000_000;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// Who takes part.
    pub cast: Cast,
    /// When clients stop asking, in µs.
    pub stop_us: u64,
    /// Whether any node can lose its memory in this run; if none can, writing disks is left out.
    pub keeps_disk: bool,
    /// How many numbers a client has for requests of the workload before it must come up again: more than it can ask for.
    pub numbers: u32,
    /// Requests of the script are numbered from here, so that they do not change the luck of the workload's own.
    pub first_asked: u32,
}

impl Config {
    /// The N nodes that keep a key: neighbours on the ring of all servers.
    pub fn owners(&self, key: u16) -> Vec<NodeId> {
        (0..self.params.n as u16).map(|i| self.cast.server((key + i) % self.cast.servers)).collect()
    }

    /// The servers that do not keep a key, in the order in which they stand in for its owners.
    pub fn spares(&self, key: u16) -> Vec<NodeId> {
        let n = self.params.n as u16;
        (n..self.cast.servers).map(|i| self.cast.server((key + i) % self.cast.servers)).collect()
    }

    /// How many numbers a client has for the workload, and where those of the script begin: links of old have 10,000 and 100,000, and where
    /// a client may ask for more there are more. Requests are due half a mean gap apart at the least, whatever the client's clock does.
    pub fn numbers(params: &Params, stop_us: u64, boots: u32) -> (u32, u32) {
        const BLOCK: u64 = 10_000;
        const FIRST_ASKED: u64 = 100_000;
        /// No run has room for more.
        const MOST: u64 = 1 << 22;
        let gap_us = if params.rate == 0 { u64::MAX } else { MILLION * MILLION / u64::from(params.rate) };
        let most = (stop_us / (gap_us / 2).max(1) + 1).min(MOST);
        let block = if boots > 0 { most.max(BLOCK) } else { BLOCK };
        let all = if most > BLOCK { most.max(block * u64::from(boots + 1)) } else { 0 };
        (block as u32, all.max(FIRST_ASKED) as u32)
    }

    /// The zone of a node.
    pub fn zone(&self, node: NodeId) -> u16 {
        self.cast.sort(node).1 % self.params.zones as u16
    }

    /// The coordinators that a client may ask: those of its zone, if there are any.
    fn coordinators(&self, client: NodeId) -> Vec<NodeId> {
        let all: Vec<NodeId> = match self.params.coordinator {
            Coordination::Replica => (0..self.params.n as u16).map(|i| self.cast.server(i)).collect(),
            Coordination::Apart => (0..self.cast.coordinators).map(|i| self.cast.coordinator(i)).collect(),
        };
        let near: Vec<NodeId> = all.iter().copied().filter(|k| self.zone(*k) == self.zone(client)).collect();
        if near.is_empty() { all } else { near }
    }

    /// Whom a client asks: a sticky one its home, any other anybody in its zone.
    pub fn asks(&self, client: NodeId) -> Vec<NodeId> {
        let choices = self.coordinators(client);
        match self.params.sticky {
            Switch::On => {
                let place = usize::from(self.cast.sort(client).1 / self.params.zones as u16) % choices.len();
                vec![choices[place]]
            }
            Switch::Off => choices,
        }
    }

    /// The time by which a coordinator stamps its writes, and a node tells how old tombstones and hints are, in µs: its own clock, off by its
    /// skew. A day is added so that clocks set back stay above zero.
    pub fn now_us(&self, ctx: &Ctx) -> u64 {
        let skew = self.params.skew;
        let off = below(ctx.die(Purpose::Protocol(0), 0), 2 * skew + 1) as i64 - skew as i64;
        u64::try_from(ctx.clock_us.saturating_add(off).saturating_add(DAY_US)).unwrap_or(0)
    }
}

/// The timers of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A client's next request is due.
    Arrive,
    /// A client has waited long enough for its coordinator.
    GiveUp,
    /// A coordinator has waited long enough for its quorum.
    Deadline(u32),
    /// A coordinator has waited long enough for an owner to hand off what it lacks.
    Suspect(u32),
    /// Hints are due to be offered.
    Handoff,
    /// An exchange of trees is due.
    Sync,
    /// A tombstone has lived its life.
    Purge(u16),
    /// The probe's read is due.
    Probe,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Timer::Arrive => "next request",
            Timer::GiveUp => "gives up waiting",
            Timer::Deadline(_) => "deadline of a quorum",
            Timer::Suspect(_) => "an owner is slow",
            Timer::Handoff => "hand off hints",
            Timer::Sync => "anti-entropy",
            Timer::Purge(_) => "tombstone expires",
            Timer::Probe => "read now",
        })
    }
}

/// A node of the lab.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// Keeps data, and coordinates for clients that ask it.
    Server {
        /// What it keeps.
        replica: Replica,
        /// What it coordinates.
        coordinator: Coordinator,
        /// It hears nothing: the reader's share of replicas that are down.
        deaf: bool,
    },
    /// Coordinates and keeps no data; in a probe it asks itself.
    Apart {
        /// What it coordinates.
        coordinator: Coordinator,
        /// The probe's part that it plays.
        prober: Option<Prober>,
    },
    /// Asks.
    Client(Client),
}

impl Protocol for Node {
    type Config = Config;
    type Msg = Msg;
    type Timer = Timer;
    type Request = Request;
    type Response = Response;
    type Disk = Disk;

    fn boot(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Node>) -> Node {
        let (sort, number) = config.cast.sort(ctx.me);
        match sort {
            crate::cast::Sort::Server => {
                let down = u64::from(config.params.down);
                let deaf = down > 0 && ctx.epoch == 0 && happens(ctx.die(Purpose::Fault, 0), down);
                let replica = Replica::boot(config, disk, ctx, out);
                if deaf {
                    out.fact(fact::ROLE, 0, Fact::Word("down"));
                }
                Node::Server { replica, coordinator: Coordinator::boot(config, None, ctx, out), deaf }
            }
            crate::cast::Sort::Coordinator => {
                let mut coordinator = Coordinator::boot(config, disk, ctx, out);
                let probe = config.params.load == Load::Probe && ctx.epoch == 0;
                let mut prober = probe.then(|| Prober::new(config, number));
                out.fact(fact::ROLE, 0, Fact::Word("coordinator"));
                if let Some(prober) = &mut prober {
                    prober.boot(&mut coordinator, &mut At { config, ctx, replica: None, out });
                }
                Node::Apart { coordinator, prober }
            }
            crate::cast::Sort::Client => Node::Client(Client::boot(config, ctx, out)),
        }
    }

    fn step(&mut self, config: &Config, input: Input<Node>, ctx: &Ctx, out: &mut Out<Node>) {
        match self {
            Node::Server { deaf: true, .. } => {}
            Node::Server { replica, coordinator, .. } => serve(replica, coordinator, config, input, ctx, out),
            Node::Apart { coordinator, prober } => {
                let mut at = At { config, ctx, replica: None, out };
                let answer = match input {
                    Input::Deliver { msg: Msg::Go, .. } => {
                        return out.set_timer(Timer::Probe, crate::sim::Range::exactly(config.params.t));
                    }
                    Input::Timer(Timer::Probe) => None,
                    Input::Deliver { from, msg } => match coordinator.deliver(from, msg, &mut at) {
                        Some(answer) => Some(answer),
                        None => return,
                    },
                    Input::Timer(timer) => match coordinator.timer(timer, &mut at) {
                        Some(answer) => Some(answer),
                        None => return,
                    },
                    Input::Ask(_) => return,
                };
                if let Some(prober) = prober {
                    prober.go_on(coordinator, answer, &mut at);
                }
            }
            Node::Client(client) => client.step(config, input, ctx, out),
        }
    }

    fn weight(&self) -> u64 {
        match self {
            Node::Server { replica, coordinator, .. } => replica.weight() + coordinator.weight(),
            Node::Apart { coordinator, .. } => coordinator.weight(),
            Node::Client(client) => client.weight(),
        }
    }

    fn disk_weight(disk: &Disk) -> u64 {
        disk.weight()
    }
}

/// A server handles an input: as a replica, or as the coordinator of a quorum.
fn serve(
    replica: &mut Replica,
    coordinator: &mut Coordinator,
    config: &Config,
    input: Input<Node>,
    ctx: &Ctx,
    out: &mut Out<Node>,
) {
    match input {
        Input::Deliver { from, msg } => match msg {
            Msg::Write { id, key, object, owner: None } => {
                replica.take(config, ctx, key, &object, out);
                out.send(from, Msg::Ack { id });
            }
            Msg::Write { id, key, object, owner: Some(owner) } => {
                if replica.disk.keep_hint(config, ctx, owner, (key, object), out) {
                    out.send(from, Msg::Ack { id });
                }
            }
            Msg::Read { id, key } => {
                let object = replica.answer(key, out);
                out.send(from, Msg::Answer { id, object });
            }
            Msg::Repair { id, key, object } => {
                replica.take(config, ctx, key, &object, out);
                if config.params.repair == super::params::Repair::Blocking {
                    out.send(from, Msg::Repaired { id });
                }
            }
            Msg::Hint { number, key, object } => {
                replica.take(config, ctx, key, &object, out);
                out.send(from, Msg::Taken { number });
            }
            Msg::Taken { number } => replica.disk.confirm(config, from, number, out),
            Msg::Tree { offer } => replica.compare(config, ctx, from, &offer, out),
            Msg::Sync { leaves, objects, back } => {
                replica.sync(config, ctx, from, (&leaves, &objects), back, out);
            }
            msg => {
                coordinator.deliver(from, msg, &mut At { config, ctx, replica: Some(replica), out });
            }
        },
        Input::Timer(Timer::Handoff) => replica.disk.hand_off(config, ctx, out),
        Input::Timer(Timer::Sync) => replica.begin_sync(config, ctx, out),
        Input::Timer(Timer::Purge(key)) => replica.purge(config, ctx, key, out),
        Input::Timer(timer) => {
            coordinator.timer(timer, &mut At { config, ctx, replica: Some(replica), out });
        }
        Input::Ask(_) => {}
    }
}
