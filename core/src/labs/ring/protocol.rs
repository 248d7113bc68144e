//! The nodes of the lab: shards, the router, and a client that stands for a crowd; and what all of them know.

use super::message::{Msg, Request, Response, Timer};
use super::params::{Params, Query};
use super::plan::Plan;
use super::router::Router;
use super::shard::Shard;
use crate::cast::{Cast, NodeId, Sort};
use crate::sim::dice::{MILLION, Purpose};
use crate::sim::dist::Dist;
use crate::sim::{Ctx, Input, OpId, Out, Protocol, Range};
use crate::sorted::Map;
use std::sync::Arc;

/// Names of the facts: indexes into the lab's list.
pub mod fact {
    /// What a node does, or how far the router's change is.
    pub const ROLE: u8 = 0;
    /// Rows that a node owns.
    pub const KEYS: u8 = 1;
    /// Requests that wait at it.
    pub const QUEUE: u8 = 2;
    /// What is asked of it, as a share of what it can do, in millionths.
    pub const LOAD: u8 = 3;
    /// Rows that it owns before the change that is shown.
    pub const KEYS_BEFORE: u8 = 4;
    /// Rows that it owns after it.
    pub const KEYS_AFTER: u8 = 5;
    /// Its stretches of the key space before.
    pub const BEFORE: u8 = 6;
    /// Its stretches after.
    pub const AFTER: u8 = 7;
    /// What the change moves.
    pub const MOVES: u8 = 8;
    /// How much of that has come, in hundredths.
    pub const MOVED: u8 = 9;
    /// The number of the change, from 1.
    pub const CHANGE: u8 = 10;
    /// Places of some rows in the key space, for pictures.
    pub const SAMPLE: u8 = 11;
    /// What a node weighs, told where a weight changes while the run goes on.
    pub const WEIGHT: u8 = 12;
}

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is known before the first request.
    pub plan: Arc<Plan>,
    /// Who takes part.
    pub cast: Cast,
}

impl Config {
    /// The client.
    pub fn client(&self) -> NodeId {
        self.cast.client(0)
    }

    /// The router.
    pub fn router(&self) -> NodeId {
        self.cast.coordinator(0)
    }
}

/// Requests offered in a second, in millionths: the utilisation of the first nodes' capacity.
pub fn offered(params: &Params) -> u64 {
    let weights = params.nodes + params.big.min(params.nodes) * (params.weight - 1);
    u64::from(params.capacity) * u64::from(weights) * u64::from(params.utilisation)
}

/// A node of the lab.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// Keeps rows.
    Shard(Shard),
    /// Knows who keeps which.
    Router(Router),
    /// Asks, as a crowd does: at random times, whatever is still open.
    Crowd {
        /// Requests that have come up.
        arrived: u32,
        /// Requests that lack parts of their answer: the operation and how many; as many as can be before the first has come.
        open: Map<u32, (OpId, u32)>,
    },
}

impl Protocol for Node {
    type Config = Config;
    type Msg = Msg;
    type Timer = Timer;
    type Request = Request;
    type Response = Response;
    /// The topology that a shard knew last.
    type Disk = u16;

    fn boot(config: &Config, disk: Option<&u16>, ctx: &Ctx, out: &mut Out<Node>) -> Node {
        let (sort, number) = config.cast.sort(ctx.me);
        match sort {
            Sort::Server => Node::Shard(Shard::boot(config, disk.copied().unwrap_or(0), number, out)),
            Sort::Coordinator => Node::Router(Router::boot(config, out)),
            Sort::Client => {
                // A crowd that comes up again asks for other things than before.
                let arrived = ctx.epoch.wrapping_mul(10_000_000);
                await_next(config, arrived, ctx, out);
                Node::Crowd { arrived, open: Map::new() }
            }
        }
    }

    fn weight(&self) -> u64 {
        match self {
            Node::Crowd { open, .. } => 16 * open.len() as u64,
            Node::Shard(_) | Node::Router(_) => 0,
        }
    }

    fn step(&mut self, config: &Config, input: Input<Node>, ctx: &Ctx, out: &mut Out<Node>) {
        match self {
            Node::Shard(shard) => shard.step(config, input, ctx, out),
            Node::Router(router) => router.step(config, input, ctx, out),
            Node::Crowd { arrived, open } => match input {
                Input::Timer(_) => {
                    let number = *arrived;
                    *arrived = number.wrapping_add(1);
                    let die = ctx.die(Purpose::Key, u64::from(number));
                    let op = out.invoke(number, request(&config.plan, die));
                    open.insert(number, (op, u32::MAX));
                    out.send(config.router(), Msg::Want { number, die });
                    out.serve_none();
                    await_next(config, *arrived, ctx, out);
                }
                Input::Deliver { msg: Msg::Answer { number, parts, refused }, .. } => {
                    // What comes after it moves up, here and where requests are measured.
                    out.goes_through(2 * open.len() as u64);
                    let Some((op, left)) = open.get_mut(&number) else { return };
                    *left = (*left).min(parts) - 1;
                    let (op, left) = (*op, *left);
                    if refused || left == 0 {
                        open.remove(&number);
                        out.serve(op, 0);
                        out.complete(op, if refused { Response::Refused } else { Response::Served });
                    }
                }
                Input::Deliver { .. } | Input::Ask(_) => {}
            },
        }
    }
}

/// Requests come as a Poisson process.
fn await_next(config: &Config, number: u32, ctx: &Ctx, out: &mut Out<Node>) {
    let offered = offered(&config.plan.params);
    if let Some(mean_ns) = (1_000_000_000 * MILLION).checked_div(offered) {
        let gap_us = Dist::Exponential { mean_ns }.sample_us(ctx.die(Purpose::Arrival, u64::from(number)));
        out.set_timer(Timer::Arrive, Range::exactly(gap_us));
    }
}

/// What a request is, in words.
fn request(plan: &Plan, die: u64) -> Request {
    match plan.params.query {
        Query::Point => Request::Row(plan.rows.draw(die).row),
        Query::Join => Request::Join(plan.rows.draw(die).row),
        Query::Range => Request::Stretch,
        Query::Second => Request::Second,
    }
}
