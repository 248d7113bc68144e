//! An instance of the service: takes requests, calls its dependencies through pools and breakers, and retries.
//!
//! The breaker stands before the pool, as in resilience4j: what it refuses costs no thread. What never left the pool
//! (rejected, or timed out while it waited for a thread) says nothing about the dependency and is not counted by it.

mod guard;
mod telling;

use super::meta::fact;
use super::message::{Ending, Msg, Reply, Request, Response, Speech, Timer};
use super::params::{Arrivals, DEPENDENCIES, Needs, Order, Pools, Switch};
use super::config::Config;
use crate::kits::graph::{self, HopId, Mark, Stop};
use crate::parts::breaker::{Breaker, Permit, State};
use crate::parts::bulkhead::{Pool, Submitted};
use crate::parts::deadline::TimeBudget;
use crate::parts::queue::Ticket;
use crate::sim::dice::{Purpose, Range, below, happens};
use crate::sim::{Ctx, Input, Never, OpId, Out, Protocol};
use crate::trace::Fact;

/// Where the call of a request is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Stage {
    /// Waits for a thread.
    Queued(Ticket),
    /// At the dependency.
    Out(Ticket),
    /// Sleeps before a retry.
    Sleeping,
}

/// An open request and its present call: a request makes one at a time.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Open {
    number: u32,
    op: OpId,
    budget: TimeBudget,
    bad: bool,
    /// A fallback has stood in for an answer.
    degraded: bool,
    dependency: usize,
    shard: u8,
    stage: Stage,
    /// Attempts at the present call, and all that the request has made.
    tries: u32,
    attempt: u16,
    permit: Option<Permit>,
    /// What the breaker is asked about has left its pool: the present attempt, or any at the present call where the breaker is outside.
    left: bool,
    /// When the present call, and the present attempt at it, began.
    call_us: u64,
    began_us: u64,
    /// When the request came, by the clock that nobody sets.
    came_us: i64,
}

impl Open {
    fn hop(&self) -> HopId {
        HopId(self.dependency as u8)
    }
}

/// The instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Caller {
    made: u32,
    open: Vec<Open>,
    breakers: Vec<Breaker>,
    pools: Vec<Pool<u32>>,
    /// Threads and queue of each pool, as last reported.
    told: Vec<(u32, u32)>,
}

/// A node's surroundings while it handles an input.
struct At<'a> {
    config: &'a Config,
    ctx: &'a Ctx,
    out: &'a mut Out<Speech>,
}

impl At<'_> {
    fn now_us(&self) -> u64 {
        u64::try_from(self.ctx.clock_us).unwrap_or(0)
    }
}

impl Protocol for Caller {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Caller {
        let params = &config.params;
        out.fact(fact::ROLE, 0, Fact::Word("service"));
        let breakers = if params.breaker == Switch::On { params.breakers() } else { 0 };
        for index in 0..breakers {
            out.mark(Mark::Gate { index: index as u16, from: None, to: State::Closed });
            out.fact(fact::STATE, index as u16, Fact::Word(word(State::Closed)));
        }
        let pools = if params.pools == Pools::Shared { 1 } else { DEPENDENCIES };
        let caller = Caller {
            made: 0,
            open: Vec::new(),
            breakers: vec![Breaker::new(config.breaker); breakers],
            pools: vec![Pool::new(params.threads(), params.pool_queue); pools],
            told: vec![(0, 0); pools],
        };
        caller.wait(config, ctx, out);
        caller
    }

    fn weight(&self) -> u64 {
        240 * self.open.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        // Its open requests are looked through for the one that this is about.
        if !matches!(input, Input::Timer(Timer::Arrive) | Input::Ask(_)) {
            out.goes_through(16 * self.open.len() as u64);
        }
        let mut at = At { config, ctx, out };
        match input {
            Input::Timer(Timer::Arrive) => {
                (0..config.params.burst).for_each(|_| self.begin(&mut at));
                self.wait(config, ctx, at.out);
            }
            Input::Ask(_) => self.begin(&mut at),
            Input::Timer(Timer::Timeout(number)) => self.timeout(number, &mut at),
            Input::Timer(Timer::Retry(number)) => {
                if let Some(place) = self.find(number) {
                    at.out.serve(self.open[place].op, self.open[place].attempt);
                    self.attempt(place, &mut at);
                }
            }
            Input::Deliver { msg: Msg::Answer { request, attempt, reply }, .. } => {
                self.answer(request, attempt, reply, &mut at);
            }
            Input::Deliver { .. } | Input::Timer(_) => {}
        }
        self.report(out);
    }
}

impl Caller {
    fn find(&self, number: u32) -> Option<usize> {
        self.open.iter().position(|open| open.number == number)
    }

    fn wait(&self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let number = u64::from(ctx.epoch) << 32 | u64::from(self.made);
        let mut gap_us = config.gap.sample_us(ctx.die(Purpose::Arrival, number));
        if config.params.arrivals == Arrivals::Even && self.made == 0 {
            // Instances take turns: the first begins after its share of a gap, the last after a whole one.
            let turn = u64::from(config.cast.sort(ctx.me).1) + 1;
            gap_us = gap_us.saturating_mul(turn) / u64::from(config.params.callers);
        }
        // The next request serves none that there is.
        out.serve_none();
        out.set_timer(Timer::Arrive, Range::exactly(gap_us));
    }

    /// A request arrives.
    fn begin(&mut self, at: &mut At<'_>) {
        let params = &at.config.params;
        let number = at.ctx.first_number() + self.made;
        self.made += 1;
        let luck = u64::from(number);
        let bad = params.bad > 0 && happens(at.ctx.die(Purpose::Kind, luck), u64::from(params.bad));
        let dependency = match params.needs {
            Needs::One => below(at.ctx.die(Purpose::Choice, luck), DEPENDENCIES as u64) as usize,
            Needs::All | Needs::Any => 0,
        };
        let (now_us, came_us) = (at.now_us(), at.ctx.monotonic_us);
        let op = at.out.invoke(number, Request);
        at.out.mark(Mark::Came { tier: Config::SERVICE, attempt: 0 });
        at.out.mark(Mark::Began { tier: Config::SERVICE, waited_us: 0 });
        self.open.push(Open {
            number,
            op,
            budget: TimeBudget::new(params.time_rule(), params.total, now_us),
            bad,
            degraded: false,
            dependency,
            shard: below(at.ctx.die(Purpose::Key, luck), u64::from(params.shards)) as u8,
            stage: Stage::Sleeping,
            tries: 0,
            attempt: 0,
            permit: None,
            left: false,
            call_us: now_us,
            began_us: now_us,
            came_us,
        });
        self.call(self.open.len() - 1, at);
    }

    /// Begins the call of the request's present dependency.
    fn call(&mut self, place: usize, at: &mut At<'_>) {
        let now_us = at.now_us();
        let open = &mut self.open[place];
        (open.tries, open.call_us, open.began_us) = (0, now_us, now_us);
        (open.permit, open.left) = (None, false);
        if at.config.params.order == Order::BreakerOutside && !self.admit(place, at) {
            // What a gate refuses is a try, too.
            at.out.mark(Mark::Tried { hop: self.open[place].hop(), again: false });
            self.tell(place, Ending::ShortCircuited, at);
            return self.call_failed(place, Ending::ShortCircuited, Stop::Permanent, at);
        }
        self.attempt(place, at);
    }

    /// One attempt at it: past the breaker, then to a thread.
    fn attempt(&mut self, place: usize, at: &mut At<'_>) {
        let now_us = at.now_us();
        let open = &mut self.open[place];
        open.began_us = now_us;
        open.tries += 1;
        open.attempt += 1;
        open.left &= at.config.params.order == Order::BreakerOutside;
        at.out.serve(open.op, open.attempt);
        at.out.mark(Mark::Tried { hop: open.hop(), again: open.tries > 1 });
        let timeout_us = open.budget.timeout_us(now_us);
        if timeout_us == 0 {
            return self.attempt_failed(place, Ending::NoTime, at);
        }
        if at.config.params.order != Order::BreakerOutside && !self.admit(place, at) {
            return self.attempt_failed(place, Ending::ShortCircuited, at);
        }
        let open = &mut self.open[place];
        let (number, dependency) = (open.number, open.dependency);
        let pool = dependency % self.pools.len();
        match self.pools[pool].submit(number, None, now_us) {
            Submitted::Run(ticket, _) => {
                open.stage = Stage::Out(ticket);
                send(open, at);
            }
            Submitted::Queued(ticket) => open.stage = Stage::Queued(ticket),
            Submitted::Rejected(_) => {
                self.give_back_attempt(place, Ending::Rejected, at);
                return self.attempt_failed(place, Ending::Rejected, at);
            }
        }
        at.out.show(fact::TIMEOUT, dependency as u16, || Fact::Int(timeout_us as i64));
        at.out.set_timer(Timer::Timeout(number), Range::exactly(timeout_us));
    }

    fn answer(&mut self, request: u32, attempt: u16, reply: Reply, at: &mut At<'_>) {
        let wanted = |open: &Open| {
            open.number == request && open.attempt == attempt && matches!(open.stage, Stage::Out(_))
        };
        // None: it came too late.
        let Some(place) = self.open.iter().position(wanted) else { return };
        at.out.cancel(Timer::Timeout(request));
        self.release(place, at);
        let result = match reply {
            Reply::Done => Ending::Done,
            Reply::Error => Ending::Failed,
            Reply::Bad => Ending::Bad,
        };
        self.give_back_attempt(place, result, at);
        match result {
            Ending::Failed => self.attempt_failed(place, result, at),
            Ending::Done => {
                self.tell(place, result, at);
                self.call_done(place, at);
            }
            _ => {
                self.tell(place, result, at);
                self.call_failed(place, result, Stop::Permanent, at);
            }
        }
    }

    fn timeout(&mut self, number: u32, at: &mut At<'_>) {
        let Some(place) = self.find(number) else { return };
        let open = &self.open[place];
        at.out.serve(open.op, open.attempt);
        self.release(place, at);
        self.give_back_attempt(place, Ending::TimedOut, at);
        self.attempt_failed(place, Ending::TimedOut, at);
    }

    /// Frees the thread, or the place in its queue; the next that waits goes out.
    fn release(&mut self, place: usize, at: &mut At<'_>) {
        let open = &mut self.open[place];
        let pool = &mut self.pools[open.dependency % self.told.len()];
        let next = match std::mem::replace(&mut open.stage, Stage::Sleeping) {
            Stage::Queued(ticket) => {
                pool.abandon(ticket);
                None
            }
            Stage::Out(ticket) => pool.finish(ticket, at.now_us()).0,
            Stage::Sleeping => None,
        };
        let (op, attempt) = (open.op, open.attempt);
        if let Some((ticket, number)) = next {
            let place = self.find(number).expect("what waits for a thread is open");
            let open = &mut self.open[place];
            open.stage = Stage::Out(ticket);
            send(open, at);
            at.out.serve(op, attempt);
        }
    }

    /// The attempt is over; another one, if retries, attempts and time allow.
    fn attempt_failed(&mut self, place: usize, how: Ending, at: &mut At<'_>) {
        self.tell(place, how, at);
        let params = &at.config.params;
        let open = &mut self.open[place];
        let left_us = open.budget.left_us(at.now_us());
        let again = params.order != Order::None && open.tries < params.attempts;
        if again && params.backoff < left_us {
            open.stage = Stage::Sleeping;
            return at.out.set_timer(Timer::Retry(open.number), Range::exactly(params.backoff));
        }
        let stop = if again || how == Ending::NoTime { Stop::Time } else { Stop::Attempts };
        self.call_failed(place, how, stop, at);
    }

    fn call_failed(&mut self, place: usize, how: Ending, stop: Stop, at: &mut At<'_>) {
        let params = &at.config.params;
        self.give_back(place, how, at);
        self.tell_call(place, how, stop, at);
        let open = &mut self.open[place];
        if params.fallback == Switch::On && how != Ending::Bad {
            open.degraded = true;
            return self.go_on(place, params.needs == Needs::All, at);
        }
        let last = open.dependency + 1 == DEPENDENCIES;
        if params.needs == Needs::Any && !last && how != Ending::Bad {
            return self.go_on(place, true, at);
        }
        self.end(place, Response::Failed(how), at);
    }

    fn call_done(&mut self, place: usize, at: &mut At<'_>) {
        self.give_back(place, Ending::Done, at);
        self.tell_call(place, Ending::Done, Stop::Over, at);
        self.go_on(place, at.config.params.needs == Needs::All, at);
    }

    /// On to the next dependency, if the request needs it and there is one; else it has ended well.
    fn go_on(&mut self, place: usize, more: bool, at: &mut At<'_>) {
        let open = &mut self.open[place];
        if more && open.dependency + 1 < DEPENDENCIES {
            open.dependency += 1;
            return self.call(place, at);
        }
        let response = if open.degraded { Response::Degraded } else { Response::Done };
        self.end(place, response, at);
    }

    fn end(&mut self, place: usize, response: Response, at: &mut At<'_>) {
        let open = self.open.swap_remove(place);
        let late = at.now_us() > open.budget.deadline_us();
        let ok = matches!(response, Response::Done | Response::Degraded);
        let (response, how) = match response {
            _ if late && ok => (Response::Late, graph::Ending::Late),
            Response::Done => (response, graph::Ending::Done),
            Response::Degraded => (response, graph::Ending::Degraded),
            Response::Late | Response::Failed(_) => (response, graph::Ending::Failed),
        };
        at.out.complete(open.op, response);
        let held_us = u64::try_from(at.ctx.monotonic_us.saturating_sub(open.came_us)).unwrap_or(0);
        at.out.mark(Mark::Left { tier: Config::SERVICE, path: 0, how, held_us });
    }
}

fn send(open: &mut Open, at: &mut At<'_>) {
    open.left = true;
    at.out.serve(open.op, open.attempt);
    at.out.mark(Mark::Sent { hop: open.hop(), instance: 0, key: open.shard.into() });
    let to = at.config.cast.server(open.dependency as u16);
    // Only the database finds a request bad: the mistake is in what it is asked to keep.
    let bad = open.bad && open.dependency == 1;
    let (request, attempt, shard) = (open.number, open.attempt, open.shard);
    at.out.send(to, Msg::Call { request, attempt, shard, bad });
}

/// The state's word in facts.
pub fn word(state: State) -> &'static str {
    match state {
        State::Closed => "closed",
        State::Open => "open",
        State::HalfOpen => "half-open",
    }
}
