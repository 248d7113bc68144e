//! The server at the end of every call: workers, a queue, and trouble now and then.

use super::meta::fact;
use super::message::{Msg, Reply, Speech, Timer, Try};
use super::params::{RetryAfter, Switch, Trouble};
use super::config::Config;
use crate::cast::NodeId;
use crate::kits::graph::{Ending, Level, Mark, Swept, TierId};
use crate::parts::queue::Ticket;
use crate::parts::server::{Arrival, Freed, JobId, Server as Workers, Started};
use crate::sim::dice::{Purpose, Range, happens};
use crate::sim::{Ctx, Input, Never, OpId, Out, Protocol};
use crate::trace::Fact;
use std::collections::{BTreeMap, BTreeSet};

/// A request that waits or is worked on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Job {
    from: NodeId,
    of: Try,
    op: OpId,
    bad: bool,
}

/// The server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server {
    tier: TierId,
    workers: Workers<Job>,
    /// Calls that were executed, where idempotency keys are on.
    executed: BTreeSet<u32>,
    /// Where a request is, for callers that cancel.
    places: BTreeMap<(NodeId, Try), JobId>,
    /// The queue's length and the busy workers, as last reported.
    told: (u32, u32),
    expired: u32,
}

impl Protocol for Server {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Server {
        out.fact(fact::ROLE, 0, Fact::Word("server"));
        if let Some(span) = config.trouble {
            // A server that comes back from a crash meets the trouble that is ahead, or the rest of it.
            let now_us = u64::try_from(ctx.clock_us).unwrap_or(0);
            if now_us <= span.from_us {
                out.set_timer(Timer::TroubleBegins, Range::exactly(span.from_us - now_us));
            } else if span.holds(now_us) {
                tell_trouble(span.kind, out);
            }
            if now_us <= span.to_us {
                out.set_timer(Timer::TroubleEnds, Range::exactly(span.to_us - now_us));
            }
        }
        Server {
            tier: config.tier(ctx.me),
            workers: Workers::new(config.params.workers, config.params.queue_policy()),
            executed: BTreeSet::new(),
            places: BTreeMap::new(),
            told: (0, 0),
            expired: 0,
        }
    }

    fn weight(&self) -> u64 {
        let jobs = u64::from(self.workers.queued() + self.workers.busy());
        96 * jobs + 48 * self.places.len() as u64 + 12 * self.executed.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let now_us = u64::try_from(ctx.clock_us).unwrap_or(0);
        match input {
            Input::Deliver { from, msg: Msg::Call { of, bad, deadline_us, .. } } => {
                let op = out.serving().expect("a call serves an operation");
                let job = Job { from, of, op, bad };
                self.take(config, job, deadline_us, now_us, ctx, out);
            }
            Input::Deliver { from, msg: Msg::Cancel { of } } => {
                if let Some(job) = self.places.remove(&(from, of)) {
                    out.cancel(Timer::Finish(job.0));
                    let is_served = self.workers.serving(job).is_some();
                    if let Some(freed) = self.workers.cancel(job, now_us) {
                        out.mark(if is_served { self.left(&freed.item, Ending::Cancelled, freed.held_us) } else { self.swept(Swept::Cancelled, 1) });
                        self.go_on(config, freed, now_us, out);
                    }
                }
            }
            Input::Timer(Timer::Finish(job)) => {
                // None: a restart has thrown the request away.
                if let Some(freed) = self.workers.finish(Ticket(job), now_us) {
                    self.answer(config, &freed, ctx, out);
                    self.go_on(config, freed, now_us, out);
                }
            }
            Input::Timer(Timer::TroubleBegins) => self.begin_trouble(config, now_us, out),
            Input::Timer(Timer::TroubleEnds) => {
                out.mark(Mark::Trouble { on: false });
                out.fact(fact::ROLE, 0, Fact::Word("server"));
            }
            Input::Deliver { .. } | Input::Timer(_) | Input::Ask(_) => {}
        }
        self.report(out);
    }
}

impl Server {
    fn take(
        &mut self,
        config: &Config,
        job: Job,
        deadline_us: u64,
        now_us: u64,
        ctx: &Ctx,
        out: &mut Out<Speech>,
    ) {
        let (from, of, tier) = (job.from, job.of, self.tier);
        out.mark(Mark::Came { tier, attempt: of.attempt });
        let reply = |reply, out: &mut Out<Speech>| out.send(from, Msg::Answer { of, reply });
        if let Some(span) = config.trouble.filter(|s| s.holds(now_us) && s.kind == Trouble::Refusal) {
            reply(refusal(config, span.to_us - now_us), out);
            return out.mark(Mark::Turned { tier });
        }
        if self.executed.contains(&job.op.0) {
            reply(Reply::Known, out);
            out.mark(Mark::Began { tier, waited_us: 0 });
            return out.mark(self.left(&job, Ending::Known, 0));
        }
        let work_us = config.service.sample_us(ctx.die(Purpose::Service, luck(&job)));
        match self.workers.arrive(job, work_us, Some(deadline_us), now_us) {
            Arrival::Started(started) => {
                self.place(config, from, of, started.job);
                self.start(config, started, now_us, out);
            }
            Arrival::Queued(job) => self.place(config, from, of, job),
            Arrival::Refused(_) => {
                let mean_us = config.service.mean_us().unwrap_or(0.0) as u64;
                let queue_us = u64::from(self.workers.queued()) * mean_us / u64::from(config.params.workers);
                reply(refusal(config, queue_us), out);
                out.mark(Mark::Turned { tier });
            }
        }
    }

    /// The work on a request is done.
    fn answer(&mut self, config: &Config, freed: &Freed<Job>, ctx: &Ctx, out: &mut Out<Speech>) {
        let (job, fails) = (&freed.item, u64::from(config.params.error));
        let (reply, how) = if job.bad {
            (Reply::Bad, Ending::Bad)
        } else if self.executed.contains(&job.op.0) {
            (Reply::Known, Ending::Known)
        } else if fails > 0 && happens(ctx.die(Purpose::Fault, luck(job)), fails) {
            (Reply::Error, Ending::Failed)
        } else {
            (Reply::Done, Ending::Done)
        };
        if config.params.keys == Switch::On && reply == Reply::Done {
            self.executed.insert(job.op.0);
        }
        out.serve(job.op, job.of.number);
        out.send(job.from, Msg::Answer { of: job.of, reply });
        out.mark(self.left(job, how, freed.held_us));
    }

    /// A request has left; the worker turns to the next.
    fn go_on(&mut self, config: &Config, freed: Freed<Job>, now_us: u64, out: &mut Out<Speech>) {
        if config.params.cancel == Switch::On {
            for job in freed.expired.iter().chain([&freed.item]) {
                self.places.remove(&(job.from, job.of));
            }
        }
        if !freed.expired.is_empty() {
            self.expired += freed.expired.len() as u32;
            out.mark(self.swept(Swept::Expired, freed.expired.len() as u32));
            out.fact(fact::EXPIRED, 0, Fact::Int(i64::from(self.expired)));
        }
        if let Some(started) = freed.next {
            let job = self.workers.serving(started.job).expect("it has just been started");
            out.serve(job.op, job.of.number);
            self.start(config, started, now_us, out);
        }
    }

    fn start(&self, config: &Config, started: Started, now_us: u64, out: &mut Out<Speech>) {
        out.mark(Mark::Began { tier: self.tier, waited_us: started.waited_us });
        let work_us = started.done_us - now_us;
        let done_us = config.trouble.map_or(started.done_us, |span| span.done_us(now_us, work_us));
        out.set_timer(Timer::Finish(started.job.0), Range::exactly(done_us - now_us));
    }

    /// A request that was begun leaves.
    fn left(&self, job: &Job, how: Ending, held_us: u64) -> Mark {
        Mark::Left { tier: self.tier, path: job.of.number.into(), how, held_us }
    }

    /// So many leave the line unserved.
    fn swept(&self, why: Swept, count: u32) -> Mark {
        Mark::Swept { tier: self.tier, why, count }
    }

    /// A refusal is a restart: what the server holds is refused too.
    fn begin_trouble(&mut self, config: &Config, now_us: u64, out: &mut Out<Speech>) {
        let span = config.trouble.expect("its timer is set only where there is trouble");
        out.mark(Mark::Trouble { on: true });
        tell_trouble(span.kind, out);
        if span.kind == Trouble::Refusal {
            self.places.clear();
            self.workers.running().for_each(|job| out.cancel(Timer::Finish(job.0)));
            for (job, held_us) in self.workers.clear(now_us) {
                let reply = refusal(config, span.to_us.saturating_sub(now_us));
                out.serve(job.op, job.of.number);
                out.send(job.from, Msg::Answer { of: job.of, reply });
                let swept = self.swept(Swept::Refused, 1);
                out.mark(held_us.map_or(swept, |held_us| self.left(&job, Ending::Refused, held_us)));
            }
        }
    }

    fn place(&mut self, config: &Config, from: NodeId, of: Try, job: JobId) {
        if config.params.cancel == Switch::On {
            self.places.insert((from, of), job);
        }
    }

    fn report(&mut self, out: &mut Out<Speech>) {
        let now = (self.workers.queued(), self.workers.busy());
        let level = |what, now| Mark::Level { tier: self.tier, what, now };
        if now.0 != self.told.0 {
            out.mark(level(Level::Queue, now.0));
            out.fact(fact::QUEUE, 0, Fact::Int(i64::from(now.0)));
        }
        if now.1 != self.told.1 {
            out.mark(level(Level::Busy, now.1));
            out.fact(fact::BUSY, 0, Fact::Int(i64::from(now.1)));
        }
        self.told = now;
    }
}

fn tell_trouble(kind: Trouble, out: &mut Out<Speech>) {
    let role = match kind {
        Trouble::Silence => "silent",
        Trouble::Refusal => "refusing",
        Trouble::Slowness => "slow",
        // It is as well as ever.
        Trouble::Burst => return,
    };
    out.fact(fact::ROLE, 0, Fact::Word(role));
}

fn refusal(config: &Config, after_us: u64) -> Reply {
    let told = config.params.retry_after != RetryAfter::Off;
    Reply::Refused { after_us: if told { after_us } else { 0 } }
}

/// The number of a request's dice: whose, which call, which attempt.
fn luck(job: &Job) -> u64 {
    u64::from(job.from.0) << 48 | u64::from(job.of.serial) << 16 | u64::from(job.of.number)
}
