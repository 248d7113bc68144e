//! What each act does, exactly: a small protocol of echoes and counts, driven by scripts.

mod failing;
mod marks;

use super::*;
use crate::acts::Act;
use crate::lab::End;
use crate::scenario::Cue;
use crate::trace::{Fact, FactKey, Loss, RecordKind};
use std::fmt;
use std::str::FromStr;

/// Every node sends `hop` to the next node every 10 ms, counts what it gets, and keeps the count on its disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Hopper {
    count: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Hop;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Tick;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Wish;

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hop")
    }
}

impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tick")
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wish")
    }
}

impl FromStr for Wish {
    type Err = String;
    fn from_str(_: &str) -> Result<Wish, String> {
        Ok(Wish)
    }
}

impl Kinded for Hop {
    fn kind(&self) -> u8 {
        0
    }
}

impl Asked for Wish {}

impl Told for Wish {
    fn end(&self) -> End {
        End::Ok
    }
}

const PERIOD_US: u64 = 10_000;

/// What hoppers say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Hops;

impl Speech for Hops {
    type Msg = Hop;
    type Timer = Tick;
    type Request = Wish;
    type Response = Wish;
    type Disk = u32;
    type Mark = u32;
}

impl Protocol for Hopper {
    type Config = bool;
    type Speech = Hops;

    fn boot(_: &bool, disk: Option<&u32>, _: &Ctx, out: &mut Out<Hops>) -> Self {
        let count = disk.copied().unwrap_or(0);
        out.set_timer(Tick, Range::exactly(PERIOD_US));
        out.fact(0, 0, Fact::Int(i64::from(count)));
        Hopper { count }
    }

    fn step(&mut self, jitter: &bool, input: Input<Hops>, ctx: &Ctx, out: &mut Out<Hops>) {
        match input {
            Input::Timer(Tick) => {
                out.send(NodeId(1 - ctx.me.0), Hop);
                out.mark(self.count);
                let jitter_us = if *jitter { 500 } else { 0 };
                out.set_timer(Tick, Range::new(PERIOD_US, PERIOD_US + jitter_us));
                out.fact(1, 0, Fact::Time(ctx.clock_us));
            }
            Input::Deliver { .. } => {
                self.count += 1;
                out.fact(0, 0, Fact::Int(i64::from(self.count)));
                out.persist(self.count);
            }
            Input::Ask(wish) => {
                let op = out.invoke(self.count, wish);
                if *jitter {
                    out.complete(op, Wish);
                }
            }
        }
    }
}

const KINDS: &[MessageSpec] =
    &[MessageSpec { word: "hop", about: "A hop.", role: crate::lab::MessageRole::Background }];

/// Two nodes; a hop takes 1 ms; 100 ms.
fn hops(script: &str, detail: Detail) -> Run {
    hops_with(script, detail, vec![], Network::plain("1ms".parse().unwrap()), false)
}

fn hops_with(script: &str, detail: Detail, work_us: Vec<u64>, network: Network, jitter: bool) -> Run {
    let cues = script.split(',').filter(|cue| !cue.is_empty()).map(|cue| {
        let (at, act) = cue.split_once(':').unwrap();
        Cue { at_us: crate::time::parse_duration_us(at).unwrap(), act: act.parse::<Act>().unwrap() }
    });
    let scenario =
        Scenario { lab: "hops", seed: 7, values: vec![], cues: cues.collect(), horizon_us: 100_500 };
    let setup = Setup {
        config: jitter,
        cast: Cast { servers: 2, coordinators: 0, clients: 0 },
        network,
        work_us,
        kinds: KINDS,
        scenario: &scenario,
    };
    run::<Hopper, _>(setup, &mut Blind, detail)
}

/// When messages arrived at a node, in ms.
fn arrivals_ms(run: &Run, node: u16) -> Vec<f64> {
    let records = run.trace.records().iter();
    let mine = records.filter(|r| r.kind == RecordKind::Deliver && r.node == NodeId(node));
    mine.map(|r| r.at_us as f64 / 1000.0).collect()
}

fn losses(run: &Run) -> Vec<(u64, Loss)> {
    run.trace.records().iter().filter_map(|r| r.loss().map(|loss| (r.at_us / 1000, loss))).collect()
}

fn count_at_end(run: &Run, node: u16) -> i64 {
    match run.trace.fact_at(NodeId(node), FactKey { name: 0, index: 0 }, u32::MAX - 1) {
        Some(Fact::Int(n)) => *n,
        other => panic!("{other:?}"),
    }
}

#[test]
fn untouched_every_hop_arrives() {
    let run = hops("", Detail::Full);
    assert_eq!(arrivals_ms(&run, 1), [11.0, 21.0, 31.0, 41.0, 51.0, 61.0, 71.0, 81.0, 91.0]);
    assert!(losses(&run).is_empty());
}

#[test]
fn a_cut_kills_what_is_sent_and_what_would_arrive_while_it_lasts() {
    let run = hops("20500us:cut:n1-n2,50500us:heal", Detail::Full);
    // Sent at 20 ms, under way when the cut began, and due inside it: dead. Sent at 50 ms inside it: dead.
    assert_eq!(losses(&run)[..2], [(21, Loss::Cut), (21, Loss::Cut)]);
    assert_eq!(arrivals_ms(&run, 1), [11.0, 61.0, 71.0, 81.0, 91.0]);
    let one_way = hops("20500us:cut1:n1-n2", Detail::Full);
    assert_eq!(arrivals_ms(&one_way, 1), [11.0]);
    assert_eq!(arrivals_ms(&one_way, 0).len(), 9);
}

#[test]
fn a_crash_takes_the_state_and_leaves_the_disk_and_a_wipe_takes_both() {
    let run = hops("35ms:crash:n2,65ms:start:n2", Detail::Full);
    assert_eq!(losses(&run), [(41, Loss::Down), (51, Loss::Down), (61, Loss::Down)]);
    assert_eq!(count_at_end(&run, 1), 6, "three before from the disk, three after");
    assert_eq!(
        arrivals_ms(&run, 0),
        [11.0, 21.0, 31.0, 76.0, 86.0, 96.0],
        "its timer began anew at its start"
    );
    let wiped = hops("35ms:wipe:n2,65ms:start:n2", Detail::Full);
    assert_eq!(count_at_end(&wiped, 1), 3);
    let sent_before = hops("10500us:crash:n1", Detail::Full);
    assert_eq!(arrivals_ms(&sent_before, 1), [11.0], "what it sent before still arrives");
}

#[test]
fn a_pause_gives_what_waited_in_order_at_its_end() {
    let run = hops("15ms:pause:n2:20ms", Detail::Full);
    assert_eq!(arrivals_ms(&run, 1)[..4], [11.0, 35.0, 35.0, 41.0]);
    // Its timer was due at 20 ms, fired at 35 ms, and was set again from there; its clock had run on.
    assert_eq!(arrivals_ms(&run, 0)[..4], [11.0, 36.0, 46.0, 56.0]);
    let crashed = hops("15ms:pause:n2:20ms,30ms:crash:n2,50ms:start:n2", Detail::Full);
    assert_eq!(losses(&crashed)[0], (30, Loss::Down), "what waited dies with the node");
}

#[test]
fn slowness_multiplies_work_or_else_the_delay_of_messages() {
    let run = hops("15ms:slow:n1:8,45ms:slow:n1:1", Detail::Full);
    assert_eq!(arrivals_ms(&run, 1)[..6], [11.0, 28.0, 38.0, 48.0, 51.0, 61.0]);
    assert_eq!(arrivals_ms(&run, 0)[1], 21.0, "only what it sends");
    let net = || Network::plain("1ms".parse().unwrap());
    let work = hops_with("", Detail::Full, vec![0, 4_000], net(), false);
    assert_eq!(
        arrivals_ms(&work, 1)[..2],
        [18.0, 25.0],
        "its own timer at 10 ms is work too, and is handled first"
    );
    let slow = hops_with("0us:slow:n2:2", Detail::Full, vec![0, 4_000], net(), false);
    assert_eq!(arrivals_ms(&slow, 1)[0], 26.0);
}

#[test]
fn a_finger_drops_or_doubles_one_message() {
    let run = hops("15ms:drop:n1-n2:hop,35ms:dup:n1-n2:any", Detail::Full);
    assert_eq!(arrivals_ms(&run, 1)[..5], [11.0, 31.0, 41.0, 42.0, 51.0]);
    assert_eq!(losses(&run), [(21, Loss::Dropped)]);
}

#[test]
fn clocks_jump_and_drift_and_timers_run_at_their_rate() {
    let run = hops("15ms:clock:n1:-250ms,15ms:drift:n2:100000", Detail::Full);
    let clock = FactKey { name: 1, index: 0 };
    let at = |node, ms: u64| {
        let id = run.trace.records()[run.trace.count_until(ms * 1000) - 1].id;
        run.trace.fact_at(NodeId(node), clock, id).cloned()
    };
    assert_eq!(at(0, 20), Some(Fact::Time(-230_000)));
    assert_eq!(at(0, 10), Some(Fact::Time(10_000)));
    // 10 ms of a clock that runs 10 % fast are 9.09 ms; its timer was set at 20 ms.
    assert_eq!(arrivals_ms(&run, 0)[..4], [11.0, 21.0, 30.09, 39.18]);
}

#[test]
fn an_operation_is_answered_or_abandoned() {
    let run = hops("15ms:ask:n1:wish,35ms:crash:n1", Detail::Full);
    assert_eq!(run.operations.len(), 1);
    assert_eq!(run.operations[0].end, End::Unknown);
    let kinds: Vec<RecordKind> = run.trace.records().iter().map(|r| r.kind).collect();
    assert!(kinds.contains(&RecordKind::Invoke) && kinds.contains(&RecordKind::Abandon));
    let net = Network::plain("1ms".parse().unwrap());
    let answered = hops_with("15ms:ask:n1:wish", Detail::Full, vec![], net, true);
    assert_eq!(answered.operations[0].end, End::Ok);
}

fn lossy() -> Network {
    Network {
        loss_millionths: 200_000,
        duplicate_millionths: 200_000,
        ..Network::plain("exp-9ms".parse().unwrap())
    }
}

#[test]
fn every_level_of_detail_has_one_digest_and_twice_is_the_same() {
    let script = "15ms:ask:n1:wish,20ms:cut:n1-n2,40ms:heal,50ms:crash:n2,60ms:start:n2,70ms:pause:n1:10ms";
    let go = |detail| hops_with(script, detail, vec![500], lossy(), true);
    let full = go(Detail::Full);
    for detail in [Detail::Full, Detail::Totals, Detail::Sample { every: 3 }] {
        let other = go(detail);
        assert_eq!(other.digest, full.digest, "{detail:?}");
        assert_eq!(other.records, full.records, "{detail:?}");
    }
    assert_eq!(full.trace.records().len() as u32, full.records);
}

#[test]
fn every_record_names_an_earlier_cause_and_every_death_a_send() {
    let run = hops_with("30ms:crash:n2,60ms:start:n2", Detail::Full, vec![], lossy(), true);
    for record in run.trace.records() {
        match record.kind {
            RecordKind::Deliver | RecordKind::Lose => {
                assert_eq!(run.trace.get(record.cause).unwrap().kind, RecordKind::Send);
            }
            RecordKind::Boot if record.at_us == 0 => assert_eq!(record.cause, crate::trace::NONE),
            RecordKind::Act => {}
            _ => assert!(record.cause < record.id),
        }
    }
}

#[test]
fn a_reseed_changes_the_luck_from_then_on_and_nothing_before() {
    let plain = hops_with("", Detail::Full, vec![], lossy(), true);
    let reseeded = hops_with("50ms:reseed:5", Detail::Full, vec![], lossy(), true);
    let until = |run: &Run| -> Vec<_> {
        let before = run.trace.records().iter().take_while(|r| r.at_us < 50_000);
        before.map(|r| (r.at_us, r.kind, r.node)).collect()
    };
    assert_eq!(until(&plain), until(&reseeded));
    assert_ne!(plain.digest, reseeded.digest);
}

#[test]
fn links_that_keep_order_keep_it() {
    let ordered = Network { fifo: true, ..Network::plain("uniform-0ms-50ms".parse().unwrap()) };
    let run = hops_with("", Detail::Full, vec![], ordered, false);
    let sends: Vec<u32> = run
        .trace
        .lane(NodeId(1))
        .iter()
        .map(|i| run.trace.records()[*i as usize])
        .filter(|r| r.kind == RecordKind::Deliver)
        .map(|r| r.cause)
        .collect();
    assert!(sends.is_sorted() && sends.len() > 3);
}

#[test]
fn a_client_numbers_its_operations_by_boot_and_none_twice() {
    let first = |epoch| {
        Ctx { me: NodeId(0), clock_us: 0, monotonic_us: 0, epoch, op: None, seed: 1, luck: 0 }.first_number()
    };
    assert_eq!([first(0), first(1), first(2)], [0, 1 << 24, 2 << 24], "as in links of old");
    let mut all: Vec<u32> = (0..1024).map(first).collect();
    crate::sorted::sort(&mut all);
    assert!(all.windows(2).all(|pair| pair[1] - pair[0] >= 1 << 22), "room for four million each");
}

/// A node that sends itself a growing load, or goes through one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Hoarder {
    kept: u64,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Heavy(u64);

impl fmt::Display for Heavy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0)
    }
}

impl Kinded for Heavy {
    fn kind(&self) -> u8 {
        0
    }
}

/// Bytes that a node keeps of each tick, that it sends with it, and that it goes through.
type Load = (u64, u64, u64);

/// What hoarders say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Weights;

impl Speech for Weights {
    type Msg = Heavy;
    type Timer = Tick;
    type Request = Wish;
    type Response = Wish;
    type Disk = u32;
    type Mark = Never;

    fn weight(msg: &Heavy) -> u64 {
        msg.0
    }
}

impl Protocol for Hoarder {
    type Config = Load;
    type Speech = Weights;

    fn boot(_: &Load, _: Option<&u32>, _: &Ctx, out: &mut Out<Weights>) -> Self {
        out.set_timer(Tick, Range::exactly(1));
        Hoarder { kept: 0 }
    }

    fn step(
        &mut self,
        (keeps, sends, looks): &Load,
        input: Input<Weights>,
        ctx: &Ctx,
        out: &mut Out<Weights>,
    ) {
        if let Input::Timer(_) = input {
            self.kept += keeps;
            out.goes_through(*looks);
            if *sends > 0 {
                out.send(ctx.me, Heavy(*sends));
            }
            out.set_timer(Tick, Range::exactly(1));
        }
    }

    fn weight(&self) -> u64 {
        self.kept
    }
}

fn hoard(load: Load, delay: &str, detail: Detail) -> Run {
    let scenario = Scenario { lab: "hoard", seed: 7, values: vec![], cues: vec![], horizon_us: 100_000_000 };
    let setup = Setup {
        config: load,
        cast: Cast { servers: 1, coordinators: 0, clients: 0 },
        network: Network::plain(delay.parse().unwrap()),
        work_us: vec![],
        kinds: KINDS,
        scenario: &scenario,
    };
    run::<Hoarder, _>(setup, &mut Blind, detail)
}

#[test]
fn a_run_that_keeps_too_much_ends_and_says_so_at_every_level_of_detail() {
    // What nodes keep, and what is under way: the same end, whatever is recorded.
    for (load, delay) in [((10_000, 0, 0), "1ms"), ((0, 100_000, 0), "60s")] {
        let full = hoard(load, delay, Detail::Full);
        assert!(full.limits[0].contains("keep of it takes more than 128 MB"), "{:?}", full.limits);
        assert!(full.ended_us < 20_000, "{}", full.ended_us);
        for detail in [Detail::Totals, Detail::Sample { every: 3 }] {
            let other = hoard(load, delay, detail);
            assert_eq!((other.digest, other.ended_us), (full.digest, full.ended_us));
        }
    }
}

#[test]
fn a_trace_that_says_too_much_is_cut_and_the_run_goes_on() {
    let (full, totals) = (
        hoard((0, 20_000, 100_000), "1us", Detail::Full),
        hoard((0, 20_000, 100_000), "1us", Detail::Totals),
    );
    assert_eq!((full.digest, full.ended_us), (totals.digest, totals.ended_us));
    let records = full.trace.records().len();
    assert!(records < 20_000, "{records}");
    let told = format!(
        "Only the first {records} records of the run are kept; figures and verdicts count all of it. They say so much that they take 96 MB, the most for a run."
    );
    assert_eq!(full.limits.last(), Some(&told));
    assert_eq!(totals.limits.len(), 1, "the work has a limit, too");
    assert!(totals.limits[0].contains("as much work as 20000000 small ones"), "{:?}", totals.limits);
}
