//! Hedges, spans, and work that is known to be for nobody.

use super::*;
use crate::outcome::{Ending as End, Span as Kept};

const SERVER: TierId = TierId(0);

/// A call of people to several instances, whose first is slow, hedged after 20 ms.
fn hedged(instances: u16, hedge: Hedge, slow: u32) -> (Graph, HopId) {
    let (mut graph, hop) = pair(1);
    graph.tiers[0].instances = instances;
    graph.hops[0].pick = Pick::RoundRobin;
    graph.hops[0].hedge = Some(hedge);
    let kind = Kind::Slow(slow);
    let trouble = Trouble { instance: Some(0), ..Trouble::new(SERVER, kind, (0, 60_000 * MS)) };
    graph.trouble(trouble);
    (graph, hop)
}

const AFTER_20: Hedge = Hedge { after_us: 20 * MS, adaptive: None, most: 1, recall: Recall::AtOnce };

fn over_ms(watch: &Watch, hop: HopId) -> Vec<(u64, Ending, u16)> {
    watch.over(hop).iter().map(|over| (over.0 / MS, over.1, over.3)).collect()
}

#[test]
fn the_first_good_answer_is_taken_and_the_others_are_called_back() {
    let run = |recall| {
        let (graph, hop) = hedged(2, Hedge { recall, ..AFTER_20 }, 10);
        (watch(graph, MS, 1_000 * MS, &[(0, "ask:c1:call")], 1), hop)
    };
    // Sent to the other after 20 ms: there at 21, done at 31, back at 32.
    for recall in [Recall::AtOnce, Recall::Waiting, Recall::Never] {
        let (watch, hop) = run(recall);
        assert_eq!(over_ms(&watch, hop), [(32, Ending::Done, 2)], "{recall:?}");
        assert_eq!(watch.calls.iter().map(|call| call.1).collect::<Vec<_>>(), [NodeId(0), NodeId(1)]);
        assert_eq!(watch.total(Count::Hedged(hop)), 1);
        // What is in work goes on, unless it is called back at once.
        let late = u64::from(recall != Recall::AtOnce);
        assert_eq!(watch.total(Count::Late(hop)), late, "{recall:?}");
        assert_eq!(watch.total(Count::Left(SERVER, Ending::Cancelled)), 1 - late, "{recall:?}");
    }
}

#[test]
fn who_still_waits_is_called_back_where_those_are() {
    let (mut graph, hop) = hedged(2, Hedge { recall: Recall::Waiting, ..AFTER_20 }, 10);
    // Another caller has the slow instance busy, so that the call waits in its line.
    let other = graph.tier(Tier::new("other", Sort::Client, 1));
    let before = graph.hop(Hop { pick: Pick::RoundRobin, ..Hop::new(other, SERVER, 1_000 * MS) });
    graph.route(other, vec![Step::Call(before)]);
    let watch = watch(graph, MS, 1_000 * MS, &[(0, "ask:c2:call"), (MS, "ask:c1:call")], 1);
    assert_eq!(over_ms(&watch, hop), [(33, Ending::Done, 2)]);
    assert_eq!(watch.total(Count::Swept(SERVER, Swept::Cancelled)), 1);
    assert_eq!(watch.total(Count::Late(hop)), 0);
}

#[test]
fn an_error_has_the_next_go_out_at_once_and_tokens_bound_that() {
    let run = |most, tokens| {
        let (mut graph, hop) = hedged(3, Hedge { most, ..AFTER_20 }, 1);
        graph.tiers[0].fails = 1_000_000;
        graph.hops[0].again.budget = Some(Budget::Throttle { tokens, ratio_permille: 100 });
        let script = [(0, "ask:c1:call"), (500 * MS, "ask:c1:call")];
        (watch(graph, MS, 1_000 * MS, &script, 1), hop)
    };
    // 12 ms each, one after the other: no delay of 20 ms is waited for.
    let (watch, hop) = run(2, 100);
    assert_eq!(over_ms(&watch, hop), [(36, Ending::Failed, 3), (536, Ending::Failed, 3)]);
    let instances: Vec<u16> = watch.calls.iter().map(|call| call.1.0).collect();
    assert_eq!(instances[..3], [0, 1, 2], "each goes to an instance that has had none");
    // Of four tokens three must be left: after one failure there may be another try, after two there may not.
    let (watch, hop) = run(2, 4);
    assert_eq!(over_ms(&watch, hop), [(24, Ending::Failed, 2), (512, Ending::Failed, 1)]);
    assert_eq!(watch.over(hop)[1].2, Stop::Budget);
}

#[test]
fn all_tries_share_the_time_of_the_call() {
    let (mut graph, hop) = hedged(3, Hedge { most: 2, ..AFTER_20 }, 1);
    graph.troubles[0] = Trouble { instance: None, kind: Kind::Mute, ..graph.troubles[0] };
    graph.hops[0].time.timeout_us = 50 * MS;
    let watch = watch(graph, MS, 1_000 * MS, &[(0, "ask:c1:call")], 1);
    assert_eq!(over_ms(&watch, hop), [(50, Ending::TimedOut, 3)]);
    assert_eq!(watch.total(Count::TryOver(hop, Ending::TimedOut)), 3);
}

#[test]
fn what_follows_the_latency_waits_for_what_first_tries_took() {
    let policy = adaptive_timeout::Policy {
        quantile_permille: 950,
        factor_permille: 1_500,
        window: 20,
        first_us: 500 * MS,
    };
    let (mut graph, hop) = hedged(2, Hedge { adaptive: Some(policy), ..AFTER_20 }, 1);
    let gap = Arrivals::Regular(Dist::constant_us(100 * MS));
    graph.source(Source { each: 60, ..Source::new(TierId(1), gap) });
    graph.troubles[0] =
        Trouble { at_us: 4_950 * MS, for_us: 60_000 * MS, kind: Kind::Slow(50), ..graph.troubles[0] };
    let watch = watch(graph, MS, 10_000 * MS, &[], 1);
    let hedged = watch.when(|mark| matches!(mark, Mark::Hedged { .. }));
    assert_eq!(hedged[0], 5_118 * MS, "the first to meet the slow one waits for 1.5 times 12 ms");
    assert!((5..=10).contains(&hedged.len()), "{hedged:?}");
    assert!(watch.over(hop).iter().all(|over| over.1 == Ending::Done));
}

/// Work is known by the answers that bring it: what is in none was for nobody.
#[test]
fn work_is_counted_where_it_is_done_and_where_it_is_of_use() {
    let work = |timeout_us| {
        let (mut graph, [outer, inner]) = chain();
        graph.tiers[2].work = Dist::constant_us(5 * MS);
        graph.routes[2].steps.insert(0, Step::WORK);
        for hop in [outer, inner] {
            graph.hops[usize::from(hop.0)].time.timeout_us = timeout_us;
        }
        let watch = watch(graph, MS, 1_000 * MS, &[(0, "ask:c1:call")], 1);
        let sum = |of: fn(Mark) -> Option<u64>| watch.marks.iter().filter_map(|mark| of(mark.2)).sum::<u64>();
        let worked =
            sum(|mark| if let Mark::Worked { worked_us, .. } = mark { Some(worked_us) } else { None });
        let useful = sum(|mark| if let Mark::Useful { worked_us } = mark { Some(worked_us) } else { None });
        (worked / MS, useful / MS)
    };
    assert_eq!(work(100 * MS), (15, 15));
    assert_eq!(work(10 * MS), (15, 0), "the caller gives up, and both work all the same");
}

/// Who waits for a worker with a thread is given up, too, once its deadline has passed; and is counted before the door is opened to another.
#[test]
fn work_that_would_begin_too_late_does_not_begin() {
    let run = |expired| {
        let (mut graph, hop) = pair(10);
        graph.tiers[0].threads = 100;
        graph.tiers[0].line.expired = expired;
        graph.hops[0].time.share = Some(deadline::Rule::Deadline);
        graph.hops[0].time.carry = Carry::Duration;
        let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
        graph.source(Source { together_us: Some(0), budget_us: 36 * MS, ..Source::new(TierId(1), never) });
        let watch = watch(graph, MS, 1_000 * MS, &[], 1);
        let left = |how| watch.total(Count::Left(SERVER, how));
        (
            left(Ending::Done),
            left(Ending::NoTime),
            watch.total(Count::Turned(SERVER)),
            watch.total(Count::TryOver(hop, Ending::Done)),
        )
    };
    // They come at 1 ms with 36 ms left: three are done by then, the fourth begins at 31.
    assert_eq!(run(Expired::Serve), (10, 0, 0, 3));
    assert_eq!(run(Expired::Drop), (4, 6, 0, 3));
    assert_eq!(run(Expired::Predict), (3, 0, 7, 3));
}

/// A request carries its own deadline on, even where a try may take longer.
#[test]
fn what_is_carried_is_no_later_than_the_request_s_own_deadline() {
    let (mut graph, [outer, inner]) = chain();
    for hop in [outer, inner] {
        graph.hops[usize::from(hop.0)].time.carry = Carry::Duration;
    }
    graph.hops[usize::from(inner.0)].time.share = Some(deadline::Rule::Deadline);
    let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
    graph.source(Source { together_us: Some(0), budget_us: 50 * MS, ..Source::new(TierId(1), never) });
    graph.trouble(Trouble::new(SERVER, Kind::Mute, (0, 1_000 * MS)));
    let watch = watch(graph, MS, 3_000 * MS, &[], 1);
    assert!(watch.over(inner).iter().all(|over| over.0 == 51 * MS), "from when it came, 50 ms");
    assert!(watch.over(outer).iter().all(|over| over.0 == 52 * MS), "its own second it does not need");
}

fn spans(graph: Graph, script: &[(u64, &str)], for_us: u64) -> Vec<Kept> {
    let config = Config::new(graph).expect("a graph");
    let act = |(at_us, act): &(u64, &str)| Cue { at_us: *at_us, act: act.parse().expect("an act") };
    let cues = script.iter().map(act).collect();
    let scenario = Scenario { lab: "", seed: 1, values: Vec::new(), cues, horizon_us: for_us };
    struct Nothing;
    impl Own for Nothing {
        fn mark(&mut self, _: crate::trace::Mark, _: NodeId, _: Option<OpId>, _: Mark, _: &mut Ledger) {}
        fn figures(&mut self, _: &Ledger, _: crate::trace::Mark) -> Vec<crate::outcome::Tally> {
            Vec::new()
        }
        fn verdicts(&self) -> Vec<crate::lab::Verdict> {
            Vec::new()
        }
    }
    let running = Running::new(&scenario, Detail::Full, Network::plain(Dist::constant_us(MS)));
    let mut course = begin(config, running, Nothing, Charts::new);
    while !course.advance(u64::MAX) {}
    course.outcome().spans
}

#[test]
fn the_tries_of_an_operation_are_a_tree() {
    let (mut graph, [outer, inner]) = chain();
    graph.hops[usize::from(inner.0)].again = Again { attempts: 2, backoff: every(5 * MS), ..Again::NEVER };
    graph.hops[usize::from(inner.0)].time.timeout_us = 8 * MS;
    let all = spans(graph, &[(0, "ask:c1:call"), (200 * MS, "ask:c2:call")], 1_000 * MS);
    let of: Vec<_> = all.iter().map(|span| (span.op, span.hop, span.path, span.parent)).collect();
    assert_eq!(of[..3], [(0, outer.0, 0, None), (0, inner.0, 0, Some(0)), (0, inner.0, 1, Some(0))]);
    assert_eq!(of[3..], [(1, outer.0, 0, None), (1, inner.0, 0, Some(3)), (1, inner.0, 1, Some(3))]);
    let ms = |us: Option<u64>| us.map(|us| us / MS);
    let first = all[1];
    assert_eq!(
        (first.tried_us / MS, ms(first.sent_us), ms(first.came_us), ms(first.began_us)),
        (1, Some(1), Some(2), Some(2))
    );
    assert_eq!(
        (ms(first.done_us), ms(first.ended_us), first.how),
        (Some(12), Some(9), Some(End::Limit("timed out")))
    );
    assert_eq!(first.work_us, Some((2 * MS, Some(12 * MS))));
    // The delay before the second is 5 ms; it cannot be done in 8 either.
    let second = all[2];
    assert_eq!((second.tried_us / MS, ms(second.came_us), ms(second.began_us)), (14, Some(15), Some(15)));
    assert_eq!(second.how, Some(End::Limit("timed out")));
    assert_eq!((all[0].how, ms(all[0].ended_us)), (Some(End::Bad("failed")), Some(23)));
}

#[test]
fn tries_name_those_before_them_whatever_operations_go_on_beside_them() {
    let (mut graph, [_, inner]) = chain();
    graph.hops[usize::from(inner.0)].again = Again { attempts: 2, backoff: every(5 * MS), ..Again::NEVER };
    graph.hops[usize::from(inner.0)].time.timeout_us = 8 * MS;
    let all = spans(graph, &[(0, "ask:c1:call"), (3 * MS, "ask:c2:call")], 1_000 * MS);
    assert_eq!(all.iter().map(|span| span.op).collect::<Vec<_>>(), [0, 0, 0, 1, 1, 1]);
    assert_eq!(
        all.iter().map(|span| span.parent).collect::<Vec<_>>(),
        [None, Some(0), Some(0), None, Some(3), Some(3)]
    );
    assert_eq!(
        all.iter().map(|span| span.after).collect::<Vec<_>>(),
        [None, None, Some(1), None, None, Some(4)]
    );
}

#[test]
fn a_hedge_is_told_from_a_retry_and_a_crash_ends_what_it_cuts_short() {
    let (graph, _) = hedged(2, AFTER_20, 10);
    let all = spans(graph, &[(0, "ask:c1:call")], 1_000 * MS);
    assert_eq!(all.iter().map(|span| span.is_hedge).collect::<Vec<_>>(), [false, true]);
    assert_eq!(all[0].how, Some(End::Unmade("cancelled")));
    let (graph, _) = chain();
    let all = spans(graph, &[(0, "ask:c1:call"), (5 * MS, "crash:k1")], 100 * MS);
    assert_eq!((all[0].done_us, all[0].ended_us), (Some(5 * MS), None));
    assert_eq!((all[1].ended_us, all[1].how), (Some(5 * MS), Some(End::Bad("its caller crashed"))));
}
