//! A consumer that is called, or a subscriber: what comes waits in its memory, and is worked at in turn.

use super::bench::{Bench, Ended};
use super::item::Item;
use super::message::{Deed, Msg, Speech, Timer, Why};
use super::protocol::{Config, Kept};
use crate::cast::NodeId;
use crate::sim::{Ctx, Input, Out, Protocol};
use std::collections::VecDeque;

/// A message, and who waits for it to be done, under which number.
type Waits = (Item, Option<(NodeId, u32)>);

/// A consumer's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Inbox {
    bench: Bench,
    /// The first is being worked at.
    waiting: VecDeque<Waits>,
}

impl Protocol for Inbox {
    type Config = Config;
    type Speech = Speech;

    fn boot(_: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Inbox {
        Inbox { bench: Bench::boot(disk, ctx, out), waiting: VecDeque::new() }
    }

    fn weight(&self) -> u64 {
        32 * self.waiting.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let ended = match input {
            Input::Deliver { from, msg: Msg::Send { serial, entry, .. } } => {
                self.waiting.push_back((entry.item, Some((from, serial))));
                out.mark(Deed::Holds(entry.item));
                None
            }
            Input::Deliver { msg: Msg::Copy { item }, .. } => {
                self.waiting.push_back((item, None));
                out.mark(Deed::Holds(item));
                None
            }
            Input::Deliver { msg: Msg::Applied { serial }, .. } => self.bench.applied(serial, out),
            Input::Timer(Timer::Work) => self.bench.worked(config, ctx, out),
            Input::Timer(Timer::Write) => {
                self.bench.again(config, out);
                None
            }
            _ => None,
        };
        if let Some(ended) = ended {
            let Some((item, caller)) = self.waiting.pop_front() else { return };
            out.mark(Deed::Lets(item));
            if let Some((caller, serial)) = caller {
                let answer = match ended {
                    Ended::Done(_) => Msg::Accepted { serial },
                    Ended::Failed(..) => Msg::Refused { serial, why: Why::Failed },
                };
                out.send(caller, answer);
            }
        }
        match self.waiting.front() {
            Some((item, _)) if !self.bench.is_busy() => self.bench.begin(config, (*item, 1), ctx, out),
            _ => {}
        }
    }
}
