//! Watches a run: counts, measures, and feeds the promises.

use super::bins::{Bins, flow};
use super::laws::{Once, Overload, Recovery};
use super::message::{GaveUp, Msg, Reply, Response};
use super::params::Load;
use super::protocol::{Config, Node, Timer, fact};
use crate::acts::Act;
use crate::cast::{NodeId, Sort};
use crate::lab::{Tally, Verdict};
use crate::sim::{Observer, OpId, Seen};
use crate::stats::{Sample, Series};
use crate::trace::{Fact, Mark, NONE};

/// What is known of an operation.
#[derive(Clone, Copy, Debug)]
struct Op {
    began_us: u64,
    /// The record of its first execution, or [`NONE`].
    executed: u32,
    attempts: u16,
}

/// How finely herds are counted.
const HERD_US: u64 = 10_000;
/// First, second and third retries are counted apart.
const HERDS: usize = 3;

/// The most retries of one ordinal that reached the server within one bin.
#[derive(Clone, Copy, Debug, Default)]
struct Herd {
    bin: u64,
    count: u64,
    most: u64,
}

impl Herd {
    fn add(&mut self, at_us: u64) {
        let bin = at_us / HERD_US;
        if bin != self.bin {
            (self.bin, self.count) = (bin, 0);
        }
        self.count += 1;
        self.most = self.most.max(self.count);
    }
}

/// Counts and measures of a run.
pub struct Meter {
    config: Config,
    last: NodeId,
    /// How many clients are done, in a run that ends with the last of them.
    contending: Option<u32>,
    bins: Bins,
    recovery: Recovery,
    overload: Overload,
    once: Once,
    ops: Vec<Op>,
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
            contending: (params.load == Load::Contention).then_some(0),
            bins: Bins::new(horizon_us),
            recovery: Recovery::new(params.recovery_limit),
            overload: Overload::new(params.capacity, params.overload_limit),
            once: Once::new(),
            ops: Vec::new(),
            attempts: Vec::new(),
            call_us: Sample::default(),
            herds: [Herd::default(); HERDS],
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
            Msg::Call { again, .. } if self.is_client(from) => {
                if let Some(op) = op.and_then(|op| self.ops.get_mut(op.0 as usize)) {
                    op.attempts = op.attempts.saturating_add(1);
                }
                self.bins.flow(mark.at_us, flow::ATTEMPTS);
                if *again {
                    self.bins.flow(mark.at_us, flow::RETRIES);
                }
            }
            Msg::Answer { reply: Reply::Done, .. } if from == self.last => {
                let Some(op) = op.and_then(|op| self.ops.get_mut(op.0 as usize)) else { return };
                if op.executed == NONE {
                    op.executed = mark.record;
                } else {
                    self.duplicates += 1;
                    self.once.again(op.executed, mark);
                }
            }
            Msg::Write(_) => self.writes += 1,
            _ => {}
        }
    }

    fn delivered(&mut self, mark: Mark, to: NodeId, msg: &Msg, op: Option<OpId>) {
        match msg {
            Msg::Call { again, .. } if to == self.last => {
                self.offered += 1;
                self.bins.offered(mark.at_us, *again);
                self.overload.offered(mark);
                let retry = op.and_then(|op| self.ops.get(op.0 as usize)).map_or(0, |op| op.attempts);
                if *again && let Some(herd) = self.herds.get_mut(usize::from(retry).wrapping_sub(2)) {
                    herd.add(mark.at_us);
                }
            }
            Msg::Answer { reply, .. } if self.is_client(to) => {
                let failure = match reply {
                    Reply::Done | Reply::Known | Reply::Bad => return,
                    Reply::Error => (flow::ERRORS, "an attempt fails"),
                    Reply::Refused { .. } => (flow::REFUSED, "an attempt is refused"),
                };
                self.bins.flow(mark.at_us, failure.0);
                self.bins.failed(mark.at_us);
                self.recovery.attempt(mark, Some(failure.1));
            }
            _ => {}
        }
    }

    fn returned(&mut self, mark: Mark, op: OpId, response: &Response) {
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
                self.recovery.attempt(mark, None);
                self.contending = self.contending.map(|done| done + 1);
            }
            Response::Failed { why, .. } => {
                self.failed += 1;
                let branch = GaveUp::ALL.iter().position(|w| w == why).expect("all are listed");
                self.bins.flow(mark.at_us, flow::GAVE_UP + branch);
            }
        }
    }

    fn timer(&mut self, mark: Mark, node: NodeId, name: &Timer) {
        match name {
            Timer::Timeout(_) if self.is_client(node) => {
                self.bins.flow(mark.at_us, flow::TIMED_OUT);
                self.bins.failed(mark.at_us);
                self.recovery.attempt(mark, Some("an attempt times out: its answer comes too late, or never"));
            }
            Timer::TroubleBegins => {
                let until_us = self.config.trouble.map(|span| span.to_us);
                self.recovery.strike(mark, until_us, "The server is in trouble");
            }
            Timer::TroubleEnds => self.recovery.over(mark),
            _ => {}
        }
    }

    /// What a reader does to the system is trouble too.
    fn act(&mut self, mark: Mark, act: &Act) {
        match act {
            Act::Pause { time, .. } => {
                self.recovery.strike(mark, Some(mark.at_us.saturating_add(time.0)), "A node is paused");
            }
            Act::Crash { .. } | Act::Wipe { .. } => self.recovery.strike(mark, None, "A node is down"),
            Act::Cut { .. } | Act::CutOneWay { .. } => self.recovery.strike(mark, None, "A link is cut"),
            Act::Slow { factor, .. } if factor.0 > 1 => self.recovery.strike(mark, None, "A node is slow"),
            Act::Slow { .. } | Act::Heal { .. } | Act::Start { .. } => self.recovery.over(mark),
            _ => {}
        }
    }

    fn fact(&mut self, mark: Mark, name: u8, value: &Fact) {
        let Fact::Int(value) = value else { return };
        match name {
            fact::QUEUE => {
                self.queue_peak = self.queue_peak.max(*value);
                self.bins.queue(mark.at_us, *value as u32);
            }
            fact::BUSY => self.bins.busy(mark.at_us, *value as u32),
            fact::LATE => {
                self.wasted += 1;
                self.bins.wasted(mark.at_us);
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
        let place = self.attempts.iter().position(|count| {
            up_to += count;
            up_to >= rank
        });
        place.filter(|_| total > 0).map(|attempts| attempts as i64)
    }

    /// Ends the watch, and gives the run's figures in the order of the lab's tallies.
    pub fn tallies(&mut self, ended: Mark) -> Vec<Tally> {
        self.recovery.pass(ended);
        let count = |n: u64| Some(n as i64);
        let branch = |branch: usize| Some(i64::from(self.bins.taken(branch)));
        let (good_end, offered_end) = self.bins.at_the_end(ended.at_us);
        let calls = if self.contending.is_some() { self.writes } else { self.ops.len() as u64 };
        let seconds = |n: u64| (n * 1_000_000).checked_div(ended.at_us).map(|rate| rate as i64);
        let values = [
            ("calls", count(calls)),
            ("ok", count(self.ok)),
            ("failed", count(self.failed)),
            ("goodput", seconds(self.ok)),
            ("goodput_end", Some(good_end)),
            ("offered_peak", count(self.overload.peak())),
            ("offered_end", Some(offered_end)),
            ("recovery_ms", self.recovery.recovered_us().map(|us| us as i64)),
            ("amplification", (self.offered * 100).checked_div(calls).map(|percent| percent as i64)),
            ("attempts", branch(flow::ATTEMPTS)),
            ("retries", branch(flow::RETRIES)),
            ("attempts_p99", self.attempts_p99()),
            ("timed_out", branch(flow::TIMED_OUT)),
            ("refused", branch(flow::REFUSED)),
            ("denied", branch(flow::GAVE_UP + 3)),
            ("requests", count(self.offered)),
            ("wasted", count(self.wasted)),
            ("duplicates", count(self.duplicates)),
            ("expired", Some(self.expired)),
            ("queue_peak", Some(self.queue_peak)),
            ("herd_1", count(self.herds[0].most)),
            ("herd_2", count(self.herds[1].most)),
            ("herd_3", count(self.herds[2].most)),
            ("call_p50_ms", self.call_us.quantile(500_000)),
            ("call_p99_ms", self.call_us.quantile(990_000)),
            ("time_ms", (self.last_us > 0).then_some(self.last_us as i64)),
        ];
        values.into_iter().map(|(name, value)| Tally { name, value }).collect()
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

impl Observer<Node> for Meter {
    fn see(&mut self, mark: Mark, seen: Seen<'_, Node>) {
        match seen {
            Seen::Send { from, msg, op, .. } => self.sent(mark, from, msg, op),
            Seen::Deliver { to, msg, op, .. } => self.delivered(mark, to, msg, op),
            Seen::Timer { node, name } => self.timer(mark, node, name),
            Seen::Fact { key, value, .. } => self.fact(mark, key.name, value),
            Seen::Invoke { op, .. } => {
                assert_eq!(self.ops.len(), op.0 as usize, "operations are numbered as they are invoked");
                self.ops.push(Op { began_us: mark.at_us, executed: NONE, attempts: 0 });
                self.bins.flow(mark.at_us, flow::CALLS);
            }
            Seen::Return { op, response, .. } => self.returned(mark, op, response),
            Seen::Act(act) => self.act(mark, act),
            Seen::Lose { .. } | Seen::Boot(_) | Seen::Crash(_) | Seen::Abandon { .. } => {}
        }
    }

    fn done(&self) -> bool {
        self.contending.is_some_and(|done| done >= self.config.params.clients)
    }
}
