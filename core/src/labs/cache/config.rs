//! What follows from the reader's settings: the graph of clients, applications, cache and store.

use super::params::{Herd, Invalidate, Load, Params, Strategy, Switch};
use crate::cast::{Cast, Sort};
use crate::kits::graph::{
    self, Again, Arrivals, Behind, CachePolicy, GET, Graph, Hop, HopId, Keys, Line, PUT, Role, Source, Step,
    Tier, TierId,
};
use crate::sim::dist::Dist;

/// Sets and deletes of a copy.
const SET: u8 = 2;
const DELETE: u8 = 3;
/// How long an application waits for a cache that says nothing, and after what time it looks again where another is fetching, in µs.
pub const PATIENCE_US: u64 = 100_000;
const AGAIN_US: u64 = 10_000;
/// Longer than any run.
const EVER_US: u64 = 1 << 50;

/// The cache and the store.
pub const CACHE: TierId = TierId(0);
pub const STORE: TierId = TierId(1);
/// From clients to applications.
pub const CLIENTS: HopId = HopId(0);

/// Who takes part.
pub fn cast(p: &Params) -> Cast {
    Cast { servers: 2, coordinators: p.apps as u16, clients: p.clients as u16 }
}

/// The graph, made ready.
pub fn config(params: &Params) -> graph::Config {
    graph::Config::new(graph(params, keys(params))).expect("a graph whatever the settings")
}

/// The same for pictures, which are asked for often, and need not know how much each of many keys is wanted.
pub fn drawn(params: &Params) -> graph::Config {
    graph::Config::new(graph(params, Keys::None)).expect("a graph whatever the settings")
}

fn graph(p: &Params, keys: Keys) -> Graph {
    let mut g = Graph::new(&["get", "put", "set", "delete"]);
    let (workers, work_us) = p.store();
    let cache = g.tier(Tier::new("cache", Sort::Server, 1));
    let store = g.tier(Tier {
        role: Role::Store,
        workers,
        work: Dist::constant_us(work_us),
        line: Line { limit: p.store_queue, ..Line::default() },
        ..Tier::new("store", Sort::Server, 1)
    });
    let app = g.tier(Tier::new("application", Sort::Coordinator, p.apps as u16));
    let clients = g.tier(Tier::new("client", Sort::Client, p.clients as u16));
    g.hop(Hop::new(clients, app, p.timeout));
    // Who is told to look again does so until its client has gone.
    let attempts = if p.keepers() == graph::Herd::None { 1 } else { 10_000 };
    let again = Again { attempts, total_us: p.timeout, ..Again::NEVER };
    let through = p.reads_through();
    let patience_us = if through { p.timeout } else { p.timeout.min(PATIENCE_US) };
    let to_cache = g.hop(Hop { again, ..Hop::new(app, cache, patience_us) });
    let fetch_us = if p.late_fill == Switch::On { EVER_US } else { p.timeout };
    let to_store = g.hop(Hop::new(app, store, fetch_us));
    let inner = g.hop(Hop::new(cache, store, fetch_us));
    g.tiers[usize::from(cache.0)].role = Role::Cache(policy(p, inner));

    g.route_of(store, GET, vec![Step::WORK, Step::Read]);
    g.route_of(store, PUT, vec![Step::WORK, Step::Write]);
    g.route_of(cache, SET, vec![Step::Keep]);
    g.route_of(cache, DELETE, vec![Step::Forget]);
    let once = |steps: Vec<Step>| if p.herd == Herd::Coalesce { vec![Step::Single(steps)] } else { steps };
    let (look, read) = match through {
        true => (once(vec![Step::Look(vec![Step::Call(inner)])]), vec![Step::Call(to_cache)]),
        false => {
            let fetch = vec![Step::Call(to_store), Step::CallAs(to_cache, SET), Step::Else(Vec::new())];
            (vec![Step::Look(Vec::new())], once(vec![Step::Call(to_cache), Step::Else(fetch)]))
        }
    };
    g.route_of(cache, GET, look);
    g.route_of(app, GET, read);
    g.route_of(
        cache,
        PUT,
        match p.strategy {
            Strategy::WriteBehind => vec![Step::Put],
            _ => vec![Step::Call(inner), Step::Keep],
        },
    );
    g.route_of(app, PUT, write(p, to_cache, to_store));
    g.route(clients, vec![Step::Call(CLIENTS)]);
    if let Some(gap) = p.gap() {
        let mix = vec![(PUT, p.writes)];
        let arrivals = if p.load == Load::Loop { Arrivals::Regular(gap) } else { Arrivals::Open(gap) };
        g.source(Source { mix, keys, ..Source::new(clients, arrivals) });
    }
    g
}

/// A write, by its strategy. One that cannot reach the copy has been made all the same.
fn write(p: &Params, cache: HopId, store: HopId) -> Vec<Step> {
    let (put, never_mind) = (Step::Call(store), Step::Else(Vec::new()));
    let to_copy = |class| Step::CallAs(cache, class);
    match (p.strategy, p.invalidate) {
        (Strategy::WriteThrough | Strategy::WriteBehind, _) => vec![Step::Call(cache)],
        (Strategy::WriteAround, _) => vec![put],
        (_, Invalidate::DeleteAfter) => vec![put, to_copy(DELETE), never_mind],
        (_, Invalidate::DeleteBefore) => vec![to_copy(DELETE), never_mind, put],
        (_, Invalidate::DeleteTwice) => {
            vec![to_copy(DELETE), never_mind.clone(), put, to_copy(DELETE), never_mind]
        }
        (_, Invalidate::Set) => vec![put, to_copy(SET), never_mind],
    }
}

fn policy(p: &Params, inner: HopId) -> CachePolicy {
    let behind = Behind { hop: inner, class: PUT, every_us: p.flush_every };
    CachePolicy {
        evict: p.evict_policy(),
        size: p.size,
        ttl: p.ttl_policy(),
        herd: p.keepers(),
        lease_us: p.lease,
        wait_us: AGAIN_US,
        newer: p.strategy == Strategy::WriteThrough,
        behind: (p.strategy == Strategy::WriteBehind).then_some(behind),
        warm: p.warm.min(p.keys),
        warm_die: 0x5eed,
    }
}

fn keys(p: &Params) -> Keys {
    let (keys, exponent_millionths) = (p.keys, p.zipf);
    match p.load {
        Load::Steady => Keys::Zipf { keys, exponent_millionths },
        Load::Loop => Keys::Loop(keys),
        Load::Shift => Keys::Turned { keys, exponent_millionths, at_us: p.shift_at },
    }
}
