//! A consumer of a queue: receives a message, works, deletes it; or deletes it first.

use super::bench::{Bench, Ended};
use super::item::Item;
use super::message::{Deed, Msg, Speech, Timer};
use super::params::Commit;
use super::protocol::{Config, Kept, LONG_POLL_US};
use crate::parts::visibility::Receipt;
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use std::collections::VecDeque;

/// A consumer's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Worker {
    bench: Bench,
    /// What it has received, with receipts and receive counts; it works at the first.
    received: VecDeque<(Item, Receipt, u32)>,
}

impl Protocol for Worker {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Worker {
        let worker = Worker { bench: Bench::boot(disk, ctx, out), received: VecDeque::new() };
        worker.ask(config, out);
        worker
    }

    fn weight(&self) -> u64 {
        32 * self.received.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let ended = match input {
            Input::Deliver { msg: Msg::Message { item, receipt, receives }, .. } => {
                out.mark(Deed::Holds(item));
                self.received.push_back((item, receipt, receives));
                if !self.bench.is_busy() {
                    self.begin(config, ctx, out);
                }
                None
            }
            Input::Deliver { msg: Msg::Applied { serial }, .. } => self.bench.applied(serial, out),
            Input::Timer(Timer::Work) => self.bench.worked(config, ctx, out),
            Input::Timer(Timer::Write) => {
                self.bench.again(config, out);
                None
            }
            Input::Timer(Timer::Receive) if self.received.is_empty() => {
                self.ask(config, out);
                None
            }
            _ => None,
        };
        let Some(ended) = ended else { return };
        let Some((item, receipt, _)) = self.received.pop_front() else { return };
        if matches!(ended, Ended::Done(_)) && config.params.commit != Commit::Before {
            out.send(config.broker(0), Msg::Delete { item, receipt });
        }
        out.mark(Deed::Lets(item));
        if self.received.is_empty() { self.ask(config, out) } else { self.begin(config, ctx, out) }
    }
}

impl Worker {
    fn ask(&self, config: &Config, out: &mut Out<Speech>) {
        out.serve_none();
        out.send(config.broker(0), Msg::Receive);
        out.set_timer(Timer::Receive, Range::exactly(LONG_POLL_US));
    }

    fn begin(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some((item, receipt, receives)) = self.received.front().copied() else { return };
        out.cancel(Timer::Receive);
        if config.params.commit == Commit::Before {
            out.send(config.broker(0), Msg::Delete { item, receipt });
        }
        self.bench.begin(config, (item, receives), ctx, out);
    }
}
