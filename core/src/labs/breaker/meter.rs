//! Watches a run: what only this lab measures, and its promises.

use super::config::{HOPS, SERVICE};
use super::meta::Figures;
use super::params::Params;
use crate::cast::NodeId;
use crate::kits::graph::{Config, Count, Ending, Healthy, HopId, Ledger, Legal, Mark, Own, Spared, Speech};
use crate::lab::{Verdict, millionths};
use crate::outcome::Tally;
use crate::parts::breaker::State;
use crate::sim::{OpId, Seen};
use crate::stats::Sample;
use crate::trace::{self, World};

/// How finely a fleet's trial calls are counted.
const PROBE_US: u64 = 10_000;

/// Counts and measures of a run.
pub struct Meter {
    config: Config,
    /// The hop to what goes bad, if anything does.
    target: Option<HopId>,
    healthy: Healthy,
    spared: Spared,
    legal: Legal,
    request_us: Sample,
    healthy_us: Sample,
    /// Calls to the healthy that went well while another was bad.
    healthy_ok: u64,
    /// Since when it is bad, and for how long it was before.
    bad_since_us: Option<u64>,
    bad_us: u64,
    well_us: Option<u64>,
    closed_us: Option<u64>,
    /// How many breakers before it are not closed, by node.
    not_closed: Vec<u16>,
    opened: u64,
    bad_calls: u64,
    before_open: u64,
    while_open: u64,
    probe: (u64, u64),
    probe_peak: u64,
}

impl Meter {
    /// A meter for a run.
    pub fn new(params: &Params, config: &Config) -> Meter {
        let goes_bad = !config.graph.troubles.is_empty();
        Meter {
            target: goes_bad.then(|| HOPS[params.target as usize]),
            healthy: Healthy::new(params.healthy_limit, config),
            spared: Spared::new(u64::from(params.open_calls_limit), config),
            legal: Legal::new(),
            request_us: Sample::default(),
            healthy_us: Sample::default(),
            healthy_ok: 0,
            bad_since_us: None,
            bad_us: 0,
            well_us: None,
            closed_us: None,
            not_closed: vec![0; config.cast.len()],
            opened: 0,
            bad_calls: 0,
            before_open: 0,
            while_open: 0,
            probe: (0, 0),
            probe_peak: 0,
            config: config.clone(),
        }
    }

    /// A call goes out to what is bad, or will be or was, past a breaker in this state.
    fn sent(&mut self, at_us: u64, strikes: bool, state: Option<State>) {
        if state == Some(State::HalfOpen) {
            let bin = at_us / PROBE_US;
            self.probe = if self.probe.0 == bin { (bin, self.probe.1 + 1) } else { (bin, 1) };
            self.probe_peak = self.probe_peak.max(self.probe.1);
        }
        if strikes {
            self.bad_calls += 1;
            self.while_open += u64::from(state.is_some_and(|state| state != State::Closed));
            self.before_open += u64::from(self.opened == 0);
        }
    }

    /// A breaker goes from a state to another.
    fn gate(&mut self, at_us: u64, (node, index): (NodeId, u16), from: State, to: State) {
        self.opened += u64::from(to == State::Open);
        if !self.target.is_some_and(|hop| self.config.gates(hop).contains(&index)) {
            return;
        }
        let not_closed = &mut self.not_closed[node.index()];
        if from == State::Closed {
            *not_closed += 1;
        } else if to == State::Closed {
            *not_closed -= 1;
            self.closed_us = Some(at_us);
        }
    }

    /// The bad dependency goes bad, or is well again.
    fn trouble(&mut self, at_us: u64, on: bool) {
        self.bad_us += self.bad_since_us.map_or(0, |since_us| at_us - since_us);
        self.bad_since_us = on.then_some(at_us);
        self.well_us = (!on).then_some(at_us);
    }

    /// How long after the bad dependency was well the last of its breakers closed; none if none has closed since, or one is not closed yet.
    fn reclosed_us(&self) -> Option<i64> {
        let (well_us, closed_us) = (self.well_us?, self.closed_us?);
        let all = self.not_closed.iter().all(|not_closed| *not_closed == 0);
        (all && closed_us >= well_us).then(|| (closed_us - well_us) as i64)
    }
}

impl Own for Meter {
    fn mark(&mut self, at: trace::Mark, node: NodeId, _: Option<OpId>, mark: Mark, books: &mut Ledger) {
        match mark {
            Mark::TryOver { hop, how, took_us } if self.healthy.is_of(hop) => {
                self.healthy.mark(at, node, mark);
                if matches!(how, Ending::Done | Ending::TimedOut) {
                    self.healthy_us.add(took_us as i64);
                }
                self.healthy_ok += u64::from(self.bad_since_us.is_some() && how == Ending::Done);
            }
            Mark::Left { tier: SERVICE, held_us, .. } => self.request_us.add(held_us as i64),
            Mark::Sent { hop, instance, key } if self.target == Some(hop) => {
                let gate = self.config.gate(hop, instance, key);
                let state = gate.and_then(|index| books.gate_of(node, index));
                self.sent(at.at_us, self.spared.strikes(mark), state);
                self.spared.mark(at, mark);
            }
            Mark::Gate { index, from: Some(from), to } => {
                self.legal.mark(at, mark);
                self.gate(at.at_us, (node, index), from, to);
            }
            Mark::Trouble { on } => {
                self.healthy.mark(at, node, mark);
                self.spared.mark(at, mark);
                self.trouble(at.at_us, on);
            }
            _ => {}
        }
    }

    fn see(&mut self, at: trace::Mark, seen: &Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Act(act) => self.healthy.act(at, act),
            Seen::Crash(node) => {
                self.healthy.crashed(at, *node);
                // Its breakers are gone; when it boots they are closed.
                self.not_closed[node.index()] = 0;
            }
            _ => {}
        }
    }

    fn figures(&mut self, books: &Ledger, ended: trace::Mark) -> Vec<Tally> {
        let count = |n: u64| Some(n as i64);
        let ways = |ways: &[Ending]| {
            HOPS.iter()
                .flat_map(|hop| ways.iter().map(|how| books.total(Count::TryOver(*hop, *how))))
                .sum::<u64>()
        };
        let ended_so = |how: Ending| books.total(Count::Left(SERVICE, how));
        let (degraded, late) = (ended_so(Ending::Degraded), ended_so(Ending::Late));
        let (good, failed) =
            (ended_so(Ending::Done) + degraded, ended_so(Ending::Failed) + ended_so(Ending::Bad));
        let came_to = [Ending::Done, Ending::Failed, Ending::Refused, Ending::TimedOut, Ending::Bad];
        let kept = [Ending::ShortCircuited, Ending::Rejected];
        let figures = Figures {
            requests: count(books.total(Count::First(SERVICE))),
            ok: count(good),
            degraded: count(degraded),
            late: count(late),
            failed: count(failed),
            success_permille: millionths(good * 1_000, good + late + failed),
            calls: count(ways(&came_to) + ways(&kept)),
            calls_failed: count(ways(&[Ending::Failed, Ending::Refused])),
            short_circuited: count(ways(&kept[..1])),
            rejected: count(ways(&kept[1..])),
            timed_out: count(ways(&[Ending::TimedOut])),
            bad_requests: count(ways(&[Ending::Bad])),
            request_p99_ms: self.request_us.quantile(990_000),
            healthy_p99_ms: self.healthy_us.quantile(990_000),
            bad_calls: count(self.bad_calls),
            bad_calls_before_open: count(self.before_open),
            bad_calls_while_open: count(self.while_open),
            bad_calls_peak: count(self.spared.peak()),
            opened: count(self.opened),
            probe_peak: count(self.probe_peak),
            reclosed_ms: self.reclosed_us(),
            bad_ms: count(self.bad_us + self.bad_since_us.map_or(0, |since_us| ended.at_us - since_us)),
            healthy_ok: count(self.healthy_ok),
        };
        figures.tallies()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        vec![self.healthy.verdict(), self.spared.verdict(), self.legal.verdict()]
    }
}
