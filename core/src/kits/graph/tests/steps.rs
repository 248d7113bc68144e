//! Routes.

use super::*;

/// One request at a service in front, which calls up to three servers whose work takes 10, 20 and 30 ms; of the servers in `bad` each request fails.
/// When it is answered, and how; and how many calls each server got.
fn asked(bad: &[usize], steps: impl Fn([HopId; 3]) -> Vec<Step>) -> (u64, bool, [usize; 3], Watch) {
    let mut graph = Graph::new(&["call"]);
    let servers = [10, 20, 30].map(|ms| {
        let server =
            graph.tier(Tier { work: Dist::constant_us(ms * MS), ..Tier::new("server", Sort::Server, 1) });
        graph.route(server, vec![Step::WORK]);
        server
    });
    bad.iter().for_each(|which| graph.tiers[*which].fails = 1_000_000);
    let front =
        graph.tier(Tier { work: Dist::constant_us(100 * MS), ..Tier::new("front", Sort::Coordinator, 1) });
    let hops = servers.map(|server| graph.hop(Hop::new(front, server, 1_000 * MS)));
    let people = graph.tier(Tier::new("people", Sort::Client, 1));
    let outer = graph.hop(Hop::new(people, front, 2_000 * MS));
    graph.route(people, vec![Step::Call(outer)]);
    graph.route(front, steps(hops));
    let watch = watch(graph, MS, 3_000 * MS, &[(0, "ask:c1:call")], 1);
    let (at_us, _, response) = watch.ends[0];
    let to = |node| watch.calls.iter().filter(|(_, to)| *to == NodeId(node)).count();
    (at_us / MS, response == Response::Done, [0, 1, 2].map(to), watch)
}

#[test]
fn steps_come_one_after_the_other_until_one_fails() {
    let all = |hops: [HopId; 3]| hops.map(Step::Call).to_vec();
    assert_eq!(&asked(&[], all).2, &[1, 1, 1]);
    assert_eq!(asked(&[], all).0, 2 + 12 + 22 + 32);
    let (at_ms, ok, calls, _) = asked(&[1], all);
    assert_eq!((at_ms, ok, calls), (2 + 12 + 22, false, [1, 1, 0]));
}

#[test]
fn calls_at_once_take_as_long_as_the_last_that_is_needed() {
    let (at_ms, ok, calls, _) = asked(&[], |hops| vec![Step::All(hops.to_vec())]);
    assert_eq!((at_ms, ok, calls), (34, true, [1, 1, 1]));
    let (at_ms, ok, _, watch) = asked(&[0], |hops| vec![Step::All(hops.to_vec())]);
    assert_eq!((at_ms, ok), (14, false), "with the first that fails");
    assert_eq!(
        watch.over(HopId(1)).iter().map(|over| (over.0 / MS, over.1)).collect::<Vec<_>>(),
        [(13, Ending::Cancelled)]
    );
    assert_eq!(watch.total(Count::Late(HopId(1))), 1, "it works for nobody");
    let fan = |need| move |hops: [HopId; 3]| vec![Step::Fan { hop: hops[1], times: 5, need }];
    let (at_ms, ok, calls, watch) = asked(&[], fan(5));
    assert_eq!((at_ms, ok, calls), (24, true, [0, 5, 0]));
    assert_eq!(watch.total(Count::Called(HopId(1))), 5);
    assert!(!asked(&[1], fan(1)).1);
}

#[test]
fn any_and_else_go_on_where_something_failed() {
    let any = |hops: [HopId; 3]| vec![Step::Any(hops.to_vec())];
    assert_eq!(asked(&[], any).2, [1, 0, 0]);
    let (at_ms, ok, calls, _) = asked(&[0], any);
    assert_eq!((at_ms, ok, calls), (2 + 12 + 22, true, [1, 1, 0]));
    assert!(!asked(&[0, 1, 2], any).1);
    let otherwise = |hops: [HopId; 3]| {
        vec![
            Step::Call(hops[0]),
            Step::Else(vec![Step::Call(hops[1]), Step::Else(vec![Step::WORK])]),
            Step::Call(hops[2]),
        ]
    };
    assert_eq!(asked(&[], otherwise).2, [1, 0, 1]);
    assert_eq!(asked(&[0], otherwise).2, [1, 1, 1]);
    let (at_ms, ok, calls, _) = asked(&[0, 1], otherwise);
    assert_eq!((at_ms, ok, calls), (2 + 12 + 22 + 100 + 32, true, [1, 1, 1]));
}

#[test]
fn a_reply_may_come_before_the_end() {
    let (at_ms, ok, calls, watch) =
        asked(&[1], |hops| vec![Step::Call(hops[0]), Step::Reply, Step::Call(hops[1]), Step::WORK]);
    assert_eq!((at_ms, ok, calls), (14, true, [1, 1, 0]));
    assert_eq!(watch.total(Count::Left(TierId(3), Ending::Failed)), 1, "what came after it failed");
    assert_eq!(watch.when(|mark| matches!(mark, Mark::Late { .. })), [0u64; 0]);
}

#[test]
fn one_is_drawn_and_work_is_shared_out() {
    let one = |hops: [HopId; 3]| vec![Step::One(hops.to_vec()), Step::Work(250_000)];
    let (at_ms, ok, calls, _) = asked(&[], one);
    let which = calls.iter().position(|calls| *calls == 1).unwrap() as u64;
    assert_eq!((at_ms, ok, calls.iter().sum::<usize>()), (2 + 12 + 10 * which + 25, true, 1));
}

/// Each call of a fan has luck of its own, and so has each try.
#[test]
fn no_two_tries_of_an_operation_have_the_same_number() {
    let mut graph = Graph::new(&["call"]);
    let server = graph.tier(Tier { fails: 1_000_000, ..Tier::new("server", Sort::Server, 1) });
    let front = graph.tier(Tier::new("front", Sort::Coordinator, 1));
    let people = graph.tier(Tier::new("people", Sort::Client, 1));
    let again = Again { attempts: 3, backoff: every(MS), ..Again::NEVER };
    let inner = graph.hop(Hop { again, ..Hop::new(front, server, 1_000 * MS) });
    let outer = graph.hop(Hop { again, ..Hop::new(people, front, 1_000 * MS) });
    graph.route(server, vec![Step::WORK]);
    graph.route(people, vec![Step::Call(outer)]);
    graph
        .route(front, vec![Step::Fan { hop: inner, times: 4, need: 1 }, Step::Else(vec![Step::Call(inner)])]);
    let watch = watch(graph, MS, 3_000 * MS, &[(0, "ask:c1:call")], 1);
    let mut paths: Vec<u32> = watch
        .marks
        .iter()
        .filter_map(|(_, _, mark)| match mark {
            Mark::Left { tier, path, .. } if *tier == server => Some(*path),
            _ => None,
        })
        .collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        (0..45).collect::<Vec<_>>(),
        "three tries of four and one call, for each of three tries"
    );
}

#[test]
fn a_graph_that_does_not_fit_is_refused() {
    let wrong = |change: fn(&mut Graph)| {
        let (mut graph, _) = chain();
        change(&mut graph);
        Config::new(graph).err()
    };
    assert_eq!(wrong(|_| ()), None);
    let changes: [fn(&mut Graph); 12] = [
        |graph| graph.tiers.clear(),
        |graph| graph.tiers[0].instances = 0,
        |graph| graph.tiers[0].instances = 9_000,
        |graph| graph.hops[0].again.attempts = 0,
        |graph| graph.hops[0].to = TierId(7),
        |graph| graph.hops[0].pool = Some(PoolId(0)),
        |graph| graph.routes[0].steps = vec![Step::Call(HopId(0))],
        |graph| graph.routes[2].steps = vec![Step::Else(vec![])],
        |graph| graph.routes[2].steps = vec![Step::All(vec![])],
        |graph| graph.routes[2].steps = vec![Step::Fan { hop: HopId(1), times: 2, need: 3 }],
        |graph| {
            graph.hops[1].to = TierId(2);
            graph.source(Source::new(TierId(1), Arrivals::Closed(Dist::constant_us(1))));
        },
        |graph| {
            graph.routes.remove(0);
            graph.source(Source::new(TierId(1), Arrivals::Closed(Dist::constant_us(1))));
        },
    ];
    for (place, change) in changes.into_iter().enumerate() {
        assert!(wrong(change).is_some(), "change {place}");
    }
}

#[test]
fn a_call_may_be_of_another_class_than_its_request() {
    let (mut graph, [_, inner]) = chain();
    graph.routes.retain(|route| route.tier != TierId(2));
    graph.route(TierId(2), vec![Step::CallAs(inner, 1)]);
    let watch = watch(graph, MS, 100 * MS, &[(0, "ask:c1:call")], 1);
    let classes: Vec<Class> = watch.abouts.iter().map(|about| about.class).collect();
    assert_eq!(classes, [0, 1]);
}

#[test]
fn a_source_mixes_classes_tenants_and_keys() {
    let about = |mix: Vec<(Class, u32)>, tenants: Vec<u32>, keys: Keys| {
        let (mut graph, _) = pair(1);
        let arrivals = Arrivals::Open(Dist::Exponential { mean_ns: 1_000_000 });
        graph.source(Source { mix, tenants, keys, ..Source::new(TierId(1), arrivals) });
        watch(graph, MS, 10_000 * MS, &[], 1)
    };
    let plain = about(Vec::new(), Vec::new(), Keys::None);
    let all = about(vec![(1, 250_000)], vec![1, 3], Keys::Uniform(10));
    assert_eq!(plain.calls, all.calls, "what they are about moves nothing else");
    assert!(plain.abouts.iter().all(|about| *about == About::default()));
    let share = |is: fn(&About) -> bool| {
        all.abouts.iter().filter(|about| is(about)).count() as f64 / all.abouts.len() as f64
    };
    assert!((share(|about| about.class == 1) - 0.25).abs() < 0.02);
    assert!((share(|about| about.tenant == 1) - 0.75).abs() < 0.02);
    assert!((share(|about| about.key == 9) - 0.1).abs() < 0.02);
    let zipf = about(Vec::new(), Vec::new(), Keys::Zipf { keys: 3, exponent_millionths: 1_000_000 });
    let first = zipf.abouts.iter().filter(|about| about.key == 0).count() as f64 / zipf.abouts.len() as f64;
    assert!((first - 6.0 / 11.0).abs() < 0.02, "{first}");
}
