//! Calls for parts of a whole, instances in groups, sidecars, and a gateway in front.

use super::*;

/// A page of four parts that take 10, 20, 30 and 40 ms where `slow` is by part, each part at two instances of its own; of the parts in `bad` all fail.
fn page(waits: Waits, bad: Option<u32>) -> (Graph, [HopId; 2], TierId) {
    let mut graph = Graph::new(&["call"]);
    let speeds = [100, 50, 33, 25].into_iter().flat_map(|speed| [speed * 10; 2]).collect();
    let leaves = graph.tier(Tier {
        work: Dist::constant_us(10 * MS),
        pace: Pace { speeds, warm: None },
        ..Tier::new("leaf", Sort::Server, 8)
    });
    let front = graph.tier(Tier::new("gateway", Sort::Coordinator, 1));
    let people = graph.tier(Tier::new("people", Sort::Client, 1));
    let outer = graph.hop(Hop::new(people, front, 1_000 * MS));
    let inner = graph.hop(Hop { reach: Reach::Groups(4), ..Hop::new(front, leaves, 500 * MS) });
    graph.route(leaves, vec![Step::WORK]);
    graph.route(people, vec![Step::Call(outer)]);
    graph.route(front, Parts::at_once(inner, 4, waits));
    if let Some(part) = bad {
        graph.trouble(Trouble::new(leaves, Kind::Shard(part), (0, 10_000 * MS)));
    }
    (graph, [outer, inner], leaves)
}

fn asked(graph: Graph, outer: HopId) -> (u64, Ending, Watch) {
    let watch = watch(graph, MS, 5_000 * MS, &[(0, "ask:c1:call")], 1);
    let over = watch.over(outer)[0];
    (over.0 / MS, over.1, watch)
}

#[test]
fn a_page_waits_for_all_for_some_or_for_what_is_essential() {
    let run = |waits, bad| {
        let (graph, [outer, _], _) = page(waits, bad);
        let (at_ms, how, _) = asked(graph, outer);
        (at_ms, how)
    };
    // Two legs out and two back; the third part takes 10 / .33 ms.
    assert_eq!(run(Waits::All, None), (44, Ending::Done));
    assert_eq!(run(Waits::All, Some(3)), (4, Ending::Failed), "with the first that fails");
    assert_eq!(run(Waits::Some(2), None), (24, Ending::Degraded), "two are left out");
    assert_eq!(run(Waits::Some(4), None), (44, Ending::Done));
    assert_eq!(run(Waits::Some(3), Some(0)), (44, Ending::Degraded), "three are good in the end");
    assert_eq!(run(Waits::Some(4), Some(0)), (4, Ending::Failed));
    assert_eq!(run(Waits::Essential(3), None), (44, Ending::Done), "for the others, too");
    assert_eq!(run(Waits::Essential(3), Some(3)), (34, Ending::Degraded));
    assert_eq!(run(Waits::Essential(3), Some(2)), (4, Ending::Failed));
    assert_eq!(run(Waits::Essential(0), Some(0)), (44, Ending::Degraded), "nothing is");
}

#[test]
fn parts_one_after_the_other_are_numbered_on() {
    let (mut graph, [outer, inner], leaves) = page(Waits::All, Some(3));
    graph.routes.retain(|route| route.tier != TierId(1));
    graph.route(TierId(1), Parts::in_turn(inner, 4, Waits::Essential(3)));
    let (at_ms, how, watch) = asked(graph, outer);
    assert_eq!((at_ms, how), (2 + 12 + 22 + 32 + 2, Ending::Degraded));
    assert_eq!(watch.abouts.iter().skip(1).map(|about| about.key).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(watch.total(Count::Left(leaves, Ending::Failed)), 1);
}

#[test]
fn each_part_goes_to_its_group_and_its_hedge_to_another_of_that() {
    let (mut graph, [_, inner], _) = page(Waits::All, None);
    graph.tiers[0].pace = Pace::default();
    let hedge = Hedge { after_us: 0, adaptive: None, most: 1, recall: Recall::Never };
    graph.hops[usize::from(inner.0)].hedge = Some(hedge);
    let gap = Arrivals::Regular(Dist::constant_us(10 * MS));
    graph.source(Source { each: 100, ..Source::new(TierId(2), gap) });
    let watch = watch(graph, MS, 5_000 * MS, &[], 1);
    let mut calls = [0; 8];
    let sent = watch.calls.iter().zip(&watch.abouts).filter(|((_, to), _)| to.0 < 8);
    for ((_, to), about) in sent {
        assert_eq!(u32::from(to.0) / 2, about.key);
        calls[usize::from(to.0)] += 1;
    }
    assert_eq!(calls, [100; 8], "one to each of the two");
}

#[test]
fn a_hedge_draws_each_of_the_others_alike() {
    let (mut graph, [_, inner], _) = page(Waits::All, None);
    graph.hops[usize::from(inner.0)].reach = Reach::Groups(1);
    let hedge = Hedge { after_us: 0, adaptive: None, most: 1, recall: Recall::Never };
    graph.hops[usize::from(inner.0)].hedge = Some(hedge);
    graph.routes.retain(|route| route.tier != TierId(1));
    graph.route(TierId(1), vec![Step::Call(inner)]);
    let gap = Arrivals::Regular(Dist::constant_us(MS));
    graph.source(Source { each: 4_000, ..Source::new(TierId(2), gap) });
    let watch = watch(graph, 0, 5_000 * MS, &[], 1);
    let to: Vec<u16> = watch.calls.iter().map(|call| call.1.0).filter(|to| *to < 8).collect();
    let mut steps = [0; 8];
    for pair in to.chunks(2) {
        steps[usize::from((pair[1] + 8 - pair[0]) % 8)] += 1;
    }
    assert_eq!(steps[0], 0);
    // 571 on average, with an sd of 22.
    assert!(steps[1..].iter().all(|many: &i32| many.abs_diff(571) < 90), "{steps:?}");
}

#[test]
fn tries_of_sidecars_stand_beside_those_of_applications() {
    let (mut graph, [outer, inner], leaves) = page(Waits::All, None);
    graph.tiers[0].fails = 1_000_000;
    graph.routes.retain(|route| route.tier != TierId(1));
    graph.route(TierId(1), vec![Step::Call(inner)]);
    let again = Again { attempts: 3, backoff: every(0), ..Again::NEVER };
    graph.hops[usize::from(inner.0)].again = again;
    let time = graph.hops[usize::from(inner.0)].time;
    let proxy = Dist::constant_us(MS);
    let behind = graph.sidecar(inner, Sidecar { name: "sidecar", proxy, time, again });
    let (_, how, watch) = asked(graph, outer);
    assert_eq!(how, Ending::Failed);
    assert_eq!([inner, behind].map(|hop| watch.total(Count::Tried(hop))), [3, 9]);
    assert_eq!(watch.total(Count::Left(leaves, Ending::Failed)), 9);
}

#[test]
fn a_gateway_lets_each_client_in_so_often() {
    let run = |by_tenant| {
        let (mut graph, [outer, inner], _) = page(Waits::All, None);
        graph.routes.retain(|route| route.tier != TierId(1));
        let limit = Some(Front::bucket(20_000_000, by_tenant));
        let front = Front { name: "gateway", instances: 1, workers: 0, auth: Dist::constant_us(MS), limit };
        let steps = front.steps(Parts::at_once(inner, 4, Waits::All));
        graph.tiers[1] = front.tier();
        graph.route(TierId(1), steps);
        let gap = Arrivals::Open(Dist::Exponential { mean_ns: 10_000_000 });
        graph.source(Source { tenants: vec![19, 1], ..Source::new(TierId(2), gap) });
        let watch = watch(graph, MS, 20_000 * MS, &[], 1);
        [0, 1].map(|tenant| {
            watch.total(Count::Rejected(outer, tenant)) * 100 / watch.total(Count::Asked(outer, tenant))
        })
    };
    let [greedy, other] = run(true);
    assert!((75..83).contains(&greedy) && other < 3, "{greedy} % and {other} %");
    let [greedy, other] = run(false);
    assert!((75..83).contains(&greedy) && other > 60, "{greedy} % and {other} %");
}

#[test]
fn what_reaches_some_or_asks_for_parts_has_to_fit() {
    let wrong = |change: fn(&mut Graph)| {
        let (mut graph, _, _) = page(Waits::All, None);
        change(&mut graph);
        Config::new(graph).err()
    };
    assert_eq!(wrong(|_| ()), None);
    let changes: [fn(&mut Graph); 6] = [
        |graph| graph.hops[1].reach = Reach::Groups(0),
        |graph| graph.hops[1].reach = Reach::Groups(3),
        |graph| graph.hops[1].reach = Reach::Own,
        |graph| graph.hops[1].pick = Pick::RoundRobin,
        |graph| graph.routes[2].steps = Parts::at_once(HopId(1), 4, Waits::Some(5)),
        |graph| graph.routes[2].steps = Parts::at_once(HopId(1), 0, Waits::All),
    ];
    for (place, change) in changes.into_iter().enumerate() {
        assert!(wrong(change).is_some(), "change {place}");
    }
}
