//! A client: takes the lock, works, looks at its clock perhaps, writes, lets go. What it believes is what it knows.

use super::message::{Msg, Request, Response, Speech, Timer};
use super::meta::fact;
use super::params::{Load, Look, Op, Release, Service, Switch};
use super::protocol::{Config, Kept};
use crate::cast::NodeId;
use crate::kits::lease::{STEP_US, Token};
use crate::kits::object::Calls;
use crate::parts::fence::Guard;
use crate::parts::lease::Held;
use crate::sim::dice::{Purpose, happens, remix};
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::trace::Fact;
use std::collections::VecDeque;

/// A client's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    calls: Calls<Request>,
    /// Its number for what it asks of the lock servers.
    hold: u32,
    stage: Stage,
    /// Which of a primary and its replica it takes for the primary, by its number.
    primary: u16,
    /// What came while it stood still.
    later: Option<VecDeque<Later>>,
}

/// What waits for a client that stands still.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Later {
    Deliver(NodeId, Msg),
    Timer(Timer),
    Ask(Request),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Idle,
    /// It has asked for the lock.
    Asking {
        asked_us: i64,
        round: u16,
        granted: u32,
        denied: u32,
    },
    /// It believes that it holds the lock.
    Holding(Holding),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Holding {
    token: Token,
    held: Held,
    /// Which value and version it has read.
    read: Option<(u32, u32)>,
    /// Its latest asking for the lease anew.
    renewing: Renewing,
}

/// A round of asking for the lease anew. Answers to an earlier one say nothing of this: what they allow counts from when that was asked.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Renewing {
    round: u32,
    asked_us: i64,
    granted: u32,
    refused: u32,
}

impl Protocol for Client {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Client {
        let calls = Calls::boot(&config.work, ctx, out);
        out.fact(fact::BELIEF, 0, Fact::Word("no"));
        let mut client = Client { calls, hold: ctx.epoch << 20, stage: Stage::Idle, primary: 0, later: None };
        if config.params.load == Load::Probe && ctx.epoch == 0 {
            client.calls.ask(Request, &config.work);
            client.go_on(config, ctx, out);
        }
        client
    }

    fn weight(&self) -> u64 {
        self.calls.weight() + 48 * self.later.as_ref().map_or(0, VecDeque::len) as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match (&mut self.later, input) {
            (Some(_), Input::Timer(Timer::Write)) => {
                // Its next step is the write, whatever has come meanwhile.
                out.fact(fact::STANDING, 0, Fact::Word("no"));
                let later = self.later.take().unwrap_or_default();
                self.handle(config, Input::Timer(Timer::Write), ctx, out);
                for input in later {
                    let input = match input {
                        Later::Deliver(from, msg) => Input::Deliver { from, msg },
                        Later::Timer(timer) => Input::Timer(timer),
                        Later::Ask(request) => Input::Ask(request),
                    };
                    self.handle(config, input, ctx, out);
                }
            }
            (Some(later), input) => later.push_back(match input {
                Input::Deliver { from, msg } => Later::Deliver(from, msg),
                Input::Timer(timer) => Later::Timer(timer),
                Input::Ask(request) => Later::Ask(request),
            }),
            (None, input) => self.handle(config, input, ctx, out),
        }
    }
}

impl Client {
    fn handle(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        // Whatever comes, what it does is for its update: a turn in the queue comes with no operation.
        if let Some(open) = self.calls.open() {
            let round = if let Stage::Asking { round, .. } = self.stage { round } else { 0 };
            out.serve(open.op, round);
        }
        match input {
            Input::Ask(request) => self.calls.ask(request, &config.work),
            Input::Timer(Timer::Client(timer)) => {
                self.calls.timer(timer, Response::TimedOut, &config.work, ctx, out);
                if self.calls.open().is_none() && self.stage != Stage::Idle {
                    self.leave(config, out);
                }
            }
            Input::Timer(timer) => self.timer(config, timer, ctx, out),
            Input::Deliver { msg, .. } => self.hear(config, msg, ctx, out),
        }
        self.go_on(config, ctx, out);
    }

    /// The next update, if there is one to do.
    fn go_on(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        if let Some(open) = self.calls.next(out) {
            self.calls.begin(&open, &config.work, out);
            self.hold += 1;
            self.acquire(config, 0, ctx, out);
            self.calls.wait(&config.work, out);
        }
    }

    /// Asks for the lock, all servers at once.
    fn acquire(&mut self, config: &Config, round: u16, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some(open) = self.calls.open() else { return };
        out.serve(open.op, round);
        self.stage = Stage::Asking { asked_us: config.now_us(ctx), round, granted: 0, denied: 0 };
        for master in self.asked(config) {
            out.send(master, Msg::Acquire { hold: self.hold, round });
        }
        out.set_timer(Timer::Retry, Range::exactly(config.params.poll));
    }

    fn timer(&mut self, config: &Config, timer: Timer, ctx: &Ctx, out: &mut Out<Speech>) {
        match (timer, &mut self.stage) {
            (Timer::Retry, &mut Stage::Asking { round, denied, .. }) => {
                if denied < refusals(config) {
                    self.take_back(config, out);
                }
                if denied == 0 && config.params.service == Service::Replica {
                    self.primary = 1 - self.primary;
                }
                self.acquire(config, round.wrapping_add(1), ctx, out);
            }
            (Timer::Renew, Stage::Holding(holding)) => {
                let round = holding.renewing.round.wrapping_add(1);
                holding.renewing = Renewing { round, asked_us: config.now_us(ctx), granted: 0, refused: 0 };
                for master in self.asked(config) {
                    out.send(master, Msg::Renew { hold: self.hold, round });
                }
                out.set_timer(Timer::Renew, Range::exactly(config.params.ttl / 3));
            }
            (Timer::Work, Stage::Holding(holding)) => {
                let left_us = holding.held.left_us(config.now_us(ctx));
                if config.params.check == Look::Before && left_us == 0 {
                    return self.end(config, Response::Lapsed, out);
                }
                let Some(number) = self.calls.open().map(|open| u64::from(open.number)) else { return };
                let die = ctx.die(Purpose::Fault, number);
                let pause_us = match happens(die, config.params.pause_share.into()) {
                    true => config.params.pause.sample_us(remix(die, 0)),
                    false => 0,
                };
                if pause_us > STEP_US {
                    out.fact(fact::STANDING, 0, Fact::Word("yes"));
                    self.later = Some(VecDeque::new());
                }
                out.set_timer(Timer::Write, Range::exactly(pause_us.max(STEP_US)));
            }
            (Timer::Write, Stage::Holding(holding)) => {
                let Some(open) = self.calls.open() else { return };
                let value = match (config.params.op, holding.read) {
                    (Op::Rmw, Some((value, _))) => value.wrapping_add(1),
                    _ => open.op.0 + 1,
                };
                let read = holding.read.map(|(_, version)| version);
                out.send(
                    config.resource(),
                    Msg::Write { number: open.number, token: holding.token, value, read },
                );
            }
            _ => {}
        }
    }

    fn hear(&mut self, config: &Config, msg: Msg, ctx: &Ctx, out: &mut Out<Speech>) {
        let current = self.calls.open().map(|open| open.number);
        match (msg, &mut self.stage) {
            (Msg::Granted { hold, round: of, token }, Stage::Asking { asked_us, round, granted, .. })
                if hold == self.hold && of == *round =>
            {
                *granted += 1;
                let held = Held { asked_us: *asked_us, for_us: config.trusted_us() };
                let left_us = held.left_us(config.now_us(ctx));
                // Redlock's clients look at what is left when they have a majority.
                let good = left_us > 0 || config.params.service != Service::Redlock;
                if *granted == config.majority() && good {
                    out.cancel(Timer::Retry);
                    out.fact(fact::VALID, 0, Fact::Int(left_us as i64));
                    if let Some(token) = token.0 {
                        out.fact(fact::TOKEN, 0, Fact::Int(token.into()));
                    }
                    self.hold(config, token, held, out);
                }
            }
            (Msg::Wait { hold, round: of }, Stage::Asking { round, denied, .. })
                if hold == self.hold && of == *round =>
            {
                *denied += 1;
                if *denied == refusals(config) {
                    self.take_back(config, out);
                }
            }
            (Msg::Renewed { hold, round }, Stage::Holding(holding)) if hold == self.hold && round == holding.renewing.round => {
                holding.renewing.granted += 1;
                if holding.renewing.granted == config.majority() {
                    holding.held.asked_us = holding.renewing.asked_us;
                }
            }
            (Msg::Over { hold, round }, Stage::Holding(holding)) if hold == self.hold && round == holding.renewing.round => {
                holding.renewing.refused += 1;
                if holding.renewing.refused == refusals(config) {
                    self.end(config, Response::Lost, out);
                }
            }
            (Msg::Value { number, value, version }, Stage::Holding(holding)) if Some(number) == current => {
                holding.read = Some((value, version));
                out.set_timer(Timer::Work, Range::exactly(config.params.work));
            }
            (Msg::Taken { number }, Stage::Holding(_)) if Some(number) == current => {
                self.end(config, Response::Done, out)
            }
            (Msg::Refused { number, .. }, Stage::Holding(_)) if Some(number) == current => {
                self.end(config, Response::Refused, out);
            }
            _ => {}
        }
    }

    /// It has the lock, as far as it knows: it begins to read, or to work.
    fn hold(&mut self, config: &Config, token: Token, held: Held, out: &mut Out<Speech>) {
        out.fact(fact::BELIEF, 0, Fact::Word("holds"));
        self.stage = Stage::Holding(Holding { token, held, read: None, renewing: Renewing { round: 0, asked_us: held.asked_us, granted: 0, refused: 0 } });
        let Some(open) = self.calls.open() else { return };
        if config.params.op == Op::Rmw || config.params.guard == Guard::Cas {
            out.send(config.resource(), Msg::Read { number: open.number, token });
        } else {
            out.set_timer(Timer::Work, Range::exactly(config.params.work));
        }
        if config.params.renew == Switch::On {
            out.set_timer(Timer::Renew, Range::exactly(config.params.ttl / 3));
        }
    }

    /// The update ends so, and the lock is let go.
    fn end(&mut self, config: &Config, response: Response, out: &mut Out<Speech>) {
        if let Some(number) = self.calls.open().map(|open| open.number) {
            self.calls.done(number, response, &config.work, out);
        }
        self.leave(config, out);
    }

    fn leave(&mut self, config: &Config, out: &mut Out<Speech>) {
        for timer in [Timer::Retry, Timer::Renew, Timer::Work, Timer::Write] {
            out.cancel(timer);
        }
        let held = matches!(std::mem::replace(&mut self.stage, Stage::Idle), Stage::Holding(_));
        if held {
            out.fact(fact::BELIEF, 0, Fact::Word("no"));
        }
        // Who looks at no holder lets go only what it believes to hold.
        if held || config.params.release == Release::Token {
            self.release(config, out);
        }
    }

    /// A round of Redlock that came to nothing: what was granted is taken back, and the next round has a value of its own.
    fn take_back(&mut self, config: &Config, out: &mut Out<Speech>) {
        if config.params.service == Service::Redlock {
            self.release(config, out);
            self.hold += 1;
        }
    }

    /// The lock servers that it asks: all of a majority's, and of a pair the one that it takes for the primary.
    fn asked(&self, config: &Config) -> impl Iterator<Item = NodeId> + use<> {
        let only = (config.params.service == Service::Replica).then_some(self.primary);
        let masters = config.masters().zip(0..);
        masters.filter(move |(_, number)| only.is_none_or(|only| only == *number)).map(|(master, _)| master)
    }

    fn release(&self, config: &Config, out: &mut Out<Speech>) {
        // Of a pair whichever grants by now.
        for master in config.masters() {
            out.send(master, Msg::Release { hold: self.hold });
        }
    }
}

/// So many servers that say no leave no majority.
fn refusals(config: &Config) -> u32 {
    config.params.asked() - config.majority() + 1
}
