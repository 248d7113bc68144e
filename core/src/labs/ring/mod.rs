//! The lab ring: rows spread over nodes, and what happens when nodes come and go.

mod challenges;
mod claims;
mod config;
mod fidelity;
mod shows;
mod lights;
mod message;
mod meta;
mod meter;
mod params;
mod plan;
mod planning;
mod presets;
mod protocol;
mod queries;
mod router;
mod rows;
mod scheme;
mod shard;
#[cfg(test)]
mod tests;
mod words;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::{Cast, Name, Part, Sort};
use crate::lab::{Course, Detail, Lab, Outcome, Spec};
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use message::KINDS;
use meter::Meter;
use params::{Field, Gap, Popularity, Query, Strategy};
use plan::{MAX_CHANGES, Plan, Refused, Step, Turnover, parse_step, turnover};
use planning::Planning;
use config::Config;
use protocol::Node;
use std::sync::Arc;
use words::share;

/// Partitioning.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems,
    act_problem: |_, act| act_problem(act),
    sentences,
    shows: |params, scenario| shows::shows(params, &cast(params, scenario)),
    ..Spec::new(&META, cast, begin_run)
};

/// Who takes part: as many nodes as there ever are.
fn cast(params: &Params, scenario: &Scenario) -> Cast {
    let nodes = plan::node_count(params, scenario);
    Cast { servers: nodes as u16, coordinators: 1, clients: 1 }
}

fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let planning = Planning::new(params, scenario);
    Box::new(Planned::Planning(Box::new((planning, scenario.clone(), detail))))
}

/// A run under way: what is to be known before the first request is planned first.
enum Planned {
    Planning(Box<(Planning, Scenario, Detail)>),
    Running(Box<dyn Course>),
    /// Between the two.
    Neither,
}

impl Course for Planned {
    fn advance(&mut self, events: u64) -> bool {
        let mut left = events;
        if let Planned::Planning(planning) = self {
            match planning.0.advance(events) {
                Some(after) => left = after,
                None => return false,
            }
            if let Planned::Planning(planning) = std::mem::replace(self, Planned::Neither) {
                let (planning, scenario, detail) = *planning;
                *self = Planned::Running(begin_planned(planning.plan(), &scenario, detail));
            }
        }
        match self {
            Planned::Running(course) => course.advance(left),
            _ => false,
        }
    }

    fn outcome(self: Box<Self>) -> Outcome {
        match *self {
            Planned::Running(course) => course.outcome(),
            _ => unreachable!("a run is summed up at its end"),
        }
    }
}

/// Begins the run of a plan.
fn begin_planned(plan: Plan, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let network = Network::plain(plan.params.leg.clone());
    let config = Config { cast: LAB.cast(scenario), plan: Arc::new(plan) };
    let meter = Meter::new(&config, scenario.horizon_us, detail);
    let setup = Setup { cast: config.cast, network, work_us: Vec::new(), kinds: KINDS, scenario, config };
    begin::<Node, Meter>(setup, meter, detail, |run, mut meter| {
        meter.end(run.ended_us);
        let figures = meter.figures();
        let (series, verdicts) = meter.told();
        run.outcome(figures.tallies(), series, verdicts)
    })
}

/// Runs a link of this lab's own: what its claims and checks compare.
fn outcome_of(text: &str) -> Outcome {
    LAB.run(&crate::link::own(&LAB, text), Detail::Totals)
}

/// What is wrong between parameters.
fn problems(params: &Params, scenario: &Scenario) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.add < 0 && params.add.unsigned_abs() >= u64::from(params.nodes) {
        let sentence = format!("add={} leaves no node of {}: at least one stays", params.add, params.nodes);
        problems.push(Problem::key("add", sentence));
    }
    if params.replicas > params.nodes {
        let sentence = format!("{} copies do not fit on {} nodes; lower replicas or raise nodes", params.replicas, params.nodes);
        problems.push(Problem::key("replicas", sentence));
    }
    let steps = plan::steps(params, scenario);
    if steps.len() > MAX_CHANGES {
        let changes = steps.len();
        problems.push(Problem::key("do", format!("nodes join or leave {changes} times; {MAX_CHANGES} are the most")));
    }
    if problems.is_empty() && let Some(why) = refused_resize(params, &steps) {
        problems.push(Problem::key("add", format!("add={}: {why}; lower replicas, or let fewer nodes leave", params.add)));
    }
    problems
}

/// Why the change of the parameters would be refused when its turn comes.
fn refused_resize(params: &Params, steps: &[(u64, Step)]) -> Option<Refused> {
    let (mut members, mut next): (Vec<u32>, u32) = ((0..params.nodes).collect(), params.nodes);
    for (_, step) in steps {
        let Turnover { joined, left, refused, .. } = turnover(params, &members, next, *step);
        if matches!(step, Step::Resize(_)) {
            return refused;
        }
        next += joined.len() as u32;
        members.extend(joined);
        members.retain(|node| !left.contains(node));
    }
    None
}

/// What is wrong with an act.
fn act_problem(act: &Act) -> Option<String> {
    match act {
        Act::Ask { node, request } => {
            let router = Part::One(Name { sort: Sort::Coordinator, number: 1 });
            if node.0 != [router] {
                return Some("only the router can be asked for something, such as ask:k1:join or ask:k1:leave.n3".into());
            }
            parse_step(&request.0).err()
        }
        act if act.takes_down() && act.touches(Sort::Coordinator) => {
            Some("the router holds the table in memory and does not crash here; pause it instead".into())
        }
        _ => None,
    }
}

/// What the settings amount to.
fn sentences(params: &Params, scenario: &Scenario) -> Vec<String> {
    let mut sentences = Vec::new();
    let nodes = u64::from(params.nodes);
    let after = nodes.saturating_add_signed(params.add).max(1);
    let theory = moved_in_theory(params.strategy, nodes, after);
    let way = if after >= nodes { "all to the new" } else { "all from those that leave" };
    if after != nodes {
        sentences.push(match (params.strategy, theory) {
            (Strategy::Modulo, (part, whole)) => {
                format!("{nodes} → {after} nodes by modulo: {} of the rows move, most of them between old nodes.", share(part, whole))
            }
            (Strategy::Bounded | Strategy::Maglev, (part, whole)) => {
                let way = if params.strategy == Strategy::Maglev { "by Maglev's table" } else { "on a bounded ring" };
                let some = "some of them between old nodes";
                format!("{nodes} → {after} nodes {way}: a little more than {} of the rows move, {some}.", share(part, whole))
            }
            (Strategy::Range, _) => format!("{nodes} → {after} nodes by ranges: each new node takes half of the widest range, and nothing else moves."),
            (_, (part, whole)) => format!("{nodes} → {after} nodes: on average {} of the rows move, {way}.", share(part, whole)),
        });
    }
    if params.has_ring() && params.nodes > 1 {
        let cv2 = (nodes - 1) as f64 / (nodes * u64::from(params.vnodes) + 1) as f64;
        let cv = share((libm::sqrt(cv2) * 1_000_000.0) as u64, 1_000_000);
        sentences.push(format!("{} points a node: shares of the ring differ by {cv} of the mean (root mean square).", params.vnodes));
    }
    if params.strategy == Strategy::Bounded {
        let bound = share(1_000_000 + u64::from(params.epsilon), 1_000_000);
        sentences.push(format!("Bounded is what a node stores, at {bound} of its fair share; what is asked of it is not."));
    }
    sentences.extend(gap_sentence(params, scenario));
    if params.big > 0 && !params.knows_weights() {
        sentences.push("This strategy knows no weights: big nodes get no more than small ones.".into());
    }
    let left = shard::left_for_requests(params, 1);
    let busy = u64::from(params.utilisation) * 1_000_000 / left;
    let over = if busy >= 1_000_000 { ": more than it can do, so its queue grows" } else { "" };
    sentences.push(format!(
        "A node that gives or takes has {} of its pace left; {} busy before, it is {} busy then{over}.",
        share(left, 1_000_000), share(u64::from(params.utilisation), 1_000_000), share(busy, 1_000_000)
    ));
    if params.key == Field::Date {
        sentences.push(format!("{} of the requests are about today: one key, one shard.", share(u64::from(params.today), 1_000_000)));
    }
    if params.popularity == Popularity::Hot && params.split > 1 && params.query == Query::Point {
        sentences.push(format!("The hot row is {} keys: a write goes to one of them, a read asks them all.", params.split));
    }
    sentences
}

/// What it costs under jump hash that the script's first change takes a node out of the middle of the list. Of n nodes the one at place i:
/// its rows move, and those of the last that do not come to its new place by chance; where all behind it move up, theirs do too.
fn gap_sentence(params: &Params, scenario: &Scenario) -> Option<String> {
    let n = u64::from(params.nodes);
    let Some((_, Step::Leave(node))) = plan::steps(params, scenario).first().copied() else { return None };
    if params.strategy != Strategy::Jump || u64::from(node) + 1 >= n || n <= u64::from(params.replicas) {
        return None;
    }
    let (own, way) = match params.gap {
        Gap::Last => (1, "the last node takes its place"),
        Gap::MoveUp => (n - 1 - u64::from(node), "all behind it move up"),
    };
    // In parts of 1 / (n · (n - 1)).
    let moved = share(own * (n - 1) + n - 2, n * (n - 1));
    Some(format!("n{} leaves the middle of jump hash's list and {way}: on average {moved} of the rows move.", node + 1))
}

/// The share of rows that moves when n nodes become m, as a fraction.
fn moved_in_theory(strategy: Strategy, n: u64, m: u64) -> (u64, u64) {
    let gcd = |mut a: u64, mut b: u64| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    match strategy {
        Strategy::Modulo => {
            let lcm = n / gcd(n, m) * m;
            (lcm - n.min(m), lcm)
        }
        _ => (n.abs_diff(m), n.max(m)),
    }
}
