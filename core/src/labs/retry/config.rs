//! What follows from the reader's settings: the graph of clients and servers.

use super::params::{Arrivals, BudgetOf, Load, Order, Params, RetryAfter, Switch, Trouble};
use crate::cast::{Cast, NodeId, Sort};
use crate::kits::graph::{
    self, Again, Budget, Carry, Desk, Expired, Graph, Hop, HopId, Kind, Line, Source, Spell, Step, Tier,
    TierId, Time,
};
use crate::parts::backoff;
use crate::parts::queue::Discipline;

/// What follows from the reader's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// Who takes part.
    pub cast: Cast,
    /// The graph; of a contention run only who takes part in it.
    pub graph: graph::Config,
    /// Contention: the delays between two writes.
    pub backoff: backoff::Policy,
}

impl Config {
    /// What follows from the reader's settings.
    pub fn new(params: Params) -> Config {
        let graph = graph::Config::new(graph(&params)).expect("a graph whatever the settings");
        Config { cast: graph.cast, graph, backoff: params.backoff_policy(), params }
    }

    /// The server at the end of every call.
    pub fn last(&self) -> NodeId {
        self.cast.server(self.cast.servers - 1)
    }

    /// Its tier.
    pub fn last_tier(&self) -> TierId {
        self.graph.tier_of(self.last())
    }

    /// When there is trouble.
    pub fn trouble(&self) -> Option<Spell> {
        self.graph.trouble(self.last())
    }

    /// From clients to the first server.
    pub const FROM_CLIENTS: HopId = HopId(0);
}

/// Clients, and servers in a row of which each calls the next and the last works.
fn graph(params: &Params) -> Graph {
    let mut graph = Graph::new(&["call"]);
    let layers = if params.load == Load::Chain { params.layers } else { 1 };
    let mut tiers: Vec<TierId> =
        (1..layers).map(|_| graph.tier(Tier::new("service", Sort::Server, 1))).collect();
    let last = graph.tier(server(params));
    let clients = graph.tier(Tier::new("client", Sort::Client, params.clients as u16));
    tiers.push(last);
    let mut from = clients;
    for (place, to) in (0..).zip(tiers) {
        let hop = graph.hop(Hop {
            time: Time {
                timeout_us: params.timeout,
                share: None,
                adaptive: params.timeout_policy(),
                carry: Carry::Clock,
                cancel: params.cancel == Switch::On,
            },
            again: Again { attempts: params.attempts_at(place), ..again(params) },
            ..Hop::new(from, to, params.timeout)
        });
        graph.route(from, vec![Step::Call(hop)]);
        from = to;
    }
    graph.route(last, vec![Step::WORK]);
    graph.source(Source {
        together_us: (params.load == Load::Deploy).then_some(params.trouble_at),
        each: params.calls_each,
        bad: params.bad,
        ..Source::new(clients, arrivals(params))
    });
    if let Some((at_us, _)) = params.trouble_span() {
        let kind = match params.trouble {
            Trouble::Silence => Kind::Silence,
            Trouble::Refusal => Kind::Refusal,
            Trouble::Slowness => Kind::Slow(params.slowdown),
            Trouble::Burst => Kind::Burst(params.burst),
        };
        graph.trouble(graph::Trouble::new(last, kind, (at_us, params.trouble_for)));
    }
    graph
}

fn server(params: &Params) -> Tier {
    let order = match params.queue {
        Order::Fifo => Discipline::Fifo,
        Order::Lifo => Discipline::Lifo,
    };
    let expired = if params.drop_expired == Switch::On { Expired::Drop } else { Expired::Serve };
    Tier {
        desk: Desk {
            keys: params.keys == Switch::On,
            tells_after: params.retry_after != RetryAfter::Off,
            ..Desk::default()
        },
        line: Line { order, limit: params.queue_limit, expired, ..Line::default() },
        workers: params.workers,
        work: params.service_dist(),
        fails: params.error,
        ..Tier::new("server", Sort::Server, 1)
    }
}

fn again(params: &Params) -> Again {
    let ratio_permille = params.ratio / 1_000;
    Again {
        backoff: params.backoff_policy(),
        total_us: params.total,
        mistakes: params.transient_only == Switch::Off,
        spread_after: params.retry_after == RetryAfter::Jittered,
        budget: match params.budget {
            BudgetOf::Grpc => Some(Budget::Throttle { tokens: params.tokens, ratio_permille }),
            _ => params.budget_policy().map(Budget::Ratio),
        },
        ..Again::NEVER
    }
}

fn arrivals(params: &Params) -> graph::Arrivals {
    match params.arrivals {
        Arrivals::Open => graph::Arrivals::Open(params.gap_dist()),
        Arrivals::Regular => graph::Arrivals::Regular(params.gap_dist()),
        Arrivals::Closed => graph::Arrivals::Closed(params.think.clone()),
    }
}
