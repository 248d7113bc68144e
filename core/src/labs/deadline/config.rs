//! What follows from the reader's settings: people, and services that call each other.

use super::params::{Carry, Expired, Hedge, HedgeCancel, Params, Pick, Rule, Shape, Switch, Trouble};
use crate::cast::Sort;
use crate::kits::graph::{
    self, Again, Budget, Desk, Graph, Hop, HopId, Kind, Line, Recall, Source, Step, Tier, TierId, Time,
};
use crate::parts::{adaptive_timeout, backoff, deadline};

/// The services' names.
const NAMES: [&str; 6] = ["s1", "s2", "s3", "s4", "s5", "s6"];
/// Bystanders are of this class.
const BYSTANDER: u8 = 1;
/// How long people wait who have no timeout of their own: as long as any run.
const FOREVER_US: u64 = 3_600_000_000;

/// What follows from the reader's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// The graph.
    pub graph: graph::Config,
    /// The calls of the last service, by all who make them.
    pub last_hop: HopId,
    /// Those of the bystanders, if there are any.
    pub bystanders: Option<HopId>,
}

impl Config {
    /// The people's calls.
    pub const PEOPLE: HopId = HopId(0);
    /// The first service.
    pub const FIRST: TierId = TierId(0);

    /// What follows from the reader's settings.
    pub fn new(params: Params) -> Config {
        let (graph, last_hop, bystanders) = graph(&params);
        let graph = graph::Config::new(graph).expect("a graph whatever the settings");
        Config { graph, last_hop, bystanders, params }
    }

    /// The last service.
    pub fn last(&self) -> TierId {
        TierId(self.params.last() as u8)
    }

    /// When there is trouble, from when to when.
    pub fn trouble(&self) -> Option<(u64, u64)> {
        let (from_us, for_us) = (self.params.trouble_at, self.params.trouble_for);
        (self.params.bad().is_some() && for_us > 0).then(|| (from_us, from_us.saturating_add(for_us)))
    }
}

fn graph(params: &Params) -> (Graph, HopId, Option<HopId>) {
    let mut graph = Graph::new(&["call", "bystander"]);
    let services: Vec<TierId> = (0..params.hops).map(|which| graph.tier(service(params, which))).collect();
    let first = services[0];
    let people = graph.tier(Tier::new("people", Sort::Client, 1));
    let mut last_hop = graph.hop(hop(params, (people, first), 0));
    graph.route(people, vec![Step::Call(last_hop)]);
    let mut calls = |graph: &mut Graph, from: TierId, to: TierId, depth: u32| {
        last_hop = graph.hop(hop(params, (from, to), depth));
        last_hop
    };
    match params.shape {
        Shape::Nested => {
            for (depth, pair) in (1..).zip(services.windows(2)) {
                let next = calls(&mut graph, pair[0], pair[1], depth);
                graph.route(pair[0], vec![Step::WORK, Step::Call(next)]);
            }
            graph.route(services[services.len() - 1], vec![Step::WORK]);
        }
        Shape::Sequence | Shape::Parallel => {
            let others: Vec<HopId> =
                services[1..].iter().map(|other| calls(&mut graph, first, *other, 1)).collect();
            services[1..].iter().for_each(|other| graph.route(*other, vec![Step::WORK]));
            let mut steps = vec![Step::WORK];
            match params.shape {
                Shape::Parallel if !others.is_empty() => steps.push(Step::All(others)),
                _ => steps.extend(others.into_iter().map(Step::Call)),
            }
            graph.route(first, steps);
        }
    }
    let alone = params.bystanders;
    let bystanders = (alone > 0).then(|| {
        let tier = graph.tier(Tier::new("bystanders", Sort::Client, 1));
        let plain = Hop { hedge: None, ..hop(params, (tier, first), 0) };
        let hop = graph.hop(plain);
        graph.route(tier, vec![Step::CallAs(hop, BYSTANDER)]);
        graph.route_of(first, BYSTANDER, vec![Step::WORK]);
        graph.source(source(params, tier, alone));
        hop
    });
    if alone < 1_000_000 {
        graph.source(source(params, people, 1_000_000 - alone));
    }
    if let Some(bad) = params.bad() {
        let kind = match params.trouble {
            Trouble::None | Trouble::Hang => Kind::Silence,
            Trouble::Slow => Kind::Slow(params.slowdown),
            Trouble::Errors => Kind::Errors(1_000_000),
        };
        let (at_us, for_us) = (params.trouble_at, params.trouble_for);
        graph.trouble(graph::Trouble::new(services[bad as usize], kind, (at_us, for_us)));
    }
    (graph, last_hop, bystanders)
}

fn service(params: &Params, which: u32) -> Tier {
    let copies = if which == params.last() { params.copies } else { 1 };
    let expired = match params.expired {
        Expired::Serve => graph::Expired::Serve,
        Expired::Drop => graph::Expired::Drop,
        Expired::Predict => graph::Expired::Predict,
    };
    Tier {
        desk: Desk { deadline: params.expired != Expired::Serve, ..Desk::default() },
        line: Line { expired, ..Line::default() },
        threads: params.threads,
        workers: 1,
        work: params.work(which),
        ..Tier::new(NAMES[which as usize], Sort::Server, copies as u16)
    }
}

fn source(params: &Params, tier: TierId, share: u32) -> Source {
    let gap = params.gap(share);
    let arrivals = match params.arrivals {
        super::params::Arrivals::Open => graph::Arrivals::Open(gap),
        super::params::Arrivals::Regular => graph::Arrivals::Regular(gap),
    };
    let budget_us = if params.rule == Rule::Own { 0 } else { params.total };
    Source { budget_us, ..Source::new(tier, arrivals) }
}

/// A call from a depth: the people's is from 0.
fn hop(params: &Params, (from, to): (TierId, TierId), depth: u32) -> Hop {
    let is_last = u32::from(to.0) == params.last();
    let share = match (params.rule, depth) {
        (Rule::Own, _) => None,
        (Rule::Deadline, _) => Some(deadline::Rule::Deadline),
        // People wait for what the first service answers, however it divides its time.
        (_, 0) => None,
        (Rule::HalfLeft, _) => Some(deadline::Rule::HalfLeft),
        (Rule::HalfEach, _) => Some(deadline::Rule::HalfEach),
    };
    let waits = depth == 0 && matches!(params.rule, Rule::HalfLeft | Rule::HalfEach);
    let carry = match params.carry {
        Carry::Off => graph::Carry::No,
        Carry::Duration => graph::Carry::Duration,
        Carry::Clock => graph::Carry::Clock,
    };
    let hedge = (is_last && params.hedges()).then(|| hedge(params));
    let timeout_us = if waits { FOREVER_US } else { params.timeout };
    let attempts = if hedge.is_some() { 1 } else { params.attempts_at(depth) };
    let backoff = backoff::Policy { kind: backoff::Kind::None, ..backoff::Policy::BOOK };
    let budget = Budget::Throttle { tokens: params.tokens.max(1), ratio_permille: 100 };
    let total_us = if params.rule == Rule::Own { 0 } else { params.total };
    Hop {
        pick: match params.pick {
            Pick::Random => graph::Pick::Random,
            Pick::Turn => graph::Pick::RoundRobin,
            Pick::Least => graph::Pick::LeastOutstanding,
            Pick::Two => graph::Pick::Choices(2),
        },
        time: Time { timeout_us, share, adaptive: None, carry, cancel: params.cancel == Switch::On },
        again: Again {
            attempts,
            backoff,
            total_us,
            budget: (params.tokens > 0).then_some(budget),
            ..Again::NEVER
        },
        hedge,
        ..Hop::new(from, to, timeout_us)
    }
}

fn hedge(params: &Params) -> graph::Hedge {
    let policy = adaptive_timeout::Policy {
        quantile_permille: 950,
        factor_permille: 1_000,
        window: 100,
        first_us: params.hedge_after,
    };
    graph::Hedge {
        after_us: params.hedge_after,
        adaptive: (params.hedge == Hedge::P95).then_some(policy),
        most: params.hedges,
        recall: match params.hedge_cancel {
            HedgeCancel::Off => Recall::Never,
            HedgeCancel::Waiting => Recall::Waiting,
            HedgeCancel::AtOnce => Recall::AtOnce,
        },
    }
}
