//! What callers believe of instances, from whom they know it, and whom they choose by it.

use super::*;
use crate::parts::outlier;

const SERVERS: TierId = TierId(0);

/// A client that asks so often in turn, of so many servers with a worker each, whose work takes 10 ms.
fn fleet(servers: u16, gap_us: u64, each: u32) -> Graph {
    let (mut graph, _) = pair(1);
    graph.tiers[0].instances = servers;
    let arrivals = Arrivals::Regular(Dist::constant_us(gap_us));
    graph.source(Source { each, ..Source::new(TierId(1), arrivals) });
    graph
}

fn calls(watch: &Watch, many: u16) -> Vec<usize> {
    (0..many).map(|node| watch.calls.iter().filter(|(_, to)| *to == NodeId(node)).count()).collect()
}

fn beliefs(watch: &Watch) -> Vec<(u64, u16, Belief)> {
    let told = watch.marks.iter().filter_map(|(at_us, _, mark)| match mark {
        Mark::Believed { instance, what, .. } => Some((*at_us / MS, *instance, *what)),
        _ => None,
    });
    told.collect()
}

const CHECK: Check = Check { every_us: 100 * MS, timeout_us: 50 * MS, unhealthy: 3, healthy: 2, deep: true };

/// What a server tells is what it has; on a board of some time ago all go where it was empty then.
#[test]
fn loads_are_as_they_were_told() {
    let mut graph = fleet(4, MS, 40);
    graph.hops[0].pick = Pick::LeastOutstanding;
    graph.hops[0].beliefs.sees = Sees::Told;
    graph.trouble(Trouble::new(SERVERS, Kind::Silence, (0, 1_000 * MS)));
    let told = calls(&watch(graph.clone(), 0, 1_000 * MS, &[], 1), 4);
    assert_eq!(told, [10; 4], "while all queues grow they grow alike");
    // Told between two calls: each of the ten that follow goes to one that was emptiest then.
    let every_us = 10 * MS + 300;
    graph.hops[0].beliefs.sees = Sees::Every(every_us);
    graph.hops[0].pick = Pick::Shortest;
    let board = watch(graph, 0, 1_000 * MS, &[], 1);
    for (at_us, to) in &board.calls {
        let told_us = at_us / every_us * every_us;
        let had = |node: u16| board.calls.iter().filter(|(us, to)| *us < told_us && to.0 == node).count();
        let least = (0..4).map(had).min();
        assert_eq!(Some(had(to.0)), least, "at {at_us}: {:?}", board.calls);
    }
    assert_eq!(board.calls.len(), 40);
}

/// Of ten checks a second three must fail, the last 50 ms after it was sent; two in a row bring it back.
#[test]
fn checks_take_out_what_does_not_answer_and_bring_it_back() {
    let mut graph = fleet(2, 5 * MS, 600);
    graph.hops[0].pick = Pick::RoundRobin;
    graph.hops[0].beliefs.check = Some(CHECK);
    let script = [(1_000 * MS, "crash:n2"), (2_000 * MS, "start:n2")];
    let watch = watch(graph, MS, 3_000 * MS, &script, 1);
    let told = beliefs(&watch);
    let [(out, 1, Belief::Unwell), (back, 1, Belief::Well)] = told[..] else { panic!("{told:?}") };
    assert!((1_250..=1_350).contains(&out) && (2_100..=2_202).contains(&back), "{told:?}");
    let between = watch.calls.iter().filter(|(at, to)| (out + 1..back).contains(&(at / MS)) && to.0 == 1);
    assert_eq!(between.count(), 0);
}

/// An alarm is of the check alone. Without panic nobody is called; with it all are, and nothing was wrong.
#[test]
fn where_all_are_unwell_panic_uses_them() {
    let done = |panic_permille: u32, deep: bool| {
        let mut graph = fleet(2, 5 * MS, 0);
        graph.hops[0].beliefs =
            Beliefs { check: Some(Check { deep, ..CHECK }), panic_permille, ..Beliefs::OWN };
        let kind = Kind::Alarm;
        graph.trouble(Trouble::new(SERVERS, kind, (0, 9_000 * MS)));
        let watch = watch(graph, MS, 1_000 * MS, &[], 1);
        (watch.total(Count::TryOver(HopId(0), Ending::Rejected)) > 100, beliefs(&watch).len())
    };
    assert_eq!([done(0, true), done(500, true), done(0, false)], [(true, 2), (false, 2), (false, 0)]);
}

#[test]
fn who_fails_in_a_row_is_ejected_and_returns() {
    let mut graph = fleet(4, 5 * MS, 0);
    graph.hops[0].pick = Pick::RoundRobin;
    graph.hops[0].beliefs.eject =
        Some(outlier::Policy { failures: 5, base_us: 300 * MS, most_permille: 500 });
    let kind = Kind::Errors(1_000_000);
    graph.trouble(Trouble { instance: Some(2), ..Trouble::new(SERVERS, kind, (0, 200 * MS)) });
    let watch = watch(graph, MS, 1_000 * MS, &[], 1);
    // It is called every 20 ms; the fifth call is answered 2 ms after it went out.
    let told = beliefs(&watch);
    let [(out, 2, Belief::Ejected), (back, 2, Belief::Well)] = told[..] else { panic!("{told:?}") };
    assert!((85..=107).contains(&out) && back == out + 300, "{told:?}");
    assert!(calls(&watch, 4)[2] < 40 && watch.total(Count::TryOver(HopId(0), Ending::Failed)) == 5);
}

/// A key stays where it went first; when that does not answer it goes elsewhere, and does not come back by itself.
#[test]
fn keys_keep_their_instance() {
    let moved = |keeps_us: u64, script: &[(u64, &str)]| {
        // Two of them can do it all.
        let mut graph = fleet(3, 8 * MS, 0);
        graph.hops[0].time.timeout_us = 100 * MS;
        graph.hops[0].pick = Pick::RoundRobin;
        graph.hops[0].beliefs = Beliefs { keeps_us: Some(keeps_us), check: Some(CHECK), ..Beliefs::OWN };
        graph.sources[0].keys = Keys::Uniform(30);
        let watch = watch(graph, MS, 4_000 * MS, script, 1);
        let late: Vec<_> = watch.calls.iter().filter(|(at_us, _)| *at_us > 2_500 * MS).collect();
        let on = |node| late.iter().filter(|(_, to)| *to == NodeId(node)).count();
        (watch.when(|mark| matches!(mark, Mark::Moved { .. })).len(), on(1) * 100 / late.len())
    };
    let script = [(1_000 * MS, "crash:n2"), (1_800 * MS, "start:n2")];
    assert_eq!(moved(0, &[]).0, 0);
    let (broken, on) = moved(0, &script);
    assert!((5..=15).contains(&broken) && on < 17, "{broken} moved, {on} % of the calls");
    assert!(moved(500 * MS, &script).1 > 23, "who reconnects finds it again");
}

#[test]
fn instances_have_paces_of_their_own_and_are_cold_after_a_start() {
    let mut graph = fleet(1, 100 * MS, 0);
    graph.tiers[0].pace =
        Pace { speeds: vec![500], warm: Some(Warm { for_us: 1_000 * MS, permille: 3_000 }) };
    let script = [(300 * MS, "crash:n1"), (395 * MS, "start:n1")];
    let watch = watch(graph, 0, 1_000 * MS, &script, 1);
    let took: Vec<u64> = watch
        .marks
        .iter()
        .filter_map(|(_, _, mark)| match mark {
            Mark::TryOver { how: Ending::Done, took_us, .. } => Some(took_us / 100),
            _ => None,
        })
        .collect();
    assert_eq!(took[..4], [200, 200, 598, 558], "twice as long; then three times that, ever less");
}
