//! Promises that any graph may make.

use super::*;
use crate::lab::{State, Verdict};
use crate::trace;

/// People call a service, which calls one server after the other; the first has the trouble.
fn graph(kind: Kind) -> (Graph, [HopId; 3]) {
    let mut graph = Graph::new(&["call"]);
    let servers = ["store", "index"].map(|name| {
        let tier = Tier { workers: 10, work: Dist::constant_us(10 * MS), ..Tier::new(name, Sort::Server, 1) };
        let server = graph.tier(tier);
        graph.route(server, vec![Step::WORK]);
        server
    });
    let front = graph.tier(Tier::new("front", Sort::Coordinator, 1));
    let people = graph.tier(Tier::new("people", Sort::Client, 1));
    let [store, index] = servers.map(|server| graph.hop(Hop::new(front, server, 100 * MS)));
    let outer = graph.hop(Hop::new(people, front, 1_000 * MS));
    graph.route(front, vec![Step::Any(vec![store, index])]);
    graph.route(people, vec![Step::Call(outer)]);
    graph.source(Source::new(people, Arrivals::Regular(Dist::constant_us(100 * MS))));
    graph.trouble(Trouble::new(servers[0], kind, (1_000 * MS, 3_000 * MS)));
    (graph, [store, index, outer])
}

fn healthy(graph: Graph, script: &[(u64, &str)]) -> Verdict {
    let config = Config::new(graph.clone()).expect("a graph");
    let mut healthy = Healthy::new(50 * MS, &config);
    let mut acts = script.iter().peekable();
    for (at_us, node, mark) in watch(graph, MS, 5_000 * MS, script, 1).marks {
        let at = trace::Mark { at_us, record: (at_us / MS) as u32 };
        while let Some((_, act)) = acts.next_if(|(act_us, _)| *act_us <= at_us) {
            healthy.act(at, &act.parse().expect("an act"));
        }
        healthy.mark(at, node, mark);
    }
    healthy.verdict()
}

#[test]
fn what_needs_nothing_bad_goes_on_as_ever() {
    let why = |verdict: Verdict| verdict.break_().map(|change| change.why.clone());
    let errors = Kind::Errors(1_000_000);
    assert_eq!(
        why(healthy(graph(errors).0, &[])),
        None,
        "neither the store's calls count, nor those that need it"
    );
    let (mut slow, [_, index, outer]) = graph(errors);
    slow.tiers[1].work = Dist::constant_us(49 * MS);
    assert_eq!(why(healthy(slow, &[])).unwrap(), "A call to the index takes 51ms, more than 50ms.");
    let (mut shared, [store, ..]) = graph(Kind::Mute);
    let pool = Some(shared.pool(Threads { threads: 1, queue_limit: 0 }));
    shared.routes[2].steps = vec![Step::One(vec![store, index])];
    (shared.hops[0].pool, shared.hops[1].pool) = (pool, pool);
    shared.sources[0].arrivals = Arrivals::Regular(Dist::constant_us(20 * MS));
    let verdict = healthy(shared, &[]);
    let change = verdict.break_().unwrap();
    assert_eq!(change.why, "A call to the index is rejected: no thread is free for it.");
    assert_eq!(
        (change.evidence[0].record, change.evidence[0].says.as_str()),
        (1_000, "another service goes bad")
    );
    let paused = healthy(graph(errors).0, &[(1_500 * MS, "pause:n2:900ms")]);
    assert_eq!(
        why(paused).unwrap(),
        "A call to the index times out. Done to it or its caller before: pause n2 for 900ms."
    );
    let (graph, _) = graph(errors);
    let law = Healthy::new(MS, &Config::new(graph).expect("a graph"));
    assert_eq!([store, index, outer].map(|hop| law.is_of(hop)), [false, true, false]);
}

#[test]
fn what_is_bad_is_left_alone() {
    // Of two instances one is silent from 1 s on; each gets five calls a second.
    let spared = |limit, pool, instance| {
        let (mut graph, [store, ..]) = graph(Kind::Mute);
        graph.tiers[0].instances = 2;
        graph.hops[0].pick = Pick::RoundRobin;
        graph.troubles[0].instance = instance;
        graph.routes[2].steps = vec![Step::Call(store)];
        if pool {
            graph.hops[0].pool = Some(graph.pool(Threads { threads: 50, queue_limit: 0 }));
        }
        let config = Config::new(graph.clone()).expect("a graph");
        let mut spared = Spared::new(limit, &config);
        for (at_us, _, mark) in watch(graph, MS, 5_000 * MS, &[], 1).marks {
            spared.mark(trace::Mark { at_us, record: 0 }, mark);
        }
        (spared.peak(), spared.verdict().break_().map(|change| (change.at.at_us / MS, change.why.clone())))
    };
    assert_eq!(spared(10, true, None), (10, None));
    assert_eq!(spared(5, true, Some(1)), (5, None));
    assert_eq!(spared(10, false, None), (10, None));
    let (peak, broken) = spared(9, true, None);
    let why = "The store gets more than 9 calls within a second, although it has been bad for more than one.";
    assert_eq!((peak, broken.unwrap().1.as_str()), (10, why));
}

#[test]
fn gates_go_as_they_may() {
    use breaker::State::{Closed, HalfOpen, Open};
    let state = |from, to| {
        let mut legal = Legal::new();
        legal.mark(trace::Mark { at_us: 0, record: 0 }, Mark::Gate { index: 0, from, to });
        legal.verdict().last().state
    };
    assert_eq!(state(None, Closed), State::Kept);
    for (from, to) in breaker::Transition::LEGAL {
        assert_eq!(state(Some(from), to), State::Kept);
    }
    assert_eq!(state(Some(Closed), HalfOpen), State::Broken);
    assert_eq!(state(Some(Open), Closed), State::Broken);
}
