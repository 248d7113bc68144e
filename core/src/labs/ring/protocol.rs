//! The nodes of the lab: shards, the router, and a client that stands for a crowd; and what all of them know.

use super::config::{Config, offered};
use super::message::{Msg, Request, Response, Speech, Timer};
use super::params::Query;
use super::plan::Plan;
use super::router::Router;
use super::shard::Shard;
use crate::cast::Sort;
use crate::kits::graph::{Ending, Mark, Stop};
use crate::sim::dice::{MILLION, Purpose};
use crate::sim::dist::Dist;
use crate::sim::{Ctx, Input, OpId, Out, Protocol, Range};
use crate::sorted::Map;

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
        /// Requests that lack parts of their answer: the operation, since when by the clock that nobody sets, and how many; as many as can be
        /// before the first has come.
        open: Map<u32, (OpId, i64, u32)>,
    },
}

impl Protocol for Node {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&u16>, ctx: &Ctx, out: &mut Out<Speech>) -> Node {
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

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match self {
            Node::Shard(shard) => shard.step(config, input, ctx, out),
            Node::Router(router) => router.step(config, input, ctx, out),
            Node::Crowd { arrived, open } => match input {
                Input::Timer(_) => {
                    let number = *arrived;
                    *arrived = number.wrapping_add(1);
                    let die = ctx.die(Purpose::Key, u64::from(number));
                    let op = out.invoke(number, request(&config.plan, die));
                    open.insert(number, (op, ctx.monotonic_us, u32::MAX));
                    out.mark(Mark::Tried { hop: Config::HOP, again: false });
                    out.send(config.router(), Msg::Want { number, die });
                    out.serve_none();
                    await_next(config, *arrived, ctx, out);
                }
                Input::Deliver { msg: Msg::Answer { number, parts, refused }, .. } => {
                    // What comes after it moves up, here and where requests are measured.
                    out.goes_through(2 * open.len() as u64);
                    let Some((op, asked_us, left)) = open.get_mut(&number) else { return };
                    *left = (*left).min(parts) - 1;
                    let (op, asked_us, left) = (*op, *asked_us, *left);
                    if refused || left == 0 {
                        open.remove(&number);
                        out.serve(op, 0);
                        out.complete(op, if refused { Response::Refused } else { Response::Served });
                        let took_us = u64::try_from(ctx.monotonic_us.saturating_sub(asked_us)).unwrap_or(0);
                        tell_end(refused, took_us, out);
                    }
                }
                Input::Deliver { .. } | Input::Ask(_) => {}
            },
        }
    }
}

/// A request is over; it is asked once.
fn tell_end(refused: bool, took_us: u64, out: &mut Out<Speech>) {
    let (hop, tries) = (Config::HOP, 1);
    let (how, stop) = if refused { (Ending::Refused, Stop::Attempts) } else { (Ending::Done, Stop::Over) };
    out.mark(Mark::TryOver { hop, how, took_us });
    out.mark(Mark::CallOver { hop, how, stop, tries, took_us });
}

/// Requests come as a Poisson process.
fn await_next(config: &Config, number: u32, ctx: &Ctx, out: &mut Out<Speech>) {
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
