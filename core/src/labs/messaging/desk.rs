//! The broker of a queue, or of a topic that passes copies on.

use super::item::Item;
use super::message::{Deed, Msg, Request, Speech, Timer, Why};
use super::meta::fact;
use super::params::{Channel, Full};
use super::protocol::{Config, Kept, LONG_POLL_US};
use crate::cast::NodeId;
use crate::parts::visibility::{Queue, Received, Sent};
use crate::sim::{Ctx, Input, OpId, Out, Protocol, Range};
use crate::trace::Fact;
use std::collections::VecDeque;

/// The broker's state: the queue is on its disk, who waits is not.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Desk {
    queue: Queue<Item>,
    /// Who asks for a message, and until when: who has gone down meanwhile would not take one.
    waiting: VecDeque<(NodeId, i64)>,
}

impl Protocol for Desk {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Desk {
        let queue = match disk {
            Some(Kept::Queue(queue)) => queue.clone(),
            _ => Queue::new(),
        };
        let word = if config.params.channel == Channel::Queue { "queue" } else { "topic" };
        out.fact(fact::ROLE, 0, Fact::Word(word));
        let mut desk = Desk { queue, waiting: VecDeque::new() };
        if config.params.channel == Channel::Queue {
            if ctx.epoch > 0 && disk.is_none() {
                out.mark(Deed::Truncated(0, 0));
            }
            desk.hand_out(config, ctx, out);
        }
        desk
    }

    fn weight(&self) -> u64 {
        self.queue.weight()
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let (rules, now_us) = (config.rules(), ctx.monotonic_us);
        match input {
            Input::Deliver { from, msg: Msg::Send { serial, entry, .. } } => {
                let item = entry.item;
                if config.params.channel == Channel::Pubsub {
                    for number in 0..config.params.consumers {
                        out.send(config.consumer(number), Msg::Copy { item });
                    }
                    return out.send(from, Msg::Accepted { serial });
                }
                let limit = config.params.limit as usize;
                if limit > 0 && self.queue.len() >= limit {
                    if config.params.full != Full::Drop {
                        return out.send(from, Msg::Refused { serial, why: Why::Full });
                    }
                    if let Some(dropped) = self.queue.drop_oldest(now_us) {
                        out.mark(Deed::Dropped(dropped));
                    }
                }
                if self.queue.send(now_us, &rules, (item, item.key, item.id)) == Sent::Stored {
                    out.mark(Deed::Stored(item, None));
                }
                // What is answered for is on the disk.
                out.goes_through(self.queue.weight());
                out.persist(Kept::Queue(self.queue.clone()));
                out.send(from, Msg::Accepted { serial });
            }
            Input::Deliver { from, msg: Msg::Receive } => {
                let until_us = now_us.saturating_add_unsigned(LONG_POLL_US);
                match self.waiting.iter_mut().find(|(node, _)| *node == from) {
                    Some(waits) => waits.1 = until_us,
                    None => self.waiting.push_back((from, until_us)),
                }
            }
            Input::Deliver { msg: Msg::Delete { receipt, .. }, .. } => {
                match self.queue.delete(now_us, &rules, receipt) {
                    Some(item) => out.mark(Deed::Deleted(item)),
                    None => out.mark(Deed::Late),
                }
            }
            Input::Ask(Request::Redrive) => {
                for item in self.queue.dead() {
                    out.mark(Deed::Redriven(*item));
                }
                self.queue.redrive(now_us, |item| item.key);
            }
            Input::Timer(Timer::Show) => {}
            _ => return,
        }
        if config.params.channel == Channel::Queue {
            self.hand_out(config, ctx, out);
        }
    }
}

impl Desk {
    /// Gives what shows to those who wait, and says how the queue stands.
    fn hand_out(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let (rules, now_us) = (config.rules(), ctx.monotonic_us);
        for item in self.queue.bury(now_us, &rules) {
            out.mark(Deed::Dead(item));
        }
        self.waiting.retain(|(_, until_us)| *until_us >= now_us);
        let mut given = Vec::new();
        while let Some((to, _)) = self.waiting.front().copied() {
            let Some(received) = self.queue.receive(now_us, &rules) else { break };
            self.waiting.pop_front();
            given.push((to, received));
        }
        out.goes_through(self.queue.weight());
        out.persist(Kept::Queue(self.queue.clone()));
        for (to, Received { item, receipt, receives }) in given {
            out.serve(OpId(item.id), (receives - 1).min(u16::MAX.into()) as u16);
            out.send(to, Msg::Message { item, receipt, receives });
        }
        let hidden = self.queue.hidden(now_us);
        out.fact(fact::WAITS, 0, Fact::Int((self.queue.len() - hidden) as i64));
        out.fact(fact::HIDDEN, 0, Fact::Int(hidden as i64));
        out.fact(fact::DEAD, 0, Fact::Int(self.queue.dead().len() as i64));
        out.serve_none();
        match self.queue.next_us(now_us) {
            Some(next_us) => out.set_timer(Timer::Show, Range::exactly(next_us.abs_diff(now_us))),
            None => out.cancel(Timer::Show),
        }
    }
}
