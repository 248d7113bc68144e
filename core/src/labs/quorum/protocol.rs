//! The nodes of the lab: replicas that also coordinate, coordinators apart, clients; and what all of them know.

use super::meta::fact;
use super::config::Config;
use super::client::Client;
use super::coordinator::{At, Coordinator};
use super::disk::Disk;
use super::message::{Msg, Speech, Timer};
use super::params::Load;
use super::probe::Prober;
use super::replica::Replica;
use crate::sim::dice::{Purpose, happens};
use crate::sim::{Ctx, Input, Out, Protocol};
use crate::trace::Fact;

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
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Speech>) -> Node {
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

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
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
}

/// A server handles an input: as a replica, or as the coordinator of a quorum.
fn serve(
    replica: &mut Replica,
    coordinator: &mut Coordinator,
    config: &Config,
    input: Input<Speech>,
    ctx: &Ctx,
    out: &mut Out<Speech>,
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
