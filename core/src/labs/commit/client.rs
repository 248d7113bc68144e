//! The client: sends orders, and waits to be told what became of them.

use super::config::Config;
use super::message::{Disk, Msg, Request, Response, Speech, Timer};
use super::meta::fact;
use crate::sim::{Ctx, Input, OpId, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::Fact;

/// A client. It does not crash here, so its orders can be numbered from 1 on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    next: u32,
    left: u32,
    open: Map<u32, OpId>,
}

impl Protocol for Client {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Disk>, _: &Ctx, out: &mut Out<Speech>) -> Client {
        out.fact(fact::ROLE, 0, Fact::Word("client"));
        out.set_timer(Timer::Next, Range::exactly(config.params.every));
        Client { next: 1, left: config.params.orders, open: Map::new() }
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Timer(Timer::Next) if self.left > 0 => {
                self.left -= 1;
                out.set_timer(Timer::Next, Range::exactly(config.params.every));
                self.order(config, ctx, out);
            }
            Input::Ask(Request) => self.order(config, ctx, out),
            Input::Deliver { msg: Msg::Told { order, ending }, .. } => {
                if let Some(op) = self.open.remove(&order) {
                    out.cancel(Timer::Patience(order));
                    out.complete(op, ending);
                }
            }
            Input::Timer(Timer::Patience(order)) => {
                if let Some(op) = self.open.remove(&order) {
                    out.complete(op, Response::NoWord);
                }
            }
            _ => {}
        }
    }

    fn weight(&self) -> u64 {
        8 * self.open.len() as u64
    }
}

impl Client {
    fn order(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let order = self.next;
        self.next += 1;
        let op = out.invoke(order, Request);
        let item = config.item(ctx, order);
        config.coordinators().for_each(|coordinator| out.send(coordinator, Msg::Order { order, item }));
        out.set_timer(Timer::Patience(order), Range::exactly(config.params.end_limit));
        self.open.insert(order, op);
    }
}
