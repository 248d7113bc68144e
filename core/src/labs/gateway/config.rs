//! What follows from the reader's settings: clients, a gateway, leaves with their replicas, sidecars between them, perhaps a store that all leaves share.

use super::params::{Cancel, Hedge, Limiter, Need, Params, Queues, Shape, Switch, Trouble};
use crate::cast::Sort;
use crate::kits::graph::{
    self, Again, Arrivals, Budget, Carry, Front, Graph, Hop, HopId, Kind, Parts, Reach, Recall, Sidecar,
    Source, Step, Tier, TierId, Time, Waits,
};
use crate::parts::{adaptive_timeout, backoff, retry_budget};
use crate::sim::dist::Dist;

/// How long clients wait: as long as any run.
const FOREVER_US: u64 = 3_600_000_000;

/// What follows from the reader's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// The graph.
    pub graph: graph::Config,
    /// The calls that reach the leaves, by whoever chooses the server.
    pub to_leaves: HopId,
    /// The store, if there is one.
    pub store: Option<TierId>,
}

impl Config {
    /// The clients' calls.
    pub const PAGES: HopId = HopId(0);
    /// The gateway's calls for parts.
    pub const PARTS: HopId = HopId(1);
    /// The leaves.
    pub const LEAVES: TierId = TierId(1);

    /// What follows from the reader's settings.
    pub fn new(params: Params) -> Config {
        let (graph, to_leaves, store) = graph(&params);
        let graph = graph::Config::new(graph).expect("a graph whatever the settings");
        Config { params, graph, to_leaves, store }
    }

    /// The last service of a call.
    pub fn last(&self) -> TierId {
        self.store.unwrap_or(Config::LEAVES)
    }

    /// How many servers there are with a line.
    pub fn servers(&self) -> u32 {
        self.params.fan * self.params.servers_each() + u32::from(self.store.is_some())
    }

    /// When there is trouble, from when to when.
    pub fn trouble(&self) -> Option<(u64, u64)> {
        let (from_us, for_us) = (self.params.trouble_at, self.params.trouble_for);
        (self.params.trouble != Trouble::None && for_us > 0)
            .then(|| (from_us, from_us.saturating_add(for_us)))
    }
}

fn graph(p: &Params) -> (Graph, HopId, Option<TierId>) {
    let mut graph = Graph::new(&["page"]);
    let (fan, servers) = (p.fan as u16, (p.fan * p.servers_each()) as u16);
    let front = front(p);
    let gateway = graph.tier(front.clone().tier());
    let leaves = graph.tier(Tier {
        workers: u32::from(p.queues == Queues::On),
        work: p.work(),
        fails: 1_000_000 - p.availability,
        ..Tier::new("leaf", Sort::Server, servers)
    });
    let clients = graph.tier(Tier::new("client", Sort::Client, 1));
    graph.hop(Hop::new(clients, gateway, FOREVER_US));
    let parts = graph.hop(Hop { reach: Reach::Groups(fan), ..call(p, gateway, leaves) });
    if p.seconds() {
        let hop = &mut graph.hops[usize::from(parts.0)];
        (hop.hedge, hop.again.budget, hop.again.attempts) = (Some(hedge(p)), budget(p), 1);
    }
    let waits = match p.need {
        Need::All => Waits::All,
        Need::K => Waits::Some(p.needed() as u16),
        Need::Essential => Waits::Essential(p.essential as u16),
    };
    let steps = match p.shape {
        Shape::Parallel => Parts::at_once(parts, fan, waits),
        Shape::Sequence => Parts::in_turn(parts, fan, waits),
    };
    graph.route(gateway, front.steps(steps));
    graph.route(clients, vec![Step::Call(Config::PAGES)]);
    let mut of_leaf = vec![Step::WORK];
    let store = (p.store == Switch::On).then(|| store(p, &mut graph));
    let asked = store.map(|store| graph.hop(call(p, leaves, store)));
    of_leaf.extend(asked.map(Step::Call));
    graph.route(leaves, of_leaf);
    let mut to_leaves = parts;
    if p.mesh == Switch::On {
        to_leaves = graph.sidecar(parts, sidecar(p, "sidecar"));
        if p.seconds() {
            graph.hops[usize::from(parts.0)].again = again(p, p.app_attempts);
            graph.hops[usize::from(to_leaves.0)].again = Again { budget: budget(p), ..again(p, 1) };
        }
        if let Some(asked) = asked {
            graph.sidecar(asked, sidecar(p, "sidecar 2"));
        }
    }
    let gap = Dist::Exponential { mean_ns: ((1e9 / p.pages_per_s()) as u64).max(1) };
    graph.source(Source { tenants: tenants(p), ..Source::new(clients, Arrivals::Open(gap)) });
    if let Some((tier, instance, kind)) = trouble(p, leaves, store) {
        let spell = graph::Trouble::new(tier, kind, (p.trouble_at, p.trouble_for));
        graph.trouble(graph::Trouble { instance, ..spell });
    }
    (graph, to_leaves, store)
}

fn front(p: &Params) -> Front {
    let all = (u64::from(p.limit) * u64::from(p.clients)).min(u32::MAX.into()) as u32;
    let limit = match p.limiter {
        Limiter::None => None,
        Limiter::All => Some(Front::bucket(all, false)),
        Limiter::Client => Some(Front::bucket(p.limit, true)),
    };
    Front { name: "gateway", instances: 1, workers: 0, auth: p.auth.clone(), limit }
}

fn store(p: &Params, graph: &mut Graph) -> TierId {
    let work = Dist::Exponential { mean_ns: 1_000_000_000_000_000 / u64::from(p.store_capacity) };
    let store = graph.tier(Tier { workers: 1, work, ..Tier::new("store", Sort::Server, 1) });
    graph.route(store, vec![Step::WORK]);
    store
}

/// How much each client asks for; empty if there is but one.
fn tenants(p: &Params) -> Vec<u32> {
    match p.clients {
        1 => Vec::new(),
        clients => std::iter::once(p.greedy).chain((1..clients).map(|_| 1)).collect(),
    }
}

fn trouble(p: &Params, leaves: TierId, store: Option<TierId>) -> Option<(TierId, Option<u16>, Kind)> {
    match p.trouble {
        Trouble::None => None,
        Trouble::Leaf => Some((leaves, Some(0), Kind::Slow(p.slowdown))),
        Trouble::Leaves => Some((leaves, None, Kind::Slow(p.slowdown))),
        Trouble::Part => Some((leaves, None, Kind::Shard(p.fan - 1))),
        Trouble::Store => Some((store?, None, Kind::Errors(1_000_000))),
    }
}

/// So many tries, one at once after the other.
fn again(p: &Params, attempts: u32) -> Again {
    let backoff = backoff::Policy { kind: backoff::Kind::None, ..backoff::Policy::BOOK };
    Again { attempts, backoff, total_us: p.deadline, ..Again::NEVER }
}

fn time(p: &Params) -> Time {
    let cancel = p.cancel == Cancel::Done;
    Time { timeout_us: p.deadline, share: None, adaptive: None, carry: Carry::No, cancel }
}

/// A call of an application.
fn call(p: &Params, from: TierId, to: TierId) -> Hop {
    Hop { time: time(p), again: again(p, p.app_attempts), ..Hop::new(from, to, p.deadline) }
}

fn sidecar(p: &Params, name: &'static str) -> Sidecar {
    Sidecar { name, proxy: p.proxy.clone(), time: time(p), again: again(p, p.mesh_attempts) }
}

/// Second requests: copies at once, or hedges.
fn hedge(p: &Params) -> graph::Hedge {
    let recall = if p.cancel == Cancel::Done { Recall::AtOnce } else { Recall::Never };
    if p.copies > 1 {
        return graph::Hedge { after_us: 0, adaptive: None, most: p.copies - 1, recall };
    }
    let policy = adaptive_timeout::Policy {
        quantile_permille: 950,
        factor_permille: 1_000,
        window: 100,
        first_us: p.hedge_after,
    };
    let adaptive = (p.hedge == Hedge::P95).then_some(policy);
    graph::Hedge { after_us: p.hedge_after, adaptive, most: 1, recall }
}

/// What bounds hedges: a share of the calls of the last ten seconds, and one besides.
fn budget(p: &Params) -> Option<Budget> {
    let ratio_permille = p.hedge_budget / 1_000;
    let paid_on = retry_budget::PaidOn::Call;
    let policy = retry_budget::Policy { paid_on, ratio_permille, ttl_us: 10_000_000, reserve: 1 };
    (p.hedge_budget < 1_000_000 && p.copies == 1).then_some(Budget::Ratio(policy))
}
