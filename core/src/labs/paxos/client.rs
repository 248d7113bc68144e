//! A client: asks whom it takes for the leader, and another when it is told so or hears nothing.

use super::config::Config;
use super::message::{Msg, Speech, Timer};
use super::request::{Request, Response};
use crate::kits::object::LedCalls;
use crate::sim::{Ctx, Disk, Input, Out, Protocol};

/// A client's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    calls: LedCalls<Request>,
}

impl Protocol for Client {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Disk<Client>>, ctx: &Ctx, out: &mut Out<Speech>) -> Client {
        Client { calls: LedCalls::boot(&config.work, &config.cast, ctx, out) }
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Timer(Timer::Client(timer)) => self.calls.timer(timer, Response::TimedOut, &config.work, ctx, out),
            Input::Ask(request) => self.calls.ask(request, &config.work),
            Input::Deliver { from, msg: Msg::Done { number, response } } => self.calls.done(from, (number, response), &config.work, out),
            Input::Deliver { from, msg: Msg::Redirect { number, leader } } => self.calls.redirected(from, number, leader),
            Input::Timer(_) | Input::Deliver { .. } => {}
        }
        self.calls.send(&config.work, &config.cast, ctx, out, |number, serial, attempt, request| Msg::Ask { number, serial, attempt, request });
    }

    fn weight(&self) -> u64 {
        self.calls.weight()
    }
}
