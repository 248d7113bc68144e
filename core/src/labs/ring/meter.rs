//! Watches a run: measures requests while rows move and while they rest, and judges the promises.

use super::bins::Bins;
use super::message::{Msg, Response};
use super::params::{Params, Query, Strategy};
use super::plan::{Change, Plan, Topology};
use super::protocol::{Config, Node, fact};
use super::words::{milliseconds, names, number, rows, share, times};
use crate::check::light::{Light, evidence};
use crate::lab::{Evidence, State, Tally, Verdict};
use crate::parts::bounded::capacity;
use crate::sim::{Observer, OpId, Seen};
use crate::stats::{Sample, Series, SeriesRecorder};
use crate::time::DurationUs;
use crate::trace::{Fact, Mark};
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
}

/// The slowest request of a time when rows moved.
#[derive(Clone, Copy, Debug)]
struct Slowest {
    took_us: u64,
    asked: Mark,
    answered: Mark,
}

/// Counts, measures and lights of a run.
pub struct Meter {
    plan: Arc<Plan>,
    router: crate::cast::NodeId,
    open: Map<OpId, Open>,
    begun: usize,
    moving_since_us: Option<u64>,
    moving_us: u64,
    /// Requests asked while rows moved that have no answer yet.
    open_moving: u64,
    answered: u64,
    refused: u64,
    moving: Sample,
    rest: Sample,
    slowest: Option<Slowest>,
    recent: Recent,
    waiting: Vec<i64>,
    waiting_all: i64,
    latency: SeriesRecorder,
    p99: SeriesRecorder,
    queued: SeriesRecorder,
    moved: SeriesRecorder,
    bins: Bins,
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

struct Lights {
    distinct: Light,
    minimal: Light,
    bound: Light,
    one_shard: Light,
    balanced: Light,
    p99: Light,
}

impl Meter {
    /// A meter for a run with this configuration and of this length.
    pub fn new(config: &Config, horizon_us: u64) -> Meter {
        let plan = config.plan.clone();
        let mut meter = Meter {
            router: config.router(),
            open: Map::new(),
            begun: 0,
            moving_since_us: None,
            moving_us: 0,
            open_moving: 0,
            answered: 0,
            refused: 0,
            moving: Sample::default(),
            rest: Sample::default(),
            slowest: None,
            recent: Recent::default(),
            waiting: vec![0; config.cast.len()],
            waiting_all: 0,
            latency: SeriesRecorder::new(SERIES_CAP),
            p99: SeriesRecorder::new(SERIES_CAP),
            queued: SeriesRecorder::new(SERIES_CAP),
            moved: SeriesRecorder::new(SERIES_CAP),
            bins: Bins::new(horizon_us, config.cast.servers.into()),
            last: Mark::default(),
            lights: Lights::new(),
            plan,
        };
        meter.judge_topology(Mark::default(), 0);
        meter
    }

    /// The run's figures, in the order of the lab's tallies.
    pub fn tallies(&self) -> Vec<Tally> {
        let plan = &self.plan;
        let (before, change) = (&plan.topologies[0], plan.first_change());
        let after = change.map(|change| &plan.topologies[change.to]);
        let rows = u64::from(plan.rows.count());
        let spread = |topology: &Topology| topology.spread(&plan.params, &topology.keys);
        let (cv2, most) = spread(before);
        let over = tightest(plan, before);
        let of_rows = |count: u64| Some((count * 1_000_000 / rows) as i64);
        let in_us = |sample: &Sample| sample.quantile(990_000);
        let count = |n: u64| Some(n as i64);
        let moved = change.map_or(0, |change| change.moved);
        let copies: u64 = change.map_or(0, |change| change.pairs.values().sum());
        let values = [
            ("cv2", count(cv2)),
            ("cv", count((libm::sqrt(cv2 as f64 / 1e6) * 1e6 + 0.5) as u64)),
            ("max_over_mean", count(most)),
            ("after_max_over_mean", after.map(|after| spread(after).1 as i64)),
            ("load_max_over_mean", count(before.spread(&plan.params, &before.work).1)),
            ("moved_share", of_rows(moved)),
            ("moved_between_old", count(change.map_or(0, |change| change.between_old))),
            ("moved_mb", count(copies * u64::from(plan.params.data) * u64::from(plan.params.nodes) / rows)),
            ("forwarded_share", of_rows(before.forwarded)),
            ("over_bound", count(over.1.saturating_sub(over.2))),
            ("shards_per_query", count(before.shards)),
            ("requests", count(self.answered + self.refused + self.open.len() as u64)),
            ("answered", count(self.answered)),
            ("refused", count(self.refused)),
            ("moving_ms", (self.begun > 0).then_some(self.moving_us as i64)),
            ("p99_ms", in_us(&self.moving)),
            ("rest_p99_ms", in_us(&self.rest)),
        ];
        values.map(|(name, value)| Tally { name, value }).to_vec()
    }

    /// Values over time.
    pub fn series(&mut self, ended_us: u64) -> Vec<Series> {
        let mut series = vec![
            self.latency.series("time of each request", "us"),
            self.p99.series("p99 of the last 100", "us"),
            self.queued.series("requests that wait", "requests"),
            self.moved.series("rows moved", "%"),
        ];
        series.extend(self.bins.series(ended_us));
        series
    }

    /// Ends the run: what is open has taken at least until now.
    pub fn end(&mut self, at_us: u64) {
        let open = std::mem::take(&mut self.open);
        for (op, asked) in &open {
            let took_us = at_us.saturating_sub(asked.at.at_us);
            self.measure(*asked, took_us, Mark { at_us, record: self.last.record });
            self.open.insert(*op, *asked);
        }
        if let Some(since_us) = self.moving_since_us.take() {
            self.moving_us += at_us.saturating_sub(since_us);
        }
        self.judge_p99(self.last);
    }

    /// One light for each promise, in the lab's order.
    pub fn verdicts(self) -> Vec<Verdict> {
        let Lights { distinct, minimal, bound, one_shard, balanced, p99 } = self.lights;
        [distinct, minimal, bound, one_shard, balanced, p99].map(Light::verdict).to_vec()
    }

    fn measure(&mut self, asked: Open, took_us: u64, answered: Mark) {
        if !asked.moving {
            return self.rest.add(took_us as i64);
        }
        self.moving.add(took_us as i64);
        if self.slowest.is_none_or(|slowest| slowest.took_us < took_us) {
            self.slowest = Some(Slowest { took_us, asked: asked.at, answered });
        }
    }

    fn answer(&mut self, mark: Mark, op: OpId, response: Response) {
        let Some(asked) = self.open.remove(&op) else { return };
        self.open_moving -= u64::from(asked.moving);
        let took_us = mark.at_us.saturating_sub(asked.at.at_us);
        self.bins.ended(mark.at_us, response == Response::Refused, took_us);
        if response == Response::Refused {
            self.refused += 1;
            return;
        }
        self.answered += 1;
        self.measure(asked, took_us, mark);
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
                self.lights.judge_change(mark, change, &plan);
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
        self.lights.judge_topology(mark, &plan.topologies[topology], &plan);
    }

    /// Judges the requests asked while rows moved, when the last of them is answered or the run ends.
    fn judge_p99(&mut self, mark: Mark) {
        let limit_us = self.plan.params.p99_limit;
        let Some(p99_us) = self.moving.quantile(990_000).map(|us| us as u64) else { return };
        let sentence = |word: &str| {
            let (p99, limit) = (milliseconds(p99_us), DurationUs(limit_us));
            format!("Of the requests asked while rows moved, 99 of 100 took at most {p99}, {word} the limit of {limit}.")
        };
        if p99_us > limit_us {
            let slowest = self.slowest;
            let steps = slowest.map_or(Vec::new(), |slowest| {
                let took = format!("it has taken {} by now", milliseconds(slowest.took_us));
                vec![
                    evidence(slowest.asked.record, "the slowest request is asked while rows move"),
                    evidence(slowest.answered.record, took),
                ]
            });
            self.lights.p99.break_(mark, || (sentence("over"), steps));
        } else {
            turn_unless_broken(&mut self.lights.p99, mark, State::Kept, || (sentence("within"), Vec::new()));
        }
    }
}

/// The node that exceeds most what it may hold, or comes nearest to it: the node, its rows, and ⌈(1 + ε) · rows · weight / weights⌉. Bounded
/// loads as published know no weights.
fn tightest(plan: &Plan, topology: &Topology) -> (u32, u64, u64) {
    let weight = |node: u32| if plan.params.strategy == Strategy::Bounded { 1 } else { plan.params.weight_of(node) };
    let members = topology.members();
    let weights = members.iter().map(|node| weight(*node)).sum();
    let each = members.into_iter().map(|node| {
        let rows = u64::from(plan.rows.count()) * u64::from(weight(node));
        (node, topology.keys[node as usize], capacity(rows, weights, plan.params.epsilon / 1_000))
    });
    each.max_by_key(|(node, rows, limit)| (*rows as i64 - *limit as i64, u32::MAX - node)).expect("there are members")
}

impl Lights {
    fn new() -> Lights {
        Lights {
            distinct: Light::new("distinct", State::Kept, "Every copy of a row is on a node of its own."),
            minimal: Light::new("minimal", State::Unknown, "Membership has not changed yet."),
            bound: Light::new("bound", State::Kept, "No node holds more than (1 + ε) times its fair share."),
            one_shard: Light::new("one_shard", State::Kept, "Every query asks one node."),
            balanced: Light::new("balanced", State::Kept, "No node has much more than its fair share of the requests."),
            p99: Light::new("p99", State::Unknown, "No row has moved yet."),
        }
    }

    fn judge_topology(&mut self, mark: Mark, topology: &Topology, plan: &Plan) {
        let params = &plan.params;
        if topology.doubled > 0 {
            self.distinct.break_(mark, || {
                let doubled = rows(topology.doubled);
                let have = if topology.doubled == 1 { "has" } else { "have" };
                (format!("{doubled} {have} two copies on one node: the next points of the ring may be its virtual nodes too. When it dies, both are gone."), Vec::new())
            });
        }
        let (node, most, limit) = tightest(plan, topology);
        if most > limit {
            self.bound.break_(mark, || {
                (format!("n{} holds {}; (1 + ε) times its fair share is {}.", node + 1, rows(most), number(limit)), Vec::new())
            });
        }
        if topology.shards > 1_000_000 {
            self.one_shard.break_(mark, || (scattered(params, topology), Vec::new()));
        }
        let most = topology.spread(params, &topology.work).1;
        if most > u64::from(params.skew_limit) {
            self.balanced.break_(mark, || {
                let busy = topology.members().into_iter().max_by_key(|node| {
                    (topology.work[*node as usize] / u64::from(params.weight_of(*node)), u32::MAX - node)
                });
                let name = busy.map_or(0, |node| node + 1);
                let all: u64 = topology.work.iter().sum();
                let own = busy.map_or(0, |node| topology.work[node as usize]);
                let part = share(own, all);
                (format!("n{name} gets {part} of the requests, {} times its fair share.", times(most)), Vec::new())
            });
        }
    }

    fn judge_change(&mut self, mark: Mark, change: &Change, plan: &Plan) {
        if change.between_old > 0 {
            self.minimal.break_(mark, || {
                let (old, all) = (number(change.between_old), number(u64::from(plan.rows.count())));
                let go = if change.between_old == 1 { "goes" } else { "go" };
                (format!("{old} of {all} rows {go} from one old node to another: only what {} should move.", due(change)), vec![evidence(mark.record, "the nodes change")])
            });
        } else {
            turn_unless_broken(&mut self.minimal, mark, State::Kept, || {
                let moved = share(change.moved, u64::from(plan.rows.count()));
                let to = if change.joined.is_empty() { format!("from {}", names(&change.left)) } else { format!("to {}", names(&change.joined)) };
                (format!("{moved} of the rows move, every one {to}."), Vec::new())
            });
        }
    }
}

/// A promise that was broken stays broken, whatever a later change does.
fn turn_unless_broken(light: &mut Light, mark: Mark, state: State, why: impl FnOnce() -> (String, Vec<Evidence>)) {
    if light.state() != State::Broken {
        light.turn(mark, state, why);
    }
}

fn due(change: &Change) -> String {
    if change.joined.is_empty() {
        format!("{} leaves behind", names(&change.left))
    } else {
        format!("{} takes", names(&change.joined))
    }
}

fn scattered(params: &Params, topology: &Topology) -> String {
    let nodes = topology.scheme.nodes().len();
    let mean = times(topology.shards);
    match params.query {
        Query::Second => format!("A query by another column asks all {nodes} nodes: any of them may have such rows."),
        Query::Range if params.is_ordered() => format!("A stretch of keys crosses from one range into the next: {mean} nodes on average."),
        Query::Range => format!("Hashing scatters a stretch of keys: a query asks {mean} of {nodes} nodes on average."),
        Query::Join => format!("A user and the orders are placed apart: a join asks {mean} of {nodes} nodes on average."),
        Query::Point => format!("A read of the row that has been split asks all its pieces: a request asks {mean} nodes on average."),
    }
}

impl Observer<Node> for Meter {
    fn weight(&self) -> u64 {
        40 * self.open.len() as u64
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Node>) {
        self.last = mark;
        match seen {
            Seen::Deliver { to, msg: Msg::Serve { .. }, .. } => self.bins.came(mark.at_us, to.index()),
            Seen::Send { from, msg: Msg::Answer { refused, .. }, .. } => {
                self.bins.left(mark.at_us, from.index(), *refused);
            }
            Seen::Crash(node) => self.bins.crashed(mark.at_us, node.index()),
            Seen::Invoke { op, .. } => {
                let moving = self.moving_since_us.is_some();
                self.open_moving += u64::from(moving);
                self.open.insert(op, Open { at: mark, moving });
            }
            Seen::Return { op, response, .. } => self.answer(mark, op, *response),
            Seen::Abandon { op, .. } => {
                let gone = self.open.remove(&op);
                self.open_moving -= u64::from(gone.is_some_and(|asked| asked.moving));
            }
            Seen::Fact { node, key, value } if node == self.router => match (key.name, value) {
                (fact::CHANGE, Fact::Int(number)) => self.begun = *number as usize,
                (fact::ROLE, Fact::Word(word)) => self.turn(mark, word),
                (fact::MOVED, Fact::Int(hundredths)) => self.moved.add(mark.at_us, *hundredths),
                _ => {}
            },
            Seen::Fact { node, key, value: Fact::Int(waiting) } if key.name == fact::QUEUE => {
                self.waiting_all += waiting - std::mem::replace(&mut self.waiting[node.index()], *waiting);
                self.queued.add(mark.at_us, self.waiting_all);
            }
            _ => {}
        }
    }
}
