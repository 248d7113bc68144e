//! Watches a run: measures requests while rows move and while they rest, and judges the promises.

use super::meta::{Figures, fact};
use super::lights::{Lights, tightest};
use super::message::{Msg, Response, Speech};
use super::shows::charts;
use super::plan::{Plan, Topology};
use super::config::Config;
use super::words::milliseconds;
use crate::acts::Act;
use crate::cast::{Cast, NodeId, Sort};
use crate::check::disturbances::Disturbances;
use crate::check::light::{Light, evidence};
use crate::kits::graph::{self, Count, Ending, Ledger, Level};
use crate::lab::{Detail, Evidence, State, Verdict, millionths};
use crate::sim::{Observer, OpId, Seen};
use crate::stats::{Sample, Series, SeriesRecorder};
use crate::trace::{Fact, Mark, World};
use crate::sorted::Map;
use std::collections::VecDeque;
use std::sync::Arc;

/// Points that a chart of this lab keeps at the most, a quarter of it.
const SERIES_CAP: usize = 500;
/// Answers whose 99th percentile one point of the chart shows.
const P99_WINDOW: usize = 100;

/// A request that has no answer yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    at: Mark,
    moving: bool,
    /// The server that it went to last, or that answered last.
    server: Option<NodeId>,
    /// The first of its messages that died: the record, and the server from which or to which it was.
    died: Option<(u32, NodeId)>,
}

/// The slowest request of a time when rows moved.
#[derive(Clone, Copy, Debug)]
struct Slowest {
    took_us: u64,
    request: Open,
    /// None if it has no answer when the run ends.
    answered: Option<Mark>,
}

/// Counts, measures and lights of a run.
pub struct Meter {
    plan: Arc<Plan>,
    cast: Cast,
    router: NodeId,
    open: Map<OpId, Open>,
    begun: usize,
    /// For each change that has begun the steps that led to it: what the script asked for, if it did, and the beginning.
    changes: Vec<Vec<Evidence>>,
    /// What the script has asked the router for: when, and as a step.
    asked: Vec<(u64, Evidence)>,
    disturbances: Disturbances,
    moving_since_us: Option<u64>,
    moving_us: u64,
    /// Requests asked while rows moved that have no answer yet.
    open_moving: u64,
    moving: Sample,
    rest: Sample,
    slowest: Option<Slowest>,
    recent: Recent,
    latency: SeriesRecorder,
    p99: SeriesRecorder,
    queued: SeriesRecorder,
    moved: SeriesRecorder,
    ledger: Ledger,
    last: Mark,
    lights: Lights,
}

/// What the latest answers took.
#[derive(Default)]
struct Recent {
    /// In order of time, and in order of length.
    times_us: VecDeque<i64>,
    sorted_us: Vec<i64>,
}

impl Recent {
    /// Takes in one more; 99 of 100 took at most this.
    fn p99_with(&mut self, took_us: i64) -> i64 {
        if self.times_us.len() == P99_WINDOW
            && let Some(oldest) = self.times_us.pop_front()
        {
            self.sorted_us.remove(self.sorted_us.partition_point(|us| *us < oldest));
        }
        self.times_us.push_back(took_us);
        self.sorted_us.insert(self.sorted_us.partition_point(|us| *us < took_us), took_us);
        self.sorted_us[(self.sorted_us.len() * 99).div_ceil(100) - 1]
    }
}

impl Meter {
    /// A meter for a run with this configuration and of this length.
    pub fn new(config: &Config, horizon_us: u64, detail: Detail) -> Meter {
        let plan = config.plan.clone();
        // Some eighty bins or more.
        let bin_us = match horizon_us {
            0..=10_000_000 => 50_000,
            10_000_001..=120_000_000 => 500_000,
            _ => 5_000_000,
        };
        let mut meter = Meter {
            cast: config.cast,
            router: config.router(),
            open: Map::new(),
            begun: 0,
            changes: Vec::new(),
            asked: Vec::new(),
            disturbances: Disturbances::new(config.cast),
            moving_since_us: None,
            moving_us: 0,
            open_moving: 0,
            moving: Sample::default(),
            rest: Sample::default(),
            slowest: None,
            recent: Recent::default(),
            latency: SeriesRecorder::new(SERIES_CAP),
            p99: SeriesRecorder::new(SERIES_CAP),
            queued: SeriesRecorder::new(SERIES_CAP),
            moved: SeriesRecorder::new(SERIES_CAP),
            ledger: Ledger::new(Config::SHAPE, config.cast.len(), Ledger::bin_us(detail, bin_us)),
            last: Mark::default(),
            lights: Lights::new(),
            plan,
        };
        meter.judge_topology(Mark::default(), 0);
        meter
    }

    /// The run's figures.
    pub fn figures(&self) -> Figures {
        let plan = &self.plan;
        let (before, change) = (&plan.topologies[0], plan.first_change());
        let after = change.map(|change| &plan.topologies[change.to]);
        let rows = u64::from(plan.rows.count());
        let spread = |topology: &Topology| topology.spread(&topology.keys);
        let (cv2, most) = spread(before);
        let full = tightest(plan, before);
        let of_rows = |count: u64| millionths(count, rows);
        let in_us = |sample: &Sample| sample.quantile(990_000);
        let count = |n: u64| Some(n as i64);
        let over = |how: Ending| self.ledger.total(Count::CallOver(Config::HOP, how));
        let moved = change.map_or(0, |change| change.moved);
        let copies: u64 = change.map_or(0, |change| change.pairs.values().sum());
        Figures {
            cv2: count(cv2),
            cv: count((libm::sqrt(cv2 as f64 / 1e6) * 1e6 + 0.5) as u64),
            max_over_mean: count(most),
            after_max_over_mean: after.map(|after| spread(after).1 as i64),
            load_max_over_mean: count(before.spread(&before.work).1),
            moved_share: of_rows(moved),
            moved_between_old: count(change.map_or(0, |change| change.between_old)),
            moved_mb: of_rows(copies * u64::from(plan.params.data) * u64::from(plan.params.nodes)),
            forwarded_share: of_rows(before.forwarded),
            over_bound: count(full.1.saturating_sub(full.2)),
            shards_per_query: count(before.shards),
            requests: count(self.ledger.total(Count::Called(Config::HOP)) - over(Ending::Lost)),
            answered: count(over(Ending::Done)),
            refused: count(over(Ending::Refused)),
            moving_ms: (self.begun > 0).then_some(self.moving_us as i64),
            p99_ms: in_us(&self.moving),
            rest_p99_ms: in_us(&self.rest),
        }
    }

    /// Ends the run: what is open has taken at least until now.
    pub fn end(&mut self, at_us: u64) {
        let open = std::mem::take(&mut self.open);
        for (op, asked) in &open {
            let took_us = at_us.saturating_sub(asked.at.at_us);
            self.measure(*asked, took_us, None);
            self.open.insert(*op, *asked);
        }
        if let Some(since_us) = self.moving_since_us.take() {
            self.moving_us += at_us.saturating_sub(since_us);
        }
        self.judge_p99(self.last);
        self.ledger.end(at_us);
    }

    /// Values over time, and one light for each promise, in the lab's order.
    pub fn told(self) -> (Vec<Series>, Vec<Verdict>) {
        let mut series = vec![
            self.latency.series("time of each request", "us"),
            self.p99.series("p99 of the last 100", "us"),
            self.queued.series("requests that wait", "requests"),
            self.moved.series("rows moved", "%"),
        ];
        series.extend(charts(&self.plan.params, &self.cast).0.series(self.ledger));
        let Lights { distinct, minimal, bound, one_shard, balanced, p99 } = self.lights;
        (series, [distinct, minimal, bound, one_shard, balanced, p99].map(Light::verdict).to_vec())
    }

    fn measure(&mut self, request: Open, took_us: u64, answered: Option<Mark>) {
        if !request.moving {
            return self.rest.add(took_us as i64);
        }
        self.moving.add(took_us as i64);
        if self.slowest.is_none_or(|slowest| slowest.took_us < took_us) {
            self.slowest = Some(Slowest { took_us, request, answered });
        }
    }

    /// A request has gone to a server, or comes back from there.
    fn went_to(&mut self, op: Option<OpId>, server: NodeId) {
        if let Some(request) = op.and_then(|op| self.open.get_mut(&op)) {
            request.server = Some(server);
        }
    }

    fn answer(&mut self, mark: Mark, op: OpId, response: Response) {
        let Some(asked) = self.open.remove(&op) else { return };
        self.open_moving -= u64::from(asked.moving);
        let took_us = mark.at_us.saturating_sub(asked.at.at_us);
        if response == Response::Refused {
            return;
        }
        self.measure(asked, took_us, Some(mark));
        if asked.moving && self.open_moving == 0 && self.moving_since_us.is_none() {
            self.judge_p99(mark);
        }
        self.latency.add(mark.at_us, took_us as i64);
        self.p99.add(mark.at_us, self.recent.p99_with(took_us as i64));
    }

    /// The router's change has begun or ended.
    fn turn(&mut self, mark: Mark, word: &str) {
        let plan = self.plan.clone();
        match (word, self.begun.checked_sub(1).map(|at| &plan.changes[at].1)) {
            ("moving", Some(change)) => {
                self.moving_since_us = Some(mark.at_us);
                let asked_us = plan.changes[self.begun - 1].0;
                let asked = self.asked.iter().rev().find(|(at_us, _)| *at_us == asked_us);
                let begins = evidence(mark.record, "the nodes change");
                let steps: Vec<Evidence> = asked.map(|(_, step)| step.clone()).into_iter().chain([begins]).collect();
                self.lights.judge_change(mark, change, &plan, &steps);
                self.changes.push(steps);
                self.lights.p99.say(mark, State::Unknown, "Rows are moving.");
            }
            ("moved", Some(change)) => {
                if let Some(since_us) = self.moving_since_us.take() {
                    self.moving_us += mark.at_us.saturating_sub(since_us);
                }
                self.judge_topology(mark, change.to);
                match self.open_moving {
                    0 if self.moving.count() == 0 => {
                        self.lights.p99.say(mark, State::Unknown, "No request was asked while rows moved.");
                    }
                    0 => self.judge_p99(mark),
                    _ => {
                        let why = "The rows have moved; some of the requests asked meanwhile are not answered yet.";
                        self.lights.p99.say(mark, State::Unknown, why);
                    }
                }
            }
            _ => {}
        }
    }

    fn judge_topology(&mut self, mark: Mark, topology: usize) {
        let plan = self.plan.clone();
        let change = self.changes.last().map_or(&[][..], Vec::as_slice);
        self.lights.judge_topology(mark, &plan.topologies[topology], &plan, change);
    }

    /// Judges the requests asked while rows moved, when the last of them is answered or the run ends.
    fn judge_p99(&mut self, mark: Mark) {
        let limit_us = self.plan.params.p99_limit;
        let Some(p99_us) = self.moving.quantile(990_000).map(|us| us as u64) else { return };
        let sentence = |word: &str| {
            let (p99, limit) = (milliseconds(p99_us), milliseconds(limit_us));
            format!("Of the requests asked while rows moved, 99 of 100 had waited at most {p99}, {word} the limit of {limit}.")
        };
        if p99_us > limit_us {
            let steps = self.slowest.map_or(Vec::new(), |slowest| self.argue_slowest(slowest));
            self.lights.p99.break_(mark, || (sentence("over"), steps));
        } else {
            self.lights.p99.say(mark, State::Kept, &sentence("within"));
        }
    }
}

impl Meter {
    /// The steps: the change during which the slowest request was asked, what was done to those it went through, and how long it took.
    fn argue_slowest(&self, slowest: Slowest) -> Vec<Evidence> {
        let Slowest { took_us, request, answered } = slowest;
        let begun = |steps: &&Vec<Evidence>| steps.last().is_some_and(|step| step.record <= request.at.record);
        let mut steps = self.changes.iter().rev().find(begun).cloned().unwrap_or_default();
        let cast = self.cast;
        let concerns = |node: NodeId| {
            let dead = request.died.map(|(_, server)| server);
            [Some(self.router), request.server, dead].contains(&Some(node)) || cast.sort(node).0 == Sort::Client
        };
        let until_us = request.at.at_us.saturating_add(took_us);
        steps.extend(self.disturbances.between(concerns, request.at.at_us, until_us));
        steps.extend(request.died.map(|(record, _)| evidence(record, "a message of the slowest request dies")));
        let (asked, took) = ("the slowest request is asked while rows move", milliseconds(took_us));
        match answered {
            Some(answered) => steps.extend([
                evidence(request.at.record, asked),
                evidence(answered.record, format!("it has taken {took} by now")),
            ]),
            None => steps.push(evidence(request.at.record, format!("{asked}; {took} later the run ends without its answer"))),
        }
        steps
    }
}

impl Observer<Speech> for Meter {
    fn weight(&self) -> u64 {
        56 * self.open.len() as u64 + self.disturbances.weight()
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        // What nodes tell of themselves is no event of its own.
        if !matches!(seen, Seen::Mark { .. }) {
            self.last = mark;
        }
        match seen {
            Seen::Act(act) => {
                self.disturbances.act(mark, act);
                if matches!(act, Act::Ask { .. }) {
                    self.asked.push((mark.at_us, evidence(mark.record, act.sentence())));
                }
            }
            Seen::Send { to, msg: Msg::Serve { .. }, op, .. } => self.went_to(op, to),
            Seen::Send { from, msg: Msg::Answer { .. }, op, .. } => self.went_to(op, from),
            Seen::Mark { node, mark: told, .. } => {
                self.ledger.mark(mark.at_us, node, told);
                if matches!(told, graph::Mark::Level { what: Level::Queue, .. }) {
                    self.queued.add(mark.at_us, self.ledger.now(Level::Queue));
                }
            }
            Seen::Lose { from, to, op: Some(op), .. } => {
                let servers = self.cast.servers;
                let server = if to.index() < usize::from(servers) { to } else { from };
                if let Some(request) = self.open.get_mut(&op) {
                    request.died.get_or_insert((mark.record, server));
                }
            }
            Seen::Crash(node) => {
                self.disturbances.crashed(mark, node);
                self.ledger.crashed(mark.at_us, node);
            }
            Seen::Invoke { op, .. } => {
                let moving = self.moving_since_us.is_some();
                self.open_moving += u64::from(moving);
                self.open.insert(op, Open { at: mark, moving, server: None, died: None });
            }
            Seen::Return { op, response, .. } => self.answer(mark, op, *response),
            Seen::Abandon { op, .. } => {
                let gone = self.open.remove(&op);
                self.open_moving -= u64::from(gone.is_some_and(|asked| asked.moving));
            }
            Seen::Fact { node, key, value } if node == self.router => match (key.name, value) {
                (fact::CHANGE, Fact::Int(number)) => {
                    self.begun = *number as usize;
                    self.lights.judge_refusal(mark, &self.plan.changes[self.begun - 1].1);
                }
                (fact::ROLE, Fact::Word(word)) => self.turn(mark, word),
                (fact::MOVED, Fact::Int(hundredths)) => self.moved.add(mark.at_us, *hundredths),
                _ => {}
            },
            _ => {}
        }
    }
}
