//! A client: calls at a rate, or calls, waits and thinks.

use super::meta::fact;
use super::caller::{At, Caller, Ended};
use super::message::{Msg, Request, Response, Speech, Timer};
use super::params::{Arrivals, Load};
use super::config::Config;
use crate::sim::dice::{Purpose, Range, happens};
use crate::sim::{Ctx, Input, Never, Out, Protocol};
use crate::trace::Fact;

/// A client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    caller: Caller,
    /// What it was last said to do.
    role: &'static str,
}

impl Protocol for Client {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Client {
        let mut client = Client { caller: Caller::new(config, config.cast.server(0), 0), role: "" };
        client.tell(out);
        if config.params.load == Load::Deploy && ctx.epoch == 0 {
            out.set_timer(Timer::Arrive, Range::exactly(config.params.trouble_at));
        } else {
            client.wait(config, ctx, out);
        }
        client
    }

    fn weight(&self) -> u64 {
        self.caller.weight()
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let mut at = At { config, ctx, out };
        let ended = match input {
            Input::Timer(Timer::Arrive) => {
                self.call(&mut at);
                if config.params.arrivals != Arrivals::Closed {
                    self.wait(config, ctx, at.out);
                }
                None
            }
            Input::Ask(_) => {
                self.call(&mut at);
                None
            }
            Input::Timer(Timer::Timeout(serial)) => self.caller.timeout(serial, &mut at),
            Input::Timer(Timer::Retry(serial)) => {
                self.caller.retry(serial, &mut at);
                None
            }
            Input::Deliver { msg: Msg::Answer { of, reply }, .. } => self.caller.answer(of, reply, &mut at),
            Input::Deliver { .. } | Input::Timer(_) => None,
        };
        if let Some(ended) = ended {
            self.end(config, ended, ctx, out);
        }
        self.tell(out);
    }
}

impl Client {
    fn call(&mut self, at: &mut At<'_>) {
        let number = at.ctx.first_number() + self.caller.made();
        let bad = u64::from(at.config.params.bad);
        let bad = bad > 0 && happens(at.ctx.die(Purpose::Kind, u64::from(number)), bad);
        let op = at.out.invoke(number, Request::Call);
        self.caller.call(op, bad, 0, at);
    }

    fn end(&mut self, config: &Config, ended: Ended, ctx: &Ctx, out: &mut Out<Speech>) {
        let response = match ended.gave_up {
            None => Response::Done,
            Some(why) => Response::Failed { why, doubt: ended.doubt },
        };
        out.complete(ended.op, response);
        if config.params.arrivals == Arrivals::Closed && self.caller.open() == 0 {
            self.wait(config, ctx, out);
        }
    }

    /// Until the next call. The timer serves the call before it, so that a sample of calls has a sample of these.
    fn wait(&self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let params = &config.params;
        if params.calls_each > 0 && self.caller.made() >= params.calls_each {
            return;
        }
        let number = u64::from(ctx.epoch) << 32 | u64::from(self.caller.made());
        let span_us = match params.arrivals {
            Arrivals::Open => config.gap.sample_us(ctx.die(Purpose::Arrival, number)),
            // The clients take turns: the first calls of all lie evenly in one gap.
            Arrivals::Regular if number == 0 => {
                let turn = u64::from(config.cast.sort(ctx.me).1) + 1;
                config.gap.sample_us(0) * turn / u64::from(params.clients)
            }
            Arrivals::Regular => config.gap.sample_us(0),
            Arrivals::Closed => params.think.sample_us(ctx.die(Purpose::Think, number)),
        };
        let now_us = u64::try_from(ctx.clock_us).unwrap_or(0);
        let span_us = config.trouble.map_or(span_us, |trouble| trouble.gap_us(now_us, span_us));
        out.set_timer(Timer::Arrive, Range::exactly(span_us));
    }

    /// Reports what it does, when that changes; only where somebody reads it.
    fn tell(&mut self, out: &mut Out<Speech>) {
        if !out.words_wanted() {
            return;
        }
        let role = match self.caller.is_waiting() {
            None => "idle",
            Some(true) => "waiting",
            Some(false) => "backing off",
        };
        if role != self.role {
            self.role = role;
            out.show(fact::ROLE, 0, || Fact::Word(role));
        }
    }
}
