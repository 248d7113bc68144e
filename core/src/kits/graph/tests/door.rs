//! Who comes in, who is begun when, and what trouble does to that.

use super::*;

const SERVER: TierId = TierId(0);

/// Everybody asks at once.
fn together(people: u16) -> (Graph, HopId) {
    let (mut graph, hop) = pair(people);
    let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
    graph.source(Source { together_us: Some(0), ..Source::new(TierId(1), never) });
    (graph, hop)
}

fn came_in(watch: &Watch) -> u64 {
    watch.total(Count::Began(SERVER))
}

/// The loss of M/M/1/K at λ = 150, μ = 100, K = 11: (1 - ρ) ρ^K / (1 - ρ^(K + 1)) = .3359. What is in work is not in the line.
#[test]
fn a_line_and_its_worker_are_an_m_m_1_k() {
    let (mut graph, _) = pair(1);
    graph.tiers[0].work = "exp-10ms".parse().unwrap();
    graph.tiers[0].line.limit = 10;
    graph.source(Source::new(TierId(1), Arrivals::Open(Dist::Exponential { mean_ns: 1_000_000_000 / 150 })));
    let watch = watch(graph, 0, 2_000_000 * MS, &[], 1);
    let came = watch.ledger.sum([Count::First(SERVER), Count::Again(SERVER)]);
    let lost = watch.total(Count::Turned(SERVER)) as f64 / came as f64;
    assert!(came > 290_000 && (lost - 0.3359).abs() < 0.005, "{lost} of {came}");
}

#[test]
fn so_many_come_in_as_line_and_workers_hold() {
    for (workers, limit) in [(1, 0), (1, 10), (3, 4), (20, 0)] {
        let (mut graph, _) = together(30);
        (graph.tiers[0].workers, graph.tiers[0].line.limit) = (workers, limit);
        let watch = watch(graph, MS, 10_000 * MS, &[], 1);
        assert_eq!(came_in(&watch), u64::from(workers + limit));
        assert_eq!(watch.total(Count::Turned(SERVER)), 30 - u64::from(workers + limit));
    }
}

/// A token bucket that gains one token in a thousand seconds.
fn rarely(burst: u32) -> Limit {
    Limit::new(limiter::Policy { kind: limiter::Kind::Bucket, limit: 1, window_us: 1_000_000 * MS, burst })
}

/// A request that an earlier question turns away is not put to a later one: it takes no token of the limiter, and so on.
#[test]
fn the_door_asks_in_order() {
    let limit = Some(rarely(1));
    // What comes after its deadline takes no token.
    let (mut graph, hop) = pair(1);
    graph.hops[0].time = Time { timeout_us: 500, carry: Carry::Clock, ..graph.hops[0].time };
    graph.tiers[0].desk = Desk { deadline: true, limit, ..Desk::default() };
    let late = watch(graph.clone(), MS, 100 * MS, &[(0, "ask:c1:call"), (10 * MS, "ask:c1:call")], 1);
    assert_eq!((late.total(Count::Turned(SERVER)), came_in(&late)), (2, 0));
    let intime = watch(graph, 100, 100 * MS, &[(0, "ask:c1:call"), (10 * MS, "ask:c1:call")], 1);
    assert_eq!((intime.total(Count::Turned(SERVER)), came_in(&intime)), (1, 1), "the second finds no token");
    assert_eq!(intime.total(Count::TryOver(hop, Ending::Refused)), 1);

    // What is known takes none, and what is refused by the trouble is not known.
    let (mut graph, hop) = pair(1);
    graph.hops[0].time.timeout_us = 5 * MS;
    graph.hops[0].again = Again { attempts: 2, backoff: every(10 * MS), ..Again::NEVER };
    graph.tiers[0].desk = Desk { keys: true, limit, ..Desk::default() };
    let known = watch(graph.clone(), MS, 100 * MS, &[(0, "ask:c1:call")], 1);
    assert_eq!(known.over(hop), [(17 * MS, Ending::Known, Stop::Over, 2)]);
    graph.trouble(Trouble::new(SERVER, Kind::Refusal, (15 * MS, 10 * MS)));
    let refused = watch(graph, MS, 100 * MS, &[(0, "ask:c1:call")], 1);
    assert_eq!(refused.over(hop), [(17 * MS, Ending::Refused, Stop::Attempts, 2)]);

    // Too many at once: each has taken its token before that was asked.
    let (mut graph, _) = together(5);
    graph.tiers[0].desk = Desk { limit: Some(rarely(3)), concurrency: 2, ..Desk::default() };
    let many = watch(graph, MS, 15 * MS, &[(12 * MS, "ask:c1:call")], 1);
    assert_eq!(
        many.total(Count::Turned(SERVER)),
        4,
        "one for concurrency, two for the limit, and then there is no token left"
    );
}

#[test]
fn places_in_line_are_kept_for_those_who_matter_more() {
    let (mut graph, _) = pair(9);
    graph.tiers[0].line.limit = 4;
    graph.tiers[0].desk.reserve = vec![0, 3];
    let mut script: Vec<(u64, String)> = (1..=5).map(|who| (0, format!("ask:c{who}:call-2"))).collect();
    script.extend((6..=9).map(|who| (1, format!("ask:c{who}:call"))));
    let script: Vec<(u64, &str)> = script.iter().map(|(at_us, act)| (*at_us, act.as_str())).collect();
    let watch = watch(graph, MS, 1_000 * MS, &script, 1);
    // One of the second class is in work and one in line; three of the first have the other places.
    assert_eq!((came_in(&watch), watch.total(Count::Turned(SERVER))), (5, 4));
}

#[test]
fn work_that_nobody_waits_for_is_thrown_away_when_its_turn_comes() {
    let served = |timeout_us, expired| {
        let (mut graph, _) = together(2);
        graph.hops[0].time = Time { timeout_us, carry: Carry::Clock, ..graph.hops[0].time };
        graph.tiers[0].line.expired = expired;
        let watch = watch(graph, MS, 1_000 * MS, &[], 1);
        (came_in(&watch), watch.total(Count::Swept(SERVER, Swept::Expired)))
    };
    // The second's turn comes at 11 ms.
    assert_eq!(served(11 * MS, Expired::Serve), (2, 0));
    assert_eq!(served(11 * MS, Expired::Drop), (1, 1), "at its deadline it is over");
    assert_eq!(served(11 * MS + 1, Expired::Drop), (2, 0));
}

#[test]
fn what_cannot_be_done_in_time_is_refused_if_that_is_foreseen() {
    for (carry, left) in [(Carry::Clock, 25), (Carry::Duration, 24)] {
        let (mut graph, hop) = together(5);
        graph.hops[0].time = Time { timeout_us: left * MS, carry, ..graph.hops[0].time };
        graph.tiers[0].line.expired = Expired::Predict;
        let watch = watch(graph, MS, 1_000 * MS, &[], 1);
        // They come at 1 ms, and one is done every 10 ms.
        assert_eq!((came_in(&watch), watch.total(Count::Turned(SERVER))), (2, 3));
        assert_eq!(watch.total(Count::CallOver(hop, Ending::Done)), 2);
    }
}

#[test]
fn lines_are_first_in_first_out_or_last_in() {
    for (order, second) in [(Discipline::Fifo, 1), (Discipline::Lifo, 2)] {
        let (mut graph, _) = pair(3);
        graph.tiers[0].line.order = order;
        let watch =
            watch(graph, MS, 500 * MS, &[(0, "ask:c1:call"), (1, "ask:c2:call"), (2, "ask:c3:call")], 1);
        let ends: Vec<u32> = watch.ends.iter().map(|(_, op, _)| op.0).collect();
        assert_eq!(ends[1], second);
    }
}

/// A thread is held from the door to the reply, also while others are called; a worker only for the work.
#[test]
fn threads_are_held_and_workers_work() {
    let began = |threads| {
        let (mut graph, [_, inner]) = chain();
        graph.tiers[0].workers = 0;
        graph.tiers[0].work = Dist::constant_us(100 * MS);
        let front = &mut graph.tiers[2];
        (front.threads, front.workers, front.work) = (threads, 1, Dist::constant_us(10 * MS));
        graph.routes[2].steps = vec![Step::WORK, Step::Call(inner)];
        let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
        graph.source(Source { together_us: Some(0), ..Source::new(TierId(1), never) });
        let watch = watch(graph, MS, 1_000 * MS, &[], 1);
        assert_eq!(watch.ledger.peak(LevelOf::Tier(TierId(2), Level::Busy)), 1);
        assert_eq!(watch.ledger.little(TierId(2)), Some(3));
        watch
            .when(|mark| matches!(mark, Mark::Began { tier: TierId(2), .. }))
            .iter()
            .map(|us| us / MS)
            .collect::<Vec<_>>()
    };
    // Two threads: the third waits until the first has been answered, at 1 + 10 + 102.
    assert_eq!(began(2), [1, 1, 113]);
    assert_eq!(began(0), [1, 11, 21], "without threads they wait for the worker alone");
}

fn troubled(kind: Kind) -> Watch {
    let (mut graph, _) = pair(2);
    graph.trouble(Trouble::new(SERVER, kind, (5 * MS, 20 * MS)));
    watch(graph, MS, 2_000 * MS, &[(0, "ask:c1:call"), (9 * MS, "ask:c2:call")], 1)
}

#[test]
fn each_trouble_is_one_of_its_own() {
    let over =
        |kind| troubled(kind).over(HopId(0)).iter().map(|over| (over.0 / MS, over.1)).collect::<Vec<_>>();
    // The first is in work from 1 ms on, the second comes at 10 ms.
    assert_eq!(over(Kind::Silence), [(32, Ending::Done), (42, Ending::Done)], "6 ms are left at 25 ms");
    assert_eq!(
        over(Kind::Slow(10)),
        [(30, Ending::Done), (40, Ending::Done)],
        "2 of 6 ms are done at a tenth of the speed"
    );
    assert_eq!(over(Kind::Refusal), [(6, Ending::Refused), (11, Ending::Refused)]);
    assert_eq!(
        over(Kind::Errors(1_000_000)),
        [(11, Ending::Failed), (12, Ending::Done)],
        "what is begun goes on"
    );
    assert_eq!(over(Kind::Mute), [(12, Ending::Done), (1_009, Ending::TimedOut)]);
    assert_eq!(over(Kind::Burst(3)), [(12, Ending::Done), (22, Ending::Done)]);
    assert_eq!(troubled(Kind::Mute).total(Count::Swept(SERVER, Swept::Muted)), 1);
}

#[test]
fn in_a_burst_all_sources_call_more_often() {
    let calls = |kind| {
        let (mut graph, hop) = pair(1);
        graph.source(Source::new(TierId(1), Arrivals::Regular(Dist::constant_us(100 * MS))));
        graph.trouble(Trouble::new(SERVER, kind, (0, 500 * MS)));
        watch(graph, MS, 1_000 * MS, &[], 1).total(Count::Called(hop))
    };
    assert_eq!((calls(Kind::Errors(0)), calls(Kind::Burst(4))), (10, 25));
}

#[test]
fn refusals_tell_when_to_come_back_if_the_desk_says_so() {
    let second = |tells_after| {
        let (mut graph, hop) = pair(3);
        graph.tiers[0].line.limit = 1;
        graph.tiers[0].desk.tells_after = tells_after;
        graph.hops[0].again = Again { attempts: 2, backoff: every(50 * MS), ..Again::NEVER };
        let watch =
            watch(graph, MS, 1_000 * MS, &[(0, "ask:c1:call"), (0, "ask:c2:call"), (0, "ask:c3:call")], 1);
        watch.over(hop).last().map(|over| over.0 / MS)
    };
    // The line is one long: 10 ms. Its answer of 2 ms and the second try: it comes at 13 ms and has its turn at 21.
    assert_eq!(second(true), Some(32));
    assert_eq!(second(false), Some(64));
}
