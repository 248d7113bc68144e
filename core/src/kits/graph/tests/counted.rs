//! What a watch counts, from when it counts, and what is charted of any graph.

use super::*;
use crate::lab::Verdict;
use crate::outcome::{Outcome, Tally};
use crate::words::Unit;

/// A lab's own watch, of one server with one worker.
struct Counts(Took);

impl Own for Counts {
    fn mark(&mut self, at: crate::trace::Mark, _: NodeId, _: Option<OpId>, mark: Mark, _: &mut Ledger) {
        self.0.mark(at.at_us, mark);
    }

    fn figures(&mut self, books: &Ledger, _: crate::trace::Mark) -> Vec<Tally> {
        let count = |name, value| Tally { name, unit: Unit::Things, value };
        let came = [Count::First(TierId(0)), Count::Again(TierId(0))];
        vec![
            count("came", Some(books.sum(came) as i64)),
            count("rate", books.per_second(came)),
            count("busy", books.mean_level(LevelOf::Tier(TierId(0), Level::Busy))),
            count("took", self.0.mean_us()),
            count("many", Some(self.0.count() as i64)),
        ]
    }

    fn verdicts(&self) -> Vec<Verdict> {
        Vec::new()
    }
}

/// Ten seconds of a call every 100 ms, of which each takes 12, in bins or in one.
fn run(from_us: u64, detail: Detail) -> Outcome {
    let (mut graph, hop) = pair(1);
    graph.source(Source::new(TierId(1), Arrivals::Open(Dist::constant_us(100 * MS))));
    let config = Config::new(graph).expect("a graph");
    let scenario =
        Scenario { lab: "", seed: 1, values: Vec::new(), cues: Vec::new(), horizon_us: 10_050 * MS };
    let network = Network::plain(Dist::constant_us(MS));
    let charts = gauges(&config).0;
    let running = Running { from_us, ..Running::new(&scenario, detail, network) };
    let mut course = begin(config, running, Counts(Took::new(hop, from_us)), || charts);
    while !course.advance(u64::MAX) {}
    course.outcome()
}

#[test]
fn figures_count_from_a_time_on() {
    let figures =
        |from_us, detail| run(from_us, detail).tallies.iter().map(|tally| tally.value).collect::<Vec<_>>();
    for detail in [Detail::Full, Detail::Totals] {
        assert_eq!(figures(0, detail)[0], Some(100));
        let [came, rate, busy, took, many] = figures(5_050 * MS, detail)[..] else { panic!() };
        assert_eq!((came, rate, busy), (Some(50), Some(10_000_000), Some(100_000)));
        assert_eq!((took, many), (Some(12_000), Some(50)));
        assert_eq!(figures(11_000 * MS, detail), [Some(0), None, None, None, Some(0)]);
    }
}

#[test]
fn any_graph_has_gauges() {
    let outcome = run(0, Detail::Full);
    let mean = |name: &str| {
        let series = outcome.series.iter().find(|series| series.name == name).expect("charted");
        series.points.iter().map(|(_, value)| *value).sum::<i64>() as f64 / series.points.len() as f64
    };
    assert!((mean("server: goodput") - 10.0).abs() < 0.1);
    assert!((mean("server: utilisation") - 10.0).abs() < 0.1);
    assert_eq!(run(0, Detail::Totals).series.len(), 0);
    let config = Config::new(chain().0).expect("a graph");
    let shows = gauges(&config).1;
    let services: Vec<&str> = shows.services.iter().map(|service| service.name).collect();
    assert_eq!(services, ["front", "server"], "in the order in which a request passes them");
    assert_eq!(shows.stations.iter().map(|station| station.rank).collect::<Vec<_>>(), [2]);
}
