//! Little's law by the ledger's books; the laws of conservation are asked at the end of every run under test.

use super::*;
use crate::trace::Mark;

/// The meter of a run that has ended.
fn watched(text: &str, seed: u32) -> Meter {
    let scenario = Scenario { seed, ..opens(text) };
    let config = Config::new(Params::of(&scenario.values));
    let mut meter = Meter::new(&config, scenario.horizon_us);
    let run = crate::sim::run::<graph::Node, _>(setup(config, &scenario), &mut meter, Detail::Totals);
    meter.figures(Mark { at_us: run.ended_us, record: run.records });
    meter
}

/// A run that starts and ends with nothing in it: all that waited and all that was held is what line and workers come to over time.
#[test]
fn littles_law_holds_of_a_run_that_ends_empty() {
    for link in [
        "retry?load=steady&clients=20&calls_each=10&rate=200&capacity=210&workers=1&for=20s",
        "retry?load=steady&clients=20&calls_each=10&rate=200&capacity=100&workers=4&queue_limit=3&service=exponential&for=20s",
        "retry?load=chain&clients=5&calls_each=10&layers=3&capacity=100&error=0.3&for=20s",
    ] {
        let last = Config::new(Params::of(&opens(link).values)).last_tier();
        for seed in 0..20 {
            let meter = watched(link, seed);
            let came = meter
                .ledger()
                .little(last)
                .unwrap_or_else(|| panic!("{link}, seed {seed}: it does not end empty"));
            assert!(came >= 50, "{link}: {came}");
        }
    }
}
