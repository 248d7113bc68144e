//! A caller: makes calls, waits for each try, and decides after every failure whether to try again. It holds the calls of one node on all its hops.
//!
//! A try goes past the throttle, the time that is left, the gate and the pool, in this order. What was refused on the way, or got no thread, says nothing of the
//! callee, and its gate and its budget do not hear of it.

mod exit;
mod fleet;
mod gate;
mod hedge;
mod over;
mod reached;

pub use gate::word;

use super::config::{Config, HopPlan, Program, Site};
use super::declared::{Carry, Hop};
use super::mark::{Ending, HopId, Mark, Passing, Stop};
use super::message::{About, Brought, Deadline, Msg, Reply, Speech, Timer, Try, fact};
use super::roles::NO_VERSION;
use crate::cast::NodeId;
use crate::parts::backoff::Backoff;
use crate::parts::breaker::Permit;
use crate::parts::bulkhead::Submitted;
use crate::parts::deadline::TimeBudget;
use crate::parts::queue::Ticket;
use crate::parts::serials::Serials;
use crate::sim::dice::{Purpose, Range, remix};
use crate::sim::{Ctx, OpId, OpKey, Out};
use crate::trace::Fact;
use exit::Kept;
use hedge::Beside;

/// A node's surroundings while it handles an input.
pub struct At<'a> {
    /// What all nodes know.
    pub config: &'a Config,
    /// What this node may look at.
    pub ctx: &'a Ctx,
    /// Where it puts what it asks.
    pub out: &'a mut Out<Speech>,
}

impl At<'_> {
    /// The time of the node, which never goes back.
    #[inline]
    pub fn now_us(&self) -> u64 {
        u64::try_from(self.ctx.monotonic_us).unwrap_or(0)
    }

    /// What its clock shows.
    #[inline]
    pub fn clock_us(&self) -> u64 {
        u64::try_from(self.ctx.clock_us).unwrap_or(0)
    }

    /// What the dice of an operation go by at this node: whose it is, seen from here, and that client's own number for it.
    #[inline]
    pub fn luck(&self, key: OpKey) -> u64 {
        let (whose, mine) = (self.config.cast.luck(key.client), self.config.cast.luck(self.ctx.me));
        u64::from(whose ^ mine) << 48 | u64::from(key.number) << 16
    }

    /// A die of this node's for an operation and one of its tries.
    #[inline]
    pub fn die(&self, purpose: Purpose, luck: u64, path: u32) -> u64 {
        let die = self.ctx.die(purpose, luck | u64::from(path & 0xffff));
        if path > 0xffff { remix(die, u64::from(path >> 16)) } else { die }
    }

    /// Tells what happens to a try, where somebody reads.
    #[inline]
    pub fn follow(&mut self, hop: HopId, path: u32, step: Passing) {
        if self.out.words_wanted() {
            self.out.mark(Mark::Followed { hop, path, step });
        }
    }
}

/// Where a call is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Stage {
    /// Between two tries.
    Sleeping,
    /// Waits for a thread.
    Pending(Ticket),
    /// At the callee.
    Out,
    /// At the callee, with a thread.
    Holding(Ticket),
}

/// What is called for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Wanted {
    /// The operation that it serves, and what its dice go by.
    pub op: OpId,
    pub luck: u64,
    /// The request here that needs it.
    pub owner: u32,
    /// Where.
    pub hop: HopId,
    /// The number of its first try.
    pub path: u32,
    pub about: About,
    /// The version that it brings; once it is answered, that of the answer, if that has one.
    pub version: u32,
    /// When the request that needs it came, and its deadline, which may be never.
    pub since_us: u64,
    pub deadline_us: u64,
}

/// One open call.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Call {
    wanted: Wanted,
    to: NodeId,
    /// Tries that have begun.
    tries: u32,
    stage: Stage,
    /// A try went unanswered.
    doubt: bool,
    /// What the gate was asked about has left for the callee.
    left: bool,
    permit: Option<Permit>,
    called_us: u64,
    tried_us: u64,
    /// When the try has waited long enough.
    due_us: u64,
    /// When its last refusal told to come again; 0 if it told nothing.
    after_us: u64,
    /// How much work is in the answer.
    worked_us: u64,
    backoff: Backoff,
    /// Where calls are hedged, all of its tries.
    beside: Vec<Beside>,
}

impl Call {
    fn path(&self) -> u32 {
        self.wanted.path.wrapping_add(self.tries.saturating_sub(1))
    }

    /// Whether an answer to this try is waited for.
    #[inline]
    fn waits_for(&self, of: Try) -> bool {
        if !self.beside.is_empty() {
            return self.beside.iter().any(|try_| try_.is_out() && try_.path == of.path);
        }
        matches!(self.stage, Stage::Out | Stage::Holding(_)) && self.path() == of.path
    }

    /// The try, as its messages name it; `serial` is the call's number.
    fn of(&self, serial: u32) -> Try {
        let attempt = u16::try_from(self.tries.saturating_sub(1)).unwrap_or(u16::MAX);
        Try { serial, path: self.path(), attempt, hop: self.wanted.hop }
    }
}

/// A call is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    /// The operation that it served.
    pub op: OpId,
    /// The request that needed it.
    pub owner: u32,
    /// On which hop it was made, how often it was tried, and what it took, in µs.
    pub hop: HopId,
    pub tries: u16,
    pub took_us: u64,
    /// How its last try ended.
    pub how: Ending,
    /// Why there is no other.
    pub stop: Stop,
    /// Whether a try went unanswered.
    pub doubt: bool,
    /// In how many µs its last refusal told to come again; 0 if it told nothing.
    pub after_us: u64,
    /// Whether the time of what needed it was over.
    pub is_late: bool,
    /// The version that it brought, or was answered with.
    pub version: u32,
    /// How much work is in the answer, in µs.
    pub worked_us: u64,
    /// The key that was asked for, which is the number of a part.
    pub key: u32,
}

/// The calls of a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Caller {
    calls: Serials<Call>,
    /// How many of them wait for an answer; the others sleep.
    waiting: u32,
    /// Answers that came when nobody waited for them any more.
    late: u32,
    kept: Option<Box<Kept>>,
}

impl Caller {
    /// No calls yet.
    pub fn new(at: &mut At<'_>) -> Caller {
        let first = at.ctx.first_number();
        let mut caller =
            Caller { calls: Serials::new(first), waiting: 0, late: 0, kept: Kept::new(at).map(Box::new) };
        caller.begin_checks(at);
        caller
    }

    /// What its open calls take, in bytes.
    pub fn weight(&self) -> u64 {
        self.calls.weight() + self.kept.as_ref().map_or(0, |kept| kept.weight())
    }

    /// The number of the next call; those of other boots are others.
    pub fn next(&self) -> u32 {
        self.calls.next()
    }

    /// How many calls are open.
    pub fn open(&self) -> usize {
        self.calls.len()
    }

    /// Whether it waits for an answer, or only sleeps before retries; none without an open call.
    pub fn is_waiting(&self) -> Option<bool> {
        (!self.calls.is_empty()).then_some(self.waiting > 0)
    }

    /// Begins a call; gives its number, and its end if that was it.
    pub fn call(&mut self, wanted: Wanted, at: &mut At<'_>) -> (u32, Option<Ended>) {
        let (hop, _) = hop(at.config, wanted.hop);
        if let Some(limiter) = self.limiter(wanted.hop, at) {
            limiter.on_call(at.now_us());
        }
        let now_us = at.now_us();
        let serial = self.calls.put(Call {
            wanted,
            to: at.ctx.me,
            tries: 0,
            stage: Stage::Sleeping,
            doubt: false,
            left: false,
            permit: None,
            called_us: now_us,
            tried_us: now_us,
            due_us: now_us,
            after_us: 0,
            worked_us: 0,
            backoff: Backoff::new(hop.again.backoff),
            beside: Vec::new(),
        });
        (serial, self.attempt(serial, at))
    }

    /// A try: past the time that is left and the gate to a thread, and out.
    fn attempt(&mut self, serial: u32, at: &mut At<'_>) -> Option<Ended> {
        let now_us = at.now_us();
        let call = self.calls.get_mut(serial)?;
        let (hop, plan) = hop(at.config, call.wanted.hop);
        call.tried_us = now_us;
        call.tries = call.tries.saturating_add(1);
        at.out.serve(call.wanted.op, call.path() as u16);
        at.out.mark(Mark::Tried { hop: call.wanted.hop, again: call.tries > 1 });
        tell_tenant(&call.wanted, None, 0, at);
        let (id, path) = (call.wanted.hop, call.path());
        let timeout_us = match timeout_us(call, hop, now_us) {
            Some(timeout_us) => timeout_us,
            None => self.exit(id, at)?.patience.as_ref()?.timeout_us().max(1),
        };
        at.follow(id, path, Passing::Begins(timeout_us));
        if hop.throttle.is_some() && self.keeps_back(serial, at) {
            return self.over(serial, Ending::ShortCircuited, 0, at);
        }
        if timeout_us == 0 {
            return self.over(serial, Ending::NoTime, 0, at);
        }
        let call = self.calls.get_mut(serial)?;
        call.due_us = now_us.saturating_add(timeout_us);
        if call.tries == 1 || hop.gate.is_none_or(|gate| !gate.outside) {
            call.left = false;
            if !self.choose(serial, at) {
                return self.over(serial, Ending::Rejected, 0, at);
            }
            if hop.gate.is_some() && !self.admit(serial, at) {
                return self.over(serial, Ending::ShortCircuited, 0, at);
            }
        }
        match hop.pool {
            None => self.go(serial, Stage::Out, at),
            Some(pool) => match self.pool(pool)?.submit(serial, None, now_us) {
                Submitted::Run(ticket, _) => self.go(serial, Stage::Holding(ticket), at),
                Submitted::Queued(ticket) => self.calls.get_mut(serial)?.stage = Stage::Pending(ticket),
                Submitted::Rejected(_) => return self.over(serial, Ending::Rejected, 0, at),
            },
        }
        self.waiting += 1;
        if plan.is_guarded {
            at.out.show(fact::TIMEOUT, plan.place.into(), || Fact::Int(timeout_us as i64));
        }
        at.out.set_timer(Timer::Timeout(serial), Range::exactly(timeout_us));
        if hop.hedge.is_some() {
            self.first_of_many(serial, at);
        }
        if hop.pool.is_some() {
            self.report(at);
        }
        None
    }

    /// A try leaves for the callee.
    fn go(&mut self, serial: u32, stage: Stage, at: &mut At<'_>) {
        let (now_us, clock_us) = (at.now_us(), at.clock_us());
        let Some(call) = self.calls.get_mut(serial) else { return };
        (call.stage, call.left) = (stage, true);
        let id = call.wanted.hop;
        let (hop, plan) = hop(at.config, id);
        // What a try may take, but no longer than the request has for which it is.
        let left_us = call.due_us.min(call.wanted.deadline_us).saturating_sub(now_us);
        let deadline = match hop.time.carry {
            Carry::No => Deadline::Never,
            Carry::Duration => Deadline::In(left_us),
            Carry::Clock => Deadline::At(clock_us.saturating_add(left_us)),
        };
        let (of, to, about) = (call.of(serial), call.to, call.wanted.about);
        at.out.send(to, Msg::Call { of, about, deadline, version: call.wanted.version });
        if plan.is_guarded {
            at.out.mark(Mark::Sent { hop: id, instance: to.0 - plan.to.0, key: about.key });
        }
        at.follow(id, of.path, Passing::Goes(to));
        if plan.is_kept {
            self.owes(id, to, at);
        }
    }

    /// An answer comes; the call's end, if this ends it.
    pub fn answer(&mut self, of: Try, reply: Reply, brought: Brought, at: &mut At<'_>) -> Option<Ended> {
        let Some(call) = self.calls.get_mut(of.serial).filter(|call| call.waits_for(of)) else {
            if reply.is_work() {
                self.late += 1;
                at.out.mark(Mark::Late { hop: of.hop, path: frame_path(at.config, of) });
                at.out.fact(fact::LATE, 0, Fact::Int(i64::from(self.late)));
            }
            return None;
        };
        call.worked_us = brought.worked_us;
        if brought.version != NO_VERSION {
            call.wanted.version = brought.version;
        }
        let hedged = !call.beside.is_empty();
        let after_us = match reply {
            Reply::Refused { after_us } => after_us,
            _ => 0,
        };
        if hedged {
            return self.one_of_many(of, reply.ending(), after_us, at);
        }
        at.out.cancel(Timer::Timeout(of.serial));
        self.over(of.serial, reply.ending(), after_us, at)
    }

    /// A try has waited long enough; the call's end, if this ends it.
    pub fn timeout(&mut self, serial: u32, at: &mut At<'_>) -> Option<Ended> {
        let call = self.calls.get_mut(serial)?;
        if !call.beside.is_empty() {
            return self.none_of_many(serial, (Ending::TimedOut, Stop::Attempts), at);
        }
        let (hop, _) = hop(at.config, call.wanted.hop);
        let out = matches!(call.stage, Stage::Out | Stage::Holding(_));
        call.doubt |= out;
        let (to, of) = (call.to, call.of(serial));
        self.leave(serial, Ending::TimedOut, at);
        if out && hop.time.cancel {
            at.out.send(to, Msg::Cancel { of, if_waiting: false });
        }
        self.go_on(serial, Ending::TimedOut, 0, at)
    }

    /// The delay before a retry is over; the call's end, if that is it.
    pub fn retry(&mut self, serial: u32, at: &mut At<'_>) -> Option<Ended> {
        self.attempt(serial, at)
    }

    /// Nobody wants the answer to a call any more: it is dropped.
    pub fn abandon(&mut self, serial: u32, at: &mut At<'_>) {
        let Some(call) = self.calls.get(serial) else { return };
        let (hop, _) = hop(at.config, call.wanted.hop);
        if !call.beside.is_empty() {
            self.none_of_many(serial, (Ending::Cancelled, Stop::Over), at);
            return;
        }
        if call.stage == Stage::Sleeping {
            at.out.cancel(Timer::Retry(serial));
        } else {
            let is_out = !matches!(call.stage, Stage::Pending(_));
            let (to, of) = (call.to, call.of(serial));
            at.out.cancel(Timer::Timeout(serial));
            self.leave(serial, Ending::Cancelled, at);
            if is_out && hop.time.cancel {
                at.out.send(to, Msg::Cancel { of, if_waiting: false });
            }
        }
        self.end(serial, Ending::Cancelled, Stop::Over, at);
    }
}

/// Tells whose try begins or is over, where several share the graph.
#[inline]
fn tell_tenant(wanted: &Wanted, how: Option<Ending>, took_us: u64, at: &mut At<'_>) {
    if at.config.tenants > 0 {
        at.out.mark(Mark::Tenant { hop: wanted.hop, tenant: wanted.about.tenant, how, took_us });
    }
}

/// How long a try may take that begins now; none where that follows what others took.
fn timeout_us(call: &Call, hop: &Hop, now_us: u64) -> Option<u64> {
    let time = &hop.time;
    if let Some(rule) = time.share.filter(|_| call.wanted.deadline_us < u64::MAX) {
        let Wanted { since_us, deadline_us, .. } = call.wanted;
        let budget = TimeBudget::new(rule, deadline_us.saturating_sub(since_us), since_us);
        return Some(if budget.is_over(now_us) { 0 } else { budget.timeout_us(now_us) });
    }
    time.adaptive.is_none().then(|| time.timeout_us.max(1))
}

/// A hop: what the lab says of it, and what follows.
#[inline]
fn hop(config: &Config, id: HopId) -> (&Hop, &HopPlan) {
    (&config.graph.hops[usize::from(id.0)], &config.hops[usize::from(id.0)])
}

/// The number of a try at the tier that it comes to, among all that serve its operation there.
#[inline]
pub fn frame_path(config: &Config, of: Try) -> u32 {
    let (hop, plan) = hop(config, of.hop);
    of.path.wrapping_mul(config.tiers[usize::from(hop.to.0)].callers).wrapping_add(plan.which)
}

/// The number of the first try from a site.
#[inline]
pub fn first_path(program: &Program, site: Site, path: u32) -> u32 {
    path.wrapping_mul(program.fan).wrapping_add(site.offset)
}
