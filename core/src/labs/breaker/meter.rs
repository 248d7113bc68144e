//! Watches a run: the ledger of its marks, what only this lab measures, and the promises.

use super::config::Config;
use super::laws::{Healthy, Legal, Spared};
use super::message::{Ending, Msg, Speech};
use super::meta::Figures;
use super::params::{Switch, Trouble};
use super::shows::charts;
use crate::cast::NodeId;
use crate::kits::graph::{self, Count, Ledger};
use crate::lab::{Detail, Verdict, millionths};
use crate::parts::breaker::State;
use crate::sim::{Observer, Seen};
use crate::stats::{Sample, Series};
use crate::trace::{Mark, World};

/// How finely a fleet's trial calls are counted.
const PROBE_US: u64 = 10_000;

/// Counts and measures of a run.
pub struct Meter {
    config: Config,
    target: Option<usize>,
    ledger: Ledger,
    healthy: Healthy,
    spared: Spared,
    legal: Legal,
    request_us: Sample,
    healthy_us: Sample,
    /// Calls to the healthy that went well while another was bad.
    healthy_ok: u64,
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
}

impl Meter {
    /// A meter for a run of this length.
    pub fn new(config: &Config, horizon_us: u64, detail: Detail) -> Meter {
        let params = &config.params;
        let bin_us = Ledger::bin_us(detail, if horizon_us <= 120_000_000 { 100_000 } else { 1_000_000 });
        Meter {
            config: config.clone(),
            target: params.bad_dependency(),
            ledger: Ledger::new(Config::SHAPE, config.cast.len(), bin_us),
            healthy: Healthy::new(params.healthy_limit),
            spared: Spared::new(u64::from(params.open_calls_limit)),
            legal: Legal::new(),
            request_us: Sample::default(),
            healthy_us: Sample::default(),
            healthy_ok: 0,
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
        }
    }

    fn sent(&mut self, mark: Mark, from: NodeId, to: NodeId, msg: &Msg) {
        let Msg::Call { shard, .. } = msg else { return };
        let dependency = to.index();
        if self.target != Some(dependency) {
            return;
        }
        let index = self.config.params.breaker_of(dependency, *shard) as u16;
        let state = self.ledger.gate_of(from, index);
        if state == Some(State::HalfOpen) {
            let bin = mark.at_us / PROBE_US;
            self.probe = if self.probe.0 == bin { (bin, self.probe.1 + 1) } else { (bin, 1) };
            self.probe_peak = self.probe_peak.max(self.probe.1);
        }
        // Where one shard is down, its healthy neighbours need not be spared.
        let strikes = self.config.params.trouble != Trouble::Shard || *shard == 0;
        if self.bad && strikes {
            self.bad_calls += 1;
            self.spared.call(mark);
            self.while_open += u64::from(state.is_some_and(|state| state != State::Closed));
            self.before_open += u64::from(!self.first_open);
        }
    }

    /// A node tells what it does.
    fn mark(&mut self, at: Mark, node: NodeId, mark: graph::Mark) {
        match mark {
            graph::Mark::TryOver { hop, how, took_us } if self.target != Some(usize::from(hop.0)) => {
                if matches!(how, graph::Ending::Done | graph::Ending::TimedOut) {
                    self.healthy_us.add(took_us as i64);
                }
                self.healthy_ok += u64::from(self.bad && how == graph::Ending::Done);
                self.healthy.result(at, (node, usize::from(hop.0)), how, took_us);
            }
            graph::Mark::Left { tier: Config::SERVICE, held_us, .. } => self.request_us.add(held_us as i64),
            graph::Mark::Gate { index, to, .. } => self.gate(at, node, index, to),
            graph::Mark::Trouble { on } => self.trouble(at, on),
            _ => {}
        }
        self.ledger.mark(at.at_us, node, mark);
    }

    /// A breaker goes to a state.
    fn gate(&mut self, mark: Mark, node: NodeId, index: u16, to: State) {
        let Some(from) = self.ledger.gate_of(node, index) else { return };
        self.legal.transition(mark, from, to);
        if to == State::Open {
            self.opened += 1;
            self.first_open = true;
        }
        if self.target != Some(self.config.params.dependency_of(index)) {
            return;
        }
        match (from, to) {
            (State::Closed, _) => self.not_closed += 1,
            (_, State::Closed) => {
                self.not_closed -= 1;
                self.closed_us = Some(mark.at_us);
            }
            _ => {}
        }
    }

    /// The bad dependency goes bad, or is well again.
    fn trouble(&mut self, mark: Mark, bad: bool) {
        if self.bad {
            self.bad_us += mark.at_us - self.bad_since_us;
        }
        (self.bad, self.bad_since_us) = (bad, mark.at_us);
        self.spared.turn(mark, bad);
        if bad {
            self.healthy.trouble(mark);
            self.well_us = None;
        } else {
            self.well_us = Some(mark.at_us);
        }
    }

    /// A node goes down: its breakers are gone; when it boots they are closed.
    fn crashed(&mut self, mark: Mark, node: NodeId) {
        self.healthy.crashed(mark, node, &self.config.cast);
        let its = |index: u16| self.target == Some(self.config.params.dependency_of(index));
        let gone = self.ledger.gates_of(node).filter(|(index, state)| its(*index) && *state != State::Closed);
        self.not_closed -= gone.count() as u32;
        self.ledger.crashed(mark.at_us, node);
    }

    /// How long after the bad dependency was well the last of its breakers closed; none if none has closed since, or one is not closed yet.
    fn reclosed_us(&self) -> Option<i64> {
        let (well_us, closed_us) = (self.well_us?, self.closed_us?);
        (self.not_closed == 0 && closed_us >= well_us).then(|| (closed_us - well_us) as i64)
    }

    /// Ends the watch, and gives the run's figures.
    pub fn figures(&mut self, ended_us: u64) -> Figures {
        self.ledger.end(ended_us);
        let count = |n: u64| Some(n as i64);
        let total = |of: Count| self.ledger.total(of);
        let result = |how: Ending| {
            Config::hops().map(|hop| total(Count::TryOver(hop, how.told()))).iter().sum::<u64>()
        };
        let ended = |how: graph::Ending| total(Count::Left(Config::SERVICE, how));
        let (degraded, late, failed) =
            (ended(graph::Ending::Degraded), ended(graph::Ending::Late), ended(graph::Ending::Failed));
        let good = ended(graph::Ending::Done) + degraded;
        let made = Ending::ALL.iter().filter(|how| **how != Ending::NoTime);
        Figures {
            requests: count(total(Count::First(Config::SERVICE))),
            ok: count(good),
            degraded: count(degraded),
            late: count(late),
            failed: count(failed),
            success_permille: millionths(good * 1_000, good + late + failed),
            calls: count(made.map(|how| result(*how)).sum()),
            calls_failed: count(result(Ending::Failed)),
            short_circuited: count(result(Ending::ShortCircuited)),
            rejected: count(result(Ending::Rejected)),
            timed_out: count(result(Ending::TimedOut)),
            bad_requests: count(result(Ending::Bad)),
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

    /// The lights, in the order of the lab's promises.
    pub fn verdicts(&self) -> Vec<Verdict> {
        debug_assert!(self.config.params.breaker == Switch::On || self.opened == 0);
        vec![self.healthy.verdict(), self.spared.verdict(), self.legal.verdict()]
    }

    /// The run's charts, once its figures have been taken.
    pub fn series(self) -> Vec<Series> {
        charts(&self.config).0.series(self.ledger)
    }

    /// What was counted.
    #[cfg(test)]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}

impl Observer<Speech> for Meter {
    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Mark { node, mark: told, .. } => self.mark(mark, node, told),
            Seen::Send { from, to, msg, .. } => self.sent(mark, from, to, msg),
            Seen::Act(act) => self.healthy.act(mark, act, &self.config.cast),
            Seen::Crash(node) => self.crashed(mark, node),
            _ => {}
        }
    }
}
