//! A client: asks whom it takes for the leader, and another when it is told so or hears nothing.

use super::config::Config;
use super::message::{Msg, Speech, Timer};
use super::request::{Request, Response};
use crate::kits::object::{Calls, ClientTimer, Seeker};
use crate::sim::{Ctx, Disk, Input, Out, Protocol};

/// A client's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    calls: Calls<Request>,
    seeker: Seeker,
}

impl Protocol for Client {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Disk<Client>>, ctx: &Ctx, out: &mut Out<Speech>) -> Client {
        let seeker = Seeker::new(config.cast.sort(ctx.me).1);
        Client { calls: Calls::boot(&config.work, ctx, out), seeker }
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Timer(Timer::Client(timer)) => {
                if timer == ClientTimer::Again {
                    self.seeker.lost();
                }
                self.calls.timer(timer, Response::TimedOut, &config.work, ctx, out);
            }
            Input::Ask(request) => self.calls.ask(request, &config.work),
            Input::Deliver { from, msg: Msg::Done { number, response } } => {
                self.seeker.served_by(from);
                self.calls.done(number, response, &config.work, out);
            }
            Input::Deliver { from, msg: Msg::Redirect { number, leader } } => {
                // Where nobody leads it waits, and then asks another.
                if self.seeker.redirected(from, leader) {
                    self.calls.again(number);
                }
            }
            Input::Timer(_) | Input::Deliver { .. } => {}
        }
        if let Some(open) = self.calls.next(out) {
            self.calls.begin(&open, &config.work, out);
            let to = self.seeker.pick(&config.cast);
            let (number, attempt, request) = (open.number, open.attempt, open.request);
            // Sessions go by numbers that rise over a client's restarts, too.
            let serial = (ctx.epoch << 22) + open.serial;
            out.send(to, Msg::Ask { number, serial, attempt, request });
            self.calls.wait(&config.work, out);
        }
    }

    fn weight(&self) -> u64 {
        self.calls.weight()
    }
}
