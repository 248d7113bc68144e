//! A dependency: workers, a queue, shards, and trouble if it is the bad one.

use super::meta::fact;
use super::message::{Msg, NAMES, Reply, Speech, Timer};
use super::params::{Params, Trouble};
use super::config::Config;
use crate::cast::NodeId;
use crate::kits::graph::{Ending, Level, Mark, Swept, TierId, Why};
use crate::parts::queue::{self, Discipline, Ticket};
use crate::parts::server::{Arrival, Server, Started};
use crate::sim::dice::{Purpose, Range, happens};
use crate::sim::{Ctx, Input, Never, OpId, Out, Protocol};
use crate::trace::Fact;

/// A call that waits or is worked on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Job {
    from: NodeId,
    request: u32,
    attempt: u16,
    op: OpId,
}

/// The dependency.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Dependency {
    number: usize,
    workers: Server<Job>,
    bad: bool,
    /// Calls that came since the last look at the load.
    came: u32,
    told: (u32, u32),
}

impl Protocol for Dependency {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Dependency {
        let params = &config.params;
        let number = usize::from(config.cast.sort(ctx.me).1);
        let now_us = u64::try_from(ctx.clock_us).unwrap_or(0);
        out.fact(fact::ROLE, 0, Fact::Word(NAMES[number]));
        // A restart does not put the trouble off.
        if params.bad_dependency() == Some(number) && now_us <= params.trouble_at.saturating_add(params.trouble_for) {
            out.set_timer(Timer::Worse, Range::exactly(params.trouble_at.saturating_sub(now_us)));
        }
        let limit = params.queue_limit;
        let policy = queue::Policy { discipline: Discipline::Fifo, limit, drop_expired: false };
        let workers = Server::new(params.workers, policy);
        Dependency { number, workers, bad: false, came: 0, told: (0, 0) }
    }

    fn weight(&self) -> u64 {
        80 * u64::from(self.workers.queued() + self.workers.busy())
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let now_us = u64::try_from(ctx.clock_us).unwrap_or(0);
        match input {
            Input::Deliver { from, msg: Msg::Call { request, attempt, shard, bad } } => {
                self.came += 1;
                let op = out.serving().expect("a call serves a request");
                self.take(config, Job { from, request, attempt, op }, (shard, bad), ctx, out);
            }
            Input::Timer(Timer::Finish(job)) => {
                if let Some(freed) = self.workers.finish(Ticket(job), now_us) {
                    reply(&freed.item, Reply::Done, out);
                    out.mark(self.left(Ending::Done, freed.held_us));
                    if let Some(started) = freed.next {
                        let job = self.workers.serving(started.job).expect("it has just been started");
                        out.serve(job.op, job.attempt);
                        self.start(started, now_us, out);
                    }
                }
            }
            Input::Timer(Timer::Worse) => self.worsen(config, now_us, out),
            Input::Timer(Timer::Better) => self.better(config, now_us, out),
            Input::Deliver { .. } | Input::Timer(_) | Input::Ask(_) => {}
        }
        self.report(out);
    }
}

impl Dependency {
    fn take(&mut self, config: &Config, job: Job, call: (u8, bool), ctx: &Ctx, out: &mut Out<Speech>) {
        let params = &config.params;
        let (shard, bad) = call;
        let luck = u64::from(job.from.0) << 48 | u64::from(job.request) << 16 | u64::from(job.attempt);
        let fails = || happens(ctx.die(Purpose::Fault, luck), u64::from(params.error));
        // Which try of its caller's it is, a message does not tell here.
        out.mark(Mark::Came { tier: self.tier(), attempt: 0 });
        match params.trouble {
            _ if bad => return self.answer_at_once(&job, (Reply::Bad, Ending::Bad), out),
            Trouble::Errors if self.bad && fails() => {
                return self.answer_at_once(&job, (Reply::Error, Ending::Failed), out);
            }
            Trouble::Shard if self.bad && shard == 0 => {
                return self.answer_at_once(&job, (Reply::Error, Ending::Failed), out);
            }
            Trouble::Silence if self.bad => {
                return out.mark(Mark::Swept { tier: self.tier(), why: Swept::Muted, count: 1 });
            }
            _ => {}
        }
        let mut work_us = params.work.sample_us(ctx.die(Purpose::Service, luck));
        if self.bad && params.trouble == Trouble::Slow {
            work_us = work_us.saturating_mul(u64::from(params.slowdown));
        }
        let now_us = u64::try_from(ctx.clock_us).unwrap_or(0);
        match self.workers.arrive(job, work_us, None, now_us) {
            Arrival::Started(started) => self.start(started, now_us, out),
            Arrival::Queued(_) => {}
            Arrival::Refused(job) => {
                reply(&job, Reply::Error, out);
                out.mark(Mark::Turned { tier: self.tier(), why: Why::Full });
            }
        }
    }

    fn tier(&self) -> TierId {
        TierId(self.number as u8)
    }

    /// A call that was begun leaves.
    fn left(&self, how: Ending, held_us: u64) -> Mark {
        Mark::Left { tier: self.tier(), path: 0, how, held_us }
    }

    /// Answers a call without any work.
    fn answer_at_once(&self, job: &Job, (answer, how): (Reply, Ending), out: &mut Out<Speech>) {
        out.mark(Mark::Began { tier: self.tier(), waited_us: 0 });
        reply(job, answer, out);
        out.mark(self.left(how, 0));
    }

    fn start(&self, started: Started, now_us: u64, out: &mut Out<Speech>) {
        out.mark(Mark::Began { tier: self.tier(), waited_us: started.waited_us });
        out.set_timer(Timer::Finish(started.job.0), Range::exactly(started.done_us - now_us));
    }

    /// Trouble begins, or comes back for another turn.
    fn worsen(&mut self, config: &Config, now_us: u64, out: &mut Out<Speech>) {
        let params = &config.params;
        self.turn(params, true, out);
        let end_us = params.trouble_at.saturating_add(params.trouble_for);
        let turn_us = match params.flap {
            0 => end_us.saturating_sub(now_us),
            flap => flap.min(end_us.saturating_sub(now_us)),
        };
        self.came = 0;
        out.set_timer(Timer::Better, Range::exactly(turn_us));
    }

    /// Trouble ends, if the load is low enough, or pauses for a turn.
    fn better(&mut self, config: &Config, now_us: u64, out: &mut Out<Speech>) {
        const LOOK_US: u64 = 1_000_000;
        let params = &config.params;
        let end_us = params.trouble_at.saturating_add(params.trouble_for);
        if params.flap > 0 && now_us < end_us {
            self.turn(params, false, out);
            let next_us = now_us.saturating_add(params.flap);
            if next_us < end_us {
                out.set_timer(Timer::Worse, Range::exactly(params.flap));
            }
            return;
        }
        // The count covers at least the last second: looks are a second apart, and the first comes at the end.
        let rate = u64::from(std::mem::take(&mut self.came)) * 1_000_000;
        let looked = now_us > end_us;
        if params.recover_below > 0 && (!looked || rate >= u64::from(params.recover_below)) {
            return out.set_timer(Timer::Better, Range::exactly(LOOK_US));
        }
        self.turn(params, false, out);
    }

    fn turn(&mut self, params: &Params, bad: bool, out: &mut Out<Speech>) {
        self.bad = bad;
        let word = match params.trouble {
            _ if !bad => NAMES[self.number],
            Trouble::Off => unreachable!("no trouble, no turn"),
            Trouble::Errors => "failing",
            Trouble::Slow => "slow",
            Trouble::Silence => "silent",
            Trouble::Shard => "a shard down",
        };
        out.mark(Mark::Trouble { on: bad });
        out.fact(fact::ROLE, 0, Fact::Word(word));
        out.fact(fact::BAD, 0, Fact::Int(i64::from(bad)));
    }

    fn report(&mut self, out: &mut Out<Speech>) {
        let now = (self.workers.queued(), self.workers.busy());
        let level = |what, now| Mark::Level { tier: self.tier(), what, now };
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

fn reply(job: &Job, reply: Reply, out: &mut Out<Speech>) {
    out.serve(job.op, job.attempt);
    out.send(job.from, Msg::Answer { request: job.request, attempt: job.attempt, reply });
}
