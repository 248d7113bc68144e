//! What a client is to ask for, the workload's requests and the script's, one at a time; and the one that is under way.

use crate::acts::Act;
use crate::chance::dice::{MILLION, Purpose, Range, below};
use crate::scenario::Scenario;
use crate::sim::{Ctx, OpId, Out, Speech, Value};
use crate::trace::Fact;
use std::collections::VecDeque;

/// Requests that a workload draws.
pub trait Drawn: Value {
    /// What is asked for how often.
    type Mix;

    /// The request of that number, by this client's dice.
    fn draw(mix: &Self::Mix, ctx: &Ctx, number: u64) -> Self;

    /// The same as this operation asks for it: a value that nobody else writes goes by its number.
    fn named(self, op: OpId) -> Self;
}

/// What every client of a run knows of what is to be asked for.
#[derive(Clone, Debug)]
pub struct Workload<M> {
    /// Requests of each client in a second, in millionths; with 0 clients ask only what the script has them ask.
    pub rate: u32,
    /// What they ask for.
    pub mix: M,
    /// When they stop, in µs of their clocks.
    pub stop_us: u64,
    /// How requests are numbered.
    pub numbers: Numbers,
    /// How long a client waits for an answer before it gives up, in µs.
    pub give_up_us: u64,
    /// How long it waits before it asks once more, in µs; for ever, if it does not.
    pub again_us: Option<u64>,
    /// The fact by which it says whether it waits.
    pub role: u8,
}

/// How a client numbers its requests, which decides their luck: those of other boots are others, and those of the script do not change the luck
/// of the workload's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Numbers {
    /// How many there are for the workload before the client must come up again: more than it can ask for.
    pub each_boot: u32,
    /// The first of the script's.
    pub asked: u32,
}

impl Numbers {
    /// Those of a scenario, for clients that ask so many millionths of a request in a second up to that time. Links of old have 10,000 and
    /// 100,000, and where a client may ask for more there are more: requests are due half a mean gap apart at the least, whatever the
    /// client's clock does.
    pub fn of(scenario: &Scenario, rate: u32, stop_us: u64) -> Numbers {
        const BLOCK: u64 = 10_000;
        const FIRST_ASKED: u64 = 100_000;
        /// No run has room for more.
        const MOST: u64 = 1 << 22;
        let boots = scenario.cues.iter().filter(|cue| matches!(cue.act, Act::Start { .. })).count() as u64;
        let gap_us = if rate == 0 { u64::MAX } else { MILLION * MILLION / u64::from(rate) };
        let most = (stop_us / (gap_us / 2).max(1) + 1).min(MOST);
        let block = if boots > 0 { most.max(BLOCK) } else { BLOCK };
        let all = if most > BLOCK { most.max(block * (boots + 1)) } else { 0 };
        Numbers { each_boot: block as u32, asked: all.max(FIRST_ASKED) as u32 }
    }
}

crate::declare::words! {
    /// The timers of a client.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum ClientTimer {
        /// Its next request is due.
        Arrive => "next request",
        /// It has waited long enough for an answer.
        GiveUp => "gives up waiting",
        /// It has waited long enough to ask once more.
        Again => "asks again",
    }
}

/// An operation of a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Open<R> {
    /// Its number in the run.
    pub op: OpId,
    /// The client's own number for it, the same whenever it is asked for.
    pub number: u32,
    /// Its place among all that the client has asked for since it came up, from 1: what a server that keeps sessions goes by.
    pub serial: u32,
    /// How often it was asked for before.
    pub attempt: u16,
    /// What is asked.
    pub request: R,
}

/// A client's calls: it asks for one thing at a time, and waits for an answer, which the lab brings.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Calls<R> {
    /// How many requests of the workload have come up, on this client's clock.
    arrived: u32,
    due_us: u64,
    /// How many of the script's have.
    asked: u32,
    begun: u32,
    backlog: VecDeque<Wish<R>>,
    open: Option<Open<R>>,
    /// What is under way is to be asked for once more.
    again: bool,
}

/// What is to be asked for next.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Wish<R> {
    number: u32,
    request: R,
    /// It is the workload's, and gets its value when it is asked for.
    drawn: bool,
}

impl<R: Drawn> Calls<R> {
    /// A client comes up: it is idle, and its workload begins.
    pub fn boot<S>(work: &Workload<R::Mix>, ctx: &Ctx, out: &mut Out<S>) -> Calls<R>
    where
        S: Speech<Request = R, Timer: From<ClientTimer>>,
    {
        let mut calls = Calls {
            arrived: ctx.epoch * work.numbers.each_boot,
            due_us: u64::try_from(ctx.clock_us).unwrap_or(0),
            asked: ctx.epoch * 10_000,
            begun: 0,
            backlog: VecDeque::new(),
            open: None,
            again: false,
        };
        out.fact(work.role, 0, Fact::Word("idle"));
        calls.await_next(work, ctx, out);
        calls
    }

    /// What is yet to be asked for, in bytes.
    pub fn weight(&self) -> u64 {
        24 * self.backlog.len() as u64
    }

    /// What is under way.
    pub fn open(&self) -> Option<&Open<R>> {
        self.open.as_ref()
    }

    /// The script asks for something.
    pub fn ask(&mut self, request: R, work: &Workload<R::Mix>) {
        self.backlog.push_back(Wish { number: work.numbers.asked + self.asked, request, drawn: false });
        self.asked += 1;
    }

    /// A timer of the client's fires; who gives up is told `given_up`.
    pub fn timer<S>(
        &mut self,
        timer: ClientTimer,
        given_up: S::Response,
        work: &Workload<R::Mix>,
        ctx: &Ctx,
        out: &mut Out<S>,
    ) where
        S: Speech<Request = R, Timer: From<ClientTimer>>,
    {
        match timer {
            ClientTimer::Arrive => {
                let request = R::draw(&work.mix, ctx, u64::from(self.arrived));
                self.backlog.push_back(Wish { number: self.arrived, request, drawn: true });
                self.arrived += 1;
                self.await_next(work, ctx, out);
            }
            ClientTimer::GiveUp => {
                if let Some(number) = self.open.as_ref().map(|open| open.number) {
                    self.done(number, given_up, work, out);
                }
            }
            ClientTimer::Again => self.again = self.open.is_some(),
        }
    }

    /// The next request of the workload is due: half to one and a half mean gaps after the last.
    fn await_next<S>(&mut self, work: &Workload<R::Mix>, ctx: &Ctx, out: &mut Out<S>)
    where
        S: Speech<Request = R, Timer: From<ClientTimer>>,
    {
        if work.rate == 0 {
            return;
        }
        let mean_us = MILLION * MILLION / u64::from(work.rate);
        let gap_us = mean_us / 2 + below(ctx.die(Purpose::Arrival, u64::from(self.arrived)), mean_us + 1);
        let wait_us = (self.due_us + gap_us).saturating_sub(u64::try_from(ctx.clock_us).unwrap_or(0));
        self.due_us += gap_us;
        if self.due_us <= work.stop_us {
            out.serve_none();
            out.set_timer(ClientTimer::Arrive.into(), Range::exactly(wait_us));
        }
    }

    /// The operation that a server is to be sent now, if any: called at the end of every step. The lab may first put into it what it knows; then it
    /// sends it between [`Calls::begin`] and [`Calls::wait`].
    pub fn next<S: Speech<Request = R>>(&mut self, out: &Out<S>) -> Option<Open<R>> {
        if let Some(open) = &mut self.open {
            if !std::mem::take(&mut self.again) {
                return None;
            }
            open.attempt += 1;
            return Some(open.clone());
        }
        let Wish { number, request, drawn } = self.backlog.pop_front()?;
        let op = out.next_operation();
        self.begun += 1;
        let request = if drawn { request.named(op) } else { request };
        Some(Open { op, number, serial: self.begun, attempt: 0, request })
    }

    /// The operation begins, or is gone on with: what the lab sends now serves it.
    pub fn begin<S: Speech<Request = R>>(
        &mut self,
        open: &Open<R>,
        work: &Workload<R::Mix>,
        out: &mut Out<S>,
    ) {
        if open.attempt > 0 {
            return out.serve(open.op, open.attempt);
        }
        out.invoke(open.number, open.request.clone());
        self.open = Some(open.clone());
        out.fact(work.role, 0, Fact::Word("waiting"));
    }

    /// It has been asked for: how long it is waited for.
    pub fn wait<S>(&self, work: &Workload<R::Mix>, out: &mut Out<S>)
    where
        S: Speech<Request = R, Timer: From<ClientTimer>>,
    {
        if self.open.as_ref().is_some_and(|open| open.attempt == 0) {
            out.set_timer(ClientTimer::GiveUp.into(), Range::exactly(work.give_up_us));
        }
        if let Some(again_us) = work.again_us {
            out.set_timer(ClientTimer::Again.into(), Range::exactly(again_us));
        }
    }

    /// Whoever was asked cannot serve it: it is asked for once more, at once.
    pub fn again(&mut self, number: u32) {
        self.again |= self.open.as_ref().is_some_and(|open| open.number == number);
    }

    /// The answer to what is under way, if it is that: it ends. Gives what was asked.
    pub fn done<S>(
        &mut self,
        number: u32,
        response: S::Response,
        work: &Workload<R::Mix>,
        out: &mut Out<S>,
    ) -> Option<Open<R>>
    where
        S: Speech<Request = R, Timer: From<ClientTimer>>,
    {
        let open = self.open.take_if(|open| open.number == number)?;
        self.again = false;
        out.serve(open.op, open.attempt);
        out.cancel(ClientTimer::GiveUp.into());
        if work.again_us.is_some() {
            out.cancel(ClientTimer::Again.into());
        }
        out.fact(work.role, 0, Fact::Word("idle"));
        out.complete(open.op, response);
        Some(open)
    }
}
