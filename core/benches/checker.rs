//! How fast the checkers are, on histories of the shapes that porcupine's tests made common: compare-and-sets of five clients with many unknown
//! outcomes (Jepsen's runs of etcd), and a key-value store under fifty clients.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use splitbrain::check::linearizable::Checker;
use splitbrain::check::{Answer, Call, History, INITIAL, Judgement, Model, Op};
use splitbrain::sim::dice::{Purpose, below, die, happens};
use splitbrain::trace::Mark;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What a made-up history looks like.
#[derive(Clone, Copy)]
struct Shape {
    ops: u64,
    clients: u64,
    keys: u64,
    /// How many values writers choose from; 0 for a new one each time.
    values: u64,
    /// Chances in millionths: a compare-and-set among writes, and an answer that never comes.
    cas: u64,
    unknown: u64,
    /// Whether one read is made to return what another operation wrote.
    corrupt: bool,
}

const ETCD: Shape =
    Shape { ops: 85, clients: 5, keys: 1, values: 5, cas: 500_000, unknown: 60_000, corrupt: false };
const KV: Shape = Shape { ops: 1_712, clients: 50, keys: 10, values: 0, cas: 0, unknown: 0, corrupt: false };

/// A history that is linearizable by construction: each operation takes effect at a moment between invocation and return.
fn history(shape: Shape, seed: u32) -> History {
    let roll = |who: u64, what: u64| die(seed, Purpose::Protocol(0), who, what);
    let mut free: Vec<u64> = (0..shape.clients).collect();
    let mut ops: Vec<(u64, Op)> = (0..shape.ops)
        .map(|i| {
            let roll = |what| roll(i, what);
            let client = (0..free.len()).min_by_key(|&client| free[client]).unwrap_or(0);
            let invoked = free[client] + 1 + below(roll(0), 50);
            let returned = invoked + 1 + below(roll(1), 200);
            free[client] = returned;
            let value = |what| if shape.values == 0 { i + 1 } else { below(roll(what), shape.values) };
            let call = match below(roll(2), 3) {
                0 => Call::Read,
                _ if happens(roll(3), shape.cas) => Call::Cas { from: value(4), to: value(5) },
                _ => Call::Write(value(5)),
            };
            let unknown = happens(roll(6), shape.unknown);
            let moment = invoked + below(roll(7), returned - invoked);
            let mark = |at_us| Mark { at_us, record: 0 };
            let op = Op {
                client: client as u32,
                key: below(roll(8), shape.keys) as u32,
                call,
                answer: None,
                invoked: mark(invoked),
                returned: (!unknown).then_some(mark(returned)),
            };
            (moment, op)
        })
        .collect();
    ops.sort_by_key(|(moment, op)| (*moment, op.client));
    let mut registers = vec![INITIAL; shape.keys as usize];
    for (_, op) in &mut ops {
        let holds = &mut registers[op.key as usize];
        op.answer = Some(match op.call {
            Call::Read => Answer::Value(*holds),
            Call::Cas { from, .. } if from != *holds => Answer::CasFailed,
            Call::Write(to) | Call::Cas { to, .. } => {
                *holds = to;
                Answer::Done
            }
        });
    }
    if shape.corrupt {
        let from = below(roll(0, 9), shape.ops / 2) as usize;
        let read = ops.iter().skip(from).position(|(_, op)| op.read().is_some()).unwrap_or(0) + from;
        let key = ops[read].1.key;
        let written: Vec<u64> = ops[..read]
            .iter()
            .filter(|(_, op)| op.key == key)
            .filter_map(|(_, op)| if let Call::Write(to) = op.call { Some(to) } else { None })
            .collect();
        let stale = written.get(below(roll(0, 10), written.len().max(1) as u64) as usize);
        ops[read].1.answer = Some(Answer::Value(stale.copied().unwrap_or(INITIAL)));
    }
    History::new(ops.into_iter().map(|(_, op)| op).collect()).expect("answers fit their calls")
}

fn judge(history: &History) -> Judgement {
    Model::Linearizable.judge(history, u64::MAX)
}

/// Median and worst of many seeds, and how many histories were broken: what DESIGN's budget speaks of.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn report(name: &str, shape: Shape, seeds: u32) {
    let mut spent = 0;
    let mut times: Vec<(Duration, bool)> = (0..seeds)
        .map(|seed| {
            let history = history(shape, seed);
            let start = Instant::now();
            let mut checker = Checker::new(&history);
            let broken = checker.step(u64::MAX).is_some_and(|judgement| judgement.is_broken());
            spent += checker.spent();
            (start.elapsed(), broken)
        })
        .collect();
    times.sort_unstable();
    let broken = times.iter().filter(|(_, broken)| *broken).count();
    let (median, worst) = (times[times.len() / 2].0, times[times.len() - 1].0);
    let sum: Duration = times.iter().map(|(time, _)| *time).sum();
    let rate = u128::from(spent) * 1_000 / sum.as_nanos().max(1);
    println!(
        "{name}: {seeds} histories, {broken} broken, median {median:?}, worst {worst:?}, {rate} steps a µs"
    );
}

fn checkers(criterion: &mut Criterion) {
    for (name, shape, seeds) in [("etcd", ETCD, 1_000), ("kv", KV, 100)] {
        report(name, shape, seeds);
        report(&format!("{name}, many unknown"), Shape { unknown: 200_000, ..shape }, seeds);
        report(&format!("{name}, one read changed"), Shape { corrupt: true, ..shape }, seeds);
        report(&format!("{name}, both"), Shape { corrupt: true, unknown: 200_000, ..shape }, seeds);
        criterion.bench_function(&format!("linearizable/{name}"), |bench| {
            let mut seed = 0;
            let next = || {
                seed = (seed + 1) % seeds;
                history(shape, seed)
            };
            bench.iter_batched(next, |history| judge(black_box(&history)), BatchSize::SmallInput);
        });
    }
    let small = history(Shape { ops: 200, clients: 5, keys: 2, ..KV }, 1);
    for model in [Model::Sequential, Model::Causal, Model::Pram, Model::MonotonicWrites] {
        criterion.bench_function(&format!("{}/200 operations", model.name()), |bench| {
            bench.iter(|| model.judge(black_box(&small), 10_000_000));
        });
    }
}

criterion_group!(benches, checkers);
criterion_main!(benches);
