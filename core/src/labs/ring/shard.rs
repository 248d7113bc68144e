//! A node: a queue and a worker for requests, and rows that it gives and takes, which cost it part of its pace.

use super::meta::fact;
use super::message::{Msg, Speech, Timer};
use super::params::Params;
use super::plan::{Change, Plan, Topology};
use super::config::Config;
use crate::kits::graph::{Ending, Level, Mark, TierId, Why};
use crate::parts::queue::{Discipline, Policy, Ticket};
use crate::parts::server::{Arrival, Server, Started};
use crate::sim::dice::{MILLION, Purpose};
use crate::sim::dist::Dist;
use crate::sim::{Ctx, Input, OpId, Out, Range};
use crate::trace::{Fact, Stretches};

/// Requests that may wait at a node.
pub const QUEUE_LIMIT: u32 = 1_000;
/// What moving leaves to requests at the least, in millionths.
const LEAST_PACE: u64 = 50_000;

/// A request at a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Part {
    number: u32,
    parts: u32,
    op: Option<OpId>,
}

/// Rows on their way to another node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Giving {
    change: u16,
    to: u16,
    copies: u64,
}

/// A node's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Shard {
    number: u16,
    server: Server<Part>,
    /// How many wait and whether it works, as last told.
    told: (u32, u32),
    giving: Option<Giving>,
    /// What it has sent and still has: the taker has not said yet that it is there.
    given: Option<Giving>,
    taking: Option<u16>,
    keys: u64,
}

impl Shard {
    /// Comes up, in the topology that it knew last.
    pub fn boot(config: &Config, topology: u16, number: u16, out: &mut Out<Speech>) -> Shard {
        let policy = Policy { discipline: Discipline::Fifo, limit: QUEUE_LIMIT, drop_expired: false };
        let plan = &config.plan;
        let mut shard = Shard { number, server: Server::new(1, policy), told: (0, 0), giving: None, given: None, taking: None, keys: 0 };
        shard.settle(plan, usize::from(topology), out);
        if let Some(change) = plan.first_change() {
            shard.show(plan, change, out);
        } else {
            out.show(fact::BEFORE, 0, || stretches(&plan.topologies[usize::from(topology)], number));
        }
        shard
    }

    /// Handles an input.
    pub fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let plan = &config.plan;
        let now_us = u64::try_from(ctx.clock_us).unwrap_or(0);
        match input {
            Input::Deliver { msg: Msg::Serve { number, parts }, .. } => {
                let part = Part { number, parts, op: out.serving() };
                let work_us = self.work_us(plan, ctx, number);
                out.mark(Mark::Came { tier: self.tier(), attempt: 0 });
                match self.server.arrive(part, work_us, None, now_us) {
                    Arrival::Started(started) => self.start(started, now_us, out),
                    Arrival::Queued(_) => out.fact(fact::QUEUE, 0, Fact::Int(i64::from(self.server.queued()))),
                    Arrival::Refused(_) => {
                        out.send(config.client(), Msg::Answer { number, parts, refused: true });
                        out.mark(Mark::Turned { tier: self.tier(), why: Why::Full });
                    }
                }
                self.tell_levels(out);
            }
            Input::Timer(Timer::Done(job)) => self.finish(config, job, now_us, out),
            Input::Timer(Timer::Given) => {
                let Some(giving) = self.giving.take() else { return };
                let Giving { change, to, copies } = giving;
                self.given = Some(giving);
                out.send(config.cast.server(to), Msg::Data { change, copies });
            }
            Input::Deliver { msg: Msg::Give { change, to, copies }, .. } => {
                self.giving = Some(Giving { change, to, copies });
                out.set_timer(Timer::Given, Range::exactly(plan.move_us(copies)));
            }
            Input::Deliver { msg: Msg::Take { from, .. }, .. } => self.taking = Some(from),
            Input::Deliver { msg: Msg::Data { change, copies }, .. } => {
                if let Some(from) = self.taking.take() {
                    self.count(plan, self.keys + copies, out);
                    out.send(config.router(), Msg::Taken { change, from });
                    out.send(config.cast.server(from), Msg::Taken { change, from });
                }
            }
            Input::Deliver { msg: Msg::Taken { change, .. }, from } => {
                let is_it = |given: &Giving| given.change == change && config.cast.server(given.to) == from;
                if let Some(Giving { copies, .. }) = self.given.take_if(|given| is_it(given)) {
                    self.count(plan, self.keys.saturating_sub(copies), out);
                }
            }
            Input::Deliver { msg: Msg::Assign { change }, .. } => {
                let change = &plan.changes[usize::from(change)].1;
                self.show(plan, change, out);
                let word = if change.joined.contains(&u32::from(self.number)) {
                    "joining"
                } else if change.left.contains(&u32::from(self.number)) {
                    "leaving"
                } else {
                    "in"
                };
                out.fact(fact::ROLE, 0, Fact::Word(word));
            }
            Input::Deliver { msg: Msg::Settled { change }, .. } => {
                let topology = plan.changes[usize::from(change)].1.to;
                out.persist(topology as u16);
                self.settle(plan, topology, out);
            }
            Input::Deliver { .. } | Input::Timer(_) | Input::Ask(_) => {}
        }
    }

    /// The time that a request takes here: exponential, longer while data moves, shorter on a big node.
    fn work_us(&self, plan: &Plan, ctx: &Ctx, number: u32) -> u64 {
        let params = &plan.params;
        let pace = u64::from(params.capacity) * u64::from(params.weight_of(u32::from(self.number)));
        let moves = u64::from(self.giving.is_some()) + u64::from(self.taking.is_some());
        let left = left_for_requests(params, moves);
        let mean_ns = 1_000_000_000 * MILLION / (pace * left);
        Dist::Exponential { mean_ns }.sample_us(ctx.die(Purpose::Service, u64::from(number))).max(1)
    }

    fn tier(&self) -> TierId {
        Config::tier(self.number)
    }

    fn tell_levels(&mut self, out: &mut Out<Speech>) {
        let (tier, now) = (self.tier(), (self.server.queued(), self.server.busy()));
        let before = std::mem::replace(&mut self.told, now);
        for (what, before, now) in [(Level::Queue, before.0, now.0), (Level::Busy, before.1, now.1)] {
            if before != now {
                out.mark(Mark::Level { tier, what, now });
            }
        }
    }

    fn start(&self, started: Started, now_us: u64, out: &mut Out<Speech>) {
        out.mark(Mark::Began { tier: self.tier(), waited_us: started.waited_us });
        out.set_timer(Timer::Done(started.job.0), Range::exactly(started.done_us.saturating_sub(now_us)));
    }

    fn finish(&mut self, config: &Config, job: u64, now_us: u64, out: &mut Out<Speech>) {
        let Some(freed) = self.server.finish(Ticket(job), now_us) else { return };
        let Part { number, parts, .. } = freed.item;
        out.send(config.client(), Msg::Answer { number, parts, refused: false });
        out.mark(Mark::Left { tier: self.tier(), path: 0, how: Ending::Done, held_us: freed.held_us });
        if let Some(started) = freed.next {
            out.fact(fact::QUEUE, 0, Fact::Int(i64::from(self.server.queued())));
            // The next one's timer serves the next one's operation.
            match self.server.serving(started.job).and_then(|part| part.op) {
                Some(op) => out.serve(op, 0),
                None => out.serve_none(),
            }
            self.start(started, now_us, out);
        }
        self.tell_levels(out);
    }

    fn count(&mut self, plan: &Plan, keys: u64, out: &mut Out<Speech>) {
        // Copies that are not the owner's don't count; then only the end of the change tells.
        if plan.params.replicas == 1 {
            self.keys = keys;
            out.fact(fact::KEYS, 0, Fact::Int(keys as i64));
        }
    }

    fn settle(&mut self, plan: &Plan, topology: usize, out: &mut Out<Speech>) {
        let (params, topology) = (&plan.params, &plan.topologies[topology]);
        let number = usize::from(self.number);
        self.keys = topology.keys[number];
        if plan.changes.iter().any(|(_, change)| change.weighed.is_some()) {
            out.fact(fact::WEIGHT, 0, Fact::Int(i64::from(topology.weights[number])));
        }
        let is_in = topology.scheme.nodes().contains(&u32::from(self.number));
        out.fact(fact::ROLE, 0, Fact::Word(if is_in { "in" } else { "out" }));
        out.fact(fact::KEYS, 0, Fact::Int(self.keys as i64));
        let capacity = u64::from(params.capacity) * u64::from(params.weight_of(u32::from(self.number)));
        let fair = u64::from(params.capacity) * u64::from(params.nodes + params.big.min(params.nodes) * (params.weight - 1));
        // What it is asked for, beside what it can do: at full utilisation of the first nodes its requests are work · fair a second.
        let load = topology.work[number] * u64::from(params.utilisation) / MILLION * fair / capacity;
        out.fact(fact::LOAD, 0, Fact::Int(load as i64));
    }

    /// Reports what it has before and after a change.
    fn show(&self, plan: &Plan, change: &Change, out: &mut Out<Speech>) {
        let (before, after) = (&plan.topologies[change.from], &plan.topologies[change.to]);
        let number = usize::from(self.number);
        out.fact(fact::KEYS_BEFORE, 0, Fact::Int(before.keys[number] as i64));
        out.fact(fact::KEYS_AFTER, 0, Fact::Int(after.keys[number] as i64));
        out.show(fact::BEFORE, 0, || stretches(before, self.number));
        out.show(fact::AFTER, 0, || stretches(after, self.number));
    }
}

/// What moving leaves to requests, in millionths.
pub fn left_for_requests(params: &Params, moves: u64) -> u64 {
    let taken = moves * u64::from(params.bandwidth) * MILLION / u64::from(params.disk);
    MILLION.saturating_sub(taken).max(LEAST_PACE)
}

/// A node's stretches of the key space, in order; neighbours are joined.
fn stretches(topology: &Topology, number: u16) -> Fact {
    let all = topology.stretches.get_or_init(|| stretches_of_all(topology));
    Fact::Stretches(all[usize::from(number)].clone())
}

/// Those of all nodes: a topology has thousands of stretches, and is looked through once.
fn stretches_of_all(topology: &Topology) -> Vec<Stretches> {
    let mut nodes: Vec<Vec<(u64, u64)>> = vec![Vec::new(); topology.keys.len()];
    let joins = !topology.scheme.has_points();
    for (first, last, node) in topology.scheme.stretches() {
        match nodes[node as usize].last_mut() {
            Some((_, before)) if joins && before.wrapping_add(1) == first => *before = last,
            _ => nodes[node as usize].push((first, last)),
        }
    }
    let place = |place: u64| (place >> 48) as u16;
    nodes.into_iter().map(|node| node.into_iter().map(|(first, last)| (place(first), place(last))).collect()).collect()
}
