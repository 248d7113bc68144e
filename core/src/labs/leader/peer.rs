//! A node that could lead: what it takes itself and others for, and what it does while it leads. How it comes to lead is in the files below.

mod by_lease;
mod by_line;
mod by_number;

use super::message::{Msg, Request, Speech, Timer};
use super::meta::fact;
use super::params::{From, Job, Load, Look, Mechanism, Switch};
use super::protocol::{Config, Kept};
use crate::cast::{NodeId, Sort};
use crate::kits::lease::{STEP_US, Token};
use crate::parts::lease::Held;
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::trace::Fact;
use by_lease::ByLease;
use by_line::ByLine;
use by_number::{ByBully, ByRing};
use std::collections::VecDeque;

/// By how much a clock may be short of a tick when the timer for it fires, in µs.
const SLACK_US: i64 = 20;
/// The shortest time to the next tick, in µs.
const LAST_US: u64 = 10;

/// A node's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Peer {
    me: NodeId,
    /// Its number in its sort.
    number: u16,
    role: &'static str,
    /// It stands for office.
    stands: bool,
    /// The workload has ended it.
    dead: bool,
    /// Whom it takes for the leader.
    leader: Option<NodeId>,
    office: Option<Office>,
    way: Way,
}

/// How a node comes to lead.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Way {
    Lease(ByLease),
    Line(ByLine),
    Bully(ByBully),
    Ring(ByRing),
}

/// What a node knows that believes that it leads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Office {
    token: Option<u32>,
    /// For how long it trusts it; for ever where it waits to be told.
    held: Option<Held>,
    /// The number of the last run.
    ran: Option<u32>,
    /// The run that it is about to do, having looked at its clock.
    due: Option<u32>,
}

/// When it asked for what, so that an answer counts from its own asking.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Rounds {
    last: u32,
    asked: VecDeque<(u32, i64)>,
}

impl Rounds {
    /// The most questions whose answers are waited for.
    const MOST: usize = 64;

    fn ask(&mut self, now_us: i64) -> u32 {
        self.last += 1;
        self.asked.push_back((self.last, now_us));
        if self.asked.len() > Rounds::MOST {
            self.asked.pop_front();
        }
        self.last
    }

    /// When that was asked; none where it has been answered, or something after it.
    fn answered(&mut self, round: u32) -> Option<i64> {
        let place = self.asked.iter().position(|(asked, _)| *asked == round)?;
        self.asked.drain(..=place).next_back().map(|(_, at_us)| at_us)
    }
}

impl Protocol for Peer {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Peer {
        let number = config.cast.sort(ctx.me).1;
        let way = match config.params.mechanism {
            Mechanism::Lease => Way::Lease(ByLease::new(ctx.epoch)),
            Mechanism::Sequence => Way::Line(ByLine::new(ctx.epoch)),
            Mechanism::Bully => Way::Bully(ByBully::new(number, config.cast.servers)),
            Mechanism::Ring => Way::Ring(ByRing::new(number)),
        };
        let role = "follower";
        let peer =
            Peer { me: ctx.me, number, role, stands: true, dead: false, leader: None, office: None, way };
        out.fact(fact::ROLE, 0, Fact::Word(role));
        out.fact(fact::LEADER, 0, Fact::Word("nobody"));
        if let Some(ends_us) = config.ends_us.filter(|_| ctx.epoch == 0) {
            out.set_timer(Timer::End, Range::exactly(ends_us));
        }
        match &peer.way {
            // n1 comes first; where the others are in their waiting is luck.
            Way::Lease(_) | Way::Line(_) => {
                let first_us =
                    if number == 0 { 0 } else { config.params.poll.sample_us(by_lease::die(ctx, 0)) };
                out.set_timer(Timer::Poll, Range::new(0, first_us));
            }
            Way::Bully(_) | Way::Ring(_) if config.params.detect > 0 => {
                out.set_timer(Timer::Detect, Range::exactly(0));
            }
            Way::Bully(_) | Way::Ring(_) => {}
        }
        peer
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            _ if self.dead => {}
            Input::Ask(Request::Elect) => self.elect(config, ctx, out),
            Input::Ask(Request::StepDown) => self.step_down(config, out),
            Input::Timer(Timer::End) => self.end(config, out),
            Input::Timer(Timer::Tick) => self.tick(config, ctx, out),
            Input::Timer(Timer::Act) => {
                if let Some(job) = self.office.as_mut().and_then(|office| office.due.take()) {
                    self.run(config, job, out);
                }
            }
            Input::Timer(Timer::Stop) => self.give_up(config, ctx, out),
            Input::Deliver { msg: Msg::Refused { .. }, .. } => self.give_up(config, ctx, out),
            Input::Timer(timer) => match self.way {
                Way::Lease(_) => self.lease_timer(config, timer, ctx, out),
                Way::Line(_) => self.line_timer(config, timer, ctx, out),
                Way::Bully(_) | Way::Ring(_) => self.number_timer(config, timer, ctx, out),
            },
            Input::Deliver { from, msg } => match self.way {
                Way::Lease(_) => self.lease_hears(config, msg, ctx, out),
                Way::Line(_) => self.line_hears(config, msg, ctx, out),
                Way::Bully(_) | Way::Ring(_) => self.number_hears(config, from, msg, ctx, out),
            },
        }
    }
}

impl Peer {
    fn plays(&mut self, role: &'static str, out: &mut Out<Speech>) {
        if self.role != role {
            self.role = role;
            out.fact(fact::ROLE, 0, Fact::Word(role));
        }
    }

    fn takes_for_leader(&mut self, leader: Option<NodeId>, out: &mut Out<Speech>) {
        if self.leader != leader {
            self.leader = leader;
            out.fact(fact::LEADER, 0, leader.map_or(Fact::Word("nobody"), Fact::Node));
        }
    }

    /// Everybody else who could lead.
    fn others(&self, config: &Config) -> impl Iterator<Item = NodeId> + use<> {
        let me = self.me;
        config.cast.of(Sort::Server).filter(move |other| *other != me)
    }

    /// From when on a lease counts that was asked for then and answered now.
    fn counts_from(config: &Config, asked_us: i64, ctx: &Ctx) -> i64 {
        match config.params.from {
            From::Ask => asked_us,
            From::Answer => ctx.monotonic_us,
        }
    }

    /// It comes to lead, or has its lease anew, which counts from then.
    fn hold(&mut self, config: &Config, token: Option<u32>, from_us: i64, ctx: &Ctx, out: &mut Out<Speech>) {
        let held = config.params.trusted_us().filter(|_| token.is_some());
        let held = held.map(|for_us| Held { asked_us: from_us, for_us });
        let left_us = held.map(|held| held.left_us(ctx.monotonic_us));
        if left_us == Some(0) && self.office.is_none() {
            // The answer took longer than the lease.
            return;
        }
        if let Some(left_us) = left_us {
            out.set_timer(Timer::Stop, Range::exactly(left_us));
        }
        match &mut self.office {
            Some(office) => office.held = held,
            None => self.take_office(config, token, held, ctx, out),
        }
    }

    fn take_office(
        &mut self,
        config: &Config,
        token: Option<u32>,
        held: Option<Held>,
        ctx: &Ctx,
        out: &mut Out<Speech>,
    ) {
        self.office = Some(Office { token, held, ran: None, due: None });
        if let Some(token) = token {
            out.fact(fact::TOKEN, 0, Fact::Int(token.into()));
        }
        self.plays("leader", out);
        self.takes_for_leader(Some(self.me), out);
        if config.params.has_job() {
            match (config.params.job, config.params.catchup) {
                (Job::Cron, Switch::Off) => self.await_tick(config, ctx, out),
                (Job::Cron, Switch::On) | (Job::Writes, _) => out.set_timer(Timer::Tick, Range::exactly(0)),
            }
        }
    }

    /// It leads no more.
    fn retire(&mut self, role: &'static str, out: &mut Out<Speech>) {
        if self.office.take().is_some() {
            for timer in [Timer::Tick, Timer::Act, Timer::Stop] {
                out.cancel(timer);
            }
            if !matches!(self.way, Way::Line(_)) {
                out.cancel(Timer::Renew);
            }
            self.takes_for_leader(None, out);
        }
        self.plays(role, out);
    }

    /// Its lease may be over, or somebody has refused it: it leads no more, and would again.
    fn give_up(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        if self.office.is_some() && config.params.has_store() {
            self.retire("follower", out);
            if matches!(self.way, Way::Lease(_)) {
                self.await_poll(config, ctx, out);
            }
        }
    }

    /// It is asked to step down: it stands for office no more.
    fn step_down(&mut self, config: &Config, out: &mut Out<Speech>) {
        if self.office.is_none() {
            return;
        }
        self.stands = false;
        let tells = config.params.release == Switch::On;
        match self.way {
            Way::Lease(_) => self.let_lease_go(config, tells, out),
            Way::Line(_) => self.leave_line(config, tells, out),
            Way::Bully(_) | Way::Ring(_) => self.resign(config, tells, out),
        }
        self.retire("out", out);
    }

    /// It is asked to elect: it stands for office, again if it did not.
    fn elect(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        if !std::mem::replace(&mut self.stands, true) {
            self.plays("follower", out);
        }
        match self.way {
            _ if self.office.is_some() => {}
            Way::Lease(_) => self.poll(config, ctx, out),
            Way::Line(_) => self.ask_place(config, ctx, out),
            Way::Bully(_) | Way::Ring(_) => self.hold_election(config, ctx, out),
        }
    }

    /// The moment that the workload has drawn: a leader's last.
    fn end(&mut self, config: &Config, out: &mut Out<Speech>) {
        match config.params.load {
            _ if self.office.is_none() => {}
            Load::Steady => {}
            Load::Resign => self.step_down(config, out),
            Load::Failover => {
                self.dead = true;
                self.retire("dead", out);
                for timer in [Timer::Poll, Timer::Renew, Timer::Wait, Timer::Detect] {
                    out.cancel(timer);
                }
            }
        }
    }

    /// The next tick of its clock that is due.
    fn await_tick(&self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let tick_us = config.params.tick as i64;
        let past_us = ctx.clock_us.saturating_add(SLACK_US).rem_euclid(tick_us);
        let left_us = (tick_us - past_us).saturating_add(SLACK_US);
        out.set_timer(Timer::Tick, Range::exactly((left_us as u64).max(LAST_US)));
    }

    fn tick(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some(office) = &mut self.office else { return };
        let job = match config.params.job {
            Job::Cron => {
                self.await_tick(config, ctx, out);
                let tick = ctx.clock_us.saturating_add(SLACK_US).div_euclid(config.params.tick as i64);
                u32::try_from(tick).unwrap_or(0)
            }
            Job::Writes => {
                out.set_timer(Timer::Tick, Range::exactly(config.params.tick));
                office.ran.map_or(1, |ran| ran + 1)
            }
        };
        let Some(office) = &mut self.office else { return };
        if office.ran == Some(job) {
            return;
        }
        office.ran = Some(job);
        match config.params.check {
            Look::Off => self.run(config, job, out),
            Look::Before if office.held.is_some_and(|held| held.left_us(ctx.monotonic_us) == 0) => {
                self.give_up(config, ctx, out);
            }
            Look::Before => {
                office.due = Some(job);
                out.set_timer(Timer::Act, Range::exactly(STEP_US));
            }
        }
    }

    fn run(&self, config: &Config, job: u32, out: &mut Out<Speech>) {
        let Some(office) = &self.office else { return };
        out.send(config.resource(), Msg::Run { job, token: Token(office.token) });
    }
}
