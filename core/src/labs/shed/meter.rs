//! Watches a run: what only this lab measures, and the promises.

use super::config::Config;
use super::laws::{Bounded, Critical, Levelled};
use super::meta::Figures;
use super::params::{By, CRITICAL, Load};
use crate::cast::NodeId;
use crate::kits::graph::{
    self, Count, Disturbed, Ending, Floor, Ledger, Level, LevelOf, Own, Speech, Swept, TierId, Usual,
};
use crate::lab::{Verdict, millionths};
use crate::outcome::Tally;
use crate::params::format_decimal;
use crate::sim::{OpId, Seen};
use crate::stats::Sample;
use crate::trace::{Mark, World};

/// Goodput is to be at least this share of what is possible, in hundredths.
const FLOOR_PERCENT: u64 = 80;

/// Measures of a run.
pub struct Meter {
    config: Config,
    front: TierId,
    disturbed: Disturbed,
    floor: Floor,
    critical: Critical,
    bounded: Bounded,
    level: Levelled,
    /// When each call began, and whether it is critical.
    calls: Vec<(u64, bool)>,
    /// How long those waited that were begun.
    waits: Sample,
    /// Critical calls that were answered in time, all of them that ended, and the others that were answered.
    ok: [u64; 3],
    /// Nodes that take requests.
    ready: Vec<bool>,
}

impl Meter {
    /// A meter for a run.
    pub fn new(config: &Config) -> Meter {
        let (params, cast) = (&config.params, config.graph.cast);
        let hop = &config.graph.graph.hops[usize::from(Config::CALLS.0)];
        let waits_us = hop.again.backoff.total_us(params.attempts - 1);
        let ends_us = params.patience.saturating_mul(params.attempts.into()).saturating_add(waits_us);
        let floor = Floor::new(params.capacity.into(), ends_us, FLOOR_PERCENT);
        let over = params.load == Load::Step;
        let mut ready = vec![false; cast.len()];
        ready[..params.instances as usize].fill(true);
        Meter {
            front: config.front(),
            disturbed: Disturbed::new(cast, params.recovery_limit, usual(config)),
            bounded: Bounded::new(floor.span_us()),
            floor,
            critical: Critical::new(params.critical > 0),
            level: Levelled::new(
                params.level_limit,
                if over { "calls began to come more often" } else { "the burst was over" },
            ),
            calls: Vec::new(),
            waits: Sample::default(),
            ok: [0; 3],
            ready,
            config: config.clone(),
        }
    }

    fn call_over(&mut self, at: Mark, op: Option<OpId>, how: Ending) {
        let Some((began_us, is_critical)) = op.and_then(|op| self.calls.get(op.0 as usize).copied()) else {
            return;
        };
        let good = matches!(how, Ending::Done | Ending::Known);
        let failure = match how {
            _ if good => None,
            Ending::Refused => Some("a call is refused"),
            Ending::TimedOut => Some("a call times out: its answer comes too late, or never"),
            Ending::ShortCircuited => Some("a call is kept back"),
            _ => Some("a call fails"),
        };
        self.disturbed.attempt(at, failure);
        self.bounded.ended(at, how);
        if good {
            self.floor.good(at, began_us);
        } else if is_critical {
            self.critical.failed(at, how, (began_us, began_us.saturating_add(self.config.params.patience)));
        }
        if at.at_us >= self.config.params.from {
            let counts = if is_critical { [good, true, false] } else { [false, false, good] };
            self.ok.iter_mut().zip(counts).for_each(|(sum, one)| *sum += u64::from(one));
        }
    }

    /// The burst begins or ends.
    fn trouble(&mut self, at: Mark, on: bool) {
        if let Some(spell) = self.config.more() {
            self.disturbed.trouble(at, spell, on, None);
        }
        if on == (self.config.params.load == Load::Step) {
            self.level.begin(at);
        }
    }

    /// An instance takes requests, or none any more.
    fn readiness(&mut self, at: Mark, node: NodeId, ready: bool) {
        if node.index() < self.config.params.most() as usize {
            self.ready[node.index()] = ready;
            let many = self.ready.iter().filter(|ready| **ready).count() as u64;
            self.floor.able(at, many * self.config.params.each());
        }
    }

    fn pass(&mut self, at: Mark) {
        self.floor.pass(at, self.disturbed.by());
        self.bounded.pass(at);
        self.level.pass(at);
    }
}

impl Own for Meter {
    fn mark(&mut self, at: Mark, node: NodeId, op: Option<OpId>, mark: graph::Mark, _: &mut Ledger) {
        match mark {
            graph::Mark::CallOver { hop: Config::CALLS, how, .. } => self.call_over(at, op, how),
            graph::Mark::Began { tier, waited_us } if tier == self.front => {
                if at.at_us >= self.config.params.from {
                    self.waits.add(waited_us as i64);
                }
                if op.and_then(|op| self.calls.get(op.0 as usize)).is_some_and(|(_, critical)| !critical) {
                    self.critical.begun(at);
                }
            }
            graph::Mark::Level { tier, what: Level::Queue, now } if tier == self.front => {
                self.level.waits(at, now)
            }
            graph::Mark::Level { tier: Config::SERVICE, what: Level::Ready, now } => {
                self.readiness(at, node, now > 0)
            }
            graph::Mark::Trouble { on } => self.trouble(at, on),
            _ => {}
        }
    }

    fn see(&mut self, at: Mark, seen: &Seen<'_, Speech>, _: &World) {
        self.pass(at);
        match seen {
            Seen::Invoke { request, .. } => {
                self.calls.push((at.at_us, matches!(request, graph::Request::Call(CRITICAL))));
                self.floor.asked(at);
            }
            Seen::Crash(node) => {
                self.disturbed.crashed(at, *node);
                self.readiness(at, *node, false);
            }
            // Of those that a controller starts and stops their own marks tell.
            Seen::Boot(node) if self.config.params.scale == By::Off && at.at_us > 0 => {
                self.readiness(at, *node, true)
            }
            Seen::Act(act) => self.disturbed.act(at, act),
            _ => {}
        }
    }

    fn figures(&mut self, books: &Ledger, ended: Mark) -> Vec<Tally> {
        self.disturbed.pass(ended);
        self.pass(ended);
        let (front, calls, service) = (self.front, Config::CALLS, Config::SERVICE);
        let came = books.sum([Count::First(front), Count::Again(front)]);
        let swept = [Swept::Expired, Swept::Dropped, Swept::Shed].map(|why| Count::Swept(front, why));
        let over = Ending::ALL.map(|how| Count::CallOver(calls, how));
        let done = books.total(Count::Left(service, Ending::Done));
        let scaled = self.config.params.scale != By::Off;
        let on = LevelOf::Tier(service, Level::On);
        let minutes = books
            .mean_level(on)
            .map(|mean| (i128::from(mean) * i128::from(books.counted_us()) / 60_000_000) as i64);
        let [critical_ok, critical, others_ok] = self.ok;
        let figures = Figures {
            goodput_per_s: books
                .per_second([Ending::Done, Ending::Known].map(|how| Count::CallOver(calls, how))),
            throughput_per_s: books.per_second([Count::Left(service, Ending::Done)]),
            sent_per_s: books.per_second([Count::First(front), Count::Again(front)]),
            refused_share: millionths(books.total(Count::Turned(front)), came),
            dropped_share: millionths(books.sum(swept), came),
            wasted_share: millionths(books.total(Count::Late(calls)), done),
            wait_p99_ms: self.waits.quantile(990_000),
            critical_ok_share: millionths(critical_ok, critical),
            others_ok_per_s: millionths(others_ok * 1_000_000, books.counted_us()),
            backlog_peak: Some(books.peak(LevelOf::Tier(front, Level::Queue))),
            drained_ms: self.level.gone_us().map(|us| us as i64),
            oldest_ms: self.waits.quantile(1_000_000),
            instances_peak: scaled.then(|| books.peak(LevelOf::Tier(service, Level::Ready))),
            instance_minutes: minutes.filter(|_| scaled),
            timed_out_share: millionths(
                books.total(Count::CallOver(calls, Ending::TimedOut)),
                books.sum(over),
            ),
        };
        figures.tallies()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        vec![
            self.floor.verdict(),
            self.critical.verdict(),
            self.bounded.verdict(),
            self.disturbed.verdict(),
            self.level.verdict(),
        ]
    }

    fn weight(&self) -> u64 {
        self.disturbed.weight() + 16 * self.calls.len() as u64
    }
}

/// What is usual while nothing disturbs the service.
fn usual(config: &Config) -> Usual {
    let params = &config.params;
    let [rate, able] = [u64::from(params.rate), u64::from(params.most()) * params.each()];
    let hopeless = (rate > able).then(|| {
        let [rate, able] = [rate, able].map(|n| format_decimal(n as i64));
        format!("{rate} calls a second are more than the {able} that can be done, without any burst.")
    });
    Usual { permille: 1_000, verb: "succeed", hopeless }
}
