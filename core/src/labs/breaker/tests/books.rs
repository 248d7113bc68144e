//! Little's law by the ledger's books; the laws of conservation are asked at the end of every run under test.

use super::*;
use crate::kits::graph::TierId;

/// The meter of a run that has ended.
fn watched(text: &str, seed: u32) -> Meter {
    let scenario = Scenario { seed, ..opens(text) };
    let config = Config::new(Params::of(&scenario.values));
    let mut meter = Meter::new(&config, scenario.horizon_us, Detail::Totals);
    let run = crate::sim::run::<Node, _>(setup(config, &scenario), &mut meter, Detail::Totals);
    meter.figures(run.ended_us);
    meter
}

/// A dependency at which nothing waits or is worked on when the run ends: all that waited and all that was held is what line and workers come to.
#[test]
fn littles_law_holds_of_a_dependency_that_ends_idle() {
    let link = "breaker?callers=1&rate=50&work=exp-15ms&workers=1&trouble=none&breaker=off&for=10s";
    let idle = (0..20).flat_map(|seed| {
        let meter = watched(link, seed);
        (0..3).filter_map(move |tier| meter.ledger().little(TierId(tier)))
    });
    let idle: Vec<u64> = idle.collect();
    assert!(idle.len() > 20 && idle.iter().sum::<u64>() > 2_000, "{idle:?}");
}
