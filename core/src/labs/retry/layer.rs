//! A service in the middle of a chain: to answer a call it calls the next service, with retries of its own.

use super::caller::{At, Caller, Ended};
use super::message::{GaveUp, Msg, Reply, Try};
use super::protocol::{Config, Node, Timer, fact};
use crate::cast::NodeId;
use crate::sim::{Ctx, Input, Out};
use crate::trace::Fact;

/// An attempt of the service above that waits for an answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Asker {
    /// The number of the call that is made for it.
    serial: u32,
    from: NodeId,
    of: Try,
}

/// The service.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Layer {
    caller: Caller,
    attempts: u32,
    askers: Vec<Asker>,
}

impl Layer {
    /// The service with this number (from 0) in the chain.
    pub fn boot(config: &Config, number: u16, out: &mut Out<Node>) -> Layer {
        out.fact(fact::ROLE, 0, Fact::Word("service"));
        let place = u32::from(number) + 1;
        let caller = Caller::new(config, config.cast.server(number + 1), place);
        Layer { caller, attempts: config.params.attempts_at(place), askers: Vec::new() }
    }

    /// Handles an input.
    pub fn step(&mut self, config: &Config, input: Input<Node>, ctx: &Ctx, out: &mut Out<Node>) {
        let mut at = At { config, ctx, out };
        let ended = match input {
            Input::Deliver { from, msg: Msg::Call { of, bad, .. } } => {
                let op = at.out.serving().expect("a call serves an operation");
                // Attempts are numbered through all layers, so that each has luck of its own.
                let first = of.attempt.wrapping_mul(self.attempts as u16);
                let serial = self.caller.call(op, bad, first, &mut at);
                self.askers.push(Asker { serial, from, of });
                None
            }
            Input::Deliver { msg: Msg::Answer { of, reply }, .. } => self.caller.answer(of, reply, &mut at),
            Input::Deliver { from, msg: Msg::Cancel { of } } => {
                if let Some(place) = self.askers.iter().position(|a| a.from == from && a.of == of) {
                    let asker = self.askers.swap_remove(place);
                    self.caller.abandon(asker.serial, &mut at);
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
            self.end(ended, out);
        }
    }

    fn end(&mut self, ended: Ended, out: &mut Out<Node>) {
        let Some(place) = self.askers.iter().position(|a| a.serial == ended.serial) else { return };
        let Asker { from, of, .. } = self.askers.swap_remove(place);
        let reply = match ended.gave_up {
            None => Reply::Done,
            Some(GaveUp::Permanent) => Reply::Bad,
            Some(_) => Reply::Error,
        };
        out.serve(ended.op, of.attempt);
        out.send(from, Msg::Answer { of, reply });
    }
}
