//! A service in the middle of a chain: to answer a call it calls the next service, with retries of its own.

use super::meta::fact;
use super::caller::{At, Caller, Ended};
use super::message::{GaveUp, Msg, Reply, Speech, Timer, Try};
use super::params::Switch;
use super::config::Config;
use super::serials::Serials;
use crate::cast::NodeId;
use crate::kits::graph::{Ending, Mark, TierId};
use crate::parts::queue::Ticket;
use crate::parts::server::JobId;
use crate::sim::{Ctx, Input, Never, Out, Protocol};
use crate::trace::Fact;
use std::collections::BTreeMap;

/// An attempt of the service above that waits for an answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Asker {
    from: NodeId,
    of: Try,
    /// By the clock that nobody sets.
    came_us: i64,
}

/// The service.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Layer {
    tier: TierId,
    caller: Caller,
    attempts: u32,
    /// By the number of the call that is made for each.
    askers: Serials<Asker>,
    /// The number of that call by who asks, for callers that cancel; the server has a table of the same types.
    serials: BTreeMap<(NodeId, Try), JobId>,
    /// Whether an attempt has come twice while it was open: then one of the two is looked for.
    twice: bool,
}

impl Protocol for Layer {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Layer {
        out.fact(fact::ROLE, 0, Fact::Word("service"));
        let number = config.cast.sort(ctx.me).1;
        let place = u32::from(number) + 1;
        let caller = Caller::new(config, config.cast.server(number + 1), place);
        let attempts = config.params.attempts_at(place);
        Layer { tier: config.tier(ctx.me), caller, attempts, askers: Serials::new(), serials: BTreeMap::new(), twice: false }
    }

    fn weight(&self) -> u64 {
        self.caller.weight() + self.askers.weight() + 48 * self.serials.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let mut at = At { config, ctx, out };
        let ended = match input {
            Input::Deliver { from, msg: Msg::Call { of, bad, .. } } => {
                let op = at.out.serving().expect("a call serves an operation");
                at.out.mark(Mark::Came { tier: self.tier, attempt: of.attempt });
                at.out.mark(Mark::Began { tier: self.tier, waited_us: 0 });
                // Attempts are numbered through all layers, so that each has luck of its own.
                let first = of.number.wrapping_mul(self.attempts as u16);
                let serial = self.caller.call(op, bad, first, &mut at);
                assert_eq!(self.askers.put(Asker { from, of, came_us: ctx.monotonic_us }), serial, "each call is made for who asks");
                if config.params.cancel == Switch::On {
                    self.twice |= self.serials.insert((from, of), Ticket(u64::from(serial))).is_some();
                }
                None
            }
            Input::Deliver { msg: Msg::Answer { of, reply }, .. } => self.caller.answer(of, reply, &mut at),
            Input::Deliver { from, msg: Msg::Cancel { of } } => {
                if let Some(serial) = self.serial_of(from, of) {
                    if let Some(asker) = self.forget(serial) {
                        self.tell(&asker, Ending::Cancelled, ctx, at.out);
                    }
                    self.caller.abandon(serial, &mut at);
                }
                None
            }
            Input::Timer(Timer::Timeout(serial)) => self.caller.timeout(serial, &mut at),
            Input::Timer(Timer::Retry(serial)) => {
                self.caller.retry(serial, &mut at);
                None
            }
            Input::Deliver { .. } | Input::Timer(_) | Input::Ask(_) => None,
        };
        if let Some(ended) = ended {
            self.end(ended, ctx, out);
        }
    }
}

impl Layer {
    fn end(&mut self, ended: Ended, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some(asker) = self.forget(ended.serial) else { return };
        let (reply, how) = match ended.gave_up {
            None => (Reply::Done, Ending::Done),
            Some(GaveUp::Permanent) => (Reply::Bad, Ending::Bad),
            Some(_) => (Reply::Error, Ending::Failed),
        };
        out.serve(ended.op, asker.of.number);
        out.send(asker.from, Msg::Answer { of: asker.of, reply });
        self.tell(&asker, how, ctx, out);
    }

    /// Tells that an attempt is served no longer.
    fn tell(&self, asker: &Asker, how: Ending, ctx: &Ctx, out: &mut Out<Speech>) {
        let held_us = u64::try_from(ctx.monotonic_us.saturating_sub(asker.came_us)).unwrap_or(0);
        out.mark(Mark::Left { tier: self.tier, path: asker.of.number.into(), how, held_us });
    }

    /// The number of the call that is made for an attempt.
    fn serial_of(&self, from: NodeId, of: Try) -> Option<u32> {
        if self.twice {
            return self.askers.iter().find(|(_, asker)| asker.from == from && asker.of == of).map(|(serial, _)| serial);
        }
        self.serials.get(&(from, of)).map(|ticket| ticket.0 as u32)
    }

    fn forget(&mut self, serial: u32) -> Option<Asker> {
        let asker = self.askers.take(serial)?;
        self.serials.remove(&(asker.from, asker.of));
        Some(asker)
    }
}
