//! What a caller does: retries, gates, pools, deadlines, cancelling, picking.

use super::*;

const SERVER: TierId = TierId(0);

/// A call that always fails, tried again as this says.
fn failing(again: Again) -> Vec<(u64, Ending, Stop, u16)> {
    let (mut graph, hop) = pair(1);
    graph.tiers[0].fails = 1_000_000;
    graph.hops[0].again = again;
    watch(graph, MS, 1_000 * MS, &[(0, "ask:c1:call")], 1).over(hop)
}

#[test]
fn the_flowchart_of_a_retry() {
    let thrice = Again { attempts: 3, backoff: every(100 * MS), ..Again::NEVER };
    assert_eq!(
        failing(thrice),
        [(236 * MS, Ending::Failed, Stop::Attempts, 3)],
        "three times 12 ms and two delays"
    );
    assert_eq!(failing(Again { total_us: 212 * MS, ..thrice }), [(124 * MS, Ending::Failed, Stop::Time, 2)]);
    assert_eq!(failing(Again { total_us: 224 * MS, ..thrice }).len(), 1);
    let budget = retry_budget::Policy { reserve: 1, ratio_permille: 0, ..retry_budget::Policy::FINAGLE };
    let spent = failing(Again { budget: Some(Budget::Ratio(budget)), ..thrice });
    assert_eq!(spent, [(124 * MS, Ending::Failed, Stop::Budget, 2)], "one retry in ten seconds");
    let tokens =
        Again { attempts: 9, budget: Some(Budget::Throttle { tokens: 4, ratio_permille: 100 }), ..thrice };
    assert_eq!(failing(tokens), [(124 * MS, Ending::Failed, Stop::Budget, 2)], "above half of the tokens");

    let mistaken = |mistakes| {
        let (mut graph, hop) = pair(1);
        let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
        graph.source(Source { bad: 1_000_000, together_us: Some(0), ..Source::new(TierId(1), never) });
        graph.hops[0].again = Again { mistakes, ..thrice };
        watch(graph, MS, 1_000 * MS, &[], 1).over(hop)
    };
    assert_eq!(mistaken(false), [(12 * MS, Ending::Bad, Stop::Permanent, 1)]);
    assert_eq!(mistaken(true), [(236 * MS, Ending::Bad, Stop::Attempts, 3)]);
}

#[test]
fn the_work_of_a_call_that_timed_out_is_for_nobody_and_its_caller_says_so() {
    let (mut graph, hop) = pair(1);
    graph.hops[0].time.timeout_us = 5 * MS;
    let watch = watch(graph, MS, 100 * MS, &[(0, "ask:c1:call")], 1);
    assert_eq!(watch.over(hop), [(5 * MS, Ending::TimedOut, Stop::Attempts, 1)]);
    assert_eq!(watch.when(|mark| matches!(mark, Mark::Late { path: 0, .. })), [12 * MS]);
    assert!(matches!(watch.ends[..], [(_, _, Response::Failed { doubt: true, .. })]));
}

#[test]
fn a_cancel_frees_what_it_finds_and_goes_on_in_turn() {
    let cancelled = |cancel, script: &[(u64, &'static str)]| {
        let (mut graph, [outer, inner]) = chain();
        graph.tiers[0].work = Dist::constant_us(100 * MS);
        for hop in [outer, inner] {
            graph.hops[usize::from(hop.0)].time.cancel = cancel;
        }
        graph.hops[0].time.timeout_us = 20 * MS;
        let mut all = vec![(0, "ask:c1:call"), (0, "ask:c2:call")];
        all.extend(script);
        watch(graph, MS, 1_000 * MS, &all, 1)
    };
    let left =
        |watch: &Watch, tier| watch.when(|mark| matches!(mark, Mark::Left { tier: at, .. } if at == tier));
    let taken_back = cancelled(true, &[]);
    assert_eq!(left(&taken_back, TierId(2)), [21 * MS; 2]);
    assert_eq!(
        left(&taken_back, SERVER),
        [22 * MS; 2],
        "the first was in work, and then the second for a moment"
    );
    assert_eq!(taken_back.total(Count::Left(SERVER, Ending::Cancelled)), 2);
    assert_eq!(taken_back.total(Count::Late(HopId(0))), 0);
    let in_line = cancelled(true, &[(15 * MS, "drop:k1-n1:cancel")]);
    assert_eq!(left(&in_line, SERVER), [102 * MS], "of the first the server does not hear");
    assert_eq!(in_line.total(Count::Swept(SERVER, Swept::Cancelled)), 1);
    assert_eq!(in_line.total(Count::Late(HopId(1))), 1);
    let gone_on = cancelled(false, &[]);
    assert_eq!(left(&gone_on, SERVER), [102 * MS, 202 * MS]);
    assert_eq!(gone_on.total(Count::Late(HopId(0))), 2);
}

#[test]
fn a_deadline_that_travels_bounds_all_that_is_done_for_it() {
    for carry in [Carry::Duration, Carry::Clock, Carry::No] {
        let (mut graph, [outer, inner]) = chain();
        for hop in [outer, inner] {
            let time = &mut graph.hops[usize::from(hop.0)].time;
            (time.share, time.carry) = (Some(deadline::Rule::Deadline), carry);
        }
        let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
        graph.source(Source { together_us: Some(0), budget_us: 50 * MS, ..Source::new(TierId(1), never) });
        graph.trouble(Trouble::new(SERVER, Kind::Mute, (0, 1_000 * MS)));
        let watch = watch(graph, MS, 3_000 * MS, &[], 1);
        let ended = |hop| watch.over(hop).iter().map(|over| over.0 / MS).collect::<Vec<_>>();
        assert_eq!(ended(outer), [50; 3]);
        // A duration counts from when it comes; without either the inner call has its own second.
        let inner_ends = match carry {
            Carry::Duration => 51,
            Carry::Clock => 50,
            Carry::No => 1_001,
        };
        assert_eq!(ended(inner), [inner_ends; 3], "{carry:?}");
    }
}

#[test]
fn halves_of_what_is_left_grow_ever_shorter() {
    let (mut graph, hop) = pair(1);
    graph.hops[0].time.share = Some(deadline::Rule::HalfLeft);
    graph.hops[0].again = Again { attempts: 9, backoff: every(0), ..Again::NEVER };
    let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
    graph.source(Source { together_us: Some(0), budget_us: 64 * MS, ..Source::new(TierId(1), never) });
    graph.trouble(Trouble::new(SERVER, Kind::Mute, (0, 1_000 * MS)));
    let watch = watch(graph, MS, 3_000 * MS, &[], 1);
    let tried: Vec<u64> =
        watch.when(|mark| matches!(mark, Mark::Tried { .. })).iter().map(|us| us / MS).collect();
    assert_eq!(tried[..6], [0, 32, 48, 56, 60, 62]);
    assert_eq!(watch.over(hop)[0].3, 9);
}

fn opening_after(failures: u32) -> breaker::Policy {
    breaker::Policy { trip: breaker::Trip::Consecutive(failures), ..breaker::Policy::RESILIENCE4J }
}

#[test]
fn a_gate_inside_the_retries_is_asked_for_each_try_and_outside_for_each_call() {
    let asked = |outside| {
        let (mut graph, hop) = pair(1);
        graph.tiers[0].fails = 1_000_000;
        graph.hops[0].again = Again { attempts: 3, backoff: every(100 * MS), ..Again::NEVER };
        graph.hops[0].gate = Some(Gate { outside, ..Gate::new(opening_after(2)) });
        let script = [(0, "ask:c1:call"), (1_000 * MS, "ask:c1:call"), (2_000 * MS, "ask:c1:call")];
        let watch = watch(graph, MS, 3_000 * MS, &script, 1);
        (
            watch.total(Count::Sent(hop)),
            watch.over(hop).iter().map(|over| (over.1, over.3)).collect::<Vec<_>>(),
        )
    };
    let (failed, short) = (Ending::Failed, Ending::ShortCircuited);
    assert_eq!(asked(false), (2, vec![(short, 3), (short, 3), (short, 3)]), "open after two tries");
    assert_eq!(asked(true), (6, vec![(failed, 3), (failed, 3), (short, 1)]), "open after two calls");
}

#[test]
fn what_got_no_thread_says_nothing_of_the_callee() {
    let (mut graph, hop) = pair(1);
    let pool = graph.pool(Threads { threads: 1, queue_limit: 1 });
    graph.hops[0].pool = Some(pool);
    graph.hops[0].gate = Some(Gate::new(opening_after(1)));
    let script =
        [(0, "ask:c1:call"), (MS, "ask:c1:call"), (2 * MS, "ask:c1:call"), (100 * MS, "ask:c1:call")];
    let watch = watch(graph, MS, 1_000 * MS, &script, 1);
    let over: Vec<_> = watch.over(hop).iter().map(|over| (over.0 / MS, over.1)).collect();
    assert_eq!(over, [(2, Ending::Rejected), (12, Ending::Done), (24, Ending::Done), (112, Ending::Done)]);
    let people = TierId(1);
    assert_eq!(watch.ledger.peak(LevelOf::Tier(people, Level::Held)), 1);
    assert_eq!(watch.ledger.peak(LevelOf::Tier(people, Level::Pending)), 1);
}

#[test]
fn a_full_line_at_the_callee_opens_the_gate() {
    let (mut graph, hop) = pair(1);
    graph.tiers[0].line.limit = 0;
    graph.hops[0].gate = Some(Gate::new(opening_after(1)));
    let watch =
        watch(graph, MS, 100 * MS, &[(0, "ask:c1:call"), (MS, "ask:c1:call"), (20 * MS, "ask:c1:call")], 1);
    let over: Vec<_> = watch.over(hop).iter().map(|over| over.1).collect();
    assert_eq!(over, [Ending::Refused, Ending::Done, Ending::ShortCircuited]);
}

#[test]
fn one_of_the_instances_is_called() {
    let calls = |pick, slow| {
        let (mut graph, _) = pair(1);
        graph.tiers[0].instances = 4;
        graph.hops[0].pick = pick;
        graph.source(Source {
            each: 400,
            ..Source::new(TierId(1), Arrivals::Regular(Dist::constant_us(5 * MS)))
        });
        if slow {
            let kind = Kind::Slow(50);
            graph.trouble(Trouble { instance: Some(0), ..Trouble::new(SERVER, kind, (0, 60_000 * MS)) });
        }
        let watch = watch(graph, MS, 10_000 * MS, &[], 1);
        let to = |node| watch.calls.iter().filter(|(_, to)| *to == NodeId(node)).count();
        [0, 1, 2, 3].map(to)
    };
    assert_eq!(calls(Pick::RoundRobin, true), [100; 4]);
    assert_eq!(
        calls(Pick::LeastOutstanding, false),
        [100; 4],
        "of those that owe alike it is the next one's turn"
    );
    assert!(calls(Pick::LeastOutstanding, true)[0] < 20);
    let two = calls(Pick::Choices(2), true);
    assert!(two[0] < 60 && two[1..].iter().all(|calls| *calls > 90), "{two:?}");
    let random = calls(Pick::Random, true);
    assert!(random.iter().all(|calls| (65..135).contains(calls)), "{random:?}");
}

#[test]
fn what_was_called_before_a_crash_is_not_taken_for_what_is_called_after_it() {
    let (mut graph, hop) = pair(1);
    graph.tiers[0].workers = 0;
    graph.tiers[0].work = Dist::constant_us(50 * MS);
    let script = [(0, "ask:c1:call"), (10 * MS, "crash:c1"), (20 * MS, "start:c1"), (30 * MS, "ask:c1:call")];
    let watch = watch(graph, MS, 1_000 * MS, &script, 1);
    assert_eq!(watch.over(hop).iter().map(|over| over.0 / MS).collect::<Vec<_>>(), [82]);
    assert_eq!(watch.total(Count::CallOver(hop, Ending::Lost)), 1);
    assert_eq!(watch.when(|mark| matches!(mark, Mark::Late { .. })), [52 * MS]);
}

#[test]
fn a_service_that_crashes_loses_what_it_has() {
    let (graph, [_, inner]) = chain();
    let script = [
        (0, "ask:c1:call"),
        (0, "ask:c2:call"),
        (5 * MS, "crash:k1"),
        (50 * MS, "start:k1"),
        (60 * MS, "ask:c3:call"),
    ];
    let watch = watch(graph, MS, 3_000 * MS, &script, 1);
    assert_eq!(watch.total(Count::Left(TierId(2), Ending::Lost)), 2);
    assert_eq!(watch.total(Count::CallOver(inner, Ending::Lost)), 2);
    let ends: Vec<_> =
        watch.ends.iter().map(|(at_us, _, response)| (at_us / MS, *response == Response::Done)).collect();
    assert_eq!(ends, [(74, true), (1_000, false), (1_000, false)]);
}

/// A try for which no time is left is over before an instance is chosen, whose gate could hear of it.
#[test]
fn without_time_no_gate_is_asked() {
    let mut graph = Graph::new(&["call"]);
    let front = graph.tier(Tier::new("front", Sort::Server, 1));
    let back = graph.tier(Tier::new("back", Sort::Coordinator, 2));
    let people = graph.tier(Tier::new("people", Sort::Client, 1));
    let time = |hop: Hop| Time { share: Some(deadline::Rule::Deadline), carry: Carry::Clock, ..hop.time };
    let gate = Some(Gate { by_instance: true, ..Gate::new(opening_after(1)) });
    let plain = |from, to| Hop::new(from, to, 1_000 * MS);
    let inner = graph.hop(Hop { time: time(plain(front, back)), gate, ..plain(front, back) });
    let outer = graph.hop(Hop { time: time(plain(people, front)), ..plain(people, front) });
    graph.route(back, vec![Step::WORK]);
    graph.route(front, vec![Step::Call(inner)]);
    graph.route(people, vec![Step::Call(outer)]);
    let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
    graph.source(Source { together_us: Some(0), budget_us: MS, ..Source::new(people, never) });
    let watch = watch(graph, MS, 100 * MS, &[], 1);
    assert_eq!(watch.over(inner), [(MS, Ending::NoTime, Stop::Attempts, 1)]);
    assert_eq!(watch.total(Count::Sent(inner)), 0);
}
