//! A service: takes requests, works on them, calls others for them, and answers.
//!
//! A request here is a frame, which goes through the steps of its route. With threads, one is held from the door to the answer; workers are busy with
//! work alone. Who is in work is not in line.

mod data;
mod desk;
mod frame;
mod limits;
mod member;
mod shed;
mod teller;
mod turns;
mod vitals;
mod work;

use super::caller::{At, Caller, Ended, Wanted, first_path};
use super::config::{Config, Op, TierPlan};
use super::declared::{Mistakes, Tier};
use super::mark::{Ending, Level, Mark, Passing, Stop, Swept, TierId, Watched, Why};
use super::message::{About, Brought, Msg, Reply, Request, Response, Speech, Timer, Try, fact};
use super::roles::Data;
use super::source;
use super::trouble::{Kind, Spell};
use crate::cast::NodeId;
use crate::parts::coalesce::Coalesce;
use crate::parts::codel::Codel;
use crate::parts::queue::{Discipline, Policy, Queue};
use crate::parts::serials::Serials;
use crate::sim::dice::{MILLION, Purpose, Range, below, happens};
use crate::sim::{Ctx, Input, Never, Out, Protocol};
use crate::trace::Fact;
use frame::{Frame, Stage};
use limits::Limits;
use member::Member;
use std::collections::{BTreeMap, BTreeSet};
use teller::Teller;
use vitals::paced;

/// A service.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server {
    tier: TierId,
    caller: Caller,
    frames: Serials<Frame>,
    /// Those that wait to be begun, and those that have been and wait for a worker again.
    line: Queue<u32>,
    bench: Queue<u32>,
    /// Workers that work; requests that are begun.
    busy: u32,
    inside: u32,
    limits: Option<Box<Limits>>,
    codel: Option<Codel>,
    /// Where a controller looks.
    member: Option<Box<Member>>,
    /// Operations that were executed, where idempotency keys are on.
    executed: BTreeSet<u32>,
    /// Where a request is, for callers that cancel.
    places: BTreeMap<u64, u32>,
    /// Requests of its own source: how many there were, and how many are open.
    made: u32,
    roots: u32,
    expired: u32,
    /// What it holds, and what it fetches for several.
    data: Option<Data>,
    flights: Coalesce,
    /// Those in line, busy workers and those begun, as last told.
    told: [u32; 3],
    /// The trouble of the settings: its present turn, or the one ahead or the last; and what has come since its begin, or the last look.
    spell: Option<Spell>,
    came: u32,
    /// Since when it is up again after a crash.
    started_us: Option<u64>,
    /// How many requests it last told to those who go by that.
    load: u32,
    /// What it tells those who watch.
    teller: Option<Box<Teller>>,
}

impl Protocol for Server {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Server {
        let tier = config.tier_of(ctx.me);
        let mut at = At { config, ctx, out };
        let (now_us, plan) = (at.now_us(), &config.graph.tiers[usize::from(tier.0)]);
        at.out.fact(fact::ROLE, 0, Fact::Word(plan.name));
        let spell = turns::foresee(&mut at);
        let bench = Policy { discipline: Discipline::Fifo, limit: u32::MAX, ..config.line(tier) };
        let mut server = Server {
            tier,
            caller: Caller::new(&mut at),
            frames: Serials::new(0),
            line: Queue::new(config.line(tier)),
            bench: Queue::new(bench),
            busy: 0,
            inside: 0,
            limits: Limits::new(&plan.desk),
            codel: plan.line.codel.map(|policy| Codel::new(policy, now_us)),
            member: Member::new(&at).map(Box::new),
            executed: BTreeSet::new(),
            places: BTreeMap::new(),
            made: 0,
            roots: 0,
            expired: 0,
            data: Data::new(config, tier, (ctx.first_number(), ctx.epoch)),
            flights: Coalesce::default(),
            told: [0; 3],
            spell,
            came: 0,
            started_us: (ctx.epoch > 0).then_some(now_us),
            load: 0,
            teller: Teller::new(&at).map(Box::new),
        };
        Server::set_sync(&mut at);
        server.begin_telling(&mut at);
        server.report_life(&mut at);
        source::begin(&mut at);
        server
    }

    fn weight(&self) -> u64 {
        let lines = u64::from(self.line.len() + self.bench.len());
        let known = 16 * self.places.len() as u64 + 12 * self.executed.len() as u64;
        let limits = self.limits.as_ref().map_or(0, |limits| limits.weight());
        let data = self.data.as_ref().map_or(0, Data::weight) + self.flights.weight();
        let told = self.teller.as_ref().map_or(0, |teller| teller.weight());
        told + self.caller.weight() + self.frames.weight() + 48 * lines + known + data + limits
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let at = &mut At { config, ctx, out };
        match input {
            Input::Deliver { from, msg: Msg::Call { of, about, deadline, version } } => {
                if let Some(frame) = Frame::of_call((from, of), (about, version), deadline, at) {
                    self.take(frame, at);
                }
            }
            Input::Deliver { from, msg: Msg::Cancel { of, if_waiting } } => {
                let there = self.places.get(&place(from, of)).copied();
                if let Some(serial) = there.filter(|serial| !if_waiting || self.waits(*serial)) {
                    self.take_away(serial, Ending::Cancelled, at);
                }
            }
            Input::Deliver { msg: Msg::Answer { of, reply, brought }, .. } => {
                let ended = self.caller.answer(of, reply, brought, at);
                self.called(ended, at);
            }
            Input::Deliver { from, msg: Msg::Probe { hop, number } } => self.probe(from, hop, number, at),
            Input::Deliver { from, msg: Msg::Probed { hop, number, well } } => {
                self.caller.probed(from, (hop, number), well, at);
            }
            Input::Deliver { from, msg: Msg::Load { hop, load } } => self.caller.told(from, hop, load, at),
            Input::Timer(Timer::Check(hop)) => self.caller.check(hop, at),
            Input::Timer(Timer::Checked(hop)) => self.caller.checked(hop, at),
            Input::Timer(Timer::Return(hop, place)) => self.caller.returns(hop, place, at),
            Input::Timer(Timer::Tell(hop)) => self.tell_load(hop, at),
            Input::Deliver { msg: Msg::Count { key, count, at_us }, .. } => self.hear(key, count, at_us, at),
            Input::Timer(Timer::Pass(serial)) => self.pass(serial, at),
            Input::Timer(Timer::Sync) => self.sync(at),
            Input::Deliver { from, msg: Msg::Look } => self.looked_at(from, at),
            Input::Deliver { msg: Msg::Order { on }, .. } => self.ordered(on, at),
            Input::Deliver { from, msg: Msg::Ready { on } } => self.caller.heard_of(from, on, at),
            Input::Deliver { from, msg: Msg::Scrape { round } } => self.scraped(from, round, at),
            Input::Timer(Timer::Push) => self.push(at),
            Input::Deliver { msg: Msg::Push { .. } | Msg::Scraped { .. }, .. } => {}
            Input::Timer(Timer::Scrape | Timer::Judge) => {}
            Input::Deliver { msg: Msg::Does { .. }, .. } | Input::Timer(Timer::Look | Timer::Decide) => {}
            Input::Timer(Timer::Started) => self.started(),
            Input::Timer(Timer::Finish(serial)) => self.worked(serial, at),
            Input::Timer(Timer::Timeout(serial)) => {
                let ended = self.caller.timeout(serial, at);
                self.called(ended, at);
            }
            Input::Timer(Timer::Retry(serial)) => {
                let ended = self.caller.retry(serial, at);
                self.called(ended, at);
            }
            Input::Timer(Timer::Hedge(serial)) => {
                let ended = self.caller.hedge(serial, at);
                self.called(ended, at);
            }
            Input::Timer(Timer::Arrive) => {
                if let Some(source) = source::source(at) {
                    for _ in 0..source.at_once {
                        self.ask(source::about(source, self.number(at), at), at);
                    }
                    if !source::is_closed(source) {
                        source::wait(source, self.made, at);
                    }
                }
            }
            Input::Ask(request) => {
                if !self.asked_of_data(request, at)
                    && let Some(about) = source::asked(request, self.number(at), at)
                {
                    self.ask(about, at);
                }
            }
            Input::Timer(Timer::Flush(key)) => self.flush(key, at),
            Input::Timer(Timer::TroubleBegins) => self.trouble_begins(at),
            Input::Timer(Timer::TroubleEnds) => self.trouble_ends(at),
        }
        if !self.line.is_empty() || !self.bench.is_empty() {
            self.turn(at);
        }
        self.report(at);
        self.report_life(at);
        self.measure(at);
    }
}

impl Server {
    fn tier<'a>(&self, at: &At<'a>) -> (&'a Tier, &'a TierPlan) {
        let place = usize::from(self.tier.0);
        (&at.config.graph.tiers[place], &at.config.tiers[place])
    }

    /// The number of the next request of its own source; those of other boots are others.
    fn number(&self, at: &At<'_>) -> u32 {
        at.ctx.first_number().wrapping_add(self.made)
    }

    /// A request of its own source.
    fn ask(&mut self, about: About, at: &mut At<'_>) {
        if self.tier(at).1.programs.get(usize::from(about.class)).is_none_or(Option::is_none) {
            return;
        }
        let number = self.number(at);
        self.made += 1;
        self.roots += 1;
        let frame = Frame::of_source(about, number, at);
        self.take(frame, at);
    }

    /// Waits are over: workers turn to those that were begun, then to the line, as far as there is room.
    fn turn(&mut self, at: &mut At<'_>) {
        let tier = self.tier(at).0;
        while self.busy < tier.workers && !self.bench.is_empty() {
            let popped = self.bench.pop(at.now_us());
            popped.expired.into_iter().for_each(|gone| self.too_late(gone.item, at));
            let Some(next) = popped.next else { break };
            if let Some(frame) = self.frames.get(next.item) {
                at.out.serve(frame.op, frame.of.path as u16);
                self.work(next.item, at);
            }
        }
        while !self.line.is_empty() && self.has_room(at) {
            let popped = self.line.pop(at.now_us());
            if !popped.expired.is_empty() {
                self.expire(popped.expired, at);
            }
            let Some(next) = popped.next else { break };
            let waited_us = at.now_us().saturating_sub(next.since_us);
            match self.sheds(waited_us, at) {
                true => self.throw_out(next, Swept::Shed, at),
                false => self.begin(next.item, waited_us, at),
            }
        }
    }

    /// Whether one more can be begun, of those for which one must wait.
    fn has_room(&self, at: &At<'_>) -> bool {
        let tier = self.tier(at).0;
        match tier.slots {
            Some(hop) => self.inside < self.caller.ready(hop, at) * at.config.workers(hop),
            None if tier.threads > 0 => self.inside < tier.threads,
            None => self.busy < tier.workers,
        }
    }

    /// A request is begun.
    fn begin(&mut self, serial: u32, waited_us: u64, at: &mut At<'_>) {
        let Some(frame) = self.frames.get_mut(serial) else { return };
        (frame.began_us, frame.stage) = (at.now_us(), Stage::Out);
        at.out.serve(frame.op, frame.of.path as u16);
        let of = frame.of;
        at.out.mark(Mark::Began { tier: self.tier, waited_us });
        at.follow(of.hop, of.path, Passing::IsBegun);
        self.inside += 1;
        self.advance(serial, at);
    }

    /// Goes on with a request until it waits for something, or ends.
    fn advance(&mut self, serial: u32, at: &mut At<'_>) {
        let plan = self.tier(at).1;
        loop {
            let Some(frame) = self.frames.get_mut(serial) else { return };
            let Some(Some(program)) = plan.programs.get(usize::from(frame.about.class)) else { return };
            let op = program.ops.get(usize::from(frame.pc)).copied().unwrap_or(Op::End);
            let goes_on = match op {
                Op::Else(_) => frame.may_go_on(),
                Op::Down(_) => frame.may_do_without(),
                _ => false,
            };
            if frame.is_over() && !goes_on {
                return self.finish(serial, at);
            }
            frame.pc += 1;
            match op {
                Op::Work(_) => return self.join(serial, at),
                Op::Else(to) | Op::Down(to) => {
                    if frame.over.take().is_none() {
                        frame.pc = to;
                    }
                }
                Op::Limit => {
                    if !self.limit(serial, at) {
                        return;
                    }
                }
                Op::Admit(site) => {
                    if !self.call((serial, program), (site, 1, 1), at) {
                        return;
                    }
                }
                Op::Reply => self.reply(serial, at),
                Op::Look(_)
                | Op::Keep
                | Op::Put
                | Op::Forget
                | Op::Read
                | Op::Write
                | Op::Single
                | Op::Land => {
                    if !self.step_of_data(serial, op, at) {
                        return;
                    }
                }
                Op::End => return self.finish(serial, at),
                Op::One(site, many) => {
                    let chosen = if many > 1 {
                        below(frame.die(Purpose::Choice, at), u64::from(many)) as u16
                    } else {
                        0
                    };
                    let site = site + chosen;
                    if !self.call((serial, program), (site, 1, 1), at) {
                        return;
                    }
                }
                Op::Parts(site, parts) => {
                    frame.parts = Some(parts);
                    if !self.call((serial, program), (site, parts.many, parts.need()), at) {
                        return;
                    }
                }
                Op::Many(site, many, need) => {
                    if !self.call((serial, program), (site, many, need), at) {
                        return;
                    }
                }
            }
        }
    }

    /// Makes so many calls from this site on, of which so many must go well; says whether that is decided already.
    fn call(
        &mut self,
        (serial, program): (u32, &super::config::Program),
        calls: (u16, u16, u16),
        at: &mut At<'_>,
    ) -> bool {
        let (site, many, need) = calls;
        let Some(frame) = self.frames.get_mut(serial) else { return false };
        frame.calls = (self.caller.next(), many);
        (frame.open, frame.need, frame.stage) = (many, need, Stage::Out);
        let mut wanted = Wanted {
            op: frame.op,
            luck: frame.luck,
            owner: serial,
            hop: program.sites[usize::from(site)].hop,
            path: 0,
            about: frame.about,
            version: frame.version,
            since_us: frame.came_us,
            deadline_us: frame.deadline_us,
        };
        let (about, path, parts) = (frame.about, frame.path, frame.parts);
        let of = frame.from.map(|_| frame.of);
        for (which, site) in (0..).zip(&program.sites[usize::from(site)..usize::from(site + many)]) {
            wanted.hop = site.hop;
            wanted.path = first_path(program, *site, path);
            wanted.about = about.under(site.class);
            wanted.about.key = parts.map_or(wanted.about.key, |parts| parts.key(which));
            if let Some(of) = of {
                at.follow(of.hop, of.path, Passing::Calls);
            }
            let ended = self.caller.call(wanted, at).1;
            if let (Some(ended), Some(frame)) = (ended, self.frames.get_mut(serial)) {
                frame.count(&ended);
                self.count_call(&ended, at.config);
            }
        }
        self.decided(serial, at)
    }

    /// A call is over.
    fn called(&mut self, ended: Option<Ended>, at: &mut At<'_>) {
        let Some(ended) = ended else { return };
        if ended.owner == data::BEHIND {
            return self.written(&ended, at);
        }
        let plan = self.tier(at).1;
        self.count_call(&ended, at.config);
        let Some(frame) = self.frames.get_mut(ended.owner) else { return };
        frame.count(&ended);
        if ended.how == Ending::Refused && plan.admits(frame.about.class, frame.pc) {
            frame.refuse(if plan.tells_after { ended.after_us } else { 0 });
        }
        if self.decided(ended.owner, at) {
            self.advance(ended.owner, at);
        }
    }

    /// Whether it is decided how the calls of a request come out; then those that are still open are given up.
    fn decided(&mut self, serial: u32, at: &mut At<'_>) -> bool {
        let Some(frame) = self.frames.get_mut(serial) else { return false };
        if frame.need > 0 && frame.need <= frame.open {
            return false;
        }
        frame.put_together();
        if frame.need == 0 {
            frame.over = None;
        }
        let (first, many) = if frame.open > 0 { frame.calls } else { (0, 0) };
        frame.open = 0;
        for place in 0..u32::from(many) {
            self.caller.abandon(first.wrapping_add(place), at);
        }
        true
    }
}

/// The key of a try among those that are here.
fn place(from: NodeId, of: Try) -> u64 {
    u64::from(from.0) << 48 | u64::from(of.serial) << 16 ^ u64::from(of.path & 0xffff)
}
