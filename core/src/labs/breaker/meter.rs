//! Watches a run: counts, measures, and feeds the promises.

use super::meta::{Figures, fact};
use super::bins::Bins;
use super::laws::{Healthy, Legal, Spared};
use super::message::{Ending, Msg, Response, Speech};
use super::params::{Switch, Trouble};
use super::config::Config;
use crate::cast::{NodeId, Sort};
use crate::lab::{Verdict, millionths};
use crate::sim::{Observer, OpId, Seen};
use crate::stats::{Sample, Series};
use crate::trace::{Fact, FactKey, Mark, World};
use crate::sorted::Map;

/// How finely a fleet's trial calls are counted.
const PROBE_US: u64 = 10_000;

/// Counts and measures of a run.
pub struct Meter {
    config: Config,
    target: Option<usize>,
    bins: Bins,
    healthy: Healthy,
    spared: Spared,
    legal: Legal,
    began_us: Vec<u64>,
    /// Requests that ended well, by a fallback, too late, and not at all well.
    ended: [u64; 4],
    results: [u64; Ending::ALL.len()],
    request_us: Sample,
    healthy_us: Sample,
    /// Calls to the healthy that went well while another was bad.
    healthy_ok: u64,
    /// State of each breaker that has reported one, and the last levels of pools and dependencies.
    states: Map<(NodeId, u16), &'static str>,
    levels: Map<(NodeId, FactKey), i64>,
    bad: bool,
    /// Since when it has been bad, and for how long it was before.
    bad_since_us: u64,
    bad_us: u64,
    well_us: Option<u64>,
    closed_us: Option<u64>,
    /// Breakers of the bad dependency that are not closed.
    not_closed: u32,
    opened: u64,
    first_open: bool,
    bad_calls: u64,
    before_open: u64,
    while_open: u64,
    probe: (u64, u64),
    probe_peak: u64,
    /// The last record that was seen.
    last: u32,
}

impl Meter {
    /// A meter for a run of this length.
    pub fn new(config: &Config, horizon_us: u64) -> Meter {
        let params = &config.params;
        Meter {
            config: config.clone(),
            target: params.bad_dependency(),
            bins: Bins::new(horizon_us),
            healthy: Healthy::new(params.healthy_limit),
            spared: Spared::new(u64::from(params.open_calls_limit)),
            legal: Legal::new(),
            began_us: Vec::new(),
            ended: [0; 4],
            results: [0; Ending::ALL.len()],
            request_us: Sample::default(),
            healthy_us: Sample::default(),
            healthy_ok: 0,
            states: Map::new(),
            levels: Map::new(),
            bad: false,
            bad_since_us: 0,
            bad_us: 0,
            well_us: None,
            closed_us: None,
            not_closed: 0,
            opened: 0,
            first_open: false,
            bad_calls: 0,
            before_open: 0,
            while_open: 0,
            probe: (0, 0),
            probe_peak: 0,
            last: 0,
        }
    }

    fn sent(&mut self, mark: Mark, from: NodeId, to: NodeId, msg: &Msg) {
        let Msg::Call { shard, .. } = msg else { return };
        let dependency = to.index();
        self.bins.sent(mark.at_us, dependency);
        if self.target != Some(dependency) {
            return;
        }
        let index = self.config.params.breaker_of(dependency, *shard) as u16;
        let state = self.states.get(&(from, index)).copied();
        if state == Some("half-open") {
            let bin = mark.at_us / PROBE_US;
            self.probe = if self.probe.0 == bin { (bin, self.probe.1 + 1) } else { (bin, 1) };
            self.probe_peak = self.probe_peak.max(self.probe.1);
        }
        // Where one shard is down, its healthy neighbours need not be spared.
        let strikes = self.config.params.trouble != Trouble::Shard || *shard == 0;
        if self.bad && strikes {
            self.bad_calls += 1;
            self.spared.call(mark);
            self.while_open += u64::from(state.is_some_and(|state| state != "closed"));
            self.before_open += u64::from(!self.first_open);
        }
    }

    fn returned(&mut self, mark: Mark, op: OpId, response: &Response) {
        let took_us = mark.at_us - self.began_us[op.0 as usize];
        let place = match response {
            Response::Done => 0,
            Response::Degraded => 1,
            Response::Late => 2,
            Response::Failed(_) => 3,
        };
        self.ended[place] += 1;
        self.bins.ended(mark.at_us, place, took_us);
        self.request_us.add(took_us as i64);
    }

    fn result(&mut self, mark: Mark, caller: NodeId, key: u16, took_us: u64) {
        let (dependency, result) = (usize::from(key / 8), Ending::ALL[usize::from(key % 8)]);
        self.results[result as usize] += 1;
        self.bins.result(mark.at_us, dependency, result, took_us);
        if self.target != Some(dependency) {
            if matches!(result, Ending::Done | Ending::TimedOut) {
                self.healthy_us.add(took_us as i64);
            }
            self.healthy_ok += u64::from(self.bad && result == Ending::Done);
            // A fact stands at the record of what is being handled; the request that it is about may have been asked since.
            let mark = Mark { record: mark.record.max(self.last), ..mark };
            self.healthy.result(mark, (caller, dependency), result, took_us);
        }
    }

    fn state(&mut self, mark: Mark, node: NodeId, index: u16, to: &'static str) {
        let Some(from) = self.states.insert((node, index), to) else { return };
        self.legal.transition(mark, from, to);
        if to == "open" {
            self.opened += 1;
            self.first_open = true;
        }
        let by = i64::from(to == "open") - i64::from(from == "open");
        self.bins.open(mark.at_us, by);
        if self.target != Some(self.config.params.dependency_of(index)) {
            return;
        }
        match (from, to) {
            ("closed", _) => self.not_closed += 1,
            (_, "closed") => {
                self.not_closed -= 1;
                self.closed_us = Some(mark.at_us);
            }
            _ => {}
        }
    }

    /// By how much a level has changed.
    fn level(&mut self, node: NodeId, key: FactKey, value: i64) -> i64 {
        value - self.levels.insert((node, key), value).unwrap_or(0)
    }

    fn fact(&mut self, mark: Mark, node: NodeId, key: FactKey, value: &Fact) {
        let value = match value {
            Fact::Word(state) if key.name == fact::STATE => return self.state(mark, node, key.index, state),
            Fact::Int(value) => *value,
            _ => return,
        };
        let at_us = mark.at_us;
        match key.name {
            fact::RESULT => self.result(mark, node, key.index, value as u64),
            fact::THREADS => {
                let by = self.level(node, key, value);
                self.bins.pools(at_us, by, 0);
            }
            fact::WAITING => {
                let by = self.level(node, key, value);
                self.bins.pools(at_us, 0, by);
            }
            fact::QUEUE => {
                let by = self.level(node, key, value);
                self.bins.dependency(at_us, node.index(), by, 0);
            }
            fact::BUSY => {
                let by = self.level(node, key, value);
                self.bins.dependency(at_us, node.index(), 0, by);
            }
            fact::BAD => {
                if self.bad {
                    self.bad_us += at_us - self.bad_since_us;
                }
                (self.bad, self.bad_since_us) = (value != 0, at_us);
                self.bins.turn(at_us, self.bad);
                self.spared.turn(mark, self.bad);
                if self.bad {
                    self.healthy.trouble(mark);
                    self.well_us = None;
                } else {
                    self.well_us = Some(at_us);
                }
            }
            _ => {}
        }
    }

    /// How long after the bad dependency was well the last of its breakers closed; none if none has closed since, or one is not closed yet.
    fn reclosed_us(&self) -> Option<i64> {
        let (well_us, closed_us) = (self.well_us?, self.closed_us?);
        (self.not_closed == 0 && closed_us >= well_us).then(|| (closed_us - well_us) as i64)
    }

    /// The run's figures.
    pub fn figures(&self, ended_us: u64) -> Figures {
        let count = |n: u64| Some(n as i64);
        let result = |result: Ending| count(self.results[result as usize]);
        let ended: u64 = self.ended.iter().sum();
        let good = self.ended[0] + self.ended[1];
        Figures {
            requests: count(self.began_us.len() as u64),
            ok: count(good),
            degraded: count(self.ended[1]),
            late: count(self.ended[2]),
            failed: count(self.ended[3]),
            success_permille: millionths(good * 1_000, ended),
            calls: count(self.results.iter().sum::<u64>() - self.results[Ending::NoTime as usize]),
            calls_failed: result(Ending::Failed),
            short_circuited: result(Ending::ShortCircuited),
            rejected: result(Ending::Rejected),
            timed_out: result(Ending::TimedOut),
            bad_requests: result(Ending::Bad),
            request_p99_ms: self.request_us.quantile(990_000),
            healthy_p99_ms: self.healthy_us.quantile(990_000),
            bad_calls: count(self.bad_calls),
            bad_calls_before_open: count(self.before_open),
            bad_calls_while_open: count(self.while_open),
            bad_calls_peak: count(self.spared.peak()),
            opened: count(self.opened),
            probe_peak: count(self.probe_peak),
            reclosed_ms: self.reclosed_us(),
            bad_ms: count(self.bad_us + if self.bad { ended_us - self.bad_since_us } else { 0 }),
            healthy_ok: count(self.healthy_ok),
        }
    }

    /// The run's charts.
    pub fn series(&mut self, ended_us: u64) -> Vec<Series> {
        let params = &self.config.params;
        let (target, sizes) = (self.target, (params.workers, params.all_threads()));
        self.bins.series(ended_us, sizes, |dependency, bad| params.capacity(bad && target == Some(dependency)))
    }

    /// The lights, in the order of the lab's promises.
    pub fn verdicts(&self) -> Vec<Verdict> {
        debug_assert!(self.config.params.breaker == Switch::On || self.states.is_empty());
        vec![self.healthy.verdict(), self.spared.verdict(), self.legal.verdict()]
    }
}

impl Observer<Speech> for Meter {
    fn weight(&self) -> u64 {
        8 * self.began_us.len() as u64
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        self.last = self.last.max(mark.record);
        match seen {
            Seen::Send { from, to, msg, .. } => self.sent(mark, from, to, msg),
            Seen::Fact { node, key, value } => self.fact(mark, node, key, value),
            Seen::Invoke { op, .. } => {
                assert_eq!(self.began_us.len(), op.0 as usize, "operations are numbered as they are invoked");
                self.began_us.push(mark.at_us);
            }
            Seen::Return { op, response, .. } => self.returned(mark, op, response),
            Seen::Act(act) => self.healthy.act(mark, act, &self.config.cast),
            Seen::Crash(node) => {
                self.healthy.crashed(mark, node, &self.config.cast);
                // Its breakers, pools and queues are gone; when it boots they are closed, free and empty.
                if self.config.cast.sort(node).0 == Sort::Coordinator {
                    let mine = |place: &(NodeId, u16)| place.0 == node;
                    let its = |index: u16| self.target == Some(self.config.params.dependency_of(index));
                    let count = |is: &dyn Fn(u16, &str) -> bool| self.states.iter().filter(|(p, s)| mine(p) && is(p.1, s)).count();
                    let open = count(&|_, state| state == "open");
                    self.not_closed -= count(&|index, state| its(index) && state != "closed") as u32;
                    self.bins.open(mark.at_us, -(open as i64));
                    self.states.retain(|place, _| !mine(place));
                }
                let gone: Vec<FactKey> = self.levels.keys().filter(|(n, _)| *n == node).map(|(_, k)| *k).collect();
                for key in gone {
                    self.fact(mark, node, key, &Fact::Int(0));
                }
            }
            _ => {}
        }
    }
}
