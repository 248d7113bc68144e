//! The ledger on made-up runs.

use super::super::mark::Stop;
use super::*;
use crate::lab::shows::SeriesKey;
use proptest::prelude::*;

const SHAPE: Shape = Shape { hops: 1, tiers: 1, tenants: 0 };
const HOP: HopId = HopId(0);
const TIER: TierId = TierId(0);
const CALLER: NodeId = NodeId(0);
const SERVER: NodeId = NodeId(1);

fn ledger() -> Ledger {
    Ledger::new(SHAPE, 2, 1_000_000)
}

fn done(took_us: u64) -> Mark {
    Mark::CallOver { hop: HOP, how: Ending::Done, stop: Stop::Over, tries: 1, took_us }
}

/// A call that goes well at once.
fn call(ledger: &mut Ledger, at_us: u64) {
    for mark in [
        Mark::Tried { hop: HOP, again: false },
        Mark::TryOver { hop: HOP, how: Ending::Done, took_us: 1_000 },
        done(1_000),
    ] {
        ledger.mark(at_us, CALLER, mark);
    }
}

fn series(charts: Charts, ledger: Ledger) -> Vec<i64> {
    let series = charts.series(ledger).remove(0);
    series.points.iter().map(|point| point.1).collect()
}

#[test]
fn a_bin_that_the_end_cuts_short_tells_no_rate() {
    let good = [Count::CallOver(HOP, Ending::Done)];
    let mut ledger = ledger();
    (0..3_300_000).step_by(100_000).for_each(|at_us| call(&mut ledger, at_us));
    assert_eq!(ledger.at_the_end(3_300_000, &good), None, "no whole second lies in its last quarter");
    assert_eq!(ledger.at_the_end(4_000_000, &good), Some(3_000_000), "three in the last of four seconds");
    (3_300_000..5_500_000).step_by(100_000).for_each(|at_us| call(&mut ledger, at_us));
    assert_eq!(ledger.at_the_end(5_400_000, &good), None);
    assert_eq!(ledger.at_the_end(8_000_000, &good), Some(0));
}

#[test]
fn charts_are_what_was_counted_timed_and_stood() {
    let mut ledger = ledger();
    [100_000, 200_000, 2_100_000].iter().for_each(|at_us| call(&mut ledger, *at_us));
    ledger.mark(2_200_000, CALLER, Mark::Tried { hop: HOP, again: false });
    ledger.mark(3_500_000, CALLER, Mark::TryOver { hop: HOP, how: Ending::TimedOut, took_us: 1_300_000 });
    ledger.end(5_000_000);
    let of = |chart: &dyn Fn(&mut Charts) -> SeriesKey| {
        let mut charts = Charts::new();
        chart(&mut charts);
        series(charts, ledger.clone())
    };
    assert_eq!(of(&|charts| charts.rate("calls", [Count::Called(HOP)])), [2, 0, 2, 0, 0]);
    assert_eq!(of(&|charts| charts.so_far("calls", Count::Called(HOP))), [2, 2, 4, 4, 4]);
    assert_eq!(
        of(&|charts| charts.mean("took", Span::Calls(HOP))),
        [1_000, 1_000],
        "in bins in which calls ended"
    );
    assert_eq!(of(&|charts| charts.quantile("p99", HOP, 990_000)), [980], "of all bins together, and about");
    let standing = |read| of(&|charts| charts.standing("at", "calls", Some(HOP), read));
    assert_eq!(standing(|at| Some(at.waiting.into())), [0, 0, 1, 0, 0]);
    assert_eq!(standing(|at| Some(at.between.into())), [0, 0, 0, 1, 1]);
}

#[test]
fn what_a_crash_ends_is_lost_and_not_forgotten() {
    let mut ledger = ledger();
    ledger.mark(1, CALLER, Mark::Tried { hop: HOP, again: false });
    for (queue, busy) in [(0, 1), (1, 1), (2, 1)] {
        ledger.mark(2, SERVER, Mark::Came { tier: TIER, attempt: 0 });
        if queue == 0 {
            ledger.mark(2, SERVER, Mark::Began { tier: TIER, waited_us: 0 });
        }
        ledger.mark(2, SERVER, Mark::Level { tier: TIER, what: Level::Queue, now: queue });
        ledger.mark(2, SERVER, Mark::Level { tier: TIER, what: Level::Busy, now: busy });
    }
    ledger.mark(2, SERVER, Mark::Gate { index: 3, from: None, to: State::Open });
    assert_eq!(ledger.balance(), Ok(()));
    [CALLER, SERVER].iter().for_each(|node| ledger.crashed(3, *node));
    assert_eq!(ledger.balance(), Ok(()));
    assert_eq!(ledger.total(Count::Swept(TIER, Swept::Lost)), 2);
    assert_eq!(ledger.total(Count::Left(TIER, Ending::Lost)), 1);
    assert_eq!(
        (ledger.total(Count::TryOver(HOP, Ending::Lost)), ledger.total(Count::CallOver(HOP, Ending::Lost))),
        (1, 1)
    );
    assert_eq!((ledger.gate_of(SERVER, 3), ledger.gates_of(SERVER).count()), (None, 0));
    ledger.end(2_000_000);
    let mut charts = Charts::new();
    charts.most("gates", "breakers", LevelOf::OpenGates);
    assert_eq!(series(charts, ledger), [1, 0]);
}

#[test]
fn what_is_not_on_the_books_is_found() {
    let mut ledger = ledger();
    call(&mut ledger, 1);
    assert_eq!(ledger.balance(), Ok(()));
    ledger.mark(2, CALLER, done(1_000));
    assert_eq!(ledger.balance(), Err("called: 1, not 2".into()), "a call ended that had not begun");
}

proptest! {
    /// However many workers there are and whenever requests come and are through: Little's law, exactly.
    #[test]
    fn littles_law_holds(gaps in proptest::collection::vec((0u64..400_000, 1u64..900_000), 1..80), workers in 1usize..4) {
        let mut ledger = ledger();
        let mut free = vec![0u64; workers];
        let mut turns = Vec::new();
        let mut came_us = 0;
        for (gap_us, work_us) in gaps {
            came_us += gap_us;
            let next = (0..workers).min_by_key(|worker| free[*worker]).unwrap();
            let began_us = came_us.max(free[next]);
            free[next] = began_us + work_us;
            turns.extend([(came_us, 0, 0), (began_us, 1, began_us - came_us), (free[next], 2, work_us)]);
        }
        // At one moment a request comes before it is begun, whatever others do.
        turns.sort_by_key(|turn| (turn.0, turn.1));
        let (mut line, mut work) = (0u32, 0u32);
        for (at_us, what, took_us) in turns {
            let mark = match what {
                0 => { line += 1; Mark::Came { tier: TIER, attempt: 0 } }
                1 => { (line, work) = (line - 1, work + 1); Mark::Began { tier: TIER, waited_us: took_us } }
                _ => { work -= 1; Mark::Left { tier: TIER, path: 0, how: Ending::Done, held_us: took_us } }
            };
            ledger.mark(at_us, SERVER, mark);
            for (what, now) in [(Level::Queue, line), (Level::Busy, work)] {
                ledger.mark(at_us, SERVER, Mark::Level { tier: TIER, what, now });
            }
        }
        ledger.end(*free.iter().max().unwrap());
        prop_assert!(ledger.little(TIER).is_some());
    }
}
