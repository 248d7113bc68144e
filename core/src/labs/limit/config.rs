//! What follows from the reader's settings: tenants, gateways with their limiters, a service, and perhaps a store.

use super::params::By;
use super::params::{Concurrent, Counters, Load, Params, RetryAfter, StoreDown, Trouble};
use crate::cast::Sort;
use crate::kits::graph;
use crate::kits::graph::{
    Again, Arrivals, Bursts, Config, Desk, Graph, Hop, HopId, Kind, Limit, Line, Source, Step, Tier, TierId,
};

/// The service, n1.
pub const SERVICE: TierId = TierId(0);
/// The gateways, k1 and on.
pub const GATEWAYS: TierId = TierId(1);
/// From clients to gateways, and from those to the service.
pub const ASK: HopId = HopId(0);
pub const ADMIT: HopId = HopId(1);

/// How far before a window's end and after it an adversary's requests come, in µs, at the most.
const AROUND_US: u64 = 5_000;

/// The graph made ready.
pub fn config(params: &Params) -> Config {
    Config::new(graph(params)).expect("a graph whatever the settings")
}

fn graph(params: &Params) -> Graph {
    let mut graph = Graph::new(&["call"]);
    graph.tier(Tier {
        line: Line { limit: params.queue_limit, ..Line::default() },
        workers: params.workers,
        work: params.work_dist(),
        ..Tier::new("service", Sort::Server, 1)
    });
    graph
        .tier(Tier { desk: desk(params), ..Tier::new("gateway", Sort::Coordinator, params.gateways as u16) });
    let clients = graph.tier(Tier::new("client", Sort::Client, 1));
    let again = Again {
        attempts: params.attempts,
        backoff: params.backoff_policy(),
        spread_after: params.retry_after == RetryAfter::Jittered,
        ..Again::NEVER
    };
    graph.hop(Hop { uneven: params.spread, again, ..Hop::new(clients, GATEWAYS, params.timeout) });
    graph.hop(Hop::new(GATEWAYS, SERVICE, params.timeout));
    graph.route(SERVICE, vec![Step::WORK]);
    graph.route(clients, vec![Step::Call(ASK)]);
    let mut steps = asked_elsewhere(params, &mut graph);
    steps.push(Step::Call(ADMIT));
    graph.route(GATEWAYS, steps);
    let each = if params.load == Load::Flood { params.crowd } else { 0 };
    graph.source(Source { tenants: params.weights(), each, ..Source::new(clients, arrivals(params)) });
    if params.trouble == Trouble::Slowness {
        let span = (params.trouble_at, params.trouble_for);
        graph.trouble(graph::Trouble::new(SERVICE, Kind::Slow(params.slowdown), span));
    }
    graph
}

/// Who may come in at a gateway.
fn desk(params: &Params) -> Desk {
    let by_tenant = params.by == By::Tenant;
    let shared = params.counters == Counters::Shared;
    let sync_us = if params.counters == Counters::Sync { params.sync } else { 0 };
    let limit = |policy| Limit { by_tenant, sync_us, by_route: shared, ..Limit::new(policy) };
    Desk {
        limit: params.policy_of_a_gateway().map(limit),
        concurrency: if params.concurrency == Concurrent::Fixed { params.concurrency_limit } else { 0 },
        adaptive: params.aimd(),
        tells_after: params.retry_after != RetryAfter::Off,
        ..Desk::default()
    }
}

/// Where counters are shared: a store that decides, and what a gateway does without it.
fn asked_elsewhere(params: &Params, graph: &mut Graph) -> Vec<Step> {
    let Some(policy) = params.policy().filter(|_| params.counters == Counters::Shared) else {
        return Vec::new();
    };
    let limit = Limit { by_tenant: params.by == By::Tenant, by_route: true, ..Limit::new(policy) };
    let desk = Desk { limit: Some(limit), tells_after: true, ..Desk::default() };
    let store = Tier { desk, work: params.store_latency.clone(), ..Tier::new("store", Sort::Server, 1) };
    let store = graph.tier(store);
    graph.route(store, vec![Step::WORK, Step::Limit]);
    let ask = graph.hop(Hop::new(GATEWAYS, store, params.store_timeout));
    let mut steps = vec![Step::Admit(ask)];
    match params.store_down {
        StoreDown::Closed => {}
        StoreDown::Open => steps.push(Step::Down(Vec::new())),
        StoreDown::Local => steps.push(Step::Down(vec![Step::Limit])),
    }
    steps
}

fn arrivals(params: &Params) -> Arrivals {
    let gap = params.gap_dist();
    let leg_us = params.latency.mean_us().unwrap_or(0.0) as u64;
    match params.load {
        Load::Steady => Arrivals::Open(gap),
        Load::Regular if params.starts == 0 => Arrivals::Regular(gap),
        Load::Regular => {
            let every_us = gap.mean_us().unwrap_or(1.0) as u64;
            let many = Bursts { first_us: params.starts, every_us, many: 1, within_us: 0 };
            Arrivals::Bursts(many)
        }
        Load::Edge => {
            // Every other window's end: so that there is room for a whole limit before each.
            let around_us = AROUND_US.min(params.window / 20);
            let first_us = params.window.saturating_sub(around_us + leg_us);
            let (every_us, many) = (params.window.saturating_mul(2), params.limit.saturating_mul(2));
            Arrivals::Bursts(Bursts { first_us, every_us, many, within_us: 2 * around_us })
        }
        Load::Flood => {
            let every_us = u64::MAX / 4;
            Arrivals::Bursts(Bursts { first_us: 1_000_000, every_us, many: params.crowd, within_us: 0 })
        }
    }
}
