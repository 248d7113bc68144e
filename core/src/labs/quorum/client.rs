//! A client: asks a coordinator, and remembers what it has seen of each key.

use super::config::Config;
use super::message::{Msg, Request, Response, Speech, Timer, vector_weight};
use super::object::Context;
use crate::cast::NodeId;
use crate::kits::object::{Calls, Open};
use crate::sim::dice::{Purpose, below};
use crate::sim::{Ctx, Input, OpKey, Out};

/// A client's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    calls: Calls<Request>,
    contexts: Vec<Context>,
}

impl Client {
    /// Starts the workload.
    pub fn boot(config: &Config, ctx: &Ctx, out: &mut Out<Speech>) -> Client {
        let contexts = vec![Context::new(); config.params.keys as usize];
        Client { calls: Calls::boot(&config.work, ctx, out), contexts }
    }

    /// What it keeps, in bytes: what it is yet to ask for, most of all.
    pub fn weight(&self) -> u64 {
        self.calls.weight() + self.contexts.iter().map(vector_weight).sum::<u64>()
    }

    /// Handles an input.
    pub fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Timer(Timer::Client(timer)) => self.calls.timer(timer, Response::TimedOut, &config.work, ctx, out),
            Input::Ask(request) => self.calls.ask(request, &config.work),
            Input::Deliver { msg: Msg::Done { number, response }, .. } => self.done(config, number, response, out),
            Input::Timer(_) | Input::Deliver { .. } => {}
        }
        if let Some(open) = self.calls.next(out) {
            self.calls.begin(&open, &config.work, out);
            out.send(coordinator(config, open.number, ctx), self.message(&open, ctx));
            self.calls.wait(&config.work, out);
        }
    }

    fn message(&self, open: &Open<Request>, ctx: &Ctx) -> Msg {
        let (number, key) = (open.number, open.request.key());
        match open.request.writes() {
            None => Msg::Get { number, key },
            Some(value) => {
                let context = self.contexts[usize::from(key)].clone();
                Msg::Put { write: OpKey { client: ctx.me, number }, key, value, context }
            }
        }
    }

    fn done(&mut self, config: &Config, number: u32, response: Response, out: &mut Out<Speech>) {
        let Some(open) = self.calls.open().filter(|open| open.number == number) else { return };
        if let Response::Found { context, .. } = &response {
            self.contexts[usize::from(open.request.key())].merge(context);
        }
        self.calls.done(number, response, &config.work, out);
    }
}

fn coordinator(config: &Config, number: u32, ctx: &Ctx) -> NodeId {
    let choices = config.asks(ctx.me);
    choices[below(ctx.die(Purpose::Choice, u64::from(number)), choices.len() as u64) as usize]
}
