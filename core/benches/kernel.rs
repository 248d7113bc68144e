//! The kernel's rate: M/M/1 and the hold model in Totals beside a bare binary-heap loop in the same run, and Full records.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use splitbrain::sim::bench::{bare_hold, bare_mm1, hold, hops, mm1};
use std::hint::black_box;

const EVENTS: u64 = 200_000;

fn kernel(c: &mut Criterion) {
    let mut group = c.benchmark_group("kernel");
    group.throughput(Throughput::Elements(EVENTS)).sample_size(10);
    group.bench_function("mm1, bare heap", |b| b.iter(|| bare_mm1(black_box(EVENTS))));
    group.bench_function("mm1, Totals", |b| b.iter(|| mm1(black_box(EVENTS))));
    for pending in [16, 1_024, 65_536] {
        group.bench_function(format!("hold {pending}, bare heap"), |b| {
            b.iter(|| bare_hold(pending, black_box(EVENTS)))
        });
        group.bench_function(format!("hold {pending}, Totals"), |b| {
            b.iter(|| hold(pending, black_box(EVENTS)))
        });
    }
    group.bench_function("records, Full", |b| b.iter(|| hops(black_box(EVENTS))));
    group.finish();
}

criterion_group!(benches, kernel);
criterion_main!(benches);
