//! A client: makes a key, asks, waits, asks again; reads first where it writes on a condition.

use super::call::{Call, Key, Outcome, Verb};
use super::message::{Deed, Msg, Request, Response, Speech, Timer};
use super::meta::fact;
use super::params::{Balance, Load, Method, NewKey, On412};
use super::protocol::{Config, FIRST_US, Kept};
use crate::cast::NodeId;
use crate::parts::backoff::Backoff;
use crate::sim::dice::{Purpose, below};
use crate::sim::{Ctx, Input, OpId, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::Fact;

/// What a client asks for in a charge.
const AMOUNT: i32 = 10;

/// A client's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    next: u32,
    works: Map<u32, Work>,
    /// The key of its last operation.
    last: Option<Key>,
}

/// An operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Work {
    op: OpId,
    verb: Verb,
    value: i32,
    key: Option<Key>,
    /// It takes one from what it reads.
    takes: bool,
    /// The version that it has read.
    version: Option<u32>,
    step: Step,
    /// How many tries there were, how many messages, and whether one of those that write is gone without an answer.
    tries: u32,
    sent: u16,
    unanswered: bool,
    backoff: Backoff,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Step {
    /// It has asked what x is.
    Reading,
    /// It has asked for its change.
    Writing,
    /// It waits before the next try.
    Pausing { reads: bool },
    /// It is over.
    Over,
}

impl Protocol for Client {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Client {
        out.fact(fact::ROLE, 0, Fact::Word("idle"));
        let params = &config.params;
        if ctx.epoch == 0 && params.load != Load::Own {
            let mut begin_us = FIRST_US;
            if params.window > 0 {
                begin_us += below(ctx.die(Purpose::Arrival, 0), params.window);
            }
            if params.load == Load::Late && config.cast.sort(ctx.me).1 > 0 {
                begin_us = begin_us.saturating_add(params.gap.sample_us(ctx.die(Purpose::Think, 0)));
            }
            out.set_timer(Timer::Begin, Range::exactly(begin_us));
        }
        Client { next: ctx.first_number(), works: Map::new(), last: None }
    }

    fn weight(&self) -> u64 {
        128 * self.works.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Timer(Timer::Begin) => {
                let request = match config.params.load {
                    Load::Stock => Request::Take,
                    Load::Late => Request::Send(i32::from(config.cast.sort(ctx.me).1) + 1),
                    _ if config.params.method == Method::Post => Request::Send(AMOUNT),
                    _ => Request::Send(i32::from(config.cast.sort(ctx.me).1) + 1),
                };
                let serial = self.begin(config, request, ctx, out);
                if config.params.load == Load::Click {
                    let gap_us = config.params.gap.sample_us(ctx.die(Purpose::Think, 0));
                    out.set_timer(Timer::Click(serial), Range::exactly(gap_us));
                }
            }
            Input::Ask(request) => {
                self.begin(config, request, ctx, out);
            }
            Input::Timer(Timer::Click(serial)) => {
                // The user has clicked again; whether there has been an answer nobody looks.
                if let Some(work) = self.works.get_mut(&serial) {
                    work.sent = work.sent.saturating_add(1);
                    let work = *work;
                    out.serve(work.op, work.sent);
                    send(config, (serial, &work), ctx, out);
                }
            }
            Input::Timer(Timer::Timeout(serial)) => {
                if let Some(work) = self.works.get_mut(&serial) {
                    work.unanswered |= work.step == Step::Writing;
                }
                self.retry(config, serial, Response::NoWord, ctx, out);
            }
            Input::Timer(Timer::Again(serial)) => {
                if let Some(work) = self.works.get_mut(&serial) {
                    if let Step::Pausing { reads } = work.step {
                        work.step = if reads { Step::Reading } else { Step::Writing };
                        self.transmit(config, serial, ctx, out);
                    }
                }
            }
            Input::Deliver { msg: Msg::Answer { serial, outcome }, .. } => {
                self.answered(config, serial, outcome, ctx, out);
            }
            Input::Deliver { msg: Msg::Content { serial, value, etag }, .. } => {
                self.read(config, serial, (value.0, etag), ctx, out);
            }
            _ => {}
        }
    }
}

/// The server that a try goes to.
fn server(config: &Config, (serial, sent): (u32, u16), ctx: &Ctx) -> NodeId {
    let servers = u64::from(config.params.servers);
    let number = match config.params.balance {
        Balance::Random => {
            below(ctx.die(Purpose::Choice, u64::from(serial) << 16 | u64::from(sent)), servers)
        }
        Balance::Sticky => u64::from(config.cast.sort(ctx.me).1) % servers,
    };
    config.cast.coordinator(number as u16)
}

/// Sends a try of an operation.
fn send(config: &Config, (serial, work): (u32, &Work), ctx: &Ctx, out: &mut Out<Speech>) {
    let reads = work.step == Step::Reading;
    let key = work.key.map(|key| match config.params.newkey {
        NewKey::Operation => key,
        NewKey::Attempt => Key { attempt: work.sent.saturating_add(1), ..key },
    });
    let first = work.sent == u16::from(work.version.is_some());
    let late = first && !reads && config.params.load == Load::Late && config.cast.sort(ctx.me).1 == 0;
    let call = Call {
        serial,
        attempt: work.sent,
        order: work.op.0,
        key: key.filter(|_| !reads),
        verb: if reads { Verb::Get } else { work.verb },
        value: work.value,
        if_match: work.version.filter(|_| config.params.method == Method::PutIf && !reads),
    };
    out.send(server(config, (serial, work.sent), ctx), Msg::Request { call, late });
}

impl Client {
    fn begin(&mut self, config: &Config, request: Request, ctx: &Ctx, out: &mut Out<Speech>) -> u32 {
        let serial = self.next;
        self.next = self.next.wrapping_add(1);
        let op = out.invoke(serial, request);
        out.fact(fact::ROLE, 0, Fact::Word("waiting"));
        let method = config.params.method;
        let own = Key { op: op.0, attempt: 0 };
        let (value, key) = match request {
            Request::Send(value) => (value, Some(own)),
            Request::Reuse(value) => (value, Some(self.last.unwrap_or(own))),
            Request::Bare(value) => (value, None),
            Request::Take => (-1, Some(own)),
        };
        self.last = key.or(self.last);
        let verb = config.params.verb();
        let takes = request == Request::Take && verb == Verb::Put;
        let reads = takes || method == Method::PutIf;
        let work = Work {
            op,
            verb,
            value,
            key,
            takes,
            version: None,
            step: if reads { Step::Reading } else { Step::Writing },
            tries: 1,
            sent: 0,
            unanswered: false,
            backoff: Backoff::new(config.params.policy()),
        };
        self.works.insert(serial, work);
        out.serve(op, 0);
        send(config, (serial, &work), ctx, out);
        out.set_timer(Timer::Timeout(serial), Range::exactly(config.params.timeout));
        serial
    }

    /// Sends the next message of an operation.
    fn transmit(&mut self, config: &Config, serial: u32, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some(work) = self.works.get_mut(&serial) else { return };
        work.sent = work.sent.saturating_add(1);
        out.serve(work.op, work.sent);
        send(config, (serial, work), ctx, out);
        out.set_timer(Timer::Timeout(serial), Range::exactly(config.params.timeout));
    }

    /// A try has come to nothing: another one, if there may be one.
    fn retry(&mut self, config: &Config, serial: u32, last: Response, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some(work) = self.works.get_mut(&serial) else { return };
        let reads = match work.step {
            Step::Reading => true,
            Step::Writing => false,
            Step::Pausing { .. } | Step::Over => return,
        };
        if work.tries >= config.params.attempts {
            return self.end(serial, last, out);
        }
        work.tries += 1;
        work.step = Step::Pausing { reads };
        let pause_us = work
            .backoff
            .next_us(ctx.die(Purpose::Protocol(0), u64::from(serial) << 16 | u64::from(work.tries)));
        out.cancel(Timer::Timeout(serial));
        out.set_timer(Timer::Again(serial), Range::exactly(pause_us));
    }

    fn answered(&mut self, config: &Config, serial: u32, outcome: Outcome, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some(work) = self.works.get_mut(&serial).filter(|work| work.step != Step::Over) else { return };
        let told = Response::Answered(outcome);
        match outcome.status {
            // Nothing is to be corrected: later it may be told.
            409 | 500 => self.retry(config, serial, told, ctx, out),
            412 if work.step != Step::Writing => {}
            412 if config.params.on412 == On412::Read && (work.takes || work.unanswered) => {
                if work.tries >= config.params.attempts {
                    return self.end(serial, told, out);
                }
                work.tries += 1;
                work.step = Step::Reading;
                self.transmit(config, serial, ctx, out);
            }
            _ => self.end(serial, told, out),
        }
    }

    /// It knows what x is.
    fn read(
        &mut self,
        config: &Config,
        serial: u32,
        (value, etag): (Option<i32>, u32),
        ctx: &Ctx,
        out: &mut Out<Speech>,
    ) {
        let Some(work) = self.works.get_mut(&serial).filter(|work| work.step == Step::Reading) else {
            return;
        };
        if work.version.is_some() {
            // Its condition was not met. Perhaps by its own doing: x is then what it wrote.
            if work.unanswered && value == Some(work.value) {
                return self.end(serial, Response::Seen, out);
            }
            if !work.takes {
                return self.end(serial, Response::Answered(Outcome::status(412)), out);
            }
        }
        let Some(value) = value else {
            return self.end(serial, Response::Answered(Outcome::status(404)), out);
        };
        if work.takes {
            work.value = value.saturating_sub(1);
        }
        (work.version, work.step, work.unanswered) = (Some(etag), Step::Writing, false);
        out.serve(work.op, work.sent);
        out.mark(Deed::Rests(etag));
        self.transmit(config, serial, ctx, out);
    }

    fn end(&mut self, serial: u32, response: Response, out: &mut Out<Speech>) {
        let Some(work) = self.works.get_mut(&serial) else { return };
        work.step = Step::Over;
        out.cancel(Timer::Timeout(serial));
        out.cancel(Timer::Again(serial));
        out.serve(work.op, work.sent);
        out.complete(work.op, response);
        if self.works.values().all(|work| work.step == Step::Over) {
            out.fact(fact::ROLE, 0, Fact::Word("idle"));
        }
    }
}
