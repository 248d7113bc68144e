//! A client: asks one thing at a time, at a rate of its own, and remembers what it has seen of each key.

use super::meta::fact;
use super::message::{Msg, Request, Response, Speech, Timer, vector_weight};
use super::object::Context;
use super::config::Config;
use crate::cast::NodeId;
use crate::sim::dice::{MILLION, Purpose, below, happens};
use crate::sim::{Ctx, Input, OpId, OpKey, Out, Range};
use crate::trace::Fact;
use std::collections::VecDeque;

/// A client's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    /// How many requests of the workload have come up, on this client's clock.
    arrived: u32,
    due_us: u64,
    asked: u32,
    backlog: VecDeque<(u32, Wish)>,
    open: Option<Open>,
    contexts: Vec<Context>,
}

/// What a client is to ask for next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Wish {
    /// Just this: the script's.
    This(Request),
    /// A write of the workload, whose value is chosen when it is asked for.
    Put { key: u16 },
}

impl Wish {
    /// The request. Values of the workload rise in the order in which all clients ask, so that of two values the greater is the one that was
    /// asked for later; they are the operations' numbers in the run, counted from 1.
    fn request(self, op: OpId) -> Request {
        match self {
            Wish::This(request) => request,
            Wish::Put { key } => Request::Put { key, value: op.0 + 1 },
        }
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Open {
    op: OpId,
    number: u32,
    key: u16,
}

impl Client {
    /// Starts the workload.
    pub fn boot(config: &Config, ctx: &Ctx, out: &mut Out<Speech>) -> Client {
        let mut client = Client {
            arrived: ctx.epoch * config.numbers,
            due_us: u64::try_from(ctx.clock_us).unwrap_or(0),
            asked: ctx.epoch * 10_000,
            backlog: VecDeque::new(),
            open: None,
            contexts: vec![Context::new(); config.params.keys as usize],
        };
        out.fact(fact::ROLE, 0, Fact::Word("idle"));
        client.await_next(config, ctx, out);
        client
    }

    /// What it keeps, in bytes: what it is yet to ask for, most of all.
    pub fn weight(&self) -> u64 {
        24 * self.backlog.len() as u64 + self.contexts.iter().map(vector_weight).sum::<u64>()
    }

    /// Handles an input.
    pub fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Timer(Timer::Arrive) => {
                let wish = self.workload(config, ctx);
                self.backlog.push_back((self.arrived, wish));
                self.arrived += 1;
                self.await_next(config, ctx, out);
            }
            Input::Ask(request) => {
                self.backlog.push_back((config.first_asked + self.asked, Wish::This(request)));
                self.asked += 1;
            }
            Input::Deliver { msg: Msg::Done { number, response }, .. } => self.done(number, response, out),
            Input::Timer(Timer::GiveUp) => {
                if let Some(open) = &self.open {
                    self.done(open.number, Response::TimedOut, out);
                }
            }
            Input::Timer(_) | Input::Deliver { .. } => {}
        }
        if self.open.is_none()
            && let Some((number, wish)) = self.backlog.pop_front()
        {
            let request = wish.request(out.next_operation());
            self.begin(config, number, request, ctx, out);
        }
    }

    /// The next request of the workload is due: half to one and a half mean gaps after the last.
    fn await_next(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        if config.params.rate == 0 {
            return;
        }
        let mean_us = MILLION * MILLION / u64::from(config.params.rate);
        let gap_us = mean_us / 2 + below(ctx.die(Purpose::Arrival, u64::from(self.arrived)), mean_us + 1);
        let wait_us = (self.due_us + gap_us).saturating_sub(u64::try_from(ctx.clock_us).unwrap_or(0));
        self.due_us += gap_us;
        if self.due_us <= config.stop_us {
            out.serve_none();
            out.set_timer(Timer::Arrive, Range::exactly(wait_us));
        }
    }

    fn workload(&self, config: &Config, ctx: &Ctx) -> Wish {
        let params = &config.params;
        let number = u64::from(self.arrived);
        let key = below(ctx.die(Purpose::Key, number), u64::from(params.keys)) as u16;
        let kind = ctx.die(Purpose::Kind, number);
        if happens(kind, u64::from(params.reads)) {
            return Wish::This(Request::Get { key });
        }
        if happens(crate::sim::dice::remix(kind, 0), u64::from(params.deletes)) {
            return Wish::This(Request::Delete { key });
        }
        Wish::Put { key }
    }

    fn begin(&mut self, config: &Config, number: u32, request: Request, ctx: &Ctx, out: &mut Out<Speech>) {
        let key = request.key();
        let op = out.invoke(number, request);
        self.open = Some(Open { op, number, key });
        out.fact(fact::ROLE, 0, Fact::Word("waiting"));
        let write = OpKey { client: ctx.me, number };
        let context = self.contexts[usize::from(key)].clone();
        let message = match request {
            Request::Get { key } => Msg::Get { number, key },
            Request::Put { key, value } => Msg::Put { write, key, value: Some(value), context },
            Request::Delete { key } => Msg::Put { write, key, value: None, context },
        };
        out.send(self.coordinator(config, number, ctx), message);
        out.set_timer(Timer::GiveUp, Range::exactly(2 * config.params.timeout));
    }

    fn coordinator(&self, config: &Config, number: u32, ctx: &Ctx) -> NodeId {
        let choices = config.asks(ctx.me);
        choices[below(ctx.die(Purpose::Choice, u64::from(number)), choices.len() as u64) as usize]
    }

    fn done(&mut self, number: u32, response: Response, out: &mut Out<Speech>) {
        let Some(open) = self.open.take_if(|open| open.number == number) else { return };
        if let Response::Found { context, .. } = &response {
            self.contexts[usize::from(open.key)].merge(context);
        }
        out.serve(open.op, 0);
        out.cancel(Timer::GiveUp);
        out.fact(fact::ROLE, 0, Fact::Word("idle"));
        out.complete(open.op, response);
    }
}
