//! Limiters at a desk, in a route and at another service; what instances tell each other; limits that adapt; and who is refused why.

use super::*;

const SERVER: TierId = TierId(0);

/// So many in each window.
fn limit(kind: limiter::Kind, limit: u32, window_us: u64, burst: u32) -> Limit {
    Limit::new(limiter::Policy { kind, limit, window_us, burst })
}

/// One person who asks so often at once, at 100 ms; a server without workers, with this desk.
fn at_once(many: u32, desk: Desk) -> (Graph, HopId) {
    let (mut graph, hop) = pair(1);
    (graph.tiers[0].workers, graph.tiers[0].work, graph.tiers[0].desk) = (0, Dist::constant_us(0), desk);
    let bursts = Bursts { first_us: 100 * MS, every_us: 10_000 * MS, many, within_us: 0 };
    graph.source(Source::new(TierId(1), Arrivals::Bursts(bursts)));
    (graph, hop)
}

/// A leaky bucket has requests wait: they leave one by one, and are in line until then.
#[test]
fn a_leaky_bucket_delays() {
    let desk = Desk { limit: Some(limit(limiter::Kind::Leaky, 10, 1_000 * MS, 2)), ..Desk::default() };
    let watch = watch(at_once(5, desk).0, MS, 2_000 * MS, &[], 1);
    let began = watch.when(|mark| matches!(mark, Mark::Began { tier: SERVER, .. }));
    assert_eq!(began, [101 * MS, 201 * MS, 301 * MS]);
    assert_eq!(watch.total(Count::Refused(SERVER, Why::Limit)), 2);
    assert_eq!(watch.ledger.peak(LevelOf::Tier(SERVER, Level::Queue)), 2);
    assert_eq!(watch.ledger.little(SERVER), Some(5));
}

#[test]
fn refusals_are_counted_by_why() {
    let desk = Desk {
        limit: Some(limit(limiter::Kind::Fixed, 4, 1_000 * MS, 1)),
        concurrency: 3,
        tells_after: true,
        ..Desk::default()
    };
    let (mut graph, _) = at_once(6, desk);
    graph.tiers[0].work = Dist::constant_us(10 * MS);
    let watch = watch(graph, MS, 1_000 * MS, &[], 1);
    let refused = |why| watch.total(Count::Refused(SERVER, why));
    assert_eq!(Why::ALL.map(refused), [0, 0, 2, 1, 0, 0]);
    assert_eq!(watch.total(Count::Turned(SERVER)), 3);
}

/// Each tenant has a limiter of its own; what they ask for and get is told apart.
#[test]
fn tenants_are_limited_each_by_itself() {
    let counts = |by_tenant| {
        let limit = Limit { by_tenant, ..limit(limiter::Kind::Log, 10, 1_000 * MS, 1) };
        let (mut graph, hop) = at_once(200, Desk { limit: Some(limit), ..Desk::default() });
        graph.sources[0].tenants = vec![9, 1];
        let watch = watch(graph, MS, 500 * MS, &[], 1);
        let of = |of: fn(HopId, u8) -> Count| [0, 1].map(|tenant| watch.total(of(hop, tenant)));
        let (asked, granted, rejected) = (of(Count::Asked), of(Count::Granted), of(Count::Rejected));
        assert_eq!([0, 1].map(|who| granted[who] + rejected[who]), asked);
        granted
    };
    assert_eq!(counts(true), [10, 10]);
    let shared = counts(false);
    assert!(shared[0] + shared[1] == 10 && shared[0] > 5, "{shared:?}");
}

/// People, a front of so many instances with limiters, a server behind.
fn fronts(instances: u16, limit: Limit) -> Graph {
    let (mut graph, [_, inner]) = chain();
    graph.tiers[1].instances = 1;
    (graph.tiers[0].workers, graph.tiers[0].work) = (0, Dist::constant_us(0));
    graph.tiers[2].instances = instances;
    graph.tiers[2].desk.limit = Some(limit);
    graph.hops[0].pick = Pick::RoundRobin;
    graph.routes[2].steps = vec![Step::Call(inner)];
    graph.source(Source::new(TierId(1), Arrivals::Open(Dist::constant_us(10 * MS))));
    graph
}

/// 100 a second for two instances, each of which lets in 50 of a window of ten seconds: by themselves 100, and with word of each other every
/// 200 ms, when 5 came that the other had not heard of, few more than 50.
#[test]
fn instances_tell_each_other() {
    let came = |instances, sync_us| {
        let limit = Limit { sync_us, ..limit(limiter::Kind::Fixed, 50, 10_000 * MS, 1) };
        watch(fronts(instances, limit), 0, 9_000 * MS, &[], 1).ledger.sum([Count::First(SERVER)])
    };
    assert_eq!((came(1, 0), came(2, 0)), (50, 100));
    assert!((50..=60).contains(&came(2, 200 * MS)), "{}", came(2, 200 * MS));
    assert!((50..=51).contains(&came(2, 20 * MS)), "one of each between two words");
    let counts = [limiter::Kind::Log, limiter::Kind::Counter, limiter::Kind::Bucket, limiter::Kind::Gcra]
        .map(|kind| {
            let limit = Limit { sync_us: 20 * MS, ..limit(kind, 50, 10_000 * MS, 50) };
            watch(fronts(2, limit), 0, 9_000 * MS, &[], 1).ledger.sum([Count::First(SERVER)])
        });
    assert!(
        counts[..2].iter().all(|count| (50..=51).contains(count))
            && counts[2] == counts[3]
            && (94..=97).contains(&counts[2]),
        "{counts:?}"
    );
}

/// A store that says who may come in: its refusal is the front's, with its word of when to come again. Where it is down, the route says what then.
#[test]
fn another_service_may_decide_who_comes_in() {
    let run = |down: Option<Vec<Step>>, script: &[(u64, &str)]| {
        let (mut graph, [_, inner]) = chain();
        (graph.tiers[0].workers, graph.tiers[0].work) = (0, Dist::constant_us(0));
        let limit = limit(limiter::Kind::Fixed, 2, 1_000 * MS, 1);
        let desk = Desk { limit: Some(limit), tells_after: true, ..Desk::default() };
        let store = graph.tier(Tier { desk, ..Tier::new("store", Sort::Server, 1) });
        graph.route(store, vec![]);
        let ask = graph.hop(Hop::new(TierId(2), store, 20 * MS));
        let local = Limit { by_route: true, ..super::limited::limit(limiter::Kind::Fixed, 1, 1_000 * MS, 1) };
        graph.tiers[2].desk = Desk { limit: Some(local), tells_after: true, ..Desk::default() };
        graph.routes[2].steps = vec![Step::Admit(ask)];
        graph.routes[2].steps.extend(down.map(Step::Down));
        graph.routes[2].steps.push(Step::Call(inner));
        graph.hops[0].again = Again { attempts: 2, ..Again::NEVER };
        let asks = [(0, "ask:c1:call"), (1, "ask:c2:call"), (2, "ask:c3:call")];
        let script: Vec<(u64, &str)> = script.iter().copied().chain(asks).collect();
        let watch = watch(graph, MS, 5_000 * MS, &script, 1);
        watch.over(HopId(0)).into_iter().map(|over| (over.0 / MS, over.1)).collect::<Vec<_>>()
    };
    let there = run(None, &[]);
    assert_eq!(there[..2], [(6, Ending::Done), (6, Ending::Done)]);
    // Refused at 2 ms, in the store's time, for 998: back at 4 it asks again at 1,002.
    assert_eq!(there[2], (1_008, Ending::Done));
    let closed = run(None, &[(0, "crash:n2")]);
    assert!(closed.iter().all(|over| over.1 == Ending::Failed), "{closed:?}");
    let open = run(Some(vec![]), &[(0, "crash:n2")]);
    assert_eq!(open, [(24, Ending::Done); 3]);
    let local = run(Some(vec![Step::Limit]), &[(0, "crash:n2")]);
    assert_eq!(local.iter().filter(|over| **over == (24, Ending::Done)).count(), 1, "{local:?}");
}

#[test]
fn a_limit_on_those_who_are_here_may_adapt() {
    let desk = Desk { adaptive: Some(concurrency::Policy::AIMD), ..Desk::default() };
    let (mut graph, _) = at_once(30, desk);
    graph.tiers[0].work = Dist::constant_us(50 * MS);
    let mut most = |fails| {
        graph.tiers[0].fails = fails;
        let watch = watch(graph.clone(), MS, 5_000 * MS, &[], 1);
        let mut marks = watch.marks.iter().filter_map(|(_, _, mark)| match mark {
            Mark::Level { what: Level::Limit, now, .. } => Some(*now),
            _ => None,
        });
        (watch.total(Count::Refused(SERVER, Why::Concurrency)), marks.next_back())
    };
    // Ten come in; as they end, the first five or so find half of what is allowed in use.
    let (refused, grown) = most(0);
    assert_eq!(refused, 20);
    assert!(grown.is_some_and(|limit| (14..=16).contains(&limit)), "{grown:?}");
    let (_, shrunk) = most(1_000_000);
    assert_eq!(shrunk, Some(1), "each failure takes one at the least");
}

#[test]
fn picks_may_be_uneven_and_lots_come_on_time() {
    let (mut graph, _) = pair(1);
    (graph.tiers[0].instances, graph.tiers[0].workers) = (4, 0);
    graph.hops[0].uneven = 1_000_000;
    let bursts = Bursts { first_us: 990 * MS, every_us: 1_000 * MS, many: 4_000, within_us: 20 * MS };
    graph.source(Source { each: 6_000, ..Source::new(TierId(1), Arrivals::Bursts(bursts)) });
    let watch = watch(graph, 0, 3_000 * MS, &[], 1);
    let times: Vec<u64> = watch.calls.iter().map(|call| call.0).collect();
    assert_eq!((times[0], times[3_999], times[4_000], times.len()), (990_000, 1_009_995, 1_990_000, 6_000));
    let first = watch.calls.iter().filter(|call| call.1.0 == 0).count();
    // 1/(1 + 1/2 + 1/3 + 1/4) of 6,000 is 2,880; sd 39.
    assert!(first.abs_diff(2_880) < 156, "{first}");
}
