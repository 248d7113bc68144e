//! What follows from the reader's settings: clients, balancers, servers.

use super::params::{Bad, Fault, Layer, Load, Params, Policy, Sees, Spread};
use crate::cast::Sort;
use crate::kits::graph::{
    self, Arrivals, Beliefs, Check, Config, Graph, Hop, HopId, Keys, Kind, Pace, Pick, SlowStart, Source,
    Step, Tier, TierId, Trouble, Warm,
};
use crate::parts::outlier;
use crate::sim::dist::Dist;

/// The tier of the servers.
pub const SERVERS: TierId = TierId(0);
/// From clients to balancers.
pub const FROM_CLIENTS: HopId = HopId(0);
/// From balancers to servers.
pub const TO_SERVERS: HopId = HopId(1);
/// A time that no run is longer than.
const NEVER_US: u64 = 3 * 3_600_000_000;

/// The graph, made ready.
pub fn config(params: &Params) -> Config {
    Config::new(graph(params)).expect("a graph whatever the settings")
}

/// The server that is in trouble, where it is one.
pub fn bad_server(params: &Params) -> u16 {
    u16::from(params.servers > 1)
}

fn graph(params: &Params) -> Graph {
    let mut graph = Graph::new(&["call"]);
    let balls = params.load == Load::Balls;
    let servers = graph.tier(Tier {
        workers: params.workers,
        work: if balls { Dist::constant_us(NEVER_US) } else { params.work.clone() },
        pace: Pace {
            speeds: params.speeds(),
            warm: (params.warm > 0).then_some(Warm { for_us: params.warm, permille: params.cold / 1_000 }),
        },
        ..Tier::new("server", Sort::Server, params.servers as u16)
    });
    let reads = params.layer == Layer::L7 && params.proxy > 0;
    let work = Dist::constant_us(params.proxy);
    let balancers = Tier { work, ..Tier::new("balancer", Sort::Coordinator, params.balancers as u16) };
    let balancers = graph.tier(balancers);
    let many = if params.load == Load::Closed { params.clients as u16 } else { 1 };
    let clients = graph.tier(Tier::new("client", Sort::Client, many));
    let timeout_us = if balls { NEVER_US } else { params.timeout };
    // A connection comes to one balancer; requests come to any.
    let pick = if params.layer == Layer::L4 { Pick::Hash } else { Pick::Random };
    let outer = graph.hop(Hop { pick, ..Hop::new(clients, balancers, timeout_us.saturating_mul(2)) });
    let inner = graph.hop(Hop {
        pick: pick_of(params),
        beliefs: beliefs(params),
        ..Hop::new(balancers, servers, timeout_us)
    });
    graph.route(servers, vec![Step::WORK]);
    let call = Step::Call(inner);
    graph.route(balancers, if reads { vec![Step::WORK, call] } else { vec![call] });
    graph.route(clients, vec![Step::Call(outer)]);
    let keys = match params.per_connection {
        Spread::Equal => Keys::Uniform(params.connections),
        Spread::Zipf => Keys::Zipf { keys: params.connections, exponent_millionths: 1_000_000 },
    };
    let each = if balls { params.balls } else { 0 };
    graph.source(Source { keys, each, ..Source::new(clients, arrivals(params)) });
    if let Some(kind) = kind(params) {
        let instance = (params.bad == Bad::One).then(|| bad_server(params));
        let trouble = Trouble::new(servers, kind, (params.fault_at, params.fault_for));
        graph.trouble(Trouble { instance, ..trouble });
    }
    graph
}

fn arrivals(params: &Params) -> Arrivals {
    match params.load {
        Load::Closed => Arrivals::Closed(params.think.clone()),
        Load::Open => Arrivals::Open(Dist::Exponential { mean_ns: ((1e9 / params.rate()) as u64).max(1) }),
        Load::Balls => Arrivals::Open(Dist::constant_us(1_000)),
    }
}

fn pick_of(params: &Params) -> Pick {
    match params.policy {
        Policy::Rr => Pick::RoundRobin,
        Policy::Random => Pick::Random,
        Policy::Least => Pick::Shortest,
        // Balls are drawn for as in the theorem.
        Policy::P2c if params.load == Load::Balls => Pick::Draws(params.choices as u8),
        Policy::P2c => Pick::Choices(params.choices as u8),
        Policy::Wrt => Pick::WeightedResponse,
        Policy::Lrt => Pick::LeastResponse,
        Policy::Hash => Pick::Hash,
    }
}

fn beliefs(params: &Params) -> Beliefs {
    Beliefs {
        sees: match params.sees {
            Sees::Own => graph::Sees::Own,
            Sees::Shared => graph::Sees::Told,
            Sees::Stale => graph::Sees::Every(params.stale),
        },
        keeps_us: (params.layer == Layer::L4).then_some(params.reconnect),
        check: (params.check > 0).then_some(Check {
            every_us: params.check.max(1_000),
            timeout_us: params.check_timeout,
            unhealthy: params.unhealthy,
            healthy: params.healthy,
            deep: params.fault != Fault::Grey,
        }),
        eject: (params.eject > 0).then_some(outlier::Policy {
            failures: params.eject,
            base_us: params.eject_for,
            most_permille: params.eject_most * 10,
        }),
        panic_permille: params.panic * 10,
        slow_start: (params.slow_start > 0).then_some(SlowStart {
            window_us: params.slow_start,
            aggression: params.aggression,
            least: 100_000,
        }),
        ..Beliefs::OWN
    }
}

fn kind(params: &Params) -> Option<Kind> {
    Some(match params.fault {
        Fault::None => return None,
        Fault::Dead => Kind::Mute,
        Fault::Slow => Kind::Slow(params.slowdown),
        Fault::FastFail | Fault::Grey => Kind::Errors(1_000_000),
        Fault::Alarm => Kind::Alarm,
    })
}
