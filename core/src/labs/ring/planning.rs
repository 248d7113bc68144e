//! A plan in the making. A million rows on hundreds of nodes take seconds to place and to compare: that comes in parts, as a run's events do.

use super::params::{Copies, Params, Popularity, Query};
use super::plan::{Change, Comparison, Plan, Step, Topology, Turnover, node_count, steps, turnover};
use super::queries::{self, SAMPLE};
use super::rows::Rows;
use super::scheme::Scheme;
use crate::parts::bounded::Assigner;
use crate::scenario::Scenario;
use crate::sorted::Map;
use std::sync::OnceLock;

/// So many rows are looked up in the time that an event takes, where a look-up asks only a few nodes.
const LOOK_UPS: u64 = 8;
/// Rendezvous hashing asks so many nodes in the time of such a look-up.
const ASKED: u64 = 8;

/// What is being made of a topology, row by row or query by query.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// How much each row is wanted: before the first topology.
    Popularity,
    /// Who has each row.
    Owners,
    /// Whether rows have two copies on one node.
    Doubled,
    /// The work that requests bring.
    Work,
    /// What has to move from the topology before.
    Compared,
}

/// A plan that grows.
#[derive(Debug)]
pub struct Planning {
    plan: Plan,
    seed: u32,
    /// What is still to be done to the membership, the next one last.
    steps: Vec<(u64, Step)>,
    /// The number of the next node that joins.
    next: u32,
    stage: Stage,
    /// The row or query that comes next in this stage.
    at: u32,
    /// The topology that is being made, and what led to it; none of the first.
    making: Topology,
    change: Option<(u64, Change)>,
    comparison: Option<Comparison>,
    /// Where a node may hold only so much.
    assigner: Option<Assigner>,
    /// Queries of the sample by node.
    counts: Vec<u64>,
}

impl Planning {
    /// Begins to plan a scenario.
    pub fn new(params: Params, scenario: &Scenario) -> Planning {
        let seed = scenario.seed;
        let (rows, nodes) = (Rows::new(&params, seed), node_count(&params, scenario));
        let scheme = Scheme::new(&params, seed);
        let mut steps = steps(&params, scenario);
        steps.reverse();
        let next = params.nodes;
        let making = empty(scheme.clone(), (0..nodes).map(|node| params.weight_of(node)).collect());
        let plan = Plan { topologies: Vec::new(), changes: Vec::new(), rows, params };
        let mut planning = Planning {
            plan,
            seed,
            steps,
            next,
            stage: Stage::Owners,
            at: 0,
            making,
            change: None,
            comparison: None,
            assigner: None,
            counts: Vec::new(),
        };
        planning.make(scheme);
        if planning.plan.params.popularity == Popularity::Zipf {
            planning.stage = Stage::Popularity;
        }
        planning
    }

    /// Goes on for as long as so many events take; gives how many of them are left once the plan is there.
    pub fn advance(&mut self, events: u64) -> Option<u64> {
        let mut left = events.saturating_mul(LOOK_UPS);
        while left > 0 {
            let all = if self.stage == Stage::Work { SAMPLE as u32 } else { self.plan.rows.count() };
            let price = self.price();
            let end = u32::try_from(left.div_ceil(price)).unwrap_or(u32::MAX).min(all - self.at) + self.at;
            left = left.saturating_sub(u64::from(end - self.at) * price);
            (self.at..end).for_each(|at| self.look(at));
            self.at = end;
            if self.at == all && self.go_on() {
                return Some(left / LOOK_UPS);
            }
        }
        None
    }

    /// How many rows of the topology under way have a node.
    #[cfg(test)]
    pub fn placed(&self) -> usize {
        self.making.owners.len()
    }

    /// The plan, once it is there.
    pub fn plan(self) -> Plan {
        self.plan
    }

    /// What one row, or query, of this stage costs, in look-ups that ask few nodes.
    fn price(&self) -> u64 {
        let (params, replicas) = (&self.plan.params, u64::from(self.plan.params.replicas));
        let owner = match &self.making.scheme {
            Scheme::Rendezvous(nodes) => 1 + crate::parts::placement::Placement::nodes(nodes).len() as u64 / ASKED,
            _ => 1,
        };
        match (self.stage, params.query) {
            (Stage::Popularity, _) => 1,
            (Stage::Owners, _) => owner,
            (Stage::Doubled, _) => replicas + owner,
            (Stage::Compared, _) if replicas == 1 => 1,
            (Stage::Compared, _) => 2 * (replicas + owner),
            (Stage::Work, Query::Join) => owner * u64::from(1 + params.orders),
            (Stage::Work, _) => 256,
        }
    }

    /// A row, or a query, of this stage.
    fn look(&mut self, at: u32) {
        let Plan { params, rows, topologies, .. } = &mut self.plan;
        let making = &mut self.making;
        match self.stage {
            Stage::Popularity => rows.want(),
            Stage::Owners => {
                let key = rows.key(at);
                let owner = match (&mut self.assigner, &making.scheme) {
                    (Some(assigner), Scheme::Bounded(ring)) => assigner.place(ring, key),
                    (_, scheme) => scheme.owner(key),
                };
                making.keys[owner as usize] += 1;
                making.owners.push(owner as u16);
            }
            Stage::Doubled => making.doubled += u64::from(making.is_doubled(params, rows, at)),
            Stage::Work => {
                queries::count(params, rows, making, (self.seed, u64::from(at)), &mut self.counts);
            }
            Stage::Compared => {
                let (before, change) = (topologies.last(), self.change.as_mut());
                if let (Some(before), Some((_, change)), Some(comparison)) = (before, change, &mut self.comparison) {
                    comparison.row(change, (before, making), params, (rows, at));
                }
            }
        }
    }

    /// Goes on to the next stage; says whether the plan is there.
    fn go_on(&mut self) -> bool {
        self.at = 0;
        let (params, rows) = (&self.plan.params, &self.plan.rows);
        self.stage = match self.stage {
            Stage::Popularity => Stage::Owners,
            Stage::Owners => {
                self.making.forwarded = self.assigner.take().map_or(0, |assigner| assigner.forwarded());
                Stage::Doubled
            }
            Stage::Doubled => Stage::Work,
            Stage::Work => {
                (self.making.work, self.making.shards) = match params.query {
                    Query::Point => queries::point_work(params, rows, &self.making),
                    _ => queries::sampled_work(&self.counts),
                };
                Stage::Compared
            }
            Stage::Compared => return self.end_of_step(),
        };
        match self.stage {
            // Only a careless walk along a ring puts two copies on one node.
            Stage::Doubled if params.replicas == 1 || params.copies == Copies::Distinct => self.go_on(),
            Stage::Work => {
                self.counts = vec![0; self.making.keys.len()];
                params.query == Query::Point && self.go_on()
            }
            Stage::Compared => {
                let before = self.plan.topologies.last();
                self.comparison = before.map(|before| Comparison::new(before, &self.making, params));
                self.comparison.is_none() && self.go_on()
            }
            _ => false,
        }
    }

    /// Takes in what has been made, and begins with the next change; says whether there is none.
    fn end_of_step(&mut self) -> bool {
        if let (Some((at_us, mut change)), Some(comparison)) = (self.change.take(), self.comparison.take()) {
            change.pairs = comparison.pairs(self.making.keys.len());
            self.plan.changes.push((at_us, change));
        }
        let (scheme, weights) = (self.making.scheme.clone(), self.making.weights.clone());
        let made = std::mem::replace(&mut self.making, empty(scheme, weights));
        self.plan.topologies.push(made);
        while let Some((at_us, step)) = self.steps.pop() {
            let (change, weighed) = self.membership(step);
            if change.to == change.from {
                self.plan.changes.push((at_us, change));
                continue;
            }
            let mut scheme = self.making.scheme.clone();
            scheme.add_all(&change.joined, |node| self.plan.params.weight_of(node));
            scheme.remove_all(&self.plan.params, &change.left);
            if let Some((node, weight)) = weighed {
                scheme.reweigh(node, weight);
                self.making.weights[node as usize] = weight;
            }
            self.change = Some((at_us, change));
            self.make(scheme);
            return false;
        }
        true
    }

    /// Begins to make a topology.
    fn make(&mut self, scheme: Scheme) {
        let Plan { params, rows, .. } = &self.plan;
        self.assigner = match &scheme {
            Scheme::Bounded(ring) => Some(Assigner::new(ring, params.epsilon, u64::from(rows.count()))),
            _ => None,
        };
        self.making = empty(scheme, std::mem::take(&mut self.making.weights));
        self.making.owners.reserve_exact(rows.count() as usize);
        (self.stage, self.at) = (Stage::Owners, 0);
    }

    /// Who joins and who leaves, and who weighs how much from now on.
    fn membership(&mut self, step: Step) -> (Change, Option<(u32, u32)>) {
        let from = self.plan.topologies.len() - 1;
        let before = &self.plan.topologies[from];
        let Turnover { joined, left, weighed, refused } = turnover(&self.plan.params, &before.members(), self.next, step);
        self.next += joined.len() as u32;
        let to = if joined.is_empty() && left.is_empty() && weighed.is_none() { from } else { from + 1 };
        let more = weighed.map(|(node, weight)| (node, weight > before.weight_of(node)));
        (Change { from, to, pairs: Map::new(), moved: 0, between_old: 0, joined, left, weighed: more, refused }, weighed)
    }
}

/// A topology of which nothing is known yet but its nodes, and what all weigh that take part at some time.
fn empty(scheme: Scheme, weights: Vec<u32>) -> Topology {
    Topology {
        scheme,
        owners: Vec::new(),
        keys: vec![0; weights.len()],
        weights,
        forwarded: 0,
        work: Vec::new(),
        shards: 0,
        doubled: 0,
        stretches: OnceLock::new(),
    }
}
