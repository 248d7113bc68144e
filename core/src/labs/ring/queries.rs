//! Queries: which shards each must ask, and the work that this makes for every node.

use super::params::{Params, Query, Tables};
use super::plan::Topology;
use super::rows::{Rows, Target};
use crate::sim::dice::{MILLION, Purpose, below, die, happens, remix};

/// So many queries are drawn to estimate what cannot be counted out.
pub const SAMPLE: u64 = 2_000;
/// A stretch of hashed keys is looked through up to so many rows; by then every node has been met or few are left.
const STRETCH_ROWS: u64 = 4_096;

/// What one request wants.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Wanted {
    /// One row by its key.
    Row(Target),
    /// Rows by their keys: the pieces of a split row, or a user with orders.
    Rows(Vec<Target>),
    /// A stretch of keys, from and to, and where to begin among hashed rows.
    Stretch(u64, u64),
    /// Whatever has some value in another column: it may be anywhere.
    Anywhere,
}

/// What the request of this die wants.
pub fn wanted(params: &Params, rows: &Rows, die: u64) -> Wanted {
    match params.query {
        Query::Second => Wanted::Anywhere,
        Query::Range => {
            let width = (u128::from(params.span) << 64) / u128::from(MILLION);
            let last_start = (1u128 << 64) - width;
            let first = ((u128::from(remix(die, 2)) * last_start) >> 64) as u64;
            Wanted::Stretch(first, first.saturating_add(width.saturating_sub(1).min(u128::from(u64::MAX)) as u64))
        }
        Query::Join => {
            let user = rows.draw(die);
            let order = |n: u32| match params.tables {
                Tables::Together => user,
                Tables::Apart => Target { key: remix(remix(user.key, 9), u64::from(n)), piece: true, ..user },
            };
            Wanted::Rows(std::iter::once(user).chain((0..params.orders).map(order)).collect())
        }
        Query::Point => {
            let target = rows.draw(die);
            if target.piece && happens(remix(die, 3), u64::from(params.reads)) {
                let pieces = rows.atoms().iter().map(|(piece, _)| *piece);
                return Wanted::Rows(pieces.filter(|piece| piece.row == target.row && piece.piece).collect());
            }
            Wanted::Row(target)
        }
    }
}

/// Tells `ask` the nodes that a request must ask, ascending, each once, and how many they are. `owner` knows who has a row now.
pub fn shards(
    wanted: &Wanted,
    rows: &Rows,
    topology: &Topology,
    owner: impl Fn(&Target) -> u32,
    mut ask: impl FnMut(u32, u32),
) {
    let mut nodes: Vec<u32> = match wanted {
        // Most requests are of this kind, and need no list.
        Wanted::Row(target) => return ask(owner(target), 1),
        Wanted::Rows(targets) => targets.iter().map(owner).collect(),
        Wanted::Anywhere => topology.scheme.nodes().to_vec(),
        Wanted::Stretch(first, last) => match topology.scheme.owners_between(*first, *last) {
            Some(nodes) => nodes,
            None => hashed_stretch(rows, topology, (*first, *last)),
        },
    };
    crate::sorted::sort(&mut nodes);
    nodes.dedup();
    let count = nodes.len() as u32;
    nodes.into_iter().for_each(|node| ask(node, count));
}

/// Neighbours in the order of keys lie anywhere once keys are hashed.
fn hashed_stretch(rows: &Rows, topology: &Topology, (first, last): (u64, u64)) -> Vec<u32> {
    if !rows.values().is_empty() {
        let met = rows.values_between(first, last).into_iter().map(|key| topology.scheme.owner(key));
        let met: Vec<u32> = met.collect();
        // Of a stretch without a value one node must say that there is nothing.
        return if met.is_empty() { vec![topology.scheme.owner(first)] } else { met };
    }
    let share = u128::from(last - first) + 1;
    let count = ((u128::from(rows.count()) * share) >> 64) as u64;
    let mut met = vec![false; topology.keys.len()];
    let mut left = topology.scheme.nodes().len();
    for n in 0..count.clamp(1, STRETCH_ROWS) {
        let row = below(remix(first, n), u64::from(rows.count()));
        let node = usize::from(topology.owners[row as usize]);
        left -= usize::from(!met[node]);
        met[node] = true;
        if left == 0 {
            break;
        }
    }
    (0..met.len() as u32).filter(|node| met[*node as usize]).collect()
}

/// Counts the shards of one query of the sample.
pub fn count(params: &Params, rows: &Rows, topology: &Topology, (seed, n): (u32, u64), counts: &mut [u64]) {
    let owner = |target: &Target| topology.scheme.owner_of(target, &topology.owners);
    let wanted = wanted(params, rows, die(seed, Purpose::Protocol(0), 0, n));
    shards(&wanted, rows, topology, owner, |node, _| counts[node as usize] += 1);
}

/// The work of each node in millionths of a request, and the shards that a request asks, in millionths, by the whole sample.
pub fn sampled_work(counts: &[u64]) -> (Vec<u64>, u64) {
    let work: Vec<u64> = counts.iter().map(|count| count * MILLION / SAMPLE).collect();
    let shards = counts.iter().sum::<u64>() * MILLION / SAMPLE;
    (work, shards)
}

/// The same for point queries, counted out.
pub fn point_work(params: &Params, rows: &Rows, topology: &Topology) -> (Vec<u64>, u64) {
    let mut wanted = vec![0u64; topology.keys.len()];
    let all: u64 = if rows.weight(0) == 1 && rows.count() > 1 && rows.weight(1) == 1 {
        wanted.copy_from_slice(&topology.keys);
        u64::from(rows.count())
    } else {
        (0..rows.count()).for_each(|row| wanted[usize::from(topology.owners[row as usize])] += rows.weight(row));
        wanted.iter().sum()
    };
    let own: u64 = rows.atoms().iter().map(|(_, share)| share).sum();
    let scaled = |weight: &u64| (u128::from(*weight) * u128::from(MILLION - own) / u128::from(all)) as u64;
    let mut work: Vec<u64> = wanted.iter().map(scaled).collect();
    let mut shards = MILLION;
    let mut pieces = Vec::new();
    let mut hot = 0;
    for (target, share) in rows.atoms() {
        let node = topology.scheme.owner_of(target, &topology.owners);
        let reads = if target.piece { share * u64::from(params.reads) / MILLION } else { 0 };
        work[node as usize] += share - reads;
        if target.piece {
            hot += reads;
            pieces.push(node);
        }
    }
    pieces.sort_unstable();
    pieces.dedup();
    pieces.iter().for_each(|node| work[*node as usize] += hot);
    shards += hot * (pieces.len() as u64).saturating_sub(1);
    (work, shards)
}
