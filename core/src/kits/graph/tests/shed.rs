//! What a line sheds, what a caller keeps back, and instances that come and go.

use super::*;
use crate::sim::dice::MILLION;

const SERVER: TierId = TierId(0);

/// Calls one a millisecond at a server that is busy for ten, of these classes; when calls ended and how, by the number of the call.
fn asked(line: Line, classes: &str) -> (Vec<(u64, Ending)>, Watch) {
    let many = classes.len() as u16;
    let (mut graph, hop) = pair(many);
    graph.tiers[0].line = line;
    let script: Vec<(u64, String)> = (0..)
        .zip(classes.chars())
        .map(|(place, class)| {
            let call = if class == 'a' { "call" } else { "call-2" };
            (place * MS, format!("ask:c{}:{call}", place + 1))
        })
        .collect();
    let script: Vec<(u64, &str)> = script.iter().map(|(at_us, act)| (*at_us, act.as_str())).collect();
    let watch = watch(graph, MS, 1_000 * MS, &script, 1);
    let mut ends = vec![(0, Ending::Lost); classes.len()];
    for (at_us, node, mark) in &watch.marks {
        if let Mark::CallOver { hop: at, how, .. } = mark
            && *at == hop
        {
            ends[usize::from(node.0) - 1] = (at_us / MS, *how);
        }
    }
    (ends, watch)
}

fn line(order: Discipline, limit: u32, full: Full) -> Line {
    Line { order, limit, full, ..Line::default() }
}

#[test]
fn who_goes_for_another_is_told_at_once() {
    use Ending::{Done, Refused};
    let fifo = |full, classes| asked(line(Discipline::Fifo, 2, full), classes).0;
    // The first is in work from 1 to 11 ms; those after it come at 2, 3, …
    assert_eq!(fifo(Full::Refuse, "bbba"), [(12, Done), (22, Done), (32, Done), (5, Refused)]);
    assert_eq!(fifo(Full::DropOldest, "bbba"), [(12, Done), (5, Refused), (22, Done), (32, Done)]);
    assert_eq!(fifo(Full::DropLowest, "bbaa"), [(12, Done), (5, Refused), (22, Done), (32, Done)]);
    assert_eq!(fifo(Full::DropLowest, "bbbb")[3], (5, Refused), "nobody goes for his like");
    let (_, watch) = asked(line(Discipline::Fifo, 2, Full::DropOldest), "bbba");
    assert_eq!(
        (watch.total(Count::Swept(SERVER, Swept::Dropped)), watch.total(Count::Turned(SERVER))),
        (1, 0)
    );
    assert_eq!(fifo(Full::DropOldest, "b"), [(12, Done)]);
    assert_eq!(asked(line(Discipline::Fifo, 0, Full::DropOldest), "bb").0[1], (3, Refused));
}

#[test]
fn the_important_are_first() {
    let order = |order, classes: &str| {
        let (ends, _) = asked(line(order, 9, Full::Refuse), classes);
        let mut places: Vec<usize> = (0..ends.len()).collect();
        places.sort_by_key(|place| ends[*place].0);
        places
    };
    assert_eq!(order(Discipline::ByClass, "bbaba"), [0, 2, 4, 1, 3]);
    // The second has waited for 9 ms when the first is done, the third for 18 ms when that one is.
    assert_eq!(order(Discipline::Adaptive { after_us: 10 * MS }, "bbbb"), [0, 1, 3, 2]);
}

#[test]
fn what_has_waited_too_long_is_shed_when_its_turn_comes() {
    let codel = Some(codel::Policy { target_us: 5 * MS, interval_us: 20 * MS });
    let (ends, watch) = asked(Line { codel, ..Line::default() }, "bbbbbbbb");
    // Their turns come at 1, 11, 21, … ms. The least wait of the interval from 11 ms on is 9 ms: from 41 ms on all are shed but the first.
    let served = [12, 22, 32, 42, 52].map(|at_ms| (at_ms, Ending::Done));
    assert_eq!((&ends[..5], &ends[5..]), (&served[..], &[(52, Ending::Refused); 3][..]));
    assert_eq!(watch.total(Count::Swept(SERVER, Swept::Shed)), 3);
}

/// The answer says that it is in line; nobody waits for the work.
#[test]
fn a_request_may_be_acknowledged_when_it_is_in_line() {
    let (mut graph, hop) = pair(3);
    graph.routes[0].steps = vec![Step::Reply, Step::WORK];
    let never = Arrivals::Closed(Dist::constant_us(3_600_000 * MS));
    graph.source(Source { together_us: Some(0), ..Source::new(TierId(1), never) });
    graph.tiers[0].threads = 1;
    let watch = watch(graph, MS, 1_000 * MS, &[], 1);
    let over = watch.over(hop);
    assert_eq!(over.iter().map(|over| over.0 / MS).collect::<Vec<_>>(), [2, 2, 2]);
    assert_eq!(watch.ledger.little(SERVER), Some(3));
    assert_eq!(watch.ledger.peak(LevelOf::Tier(SERVER, Level::Queue)), 2);
}

/// A server that takes one in ten: K times what it accepts still reaches it.
#[test]
fn a_throttle_keeps_calls_back() {
    let (mut graph, hop) = pair(1);
    graph.tiers[0].line.limit = 0;
    graph.hops[0].throttle = Some(throttle::Policy { window_us: 5_000 * MS, ..throttle::Policy::SRE });
    graph.source(Source::new(TierId(1), Arrivals::Open(Dist::constant_us(MS))));
    let watch = watch(graph, MS, 20_000 * MS, &[], 1);
    let [called, kept] =
        [Count::Called(hop), Count::CallOver(hop, Ending::ShortCircuited)].map(|of| watch.total(of));
    let accepted = watch.total(Count::CallOver(hop, Ending::Done));
    let sent = called - kept;
    assert!(called == 19_999 || called == 20_000, "{called}");
    assert!(sent.abs_diff(2 * accepted) * 20 < sent, "{sent} of {called} are sent, {accepted} accepted");
}

/// People, a line, and up to 40 workers of 25 a second each, of which 4 are ready at the start: 240 a second come, not 60.
fn scaled(by: By, start_up_us: u64) -> Watch {
    let mut graph = Graph::new(&["call"]);
    let work = Dist::constant_us(40 * MS);
    let workers = graph.tier(Tier { workers: 1, work, ..Tier::new("worker", Sort::Server, 40) });
    let line = graph.tier(Tier::new("line", Sort::Coordinator, 1));
    let people = graph.tier(Tier::new("people", Sort::Client, 1));
    let inner = graph.hop(Hop { pick: Pick::LeastOutstanding, ..Hop::new(line, workers, 3_600_000 * MS) });
    let outer = graph.hop(Hop::new(people, line, 3_600_000 * MS));
    graph.tiers[1].slots = Some(inner);
    graph.route(workers, vec![Step::WORK]);
    graph.route(line, vec![Step::Reply, Step::Call(inner)]);
    graph.route(people, vec![Step::Call(outer)]);
    graph.source(Source::new(people, Arrivals::Open(Dist::Constant { ns: 1_000_000_000 / 240 })));
    let controller = graph.tier(Tier::new("controller", Sort::Coordinator, 1));
    graph.scales.push(Scale {
        tier: controller,
        of: workers,
        line: Some(line),
        least: 4,
        by,
        target: 600_000,
        every_us: 15_000 * MS,
        start_up: Dist::constant_us(start_up_us),
        tolerance_permille: 100,
        down_after_us: 300_000 * MS,
    });
    watch(graph, 0, 240_000 * MS, &[], 1)
}

#[test]
fn instances_come_when_they_are_asked_for_and_ready() {
    let peak = |watch: &Watch, tier, what| watch.ledger.peak(LevelOf::Tier(TierId(tier), what));
    // By use: 7 after the first look, 12 when these are seen at work, 20, and more than it takes.
    for (start_up_s, waiting, most) in [(0, 3_075, 26), (30, 9_225, 34)] {
        let watch = scaled(By::Cpu, start_up_s * 1_000 * MS);
        let (measured, ready) = (peak(&watch, 1, Level::Queue), peak(&watch, 0, Level::Ready));
        assert!(
            measured.abs_diff(waiting) <= 8 && ready == most,
            "{start_up_s} s: {measured} wait, {ready} ready"
        );
        let on = watch.when(|mark| matches!(mark, Mark::Level { what: Level::Ready, now: 1, .. }));
        assert_eq!(on.iter().filter(|us| **us == 0).count(), 4);
        assert_eq!(on.iter().filter(|us| **us > 0).min().map(|us| us / MS / 1_000), Some(15 + start_up_s));
    }
    // By what comes one look is enough.
    let watch = scaled(By::Rate, 30_000 * MS);
    assert!(peak(&watch, 1, Level::Queue).abs_diff(6_300) <= 8 && peak(&watch, 0, Level::Ready) == 16);
}

/// One that is to stop takes no more calls, and ends what it has.
#[test]
fn instances_drain() {
    let (mut graph, hop) = pair(1);
    graph.tiers[0].instances = 3;
    graph.hops[0].pick = Pick::RoundRobin;
    let controller = graph.tier(Tier::new("controller", Sort::Coordinator, 1));
    graph.scales.push(Scale {
        tier: controller,
        of: SERVER,
        line: None,
        least: 1,
        by: By::Rate,
        target: MILLION as u32,
        every_us: 100 * MS,
        start_up: Dist::constant_us(0),
        tolerance_permille: 0,
        down_after_us: 0,
    });
    // 200 a second for a while: two are needed; then nothing.
    graph.source(Source { each: 60, ..Source::new(TierId(1), Arrivals::Open(Dist::constant_us(5 * MS))) });
    let watch = watch(graph, MS, 1_000 * MS, &[], 1);
    assert_eq!(watch.total(Count::Turned(SERVER)), 0);
    assert_eq!(watch.total(Count::CallOver(hop, Ending::Done)), 60);
    let level = LevelOf::Tier(SERVER, Level::On);
    assert_eq!(watch.ledger.peak(level), 2);
    let last = watch.marks.iter().rev().find_map(|(_, _, mark)| match mark {
        Mark::Level { what: Level::On, now, .. } => Some(*now),
        _ => None,
    });
    assert_eq!(last, Some(0), "one of the two is off again");
}
