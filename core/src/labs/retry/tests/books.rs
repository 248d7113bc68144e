//! Little's law by the ledger's books; the laws of conservation are asked at the end of every run under test.

use super::*;
use crate::kits::graph::{self, Ledger};
use crate::sim::{Network, Observer, Seen, Setup};
use crate::trace::{Mark, World};

/// The ledger of a run that has ended.
fn books(text: &str, seed: u32) -> Ledger {
    let scenario = &Scenario { seed, ..opens(text) };
    let Config { params, cast, graph: config, .. } = Config::new(Params::of(&scenario.values));
    let mut books = Books(Ledger::new(config.shape(), cast.len(), Ledger::charted_us(scenario.horizon_us)));
    let network = Network::plain(params.latency.clone());
    let setup = Setup { cast, network, work_us: Vec::new(), kinds: graph::KINDS, scenario, config };
    let run = crate::sim::run::<graph::Node, _>(setup, &mut books, Detail::Totals);
    books.0.end(run.ended_us);
    books.0
}

struct Books(Ledger);

impl Observer<graph::Speech> for Books {
    fn see(&mut self, at: Mark, seen: Seen<'_, graph::Speech>, _: &World) {
        match seen {
            Seen::Mark { node, mark, .. } => self.0.mark(at.at_us, node, mark),
            Seen::Crash(node) => self.0.crashed(at.at_us, node),
            _ => {}
        }
    }
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
            let came = books(link, seed)
                .little(last)
                .unwrap_or_else(|| panic!("{link}, seed {seed}: it does not end empty"));
            assert!(came >= 50, "{link}: {came}");
        }
    }
}
