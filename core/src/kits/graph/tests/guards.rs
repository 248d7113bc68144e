//! What stands before calls and in for their answers: gates by key, pools, fallbacks; and what is late.

use super::*;
use crate::parts::breaker::Outcome;

const SERVER: TierId = TierId(0);
const FRONT: TierId = TierId(1);

/// A service that calls a server with ten workers, whose work takes 10 ms; nothing comes of itself.
fn service() -> (Graph, HopId) {
    let mut graph = Graph::new(&["request"]);
    let work = Dist::constant_us(10 * MS);
    let server = graph.tier(Tier { workers: 10, work, ..Tier::new("server", Sort::Server, 1) });
    let front = graph.tier(Tier::new("front", Sort::Coordinator, 1));
    let hop = graph.hop(Hop::new(front, server, 1_000 * MS));
    graph.route(server, vec![Step::WORK]);
    // Who only makes one call is a client.
    graph.route(front, vec![Step::Call(hop), Step::WORK]);
    graph.source(Source::new(front, every_us(3_600_000 * MS)));
    (graph, hop)
}

fn every_us(gap_us: u64) -> Arrivals {
    Arrivals::Regular(Dist::constant_us(gap_us))
}

const ASKED: [(u64, &str); 1] = [(0, "ask:k1:request")];

#[test]
fn a_fallback_stands_in_for_an_answer_once_nothing_else_helps() {
    let asked = |fallback, bad| {
        let (mut graph, hop) = service();
        graph.tiers[0].fails = 1_000_000;
        graph.sources[0].bad = bad;
        graph.hops[0].fallback = fallback;
        graph.hops[0].again = Again { attempts: 2, backoff: every(MS), ..Again::NEVER };
        let watch = watch(graph, MS, 100 * MS, &ASKED, 1);
        let (_, how, _, tries) = watch.over(hop)[0];
        (watch.ends[0].2, how, tries, watch.total(Count::Left(FRONT, Ending::Degraded)))
    };
    let short = |how| Response::Unserved { how, doubt: false };
    assert_eq!(asked(true, 0), (Response::Degraded, Ending::Degraded, 2, 1));
    assert_eq!(asked(false, 0), (short(Ending::Failed), Ending::Failed, 2, 0));
    assert_eq!(
        asked(true, 1_000_000),
        (short(Ending::Bad), Ending::Bad, 1, 0),
        "nothing stands in for a mistake"
    );
    let (mut graph, [outer, inner]) = chain();
    graph.tiers[0].fails = 1_000_000;
    graph.hops[usize::from(inner.0)].fallback = true;
    let watch = watch(graph, MS, 100 * MS, &[(0, "ask:c1:call")], 1);
    assert_eq!((watch.ends[0].2, watch.over(outer)[0].1), (Response::Degraded, Ending::Degraded));
}

/// Three calls of 17 ms each, with half of 40 ms for each of them: the last is answered when nobody waits.
#[test]
fn an_answer_after_the_deadline_of_all_is_late() {
    let ends = |rule| {
        let (mut graph, hop) = service();
        graph.tiers[0].work = Dist::constant_us(15 * MS);
        graph.hops[0].time.share = Some(rule);
        graph.sources[0].budget_us = 40 * MS;
        graph.routes[1].steps = vec![Step::Call(hop); 3];
        let watch = watch(graph, MS, 100 * MS, &ASKED, 1);
        (watch.ends[0].0 / MS, watch.ends[0].2, watch.total(Count::Left(FRONT, Ending::Late)))
    };
    assert_eq!(ends(deadline::Rule::HalfEach), (51, Response::Late, 1));
    let timed_out = Response::Unserved { how: Ending::TimedOut, doubt: true };
    assert_eq!(ends(deadline::Rule::HalfLeft), (28, timed_out, 0), "half of 23 ms that are left");
    let (mut graph, hop) = pair(1);
    let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
    graph.source(Source { together_us: Some(0), budget_us: 10 * MS, ..Source::new(TierId(1), never) });
    let watch = watch(graph, MS, 100 * MS, &[], 1);
    assert_eq!((watch.ends[0].2, watch.over(hop)[0].1), (Response::Late, Ending::Done));
}

fn opening_at_once() -> Gate {
    let trip = breaker::Trip::Consecutive(1);
    Gate::new(breaker::Policy { trip, ..breaker::Policy::RESILIENCE4J })
}

#[test]
fn a_gate_for_each_shard_keeps_what_is_well_open() {
    let sent = |shards| {
        let (mut graph, _) = service();
        graph.hops[0].gate = Some(Gate { shards, ..opening_at_once() });
        graph.sources[0] = Source { keys: Keys::Uniform(4), ..Source::new(FRONT, every_us(5 * MS)) };
        graph.trouble(Trouble::new(SERVER, Kind::Shard(0), (0, 60_000 * MS)));
        let watch = watch(graph, MS, 1_000 * MS, &[], 1);
        [0, 1, 2, 3].map(|key| watch.abouts.iter().filter(|about| about.key == key).count())
    };
    let (one, apart) = (sent(1), sent(4));
    assert_eq!((one[0], apart[0]), (1, 1));
    assert!(one.iter().sum::<usize>() < 20 && apart[1..].iter().all(|sent| *sent > 30), "{one:?} {apart:?}");
}

#[test]
fn a_gate_takes_errors_and_mistakes_for_what_it_is_told() {
    let opens = |errors, mistakes, bad| {
        let (mut graph, _) = service();
        graph.tiers[0].fails = 1_000_000;
        graph.hops[0].gate = Some(Gate { errors, mistakes, ..opening_at_once() });
        graph.sources[0] = Source { bad, ..Source::new(FRONT, every_us(50 * MS)) };
        let watch = watch(graph, MS, 500 * MS, &[], 1);
        watch.when(|mark| matches!(mark, Mark::Gate { to: breaker::State::Open, .. })).len()
    };
    let (success, failure, ignored) = (Outcome::Success, Outcome::Failure, Outcome::Ignored);
    assert_eq!(opens(failure, ignored, 0), 1);
    assert_eq!(opens(success, ignored, 0), 0);
    assert_eq!(opens(failure, ignored, 1_000_000), 0);
    assert_eq!(opens(success, failure, 1_000_000), 1);
}

#[test]
fn mistakes_are_found_at_the_door_after_the_work_or_not() {
    let ended = |mistakes, trouble: Option<Kind>| {
        let (mut graph, hop) = service();
        graph.tiers[0].desk.mistakes = mistakes;
        graph.sources[0].bad = 1_000_000;
        trouble.into_iter().for_each(|kind| graph.trouble(Trouble::new(SERVER, kind, (0, 2_000 * MS))));
        let watch = watch(graph, MS, 1_500 * MS, &ASKED, 1);
        let (at_us, how, ..) = watch.over(hop)[0];
        (at_us / MS, how, watch.total(Count::Began(SERVER)))
    };
    assert_eq!(ended(Mistakes::AfterWork, None), (12, Ending::Bad, 1));
    assert_eq!(ended(Mistakes::AtDoor, None), (2, Ending::Bad, 1));
    assert_eq!(ended(Mistakes::Never, None), (12, Ending::Done, 1));
    assert_eq!(ended(Mistakes::AtDoor, Some(Kind::Mute)), (1_000, Ending::TimedOut, 0));
    assert_eq!(ended(Mistakes::AtDoor, Some(Kind::Errors(1_000_000))), (2, Ending::Failed, 1));
}

#[test]
fn requests_come_at_once_at_clients_and_at_services() {
    for sort in [Sort::Client, Sort::Coordinator] {
        let (mut graph, _) = service();
        (graph.tiers[1].sort, graph.tiers[1].instances) = (sort, 2);
        graph.routes[1].steps.truncate(if sort == Sort::Client { 1 } else { 2 });
        graph.sources[0] = Source { at_once: 3, each: 6, ..Source::new(FRONT, every_us(10 * MS)) };
        let watch = watch(graph, MS, 100 * MS, &[], 1);
        let times: Vec<u64> = watch.calls.iter().map(|(at_us, _)| at_us / MS).collect();
        assert_eq!(times, [[5; 3], [10; 3], [15; 3], [20; 3]].concat());
    }
}
