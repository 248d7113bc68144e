//! The graph that follows from the reader's settings: instances of a service, and the three dependencies that they call through breakers and pools.

use super::params::{Arrivals, CountedAs, Needs, Order, Params, Pools, Scope, Switch, Trouble};
use crate::cast::Sort;
use crate::kits::graph::{
    self, Again, Config, Desk, Gate, Graph, Hop, HopId, Keys, Kind, Line, Mistakes, Source, Step, Threads,
    Tier, TierId, Time,
};
use crate::parts::backoff;
use crate::parts::breaker::Outcome;
use crate::sim::dice::MILLION;
use crate::sim::dist::Dist;

/// The dependencies: tiers, with a hop to each, in this order.
const NAMES: [&str; 3] = ["cache", "database", "analytics"];
/// The service, after them.
pub const SERVICE: TierId = TierId(NAMES.len() as u8);
/// The hops, in the order of the dependencies.
pub const HOPS: [HopId; 3] = [HopId(0), HopId(1), HopId(2)];

/// The graph, made ready.
pub fn config(params: &Params) -> Config {
    Config::new(graph(params)).expect("a graph whatever the settings")
}

fn graph(params: &Params) -> Graph {
    let mut graph = Graph::new(&["request"]);
    let tiers = NAMES.map(|name| {
        // Only the database finds a request bad: the mistake is in what it is asked to keep.
        let mistakes = if name == "database" { Mistakes::AtDoor } else { Mistakes::Never };
        let tier = graph.tier(Tier {
            desk: Desk { mistakes, ..Desk::default() },
            line: Line { limit: params.queue_limit, ..Line::default() },
            workers: params.workers,
            work: params.work.clone(),
            ..Tier::new(name, Sort::Server, 1)
        });
        graph.route(tier, vec![Step::WORK]);
        tier
    });
    let service = graph.tier(Tier::new("service", Sort::Coordinator, params.callers as u16));
    let threads = Threads { threads: params.threads(), queue_limit: params.pool_queue };
    let shared = (params.pools == Pools::Shared).then(|| graph.pool(threads));
    let hops = tiers.map(|tier| {
        let pool = shared.unwrap_or_else(|| graph.pool(threads));
        let hop = Hop::new(service, tier, params.total);
        graph.hop(Hop {
            time: Time { share: Some(params.time_rule()), ..hop.time },
            again: again(params),
            gate: (params.breaker == Switch::On).then(|| gate(params)),
            pool: Some(pool),
            fallback: params.fallback == Switch::On,
            ..hop
        })
    });
    let calls = match params.needs {
        Needs::One => vec![Step::One(hops.to_vec())],
        Needs::All => hops.map(Step::Call).to_vec(),
        Needs::Any => vec![Step::Any(hops.to_vec())],
    };
    graph.route(service, calls);
    let by_shard = params.scope == Scope::Shard || params.trouble == Trouble::Shard;
    graph.source(Source {
        at_once: params.burst,
        budget_us: params.total,
        bad: params.bad,
        keys: if by_shard { Keys::Uniform(params.shards) } else { Keys::None },
        ..Source::new(service, arrivals(params))
    });
    let kind = match params.trouble {
        Trouble::Off => return graph,
        Trouble::Errors => Kind::Errors(params.error),
        Trouble::Slow => Kind::Slow(params.slowdown),
        Trouble::Silence => Kind::Mute,
        Trouble::Shard => Kind::Shard(0),
    };
    let tier = tiers[params.target as usize];
    graph.trouble(graph::Trouble {
        flap_us: params.flap,
        recover_below: params.recover_below,
        ..graph::Trouble::new(tier, kind, (params.trouble_at, params.trouble_for))
    });
    graph
}

/// The time between two groups of requests to one instance.
fn arrivals(params: &Params) -> graph::Arrivals {
    let group = u128::from(params.callers) * u128::from(params.burst);
    let mean_ns = (group * 1_000_000_000 * u128::from(MILLION) / u128::from(params.rate)) as u64;
    match params.arrivals {
        Arrivals::Random => graph::Arrivals::Open(Dist::Exponential { mean_ns }),
        Arrivals::Even => graph::Arrivals::Regular(Dist::Constant { ns: mean_ns }),
    }
}

fn again(params: &Params) -> Again {
    let (kind, initial_us, cap_us) = (backoff::Kind::Fixed, params.backoff, params.backoff);
    let backoff = backoff::Policy { kind, initial_us, cap_us, jitter_permille: 0, ..backoff::Policy::BOOK };
    let attempts = if params.order == Order::None { 1 } else { params.attempts };
    Again { attempts, backoff, ..Again::NEVER }
}

fn gate(params: &Params) -> Gate {
    let counted = |of| match of {
        CountedAs::Nothing => Outcome::Ignored,
        CountedAs::Failure => Outcome::Failure,
        CountedAs::Success => Outcome::Success,
    };
    Gate {
        shards: if params.scope == Scope::Shard { params.shards } else { 1 },
        outside: params.order == Order::BreakerOutside,
        errors: counted(params.count_errors),
        mistakes: counted(params.count_bad),
        ..Gate::new(params.breaker_policy())
    }
}
