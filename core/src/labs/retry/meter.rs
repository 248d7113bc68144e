//! Watches a run: counts, measures, and feeds the promises.

use super::meta::{Figures, fact};
use super::bins::{Bins, Levels, flow};
use super::herds::Herd;
use super::laws::{Once, Overload};
use super::recovery::{Recovery, Usual};
use super::message::{GaveUp, Msg, Reply, Response, Speech, Timer};
use super::params::{Load, Trouble};
use super::config::Config;
use crate::cast::{NodeId, Sort};
use crate::check::disturbances::{Disturbances, TROUBLE_OVER, Turn, Words};
use crate::lab::{Verdict, millionths};
use crate::sim::{Observer, OpId, OpKey, Seen};
use crate::stats::{Sample, Series};
use crate::trace::{NONE, Fact, Mark, World};

/// What a client is at with an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    /// Nothing is under way.
    Nowhere,
    /// Its last attempt waits for an answer.
    Waiting,
    /// It sleeps before a retry.
    Sleeping,
}

/// What is known of an operation.
#[derive(Clone, Copy, Debug)]
struct Op {
    began_us: u64,
    /// Whose call it is, and its number for it, once that has been sent.
    client: NodeId,
    serial: u32,
    /// The record of its first execution, or [`NONE`].
    executed: u32,
    /// The number of the attempt that was executed then.
    executed_as: u16,
    attempts: u16,
    standing: Standing,
    /// When its last attempt was sent.
    sent_us: u64,
    /// A bit for each attempt, by its number modulo 64, whose execution was not the first.
    repeated: u64,
}

/// What a caller has told of its retry budget: what is left, in thousandths, and whether that allows a retry.
#[derive(Clone, Copy, Debug)]
struct Left {
    milli: i64,
    empty: bool,
}

/// What there is to say when a burst is over.
const BURST_OVER: &str = "The burst is over";

/// First, second and third retries are counted apart.
const HERDS: usize = 3;

/// Counts and measures of a run.
pub struct Meter {
    config: Config,
    last: NodeId,
    /// Which clients are done, in a run that ends with the last of them.
    contending: Option<Vec<NodeId>>,
    bins: Bins,
    disturbances: Disturbances,
    recovery: Recovery,
    overload: Overload,
    once: Once,
    ops: Vec<Op>,
    /// Of each client the open calls: its number for it, and the operation.
    open: Vec<Vec<(u32, OpId)>>,
    /// By node.
    budgets: Vec<Option<Left>>,
    /// A retry needs more than this of a budget, in thousandths.
    floor_milli: i64,
    /// The answer that is being handled: its operation and attempt.
    handled: Option<(OpId, u16)>,
    /// How many calls took so many attempts.
    attempts: Vec<u64>,
    call_us: Sample,
    herds: [Herd; HERDS],
    ok: u64,
    failed: u64,
    offered: u64,
    writes: u64,
    wasted: u64,
    duplicates: u64,
    expired: i64,
    queue_peak: i64,
    last_us: u64,
}

impl Meter {
    /// A meter for a run of this length.
    pub fn new(config: &Config, horizon_us: u64) -> Meter {
        let params = &config.params;
        Meter {
            config: config.clone(),
            last: config.last(),
            contending: (params.load == Load::Contention).then(Vec::new),
            bins: Bins::new(horizon_us),
            disturbances: Disturbances::new(config.cast),
            recovery: Recovery::new(params.recovery_limit, Usual::of(params)),
            overload: Overload::new(params.capacity, params.overload_limit, params.load == Load::Contention),
            once: Once::new(),
            ops: Vec::new(),
            open: vec![Vec::new(); config.cast.len()],
            budgets: vec![None; config.cast.len()],
            floor_milli: params.budget_floor_milli(),
            handled: None,
            attempts: Vec::new(),
            call_us: Sample::default(),
            herds: [const { Herd::new() }; HERDS],
            ok: 0,
            failed: 0,
            offered: 0,
            writes: 0,
            wasted: 0,
            duplicates: 0,
            expired: 0,
            queue_peak: 0,
            last_us: 0,
        }
    }

    fn is_client(&self, node: NodeId) -> bool {
        self.config.cast.sort(node).0 == Sort::Client
    }

    fn sent(&mut self, mark: Mark, from: NodeId, msg: &Msg, op: Option<OpId>) {
        match msg {
            Msg::Call { of, .. } if self.is_client(from) => {
                if let Some(op) = op {
                    if let Some(known) = self.ops.get_mut(op.0 as usize) {
                        known.serial = of.serial;
                        known.attempts = known.attempts.saturating_add(1);
                        known.sent_us = mark.at_us;
                    }
                    self.stand(mark.at_us, op, Standing::Waiting);
                }
                self.bins.flow(mark.at_us, flow::ATTEMPTS);
                if of.attempt > 0 {
                    self.bins.flow(mark.at_us, flow::RETRIES);
                }
            }
            Msg::Answer { of, reply: Reply::Done } if from == self.last => {
                let Some(op) = op.and_then(|op| self.ops.get_mut(op.0 as usize)) else { return };
                if op.executed == NONE {
                    (op.executed, op.executed_as) = (mark.record, of.number);
                } else {
                    op.repeated |= 1 << (of.number % 64);
                    self.duplicates += 1;
                    let retried = op.executed_as != of.number;
                    // In a chain a call is the client's, whoever has made it several.
                    let call = format!("{}'s call {}", self.config.cast.name(op.client), op.serial);
                    let (by, cast, client, began_us) = (&self.disturbances, self.config.cast, op.client, op.began_us);
                    let concerns = |node: NodeId| node == client || cast.sort(node).0 != Sort::Client;
                    self.once.again((op.executed, mark), &call, retried, || match retried {
                        true => by.between(concerns, began_us, mark.at_us),
                        false => by.doubled(concerns).into_iter().collect(),
                    });
                }
            }
            Msg::Answer { reply: Reply::Refused { .. }, .. } if from == self.last => self.bins.refused(mark.at_us),
            Msg::Answer { reply: Reply::Error | Reply::Bad, .. } if from == self.last => self.bins.broken(mark.at_us),
            Msg::Write(_) => self.writes += 1,
            _ => {}
        }
    }

    fn delivered(&mut self, mark: Mark, to: NodeId, msg: &Msg, op: Option<OpId>) {
        match msg {
            Msg::Call { of, .. } if to == self.last => {
                self.offered += 1;
                self.bins.offered(mark.at_us, of.attempt > 0);
                self.overload.offered(mark, &self.disturbances);
                if let Some(herd) = self.herds.get_mut(usize::from(of.attempt).wrapping_sub(1)) {
                    herd.add(mark.at_us);
                }
            }
            Msg::Answer { of, reply } if self.is_client(to) => {
                self.handled = op.map(|op| (op, of.number));
                if !op.is_some_and(|op| self.attempt_over(mark.at_us, op, Some((of.attempt, reply.is_ok())))) { return; }
                let failure = match reply {
                    Reply::Done | Reply::Known | Reply::Bad => return,
                    Reply::Error => (flow::ERRORS, "an attempt fails"),
                    Reply::Refused { .. } => (flow::REFUSED, "an attempt is refused"),
                };
                self.bins.flow(mark.at_us, failure.0);
                self.bins.failed(mark.at_us);
                // What fails by the error share fails whatever the load is: only of a chain's errors nobody knows where they come from.
                let plain = matches!(reply, Reply::Error) && self.config.params.load != Load::Chain;
                self.recovery.attempt(mark, (!plain).then_some(failure.1), &self.disturbances);
            }
            _ => {}
        }
    }

    /// What a client is at with an operation changes, and with it the levels.
    fn stand(&mut self, at_us: u64, op: OpId, standing: Standing) {
        let Some(op) = self.ops.get_mut(op.0 as usize) else { return };
        let before = std::mem::replace(&mut op.standing, standing);
        self.bins.level(at_us, |levels| {
            levels.waiting -= u32::from(before == Standing::Waiting);
            levels.sleeping -= u32::from(before == Standing::Sleeping);
            levels.waiting += u32::from(standing == Standing::Waiting);
            levels.sleeping += u32::from(standing == Standing::Sleeping);
        });
    }

    /// An attempt has been answered (its number, and whether well), or has timed out: says whether that is its one outcome, the first that came.
    fn attempt_over(&mut self, at_us: u64, op: OpId, answer: Option<(u16, bool)>) -> bool {
        let Some(Op { attempts, standing, sent_us, .. }) = self.ops.get(op.0 as usize).copied() else { return false };
        let last = |attempt: u16| attempt.wrapping_add(1) == attempts;
        if standing != Standing::Waiting || answer.is_some_and(|(attempt, _)| !last(attempt)) {
            return false;
        }
        if answer.is_some() {
            self.bins.answered(at_us, at_us - sent_us);
        }
        let over = answer.is_some_and(|(_, ok)| ok);
        self.stand(at_us, op, if over { Standing::Nowhere } else { Standing::Sleeping });
        true
    }

    /// A caller tells what is left of its retry budget.
    fn budget(&mut self, at_us: u64, node: NodeId, milli: i64) {
        let now = Left { milli, empty: milli <= self.floor_milli };
        let before = self.budgets[node.index()].replace(now);
        self.bins.level(at_us, |levels: &mut Levels| {
            levels.budget_milli += now.milli - before.map_or(0, |before| before.milli);
            levels.budgets += u32::from(before.is_none());
            levels.budgets_empty += u32::from(now.empty);
            levels.budgets_empty -= u32::from(before.is_some_and(|before| before.empty));
        });
    }

    /// The client went down: its calls are over, its budget is gone.
    fn crashed(&mut self, at_us: u64, node: NodeId) {
        for (_, op) in std::mem::take(&mut self.open[node.index()]) {
            self.stand(at_us, op, Standing::Nowhere);
        }
    }

    fn returned(&mut self, mark: Mark, key: OpKey, op: OpId, response: &Response) {
        self.open[key.client.index()].retain(|(_, open)| *open != op);
        let Op { began_us, attempts, .. } = self.ops[op.0 as usize];
        let place = usize::from(attempts);
        if self.attempts.len() <= place {
            self.attempts.resize(place + 1, 0);
        }
        self.attempts[place] += 1;
        match response {
            Response::Done => {
                let took_us = mark.at_us - began_us;
                self.ok += 1;
                self.last_us = mark.at_us;
                self.call_us.add(took_us as i64);
                self.bins.succeeded(mark.at_us, took_us);
                self.bins.flow(mark.at_us, flow::SUCCEEDED);
                self.recovery.attempt(mark, None, &self.disturbances);
                if let Some(done) = self.contending.as_mut().filter(|done| !done.contains(&key.client)) {
                    done.push(key.client);
                }
            }
            Response::Failed { why, .. } => {
                self.failed += 1;
                self.bins.gave_up(mark.at_us);
                self.stand(mark.at_us, op, Standing::Nowhere);
                let branch = GaveUp::ALL.iter().position(|w| w == why).expect("all are listed");
                self.bins.flow(mark.at_us, flow::GAVE_UP + branch);
            }
        }
    }

    fn timer(&mut self, mark: Mark, node: NodeId, name: &Timer) {
        match name {
            Timer::Timeout(serial) if self.is_client(node) => {
                let open = self.open[node.index()].iter().find(|(number, _)| number & 0xff_ffff == *serial);
                if let Some((_, op)) = open.copied() {
                    self.attempt_over(mark.at_us, op, None);
                }
                self.bins.flow(mark.at_us, flow::TIMED_OUT);
                self.bins.failed(mark.at_us);
                let how = "an attempt times out: its answer comes too late, or never";
                self.recovery.attempt(mark, Some(how), &self.disturbances);
            }
            Timer::TroubleBegins => {
                let Some(span) = self.config.trouble else { return };
                let what = match (span.kind, self.config.params.load) {
                    _ if span.from_us < span.to_us && span.kind == Trouble::Burst => ("Calls come in a burst", BURST_OVER),
                    _ if span.from_us < span.to_us => ("The server is in trouble", TROUBLE_OVER),
                    (_, Load::Deploy) => ("Everybody calls at once", "Everybody has called"),
                    // A trouble of no length disturbs nothing.
                    _ => return,
                };
                self.disturbances.trouble(mark, span.to_us, what);
                self.strike(mark, what);
            }
            Timer::TroubleEnds => {
                let is_burst = self.config.trouble.is_some_and(|span| span.kind == Trouble::Burst);
                self.over(mark, if is_burst { BURST_OVER } else { TROUBLE_OVER });
            }
            _ => {}
        }
    }

    /// What a reader does to the system is trouble too.
    fn turn(&mut self, mark: Mark, of: impl FnOnce(&mut Disturbances) -> Option<Turn>) {
        match of(&mut self.disturbances) {
            Some(Turn::Begins(words)) => self.strike(mark, words),
            Some(Turn::Ends(words)) => self.over(mark, words),
            None => {}
        }
    }

    /// Something has begun that disturbs the server: how long it does depends on what else goes on.
    fn strike(&mut self, mark: Mark, (what, over): Words) {
        let going_on = self.disturbances.going_on(mark.at_us);
        let over = going_on.map_or(over, |((_, over), _)| over);
        let until_us = going_on.map_or(Some(mark.at_us), |(_, until_us)| until_us);
        self.recovery.strike(mark, until_us, (what, over));
    }

    fn over(&mut self, mark: Mark, words: &'static str) {
        self.recovery.over(mark, words, self.disturbances.going_on(mark.at_us));
    }

    fn fact(&mut self, mark: Mark, node: NodeId, name: u8, value: &Fact) {
        let Fact::Int(value) = value else { return };
        match name {
            fact::BUDGET => self.budget(mark.at_us, node, *value),
            fact::QUEUE => {
                self.queue_peak = self.queue_peak.max(*value);
                self.bins.queue(mark.at_us, *value as u32);
            }
            fact::BUSY => self.bins.busy(mark.at_us, *value as u32),
            fact::LATE => {
                self.wasted += 1;
                let again = self.handled.is_some_and(|(op, attempt)| {
                    self.ops.get(op.0 as usize).is_some_and(|op| op.repeated >> (attempt % 64) & 1 == 1)
                });
                self.bins.wasted(mark.at_us, again);
            }
            fact::EXPIRED => self.expired = *value,
            _ => {}
        }
    }

    /// The attempts that 99 of 100 calls need at the most.
    fn attempts_p99(&self) -> Option<i64> {
        let total: u64 = self.attempts.iter().sum();
        let rank = (total * 99).div_ceil(100);
        let mut up_to = 0;
        let place = self.attempts.iter().position(|count| { up_to += count; up_to >= rank });
        place.filter(|_| total > 0).map(|attempts| attempts as i64)
    }

    /// Ends the watch, and gives the run's figures in the order of the lab's tallies.
    pub fn figures(&mut self, ended: Mark) -> Figures {
        self.recovery.pass(ended, &self.disturbances);
        self.overload.pass(ended);
        let count = |n: u64| Some(n as i64);
        let branch = |branch: usize| Some(i64::from(self.bins.taken(branch)));
        let (good_end, offered_end) = self.bins.at_the_end(ended.at_us);
        let contends = self.contending.is_some();
        let calls = if contends { self.writes } else { self.ops.len() as u64 };
        // Who contends for a row makes no attempts that are counted, and there is no server with a queue.
        let served = |value: Option<i64>| value.filter(|_| !contends);
        let seconds = |n: u64| millionths(n * 1_000_000, ended.at_us);
        Figures {
            calls: count(calls),
            ok: count(self.ok),
            failed: count(self.failed),
            goodput: seconds(self.ok),
            goodput_end: good_end,
            offered_peak: self.overload.peak(),
            offered_end: served(offered_end),
            recovery_ms: self.recovery.recovered_us().map(|us| us as i64),
            amplification: served(millionths(self.offered * 100, calls)),
            attempts: served(branch(flow::ATTEMPTS)),
            retries: served(branch(flow::RETRIES)),
            attempts_p99: served(self.attempts_p99()),
            timed_out: served(branch(flow::TIMED_OUT)),
            refused: served(branch(flow::REFUSED)),
            denied: served(branch(flow::GAVE_UP + 3)),
            requests: served(count(self.offered)),
            wasted: served(count(self.wasted)),
            duplicates: served(count(self.duplicates)),
            expired: served(Some(self.expired)),
            queue_peak: served(Some(self.queue_peak)),
            herd_1: served(count(self.herds[0].most())),
            herd_2: served(count(self.herds[1].most())),
            herd_3: served(count(self.herds[2].most())),
            call_p50_ms: self.call_us.quantile(500_000),
            call_p99_ms: self.call_us.quantile(990_000),
            time_ms: (self.last_us > 0).then_some(self.last_us as i64),
        }
    }

    /// The run's charts.
    pub fn series(&mut self, ended_us: u64) -> Vec<Series> {
        let params = &self.config.params;
        let (full, trouble) = (i64::from(params.capacity), self.config.trouble);
        let capacity = |at_us| full * trouble.map_or(1_000, |span| span.capacity_permille(at_us)) / 1_000_000_000;
        self.bins.series(ended_us, params.workers, capacity)
    }

    /// The lights, in the order of the lab's promises.
    pub fn verdicts(&self) -> Vec<Verdict> {
        vec![self.recovery.verdict(), self.overload.verdict(), self.once.verdict()]
    }
}

impl Observer<Speech> for Meter {
    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        self.overload.pass(mark);
        match seen {
            Seen::Send { from, msg, op, .. } => self.sent(mark, from, msg, op),
            Seen::Deliver { to, msg, op, .. } => self.delivered(mark, to, msg, op),
            Seen::Timer { node, name } => self.timer(mark, node, name),
            Seen::Fact { node, key, value } => self.fact(mark, node, key.name, value),
            Seen::Invoke { op, key, .. } => {
                assert_eq!(self.ops.len(), op.0 as usize, "operations are numbered as they are invoked");
                let (began_us, sent_us, client, serial) = (mark.at_us, mark.at_us, key.client, 0);
                self.ops.push(Op { began_us, client, serial, executed: NONE, executed_as: 0, attempts: 0, standing: Standing::Nowhere, sent_us, repeated: 0 });
                self.open[key.client.index()].push((key.number, op));
                self.bins.flow(mark.at_us, flow::CALLS);
            }
            Seen::Return { op, key, response } => self.returned(mark, key, op, response),
            Seen::Crash(node) => { self.turn(mark, |all| all.crashed(mark, node)); self.crashed(mark.at_us, node) }
            Seen::Act(act) => self.turn(mark, |all| all.act(mark, act)),
            Seen::Lose { .. } | Seen::Boot(_) | Seen::Abandon { .. } => {}
        }
    }

    fn weight(&self) -> u64 {
        // Each with its place among the open calls of its client.
        68 * self.ops.len() as u64 + self.disturbances.weight()
    }

    fn done(&self) -> bool {
        self.contending.as_ref().is_some_and(|done| done.len() >= self.config.params.clients as usize)
    }
}
