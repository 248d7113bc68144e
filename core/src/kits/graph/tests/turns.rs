//! Trouble that comes and goes, and trouble that stays for as long as too much is asked.

use super::*;

const SERVER: TierId = TierId(0);

#[test]
fn trouble_flaps_at_the_door() {
    let (mut graph, hop) = pair(1);
    graph.trouble(Trouble {
        flap_us: 20 * MS,
        ..Trouble::new(SERVER, Kind::Errors(1_000_000), (10 * MS, 95 * MS))
    });
    let asked: Vec<(u64, &str)> =
        [12, 35, 55, 75, 95, 110].iter().map(|ms| (ms * MS, "ask:c1:call")).collect();
    let watch = watch(graph, MS, 200 * MS, &asked, 1);
    let ends: Vec<_> = watch.over(hop).iter().map(|over| (over.0 / MS, over.1)).collect();
    let (failed, done) = (Ending::Failed, Ending::Done);
    assert_eq!(ends, [(14, failed), (47, done), (57, failed), (87, done), (97, failed), (122, done)]);
    let turns = watch.when(|mark| matches!(mark, Mark::Trouble { .. }));
    assert_eq!(turns, [10, 30, 50, 70, 90, 105].map(|ms| ms * MS));
}

/// When work is answered that comes at 1 ms, with turns from 10 to 30 and from 50 to 70 ms.
#[test]
fn work_hears_of_each_turn() {
    let answered = |kind, work_ms| {
        let (mut graph, hop) = pair(1);
        graph.tiers[0].work = Dist::constant_us(work_ms * MS);
        graph.trouble(Trouble { flap_us: 20 * MS, ..Trouble::new(SERVER, kind, (10 * MS, 60 * MS)) });
        watch(graph, MS, 200 * MS, &[(0, "ask:c1:call")], 1).over(hop)[0].0 / MS
    };
    assert_eq!(answered(Kind::Slow(2), 35), 47, "9 ms of it before, 10 in the first turn, 16 after");
    assert_eq!(answered(Kind::Slow(2), 50), 72, "39 by the second turn, 10 in it, 1 after");
    assert_eq!(answered(Kind::Silence, 35), 77, "9 before, 20 between them, 6 after");
}

#[test]
fn it_is_well_again_once_little_enough_comes() {
    let turns = |gap_ms| {
        let (mut graph, _) = pair(1);
        let arrivals = Arrivals::Regular(Dist::constant_us(gap_ms * MS));
        graph.source(Source::new(TierId(1), arrivals));
        let trouble = Trouble::new(SERVER, Kind::Errors(1_000_000), (0, 100 * MS));
        graph.trouble(Trouble { recover_below: 5_000_000, ..trouble });
        watch(graph, MS, 5_000 * MS, &[], 1).when(|mark| matches!(mark, Mark::Trouble { .. }))
    };
    assert_eq!(turns(250), [0, 1_100 * MS], "four in the second after its time");
    assert_eq!(turns(100), [0]);
}

#[test]
fn work_goes_on_slowly_while_the_trouble_stays() {
    let (mut graph, hop) = pair(1);
    graph.tiers[0].work = Dist::constant_us(50 * MS);
    graph.trouble(Trouble { recover_below: 1_000_000, ..Trouble::new(SERVER, Kind::Slow(10), (0, 10 * MS)) });
    let watch = watch(graph, MS, 2_000 * MS, &[(0, "ask:c1:call")], 1);
    assert_eq!(watch.over(hop)[0].0 / MS, 502);
}

/// Who comes back from a crash meets the turn that there is then.
#[test]
fn a_restart_does_not_put_it_off() {
    let (mut graph, hop) = pair(1);
    graph.trouble(Trouble {
        flap_us: 20 * MS,
        ..Trouble::new(SERVER, Kind::Errors(1_000_000), (10 * MS, 95 * MS))
    });
    let script =
        [(35 * MS, "crash:n1"), (40 * MS, "start:n1"), (41 * MS, "ask:c1:call"), (55 * MS, "ask:c1:call")];
    let ends: Vec<_> =
        watch(graph, MS, 200 * MS, &script, 1).over(hop).iter().map(|over| (over.0 / MS, over.1)).collect();
    assert_eq!(ends, [(53, Ending::Done), (57, Ending::Failed)]);
}
