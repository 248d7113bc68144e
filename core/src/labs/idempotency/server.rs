//! A server: finds out what a key is, works, has the effect done, has the key written, answers. Each of these is a step of its own, and its process
//! may die between any two.

use super::call::{Call, Key, Outcome, Verb};
use super::job::{At, Job, Stage};
use super::message::{Claim, Deed, Found, Maybe, Msg, Speech, Timer};
use super::meta::fact;
use super::params::{CrashAt, InFlight, Keys, Outside, Record, Save, Switch};
use super::protocol::{Config, Kept, POLL_US, RESTART_US, now_us};
use crate::cast::NodeId;
use crate::parts::dedup::{Check, State, Table};
use crate::sim::dice::{Purpose, happens};
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::Fact;

/// For how many times a server lets a request wait for its key before it refuses it after all.
const MOST_POLLS: u32 = 3_000;

/// A server's state: nothing of it is on a disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server {
    next: u32,
    jobs: Map<u32, Job>,
    memory: Table<Key, Outcome>,
    /// Its process has died, and is not up yet.
    down: bool,
}

impl Protocol for Server {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Server {
        let server =
            Server { next: ctx.epoch << 20, jobs: Map::new(), memory: Table::default(), down: false };
        out.fact(fact::ROLE, 0, Fact::Word("ready"));
        if config.params.keys == Keys::Memory {
            config.report_all(&server.memory, ctx, out);
        }
        server
    }

    fn weight(&self) -> u64 {
        96 * (self.jobs.len() + self.memory.len()) as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let mut at = At { config, ctx, out };
        match input {
            Input::Timer(Timer::Restart) => {
                self.down = false;
                at.out.fact(fact::ROLE, 0, Fact::Word("ready"));
            }
            // Nobody is there to take anything.
            _ if self.down => {}
            Input::Deliver { from, msg: Msg::Request { call, .. } } => self.request(from, call, &mut at),
            Input::Deliver { msg, .. } => self.hear(msg, &mut at),
            Input::Timer(Timer::Work(id)) => self.worked(id, &mut at),
            Input::Timer(Timer::Poll(id)) => self.ask_key(id, &mut at),
            _ => {}
        }
        self.count(&mut at);
    }
}

impl Server {
    fn request(&mut self, from: NodeId, call: Call, at: &mut At<'_>) {
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        let params = at.params();
        let conditional = matches!(call.verb, Verb::Put | Verb::Delete);
        let job = Job { call, from, stage: Stage::Key, charged: false, taken_over: false, polls: 0 };
        let (keys, require) = (params.keys, params.require);
        self.jobs.insert(id, job);
        if call.verb == Verb::Get {
            self.turn(id, Stage::Read);
            at.tell(Msg::Get { id });
        } else if require == Switch::On && conditional && call.if_match.is_none() {
            // Refused before anything is executed: so no key is written.
            self.answer(id, Outcome::status(428), false, at);
        } else if keys == Keys::None {
            self.work(id, at);
        } else {
            self.ask_key(id, at);
        }
    }

    /// Finds out what the key of a try is: in its own memory, or in the database.
    fn ask_key(&mut self, id: u32, at: &mut At<'_>) {
        let Some(job) = self.jobs.get(&id).copied() else { return };
        let params = at.params();
        if job.call.key.is_none() {
            return self.answer(id, Outcome::status(400), false, at);
        }
        let looks = params.inflight == InFlight::Ignore;
        if params.keys == Keys::Memory {
            let (at_us, rules) = (now_us(at.ctx), params.rules());
            for key in self.memory.prune(at_us, &rules) {
                at.config.report(key, None, "pruned", at.out);
            }
            let (key, payload) = (job.call.key, job.call.fingerprint());
            let before = self.state(&job.call);
            let check = if looks {
                self.memory.look(at_us, &rules, key, payload)
            } else {
                self.memory.begin(at_us, &rules, key, payload)
            };
            self.row(&job.call, before, at);
            return self.found(id, check, at);
        }
        let how = match (params.record, looks) {
            (Record::Before, _) => Claim::Settle,
            (_, true) => Claim::Look,
            (_, false) => Claim::Begin,
        };
        at.tell(Msg::Claim { id, call: job.call, how });
    }

    fn found(&mut self, id: u32, check: Check<Outcome>, at: &mut At<'_>) {
        match check {
            Check::New => self.work(id, at),
            Check::TakenOver(point) => {
                if let Some(job) = self.jobs.get_mut(&id) {
                    (job.taken_over, job.charged) = (true, point.is_some());
                }
                self.work(id, at);
            }
            Check::InProgress => {
                at.out.mark(Deed::Blocked);
                let waits = at.params().inflight == InFlight::Wait;
                let Some(job) = self.jobs.get_mut(&id) else { return };
                job.polls += 1;
                if waits && job.polls <= MOST_POLLS {
                    at.out.set_timer(Timer::Poll(id), Range::exactly(POLL_US));
                } else {
                    self.answer(id, Outcome::status(409), false, at);
                }
            }
            Check::Done(outcome) => self.answer(id, outcome, true, at),
            Check::Missing | Check::OtherPayload => {
                self.answer(id, Outcome::status(check.status().unwrap_or(400)), false, at);
            }
        }
    }

    fn work(&mut self, id: u32, at: &mut At<'_>) {
        at.out.mark(Deed::Works);
        self.turn(id, Stage::Work);
        at.out.set_timer(Timer::Work(id), Range::exactly(at.params().work));
    }

    fn worked(&mut self, id: u32, at: &mut At<'_>) {
        let Some(job) = self.jobs.get(&id).copied().filter(|job| job.stage == Stage::Work) else { return };
        let params = at.params();
        // A row that is written first has nothing between it and the effect but the work.
        let recorded = params.keys == Keys::Table && params.record == Record::Before;
        if at.dies(CrashAt::BeforeEffect, &job.call) || (recorded && at.dies(CrashAt::Between, &job.call)) {
            return self.dies(at);
        }
        if happens(at.die(Purpose::Service, &job.call), u64::from(params.fails)) {
            return self.failed(id, &job.call, at);
        }
        let (call, lookup) = (job.call, params.outside == Outside::Lookup);
        if !params.has_provider() || job.charged {
            self.effect(id, at);
        } else if lookup && (job.taken_over || call.attempt > 0) {
            self.turn(id, Stage::Provider);
            at.out.send(at.config.provider(), Msg::Find { id, order: call.order.saturating_add(1) });
        } else {
            self.charge(id, at);
        }
    }

    /// The work has come to nothing.
    fn failed(&mut self, id: u32, call: &Call, at: &mut At<'_>) {
        let outcome = Outcome::status(500);
        let params = at.params();
        match (params.keys, params.save) {
            (Keys::None, _) => self.answer(id, outcome, false, at),
            (Keys::Memory, Save::All) => self.remember(id, outcome, at),
            (Keys::Memory, Save::Success) => {
                let before = self.state(call);
                if let Some(key) = call.key {
                    self.memory.release(key);
                }
                self.row(call, before, at);
                self.answer(id, outcome, false, at);
            }
            (Keys::Table, Save::All) => {
                self.turn(id, Stage::Record(outcome));
                at.tell(Msg::Record { id, call: *call, outcome, ends: true });
            }
            (Keys::Table, Save::Success) => {
                at.tell(Msg::Release { call: *call });
                self.answer(id, outcome, false, at);
            }
        }
    }

    fn charge(&mut self, id: u32, at: &mut At<'_>) {
        let Some(call) = self.jobs.get(&id).map(|job| job.call) else { return };
        self.turn(id, Stage::Provider);
        let key = Maybe(call.key.filter(|_| at.params().outside == Outside::Keyed));
        at.out.send(
            at.config.provider(),
            Msg::Charge { id, order: call.order.saturating_add(1), amount: call.value, key },
        );
    }

    /// The provider has the money.
    fn charged(&mut self, id: u32, receipt: u32, at: &mut At<'_>) {
        let Some(call) = self.jobs.get(&id).map(|job| job.call) else { return };
        if at.dies(CrashAt::Between, &call) {
            return self.dies(at);
        }
        if at.params().record == Record::Phases && at.params().keys == Keys::Table {
            self.turn(id, Stage::Point);
            let outcome = Outcome { status: 201, receipt };
            at.tell(Msg::Record { id, call, outcome, ends: false });
        } else {
            self.effect(id, at);
        }
    }

    fn effect(&mut self, id: u32, at: &mut At<'_>) {
        let Some(call) = self.jobs.get(&id).map(|job| job.call) else { return };
        self.turn(id, Stage::Effect);
        if !at.params().commits() {
            return at.tell(Msg::Effect { id, call });
        }
        at.tell(Msg::Commit { id, call });
        // One transaction has no place between its two halves: what comes next to it is when it is sent and not yet answered.
        if !at.params().has_provider() && at.dies(CrashAt::Between, &call) {
            self.dies(at);
        }
    }

    fn applied(&mut self, id: u32, outcome: Outcome, again: bool, at: &mut At<'_>) {
        let Some(call) = self.jobs.get(&id).map(|job| job.call) else { return };
        let params = at.params();
        let (keys, record) = (params.keys, params.record);
        let written = keys == Keys::Table && record != Record::After;
        if !written && !params.has_provider() && at.dies(CrashAt::Between, &call) {
            return self.dies(at);
        }
        match keys {
            Keys::Table if !written && outcome.status == 412 => {
                // Refused for its condition: not executed, and not saved.
                at.tell(Msg::Release { call });
                self.answer(id, outcome, false, at);
            }
            Keys::Table if !written => {
                self.turn(id, Stage::Record(outcome));
                at.tell(Msg::Record { id, call, outcome, ends: true });
            }
            Keys::Memory => self.remember(id, outcome, at),
            Keys::None | Keys::Table => self.last(id, outcome, again, at),
        }
    }

    /// Writes an answer down in its memory, and gives it.
    fn remember(&mut self, id: u32, outcome: Outcome, at: &mut At<'_>) {
        let Some(call) = self.jobs.get(&id).map(|job| job.call) else { return };
        let before = self.state(&call);
        if let Some(key) = call.key {
            if outcome.status == 412 {
                self.memory.release(key);
            } else {
                self.memory.settle(now_us(at.ctx), &at.params().rules(), key, call.fingerprint(), outcome);
            }
        }
        self.row(&call, before, at);
        self.last(id, outcome, false, at);
    }

    /// All is done but the answer.
    fn last(&mut self, id: u32, outcome: Outcome, again: bool, at: &mut At<'_>) {
        let Some(call) = self.jobs.get(&id).map(|job| job.call) else { return };
        if at.dies(CrashAt::AfterRecord, &call) {
            return self.dies(at);
        }
        self.answer(id, outcome, again, at);
    }

    fn hear(&mut self, msg: Msg, at: &mut At<'_>) {
        match msg {
            Msg::Found { id, found: Found(check) } if self.waits(id, |stage| stage == Stage::Key) => {
                self.found(id, check, at);
            }
            Msg::Charged { id, receipt } if self.waits(id, |stage| stage == Stage::Provider) => {
                self.charged(id, receipt, at);
            }
            Msg::Told { id, receipt } if self.waits(id, |stage| stage == Stage::Provider) => {
                match receipt.0 {
                    Some(receipt) => self.charged(id, receipt, at),
                    None => self.charge(id, at),
                }
            }
            Msg::Recorded { id } => match self.jobs.get(&id).map(|job| job.stage) {
                Some(Stage::Point) => self.effect(id, at),
                Some(Stage::Record(outcome)) => self.last(id, outcome, false, at),
                _ => {}
            },
            Msg::Applied { id, outcome, again } if self.waits(id, |stage| stage == Stage::Effect) => {
                self.applied(id, outcome, again, at);
            }
            Msg::Got { id, value, etag } if self.waits(id, |stage| stage == Stage::Read) => {
                let Some(job) = self.jobs.remove(&id) else { return };
                at.out.send(job.from, Msg::Content { serial: job.call.serial, value, etag });
            }
            _ => {}
        }
    }

    fn waits(&self, id: u32, stage: impl Fn(Stage) -> bool) -> bool {
        self.jobs.get(&id).is_some_and(|job| stage(job.stage))
    }

    fn turn(&mut self, id: u32, stage: Stage) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.stage = stage;
        }
    }

    fn answer(&mut self, id: u32, outcome: Outcome, replay: bool, at: &mut At<'_>) {
        let Some(job) = self.jobs.remove(&id) else { return };
        at.out.send(job.from, Msg::Answer { serial: job.call.serial, outcome });
        at.out.mark(Deed::Answers(outcome, replay));
    }

    /// Its process dies: what it was at, and what it had in memory, is gone.
    fn dies(&mut self, at: &mut At<'_>) {
        at.out.mark(Deed::Dies);
        at.out.fact(fact::ROLE, 0, Fact::Word("crashed"));
        for id in self.jobs.keys().copied() {
            at.out.cancel(Timer::Work(id));
            at.out.cancel(Timer::Poll(id));
        }
        self.jobs.clear();
        let lost = std::mem::take(&mut self.memory);
        for key in lost.keys() {
            at.config.report(key, None, "forgotten", at.out);
        }
        self.down = true;
        at.out.set_timer(Timer::Restart, Range::exactly(RESTART_US));
    }

    fn state(&self, call: &Call) -> Option<State<Outcome>> {
        call.key.and_then(|key| self.memory.state(key))
    }

    /// Reports the row of a request, if it is another than before.
    fn row(&self, call: &Call, before: Option<State<Outcome>>, at: &mut At<'_>) {
        let now = self.state(call);
        if let Some(key) = call.key.filter(|_| now != before) {
            at.config.report(key, now, "unseen", at.out);
        }
    }

    fn count(&self, at: &mut At<'_>) {
        if at.params().keys == Keys::Memory {
            at.out.mark(Deed::Stores(self.memory.len() as u32));
        }
    }
}
