//! The lights: what each promise shows, and why.

use super::params::{Params, Query};
use super::plan::{Change, Plan, Refused, Topology};
use super::words::{names, number, rows, share, times};
use crate::check::light::{Light, evidence};
use crate::lab::{Evidence, State};
use crate::parts::bounded::capacity;
use crate::trace::Mark;

/// One light for each promise.
pub struct Lights {
    /// Copies of a row are on different nodes.
    pub distinct: Light,
    /// Only what the new node takes moves.
    pub minimal: Light,
    /// No node has more than (1 + ε) times its fair share of the rows.
    pub bound: Light,
    /// A query asks one node.
    pub one_shard: Light,
    /// No node has much more than its fair share of the requests.
    pub balanced: Light,
    /// Requests stay fast while rows move.
    pub p99: Light,
}

impl Lights {
    /// What is shown before anything is known.
    pub fn new() -> Lights {
        Lights {
            distinct: Light::new("distinct", State::Kept, "Every copy of a row is on a node of its own."),
            minimal: Light::new("minimal", State::Unknown, "Membership has not changed yet."),
            bound: Light::new("bound", State::Kept, "No node holds more than (1 + ε) times its fair share."),
            one_shard: Light::new("one_shard", State::Kept, "Every query asks one node."),
            balanced: Light::new("balanced", State::Kept, "No node has much more than its fair share of the requests."),
            p99: Light::new("p99", State::Unknown, "No row has moved yet."),
        }
    }

    /// Judges who has what, and what requests ask of whom, after a change that these steps led to.
    pub fn judge_topology(&mut self, mark: Mark, topology: &Topology, plan: &Plan, change: &[Evidence]) {
        let params = &plan.params;
        // What is so from the start rests on the settings, and what comes later on what has moved.
        let moved = || match mark.at_us {
            0 => Vec::new(),
            _ => [change, &[evidence(mark.record, "the last row has moved")]].concat(),
        };
        if topology.doubled > 0 {
            self.distinct.break_(mark, || {
                let doubled = rows(topology.doubled);
                let have = if topology.doubled == 1 { "has" } else { "have" };
                (format!("{doubled} {have} two copies on one node: the next points of the ring may be its virtual nodes too. When it dies, both are gone."), moved())
            });
        }
        let (node, most, limit) = tightest(plan, topology);
        if most > limit {
            self.bound.break_(mark, || {
                (format!("n{} holds {}; (1 + ε) times its fair share, rounded up, is {}.", node + 1, rows(most), number(limit)), moved())
            });
        }
        if topology.shards > 1_000_000 {
            self.one_shard.break_(mark, || (scattered(params, topology), moved()));
        }
        let most = topology.spread(&topology.work).1;
        if most > u64::from(params.skew_limit) {
            self.balanced.break_(mark, || {
                let busy = topology.members().into_iter().max_by_key(|node| {
                    (topology.work[*node as usize] / u64::from(topology.weight_of(*node)), u32::MAX - node)
                });
                let name = busy.map_or(0, |node| node + 1);
                let all: u64 = topology.work.iter().sum();
                let own = busy.map_or(0, |node| topology.work[node as usize]);
                let part = share(own, all);
                (format!("n{name} gets {part} of the requests, {} times its fair share.", times(most)), moved())
            });
        }
    }

    /// A change that would have left too few nodes for the copies was refused: that kept the promise.
    pub fn judge_refusal(&mut self, mark: Mark, change: &Change) {
        if let Some(why @ Refused::TooFew { copies: 2.., .. }) = change.refused {
            self.distinct.say(mark, State::Kept, &format!("Every copy of a row is on a node of its own: who was to leave stays, for {why}."));
        }
    }

    /// Judges what a change moves that these steps led to.
    pub fn judge_change(&mut self, mark: Mark, change: &Change, plan: &Plan, steps: &[Evidence]) {
        if change.between_old > 0 {
            self.minimal.break_(mark, || {
                let (old, all) = (number(change.between_old), number(u64::from(plan.rows.count())));
                let go = if change.between_old == 1 { "goes" } else { "go" };
                (format!("{old} of {all} rows {go} from one old node to another: only what {} should move.", due(change)), steps.to_vec())
            });
        } else {
            let moved = share(change.moved, u64::from(plan.rows.count()));
            let way = match takers(change) {
                Ok(takers) => format!("to {takers}"),
                Err(givers) => format!("from {givers}"),
            };
            // Further copies go where the owners' successors are, and so between nodes that stay, too.
            let go = if plan.params.replicas > 1 { "change their owner" } else { "move" };
            self.minimal.say(mark, State::Kept, &format!("{moved} of the rows {go}, every one {way}."));
        }
    }
}

/// The node that exceeds most what it may hold, or comes nearest to it: the node, its rows, and ⌈(1 + ε) · rows · weight / weights⌉.
pub fn tightest(plan: &Plan, topology: &Topology) -> (u32, u64, u64) {
    let (members, rows, epsilon) = (topology.members(), u64::from(plan.rows.count()), plan.params.epsilon);
    let weights = members.iter().map(|node| u64::from(topology.weight_of(*node))).sum();
    let each = members.into_iter().map(|node| {
        (node, topology.keys[node as usize], capacity(rows, topology.weight_of(node), weights, epsilon))
    });
    each.max_by_key(|(node, rows, limit)| (*rows as i64 - *limit as i64, u32::MAX - node)).expect("there are members")
}

fn due(change: &Change) -> String {
    match takers(change) {
        Ok(takers) => format!("{takers} takes"),
        Err(givers) if change.left.is_empty() => format!("{givers} gives up"),
        Err(givers) => format!("{givers} leaves behind"),
    }
}

/// For whom the change is made: those that are to have more rows, or otherwise those that are to have fewer.
fn takers(change: &Change) -> Result<String, String> {
    match change.weighed {
        Some((node, true)) => Ok(names(&[node])),
        Some((node, false)) => Err(names(&[node])),
        None if change.joined.is_empty() => Err(names(&change.left)),
        None => Ok(names(&change.joined)),
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
