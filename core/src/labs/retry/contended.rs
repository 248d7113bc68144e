//! A run of contention: the same meter over a protocol of its own.

use super::config::Config;
use super::contention::{KINDS, Node, Speech};
use super::meter::Meter;
use super::shows::charts;
use crate::kits::graph::{Ledger, Own};
use crate::lab::{Course, Detail};
use crate::scenario::{MAX_HORIZON_US, Scenario};
use crate::sim::dist::Dist;
use crate::sim::{self, Network, Observer, Seen, Setup};
use crate::trace::{Mark, World};

/// What is counted and measured.
struct Watch {
    books: Ledger,
    meter: Meter,
}

impl Observer<Speech> for Watch {
    fn see(&mut self, at: Mark, seen: Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Mark { node, op, mark } => {
                self.books.mark(at.at_us, node, mark);
                self.meter.mark(at, node, op, mark, &mut self.books);
            }
            seen => {
                if let Seen::Crash(node) = seen {
                    self.books.crashed(at.at_us, node);
                }
                self.meter.seen(at, &seen);
            }
        }
    }

    fn weight(&self) -> u64 {
        self.meter.weight()
    }

    fn done(&self) -> bool {
        self.meter.done()
    }
}

/// Begins a run. It goes on until every client has written, whatever horizon it was given.
pub fn begin(config: Config, meter: Meter, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let scenario = &Scenario { horizon_us: MAX_HORIZON_US, ..scenario.clone() };
    let bin_us = Ledger::charted_us(scenario.horizon_us);
    let books = Ledger::new(config.graph.shape(), config.cast.len(), bin_us);
    // Millionths of a millisecond are nanoseconds.
    let (mean_ns, sd_ns) = (config.params.leg * 1_000, u64::from(config.params.jitter_net));
    let network = Network::plain(Dist::Normal { mean_ns, sd_ns });
    let charted = config.clone();
    let setup = Setup { cast: config.cast, network, work_us: Vec::new(), kinds: KINDS, scenario, config };
    sim::begin::<Node, Watch>(setup, Watch { books, meter }, detail, move |run, mut watch| {
        watch.books.end(run.ended_us);
        let ended = Mark { at_us: run.ended_us, record: run.records.saturating_sub(1) };
        let tallies = watch.meter.figures(&watch.books, ended);
        let verdicts = watch.meter.verdicts();
        run.outcome(tallies, charts(&charted).0.series(watch.books), verdicts)
    })
}
