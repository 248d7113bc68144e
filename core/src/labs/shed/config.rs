//! What follows from the reader's settings: the graph.

use super::params::{CRITICAL, OTHER, Params, Switch, Via};
use crate::cast::Sort;
use crate::kits::graph::{
    self, Again, Arrivals, Carry, Desk, Graph, Hop, HopId, Kind, Pick, Source, Spell, Step, Tier, TierId,
    Time, Trouble,
};
use crate::parts::backoff;
use crate::parts::throttle;

/// What follows from the reader's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// The graph.
    pub graph: graph::Config,
}

impl Config {
    /// From callers to where their requests wait.
    pub const CALLS: HopId = HopId(0);
    /// Who works.
    pub const SERVICE: TierId = TierId(0);

    /// What follows from the reader's settings.
    pub fn new(params: Params) -> Config {
        let graph = graph::Config::new(graph(&params)).expect("a graph whatever the settings");
        Config { params, graph }
    }

    /// Where requests wait.
    pub fn front(&self) -> TierId {
        self.graph.graph.hops[usize::from(Config::CALLS.0)].to
    }

    /// When calls come more often.
    pub fn more(&self) -> Option<Spell> {
        self.graph.burst
    }
}

/// Callers and a service with a line; or a queue between them from which instances take requests, and perhaps a controller of these.
fn graph(params: &Params) -> Graph {
    let mut graph = Graph::new(&["critical", "other"]);
    let work = Tier {
        workers: params.workers,
        work: params.work(),
        ..Tier::new("service", Sort::Server, params.most() as u16)
    };
    let service = graph.tier(work);
    let callers = graph.tier(Tier::new("caller", Sort::Client, 1));
    let front =
        if params.is_plain() { service } else { graph.tier(Tier::new("queue", Sort::Coordinator, 1)) };
    let calls = graph.hop(calls(params, callers, front));
    graph.route(callers, vec![Step::Call(calls)]);
    graph.route(service, vec![Step::WORK]);
    if !params.is_plain() {
        let hop = Hop { pick: Pick::LeastOutstanding, ..Hop::new(front, service, longest_us(params)) };
        let given = graph.hop(Hop { time: Time { cancel: params.cancel == Switch::On, ..hop.time }, ..hop });
        graph.tiers[usize::from(front.0)].slots = Some(given);
        let mut steps = vec![Step::Call(given)];
        if params.via == Via::Queue {
            steps.insert(0, Step::Reply);
        }
        graph.route(front, steps);
    }
    let tier = &mut graph.tiers[usize::from(front.0)];
    (tier.line, tier.desk) = (params.line(), Desk { reserve: vec![0, params.reserve], ..Desk::default() });
    let mix = if params.critical > 0 { vec![(CRITICAL, params.critical)] } else { Vec::new() };
    graph.source(Source { class: OTHER, mix, ..Source::new(callers, Arrivals::Open(params.gap())) });
    if let Some((at_us, for_us, times)) = params.more() {
        graph.trouble(Trouble::new(front, Kind::Burst(times), (at_us, for_us)));
    }
    // Whoever controls comes last, so that nobody's number depends on it.
    if params.scale(service, service, front).is_some() {
        let controller = graph.tier(Tier::new("controller", Sort::Coordinator, 1));
        graph.scales.extend(params.scale(controller, service, front));
    }
    graph
}

fn calls(params: &Params, from: TierId, to: TierId) -> Hop {
    let backoff = backoff::Policy { kind: backoff::Kind::Full, ..backoff::Policy::BOOK };
    let hop = Hop::new(from, to, params.patience);
    // Who only waits until a request is in line does not care when it is done.
    let carry = if params.via == Via::Queue { Carry::No } else { Carry::Clock };
    Hop {
        time: Time { carry, cancel: params.cancel == Switch::On, ..hop.time },
        again: Again { attempts: params.attempts, backoff, ..Again::NEVER },
        throttle: (params.throttle == Switch::On)
            .then_some(throttle::Policy { k_permille: params.throttle_k / 1_000, ..throttle::Policy::SRE }),
        ..hop
    }
}

/// After so long a request that was given to an instance is given up: the instance is down.
fn longest_us(params: &Params) -> u64 {
    let mean_us = params.work().mean_us().unwrap_or(0.0) as u64;
    mean_us.saturating_mul(30).max(1_000_000)
}
