//! Everything that is known before the first request: who holds what before and after each change, and what has to move.

use super::params::{MAX_WEIGHT, Params};
use super::rows::Rows;
use super::scheme::{CopyTable, Scheme};
use crate::acts::Act;
use crate::counted::counted;
use crate::scenario::Scenario;
use crate::sorted::Map;
use crate::trace::Stretches;
use std::fmt;
use std::sync::OnceLock;

/// The most changes of membership that a scenario may have.
pub const MAX_CHANGES: usize = 16;

/// What is done to the membership.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The change of the parameters: so many join, or leave below 0.
    Resize(i64),
    /// The next node joins.
    Join,
    /// This node leaves.
    Leave(u32),
    /// This node gets another weight: its share of the rows changes, and its machine does not.
    Weight(u32, u32),
}

/// A set of nodes, and who has what.
#[derive(Clone, Debug)]
pub struct Topology {
    /// The strategy with its nodes.
    pub scheme: Scheme,
    /// What each node weighs, by number: its share of the rows beside others', where the strategy knows weights.
    pub weights: Vec<u32>,
    /// The node of each row.
    pub owners: Vec<u16>,
    /// Rows by node, copies not counted; 0 for nodes that are out.
    pub keys: Vec<u64>,
    /// Rows that a full node passed on.
    pub forwarded: u64,
    /// Work by node that requests bring, in millionths of a request each: they add up to a million times the shards that one asks.
    pub work: Vec<u64>,
    /// Shards that a request asks on average, in millionths.
    pub shards: u64,
    /// Rows with two copies on one node.
    pub doubled: u64,
    /// Each node's stretches of the key space in 65,536ths, found when they are first shown.
    pub stretches: OnceLock<Vec<Stretches>>,
}

/// From one topology to the next.
#[derive(Clone, Debug)]
pub struct Change {
    /// Index of the topology before.
    pub from: usize,
    /// Index of the topology after; the same when nothing could be changed.
    pub to: usize,
    /// Copies that go from a node to another.
    pub pairs: Map<(u16, u16), u64>,
    /// Rows that change their owner.
    pub moved: u64,
    /// Of these, rows that need not: that go from a node that stays to a node that was there before, and to one that weighs no more, or
    /// from one that weighs no less.
    pub between_old: u64,
    /// Nodes that join.
    pub joined: Vec<u32>,
    /// Nodes that leave.
    pub left: Vec<u32>,
    /// A node that gets another weight, and whether it is to have more than before.
    pub weighed: Option<(u32, bool)>,
    /// Why nothing, or less than was asked for, is changed.
    pub refused: Option<Refused>,
}

/// Who joins, who leaves and who weighs something else by a step.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Turnover {
    /// Nodes that join.
    pub joined: Vec<u32>,
    /// Nodes that leave.
    pub left: Vec<u32>,
    /// A node with its new weight.
    pub weighed: Option<(u32, u32)>,
    /// Why others stay that were to leave, or keep the weight that they have.
    pub refused: Option<Refused>,
}

/// Why a change is refused, in whole or in part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// There is no such member.
    NoMember(u32),
    /// The strategy knows no weights.
    NoWeights,
    /// Only so many nodes would be left for so many copies.
    TooFew {
        /// Nodes.
        nodes: u32,
        /// Copies.
        copies: u32,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::NoMember(node) => write!(f, "n{} is no member", node + 1),
            Refused::NoWeights => f.write_str("this strategy knows no weights"),
            Refused::TooFew { copies: 1, .. } => f.write_str("the last node stays"),
            Refused::TooFew { nodes, copies } => write!(f, "{copies} copies do not fit on {}", counted(u64::from(*nodes), "node")),
        }
    }
}

/// All topologies of a scenario in order, and the changes between them.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The settings.
    pub params: Params,
    /// The rows.
    pub rows: Rows,
    /// In the order in which they come.
    pub topologies: Vec<Topology>,
    /// When each is asked for, in µs, and what it does.
    pub changes: Vec<(u64, Change)>,
}

/// The script's and the parameters' changes in order of time; at one moment the script comes first.
pub fn steps(params: &Params, scenario: &Scenario) -> Vec<(u64, Step)> {
    let mut steps: Vec<(u64, Step)> = Vec::new();
    for cue in &scenario.cues {
        if let Act::Ask { request, .. } = &cue.act
            && let Ok(step) = parse_step(&request.0)
        {
            steps.push((cue.at_us, step));
        }
    }
    if params.add != 0 {
        let place = steps.partition_point(|(at_us, _)| *at_us <= params.when);
        steps.insert(place, (params.when, Step::Resize(params.add)));
    }
    steps
}

/// What a step does to these members, where `next` is the number of the next node that joins. A node for each copy stays: a change that
/// would leave fewer is refused, as Cassandra refuses to decommission a node that its replication factor needs.
pub fn turnover(params: &Params, members: &[u32], next: u32, step: Step) -> Turnover {
    let least = params.replicas as usize;
    let too_few = |nodes: usize| Refused::TooFew { nodes: nodes as u32, copies: params.replicas };
    let Turnover { mut joined, mut left, mut weighed, mut refused } = Turnover::default();
    match step {
        Step::Resize(by) if by > 0 => joined.extend(next..next + by as u32),
        Step::Resize(by) => {
            let stay = members.len().saturating_sub(by.unsigned_abs() as usize);
            left.extend(members[stay.max(least).min(members.len())..].iter().rev());
            refused = (stay < least).then(|| too_few(stay));
        }
        Step::Join => joined.push(next),
        Step::Leave(node) | Step::Weight(node, _) if !members.contains(&node) => refused = Some(Refused::NoMember(node)),
        Step::Weight(..) if !params.knows_weights() => refused = Some(Refused::NoWeights),
        Step::Weight(node, weight) => weighed = Some((node, weight)),
        Step::Leave(_) if members.len() <= least => refused = Some(too_few(members.len() - 1)),
        Step::Leave(node) => left.push(node),
    }
    Turnover { joined, left, weighed, refused }
}

/// Reads `join`, `leave.n3` or `weight.n3.2`.
pub fn parse_step(text: &str) -> Result<Step, String> {
    let wrong = || format!("‘{text}’ is nothing to ask the router for: it knows join, leave.n3 and weight.n3.2");
    let node = |name: &str| {
        let number: Option<u32> = name.strip_prefix('n').and_then(|n| n.parse().ok());
        number.and_then(|number| number.checked_sub(1)).ok_or_else(wrong)
    };
    match text.split('.').collect::<Vec<_>>()[..] {
        ["join"] => Ok(Step::Join),
        ["leave", name] => node(name).map(Step::Leave),
        ["weight", name, weight] => match weight.parse() {
            Ok(weight @ 1..=MAX_WEIGHT) => node(name).map(|node| Step::Weight(node, weight)),
            Ok(weight) => Err(format!("a weight of {weight} is out of range: it goes from 1 to {MAX_WEIGHT}")),
            Err(_) => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

/// How many nodes take part at some time.
pub fn node_count(params: &Params, scenario: &Scenario) -> u32 {
    let joins = steps(params, scenario).into_iter().map(|(_, step)| match step {
        Step::Resize(by) => u32::try_from(by).unwrap_or(0),
        Step::Join => 1,
        Step::Leave(_) | Step::Weight(..) => 0,
    });
    params.nodes + joins.sum::<u32>()
}

impl Plan {
    /// Plans a scenario at once.
    #[cfg(test)]
    pub fn new(params: Params, scenario: &Scenario) -> Plan {
        let mut planning = super::planning::Planning::new(params, scenario);
        while planning.advance(u64::MAX).is_none() {}
        planning.plan()
    }

    /// The first change that is not refused; none if all stays as it is.
    pub fn first_change(&self) -> Option<&Change> {
        self.changes.iter().map(|(_, change)| change).find(|change| change.from != change.to)
    }

    /// How long it takes to move so many copies, in µs.
    pub fn move_us(&self, copies: u64) -> u64 {
        let all_mb = u128::from(self.params.data) * u128::from(self.params.nodes);
        let span = u128::from(copies) * all_mb * 1_000_000
            / (u128::from(self.params.keys) * u128::from(self.params.bandwidth));
        u64::try_from(span).unwrap_or(u64::MAX).max(1)
    }
}

/// What has to move from one topology to the next, in the making.
#[derive(Debug)]
pub struct Comparison {
    /// The copies of all keys before and after, where the next point of a ring tells them.
    tables: Option<(CopyTable, CopyTable)>,
    /// Lists that are used again for each row.
    held: Vec<u32>,
    wanted: Vec<u32>,
    /// Copies by the pair of nodes between which they go.
    counts: Vec<u64>,
}

impl Comparison {
    /// Nothing is compared yet.
    pub fn new(before: &Topology, after: &Topology, params: &Params) -> Comparison {
        let tables = || Some((before.scheme.copy_table(params)?, after.scheme.copy_table(params)?));
        Comparison {
            tables: if params.replicas > 1 { tables() } else { None },
            held: Vec::new(),
            wanted: Vec::new(),
            counts: vec![0; before.keys.len() * before.keys.len()],
        }
    }

    /// What has to move of a row.
    pub fn row(&mut self, change: &mut Change, (before, after): (&Topology, &Topology), params: &Params, (rows, row): (&Rows, u32)) {
        let size = before.keys.len();
        let (from, to) = (before.owners[row as usize], after.owners[row as usize]);
        if from != to {
            change.between_old += u64::from(!change.is_due(from.into(), to.into()));
            change.moved += 1;
        }
        let counts = &mut self.counts[usize::from(from) * size..][..size];
        if params.replicas == 1 {
            counts[usize::from(to)] += u64::from(from != to);
            return;
        }
        let key = rows.key(row);
        if let (Some(tables), Scheme::Ring(ring), Scheme::Ring(next)) = (&self.tables, &before.scheme, &after.scheme) {
            let (held, wanted) = (tables.0.of(ring, key), tables.1.of(next, key));
            for node in wanted.iter().filter(|node| !held.contains(node)) {
                counts[usize::from(*node)] += 1;
            }
            return;
        }
        let (held, wanted) = (&mut self.held, &mut self.wanted);
        before.scheme.copies(params, key, u32::from(from), held);
        after.scheme.copies(params, key, u32::from(to), wanted);
        for node in wanted.iter().filter(|node| !held.contains(node)) {
            counts[*node as usize] += 1;
        }
    }

    /// The copies that go from a node to another.
    pub fn pairs(&self, size: usize) -> Map<(u16, u16), u64> {
        let pair = |(at, count): (usize, &u64)| ((((at / size) as u16), (at % size) as u16), *count);
        self.counts.iter().enumerate().filter(|(_, count)| **count > 0).map(pair).collect()
    }
}

impl Change {
    /// Whether a row must go from one node to another for the change's sake.
    fn is_due(&self, from: u32, to: u32) -> bool {
        let weighed = self.weighed.is_some_and(|(node, more)| node == if more { to } else { from });
        weighed || self.left.contains(&from) || self.joined.contains(&to)
    }
}

impl Topology {
    /// What a node weighs.
    pub fn weight_of(&self, node: u32) -> u32 {
        self.weights[node as usize]
    }

    /// Whether a row has two copies on one node.
    pub fn is_doubled(&self, params: &Params, rows: &Rows, row: u32) -> bool {
        let mut copies = Vec::new();
        self.scheme.copies(params, rows.key(row), u32::from(self.owners[row as usize]), &mut copies);
        (1..copies.len()).any(|at| copies[..at].contains(&copies[at]))
    }

    /// The members' numbers, ascending.
    pub fn members(&self) -> Vec<u32> {
        let mut members = self.scheme.nodes().to_vec();
        crate::sorted::sort(&mut members);
        members
    }

    /// How unevenly something lies on the members, each compared with what its weight makes fair: the squared coefficient of variation
    /// (population variance) and the most over the mean, both in millionths.
    pub fn spread(&self, loads: &[u64]) -> (u64, u64) {
        let members = self.members();
        let weights: u64 = members.iter().map(|node| u64::from(self.weight_of(*node))).sum();
        let all: u64 = members.iter().map(|node| loads[*node as usize]).sum();
        if all == 0 {
            return (0, 0);
        }
        let fair = |node: &u32| all as f64 * f64::from(self.weight_of(*node)) / weights as f64;
        let ratios: Vec<f64> = members.iter().map(|node| loads[*node as usize] as f64 / fair(node)).collect();
        let cv2 = ratios.iter().map(|r| (r - 1.0) * (r - 1.0)).sum::<f64>() / ratios.len() as f64;
        let most = ratios.iter().copied().fold(0.0, f64::max);
        ((cv2 * 1_000_000.0 + 0.5) as u64, (most * 1_000_000.0 + 0.5) as u64)
    }
}
