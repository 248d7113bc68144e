//! Graphs that somebody watches: what comes to those who watch, and that nobody is any other for it.

use super::*;
use crate::parts::sampler::{Decide, Sizes, TailPolicy};

const TAIL: TailPolicy =
    TailPolicy { wait_us: 500 * MS, most: 1_000, errors: true, slow_us: None, rest: 100_000 };

/// People, a front and a server that fails now and then; each of the first three makes 100 requests.
fn graph() -> Graph {
    let (mut graph, _) = chain();
    graph.tiers[0].fails = 100_000;
    let arrivals = Arrivals::Open(Dist::Exponential { mean_ns: 50_000_000 });
    graph.source(Source { each: 100, tenant_each: true, ..Source::new(TierId(1), arrivals) });
    graph
}

fn observed(mut graph: Graph, head: u32, tail: Option<TailPolicy>) -> Graph {
    let tier = graph.tier(Tier::new("watcher", Sort::Coordinator, 1));
    graph.observed = Some(Observed {
        tier,
        instrumented: vec![TierId(0), TierId(2)],
        propagates: true,
        decide: Decide::Parent,
        head,
        tail,
        push_us: 100 * MS,
        scrape_us: 1_000 * MS,
        logs: Logs::Errors,
        correlated: true,
        labels: Labels::Tenant,
        sizes: Sizes::USUAL,
    });
    graph
}

fn run(graph: Graph) -> Watch {
    watch(graph, MS, 20_000 * MS, &[], 1)
}

/// How many of these there are, in spans.
fn spans(run: &Watch, of: impl Fn(Watched) -> Option<u16>) -> u64 {
    let told = run.marks.iter().filter_map(|(_, _, mark)| match mark {
        Mark::Watched(watched) => of(*watched),
        _ => None,
    });
    told.map(u64::from).sum()
}

#[test]
fn to_be_watched_changes_nothing() {
    let (alone, watched) = (run(graph()), run(observed(graph(), 1_000_000, Some(TAIL))));
    assert_eq!(alone.begun, 300);
    assert_eq!(alone.ends, watched.ends);
}

#[test]
fn spans_are_kept_or_thrown_away_once_all_is_over() {
    let written = |run: &Watch| {
        spans(run, |it| if let Watched::Written { spans, .. } = it { Some(spans) } else { None })
    };
    let stored = |run: &Watch| {
        spans(run, |it| if let Watched::Stored { spans, .. } = it { Some(spans) } else { None })
    };
    let dropped = |run: &Watch| {
        spans(run, |it| if let Watched::Dropped { spans, .. } = it { Some(spans) } else { None })
    };
    let all = run(observed(graph(), 1_000_000, None));
    // One of the front with its try, one of the server.
    assert_eq!((written(&all), stored(&all), dropped(&all)), (900, 900, 0));
    let tail = run(observed(graph(), 1_000_000, Some(TAIL)));
    assert_eq!(written(&tail), 900);
    assert_eq!(stored(&tail) + dropped(&tail), 900);
    let bad = tail.ends.iter().filter(|(_, _, response)| *response != Response::Done).count() as u64;
    assert!(
        bad > 10 && stored(&tail) >= 3 * bad && stored(&tail) < 3 * (bad + 70),
        "{bad}: {}",
        stored(&tail)
    );
    let head = run(observed(graph(), 100_000, None));
    assert_eq!(written(&head), stored(&head));
    assert!((45..=135).contains(&(written(&head) / 3 * 3)), "a tenth: {}", written(&head));
    let small = run(observed(graph(), 1_000_000, Some(TailPolicy { most: 2, ..TAIL })));
    let early =
        spans(&small, |it| if let Watched::Dropped { spans, early: true } = it { Some(spans) } else { None });
    assert!(early > 450, "there is room for two: {early}");
}

#[test]
fn metrics_are_what_was_answered_when_it_was_asked_for() {
    let config = Config::new(observed(graph(), 0, None)).expect("a graph");
    let scenario =
        Scenario { lab: "", seed: 1, values: Vec::new(), cues: Vec::new(), horizon_us: 20_500 * MS };
    struct Board(Dashboard, Config);
    impl Observer<Speech> for Board {
        fn see(&mut self, _: crate::trace::Mark, seen: Seen<'_, Speech>, _: &World) {
            self.0.see(&self.1, &seen);
        }
    }
    let mut board = Board(Dashboard::new(&config), config.clone());
    let network = Network::plain(Dist::constant_us(MS));
    let setup =
        Setup { cast: config.cast, network, work_us: Vec::new(), kinds: KINDS, scenario: &scenario, config };
    crate::sim::run::<Node, _>(setup, &mut board, Detail::Totals);
    let Board(mut board, _) = board;
    let front = board.total(Of::Tier(TierId(2)));
    assert_eq!(front.all, 300);
    assert_eq!(board.total(Of::Hop(HopId(1))).all, 300);
    assert_eq!(board.total(Of::Hop(HopId(1))).errors, front.errors);
    let by_tenant: u32 = (0..3).map(|which| board.total(Of::Label(TierId(2), which)).all).sum();
    assert_eq!(by_tenant, 300);
    assert_eq!(board.series_held(), SERIES_EACH * 2 * 3, "two instances, three tenants, one class");
    board.chart("rate", Of::Tier(TierId(2)), Measure::Rate);
    board.chart("all", Of::Tier(TierId(2)), Measure::Count);
    let series = board.series();
    assert_eq!(series[0].value_at(900 * MS), None, "nobody knows yet");
    assert!(series[0].value_at(1_000 * MS).is_some());
    assert_eq!(series[1].value_at(20_400 * MS), Some(300));
}
